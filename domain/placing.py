"""Who of a divided commune lives where today: said one by one, since no arithmetic can say it.

A person is moved (`person-moved`); a household, a market, a team and a workplace are placed anew; an account
holds its roles over the part that is said, and over the divided commune no longer. What was recorded of
them keeps the unit of its day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.granting import MoveRoles
from domain.lineage import ENDINGS
from domain.model import Boundary, By, Decision, Fact, PersonId, Refused, Selector, Stale, TeamId, UnitId
from domain.people import MergeUndone, PersonErased, PersonMerged, PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.teams import Named, TeamDisbanded, TeamRenamed
from domain.territory import UnitAbolished, UnitsMerged, UnitSplit

MOST: Final = 200
"""Of one decision: a page of them."""


class Placing(msgspec.Struct, frozen=True):
    """Somebody or something, and the unit in doubt where they were known when this was looked up; of an
    account the divided commune. `name` is that of a team that stands, a market or a workplace, and
    `name_key` the same folded."""

    body: Body
    subject: str
    previous: UnitId
    name: str = ""
    name_key: str | None = None


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


class SameNameThere(Refused):
    """A team of that `name` stands in the unit already (accents and spaces aside): one of the two has to be
    called otherwise first, since lists and people know a team by it."""


@dataclass(kw_only=True)
class PlaceAnew(Decision):
    """All of these live, or lie, in `unit`. Who was placed there before is not placed again. `moves` are the
    roles of the accounts among them."""

    placings: Sequence[Placing]
    unit: UnitId
    by: By
    moves: Sequence[MoveRoles] = ()

    def __post_init__(self) -> None:
        self.where: dict[str, UnitId] = {one.subject: one.previous for one in self.placings}
        self.absent: set[str] = set()
        self.ended = False
        self.named = {
            TeamId(one.subject): Named(TeamId(one.subject), self.unit, one.name_key)
            for one in self.placings
            if one.body is Body.TEAM and one.name_key
        }
        self.called: dict[TeamId, str | None] = {}

    def consistency_boundary(self) -> Boundary:
        return [
            Selector(ENDINGS, [f"unit:{self.unit}"]),
            *(selector for one in self.placings for selector in self._about(one)),
            *(selector for move in self.moves for selector in move.consistency_boundary()),
        ]

    def _about(self, one: Placing) -> Iterator[Selector]:
        match one.body:
            case Body.PERSON:
                people = (PersonRegistered, PersonMoved, PersonErased, PersonMerged, MergeUndone)
                yield Selector(people, [f"person:{one.subject}"])
            case Body.TEAM:
                yield Selector([PlacedAnew], [f"placed:{one.subject}"])
                yield Selector([TeamRenamed, TeamDisbanded], [f"team:{one.subject}"])
                if named := self.named.get(TeamId(one.subject)):
                    yield from named.boundary()
            case Body.ACCOUNT:
                pass  # its roles say so themselves
            case _:
                yield Selector([PlacedAnew], [f"placed:{one.subject}"])

    def weigh(self, fact: Fact) -> None:
        for move in self.moves:
            move.weigh(fact)
        for named in self.named.values():
            named.weigh(fact)
        match fact:
            case PersonRegistered() | PersonMoved():
                self.where[fact.person] = fact.unit
            case PlacedAnew() if fact.body is not Body.ACCOUNT:
                self.where[fact.subject] = fact.unit
            case PersonErased() | PersonMerged():
                self.absent.add(fact.person)
            case MergeUndone():
                self.absent.discard(fact.person)
            case TeamRenamed():
                self.called[fact.team] = fact.name_key
            case TeamDisbanded():
                self.called[fact.team] = None
            case UnitsMerged():
                self.ended = self.ended or self.unit in fact.parts
            case UnitSplit() | UnitAbolished():
                self.ended = self.ended or fact.unit == self.unit

    def execute(self) -> None:
        if not 0 < len({one.subject for one in self.placings}) == len(self.placings) <= MOST:
            raise NobodyToPlace(field="subjects", limit=MOST)
        if self.ended:
            raise PartHasEnded(field="unit")
        keys: set[str] = set()
        for one in self.placings:
            if one.body is Body.ACCOUNT:
                continue
            there = self.where[one.subject]
            if one.subject in self.absent or there == self.unit:
                continue
            if there != one.previous:
                raise PlacedElsewhere(subject=one.subject)
            if one.body is Body.TEAM:
                self._may_be_called(one, keys)
            self.record(self._fact(one))
        for move in self.moves:
            self._move(move)

    def _may_be_called(self, one: Placing, keys: set[str]) -> None:
        """`keys` are names of those that were placed just before."""
        team = TeamId(one.subject)
        if self.called.get(team, one.name_key) != one.name_key:
            raise Stale  # it was renamed, or is no more, since it was looked up
        if one.name_key is None:
            return
        if self.named[team].taken or one.name_key in keys:
            raise SameNameThere(field="subjects", name=one.name)
        keys.add(one.name_key)

    def _move(self, move: MoveRoles) -> None:
        move.at = self.at
        move.execute()
        if not move.new_decisions:
            return  # nothing is held there any more
        previous = next(one.previous for one in self.placings if one.subject == move.person)
        self.record(self._fact(Placing(Body.ACCOUNT, move.person, previous)))
        for recorded in move.new_decisions:
            self.record(recorded.decision)

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
            name_key=one.name_key,
        )
