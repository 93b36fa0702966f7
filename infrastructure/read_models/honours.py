"""Honours: who holds which status, where, since when, and on how many witnesses it rests.

A span lasts from the fact that recognised to the one that withdrew (or from the merge that made
two holders one). It is kept for ever, so that past cut-offs can be asked.
"""

from collections.abc import Iterable
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
from domain.households import DigitalFamilyRecognised, DigitalFamilyRecognitionWithdrawn
from domain.markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.model import Fact, HouseholdId, PersonId, Position, UnitId
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from infrastructure.database import derived
from infrastructure.read_models import people, units
from infrastructure.read_models.columns import Age, At, Day, Id, age, chunks, micros, moment
from infrastructure.read_models.households import Households
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.people import People


class Status(StrEnum):
    AMBASSADOR = "ambassador"
    FAMILY = "family"
    MARKET = "market"


honour: Final = Table(
    "honour_v3",
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
    Index("honour_v3_country", "status", "to_position", "since"),
    Index("honour_v3_province", "status", "province", "since"),
    Index("honour_v3_commune", "status", "commune", "since"),
    Index("honour_v3_unit", "status", "unit"),
    Index("honour_v3_from", "from_position"),
)


class HonourRow(msgspec.Struct):
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


class RecognisedRow(msgspec.Struct):
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
        units.inside(unit, where, honour.c),
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
    """A read model that counts honours: told when one begins (+1) or ends (-1) in a unit."""

    def honour_moved(self, status: str, unit: UnitId, by: int) -> None: ...


class DatedHonourCounts(Protocol):
    """The same with `since` when the honour counts, in microseconds since 1970."""

    def honour_dated(self, status: str, unit: UnitId, since: int, by: int) -> None: ...


class HonoursHeld(Model):
    name = "honours"
    version = 3
    tables = (honour, recognised)
    needs = (People, Households)
    facts = (
        AmbassadorRecognised,
        AmbassadorRecognitionWithdrawn,
        DigitalFamilyRecognised,
        DigitalFamilyRecognitionWithdrawn,
        DigitalMarketRecognised,
        DigitalMarketRecognitionWithdrawn,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._people = copy.model(People)
        self._people.merging.append(self)
        self._units = copy.model(units.Units)
        self._households = copy.model(Households)
        self._honours = copy.rows(honour, HonourRow)
        self._recognised = copy.rows(recognised, RecognisedRow)
        self.counting: list[HonourCounts] = []
        self.dated: list[DatedHonourCounts] = []

    def change(self, position: int, fact: Fact) -> None:
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

    def _begin(self, position: int, subject: str, row: RecognisedRow, since: int) -> None:
        place = self._units.place(row.unit)
        family = row.status == Status.FAMILY
        begun = HonourRow(
            status=row.status,
            subject=subject,
            from_position=position,
            to_position=None,
            since=since,
            unit=row.unit,
            province=place.province,
            commune=place.commune,
            hamlet=place.hamlet,
            ambassador=row.ambassador,
            on=self._households.registered_on(HouseholdId(subject)) if family else None,
            witnesses=row.witnesses,
            rests_on=row.rests_on,
            counted=row.counted,
            out_of=row.out_of,
            criteria=row.criteria,
        )
        self._honours.put(begun)
        self._count(begun, 1)

    def _count(self, row: HonourRow, by: int) -> None:
        for model in self.counting:
            model.honour_moved(row.status, row.unit, by)
        for dated in self.dated:
            dated.honour_dated(row.status, row.unit, row.since, by)


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
