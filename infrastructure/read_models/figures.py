"""A unit's figures: distinct persons, never a sum of rows, skills or of the units below."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Boolean, Column, ColumnElement, Connection, Integer, Table, func, select

from domain.model import Evidence, Fact, Group, PersonId, UnitId
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.territory import Level
from infrastructure.database import derived
from infrastructure.read_models import boundaries, units
from infrastructure.read_models.claimed import PERSON, Claim, Share
from infrastructure.read_models.claimed import Group as Claimed
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import Age, Day, Id, age, chunks, share
from infrastructure.read_models.honours import Status
from infrastructure.read_models.honours_held import HonoursHeld
from infrastructure.read_models.markets import Markets
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.tally import Tally, apart
from infrastructure.read_models.vendors import VendorRow, days_seen, is_onboarded

figure: Final = Table(
    "figure_v3",
    derived,
    Column("unit", Id, primary_key=True),
    Column("taught", Integer, nullable=False, comment="distinct persons claimed in the unit or below it"),
    Column("confirmed", Integer, nullable=False, comment="of them, those who confirmed"),
    Column("able", Integer, nullable=False, comment="of these, those who are able themselves"),
    Column("elsewhere", Integer, nullable=False, comment="of these, not on a mentor's phone alone"),
    Column("ambassadors", Integer, nullable=False),
    Column("families", Integer, nullable=False),
    Column("markets", Integer, nullable=False),
    Column("vendors", Integer, nullable=False, comment="onboarded, and not gone"),
    sqlite_with_rowid=False,
)

group_figure: Final = Table(
    "group_figure_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("group", Id, primary_key=True),
    Column("minor", Boolean, primary_key=True, comment="who may be under 16"),
    Column("taught", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("able", Integer, nullable=False),
    comment="distinct persons of a unit by the group they are counted in",
    sqlite_with_rowid=False,
)

trading_day: Final = Table(
    "trading_day_v3",
    derived,
    Column("unit", Id, primary_key=True),
    Column("day", Day, primary_key=True),
    Column("vendors", Integer, nullable=False, comment="onboarded vendors last seen trading on that day"),
    sqlite_with_rowid=False,
)


class FigureRow(msgspec.Struct, gc=False):
    unit: UnitId
    taught: int
    confirmed: int
    able: int
    elsewhere: int
    ambassadors: int
    families: int
    markets: int
    vendors: int


class GroupRow(msgspec.Struct, gc=False):
    unit: UnitId
    group: str
    minor: bool
    taught: int
    confirmed: int
    able: int


class TradingDayRow(msgspec.Struct, gc=False):
    unit: UnitId
    day: str
    vendors: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Persons are distinct within the unit. `vendors` are onboarded, `vendors_active` those of
    them seen trading since the day asked for. Shares are between 0 and 1, None of nothing."""

    unit: UnitId
    taught: int
    confirmed: int
    able: int
    elsewhere: int
    ambassadors: int
    families: int
    markets: int
    vendors: int
    vendors_active: int

    @property
    def on_phone(self) -> int:
        """Of those confirmed, on a mentor's phone and nowhere else."""
        return self.confirmed - self.elsewhere

    @property
    def on_phone_share(self) -> float | None:
        return share(self.on_phone, self.confirmed)

    @property
    def confirmed_share(self) -> float | None:
        return share(self.confirmed, self.taught)

    @property
    def able_share(self) -> float | None:
        return share(self.able, self.confirmed)


class GroupFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons of one group in a unit: claimed, of them confirmed, of these able themselves."""

    taught: int
    confirmed: int
    able: int


class UnitFigures(msgspec.Struct, frozen=True, kw_only=True):
    own: Figures
    children: tuple[Figures, ...]
    age: Age


def figures(db: Connection, unit: UnitId, *, active_since: date, on: date | None = None) -> UnitFigures:
    """A unit's figures and those of the units right under it (zeros where nothing happened): of
    those that stand today, or with `on`, of those that stood on that day."""
    found = _where(db, right_under(unit, on) | (units.unit.c.unit == unit), active_since)
    own = found.pop(unit, None) or _nothing(unit)
    return UnitFigures(own=own, children=tuple(found.values()), age=age(db))


def figures_of(db: Connection, asked: Sequence[UnitId], *, active_since: date) -> dict[UnitId, Figures]:
    """The figures of some units, zeros where nothing happened."""
    found: dict[UnitId, Figures] = {}
    for some in chunks(list(asked)):
        found |= _where(db, units.unit.c.unit.in_(some), active_since)
    return found


def _where(db: Connection, chosen: ColumnElement[bool], active_since: date) -> dict[UnitId, Figures]:
    u, f = units.unit, figure
    active = (
        select(func.sum(trading_day.c.vendors))
        .where(trading_day.c.unit == u.c.unit, trading_day.c.day >= active_since.isoformat())
        .scalar_subquery()
    )
    counts = [func.coalesce(f.c[name], 0).label(name) for name in FigureRow.__struct_fields__[1:]]
    query = (
        select(u.c.unit, *counts, func.coalesce(active, 0).label("vendors_active"))
        .outerjoin(f, f.c.unit == u.c.unit)
        .where(chosen)
        .order_by(u.c.code, u.c.name)
    )
    return {row["unit"]: Figures(**row) for row in db.execute(query).mappings()}


def by_group(db: Connection, asked: Sequence[UnitId]) -> dict[tuple[UnitId, Group | None], GroupFigures]:
    """The figures of each group in these units; under None of everybody who is not under 16. Where
    nobody was taught a group is missing."""
    g = group_figure.c
    counts: dict[tuple[UnitId, Group | None], list[int]] = {}
    query = select(g.unit, g.group, g.minor, g.taught, g.confirmed, g.able).where(g.unit.in_(asked))
    for unit, group, minor, *numbers in db.execute(query):
        for key in [(unit, Group(group))] + ([] if minor else [(unit, None)]):
            known = counts.setdefault(key, [0, 0, 0])
            counts[key] = [one + more for one, more in zip(known, numbers, strict=True)]
    return {
        key: GroupFigures(taught=taught, confirmed=confirmed, able=able)
        for key, (taught, confirmed, able) in counts.items()
    }


def right_under(ref: UnitId, on: date | None) -> ColumnElement[bool]:
    """The condition on `unit` that it lies right under another: today, or on a day."""
    u = units.unit.c
    if on is not None:
        day = on.isoformat()
        return (u.parent == ref) & (u.valid_from <= day) & (u.ended.is_(None) | (u.ended > day))
    hamlet_of_a_merged_commune = (u.level == Level.HAMLET) & (u.commune == ref)
    return ((u.parent == ref) | hamlet_of_a_merged_commune) & u.ended.is_(None)


def _nothing(unit: UnitId) -> Figures:
    return Figures(
        unit=unit,
        taught=0,
        confirmed=0,
        able=0,
        elsewhere=0,
        ambassadors=0,
        families=0,
        markets=0,
        vendors=0,
        vendors_active=0,
    )


InGroup = tuple[tuple[UnitId, ...], str, bool]
"""The units in which somebody counts, the group of people, and whether they may be under 16."""

_HONOURS: Final = {
    Status.AMBASSADOR.value: "ambassadors",
    Status.FAMILY.value: "families",
    Status.MARKET.value: "markets",
}


class UnitsFigures(Model):
    """Counts what other models tell it; each subject once in a unit, wherever in it, and each person
    in one group."""

    name = "figures"
    version = 4
    tables = (figure, group_figure, trading_day)
    needs = (Claims, HonoursHeld, Markets)
    facts = (TeachingLogged, TeachingAnswered, TeachingVoided)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(boundaries.Units)
        self._people = copy.model(People)
        copy.model(Claims).counting.append(self)
        copy.model(HonoursHeld).counting.append(self)
        copy.model(Markets).counting.append(self)
        self._figures = copy.rows(figure, FigureRow)
        self._groups = copy.rows(group_figure, GroupRow)
        self._days = copy.rows(trading_day, TradingDayRow)
        self._tally: Tally[InGroup] = Tally(_BITS)
        self._deltas: dict[tuple[UnitId, str], int] = {}
        self._day_deltas: dict[tuple[UnitId, str], int] = {}

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        """Who was taught: their groups will be asked for."""
        taught = (self._people.now(fact.learner) for _, fact in facts)  # type: ignore[attr-defined]
        self._people.load(one for one in taught if one not in self._people.newcomers)

    def change(self, position: int, fact: Fact) -> None:
        """Nothing: `Claims` tells what happened."""

    def shares(self, kind: str, group: Claimed) -> dict[InGroup, int]:
        """Bits by units and the person's group. They count where they were taught, whoever holds the
        credit."""
        if kind != PERSON or not group.claims:
            return {}
        of, minor = self._people.counted_in(PersonId(group.one))
        if len(group.claims) == 1:
            only = group.claims[0]
            return {(self._units.above_one(UnitId(only.unit), group.lives), of, minor): _bits(only)}
        shares: dict[UnitId, int] = {}
        for claim in group.claims:
            bits = _bits(claim)
            for unit in self._units.above_one(UnitId(claim.unit), group.lives):
                shares[unit] = shares.get(unit, 0) | bits
        return {((unit,), of, minor): bits for unit, bits in shares.items()}

    def moved(self, _kind: str, before: dict[InGroup, int], after: dict[InGroup, int]) -> None:
        self._tally.move(before, after)

    def honour_moved(self, status: str, where: Sequence[UnitId], by: int) -> None:
        for unit in where:
            self._add(unit, _HONOURS[status], by)

    def vendor_moved(self, before: VendorRow | None, after: VendorRow) -> None:
        for row, by in ((before, -1), (after, 1)):
            if row is None or not is_onboarded(row):
                continue
            day = max((seen.isoformat() for seen in days_seen(row).values()), default=None)
            for unit in self._units.above_one(row.unit, row.lies):
                self._add(unit, "vendors", by)
                if day is not None:
                    self._day_deltas[unit, day] = self._day_deltas.get((unit, day), 0) + by

    def _add(self, unit: UnitId, name: str, by: int) -> None:
        self._deltas[unit, name] = self._deltas.get((unit, name), 0) + by

    def settle(self) -> None:
        by_unit: dict[UnitId, int] = {}
        by_group: dict[tuple[UnitId, str, bool], int] = {}
        for (counted_in, of, minor), delta in self._tally.drain():
            for unit in counted_in:
                by_unit[unit] = by_unit.get(unit, 0) + delta
                by_group[unit, of, minor] = by_group.get((unit, of, minor), 0) + delta
        self._settle_figures(by_unit)
        self._settle_groups(by_group)
        self._settle_days()

    def _settle_figures(self, people: dict[UnitId, int]) -> None:
        touched = dict.fromkeys((*people, *(unit for unit, _ in self._deltas)))
        self._figures.load(touched)
        rows = {unit: self._figures.get(unit) or FigureRow(unit, 0, 0, 0, 0, 0, 0, 0, 0) for unit in touched}
        for (unit, name), by in self._deltas.items():
            setattr(rows[unit], name, getattr(rows[unit], name) + by)
        for unit, delta in people.items():
            row = rows[unit]
            taught, confirmed, able, elsewhere = apart(delta, len(_BITS))
            row.taught += taught
            row.confirmed += confirmed
            row.able += able
            row.elsewhere += elsewhere
        for unit, row in rows.items():
            if any(msgspec.structs.astuple(row)[1:]):
                self._figures.put(row)
            else:
                self._figures.drop(unit)  # where nothing is left there is no row, as in a rebuilt copy
        self._deltas.clear()

    def _settle_groups(self, people: dict[tuple[UnitId, str, bool], int]) -> None:
        self._groups.load(people)
        for key, delta in people.items():
            row = self._groups.get(key) or GroupRow(*key, 0, 0, 0)
            taught, confirmed, able, _elsewhere = apart(delta, len(_BITS))
            row.taught += taught
            row.confirmed += confirmed
            row.able += able
            if row.taught:
                self._groups.put(row)
            else:
                self._groups.drop(key)

    def _settle_days(self) -> None:
        self._days.load(self._day_deltas)
        for key, by in self._day_deltas.items():
            day = self._days.get(key) or TradingDayRow(*key, 0)
            day.vendors += by
            if day.vendors:
                self._days.put(day)
            else:
                self._days.drop(key)
        self._day_deltas.clear()


_ON_PHONE: Final = Evidence.AMBASSADOR_DEVICE.value
_BITS: Final = (Share.CLAIMED, Share.CONFIRMED, Share.ABLE, Share.ELSEWHERE)
"""Taught, confirmed, able, elsewhere."""


def _bits(claim: Claim) -> int:
    if not claim.since:
        return Share.CLAIMED
    bits = Share.CLAIMED | Share.CONFIRMED | (Share.ABLE if claim.able else 0)
    return bits | (Share.ELSEWHERE if claim.evidence != _ON_PHONE else 0)
