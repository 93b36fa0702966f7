"""What the ledger asks for next, on real ledgers, with what is due counted from all facts."""

import asyncio
from collections.abc import Sequence

import pytest

from application import reactions
from application.ports import OutcomeUnknown, Receipt
from application.reactions import AmbassadorDue, Reactions, Standing, react
from domain.criteria import DEFAULT, content_hash
from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn, RecogniseMarket
from domain.households import (
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
)
from domain.model import Decision, Fact, Group, OnboardingId, PersonId, VendorId
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn, RecogniseAmbassador
from domain.registering import RegisterPerson
from infrastructure.ledger.writer import Writer
from tests.cast import (
    BY,
    EVERYBODY,
    HOA,
    LAN,
    PAYING,
    SAU,
    SERVICES,
    TU,
    TUY_PHUOC,
    VNEID,
    Happened,
    answer,
    household,
    learner,
    leaves,
    leaves_market,
    lesson,
    market,
    merge,
    onboards,
    sells,
    taught,
    teaching,
    undo,
    vendor_says,
    void,
)
from tests.recount import Recount

PEOPLE = tuple(learner(number) for number in range(7))
RULES = Standing(DEFAULT, content_hash(DEFAULT))
DIGITAL_FAMILY: list[Happened] = [
    household(TU, SAU),
    lesson(LAN, TU, skills=(VNEID, PAYING, SERVICES)),
    answer(teaching(LAN, TU)),
    lesson(TU, SAU),
    answer(teaching(TU, SAU)),
]
DIGITAL_MARKET: list[Happened] = [market(), sells(), onboards(), vendor_says()]


class Movement:
    """A ledger on which things happen, and reactions to them."""

    def __init__(self, ledger: Writer) -> None:
        self.ledger = ledger
        self.due = Recount(ledger)
        self.reactions = Reactions(ledger, self.due, lambda _: RULES)

    def happens(self, *happened: Happened) -> None:
        for one in happened:
            assert isinstance(one, Decision)
            self.ledger.decide_soon(one).result()

    def reacts(self) -> list[type[Fact]]:
        """What one round records."""
        before = len(self.due.facts())
        recorded = asyncio.run(self.reactions.react())
        facts = self.due.facts()[before:]
        assert len(facts) == recorded
        return [type(fact) for fact in facts]


@pytest.fixture
def movement(ledger: Writer) -> Movement:
    """The cast and seven learners are registered."""
    movement = Movement(ledger)
    for person in (*EVERYBODY, *PEOPLE):
        movement.happens(RegisterPerson(person=person, group=Group.PEOPLE, unit=TUY_PHUOC, by=BY))
    return movement


def test_a_fifth_yes_makes_an_ambassador(movement):
    movement.happens(*taught(LAN, PEOPLE[:4]))
    assert movement.reacts() == []
    movement.happens(*taught(LAN, PEOPLE[4:5]))
    assert movement.reacts() == [AmbassadorRecognised]


def test_what_it_records_names_the_system_and_the_position(movement):
    movement.happens(*taught(LAN, PEOPLE[:5]))
    head = movement.ledger.head()
    movement.reacts()
    assert movement.due.facts()[-1].by == f"system:{head}"


def test_a_second_round_records_nothing(movement):
    movement.happens(*taught(LAN, PEOPLE[:5]), *DIGITAL_FAMILY, *DIGITAL_MARKET)
    assert len(movement.reacts()) == 3
    assert movement.reacts() == []


def test_a_crash_between_two_commits_loses_nothing(movement):
    """Nobody remembers anything: another process finds the same due, and only that."""
    movement.happens(*taught(LAN, PEOPLE[:5]), *DIGITAL_MARKET)
    recorded = asyncio.run(react(movement.ledger, movement.due, lambda _: RULES))
    assert recorded == 2
    assert asyncio.run(react(movement.ledger, movement.due, lambda _: RULES)) == 0


def test_a_broken_witness_is_replaced(movement):
    movement.happens(*taught(LAN, PEOPLE[:6]))
    movement.reacts()
    movement.happens(void(teaching(LAN, PEOPLE[0])))
    assert movement.reacts() == [AmbassadorRecognised]
    assert movement.reacts() == []


def test_or_the_status_is_withdrawn(movement):
    movement.happens(*taught(LAN, PEOPLE[:5]))
    movement.reacts()
    movement.happens(void(teaching(LAN, PEOPLE[0])))
    assert movement.reacts() == [AmbassadorRecognitionWithdrawn]
    assert movement.reacts() == []


def test_and_comes_back(movement):
    movement.happens(*taught(LAN, PEOPLE[:5]))
    movement.reacts()
    movement.happens(answer(teaching(LAN, PEOPLE[0]), "no"))
    assert movement.reacts() == [AmbassadorRecognitionWithdrawn]
    movement.happens(answer(teaching(LAN, PEOPLE[0])))
    assert movement.reacts() == [AmbassadorRecognised]


def test_two_witnesses_who_become_one_are_one_too_few(movement):
    movement.happens(*taught(LAN, PEOPLE[:5]))
    movement.reacts()
    movement.happens(merge(PEOPLE[0], PEOPLE[1]))
    assert movement.reacts() == [AmbassadorRecognitionWithdrawn]
    movement.happens(undo(PEOPLE[0], PEOPLE[1]))
    assert movement.reacts() == [AmbassadorRecognised]


def test_a_merged_ambassador_is_one(movement):
    movement.happens(*taught(LAN, PEOPLE[:3]), *taught(HOA, PEOPLE[3:5]), merge(HOA, LAN))
    assert movement.reacts() == [AmbassadorRecognised]
    movement.happens(undo(HOA, LAN))
    assert movement.reacts() == [AmbassadorRecognitionWithdrawn]


def test_a_family_becomes_digital_and_ceases_to_be(movement):
    movement.happens(*DIGITAL_FAMILY)
    assert movement.reacts() == [DigitalFamilyRecognised]
    movement.happens(leaves(SAU))
    assert movement.reacts() == [DigitalFamilyRecognitionWithdrawn]
    assert movement.reacts() == []


def test_a_market_becomes_digital_and_ceases_to_be(movement):
    movement.happens(*DIGITAL_MARKET)
    assert movement.reacts() == [DigitalMarketRecognised]
    movement.happens(leaves_market())
    assert movement.reacts() == [DigitalMarketRecognitionWithdrawn]
    assert movement.reacts() == []


def test_everything_due_is_reached_however_much_it_is(movement, monkeypatch):
    monkeypatch.setattr(reactions, "PAGE", 2)
    for number in range(5):
        movement.happens(market(market=f"market-{number}", name=f"Chợ {number}"))
        vendor, onboarding = VendorId(f"vendor-{number}"), OnboardingId(f"onboarding-{number}")
        movement.happens(
            sells(market=f"market-{number}", vendor=vendor),
            onboards(vendor, onboarding=onboarding),
            vendor_says(of=onboarding),
        )
    assert movement.reacts() == [DigitalMarketRecognised] * 5


class Mistaken(Recount):
    """Read models that are behind, or wrong: offers what is not so."""

    def ambassadors_to_recognise(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        if after is not None:
            return []
        credited = self._some(self.credits().get(LAN, {}))
        return [AmbassadorDue(person=LAN, unit=TUY_PHUOC, credited=credited)]


class Counting:
    """A ledger that counts what it is asked to decide."""

    def __init__(self, ledger: Writer) -> None:
        self.ledger = ledger
        self.decided: list[Decision] = []

    async def decide(self, decision, *, submission=None, beside=None) -> Receipt:
        self.decided.append(decision)
        return await self.ledger.decide(decision, submission=submission, beside=beside)

    def history(self, boundary, *, after=None):
        return self.ledger.history(boundary, after=after)

    def head(self):
        return self.ledger.head()

    def recorded_by(self, authors):
        return self.ledger.recorded_by(authors)

    async def scrubbed(self):
        await self.ledger.scrubbed()


def test_what_is_impossible_is_tried_once_a_round_and_hinders_nobody(movement):
    movement.happens(*taught(LAN, PEOPLE[:4]), *DIGITAL_MARKET)
    counting = Counting(movement.ledger)
    mistaken = Reactions(counting, Mistaken(movement.ledger), lambda _: RULES)
    assert asyncio.run(mistaken.react()) == 1, "the market, although Lan is refused"
    assert [type(decision) for decision in counting.decided] == [RecogniseAmbassador, RecogniseMarket]
    movement.happens(*taught(LAN, PEOPLE[4:5]))
    assert asyncio.run(mistaken.react()) == 1, "what became possible is done at once"


class Doubtful(Counting):
    """A ledger whose first commit may or may not have happened."""

    async def decide(self, decision, *, submission=None, beside=None) -> Receipt:
        receipt = await super().decide(decision)
        if len(self.decided) == 1:
            raise OutcomeUnknown
        return receipt


def test_an_unknown_outcome_is_looked_at_again(movement):
    movement.happens(*taught(LAN, PEOPLE[:5]))
    doubtful = Reactions(Doubtful(movement.ledger), movement.due, lambda _: RULES)
    assert asyncio.run(doubtful.react()) == 0
    assert asyncio.run(doubtful.react()) == 0
    assert [type(fact) for fact in movement.due.facts()].count(AmbassadorRecognised) == 1
