"""`lantoa retain`, and what the server does by itself once a day."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from domain.model import Selector
from domain.teaching import TeachingLogged
from infrastructure import access_log
from infrastructure.alone import alone
from infrastructure.ledger.writer import utc_now
from interfaces.daily import Daily, erase_due, next_time
from interfaces.retaining import retain
from tests.interfaces import phones
from tests.interfaces.api.requests import ba_tu, learner, lesson
from tests.interfaces.phones import phone_of


@pytest.fixture
def tu(home, lan):
    said = lan.post("/lessons", lesson(ba_tu())).json()
    home.catch_up()
    return said["teachings"][0]


def later(home, monkeypatch, days):
    now = home.house.clock()
    monkeypatch.setattr(home.house, "clock", lambda: now + timedelta(days=days))


def test_it_says_first_and_erases_then(home, tu, monkeypatch):
    assert retain(home.house).erased == {}
    later(home, monkeypatch, 91)
    said = retain(home.house, dry_run=True)
    assert (said.erased, said.people) == ({"unanswered": 1}, [tu["learner"]])
    assert tu["learner"] in home.house.vault.names([tu["learner"]])
    done = retain(home.house)
    assert (done.erased, done.failed, done.looked_at) == ({"unanswered": 1}, 0, said.looked_at)
    assert home.house.vault.names([tu["learner"]]) == {}
    assert retain(home.house).erased == {}


def test_a_server_that_stops_leaves_the_rest_for_the_next_time(home, tu, monkeypatch):
    later(home, monkeypatch, 91)
    assert retain(home.house, stopping=lambda: True).people == []
    assert retain(home.house).people == [tu["learner"]]


def test_the_access_log_ends_after_its_term(home, tu, minh):
    now = home.house.clock()
    home.house.access_log._clock = lambda: now - timedelta(days=731)
    minh.get(f"/teachings/{tu['teaching']}")
    home.house.access_log._clock = lambda: now
    minh.get(f"/teachings/{tu['teaching']}")
    assert retain(home.house, dry_run=True).reads == 1
    assert retain(home.house).reads == 1
    assert retain(home.house).reads == 0
    assert access_log.check(home.house.database) == (1, [])


def test_what_a_phone_sends_again_after_eight_days_is_known(home, monkeypatch):
    """A phone shows its receipts for seven days; the ledger keeps its own for ever."""
    phone, sent, kept = phone_of(home), phones.lesson(), phones.lesson(learner(7))
    first = phone.result(sent)
    monkeypatch.setattr(home.house.ledger, "_clock", lambda: utc_now() + timedelta(days=8))
    later(home, monkeypatch, 8)
    retain(home.house)

    again, late = phone.results(sent, kept)

    assert (first["status"], again["status"], late["status"]) == ("recorded", "again", "recorded")
    assert (again["receipt"], again["received_at"]) == (first["receipt"], first["received_at"])
    assert [one["status"] for one in phone.results(kept, sent)] == ["again", "again"]
    logged = home.house.ledger.history([Selector([TeachingLogged], [])])
    assert len(logged) == 2


def test_the_next_time_is_three_in_the_morning_in_vietnam():
    evening = datetime(2026, 11, 22, 13, tzinfo=UTC)  # 20:00 there
    assert next_time(evening) == datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert next_time(datetime(2026, 11, 22, 20, tzinfo=UTC)) == datetime(2026, 11, 23, 20, tzinfo=UTC)


def test_the_server_does_it_when_it_is_time(home, monkeypatch):
    """Its clock begins a moment before three o'clock."""
    begun = home.house.clock()
    start = next_time(begun) - timedelta(milliseconds=300)
    monkeypatch.setattr(home.house, "clock", lambda: start + (datetime.now(UTC) - begun))
    worked = threading.Event()
    daily = Daily(home.house, lambda _house, _stopping: worked.set())
    daily.start()
    try:
        assert worked.wait(30)
    finally:
        daily.close()


def test_one_of_several_processes_does_it(home, tu, monkeypatch):
    later(home, monkeypatch, 91)
    if home.house.settings.keeps_sqlite:
        pytest.skip("one process owns a SQLite ledger")
    with alone(home.house.database, 5498021341) as other:
        assert other
        erase_due(home.house)
        assert tu["learner"] in home.house.vault.names([tu["learner"]])
    erase_due(home.house)
    assert home.house.vault.names([tu["learner"]]) == {}
