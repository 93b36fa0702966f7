"""The same cut-off gives the same nominees for ever, whatever is recorded since."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from application.reactions import Reactions, Standing
from domain.criteria import DEFAULT, AdoptCriteria, content_hash
from domain.erasing import ErasePerson
from domain.model import PersonId, TeachingId
from domain.registering import MovePerson
from infrastructure.alone import alone
from infrastructure.read_models import meeting, nominee_lists
from infrastructure.read_models import nominees as nominees_module
from infrastructure.read_models.due import DueQuestions
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominee_lists import nominee, nominee_list
from infrastructure.read_models.nominees import BadCutoff, NoCriteria, Wanted, at_hand, nominees
from infrastructure.read_models.territory import Territory
from tests.cast import (
    BY,
    CHO,
    COUNTRY,
    GIA_LAI,
    HOA,
    HOME,
    LAN,
    NOW,
    PAYING,
    SAU,
    SERVICES,
    TODAY,
    TU,
    TUY_PHUOC,
    VNEID,
    YESTERDAY,
    answer,
    household,
    learner,
    lesson,
    market,
    merge,
    onboards,
    registered,
    sells,
    taught,
    teaching,
    undo,
    vendor_says,
    void,
    void_onboarding,
)
from tests.infrastructure.read_models.support import AN_NHON, Movement, ambassadors

LEARNERS = [learner(number) for number in range(8)]
LATER = NOW + timedelta(days=30)


def adopted():
    return AdoptCriteria(
        content=DEFAULT, unit=COUNTRY, valid_from=date(2026, 1, 1), document="01-KH/BCĐTW", by=BY
    )


def listed(movement: Movement, unit=GIA_LAI, *, now=LATER, **which):
    units = Territory(movement.database)
    return nominees(movement.database, units, wanted(unit, **which), movement.ledger.history, now=now)


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
        nominees(movement.database, units, wanted(), movement.ledger.history, now=LATER, report=crash)
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
        movement.ledger.history,
        now=LATER,
        report=lambda done, total: told.append(done / total),
    )
    assert told
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


def test_whoever_else_asks_waits_for_the_first_one_to_make_the_list(movement):
    movement.live(*taught(LAN, LEARNERS[:5]))
    asked = threading.Event()
    with ThreadPoolExecutor(1) as asker:
        with alone(movement.database, nominee_lists._MAKING) as first:
            assert first
            found = asker.submit(
                nominees,
                movement.database,
                Territory(movement.database),
                wanted(),
                movement.ledger.history,
                now=LATER,
                report=lambda _done, _total: asked.set(),
            )
            assert asked.wait(20)
            assert not found.done()
        assert found.result(20).row_count == 1


def family_of_tu():
    return (
        household(TU, SAU),
        lesson(TU, SAU, skills=(VNEID, PAYING, SERVICES), called="home"),
        answer(TeachingId("home/ong-sau")),
    )


def market_of_sau():
    return (market(), sells(), onboards(), vendor_says())


@pytest.mark.parametrize(
    ("status", "happened", "subject"),
    [(Status.FAMILY, family_of_tu, HOME), (Status.MARKET, market_of_sau, CHO)],
)
class TestFamiliesAndMarkets:
    def test_what_follows_counts_though_nothing_was_recognised_in_time(
        self, movement, clock, status, happened, subject
    ):
        movement.live(*happened())
        clock.pass_days(2)
        before = listed(movement, status=status)
        assert [row.subject for row in before.rows] == [subject]
        react(movement, clock)
        forget_lists(movement)
        assert rows(listed(movement, status=status)) == rows(before)

    def test_and_what_is_taken_back_later_changes_nothing(self, movement, clock, status, happened, subject):
        movement.live(*happened())
        react(movement, clock)
        clock.pass_days(2)
        before = listed(movement, status=status)
        assert [row.subject for row in before.rows] == [subject]
        movement.live(
            *([void(TeachingId("home/ong-sau"))] if status is Status.FAMILY else [void_onboarding()]),
            merge(SAU, TU),
            ErasePerson(person=LAN, by=BY),
        )
        react(movement, clock)
        movement.projector.rebuild()
        forget_lists(movement)
        assert rows(listed(movement, status=status)) == rows(before)
        later = TODAY + timedelta(days=2)
        assert listed(movement, status=status, done_by=later, received_by=later).row_count == 0

    def test_what_was_done_later_does_not_count(self, movement, clock, status, happened, subject):
        movement.live(*happened())
        react(movement, clock)
        too_early = YESTERDAY - timedelta(days=1)
        assert listed(movement, status=status, done_by=YESTERDAY).row_count == 1
        assert listed(movement, status=status, done_by=too_early).row_count == 0


def test_an_ambassador_s_families_are_those_of_the_list_of_families(movement, clock):
    movement.live(*taught(LAN, LEARNERS[:5]), *family_of_tu())
    clock.pass_days(2)
    [lan] = listed(movement).rows
    [family] = listed(movement, status=Status.FAMILY).rows
    assert (lan.subject, lan.families, family.person) == (LAN, 1, LAN)
    assert (family.first, family.province_rank) == (YESTERDAY, 1)


def react(movement, clock):
    """What fell due is recognised or withdrawn, and the read models follow."""

    def standing(_unit):
        return Standing(DEFAULT, content_hash(DEFAULT))

    asyncio.run(Reactions(movement.ledger, DueQuestions(movement.database, clock=clock), standing).react())
    movement.projector.catch_up()
