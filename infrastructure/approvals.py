"""What waits for a second administrator, kept apart from the ledger until it is agreed to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Index, Row, Table, Text, delete, insert, select, update

from application.approvals import LIFE, Approvals, Kind, Pending
from application.ids import new_id
from domain.model import PersonId, UnitId
from infrastructure.database import Database, kept
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer, utc_now

_Name: Final = Text().with_variant(Text(collation="C"), "postgresql")

approval: Final = Table(
    "approval",
    kept,
    Column("id", _Name, primary_key=True),
    Column("kind", _Name, nullable=False),
    Column("person", _Name, nullable=False, comment="whom it is about"),
    Column("unit", _Name, nullable=False),
    Column("asked_by", _Name, nullable=False),
    Column("asked", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("expires", BigInteger, nullable=False, comment="microseconds since 1970"),
    Column("settled", _Name, unique=True, comment="its id, once it led to a fact"),
    Index("approval_expires", "expires"),
)


class KeptApprovals(Approvals):
    def __init__(
        self, database: Database, writer: Writer, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock

    async def ask(self, kind: Kind, person: PersonId, unit: UnitId, *, asked_by: PersonId) -> Pending:
        now = self._clock()
        asked = Pending(
            id=new_id(),
            kind=kind,
            person=person,
            unit=unit,
            asked_by=asked_by,
            asked=now,
            expires=now + LIFE,
        )

        def keep(connection: Connection) -> Pending:
            connection.execute(delete(approval).where(approval.c.expires <= micros(now)))
            same = [one for one in _waiting(connection, now) if _same(one, asked)]
            if same:
                return same[0]
            connection.execute(insert(approval), _row(asked))
            return asked

        return await self._writer.writing(keep)

    def find(self, ref: str) -> Pending | None:
        with self._database.reading() as connection:
            found = _waiting(connection, self._clock(), approval.c.id == ref)
        return found[0] if found else None

    def waiting(self) -> Sequence[Pending]:
        with self._database.reading() as connection:
            return _waiting(connection, self._clock())

    def settling(self, ref: str) -> Rows:
        change = update(approval).where(approval.c.id == ref).values(settled=ref)
        # `needs`: one that was dropped a moment ago leads to nothing.
        return Rows(statements=[change], claims=[(approval.c.settled, ref)], needs=[(approval.c.id, ref)])

    async def drop(self, ref: str) -> None:
        def gone(connection: Connection) -> None:
            connection.execute(delete(approval).where(approval.c.id == ref, approval.c.settled.is_(None)))

        await self._writer.writing(gone)


def _waiting(connection: Connection, now: datetime, *where: Any) -> list[Pending]:
    query = (
        select(approval)
        .where(approval.c.settled.is_(None), approval.c.expires > micros(now), *where)
        .order_by(approval.c.asked, approval.c.id)
    )
    return [_pending(row) for row in connection.execute(query)]


def _same(one: Pending, other: Pending) -> bool:
    return (one.kind, one.person, one.unit, one.asked_by) == (
        other.kind,
        other.person,
        other.unit,
        other.asked_by,
    )


def _row(one: Pending) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "person": one.person,
        "unit": one.unit,
        "asked_by": one.asked_by,
        "asked": micros(one.asked),
        "expires": micros(one.expires),
        "settled": None,
    }


def _pending(row: Row[Any]) -> Pending:
    return Pending(
        id=row.id,
        kind=Kind(row.kind),
        person=PersonId(row.person),
        unit=UnitId(row.unit),
        asked_by=PersonId(row.asked_by),
        asked=moment(row.asked),
        expires=moment(row.expires),
    )
