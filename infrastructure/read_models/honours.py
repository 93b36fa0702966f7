"""Honours: who holds which status, where, since when, and on how many witnesses it rests.

A span lasts from the fact that recognised to the one that withdrew (or from the merge that made
two holders one). It is kept for ever, so that past cut-offs can be asked.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    and_,
    false,
    func,
    or_,
    select,
    true,
)

from domain.calendar import end_of, start_of
from domain.model import PersonId, Position, UnitId
from infrastructure.database import derived
from infrastructure.read_models import people, units
from infrastructure.read_models.columns import Age, At, Day, Id, age, chunks, micros, moment
from infrastructure.read_models.placed import lay_in


class Status(StrEnum):
    AMBASSADOR = "ambassador"
    FAMILY = "family"
    MARKET = "market"


honour: Final = Table(
    "honour_v4",
    derived,
    Column("status", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="person (canonical at that time), household or market"),
    Column("from_position", At, primary_key=True, autoincrement=False),
    Column("to_position", At, comment="NULL while it stands"),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Column("unit", Id, nullable=False),
    Column("province", Id),
    Column("commune", Id),
    Column("hamlet", Id),
    Column("ambassador", Id, comment="who registered the family"),
    Column("on", Day, comment="the day the family was registered"),
    Column("witnesses", Integer, nullable=False),
    Column("rests_on", Text, nullable=False, comment="JSON of the witnesses as the fact names them"),
    Column("counted", Integer, nullable=False, comment="of a market: the vendors that count"),
    Column("out_of", Integer, nullable=False),
    Column("criteria", Id, nullable=False, comment="content hash of the criteria"),
    Column("lies", Id, comment="if `unit` was divided, what of it its holder is in today"),
    Index("honour_v4_country", "status", "to_position", "since"),
    Index("honour_v4_province", "status", "province", "since"),
    Index("honour_v4_commune", "status", "commune", "since"),
    Index("honour_v4_unit", "status", "unit"),
    Index("honour_v4_from", "from_position"),
)


class HonourRow(msgspec.Struct, gc=False):
    status: str
    subject: str
    from_position: int
    to_position: int | None
    since: int
    unit: UnitId
    province: UnitId | None
    commune: UnitId | None
    hamlet: UnitId | None
    ambassador: PersonId | None
    on: str | None
    witnesses: int
    rests_on: str
    counted: int
    out_of: int
    criteria: str
    lies: UnitId | None


recognised: Final = Table(
    "recognised_v3",
    derived,
    Column("status", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id that the fact names"),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Column("recorded", At, nullable=False, comment="position of the latest fact that says so"),
    Column("unit", Id, nullable=False),
    Column("ambassador", Id),
    Column("witnesses", Integer, nullable=False),
    Column("rests_on", Text, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("out_of", Integer, nullable=False),
    Column("criteria", Id, nullable=False),
    comment="recognitions that stand, under the ids of their facts; the honours follow from them",
)


class RecognisedRow(msgspec.Struct, gc=False):
    status: str
    subject: str
    since: int
    recorded: int
    unit: UnitId
    ambassador: PersonId | None
    witnesses: int
    rests_on: str
    counted: int
    out_of: int
    criteria: str


class Honour(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is a person, household or market. `person` is who may be named for it: the
    ambassador, or who registered the family; `public_name` says whether publicly."""

    status: Status
    subject: str
    unit: UnitId
    since: datetime
    position: Position
    witnesses: int
    counted: int
    out_of: int
    criteria: str
    person: PersonId | None
    on: date | None
    public_name: bool


class Honours(msgspec.Struct, frozen=True, kw_only=True):
    """`after` asks for the next page."""

    rows: tuple[Honour, ...]
    total: int
    after: Position | None
    age: Age


def holders(
    db: Connection,
    *,
    status: Status,
    unit: UnitId,
    at: Position | None = None,
    year: int | None = None,
    during: tuple[date, date] | None = None,
    limit: int = 50,
    after: Position | None = None,
) -> Honours:
    """Who holds a status in a unit or below it (now, or as of a position), the latest recognised first:
    a recognition that was recorded again, on other witnesses, keeps its day and its place. Of a unit
    that is no more, those of whatever lies in it wholly.

    `year` keeps those recognised in that Vietnamese calendar year, `during` those from its first to its
    last day; `after` is the one that the
    page before gave out.
    """
    where = units.place(db, unit)
    if where is None:
        return Honours(rows=(), total=0, after=None, age=age(db))
    held = and_(
        honour.c.status == status.value,
        _held_in(unit, where),
        standing(at),
        _in(during or _year(year)),
    )
    order = honour.c.since.desc(), honour.c.from_position.desc(), honour.c.subject
    query = select(honour).where(held).order_by(*order).limit(limit + 1)
    if after is not None:
        query = query.where(_later_in_the_list(db, status, after))
    rows = [HonourRow(*row) for row in db.execute(query)]
    return Honours(
        rows=_honours(db, rows[:limit]),
        total=db.scalar(select(func.count()).select_from(honour).where(held)) or 0,
        after=Position(rows[limit - 1].from_position) if len(rows) > limit else None,
        age=age(db),
    )


def _held_in(unit: UnitId, where: units.Place) -> ColumnElement[bool]:
    """Of a unit that is no more, also what was placed there since another one was divided."""
    if not where.ended:
        return units.inside(unit, where, honour.c)
    there = select(units.lies_in.c.unit).where(units.lies_in.c.above == unit)
    return lay_in(there, honour.c.unit, honour.c.subject) | honour.c.lies.in_(there)


def _later_in_the_list(db: Connection, status: Status, after: Position) -> ColumnElement[bool]:
    """What stands below the honour that began at a position; nothing where none did."""
    since = db.scalar(
        select(func.max(honour.c.since)).where(
            honour.c.from_position == after, honour.c.status == status.value
        )
    )
    if since is None:
        return false()
    same = and_(honour.c.since == since, honour.c.from_position < after)
    return or_(honour.c.since < since, same)


def of_subjects(db: Connection, status: Status, subjects: Iterable[str]) -> dict[str, Honour]:
    """The standing honours of these people (by their canonical ids), households or markets."""
    return {one.subject: one for one in _honours(db, standing_rows(db, status, subjects))}


def standing_rows(db: Connection, status: Status, subjects: Iterable[str]) -> list[HonourRow]:
    """The same with what they rest on."""
    return [
        HonourRow(*row)
        for some in chunks(list(subjects))
        for row in db.execute(
            select(honour).where(
                honour.c.status == status.value, honour.c.subject.in_(some), honour.c.to_position.is_(None)
            )
        )
    ]


def of_person(db: Connection, person: PersonId) -> Honour | None:
    """Whether a person (under any of their ids) is a digital ambassador now."""
    top = people.canonical(db, person)
    return of_subjects(db, Status.AMBASSADOR, [top]).get(top)


def standing(at: Position | None) -> ColumnElement[bool]:
    """The condition that an honour stands now, or did when the ledger stood at a position."""
    if at is None:
        return honour.c.to_position.is_(None)
    return and_(honour.c.from_position <= at, or_(honour.c.to_position.is_(None), honour.c.to_position > at))


def _year(year: int | None) -> tuple[date, date] | None:
    return (date(year, 1, 1), date(year, 12, 31)) if year is not None else None


def _in(days: tuple[date, date] | None) -> ColumnElement[bool]:
    if days is None:
        return true()
    first, end = micros(start_of(days[0])), micros(end_of(days[1]))
    return and_(honour.c.since >= first, honour.c.since < end)


def _honours(db: Connection, rows: list[HonourRow]) -> tuple[Honour, ...]:
    persons = {row.subject: _person(row) for row in rows}
    public = people.with_public_name(db, [one for one in persons.values() if one is not None])
    return tuple(
        Honour(
            status=Status(row.status),
            subject=row.subject,
            unit=row.unit,
            since=moment(row.since),
            position=Position(row.from_position),
            witnesses=row.witnesses,
            counted=row.counted,
            out_of=row.out_of,
            criteria=row.criteria,
            person=persons[row.subject],
            on=date.fromisoformat(row.on) if row.on else None,
            public_name=persons[row.subject] in public,
        )
        for row in rows
    )


def _person(row: HonourRow) -> PersonId | None:
    return PersonId(row.subject) if row.status == Status.AMBASSADOR else row.ambassador
