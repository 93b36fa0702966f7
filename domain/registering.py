"""People are registered, corrected and moved."""

from dataclasses import dataclass

import msgspec

from domain.model import Boundary, By, Decision, Fact, Group, PersonId, Refused, Selector, Stale, UnitId
from domain.people import (
    FACTS,
    Newcomer,
    PersonCorrected,
    PersonErased,
    PersonMoved,
    PersonRegistered,
    UnknownPerson,
)
from domain.who_is_who import Aliases


class AlreadyRegistered(Refused):
    """This id is taken."""


class AlreadyErased(Refused):
    """An erased person stays erased: nothing is left to compare, move or correct."""


@dataclass(kw_only=True)
class AboutPeople(Decision):
    """What decisions about registered people have in common: the persons' own facts."""

    by: By

    def __post_init__(self) -> None:
        self.units: dict[PersonId, UnitId] = {}
        self.groups: dict[PersonId, Group] = {}
        self.minors: dict[PersonId, bool] = {}
        self.erased: set[PersonId] = set()
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
