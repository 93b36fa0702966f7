"""The projector's turns: short ones, as long as nobody waits for the end of its batch."""

import pytest

from infrastructure.ledger import pace
from infrastructure.ledger.follower import Bell
from infrastructure.ledger.pace import REST, WORK, Pace


class Clock:
    """Stands in for the module's `time`: a rest passes at once."""

    def __init__(self):
        self.now = 100.0
        self.rests = 0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.rests += 1


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(pace, "time", found := Clock())
    return found


def works(clock, paced, pieces):
    for _ in range(pieces):
        clock.now += WORK / 2
        paced()


def test_it_rests_after_each_short_piece_of_work(clock):
    paced = Pace(lambda: False)
    paced.begin(1.0, resting=True)
    works(clock, paced, 20)
    assert clock.rests == 10
    assert paced.end() == pytest.approx(1.0 - 10 * REST)


def test_a_batch_rests_no_longer_than_it_may(clock):
    paced = Pace(lambda: False)
    paced.begin(3 * REST, resting=True)
    works(clock, paced, 100)
    assert clock.rests in (3, 4)  # the sum of some rests may be a hair less than what they add up to
    assert paced.end() == pytest.approx(0, abs=REST)


def test_for_whoever_waits_it_works_through_and_rests_afterwards(clock):
    waiting: list[str] = []
    paced = Pace(lambda: bool(waiting))
    paced.begin(1.0, resting=True)
    works(clock, paced, 4)
    waiting.append("somebody")
    works(clock, paced, 100)
    assert clock.rests == 2
    assert paced.end() == pytest.approx(1.0 - 2 * REST)


def test_whoever_catches_up_does_not_rest(clock):
    paced = Pace(lambda: False)
    paced.begin(1.0, resting=False)
    works(clock, paced, 100)
    assert clock.rests == 0
    assert paced.end() == 1.0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_look_tells_whether_somebody_waits_for_what_it_finds(database):
    bell = Bell(database)
    assert not bell.listen()
    bell.hurry()
    assert bell.hurried()
    assert bell.listen()
    assert not bell.hurried()
    assert not bell.listen()
