"""How vendors are onboarded."""

from datetime import timedelta
from typing import Any

from domain.entries import (
    AlreadyVoided,
    AnsweredMoreSurely,
    NothingToAnswer,
    NothingToVoid,
    NotTheirs,
    NotYetHappened,
    TooLateToEnter,
)
from domain.model import Evidence
from domain.onboarding import (
    NothingOnboarded,
    SameMeansTwice,
    VendorOnboardingAnswered,
    VendorOnboardingLogged,
    VendorOnboardingVoided,
)
from domain.people import UnknownPerson
from domain.teaching import NobodyTeachesThemselves
from domain.vendors import Means, NoSuchVendor
from tests.cast import (
    CHO,
    HOA,
    LAN,
    SAU,
    SAU_SELLS,
    TODAY,
    everybody,
    learner,
    leaves_market,
    market,
    merge,
    onboards,
    sells,
    undo,
    vendor_says,
    void_onboarding,
)
from tests.specification import given

TOMORROW = TODAY + timedelta(days=1)

OPEN = (*everybody(), market())

SELLING = (*OPEN, sells())

CLAIMED = (*SELLING, onboards())

CASHLESS, SAVINGS = Means.CASHLESS_PAYMENT, Means.DIGITAL_SAVINGS


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
