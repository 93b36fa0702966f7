"""Which criteria were adopted for which unit, from which day, by which document."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, Text, select

from domain.criteria import Criteria, CriteriaAdopted
from domain.model import Fact, Position, UnitId
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Day, Id, micros
from infrastructure.read_models.model import Copy, Model, packed

adoption: Final = Table(
    "adoption_v1",
    derived,
    Column("position", At, primary_key=True, autoincrement=False),
    Column("content_hash", Id, nullable=False),
    Column("content", Text, nullable=False, comment="JSON"),
    Column("unit", Id, nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("document", Text, nullable=False),
    Column("at", At, nullable=False, comment="microseconds since 1970"),
    Index("adoption_v1_unit", "unit", "valid_from"),
    Index("adoption_v1_hash", "content_hash"),
)


class AdoptionRow(msgspec.Struct, gc=False):
    position: int
    content_hash: str
    content: str
    unit: UnitId
    valid_from: str
    document: str
    at: int


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """Criteria are shown by the document that decided them; `content_hash` tells versions apart."""

    position: Position
    content_hash: str
    content: Criteria
    unit: UnitId
    valid_from: date
    document: str


def adoptions(db: Connection, *, at: Position | None = None) -> list[Adoption]:
    """Every adoption there was, in order; with `at`, up to that position."""
    query = select(adoption).order_by(adoption.c.position)
    if at is not None:
        query = query.where(adoption.c.position <= at)
    return [_adoption(AdoptionRow(*row)) for row in db.execute(query)]


def standing(
    db: Connection, path: Sequence[UnitId], on: date, *, at: Position | None = None
) -> Adoption | None:
    """The criteria that a unit counts by on a day: the nearest on its path (from the unit up to
    the country) that adopted any by then, and of that unit's the latest valid.

    `at` asks what the ledger said when it stood at a position.
    """
    where = adoption.c.unit.in_(list(path)) & (adoption.c.valid_from <= on.isoformat())
    if at is not None:
        where &= adoption.c.position <= at
    found = [AdoptionRow(*row) for row in db.execute(select(adoption).where(where))]
    nearest = min(
        found,
        key=lambda row: (path.index(row.unit), _later_first(row.valid_from), -row.position),
        default=None,
    )
    return None if nearest is None else _adoption(nearest)


def begins_between(db: Connection, after: str, until: date) -> bool:
    """Whether any criteria came into force after a day (YYYY-MM-DD), until another."""
    begins = adoption.c.valid_from > after, adoption.c.valid_from <= until.isoformat()
    return db.scalar(select(adoption.c.position).where(*begins).limit(1)) is not None


def by_hash(db: Connection, content_hash: str) -> Adoption | None:
    """The first adoption of a content, to show a fact's criteria by their document."""
    query = (
        select(adoption).where(adoption.c.content_hash == content_hash).order_by(adoption.c.position).limit(1)
    )
    found = db.execute(query).first()
    return _adoption(AdoptionRow(*found)) if found else None


def _later_first(day: str) -> int:
    return -date.fromisoformat(day).toordinal()


def _adoption(row: AdoptionRow) -> Adoption:
    return Adoption(
        position=Position(row.position),
        content_hash=row.content_hash,
        content=msgspec.json.decode(row.content, type=Criteria),
        unit=row.unit,
        valid_from=date.fromisoformat(row.valid_from),
        document=row.document,
    )


class CriteriaInForce(Model):
    name = "criteria"
    tables = (adoption,)
    facts = (CriteriaAdopted,)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(adoption, AdoptionRow)

    def change(self, position: int, fact: Fact) -> None:
        if isinstance(fact, CriteriaAdopted):
            self._rows.put(
                AdoptionRow(
                    position=position,
                    content_hash=fact.content_hash,
                    content=packed(fact.content),
                    unit=fact.unit,
                    valid_from=fact.valid_from.isoformat(),
                    document=fact.document,
                    at=micros(fact.at),
                )
            )
