"""The territory: units as they are today, what they were called before, and what became of them.

Everything is counted under the boundaries of all times at once (`domain.lineage`): a person taught
in an old commune counts in it, in the commune it went into and in what both lie in. So the country
counts the same people whichever boundaries are asked for. What is counted cannot be moved one by one
when boundaries change: a copy knows all changes from its first fact on, and where a new one comes,
everything is built anew (`Units.outdated`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    Table,
    Text,
    case,
    exists,
    false,
    func,
    select,
    true,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from domain import territory
from domain.lineage import Lineage
from domain.model import Fact, Position, UnitId
from domain.territory import (
    CodeCorrected,
    Level,
    UnitAbolished,
    UnitChange,
    UnitEstablished,
    UnitFact,
    UnitReclassified,
    UnitRenamed,
    UnitsMerged,
    UnitSplit,
)
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Day, Id, micros, moment
from infrastructure.read_models.model import Copy, Model, packed

COUNTRY: Final = "VN"

Columns = ReadOnlyColumnCollection[str, Column[Any]]
"""The columns of a table, by name."""

unit: Final = Table(
    "unit_v2",
    derived,
    Column("unit", Id, primary_key=True),
    Column("code", Id),
    Column("name", Text, nullable=False),
    Column("kind", Id, nullable=False),
    Column("parent", Id),
    Column("level", Id, nullable=False, comment="country, province, district, commune or hamlet"),
    Column("province", Id, comment="of today"),
    Column("commune", Id, comment="of today"),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("valid_from", Day, nullable=False),
    Column("ended", Day, comment="the first day on which it was no more"),
    Column("changed", At, nullable=False, comment="position of the last fact that changed the row"),
    Index("unit_v2_parent", "parent"),
    Index("unit_v2_changed", "changed"),
)

called: Final = Table(
    "unit_called_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("valid_from", Day, primary_key=True),
    Column("position", At, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("kind", Id),
    Column("code", Id),
    comment="each name, kind and code that a unit was given, from a day on; what is none was not said",
)

ending: Final = Table(
    "unit_ending_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("became", Id, comment="none where it was abolished"),
    Column("valid_from", Day, nullable=False),
    Column("position", At, nullable=False),
    Column("counted", Boolean, nullable=False, comment="whether these read models were built knowing it"),
    comment="what became of units that are no more, the largest part first",
)

lies_in: Final = Table(
    "unit_lies_in_v1",
    derived,
    Column("above", Id, primary_key=True),
    Column("unit", Id, primary_key=True),
    comment="of units that are no more: every unit of any time that lies in them wholly",
)


change: Final = Table(
    "unit_change_v1",
    derived,
    Column("position", At, primary_key=True, autoincrement=False),
    Column("what", Id, nullable=False, comment="name of the fact"),
    Column("unit", Id, nullable=False),
    Column("others", Text, nullable=False, comment="JSON: the parts of a merger, what a split went into"),
    Column("valid_from", Day, nullable=False),
    Column("recorded", At, nullable=False, comment="microseconds since 1970"),
    Column("document", Text),
    Column("was", Text, comment="the name, kind or code before"),
    Column("became", Text, comment="the name, kind or code since"),
    Index("unit_change_v1_day", "valid_from", "position"),
    comment="every change of the territory; units that a list established are none",
)

concerned: Final = Table(
    "unit_concerned_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("position", At, primary_key=True, autoincrement=False),
    comment="which changes a unit was part of",
)


class ChangeRow(msgspec.Struct, gc=False):
    position: int
    what: str
    unit: UnitId
    others: str
    valid_from: str
    recorded: int
    document: str | None
    was: str | None
    became: str | None


class ConcernedRow(msgspec.Struct, gc=False):
    unit: UnitId
    position: int


class UnitRow(msgspec.Struct, gc=False):
    unit: UnitId
    code: str | None
    name: str
    kind: str
    parent: UnitId | None
    level: str
    province: UnitId | None
    commune: UnitId | None
    latitude: float | None
    longitude: float | None
    valid_from: str
    ended: str | None
    changed: int


class CalledRow(msgspec.Struct, gc=False):
    unit: UnitId
    valid_from: str
    position: int
    name: str | None
    kind: str | None
    code: str | None


class EndingRow(msgspec.Struct, gc=False):
    unit: UnitId
    number: int
    became: UnitId | None
    valid_from: str
    position: int
    counted: bool


class LiesInRow(msgspec.Struct, gc=False):
    above: UnitId
    unit: UnitId


class Place(msgspec.Struct, frozen=True):
    """Where a unit stands today: its level and the units above it, itself included. `ended` where
    the unit itself is no more; one that was split lies in no commune of today."""

    level: str
    province: UnitId | None = None
    commune: UnitId | None = None
    hamlet: UnitId | None = None
    ended: bool = False


def place(db: Connection, ref: UnitId) -> Place | None:
    """The place of a unit, None for an unknown one."""
    columns = unit.c.level, unit.c.province, unit.c.commune, unit.c.ended
    found = db.execute(select(*columns).where(unit.c.unit == ref)).first()
    if found is None:
        return None
    hamlet = ref if found[0] == Level.HAMLET else None
    return Place(found[0], found[1], found[2], hamlet, ended=found[3] is not None)


def path(db: Connection, ref: UnitId) -> tuple[UnitId, ...]:
    """A unit and the units it lies in today, up to the country."""
    where = place(db, ref)
    country = db.scalar(
        select(unit.c.unit).where(unit.c.level == Level.COUNTRY).order_by(unit.c.unit).limit(1)
    )
    above = (where.hamlet, where.commune, where.province) if where else ()
    return tuple(dict.fromkeys(UnitId(one) for one in (ref, *above, country) if one is not None))


def lies_within(db: Connection, ref: UnitId, over: UnitId) -> bool:
    """Whether a unit is another or lies under it."""
    if ref == over:
        return True
    inner, outer = place(db, ref), place(db, over)
    if inner is None or outer is None:
        return False
    if outer.ended:
        return bool(db.scalar(select(exists().where(lies_in.c.above == over, lies_in.c.unit == ref))))
    return outer.level == Level.COUNTRY or over in (inner.province, inner.commune)


def known_by(db: Connection, some: Iterable[UnitId], at: Position) -> frozenset[UnitId]:
    """Those of these units that were established when the ledger stood at a position."""
    established = (
        select(called.c.unit)
        .where(called.c.unit.in_(list(some)))
        .group_by(called.c.unit)
        .having(func.min(called.c.position) <= at)
    )
    return frozenset(UnitId(one) for one in db.scalars(established))


def lying_in(db: Connection, ref: UnitId) -> frozenset[UnitId]:
    """Every unit of any time that lies wholly in one that is no more, itself included."""
    return frozenset(db.scalars(select(lies_in.c.unit).where(lies_in.c.above == ref)))


def communes_within(db: Connection, ref: UnitId) -> tuple[frozenset[UnitId], frozenset[UnitId]]:
    """The communes of today that lie wholly in a unit that is no more, and others in which anything lies
    that lies in it wholly."""
    query = select(unit.c.unit, unit.c.commune).join(lies_in, lies_in.c.unit == unit.c.unit)
    found = db.execute(query.where(lies_in.c.above == ref, unit.c.commune.is_not(None))).all()
    whole = frozenset(commune for one, commune in found if one == commune)
    return whole, frozenset(commune for _, commune in found) - whole


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the territory. `what` is the name of the fact; `others` are the parts that were merged
    into `unit`, or what it was split into, the largest first; `was` and `became` its name, kind or code."""

    position: Position
    what: str
    unit: UnitId
    others: tuple[UnitId, ...]
    valid_from: date
    recorded: datetime
    document: str | None
    was: str | None
    became: str | None


class Changes(msgspec.Struct, frozen=True):
    """`after` asks for the next page."""

    rows: tuple[Change, ...]
    total: int
    after: Position | None


def changes(
    db: Connection,
    *,
    about: UnitId | None = None,
    inside: UnitId | None = None,
    limit: int = 50,
    after: Position | None = None,
) -> Changes:
    """What changed (about one unit, inside one, or anywhere), the latest day first; of one day what became
    of provinces first, and what was abolished last. `after` is what the page before gave out."""
    c = change.c
    rank = case(
        (c.what == UnitAbolished.NAME, 2),
        (unit.c.level.in_((Level.COUNTRY.value, Level.PROVINCE.value)), 0),
        else_=1,
    )
    ranked = change.outerjoin(unit, unit.c.unit == c.unit)
    wanted: ColumnElement[bool] = true()
    if about is not None:
        wanted = c.position.in_(select(concerned.c.position).where(concerned.c.unit == about))
    elif inside is not None and (where := place(db, inside)) is not None:
        there = select(unit.c.unit).where(within(inside, where))
        wanted = c.position.in_(select(concerned.c.position).where(concerned.c.unit.in_(there)))
    order = c.valid_from.desc(), rank, c.position.desc()
    query = select(change).select_from(ranked).where(wanted).order_by(*order).limit(limit + 1)
    if after is not None:
        seen = db.execute(select(c.valid_from, rank).select_from(ranked).where(c.position == after)).first()
        day, level = seen or ("", 0)
        later = (rank > level) | ((rank == level) & (c.position < after))
        query = query.where((c.valid_from < day) | ((c.valid_from == day) & later))
    rows = [ChangeRow(*row) for row in db.execute(query)]
    return Changes(
        rows=tuple(_change(row) for row in rows[:limit]),
        total=db.scalar(select(func.count()).select_from(change).where(wanted)) or 0,
        after=Position(rows[limit - 1].position) if len(rows) > limit else None,
    )


def _change(row: ChangeRow) -> Change:
    return Change(
        position=Position(row.position),
        what=row.what,
        unit=row.unit,
        others=msgspec.json.decode(row.others, type=tuple[UnitId, ...]),
        valid_from=date.fromisoformat(row.valid_from),
        recorded=moment(row.recorded),
        document=row.document,
        was=row.was,
        became=row.became,
    )


def outdated(db: Connection) -> bool:
    """Whether a unit ended that still stood when these read models were begun."""
    return bool(db.scalar(select(exists().where(ending.c.counted == false()))))


def endings(db: Connection) -> list[EndingRow]:
    """By unit and number."""
    query = select(ending).order_by(ending.c.unit, ending.c.number)
    return [EndingRow(*row) for row in db.execute(query)]


def became(endings: Iterable[EndingRow]) -> dict[UnitId, tuple[UnitId, ...]]:
    """What each unit that ended went into, the largest part first. `endings` by unit and number."""
    found: dict[UnitId, tuple[UnitId, ...]] = {}
    for row in endings:
        found[row.unit] = found.get(row.unit, ()) + ((row.became,) if row.became else ())
    return found


def end_all(lineage: Lineage, endings: Sequence[EndingRow]) -> None:
    """Tells a lineage of all units that are no more. `endings` by unit and number."""
    days = {row.unit: date.fromisoformat(row.valid_from) for row in endings}
    for ref, into in became(endings).items():
        lineage.end(ref, into, days[ref])


def called_by(said: Sequence[CalledRow], on: str = "9999") -> tuple[str, str, str | None]:
    """A unit's name, kind and code on a day (YYYY-MM-DD): of each, what was said of the latest day
    by then, and of one day, last. `said` is all that was ever said of the unit."""
    name, kind, code = "", "", None
    for row in sorted(said, key=lambda one: (one.valid_from, one.position)):
        if row.valid_from <= on:
            name, kind, code = row.name or name, row.kind or kind, row.code or code
    return name, kind, code


def within(ref: UnitId, where: Place) -> ColumnElement[bool]:
    """The condition on `unit` that a unit is `ref` or lies under it."""
    if where.ended:
        return unit.c.unit.in_(select(lies_in.c.unit).where(lies_in.c.above == ref))
    match where.level:
        case Level.COUNTRY:
            return true()
        case Level.PROVINCE:
            return unit.c.province == ref
        case Level.COMMUNE:
            return unit.c.commune == ref
        case _:
            return unit.c.unit == ref


def inside(ref: UnitId, where: Place, columns: Columns) -> ColumnElement[bool]:
    """The same on a table's own columns `unit`, `province`, `commune` and `hamlet` (those of today),
    so that its own index serves what stands today. Of a unit that is no more, whatever of any time
    lies in it wholly."""
    if where.ended:
        return columns["unit"].in_(select(lies_in.c.unit).where(lies_in.c.above == ref))
    if where.level == Level.COUNTRY:
        return true()
    return columns[where.level if where.level in columns else "unit"] == ref


class Units(Model):
    name = "units"
    version = 3
    tables = (unit, called, ending, lies_in, change, concerned)
    facts = territory.FACTS

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(unit, UnitRow, kept=1_000_000)
        self._called = copy.rows(called, CalledRow)
        self._endings = copy.rows(ending, EndingRow, kept=1_000_000)
        self._lies_in = copy.rows(lies_in, LiesInRow, kept=0)
        self._changes = copy.rows(change, ChangeRow, kept=0)
        self._concerned = copy.rows(concerned, ConcernedRow, kept=0)
        self._lineage = Lineage()
        self._levels: dict[UnitId, str] = {}
        self._places: dict[UnitId, Place] = {}
        self._new: list[UnitId] = []
        self.changed = False
        self.outdated = False
        """Whether a unit ended that still stood when these read models were begun."""
        self.uncounted = 0
        """How many such units this process saw end."""

    def begin(self) -> None:
        """Knows from the first fact on what the live copy knows in the end: a copy that is built
        beside it counts the oldest teaching under the boundaries of today, too."""
        known = select(unit.c.unit, unit.c.parent, unit.c.level, unit.c.valid_from)
        for ref, parent, level, began in self.copy.db.execute(known):
            self._know(ref, parent, level, date.fromisoformat(began))
        end_all(self._lineage, endings(self.copy.db))

    def change(self, position: int, fact: Fact) -> None:
        self.changed = True
        match fact:
            case UnitEstablished():
                self._establish(position, fact)
            case UnitsMerged():
                self._note(position, fact, fact.parts)
                for part in fact.parts:
                    self._end(position, part, (fact.unit,), fact.valid_from)
            case UnitSplit():
                self._note(position, fact, fact.into)
                self._end(position, fact.unit, fact.into, fact.valid_from)
            case UnitAbolished():
                self._note(position, fact)
                self._end(position, fact.unit, (), fact.valid_from)
            case UnitRenamed() | UnitReclassified() | CodeCorrected():
                self._call(position, fact)

    def _note(
        self,
        position: int,
        fact: UnitFact,
        others: tuple[UnitId, ...] = (),
        was: str | None = None,
        became: str | None = None,
    ) -> None:
        document = fact.document if isinstance(fact, UnitChange) else None
        day, recorded = fact.valid_from.isoformat(), micros(fact.at)
        self._changes.put(
            ChangeRow(position, fact.NAME, fact.unit, packed(others), day, recorded, document, was, became)
        )
        for one in (fact.unit, *others):
            self._concerned.put(ConcernedRow(one, position))

    def _establish(self, position: int, fact: UnitEstablished) -> None:
        self._know(fact.unit, fact.parent, fact.kind.level, fact.valid_from)
        self._places.clear()
        self._new.append(fact.unit)
        where = self.place(fact.unit)
        self._rows.put(
            UnitRow(
                unit=fact.unit,
                code=fact.code,
                name=fact.name,
                kind=fact.kind.value,
                parent=fact.parent,
                level=fact.kind.level.value,
                province=where.province,
                commune=where.commune,
                latitude=fact.latitude,
                longitude=fact.longitude,
                valid_from=fact.valid_from.isoformat(),
                ended=None,
                changed=position,
            )
        )
        self._called.put(
            CalledRow(fact.unit, fact.valid_from.isoformat(), position, fact.name, fact.kind.value, fact.code)
        )

    def _know(self, ref: UnitId, parent: UnitId | None, level: str, began: date) -> None:
        self._lineage.establish(ref, parent, began)
        self._levels[ref] = level

    def _end(self, position: int, ref: UnitId, became: tuple[UnitId, ...], on: date) -> None:
        row = self._rows.get(ref)
        if row is None:
            raise LookupError("a unit ended that was never established")
        row.ended, row.changed = on.isoformat(), position
        self._rows.put(row)
        known = self._lineage.ended(ref)
        self.outdated = self.outdated or not known
        self.uncounted += not known
        for number, into in enumerate(became or (None,)):
            self._endings.put(EndingRow(ref, number, into, on.isoformat(), position, counted=known))

    def _call(self, position: int, fact: UnitFact) -> None:
        """What is said of the latest day holds; of one day, what was said last."""
        row = self._rows.get(fact.unit)
        if row is None:
            raise LookupError("a unit changed that was never established")
        said = CalledRow(fact.unit, fact.valid_from.isoformat(), position, None, None, None)
        was = called_by(self._called.find(called.c.unit == fact.unit), said.valid_from)
        match fact:
            case UnitRenamed():
                said.name = fact.name
                self._note(position, fact, (), was[0], fact.name)
            case UnitReclassified():
                said.kind = fact.kind.value
                self._note(position, fact, (), was[1], fact.kind.value)
            case CodeCorrected():
                said.code = fact.code
                self._note(position, fact, (), was[2], fact.code)
        self._called.put(said)
        row.name, row.kind, row.code = called_by(self._called.find(called.c.unit == fact.unit))
        row.changed = position
        self._rows.put(row)

    def place(self, ref: UnitId) -> Place:
        """Where a unit stands today; one that was never established lies in the country alone."""
        found = self._places.get(ref)
        if found is None:
            level = self._levels.get(ref, Level.COUNTRY.value)
            standing = [one for one in self._lineage.above(ref) if not self._lineage.ended(one)]
            above = {self._levels[one]: one for one in reversed(standing) if one in self._levels}
            found = self._places[ref] = Place(
                level,
                province=above.get(Level.PROVINCE),
                commune=above.get(Level.COMMUNE),
                hamlet=ref if level == Level.HAMLET else None,
                ended=self._lineage.ended(ref),
            )
        return found

    @property
    def endings(self) -> int:
        """How many units are no more, as far as this copy knows from its first fact on."""
        return self._lineage.endings

    @property
    def any_divided(self) -> bool:
        """Whether any unit was divided among several: else nothing is ever in doubt."""
        return self._lineage.any_divided

    def divided(self, ref: UnitId) -> UnitId | None:
        """Of a unit in doubt, the commune that was divided."""
        return self._lineage.divided_in(ref) if self._lineage.any_divided else None

    def above_one(self, ref: UnitId, home: UnitId | None) -> tuple[UnitId, ...]:
        """The same for what happened to somebody who lives in `home` today, or of what lies there: what
        happened in a divided commune counts in the part of it that this is, too, and in what that lies in.
        What it counts in under older boundaries stays as it is."""
        above = self._lineage.above(ref)
        divided = self.divided(ref) if home else None
        if divided is None or home is None:
            return above
        return tuple(dict.fromkeys((*above, *self._lineage.placed(divided, home))))

    def above(self, ref: UnitId) -> tuple[UnitId, ...]:
        """A unit and all it lies in, under the boundaries of all times, up to the country."""
        return self._lineage.above(ref)

    def settle(self) -> None:
        for ref in self._new:
            for one in self._lineage.above(ref):
                if self._lineage.ended(one):
                    self._lies_in.put(LiesInRow(one, ref))
        self._new.clear()


def units_on(db: Connection, ref: UnitId, level: Level, day: date) -> frozenset[UnitId]:
    """The units of a level that stood on a day in a unit (of any time), that one aside."""
    where = place(db, ref)
    if where is None:
        return frozenset()
    u, said = unit.c, day.isoformat()
    query = select(u.unit).where(
        within(ref, where),
        u.level == level.value,
        u.unit != ref,
        u.valid_from <= said,
        u.ended.is_(None) | (u.ended > said),
    )
    return frozenset(db.scalars(query).all())
