"""Who read whose personal data, how many, why and when: entries that nobody changes.

Each entry carries the hash of the one before it, so that a change is seen by `check`, also where
somebody got past the database's own refusal (the triggers of migration 0007). Ids only, no names.
What the chain cannot tell: entries cut off at its end by somebody who rules the whole database.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from application.privacy import Why
from domain.model import PersonId, UnitId
from infrastructure.database import Database, kept
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.writer import Writer, utc_now

NAMED: Final = 100
"""People of one read who are named one by one. Of a longer list their number and unit are kept."""

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

access_log: Final = Table(
    "access_log",
    kept,
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3, ... without gaps"),
    Column("at", BigInteger, nullable=False, comment="microseconds since 1970, UTC; never decreasing"),
    Column("who", _Name, nullable=False, comment="a person's id, or `operator` at the console"),
    Column("whose", Text, nullable=False, comment="ids with blanks between; empty for a long list"),
    Column("people", Integer, nullable=False, comment="how many"),
    Column("unit", _Name, comment="where the list is of, if it is of one unit"),
    Column("what", _Name, nullable=False, comment="the page, the file or the command"),
    Column("why", _Name, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="of this entry and the hash before it"),
    Index("access_log_at", "at"),
    Index("access_log_who", "who", "number"),
    Index("access_log_unit", "unit", "number"),
)

access_whose: Final = Table(
    "access_whose",
    kept,
    Column("person", _Name, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

access_cut: Final = Table(
    "access_cut",
    kept,
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="the last entry taken away"),
    Column("hash", LargeBinary, nullable=False, comment="of that entry: the next one continues it"),
    Column("at", BigInteger, nullable=False, comment="when, microseconds since 1970, UTC"),
)

_START: Final = bytes(32)
_CHUNK: Final = 5_000


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is about to be shown personal data of others. `unit` is that of a list."""

    who: PersonId
    whose: tuple[PersonId, ...]
    what: str
    why: Why
    unit: UnitId | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """`whose` is empty where more than `NAMED` were read at once; `people` says how many."""

    number: int
    at: datetime
    who: PersonId
    whose: tuple[PersonId, ...]
    people: int
    unit: UnitId | None
    what: str
    why: str


class AccessLog:
    """The access log of one ledger, written through its writer."""

    def __init__(
        self, database: Database, writer: Writer, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock

    async def note(self, *reads: Read) -> None:
        """Durable when this returns: only then may the data be shown. One write, however many.

        Raises `Unavailable`, `OutcomeUnknown`."""
        if reads:
            await self._writer.writing(partial(_append, reads=reads, at=micros(self._clock())))

    def note_now(self, *reads: Read) -> None:
        """`note` for threads and commands."""
        if reads:
            self._writer.write(partial(_append, reads=reads, at=micros(self._clock()))).result()

    def before(self, moment_: datetime) -> int:
        """How many entries are older than a moment."""
        old = select(func.count()).select_from(access_log).where(access_log.c.at < micros(moment_))
        with self._database.reading() as db:
            return db.execute(old).scalar_one()

    def cut(self, before: datetime) -> int:
        """Takes away what was read before a moment; how many entries. The database itself refuses
        for what is younger than half a year (migration 0007)."""
        made = micros(self._clock())
        return self._writer.write(partial(_cut, before=micros(before), at=made)).result()


def _append(connection: Connection, reads: Sequence[Read], at: int) -> None:
    number, before, last_at = _last(connection)
    at = max(at, last_at)
    for read in reads:
        number += 1
        whose = sorted(set(read.whose))
        row = {
            "number": number,
            "at": at,
            "who": read.who,
            "whose": " ".join(whose) if len(whose) <= NAMED else "",
            "people": len(whose),
            "unit": read.unit,
            "what": read.what,
            "why": read.why.value,
        }
        before = row["hash"] = _hash(before, row)
        connection.execute(insert(access_log), row)
        if 0 < len(whose) <= NAMED:
            connection.execute(insert(access_whose), [{"person": one, "number": number} for one in whose])


def _last(connection: Connection) -> tuple[int, bytes, int]:
    """Number, hash and moment of the last entry, or of the cut behind which nothing follows."""
    columns = select(access_log.c.number, access_log.c.hash, access_log.c.at)
    row = connection.execute(columns.order_by(access_log.c.number.desc()).limit(1)).first()
    return (row[0], row[1], row[2]) if row else (*_cut_at(connection), 0)


def _cut_at(connection: Connection) -> tuple[int, bytes]:
    columns = select(access_cut.c.number, access_cut.c.hash).order_by(access_cut.c.number.desc())
    row = connection.execute(columns.limit(1)).first()
    return (row[0], row[1]) if row else (0, _START)


def _hash(before: bytes, row: dict[str, Any]) -> bytes:
    told = [row[name] for name in ("number", "at", "who", "whose", "people", "unit", "what", "why")]
    return hashlib.blake2b(before + msgspec.json.encode(told), digest_size=32).digest()


def _cut(connection: Connection, before: int, at: int) -> int:
    old = select(access_log.c.number, access_log.c.hash).where(access_log.c.at < before)
    last = connection.execute(old.order_by(access_log.c.number.desc()).limit(1)).first()
    if last is None:
        return 0
    connection.execute(insert(access_cut).values(number=last.number, hash=last.hash, at=at))
    connection.execute(delete(access_whose).where(access_whose.c.number <= last.number))
    return connection.execute(delete(access_log).where(access_log.c.number <= last.number)).rowcount


def check(database: Database) -> tuple[int, list[str]]:
    """Reads the whole log as it stands at one moment: how many entries, and what is wrong."""
    problems: list[str] = []
    read = named = 0
    with database.reading() as connection:
        number, before = _cut_at(connection)
        rows = select(access_log).order_by(access_log.c.number).execution_options(yield_per=_CHUNK)
        for row in connection.execute(rows):
            if row.number != number + 1:
                problems.append(f"entry {row.number} of the access log follows entry {number}")
            if row.hash != _hash(before, row._asdict()):
                problems.append(f"entry {row.number} of the access log is not as it was written")
            number, before = row.number, row.hash
            read += 1
            named += sum(hash((person, row.number)) for person in row.whose.split())
        index = select(access_whose.c.person, access_whose.c.number).execution_options(yield_per=_CHUNK)
        found = sum(hash((row.person, row.number)) for row in connection.execute(index))
    if found != named:
        problems.append("the access log is not found by the people whom it names")
    return read, problems[:100]


def entries(
    db: Connection,
    *,
    limit: int,
    before: int | None = None,
    who: PersonId | None = None,
    whose: Sequence[PersonId] = (),
    units: Sequence[UnitId] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Entry]:
    """Latest first; each filter that is given narrows them. `whose` are all ids of one person,
    `until` is the first moment that no longer counts."""
    query = select(access_log)
    if before is not None:
        query = query.where(access_log.c.number < before)
    if who is not None:
        query = query.where(access_log.c.who == who)
    if whose:
        of_them = select(access_whose.c.number).where(access_whose.c.person.in_(whose))
        query = query.where(access_log.c.number.in_(of_them))
    if units:
        query = query.where(access_log.c.unit.in_(units))
    if since is not None:
        query = query.where(access_log.c.at >= micros(since))
    if until is not None:
        query = query.where(access_log.c.at < micros(until))
    rows = db.execute(query.order_by(access_log.c.number.desc()).limit(limit))
    return [_entry(row) for row in rows]


def every_entry(db: Connection, **chosen: Any) -> Iterator[Entry]:
    """All of `entries`, latest first, read page by page."""
    before: int | None = None
    while page := entries(db, limit=_CHUNK, before=before, **chosen):
        yield from page
        before = page[-1].number


def long_lists(db: Connection, units: Iterable[UnitId], *, limit: int) -> list[Entry]:
    """Reads of so many people of these units at once that they were not named one by one."""
    long = (access_log.c.whose == "") & access_log.c.unit.in_(list(units))
    rows = db.execute(select(access_log).where(long).order_by(access_log.c.number.desc()).limit(limit))
    return [_entry(row) for row in rows]


def count(db: Connection) -> int:
    return db.execute(select(func.count()).select_from(access_log)).scalar_one()


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        number=row.number,
        at=moment(row.at),
        who=PersonId(row.who),
        whose=tuple(PersonId(one) for one in row.whose.split()),
        people=row.people,
        unit=UnitId(row.unit) if row.unit else None,
        what=row.what,
        why=row.why,
    )
