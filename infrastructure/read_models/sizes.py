"""How large units are, as offices declared it: what is compared with units of similar size.

Adults (from 18 on) of the targets' groups, and households. What nobody declared is not known: no
size is worked out from what was taught.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select

from domain.model import Fact, UnitId
from domain.targets import FigureDeclared, TargetGroup
from domain.visits import HouseholdsDeclared
from infrastructure.database import derived
from infrastructure.read_models import boundaries, units
from infrastructure.read_models.columns import At, Day, Id, chunks
from infrastructure.read_models.model import Copy, Model

WITHIN: Final = 0.25
"""Similar is what is at most this share smaller or larger."""


class Measure(StrEnum):
    """By what units are alike, the better one first."""

    ADULTS = "adults"
    HOUSEHOLDS = "households"


size: Final = Table(
    "unit_size_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("measure", Id, primary_key=True),
    Column("value", Integer, nullable=False),
    Column("as_of", Day, nullable=False),
    Column("document", Text, nullable=False),
    Column("position", At, nullable=False),
    Index("unit_size_v1_value", "measure", "value", "unit"),
    comment="the latest that was declared",
)


class SizeRow(msgspec.Struct, gc=False):
    unit: UnitId
    measure: str
    value: int
    as_of: str
    document: str
    position: int


class Size(msgspec.Struct, frozen=True, kw_only=True):
    unit: UnitId
    measure: Measure
    value: int
    as_of: date
    document: str


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """The units of one level that are of similar size, the one asked for among them; `least` and
    `most` are the sizes they lie between."""

    by: Size
    least: int
    most: int
    units: frozenset[UnitId]


def of_unit(db: Connection, unit: UnitId) -> Size | None:
    """The size of a unit, by the best measure that was declared; None where nobody declared any."""
    found = _sizes(db, [unit])
    return min(found, key=lambda one: list(Measure).index(one.measure), default=None)


def adults(db: Connection, some: Sequence[UnitId]) -> dict[UnitId, int]:
    """How many adults these units have; where none are declared a unit is missing."""
    return {one.unit: one.value for one in _sizes(db, some) if one.measure is Measure.ADULTS}


def alike(db: Connection, unit: UnitId) -> Alike | None:
    """The units of its level that are of similar size; None where its size is not known."""
    own = of_unit(db, unit)
    where = units.place(db, unit)
    if own is None or where is None:
        return None
    least, most = round(own.value * (1 - WITHIN)), round(own.value * (1 + WITHIN))
    query = (
        select(size.c.unit)
        .join(units.unit, units.unit.c.unit == size.c.unit)
        .where(
            size.c.measure == own.measure.value,
            size.c.value.between(least, most),
            units.unit.c.level == where.level,
            units.unit.c.ended.is_(None),
        )
    )
    found = frozenset(db.scalars(query).all())
    return Alike(by=own, least=least, most=most, units=found | {unit})


def _sizes(db: Connection, some: Sequence[UnitId]) -> list[Size]:
    rows = [
        SizeRow(*row)
        for few in chunks(list(dict.fromkeys(some)))
        for row in db.execute(select(size).where(size.c.unit.in_(few)))
    ]
    return [
        Size(
            unit=row.unit,
            measure=Measure(row.measure),
            value=row.value,
            as_of=date.fromisoformat(row.as_of),
            document=row.document,
        )
        for row in rows
        if row.value > 0
    ]


class Sizes(Model):
    name = "sizes"
    tables = (size,)
    needs = (boundaries.Units,)
    facts = (FigureDeclared, HouseholdsDeclared)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(size, SizeRow)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case FigureDeclared(group=TargetGroup.ADULTS, indicator=None):
                self._put(position, fact.unit, Measure.ADULTS, fact.value, fact.as_of, fact.document)
            case HouseholdsDeclared():
                self._put(position, fact.unit, Measure.HOUSEHOLDS, fact.households, fact.on, fact.document)

    def _put(
        self, position: int, unit: UnitId, measure: Measure, value: int, as_of: date, document: str
    ) -> None:
        known = self._rows.get((unit, measure.value))
        if known is None or known.as_of <= as_of.isoformat():
            self._rows.put(SizeRow(unit, measure.value, value, as_of.isoformat(), document, position))
