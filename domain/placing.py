"""Who of a divided commune lives where today: said one by one, since no arithmetic can say it.

A person is moved (`person-moved`); a household, a market and a team are placed anew. What was recorded of
them keeps the unit of its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from domain.lineage import ENDINGS
from domain.model import Boundary, By, Decision, Fact, PersonId, Refused, Selector, Tags, UnitId
from domain.people import MergeUndone, PersonErased, PersonMerged, PersonMoved, PersonRegistered
from domain.territory import UnitAbolished, UnitsMerged, UnitSplit

MOST: Final = 200
"""Of one decision: a page of them."""


class Body(StrEnum):
    """What waits to be placed beside people."""

    PERSON = "person"
    HOUSEHOLD = "household"
    MARKET = "market"
    TEAM = "team"


class PlacedAnew(Fact, frozen=True, kw_only=True):
    """A household, a market or a team of a divided unit (`previous`) lies in `unit` today."""

    NAME = "placed-anew"

    body: Body
    subject: str
    previous: UnitId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"placed:{self.subject}",)


FACTS: Final = (PlacedAnew,)


class Placing(msgspec.Struct, frozen=True):
    """Somebody or something, and the unit in doubt where they were known when this was looked up."""

    body: Body
    subject: str
    previous: UnitId


class NobodyToPlace(Refused):
    """Nobody is named, or more than `limit` at once."""


class PlacedElsewhere(Refused):
    """Somebody placed one of them in another unit meanwhile."""


class NotAPartOfIt(Refused):
    """The unit is none of those among which the other one was divided."""


class NotInDoubt(Refused):
    """Where one of them lies is known: nothing of their commune was divided."""


class PartHasEnded(Refused):
    """The unit is no more."""


@dataclass(kw_only=True)
class PlaceAnew(Decision):
    """All of these live, or lie, in `unit`. Who was placed there before is not placed again."""

    placings: Sequence[Placing]
    unit: UnitId
    by: By

    def __post_init__(self) -> None:
        self.where: dict[str, UnitId] = {one.subject: one.previous for one in self.placings}
        self.absent: set[str] = set()
        self.ended = False

    def consistency_boundary(self) -> Boundary:
        people = (PersonRegistered, PersonMoved, PersonErased, PersonMerged, MergeUndone)
        return [
            Selector(ENDINGS, [f"unit:{self.unit}"]),
            *(
                Selector(people, [f"person:{one.subject}"])
                if one.body is Body.PERSON
                else Selector([PlacedAnew], [f"placed:{one.subject}"])
                for one in self.placings
            ),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PersonRegistered() | PersonMoved():
                self.where[fact.person] = fact.unit
            case PlacedAnew():
                self.where[fact.subject] = fact.unit
            case PersonErased() | PersonMerged():
                self.absent.add(fact.person)
            case MergeUndone():
                self.absent.discard(fact.person)
            case UnitsMerged():
                self.ended = self.ended or self.unit in fact.parts
            case UnitSplit() | UnitAbolished():
                self.ended = self.ended or fact.unit == self.unit

    def execute(self) -> None:
        if not 0 < len({one.subject for one in self.placings}) == len(self.placings) <= MOST:
            raise NobodyToPlace(field="subjects", limit=MOST)
        if self.ended:
            raise PartHasEnded(field="unit")
        for one in self.placings:
            there = self.where[one.subject]
            if one.subject in self.absent or there == self.unit:
                continue
            if there != one.previous:
                raise PlacedElsewhere(subject=one.subject)
            self.record(self._fact(one))

    def _fact(self, one: Placing) -> Fact:
        if one.body is Body.PERSON:
            person = PersonId(one.subject)
            return PersonMoved(at=self.at, by=self.by, person=person, unit=self.unit, previous=one.previous)
        return PlacedAnew(
            at=self.at,
            by=self.by,
            body=one.body,
            subject=one.subject,
            previous=one.previous,
            unit=self.unit,
        )
