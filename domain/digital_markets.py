"""A market becomes, or ceases to be, a digital market (chợ số)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.calendar import day_of
from domain.markets import MarketFact, MarketOpened, NoSuchMarket, StallsDeclared
from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    MarketId,
    OnboardingId,
    PersonId,
    Refused,
    Selector,
    Stale,
    VendorId,
)
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingVoided
from domain.vendors import Means, VendorLeft, VendorRegistered, VendorSeenTrading
from domain.who_is_who import Groups, WhoIsWho


class MarketCounts(StrEnum):
    ONBOARDED = "onboarded"
    ACTIVE = "active"


class DigitalMarketRecognised(MarketFact, frozen=True, kw_only=True):
    """`counted` vendors of `out_of` (the larger of declared stalls and registered vendors)."""

    NAME = "digital-market-recognised"

    counted: int
    out_of: int
    criteria: str


class DigitalMarketRecognitionWithdrawn(MarketFact, frozen=True, kw_only=True):
    NAME = "digital-market-recognition-withdrawn"

    counted: int
    out_of: int
    criteria: str


FACTS: Final = (DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn)


class MarketRule(msgspec.Struct, frozen=True, kw_only=True):
    """What the criteria ask of a market. A vendor counts who has all `means`."""

    percent: int
    counts: MarketCounts
    means: tuple[Means, ...]
    active_days: int
    criteria: str
    unverified: bool = False
    """Whether `percent` is a number that no plan gives."""


class MarketStall(msgspec.Struct, kw_only=True):
    """One vendor's standing: the onboardings that stand confirmed, and the last day each means
    was seen in use."""

    person: PersonId
    onboarded: dict[OnboardingId, tuple[Means, ...]] = {}
    seen: dict[Means, date] = {}

    def has(self, rule: MarketRule, on: date) -> bool:
        onboarded = {means for some in self.onboarded.values() for means in some}
        if not onboarded.issuperset(rule.means):
            return False
        if rule.counts is MarketCounts.ONBOARDED:
            return True
        since = on - timedelta(days=rule.active_days)
        return all(since <= self.seen.get(means, date.min) for means in rule.means)


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """`counted` distinct people of `out_of`."""

    counted: int
    out_of: int

    def reaches(self, percent: int) -> bool:
        """None is no status."""
        return self.counted > 0 and self.counted * 100 >= percent * self.out_of


def itself(person: PersonId) -> PersonId:
    return person


class MarketShare(msgspec.Struct, kw_only=True):
    """How much of one market is digital: a fold over the facts that bear its tag, in their order.

    A vendor who left takes everything along, and starts anew on coming back.
    """

    stalls: int = 0
    vendors: dict[VendorId, MarketStall] = {}

    def take(self, fact: Fact) -> None:
        match fact:
            case MarketOpened() | StallsDeclared():
                self.stalls = fact.stalls
            case VendorRegistered():
                self.vendors[fact.vendor] = MarketStall(person=fact.person)
            case VendorLeft():
                self.vendors.pop(fact.vendor, None)
            case VendorOnboardingAnswered() | VendorOnboardingVoided() | VendorSeenTrading():
                if stall := self.vendors.get(fact.vendor):
                    self._change(stall, fact)

    @staticmethod
    def _change(
        stall: MarketStall, fact: VendorOnboardingAnswered | VendorOnboardingVoided | VendorSeenTrading
    ) -> None:
        match fact:
            case VendorSeenTrading():
                stall.seen[fact.means] = max(fact.on, stall.seen.get(fact.means, fact.on))
            case VendorOnboardingAnswered() if fact.answer.confirms:
                stall.onboarded[fact.onboarding] = fact.means
            case _:
                stall.onboarded.pop(fact.onboarding, None)

    def share(self, rule: MarketRule, on: date, canonical: Callable[[PersonId], PersonId] = itself) -> Share:
        """The share on a day, out of the larger of declared stalls and registered vendors.
        `canonical` tells who is who: a person merged from two vendors counts once."""
        registered = {canonical(stall.person) for stall in self.vendors.values()}
        counted = {canonical(stall.person) for stall in self.vendors.values() if stall.has(rule, on)}
        return Share(counted=len(counted), out_of=max(self.stalls, len(registered)))


class TooFewVendors(Refused):
    """`counted` of `out_of` vendors is less than `percent` in a hundred, or nobody at all."""


class TooFewVendorsUnverified(TooFewVendors):
    """The same by a threshold that no plan gives."""


class MarketNotRecognised(Refused):
    """No recognition stands, so none can be withdrawn."""


class MarketStillMeetsCriteria(Refused):
    """Another look shows that the market meets the criteria."""


@dataclass(kw_only=True)
class AboutMarket(Decision):
    """A market weighed against the criteria: everything about its vendors, once.

    `vendors` are the people who sell there, as looked up (one overlooked is `Stale`); `aliases`
    holds the groups of those who were ever merged, since a person counts once.
    """

    market: MarketId
    vendors: tuple[PersonId, ...]
    rule: MarketRule
    by: By
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.who = WhoIsWho(self.vendors, self.aliases)
        self.opened: MarketOpened | None = None
        self.market_share = MarketShare()
        self.recognised = False

    def consistency_boundary(self) -> Boundary:
        kinds: list[type[Fact]] = [
            MarketOpened,
            StallsDeclared,
            VendorRegistered,
            VendorOnboardingAnswered,
            VendorOnboardingVoided,
            VendorLeft,
            DigitalMarketRecognised,
            DigitalMarketRecognitionWithdrawn,
        ]
        if self.rule.counts is MarketCounts.ACTIVE:
            kinds.append(VendorSeenTrading)
        return [Selector(kinds, [f"market:{self.market}"]), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        self.who.weigh(fact)
        self.market_share.take(fact)
        match fact:
            case MarketOpened():
                self.opened = fact
            case DigitalMarketRecognised():
                self.recognised = True
            case DigitalMarketRecognitionWithdrawn():
                self.recognised = False

    def must_be_open(self) -> MarketOpened:
        if self.opened is None:
            raise NoSuchMarket
        self.who.check()
        if not {stall.person for stall in self.market_share.vendors.values()} <= set(self.vendors):
            raise Stale
        return self.opened

    def share(self) -> Share:
        return self.market_share.share(
            self.rule, day_of(self.at), canonical=lambda person: min(self.who.ids(person))
        )


@dataclass(kw_only=True)
class RecogniseMarket(AboutMarket):
    """Enough of a market's vendors sell digitally."""

    def execute(self) -> None:
        unit = self.must_be_open().unit
        if self.recognised:
            return
        share = self.share()
        if not share.reaches(self.rule.percent):
            too_few = TooFewVendorsUnverified if self.rule.unverified else TooFewVendors
            raise too_few(counted=share.counted, out_of=share.out_of, percent=self.rule.percent)
        self.record(
            DigitalMarketRecognised(
                at=self.at,
                by=self.by,
                market=self.market,
                unit=unit,
                counted=share.counted,
                out_of=share.out_of,
                criteria=self.rule.criteria,
            )
        )


@dataclass(kw_only=True)
class WithdrawMarket(AboutMarket):
    """Not enough of a market's vendors sell digitally any more."""

    def execute(self) -> None:
        unit = self.must_be_open().unit
        if not self.recognised:
            raise MarketNotRecognised
        share = self.share()
        if share.reaches(self.rule.percent):
            raise MarketStillMeetsCriteria(counted=share.counted, out_of=share.out_of)
        self.record(
            DigitalMarketRecognitionWithdrawn(
                at=self.at,
                by=self.by,
                market=self.market,
                unit=unit,
                counted=share.counted,
                out_of=share.out_of,
                criteria=self.rule.criteria,
            )
        )
