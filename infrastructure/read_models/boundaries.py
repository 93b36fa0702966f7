"""The territory as its facts make it: what units were called on a day, and what became of them.

Everything is counted under the boundaries of all times at once (`domain.lineage`): a person taught
in an old commune counts in it, in the commune it went into and in what both lie in. So the country
counts the same people whichever boundaries are asked for. What is counted cannot be moved one by one
when boundaries change: a copy knows all changes from its first fact on, and where a new one comes,
everything is built anew (`Units.outdated`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Boolean, Column, Connection, Integer, Table, Text, exists, false, func, select

from domain import territory
from domain.lineage import Lineage
from domain.model import Fact, Position, UnitId
from domain.territory import (
    CodeCorrected,
    Level,
    UnitAbolished,
    UnitChange,
    UnitEstablished,
    UnitFact,
    UnitReclassified,
    UnitRenamed,
    UnitsMerged,
    UnitSplit,
)
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Day, Id, micros
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.unit_changes import ChangeRow, ConcernedRow, change, concerned
from infrastructure.read_models.units import LiesInRow, Place, UnitRow, lies_in, unit

called: Final = Table(
    "unit_called_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("valid_from", Day, primary_key=True),
    Column("position", At, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("kind", Id),
    Column("code", Id),
    comment="each name, kind and code that a unit was given, from a day on; what is none was not said",
)

ending: Final = Table(
    "unit_ending_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("became", Id, comment="none where it was abolished"),
    Column("valid_from", Day, nullable=False),
    Column("position", At, nullable=False),
    Column("counted", Boolean, nullable=False, comment="whether these read models were built knowing it"),
    comment="what became of units that are no more, the largest part first",
)


class CalledRow(msgspec.Struct, gc=False):
    unit: UnitId
    valid_from: str
    position: int
    name: str | None
    kind: str | None
    code: str | None


class EndingRow(msgspec.Struct, gc=False):
    unit: UnitId
    number: int
    became: UnitId | None
    valid_from: str
    position: int
    counted: bool


def known_by(db: Connection, some: Iterable[UnitId], at: Position) -> frozenset[UnitId]:
    """Those of these units that were established when the ledger stood at a position."""
    established = (
        select(called.c.unit)
        .where(called.c.unit.in_(list(some)))
        .group_by(called.c.unit)
        .having(func.min(called.c.position) <= at)
    )
    return frozenset(UnitId(one) for one in db.scalars(established))


def outdated(db: Connection) -> bool:
    """Whether a unit ended that still stood when these read models were begun."""
    return bool(db.scalar(select(exists().where(ending.c.counted == false()))))


def endings(db: Connection) -> list[EndingRow]:
    """By unit and number."""
    query = select(ending).order_by(ending.c.unit, ending.c.number)
    return [EndingRow(*row) for row in db.execute(query)]


def became(endings: Iterable[EndingRow]) -> dict[UnitId, tuple[UnitId, ...]]:
    """What each unit that ended went into, the largest part first. `endings` by unit and number."""
    found: dict[UnitId, tuple[UnitId, ...]] = {}
    for row in endings:
        found[row.unit] = found.get(row.unit, ()) + ((row.became,) if row.became else ())
    return found


def end_all(lineage: Lineage, endings: Sequence[EndingRow]) -> None:
    """Tells a lineage of all units that are no more. `endings` by unit and number."""
    days = {row.unit: date.fromisoformat(row.valid_from) for row in endings}
    for ref, into in became(endings).items():
        lineage.end(ref, into, days[ref])


def called_by(said: Sequence[CalledRow], on: str = "9999") -> tuple[str, str, str | None]:
    """A unit's name, kind and code on a day (YYYY-MM-DD): of each, what was said of the latest day
    by then, and of one day, last. `said` is all that was ever said of the unit."""
    name, kind, code = "", "", None
    for row in sorted(said, key=lambda one: (one.valid_from, one.position)):
        if row.valid_from <= on:
            name, kind, code = row.name or name, row.kind or kind, row.code or code
    return name, kind, code


class Units(Model):
    name = "units"
    version = 3
    tables = (unit, called, ending, lies_in, change, concerned)
    facts = territory.FACTS

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(unit, UnitRow, kept=1_000_000)
        self._called = copy.rows(called, CalledRow)
        self._endings = copy.rows(ending, EndingRow, kept=1_000_000)
        self._lies_in = copy.rows(lies_in, LiesInRow, kept=0)
        self._changes = copy.rows(change, ChangeRow, kept=0)
        self._concerned = copy.rows(concerned, ConcernedRow, kept=0)
        self._lineage = Lineage()
        self._levels: dict[UnitId, str] = {}
        self._places: dict[UnitId, Place] = {}
        self._new: list[UnitId] = []
        self.changed = False
        self.outdated = False
        """Whether a unit ended that still stood when these read models were begun."""
        self.uncounted = 0
        """How many such units this process saw end."""

    def begin(self) -> None:
        """Knows from the first fact on what the live copy knows in the end: a copy that is built
        beside it counts the oldest teaching under the boundaries of today, too."""
        known = select(unit.c.unit, unit.c.parent, unit.c.level, unit.c.valid_from)
        for ref, parent, level, began in self.copy.db.execute(known):
            self._know(ref, parent, level, date.fromisoformat(began))
        end_all(self._lineage, endings(self.copy.db))

    def change(self, position: int, fact: Fact) -> None:
        self.changed = True
        match fact:
            case UnitEstablished():
                self._establish(position, fact)
            case UnitsMerged():
                self._note(position, fact, fact.parts)
                for part in fact.parts:
                    self._end(position, part, (fact.unit,), fact.valid_from)
            case UnitSplit():
                self._note(position, fact, fact.into)
                self._end(position, fact.unit, fact.into, fact.valid_from)
            case UnitAbolished():
                self._note(position, fact)
                self._end(position, fact.unit, (), fact.valid_from)
            case UnitRenamed() | UnitReclassified() | CodeCorrected():
                self._call(position, fact)

    def _note(
        self,
        position: int,
        fact: UnitFact,
        others: tuple[UnitId, ...] = (),
        was: str | None = None,
        became: str | None = None,
    ) -> None:
        document = fact.document if isinstance(fact, UnitChange) else None
        day, recorded = fact.valid_from.isoformat(), micros(fact.at)
        self._changes.put(
            ChangeRow(position, fact.NAME, fact.unit, packed(others), day, recorded, document, was, became)
        )
        for one in (fact.unit, *others):
            self._concerned.put(ConcernedRow(one, position))

    def _establish(self, position: int, fact: UnitEstablished) -> None:
        self._know(fact.unit, fact.parent, fact.kind.level, fact.valid_from)
        self._places.clear()
        self._new.append(fact.unit)
        where = self.place(fact.unit)
        self._rows.put(
            UnitRow(
                unit=fact.unit,
                code=fact.code,
                name=fact.name,
                kind=fact.kind.value,
                parent=fact.parent,
                level=fact.kind.level.value,
                province=where.province,
                commune=where.commune,
                latitude=fact.latitude,
                longitude=fact.longitude,
                valid_from=fact.valid_from.isoformat(),
                ended=None,
                changed=position,
            )
        )
        self._called.put(
            CalledRow(fact.unit, fact.valid_from.isoformat(), position, fact.name, fact.kind.value, fact.code)
        )

    def _know(self, ref: UnitId, parent: UnitId | None, level: str, began: date) -> None:
        self._lineage.establish(ref, parent, began)
        self._levels[ref] = level

    def _end(self, position: int, ref: UnitId, became: tuple[UnitId, ...], on: date) -> None:
        row = self._rows.get(ref)
        if row is None:
            raise LookupError("a unit ended that was never established")
        row.ended, row.changed = on.isoformat(), position
        self._rows.put(row)
        known = self._lineage.ended(ref)
        self.outdated = self.outdated or not known
        self.uncounted += not known
        for number, into in enumerate(became or (None,)):
            self._endings.put(EndingRow(ref, number, into, on.isoformat(), position, counted=known))

    def _call(self, position: int, fact: UnitFact) -> None:
        """What is said of the latest day holds; of one day, what was said last."""
        row = self._rows.get(fact.unit)
        if row is None:
            raise LookupError("a unit changed that was never established")
        said = CalledRow(fact.unit, fact.valid_from.isoformat(), position, None, None, None)
        was = called_by(self._called.find(called.c.unit == fact.unit), said.valid_from)
        match fact:
            case UnitRenamed():
                said.name = fact.name
                self._note(position, fact, (), was[0], fact.name)
            case UnitReclassified():
                said.kind = fact.kind.value
                self._note(position, fact, (), was[1], fact.kind.value)
            case CodeCorrected():
                said.code = fact.code
                self._note(position, fact, (), was[2], fact.code)
        self._called.put(said)
        row.name, row.kind, row.code = called_by(self._called.find(called.c.unit == fact.unit))
        row.changed = position
        self._rows.put(row)

    def place(self, ref: UnitId) -> Place:
        """Where a unit stands today; one that was never established lies in the country alone."""
        found = self._places.get(ref)
        if found is None:
            level = self._levels.get(ref, Level.COUNTRY.value)
            standing = [one for one in self._lineage.above(ref) if not self._lineage.ended(one)]
            above = {self._levels[one]: one for one in reversed(standing) if one in self._levels}
            found = self._places[ref] = Place(
                level,
                province=above.get(Level.PROVINCE),
                commune=above.get(Level.COMMUNE),
                hamlet=ref if level == Level.HAMLET else None,
                ended=self._lineage.ended(ref),
            )
        return found

    @property
    def endings(self) -> int:
        """How many units are no more, as far as this copy knows from its first fact on."""
        return self._lineage.endings

    @property
    def any_divided(self) -> bool:
        """Whether any unit was divided among several: else nothing is ever in doubt."""
        return self._lineage.any_divided

    def divided(self, ref: UnitId) -> UnitId | None:
        """Of a unit in doubt, the commune that was divided."""
        return self._lineage.divided_in(ref) if self._lineage.any_divided else None

    def above_one(self, ref: UnitId, home: UnitId | None) -> tuple[UnitId, ...]:
        """The same for what happened to somebody who lives in `home` today, or of what lies there: what
        happened in a divided commune counts in the part of it that this is, too, and in what that lies in.
        What it counts in under older boundaries stays as it is."""
        above = self._lineage.above(ref)
        divided = self.divided(ref) if home else None
        if divided is None or home is None:
            return above
        return tuple(dict.fromkeys((*above, *self._lineage.placed(divided, home))))

    def above(self, ref: UnitId) -> tuple[UnitId, ...]:
        """A unit and all it lies in, under the boundaries of all times, up to the country."""
        return self._lineage.above(ref)

    def settle(self) -> None:
        for ref in self._new:
            for one in self._lineage.above(ref):
                if self._lineage.ended(one):
                    self._lies_in.put(LiesInRow(one, ref))
        self._new.clear()
