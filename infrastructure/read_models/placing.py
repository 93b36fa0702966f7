"""The queue of divided communes: who and what is known there, and where each was said to be today.

A copy of the read models knows what became of units from its first fact on (`units`), so whoever was
registered long before their commune was divided stands in the queue all the same.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Index, Integer, Table, case, func, select

from domain.access import AccountClosed, RoleFact, RoleGranted, RoleRevoked
from domain.households import HouseholdRegistered
from domain.markets import MarketOpened
from domain.model import Fact, PersonId, UnitId
from domain.people import PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.teams import TeamFormed
from domain.workplaces import WorkplaceRegistered
from infrastructure.database import derived
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.columns import At, Id, chunks
from infrastructure.read_models.households import household_row, member_row
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People, person

waiting: Final = Table(
    "placing_v2",
    derived,
    Column("body", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id under which it was registered"),
    Column("divided", Id, primary_key=True, comment="the commune that was divided"),
    Column("unit", Id, nullable=False, comment="where it was known: the divided commune, or a hamlet of it"),
    Column("known", At, nullable=False, comment="position"),
    Column("placed", Id, comment="the unit of today; NULL while it waits"),
    Column("roles", Integer, nullable=False, comment="of an account: how many it holds there"),
    Index("placing_v2_divided", "divided", "body", "placed", "subject"),
)


class WaitingRow(msgspec.Struct, gc=False):
    body: str
    subject: str
    divided: UnitId
    unit: UnitId
    known: int
    placed: UnitId | None
    roles: int


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
        .outerjoin(person, (person.c.person == c.subject) & c.body.in_(_PEOPLE))
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
        .outerjoin(person, (person.c.person == c.subject) & c.body.in_(_PEOPLE))
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
        .outerjoin(person, (person.c.person == c.subject) & c.body.in_(_PEOPLE))
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


_PEOPLE: Final = (Body.PERSON.value, Body.ACCOUNT.value)


def _there() -> ColumnElement[bool]:
    """Who was neither erased nor, as a person, merged into another entry."""
    own = (person.c.canonical == person.c.person) | (waiting.c.body == Body.ACCOUNT.value)
    return person.c.person.is_(None) | (own & ~person.c.erased)


def _hints(db: Connection, body: Body, subjects: Sequence[str]) -> dict[str, tuple[UnitId, ...]]:
    """Units of the households somebody belongs to, or of the people of a household; where whoever holds
    an account lives."""
    found: dict[str, dict[UnitId, None]] = {}
    m = member_row.c
    for some in chunks(list(subjects)):
        if body is Body.PERSON:
            query = (
                select(m.person, household_row.c.unit)
                .join(household_row, household_row.c.household == m.household)
                .where(m.person.in_(some), m.gone.is_(None))
            )
        elif body is Body.HOUSEHOLD:
            query = (
                select(m.household, person.c.unit)
                .join(person, person.c.person == m.person)
                .where(m.household.in_(some), m.gone.is_(None))
            )
        elif body is Body.ACCOUNT:
            query = select(person.c.person, person.c.unit).where(person.c.person.in_(some))
        else:
            continue
        for subject, hint in db.execute(query):
            found.setdefault(subject, {})[UnitId(hint)] = None
    return {subject: tuple(units) for subject, units in found.items()}


class PlacingQueue(Model):
    name = "placing"
    version = 2
    tables = (waiting,)
    needs = (People,)
    facts = (
        PersonRegistered,
        PersonMoved,
        HouseholdRegistered,
        MarketOpened,
        TeamFormed,
        WorkplaceRegistered,
        RoleGranted,
        RoleRevoked,
        AccountClosed,
        PlacedAnew,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(Units)
        self._rows = copy.rows(waiting, WaitingRow, kept=10_000)

    def change(self, position: int, fact: Fact) -> None:
        if not self._units.any_divided:
            return
        match fact:
            case PersonRegistered():
                self._known(position, Body.PERSON, fact.person, fact.unit)
            case HouseholdRegistered():
                self._known(position, Body.HOUSEHOLD, fact.household, fact.unit)
            case MarketOpened():
                self._known(position, Body.MARKET, fact.market, fact.unit)
            case TeamFormed():
                self._known(position, Body.TEAM, fact.team, fact.unit)
            case WorkplaceRegistered():
                self._known(position, Body.WORKPLACE, fact.workplace, fact.unit)
            case PersonMoved():
                self._placed(position, Body.PERSON, fact.person, fact.unit)
            case PlacedAnew(body=Body.ACCOUNT):
                self._roles_placed(fact)
            case PlacedAnew():
                self._placed(position, fact.body, fact.subject, fact.unit)
            case RoleFact():
                self._role(position, fact)
            case AccountClosed():
                for row in self._of(Body.ACCOUNT, fact.person):
                    self._holds(row, 0)

    def _of(self, body: Body, subject: str) -> list[WaitingRow]:
        c = self._rows.table.c
        return self._rows.find((c.body == body.value) & (c.subject == subject))

    def _known(self, position: int, body: Body, subject: str, unit: UnitId) -> None:
        """In the queue while the unit is in doubt."""
        divided = self._units.divided(unit)
        if divided is not None:
            self._rows.put(WaitingRow(body.value, subject, divided, unit, position, None, 0))

    def _placed(self, position: int, body: Body, subject: str, unit: UnitId) -> None:
        """Who was once in the queue stays there with what was said; what they were placed in may have been
        divided in its turn."""
        divided = self._units.divided(unit)
        for row in self._of(body, subject):
            if row.divided != divided:
                row.placed = unit
                self._rows.put(row)
        self._known(position, body, subject, unit)

    def _role(self, position: int, fact: RoleFact) -> None:
        """An account waits while it holds any role over the divided commune or a hamlet of it."""
        divided = self._units.divided(fact.unit)
        if divided is None:
            return
        row = self._rows.get((Body.ACCOUNT.value, fact.person, divided))
        if isinstance(fact, RoleRevoked):
            if row is not None:
                self._holds(row, row.roles - 1)
        elif row is None or row.placed is not None:
            self._rows.put(WaitingRow(Body.ACCOUNT.value, fact.person, divided, fact.unit, position, None, 1))
        else:
            self._holds(row, row.roles + 1)

    def _holds(self, row: WaitingRow, roles: int) -> None:
        """Whose roles ended otherwise than by being placed is no longer among those who wait."""
        row.roles = max(0, roles)
        if row.roles or row.placed is not None:
            self._rows.put(row)
        else:
            self._rows.drop((row.body, row.subject, row.divided))

    def _roles_placed(self, fact: PlacedAnew) -> None:
        row = self._rows.get((Body.ACCOUNT.value, fact.subject, fact.previous))
        if row is not None:
            row.placed = fact.unit
            self._rows.put(row)
