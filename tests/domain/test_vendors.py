"""Vendors: who sells where, is seen trading, and leaves."""

from datetime import timedelta

from domain.entries import NotYetHappened
from domain.markets import NoSuchMarket
from domain.model import MarketId, VendorId
from domain.people import PersonRegistered, UnknownPerson
from domain.vendors import NoSuchVendor, VendorExists, VendorLeft, VendorRegistered, VendorSeenTrading
from tests.cast import (
    HOA,
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
    seen_trading,
    sells,
    undo,
)
from tests.specification import given

TOMORROW = TODAY + timedelta(days=1)

OTHER = MarketId("cho-dieu-tri")

OPEN = (*everybody(), market())

SELLING = (*OPEN, sells())


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
