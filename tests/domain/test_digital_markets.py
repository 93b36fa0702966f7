"""Digital markets: the share of vendors that is onboarded, or active, as the criteria say."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as some

from domain.digital_markets import (
    DigitalMarketRecognised,
    DigitalMarketRecognitionWithdrawn,
    MarketCounts,
    MarketNotRecognised,
    MarketRule,
    MarketShare,
    MarketStillMeetsCriteria,
    RecogniseMarket,
    Share,
    TooFewVendors,
    TooFewVendorsUnverified,
    WithdrawMarket,
)
from domain.markets import DeclareStalls, NoSuchMarket
from domain.model import By, MarketId, OnboardingId, PersonId, VendorId
from domain.vendors import Means
from tests.cast import (
    BY,
    CHO,
    EVERYBODY,
    HOA,
    SAU,
    TODAY,
    TU,
    Happened,
    everybody,
    learner,
    leaves_market,
    market,
    merge,
    onboards,
    seen_trading,
    sells,
    undo,
    vendor_says,
    void_onboarding,
)
from tests.specification import given, lived

CASHLESS, SELLING_ONLINE = Means.CASHLESS_PAYMENT, Means.E_COMMERCE


def rule(percent: int = 100, **other: Any) -> MarketRule:
    content: dict[str, Any] = {
        "percent": percent,
        "counts": MarketCounts.ONBOARDED,
        "means": (CASHLESS,),
        "active_days": 90,
        "criteria": "criteria-1",
    }
    return MarketRule(**(content | other))


ACTIVE = rule(counts=MarketCounts.ACTIVE)


def recognise(by_rule: MarketRule | None = None, **other: Any) -> RecogniseMarket:
    request: dict[str, Any] = {
        "market": CHO,
        "vendors": EVERYBODY,
        "rule": by_rule or rule(),
        "by": By("system:7"),
    }
    return RecogniseMarket(**(request | other))


def withdraw(by_rule: MarketRule | None = None, **other: Any) -> WithdrawMarket:
    request: dict[str, Any] = {
        "market": CHO,
        "vendors": EVERYBODY,
        "rule": by_rule or rule(),
        "by": By("system:7"),
    }
    return WithdrawMarket(**(request | other))


def onboarded(person: PersonId, **other: Any) -> list[Happened]:
    """A person sells there, and is onboarded and said so."""
    id_ = OnboardingId(f"{person}-onboarded")
    vendor = VendorId(f"{person}-sells")
    return [sells(person), onboards(vendor, onboarding=id_, **other), vendor_says(of=id_)]


def stalls(number: int) -> DeclareStalls:
    return DeclareStalls(market=CHO, stalls=number, by=BY)


SAU_S = OnboardingId("ong-sau-onboarded")

OPEN = [*everybody(), market()]
DIGITAL = [*OPEN, *onboarded(SAU)]


class TestRecognising:
    def test_every_vendor_is_onboarded(self):
        (fact,) = given(*DIGITAL).when(recognise()).then(DigitalMarketRecognised)
        assert isinstance(fact, DigitalMarketRecognised)
        assert (fact.counted, fact.out_of, fact.criteria) == (1, 1, "criteria-1")

    def test_a_claim_is_not_enough(self):
        claimed = given(*OPEN, sells(), onboards())
        claimed.when(recognise()).then_refused(TooFewVendors, counted=0, out_of=1, percent=100)
        no_plan_says = recognise(rule(unverified=True))
        claimed.when(no_plan_says).then_refused(TooFewVendorsUnverified, counted=0, out_of=1, percent=100)

    @pytest.mark.parametrize("fallen", [vendor_says("no", of=SAU_S), void_onboarding(SAU_S)])
    def test_nor_is_one_that_fell(self, fallen):
        given(*DIGITAL, fallen).when(recognise()).then_refused(TooFewVendors)

    def test_out_of_the_stalls_where_they_are_more(self):
        given(*DIGITAL, stalls(2)).when(recognise()).then_refused(TooFewVendors, counted=1, out_of=2)

    def test_out_of_the_vendors_where_they_are_more(self):
        given(*DIGITAL, sells(TU)).when(recognise()).then_refused(TooFewVendors, counted=1, out_of=2)

    def test_as_many_as_the_criteria_ask_for(self):
        given(*DIGITAL, stalls(2)).when(recognise(rule(50))).then(DigitalMarketRecognised)
        given(*DIGITAL, stalls(2)).when(recognise(rule(51))).then_refused(TooFewVendors)

    def test_none_is_no_status(self):
        given(*OPEN, stalls(0)).when(recognise()).then_refused(TooFewVendors, counted=0, out_of=0)

    def test_by_the_means_the_criteria_name(self):
        both = rule(means=(CASHLESS, SELLING_ONLINE))
        given(*DIGITAL).when(recognise(both)).then_refused(TooFewVendors)
        given(*OPEN, *onboarded(SAU, means=(SELLING_ONLINE, CASHLESS))).when(recognise(both)).then(
            DigitalMarketRecognised
        )

    def test_means_add_up_over_onboardings(self):
        second = OnboardingId("second")
        more = [onboards(onboarding=second, means=(SELLING_ONLINE,)), vendor_says(of=second)]
        both = rule(means=(CASHLESS, SELLING_ONLINE))
        given(*DIGITAL, *more).when(recognise(both)).then(DigitalMarketRecognised)
        given(*DIGITAL, *more, vendor_says("no", of=second)).when(recognise(both)).then_refused(TooFewVendors)

    def test_once(self):
        given(*DIGITAL, recognise()).when(recognise()).then()

    def test_who_sells_there_is_looked_up(self):
        given(*DIGITAL).when(recognise(vendors=(TU,))).then_stale()
        given(*DIGITAL, recognise(), leaves_market()).when(withdraw(vendors=())).then(
            DigitalMarketRecognitionWithdrawn
        )

    def test_only_a_market_that_is_there(self):
        given(*DIGITAL).when(recognise(market=MarketId("nowhere"))).then_refused(NoSuchMarket)

    def test_onboarded_is_not_active(self):
        given(*DIGITAL).when(recognise(ACTIVE)).then_refused(TooFewVendors)
        given(*DIGITAL, seen_trading()).when(recognise(ACTIVE)).then(DigitalMarketRecognised)

    def test_active_is_within_so_many_days(self):
        on_the_last = seen_trading(on=TODAY - timedelta(days=90))
        given(*DIGITAL, on_the_last).when(recognise(ACTIVE)).then(DigitalMarketRecognised)
        the_day_before = seen_trading(on=TODAY - timedelta(days=91))
        given(*DIGITAL, the_day_before).when(recognise(ACTIVE)).then_refused(TooFewVendors)

    def test_the_latest_day_counts_in_whatever_order(self):
        old = seen_trading(on=TODAY - timedelta(days=91))
        given(*DIGITAL, seen_trading(), old).when(recognise(ACTIVE)).then(DigitalMarketRecognised)

    def test_active_by_those_means(self):
        other = seen_trading(means=SELLING_ONLINE)
        given(*DIGITAL, other).when(recognise(ACTIVE)).then_refused(TooFewVendors)

    def test_trading_without_onboarding_does_not_count(self):
        given(*OPEN, sells(), seen_trading()).when(recognise(ACTIVE)).then_refused(TooFewVendors)

    def test_a_person_merged_from_two_vendors_counts_once(self):
        two = [*DIGITAL, *onboarded(TU), stalls(2), merge(TU, SAU)]
        merged = recognise(rule(100), aliases=((SAU, TU),))
        given(*two).when(merged).then_refused(TooFewVendors, counted=1, out_of=2)
        given(*two).when(recognise()).then_stale()
        given(*two, undo(TU, SAU)).when(merged).then_stale()
        given(*two, undo(TU, SAU)).when(recognise()).then(DigitalMarketRecognised)


class TestWithdrawing:
    def test_a_vendor_fell_back(self):
        fallen = given(*DIGITAL, recognise(), vendor_says("no", of=OnboardingId("ong-sau-onboarded")))
        (fact,) = fallen.when(withdraw()).then(DigitalMarketRecognitionWithdrawn)
        assert isinstance(fact, DigitalMarketRecognitionWithdrawn)
        assert (fact.counted, fact.out_of) == (0, 1)

    def test_the_last_vendor_left(self):
        left = given(*DIGITAL, stalls(0), recognise(), leaves_market())
        left.when(withdraw()).then(DigitalMarketRecognitionWithdrawn)
        left.when(recognise()).then()

    def test_and_takes_everything_along(self):
        back = given(*DIGITAL, leaves_market(), sells(vendor=VendorId("again")))
        back.when(recognise()).then_refused(TooFewVendors, counted=0, out_of=1)

    def test_a_new_vendor_is_not_onboarded_yet(self):
        given(*DIGITAL, recognise(), sells(TU)).when(withdraw()).then(DigitalMarketRecognitionWithdrawn)

    def test_nobody_traded_for_long(self):
        active = [*DIGITAL, seen_trading(), recognise(ACTIVE)]
        given(*active).when(withdraw(ACTIVE)).then_refused(MarketStillMeetsCriteria)
        long_after = given(*active).when(withdraw(ACTIVE), at=lived(*active)[0].at + timedelta(days=100))
        long_after.then(DigitalMarketRecognitionWithdrawn)

    def test_not_while_it_meets_the_criteria(self):
        given(*DIGITAL, recognise()).when(withdraw()).then_refused(MarketStillMeetsCriteria)

    def test_nothing_stands_nothing_to_withdraw(self):
        given(*DIGITAL).when(withdraw()).then_refused(MarketNotRecognised)
        left = given(*DIGITAL, recognise(), leaves_market(), withdraw())
        left.when(withdraw()).then_refused(MarketNotRecognised)
        left.when(withdraw(market=MarketId("nowhere"))).then_refused(NoSuchMarket)

    def test_it_can_come_back(self):
        back = given(*DIGITAL, recognise(), leaves_market(), withdraw(), *onboarded(HOA))
        back.when(recognise()).then(DigitalMarketRecognised)


@pytest.mark.parametrize(
    ("counted", "out_of", "percent", "reached"),
    [(7, 10, 70, True), (6, 10, 70, False), (2, 3, 67, False), (2, 3, 66, True), (0, 0, 1, False)],
)
def test_a_share_is_compared_without_rounding(counted, out_of, percent, reached):
    assert Share(counted=counted, out_of=out_of).reaches(percent) is reached


@whatever(some.lists(some.integers(0, 3), max_size=8), some.integers(0, 6))
def test_a_share_never_exceeds_the_whole(people, declared):
    share = MarketShare()
    seen: set[int] = set()
    history = [*everybody(*map(learner, range(4))), market(stalls=declared)]
    for number in people:
        if number not in seen:
            history += onboarded(learner(number))
            seen.add(number)
    for fact in lived(*history):
        share.take(fact)
    counted = share.share(rule(), TODAY)
    assert counted.counted == len(seen)
    assert counted.counted <= counted.out_of == max(declared, len(seen))
