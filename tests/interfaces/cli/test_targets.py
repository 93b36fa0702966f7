"""Targets by command: the list that comes along, and lists with something wrong in them."""

import csv

import pytest

from application.targets import COLUMNS
from interfaces.cli.problems import Exit

GOOD = {
    "source": "10/KH-UBND", "province_then": "Hà Tĩnh", "province_now_code": "42", "year": "2026",
    "group": "adults", "indicator": "basic_digital_skills", "comparator": "ge", "percent": "80",
    "numerator": "", "denominator": "", "base_date": "", "note": "",
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(*rows, columns=COLUMNS, encoding="utf-8-sig"):
        file = tmp_path / "targets.csv"
        with file.open("w", encoding=encoding, newline="") as lines:
            writer = csv.DictWriter(lines, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(GOOD | row for row in rows)
        return str(file)

    return write


def test_the_list_that_comes_along_is_loaded_once_and_shown_with_its_sources(begun):
    assert begun("targets", "load", "--json").json["recorded"] == 26
    assert begun("targets", "load", "--json").json["recorded"] == 0

    shown = begun("targets", "show", "42", "--year", "2026", "--json").json["rows"]
    assert [(one["percent"], one["source"]) for one in shown] == [
        (100, "002_fc6b6893a9599e66.txt"), (100, "002_fc6b6893a9599e66.txt"),
        (100, "002_fc6b6893a9599e66.txt"), (80, "002_fc6b6893a9599e66.txt"),
        (100, "002_fc6b6893a9599e66.txt"),
    ]  # fmt: skip
    table = begun("targets", "show", "52").out
    assert "Bình Định" in table
    assert "undecided" in table  # 60 in one plan, 80 in the later one


def test_every_bad_row_is_named_in_a_sentence_and_nothing_is_half_done(begun, written):
    file = written(
        {},
        {"percent": "140"},
        {"province_now_code": "99"},
        {"province_then": "Nghĩa Bình"},
        {"denominator": "0"},
        {"group": "everybody"},
        {"indicator": "happiness"},
        {"comparator": "about"},
        {"year": "two thousand"},
        {"base_date": "yesterday", "year": "2027"},
        {"percent": "75"},
    )
    said = begun("targets", "load", file)

    assert said.code == Exit.REFUSED
    assert said.err.splitlines() == [
        "Line 3: A target is a whole number between 1 and 100 percent. (percent: 140)",
        "Line 4: There is no unit with that code today. (province_now_code: 99)",
        "Line 5: No unit of that name lies in the one of today. (province_then: Nghĩa Bình)",
        "Line 6: The number that it is a share of is greater than 0. (denominator: 0)",
        "Line 7: No such group of people is known here. (group: everybody)",
        "Line 8: No such indicator is known here. (indicator: happiness)",
        "Line 9: What is asked for is at least (ge) or more than (gt) so many percent. (comparator: about)",
        "Line 10: A target is for a year from 2025 to 2045. (year: two thousand)",
        (
            "Line 11: A date is written as 2024, 12/2024 or 31/12/2024, in lists as 2024, 2024-12"
            " or 2024-12-31. (base_date: yesterday)"
        ),
        "Line 12: The same document asks for the same thing twice. (source: 10/KH-UBND)",
        "Nothing was recorded.",
    ]
    checked = begun("targets", "load", file, "--check", "--json")
    assert (checked.code, checked.json["rows"], len(checked.json["problems"])) == (Exit.FOUND, 1, 10)
    assert begun("targets", "show", "42", "--json").json["rows"] == []


def test_checking_records_nothing(begun, written):
    assert begun("targets", "load", written({}), "--check").out == "Nothing wrong, 1 in the list.\n"
    assert begun("targets", "show", "42", "--json").json["rows"] == []


def test_what_is_no_such_list_is_said_in_a_sentence(begun, written, tmp_path):
    other = begun("targets", "load", written(columns=("name", "percent")))
    latin = begun("targets", "load", written({"source": "Kế hoạch"}, encoding="utf-16"))
    ragged = tmp_path / "ragged.csv"
    ragged.write_text(",".join(COLUMNS) + "\nonly,three,cells\n", encoding="utf-8")

    assert (other.code, latin.code) == (Exit.REFUSED, Exit.REFUSED)
    assert "columns" in other.err
    assert "UTF-8" in latin.err
    assert (
        "Line 2: The row has not as many columns as the heading." in begun("targets", "load", str(ragged)).err
    )


def test_a_target_is_set_and_one_of_two_documents_is_followed(begun):
    asked = ("--year", "2026", "--group", "adults", "--indicator", "basic-digital-skills")
    for source, percent in (("1/KH", "60"), ("2/KH", "80")):
        begun("targets", "set", "42", "--source", source, "--percent", percent, *asked)
    followed = ("targets", "follow", "42", "--source", "2/KH", *asked, "--reason", "later-document")
    begun(*followed)
    rows = begun("targets", "show", "42", "--json").json["rows"]
    assert [(one["percent"], one["followed"], one["reason"]) for one in rows] == [
        (60, False, "later-document"),
        (80, True, "later-document"),
    ]


def test_what_no_plan_can_ask_is_refused_in_a_sentence(begun):
    asked = ("--source", "1/KH", "--year", "2026", "--group", "adults", "--indicator", "basic-digital-skills")
    assert "whole number between 1 and 100" in begun("targets", "set", "42", *asked, "--percent", "140").err
    zero = begun("targets", "set", "42", *asked, "--percent", "80", "--denominator", "0")
    assert (zero.code, "greater than 0" in zero.err) == (Exit.REFUSED, True)


def test_a_unit_is_printed_week_by_week_with_those_below_it(begun):
    found = begun("weeks", "52", "--json").json
    assert (found["by"], len(found["weeks"]), len(found["below"]) > 0) == ("people", 13, True)
    assert "last entry never" in begun("weeks", "52").out
