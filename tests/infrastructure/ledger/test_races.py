"""Decisions that meet: each pair in both orders, in one batch, in two commits, and from two
writers (on SQLite, where one process owns writing, from two threads). What was looked up before
deciding may be out of date.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

from application.ports import Receipt, Submission
from domain.credit import CreditLine
from domain.digital_markets import MarketCounts, MarketRule, RecogniseMarket, TooFewVendors, WithdrawMarket
from domain.entries import AlreadyVoided
from domain.markets import OpenMarket
from domain.model import Answer, Evidence, MarketId, OnboardingId, Position, Selector, Stale, VendorId
from domain.onboarding import AnswerOnboarding, LogOnboarding
from domain.people import PersonMerged
from domain.recognition import AmbassadorRecognised, RecogniseAmbassador, Witness
from domain.teaching import CreditRuled, TeachingAnswered, TeachingVoided, learned
from domain.vendors import LeaveMarket, Means, RegisterVendor
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from tests import cast
from tests.cast import HOA, HOA_TU, LAN, LAN_TU, SAU, TU, VNEID
from tests.infrastructure.ledger.support import apart, held, names, outcome, register, together

WAYS = ["one batch", "two commits", "two writers"]


@pytest.fixture(params=WAYS)
def meet(request, ledger, database, database_url, tmp_path):
    """Carries decisions out in their order, in one of the ways; returns their outcomes."""
    if request.param == "one batch":
        yield lambda *decisions: together(ledger, *decisions)
    elif request.param == "two commits":
        yield lambda *decisions: apart(ledger, *decisions)
    elif database.dialect == "sqlite":
        yield lambda *decisions: [in_a_thread(ledger, decision) for decision in decisions]
    else:
        other_database = Database.open(database_url, tmp_path)
        other = Writer(other_database, clock=lambda: cast.NOW)
        turns = (ledger, other)
        yield lambda *decisions: [
            outcome(turns[number % 2].decide_soon(decision)) for number, decision in enumerate(decisions)
        ]
        other.close()
        other_database.close()


def in_a_thread(ledger, decision):
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: outcome(ledger.decide_soon(decision))).result()


def recorded(*outcomes):
    return [
        type(one.facts[0]).__name__ if isinstance(one, Receipt) else type(one).__name__ for one in outcomes
    ]


def credit(ledger, *learners, skill=VNEID):
    """Who holds the credit for a person who has these ids."""
    line = CreditLine()
    tags = [learned(one, skill) for one in learners]
    kinds: Any = [TeachingAnswered, TeachingVoided, CreditRuled]
    for one in ledger.history([Selector(kinds, [tag]) for tag in tags]):
        line.take(Position(one.position), one.fact)
    holder = line.holder(learners)
    return holder.ambassador if holder else None


@pytest.fixture
def taught(ledger):
    """Lan and Hòa each taught Bà Tư; nobody answered yet."""
    people = [register(one) for one in cast.EVERYBODY]
    lessons = [cast.lesson(LAN, TU), cast.lesson(HOA, TU)]
    assert all(isinstance(one, Receipt) for one in apart(ledger, *people, *lessons))


def test_an_answer_then_a_void(ledger, taught, meet):
    assert recorded(*meet(cast.answer(LAN_TU), cast.void(LAN_TU))) == ["TeachingAnswered", "TeachingVoided"]
    assert credit(ledger, TU) is None


def test_a_void_then_an_answer(ledger, taught, meet):
    assert recorded(*meet(cast.void(LAN_TU), cast.answer(LAN_TU))) == [
        "TeachingVoided",
        AlreadyVoided.__name__,
    ]
    assert credit(ledger, TU) is None


@pytest.mark.parametrize("order", [*permutations(["lan", "hoa", "void"])], ids=" ".join)
def test_two_confirmations_and_a_void_of_one_in_any_order(ledger, taught, meet, order):
    """The credit passes on: in the end it is Hòa's, whoever was first."""
    decisions = {"lan": cast.answer(LAN_TU), "hoa": cast.answer(HOA_TU), "void": cast.void(LAN_TU)}
    outcomes = dict(zip(order, meet(*(decisions[one] for one in order)), strict=True))
    assert recorded(outcomes["hoa"], outcomes["void"]) == ["TeachingAnswered", "TeachingVoided"]
    assert isinstance(outcomes["lan"], AlreadyVoided) == (order.index("void") < order.index("lan"))
    assert credit(ledger, TU) == HOA


@pytest.mark.parametrize("order", [(LAN, HOA), (HOA, LAN)])
def test_the_earliest_of_two_confirmations_holds_the_credit(ledger, taught, meet, order):
    meet(*(cast.answer(cast.teaching(one, TU)) for one in order))
    assert credit(ledger, TU) == order[0]


@pytest.mark.parametrize("merging_first", [True, False])
@pytest.mark.parametrize("whose", [LAN_TU, cast.teaching(HOA, SAU)])
def test_a_merge_and_a_confirmation_of_either(ledger, taught, meet, merging_first, whose):
    """Bà Tư and Ông Sáu turn out to be one person: one credit, whatever came first."""
    apart(ledger, cast.lesson(HOA, SAU))
    decisions = [cast.merge(TU, SAU), cast.answer(whose)]
    outcomes = meet(*decisions) if merging_first else meet(*decisions[::-1])[::-1]
    assert recorded(*outcomes) == ["PersonMerged", "TeachingAnswered"]
    assert credit(ledger, TU, SAU) == whose.split("/")[0]


def five():
    return [cast.learner(number) for number in range(5)]


def recognition(ledger):
    """Lan is recognised on the five confirmations that were looked up just now."""
    confirmed = ledger.history([Selector([TeachingAnswered], [f"ambassador:{LAN}"])])
    return RecogniseAmbassador(
        person=LAN,
        unit=cast.TUY_PHUOC,
        witnesses=tuple(
            Witness(teaching=one.fact.teaching, learner=one.fact.learner, skill=VNEID) for one in confirmed
        ),
        people_needed=5,
        criteria="default",
        by=cast.BY,
    )


@pytest.fixture
def five_confirmed(ledger):
    people = [register(one) for one in (*cast.EVERYBODY, *five())]
    assert all(isinstance(one, Receipt) for one in apart(ledger, *people, *cast.taught(LAN, five())))


def test_recognition_then_a_void_of_its_witness(ledger, five_confirmed, meet):
    outcomes = meet(recognition(ledger), cast.void(cast.teaching(LAN, five()[2])))
    assert recorded(*outcomes) == ["AmbassadorRecognised", "TeachingVoided"]


def test_a_void_of_a_witness_then_recognition(ledger, five_confirmed, meet):
    outcomes = meet(cast.void(cast.teaching(LAN, five()[2])), recognition(ledger))
    assert recorded(*outcomes) == ["TeachingVoided", Stale.__name__]
    assert "ambassador-recognised" not in names(ledger)


def test_recognition_then_a_no_of_its_witness(ledger, five_confirmed, meet):
    outcomes = meet(recognition(ledger), cast.answer(cast.teaching(LAN, five()[0]), Answer.NO))
    assert recorded(*outcomes) == ["AmbassadorRecognised", "TeachingAnswered"]


def test_a_no_of_a_witness_then_recognition(ledger, five_confirmed, meet):
    outcomes = meet(cast.answer(cast.teaching(LAN, five()[0]), Answer.NO), recognition(ledger))
    assert recorded(*outcomes) == ["TeachingAnswered", Stale.__name__]


def test_recognition_then_a_merge_of_two_witnesses(ledger, five_confirmed, meet):
    outcomes = meet(recognition(ledger), cast.merge(five()[0], five()[1]))
    assert recorded(*outcomes) == ["AmbassadorRecognised", "PersonMerged"]


def test_a_merge_of_two_witnesses_then_recognition(ledger, five_confirmed, meet):
    outcomes = meet(cast.merge(five()[0], five()[1]), recognition(ledger))
    assert recorded(*outcomes) == ["PersonMerged", Stale.__name__]
    assert "ambassador-recognised" not in names(ledger)


def test_two_recognitions_at_once_are_one(ledger, five_confirmed, meet):
    """Two processes react to the fifth yes: at most one recognition stands."""
    outcomes = meet(recognition(ledger), recognition(ledger))
    assert recorded(outcomes[0]) == ["AmbassadorRecognised"]
    assert isinstance(outcomes[1], Stale) or outcomes[1].facts == ()
    assert names(ledger).count(AmbassadorRecognised.NAME) == 1


def test_two_merges_of_one_person_into_two_others(ledger, taught, meet):
    first, second = meet(cast.merge(TU, SAU), cast.merge(TU, cast.MINH))
    assert recorded(first) == ["PersonMerged"]
    assert not isinstance(second, Receipt)
    assert names(ledger).count(PersonMerged.NAME) == 1


MARKET = MarketId("cho-tuy-phuoc")
STALL = VendorId("ba-tu-at-the-market")
PAYS = OnboardingId("ba-tu-takes-payments")
RULE = MarketRule(
    percent=100,
    counts=MarketCounts.ONBOARDED,
    means=(Means.CASHLESS_PAYMENT,),
    active_days=90,
    criteria="default",
)


@pytest.fixture
def market_of_one(ledger):
    """Bà Tư is the only vendor of her market, and takes cashless payments since Lan was there."""
    outcomes = apart(
        ledger,
        *(register(one) for one in cast.EVERYBODY),
        OpenMarket(market=MARKET, unit=cast.TUY_PHUOC, name="Chợ Tuy Phước", stalls=1, by=cast.BY),
        RegisterVendor(vendor=STALL, market=MARKET, person=TU, by=cast.BY),
        LogOnboarding(
            onboarding=PAYS,
            vendor=STALL,
            ambassador=LAN,
            means=(Means.CASHLESS_PAYMENT,),
            on=cast.YESTERDAY,
            late_entry_days=30,
            by=cast.BY,
        ),
        AnswerOnboarding(onboarding=PAYS, answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE, by=cast.BY),
    )
    assert all(isinstance(one, Receipt) for one in outcomes)


def leaves():
    return LeaveMarket(vendor=STALL, on=cast.YESTERDAY, by=cast.BY)


def market_recognition():
    return RecogniseMarket(market=MARKET, vendors=(TU,), rule=RULE, by=cast.BY)


def test_the_last_vendor_leaves_then_recognition_of_the_market(ledger, market_of_one, meet):
    """None is no status."""
    assert recorded(*meet(leaves(), market_recognition())) == ["VendorLeft", TooFewVendors.__name__]


def test_recognition_of_the_market_then_its_last_vendor_leaves(ledger, market_of_one, meet):
    outcomes = meet(
        market_recognition(), leaves(), WithdrawMarket(market=MARKET, vendors=(TU,), rule=RULE, by=cast.BY)
    )
    assert recorded(*outcomes) == [
        "DigitalMarketRecognised", "VendorLeft", "DigitalMarketRecognitionWithdrawn",
    ]  # fmt: skip


SENT = Submission(author="lan", id="one", content=b"same")


def test_the_same_submission_at_once_is_recorded_once(ledger):
    with held(ledger):
        waiting = [ledger.decide_soon(register("tu"), submission=SENT) for _ in range(5)]
    first, *again = map(outcome, waiting)
    assert [one.position for one in (first, *again)] == [1] * 5
    assert [one.again for one in (first, *again)] == [False] + [True] * 4
    assert names(ledger) == ["person-registered"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("ours_first", [True, False])
def test_the_same_submission_from_two_connections_is_recorded_once(
    ledger, database_url, tmp_path, ours_first
):
    """The second waits for the ledger's lock while the first is in its transaction."""
    other_database = Database.open(database_url, tmp_path)
    other = Writer(other_database, clock=lambda: cast.NOW)
    first, second = (ledger, other) if ours_first else (other, ledger)
    with held(first):
        one = first.decide_soon(register("tu"), submission=SENT)
        two = second.decide_soon(register("tu"), submission=SENT)
    receipts = [outcome(one), outcome(two)]
    other.close()
    other_database.close()
    assert [receipt.position for receipt in receipts] == [1, 1]
    assert sorted(receipt.again for receipt in receipts) == [False, True]
    assert names(ledger) == ["person-registered"]
