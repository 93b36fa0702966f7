"""Nominees: whoever meets the criteria at a cut-off; the same cut-off gives the same rows for ever.

A cut-off names two moments: what was done by a day, and received by another (recorded before its
end, Vietnamese time). The second resolves to one position of the ledger for ever. Figures are
those of the credit as of that position. Lists are made once and kept, so that pages read quickly;
until the second day is over they are provisional, made at the position of today.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Select,
    Table,
    column,
    delete,
    func,
    insert,
    select,
    table,
)

from application.ports import Units
from domain.calendar import end_of
from domain.criteria import Criteria
from domain.model import MarketId, PersonId, Position, UnitId
from infrastructure.database import Database, derived
from infrastructure.read_models import criteria, markets
from infrastructure.read_models.columns import At, Day, Id, age, micros, moment
from infrastructure.read_models.honours import Status
from infrastructure.read_models.meeting import Row, who_meets

# The ledger's own table, asked for stamps alone: what projects is above what is projected.
fact: Final = table("fact", column("position"), column("at"))

nominee_list: Final = Table(
    "nominee_list_v1",
    derived,
    Column("list", Integer, primary_key=True),
    Column("unit", Id, nullable=False),
    Column("status", Id, nullable=False),
    Column("done_by", Day, nullable=False),
    Column("received_by", Day, nullable=False),
    Column("position", At, nullable=False, comment="of the last fact received in time"),
    Column("at", At, nullable=False, comment="when that was recorded, microseconds since 1970"),
    Column("content_hash", Id, nullable=False, comment="of the criteria"),
    Column("provisional", Boolean, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("made_at", At, nullable=False, comment="microseconds since 1970"),
    Index("nominee_list_v1_cutoff", "unit", "status", "done_by", "received_by"),
)

nominee: Final = Table(
    "nominee_v1",
    derived,
    Column("list", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3, ..."),
    Column("subject", Id, nullable=False, comment="no names: those are joined from the vault"),
    Column("person", Id),
    Column("unit", Id, nullable=False),
    Column("commune", Id),
    Column("province", Id),
    Column("people", Integer, nullable=False),
    Column("able", Integer, nullable=False),
    Column("families", Integer, nullable=False),
    Column("vendors", Integer, nullable=False),
    Column("first", Day),
    Column("last", Day),
    Column("commune_rank", Integer, nullable=False),
    Column("province_rank", Integer, nullable=False),
    sqlite_with_rowid=False,
)

FRESH: Final = timedelta(seconds=60)
"""How long a provisional list is shown before it is made again."""

SETTLED: Final = timedelta(seconds=60)
"""How long after its last day a cut-off settles, if nothing was recorded since: no server's clock
is that far behind."""


class ListRow(msgspec.Struct):
    list: int
    unit: UnitId
    status: str
    done_by: str
    received_by: str
    position: int
    at: int
    content_hash: str
    provisional: bool
    row_count: int
    made_at: int


class Cutoff(msgspec.Struct, frozen=True, kw_only=True):
    """`position` is that of the last fact received in time; `provisional` until the day is over."""

    done_by: date
    received_by: date
    position: Position
    at: datetime | None
    provisional: bool


class Nominee(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is the person, household or market; `person` who is to be named (None for a market,
    whose `name` is public). `people` are those confirmed (of them `able` are able themselves),
    between the days `first` and `last`. Ranks are among the nominees' metric in commune and province."""

    subject: str
    person: PersonId | None
    name: str | None
    unit: UnitId
    commune: UnitId | None
    province: UnitId | None
    people: int
    able: int
    families: int
    vendors: int
    first: date | None
    last: date | None
    commune_rank: int
    province_rank: int


class Nominees(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list. `row_count` is that of the whole list; `after` asks for the next page.
    `criteria` were standing in the unit on `cutoff.done_by`, known by `content_hash` and `document`."""

    unit: UnitId
    status: str
    cutoff: Cutoff
    criteria: Criteria
    content_hash: str
    document: str
    rows: tuple[Nominee, ...]
    row_count: int
    after: int | None
    made_at: datetime


class NoCriteria(Exception):
    """No criteria had been adopted for the unit by that day."""


class BadCutoff(Exception):
    """Received by a day before it was done by."""


def nominees(
    database: Database,
    units: Units,
    unit: UnitId,
    *,
    status: Status,
    done_by: date,
    received_by: date,
    now: datetime,
    limit: int = 50,
    after: int | None = None,
) -> Nominees:
    """One page of the nominees of a unit at a cut-off, best first; makes the list where it is the
    first time that this cut-off is asked for. Raises `NoCriteria` where none stand in the unit on
    `done_by`, `BadCutoff` where `received_by` is before `done_by`."""
    if received_by < done_by:
        raise BadCutoff
    with database.read_models() as db:
        if made := _settled(db, unit, status, done_by, received_by):
            adopted = _criteria(db, units, unit, done_by, Position(made.position))
            return _answer(made, adopted, _page(db, made, limit, after), limit, after)
    cutoff = _cutoff(database, done_by, received_by, now)
    with database.read_models() as db:
        adopted = _criteria(db, units, unit, done_by, cutoff.position)
        made = _provisional(db, unit, status, cutoff, adopted, now) if cutoff.provisional else None
    if made is None:
        made = _make(database, unit, status, cutoff, adopted, now)
    with database.read_models() as db:
        return _answer(made, adopted, _page(db, made, limit, after), limit, after)


def _answer(
    made: ListRow, adopted: criteria.Adoption, page: list[Nominee], limit: int, after: int | None
) -> Nominees:
    return Nominees(
        unit=made.unit,
        status=made.status,
        cutoff=Cutoff(
            done_by=date.fromisoformat(made.done_by),
            received_by=date.fromisoformat(made.received_by),
            position=Position(made.position),
            at=moment(made.at) if made.position else None,
            provisional=bool(made.provisional),
        ),
        criteria=adopted.content,
        content_hash=adopted.content_hash,
        document=adopted.document,
        rows=tuple(page[:limit]),
        row_count=made.row_count,
        after=(after or 0) + limit if len(page) > limit else None,
        made_at=moment(made.made_at),
    )


def _cutoff(database: Database, done_by: date, received_by: date, now: datetime) -> Cutoff:
    """The last fact recorded before the end of `received_by`, for ever the same once that is over
    and the read models have it; until then the last fact they have."""
    end = end_of(received_by)
    with database.read_models() as db:
        reached = age(db)
    with database.reading() as db:
        head = db.scalar(select(func.max(fact.c.position))) or 0
        position = _last_before(db, micros(end), head)
        stamp = db.scalar(select(fact.c.at).where(fact.c.position == position))
    over = position < head or now >= end + SETTLED
    if over and position <= reached.position:
        at = moment(stamp) if stamp is not None else None
        return Cutoff(
            done_by=done_by, received_by=received_by, position=Position(position), at=at, provisional=False
        )
    return Cutoff(
        done_by=done_by, received_by=received_by, position=reached.position, at=reached.at, provisional=True
    )


def _last_before(db: Connection, end: int, head: int) -> int:
    """The last position stamped before `end`: stamps never decrease and positions have no gaps,
    so that halving finds it."""
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        stamp = db.scalar(select(fact.c.at).where(fact.c.position == middle))
        if stamp is not None and stamp < end:
            low = middle
        else:
            high = middle - 1
    return low


def _criteria(
    db: Connection, units: Units, unit: UnitId, done_by: date, position: Position
) -> criteria.Adoption:
    found = units.find(unit)
    adopted = found and criteria.standing(db, found.path, done_by, at=position)
    if not adopted:
        raise NoCriteria
    return adopted


def _settled(
    db: Connection, unit: UnitId, status: Status, done_by: date, received_by: date
) -> ListRow | None:
    """The list made for this cut-off once it was over: it stays."""
    return _first(db, _of(unit, status, done_by, received_by).where(~nominee_list.c.provisional))


def _provisional(
    db: Connection, unit: UnitId, status: Status, cutoff: Cutoff, adopted: criteria.Adoption, now: datetime
) -> ListRow | None:
    """A list made a moment ago for a cut-off that is not over."""
    c = nominee_list.c
    query = _of(unit, status, cutoff.done_by, cutoff.received_by).where(
        c.provisional,
        c.content_hash == adopted.content_hash,
        c.made_at >= micros(now - FRESH),
        c.position <= cutoff.position,
    )
    return _first(db, query)


def _of(unit: UnitId, status: Status, done_by: date, received_by: date) -> Select[Any]:
    c = nominee_list.c
    return select(nominee_list).where(
        c.unit == unit,
        c.status == status.value,
        c.done_by == done_by.isoformat(),
        c.received_by == received_by.isoformat(),
    )


def _first(db: Connection, query: Select[Any]) -> ListRow | None:
    found = db.execute(query.order_by(nominee_list.c.list.desc()).limit(1)).first()
    return ListRow(*found) if found else None


def _make(
    database: Database,
    unit: UnitId,
    status: Status,
    cutoff: Cutoff,
    adopted: criteria.Adoption,
    now: datetime,
) -> ListRow:
    with database.read_models() as db:
        rows = who_meets(db, unit, status, adopted.content, cutoff.done_by, cutoff.position)
    made = ListRow(
        list=0,
        unit=unit,
        status=status.value,
        done_by=cutoff.done_by.isoformat(),
        received_by=cutoff.received_by.isoformat(),
        position=cutoff.position,
        at=micros(cutoff.at) if cutoff.at else 0,
        content_hash=adopted.content_hash,
        provisional=cutoff.provisional,
        row_count=len(rows),
        made_at=micros(now),
    )
    with database.read_models_engine.begin() as db:
        _drop_provisional(db, made)
        made.list = 1 + (db.scalar(select(func.max(nominee_list.c.list))) or 0)
        db.execute(insert(nominee_list).values(msgspec.structs.asdict(made)))
        if rows:
            values = [msgspec.structs.asdict(row) for row in rows]
            db.execute(
                insert(nominee),
                [{"list": made.list, "place": place} | row for place, row in enumerate(values, 1)],
            )
    return made


def _drop_provisional(db: Connection, made: ListRow) -> None:
    """Provisional lists of the same cut-off give way."""
    done_by, received_by = date.fromisoformat(made.done_by), date.fromisoformat(made.received_by)
    same = _of(made.unit, Status(made.status), done_by, received_by).where(nominee_list.c.provisional)
    for old in [ListRow(*row) for row in db.execute(same)]:
        db.execute(delete(nominee).where(nominee.c.list == old.list))
        db.execute(delete(nominee_list).where(nominee_list.c.list == old.list))


def _page(db: Connection, made: ListRow, limit: int, after: int | None) -> list[Nominee]:
    columns = [nominee.c[name] for name in Row.__struct_fields__]
    query = (
        select(*columns)
        .where(nominee.c.list == made.list, nominee.c.place > (after or 0))
        .order_by(nominee.c.place)
        .limit(limit + 1)
    )
    rows = [Row(*row) for row in db.execute(query)]
    ids = [MarketId(row.subject) for row in rows] if made.status == Status.MARKET else []
    names = markets.names(db, ids)
    return [_nominee(row, names.get(MarketId(row.subject))) for row in rows]


def _nominee(row: Row, name: str | None) -> Nominee:
    return Nominee(
        subject=row.subject,
        person=row.person,
        name=name,
        unit=row.unit,
        commune=row.commune,
        province=row.province,
        people=row.people,
        able=row.able,
        families=row.families,
        vendors=row.vendors,
        first=date.fromisoformat(row.first) if row.first else None,
        last=date.fromisoformat(row.last) if row.last else None,
        commune_rank=row.commune_rank,
        province_rank=row.province_rank,
    )
