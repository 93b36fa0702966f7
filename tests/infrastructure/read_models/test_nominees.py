"""The same cut-off gives the same nominees for ever, whatever is recorded since."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from domain.criteria import DEFAULT, AdoptCriteria
from domain.people import ErasePerson, MovePerson
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import BadCutoff, NoCriteria, nominee, nominee_list, nominees
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
    asked: dict[str, Any] = {"status": Status.AMBASSADOR, "done_by": TODAY, "received_by": TODAY} | which
    return nominees(movement.database, Territory(movement.database), unit, now=now, **asked)


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
