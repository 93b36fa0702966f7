"""What the read models find due, carried out by the reactions on a real ledger."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from application.reactions import Reactions, Standing
from domain.calendar import day_of
from domain.criteria import DEFAULT, AdoptCriteria, Criteria, content_hash
from domain.digital_markets import MarketCounts
from domain.model import TeachingId
from infrastructure.read_models import criteria, honours, units
from infrastructure.read_models.candidates import candidate
from infrastructure.read_models.due import DueQuestions
from infrastructure.read_models.honours import Status
from tests.cast import (
    BY,
    CHO,
    COUNTRY,
    GIA_LAI,
    HOA,
    HOME,
    LAN,
    PAYING,
    SAU,
    SERVICES,
    TU,
    VNEID,
    answer,
    household,
    learner,
    leaves,
    lesson,
    market,
    merge,
    onboards,
    registered,
    seen_trading,
    sells,
    taught,
    teaching,
    vendor_says,
    void,
    void_onboarding,
)
from tests.infrastructure.read_models.support import Movement, ambassadors

LEARNERS = [learner(number) for number in range(8)]


class Reacting:
    """Rounds of reactions, as the projecting process runs them."""

    def __init__(self, movement: Movement, clock) -> None:
        self.movement = movement
        self.due = DueQuestions(movement.database, clock=clock)
        self.clock = clock
        self.reactions = Reactions(movement.ledger, self.due, self.standing)

    def standing(self, unit) -> Standing:
        with self.movement.database.read_models() as db:
            found = criteria.standing(db, units.path(db, unit), day_of(self.clock()))
        content = found.content if found else DEFAULT
        return Standing(content, content_hash(content))

    def react(self) -> int:
        """Until nothing more is due; returns how many facts were recorded."""
        recorded = 0
        for _ in range(5):
            now = asyncio.run(self.reactions.react())
            self.movement.projector.catch_up()
            recorded += now
            if not now:
                return recorded
        raise AssertionError("reactions do not come to rest")

    def holders(self, status: Status = Status.AMBASSADOR) -> list[str]:
        return [row.subject for row in self.movement.ask(honours.holders, status=status, unit=GIA_LAI).rows]

    def candidates(self) -> list[str]:
        with self.movement.database.read_models() as db:
            return list(db.scalars(select(candidate.c.subject).where(candidate.c.kind != "day")))


@pytest.fixture
def reacting(movement, clock) -> Reacting:
    movement.live(*registered(*LEARNERS), *ambassadors(LAN, HOA))
    return Reacting(movement, clock)


def adopts(content: Criteria, valid_from: date = date(2026, 1, 1)) -> AdoptCriteria:
    return AdoptCriteria(content=content, unit=COUNTRY, valid_from=valid_from, document="QĐ 1", by=BY)


def test_the_fifth_yes_makes_an_ambassador(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:4]))
    assert reacting.react() == 0
    reacting.movement.live(lesson(LAN, TU), answer(teaching(LAN, TU)))
    assert reacting.react() == 1
    assert reacting.holders() == [LAN]


def test_a_broken_witness_is_replaced_and_without_another_the_status_goes(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:6]))
    reacting.react()
    reacting.movement.live(void(teaching(LAN, LEARNERS[0])))
    assert reacting.react() == 1
    assert reacting.holders() == [LAN]
    reacting.movement.live(answer(teaching(LAN, LEARNERS[1]), "no"))
    assert reacting.react() == 1
    assert reacting.holders() == []


def test_it_can_come_back(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:5]))
    reacting.react()
    reacting.movement.live(answer(teaching(LAN, LEARNERS[0]), "no"))
    reacting.react()
    reacting.movement.live(answer(teaching(LAN, LEARNERS[0]), "able"))
    reacting.react()
    assert reacting.holders() == [LAN]


def test_two_witnesses_who_are_one_person_count_once(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:5]))
    reacting.react()
    reacting.movement.live(merge(LEARNERS[0], LEARNERS[1]))
    reacting.react()
    assert reacting.holders() == []


def test_two_ambassadors_who_are_one_reach_five_together(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:3]), *taught(HOA, LEARNERS[3:6]))
    assert reacting.react() == 0
    reacting.movement.live(merge(HOA, LAN))
    reacting.react()
    assert reacting.holders() == [LAN]


def test_a_family_is_recognised_and_loses_it_with_a_member(reacting):
    reacting.movement.live(
        household(TU, SAU),
        lesson(TU, SAU, skills=(VNEID, PAYING, SERVICES), called="home"),
        answer(TeachingId("home/ong-sau")),
    )
    reacting.react()
    assert reacting.holders(Status.FAMILY) == [HOME]
    reacting.movement.live(leaves(SAU))
    reacting.react()
    assert reacting.holders(Status.FAMILY) == []


def test_a_family_whose_lesson_is_voided_loses_it(reacting):
    reacting.movement.live(
        household(TU, SAU),
        lesson(TU, SAU, skills=(VNEID, PAYING, SERVICES), called="home"),
        answer(TeachingId("home/ong-sau")),
    )
    reacting.react()
    reacting.movement.live(void(TeachingId("home/ong-sau")))
    reacting.react()
    assert reacting.holders(Status.FAMILY) == []


def test_a_market_is_recognised_and_loses_it(reacting):
    reacting.movement.live(market(), sells(), onboards(), vendor_says())
    reacting.react()
    assert reacting.holders(Status.MARKET) == [CHO]
    reacting.movement.live(void_onboarding())
    reacting.react()
    assert reacting.holders(Status.MARKET) == []


def test_new_criteria_are_a_reason_to_look_at_everybody(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:3]))
    assert reacting.react() == 0
    reacting.movement.live(adopts(Criteria(title_vi="ba người", title_en="three", ambassador_people=3)))
    reacting.react()
    assert reacting.holders() == [LAN]


def test_criteria_come_into_force_on_their_day(reacting, clock):
    three = Criteria(title_vi="ba người", title_en="three", ambassador_people=3)
    reacting.movement.live(*taught(LAN, LEARNERS[:3]), adopts(three, date(2026, 3, 17)))
    reacting.react()
    assert reacting.holders() == []
    clock.pass_days(2)
    reacting.react()
    assert reacting.holders() == [LAN]


def test_vendors_cease_to_be_active_without_anything_happening(reacting, clock):
    active = Criteria(
        title_vi="hoạt động", title_en="active", market_counts=MarketCounts.ACTIVE, active_days=10
    )
    reacting.movement.live(adopts(active), market(), sells(), onboards(), vendor_says(), seen_trading())
    reacting.react()
    assert reacting.holders(Status.MARKET) == [CHO]
    clock.pass_days(11)
    reacting.react()
    assert reacting.holders(Status.MARKET) == []


def test_what_was_looked_at_and_is_not_due_is_not_looked_at_again(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:3]))
    assert LAN in reacting.candidates()
    reacting.react()
    assert reacting.candidates() == []


def test_a_candidate_survives_the_process_that_was_to_look(reacting, clock):
    reacting.movement.live(*taught(LAN, LEARNERS[:5]))
    reacting.due.position()  # and here it ended
    other = Reacting(reacting.movement, clock)
    other.react()
    assert other.holders() == [LAN]


def test_candidates_come_in_pages_in_the_order_of_their_ids(reacting):
    reacting.movement.live(*taught(LAN, LEARNERS[:1]), *taught(HOA, LEARNERS[1:2]))
    reacting.movement.live(adopts(Criteria(title_vi="một", title_en="one", ambassador_people=1)))
    reacting.due.position()
    [first] = reacting.due.ambassadors_to_recognise(None, 1)
    [second] = reacting.due.ambassadors_to_recognise(first.person, 1)
    assert (first.person, second.person) == (HOA, LAN)
    assert reacting.due.ambassadors_to_recognise(second.person, 1) == []
    assert reacting.due.recognitions_to_mend(None, 1) == []
