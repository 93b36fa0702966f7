"""A family (hộ gia đình): what is said of it, and what is known of it by that. Who belongs to it:
`domain/household_members.py`; what is declared of it: `domain/declarations.py`; its status as a
digital family: `domain/families.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import (
    Answer,
    Boundary,
    By,
    Decision,
    DeclarationId,
    Evidence,
    Fact,
    HouseholdId,
    PersonId,
    Refused,
    Selector,
    Tags,
    TeachingId,
    UnitId,
)
from domain.who_is_who import Groups, WhoIsWho


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


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion that an ambassador declares; `member` is who is meant by `proficient-member`."""

    criterion: Criterion
    member: PersonId | None = None


class Household:
    """What is known of one household: a fold over the facts that bear its tag."""

    def __init__(self) -> None:
        self.registered: HouseholdRegistered | None = None
        self.members: dict[PersonId, None] = {}
        self.declared: dict[DeclarationId, list[CriterionDeclared]] = {}
        self.answers: dict[tuple[DeclarationId, Criterion], CriterionAnswered] = {}
        self.recognised: DigitalFamilyRecognised | None = None

    def weigh(self, fact: Fact) -> None:
        match fact:
            case HouseholdRegistered():
                self.registered = fact
            case HouseholdMemberJoined():
                self.members[fact.person] = None
            case HouseholdMemberLeft():
                self.members.pop(fact.person, None)
            case CriterionDeclared():
                self.declared.setdefault(fact.declaration, []).append(fact)
            case CriterionAnswered():
                self.answers.pop((fact.declaration, fact.criterion), None)
                self.answers[fact.declaration, fact.criterion] = fact
            case CriterionLost():
                self._lose(fact.criterion)
            case DigitalFamilyRecognised():
                self.recognised = fact
            case DigitalFamilyRecognitionWithdrawn():
                self.recognised = None

    def _lose(self, criterion: Criterion) -> None:
        for declaration, declared in self.declared.items():
            self.declared[declaration] = [one for one in declared if one.criterion != criterion]

    def holds(self, criterion: Criterion, members: Iterable[PersonId] | None = None) -> bool:
        """Whether the latest answer about a criterion (for one of `members`) was a yes."""
        wanted = None if members is None else set(members)
        latest: Answer | None = None
        for (declaration, answered), given in self.answers.items():
            if answered is criterion and any(
                one.criterion is criterion and (wanted is None or one.member in wanted)
                for one in self.declared[declaration]
            ):
                latest = given.answer
        return latest is not None and latest.confirms


class NoSuchHousehold(Refused):
    """No household of this id was registered."""


class NotAMember(Refused):
    """The person does not belong to this household."""


@dataclass(kw_only=True)
class AboutHousehold(Decision):
    """What decisions about one household have in common: its own facts, few in number."""

    household: HouseholdId
    by: By

    def __post_init__(self) -> None:
        self.home = Household()

    def consistency_boundary(self) -> Boundary:
        return [Selector(FACTS, [f"household:{self.household}"])]

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, HouseholdFact) and fact.household == self.household:
            self.home.weigh(fact)

    def must_exist(self) -> HouseholdRegistered:
        if self.home.registered is None:
            raise NoSuchHousehold
        return self.home.registered

    def record_declared(
        self,
        declaration: DeclarationId,
        declared: tuple[Declared, ...],
        *,
        unit: UnitId,
        ambassador: PersonId,
        on: date,
    ) -> None:
        for one in declared:
            self.record(
                CriterionDeclared(
                    at=self.at,
                    by=self.by,
                    household=self.household,
                    unit=unit,
                    declaration=declaration,
                    criterion=one.criterion,
                    ambassador=ambassador,
                    on=on,
                    member=one.member,
                )
            )


@dataclass(kw_only=True)
class AboutSomebody(AboutHousehold):
    """A decision about somebody of a household, under any of their ids; `aliases` holds their group, if
    merged."""

    person: PersonId
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.who = WhoIsWho([self.person], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.who.weigh(fact)

    @property
    def belonging(self) -> list[PersonId]:
        """The ids under which they belong to it: two, where they were merged within the household."""
        return [one for one in self.home.members if one in self.who.ids(self.person)]
