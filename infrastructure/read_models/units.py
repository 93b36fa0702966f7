"""Units as they are today: where each stands, and what lies in it. `boundaries.py` fills both tables."""

from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Float, Index, Table, Text, exists, select, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from domain.model import UnitId
from domain.territory import Level
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Day, Id

COUNTRY: Final = "VN"

Columns = ReadOnlyColumnCollection[str, Column[Any]]
"""The columns of a table, by name."""

unit: Final = Table(
    "unit_v2",
    derived,
    Column("unit", Id, primary_key=True),
    Column("code", Id),
    Column("name", Text, nullable=False),
    Column("kind", Id, nullable=False),
    Column("parent", Id),
    Column("level", Id, nullable=False, comment="country, province, district, commune or hamlet"),
    Column("province", Id, comment="of today"),
    Column("commune", Id, comment="of today"),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("valid_from", Day, nullable=False),
    Column("ended", Day, comment="the first day on which it was no more"),
    Column("changed", At, nullable=False, comment="position of the last fact that changed the row"),
    Index("unit_v2_parent", "parent"),
    Index("unit_v2_changed", "changed"),
)


lies_in: Final = Table(
    "unit_lies_in_v1",
    derived,
    Column("above", Id, primary_key=True),
    Column("unit", Id, primary_key=True),
    comment="of units that are no more: every unit of any time that lies in them wholly",
)


class UnitRow(msgspec.Struct, gc=False):
    unit: UnitId
    code: str | None
    name: str
    kind: str
    parent: UnitId | None
    level: str
    province: UnitId | None
    commune: UnitId | None
    latitude: float | None
    longitude: float | None
    valid_from: str
    ended: str | None
    changed: int


class LiesInRow(msgspec.Struct, gc=False):
    above: UnitId
    unit: UnitId


class Place(msgspec.Struct, frozen=True):
    """Where a unit stands today: its level and the units above it, itself included. `ended` where
    the unit itself is no more; one that was split lies in no commune of today."""

    level: str
    province: UnitId | None = None
    commune: UnitId | None = None
    hamlet: UnitId | None = None
    ended: bool = False


def place(db: Connection, ref: UnitId) -> Place | None:
    """The place of a unit, None for an unknown one."""
    columns = unit.c.level, unit.c.province, unit.c.commune, unit.c.ended
    found = db.execute(select(*columns).where(unit.c.unit == ref)).first()
    if found is None:
        return None
    hamlet = ref if found[0] == Level.HAMLET else None
    return Place(found[0], found[1], found[2], hamlet, ended=found[3] is not None)


def path(db: Connection, ref: UnitId) -> tuple[UnitId, ...]:
    """A unit and the units it lies in today, up to the country."""
    where = place(db, ref)
    country = db.scalar(
        select(unit.c.unit).where(unit.c.level == Level.COUNTRY).order_by(unit.c.unit).limit(1)
    )
    above = (where.hamlet, where.commune, where.province) if where else ()
    return tuple(dict.fromkeys(UnitId(one) for one in (ref, *above, country) if one is not None))


def lies_within(db: Connection, ref: UnitId, over: UnitId) -> bool:
    """Whether a unit is another or lies under it."""
    if ref == over:
        return True
    inner, outer = place(db, ref), place(db, over)
    if inner is None or outer is None:
        return False
    if outer.ended:
        return bool(db.scalar(select(exists().where(lies_in.c.above == over, lies_in.c.unit == ref))))
    return outer.level == Level.COUNTRY or over in (inner.province, inner.commune)


def lying_in(db: Connection, ref: UnitId) -> frozenset[UnitId]:
    """Every unit of any time that lies wholly in one that is no more, itself included."""
    return frozenset(db.scalars(select(lies_in.c.unit).where(lies_in.c.above == ref)))


def communes_within(db: Connection, ref: UnitId) -> tuple[frozenset[UnitId], frozenset[UnitId]]:
    """The communes of today that lie wholly in a unit that is no more, and others in which anything lies
    that lies in it wholly."""
    query = select(unit.c.unit, unit.c.commune).join(lies_in, lies_in.c.unit == unit.c.unit)
    found = db.execute(query.where(lies_in.c.above == ref, unit.c.commune.is_not(None))).all()
    whole = frozenset(commune for one, commune in found if one == commune)
    return whole, frozenset(commune for _, commune in found) - whole


def within(ref: UnitId, where: Place) -> ColumnElement[bool]:
    """The condition on `unit` that a unit is `ref` or lies under it."""
    if where.ended:
        return unit.c.unit.in_(select(lies_in.c.unit).where(lies_in.c.above == ref))
    match where.level:
        case Level.COUNTRY:
            return true()
        case Level.PROVINCE:
            return unit.c.province == ref
        case Level.COMMUNE:
            return unit.c.commune == ref
        case _:
            return unit.c.unit == ref


def inside(ref: UnitId, where: Place, columns: Columns) -> ColumnElement[bool]:
    """The same on a table's own columns `unit`, `province`, `commune` and `hamlet` (those of today),
    so that its own index serves what stands today. Of a unit that is no more, whatever of any time
    lies in it wholly."""
    if where.ended:
        return columns["unit"].in_(select(lies_in.c.unit).where(lies_in.c.above == ref))
    if where.level == Level.COUNTRY:
        return true()
    return columns[where.level if where.level in columns else "unit"] == ref


def units_on(db: Connection, ref: UnitId, level: Level, day: date) -> frozenset[UnitId]:
    """The units of a level that stood on a day in a unit (of any time), that one aside."""
    where = place(db, ref)
    if where is None:
        return frozenset()
    u, said = unit.c, day.isoformat()
    query = select(u.unit).where(
        within(ref, where),
        u.level == level.value,
        u.unit != ref,
        u.valid_from <= said,
        u.ended.is_(None) | (u.ended > said),
    )
    return frozenset(db.scalars(query).all())
