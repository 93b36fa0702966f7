"""The same cut-off gives the same nominees for ever, whatever is recorded since."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from domain.criteria import DEFAULT, AdoptCriteria
from domain.model import PersonId
from domain.people import ErasePerson, MovePerson
from infrastructure.read_models import meeting, nominee_lists
from infrastructure.read_models import nominees as nominees_module
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominee_lists import nominee, nominee_list
from infrastructure.read_models.nominees import BadCutoff, NoCriteria, Wanted, at_hand, nominees
from infrastructure.read_models.units import Territory
from tests.cast import (
    BY,
    COUNTRY,
    GIA_LAI,
    HOA,
    LAN,
    NOW,
    TODAY,
    TUY_PHUOC,
    YESTERDAY,
    answer,
    learner,
    merge,
    registered,
    taught,
    teaching,
    undo,
    void,
)
from tests.infrastructure.read_models.support import AN_NHON, Movement, ambassadors

LEARNERS = [learner(number) for number in range(8)]
LATER = NOW + timedelta(days=30)


def adopted():
    return AdoptCriteria(
        content=DEFAULT, unit=COUNTRY, valid_from=date(2026, 1, 1), document="01-KH/BCĐTW", by=BY
    )


def listed(movement: Movement, unit=GIA_LAI, *, now=LATER, **which):
    return nominees(movement.database, Territory(movement.database), wanted(unit, **which), now=now)


def wanted(unit=GIA_LAI, **which):
    asked: dict[str, Any] = {"status": Status.AMBASSADOR, "done_by": TODAY, "received_by": TODAY} | which
    return Wanted(unit, **asked)


@pytest.fixture
def movement(movement: Movement) -> Movement:
    movement.live(adopted(), *registered(*LEARNERS), *ambassadors(LAN), *ambassadors(HOA, unit=AN_NHON))
    return movement


def test_whoever_has_taught_five_people_is_nominated(movement):
    movement.live(*taught(LAN, LEARNERS[:5]), *taught(HOA, LEARNERS[5:]))
    [row] = listed(movement).rows
    assert (row.subject, row.people, row.able, row.unit) == (LAN, 5, 5, TUY_PHUOC)
    assert (row.first, row.last, row.commune_rank, row.province_rank) == (YESTERDAY, YESTERDAY, 1, 1)


def test_a_cutoff_that_is_not_over_is_provisional_and_says_so(movement):
    movement.live(*taught(LAN, LEARNERS[:5]))
    assert listed(movement, now=NOW).cutoff.provisional
    assert not listed(movement, now=LATER).cutoff.provisional


def test_nothing_that_is_recorded_later_changes_a_past_cutoff(movement, clock):
    movement.live(*taught(LAN, LEARNERS[:6]), *taught(HOA, LEARNERS[6:]))
    clock.pass_days(2)
    before = listed(movement)
    assert [row.subject for row in before.rows] == [LAN]
    movement.live(
        void(teaching(LAN, LEARNERS[0])),
        void(teaching(LAN, LEARNERS[1])),
        merge(LEARNERS[2], LEARNERS[3]),
        answer(teaching(LAN, LEARNERS[4]), "no"),
        merge(HOA, LAN),
        undo(HOA, LAN),
        MovePerson(person=LAN, unit=AN_NHON, by=BY),
        *ambassadors(LAN, unit=AN_NHON),
        *(void(teaching(HOA, one)) for one in LEARNERS[6:]),
        ErasePerson(person=LAN, by=BY),
    )
    assert listed(movement) == before
    forget_lists(movement)
    assert rows(listed(movement)) == rows(before)
    movement.projector.rebuild()
    forget_lists(movement)
    assert rows(listed(movement)) == rows(before)
    two_days_later = TODAY + timedelta(days=2)
    assert listed(movement, done_by=two_days_later, received_by=two_days_later).row_count == 0


def rows(found):
    return found.rows, found.row_count, found.cutoff, found.content_hash


def forget_lists(movement):
    with movement.database.read_models_engine.begin() as db:
        db.execute(delete(nominee))
        db.execute(delete(nominee_list))


def test_without_criteria_nobody_can_be_nominated(movement):
    with pytest.raises(NoCriteria):
        listed(movement, done_by=date(2025, 12, 31), received_by=TODAY)


def test_received_before_done_is_refused(movement):
    with pytest.raises(BadCutoff):
        listed(movement, received_by=TODAY - timedelta(days=1))


def test_many_who_ask_at_once_have_one_list_made(movement, monkeypatch):
    movement.live(*taught(LAN, LEARNERS[:5]))
    made = []
    real = meeting.who_meets

    def counted(*args, **kwargs):
        made.append(1)
        time.sleep(0.05)  # long enough for the others to arrive
        return real(*args, **kwargs)

    monkeypatch.setattr(nominees_module, "who_meets", counted)
    with ThreadPoolExecutor(8) as askers:
        found = list(askers.map(lambda _: listed(movement), range(8)))
    assert len(made) == 1
    assert all(one == found[0] for one in found)


def kept(movement):
    """How many lists, and rows of lists, are in the tables."""
    with movement.database.read_models() as db:
        return tuple(db.scalar(select(func.count()).select_from(one)) for one in (nominee_list, nominee))


def test_a_list_that_a_crash_left_half_is_never_shown_and_cleared_away(movement, monkeypatch):
    others = [PersonId(f"other-{number}") for number in range(2)]
    movement.live(*registered(*others), *taught(LAN, LEARNERS[:5]), *taught(HOA, [*LEARNERS[5:], *others]))

    class Crash(BaseException):
        pass

    def crash(done, total):
        if done / total > 0.6:  # the first of two rows is written
            raise Crash

    monkeypatch.setattr(nominee_lists, "PIECE", 1)
    units = Territory(movement.database)
    with pytest.raises(Crash):
        nominees(movement.database, units, wanted(), now=LATER, report=crash)
    assert kept(movement) == (1, 1)
    assert at_hand(movement.database, units, wanted(), now=LATER) is None
    assert listed(movement).row_count == 2
    assert kept(movement) == (1, 2)


def test_how_far_a_list_is_grows_to_the_whole_of_it(movement):
    movement.live(*taught(LAN, LEARNERS[:5]))
    told = []
    nominees(
        movement.database,
        Territory(movement.database),
        wanted(),
        now=LATER,
        report=lambda done, total: told.append(done / total),
    )
    assert told
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


def test_a_second_process_waits_for_the_first_one_to_make_the_list(movement):
    if movement.database.dialect == "sqlite":
        pytest.skip("one process has the home")
    movement.live(*taught(LAN, LEARNERS[:5]))
    asked = threading.Event()
    with movement.database.read_models_engine.connect() as other, ThreadPoolExecutor(1) as asker:
        assert other.scalar(nominee_lists._MAKING)
        other.commit()
        found = asker.submit(
            nominees,
            movement.database,
            Territory(movement.database),
            wanted(),
            now=LATER,
            report=lambda _done, _total: asked.set(),
        )
        assert asked.wait(20)
        assert not found.done()
        other.execute(nominee_lists._MADE)
        other.commit()
        assert found.result(20).row_count == 1
