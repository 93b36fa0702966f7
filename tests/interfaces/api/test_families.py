"""Families through the API."""

from uuid import uuid4

from domain.model import Role
from tests.interfaces.api.requests import ba_tu, eventually, household, lesson, ong_sau, today
from tests.interfaces.homes import TUY_PHUOC


def test_a_family_is_registered_with_its_members(lan):
    sent = household(ba_tu(), ong_sau())

    first, again = lan.post("/households", sent), lan.post("/households", sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(first.json()["members"]) == 2
    assert first.json()["declaration"] is None


def test_what_is_declared_waits_for_a_member(lan, anyone):
    made = lan.post("/households", household(ba_tu(), declared=["smartphone-internet"])).json()

    code = made["declaration"]["code"]
    answer = anyone.post("/answers", {"code": code, "answer": "able"})

    assert answer.status_code == 201
    assert answer.json()["kind"] == "declaration"
    assert answer.json()["subject"] == made["declaration"]["declaration"]
    assert made["declaration"]["confirm_url"].endswith(f"/x/{code}")
    assert anyone.post("/answers", {"code": code, "answer": "taught"}).status_code == 422


def test_members_join_and_leave(lan):
    family = lan.post("/households", household(ba_tu())).json()["household"]

    joined = lan.post(f"/households/{family}/members", {"submission": uuid4().hex, "member": ong_sau()})
    left = lan.post(
        f"/households/{family}/departures", {"submission": uuid4().hex, "member": joined.json()["person"]}
    )

    assert (joined.status_code, left.status_code) == (201, 201)
    assert joined.json()["household"] == left.json()["household"] == family


def test_criteria_are_declared_and_lost(lan, anyone):
    made = lan.post("/households", household(ba_tu())).json()
    family = made["household"]

    sent = {"submission": uuid4().hex, "on": today(), "criteria": ["cashless-payment"]}
    first, again = (lan.post(f"/households/{family}/criteria", sent) for _ in range(2))
    code = first.json()["declaration"]["code"]
    anyone.post("/answers", {"code": code, "answer": "able"})
    lost = lan.post(
        f"/households/{family}/losses", {"submission": uuid4().hex, "criterion": "cashless-payment"}
    )

    assert (first.status_code, again.status_code, lost.status_code) == (201, 200, 201)
    assert first.json() == again.json()


def test_a_family_becomes_digital(home, lan, anyone):
    tu, sau = ba_tu(), ong_sau()
    skills = ["vneid", "cashless-payment", "online-public-service"]
    made = lan.post("/lessons", lesson(tu, skills=skills)).json()["teachings"][0]
    anyone.post("/answers", {"code": made["code"], "answer": "able"})
    # Bà Tư becomes an ambassador, too, and teaches her husband.
    her = home.caller(Role.AMBASSADOR, TUY_PHUOC, tu["name"], phone=tu["phone"])
    taught = her.post("/lessons", lesson(sau)).json()["teachings"][0]
    anyone.post("/answers", {"code": taught["code"], "answer": "taught"})
    lan.post("/households", household({"id": made["learner"]}, {"id": taught["learner"]}))

    honours = eventually(
        lambda: anyone.get("/honours", status="family").json(), lambda body: body["total"] == 1
    )
    board = lan.get("/leaderboard", metric="families", position=honours["position"]).json()

    assert [(row["name"], row["score"]) for row in board["rows"]] == [("Nguyễn Thị Lan", 1)]
