"""A unit week by week: distinct persons of each week, and when anybody last entered anything.

A week's people are counted in the week in which they were taught, once each, under the boundaries of
all times, as figures are. Whoever is taught in two weeks counts in both, so that weeks are compared
and never added up. Only `gained` can be: each person who is able counts in the first week of which
that is known, so that the weeks' gains are the unit's people who are able.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Integer, Table, select

from domain.attention import monday
from domain.calendar import day_of
from domain.households import CriterionDeclared, HouseholdRegistered
from domain.model import Fact, UnitId
from domain.onboarding import VendorOnboardingLogged
from domain.teaching import TeachingLogged
from domain.vendors import VendorRegistered, VendorSeenTrading
from domain.visits import HouseholdVisited
from infrastructure.database import derived
from infrastructure.read_models import boundaries
from infrastructure.read_models.claimed import PERSON, Group, Share
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import Day, Id, chunks
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.tally import Tally, apart

week_figure: Final = Table(
    "week_figure_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("week", Day, primary_key=True, comment="its Monday"),
    Column("taught", Integer, nullable=False, comment="distinct persons claimed in that week"),
    Column("confirmed", Integer, nullable=False, comment="of them, those who confirmed"),
    Column("gained", Integer, nullable=False, comment="persons who are able, first known of that week"),
    sqlite_with_rowid=False,
)

last_entry: Final = Table(
    "last_entry_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("day", Day, nullable=False, comment="on which it was entered, whatever day it was about"),
    comment="when anything was last entered in a unit or below it; lists that were loaded do not count",
    sqlite_with_rowid=False,
)


class WeekRow(msgspec.Struct, gc=False):
    unit: UnitId
    week: str
    taught: int
    confirmed: int
    gained: int


class LastRow(msgspec.Struct, gc=False):
    unit: UnitId
    day: str


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons of the week that begins on `monday`."""

    monday: date
    taught: int = 0
    confirmed: int = 0
    gained: int = 0


def weeks(db: Connection, unit: UnitId, *, since: date, until: date) -> list[Week]:
    """Every week from that of `since` to that of `until`, those in which nothing happened, too."""
    return weeks_of(db, [unit], since=since, until=until)[unit]


def weeks_of(
    db: Connection, asked: Sequence[UnitId], *, since: date, until: date
) -> dict[UnitId, list[Week]]:
    """The same of many units."""
    first, last = monday(since), monday(until)
    mondays = [first + timedelta(weeks=at) for at in range((last - first).days // 7 + 1)]
    w = week_figure.c
    found: dict[tuple[UnitId, str], Week] = {}
    for some in chunks(list(asked)):
        query = select(week_figure).where(w.unit.in_(some), w.week >= str(first), w.week <= str(last))
        for unit, day, taught, confirmed, gained in db.execute(query):
            found[unit, day] = Week(
                monday=date.fromisoformat(day), taught=taught, confirmed=confirmed, gained=gained
            )
    return {unit: [found.get((unit, str(day))) or Week(monday=day) for day in mondays] for unit in asked}


def last_entries(db: Connection, asked: Sequence[UnitId]) -> dict[UnitId, date]:
    """When anything was last entered; units where nothing ever was are missing."""
    return {
        unit: date.fromisoformat(day)
        for some in chunks(list(asked))
        for unit, day in db.execute(
            select(last_entry.c.unit, last_entry.c.day).where(last_entry.c.unit.in_(some))
        )
    }


_ENTRIES: Final = (
    TeachingLogged,
    HouseholdRegistered,
    CriterionDeclared,
    HouseholdVisited,
    VendorRegistered,
    VendorOnboardingLogged,
    VendorSeenTrading,
)
"""What somebody enters who was there."""

_GAINED: Final = 32
"""A bit beside those of `Share`."""

_BITS: Final = (Share.CLAIMED, Share.CONFIRMED, _GAINED)
"""Taught, confirmed, gained."""

_ONE: Final = {
    (False, False): Share.CLAIMED,
    (False, True): Share.CLAIMED,
    (True, False): Share.CLAIMED | Share.CONFIRMED,
    (True, True): Share.CLAIMED | Share.CONFIRMED | _GAINED,
}
"""What somebody counts for by one claim alone, as most do: whether it is confirmed, and they are able."""

InWeek = tuple[tuple[UnitId, ...], str]
"""The units in which somebody counts, and a week."""


class Weeks(Model):
    """Counts what `Claims` tells it, as `UnitsFigures` does."""

    name = "weeks"
    version = 2
    tables = (week_figure, last_entry)
    needs = (Claims,)
    facts = _ENTRIES

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(boundaries.Units)
        copy.model(Claims).counting.append(self)
        self._weeks = copy.rows(week_figure, WeekRow)
        self._last = copy.rows(last_entry, LastRow)
        self._tally: Tally[InWeek] = Tally(_BITS)
        self._entered: dict[UnitId, datetime] = {}

    def change(self, _position: int, fact: Fact) -> None:
        if isinstance(fact, _ENTRIES) and not fact.by.startswith("import:"):
            self._entered[fact.unit] = fact.at

    def shares(self, kind: str, group: Group) -> dict[InWeek, int]:
        if kind != PERSON:
            return {}
        if len(group.claims) == 1:
            only = group.claims[0]
            week, bits = _week(only.on), _ONE[bool(only.since), only.able]
            return {(self._units.above_one(UnitId(only.unit), group.lives), week): bits}
        shares: dict[tuple[UnitId, str], int] = {}
        earliest: dict[UnitId, str] = {}
        for claim in group.claims:
            week = _week(claim.on)
            bits = Share.CLAIMED | (Share.CONFIRMED if claim.since else 0)
            able = claim.since and claim.able
            for unit in self._units.above_one(UnitId(claim.unit), group.lives):
                shares[unit, week] = shares.get((unit, week), 0) | bits
                if able:
                    earliest[unit] = min(week, earliest.get(unit, week))
        for key in earliest.items():
            shares[key] |= _GAINED
        return {((unit,), week): bits for (unit, week), bits in shares.items()}

    def moved(self, _kind: str, before: Mapping[Any, int], after: Mapping[Any, int]) -> None:
        self._tally.move(before, after)

    def settle(self) -> None:
        found: dict[tuple[UnitId, str], int] = {}
        for (counted_in, week), delta in self._tally.drain():
            for unit in counted_in:
                found[unit, week] = found.get((unit, week), 0) + delta
        self._weeks.load(found)
        for key, delta in found.items():
            if not delta:
                continue
            row = self._weeks.get(key) or WeekRow(*key, 0, 0, 0)
            taught, confirmed, gained = apart(delta, len(_BITS))
            row.taught += taught
            row.confirmed += confirmed
            row.gained += gained
            if row.taught:
                self._weeks.put(row)
            else:
                self._weeks.drop(key)  # where nothing is left there is no row, as in a rebuilt copy
        self._settle_entries()
        self._entered.clear()

    def _settle_entries(self) -> None:
        latest: dict[UnitId, str] = {}
        for ref, at in self._entered.items():
            day = day_of(at).isoformat()
            for unit in self._units.above(ref):
                latest[unit] = max(day, latest.get(unit, day))
        self._last.load(latest)
        for unit, day in latest.items():
            row = self._last.get(unit)
            if row is None or row.day < day:
                self._last.put(LastRow(unit, day))


@lru_cache(maxsize=4_096)
def _week(on: str) -> str:
    return monday(date.fromisoformat(on)).isoformat()
