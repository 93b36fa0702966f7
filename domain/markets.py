"""A market (chợ), its stalls, its vendors and their onboarding. Onboarded is not active."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.model import (
    Answer,
    Boundary,
    By,
    Decision,
    Evidence,
    Fact,
    MarketId,
    OnboardingId,
    PersonId,
    Refused,
    Selector,
    Tags,
    UnitId,
    VendorId,
    VoidReason,
)
from domain.names import clean, fold
from domain.people import Groups, Newcomer, Present, Somebody, WhoIsWho
from domain.placed import Bearers, PlacedAnew
from domain.teaching import (
    AlreadyVoided,
    NobodyTeachesThemselves,
    NothingToAnswer,
    Whose,
    happened,
    stands,
    within_time,
)


class Means(StrEnum):
    """By what a vendor is onboarded: three of the "4T" of the plans (the vendor is the first)."""

    CASHLESS_PAYMENT = "cashless-payment"
    E_COMMERCE = "e-commerce"
    DIGITAL_SAVINGS = "digital-savings"


class MarketCounts(StrEnum):
    ONBOARDED = "onboarded"
    ACTIVE = "active"


class MarketFact(Fact, frozen=True, kw_only=True):
    market: MarketId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"market:{self.market}",)


class MarketOpened(MarketFact, frozen=True, kw_only=True):
    """A market is known, with the number of stalls its board declares. Its name is public;
    `name_key` is the name folded, so that one unit never has two markets of one name."""

    NAME = "market-opened"

    name: str
    name_key: str
    stalls: int

    def tags(self) -> Tags:
        return (*super().tags(), market_name(self.unit, self.name_key))


def market_name(unit: UnitId, name_key: str) -> str:
    """The tag that two markets of one name in one unit would share."""
    return f"market-name:{unit}:{name_key}"


class StallsDeclared(MarketFact, frozen=True, kw_only=True):
    NAME = "stalls-declared"

    stalls: int


class VendorRegistered(MarketFact, frozen=True, kw_only=True):
    """A person sells at this market."""

    NAME = "vendor-registered"

    vendor: VendorId
    person: PersonId

    def tags(self) -> Tags:
        return (*super().tags(), f"vendor:{self.vendor}", f"sells:{self.person}")


class OnboardingFact(MarketFact, frozen=True, kw_only=True):
    """What every fact about one onboarding carries."""

    onboarding: OnboardingId
    vendor: VendorId
    ambassador: PersonId
    means: tuple[Means, ...]
    on: date

    def tags(self) -> Tags:
        return (
            *super().tags(),
            f"onboarding:{self.onboarding}",
            f"vendor:{self.vendor}",
            f"ambassador:{self.ambassador}",
        )


class VendorOnboardingLogged(OnboardingFact, frozen=True, kw_only=True):
    NAME = "vendor-onboarding-logged"

    device: str | None = None


class VendorOnboardingAnswered(OnboardingFact, frozen=True, kw_only=True):
    """The vendor answers as a learner does: `able`, `taught` and `no`."""

    NAME = "vendor-onboarding-answered"

    answer: Answer
    evidence: Evidence


class VendorOnboardingVoided(OnboardingFact, frozen=True, kw_only=True):
    NAME = "vendor-onboarding-voided"

    reason: VoidReason


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


FACTS: Final = (
    MarketOpened,
    StallsDeclared,
    VendorRegistered,
    VendorOnboardingLogged,
    VendorOnboardingAnswered,
    VendorOnboardingVoided,
    VendorSeenTrading,
    VendorLeft,
    DigitalMarketRecognised,
    DigitalMarketRecognitionWithdrawn,
)


class MarketExists(Refused):
    """A market of this name is known in the unit (accents and spaces aside)."""


class NoSuchMarket(Refused):
    """No market of this id was opened."""


class ImpossibleStalls(Refused):
    """A market has between 0 and `limit` stalls."""


class VendorExists(Refused):
    """The person sells at this market already, as the vendor `vendor`."""


class NoSuchVendor(Refused):
    """No vendor of this id stands registered."""


class NothingOnboarded(Refused):
    """An onboarding names at least one means."""


class SameMeansTwice(Refused):
    """An onboarding names each means once."""


MOST_STALLS: Final = 20_000


@dataclass(kw_only=True)
class OpenMarket(Decision):
    """A market is known from now on, with the stalls that its board declares. Raises `BadName`, too."""

    market: MarketId
    unit: UnitId
    name: str
    stalls: int
    by: By

    def __post_init__(self) -> None:
        self.name = clean(self.name)
        self.bearers = Bearers(self.unit)

    def consistency_boundary(self) -> Boundary:
        return [
            Selector([MarketOpened, PlacedAnew], [market_name(self.unit, fold(self.name))]),
            Selector([MarketOpened], [f"market:{self.market}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case MarketOpened():
                self.bearers.given(fact.market)
            case _:
                self.bearers.weigh(fact)

    def execute(self) -> None:
        check_stalls(self.stalls)
        if self.bearers:
            raise MarketExists(field="name")
        self.record(
            MarketOpened(
                at=self.at,
                by=self.by,
                market=self.market,
                unit=self.unit,
                name=self.name,
                name_key=fold(self.name),
                stalls=self.stalls,
            )
        )


def check_stalls(stalls: int) -> None:
    if not 0 <= stalls <= MOST_STALLS:
        raise ImpossibleStalls(field="stalls", limit=MOST_STALLS)


@dataclass(kw_only=True)
class DeclareStalls(Decision):
    """The market's board declares another number of stalls."""

    market: MarketId
    stalls: int
    by: By

    def __post_init__(self) -> None:
        self.opened: MarketOpened | None = None
        self.declared = 0

    def consistency_boundary(self) -> Boundary:
        return [Selector([MarketOpened, StallsDeclared], [f"market:{self.market}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case MarketOpened():
                self.opened = fact
                self.declared = fact.stalls
            case StallsDeclared():
                self.declared = fact.stalls

    def execute(self) -> None:
        check_stalls(self.stalls)
        if self.opened is None:
            raise NoSuchMarket
        if self.stalls != self.declared:
            self.record(
                StallsDeclared(
                    at=self.at, by=self.by, market=self.market, unit=self.opened.unit, stalls=self.stalls
                )
            )


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
class LogOnboarding(AboutVendor):
    """An ambassador says: on that day I brought this vendor to these means. A claim.

    `aliases` holds the group of the ambassador, if merged: nobody onboards themselves.
    """

    onboarding: OnboardingId
    ambassador: PersonId
    means: tuple[Means, ...]
    on: date
    late_entry_days: int
    device: str | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.present = Present([self.ambassador])
        self.who = WhoIsWho([self.ambassador], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.present.boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.present.weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        if not self.means:
            raise NothingOnboarded(field="means")
        if len(set(self.means)) < len(self.means):
            raise SameMeansTwice(field="means")
        within_time(self.on, self.at, self.late_entry_days)
        self.present.check()
        self.who.check()
        vendor = self.must_stand()
        if self.who.same(vendor.person, self.ambassador):
            raise NobodyTeachesThemselves(field="vendor")
        self.record(
            VendorOnboardingLogged(
                at=self.at,
                by=self.by,
                market=vendor.market,
                unit=vendor.unit,
                onboarding=self.onboarding,
                vendor=self.vendor,
                ambassador=self.ambassador,
                means=self.means,
                on=self.on,
                device=self.device,
            )
        )


@dataclass(kw_only=True)
class AboutOnboarding(Decision):
    """What decisions about one onboarding have in common: its own facts."""

    onboarding: OnboardingId
    by: By

    def __post_init__(self) -> None:
        self.logged: VendorOnboardingLogged | None = None
        self.answered: VendorOnboardingAnswered | None = None
        self.voided = False

    def consistency_boundary(self) -> Boundary:
        kinds = (VendorOnboardingLogged, VendorOnboardingAnswered, VendorOnboardingVoided)
        return [Selector(kinds, [f"onboarding:{self.onboarding}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case VendorOnboardingLogged():
                self.logged = fact
            case VendorOnboardingAnswered():
                self.answered = fact
            case VendorOnboardingVoided():
                self.voided = True


@dataclass(kw_only=True)
class AnswerOnboarding(AboutOnboarding):
    """The vendor answers, as a learner does: never put aside by weaker evidence."""

    answer: Answer
    evidence: Evidence

    def execute(self) -> None:
        if self.logged is None:
            raise NothingToAnswer
        if self.voided:
            raise AlreadyVoided
        if self.answered is not None and stands(self.answered, self.answer, self.evidence):
            return
        self.record(
            VendorOnboardingAnswered(
                at=self.at,
                by=self.by,
                market=self.logged.market,
                unit=self.logged.unit,
                onboarding=self.onboarding,
                vendor=self.logged.vendor,
                ambassador=self.logged.ambassador,
                means=self.logged.means,
                on=self.logged.on,
                answer=self.answer,
                evidence=self.evidence,
            )
        )


@dataclass(kw_only=True)
class VoidOnboarding(AboutOnboarding):
    """An organizer voids an onboarding; or its ambassador, named as `own`, withdraws it."""

    reason: VoidReason
    own: PersonId | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.whose = Whose(self.own, self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.whose.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.whose.weigh(fact)

    def execute(self) -> None:
        self.whose.check(self.logged.ambassador if self.logged else None)
        if self.logged is None or self.voided:
            return
        self.record(
            VendorOnboardingVoided(
                at=self.at,
                by=self.by,
                market=self.logged.market,
                unit=self.logged.unit,
                onboarding=self.onboarding,
                vendor=self.logged.vendor,
                ambassador=self.logged.ambassador,
                means=self.logged.means,
                on=self.logged.on,
                reason=self.reason,
            )
        )


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
