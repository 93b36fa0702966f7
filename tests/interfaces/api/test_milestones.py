"""Milestones of people through the API: said by a code, by oneself, by a witness, by a list; and counted."""

from datetime import date
from uuid import uuid4

import msgspec
import pytest

from application import milestones, people
from application.actors import OPERATOR
from application.forms.people import LearnerForm
from application.milestones import Listed
from domain.calendar import day_of
from domain.lists import ListId
from domain.milestones import Milestone
from domain.model import Role
from infrastructure.ledger.writer import utc_now
from tests.interfaces.api.requests import ba_tu, days_ago, learner, lesson
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC

PAID = "cashless-payment"
IDENTITY = "digital-identity"


def sent(**said):
    return {"submission": uuid4().hex, "milestone": PAID} | said


@pytest.fixture
def taught(lan):
    """A lesson with Bà Tư: its teaching, and the code she answers by."""
    return lan.post("/lessons", lesson(ba_tu())).json()["teachings"][0]


def listed(home, form, milestone=Milestone.CASHLESS_PAYMENT):
    """A row of a list that an organizer brings in."""
    unit = home.house.units.find(TUY_PHUOC).id
    row = Listed(
        submission=uuid4().hex,
        learner=LearnerForm(**form),
        milestone=milestone,
        on=date(2026, 2, 1),
        unit=unit,
    )
    bringing = msgspec.structs.replace(OPERATOR, importing=ListId("danh-sach"))
    return home.run(milestones.take_in(home.house.ground, bringing, row))


def counts(caller, milestone=PAID, unit=TUY_PHUOC, **query):
    caller.home.catch_up()
    rows = caller.get(f"/units/{unit}/milestones", **query).json()["milestones"]
    return next(row for row in rows if row["milestone"] == milestone)


def count(row):
    return row["reached"], row["confirmed"], row["own"], row["imported"]


def test_what_the_holder_of_a_code_says_counts_once_and_is_confirmed(home, minh, anyone, taught):
    said = {"code": taught["code"], "milestone": PAID, "on": days_ago(1)}

    first = anyone.post("/milestones/answers", said)
    assert first.status_code == 201
    assert anyone.post("/milestones/answers", said).status_code == 200

    assert count(counts(minh)["everybody"]) == (1, 1, 1, 0)
    assert count(counts(minh)["groups"]["people"]) == (1, 1, 1, 0)
    assert count(counts(minh, IDENTITY)["everybody"]) == (0, 0, 0, 0)
    country = home.caller(Role.AUDITOR, "VN", "Đỗ Kiểm Toán")
    assert count(counts(country, unit="VN")["everybody"]) == (1, 1, 1, 0)


def test_what_was_said_is_taken_back_by_who_said_it(minh, anyone, taught):
    said = {"code": taught["code"], "milestone": PAID}
    anyone.post("/milestones/answers", said)
    anyone.post("/milestones/answers", said | {"reached": False})

    assert count(counts(minh)["everybody"]) == (0, 0, 0, 0)


def test_a_code_speaks_for_nobody_who_has_an_account(home, anyone, lan, taught):
    said = {"code": taught["code"], "milestone": PAID}
    assert anyone.post("/milestones/answers", said).status_code == 201  # the control
    home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Tư", "0912345678")

    nobodys = anyone.post("/milestones/answers", said | {"code": "ABCDEFGH"})
    for caller in (anyone, lan):
        refused = caller.post("/milestones/answers", said)
        assert (refused.status_code, refused.json()) == (404, nobodys.json())


def test_a_list_is_counted_and_never_confirmed_until_somebody_says_so(home, minh, anyone, lan):
    listed(home, ba_tu())
    assert count(counts(minh)["everybody"]) == (1, 0, 0, 1)

    taught = lan.post("/lessons", lesson(ba_tu())).json()["teachings"][0]
    assert lan.post("/milestones", sent(teaching=taught["teaching"], there=True)).status_code == 201
    assert count(counts(minh)["everybody"]) == (1, 1, 0, 0)

    anyone.post("/milestones/answers", {"code": taught["code"], "milestone": PAID})
    listed(home, ba_tu())
    assert count(counts(minh)["everybody"]) == (1, 1, 1, 0)


def test_a_witness_was_there_and_does_not_outweigh_the_person(home, lan, anyone, taught):
    teaching = taught["teaching"]
    away = lan.post("/milestones", sent(teaching=teaching))
    assert (away.status_code, away.json()["field"]) == (422, "there")

    anyone.post("/milestones/answers", {"code": taught["code"], "milestone": PAID})
    against = lan.post("/milestones", sent(teaching=teaching, there=True, reached=False))
    assert against.status_code == 409

    stranger = home.caller(Role.AMBASSADOR, ELSEWHERE, "Mai Thị Xa")
    assert stranger.post("/milestones", sent(teaching=teaching, there=True)).status_code == 404
    assert stranger.post("/milestones", sent(person=taught["learner"], there=True)).status_code == 404


def test_a_mentor_speaks_of_themselves(minh, lan):
    assert lan.post("/milestones", sent(milestone="online-course")).status_code == 201
    assert count(counts(minh, "online-course")["everybody"]) == (1, 1, 1, 0)


def test_the_same_submission_with_another_content_is_a_conflict(lan, taught):
    body = sent(teaching=taught["teaching"], there=True)
    assert lan.post("/milestones", body).status_code == 201
    assert lan.post("/milestones", body).status_code == 200
    assert lan.post("/milestones", body | {"milestone": "online-course"}).status_code == 409


def test_a_digital_identity_is_not_asked_of_a_child(home, minh, anyone, lan):
    year = day_of(utc_now()).year
    child, grown = (
        lan.post("/lessons", lesson(learner(one) | {"birth_year": year - age})).json()["teachings"][0]
        for one, age in ((1, 12), (2, 16))
    )

    refused = anyone.post("/milestones/answers", {"code": child["code"], "milestone": IDENTITY})
    assert (refused.status_code, refused.json()["type"]) == (422, "/api/v1#too-young")
    assert anyone.post("/milestones/answers", {"code": child["code"], "milestone": PAID}).status_code == 201
    may_be = anyone.post("/milestones/answers", {"code": grown["code"], "milestone": IDENTITY})
    assert may_be.status_code == 201

    row = counts(minh, IDENTITY)
    assert count(row["everybody"]) == (1, 1, 1, 0)
    assert count(row["adults"]) == (0, 0, 0, 0)  # who may be under 16 still


def test_a_share_is_of_the_adults_that_an_office_declared(home, minh, anyone, taught):
    officer = home.caller(Role.ORGANIZER, PROVINCE, "Lê Văn Tỉnh")
    said = {"unit": TUY_PHUOC, "group": "adults", "as_of": days_ago(3), "document": "9/BC"}
    assert counts(minh)["rate"] is None
    officer.post("/figures", {"submission": uuid4().hex, "value": 4} | said)
    identity = {"indicator": "digital_identity_account", "value": 3}
    officer.post("/figures", {"submission": uuid4().hex} | said | identity)
    anyone.post("/milestones/answers", {"code": taught["code"], "milestone": IDENTITY})
    listed(home, learner(7), Milestone.DIGITAL_IDENTITY)

    row = counts(officer, IDENTITY)
    assert row["rate"] == 0.25
    assert row["adults_declared"]["value"] == 4
    assert row["declared"] == {"value": 3, "as_of": days_ago(3), "document": "9/BC"}
    assert count(row["everybody"]) == (2, 1, 1, 1)


def test_whoever_is_erased_stays_counted_and_is_asked_nothing_more(home, minh, anyone, taught):
    anyone.post("/milestones/answers", {"code": taught["code"], "milestone": PAID})
    home.run(people.forget(home.house.ground, taught["learner"], OPERATOR.by))

    assert count(counts(minh)["everybody"]) == (1, 1, 1, 0)
    assert anyone.post("/milestones/answers", {"code": taught["code"], "milestone": PAID}).status_code == 404


def test_another_units_counts_are_not_there(minh):
    assert minh.get(f"/units/{ELSEWHERE}/milestones").status_code == 404
    assert minh.get("/units/99999/milestones").status_code == 404


def test_old_boundaries_count_the_same_people(reformed):
    lan, auditor = reformed.known("lan"), reformed.caller(Role.AUDITOR, "VN", "Đỗ Kiểm Toán")
    lan.post("/milestones", sent())
    reformed.catch_up()

    now = counts(auditor, unit="VN")
    then = counts(auditor, unit="VN", boundaries="2025-06-30")
    assert count(now["everybody"]) == count(then["everybody"]) == (1, 1, 1, 0)
