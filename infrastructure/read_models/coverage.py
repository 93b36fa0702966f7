"""How far the visits from door to door have come: households visited over households declared."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, func, select

from domain.model import Skill, UnitId
from domain.visits import Finding
from infrastructure.read_models import units
from infrastructure.read_models.columns import Age, age, chunks, share
from infrastructure.read_models.figures import right_under
from infrastructure.read_models.visits import ALL, FOUND, NEED, counted, declared, visited


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What was said last, of the latest day."""

    households: int
    on: date
    document: str


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Of a unit: distinct households `visited`, how many of them had what at the latest visit, and the day
    of the `last` one. `declared` is its number of households: as `said` for it, or else the sum of what
    was said for the places in it; `of_declared` are the households visited where a number was said."""

    unit: UnitId
    visited: int
    found: Mapping[Finding, int]
    last: date | None
    declared: int
    of_declared: int
    said: Declared | None

    @property
    def covered(self) -> float | None:
        """A share; above 1 where more were visited than there are said to be (`beyond`)."""
        return share(self.of_declared, self.declared)

    @property
    def beyond(self) -> bool:
        return 0 < self.declared < self.of_declared


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """`parts` are the units right under it; `direct` households were visited in the unit itself and in
    none of these. `needs` are households by the skill they want to be taught, the most wanted first."""

    own: Coverage
    parts: tuple[Coverage, ...]
    direct: int
    needs: tuple[tuple[Skill, int], ...]
    age: Age


def doors(db: Connection, unit: UnitId, *, on: date | None = None) -> Doors | None:
    """The coverage of a unit and of those right under it: of those that stand today, or with `on`, of those
    that stood on that day. None for an unknown unit."""
    where = units.place(db, unit)
    if where is None:
        return None
    u = units.unit.c
    query = select(u.unit).where(right_under(unit, on)).order_by(u.code, u.name)
    parts = [UnitId(one) for one in db.scalars(query)]
    places = _places(db, unit, where)
    held = {one: units.lying_in(db, one) for one in parts} if on else {}
    counts = _counts(db, [unit, *parts, *(one.unit for one in places if one.said)])
    whole = _coverage(unit, places, counts)
    wanted = {what.removeprefix(NEED): n for what, n in counts[unit].items() if what.startswith(NEED)}
    return Doors(
        own=whole,
        parts=tuple(
            _coverage(one, [it for it in places if one in it.path or it.unit in held.get(one, ())], counts)
            for one in parts
        ),
        direct=db.scalar(select(func.count()).where(_lies_in(visited.c.unit, visited.c.lies, unit))) or 0,
        needs=tuple(
            (Skill(one), n) for one, n in sorted(wanted.items(), key=lambda each: (-each[1], each[0]))
        ),
        age=age(db),
    )


def _lies_in(known: Column[str], lies: Column[str], unit: object) -> ColumnElement[bool]:
    """The condition that a household was visited in a unit, or was placed there since."""
    return (known == unit) | (lies == unit)


class _Place(msgspec.Struct, frozen=True):
    """A place within the unit asked for, of which something was said or where somebody visited."""

    path: tuple[UnitId, ...]
    last: str | None
    said: Declared | None

    @property
    def unit(self) -> UnitId:
        return self.path[0]


Counts = Mapping[UnitId, Mapping[str, int]]


def _places(db: Connection, unit: UnitId, where: units.Place) -> list[_Place]:
    u, d = units.unit.c, declared.c
    # Two questions: one for both would read every household there is, not the last of an index.
    known = select(func.max(visited.c.last)).where(visited.c.unit == u.unit).scalar_subquery()
    placed = select(func.max(visited.c.last)).where(visited.c.lies == u.unit).scalar_subquery()
    said: dict[str, Declared] = {}
    query = (
        select(d.unit, d.households, d.on, d.document)
        .join(units.unit, u.unit == d.unit)
        .where(units.within(unit, where))
        .order_by(d.on)
    )
    for ref, households, on, document in db.execute(query):
        said[ref] = Declared(households=households, on=date.fromisoformat(on), document=document)
    found = db.execute(select(u.unit, u.commune, u.province, known, placed).where(units.within(unit, where)))
    return [
        _Place(
            tuple(dict.fromkeys(one for one in above if one)), max(lasts, default=None), said.get(above[0])
        )
        for *above, here, since in found
        if (lasts := [one for one in (here, since) if one]) or above[0] in said
    ]


def _counts(db: Connection, asked: Iterable[UnitId]) -> Counts:
    found: dict[UnitId, dict[str, int]] = {one: {} for one in asked}
    for some in chunks(list(found)):
        query = select(counted.c.unit, counted.c.what, counted.c.households).where(counted.c.unit.in_(some))
        for unit, what, households in db.execute(query):
            found[unit][what] = households
    return found


def _coverage(unit: UnitId, places: Sequence[_Place], counts: Counts) -> Coverage:
    """Of what was said for a place, what was said for places in it is a part."""
    said = {one.unit: one.said for one in places if one.said}
    whole = [one.unit for one in places if one.said and not any(above in said for above in one.path[1:])]
    whole = [unit] if unit in said else whole
    own = counts[unit]
    return Coverage(
        unit=unit,
        visited=own.get(ALL, 0),
        found={one: own.get(FOUND + one, 0) for one in Finding},
        last=max((date.fromisoformat(one.last) for one in places if one.last), default=None),
        declared=sum(said[one].households for one in whole),
        of_declared=sum(counts[one].get(ALL, 0) for one in whole),
        said=said.get(unit),
    )
