"""Campaigns: which stand, and into which periods a day falls.

A day counts for all time, its year, its quarter and its month, and for each campaign that covers it
in the unit where something was done. A copy that is built anew knows all campaigns from its first
fact on, so that it counts them as it goes; one announced while it follows, for days that have
begun, is counted by going through all claims once (`standings`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Protocol

import msgspec
from sqlalchemy import Boolean, Column, Connection, Index, Table, Text, false, select

from domain.calendar import day_of
from domain.campaigns import CampaignAnnounced, CampaignWithdrawn
from domain.model import CampaignId, Fact, Position, UnitId
from infrastructure.database import derived
from infrastructure.read_models import boundaries, units
from infrastructure.read_models.columns import At, Day, Id, chunks
from infrastructure.read_models.model import Copy, Model

ALL: Final = "all"

campaign: Final = Table(
    "campaign_v1",
    derived,
    Column("campaign", Id, primary_key=True),
    Column("unit", Id, nullable=False),
    Column("name", Text, nullable=False, comment="public"),
    Column("begins", Day, nullable=False),
    Column("ends", Day, nullable=False, comment="its last day"),
    Column("announced", At, nullable=False, comment="position"),
    Column("withdrawn", Boolean, nullable=False),
    Index("campaign_v1_unit", "unit"),
)


class CampaignRow(msgspec.Struct, gc=False):
    campaign: CampaignId
    unit: UnitId
    name: str
    begins: str
    ends: str
    announced: int
    withdrawn: bool


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """Held in `unit` from the day it `begins` to the day it `ends`, both included."""

    campaign: CampaignId
    unit: UnitId
    name: str
    begins: date
    ends: date
    announced: Position

    @property
    def period(self) -> str:
        return period_of(self.campaign)


def one(db: Connection, ref: str) -> Campaign | None:
    """A campaign that stands."""
    query = select(campaign).where(campaign.c.campaign == ref, campaign.c.withdrawn == false())
    found = db.execute(query).first()
    return None if found is None else _campaign(CampaignRow(*found))


def of_units(db: Connection, some: Sequence[UnitId]) -> list[Campaign]:
    """The campaigns that stand of just these units, the latest first."""
    found = [
        _campaign(CampaignRow(*row))
        for few in chunks(list(dict.fromkeys(some)))
        for row in db.execute(
            select(campaign).where(campaign.c.unit.in_(few), campaign.c.withdrawn == false())
        )
    ]
    return sorted(found, key=lambda one: (one.begins, one.ends, one.announced), reverse=True)


def under(db: Connection, unit: UnitId, *, limit: int = 100) -> list[Campaign]:
    """The campaigns that stand of a unit and of those below it, the latest first."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(campaign)
        .join(units.unit, units.unit.c.unit == campaign.c.unit)
        .where(units.within(unit, where), campaign.c.withdrawn == false())
        .order_by(campaign.c.begins.desc(), campaign.c.announced.desc())
        .limit(limit)
    )
    return [_campaign(CampaignRow(*row)) for row in db.execute(query)]


def _campaign(row: CampaignRow) -> Campaign:
    return Campaign(
        campaign=row.campaign,
        unit=row.unit,
        name=row.name,
        begins=date.fromisoformat(row.begins),
        ends=date.fromisoformat(row.ends),
        announced=Position(row.announced),
    )


def period_of(ref: CampaignId) -> str:
    return f"c:{ref}"


def quarter_of(month: str) -> str:
    """The quarter (2026-Q4) of a month (2026-10)."""
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


@lru_cache(maxsize=20_000)
def periods(stamp: str) -> tuple[str, ...]:
    """The periods that a stamp stands for: those of a day, or a single one that was named."""
    if len(stamp) < len("2026-10-10") or not stamp[0].isdigit():
        return (stamp,)
    day, *during = stamp.split(" ")
    return (ALL, day[:4], quarter_of(day), day[:7], *during)


class CountsCampaigns(Protocol):
    """A read model that counts by campaign."""

    def announced(self, period: str) -> None:
        """What was done in this period is to be counted now, once the batch is taken in."""

    def withdrawn(self, period: str) -> None: ...


class Campaigns(Model):
    name = "campaigns"
    tables = (campaign,)
    needs = (boundaries.Units,)
    facts = (CampaignAnnounced, CampaignWithdrawn)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(boundaries.Units)
        self._rows = copy.rows(campaign, CampaignRow)
        self._standing: dict[UnitId, dict[str, tuple[str, str]]] = {}
        """By unit and period: the first and the last day."""
        self._known: set[CampaignId] = set()
        """Those counted since the first fact that this copy took in."""
        self._stamps: dict[tuple[UnitId, str], str] = {}
        self.counting: list[CountsCampaigns] = []

    def begin(self) -> None:
        """The live copy's, also of one that is built beside it."""
        for row in self.copy.db.execute(select(campaign)):
            found = CampaignRow(*row)
            self._known.add(found.campaign)
            if not found.withdrawn:
                self._stand(found)

    def _stand(self, row: CampaignRow) -> None:
        self._standing.setdefault(row.unit, {})[period_of(row.campaign)] = (row.begins, row.ends)
        self._stamps.clear()

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case CampaignAnnounced():
                self._announce(position, fact)
            case CampaignWithdrawn():
                row = self._rows.get(fact.campaign)
                if row is None:
                    raise LookupError("a campaign was withdrawn that was never announced")
                row.withdrawn = True
                self._rows.put(row)
                if self._standing.get(row.unit, {}).pop(period_of(row.campaign), None):
                    self._stamps.clear()
                    for model in self.counting:
                        model.withdrawn(period_of(row.campaign))

    def _announce(self, position: int, fact: CampaignAnnounced) -> None:
        row = CampaignRow(
            fact.campaign,
            fact.unit,
            fact.name,
            fact.begins.isoformat(),
            fact.ends.isoformat(),
            position,
            withdrawn=False,
        )
        self._rows.put(row)
        if fact.campaign in self._known:
            return
        self._known.add(fact.campaign)
        self._stand(row)
        if fact.begins <= day_of(fact.at):  # nothing is entered before its day
            for model in self.counting:
                model.announced(period_of(fact.campaign))

    def stamp(self, unit: UnitId, on: str) -> str:
        """A day as things done in a unit are counted: the day itself, and the campaigns it falls into."""
        if not self._standing:
            return on
        key = unit, on
        found = self._stamps.get(key)
        if found is None:
            during = [
                period
                for above in self._units.above(unit)
                for period, (begins, ends) in self._standing.get(above, {}).items()
                if begins <= on <= ends
            ]
            found = self._stamps[key] = " ".join((on, *sorted(during)))
        return found

    def days(self, some: Iterable[str]) -> tuple[str, str]:
        """The first and the last day of any of these periods that stand."""
        wanted = frozenset(some)
        spans = [
            span for held in self._standing.values() for period, span in held.items() if period in wanted
        ]
        return min(begins for begins, _ in spans), max(ends for _, ends in spans)

    def settle(self) -> None:
        self._stamps.clear()
