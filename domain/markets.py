"""A market (chợ), its stalls, its vendors and their onboarding. Onboarded is not active."""

from datetime import date
from enum import StrEnum
from typing import Final

from domain.model import (
    Answer,
    Evidence,
    Fact,
    MarketId,
    OnboardingId,
    PersonId,
    Tags,
    UnitId,
    VendorId,
    VoidReason,
)


class Means(StrEnum):
    """By what a vendor is onboarded: three of the "4T" of the plans (the vendor is the first)."""

    CASHLESS_PAYMENT = "cashless-payment"
    E_COMMERCE = "e-commerce"
    DIGITAL_SAVINGS = "digital-savings"


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
