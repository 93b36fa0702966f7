"""When something breaks: nothing is lost in silence, and nothing private is told."""

import logging

import pytest

from application.ports import OutcomeUnknown, Unavailable
from tests.interfaces.api.requests import ba_tu, learner, lesson


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Unavailable("database or disk is full"), "try again"),
        (OutcomeUnknown("connection lost"), "counts once"),
    ],
)
def test_what_cannot_be_saved_now_says_when_to_come_back(home, lan, monkeypatch, trouble, said):
    async def decide(*_args, **_more):
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(home.house.ledger, "decide", decide)
        answer = lan.post("/lessons", lesson(), headers={"accept-language": "en"})

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert said in answer.json()["detail"]
    assert "disk" not in answer.text
    assert lan.post("/lessons", lesson()).status_code == 201


def test_a_fault_of_ours_shows_no_trace_and_logs_nothing_private(home, lan, monkeypatch, caplog):
    def find_people(*_args, **_more):
        raise ValueError(private)

    private = "Nguyễn Thị Tư 0912345678"
    monkeypatch.setattr(type(home.house.vault), "find_people", find_people)
    monkeypatch.setattr(type(home.house.vault), "strangers", find_people)
    with caplog.at_level(logging.DEBUG):
        answer = lan.post("/lessons", lesson(ba_tu()))

    assert answer.status_code == 500
    assert answer.json()["type"].endswith("#fault")
    for told in (answer.text, logged(caplog)):
        assert "0912345678" not in told
        assert "Tư" not in told
    assert "Traceback" not in answer.text
    assert "ValueError" in logged(caplog)
    assert "find_people" in logged(caplog)


def test_a_code_in_an_address_is_not_logged(home, anyone, monkeypatch, caplog):
    monkeypatch.setattr(type(home.house.vault), "find_code", lambda *_: 1 / 0)

    home.run(home.client.get("/x/K7MP2XQ9"))

    assert "ZeroDivisionError" in logged(caplog)
    assert "K7MP2XQ9" not in logged(caplog)


def logged(caplog):
    """What our own program logged; the client of these tests logs addresses, too."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_full_and_healed(home, lan):
    """The disk is full in the middle of the day, and has room again. (PostgreSQL's disk is its own.)"""
    limit = home.house.ledger.write(lambda db: db.exec_driver_sql("PRAGMA page_count").scalar()).result()
    home.house.ledger.write(
        lambda db: db.exec_driver_sql(f"PRAGMA max_page_count = {limit}").scalar()
    ).result()

    answers = [lan.post("/lessons", lesson(*many(number))) for number in range(20)]

    full = [one for one in answers if one.status_code != 201]
    assert full
    assert {one.status_code for one in full} == {503}
    assert all(one.headers["retry-after"] for one in full)

    home.house.ledger.write(
        lambda db: db.exec_driver_sql("PRAGMA max_page_count = 1000000").scalar()
    ).result()
    assert lan.post("/lessons", lesson(*many(99))).status_code == 201


def many(number):
    return [learner(number * 100 + one) for one in range(40)]
