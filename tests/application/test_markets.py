"""Markets opened, vendors registered, onboarded, seen trading, gone."""

import asyncio

import msgspec
import pytest

from application import markets, onboarding
from application.actors import NotAllowed, OutOfScope
from application.answers import answer, question
from application.forms.markets import (
    MarketForm,
    OnboardingForm,
    SightingForm,
    StallsForm,
    VendorForm,
    VendorLeftForm,
)
from application.forms.teaching import VoidForm
from application.lookups import NotACommune
from application.onboarding import UnknownOnboarding
from domain.entries import AlreadyVoided
from domain.markets import NoSuchMarket, StallsDeclared
from domain.model import Answer, Refused, Role, VoidReason
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged, VendorOnboardingVoided
from domain.teaching import NobodyTeachesThemselves
from domain.vendors import Means, NoSuchVendor, VendorExists, VendorLeft, VendorSeenTrading
from tests.application.place import GIA_LAI, QUY_NHON, TUY_PHUOC, holder, named, says
from tests.cast import YESTERDAY

NGUYET = named("Chị Nguyệt", phone="0905123456")


def opened(scene, actor, name="Chợ Bồ Đề", unit=TUY_PHUOC):
    form = MarketForm(submission=scene.submission(), unit=unit, name=name, stalls=30)
    return asyncio.run(markets.open_market(scene.ground, actor, form))


def registered(scene, actor, market, vendor=NGUYET):
    form = VendorForm(submission=scene.submission(), market=market, vendor=vendor)
    return asyncio.run(markets.register_vendor(scene.ground, actor, form))


def onboarded(scene, actor, vendor, **told):
    given = {"submission": scene.submission(), "on": YESTERDAY, "means": (Means.CASHLESS_PAYMENT,), **told}
    return asyncio.run(onboarding.log_onboarding(scene.ground, actor, vendor, OnboardingForm(**given)))


def answered(scene, code, said="able", **told):
    return asyncio.run(answer(scene.ground, says(code, said), **told))


def voided(scene, actor, ref, **told):
    form = VoidForm(submission=scene.submission(), reason=VoidReason.NOT_TAUGHT, **told)
    return asyncio.run(onboarding.void_onboarding(scene.ground, actor, ref, form))


def left(scene, actor, vendor):
    form = VendorLeftForm(submission=scene.submission(), on=YESTERDAY)
    return asyncio.run(markets.leave_market(scene.ground, actor, vendor, form))


def seen(scene, actor, vendor):
    form = SightingForm(submission=scene.submission(), on=YESTERDAY, means=Means.CASHLESS_PAYMENT)
    return asyncio.run(markets.see_trading(scene.ground, actor, vendor, form))


@pytest.fixture
def market(scene, minh):
    return opened(scene, minh).market


@pytest.fixture
def vendor(scene, lan, market):
    return registered(scene, lan, market).vendor


class TestMarkets:
    def test_the_board_declares_its_stalls_anew(self, scene, minh, market):
        form = StallsForm(submission=scene.submission(), stalls=45)
        asyncio.run(markets.declare_stalls(scene.ground, minh, market, form))
        assert scene.facts(StallsDeclared)[0].stalls == 45

    def test_an_ambassador_does_not(self, scene, lan, market):
        form = StallsForm(submission=scene.submission(), stalls=45)
        with pytest.raises(NotAllowed):
            asyncio.run(markets.declare_stalls(scene.ground, lan, market, form))

    def test_a_market_elsewhere_is_not_opened(self, scene, lan):
        with pytest.raises(OutOfScope):
            opened(scene, lan, unit=QUY_NHON)

    def test_a_market_stands_in_a_commune_or_hamlet(self, scene, minh):
        with pytest.raises(NotACommune):
            opened(scene, holder(minh.person, Role.ORGANIZER, GIA_LAI), unit=GIA_LAI)

    def test_the_same_again_is_the_same_market(self, scene, minh):
        form = MarketForm(submission="market-1", unit=TUY_PHUOC, name="Chợ Bồ Đề", stalls=30)
        first = asyncio.run(markets.open_market(scene.ground, minh, form))
        again = asyncio.run(markets.open_market(scene.ground, minh, form))
        assert msgspec.structs.replace(again, again=False) == first


class TestVendors:
    def test_a_vendor_is_a_person_known_or_met_now(self, scene, lan, market):
        done = registered(scene, lan, market)
        assert scene.vault.names([done.person]) == {done.person: "Chị Nguyệt"}

    def test_one_person_has_one_stand(self, scene, lan, hoa, market, vendor):
        with pytest.raises(VendorExists) as refused:
            registered(scene, hoa, market, named("chi nguyet", phone="0905123456"))
        assert refused.value.details["vendor"] == vendor

    def test_the_same_again_is_the_same_vendor(self, scene, lan, market):
        form = VendorForm(submission="vendor-1", market=market, vendor=NGUYET)
        first = asyncio.run(markets.register_vendor(scene.ground, lan, form))
        again = asyncio.run(markets.register_vendor(scene.ground, lan, form))
        assert msgspec.structs.replace(again, again=False) == first

    def test_of_markets_elsewhere_one_is_told_nothing(self, scene, hoa, market):
        elsewhere = holder(hoa.person, Role.AMBASSADOR, QUY_NHON)
        for ref in (market, "0" * 32):
            with pytest.raises(NoSuchMarket):
                registered(scene, elsewhere, ref)

    def test_a_vendor_is_seen_trading_and_leaves(self, scene, lan, minh, vendor):
        seen(scene, lan, vendor)
        left(scene, minh, vendor)
        assert scene.facts(VendorSeenTrading)[0].vendor == vendor
        assert scene.facts(VendorLeft)[0].vendor == vendor
        with pytest.raises(NoSuchVendor):
            seen(scene, lan, vendor)

    @pytest.mark.parametrize("act", [seen, left, onboarded])
    def test_of_vendors_elsewhere_one_is_told_nothing(self, scene, hoa, lan, vendor, act):
        with pytest.raises(NoSuchVendor):
            act(scene, holder(hoa.person, Role.AMBASSADOR, QUY_NHON), vendor)
        with pytest.raises(NoSuchVendor):
            act(scene, lan, "0" * 32)


class TestOnboarding:
    def test_it_is_logged_and_answered_as_a_teaching_is(self, scene, lan, vendor):
        done = onboarded(scene, lan, vendor, means=(Means.CASHLESS_PAYMENT, Means.E_COMMERCE))
        asked = question(scene.ground, done.code)
        assert (asked.kind, asked.ambassador_name) == ("onboarding", "Trần Thị Lan")
        assert asked.means == (Means.CASHLESS_PAYMENT, Means.E_COMMERCE)
        first = answered(scene, done.code, "taught")
        assert answered(scene, done.code, "taught").position == first.position
        assert len(scene.facts(VendorOnboardingAnswered)) == 1
        assert question(scene.ground, done.code).answer is Answer.TAUGHT

    def test_the_same_again_gets_the_same_body(self, scene, lan, vendor):
        form = OnboardingForm(
            submission="on-1", on=YESTERDAY, means=(Means.CASHLESS_PAYMENT,), code="ABCD2345"
        )
        first = asyncio.run(onboarding.log_onboarding(scene.ground, lan, vendor, form))
        again = asyncio.run(onboarding.log_onboarding(scene.ground, lan, vendor, form))
        assert first.code == "ABCD2345"
        assert msgspec.structs.replace(again, again=False) == first

    def test_nobody_onboards_themselves(self, scene, lan, market):
        own = registered(scene, lan, market, named("Trần Thị Lan", phone="0905000001"))
        with pytest.raises(NobodyTeachesThemselves):
            onboarded(scene, lan, own.vendor)

    def test_organizers_onboard_nobody(self, scene, minh, vendor):
        with pytest.raises(NotAllowed):
            onboarded(scene, minh, vendor)

    def test_a_refused_one_leaves_no_code(self, scene, lan, vendor):
        before = scene.state()
        with pytest.raises(Refused):
            onboarded(scene, lan, vendor, means=(Means.CASHLESS_PAYMENT, Means.CASHLESS_PAYMENT))
        assert scene.state() == before

    def test_it_is_withdrawn_by_its_ambassador_or_voided_by_an_organizer(self, scene, lan, hoa, minh, vendor):
        mine, another = onboarded(scene, lan, vendor), onboarded(scene, hoa, vendor)
        voided(scene, lan, mine.onboarding)
        with pytest.raises(UnknownOnboarding):
            voided(scene, lan, another.onboarding)
        voided(scene, minh, another.onboarding, note="Chị Nguyệt không biết việc này")
        assert len(scene.facts(VendorOnboardingVoided)) == 2
        assert scene.vault.notes(another.onboarding) == ["Chị Nguyệt không biết việc này"]
        with pytest.raises(AlreadyVoided):
            answered(scene, mine.code)

    def test_elsewhere_one_is_told_nothing(self, scene, lan, minh, vendor):
        done = onboarded(scene, lan, vendor)
        elsewhere = holder(minh.person, Role.ORGANIZER, QUY_NHON)
        for ref in (done.onboarding, "0" * 32):
            with pytest.raises(UnknownOnboarding):
                voided(scene, elsewhere, ref)
        assert len(scene.facts(VendorOnboardingLogged)) == 1
