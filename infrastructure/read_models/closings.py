"""Which months of a province were closed, what stood then, and what came later.

At a `month-closed` the rows of the province (`months`) are copied as they stand at that position, under the
boundaries known there; a batch ends behind it, so that every copy of the read models freezes the same. A
copy that is built anew counts under later boundaries from its first fact on, so that what was frozen before
these it takes over as it is. A later program may freeze otherwise: what was frozen first is kept
(`infrastructure/closed_months.py`), and what is frozen here says how it would be counted today.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Integer, Table, exists, insert, select, true

from domain import territory
from domain.calendar import day_of
from domain.closing import FIRST_YEAR, MonthClosed, MonthFact, MonthReopened, month_of
from domain.lineage import Lineage
from domain.model import Fact, PersonId, UnitId
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged, VendorOnboardingVoided
from domain.people import PersonErased, PersonMoved
from domain.placed import Body, PlacedAnew
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.territory import UnitAbolished, UnitEstablished, UnitsMerged, UnitSplit
from infrastructure.database import derived
from infrastructure.read_models import boundaries, units
from infrastructure.read_models.claimed import PERSON
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import At, Day, Id, chunks, micros, moment
from infrastructure.read_models.honours_held import HonoursHeld
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.months import COUNTED, Months, deeds_by, month_deed, month_people, people_by
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed
from infrastructure.read_models.statuses import Statuses

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


class ClosingRow(msgspec.Struct, gc=False):
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


class LateRow(msgspec.Struct, gc=False):
    closing: int
    unit: UnitId
    cause: str
    month: str
    count: int


Ending = UnitsMerged | UnitSplit | UnitAbolished

EARLIEST: Final = f"{FIRST_YEAR}-01"
"""What concerns every month that was closed."""


class Closings(Model):
    name = "closings"
    version = 2
    tables = (closing, closed_people, closed_deed, late)
    needs = (Months, Claims, HonoursHeld, Statuses, Placed)
    facts = (
        *territory.FACTS,
        TeachingLogged,
        TeachingAnswered,
        TeachingVoided,
        VendorOnboardingLogged,
        VendorOnboardingAnswered,
        VendorOnboardingVoided,
        PersonErased,
        PersonMoved,
        PlacedAnew,
        MonthClosed,
        MonthReopened,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(boundaries.Units)
        self._people = copy.model(People)
        self._claims = copy.model(Claims)
        self._months = copy.model(Months)
        self._at = copy.model(Placed)
        self._people.merging.append(self)
        self._people.before_regrouped.append(self._regrouped)
        copy.model(HonoursHeld).dated.append(self)
        copy.model(Statuses).dated.append(self)
        self._closings = copy.rows(closing, ClosingRow)
        self._late = copy.rows(late, LateRow)
        self._lineage = Lineage()  # as far as it was known: `Units` knows what comes later, too
        self._known: dict[UnitId, None] = {}
        self._standing: dict[UnitId, ClosingRow] = {}
        self._closing: ClosingRow | None = None
        self._late_deltas: dict[tuple[int, UnitId, str, str], int] = {}

    def begin(self) -> None:
        """What the live copy knows stands in its tables; one that is built beside it is told anew."""
        if self.copy.suffix:
            return
        known = select(units.unit.c.unit, units.unit.c.parent, units.unit.c.valid_from)
        for ref, parent, began in self.copy.db.execute(known):
            self._establish(ref, parent, date.fromisoformat(began))
        boundaries.end_all(self._lineage, boundaries.endings(self.copy.db))
        for row in sorted(self._closings.find(true()), key=lambda row: row.position):
            if row.reopened is None:
                self._stands(row)

    def _establish(self, ref: UnitId, parent: UnitId | None, began: date) -> None:
        self._lineage.establish(ref, parent, began)
        self._known[ref] = None

    def _stands(self, row: ClosingRow) -> None:
        """Of a province's closings the one of the latest month: months are closed one after the other."""
        known = self._standing.get(row.unit)
        if known is None or known.month <= row.month:
            self._standing[row.unit] = row

    # Facts

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TeachingLogged() | VendorOnboardingLogged():
                self._was_late(fact.unit, fact.on, "lesson")
            case TeachingAnswered() | VendorOnboardingAnswered():
                self._was_late(fact.unit, fact.on, "answer")
            case TeachingVoided() | VendorOnboardingVoided():
                self._was_late(fact.unit, fact.on, "void")
            case PersonErased():
                self._about(fact.person, "erasure")
            case PersonMoved():
                self._placed(fact)
            case PlacedAnew():
                self._placed_anew(fact)
            case MonthFact():
                self._month(position, fact)
            case UnitEstablished():
                self._establish(fact.unit, fact.parent, fact.valid_from)
            case UnitsMerged() | UnitSplit() | UnitAbolished():
                self._bounded_anew(fact)
            case _:
                self._lineage.weigh(fact)

    def honour_dated(
        self, _status: str, _where: Sequence[UnitId], since: int, _by: int, *, ended: UnitId | None
    ) -> None:
        if ended is not None:
            self._was_late(ended, day_of(moment(since)), "status")

    def status_dated(self, _status: str, unit: UnitId, since: int, by: int) -> None:
        if by < 0:
            self._was_late(unit, day_of(moment(since)), "status")

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
            self._note(position, one, cause, month)

    def _note(self, position: int, unit: UnitId, cause: str, month: str) -> None:
        key = position, unit, cause, month
        self._late_deltas[key] = self._late_deltas.get(key, 0) + 1

    def _about(self, person: PersonId, cause: str) -> None:
        """Something about a person, which may change every month in which they were taught."""
        if self._standing:
            self._note_late(self._taught([person]), cause)

    def _taught(self, people: Collection[PersonId]) -> set[tuple[UnitId, str]]:
        """The units and months in which these people were taught."""
        kind = self._claims.kinds[PERSON]
        kind.load(one for person in people for one in self._people.ids(person))
        groups = (kind.group(kind.today(one)) for one in people)
        return {(UnitId(claim.unit), claim.on[:7]) for group in groups for claim in group.claims}

    def _regrouped(self, person: PersonId) -> None:
        self._about(person, "group")

    def before_merge(self, _position: int, _ids: frozenset[PersonId]) -> None:
        """Nothing: whom it concerns is known afterwards."""

    def after_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        if self._standing:
            self._note_late(self._taught(ids), "merge")

    def _bounded_anew(self, fact: Ending) -> None:
        """A unit ends: those in which its people count from now on have more than was closed of them."""
        ended = fact.parts if isinstance(fact, UnitsMerged) else (fact.unit,)
        before = {ref: frozenset(self._lineage.above(ref)) for ref in ended} if self._standing else {}
        self._lineage.weigh(fact)
        gained = {one for ref, was in before.items() for one in self._lineage.above(ref) if one not in was}
        self._note_bounds((unit, EARLIEST) for unit in sorted(gained))

    def _placed(self, fact: PersonMoved) -> None:
        """Somebody of a commune that was divided is placed in a part of it, and counts there from now on."""
        one = fact.person
        if not (self._standing and self._lineage.any_divided) or self._people.now(one) != one:
            return
        moved: dict[UnitId, str] = {}
        for unit, month in self._taught([one]):
            if self._lineage.in_doubt(unit):
                was = self._units.above_one(unit, fact.previous)
                now = self._units.above_one(unit, fact.unit)
                for other in set(was).symmetric_difference(now):
                    moved[other] = min(month, moved.get(other, month))
        self._note_bounds(sorted(moved.items()))

    def _placed_anew(self, fact: PlacedAnew) -> None:
        """The same of a family, a market, a team or a workplace; months count no visits."""
        if self._standing and fact.body not in (Body.ACCOUNT, Body.DOOR):
            known = self._at.known(fact.subject) or fact.previous
            was, now = (self._units.above_one(known, one) for one in (fact.previous, fact.unit))
            self._note_bounds((one, EARLIEST) for one in sorted(set(was).symmetric_difference(now)))

    def _note_bounds(self, where: Iterable[tuple[UnitId, str]]) -> None:
        for unit, month in where:
            for province in self._lineage.above(unit):
                closed = self._standing.get(province)
                if closed is not None and month <= closed.month:
                    self._note(closed.position, unit, "boundary", month)

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

    # The end of a batch

    def settle(self) -> None:
        self._settle_late()
        if self._closing is not None:
            self.copy.flush(self._months)
            self._freeze(self._closing)
            self._closing = None

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
