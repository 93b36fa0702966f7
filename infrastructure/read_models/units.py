"""The territory as it is today: units, their codes and what lies under what."""

import threading
import time
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Float, Index, Table, Text, func, select, true

from application.ports import Unit
from domain import territory
from domain.model import Fact, UnitId
from domain.territory import CodeCorrected, UnitEstablished, UnitKind, UnitReclassified, UnitRenamed
from infrastructure.database import Database, derived
from infrastructure.read_models.columns import At, Day, Id
from infrastructure.read_models.model import Copy, Model

COUNTRY: Final = "VN"

unit: Final = Table(
    "unit_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("code", Id),
    Column("name", Text, nullable=False),
    Column("kind", Id, nullable=False),
    Column("parent", Id),
    Column("level", Id, nullable=False, comment="country, province, commune or hamlet"),
    Column("province", Id),
    Column("commune", Id),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("valid_from", Day, nullable=False),
    Column("changed", At, nullable=False, comment="position of the last fact that changed the row"),
    Index("unit_v1_parent", "parent"),
    Index("unit_v1_changed", "changed"),
)


class UnitRow(msgspec.Struct):
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
    changed: int


class Place(msgspec.Struct, frozen=True):
    """Where a unit stands: its level and the units above it, itself included."""

    level: str
    province: UnitId | None = None
    commune: UnitId | None = None
    hamlet: UnitId | None = None


def place(db: Connection, ref: UnitId) -> Place | None:
    """The place of a unit, None for an unknown one."""
    found = db.execute(
        select(unit.c.level, unit.c.province, unit.c.commune).where(unit.c.unit == ref)
    ).first()
    if found is None:
        return None
    return Place(found[0], found[1], found[2], ref if found[0] == "hamlet" else None)


def path(db: Connection, ref: UnitId) -> tuple[UnitId, ...]:
    """A unit and the units it lies in, up to the country."""
    where = place(db, ref)
    country = db.scalar(select(unit.c.unit).where(unit.c.level == "country").order_by(unit.c.unit).limit(1))
    above = (where.hamlet, where.commune, where.province) if where else ()
    return tuple(dict.fromkeys(UnitId(one) for one in (ref, *above, country) if one is not None))


def lies_within(db: Connection, ref: UnitId, over: UnitId) -> bool:
    """Whether a unit is another or lies under it."""
    if ref == over:
        return True
    inner, outer = place(db, ref), place(db, over)
    if inner is None or outer is None:
        return False
    return outer.level == "country" or over in (inner.province, inner.commune)


def within(ref: UnitId, where: Place) -> ColumnElement[bool]:
    """The condition on `unit_v1` that a unit is `ref` or lies under it."""
    match where.level:
        case "country":
            return true()
        case "province":
            return unit.c.province == ref
        case "commune":
            return unit.c.commune == ref
        case _:
            return unit.c.unit == ref


class Territory:
    """Implements `application.ports.Units`: an index in memory, read again when a unit changed.

    Looking up an unknown unit reads the table at most ten times a second, so that a unit just
    added is found; otherwise a change elsewhere is noticed within `PATIENCE` seconds.
    """

    PATIENCE: Final = 1.0

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._seen = (-1, -1)
        self._looked = 0.0
        self._units: dict[str, Unit] = {}
        self._codes: dict[str, Unit] = {}
        self._children: dict[UnitId, tuple[Unit, ...]] = {}

    def find(self, ref: str) -> Unit | None:
        self._look_again(self.PATIENCE)
        found = self._codes.get(ref) or self._units.get(ref)
        if found is None:
            self._look_again(0.1)
            found = self._codes.get(ref) or self._units.get(ref)
        return found

    def children(self, unit: UnitId) -> Sequence[Unit]:
        self._look_again(self.PATIENCE)
        return self._children.get(unit, ())

    def is_within(self, unit: UnitId, over: UnitId) -> bool:
        found = self.find(unit)
        return found is not None and over in found.path

    def refresh(self) -> None:
        """Reads the table again if a unit changed; the projector calls it where one did."""
        self._look_again(0.0)

    def _look_again(self, patience: float) -> None:
        if time.monotonic() - self._looked < patience:
            return
        with self._lock, self._database.read_models() as db:
            seen = db.execute(
                select(func.coalesce(func.max(unit.c.changed), 0), func.count(unit.c.unit))
            ).one()
            if (seen[0], seen[1]) != self._seen:
                self._read(db)
                self._seen = (seen[0], seen[1])
            self._looked = time.monotonic()

    def _read(self, db: Connection) -> None:
        rows = {row[0]: UnitRow(*row) for row in db.execute(select(unit))}
        units = {ref: _unit(row, rows) for ref, row in rows.items()}
        children: dict[UnitId, list[Unit]] = {}
        for one in units.values():
            if one.parent is not None:
                children.setdefault(one.parent, []).append(one)
        codes = {one.code: one for one in units.values() if one.code is not None}
        codes.update((COUNTRY, one) for one in units.values() if one.kind is UnitKind.COUNTRY)
        self._children = {ref: tuple(sorted(under, key=_order)) for ref, under in children.items()}
        self._units, self._codes = units, codes


def _unit(row: UnitRow, rows: dict[UnitId, UnitRow]) -> Unit:
    path, above = [row.unit], row.parent
    while above is not None and above not in path:
        path.append(above)
        parent = rows.get(above)
        above = parent.parent if parent else None
    return Unit(
        id=row.unit,
        code=row.code,
        name=row.name,
        kind=UnitKind(row.kind),
        parent=row.parent,
        path=tuple(path),
        latitude=row.latitude,
        longitude=row.longitude,
    )


def _order(one: Unit) -> tuple[bool, str, str]:
    return one.code is None, one.code or "", one.name


class Units(Model):
    name = "units"
    tables = (unit,)
    facts = territory.FACTS

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(unit, UnitRow, kept=1_000_000)
        self._paths: dict[UnitId, tuple[UnitId, ...]] = {}
        self._places: dict[UnitId, Place] = {}
        self.changed = False

    def change(self, position: int, fact: Fact) -> None:
        self.changed = True
        match fact:
            case UnitEstablished():
                self._establish(position, fact)
            case UnitRenamed() if row := self._rows.get(fact.unit):
                row.name, row.changed = fact.name, position
                self._rows.put(row)
            case UnitReclassified() if row := self._rows.get(fact.unit):
                row.kind, row.changed = fact.kind.value, position
                self._rows.put(row)
            case CodeCorrected() if row := self._rows.get(fact.unit):
                row.code, row.changed = fact.code, position
                self._rows.put(row)

    def _establish(self, position: int, fact: UnitEstablished) -> None:
        level = _LEVELS[fact.kind]
        above = self.place(fact.parent) if fact.parent is not None else Place("country")
        place = Place(
            level,
            province=fact.unit if level == "province" else above.province,
            commune=fact.unit if level == "commune" else above.commune,
            hamlet=fact.unit if level == "hamlet" else None,
        )
        self._paths.clear()
        self._places.clear()
        self._rows.put(
            UnitRow(
                unit=fact.unit,
                code=fact.code,
                name=fact.name,
                kind=fact.kind.value,
                parent=fact.parent,
                level=level,
                province=place.province,
                commune=place.commune,
                latitude=fact.latitude,
                longitude=fact.longitude,
                valid_from=fact.valid_from.isoformat(),
                changed=position,
            )
        )

    def place(self, ref: UnitId) -> Place:
        """Where a unit stands; a unit that was never established lies in the country alone."""
        found = self._places.get(ref)
        if found is None:
            row = self._rows.get(ref)
            found = Place("country") if row is None else _place(row)
            self._places[ref] = found
        return found

    def path(self, ref: UnitId) -> tuple[UnitId, ...]:
        """A unit and all it lies in, up to the country."""
        found = self._paths.get(ref)
        if found is None:
            row = self._rows.get(ref)
            above = self.path(row.parent) if row is not None and row.parent is not None else ()
            found = self._paths[ref] = (ref, *above)
        return found


_LEVELS: Final = {
    UnitKind.COUNTRY: "country",
    UnitKind.CITY: "province",
    UnitKind.PROVINCE: "province",
    UnitKind.COMMUNE: "commune",
    UnitKind.WARD: "commune",
    UnitKind.SPECIAL_ZONE: "commune",
    UnitKind.HAMLET: "hamlet",
}


def _place(row: UnitRow) -> Place:
    return Place(row.level, row.province, row.commune, row.unit if row.level == "hamlet" else None)
