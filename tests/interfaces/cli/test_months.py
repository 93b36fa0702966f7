"""Closing a month and writing its report by command."""

import io
import shutil
import sqlite3
import zipfile

import openpyxl

from domain.calendar import day_of
from domain.closing import month_before, month_of
from infrastructure.ledger.writer import utc_now
from interfaces.cli.problems import Exit
from tests.infrastructure.exports.templates import edited

LAST = month_before(month_of(day_of(utc_now())))


def test_a_month_is_closed_once_and_its_report_written_and_sent(begun, tmp_path):
    closed = begun("close", "52", LAST, "--json")
    assert (closed.code, closed.json["confirmed_total"]) == (Exit.DONE, 0)
    again = begun("close", "52", LAST)
    assert (again.code, again.err.strip()) == (Exit.REFUSED, f"The month {LAST} is closed already.")
    opened = begun("reopen", "52", LAST, "--reason", "late-entries", "--note", "Ba xã gửi muộn", "--json")
    assert (opened.code, opened.json["month"]) == (Exit.DONE, LAST)
    unclosed = begun("reopen", "52", LAST, "--reason", "other")
    assert (unclosed.code, unclosed.err.strip()) == (Exit.REFUSED, f"The month {LAST} is not closed.")
    closed = begun("close", "52", LAST, "--json")
    assert closed.json["position"] > opened.json["position"]
    looked = begun("ledger", "check", "--json").json
    assert (looked["problems"], looked["counted_otherwise"]) == ([], [])
    sheet = begun("report", "52", LAST, "--format", "xlsx", "--send", "--json").json
    assert sheet["version"] == 1
    book = openpyxl.load_workbook(sheet["file"])
    assert book["Số liệu"]["A3"].value == "Người được hướng dẫn"
    assert len(list(book["Phụ lục đơn vị"].iter_rows())) > 135

    own = tmp_path / "mau.docx"
    own.write_bytes(edited(("BÁO CÁO", "BÁO CÁO RIÊNG")))
    made = begun("report", "21952", LAST, "--template", "mau.docx", "--out", "xa.docx", "--json").json
    assert made["closed"] == closed.json["position"]
    with zipfile.ZipFile(io.BytesIO((tmp_path / "xa.docx").read_bytes())) as archive:
        assert "BÁO CÁO RIÊNG" in archive.read("word/document.xml").decode()


def test_a_copy_that_keeps_no_figures_of_closed_months_says_so_when_it_is_restored(begun, home, tmp_path):
    begun("close", "52", LAST)
    begun("backup", "ledger.copy")
    begun("backup", "older.copy")
    with sqlite3.connect(tmp_path / "older.copy") as older:
        older.execute("DELETE FROM closed_figures")  # as copies of earlier versions are
    older.close()
    for copy, told in (("ledger.copy", []), ("older.copy", [LAST])):
        shutil.rmtree(home)
        said = begun("restore", copy, "--json")
        assert (said.code, [one["month"] for one in said.json["closings_counted_anew"]]) == (Exit.DONE, told)
    shutil.rmtree(home)
    assert f"Of closed months the copy keeps no figures ({LAST})" in begun("restore", "older.copy").out


def test_what_cannot_be_closed_or_reported_is_said_in_a_sentence(begun, tmp_path):
    now = month_of(day_of(utc_now()))
    bad = tmp_path / "bad.docx"
    bad.write_bytes(edited(("{{ co_quan }}", "{{ khong_co }}")))
    for argv, said in (
        (("close", "52", now), f"The month {now} is not over yet"),
        (("close", "52", "2026-13"), "A month is written as 2026-10"),
        (("close", "21952", LAST), "A month is closed for a whole province or city."),
        (("close", "99", LAST), "There is no unit 99."),
        (("report", "VN", LAST), "Provinces and communes report"),
        (("report", "52", "October"), "A month is written as 2026-10"),
        (("report", "52", f"{int(now[:4]) + 1}-01"), "This month has not begun yet."),
        (("report", "52", LAST, "--send"), f"The month {LAST} is not closed."),
        (("report", "52", LAST, "--template", "bad.docx"), "a field that there is not: khong_co"),
    ):
        refused = begun(*argv)
        assert (refused.code, said in refused.err) == (Exit.REFUSED, True), (argv, refused.err)
