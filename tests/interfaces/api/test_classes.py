"""Classes over the API: opened, joined by the code on the wall, witnessed and closed."""

from uuid import uuid4

import pytest

from domain.model import Role
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import TUY_PHUOC


@pytest.fixture
def opened(lan):
    said = lan.post("/classes", sent.a_class())
    assert said.status_code == 201, said.text
    return said.json()


def test_a_class_opened_twice_is_one(lan):
    form = sent.a_class()
    first, again = lan.post("/classes", form), lan.post("/classes", form)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["check_in_url"].endswith(f"/l/{first.json()['code']}")
    assert len(first.json()["code"]) == 12


def test_a_check_in_sent_twice_is_one_and_tells_nothing_of_anybody(anyone, opened):
    form = sent.check_in(opened["code"])
    first, again = anyone.post("/check-ins", form), anyone.post("/check-ins", form)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert set(first.json()) == {"lesson", "position"}
    other = anyone.post("/check-ins", form | {"answer": "no"})
    assert (other.status_code, other.json()["type"]) == (409, "/api/v1#submission-conflict")
    twice = anyone.post("/check-ins", sent.check_in(opened["code"]))
    assert twice.json()["type"] == "/api/v1#already-checked-in"


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ({"phone": None, "birth_year": None}, "neither-phone-nor-year"),
        ({"name": ""}, "bad-name"),
        ({"code": "ABCD"}, "bad-code"),
        ({"code": "A" * 12}, "no-such-class"),
        ({"birth_year": 1901}, None),
    ],
)
def test_what_a_check_in_asks_for(anyone, opened, other, problem):
    said = anyone.post("/check-ins", sent.check_in(opened["code"]) | other)
    assert said.json().get("type", "").rpartition("#")[2] == (problem or "")


def test_the_mentor_does_not_check_in(lan, home, anyone):
    mentor = home.caller(Role.AMBASSADOR, TUY_PHUOC, "Võ Thị Mai", "0905777888")
    code = mentor.post("/classes", sent.a_class()).json()["code"]
    said = anyone.post("/check-ins", sent.check_in(code, name="Võ Thị Mai", phone="0905777888"))
    assert (said.status_code, said.json()["type"]) == (422, "/api/v1#nobody-teaches-themselves")


def test_who_has_no_phone_is_entered_and_answered_for_by_who_was_there(home, lan, hoa, minh, opened):
    at = f"/classes/{opened['lesson']}"
    form = {"submission": uuid4().hex, "learner": sent.ong_sau()}
    entered, again = lan.post(f"{at}/learners", form), lan.post(f"{at}/learners", form)
    assert (entered.status_code, again.status_code) == (201, 200)
    assert entered.json() == again.json()
    answers = [{"teaching": entered.json()["teaching"], "answer": "taught"}]
    testimony = {"submission": uuid4().hex, "there": True, "answers": answers}
    assert lan.post(f"{at}/witness", testimony).status_code == 403
    assert hoa.post(f"{at}/learners", form).status_code == 404
    absent = minh.post(f"{at}/witness", testimony | {"there": False})
    assert absent.json()["type"] == "/api/v1#was-not-there"
    witnessed, again = minh.post(f"{at}/witness", testimony), minh.post(f"{at}/witness", testimony)
    assert (witnessed.status_code, again.status_code) == (201, 200)
    home.catch_up()
    shown = lan.get(f"/teachings/{entered.json()['teaching']}").json()
    assert shown["answer"] == "taught"


def test_a_closed_class_takes_nobody(lan, anyone, opened):
    at = f"/classes/{opened['lesson']}"
    assert lan.post(f"{at}/close", {"submission": uuid4().hex}).status_code == 201
    assert anyone.post("/check-ins", sent.check_in(opened["code"])).status_code == 410
    late = lan.post(f"{at}/learners", {"submission": uuid4().hex, "learner": sent.ong_sau()})
    assert late.json()["type"] == "/api/v1#class-is-closed"
