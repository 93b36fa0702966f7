"""The queue of divided communes: who and what is known there, and where each was said to be today.

A copy of the read models knows what became of units from its first fact on (`units`), so whoever was
registered long before their commune was divided stands in the queue all the same.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Index, Table, case, func, select

from domain.households import HouseholdRegistered
from domain.markets import MarketOpened
from domain.model import Fact, PersonId, UnitId
from domain.people import PersonMoved, PersonRegistered
from domain.placing import Body, PlacedAnew
from domain.teams import TeamFormed
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Id, chunks
from infrastructure.read_models.households import household_row, member_row
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People, person
from infrastructure.read_models.units import Units

waiting: Final = Table(
    "placing_v1",
    derived,
    Column("body", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id under which it was registered"),
    Column("unit", Id, nullable=False, comment="where it was known: the divided commune, or a hamlet of it"),
    Column("divided", Id, nullable=False, comment="the commune that was divided"),
    Column("known", At, nullable=False, comment="position"),
    Column("placed", Id, comment="the unit of today; NULL while it waits"),
    Index("placing_v1_divided", "divided", "body", "placed", "subject"),
)


class WaitingRow(msgspec.Struct):
    body: str
    subject: str
    unit: UnitId
    divided: UnitId
    known: int
    placed: UnitId | None


class Progress(msgspec.Struct, frozen=True):
    """Of a divided commune: how many of a kind still wait, of how many there are."""

    divided: UnitId
    body: Body
    waiting: int
    all: int


class Waits(msgspec.Struct, frozen=True):
    """Somebody or something that waits. `hints` are units where something says that it lies: those of
    the households a person belongs to, or of the people in a household."""

    body: Body
    subject: str
    unit: UnitId
    hints: tuple[UnitId, ...]


def progress(db: Connection, divided: UnitId | None = None) -> list[Progress]:
    """By commune and kind; of one commune, or of all. Who was erased or merged waits no more."""
    c = waiting.c
    left = func.sum(case((c.placed.is_(None), 1), else_=0))
    query = (
        select(c.divided, c.body, left, func.count())
        .outerjoin(person, (person.c.person == c.subject) & (c.body == Body.PERSON.value))
        .where(_there(), *([c.divided == divided] if divided else []))
        .group_by(c.divided, c.body)
        .order_by(c.divided, c.body)
    )
    return [
        Progress(UnitId(one), Body(body), int(left_over), count)
        for one, body, left_over, count in db.execute(query)
    ]


def queue(
    db: Connection,
    divided: UnitId,
    body: Body,
    *,
    unit: UnitId | None = None,
    limit: int = 50,
    after: str = "",
) -> list[Waits]:
    """Who of a divided commune (of one `unit` of it: a hamlet, or the commune itself) still waits, by
    id; `after` is the last one seen."""
    c = waiting.c
    query = (
        select(c.subject, c.unit)
        .outerjoin(person, (person.c.person == c.subject) & (c.body == Body.PERSON.value))
        .where(c.divided == divided, c.body == body.value, c.placed.is_(None), c.subject > after, _there())
        .order_by(c.subject)
        .limit(limit)
    )
    if unit is not None:
        query = query.where(c.unit == unit)
    rows = db.execute(query).all()
    hints = _hints(db, body, [row[0] for row in rows])
    return [Waits(body, row[0], UnitId(row[1]), hints.get(row[0], ())) for row in rows]


def by_unit(db: Connection, divided: UnitId, body: Body) -> dict[UnitId, int]:
    """How many still wait in the commune itself and in each of its hamlets."""
    c = waiting.c
    query = (
        select(c.unit, func.count())
        .outerjoin(person, (person.c.person == c.subject) & (c.body == Body.PERSON.value))
        .where(c.divided == divided, c.body == body.value, c.placed.is_(None), _there())
        .group_by(c.unit)
    )
    return {UnitId(unit): count for unit, count in db.execute(query)}


def members(db: Connection, households: Sequence[str]) -> dict[str, PersonId]:
    """Somebody of each household, to be named by."""
    query = (
        select(member_row.c.household, func.min(member_row.c.person))
        .where(member_row.c.household.in_(households), member_row.c.gone.is_(None))
        .group_by(member_row.c.household)
    )
    return {row[0]: PersonId(row[1]) for row in db.execute(query)}


def _there() -> ColumnElement[bool]:
    """Who was neither erased nor merged into another entry."""
    return person.c.person.is_(None) | ((person.c.canonical == person.c.person) & ~person.c.erased)


def _hints(db: Connection, body: Body, subjects: Sequence[str]) -> dict[str, tuple[UnitId, ...]]:
    """Units of the households somebody belongs to, or of the people of a household: where these were
    placed, or else where they were known."""
    found: dict[str, dict[UnitId, None]] = {}
    m, there = member_row.c, waiting.alias("there")
    for some in chunks(list(subjects)):
        if body is Body.PERSON:
            unit = func.coalesce(there.c.placed, household_row.c.unit)
            query = (
                select(m.person, unit)
                .join(household_row, household_row.c.household == m.household)
                .outerjoin(there, (there.c.body == Body.HOUSEHOLD.value) & (there.c.subject == m.household))
                .where(m.person.in_(some), m.gone.is_(None))
            )
        elif body is Body.HOUSEHOLD:
            query = (
                select(m.household, person.c.unit)
                .join(person, person.c.person == m.person)
                .where(m.household.in_(some), m.gone.is_(None))
            )
        else:
            continue
        for subject, hint in db.execute(query):
            found.setdefault(subject, {})[UnitId(hint)] = None
    return {subject: tuple(units) for subject, units in found.items()}


class PlacingQueue(Model):
    name = "placing"
    tables = (waiting,)
    needs = (People,)
    facts = (PersonRegistered, PersonMoved, HouseholdRegistered, MarketOpened, TeamFormed, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(Units)
        self._rows = copy.rows(waiting, WaitingRow, kept=10_000)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case PersonRegistered() | PersonMoved():
                self._known(position, Body.PERSON, fact.person, fact.unit)
            case HouseholdRegistered():
                self._known(position, Body.HOUSEHOLD, fact.household, fact.unit)
            case MarketOpened():
                self._known(position, Body.MARKET, fact.market, fact.unit)
            case TeamFormed():
                self._known(position, Body.TEAM, fact.team, fact.unit)
            case PlacedAnew():
                self._known(position, fact.body, fact.subject, fact.unit)

    def _known(self, position: int, body: Body, subject: str, unit: UnitId) -> None:
        """In the queue while the unit is in doubt; once in it, it stays there with what was said."""
        divided = self._units.divided(unit)
        if divided is not None:
            self._rows.put(WaitingRow(body.value, subject, unit, divided, position, None))
        elif self._units.any_divided and (row := self._rows.get((body.value, subject))) is not None:
            row.placed = unit
            self._rows.put(row)
