"""Workplaces, and who belongs to them today."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, Text, select

from domain import workplaces
from domain.model import Answer, Fact, PersonId, Position, UnitId, WorkplaceId
from domain.placed import Body, PlacedAnew
from domain.workplaces import WorkplaceJoined, WorkplaceKind, WorkplaceLeft, WorkplaceRegistered
from infrastructure.database import derived
from infrastructure.read_models import people, units
from infrastructure.read_models.columns import At, Day, Id, chunks
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.placed import Placed, inside
from infrastructure.read_models.teachings import State, teaching_row

workplace_row: Final = Table(
    "workplace_v1",
    derived,
    Column("workplace", Id, primary_key=True),
    Column("unit", Id, nullable=False, comment="where it lies today"),
    Column("kind", Id, nullable=False),
    Column("name", Text, nullable=False, comment="public"),
    Column("registered", At, nullable=False, comment="position"),
    Index("workplace_v1_unit", "unit", "registered"),
)

belonging: Final = Table(
    "belonging_v1",
    derived,
    Column("person", Id, primary_key=True, comment="the id under which they joined"),
    Column("workplace", Id, nullable=False),
    Column("on", Day, nullable=False, comment="the first day"),
    Column("joined", At, nullable=False, comment="position"),
    Index("belonging_v1_workplace", "workplace", "joined"),
    comment="who belongs where today; who left has no row",
)


class WorkplaceRow(msgspec.Struct, gc=False):
    workplace: WorkplaceId
    unit: UnitId
    kind: str
    name: str
    registered: int


class BelongingRow(msgspec.Struct, gc=False):
    person: PersonId
    workplace: WorkplaceId
    on: str
    joined: int


class Workplace(msgspec.Struct, frozen=True, kw_only=True):
    workplace: WorkplaceId
    unit: UnitId
    kind: WorkplaceKind
    name: str
    registered: Position


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons who belong to a workplace today; of them those who confirmed that they were
    taught, wherever, and of these who are able themselves in at least one skill."""

    people: int = 0
    confirmed: int = 0
    able: int = 0


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """`person` is the id that stands for them today; `on` their first day."""

    person: PersonId
    on: date
    confirmed: bool
    able: bool


def workplace(db: Connection, ref: WorkplaceId) -> Workplace | None:
    found = db.execute(select(workplace_row).where(workplace_row.c.workplace == ref)).first()
    return None if found is None else _workplace(WorkplaceRow(*found))


def several(db: Connection, refs: Iterable[WorkplaceId]) -> dict[WorkplaceId, Workplace]:
    """Workplaces by their ids; an unknown one is missing from the answer."""
    return {
        row[0]: _workplace(WorkplaceRow(*row))
        for some in chunks(list(dict.fromkeys(refs)))
        for row in db.execute(select(workplace_row).where(workplace_row.c.workplace.in_(some)))
    }


def in_unit(
    db: Connection, unit: UnitId, *, limit: int = 200, after: Position | None = None
) -> list[Workplace]:
    """The workplaces in a unit or below it, in the order in which they were registered; `after` is the
    `registered` of the last one seen."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(workplace_row)
        .join(units.unit, units.unit.c.unit == workplace_row.c.unit)
        .where(inside(unit, where, workplace_row.c.unit, workplace_row.c.workplace))
        .order_by(workplace_row.c.registered)
        .limit(limit)
    )
    if after is not None:
        query = query.where(workplace_row.c.registered > after)
    return [_workplace(WorkplaceRow(*row)) for row in db.execute(query)]


def of_units(db: Connection, some: Sequence[UnitId], *, limit: int = 300) -> list[Workplace]:
    """The workplaces registered under just these units, by name."""
    query = select(workplace_row).where(workplace_row.c.unit.in_(list(some)))
    rows = db.execute(query.order_by(workplace_row.c.name, workplace_row.c.workplace).limit(limit))
    return [_workplace(WorkplaceRow(*row)) for row in rows]


def _workplace(row: WorkplaceRow) -> Workplace:
    return Workplace(
        workplace=row.workplace,
        unit=row.unit,
        kind=WorkplaceKind(row.kind),
        name=row.name,
        registered=Position(row.registered),
    )


def of_people(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, WorkplaceId]:
    """Where each of these people belongs today, by the id asked for. Of two entries that turned out
    to be one person, the one who joined last holds."""
    wanted = list(dict.fromkeys(ids))
    aliases = people.aliases_of_each(db, wanted)
    rows = _rows(db, [one for some in aliases.values() for one in some])
    found = {}
    for ref in wanted:
        joined = [rows[one] for one in aliases[ref] if one in rows]
        if joined:
            found[ref] = max(joined, key=lambda row: row.joined).workplace
    return found


def _rows(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, BelongingRow]:
    return {
        row[0]: BelongingRow(*row)
        for some in chunks(list(dict.fromkeys(ids)))
        for row in db.execute(select(belonging).where(belonging.c.person.in_(some)))
    }


def belong(db: Connection, refs: Iterable[WorkplaceId]) -> dict[WorkplaceId, dict[PersonId, BelongingRow]]:
    """Who belongs to these workplaces today, by the ids that stand for them, the first to join first."""
    wanted = list(dict.fromkeys(refs))
    found: dict[WorkplaceId, dict[PersonId, BelongingRow]] = {ref: {} for ref in wanted}
    rows = [
        BelongingRow(*row)
        for some in chunks(wanted)
        for row in db.execute(
            select(belonging).where(belonging.c.workplace.in_(some)).order_by(belonging.c.joined)
        )
    ]
    now = {ref: one.id for ref, one in people.several(db, [row.person for row in rows]).items()}
    holding = of_people(db, {now.get(row.person, row.person) for row in rows})
    for row in rows:
        person = now.get(row.person, row.person)
        if holding.get(person, row.workplace) == row.workplace:
            found[row.workplace][person] = row
    return found


def counts(db: Connection, refs: Iterable[WorkplaceId]) -> dict[WorkplaceId, Counts]:
    found = belong(db, refs)
    skills = taught(db, [person for some in found.values() for person in some])
    return {
        ref: Counts(
            people=len(some),
            confirmed=sum(person in skills for person in some),
            able=sum(skills.get(person, False) for person in some),
        )
        for ref, some in found.items()
    }


def members(db: Connection, ref: WorkplaceId) -> list[Member]:
    """In the order in which they joined."""
    found = belong(db, [ref])[ref]
    skills = taught(db, list(found))
    return [
        Member(
            person=person,
            on=date.fromisoformat(row.on),
            confirmed=person in skills,
            able=skills.get(person, False),
        )
        for person, row in found.items()
    ]


def taught(db: Connection, persons: Sequence[PersonId]) -> dict[PersonId, bool]:
    """Of these (canonical) people those who confirmed that somebody else taught them, and whether they
    are able themselves in at least one skill."""
    ids = {one: top for top, some in people.aliases_of_each(db, persons).items() for one in some}
    t = teaching_row.c
    rows = [
        tuple(row)
        for some in chunks(list(ids))
        for row in db.execute(
            select(t.learner, t.ambassador, t.answer).where(
                t.learner.in_(some), t.state == State.CONFIRMED.value
            )
        )
    ]
    found: dict[PersonId, bool] = {}
    for learner, ambassador, answer in rows:
        top = ids[learner]
        if ids.get(ambassador) != top:
            found[top] = found.get(top, False) or answer == Answer.ABLE.value
    return found


class Workplaces(Model):
    name = "workplaces"
    version = 2
    tables = (workplace_row, belonging)
    needs = (people.People, Placed)
    facts = (*workplaces.FACTS, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._workplaces = copy.rows(workplace_row, WorkplaceRow)
        self._belonging = copy.rows(belonging, BelongingRow)

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        self.load([person for _, fact in facts if (person := getattr(fact, "person", None))])

    def load(self, persons: Iterable[PersonId]) -> None:
        self._belonging.load(persons)

    def of(self, person: PersonId) -> WorkplaceId | None:
        """Where somebody belongs under just this id."""
        row = self._belonging.get(person)
        return row.workplace if row else None

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case WorkplaceRegistered():
                self._workplaces.put(
                    WorkplaceRow(fact.workplace, fact.unit, fact.kind.value, fact.name, position)
                )
            case PlacedAnew(body=Body.WORKPLACE):
                if (placed := self._workplaces.get(fact.subject)) is None:
                    raise LookupError("a workplace that was never registered")
                placed.unit = fact.unit
                self._workplaces.put(placed)
            case WorkplaceJoined():
                self._belonging.put(BelongingRow(fact.person, fact.workplace, fact.on.isoformat(), position))
            case WorkplaceLeft():
                row = self._belonging.get(fact.person)
                if row is not None and row.workplace == fact.workplace:
                    self._belonging.drop(fact.person)
