"""Where the families, markets, teams and workplaces of divided communes lie today.

What counts or lists them keeps the unit of its facts and asks here for that of today: under the
boundaries of before they stay where they were known.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Index, Select, Table, exists, select

from domain.model import Fact, UnitId
from domain.placed import Body, PlacedAnew
from infrastructure.database import derived
from infrastructure.read_models import units
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.columns import Id, chunks
from infrastructure.read_models.model import Copy, Model

placed: Final = Table(
    "placed_v1",
    derived,
    Column("subject", Id, primary_key=True),
    Column("body", Id, nullable=False),
    Column("known", Id, nullable=False, comment="where it was before it was ever placed"),
    Column("unit", Id, nullable=False, comment="where it lies today"),
)

formerly: Final = Table(
    "placed_formerly_v1",
    derived,
    Column("subject", Id, primary_key=True),
    Column("unit", Id, primary_key=True),
    Index("placed_formerly_v1_unit", "unit"),
    comment="every unit in which it was known before",
)


class PlacedRow(msgspec.Struct, gc=False):
    subject: str
    body: str
    known: UnitId
    unit: UnitId


class FormerlyRow(msgspec.Struct, gc=False):
    subject: str
    unit: UnitId


def inside(ref: UnitId, where: units.Place, unit: Column[str], subject: Column[str]) -> ColumnElement[bool]:
    """The condition that something lies in a unit or below it, or of one that is no more, lay there: `unit`
    is the column of where it lies today (to which `units.unit` is joined), `subject` that of its id."""
    if not where.ended:
        # Named as a list: joined alone, SQLite would read everything there is, and each one's unit.
        return unit.in_(select(units.unit.c.unit).where(units.within(ref, where)))
    return lay_in(select(units.lies_in.c.unit).where(units.lies_in.c.above == ref), unit, subject)


def lay_in(there: Select[tuple[str]], unit: Column[str], subject: Column[str]) -> ColumnElement[bool]:
    """The condition that something lies in one of these units, or was known there before."""
    return unit.in_(there) | subject.in_(select(formerly.c.subject).where(formerly.c.unit.in_(there)))


def known_in(db: Connection, subjects: Iterable[str]) -> dict[str, UnitId]:
    """Of those that were placed anew: the unit where each was known first."""
    p = placed.c
    return {
        subject: UnitId(known)
        for some in chunks(list(subjects))
        for subject, known in db.execute(select(p.subject, p.known).where(p.subject.in_(some)))
    }


class Placed(Model):
    name = "placed"
    tables = (placed, formerly)
    needs = (Units,)
    facts = (PlacedAnew,)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(placed, PlacedRow)
        self._formerly = copy.rows(formerly, FormerlyRow, kept=0)
        self._units = copy.model(Units)
        self._anything = False

    def begin(self) -> None:
        self._anything = bool(self.copy.db.scalar(select(exists(select(self._rows.table)))))

    def change(self, _position: int, fact: Fact) -> None:
        if not isinstance(fact, PlacedAnew) or fact.body is Body.ACCOUNT:
            return
        self._anything = True
        row = self._rows.get(fact.subject)
        known = row.known if row else fact.previous
        self._rows.put(PlacedRow(fact.subject, fact.body.value, known, fact.unit))
        if row is None or self._units.divided(fact.previous):  # else it was placed there by mistake
            self._formerly.put(FormerlyRow(fact.subject, fact.previous))

    def load(self, subjects: Iterable[str]) -> None:
        """Reads of these at once, before they are asked for one by one."""
        if self._anything:
            self._rows.load(dict.fromkeys(subjects))

    def of(self, subject: str) -> UnitId | None:
        """Where something was placed last; None where it never was."""
        row = self._rows.get(subject) if self._anything else None
        return row.unit if row else None

    def known(self, subject: str) -> UnitId | None:
        """Where what was placed was known first."""
        row = self._rows.get(subject) if self._anything else None
        return row.known if row else None
