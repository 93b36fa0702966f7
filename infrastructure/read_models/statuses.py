"""Statuses of areas and offices: who holds which, since when, on which counts; and those counts today."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec
from sqlalchemy import Column, Connection, Index, Table, Text, and_, func, select

from domain import statuses
from domain.model import Fact, Position, UnitId, WorkplaceId
from domain.placed import Body, PlacedAnew
from domain.statuses import (
    Because,
    Counted,
    Counts,
    Households,
    Measure,
    StatusFact,
    StatusKind,
    StatusRecognised,
    StatusRule,
    StatusWithdrawn,
)
from domain.territory import Level
from infrastructure.database import derived
from infrastructure.read_models import boundaries, declared, units, workplaces
from infrastructure.read_models.columns import At, Id, chunks, micros, moment
from infrastructure.read_models.figures import by_group, figure
from infrastructure.read_models.households import household_row
from infrastructure.read_models.markets import market_row
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.placed import Placed, inside
from infrastructure.read_models.vendors import vendor_row
from infrastructure.read_models.visits import declared as households_declared

status_row: Final = Table(
    "status_v1",
    derived,
    Column("subject", Id, primary_key=True, comment="a unit or a workplace"),
    Column("status", Id, primary_key=True),
    Column("from_position", At, primary_key=True, autoincrement=False),
    Column("to_position", At, comment="NULL while it stands"),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Column("until", At, comment="microseconds since 1970; NULL while it stands"),
    Column("unit", Id, nullable=False),
    Column("workplace", Id),
    Column("counts", Text, nullable=False, comment="JSON: what it rests on"),
    Column("counted", At, nullable=False, comment="the position of these counts"),
    Column("criteria", Id, nullable=False, comment="content hash"),
    Column("because", Id, comment="why it was withdrawn"),
    Column("ended_by", Text, comment="JSON: the counts at its withdrawal"),
    Index("status_v1_unit", "unit", "status"),
)


class StatusRow(msgspec.Struct, gc=False):
    subject: str
    status: str
    from_position: int
    to_position: int | None
    since: int
    until: int | None
    unit: UnitId
    workplace: WorkplaceId | None
    counts: str
    counted: int
    criteria: str
    because: str | None
    ended_by: str | None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A status that stands, or stood `until` a moment. `counts` are those it rests on, at the position
    `counted`; `ended_by` those at its withdrawal."""

    status: StatusKind
    unit: UnitId
    workplace: WorkplaceId | None
    since: datetime
    position: Position
    counts: Counts
    counted: Position
    criteria: str
    until: datetime | None
    because: Because | None
    ended_by: Counts

    @property
    def subject(self) -> str:
        return self.workplace or self.unit


LEVELS: Final = {
    Level.HAMLET.value: StatusKind.DIGITAL_VILLAGE,
    Level.COMMUNE.value: StatusKind.DIGITAL_COMMUNITY,
}
"""Which status a unit of a level may hold."""


def in_unit(
    db: Connection,
    unit: UnitId,
    *,
    status: StatusKind | None = None,
    limit: int = 50,
    after: Position | None = None,
) -> list[Held]:
    """The statuses that stand in a unit or below it, the latest first; `after` is the `position` of the
    last one seen."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(status_row)
        .join(units.unit, units.unit.c.unit == status_row.c.unit)
        .where(
            inside(unit, where, status_row.c.unit, status_row.c.subject), status_row.c.to_position.is_(None)
        )
        .order_by(status_row.c.from_position.desc(), status_row.c.subject)
        .limit(limit)
    )
    if status is not None:
        query = query.where(status_row.c.status == status.value)
    if after is not None:
        query = query.where(status_row.c.from_position < after)
    return [_held(StatusRow(*row)) for row in db.execute(query)]


def how_many(db: Connection, unit: UnitId) -> dict[StatusKind, int]:
    """How many of each stand in a unit or below it."""
    found = dict.fromkeys(StatusKind, 0)
    where = units.place(db, unit)
    if where is None:
        return found
    query = (
        select(status_row.c.status, func.count())
        .join(units.unit, units.unit.c.unit == status_row.c.unit)
        .where(
            inside(unit, where, status_row.c.unit, status_row.c.subject), status_row.c.to_position.is_(None)
        )
        .group_by(status_row.c.status)
    )
    return found | {StatusKind(status): many for status, many in db.execute(query)}


def of_subjects(db: Connection, subjects: Iterable[str]) -> dict[str, Held]:
    """The status that each of these units and workplaces holds now, if any."""
    return {
        row[0]: _held(StatusRow(*row))
        for some in chunks(list(dict.fromkeys(subjects)))
        for row in db.execute(
            select(status_row).where(status_row.c.subject.in_(some), status_row.c.to_position.is_(None))
        )
    }


def history(db: Connection, subject: str) -> list[Held]:
    """Every time that a unit or workplace held a status, the latest first."""
    query = select(status_row).where(status_row.c.subject == subject)
    return [_held(StatusRow(*row)) for row in db.execute(query.order_by(status_row.c.from_position.desc()))]


def _held(row: StatusRow) -> Held:
    return Held(
        status=StatusKind(row.status),
        unit=row.unit,
        workplace=row.workplace,
        since=moment(row.since),
        position=Position(row.from_position),
        counts=_counts(row.counts),
        counted=Position(row.counted),
        criteria=row.criteria,
        until=None if row.until is None else moment(row.until),
        because=Because(row.because) if row.because else None,
        ended_by=_counts(row.ended_by) if row.ended_by else (),
    )


def _counts(text: str) -> Counts:
    return msgspec.json.decode(text, type=Counts)


def of_workplaces(db: Connection, rules: dict[WorkplaceId, StatusRule]) -> dict[WorkplaceId, Counts]:
    """What the rules ask of workplaces, as it stands today."""
    found = workplaces.counts(db, rules)
    return {
        ref: tuple(
            Counted(measure=measure, counted=found[ref].able, out_of=found[ref].people, percent=percent)
            for measure, percent in rule.percents
        )
        for ref, rule in rules.items()
    }


def of_areas(db: Connection, rules: dict[UnitId, StatusRule]) -> dict[UnitId, Counts]:
    """What the rules ask of hamlets and communes, as it stands today."""
    asked = list(rules)
    whole = _Whole(db, asked)
    figures = {
        row[0]: row[1:]
        for some in chunks(asked)
        for row in db.execute(
            select(figure.c.unit, figure.c.families, figure.c.vendors).where(figure.c.unit.in_(some))
        )
    }
    grown = by_group(db, asked)
    found: dict[UnitId, Counts] = {}
    for ref, rule in rules.items():
        families, vendors = figures.get(ref, (0, 0))
        adults = grown.get((ref, None))  # children are no part of the adults that they would be held against
        able = adults.able if adults else 0
        counted = {Measure.FAMILIES: families, Measure.PEOPLE: able, Measure.VENDORS: vendors}
        out_of = {
            Measure.FAMILIES: whole.households(ref, rule.households),
            Measure.PEOPLE: whole.adults.get(ref, 0),
            Measure.VENDORS: whole.stalls.get(ref, 0),
        }
        found[ref] = tuple(
            Counted(measure=measure, counted=counted[measure], out_of=out_of[measure], percent=percent)
            for measure, percent in rule.percents
            if measure is not Measure.VENDORS or ref in whole.stalls
        )
    return found


class _Whole:
    """Of how many, in these areas: households and adults as was declared, stalls of the markets (the
    larger of those declared and the vendors who sell). An area without a market has no stalls."""

    def __init__(self, db: Connection, asked: Sequence[UnitId]) -> None:
        self._declared = _declared(db, asked)
        self._registered = _counted_in(db, asked, household_row, func.count())
        self.adults = {ref: said.value for ref, said in declared.adults(db, asked).items()}
        self.stalls = _stalls(db, asked)

    def households(self, ref: UnitId, of: Households) -> int:
        """0 where the declared number is asked for and nobody declared one."""
        registered = self._registered.get(ref, 0)
        if of is Households.REGISTERED:
            return registered
        declared = self._declared.get(ref)
        return 0 if declared is None else max(declared, registered)


def _declared(db: Connection, asked: Sequence[UnitId]) -> dict[UnitId, int]:
    """As said for a unit; of a commune of which nothing was said, what was said for its hamlets."""
    d, u = households_declared.c, units.unit.c
    own: dict[UnitId, int] = {}
    hamlets: dict[UnitId, dict[str, int]] = {}
    for some in chunks(list(asked)):
        query = (
            select(d.unit, u.commune, d.households)
            .join(units.unit, u.unit == d.unit)
            .where(d.unit.in_(some) | u.commune.in_(some), u.ended.is_(None))
            .order_by(d.on)
        )
        for ref, commune, households in db.execute(query):
            own[ref] = households
            if commune and commune != ref:
                hamlets.setdefault(commune, {})[ref] = households
    return {ref: sum(said.values()) for ref, said in hamlets.items()} | own


def _counted_in(db: Connection, asked: Sequence[UnitId], table: Table, what: object) -> dict[UnitId, int]:
    """Rows of a table that lies in hamlets and communes, by each of these areas."""
    u = units.unit.c
    found: dict[UnitId, int] = {}
    for some in chunks(list(asked)):
        query = (
            select(table.c.unit, u.commune, what)  # type: ignore[call-overload]
            .join(units.unit, u.unit == table.c.unit)
            .where(table.c.unit.in_(some) | u.commune.in_(some))
            .group_by(table.c.unit, u.commune)
        )
        for ref, commune, many in db.execute(query):
            for area in {ref, commune} & set(some):
                found[area] = found.get(area, 0) + int(many or 0)
    return found


def _stalls(db: Connection, asked: Sequence[UnitId]) -> dict[UnitId, int]:
    u, m, v = units.unit.c, market_row.c, vendor_row.c
    found: dict[UnitId, int] = {}
    selling = (
        select(v.market, func.count(v.person.distinct()).label("vendors"))
        .where(v.gone.is_(None))
        .group_by(v.market)
        .subquery()
    )
    for some in chunks(list(asked)):
        query = (
            select(m.unit, u.commune, m.stalls, selling.c.vendors)
            .join(units.unit, u.unit == m.unit)
            .outerjoin(selling, and_(selling.c.market == m.market))
            .where(m.unit.in_(some) | u.commune.in_(some))
        )
        for ref, commune, stalls, vendors in db.execute(query):
            for area in {ref, commune} & set(some):
                found[area] = found.get(area, 0) + max(stalls, vendors or 0)
    return found


class CountsStatuses(Protocol):
    """A read model that counts statuses: told when one begins (+1) or ends (-1) that stands, or stood, since
    a moment (microseconds since 1970)."""

    def status_dated(self, status: str, unit: UnitId, since: int, by: int) -> None: ...


class CountsPlacedStatuses(Protocol):
    """Told of the units beside those above that one in which it counts (+1), or counts no longer (-1): that
    was divided, and the workplace placed in a part."""

    def status_placed(self, status: str, where: Sequence[UnitId], since: int, by: int) -> None: ...


class Statuses(Model):
    name = "statuses"
    version = 2
    tables = (status_row,)
    needs = (boundaries.Units, Placed)
    facts = (*statuses.FACTS, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._rows = copy.rows(status_row, StatusRow)
        self.dated: list[CountsStatuses] = []
        self.placing: list[CountsPlacedStatuses] = []
        self._units = copy.model(boundaries.Units)
        self._placed = copy.model(Placed)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case StatusRecognised():
                self._end(position, fact)
                begun = _begun(position, fact)
                self._rows.put(begun)
                self._count(begun, 1)
            case StatusWithdrawn():
                self._end(position, fact)
            case PlacedAnew(body=Body.WORKPLACE):
                self._place(fact)

    def _place(self, fact: PlacedAnew) -> None:
        """What a workplace holds goes along with it, to where it lies from now on."""
        c = self._rows.table.c
        for row in self._rows.find((c.subject == fact.subject) & c.to_position.is_(None)):
            before, now = self._beside(row, fact.previous), self._beside(row, fact.unit)
            self._tell_placed(row, before - now, -1)
            self._tell_placed(row, now - before, 1)
            row.unit = fact.unit
            self._rows.put(row)

    def _end(self, position: int, fact: StatusFact) -> None:
        c = self._rows.table.c
        subject = fact.workplace or fact.unit
        standing = (c.subject == subject) & (c.status == fact.status.value) & c.to_position.is_(None)
        for row in self._rows.find(standing):
            row.to_position, row.until = position, micros(fact.at)
            if isinstance(fact, StatusWithdrawn):
                row.because, row.ended_by = fact.because.value, packed(fact.counts)
            self._rows.put(row)
            self._count(row, -1)

    def _count(self, row: StatusRow, by: int) -> None:
        """Where its unit was divided, it counts there as before and in the part where it lies."""
        for model in self.dated:
            model.status_dated(row.status, self._known(row), row.since, by)
        self._tell_placed(row, self._beside(row, row.unit), by)

    def _known(self, row: StatusRow) -> UnitId:
        return self._placed.known(row.subject) or row.unit

    def _beside(self, row: StatusRow, lies: UnitId) -> frozenset[UnitId]:
        known = self._known(row)
        return frozenset(self._units.above_one(known, lies)).difference(self._units.above(known))

    def _tell_placed(self, row: StatusRow, where: frozenset[UnitId], by: int) -> None:
        if where:
            for model in self.placing:
                model.status_placed(row.status, sorted(where), row.since, by)


def _begun(position: int, fact: StatusRecognised) -> StatusRow:
    return StatusRow(
        subject=fact.workplace or fact.unit,
        status=fact.status.value,
        from_position=position,
        to_position=None,
        since=micros(fact.at),
        until=None,
        unit=fact.unit,
        workplace=fact.workplace,
        counts=packed(fact.counts),
        counted=fact.position,
        criteria=fact.criteria,
        because=None,
        ended_by=None,
    )
