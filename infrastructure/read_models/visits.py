"""Door to door: which households were visited, what was found last, and how many there are to visit.

A household counts once, however often it was visited; both visits are kept. One that was visited by its
number and turned out to be a family that is entered (a visit named both) is one from then on."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Boolean, Column, Connection, Index, Integer, Table, Text, func, select

from domain import visits
from domain.model import Fact, HouseholdId, PersonId, Position, Skill, TeamId, UnitId, VisitId
from domain.placed import Body, PlacedAnew
from domain.visits import Finding, HouseholdsDeclared, HouseholdVisited, VisitVoided, numbered
from infrastructure.database import derived
from infrastructure.read_models import people
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.columns import At, Day, Id
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.placed import Placed

visit_row: Final = Table(
    "visit_v1",
    derived,
    Column("visit", Id, primary_key=True),
    Column("household", Id, nullable=False),
    Column("unit", Id, nullable=False),
    Column("number", Integer),
    Column("visitor", Id, nullable=False, comment="the id under which it was logged"),
    Column("team", Id),
    Column("on", Day, nullable=False),
    Column("found", Text, nullable=False, comment="JSON"),
    Column("needs", Text, nullable=False, comment="JSON"),
    Column("voided", Boolean, nullable=False),
    Column("logged", At, nullable=False, comment="position"),
    Index("visit_v1_household", "household"),
    Index("visit_v1_visitor", "visitor", "logged"),
    Index("visit_v1_team", "team", "on"),
)

visited: Final = Table(
    "visited_v2",
    derived,
    Column("household", Id, primary_key=True),
    Column("unit", Id, nullable=False),
    Column("number", Integer),
    Column("visits", Integer, nullable=False, comment="those that stand"),
    Column("last", Day, nullable=False),
    Column("found", Text, nullable=False, comment="JSON, at the latest visit"),
    Column("needs", Text, nullable=False, comment="JSON, at the latest visit"),
    Column("lies", Id, comment="where the family was placed since its commune was divided"),
    Index("visited_v2_unit", "unit", "last"),
    Index("visited_v2_lies", "lies"),
)

same: Final = Table(
    "visited_same_v1",
    derived,
    Column("door", Id, primary_key=True, comment="a household as its number names it"),
    Column("family", Id, nullable=False, comment="the same as the family that was entered"),
    Index("visited_same_v1_family", "family"),
)

counted: Final = Table(
    "visited_in_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("what", Id, primary_key=True, comment="all, a finding, or a skill that is wanted"),
    Column("households", Integer, nullable=False),
    comment="distinct households visited in a unit or below it",
    sqlite_with_rowid=False,
)

declared: Final = Table(
    "households_declared_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("on", Day, primary_key=True),
    Column("households", Integer, nullable=False),
    Column("document", Text, nullable=False),
)

ALL: Final = "all"
FOUND: Final = "found:"
NEED: Final = "need:"


class VisitRow(msgspec.Struct, gc=False):
    visit: VisitId
    household: HouseholdId
    unit: UnitId
    number: int | None
    visitor: PersonId
    team: TeamId | None
    on: str
    found: str
    needs: str
    voided: bool
    logged: int


class VisitedRow(msgspec.Struct, frozen=True):
    household: HouseholdId
    unit: UnitId
    number: int | None
    visits: int
    last: str
    found: str
    needs: str
    lies: UnitId | None


class SameRow(msgspec.Struct, gc=False):
    door: HouseholdId
    family: HouseholdId


class CountedRow(msgspec.Struct, gc=False):
    unit: UnitId
    what: str
    households: int


class DeclaredRow(msgspec.Struct, gc=False):
    unit: UnitId
    on: str
    households: int
    document: str


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    visit: VisitId
    household: HouseholdId
    unit: UnitId
    number: int | None
    visitor: PersonId
    team: TeamId | None
    on: date
    found: tuple[Finding, ...]
    needs: tuple[Skill, ...]
    voided: bool
    logged: Position


class OfTeam(msgspec.Struct, frozen=True, kw_only=True):
    """Visits that stand, and the distinct households they were to."""

    visits: int
    households: int


def visit(db: Connection, ref: str) -> Visit | None:
    found = db.execute(select(visit_row).where(visit_row.c.visit == ref)).first()
    return None if found is None else _visit(VisitRow(*found))


def whose(db: Connection, ref: str) -> tuple[UnitId, PersonId] | None:
    """The unit it was in and who visited: what decides who may see more."""
    query = select(visit_row.c.unit, visit_row.c.visitor).where(visit_row.c.visit == ref)
    found = db.execute(query).first()
    return None if found is None else (UnitId(found[0]), PersonId(found[1]))


def of_visitor(db: Connection, visitor: PersonId, limit: int = 10) -> list[Visit]:
    """Somebody's own visits that stand, latest first."""
    query = (
        select(visit_row)
        .where(visit_row.c.visitor.in_(people.aliases(db, visitor)), visit_row.c.voided.is_(False))
        .order_by(visit_row.c.logged.desc())
        .limit(limit)
    )
    return [_visit(VisitRow(*row)) for row in db.execute(query)]


def of_team(db: Connection, team: TeamId, *, month: str | None = None) -> OfTeam:
    household = func.coalesce(same.c.family, visit_row.c.household)
    query = (
        select(func.count(), func.count(household.distinct()))
        .select_from(visit_row)
        .join(same, same.c.door == visit_row.c.household, isouter=True)
        .where(visit_row.c.team == team, visit_row.c.voided.is_(False))
    )
    if month is not None:
        query = query.where(visit_row.c.on.startswith(month, autoescape=True))
    made, households = db.execute(query).one()
    return OfTeam(visits=made, households=households)


def _visit(row: VisitRow) -> Visit:
    return Visit(
        visit=row.visit,
        household=row.household,
        unit=row.unit,
        number=row.number,
        visitor=row.visitor,
        team=row.team,
        on=date.fromisoformat(row.on),
        found=msgspec.json.decode(row.found, type=tuple[Finding, ...]),
        needs=msgspec.json.decode(row.needs, type=tuple[Skill, ...]),
        voided=bool(row.voided),
        logged=Position(row.logged),
    )


class Visits(Model):
    name = "visits"
    version = 3
    tables = (visit_row, visited, same, counted, declared)
    needs = (Units, Placed)
    facts = (*visits.FACTS, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(Units)
        self._placed = copy.model(Placed)
        self._visits = copy.rows(visit_row, VisitRow)
        self._visited = copy.rows(visited, VisitedRow)
        self._same = copy.rows(same, SameRow)
        self._counted = copy.rows(counted, CountedRow)
        self._declared = copy.rows(declared, DeclaredRow)
        self._before: dict[HouseholdId, VisitedRow | None] = {}

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        self._visits.load(fact.visit for _, fact in facts if isinstance(fact, VisitVoided))
        households = [fact.household for _, fact in facts if isinstance(fact, HouseholdVisited | VisitVoided)]
        self._same.load(households)
        self._visited.load(households)
        self._placed.load(households)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case HouseholdVisited():
                row = _logged(position, fact)
                self._visits.put(row)
                if fact.number is not None and fact.household != numbered(fact.unit, fact.number):
                    self._anew(numbered(fact.unit, fact.number), fact.household)
                else:
                    self._add(self._stands_for(fact.household), row)
            case VisitVoided():
                self._void(fact)
            case HouseholdsDeclared():
                day = fact.on.isoformat()
                self._declared.put(DeclaredRow(fact.unit, day, fact.households, fact.document))
            case PlacedAnew(body=Body.HOUSEHOLD | Body.DOOR):
                if (known := self._note(HouseholdId(fact.subject))) is not None:
                    self._visited.put(msgspec.structs.replace(known, lies=self._part(known.unit, fact.unit)))

    def day_of(self, ref: VisitId) -> date:
        """The day of a visit that was logged."""
        row = self._visits.get(ref)
        if row is None:
            raise LookupError("a visit that was never logged")
        return date.fromisoformat(row.on)

    def doors_of(self, ref: VisitId) -> tuple[HouseholdId, ...]:
        """The households known by a number that a visit is about: none, or one."""
        row = self._visits.get(ref)
        return () if row is None or row.number is None else (numbered(row.unit, row.number),)

    def stands(self, door: HouseholdId) -> bool:
        """Whether a household known by its number was visited, and is no family that was entered."""
        return self._visited.get(door) is not None

    def _stands_for(self, household: HouseholdId) -> HouseholdId:
        known = self._same.get(household)
        return known.family if known else household

    def _note(self, household: HouseholdId) -> VisitedRow | None:
        """The household, about to be changed; how it stood when the batch began is kept."""
        row = self._visited.get(household)
        self._before.setdefault(household, row)
        return row

    def _add(self, household: HouseholdId, row: VisitRow) -> None:
        self._visited.put(self._with(self._note(household), household, row))

    def _with(self, known: VisitedRow | None, household: HouseholdId, made: VisitRow) -> VisitedRow:
        unit = known.unit if known else made.unit
        return _with(known, household, made, self._part(unit, self._placed.of(household)))

    def _part(self, unit: UnitId, lies: UnitId | None) -> UnitId | None:
        """Where it was placed, if its unit was divided: else it counts where it was visited alone."""
        return lies if self._units.divided(unit) else None

    def _void(self, fact: VisitVoided) -> None:
        row = self._visits.get(fact.visit)
        if row is None:
            raise LookupError("a visit that was never logged")
        row.voided = True
        self._visits.put(row)
        doors = [numbered(row.unit, row.number)] if row.number is not None else []
        self._anew(*doors, row.household)

    def _anew(self, *households: HouseholdId) -> None:
        """Puts together from their visits what these households are: a door may have become, or ceased
        to be, the same as a family."""
        touched = dict.fromkeys(households)
        for door in households:
            known = self._same.get(door)
            family = self._family_behind(door)
            if known is not None:
                touched[known.family] = None
            if family is None:
                self._same.drop(door)
            else:
                touched[family] = None
                self._same.put(SameRow(door, family))
        for household in touched:
            self._rebuild(household)

    def _family_behind(self, door: HouseholdId) -> HouseholdId | None:
        """That the latest visit says which named both; None for what is no door, or for none."""
        known = visits.door(door)
        if known is None:
            return None
        unit, number = known
        c = self._visits.table.c
        both = self._visits.find(
            (c.unit == unit) & (c.number == number) & (c.household != door) & c.voided.is_(False)
        )
        latest = max(both, key=lambda one: one.logged, default=None)
        return latest.household if latest else None

    def _rebuild(self, household: HouseholdId) -> None:
        self._note(household)
        row: VisitedRow | None = None
        if self._same.get(household) is None:
            doors = [one.door for one in self._same.find(self._same.table.c.family == household)]
            c = self._visits.table.c
            stand = self._visits.find(c.household.in_([household, *doors]) & c.voided.is_(False))
            for one in sorted(stand, key=lambda made: made.logged):
                row = self._with(row, household, one)
        if row is None:
            self._visited.drop(household)
        else:
            self._visited.put(row)

    def settle(self) -> None:
        deltas: dict[tuple[UnitId, str], int] = {}
        for household, before in self._before.items():
            after = self._visited.get(household)
            for row, by in ((before, -1), (after, 1)):
                if row is not None:
                    for key in self._counts(row):
                        deltas[key] = deltas.get(key, 0) + by
        self._before.clear()
        moved = {key: by for key, by in deltas.items() if by}
        self._counted.load(moved)
        for key, by in moved.items():
            found = self._counted.get(key)
            total = by + (found.households if found else 0)
            if total:
                self._counted.put(CountedRow(*key, total))
            else:
                self._counted.drop(key)

    def _counts(self, row: VisitedRow) -> Iterable[tuple[UnitId, str]]:
        whats = [
            ALL,
            *(FOUND + one for one in msgspec.json.decode(row.found, type=list[str])),
            *(NEED + one for one in msgspec.json.decode(row.needs, type=list[str])),
        ]
        return ((unit, what) for unit in self._units.above_one(row.unit, row.lies) for what in whats)


def _logged(position: int, fact: HouseholdVisited) -> VisitRow:
    return VisitRow(
        visit=fact.visit,
        household=fact.household,
        unit=fact.unit,
        number=fact.number,
        visitor=fact.visitor,
        team=fact.team,
        on=fact.on.isoformat(),
        found=packed(fact.found),
        needs=packed(fact.needs),
        voided=False,
        logged=position,
    )


def _with(
    known: VisitedRow | None, household: HouseholdId, made: VisitRow, lies: UnitId | None
) -> VisitedRow:
    """A household as it is after one visit more, of those known the last that was logged."""
    if known is None:
        return VisitedRow(household, made.unit, made.number, 1, made.on, made.found, made.needs, lies)
    latest = made.on >= known.last
    return VisitedRow(
        household=household,
        unit=known.unit,
        number=known.number if made.number is None else made.number,
        visits=known.visits + 1,
        last=max(known.last, made.on),
        found=made.found if latest else known.found,
        needs=made.needs if latest else known.needs,
        lies=lies,
    )
