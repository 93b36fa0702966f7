"""A month is closed, its report looked at, written, sent and kept; what comes later is a supplement."""

import io
import re
import subprocess
import threading
import zipfile
from collections.abc import Sequence
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import msgspec
import openpyxl
import pytest

from domain.calendar import day_of
from domain.closing import first_day, last_day, month_before, month_of
from domain.milestones import Milestone, MilestoneReached
from domain.model import (
    Answer,
    Channel,
    Evidence,
    Fact,
    Group,
    LessonId,
    PersonId,
    Role,
    TeachingId,
    TeamId,
    UnitId,
    VoidReason,
)
from domain.people import PersonErased, PersonRegistered
from domain.targets import Comparator, Indicator, SetTargets, Target, TargetGroup
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.teams import TeamFormed
from infrastructure.exports import report_template
from infrastructure.exports.report_template import own_template
from infrastructure.read_models import months as counting
from interfaces.web import month_reports
from tests.cast import BY, NOW, VNEID
from tests.infrastructure.exports.templates import edited
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing

ANNEX = "Phụ lục cột mốc, danh hiệu"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def months(home: Home) -> tuple[str, str]:
    """The month before last, and the last one that is over."""
    last = month_before(month_of(day_of(home.house.clock())))
    return month_before(last), last


def lived(home: Home, *facts: Fact) -> None:
    home.house.ledger.decide_soon(Happening(facts=facts)).result()
    home.catch_up()


def taught(home: Home, number: int, month: str, *, answer: Answer | None = Answer.ABLE) -> list[Fact]:
    """One of any number of learners, taught on the last day of a month in Tuy Phước."""
    unit = home.house.units.find(TUY_PHUOC)
    learner, mentor = PersonId(f"learner-{number}"), PersonId("mentor")
    assert unit is not None
    about: dict[str, Any] = {
        "at": NOW, "by": BY, "teaching": TeachingId(f"teaching-{number}"), "ambassador": mentor,
        "learner": learner, "skills": (VNEID,), "unit": UnitId(unit.id), "on": last_day(month),
    }  # fmt: skip
    found: list[Fact] = [
        PersonRegistered(at=NOW, by=BY, person=learner, group=Group.WORKERS, unit=unit.id),
        TeachingLogged(**about, lesson=LessonId(f"lesson-{number}"), channel=Channel.CLASS),
    ]
    if answer is not None:
        found.append(TeachingAnswered(**about, answer=answer, evidence=Evidence.OWN_DEVICE))
    return found


def signed(home: Home, number: int, month: str) -> Fact:
    """One of the learners says that they have a signature since the last day of a month."""
    return MilestoneReached(
        at=NOW, by=BY, person=PersonId(f"learner-{number}"), milestone=Milestone.DIGITAL_SIGNATURE,
        unit=_place(home), on=last_day(month), evidence=Evidence.OWN_DEVICE,
    )  # fmt: skip


def asked(home: Home, month: str, percent: int) -> None:
    """A plan asks for so many signatures in the year of a month."""
    unit = home.house.units.find(PROVINCE)
    assert unit is not None
    target = Target(
        source="KH 1", unit=unit.id, then=unit.name, year=first_day(month).year, group=TargetGroup.ADULTS,
        indicator=Indicator.PERSONAL_DIGITAL_SIGNATURE, comparator=Comparator.AT_LEAST, percent=percent,
    )  # fmt: skip
    home.house.ledger.decide_soon(SetTargets(targets=(target,), by=BY)).result()
    home.catch_up()


def voided(home: Home, number: int, month: str) -> Fact:
    first = taught(home, number, month)[1]
    about = {name: getattr(first, name) for name in TeachingVoided.__struct_fields__ if name != "reason"}
    return TeachingVoided(**about, reason=VoidReason.OTHER)


def words_of(docx: bytes) -> list[str]:
    """The words of a document's cells and paragraphs, read without the library that wrote it."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        tree = ET.fromstring(archive.read("word/document.xml"))
    return [
        said
        for paragraph in tree.iter(f"{WORD}p")
        if (
            said := "".join(text.text or "" for text in paragraph.iter(f"{WORD}t"))
            .strip()
            .replace("\xa0", " ")
        )
    ]


def rows_of(xlsx: bytes, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(xlsx))[sheet].iter_rows(values_only=True))


def sent(**fields: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | fields


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def minh(home: Home) -> Browsing:
    return browsing(home, Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")


def after(cells: Sequence[str], label: str, count: int) -> list[str]:
    at = cells.index(label)
    return list(cells[at + 1 : at + 1 + count])


def test_months_are_listed_from_the_first_of_which_anything_is_recorded(home: Home, minh: Browsing) -> None:
    before, last = months(home)
    earlier = month_before(before)
    assert f"/bao-cao/52/{before}" not in minh.get("/bao-cao").text
    lived(
        home,
        TeamFormed(
            at=NOW,
            by=BY,
            team=TeamId("to"),
            unit=_place(home),
            name="Tổ",
            name_key="to",
            on=first_day("2025-03"),
        ),
    )
    lived(home, *taught(home, 1, earlier))
    page = minh.get("/bao-cao").text
    assert all(f"/bao-cao/52/{one}" in page for one in (earlier, before, last))
    assert f"/bao-cao/52/{month_before(earlier)}" not in page


def test_from_closing_to_the_report_that_was_sent_and_what_came_later(home: Home, minh: Browsing) -> None:
    before, last = months(home)
    lived(home, *taught(home, 1, before), *taught(home, 2, before), *taught(home, 3, before, answer=None))
    lived(home, signed(home, 2, before))
    asked(home, before, 55)
    first, second = f"/bao-cao/{PROVINCE}/{before}", f"/bao-cao/{PROVINCE}/{last}"
    assert "Chưa khóa" in minh.get(first).text

    # Closed, and closed once.
    closed = minh.post(f"{first}/khoa", sent())
    assert closed.status_code == 303, closed.text
    assert "Đã khóa" in minh.get(closed.headers["location"]).text
    assert minh.post(f"{first}/khoa", sent()).status_code == 409
    running = month_of(day_of(home.house.clock()))
    assert minh.post(f"/bao-cao/{PROVINCE}/{running}/khoa", sent()).status_code == 422

    # What is recorded later changes nothing of it, and stands in the next report by its cause.
    lived(home, *taught(home, 4, before), *taught(home, 5, last), voided(home, 1, before))
    lived(home, signed(home, 4, before), signed(home, 5, last))
    asked(home, before, 66)
    page = plain(minh.get(first).text)
    assert "Chữ ký số cá nhân 1 1 Hoàn thành" in page
    assert "từ 55% trở lên" in page
    assert "66%" not in page
    assert "Trong đó đã được người học hoặc người chứng kiến xác nhận 2 2 – – 2" in page
    assert "Từ khi khóa tháng này" in page
    assert "Phản hồi đến sau khi khóa tháng: 1" in page
    assert minh.post(f"{second}/khoa", sent()).status_code == 303
    home.catch_up()
    page = plain(minh.get(second).text)
    assert "Trong đó đã được người học hoặc người chứng kiến xác nhận 1 3 2 0 1" in page
    assert "Nội dung được ghi sau khi khóa tháng: 1" in page
    assert "Nội dung được rút lại hoặc hủy: 1" in page
    assert "Chữ ký số cá nhân 1 3 Hoàn thành" in page

    # What an organizer adds; the same figures on the page, in the DOCX and in the XLSX.
    assert (
        minh.post(second, {"difficulties": "Mạng yếu\nThiếu máy & điện", "number": "12/BC-UBND"}).status_code
        == 303
    )
    docx, xlsx = (minh.get(f"{second}/tep?format={kind}") for kind in ("docx", "xlsx"))
    cells = words_of(docx.content)
    label = "Trong đó đã được người học hoặc người chứng kiến xác nhận"
    assert after(cells, label, 5) == ["1", "2", "0", "1", "3"]
    assert next(row for row in rows_of(xlsx.content, "Số liệu") if row[0] == label)[1:6] == (1, 2, 0, 1, 3)
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN TỈNH GIA LAI",
        "Số: 12/BC-UBND", "Kính gửi: Bộ Khoa học và Công nghệ", "Mạng yếu", "Thiếu máy & điện", "Nơi nhận:",
    ):  # fmt: skip
        assert said in cells
    assert "Xã Tuy Phước" in cells
    assert any(row[2] == "Xã Tuy Phước" for row in rows_of(xlsx.content, "Phụ lục đơn vị"))
    assert after(cells, "Chữ ký số cá nhân", 3) == ["1", "3", "3"]
    reached = next(row for row in rows_of(xlsx.content, ANNEX) if row[2] == "Xã Tuy Phước")
    assert reached[3:9] == (0, 0, 3, 0, 0, 0)

    # Sent: kept as it was sent, whatever is written, opened again or closed anew.
    gone = minh.post(f"{second}/gui", sent())
    assert gone.status_code == 303, gone.text
    kept = minh.get(f"{second}/tep?format=docx&version=1").content
    assert words_of(kept) == cells
    minh.post(second, {"difficulties": "Khác"})
    assert minh.get(f"{second}/tep?format=docx&version=1").content == kept
    lived(home, *taught(home, 6, last))
    assert minh.post(f"{second}/mo-lai", sent(reason="wrong-entries", note="Xã gửi nhầm")).status_code == 303
    home.catch_up()
    again = minh.get(second).text
    assert "Xã gửi nhầm" in again
    assert "Có nội dung nhập sai phải sửa" in again
    assert minh.post(f"{second}/gui", sent()).status_code == 409
    assert minh.post(f"{second}/khoa", sent()).status_code == 303
    home.catch_up()
    page = plain(minh.get(second).text)
    assert "Lần khóa 2" in page
    assert "Trong đó đã được người học hoặc người chứng kiến xác nhận 2 4 2 0 2" in page
    assert "Nội dung được ghi sau khi khóa tháng: 1" in page  # of the month itself nothing is late any more
    assert minh.post(f"{second}/gui", sent()).status_code == 303
    home.catch_up()
    assert "Phiên bản 2" in minh.get(second).text
    assert minh.get(f"{second}/tep?format=docx&version=1").content == kept
    assert minh.get(f"{second}/tep?format=docx&version=3").status_code == 404
    listed = minh.get("/bao-cao").text
    assert re.search(r"Đã gửi \d\d/\d\d/\d{4}, lần 2<", listed)


def test_a_version_that_counts_otherwise_changes_no_closed_month_and_is_a_cause_in_the_next_report(
    home: Home, minh: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, last = months(home)
    confirmed = "Trong đó đã được người học hoặc người chứng kiến xác nhận"
    first, second = f"/bao-cao/{PROVINCE}/{before}", f"/bao-cao/{PROVINCE}/{last}"
    lived(home, *taught(home, 1, before), *taught(home, 2, before))
    assert minh.post(f"{first}/khoa", sent()).status_code == 303
    home.catch_up()
    home.house.closed_months.keep()  # nobody waits for it
    monkeypatch.setattr(counting, "_bits", lambda _claim: 1)
    home.house.projector.rebuild()
    page = plain(minh.get(first).text)
    assert f"{confirmed} 2 2 – – 2" in page
    assert "sẽ đếm tháng này khác đi" in page
    for _ in range(2):  # open, and closed
        page = plain(minh.get(second).text)
        assert f"{confirmed} 0 0 2 -2 0" in page
        assert "Số người đã xác nhận do phiên bản mới của chương trình đếm khác: -2" in page
        minh.post(f"{second}/khoa", sent())
        home.catch_up()
    causes = rows_of(minh.get(f"{second}/tep?format=xlsx").content, "Bổ sung kỳ trước")
    assert ("Số người đã xác nhận do phiên bản mới của chương trình đếm khác", -2) in causes


def test_names_stand_by_consent_and_a_report_closes_with_the_data_of_whom_it_names(
    home: Home, minh: Browsing
) -> None:
    _, last = months(home)
    lan = PersonId(_person(home, "lan"))
    hoa = PersonId(_person(home, "hoa"))
    about = [taught(home, one, last) for one in (1, 2)]
    facts = [_by(fact, mentor) for mentor, some in zip((lan, hoa), about, strict=True) for fact in some]
    lived(home, *facts)
    path = f"/bao-cao/{PROVINCE}/{last}"
    minh.post(f"{path}/khoa", sent())
    home.catch_up()
    page = minh.get(path).text
    assert "Nguyễn Thị Lan" in page  # both agreed to award lists when they were invited
    minh.post(path, {"case": f"ambassador:{lan}"})
    minh.post(f"{path}/gui", sent())
    home.catch_up()
    kept = f"{path}/tep?format=docx&version=1"
    assert any("Nguyễn Thị Lan" in said for said in words_of(minh.get(kept).content))
    auditor = browsing(home, Role.AUDITOR, PROVINCE, "Đỗ Thị Kiểm")
    assert "/bao-cao/{ref}/{month}/tep" in auditor.get("/kiem-toan").text  # whose name left with it
    home.run(_erased(home, lan))
    home.catch_up()
    assert minh.get(kept).status_code == 410
    assert "Nguyễn Thị Lan" not in minh.get(path).text


def _place(home: Home) -> UnitId:
    unit = home.house.units.find(TUY_PHUOC)
    assert unit is not None
    return UnitId(unit.id)


def _by(fact: Fact, mentor: PersonId) -> Fact:
    return msgspec.structs.replace(fact, ambassador=mentor) if hasattr(fact, "ambassador") else fact


def _person(home: Home, who: str) -> str:
    found = home.house.accounts.bearer(home.tokens[who])
    assert found is not None
    return str(found)


async def _erased(home: Home, person: PersonId) -> None:
    rows = home.house.vault.erase_people([person])
    gone = PersonErased(at=NOW, by=BY, person=person)
    await home.house.ledger.decide(Happening(facts=(gone,)), beside=rows)


def test_an_office_exchanges_its_template_and_a_bad_one_is_refused_in_a_sentence(
    home: Home, minh: Browsing
) -> None:
    page = f"/bao-cao/mau/{PROVINCE}"
    for content, said in (
        (b"", "Hãy chọn một tệp"),
        (b"PK\x03\x04 no archive", "không phải là một tệp .docx"),
        (edited(("{{ co_quan }}", "{{ ten_co_quan }}")), "ten_co_quan"),
    ):
        refused = brought(minh, page, content)
        assert refused.status_code == 422, (said, refused.status_code)
        assert said in refused.text
    assert brought(minh, page, own_template(), form_token="forged").status_code == 403
    assert brought(minh, page, b"x" * (1_200 * 1024)).status_code == 413
    assert brought(minh, page, own_template(), cut=900).status_code == 400
    assert minh.post(page, sent()).status_code == 415
    assert "Đang dùng" in minh.get(page).text

    own = edited(("BÁO CÁO", "BÁO CÁO CỦA TỈNH"))
    assert brought(minh, page, own).status_code == 303
    _, last = months(home)
    assert "BÁO CÁO CỦA TỈNH" in words_of(minh.get(f"/bao-cao/{PROVINCE}/{last}/tep?format=docx").content)
    assert "BÁO CÁO CỦA TỈNH" in words_of(minh.get(f"/bao-cao/{TUY_PHUOC}/{last}/tep").content)
    back = brought(minh, page, None, document="")
    assert back.status_code == 303
    assert "BÁO CÁO CỦA TỈNH" not in words_of(minh.get(f"/bao-cao/{PROVINCE}/{last}/tep").content)


def brought(who: Browsing, page: str, content: bytes | None, *, cut: int = 0, **fields: str):
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (sent(form_token=who.token) | fields).items()
    ]
    if content is not None:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="template"; filename="mẫu.docx"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    body = b"".join([*parts, f"--{mark}--\r\n".encode()])
    body = body[: len(body) - cut]
    headers = {"content-type": f"multipart/form-data; boundary={mark}", "sec-fetch-site": "same-origin"}
    return who.home.run(who._client.post(page, content=body, headers=headers))


def test_a_commune_reports_before_its_province_closes_and_says_so(home: Home, minh: Browsing) -> None:
    _, last = months(home)
    commune = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Võ Thị Xuân")
    page = f"/bao-cao/{TUY_PHUOC}/{last}"
    assert "Số liệu tháng này chưa khóa" in commune.get(page).text
    assert commune.post(f"{page}/khoa", sent()).status_code == 422  # months are closed by provinces
    assert commune.post(f"/bao-cao/{PROVINCE}/{last}/khoa", sent()).status_code == 404
    assert commune.get(f"/bao-cao/{PROVINCE}/{last}").status_code == 404
    assert commune.post(f"{page}/gui", sent()).status_code == 303
    cells = words_of(commune.get(f"{page}/tep?version=1").content)
    assert "ỦY BAN NHÂN DÂN XÃ TUY PHƯỚC" in cells
    assert "Kính gửi: Ủy ban nhân dân tỉnh Gia Lai" in cells
    assert "Chưa khóa" in minh.get(f"/bao-cao?month={last}").text
    assert commune.get(f"/bao-cao/{TUY_PHUOC}/2026-13").status_code == 422
    assert commune.get(f"/bao-cao/{TUY_PHUOC}/2999-01").status_code == 422
    assert minh.get(f"/bao-cao/VN/{last}").status_code == 404


def test_the_same_by_the_api(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _, last = months(home)
    minh = home.caller(Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")
    lived(home, *taught(home, 1, last))
    path = f"/months/{PROVINCE}/{last}"
    asked = sent()
    closed = minh.post(f"{path}/close", asked)
    assert closed.status_code == 201
    assert minh.post(f"{path}/close", asked).status_code == 200  # the same submission
    assert minh.post(f"{path}/close", sent()).json()["type"].endswith("month-already-closed")
    home.catch_up()
    assert minh.get(path).json()["closed"] is True
    asked = sent()
    sent_once = minh.post(f"{path}/send", asked)
    assert (sent_once.status_code, sent_once.json()["version"]) == (201, 1)
    with monkeypatch.context() as written:
        written.delattr(month_reports, "written")  # sent again, it is not written again
        again = minh.post(f"{path}/send", asked)
    assert (again.status_code, again.json()) == (200, sent_once.json())
    file = minh.get(f"{path}/report", format="xlsx", version=1)
    assert file.headers["content-type"].endswith("sheet")
    assert rows_of(file.content, "Số liệu")
    assert minh.post(f"{path}/reopen", sent(reason="late-entries")).status_code == 201
    assert minh.post(f"{path}/reopen", sent(reason="late-entries")).status_code == 409

    async def soon(_house: object, _position: int) -> None:
        home.catch_up()

    monkeypatch.setattr(month_reports, "caught_up", soon)
    assert minh.post(f"{path}/close", sent()).status_code == 201
    assert minh.post(f"{path}/send", sent()).json()["version"] == 2  # in the same breath
    to_come = minh.get(f"/months/{PROVINCE}/{int(last[:4]) + 2}-01/report", format="docx")
    assert (to_come.status_code, to_come.json()["detail"]) == (422, "Tháng này chưa đến.")
    lan = home.known("lan")
    assert lan.get(path).status_code == 403


def test_a_machine_without_room_is_no_fault_of_the_report(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is filled in by a process of its own: where none starts, or it is ended as too slow, nothing
    is sent, and whoever sends is asked to come again, neither told of a fault nor of a bad template."""
    _, last = months(home)
    minh = home.caller(Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")
    path = f"/months/{PROVINCE}/{last}"
    assert minh.post(f"{path}/close", sent()).status_code == 201
    home.catch_up()

    def no_process(*_: Any, **__: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as crowded:
        crowded.setattr(subprocess, "run", no_process)
        assert minh.post(f"{path}/send", sent()).status_code == 503
    with monkeypatch.context() as queued:
        queued.setattr(report_template, "PATIENCE", 0.01)
        queued.setattr(report_template, "_TURNS", threading.Semaphore(0))
        assert minh.post(f"{path}/send", sent()).status_code == 503
    with monkeypatch.context() as slow:
        slow.setattr(report_template, "SLOWEST", 0.01)
        answer = minh.post(f"{path}/send", sent())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert minh.post(f"{path}/send", sent()).json()["version"] == 1


def test_who_is_erased_while_a_report_is_written_is_not_in_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, last = months(home)
    minh = home.caller(Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")
    path = f"/months/{PROVINCE}/{last}"
    assert minh.post(f"{path}/close", sent()).status_code == 201
    home.catch_up()
    keeping, gone = home.house.reports.keeping, [[PersonId("erased-just-now")], []]

    def meanwhile(report: Any, files: Any, _named: Any) -> Any:
        return keeping(report, files, gone.pop(0))

    monkeypatch.setattr(home.house.reports, "keeping", meanwhile)
    assert minh.post(f"{path}/send", sent()).status_code == 201
    gone[:] = [[PersonId("erased-just-now")]] * 2
    assert minh.post(f"{path}/send", sent()).status_code == 503
