"""Families: their members, what is declared of them, and whether they hold the status."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Boolean, Column, Connection, Index, Table, select

from domain import households
from domain.households import (
    Criterion,
    CriterionAnswered,
    CriterionDeclared,
    CriterionLost,
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
    HouseholdFact,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
)
from domain.model import Answer, DeclarationId, Fact, HouseholdId, PersonId, Position, UnitId
from domain.placed import Body, PlacedAnew
from infrastructure.database import derived
from infrastructure.read_models import people, units
from infrastructure.read_models.columns import At, Day, Id, chunks, micros, moment
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed, inside

household_row: Final = Table(
    "household_v1",
    derived,
    Column("household", Id, primary_key=True),
    Column("ambassador", Id, nullable=False, comment="the id under which it was registered"),
    Column("unit", Id, nullable=False, comment="where it lives today"),
    Column("on", Day, nullable=False),
    Column("registered", At, nullable=False, comment="position"),
    Column("digital_since", At, comment="microseconds since 1970; NULL without the status"),
    Column("criteria", Id, comment="content hash under which the status was given"),
    Index("household_v1_ambassador", "ambassador", "registered"),
    Index("household_v1_unit", "unit", "registered"),
)

member_row: Final = Table(
    "member_v1",
    derived,
    Column("household", Id, primary_key=True),
    Column("person", Id, primary_key=True, comment="the id under which they joined"),
    Column("joined", At, primary_key=True, autoincrement=False, comment="position"),
    Column("gone", At, comment="position; NULL while a member"),
    Index("member_v1_person", "person"),
)

declared_row: Final = Table(
    "declared_v1",
    derived,
    Column("household", Id, primary_key=True),
    Column("declaration", Id, primary_key=True),
    Column("criterion", Id, primary_key=True),
    Column("member", Id, primary_key=True, comment="who is proficient; empty for the other criteria"),
    Column("ambassador", Id, nullable=False),
    Column("on", Day, nullable=False),
    Column("declared", At, nullable=False, comment="position"),
    Column("answer", Id),
    Column("answered", At, comment="position of the latest answer"),
    Column("lost", Boolean, nullable=False),
    Index("declared_v1_declaration", "declaration"),
)


class HouseholdRow(msgspec.Struct, gc=False):
    household: HouseholdId
    ambassador: PersonId
    unit: UnitId
    on: str
    registered: int
    digital_since: int | None
    criteria: str | None


class MemberRow(msgspec.Struct, gc=False):
    household: HouseholdId
    person: PersonId
    joined: int
    gone: int | None


class DeclaredRow(msgspec.Struct, gc=False):
    household: HouseholdId
    declaration: DeclarationId
    criterion: str
    member: str
    ambassador: PersonId
    on: str
    declared: int
    answer: str | None
    answered: int | None
    lost: bool


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A declared criterion; it stands while it was answered with yes and is not lost."""

    declaration: DeclarationId
    criterion: Criterion
    member: PersonId | None
    on: date
    answer: Answer | None
    answered: Position | None
    lost: bool

    @property
    def stands(self) -> bool:
        return self.answer is not None and self.answer.confirms and not self.lost


class Household(msgspec.Struct, frozen=True, kw_only=True):
    """`members` are those of today, by the ids that stand for them; `digital_since` is None
    without the status."""

    household: HouseholdId
    ambassador: PersonId
    unit: UnitId
    on: date
    registered: Position
    members: tuple[PersonId, ...]
    declared: tuple[Declared, ...]
    digital_since: datetime | None
    criteria: str | None

    def holds(self, criterion: Criterion, member: PersonId | None = None) -> bool:
        """Whether the latest answer about a criterion (of a member) was a yes, as
        `domain.households.Household` says."""
        answered = [
            one
            for one in self.declared
            if one.criterion is criterion
            and not one.lost
            and one.answered is not None
            and (member is None or one.member == member)
        ]
        latest = max(answered, key=lambda one: one.answered or 0, default=None)
        return latest is not None and latest.stands


def whose(db: Connection, ref: HouseholdId) -> tuple[UnitId, PersonId] | None:
    """The unit it lies in and who registered it: what decides who may see more."""
    found = db.execute(
        select(household_row.c.unit, household_row.c.ambassador).where(household_row.c.household == ref)
    ).first()
    return None if found is None else (UnitId(found[0]), PersonId(found[1]))


def household(db: Connection, ref: HouseholdId) -> Household | None:
    query = select(household_row).where(household_row.c.household == ref)
    found = _households(db, [HouseholdRow(*row) for row in db.execute(query)])
    return found[0] if found else None


def several(db: Connection, refs: Iterable[HouseholdId]) -> dict[HouseholdId, Household]:
    """Households by their ids; an unknown id is missing from the answer."""
    found: list[Household] = []
    for some in chunks(list(refs), 100):
        query = select(household_row).where(household_row.c.household.in_(some))
        found += _households(db, [HouseholdRow(*row) for row in db.execute(query)])
    return {one.household: one for one in found}


def of_person(db: Connection, person: PersonId) -> Household | None:
    """The household a person belongs to today, under any of their ids."""
    ids = people.aliases(db, person)
    found = db.scalar(
        select(member_row.c.household)
        .where(member_row.c.person.in_(ids), member_row.c.gone.is_(None))
        .order_by(member_row.c.joined)
        .limit(1)
    )
    return household(db, HouseholdId(found)) if found else None


def ids_of_people(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, set[HouseholdId]]:
    """The households to which people belong now under just these ids."""
    found: dict[PersonId, set[HouseholdId]] = {}
    for some in chunks(sorted(ids)):
        query = select(member_row.c.person, member_row.c.household).where(
            member_row.c.person.in_(some), member_row.c.gone.is_(None)
        )
        for person, household_id in db.execute(query):
            found.setdefault(PersonId(person), set()).add(HouseholdId(household_id))
    return found


def joined_as(db: Connection, refs: Iterable[HouseholdId]) -> dict[HouseholdId, tuple[PersonId, ...]]:
    """The ids under which the present members of households joined."""
    joined: dict[HouseholdId, list[PersonId]] = {}
    for some in chunks(list(refs)):
        query = select(member_row.c.household, member_row.c.person).where(
            member_row.c.household.in_(some), member_row.c.gone.is_(None)
        )
        for ref, person in db.execute(query.order_by(member_row.c.joined, member_row.c.person)):
            joined.setdefault(HouseholdId(ref), []).append(PersonId(person))
    return {ref: tuple(people_joined) for ref, people_joined in joined.items()}


def of_ambassador(
    db: Connection, ambassador: PersonId, *, limit: int = 50, before: Position | None = None
) -> list[Household]:
    """The households that an ambassador registered, latest first; `before` is the `registered`
    of the last one seen."""
    query = (
        select(household_row)
        .where(household_row.c.ambassador.in_(people.aliases(db, ambassador)))
        .order_by(household_row.c.registered.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(household_row.c.registered < before)
    return _households(db, [HouseholdRow(*row) for row in db.execute(query)])


def in_unit(
    db: Connection, unit: UnitId, *, limit: int = 50, before: Position | None = None
) -> list[Household]:
    """The households in a unit or below it, latest first."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(household_row)
        .join(units.unit, units.unit.c.unit == household_row.c.unit)
        .where(inside(unit, where, household_row.c.unit, household_row.c.household))
        .order_by(household_row.c.registered.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(household_row.c.registered < before)
    return _households(db, [HouseholdRow(*row) for row in db.execute(query)])


def _households(db: Connection, rows: list[HouseholdRow]) -> list[Household]:
    ids = [row.household for row in rows]
    members = [
        MemberRow(*row)
        for row in db.execute(
            select(member_row)
            .where(member_row.c.household.in_(ids), member_row.c.gone.is_(None))
            .order_by(member_row.c.joined, member_row.c.person)
        )
    ]
    declared = [
        DeclaredRow(*row)
        for row in db.execute(
            select(declared_row)
            .where(declared_row.c.household.in_(ids))
            .order_by(declared_row.c.declared, declared_row.c.criterion)
        )
    ]
    named = [row.person for row in members] + [row.ambassador for row in rows]
    named += [PersonId(row.member) for row in declared if row.member]
    now = {ref: known.id for ref, known in people.several(db, named).items()}
    return [
        Household(
            household=row.household,
            ambassador=now.get(row.ambassador, row.ambassador),
            unit=row.unit,
            on=date.fromisoformat(row.on),
            registered=Position(row.registered),
            members=tuple(
                dict.fromkeys(
                    now.get(one.person, one.person) for one in members if one.household == row.household
                )
            ),
            declared=tuple(_declared(one, now) for one in declared if one.household == row.household),
            digital_since=None if row.digital_since is None else moment(row.digital_since),
            criteria=row.criteria,
        )
        for row in rows
    ]


def _declared(row: DeclaredRow, now: dict[PersonId, PersonId]) -> Declared:
    return Declared(
        declaration=row.declaration,
        criterion=Criterion(row.criterion),
        member=now.get(PersonId(row.member), PersonId(row.member)) if row.member else None,
        on=date.fromisoformat(row.on),
        answer=Answer(row.answer) if row.answer else None,
        answered=None if row.answered is None else Position(row.answered),
        lost=bool(row.lost),
    )


class Households(Model):
    name = "households"
    version = 2
    tables = (household_row, member_row, declared_row)
    needs = (People, Placed)
    facts = (*households.FACTS, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._households = copy.rows(household_row, HouseholdRow)
        self._members = copy.rows(member_row, MemberRow)
        self._declared = copy.rows(declared_row, DeclaredRow)

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        self._households.load([fact.household for _, fact in facts if isinstance(fact, HouseholdFact)])

    def registered_on(self, ref: HouseholdId) -> str | None:
        """The day a household was registered."""
        row = self._households.get(ref)
        return row.on if row else None

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case HouseholdRegistered():
                day = fact.on.isoformat()
                self._households.put(
                    HouseholdRow(fact.household, fact.ambassador, fact.unit, day, position, None, None)
                )
            case HouseholdMemberJoined():
                self._members.put(MemberRow(fact.household, fact.person, position, None))
            case HouseholdMemberLeft():
                self._leave(position, fact)
            case CriterionDeclared():
                self._declare(position, fact)
            case CriterionAnswered() | CriterionLost():
                self._answer(position, fact)
            case DigitalFamilyRecognised() | DigitalFamilyRecognitionWithdrawn():
                self._recognise(fact)
            case PlacedAnew(body=Body.HOUSEHOLD):
                row = self._household(HouseholdId(fact.subject))
                row.unit = fact.unit
                self._households.put(row)

    def _household(self, ref: HouseholdId) -> HouseholdRow:
        row = self._households.get(ref)
        if row is None:
            raise LookupError("a household that was never registered")
        return row

    def _leave(self, position: int, fact: HouseholdMemberLeft) -> None:
        table = self._members.table
        here = (
            (table.c.household == fact.household) & (table.c.person == fact.person) & table.c.gone.is_(None)
        )
        for row in self._members.find(here):
            row.gone = position
            self._members.put(row)

    def _declare(self, position: int, fact: CriterionDeclared) -> None:
        self._declared.put(
            DeclaredRow(
                household=fact.household,
                declaration=fact.declaration,
                criterion=fact.criterion.value,
                member=fact.member or "",
                ambassador=fact.ambassador,
                on=fact.on.isoformat(),
                declared=position,
                answer=None,
                answered=None,
                lost=False,
            )
        )

    def _answer(self, position: int, fact: CriterionAnswered | CriterionLost) -> None:
        c = self._declared.table.c
        about = (c.household == fact.household) & (c.criterion == fact.criterion.value)
        if isinstance(fact, CriterionAnswered):
            about &= c.declaration == fact.declaration
        for row in self._declared.find(about):
            if isinstance(fact, CriterionLost):
                row.lost = True
            elif not row.lost:
                row.answer, row.answered = fact.answer.value, position
            self._declared.put(row)

    def _recognise(self, fact: DigitalFamilyRecognised | DigitalFamilyRecognitionWithdrawn) -> None:
        row = self._household(fact.household)
        if isinstance(fact, DigitalFamilyRecognised):
            row.digital_since = row.digital_since or micros(fact.at)
            row.criteria = fact.criteria
        else:
            row.digital_since = row.criteria = None
        self._households.put(row)
