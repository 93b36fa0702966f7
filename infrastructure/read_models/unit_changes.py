"""Every change of the territory, for whoever reads what became of a unit."""

from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Index, Table, Text, case, func, select, true

from domain.model import Position, UnitId
from domain.territory import Level, UnitAbolished
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Day, Id, moment
from infrastructure.read_models.units import place, unit, within

change: Final = Table(
    "unit_change_v1",
    derived,
    Column("position", At, primary_key=True, autoincrement=False),
    Column("what", Id, nullable=False, comment="name of the fact"),
    Column("unit", Id, nullable=False),
    Column("others", Text, nullable=False, comment="JSON: the parts of a merger, what a split went into"),
    Column("valid_from", Day, nullable=False),
    Column("recorded", At, nullable=False, comment="microseconds since 1970"),
    Column("document", Text),
    Column("was", Text, comment="the name, kind or code before"),
    Column("became", Text, comment="the name, kind or code since"),
    Index("unit_change_v1_day", "valid_from", "position"),
    comment="every change of the territory; units that a list established are none",
)

concerned: Final = Table(
    "unit_concerned_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("position", At, primary_key=True, autoincrement=False),
    comment="which changes a unit was part of",
)


class ChangeRow(msgspec.Struct, gc=False):
    position: int
    what: str
    unit: UnitId
    others: str
    valid_from: str
    recorded: int
    document: str | None
    was: str | None
    became: str | None


class ConcernedRow(msgspec.Struct, gc=False):
    unit: UnitId
    position: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the territory. `what` is the name of the fact; `others` are the parts that were merged
    into `unit`, or what it was split into, the largest first; `was` and `became` its name, kind or code."""

    position: Position
    what: str
    unit: UnitId
    others: tuple[UnitId, ...]
    valid_from: date
    recorded: datetime
    document: str | None
    was: str | None
    became: str | None


class Changes(msgspec.Struct, frozen=True):
    """`after` asks for the next page."""

    rows: tuple[Change, ...]
    total: int
    after: Position | None


def changes(
    db: Connection,
    *,
    about: UnitId | None = None,
    inside: UnitId | None = None,
    limit: int = 50,
    after: Position | None = None,
) -> Changes:
    """What changed (about one unit, inside one, or anywhere), the latest day first; of one day what became
    of provinces first, and what was abolished last. `after` is what the page before gave out."""
    c = change.c
    rank = case(
        (c.what == UnitAbolished.NAME, 2),
        (unit.c.level.in_((Level.COUNTRY.value, Level.PROVINCE.value)), 0),
        else_=1,
    )
    ranked = change.outerjoin(unit, unit.c.unit == c.unit)
    wanted: ColumnElement[bool] = true()
    if about is not None:
        wanted = c.position.in_(select(concerned.c.position).where(concerned.c.unit == about))
    elif inside is not None and (where := place(db, inside)) is not None:
        there = select(unit.c.unit).where(within(inside, where))
        wanted = c.position.in_(select(concerned.c.position).where(concerned.c.unit.in_(there)))
    order = c.valid_from.desc(), rank, c.position.desc()
    query = select(change).select_from(ranked).where(wanted).order_by(*order).limit(limit + 1)
    if after is not None:
        seen = db.execute(select(c.valid_from, rank).select_from(ranked).where(c.position == after)).first()
        day, level = seen or ("", 0)
        later = (rank > level) | ((rank == level) & (c.position < after))
        query = query.where((c.valid_from < day) | ((c.valid_from == day) & later))
    rows = [ChangeRow(*row) for row in db.execute(query)]
    return Changes(
        rows=tuple(_change(row) for row in rows[:limit]),
        total=db.scalar(select(func.count()).select_from(change).where(wanted)) or 0,
        after=Position(rows[limit - 1].position) if len(rows) > limit else None,
    )


def _change(row: ChangeRow) -> Change:
    return Change(
        position=Position(row.position),
        what=row.what,
        unit=row.unit,
        others=msgspec.json.decode(row.others, type=tuple[UnitId, ...]),
        valid_from=date.fromisoformat(row.valid_from),
        recorded=moment(row.recorded),
        document=row.document,
        was=row.was,
        became=row.became,
    )
