"""A workplace (an office, a school, an enterprise, a cooperative) and the people who belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.entries import happened
from domain.model import Boundary, By, Decision, Fact, PersonId, Refused, Selector, Tags, UnitId, WorkplaceId
from domain.names import clean, fold
from domain.people import Newcomer
from domain.placed import Bearers, PlacedAnew
from domain.who_is_who import Groups, Somebody


class WorkplaceKind(StrEnum):
    OFFICE = "office"  # cơ quan
    SCHOOL = "school"  # trường học
    ENTERPRISE = "enterprise"  # doanh nghiệp
    COOPERATIVE = "cooperative"  # hợp tác xã


class WorkplaceFact(Fact, frozen=True, kw_only=True):
    workplace: WorkplaceId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"workplace:{self.workplace}",)


class WorkplaceRegistered(WorkplaceFact, frozen=True, kw_only=True):
    """A workplace is known under a unit. Its name is public; `name_key` is the name folded, so that
    one unit never has two workplaces of one name."""

    NAME = "workplace-registered"

    kind: WorkplaceKind
    name: str
    name_key: str

    def tags(self) -> Tags:
        return (*super().tags(), workplace_name(self.unit, self.name_key))


def workplace_name(unit: UnitId, name_key: str) -> str:
    """The tag that two workplaces of one name in one unit would share."""
    return f"workplace-name:{unit}:{name_key}"


class BelongingFact(WorkplaceFact, frozen=True, kw_only=True):
    person: PersonId
    on: date

    def tags(self) -> Tags:
        return (*super().tags(), f"works:{self.person}")


class WorkplaceJoined(BelongingFact, frozen=True, kw_only=True):
    """A person works or learns there from that day on."""

    NAME = "workplace-joined"


class WorkplaceLeft(BelongingFact, frozen=True, kw_only=True):
    NAME = "workplace-left"


FACTS: Final = (WorkplaceRegistered, WorkplaceJoined, WorkplaceLeft)


class WorkplaceExists(Refused):
    """A workplace of this name is known in the unit (accents and spaces aside)."""


class NoSuchWorkplace(Refused):
    """No workplace of this id was registered."""


class AlreadyAtAWorkplace(Refused):
    """A person belongs to one workplace at a time; they have to leave the other one first."""


class NotAtThisWorkplace(Refused):
    """The person does not belong to this workplace."""


class LeftBeforeJoining(Refused):
    """The day of leaving lies before the day of joining."""


@dataclass(kw_only=True)
class RegisterWorkplace(Decision):
    """A workplace is known from now on. Raises `BadName`, too."""

    workplace: WorkplaceId
    unit: UnitId
    kind: WorkplaceKind
    name: str
    by: By

    def __post_init__(self) -> None:
        self.name = clean(self.name)
        self.bearers = Bearers(self.unit)

    def consistency_boundary(self) -> Boundary:
        return [
            Selector([WorkplaceRegistered, PlacedAnew], [workplace_name(self.unit, fold(self.name))]),
            Selector([WorkplaceRegistered], [f"workplace:{self.workplace}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case WorkplaceRegistered():
                self.bearers.given(fact.workplace)
            case _:
                self.bearers.weigh(fact)

    def execute(self) -> None:
        if self.bearers:
            raise WorkplaceExists(field="name")
        self.record(
            WorkplaceRegistered(
                at=self.at,
                by=self.by,
                workplace=self.workplace,
                unit=self.unit,
                kind=self.kind,
                name=self.name,
                name_key=fold(self.name),
            )
        )


class Belonging:
    """Where some people work: a fold over their own joining and leaving. Of two entries that turned
    out to be one person, each may have joined somewhere before: the one who joined last holds."""

    def __init__(self, ids: Iterable[PersonId]) -> None:
        self._ids = tuple(dict.fromkeys(ids))
        self._joined: dict[PersonId, WorkplaceJoined] = {}

    def boundary(self) -> list[Selector]:
        return [Selector([WorkplaceJoined, WorkplaceLeft], [f"works:{person}"]) for person in self._ids]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case WorkplaceJoined():
                self._joined.pop(fact.person, None)
                self._joined[fact.person] = fact
            case WorkplaceLeft():
                self._joined.pop(fact.person, None)

    def of(self, ids: Iterable[PersonId]) -> list[WorkplaceJoined]:
        """Where these ids belong, the last that they joined at the end."""
        wanted = frozenset(ids)
        return [joined for person, joined in self._joined.items() if person in wanted]


@dataclass(kw_only=True)
class AboutWorkplace(Decision):
    """Somebody and a workplace: what joining and leaving have in common."""

    workplace: WorkplaceId
    person: PersonId
    on: date
    by: By
    newcomer: Newcomer | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.somebody = Somebody(self.person, self.aliases, self.newcomer)
        self.belonging = Belonging(sorted(self.somebody.ids))
        self.registered: WorkplaceRegistered | None = None

    def consistency_boundary(self) -> Boundary:
        return [
            Selector([WorkplaceRegistered], [f"workplace:{self.workplace}"]),
            *self.belonging.boundary(),
            *self.somebody.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.somebody.weigh(fact)
        self.belonging.weigh(fact)
        if isinstance(fact, WorkplaceRegistered):
            self.registered = fact

    def must_exist(self) -> WorkplaceRegistered:
        happened(self.on, self.at)
        if self.registered is None:
            raise NoSuchWorkplace(field="workplace")
        self.somebody.check()
        return self.registered

    def leave(self, joined: WorkplaceJoined) -> None:
        if self.on < joined.on:
            raise LeftBeforeJoining(field="on")
        self.record(
            WorkplaceLeft(
                at=self.at,
                by=self.by,
                workplace=joined.workplace,
                unit=joined.unit,
                person=joined.person,
                on=self.on,
            )
        )


@dataclass(kw_only=True)
class JoinWorkplace(AboutWorkplace):
    """A person belongs to this workplace from a day on. With `moving` they leave the one they
    belonged to on that day; without it that has to be said first. `lives` is where a newcomer lives."""

    moving: bool = False
    lives: UnitId | None = None

    def execute(self) -> None:
        unit = self.must_exist().unit
        belongs = self.belonging.of(self.somebody.ids)
        if {one.workplace for one in belongs} == {self.workplace}:
            return
        if belongs and not self.moving:
            raise AlreadyAtAWorkplace(field="person")
        for joined in belongs:
            self.leave(joined)
        if self.newcomer:
            for fact in self.newcomer.facts(self.at, self.by, self.lives or unit):
                self.record(fact)
        self.record(
            WorkplaceJoined(
                at=self.at, by=self.by, workplace=self.workplace, unit=unit, person=self.person, on=self.on
            )
        )


@dataclass(kw_only=True)
class LeaveWorkplace(AboutWorkplace):
    """A person no longer belongs to this workplace, under any of their ids."""

    def execute(self) -> None:
        self.must_exist()
        leaving = [one for one in self.belonging.of(self.somebody.ids) if one.workplace == self.workplace]
        if not leaving:
            raise NotAtThisWorkplace(field="person")
        for joined in leaving:
            self.leave(joined)
