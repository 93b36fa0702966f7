"""Markets and vendors through the API."""

from uuid import uuid4

import pytest

from tests.interfaces.api.requests import (
    ba_tu,
    eventually,
    market,
    onboarding,
    ong_sau,
    sighting,
    vendor,
    void,
)


@pytest.fixture
def bo_de(minh):
    """A market of two stalls."""
    return minh.post("/markets", market(stalls=2)).json()["market"]


def test_a_market_opens_once(minh):
    sent = market()

    first, again = minh.post("/markets", sent), minh.post("/markets", sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_its_board_declares_stalls_anew(minh, bo_de):
    answer = minh.post(f"/markets/{bo_de}/stalls", {"submission": uuid4().hex, "stalls": 3})

    assert answer.status_code == 201


def test_a_vendor_is_registered_onboarded_and_answers(lan, anyone, bo_de):
    registered = lan.post("/vendors", vendor(bo_de)).json()

    sent = onboarding()
    first, again = (lan.post(f"/vendors/{registered['vendor']}/onboardings", sent) for _ in range(2))
    answer = anyone.post("/answers", {"code": first.json()["code"], "answer": "able"})

    assert (first.status_code, again.status_code, answer.status_code) == (201, 200, 201)
    assert first.json() == again.json()
    assert answer.json()["kind"] == "onboarding"
    assert answer.json()["subject"] == first.json()["onboarding"]


def test_the_same_vendor_twice_is_a_conflict(lan, bo_de):
    lan.post("/vendors", vendor(bo_de))

    assert lan.post("/vendors", vendor(bo_de)).status_code == 409


def test_an_onboarding_is_withdrawn(lan, anyone, bo_de):
    seller = lan.post("/vendors", vendor(bo_de)).json()["vendor"]
    made = lan.post(f"/vendors/{seller}/onboardings", onboarding()).json()

    assert lan.post(f"/onboardings/{made['onboarding']}/void", void()).status_code == 201
    assert anyone.post("/answers", {"code": made["code"], "answer": "able"}).status_code == 409


def test_a_vendor_is_seen_trading_and_leaves(lan, minh, bo_de):
    seller = lan.post("/vendors", vendor(bo_de)).json()["vendor"]

    seen = lan.post(f"/vendors/{seller}/sightings", sighting())
    left = minh.post(f"/vendors/{seller}/departure", {"submission": uuid4().hex, "on": sighting()["on"]})

    assert (seen.status_code, left.status_code) == (201, 201)
    assert seen.json()["vendor"] == left.json()["vendor"] == seller


def test_a_market_becomes_digital(lan, anyone, bo_de):
    for person in (ba_tu(), ong_sau()):
        seller = lan.post("/vendors", vendor(bo_de, vendor=person)).json()["vendor"]
        code = lan.post(f"/vendors/{seller}/onboardings", onboarding()).json()["code"]
        anyone.post("/answers", {"code": code, "answer": "able"})

    honours = eventually(
        lambda: anyone.get("/honours", status="market").json(), lambda body: body["total"] == 1
    )

    (row,) = honours["rows"]
    assert (row["name"], row["counted"], row["out_of"]) == ("Chợ Bồ Đề", 2, 2)
    board = lan.get("/leaderboard", metric="vendors", position=honours["position"]).json()
    assert [row["score"] for row in board["rows"]] == [2]
