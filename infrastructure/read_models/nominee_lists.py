"""Lists of nominees as they are kept: each made once, in pieces, and there only when it is whole.

One list is made at a time, by whichever process was asked; whoever else asks for it meanwhile
waits for that one. A crash leaves a list that is not whole, which nobody sees and the next one
to be made clears away.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    or_,
    select,
    table,
    update,
)

from domain.calendar import end_of
from domain.model import Position, UnitId
from infrastructure.alone import alone
from infrastructure.background import Report
from infrastructure.database import Database, derived
from infrastructure.read_models.columns import At, Day, Id, age, micros, moment
from infrastructure.read_models.honours import Status
from infrastructure.read_models.meeting import Row

# The ledger's own table, asked for stamps alone: what projects is above what is projected.
fact: Final = table("fact", column("position"), column("at"))

nominee_list: Final = Table(
    "nominee_list_v3",
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
    Column("whole", Boolean, nullable=False, comment="false while its rows are being written"),
    Index("nominee_list_v3_cutoff", "unit", "status", "done_by", "received_by"),
)

nominee: Final = Table(
    "nominee_v3",
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
    Column("on_phone", Integer, nullable=False, comment="confirmed on a mentor's phone alone"),
    Column("families", Integer, nullable=False),
    Column("vendors", Integer, nullable=False),
    Column("first", Day),
    Column("last", Day),
    Column("commune_rank", Integer, nullable=False),
    Column("province_rank", Integer, nullable=False),
    sqlite_with_rowid=False,
)

FRESH: Final = timedelta(seconds=60)
"""How long a provisional list is shown before it is made again; a large one, which takes long to
make, a second for each thousand rows."""

OUTLIVED: Final = timedelta(minutes=30)
"""How long a provisional list is kept: somebody may be reading it page by page, or as a file."""

SETTLED: Final = timedelta(seconds=60)
"""How long after its last day a cut-off settles, if nothing was recorded since: no server's clock
is that far behind."""

PIECE: Final = 2_000
"""Rows written at once, so that what projects can write in between."""

_MAKING: Final = 5498021347
_LOOK_AGAIN: Final = 0.2  # seconds


class Wanted(msgspec.Struct, frozen=True):
    """Which list: the nominees of one kind, of a unit, at a cut-off."""

    unit: UnitId
    status: Status
    done_by: date
    received_by: date


class ListRow(msgspec.Struct, gc=False):
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
    whole: bool


class Cutoff(msgspec.Struct, frozen=True, kw_only=True):
    """`position` is that of the last fact received in time; `provisional` until the day is over."""

    done_by: date
    received_by: date
    position: Position
    at: datetime | None
    provisional: bool


def cutoff_of(database: Database, wanted: Wanted, now: datetime) -> Cutoff:
    """The last fact recorded before the end of `received_by`, for ever the same once that is over
    and the read models have it; until then the last fact they have."""
    end = end_of(wanted.received_by)
    with database.read_models() as db:
        reached = age(db)
    with database.reading() as db:
        head = db.scalar(select(func.max(fact.c.position))) or 0
        position = _last_before(db, micros(end), head)
        stamp = db.scalar(select(fact.c.at).where(fact.c.position == position))
    over = position < head or now >= end + SETTLED
    settled = over and position <= reached.position
    at = moment(stamp) if stamp is not None else None
    return Cutoff(
        done_by=wanted.done_by,
        received_by=wanted.received_by,
        position=Position(position) if settled else reached.position,
        at=at if settled else reached.at,
        provisional=not settled,
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


def settled(db: Connection, wanted: Wanted) -> ListRow | None:
    """The list made for this cut-off once it was over: it stays."""
    return _first(db, _of(wanted).where(~nominee_list.c.provisional))


def provisional(
    db: Connection, wanted: Wanted, cutoff: Cutoff, content_hash: str, now: datetime
) -> ListRow | None:
    """A list made a moment ago for a cut-off that is not over."""
    c = nominee_list.c
    query = _of(wanted).where(
        c.provisional,
        c.content_hash == content_hash,
        c.made_at + c.row_count * 1_000 >= micros(now - FRESH),
        c.position <= cutoff.position,
    )
    return _first(db, query)


def _of(wanted: Wanted) -> Select[Any]:
    c = nominee_list.c
    return select(nominee_list).where(
        c.unit == wanted.unit,
        c.status == wanted.status.value,
        c.done_by == wanted.done_by.isoformat(),
        c.received_by == wanted.received_by.isoformat(),
        c.whole,
    )


def _first(db: Connection, query: Select[Any]) -> ListRow | None:
    found = db.execute(query.order_by(nominee_list.c.list.desc()).limit(1)).first()
    return ListRow(*found) if found else None


def make(
    database: Database,
    wanted: Wanted,
    *,
    cutoff: Cutoff,
    content_hash: str,
    now: datetime,
    who: Callable[[Report], Sequence[Row]],
    report: Report,
) -> ListRow:
    """The list, made now by asking `who`, unless somebody else made it while this one waited."""
    began = time.monotonic()
    with _alone(database, report):
        with database.read_models() as db:
            made = settled(db, wanted) or provisional(db, wanted, cutoff, content_hash, now)
        if made is not None:
            return made
        rows = who(lambda done, total: report(done, 2 * total))
        made_at = now + timedelta(seconds=time.monotonic() - began)
        row = ListRow(
            list=0,
            unit=wanted.unit,
            status=wanted.status.value,
            done_by=wanted.done_by.isoformat(),
            received_by=wanted.received_by.isoformat(),
            position=cutoff.position,
            at=micros(cutoff.at) if cutoff.at else 0,
            content_hash=content_hash,
            provisional=cutoff.provisional,
            row_count=len(rows),
            made_at=micros(made_at),
            whole=False,
        )
        return _keep(database, row, rows, lambda done, total: report(total + done, 2 * total))


@contextmanager
def _alone(database: Database, report: Report) -> Iterator[None]:
    """One at a time over all processes; a crash lets go of it."""
    while True:
        with alone(database, _MAKING) as nobody_else:
            if nobody_else:
                yield
                return
        report(0, 1)
        time.sleep(_LOOK_AGAIN)


def _keep(database: Database, made: ListRow, rows: Sequence[Row], report: Report) -> ListRow:
    _clear(database, made.made_at)
    c = nominee_list.c
    with database.read_models_engine.begin() as db:
        made.list = 1 + (db.scalar(select(func.max(c.list))) or 0)
        db.execute(insert(nominee_list).values(msgspec.structs.asdict(made)))
    for start in range(0, len(rows), PIECE):
        report(start, len(rows))
        piece = [
            {"list": made.list, "place": place} | msgspec.structs.asdict(row)
            for place, row in enumerate(rows[start : start + PIECE], start + 1)
        ]
        with database.read_models_engine.begin() as db:
            db.execute(insert(nominee), piece)
    with database.read_models_engine.begin() as db:
        db.execute(update(nominee_list).where(c.list == made.list).values(whole=True))
    made.whole = True
    return made


def _clear(database: Database, now: int) -> None:
    """Away with provisional lists that nobody reads any more, and with what a crash left."""
    c = nominee_list.c
    old = c.provisional & (c.made_at < now - OUTLIVED // timedelta(microseconds=1))
    with database.read_models() as db:
        lists = list(db.scalars(select(c.list).where(or_(~c.whole, old))))
    for one in lists:
        with database.read_models_engine.begin() as db:
            db.execute(delete(nominee).where(nominee.c.list == one))
            db.execute(delete(nominee_list).where(c.list == one))


def page_of(db: Connection, made: ListRow, limit: int, after: int) -> list[Row]:
    """The rows after a place, one more than `limit` where there are more."""
    columns = [nominee.c[name] for name in Row.__struct_fields__]
    query = (
        select(*columns)
        .where(nominee.c.list == made.list, nominee.c.place > after)
        .order_by(nominee.c.place)
        .limit(limit + 1)
    )
    return [Row(*row) for row in db.execute(query)]
