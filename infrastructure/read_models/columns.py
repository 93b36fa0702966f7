"""Columns that the read models' tables have in common, and how old the whole of them is."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, select

from domain.model import Position
from infrastructure.database import derived

# "C" compares bytes: quicker than a language's collation, and the same on every server.
Id: Final = Text().with_variant(Text(collation="C"), "postgresql")
Day: Final = String(10).with_variant(String(10, collation="C"), "postgresql")
At: Final = BigInteger().with_variant(Integer, "sqlite")

progress: Final = Table(
    "progress",
    derived,
    Column("model", Id, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("position", At, nullable=False, comment="of the last fact taken in"),
    Column("at", At, nullable=False, comment="when that fact was recorded, microseconds since 1970"),
    Column("generation", Integer, nullable=False, comment="counts rebuilds, so that caches notice"),
)

parked: Final = Table(
    "parked",
    derived,
    Column("model", Id, primary_key=True),
    Column("position", At, primary_key=True, autoincrement=False),
    Column("error", Text, nullable=False, comment="the kind of error and the fact's name; no content"),
    Column("at", At, nullable=False),
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970, UTC."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """How old the figures are: they hold what the ledger held at `position`, recorded `at`
    (None while the ledger is empty)."""

    position: Position
    at: datetime | None


def age(db: Connection) -> Age:
    """How far the read models have come; that of the one furthest behind."""
    found = db.execute(select(progress.c.position, progress.c.at).order_by(progress.c.position)).first()
    if found is None or found[0] == 0:
        return Age(position=Position(0), at=None)
    return Age(position=Position(found[0]), at=moment(found[1]))


def share(part: int, whole: int) -> float | None:
    """A share between 0 and 1; None where there is nothing to take a share of."""
    return part / whole if whole else None


def chunks(keys: list[Any], size: int = 5_000) -> list[list[Any]]:
    """Key lists short enough for one `IN` on either database."""
    return [keys[start : start + size] for start in range(0, len(keys), size)]
