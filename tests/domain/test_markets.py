"""Markets, their vendors, and how these are onboarded."""

from datetime import timedelta
from typing import Any

import pytest

from domain.markets import (
    MOST_STALLS,
    DeclareStalls,
    ImpossibleStalls,
    MarketExists,
    MarketOpened,
    Means,
    NoSuchMarket,
    NoSuchVendor,
    NothingOnboarded,
    SameMeansTwice,
    StallsDeclared,
    VendorExists,
    VendorLeft,
    VendorOnboardingAnswered,
    VendorOnboardingLogged,
    VendorOnboardingVoided,
    VendorRegistered,
    VendorSeenTrading,
)
from domain.model import Evidence, MarketId, VendorId
from domain.names import BadName
from domain.people import PersonRegistered, UnknownPerson
from domain.teaching import (
    AlreadyVoided,
    AnsweredMoreSurely,
    NobodyTeachesThemselves,
    NothingToAnswer,
    NothingToVoid,
    NotTheirs,
    NotYetHappened,
    TooLateToEnter,
)
from tests.cast import (
    BY,
    CHO,
    GIA_LAI,
    HOA,
    LAN,
    SAU,
    SAU_SELLS,
    TODAY,
    TU,
    everybody,
    learner,
    leaves_market,
    market,
    merge,
    newcomers,
    onboards,
    seen_trading,
    sells,
    undo,
    vendor_says,
    void_onboarding,
)
from tests.specification import given

TOMORROW = TODAY + timedelta(days=1)
OTHER = MarketId("cho-dieu-tri")

OPEN = (*everybody(), market())
SELLING = (*OPEN, sells())
CLAIMED = (*SELLING, onboards())
CASHLESS, SAVINGS = Means.CASHLESS_PAYMENT, Means.DIGITAL_SAVINGS


def stalls(number: int) -> DeclareStalls:
    return DeclareStalls(market=CHO, stalls=number, by=BY)


class TestOpening:
    def test_a_market_with_its_stalls(self):
        (fact,) = given().when(market(stalls=40)).then(MarketOpened)
        assert isinstance(fact, MarketOpened)
        assert (fact.name, fact.name_key, fact.stalls) == ("Chợ Gò Bồi", "cho go boi", 40)

    @pytest.mark.parametrize("name", ["Chợ Gò Bồi", "chợ  gò bồi", "CHO GO BOI"])
    def test_no_second_of_the_same_name_in_a_unit(self, name):
        second = market(market=OTHER, name=name)
        given(*OPEN).when(second).then_refused(MarketExists, field="name")

    def test_elsewhere_a_name_is_free(self):
        given(*OPEN).when(market(market=OTHER, unit=GIA_LAI)).then(MarketOpened)

    def test_under_an_id_of_its_own(self):
        given(*OPEN).when(market(name="Chợ Diêu Trì")).then_refused(MarketExists)

    def test_the_name_is_a_name(self):
        with pytest.raises(BadName):
            market(name="<b>Chợ</b>")

    @pytest.mark.parametrize("number", [-1, MOST_STALLS + 1])
    def test_the_number_of_stalls_is_possible(self, number):
        given().when(market(stalls=number)).then_refused(ImpossibleStalls, field="stalls")
        given(*OPEN).when(stalls(number)).then_refused(ImpossibleStalls)

    @pytest.mark.parametrize("number", [0, MOST_STALLS])
    def test_none_and_many_are_possible(self, number):
        given(*OPEN).when(stalls(number)).then(StallsDeclared)

    def test_the_board_declares_another_number(self):
        given(*OPEN, stalls(40)).when(stalls(41)).then(StallsDeclared)

    def test_the_same_number_changes_nothing(self):
        given(*OPEN).when(stalls(1)).then()
        given(*OPEN, stalls(40)).when(stalls(40)).then()

    def test_of_a_market_that_is_there(self):
        given().when(stalls(40)).then_refused(NoSuchMarket)


class TestVendors:
    def test_somebody_sells_there(self):
        given(*OPEN).when(sells()).then(VendorRegistered)

    def test_whoever_is_new_is_registered_with_it(self):
        (newcomer,) = newcomers(learner(1))
        given(*OPEN).when(sells(learner(1), newcomer=newcomer)).then(PersonRegistered, VendorRegistered)

    def test_a_stranger_must_be_introduced(self):
        given(*OPEN).when(sells(learner(1))).then_refused(UnknownPerson)

    def test_in_a_market_that_is_there(self):
        given(*OPEN).when(sells(market=OTHER)).then_refused(NoSuchMarket)

    def test_one_standing_for_a_person(self):
        again = sells(vendor=VendorId("again"))
        given(*SELLING).when(again).then_refused(VendorExists, vendor=SAU_SELLS)

    def test_under_all_their_ids(self):
        merged = given(*SELLING, merge(SAU, TU))
        merged.when(sells(TU, aliases=((TU, SAU),))).then_refused(VendorExists, vendor=SAU_SELLS)
        merged.when(sells(TU)).then_stale()

    def test_however_they_were_merged(self):
        chain = given(*SELLING, merge(SAU, HOA), merge(HOA, TU, aliases=((HOA, SAU),)), undo(SAU, HOA))
        chain.when(sells(TU, aliases=((TU, HOA, SAU),))).then_stale()

    def test_but_one_in_each_market(self):
        elsewhere = sells(vendor=VendorId("there"), market=OTHER)
        given(*SELLING, market(market=OTHER, name="Chợ Diêu Trì")).when(elsewhere).then(VendorRegistered)

    def test_who_left_can_come_back(self):
        given(*SELLING, leaves_market()).when(sells(vendor=VendorId("again"))).then(VendorRegistered)

    def test_a_vendor_leaves(self):
        (fact,) = given(*SELLING).when(leaves_market()).then(VendorLeft)
        assert isinstance(fact, VendorLeft)
        assert fact.person == SAU

    def test_once(self):
        given(*SELLING, leaves_market()).when(leaves_market()).then_refused(NoSuchVendor)

    def test_not_in_the_future(self):
        given(*SELLING).when(leaves_market(on=TOMORROW)).then_refused(NotYetHappened)

    def test_seen_trading_every_time(self):
        given(*SELLING, seen_trading()).when(seen_trading()).then(VendorSeenTrading)

    def test_only_who_sells_there_is_seen(self):
        given(*OPEN).when(seen_trading()).then_refused(NoSuchVendor)
        given(*SELLING, leaves_market()).when(seen_trading()).then_refused(NoSuchVendor)

    def test_nobody_is_seen_tomorrow(self):
        given(*SELLING).when(seen_trading(on=TOMORROW)).then_refused(NotYetHappened)
        given(*SELLING).when(seen_trading(on=TODAY)).then(VendorSeenTrading)


class TestOnboarding:
    def test_a_claim(self):
        (fact,) = given(*SELLING).when(onboards(means=(CASHLESS, SAVINGS))).then(VendorOnboardingLogged)
        assert isinstance(fact, VendorOnboardingLogged)
        assert (fact.market, fact.vendor, fact.ambassador) == (CHO, SAU_SELLS, LAN)
        assert fact.means == (CASHLESS, SAVINGS)

    def test_to_something(self):
        given(*SELLING).when(onboards(means=())).then_refused(NothingOnboarded, field="means")

    def test_once_each(self):
        given(*SELLING).when(onboards(means=(CASHLESS, CASHLESS))).then_refused(SameMeansTwice)

    def test_only_who_sells_there(self):
        given(*OPEN).when(onboards()).then_refused(NoSuchVendor)
        given(*SELLING, leaves_market()).when(onboards()).then_refused(NoSuchVendor)

    def test_by_somebody_known(self):
        given(*SELLING).when(onboards(ambassador=learner(1))).then_refused(UnknownPerson)

    def test_nobody_onboards_themselves(self):
        given(*SELLING).when(onboards(ambassador=SAU)).then_refused(NobodyTeachesThemselves)

    def test_nor_under_another_id(self):
        merged = given(*SELLING, merge(SAU, LAN))
        merged.when(onboards(aliases=((LAN, SAU),))).then_refused(NobodyTeachesThemselves)
        merged.when(onboards()).then_stale()
        chain = given(*SELLING, merge(SAU, HOA), merge(HOA, LAN, aliases=((HOA, SAU),)), undo(SAU, HOA))
        chain.when(onboards(aliases=((LAN, HOA, SAU),))).then_stale()

    def test_within_the_time_the_criteria_allow(self):
        given(*SELLING).when(onboards(on=TOMORROW)).then_refused(NotYetHappened)
        given(*SELLING).when(onboards(on=TODAY - timedelta(days=31))).then_refused(TooLateToEnter, days=30)

    def test_the_vendor_answers_as_a_learner_does(self):
        given(*CLAIMED).when(vendor_says("able")).then(VendorOnboardingAnswered)
        given(*CLAIMED, vendor_says("able")).when(vendor_says("able")).then()
        given(*CLAIMED, vendor_says("able")).when(vendor_says("no")).then(VendorOnboardingAnswered)

    def test_an_answer_on_the_mentors_phone_never_replaces_one_on_their_own(self):
        there: dict[str, Any] = {"evidence": Evidence.AMBASSADOR_DEVICE}
        own = given(*CLAIMED, vendor_says("no"))
        own.when(vendor_says("able", **there)).then_refused(AnsweredMoreSurely)
        own.when(vendor_says("no", **there)).then()
        weak = given(*CLAIMED, vendor_says("able", **there))
        weak.when(vendor_says("able")).then(VendorOnboardingAnswered)
        weak.when(vendor_says("no", **there)).then(VendorOnboardingAnswered)

    def test_nothing_logged_nothing_to_answer(self):
        given(*SELLING).when(vendor_says()).then_refused(NothingToAnswer)

    def test_what_was_voided_is_not_answered(self):
        given(*CLAIMED, void_onboarding()).when(vendor_says()).then_refused(AlreadyVoided)

    def test_an_organizer_voids_once(self):
        given(*CLAIMED).when(void_onboarding()).then(VendorOnboardingVoided)
        given(*CLAIMED, void_onboarding()).when(void_onboarding()).then()

    def test_an_ambassador_withdraws_their_own(self):
        given(*CLAIMED).when(void_onboarding(own=LAN)).then(VendorOnboardingVoided)
        given(*CLAIMED).when(void_onboarding(own=HOA)).then_refused(NotTheirs)

    def test_under_any_id(self):
        merged = given(*CLAIMED, merge(LAN, HOA))
        merged.when(void_onboarding(own=HOA, aliases=((HOA, LAN),))).then(VendorOnboardingVoided)
        merged.when(void_onboarding(own=HOA)).then_stale()

    def test_nothing_logged_nothing_to_void(self):
        given(*SELLING).when(void_onboarding()).then_refused(NothingToVoid)
