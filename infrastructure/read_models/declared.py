"""What offices declared: how many there were as of a day. Everything that was ever said is kept."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select, true

from domain.model import By, Position, UnitId
from domain.targets import (
    Indicator,
    TargetGroup,
)
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Day, Id, chunks, moment

declared: Final = Table(
    "declared_figure_v1",
    derived,
    Column("position", At, primary_key=True, autoincrement=False),
    Column("unit", Id, nullable=False),
    Column("group", Id, nullable=False),
    Column("indicator", Id, nullable=False, comment="empty: how many the group counts"),
    Column("as_of", Day, nullable=False),
    Column("value", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", At, nullable=False),
    Index("declared_figure_v1_unit", "unit"),
    comment="everything that was ever declared; of one day the last word holds",
)


class DeclaredRow(msgspec.Struct, gc=False):
    position: int
    unit: UnitId
    group: str
    indicator: str
    as_of: str
    value: int
    document: str
    by: str
    at: int


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What an office said: how many there were `as_of` a day. `holds` until it is said otherwise of
    that day."""

    unit: UnitId
    group: TargetGroup
    indicator: Indicator | None
    as_of: date
    value: int
    document: str
    by: By
    at: datetime
    holds: bool


Latest = dict[tuple[UnitId, TargetGroup, Indicator | None], Declared]


def history(db: Connection, of: Sequence[UnitId], *, at: Position | None = None) -> list[Declared]:
    """All that was declared of these units, the latest day first, and of one day the last word; with `at`
    what had been declared when the ledger stood at that position."""
    heard = declared.c.position <= at if at is not None else true()
    rows = [
        DeclaredRow(*row)
        for some in chunks(list(of))
        for row in db.execute(select(declared).where(declared.c.unit.in_(some), heard))
    ]
    rows.sort(key=lambda row: (row.as_of, row.position), reverse=True)
    seen: set[tuple[str, str, str, str]] = set()
    found = []
    for row in rows:
        key = row.unit, row.group, row.indicator, row.as_of
        found.append(
            Declared(
                unit=row.unit,
                group=TargetGroup(row.group),
                indicator=Indicator(row.indicator) if row.indicator else None,
                as_of=date.fromisoformat(row.as_of),
                value=row.value,
                document=row.document,
                by=By(row.by),
                at=moment(row.at),
                holds=key not in seen,
            )
        )
        seen.add(key)
    return found


def adults(db: Connection, of: Sequence[UnitId]) -> dict[UnitId, Declared]:
    """How many adults each of these units has, as declared latest; those of which nobody has are missing."""
    latest = holding(history(db, of))
    return {
        unit: said
        for (unit, group, indicator), said in latest.items()
        if group is TargetGroup.ADULTS and indicator is None
    }


def holding(said: Iterable[Declared]) -> Latest:
    """Of each figure what holds of the latest day."""
    latest: Latest = {}
    for one in said:
        latest.setdefault((one.unit, one.group, one.indicator), one)
    return latest
