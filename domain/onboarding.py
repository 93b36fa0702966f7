"""A vendor is brought to digital means, and answers for it. Onboarded is not active."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.entries import AlreadyVoided, NothingToAnswer, Whose, stands, within_time
from domain.markets import MarketFact
from domain.model import (
    Answer,
    Boundary,
    By,
    Decision,
    Evidence,
    Fact,
    OnboardingId,
    PersonId,
    Refused,
    Selector,
    Tags,
    VendorId,
    VoidReason,
)
from domain.teaching import NobodyTeachesThemselves
from domain.vendors import AboutVendor, Means
from domain.who_is_who import Groups, Present, WhoIsWho


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


FACTS: Final = (VendorOnboardingLogged, VendorOnboardingAnswered, VendorOnboardingVoided)


class NothingOnboarded(Refused):
    """An onboarding names at least one means."""


class SameMeansTwice(Refused):
    """An onboarding names each means once."""


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
