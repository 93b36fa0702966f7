"""Honours: who holds which status, where, since when, and on how many witnesses it rests.

A span lasts from the fact that recognised to the one that withdrew (or from the merge that made
two holders one). It is kept for ever, so that past cut-offs can be asked.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    and_,
    false,
    func,
    or_,
    select,
    true,
)

from domain.calendar import end_of, start_of
from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.households import DigitalFamilyRecognised, DigitalFamilyRecognitionWithdrawn
from domain.model import Fact, HouseholdId, PersonId, Position, UnitId
from domain.people import PersonMoved
from domain.placed import Body, PlacedAnew
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from infrastructure.database import derived
from infrastructure.read_models import boundaries, people, units
from infrastructure.read_models.columns import Age, At, Day, Id, age, chunks, micros, moment
from infrastructure.read_models.households import Households
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed, lay_in
from infrastructure.read_models.units import Place


class Status(StrEnum):
    AMBASSADOR = "ambassador"
    FAMILY = "family"
    MARKET = "market"


honour: Final = Table(
    "honour_v4",
    derived,
    Column("status", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="person (canonical at that time), household or market"),
    Column("from_position", At, primary_key=True, autoincrement=False),
    Column("to_position", At, comment="NULL while it stands"),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Column("unit", Id, nullable=False),
    Column("province", Id),
    Column("commune", Id),
    Column("hamlet", Id),
    Column("ambassador", Id, comment="who registered the family"),
    Column("on", Day, comment="the day the family was registered"),
    Column("witnesses", Integer, nullable=False),
    Column("rests_on", Text, nullable=False, comment="JSON of the witnesses as the fact names them"),
    Column("counted", Integer, nullable=False, comment="of a market: the vendors that count"),
    Column("out_of", Integer, nullable=False),
    Column("criteria", Id, nullable=False, comment="content hash of the criteria"),
    Column("lies", Id, comment="if `unit` was divided, what of it its holder is in today"),
    Index("honour_v4_country", "status", "to_position", "since"),
    Index("honour_v4_province", "status", "province", "since"),
    Index("honour_v4_commune", "status", "commune", "since"),
    Index("honour_v4_unit", "status", "unit"),
    Index("honour_v4_from", "from_position"),
)


class HonourRow(msgspec.Struct, gc=False):
    status: str
    subject: str
    from_position: int
    to_position: int | None
    since: int
    unit: UnitId
    province: UnitId | None
    commune: UnitId | None
    hamlet: UnitId | None
    ambassador: PersonId | None
    on: str | None
    witnesses: int
    rests_on: str
    counted: int
    out_of: int
    criteria: str
    lies: UnitId | None


recognised: Final = Table(
    "recognised_v3",
    derived,
    Column("status", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id that the fact names"),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Column("recorded", At, nullable=False, comment="position of the latest fact that says so"),
    Column("unit", Id, nullable=False),
    Column("ambassador", Id),
    Column("witnesses", Integer, nullable=False),
    Column("rests_on", Text, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("out_of", Integer, nullable=False),
    Column("criteria", Id, nullable=False),
    comment="recognitions that stand, under the ids of their facts; the honours follow from them",
)


class RecognisedRow(msgspec.Struct, gc=False):
    status: str
    subject: str
    since: int
    recorded: int
    unit: UnitId
    ambassador: PersonId | None
    witnesses: int
    rests_on: str
    counted: int
    out_of: int
    criteria: str


class Honour(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is a person, household or market. `person` is who may be named for it: the
    ambassador, or who registered the family; `public_name` says whether publicly."""

    status: Status
    subject: str
    unit: UnitId
    since: datetime
    position: Position
    witnesses: int
    counted: int
    out_of: int
    criteria: str
    person: PersonId | None
    on: date | None
    public_name: bool


class Honours(msgspec.Struct, frozen=True, kw_only=True):
    """`after` asks for the next page."""

    rows: tuple[Honour, ...]
    total: int
    after: Position | None
    age: Age


def holders(
    db: Connection,
    *,
    status: Status,
    unit: UnitId,
    at: Position | None = None,
    year: int | None = None,
    during: tuple[date, date] | None = None,
    limit: int = 50,
    after: Position | None = None,
) -> Honours:
    """Who holds a status in a unit or below it (now, or as of a position), the latest recognised first:
    a recognition that was recorded again, on other witnesses, keeps its day and its place. Of a unit
    that is no more, those of whatever lies in it wholly.

    `year` keeps those recognised in that Vietnamese calendar year, `during` those from its first to its
    last day; `after` is the one that the
    page before gave out.
    """
    where = units.place(db, unit)
    if where is None:
        return Honours(rows=(), total=0, after=None, age=age(db))
    held = and_(
        honour.c.status == status.value,
        _held_in(unit, where),
        standing(at),
        _in(during or _year(year)),
    )
    order = honour.c.since.desc(), honour.c.from_position.desc(), honour.c.subject
    query = select(honour).where(held).order_by(*order).limit(limit + 1)
    if after is not None:
        query = query.where(_later_in_the_list(db, status, after))
    rows = [HonourRow(*row) for row in db.execute(query)]
    return Honours(
        rows=_honours(db, rows[:limit]),
        total=db.scalar(select(func.count()).select_from(honour).where(held)) or 0,
        after=Position(rows[limit - 1].from_position) if len(rows) > limit else None,
        age=age(db),
    )


def _held_in(unit: UnitId, where: units.Place) -> ColumnElement[bool]:
    """Of a unit that is no more, also what was placed there since another one was divided."""
    if not where.ended:
        return units.inside(unit, where, honour.c)
    there = select(units.lies_in.c.unit).where(units.lies_in.c.above == unit)
    return lay_in(there, honour.c.unit, honour.c.subject) | honour.c.lies.in_(there)


def _later_in_the_list(db: Connection, status: Status, after: Position) -> ColumnElement[bool]:
    """What stands below the honour that began at a position; nothing where none did."""
    since = db.scalar(
        select(func.max(honour.c.since)).where(
            honour.c.from_position == after, honour.c.status == status.value
        )
    )
    if since is None:
        return false()
    same = and_(honour.c.since == since, honour.c.from_position < after)
    return or_(honour.c.since < since, same)


def of_subjects(db: Connection, status: Status, subjects: Iterable[str]) -> dict[str, Honour]:
    """The standing honours of these people (by their canonical ids), households or markets."""
    return {one.subject: one for one in _honours(db, standing_rows(db, status, subjects))}


def standing_rows(db: Connection, status: Status, subjects: Iterable[str]) -> list[HonourRow]:
    """The same with what they rest on."""
    return [
        HonourRow(*row)
        for some in chunks(list(subjects))
        for row in db.execute(
            select(honour).where(
                honour.c.status == status.value, honour.c.subject.in_(some), honour.c.to_position.is_(None)
            )
        )
    ]


def of_person(db: Connection, person: PersonId) -> Honour | None:
    """Whether a person (under any of their ids) is a digital ambassador now."""
    top = people.canonical(db, person)
    return of_subjects(db, Status.AMBASSADOR, [top]).get(top)


def standing(at: Position | None) -> ColumnElement[bool]:
    """The condition that an honour stands now, or did when the ledger stood at a position."""
    if at is None:
        return honour.c.to_position.is_(None)
    return and_(honour.c.from_position <= at, or_(honour.c.to_position.is_(None), honour.c.to_position > at))


def _year(year: int | None) -> tuple[date, date] | None:
    return (date(year, 1, 1), date(year, 12, 31)) if year is not None else None


def _in(days: tuple[date, date] | None) -> ColumnElement[bool]:
    if days is None:
        return true()
    first, end = micros(start_of(days[0])), micros(end_of(days[1]))
    return and_(honour.c.since >= first, honour.c.since < end)


def _honours(db: Connection, rows: list[HonourRow]) -> tuple[Honour, ...]:
    persons = {row.subject: _person(row) for row in rows}
    public = people.with_public_name(db, [one for one in persons.values() if one is not None])
    return tuple(
        Honour(
            status=Status(row.status),
            subject=row.subject,
            unit=row.unit,
            since=moment(row.since),
            position=Position(row.from_position),
            witnesses=row.witnesses,
            counted=row.counted,
            out_of=row.out_of,
            criteria=row.criteria,
            person=persons[row.subject],
            on=date.fromisoformat(row.on) if row.on else None,
            public_name=persons[row.subject] in public,
        )
        for row in rows
    )


def _person(row: HonourRow) -> PersonId | None:
    return PersonId(row.subject) if row.status == Status.AMBASSADOR else row.ambassador


class HonourCounts(Protocol):
    """A read model that counts honours: told of the units in which one counts from now on (+1), or counts
    no longer (-1)."""

    def honour_moved(self, status: str, where: Sequence[UnitId], by: int) -> None: ...


class DatedHonourCounts(Protocol):
    """The same with `since` when the honour counts, in microseconds since 1970; `ended` is the unit it was
    given in, where it is no more."""

    def honour_dated(
        self, status: str, where: Sequence[UnitId], since: int, by: int, *, ended: UnitId | None
    ) -> None: ...


class HonoursHeld(Model):
    name = "honours"
    version = 4
    tables = (honour, recognised)
    needs = (People, Households, Placed)
    facts = (
        AmbassadorRecognised,
        AmbassadorRecognitionWithdrawn,
        DigitalFamilyRecognised,
        DigitalFamilyRecognitionWithdrawn,
        DigitalMarketRecognised,
        DigitalMarketRecognitionWithdrawn,
        PersonMoved,
        PlacedAnew,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._people = copy.model(People)
        self._people.merging.append(self)
        self._placed = copy.model(Placed)
        self._units = copy.model(boundaries.Units)
        self._households = copy.model(Households)
        self._honours = copy.rows(honour, HonourRow)
        self._recognised = copy.rows(recognised, RecognisedRow)
        self.counting: list[HonourCounts] = []
        self.dated: list[DatedHonourCounts] = []

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case PersonMoved():
                self._moved(Status.AMBASSADOR, self._people.now(fact.person))
                return
            case PlacedAnew():
                if (placed := _BODIES.get(fact.body)) is not None:
                    self._moved(placed, fact.subject)
                return
        row = _recognised(fact)
        if row is not None:
            known = self._recognised.get((row.status, row.subject))
            row.since, row.recorded = known.since if known else row.since, position
            self._recognised.put(row)
            self._follow(position, row.status, row.subject)
            return
        status, subject = _withdrawn(fact)
        self._recognised.drop((status, subject))
        self._follow(position, status, subject)

    def before_merge(self, _position: int, _ids: frozenset[PersonId]) -> None:
        """Nothing: what honours stand follows from the merges as they are afterwards."""

    def after_merge(self, position: int, ids: frozenset[PersonId]) -> None:
        keys = [(Status.AMBASSADOR.value, one) for one in sorted(ids)]
        self._recognised.load(keys)
        if any(self._recognised.get(key) for key in keys):
            for _, one in keys:
                self._follow(position, Status.AMBASSADOR.value, one)

    def _follow(self, position: int, status: str, subject: str) -> None:
        """Ends and begins spans, so that one stands for each subject of today that is recognised
        under any of its ids: since the earliest of them, on the
        witnesses of the latest."""
        ids = self._people.ids(PersonId(subject)) if status == Status.AMBASSADOR else {subject}
        today = self._people.now(PersonId(subject)) if status == Status.AMBASSADOR else subject
        rows = [row for one in sorted(ids) if (row := self._recognised.get((status, one))) is not None]
        held = max(rows, key=lambda row: row.recorded, default=None)
        since = min((row.since for row in rows), default=0)
        c = self._honours.table.c
        for one in sorted({subject, today}):
            wanted = held if one == today else None
            open_here = (c.status == status) & (c.subject == one) & c.to_position.is_(None)
            for standing_row in self._honours.find(open_here):
                if wanted is not None and _same(standing_row, wanted, since):
                    wanted = None
                    break
                standing_row.to_position = position
                self._honours.put(standing_row)
                self._count(standing_row, -1)
            else:
                if wanted is not None:
                    self._begin(position, one, wanted, since)

    def _moved(self, status: Status, subject: str) -> None:
        """Where its unit was divided, an honour counts and is listed in the part where its holder is."""
        if not self._units.any_divided:
            return
        c = self._honours.table.c
        for row in self._honours.find(
            (c.status == status) & (c.subject == subject) & c.to_position.is_(None)
        ):
            before = self._beside(row)
            self._settle_in(row)
            self._honours.put(row)
            now = self._beside(row)
            self._tell(row, [unit for unit in before if unit not in now], -1)
            self._tell(row, [unit for unit in now if unit not in before], 1)

    def _beside(self, row: HonourRow) -> list[UnitId]:
        """The units in which an honour counts beside those that its own lies in."""
        if row.lies is None:
            return []
        above = self._units.above(row.unit)
        return [unit for unit in self._units.above_one(row.unit, row.lies) if unit not in above]

    def _settle_in(self, row: HonourRow) -> None:
        """Where it lies: as its fact says, or of a divided unit where its holder is today."""
        row.lies = self._lies(row) if self._units.divided(row.unit) else None
        # That, or the first that it lies in which stands since: under older boundaries it stays where it was.
        row.lies = next(iter(self._beside(row)), None)
        place = self._units.place(row.unit)
        if row.lies is not None:
            there = self._units.place(row.lies)
            place = Place(there.level, there.province, there.commune, there.hamlet or place.hamlet)
        row.province, row.commune, row.hamlet = place.province, place.commune, place.hamlet

    def _lies(self, row: HonourRow) -> UnitId | None:
        if row.status == Status.AMBASSADOR:
            return self._people.lives(PersonId(row.subject))
        return self._placed.of(row.subject)

    def _begin(self, position: int, subject: str, row: RecognisedRow, since: int) -> None:
        family = row.status == Status.FAMILY
        begun = HonourRow(
            status=row.status,
            subject=subject,
            from_position=position,
            to_position=None,
            since=since,
            unit=row.unit,
            province=None,
            commune=None,
            hamlet=None,
            ambassador=row.ambassador,
            on=self._households.registered_on(HouseholdId(subject)) if family else None,
            witnesses=row.witnesses,
            rests_on=row.rests_on,
            counted=row.counted,
            out_of=row.out_of,
            criteria=row.criteria,
            lies=None,
        )
        self._settle_in(begun)
        self._honours.put(begun)
        self._count(begun, 1)

    def _count(self, row: HonourRow, by: int) -> None:
        where = self._units.above_one(row.unit, row.lies)
        self._tell(row, where, by, ended=row.unit if by < 0 else None)

    def _tell(self, row: HonourRow, where: Sequence[UnitId], by: int, *, ended: UnitId | None = None) -> None:
        if not where:
            return
        for model in self.counting:
            model.honour_moved(row.status, where, by)
        for dated in self.dated:
            dated.honour_dated(row.status, where, row.since, by, ended=ended)


_BODIES: Final = {Body.HOUSEHOLD: Status.FAMILY, Body.MARKET: Status.MARKET}
"""What is placed anew and may hold a status."""


def _same(begun: HonourRow, row: RecognisedRow, since: int) -> bool:
    return (begun.since, begun.rests_on, begun.criteria) == (since, row.rests_on, row.criteria)


def _recognised(fact: Fact) -> RecognisedRow | None:
    """The recognition a fact tells of; None where it withdraws one."""
    match fact:
        case AmbassadorRecognised():
            row = _row(Status.AMBASSADOR, fact.person, fact)
            row.witnesses, row.rests_on = len(fact.witnesses), packed(fact.witnesses)
        case DigitalFamilyRecognised():
            row = _row(Status.FAMILY, fact.household, fact)
            row.ambassador = fact.ambassador
            shown = {*fact.skills_shown, fact.taught} - {None}
            row.witnesses = len(shown) + len(fact.declared)
            row.rests_on = packed(
                {"proficient": fact.proficient, "shown": fact.skills_shown, "taught": fact.taught}
            )
        case DigitalMarketRecognised():
            row = _row(Status.MARKET, fact.market, fact)
            row.counted, row.out_of = fact.counted, fact.out_of
        case _:
            return None
    return row


Recognised = AmbassadorRecognised | DigitalFamilyRecognised | DigitalMarketRecognised


def _row(status: Status, subject: str, fact: Recognised) -> RecognisedRow:
    at = micros(fact.at)
    return RecognisedRow(status.value, subject, at, 0, fact.unit, None, 0, "[]", 0, 0, fact.criteria)


def _withdrawn(fact: Fact) -> tuple[str, str]:
    match fact:
        case AmbassadorRecognitionWithdrawn():
            return Status.AMBASSADOR.value, fact.person
        case DigitalFamilyRecognitionWithdrawn():
            return Status.FAMILY.value, fact.household
        case DigitalMarketRecognitionWithdrawn():
            return Status.MARKET.value, fact.market
    raise TypeError(fact.NAME)
