"""What was closed, what a closed month's figures were, and what came later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, func, select

from domain.closing import ReopenReason
from domain.model import By, Group, Position, ReportId, UnitId
from infrastructure.read_models import units
from infrastructure.read_models.closings import ClosingRow, closed_deed, closed_people, closing, late
from infrastructure.read_models.columns import chunks, moment
from infrastructure.read_models.months import (
    COUNTED,
    MINOR,
    VENDOR,
    deeds_by,
    month_deed,
    month_people,
    people_by,
)


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """`position` is that of its fact: the figures are those of everything before. `reopened` is the
    position at which it was opened again, None while it stands."""

    position: Position
    unit: UnitId
    month: str
    number: int
    at: datetime
    by: By
    reopened: Position | None
    reopened_at: datetime | None
    reopened_by: By | None
    reason: ReopenReason | None
    noted: ReportId | None


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Distinct persons: claimed, of them confirmed, of these able, and not on a mentor's phone alone."""

    taught: int = 0
    confirmed: int = 0
    able: int = 0
    elsewhere: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.taught + other.taught,
            self.confirmed + other.confirmed,
            self.able + other.able,
            self.elsewhere + other.elsewhere,
        )


class Whole(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one group in one unit: in the month, up to its end, up to its beginning (as known now), and in
    the month before (as known now)."""

    month: Counts = Counts()
    total: Counts = Counts()
    before: Counts = Counts()
    last: Counts = Counts()

    def __add__(self, other: "Whole") -> "Whole":
        return Whole(
            self.month + other.month,
            self.total + other.total,
            self.before + other.before,
            self.last + other.last,
        )


class Deeds(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many of one kind in the month, up to its end, up to its beginning, in the month before."""

    month: int = 0
    total: int = 0
    before: int = 0
    last: int = 0


class UnitMonth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit's figures of a month. Groups never share a person, so that they add up to `people`;
    units do share them, so that these never add up."""

    unit: UnitId
    groups: dict[str, Whole]
    deeds: dict[str, Deeds]

    @property
    def people(self) -> Whole:
        return sum((one for of, one in self.groups.items() if of != VENDOR), Whole())

    @property
    def vendors(self) -> Whole:
        return self.groups.get(VENDOR, Whole())

    def group(self, group: Group | None) -> Whole:
        """Of one group; for None of everybody who is not under 16."""
        if group is None:
            grown = (one for of, one in self.groups.items() if of != VENDOR and not of.endswith(MINOR))
            return sum(grown, Whole())
        both = (group.value, group.value + MINOR)
        return sum((self.groups[of] for of in both if of in self.groups), Whole())

    def deed(self, what: str) -> Deeds:
        return self.deeds.get(what, Deeds())


_EVER: Final = "9999-12"


def closings(db: Connection, province: UnitId, month: str | None = None) -> list[Closing]:
    """Every closing there was, of one month or of all, the first one first."""
    query = select(closing).where(closing.c.unit == province).order_by(closing.c.position)
    if month is not None:
        query = query.where(closing.c.month == month)
    return [_closing(ClosingRow(*row)) for row in db.execute(query)]


def every(db: Connection) -> list[Closing]:
    """Every closing of every province, the first one first."""
    query = select(closing).order_by(closing.c.position)
    return [_closing(ClosingRow(*row)) for row in db.execute(query)]


def positions(db: Connection) -> list[Position]:
    """Where in the ledger every closing stands."""
    return [Position(one) for one in db.scalars(select(closing.c.position))]


def standing(db: Connection, province: UnitId, month: str) -> Closing | None:
    """The closing of a month that stands."""
    return next((one for one in closings(db, province, month) if one.reopened is None), None)


def closed_in(db: Connection, month: str) -> dict[UnitId, Closing]:
    """Of each province that closed a month, the closing that stands."""
    query = select(closing).where(closing.c.month == month, closing.c.reopened.is_(None))
    found = [_closing(ClosingRow(*row)) for row in db.execute(query)]
    return {one.unit: one for one in found}


def before(db: Connection, one: Closing) -> Closing | None:
    """The closing on which the report before this one stood: of the latest earlier month that was closed
    then, as it was closed last."""
    earlier = [
        other
        for other in closings(db, one.unit)
        if other.month < one.month
        and other.position < one.position
        and (other.reopened is None or other.reopened > one.position)
    ]
    return max(earlier, key=lambda other: (other.month, other.position), default=None)


def latest(db: Connection, province: UnitId) -> Closing | None:
    """The standing closing of the latest month."""
    stand = [one for one in closings(db, province) if one.reopened is None]
    return max(stand, key=lambda one: one.month, default=None)


def frozen(db: Connection, at: Position, some: Sequence[UnitId]) -> dict[UnitId, UnitMonth]:
    """The figures of these units as these read models froze them at a closing; of each, zeros where nothing
    happened. Built anew by another program they may be others: what stays is kept (`closed_months`)."""
    people: list[Any] = []
    deeds: list[Any] = []
    for part in chunks(list(some)):
        for table, into in ((closed_people, people), (closed_deed, deeds)):
            into += db.execute(select(table).where(table.c.closing == at, table.c.unit.in_(part))).all()
    return _months(some, people, deeds)


def all_frozen(db: Connection, at: Position) -> dict[UnitId, UnitMonth]:
    """The same of all units in which anything was counted."""
    people, deeds = (
        list(db.execute(select(table).where(table.c.closing == at)).all())
        for table in (closed_people, closed_deed)
    )
    return _months(sorted({UnitId(row.unit) for row in (*people, *deeds)}), people, deeds)


def now(db: Connection, month: str, some: Sequence[UnitId]) -> dict[UnitId, UnitMonth]:
    """The same as they are now, which changes with what comes later."""
    people: list[Any] = []
    deeds: list[Any] = []
    for part in chunks(list(some)):
        people += db.execute(people_by(month_people, part, month, 0)).all()
        deeds += db.execute(deeds_by(month_deed, part, month, 0)).all()
    return _months(some, people, deeds)


def came_later(
    db: Connection, at: Position, some: Sequence[UnitId], *, until: str = _EVER
) -> dict[UnitId, dict[str, int]]:
    """By unit and cause, how many facts about closed months (those up to `until`) were recorded after this
    closing and before the next."""
    found: dict[UnitId, dict[str, int]] = {}
    for part in chunks(list(some)):
        query = (
            select(late.c.unit, late.c.cause, func.sum(late.c.count))
            .where(late.c.closing == at, late.c.unit.in_(part), late.c.month <= until)
            .group_by(late.c.unit, late.c.cause)
        )
        for unit, cause, count in db.execute(query):
            found.setdefault(UnitId(unit), {})[cause] = int(count)
    return found


def first_month(db: Connection, ref: UnitId) -> str | None:
    """The first month of which anything done is recorded in a unit; None where nothing ever was. That
    teams were formed before, or people got somewhere, is known from old lists and nothing to report on."""
    what = month_deed.c.what
    done = and_(what.not_in(("team", "member")), ~what.startswith("milestone:"))
    firsts = [
        db.scalar(select(func.min(month_people.c.month)).where(month_people.c.unit == ref)),
        db.scalar(select(func.min(month_deed.c.month)).where(month_deed.c.unit == ref, done)),
    ]
    return min((one for one in firsts if one is not None), default=None)


def right_under(db: Connection, ref: UnitId, on: str) -> list[UnitId]:
    """The units right under one that stood on a day (YYYY-MM-DD), in the order of their codes."""
    u = units.unit.c
    where = (u.parent == ref) & (u.valid_from <= on) & (u.ended.is_(None) | (u.ended > on))
    return [UnitId(one) for one in db.scalars(select(u.unit).where(where).order_by(u.code, u.name))]


_WHEN: Final = len(COUNTED)


def _months(some: Sequence[UnitId], people: list[Any], deeds: list[Any]) -> dict[UnitId, UnitMonth]:
    found = {unit: UnitMonth(unit=unit, groups={}, deeds={}) for unit in some}
    for _, unit, of, *numbers in people:
        parts = (Counts(*map(int, numbers[at : at + _WHEN])) for at in range(0, 4 * _WHEN, _WHEN))
        found[UnitId(unit)].groups[of] = Whole(*parts)
    for _, unit, what, *numbers in deeds:
        found[UnitId(unit)].deeds[what] = Deeds(*map(int, numbers))
    return found


def _closing(row: ClosingRow) -> Closing:
    return Closing(
        position=Position(row.position),
        unit=row.unit,
        month=row.month,
        number=row.number,
        at=moment(row.at),
        by=By(row.by),
        reopened=None if row.reopened is None else Position(row.reopened),
        reopened_at=None if row.reopened_at is None else moment(row.reopened_at),
        reopened_by=None if row.reopened_by is None else By(row.reopened_by),
        reason=None if row.reason is None else ReopenReason(row.reason),
        noted=None if row.noted is None else ReportId(row.noted),
    )
