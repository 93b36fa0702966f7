"""Targets through the API: the rows of the plans as printed, beside what is counted and declared."""

import csv
from uuid import uuid4

import pytest

from application.actors import OPERATOR
from application.targets import COLUMNS, load
from domain.model import Role
from infrastructure import official_units, target_lists
from tests.interfaces.api.requests import learner, lesson
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC

SKILLS = {"group": "adults", "indicator": "basic_digital_skills"}
LATER, EARLIER = "003_74121455e9758e44.txt", "000_0fc2beeaa8b2d796.txt"


def sent(**said):
    return {"submission": uuid4().hex} | said


def loaded(home):
    rows = target_lists.read()
    return home.run(load(home.house.ground, OPERATOR, rows, official_units.parts)).position


def printed():
    """The rows of the list as the API tells them."""
    numbers = ("year", "percent", "numerator", "denominator")
    with target_lists.TARGETS.open(encoding="utf-8", newline="") as lines:
        return [
            {key: (int(value) if key in numbers else value) if value else None for key, value in row.items()}
            for row in csv.DictReader(lines)
        ]


@pytest.fixture
def officer(home):
    return home.caller(Role.ORGANIZER, PROVINCE, "Lê Văn Tỉnh", "0905 111 222")


def test_the_26_rows_appear_with_their_sources_as_printed(home):
    country = home.caller(Role.AUDITOR, "VN", "Đỗ Kiểm Toán", "0905 111 223")
    rows = country.get("/targets", position=loaded(home)).json()["rows"]

    assert [{name: row[name] for name in COLUMNS} for row in rows] == printed()
    assert len(rows) == 26


def test_a_unit_and_a_year_are_asked_for(home, officer):
    position = loaded(home)
    rows = officer.get("/targets", unit=PROVINCE, year=2026, position=position).json()["rows"]

    assert len(rows) == 4
    assert {(row["province_then"], row["year"]) for row in rows} == {("Bình Định", 2026)}
    assert officer.get("/targets", unit="48").status_code == 404


def test_an_old_boundary_is_not_counted_as_if_it_were_the_new_one(home, officer):
    rows = officer.get("/targets", unit=PROVINCE, year=2025, position=loaded(home)).json()["rows"]

    assert {row["actual_from"] for row in rows} == {"old-units-unknown"}
    assert {row["actual"] for row in rows} == {None}


def test_a_target_set_by_hand_stands_beside_those_who_are_able(home, officer, lan, anyone):
    made = lan.post("/lessons", lesson(learner(1), learner(2) | {"group": "workers"}, learner(3))).json()
    for one, said in zip(made["teachings"], ("able", "able", "taught"), strict=True):
        anyone.post("/answers", {"code": one["code"], "answer": said})
    whole = sent(unit=PROVINCE, group="adults", as_of="2026-01-01", value=2_500_000, document="07/BC-TK")
    assert officer.post("/figures", whole).status_code == 201
    asked = sent(unit=PROVINCE, year=2026, percent=80, source="10/KH-UBND", **SKILLS)
    assert officer.post("/targets", asked).status_code == 201
    again = officer.post("/targets", asked)
    assert again.status_code == 200
    workers = asked | sent(group="enterprise_and_cooperative_workers")
    position = officer.post("/targets", workers).json()["position"]

    adults, workers = officer.get("/targets", unit=PROVINCE, position=position).json()["rows"]

    assert (adults["actual"], adults["actual_from"]) == (2, "counted")
    assert adults["denominator_used"] == {
        "value": 2_500_000, "as_of": "2026-01-01", "document": "07/BC-TK", "declared": True
    }  # fmt: skip
    assert (adults["needed"], adults["missing"]) == (2_000_000, 1_999_998)
    assert adults["as_of"]
    assert (workers["actual"], workers["share"], workers["needed"]) == (1, None, None)


def test_contradicting_plans_stand_side_by_side_until_one_is_followed(home, officer):
    def asked(source, percent):
        return sent(unit=PROVINCE, year=2026, percent=percent, source=source, **SKILLS)

    officer.post("/targets", asked(EARLIER, 60))
    position = officer.post("/targets", asked(LATER, 80)).json()["position"]
    before = officer.get("/targets", unit=PROVINCE, position=position).json()["rows"]
    assert [(row["followed"], row["contradicting"]) for row in before] == [(None, [LATER]), (None, [EARLIER])]

    choice = sent(unit=PROVINCE, year=2026, source=LATER, reason="later-document", **SKILLS)
    done = officer.post("/targets/following", choice)
    assert done.status_code == 201
    after = officer.get("/targets", unit=PROVINCE, position=done.json()["position"]).json()["rows"]
    assert [(row["percent"], row["followed"]) for row in after] == [(60, False), (80, True)]
    assert {row["reason"] for row in after} == {"later-document"}
    unheard = choice | sent(source="nobody's")
    assert officer.post("/targets/following", unheard).json()["type"].endswith("no-such-target")


def test_a_declared_figure_is_corrected_and_its_history_stays(home, officer):
    vneid = {"group": "adults", "indicator": "confirmed_on_vneid"}
    asked = sent(unit=PROVINCE, year=2026, percent=80, source="10/KH-UBND", denominator=1_000, **vneid)
    officer.post("/targets", asked)

    def declares(value, day="2026-01-31"):
        said = sent(unit=PROVINCE, as_of=day, value=value, document="12/BC-CAT", **vneid)
        return officer.post("/figures", said).json()["position"]

    declares(500, "2025-12-31")
    declares(600)
    position = declares(610)

    (row,) = officer.get("/targets", unit=PROVINCE, position=position).json()["rows"]
    assert (row["actual"], row["actual_from"], row["as_of"]) == (610, "declared", "2026-01-31")
    assert (row["actual_document"], row["share"]) == ("12/BC-CAT", 0.61)
    assert row["denominator_used"]["declared"] is False
    said = officer.get("/figures", unit=PROVINCE).json()["rows"]
    assert [(one["value"], one["holds"]) for one in said] == [(610, True), (600, False), (500, True)]


def test_what_no_plan_can_ask_for_and_no_office_declare_is_refused_in_a_sentence(officer):
    asked = sent(unit=PROVINCE, year=2026, percent=80, source="10/KH-UBND", **SKILLS)
    for wrong, sentence in (
        ({"percent": 140}, "1 đến 100"),
        ({"denominator": 0}, "lớn hơn 0"),
        ({"group": "everybody"}, "nhóm đối tượng"),
        ({"indicator": "happiness"}, "chỉ tiêu"),
        ({"then": "Nghĩa Bình"}, "tên như vậy"),
        ({"then": "Bình Định", "percent": 0}, "1 đến 100"),
    ):
        answer = officer.post("/targets", asked | wrong | sent())
        assert answer.status_code == 422
        assert sentence in answer.json()["detail"]
        assert answer.json()["field"] in wrong
    said = sent(unit=PROVINCE, as_of="2026-01-01", value=5, document="1", **SKILLS)
    assert officer.post("/figures", said).json()["type"].endswith("bad-figure")  # it is counted
    of_then = said | sent(then="Bình Định", indicator="confirmed_on_vneid")
    assert "1/7/2025" in officer.post("/figures", of_then).json()["detail"]


def test_only_who_organizes_the_unit_sets_its_targets(home, minh, lan):
    asked = sent(unit=PROVINCE, year=2026, percent=80, source="10/KH-UBND", **SKILLS)
    assert minh.post("/targets", asked).status_code == 404
    assert lan.post("/targets", asked | {"unit": TUY_PHUOC}).status_code == 403
    assert minh.post("/targets", asked | {"unit": ELSEWHERE}).status_code == 404
