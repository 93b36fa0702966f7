"""A household is registered with its members; others join, and members leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.declarations import NothingDeclared, check_declared
from domain.entries import happened
from domain.households import (
    AboutHousehold,
    AboutSomebody,
    Declared,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    NotAMember,
)
from domain.model import Boundary, DeclarationId, Fact, HouseholdId, PersonId, Refused, Selector, UnitId
from domain.people import Newcomer
from domain.who_is_who import Groups, Present, Somebody, WhoIsWho


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


MOST_MEMBERS: Final = 30


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
class LeaveHousehold(AboutSomebody):
    """A person no longer belongs to this household, under any of their ids."""

    def execute(self) -> None:
        unit = self.must_exist().unit
        self.who.check()
        if not self.belonging:
            raise NotAMember(field="person")
        for member in self.belonging:
            self.record(
                HouseholdMemberLeft(
                    at=self.at, by=self.by, household=self.household, unit=unit, person=member
                )
            )
