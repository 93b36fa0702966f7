"""A vendor sells at a market, is seen trading there, leaves it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.entries import happened
from domain.markets import MarketFact, MarketOpened, NoSuchMarket
from domain.model import Boundary, By, Decision, Fact, MarketId, PersonId, Refused, Selector, Tags, VendorId
from domain.people import Newcomer
from domain.who_is_who import Groups, Somebody


class Means(StrEnum):
    """By what a vendor is onboarded: three of the "4T" of the plans (the vendor is the first)."""

    CASHLESS_PAYMENT = "cashless-payment"
    E_COMMERCE = "e-commerce"
    DIGITAL_SAVINGS = "digital-savings"


class VendorRegistered(MarketFact, frozen=True, kw_only=True):
    """A person sells at this market."""

    NAME = "vendor-registered"

    vendor: VendorId
    person: PersonId

    def tags(self) -> Tags:
        return (*super().tags(), f"vendor:{self.vendor}", f"sells:{self.person}")


class VendorSeenTrading(MarketFact, frozen=True, kw_only=True):
    """Somebody saw the vendor take a digital payment or sell online on that day."""

    NAME = "vendor-seen-trading"

    vendor: VendorId
    means: Means
    on: date

    def tags(self) -> Tags:
        return (*super().tags(), f"vendor:{self.vendor}")


class VendorLeft(MarketFact, frozen=True, kw_only=True):
    NAME = "vendor-left"

    vendor: VendorId
    person: PersonId
    on: date

    def tags(self) -> Tags:
        return (*super().tags(), f"vendor:{self.vendor}", f"sells:{self.person}")


FACTS: Final = (VendorRegistered, VendorSeenTrading, VendorLeft)


class VendorExists(Refused):
    """The person sells at this market already, as the vendor `vendor`."""


class NoSuchVendor(Refused):
    """No vendor of this id stands registered."""


@dataclass(kw_only=True)
class RegisterVendor(Decision):
    """A person sells at this market. One person has one standing there, under all their ids."""

    vendor: VendorId
    market: MarketId
    person: PersonId
    by: By
    newcomer: Newcomer | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.somebody = Somebody(self.person, self.aliases, self.newcomer)
        self.opened: MarketOpened | None = None
        self.standing: dict[VendorId, None] = {}

    def consistency_boundary(self) -> Boundary:
        sells = sorted(self.somebody.ids)
        return [
            Selector([MarketOpened], [f"market:{self.market}"]),
            *(Selector([VendorRegistered, VendorLeft], [f"sells:{one}"]) for one in sells),
            *self.somebody.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.somebody.weigh(fact)
        match fact:
            case MarketOpened():
                self.opened = fact
            case VendorRegistered() if fact.market == self.market:
                self.standing[fact.vendor] = None
            case VendorLeft():
                self.standing.pop(fact.vendor, None)

    def execute(self) -> None:
        self.somebody.check()
        if self.opened is None:
            raise NoSuchMarket
        for vendor in self.standing:
            raise VendorExists(vendor=vendor)
        if self.newcomer:
            for fact in self.newcomer.facts(self.at, self.by, self.opened.unit):
                self.record(fact)
        self.record(
            VendorRegistered(
                at=self.at,
                by=self.by,
                market=self.market,
                unit=self.opened.unit,
                vendor=self.vendor,
                person=self.person,
            )
        )


@dataclass(kw_only=True)
class AboutVendor(Decision):
    """What decisions about one vendor have in common: whether the vendor stands registered."""

    vendor: VendorId
    by: By

    def __post_init__(self) -> None:
        self.registered: VendorRegistered | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector([VendorRegistered, VendorLeft], [f"vendor:{self.vendor}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case VendorRegistered():
                self.registered = fact
            case VendorLeft():
                self.registered = None

    def must_stand(self) -> VendorRegistered:
        if self.registered is None:
            raise NoSuchVendor
        return self.registered


@dataclass(kw_only=True)
class SeeTrading(AboutVendor):
    """Somebody saw the vendor use a means on a day; each sighting is recorded."""

    means: Means
    on: date

    def execute(self) -> None:
        happened(self.on, self.at)
        vendor = self.must_stand()
        self.record(
            VendorSeenTrading(
                at=self.at,
                by=self.by,
                market=vendor.market,
                unit=vendor.unit,
                vendor=self.vendor,
                means=self.means,
                on=self.on,
            )
        )


@dataclass(kw_only=True)
class LeaveMarket(AboutVendor):
    """The vendor no longer sells at this market."""

    on: date

    def execute(self) -> None:
        happened(self.on, self.at)
        vendor = self.must_stand()
        self.record(
            VendorLeft(
                at=self.at,
                by=self.by,
                market=vendor.market,
                unit=vendor.unit,
                vendor=self.vendor,
                person=vendor.person,
                on=self.on,
            )
        )
