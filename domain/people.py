"""People: registered, corrected, moved, merged, erased; consents. Names are in the vault."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    Group,
    PersonId,
    Refused,
    Selector,
    Stale,
    Tags,
    UnitId,
)


class Purpose(StrEnum):
    """What a person may agree to, one at a time. Silence is not consent (Law 91/2025/QH15)."""

    CONTACT = "contact"
    PUBLIC_NAME = "public-name"
    AWARD_LISTS = "award-lists"
    REMINDERS = "reminders"


class PersonRegistered(Fact, frozen=True, kw_only=True):
    """A person is known from now on. `minor` (under 16 on that day) keeps them off public pages."""

    NAME = "person-registered"

    person: PersonId
    group: Group
    unit: UnitId
    minor: bool = False

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class PersonCorrected(Fact, frozen=True, kw_only=True):
    """What the vault or the first fact said of a person was mended; `fields` are names, not values.
    `minor` is said where another year of birth makes another of it."""

    NAME = "person-corrected"

    person: PersonId
    fields: tuple[str, ...]
    group: Group | None = None
    minor: bool | msgspec.UnsetType = msgspec.UNSET

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class PersonMoved(Fact, frozen=True, kw_only=True):
    NAME = "person-moved"

    person: PersonId
    unit: UnitId
    previous: UnitId

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class PersonMerged(Fact, frozen=True, kw_only=True):
    """`person` turned out to be `into`; what was said of either now counts for `into`."""

    NAME = "person-merged"

    person: PersonId
    into: PersonId

    def tags(self) -> Tags:
        return (f"person:{self.person}", f"person:{self.into}")


class MergeUndone(Fact, frozen=True, kw_only=True):
    NAME = "merge-undone"

    person: PersonId
    into: PersonId

    def tags(self) -> Tags:
        return (f"person:{self.person}", f"person:{self.into}")


class PersonErased(Fact, frozen=True, kw_only=True):
    """Their personal data is gone; every count stays."""

    NAME = "person-erased"

    person: PersonId

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class ConsentGiven(Fact, frozen=True, kw_only=True):
    NAME = "consent-given"

    person: PersonId
    purpose: Purpose

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class GuardianConsented(Fact, frozen=True, kw_only=True):
    """A parent or guardian agrees for somebody who may be under 16, beside their own consent. Who
    that is is not kept: `by` tells who recorded it."""

    NAME = "guardian-consented"

    person: PersonId
    purpose: Purpose

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class ConsentWithdrawn(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """Ends their own consent and a guardian's. `alone`: by a code and nothing else, which whoever
    wrote the entry knows, too; it holds, but nobody is erased for it before an organizer has seen it."""

    NAME = "consent-withdrawn"

    person: PersonId
    purpose: Purpose
    alone: bool = False

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


FACTS: Final = (
    PersonRegistered,
    PersonCorrected,
    PersonMoved,
    PersonMerged,
    MergeUndone,
    PersonErased,
    ConsentGiven,
    GuardianConsented,
    ConsentWithdrawn,
)


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody met for the first time, registered by the decision that first names them. `consents`
    are what they were heard to agree to, `guardian` whether a parent or guardian agreed, too."""

    person: PersonId
    group: Group
    minor: bool = False
    consents: tuple[Purpose, ...] = ()
    guardian: bool = False

    def registered(self, at: datetime, by: By, unit: UnitId) -> PersonRegistered:
        return PersonRegistered(
            at=at, by=by, person=self.person, group=self.group, unit=unit, minor=self.minor
        )

    def facts(self, at: datetime, by: By, unit: UnitId) -> list[Fact]:
        """That they are known, and what they agree to."""
        kinds = (ConsentGiven, GuardianConsented) if self.guardian else (ConsentGiven,)
        return [
            self.registered(at, by, unit),
            *(
                kind(at=at, by=by, person=self.person, purpose=purpose)
                for purpose in dict.fromkeys(self.consents)
                for kind in kinds
            ),
        ]


Groups = tuple[tuple[PersonId, ...], ...]
"""For each person who was ever merged, all their ids. Who is in no group has one id only."""


class Aliases:
    """Who is who after merges and undone merges, taken in the order in which they happened."""

    def __init__(self) -> None:
        self._into: dict[PersonId, PersonId] = {}
        self._absorbed: dict[PersonId, set[PersonId]] = {}

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PersonMerged():
                self._into[fact.person] = fact.into
                self._absorbed.setdefault(fact.into, set()).add(fact.person)
            case MergeUndone() if self._into.get(fact.person) == fact.into:
                del self._into[fact.person]
                self._absorbed[fact.into].discard(fact.person)

    def merged_into(self, person: PersonId) -> PersonId | None:
        """Whom this id was merged into directly; None for one that stands for itself."""
        return self._into.get(person)

    def canonical(self, person: PersonId) -> PersonId:
        """The id that stands for this person now."""
        while person in self._into:
            person = self._into[person]
        return person

    def all_of(self, person: PersonId) -> frozenset[PersonId]:
        """Every id of this person, the canonical one included."""
        found: set[PersonId] = set()
        waiting = [self.canonical(person)]
        while waiting:
            one = waiting.pop()
            found.add(one)
            waiting.extend(self._absorbed.get(one, ()))
        return frozenset(found)


class WhoIsWho:
    """What was looked up about merges before deciding, and is checked again inside the decision.

    A merge bears the tags of both its persons, so one that touches any id of a group
    is inside the boundary, and a group that is no longer whole is noticed.
    """

    def __init__(self, people: Iterable[PersonId], aliases: Groups) -> None:
        self._group = {one: frozenset(group) for group in aliases for one in group}
        for person in people:
            self._group.setdefault(person, frozenset((person,)))
        self._aliases = Aliases()

    def boundary(self) -> list[Selector]:
        return [Selector([PersonMerged, MergeUndone], [f"person:{one}"]) for one in self._group]

    def weigh(self, fact: Fact) -> None:
        self._aliases.weigh(fact)

    def check(self) -> None:
        """Raises `Stale` where somebody was merged, or a merge undone, since the look-up."""
        for person, group in self._group.items():
            if self._aliases.all_of(person) != group:
                raise Stale

    def ids(self, person: PersonId) -> frozenset[PersonId]:
        """All ids of a person; of one who was not looked up, the id itself."""
        return self._group.get(person) or frozenset((person,))

    def same(self, one: PersonId, other: PersonId) -> bool:
        return one in self.ids(other)

    def distinct(self, people: Iterable[PersonId]) -> int:
        """How many different persons stand behind these ids."""
        return len({self.ids(person) for person in people})


class UnknownPerson(Refused):
    """Nobody was ever registered under this id."""


class Present:
    """People who are named by the ids that stand for them, checked again inside a decision."""

    def __init__(self, people: Iterable[PersonId]) -> None:
        self._people = tuple(dict.fromkeys(people))
        self._registered: set[PersonId] = set()
        self._erased: set[PersonId] = set()
        self._aliases = Aliases()

    def boundary(self) -> list[Selector]:
        kinds = (PersonRegistered, PersonMerged, MergeUndone, PersonErased)
        return [Selector(kinds, [f"person:{person}"]) for person in self._people]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PersonRegistered():
                self._registered.add(fact.person)
            case PersonErased():
                self._erased.add(fact.person)
            case _:
                self._aliases.weigh(fact)

    def check(self) -> None:
        """Raises `UnknownPerson`, or `Stale` for one who was merged into another or erased."""
        for person in self._people:
            if person not in self._registered:
                raise UnknownPerson
            if person in self._erased or self._aliases.merged_into(person):
                raise Stale


class Somebody:
    """The one person whom a decision is about, known already or new: whoever is known was looked up with
    the group of their ids, and is checked again inside."""

    def __init__(self, person: PersonId, aliases: Groups, newcomer: "Newcomer | None") -> None:
        known = [] if newcomer else [person]
        self._present = Present(known)
        self._who = WhoIsWho(known, aliases)
        self.ids = self._who.ids(person)
        self.known = sorted(self.ids) if known else []

    def boundary(self) -> list[Selector]:
        return [*self._present.boundary(), *self._who.boundary()]

    def weigh(self, fact: Fact) -> None:
        self._present.weigh(fact)
        self._who.weigh(fact)

    def check(self) -> None:
        """Raises `UnknownPerson`, `Stale`."""
        self._present.check()
        self._who.check()


class AlreadyRegistered(Refused):
    """This id is taken."""


class MergedWithThemselves(Refused):
    """A person is merged into another one, not into themselves."""


class MergedInACircle(Refused):
    """The other was merged into this one before."""


class AlreadyMerged(Refused):
    """One of the two was merged before; merge the ones that stand for them."""


class NotMerged(Refused):
    """This merge does not stand, so it cannot be undone."""


class TakenBackWithProof(Refused):
    """Who proved who they are took this back: a code alone does not bring it again."""


class AlreadyErased(Refused):
    """An erased person stays erased: nothing is left to compare, move or correct."""


class Consents:
    """What one person agrees to.

    A merge joins two people of whom each may have said something else: of what either did not
    agree to nothing stands afterwards (the stricter holds), until it is asked again.
    """

    def __init__(self) -> None:
        self.given: set[Purpose] = set()
        self.by_guardian: set[Purpose] = set()
        self.withdrawn: set[Purpose] = set()
        self.with_proof: set[Purpose] = set()
        self.unsure = False

    def weigh(self, fact: Fact) -> None:
        match fact:
            case ConsentGiven():
                self.given.add(fact.purpose)
                self.withdrawn.discard(fact.purpose)
                self.with_proof.discard(fact.purpose)
            case GuardianConsented():
                self.by_guardian.add(fact.purpose)
            case ConsentWithdrawn():
                self.given.discard(fact.purpose)
                self.by_guardian.discard(fact.purpose)
                self.withdrawn.add(fact.purpose)
                if not fact.alone:
                    self.with_proof.add(fact.purpose)
            case PersonMerged() | MergeUndone():
                self.unsure = True


@dataclass(kw_only=True)
class AboutPeople(Decision):
    """What decisions about registered people have in common: the persons' own facts."""

    by: By

    def __post_init__(self) -> None:
        self.units: dict[PersonId, UnitId] = {}
        self.groups: dict[PersonId, Group] = {}
        self.minors: dict[PersonId, bool] = {}
        self.erased: set[PersonId] = set()
        self.consents = Consents()
        self.merges = Aliases()

    def subjects(self) -> tuple[PersonId, ...]:
        raise NotImplementedError

    def consistency_boundary(self) -> Boundary:
        return [Selector(FACTS, [f"person:{person}"]) for person in self.subjects()]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PersonRegistered():
                self.units[fact.person] = fact.unit
                self.groups[fact.person] = fact.group
                self.minors[fact.person] = fact.minor
            case PersonMoved():
                self.units[fact.person] = fact.unit
            case PersonCorrected():
                if fact.group:
                    self.groups[fact.person] = fact.group
                if fact.minor is not msgspec.UNSET:
                    self.minors[fact.person] = fact.minor
            case PersonErased():
                self.erased.add(fact.person)
            case _:
                self.consents.weigh(fact)
                self.merges.weigh(fact)

    def check_known(self) -> None:
        for person in self.subjects():
            if person not in self.units:
                raise UnknownPerson

    def check_present(self) -> None:
        """Raises `UnknownPerson`, `AlreadyErased`, or `Stale` for one merged into another."""
        self.check_known()
        for person in self.subjects():
            if person in self.erased:
                raise AlreadyErased
            if self.merges.merged_into(person):
                raise Stale


@dataclass(kw_only=True)
class AboutOne(AboutPeople):
    """A decision about one person, named by the id that stands for them."""

    person: PersonId

    def subjects(self) -> tuple[PersonId, ...]:
        return (self.person,)


@dataclass(kw_only=True)
class RegisterPerson(AboutOne):
    """Somebody is known from now on."""

    group: Group
    unit: UnitId
    minor: bool = False

    def execute(self) -> None:
        if self.person in self.units:
            raise AlreadyRegistered
        newcomer = Newcomer(person=self.person, group=self.group, minor=self.minor)
        for fact in newcomer.facts(self.at, self.by, self.unit):
            self.record(fact)


@dataclass(kw_only=True)
class CorrectPerson(AboutOne):
    """What is known of a person was wrong. `fields` name what was mended in the vault."""

    fields: tuple[str, ...] = ()
    group: Group | None = None
    minor: bool | None = None

    def execute(self) -> None:
        self.check_present()
        group = None if self.group == self.groups[self.person] else self.group
        minor = self.minor is not None and self.minor != self.minors[self.person]
        if self.fields or group or minor:
            self.record(
                PersonCorrected(
                    at=self.at,
                    by=self.by,
                    person=self.person,
                    fields=self.fields,
                    group=group,
                    minor=bool(self.minor) if minor else msgspec.UNSET,
                )
            )


@dataclass(kw_only=True)
class MovePerson(AboutOne):
    """A person lives, or is counted, in another unit from now on."""

    unit: UnitId

    def execute(self) -> None:
        self.check_present()
        previous = self.units[self.person]
        if self.unit != previous:
            self.record(
                PersonMoved(at=self.at, by=self.by, person=self.person, unit=self.unit, previous=previous)
            )


@dataclass(kw_only=True)
class UndoMerge(AboutPeople):
    """They were two after all."""

    person: PersonId
    into: PersonId

    def subjects(self) -> tuple[PersonId, ...]:
        return (self.person, self.into)

    def execute(self) -> None:
        self.check_known()
        if self.merges.merged_into(self.person) != self.into:
            raise NotMerged
        self.record(MergeUndone(at=self.at, by=self.by, person=self.person, into=self.into))


@dataclass(kw_only=True)
class GiveConsent(AboutOne):
    """A person agrees to one purpose; `guardian` says that a parent or guardian does so, too.

    What was only `heard` by somebody else (who says that they agreed) never puts a withdrawal aside;
    after a merge none is recorded, because the withdrawal may stand under the other id. What is said
    by a code `alone` never puts aside what was taken back with proof.
    """

    purpose: Purpose
    guardian: bool = False
    heard: bool = False
    alone: bool = False

    def execute(self) -> None:
        self.check_present()
        if self.heard and (self.consents.unsure or self.purpose in self.consents.withdrawn):
            return
        if self.alone and self.purpose in self.consents.with_proof:
            raise TakenBackWithProof
        if self.consents.unsure or self.purpose not in self.consents.given:
            self.record(ConsentGiven(at=self.at, by=self.by, person=self.person, purpose=self.purpose))
        if self.guardian and (self.consents.unsure or self.purpose not in self.consents.by_guardian):
            self.record(GuardianConsented(at=self.at, by=self.by, person=self.person, purpose=self.purpose))


@dataclass(kw_only=True)
class WithdrawConsent(AboutOne):
    """A person no longer agrees; possible for one who is merged or erased, too. What was taken back
    by a code `alone` may be taken back once more with proof."""

    purpose: Purpose
    alone: bool = False

    def execute(self) -> None:
        self.check_known()
        unproven = self.purpose in self.consents.withdrawn - self.consents.with_proof
        if self.purpose in self.consents.given or (unproven and not self.alone):
            self.record(
                ConsentWithdrawn(
                    at=self.at, by=self.by, person=self.person, purpose=self.purpose, alone=self.alone
                )
            )
