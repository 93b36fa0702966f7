"""The queue of divided communes: who and what is known there, and where each was said to be today.

A copy of the read models knows what became of units from its first fact on (`units`), so whoever was
registered long before their commune was divided stands in the queue all the same.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Boolean, Column, ColumnElement, Connection, Index, Integer, Table, func, select

from domain.access import AccountClosed, RoleFact, RoleGranted, RoleRevoked
from domain.households import HouseholdRegistered
from domain.markets import MarketOpened
from domain.model import Fact, HouseholdId, PersonId, UnitId
from domain.people import MergeUndone, PersonErased, PersonMerged, PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.teams import TeamFormed
from domain.visits import HouseholdVisited, VisitVoided, numbered
from domain.workplaces import WorkplaceRegistered
from infrastructure.database import derived
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.columns import At, Id, chunks
from infrastructure.read_models.households import household_row, member_row
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People, person
from infrastructure.read_models.visits import Visits

Key = tuple[str, str, UnitId]
"""Of a row: the body, the subject, the commune that was divided."""

waiting: Final = Table(
    "placing_v3",
    derived,
    Column("body", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id under which it was registered"),
    Column("divided", Id, primary_key=True, comment="the commune that was divided"),
    Column("unit", Id, nullable=False, comment="where it was known: the divided commune, or a hamlet of it"),
    Column("known", At, nullable=False, comment="position"),
    Column("placed", Id, comment="the unit of today; NULL while it waits"),
    Column("roles", Integer, nullable=False, comment="of an account: how many it holds there"),
    Column("gone", Boolean, nullable=False, comment="erased or merged; of a door: no longer one of its own"),
    Index("placing_v3_divided", "divided", "body", "gone", "placed", "subject"),
)

counted: Final = Table(
    "placing_in_v1",
    derived,
    Column("divided", Id, primary_key=True),
    Column("body", Id, primary_key=True),
    Column("waiting", Integer, nullable=False),
    Column("all", Integer, nullable=False),
    comment="how many of a kind still wait in each divided commune, of how many",
)


class WaitingRow(msgspec.Struct, gc=False):
    body: str
    subject: str
    divided: UnitId
    unit: UnitId
    known: int
    placed: UnitId | None
    roles: int
    gone: bool


class CountedRow(msgspec.Struct, gc=False):
    divided: UnitId
    body: str
    waiting: int
    all: int


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
    query = select(counted).order_by(counted.c.divided, counted.c.body)
    if divided is not None:
        query = query.where(counted.c.divided == divided)
    return [Progress(UnitId(one), Body(body), left, every) for one, body, left, every in db.execute(query)]


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
        .where(*_waits(divided, body), c.subject > after)
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
    query = select(c.unit, func.count()).where(*_waits(divided, body)).group_by(c.unit)
    return {UnitId(unit): count for unit, count in db.execute(query)}


def members(db: Connection, households: Sequence[str]) -> dict[str, PersonId]:
    """Somebody of each household, to be named by."""
    query = (
        select(member_row.c.household, func.min(member_row.c.person))
        .where(member_row.c.household.in_(households), member_row.c.gone.is_(None))
        .group_by(member_row.c.household)
    )
    return {row[0]: PersonId(row[1]) for row in db.execute(query)}


def _waits(divided: UnitId, body: Body) -> tuple[ColumnElement[bool], ...]:
    c = waiting.c
    return c.divided == divided, c.body == body.value, c.gone.is_(False), c.placed.is_(None)


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
    version = 3
    tables = (waiting, counted)
    needs = (People, Visits)
    facts = (
        PersonRegistered,
        PersonMoved,
        PersonMerged,
        MergeUndone,
        PersonErased,
        HouseholdRegistered,
        HouseholdVisited,
        VisitVoided,
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
        self._people = copy.model(People)
        self._visits = copy.model(Visits)
        self._rows = copy.rows(waiting, WaitingRow, kept=10_000)
        self._counted = copy.rows(counted, CountedRow)
        self._before: dict[Key, tuple[int, int]] = {}

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        if self._units.any_divided:
            known = (first for _, fact in facts if (first := _first(fact)) is not None)
            self._rows.load(
                (body.value, subject, divided)
                for body, subject, unit in known
                if (divided := self._units.divided(unit)) is not None
            )

    def change(self, position: int, fact: Fact) -> None:
        if not self._units.any_divided:
            return
        if (first := _first(fact)) is not None and not isinstance(fact, HouseholdVisited):
            self._known(position, *first)
            return
        match fact:
            case PersonErased() | PersonMerged() | MergeUndone():
                for row in self._of(fact.person, Body.PERSON, Body.ACCOUNT):
                    self._put(row, gone=self._gone(Body(row.body), fact.person))
            case HouseholdVisited() | VisitVoided():
                self._visited(position, fact)
            case PersonMoved():
                self._placed(position, Body.PERSON, fact.person, fact.unit)
            case PlacedAnew(body=Body.ACCOUNT):
                self._roles_placed(fact)
            case PlacedAnew():
                self._placed(position, fact.body, fact.subject, fact.unit)
            case RoleFact():
                self._role(position, fact)
            case AccountClosed():
                for row in self._of(fact.person, Body.ACCOUNT):
                    self._holds(row, 0)

    def _of(self, subject: str, *bodies: Body) -> list[WaitingRow]:
        c = self._rows.table.c
        return self._rows.find(c.body.in_([one.value for one in bodies]) & (c.subject == subject))

    def _known(self, position: int, body: Body, subject: str, unit: UnitId) -> None:
        """In the queue while the unit is in doubt."""
        divided = self._units.divided(unit)
        if divided is not None:
            gone = self._gone(body, subject)
            self._put(WaitingRow(body.value, subject, divided, unit, position, None, 0, gone))

    def _gone(self, body: Body, subject: str) -> bool:
        """Whether somebody was erased or, as a person, merged into another entry; whether nobody visited a
        door, or it is that of a family which was entered."""
        match body:
            case Body.PERSON:
                person = PersonId(subject)
                return self._people.now(person) != person or self._people.erased(person)
            case Body.ACCOUNT:
                return self._people.erased(PersonId(subject))
            case Body.DOOR:
                return not self._visits.stands(HouseholdId(subject))
        return False

    def _visited(self, position: int, fact: HouseholdVisited | VisitVoided) -> None:
        divided = self._units.divided(fact.unit)
        if divided is None:
            return
        for door in self._visits.doors_of(fact.visit):
            gone, key = self._gone(Body.DOOR, door), (Body.DOOR.value, door, divided)
            row = self._rows.get(key)
            if row is None:
                self._put(WaitingRow(*key, fact.unit, position, None, 0, gone))
            elif row.gone != gone:
                for one in self._of(door, Body.DOOR):
                    self._put(one, gone=gone)

    def _placed(self, position: int, body: Body, subject: str, unit: UnitId) -> None:
        """Who was once in the queue stays there with what was said; what they were placed in may have been
        divided in its turn."""
        divided = self._units.divided(unit)
        for row in self._of(subject, body):
            if row.divided != divided:
                self._put(row, placed=unit)
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
            gone = self._gone(Body.ACCOUNT, fact.person)
            self._put(
                WaitingRow(Body.ACCOUNT.value, fact.person, divided, fact.unit, position, None, 1, gone)
            )
        else:
            self._holds(row, row.roles + 1)

    def _holds(self, row: WaitingRow, roles: int) -> None:
        """Whose roles ended otherwise than by being placed is no longer among those who wait."""
        left = max(0, roles)
        if left or row.placed is not None:
            self._put(row, roles=left)
        else:
            key = (row.body, row.subject, row.divided)
            self._note(key)
            self._rows.drop(key)

    def _roles_placed(self, fact: PlacedAnew) -> None:
        row = self._rows.get((Body.ACCOUNT.value, fact.subject, fact.previous))
        if row is not None:
            self._put(row, placed=fact.unit)

    def _put(self, row: WaitingRow, **changes: Any) -> None:
        self._note((row.body, row.subject, row.divided))
        self._rows.put(msgspec.structs.replace(row, **changes) if changes else row)

    def _note(self, key: Key) -> None:
        """A row is about to be changed; how it counted when the batch began is kept."""
        if key not in self._before:
            self._before[key] = _counts(self._rows.get(key))

    def settle(self) -> None:
        moved: dict[tuple[UnitId, str], tuple[int, int]] = {}
        for key, before in self._before.items():
            body, _subject, divided = key
            by = [now - then for now, then in zip(_counts(self._rows.get(key)), before, strict=True)]
            left, every = moved.get((divided, body), (0, 0))
            moved[divided, body] = left + by[0], every + by[1]
        self._before.clear()
        self._counted.load(moved)
        for (divided, body), (left, every) in moved.items():
            known = self._counted.get((divided, body)) or CountedRow(divided, body, 0, 0)
            row = CountedRow(divided, body, known.waiting + left, known.all + every)
            if row.all:
                self._counted.put(row)
            else:
                self._counted.drop((divided, body))


def _first(fact: Fact) -> tuple[Body, str, UnitId] | None:
    """Whom or what a fact makes known, and where."""
    match fact:
        case PersonRegistered():
            return Body.PERSON, fact.person, fact.unit
        case HouseholdRegistered():
            return Body.HOUSEHOLD, fact.household, fact.unit
        case HouseholdVisited(number=int(number)):
            return Body.DOOR, numbered(fact.unit, number), fact.unit
        case MarketOpened():
            return Body.MARKET, fact.market, fact.unit
        case TeamFormed():
            return Body.TEAM, fact.team, fact.unit
        case WorkplaceRegistered():
            return Body.WORKPLACE, fact.workplace, fact.unit
    return None


def _counts(row: WaitingRow | None) -> tuple[int, int]:
    """Whether it waits, and whether it counts at all."""
    if row is None or row.gone:
        return 0, 0
    return int(row.placed is None), 1
