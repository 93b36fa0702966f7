"""A family (hộ gia đình): its members, what is declared of it, its status as a digital family."""

from datetime import date
from enum import StrEnum
from typing import Final

from domain.model import (
    Answer,
    DeclarationId,
    Evidence,
    Fact,
    HouseholdId,
    PersonId,
    Tags,
    TeachingId,
    UnitId,
)


class Criterion(StrEnum):
    """What can be declared of a household. The first stands in the plans of every province (S1);
    the others are added by localities (Đà Nẵng, Gia Lai)."""

    PROFICIENT_MEMBER = "proficient-member"
    SMARTPHONE_INTERNET = "smartphone-internet"
    VNEID_LEVEL_2 = "vneid-level-2"
    ONLINE_PUBLIC_SERVICE = "online-public-service"
    CASHLESS_PAYMENT = "cashless-payment"


class HouseholdFact(Fact, frozen=True, kw_only=True):
    household: HouseholdId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"household:{self.household}",)


class HouseholdRegistered(HouseholdFact, frozen=True, kw_only=True):
    """Counts, once recognised, for the ambassador who registered it."""

    NAME = "household-registered"

    ambassador: PersonId
    on: date
    device: str | None = None

    def tags(self) -> Tags:
        return (*super().tags(), f"ambassador:{self.ambassador}")


class HouseholdMemberJoined(HouseholdFact, frozen=True, kw_only=True):
    NAME = "household-member-joined"

    person: PersonId

    def tags(self) -> Tags:
        return (*super().tags(), f"member:{self.person}")


class HouseholdMemberLeft(HouseholdFact, frozen=True, kw_only=True):
    NAME = "household-member-left"

    person: PersonId

    def tags(self) -> Tags:
        return (*super().tags(), f"member:{self.person}")


class CriterionDeclared(HouseholdFact, frozen=True, kw_only=True):
    """The ambassador declares that the household meets a criterion; a member answers for it.

    Criteria declared together share one `declaration` and are answered for together.
    `member` names who is meant, for `proficient-member`.
    """

    NAME = "criterion-declared"

    declaration: DeclarationId
    criterion: Criterion
    ambassador: PersonId
    on: date
    member: PersonId | None = None

    def tags(self) -> Tags:
        return (*super().tags(), f"declaration:{self.declaration}")


class CriterionAnswered(HouseholdFact, frozen=True, kw_only=True):
    """A member of the household answered for a declared criterion (`taught` is not offered)."""

    NAME = "criterion-answered"

    declaration: DeclarationId
    criterion: Criterion
    answer: Answer
    evidence: Evidence

    def tags(self) -> Tags:
        return (*super().tags(), f"declaration:{self.declaration}")


class CriterionLost(HouseholdFact, frozen=True, kw_only=True):
    NAME = "criterion-lost"

    criterion: Criterion

    def tags(self) -> Tags:
        return super().tags()


class DigitalFamilyRecognised(HouseholdFact, frozen=True, kw_only=True):
    """Names what it rests on: the proficient member with the teachings (or the declaration) that
    show it, the teaching between members, and the declared criteria. Recorded again when a
    broken witness was replaced."""

    NAME = "digital-family-recognised"

    ambassador: PersonId
    proficient: PersonId
    skills_shown: tuple[TeachingId, ...]
    taught: TeachingId | None
    declared: tuple[Criterion, ...]
    criteria: str

    def tags(self) -> Tags:
        shown = (*self.skills_shown, *((self.taught,) if self.taught else ()))
        return (*super().tags(), *(f"witness:{teaching}" for teaching in dict.fromkeys(shown)))


class DigitalFamilyRecognitionWithdrawn(HouseholdFact, frozen=True, kw_only=True):
    NAME = "digital-family-recognition-withdrawn"

    criteria: str


FACTS: Final = (
    HouseholdRegistered,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    CriterionDeclared,
    CriterionAnswered,
    CriterionLost,
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
)
