"""A family (hộ gia đình): its members, what is declared of it, its status as a digital family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.credit import NotInTheirOwnCase
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
from domain.people import Groups, Newcomer, Present, Somebody, WhoIsWho
from domain.teaching import happened, stands


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


class HouseholdExists(Refused):
    """This id is taken."""


class NobodyInHousehold(Refused):
    """A household is registered with at least one member."""


class TooManyMembers(Refused):
    """A household has at most `limit` members."""


class SameMemberTwice(Refused):
    """A member is named once."""


class AlreadyInAHousehold(Refused):
    """A person belongs to one household at a time."""


class NotAMember(Refused):
    """The person does not belong to this household."""


class NothingDeclared(Refused):
    """A declaration names at least one criterion."""


class SameCriterionTwice(Refused):
    """One declaration names a criterion (of a member) once."""


class NobodyNamed(Refused):
    """`proficient-member` is declared of a member; the other criteria of the household."""


class DeclarationExists(Refused):
    """This id is taken."""


class NoSuchDeclaration(Refused):
    """Nothing was declared under this id, or what was declared has been lost since."""


class AnswerNotOffered(Refused):
    """A declared criterion is met or it is not: `able` or `no`."""


class CriterionNotHeld(Refused):
    """What was never declared and confirmed cannot be lost."""


MOST_MEMBERS: Final = 30


def check_declared(declared: tuple[Declared, ...]) -> None:
    if len(set(declared)) < len(declared):
        raise SameCriterionTwice(field="criteria")
    for one in declared:
        if (one.criterion is Criterion.PROFICIENT_MEMBER) is (one.member is None):
            raise NobodyNamed(field="criteria")


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


class Memberships:
    """In which household each of some people is: a fold over their own joining and leaving."""

    def __init__(self, ids: Iterable[PersonId]) -> None:
        self._ids = tuple(dict.fromkeys(ids))
        self._of: dict[PersonId, HouseholdId] = {}

    def boundary(self) -> list[Selector]:
        kinds = (HouseholdMemberJoined, HouseholdMemberLeft)
        return [Selector(kinds, [f"member:{person}"]) for person in self._ids]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case HouseholdMemberJoined():
                self._of[fact.person] = fact.household
            case HouseholdMemberLeft():
                self._of.pop(fact.person, None)

    def of(self, ids: Iterable[PersonId]) -> set[HouseholdId]:
        return {self._of[person] for person in ids if person in self._of}


@dataclass(kw_only=True)
class RegisterHousehold(AboutHousehold):
    """An ambassador enters a family with its members, and what it already meets.

    Members and ambassador are given by the ids that stand for them; `aliases` holds the
    groups of members who were ever merged. What is declared is answered for under `declaration`.
    """

    unit: UnitId
    ambassador: PersonId
    members: tuple[PersonId, ...]
    on: date
    newcomers: tuple[Newcomer, ...] = ()
    declared: tuple[Declared, ...] = ()
    declaration: DeclarationId | None = None
    device: str | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        new = {newcomer.person for newcomer in self.newcomers}
        known = [member for member in self.members if member not in new]
        self.present = Present([self.ambassador, *known])
        self.who = WhoIsWho(known, self.aliases)
        self.memberships = Memberships(one for member in known for one in sorted(self.who.ids(member)))

    def consistency_boundary(self) -> Boundary:
        return [
            *super().consistency_boundary(),
            *self.present.boundary(),
            *self.who.boundary(),
            *self.memberships.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.present.weigh(fact)
        self.who.weigh(fact)
        self.memberships.weigh(fact)

    def execute(self) -> None:
        self.check_request()
        happened(self.on, self.at)
        if self.home.registered:
            raise HouseholdExists
        self.present.check()
        self.who.check()
        for number, member in enumerate(self.members):
            if self.memberships.of(self.who.ids(member)):
                raise AlreadyInAHousehold(field=f"members.{number}")
        for newcomer in self.newcomers:
            for fact in newcomer.facts(self.at, self.by, self.unit):
                self.record(fact)
        self.record(
            HouseholdRegistered(
                at=self.at,
                by=self.by,
                household=self.household,
                unit=self.unit,
                ambassador=self.ambassador,
                on=self.on,
                device=self.device,
            )
        )
        for member in self.members:
            self.record(
                HouseholdMemberJoined(
                    at=self.at, by=self.by, household=self.household, unit=self.unit, person=member
                )
            )
        if self.declaration:
            self.record_declared(
                self.declaration, self.declared, unit=self.unit, ambassador=self.ambassador, on=self.on
            )

    def check_request(self) -> None:
        if not self.members:
            raise NobodyInHousehold(field="members")
        if len(self.members) > MOST_MEMBERS:
            raise TooManyMembers(field="members", limit=MOST_MEMBERS)
        if len(set(self.members)) < len(self.members):
            raise SameMemberTwice(field="members")
        check_declared(self.declared)
        if bool(self.declared) is not bool(self.declaration):
            raise NothingDeclared(field="criteria")
        if any(one.member and one.member not in self.members for one in self.declared):
            raise NotAMember(field="criteria")


@dataclass(kw_only=True)
class JoinHousehold(AboutHousehold):
    """A person belongs to this household from now on."""

    person: PersonId
    newcomer: Newcomer | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.somebody = Somebody(self.person, self.aliases, self.newcomer)
        self.memberships = Memberships(self.somebody.known)

    def consistency_boundary(self) -> Boundary:
        own = [*self.somebody.boundary(), *self.memberships.boundary()]
        return [*super().consistency_boundary(), *own]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.somebody.weigh(fact)
        self.memberships.weigh(fact)

    def execute(self) -> None:
        unit = self.must_exist().unit
        self.somebody.check()
        belongs = self.memberships.of(self.somebody.ids)
        if belongs == {self.household}:
            return
        if belongs:
            raise AlreadyInAHousehold(field="person")
        if len(self.home.members) >= MOST_MEMBERS:
            raise TooManyMembers(field="person", limit=MOST_MEMBERS)
        if self.newcomer:
            for fact in self.newcomer.facts(self.at, self.by, unit):
                self.record(fact)
        self.record(
            HouseholdMemberJoined(
                at=self.at, by=self.by, household=self.household, unit=unit, person=self.person
            )
        )


@dataclass(kw_only=True)
class LeaveHousehold(AboutHousehold):
    """A person no longer belongs to this household, under any of their ids."""

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

    def execute(self) -> None:
        unit = self.must_exist().unit
        self.who.check()
        leaving = [member for member in self.home.members if member in self.who.ids(self.person)]
        if not leaving:
            raise NotAMember(field="person")
        for member in leaving:
            self.record(
                HouseholdMemberLeft(
                    at=self.at, by=self.by, household=self.household, unit=unit, person=member
                )
            )


@dataclass(kw_only=True)
class DeclareCriteria(AboutHousehold):
    """An ambassador declares what a household meets; a member will answer for all of it at once.

    `aliases` holds the groups of members named who were ever merged.
    """

    declaration: DeclarationId
    ambassador: PersonId
    declared: tuple[Declared, ...]
    on: date
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.present = Present([self.ambassador])
        self.who = WhoIsWho([one.member for one in self.declared if one.member], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.present.boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.present.weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        if not self.declared:
            raise NothingDeclared(field="criteria")
        check_declared(self.declared)
        happened(self.on, self.at)
        unit = self.must_exist().unit
        self.present.check()
        self.who.check()
        if self.declaration in self.home.declared:
            raise DeclarationExists
        if any(
            one.member and not self.who.ids(one.member) & self.home.members.keys() for one in self.declared
        ):
            raise NotAMember(field="criteria")
        self.record_declared(
            self.declaration, self.declared, unit=unit, ambassador=self.ambassador, on=self.on
        )


@dataclass(kw_only=True)
class AnswerDeclaration(AboutHousehold):
    """A member answers for what was declared of their household, each criterion `able` or `no`.

    Whoever declared it does not answer for it, even where they belong to the household;
    `aliases` holds the group of `person`, if merged.
    """

    declaration: DeclarationId
    person: PersonId
    answers: Mapping[Criterion, Answer]
    evidence: Evidence
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.who = WhoIsWho([self.person], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        self.who.check()
        declared = self.home.declared.get(self.declaration)
        if not declared or not self.answers.keys() <= {one.criterion for one in declared}:
            raise NoSuchDeclaration
        if Answer.TAUGHT in self.answers.values():
            raise AnswerNotOffered(field="answer")
        if not self.who.ids(self.person) & self.home.members.keys():
            raise NotAMember
        if any(self.who.same(one.ambassador, self.person) for one in declared):
            raise NotInTheirOwnCase
        for criterion, answer in self.answers.items():
            earlier = self.home.answers.get((self.declaration, criterion))
            if earlier is not None and stands(earlier, answer, self.evidence):
                continue
            self.record(
                CriterionAnswered(
                    at=self.at,
                    by=self.by,
                    household=self.household,
                    unit=declared[0].unit,
                    declaration=self.declaration,
                    criterion=criterion,
                    answer=answer,
                    evidence=self.evidence,
                )
            )


@dataclass(kw_only=True)
class LoseCriterion(AboutHousehold):
    """A household no longer meets what was declared (the telephone broke). It can be declared again."""

    criterion: Criterion

    def execute(self) -> None:
        unit = self.must_exist().unit
        if not self.home.holds(self.criterion):
            raise CriterionNotHeld
        self.record(
            CriterionLost(
                at=self.at, by=self.by, household=self.household, unit=unit, criterion=self.criterion
            )
        )
