"""Figures by month: people, each once, and what is counted and not by persons.

A person counts in a month for what was done on its days, and once in the months up to it: in the first
in which they were taught, confirmed or able in that unit. So what has gathered by the end of a month is
the sum of those first times, and still counts each person once. What stood when a month was closed is
copied from here (`closings`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Integer, Select, Table, case, func, literal, select

from domain.calendar import day_of
from domain.classes import ClassOpened
from domain.closing import month_before, month_of
from domain.model import Channel, Evidence, Fact, LessonId, PersonId, Selector, TeamId, UnitId
from domain.placed import Body, PlacedAnew
from domain.statuses import StatusKind
from domain.teaching import TeachingLogged, TeachingVoided
from domain.teams import TeamDisbanded, TeamFormed, TeamMemberFact, TeamMemberJoined, TeamMemberLeft
from domain.visits import HouseholdVisited, VisitVoided
from infrastructure.database import derived
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.claimed import FAMILY, PERSON, Claim
from infrastructure.read_models.claimed import Group as Claimed
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import Day, Id, moment
from infrastructure.read_models.honours_held import HonoursHeld
from infrastructure.read_models.milestones import Milestones, Stands
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.month_members import Members, month_member
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed
from infrastructure.read_models.statuses import Statuses
from infrastructure.read_models.tally import Tally, apart
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
    comment="what is not counted by groups: lessons, classes, teams and their members, honours, milestones",
    sqlite_with_rowid=False,
)

held_class: Final = Table(
    "held_class_v1",
    derived,
    Column("lesson", Id, primary_key=True),
    comment="lessons that were counted as a class",
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


class HeldRow(msgspec.Struct, gc=False):
    lesson: LessonId


InMonth = tuple[UnitId, str, str]
"""A unit, a month, and a group of people or what is counted."""
InUnits = tuple[tuple[UnitId, ...], str, str]
"""The same of all units in which somebody counts."""


def milestone_deed(milestone: str, *, confirmed: bool = False) -> str:
    """As what a milestone is counted: everybody who reached it, or those of whom more than a list says so."""
    return f"milestone:{milestone}:confirmed" if confirmed else f"milestone:{milestone}"


def status_deed(status: StatusKind | str) -> str:
    """As what a status of an area or a workplace is counted."""
    return f"status:{status}"


class Months(Model):
    name = "months"
    version = 4
    tables = (month_people, month_deed, held_class, month_member)
    needs = (Claims, HonoursHeld, Visits, Milestones, Statuses, Placed)
    facts = (
        TeachingLogged,
        TeachingVoided,
        ClassOpened,
        TeamFormed,
        TeamMemberJoined,
        TeamMemberLeft,
        TeamDisbanded,
        HouseholdVisited,
        VisitVoided,
        PlacedAnew,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(Units)
        self._people = copy.model(People)
        self._visits = copy.model(Visits)
        copy.model(Claims).counting.append(self)
        self._placed = copy.model(Placed)
        copy.model(HonoursHeld).dated.append(self)
        copy.model(Statuses).placing.append(self)
        copy.model(Milestones).dated.append(self)
        copy.model(Statuses).dated.append(self)
        self._people.merging.append(self)
        self._rows = copy.rows(month_people, PeopleRow)
        self._deeds = copy.rows(month_deed, DeedRow)
        self._held = copy.rows(held_class, HeldRow)
        self._members = Members(copy, self._people, self._units.above_one)
        self._tally: Tally[InUnits] = Tally([1 << at for at in range(2 * len(COUNTED))])
        self._deed_deltas: dict[InMonth, int] = {}  # where it happened; above it, at the end
        self._spread_deltas: dict[InMonth, int] = {}  # in every unit in which it counts

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        classes = (ClassOpened, TeachingLogged)
        self._held.load(fact.lesson for _, fact in facts if isinstance(fact, classes) and _in_class(fact))
        self._members.load(fact.person for _, fact in facts if isinstance(fact, TeamMemberFact))

    # People, each once

    def shares(self, kind: str, group: Claimed) -> dict[InUnits, int]:
        """Bits by units, month and group. Vendors are counted as vendors."""
        if kind == FAMILY or not group.claims:
            return {}
        of = self._of(group) if kind == PERSON else VENDOR
        if len(group.claims) == 1:
            claim = group.claims[0]
            bits, month = _bits(claim), claim.on[:7]
            bits |= bits << 4
            return {(self._above(group, claim), month, of): bits}
        return self._shares(group, of)

    def _of(self, group: Claimed) -> str:
        of, minor = self._people.counted_in(PersonId(group.one))
        return of + MINOR if minor else of

    def _above(self, group: Claimed, claim: Claim) -> tuple[UnitId, ...]:
        return self._units.above_one(UnitId(claim.unit), group.lives)

    def _shares(self, group: Claimed, of: str) -> dict[InUnits, int]:
        shares: dict[InMonth, int] = {}
        first: dict[tuple[UnitId, int], str] = {}
        for claim in group.claims:
            bits, month = _bits(claim), claim.on[:7]
            for unit in self._above(group, claim):
                key = unit, month, of
                shares[key] = shares.get(key, 0) | bits
                for bit in _BITS:
                    if bits & bit and month < first.get((unit, bit), _NEVER):
                        first[unit, bit] = month
        for (unit, bit), month in first.items():
            shares[unit, month, of] |= bit << 4
        return {((unit,), month, of): bits for (unit, month, of), bits in shares.items()}

    def moved(self, _kind: str, before: dict[InUnits, int], after: dict[InUnits, int]) -> None:
        self._tally.move(before, after)

    # What is not counted by persons

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TeachingLogged():
                self._count(fact.unit, fact.on, "lesson", 1)
                if fact.channel is _CLASS:
                    self._count(fact.unit, fact.on, "attendance", 1)
                    self._class(fact.lesson, fact.unit, fact.on)
            case TeachingVoided():
                self._count(fact.unit, fact.on, "lesson", -1)
            case ClassOpened():
                self._class(fact.lesson, fact.unit, fact.on)
            case HouseholdVisited():
                self._count(fact.unit, fact.on, "visit", 1)
            case VisitVoided():
                self._count(fact.unit, self._visits.day_of(fact.visit), "visit", -1)
            case TeamFormed() | TeamDisbanded():
                self._team(fact)
            case TeamMemberFact():
                self._members.change(fact, self._placed.of(fact.team))
            case PlacedAnew(body=Body.TEAM):
                self._place(position, fact)

    def _team(self, fact: TeamFormed | TeamDisbanded) -> None:
        known, lies = self._placed.known(fact.team) or fact.unit, self._placed.of(fact.team)
        self._spread_in(self._units.above_one(known, lies), fact, 1)

    def _spread_in(self, where: Iterable[UnitId], fact: TeamFormed | TeamDisbanded, by: int) -> None:
        for unit in where:
            self._spread(unit, month_of(fact.on), "team", by if isinstance(fact, TeamFormed) else -by)

    def _place(self, position: int, fact: PlacedAnew) -> None:
        """A team counts where it lies now, with what was said of it before."""
        team, known = TeamId(fact.subject), self._placed.known(fact.subject) or fact.previous
        before = self._units.above_one(known, fact.previous)
        now = self._units.above_one(known, fact.unit)
        kinds = (TeamFormed, TeamDisbanded, TeamMemberJoined)
        for recorded in self.copy.history([Selector(kinds, [f"team:{team}"])]):
            match recorded.fact:
                case TeamFormed() | TeamDisbanded() as said if recorded.position < position:
                    self._spread_in([unit for unit in before if unit not in now], said, -1)
                    self._spread_in([unit for unit in now if unit not in before], said, 1)
                case TeamMemberJoined(person=person) if recorded.position < position:
                    self._members.place(person, team, fact.unit)

    def _class(self, lesson: LessonId, unit: UnitId, on: date) -> None:
        if self._held.get(lesson) is None:
            self._held.put(HeldRow(lesson))
            self._count(unit, on, "class", 1)

    def honour_dated(
        self,
        status: str,
        where: Sequence[UnitId],
        since: int,
        by: int,
        *,
        ended: UnitId | None,  # noqa: ARG002
    ) -> None:
        """In these units one honour more (or less) counts since that moment."""
        month = month_of(day_of(moment(since)))
        for unit in where:
            self._spread(unit, month, status, by)

    def status_placed(self, status: str, where: Sequence[UnitId], since: int, by: int) -> None:
        """A status counts in these units, too (+1), or no longer (-1): its workplace was placed anew."""
        for unit in where:
            self._spread(unit, month_of(day_of(moment(since))), status_deed(status), by)

    def status_dated(self, status: str, unit: UnitId, since: int, by: int) -> None:
        self._count(unit, day_of(moment(since)), status_deed(status), by)

    def milestone_moved(self, unit: UnitId, milestone: str, stands: Stands, by: int) -> None:
        """Somebody counts in a unit (+1), or no longer (-1), for a milestone reached on that day."""
        month = stands.on[:7]
        self._spread(unit, month, milestone_deed(milestone), by)
        if stands.by is not None:
            self._spread(unit, month, milestone_deed(milestone, confirmed=True), by)

    def before_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        self._members.before_merge(ids)

    def after_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        self._members.after_merge(ids)

    def _count(self, unit: UnitId, on: date, what: str, by: int) -> None:
        key = unit, month_of(on), what
        self._deed_deltas[key] = self._deed_deltas.get(key, 0) + by

    def _spread(self, unit: UnitId, month: str, what: str, by: int) -> None:
        key = unit, month, what
        self._spread_deltas[key] = self._spread_deltas.get(key, 0) + by

    # The end of a batch

    def settle(self) -> None:
        self._settle_people()
        self._settle_deeds()

    def _settle_people(self) -> None:
        deltas: dict[InMonth, int] = {}
        for (counted_in, month, of), delta in self._tally.drain():
            for unit in counted_in:
                key = unit, month, of
                deltas[key] = deltas.get(key, 0) + delta
        self._rows.load(deltas)
        for key, delta in deltas.items():
            if not delta:
                continue
            row = self._rows.get(key)
            known = msgspec.structs.astuple(row)[3:] if row else (0,) * 8
            counts = [one + more for one, more in zip(known, apart(delta, 8), strict=True)]
            if any(counts):
                self._rows.put(PeopleRow(*key, *counts))
            else:
                self._rows.drop(key)  # where nothing is left there is no row, as in a rebuilt copy

    def _settle_deeds(self) -> None:
        for (unit, month), by in self._members.settled().items():
            self._spread(unit, month, "member", by)
        for (unit, month, what), by in self._deed_deltas.items():
            for above in self._units.above(unit):
                self._spread(above, month, what, by)
        self._deed_deltas.clear()
        deltas = {key: by for key, by in self._spread_deltas.items() if by}
        self._spread_deltas.clear()
        self._deeds.load(deltas)
        for key, by in deltas.items():
            row = self._deeds.get(key)
            count = by + (row.count if row else 0)
            if count:
                self._deeds.put(DeedRow(*key, count))
            else:
                self._deeds.drop(key)


def _in_class(fact: ClassOpened | TeachingLogged) -> bool:
    return isinstance(fact, ClassOpened) or fact.channel is _CLASS


_CLASS: Final = Channel.CLASS
_ON_PHONE: Final = Evidence.AMBASSADOR_DEVICE.value
_BITS: Final = (1, 2, 4, 8)
_NEVER: Final = "9999-99"


def _bits(claim: Claim) -> int:
    if not claim.since:
        return 1
    bits = 3 | (4 if claim.able else 0)
    return bits | (8 if claim.evidence != _ON_PHONE else 0)


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
