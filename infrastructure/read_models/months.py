"""Figures by month, and what stood when a month was closed.

A person counts in a month for what was done on its days, and once in the months up to it: in the first
in which they were taught, confirmed or able in that unit. So what has gathered by the end of a month is
the sum of those first times, and still counts each person once. At a `month-closed` the rows of the
province are copied as they stand at that position, under the boundaries known there; a batch ends behind
it, so that every copy of the read models freezes the same. A copy that is built anew counts under later
boundaries from its first fact on, so that what was frozen before these it takes over as it is.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Integer, Select, Table, case, exists, func, insert, literal, select, true

from domain import territory
from domain.calendar import day_of
from domain.classes import ClassOpened
from domain.closing import MonthClosed, MonthFact, MonthReopened, month_before, month_of
from domain.lineage import Lineage
from domain.markets import VendorOnboardingAnswered, VendorOnboardingLogged, VendorOnboardingVoided
from domain.model import Channel, Evidence, Fact, LessonId, PersonId, UnitId
from domain.people import PersonErased
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.teams import TeamDisbanded, TeamFact, TeamFormed, TeamMemberJoined, TeamMemberLeft
from domain.visits import HouseholdVisited, VisitVoided
from infrastructure.database import derived
from infrastructure.read_models import units
from infrastructure.read_models.claims import FAMILY, PERSON, Claim, Claims
from infrastructure.read_models.claims import Group as Claimed
from infrastructure.read_models.columns import At, Day, Id, chunks, micros, moment
from infrastructure.read_models.honours import HonoursHeld
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.visits import Visits

COUNTED: Final = ("taught", "confirmed", "able", "elsewhere")
"""Distinct persons claimed, of them confirmed, of these able themselves, and not on a mentor's phone
alone: the bits of a share, the first the lowest; those of first times follow."""

VENDOR: Final = "vendor"
MINOR: Final = "-minor"
"""After the group of somebody who may be under 16."""

month_people: Final = Table(
    "month_people_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("month", Day, primary_key=True, comment="YYYY-MM"),
    Column("of", Id, primary_key=True, comment="the group of people, or vendor"),
    *(Column(name, Integer, nullable=False) for name in COUNTED),
    *(Column(f"first_{name}", Integer, nullable=False, comment="for the first time") for name in COUNTED),
    sqlite_with_rowid=False,
)

month_deed: Final = Table(
    "month_deed_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("month", Day, primary_key=True),
    Column("what", Id, primary_key=True),
    Column("count", Integer, nullable=False),
    comment="what is counted and not by persons: lessons, classes, teams, honours",
    sqlite_with_rowid=False,
)

held_class: Final = Table(
    "held_class_v1",
    derived,
    Column("lesson", Id, primary_key=True),
    comment="lessons that were counted as a class",
)

closing: Final = Table(
    "closing_v1",
    derived,
    Column("position", At, primary_key=True, autoincrement=False),
    Column("unit", Id, nullable=False),
    Column("month", Day, nullable=False),
    Column("number", Integer, nullable=False, comment="1 is the first closing of that month"),
    Column("at", At, nullable=False),
    Column("by", Id, nullable=False),
    Column("reopened", At, comment="position; NULL while it stands"),
    Column("reopened_at", At),
    Column("reopened_by", Id),
    Column("reason", Id),
    Column("noted", Id),
)

closed_people: Final = Table(
    "closed_people_v1",
    derived,
    Column("closing", At, primary_key=True, autoincrement=False),
    Column("unit", Id, primary_key=True),
    Column("of", Id, primary_key=True),
    *(
        Column(f"{when}_{name}", Integer, nullable=False)
        for when in ("month", "total", "before", "last")
        for name in COUNTED
    ),
    comment="in the month, up to its end, up to its beginning, in the month before; at the closing",
    sqlite_with_rowid=False,
)

closed_deed: Final = Table(
    "closed_deed_v1",
    derived,
    Column("closing", At, primary_key=True, autoincrement=False),
    Column("unit", Id, primary_key=True),
    Column("what", Id, primary_key=True),
    *(Column(when, Integer, nullable=False) for when in ("month", "total", "before", "last")),
    sqlite_with_rowid=False,
)

late: Final = Table(
    "late_v2",
    derived,
    Column("closing", At, primary_key=True, autoincrement=False),
    Column("unit", Id, primary_key=True),
    Column("cause", Id, primary_key=True),
    Column("month", Day, primary_key=True, comment="the earliest that it was about"),
    Column("count", Integer, nullable=False),
    comment="facts about closed months recorded after that closing and before the next",
    sqlite_with_rowid=False,
)


class PeopleRow(msgspec.Struct, gc=False):
    unit: UnitId
    month: str
    of: str
    taught: int
    confirmed: int
    able: int
    elsewhere: int
    first_taught: int
    first_confirmed: int
    first_able: int
    first_elsewhere: int


class DeedRow(msgspec.Struct, gc=False):
    unit: UnitId
    month: str
    what: str
    count: int


class HeldRow(msgspec.Struct):
    lesson: LessonId


class ClosingRow(msgspec.Struct):
    position: int
    unit: UnitId
    month: str
    number: int
    at: int
    by: str
    reopened: int | None
    reopened_at: int | None
    reopened_by: str | None
    reason: str | None
    noted: str | None


class LateRow(msgspec.Struct):
    closing: int
    unit: UnitId
    cause: str
    month: str
    count: int


InMonth = tuple[UnitId, str, str]
"""A unit, a month, and a group of people."""


class Months(Model):
    name = "months"
    version = 3
    tables = (month_people, month_deed, held_class, closing, closed_people, closed_deed, late)
    needs = (Claims, HonoursHeld, Visits)
    facts = (
        *territory.FACTS,
        TeachingLogged,
        TeachingAnswered,
        TeachingVoided,
        VendorOnboardingLogged,
        VendorOnboardingAnswered,
        VendorOnboardingVoided,
        ClassOpened,
        PersonErased,
        TeamFormed,
        TeamMemberJoined,
        TeamMemberLeft,
        TeamDisbanded,
        HouseholdVisited,
        VisitVoided,
        MonthClosed,
        MonthReopened,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(units.Units)
        self._people = copy.model(People)
        self._visits = copy.model(Visits)
        self._claims = copy.model(Claims)
        self._claims.counting.append(self)
        self._people.merging.append(self)
        self._people.before_regrouped.append(self._regrouped)
        copy.model(HonoursHeld).dated.append(self)
        self._rows = copy.rows(month_people, PeopleRow)
        self._deeds = copy.rows(month_deed, DeedRow)
        self._held = copy.rows(held_class, HeldRow)
        self._closings = copy.rows(closing, ClosingRow)
        self._late = copy.rows(late, LateRow)
        self._lineage = Lineage()  # as far as it was known: `Units` knows what comes later, too
        self._known: dict[UnitId, None] = {}
        self._standing: dict[UnitId, ClosingRow] = {}
        self._closing: ClosingRow | None = None
        self._deltas: dict[InMonth, list[int]] = {}
        self._deed_deltas: dict[tuple[UnitId, str, str], int] = {}  # where it happened; above it, at the end
        self._late_deltas: dict[tuple[int, UnitId, str, str], int] = {}

    def begin(self) -> None:
        """What the live copy knows stands in its tables; one that is built beside it is told anew."""
        if self.copy.suffix:
            return
        for ref, parent in self.copy.db.execute(select(units.unit.c.unit, units.unit.c.parent)):
            self._establish(ref, parent)
        for ref, into in units.became(units.endings(self.copy.db)).items():
            self._lineage.end(ref, into)
        for row in sorted(self._closings.find(true()), key=lambda row: row.position):
            if row.reopened is None:
                self._stands(row)

    def _establish(self, ref: UnitId, parent: UnitId | None) -> None:
        self._lineage.establish(ref, parent)
        self._known[ref] = None

    def _stands(self, row: ClosingRow) -> None:
        """Of a province's closings the one of the latest month: months are closed one after the other."""
        known = self._standing.get(row.unit)
        if known is None or known.month <= row.month:
            self._standing[row.unit] = row

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        classes = (ClassOpened, TeachingLogged)
        self._held.load(fact.lesson for _, fact in facts if isinstance(fact, classes) and _in_class(fact))

    # People, each once

    def shares(self, kind: str, group: Claimed) -> dict[InMonth, int]:
        """Bits by unit, month and group. Vendors are counted as vendors."""
        if kind == FAMILY or not group.claims:
            return {}
        of = self._of(group) if kind == PERSON else VENDOR
        if len(group.claims) == 1:
            claim = group.claims[0]
            bits, month = _bits(claim), claim.on[:7]
            bits |= bits << 4
            return {(unit, month, of): bits for unit in self._above(group, claim, of)}
        return self._shares(group, of)

    def _of(self, group: Claimed) -> str:
        of, minor = self._people.counted_in(self._people.now(next(iter(group.selves))))
        return of + MINOR if minor else of

    def _above(self, group: Claimed, claim: Claim, of: str) -> tuple[UnitId, ...]:
        if of == VENDOR:
            return self._units.above(UnitId(claim.unit))
        return self._people.above(UnitId(claim.unit), self._people.now(next(iter(group.selves))))

    def _shares(self, group: Claimed, of: str) -> dict[InMonth, int]:
        shares: dict[InMonth, int] = {}
        first: dict[tuple[UnitId, int], str] = {}
        for claim in group.claims:
            bits, month = _bits(claim), claim.on[:7]
            for unit in self._above(group, claim, of):
                key = unit, month, of
                shares[key] = shares.get(key, 0) | bits
                for bit in _BITS:
                    if bits & bit and month < first.get((unit, bit), _NEVER):
                        first[unit, bit] = month
        for (unit, bit), month in first.items():
            shares[unit, month, of] |= bit << 4
        return shares

    def moved(self, _kind: str, before: dict[InMonth, int], after: dict[InMonth, int]) -> None:
        for key in before.keys() | after.keys():
            was, now = before.get(key, 0), after.get(key, 0)
            if was == now:
                continue
            deltas = self._deltas.get(key)
            if deltas is None:
                deltas = self._deltas[key] = [0] * 8
            for at in range(8):
                deltas[at] += (now >> at & 1) - (was >> at & 1)

    # Facts

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TeachingLogged():
                self._count(fact.unit, fact.on, "lesson", 1)
                if fact.channel is Channel.CLASS:
                    self._count(fact.unit, fact.on, "attendance", 1)
                    self._class(fact.lesson, fact.unit, fact.on)
                self._was_late(fact.unit, fact.on, "lesson")
            case TeachingVoided():
                self._count(fact.unit, fact.on, "lesson", -1)
                self._was_late(fact.unit, fact.on, "void")
            case TeachingAnswered() | VendorOnboardingAnswered():
                self._was_late(fact.unit, fact.on, "answer")
            case VendorOnboardingLogged():
                self._was_late(fact.unit, fact.on, "lesson")
            case VendorOnboardingVoided():
                self._was_late(fact.unit, fact.on, "void")
            case ClassOpened():
                self._class(fact.lesson, fact.unit, fact.on)
            case HouseholdVisited():
                self._count(fact.unit, fact.on, "visit", 1)
            case VisitVoided():
                self._count(fact.unit, self._visits.day_of(fact.visit), "visit", -1)
            case TeamFact():
                self._team(fact)
            case PersonErased():
                self._about(fact.person, "erasure")
            case MonthFact():
                self._month(position, fact)
            case territory.UnitEstablished():
                self._establish(fact.unit, fact.parent)
            case _:
                self._lineage.weigh(fact)

    def _class(self, lesson: LessonId, unit: UnitId, on: date) -> None:
        if self._held.get(lesson) is None:
            self._held.put(HeldRow(lesson))
            self._count(unit, on, "class", 1)

    def _team(self, fact: TeamFact) -> None:
        match fact:
            case TeamFormed():
                self._count(fact.unit, fact.on, "team", 1)
            case TeamDisbanded():
                self._count(fact.unit, fact.on, "team", -1)
            case TeamMemberJoined():
                self._count(fact.unit, fact.on, "member", 1)
            case TeamMemberLeft():
                self._count(fact.unit, fact.on, "member", -1)

    def honour_dated(self, status: str, unit: UnitId, since: int, by: int) -> None:
        """An honour begins (+1) or ends (-1) that counts from `since` on."""
        on = day_of(moment(since))
        self._count(unit, on, status, by)
        if by < 0:
            self._was_late(unit, on, "status")

    def _count(self, unit: UnitId, on: date, what: str, by: int) -> None:
        key = unit, month_of(on), what
        self._deed_deltas[key] = self._deed_deltas.get(key, 0) + by

    # What came later

    def _was_late(self, unit: UnitId, on: date, cause: str) -> None:
        if self._standing:
            self._note_late({(unit, month_of(on))}, cause)

    def _note_late(self, where: Iterable[tuple[UnitId, str]], cause: str) -> None:
        """One more fact about closed months, in every unit that it concerns."""
        touched: dict[tuple[int, UnitId], str] = {}
        for unit, month in where:
            above = self._units.above(unit)
            for province in above:
                closed = self._standing.get(province)
                if closed is not None and month <= closed.month:
                    for one in (one for one in above if province in self._units.above(one)):
                        earliest = touched.get((closed.position, one), month)
                        touched[closed.position, one] = min(month, earliest)
        for (position, one), month in touched.items():
            key = position, one, cause, month
            self._late_deltas[key] = self._late_deltas.get(key, 0) + 1

    def _about(self, person: PersonId, cause: str) -> None:
        """Something about a person, which may change every month in which they were taught."""
        if not self._standing:
            return
        kind = self._claims.kinds[PERSON]
        kind.load(self._people.ids(person))
        claims = kind.group(kind.today(person)).claims
        self._note_late({(UnitId(claim.unit), claim.on[:7]) for claim in claims}, cause)

    def _regrouped(self, person: PersonId) -> None:
        self._about(person, "group")

    def before_merge(self, _position: int, _ids: frozenset[PersonId]) -> None:
        """Nothing: whom it concerns is known afterwards."""

    def after_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        if self._standing:
            kind = self._claims.kinds[PERSON]
            kind.load(ids)
            days = {
                (UnitId(claim.unit), claim.on[:7])
                for one in ids
                for claim in kind.group(kind.today(one)).claims
            }
            self._note_late(days, "merge")

    # Closing

    def _month(self, position: int, fact: MonthFact) -> None:
        c = self._closings.table.c
        rows = self._closings.find(c.unit == fact.unit)
        if isinstance(fact, MonthClosed):
            number = 1 + sum(row.month == fact.month for row in rows)
            row = ClosingRow(
                position,
                fact.unit,
                fact.month,
                number,
                micros(fact.at),
                fact.by,
                None,
                None,
                None,
                None,
                None,
            )
            self._closings.put(row)
            self._standing[fact.unit] = row
            self._closing = row
            return
        self._standing.pop(fact.unit, None)
        for row in sorted(rows, key=lambda row: row.position):
            if row.reopened is None and row.month == fact.month and isinstance(fact, MonthReopened):
                row.reopened, row.reopened_at, row.reopened_by = position, micros(fact.at), fact.by
                row.reason, row.noted = fact.reason.value, fact.noted
                self._closings.put(row)
            elif row.reopened is None:
                self._stands(row)

    def settle(self) -> None:
        self._settle_people()
        self._settle_deeds()
        self._settle_late()
        if self._closing is not None:
            self.copy.flush(self)
            self._freeze(self._closing)
            self._closing = None

    def _settle_people(self) -> None:
        self._rows.load(self._deltas)
        for key, deltas in self._deltas.items():
            if not any(deltas):
                continue
            row = self._rows.get(key)
            known = msgspec.structs.astuple(row)[3:] if row else (0,) * 8
            counts = [one + more for one, more in zip(known, deltas, strict=True)]
            if any(counts):
                self._rows.put(PeopleRow(*key, *counts))
            else:
                self._rows.drop(key)  # where nothing is left there is no row, as in a rebuilt copy
        self._deltas.clear()

    def _settle_deeds(self) -> None:
        deltas: dict[tuple[UnitId, str, str], int] = {}
        for (unit, month, what), by in self._deed_deltas.items():
            for above in self._units.above(unit):
                key = above, month, what
                deltas[key] = deltas.get(key, 0) + by
        self._deed_deltas.clear()
        self._deeds.load(deltas)
        for key, by in deltas.items():
            row = self._deeds.get(key)
            count = by + (row.count if row else 0)
            if count:
                self._deeds.put(DeedRow(*key, count))
            else:
                self._deeds.drop(key)

    def _settle_late(self) -> None:
        self._late.load(self._late_deltas)
        for key, by in self._late_deltas.items():
            row = self._late.get(key)
            self._late.put(LateRow(*key, by + (row.count if row else 0)))
        self._late_deltas.clear()

    def _freeze(self, row: ClosingRow) -> None:
        """Copies the month's rows of all units that lie in the province as its boundaries stand here."""
        if self._take_over(row):
            return
        inside = [ref for ref in self._known if row.unit in self._lineage.above(ref)]
        people, deeds = self.copy.table(month_people), self.copy.table(month_deed)
        for some in chunks(inside):
            for into, query in (
                (self.copy.table(closed_people), people_by(people, some, row.month, row.position)),
                (self.copy.table(closed_deed), deeds_by(deeds, some, row.month, row.position)),
            ):
                self.copy.db.execute(insert(into).from_select([column.name for column in into.c], query))

    def _take_over(self, row: ClosingRow) -> bool:
        """What the live copy froze, if boundaries changed since: who counts in a unit that took another
        one in, or a part of it, was no part of its figures then."""
        if not self.copy.suffix or self._lineage.endings == self._units.endings:
            return False
        db, at = self.copy.db, row.position
        if not db.scalar(select(exists().where(closing.c.position == at))):
            return False
        for whole in (closed_people, closed_deed):
            into = self.copy.table(whole)
            known = select(whole).where(whole.c.closing == at)
            db.execute(insert(into).from_select([column.name for column in into.c], known))
        return True


def people_by(table: Table, some: Sequence[UnitId], month: str, position: int) -> Select[tuple[object, ...]]:
    """The rows of `closed_people` for these units and that month."""
    c, last = table.c, month_before(month)
    there, before, then = c.month == month, c.month < month, c.month == last
    return (
        select(
            literal(position),
            c.unit,
            c.of,
            *(func.sum(case((there, c[name]), else_=0)) for name in COUNTED),
            *(func.sum(c[f"first_{name}"]) for name in COUNTED),
            *(func.sum(case((before, c[f"first_{name}"]), else_=0)) for name in COUNTED),
            *(func.sum(case((then, c[name]), else_=0)) for name in COUNTED),
        )
        .where(c.unit.in_(some), c.month <= month)
        .group_by(c.unit, c.of)
    )


def deeds_by(table: Table, some: Sequence[UnitId], month: str, position: int) -> Select[tuple[object, ...]]:
    """The rows of `closed_deed` for these units and that month."""
    c, last = table.c, month_before(month)
    return (
        select(
            literal(position),
            c.unit,
            c.what,
            func.sum(case((c.month == month, c.count), else_=0)),
            func.sum(c.count),
            func.sum(case((c.month < month, c.count), else_=0)),
            func.sum(case((c.month == last, c.count), else_=0)),
        )
        .where(c.unit.in_(some), c.month <= month)
        .group_by(c.unit, c.what)
    )


def _in_class(fact: ClassOpened | TeachingLogged) -> bool:
    return isinstance(fact, ClassOpened) or fact.channel is Channel.CLASS


_BITS: Final = (1, 2, 4, 8)
_NEVER: Final = "9999-99"


def _bits(claim: Claim) -> int:
    if not claim.since:
        return 1
    bits = 3 | (4 if claim.able else 0)
    return bits | (8 if claim.evidence != Evidence.AMBASSADOR_DEVICE else 0)
