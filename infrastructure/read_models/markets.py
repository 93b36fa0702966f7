"""Markets, their vendors, and how these were onboarded and are seen trading."""

from collections.abc import Sequence
from copy import copy as copied
from datetime import date, datetime
from typing import Final, Protocol

import msgspec
from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select

from domain import digital_markets, markets
from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.markets import MarketOpened, StallsDeclared
from domain.model import Fact, MarketId, UnitId, VendorId
from domain.onboarding import FACTS as ONBOARDING_FACTS
from domain.onboarding import (
    OnboardingFact,
    VendorOnboardingAnswered,
    VendorOnboardingLogged,
    VendorOnboardingVoided,
)
from domain.placed import Body, PlacedAnew
from domain.vendors import FACTS as VENDOR_FACTS
from domain.vendors import Means, VendorLeft, VendorRegistered, VendorSeenTrading
from infrastructure.database import derived
from infrastructure.read_models import people, units
from infrastructure.read_models.columns import At, Id, micros, moment
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.onboardings import OnboardingRow, onboarding_row
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed, inside
from infrastructure.read_models.teachings import State
from infrastructure.read_models.vendors import Vendor, VendorRow, last_seen, onboardings_of, told, vendor_row

market_row: Final = Table(
    "market_v1",
    derived,
    Column("market", Id, primary_key=True),
    Column("unit", Id, nullable=False, comment="where it lies today"),
    Column("name", Text, nullable=False, comment="public"),
    Column("stalls", Integer, nullable=False, comment="as the board declares"),
    Column("opened", At, nullable=False, comment="position"),
    Column("digital_since", At, comment="microseconds since 1970; NULL without the status"),
    Column("criteria", Id, comment="content hash under which the status was given"),
    Index("market_v1_unit", "unit", "opened"),
)


class MarketRow(msgspec.Struct, gc=False):
    market: MarketId
    unit: UnitId
    name: str
    stalls: int
    opened: int
    digital_since: int | None
    criteria: str | None


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """`out_of` is the larger of the declared stalls and the vendors registered (distinct persons who
    have not left); `onboarded` and `active` count those of them who have all means asked for."""

    market: MarketId
    unit: UnitId
    name: str
    stalls: int
    vendors: int
    onboarded: int
    active: int
    out_of: int
    digital_since: datetime | None
    criteria: str | None


CASHLESS: Final = frozenset({Means.CASHLESS_PAYMENT})


def market(
    db: Connection, ref: MarketId, *, active_since: date, means: frozenset[Means] = CASHLESS
) -> Market | None:
    """A market with its shares; active are vendors seen trading on `active_since` or later."""
    query = select(market_row).where(market_row.c.market == ref)
    found = _markets(db, [MarketRow(*row) for row in db.execute(query)], means, active_since)
    return found[0] if found else None


def unit_of_vendor(db: Connection, ref: VendorId) -> UnitId | None:
    """Where the market of a vendor lies."""
    query = (
        select(market_row.c.unit)
        .join(vendor_row, vendor_row.c.market == market_row.c.market)
        .where(vendor_row.c.vendor == ref)
    )
    found = db.scalar(query)
    return None if found is None else UnitId(found)


def names(db: Connection, refs: Sequence[MarketId]) -> dict[MarketId, str]:
    """The public names of these markets; an unknown one is missing from the answer."""
    query = select(market_row.c.market, market_row.c.name).where(market_row.c.market.in_(list(refs)))
    return {MarketId(ref): name for ref, name in db.execute(query)}


def in_unit(
    db: Connection, unit: UnitId, *, active_since: date, means: frozenset[Means] = CASHLESS, limit: int = 200
) -> list[Market]:
    """The markets in a unit or below it, in the order in which they were opened."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(market_row)
        .join(units.unit, units.unit.c.unit == market_row.c.unit)
        .where(inside(unit, where, market_row.c.unit, market_row.c.market))
        .order_by(market_row.c.opened)
        .limit(limit)
    )
    return _markets(db, [MarketRow(*row) for row in db.execute(query)], means, active_since)


def unit_of(db: Connection, ref: MarketId) -> UnitId | None:
    return db.scalar(select(market_row.c.unit).where(market_row.c.market == ref))


def _markets(
    db: Connection, rows: list[MarketRow], means: frozenset[Means], active_since: date
) -> list[Market]:
    selling: dict[MarketId, list[VendorRow]] = {row.market: [] for row in rows}
    query = select(vendor_row).where(vendor_row.c.market.in_(list(selling)), vendor_row.c.gone.is_(None))
    for found in db.execute(query):
        row = VendorRow(*found)
        selling[row.market].append(row)
    now = people.several(db, [one.person for some in selling.values() for one in some])
    return [_market(row, told(selling[row.market], now), means, active_since) for row in rows]


def _market(row: MarketRow, selling: list[Vendor], means: frozenset[Means], active_since: date) -> Market:
    return Market(
        market=row.market,
        unit=row.unit,
        name=row.name,
        stalls=row.stalls,
        vendors=len({one.person for one in selling}),
        onboarded=len({one.person for one in selling if one.has(means)}),
        active=len({one.person for one in selling if one.active(means, active_since)}),
        out_of=max(row.stalls, len({one.person for one in selling})),
        digital_since=None if row.digital_since is None else moment(row.digital_since),
        criteria=row.criteria,
    )


class VendorCounts(Protocol):
    """A read model that counts vendors: told of each vendor whose standing changed in a batch."""

    def vendor_moved(self, before: VendorRow | None, after: VendorRow) -> None: ...


class Markets(Model):
    name = "markets"
    version = 2
    tables = (market_row, vendor_row, onboarding_row)
    needs = (People, Placed)
    facts = (*markets.FACTS, *VENDOR_FACTS, *ONBOARDING_FACTS, *digital_markets.FACTS, PlacedAnew)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._placed = copy.model(Placed)
        self._markets = copy.rows(market_row, MarketRow)
        self._vendors = copy.rows(vendor_row, VendorRow)
        self._onboardings = copy.rows(onboarding_row, OnboardingRow)
        self.counting: list[VendorCounts] = []
        self._before: dict[VendorId, VendorRow | None] = {}

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        self._vendors.load([ref for _, fact in facts if (ref := getattr(fact, "vendor", None))])
        self._onboardings.load([ref for _, fact in facts if (ref := getattr(fact, "onboarding", None))])

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case MarketOpened():
                self._markets.put(
                    MarketRow(fact.market, fact.unit, fact.name, fact.stalls, position, None, None)
                )
            case StallsDeclared():
                row = self._market(fact.market)
                row.stalls = fact.stalls
                self._markets.put(row)
            case DigitalMarketRecognised():
                row = self._market(fact.market)
                row.digital_since, row.criteria = row.digital_since or micros(fact.at), fact.criteria
                self._markets.put(row)
            case DigitalMarketRecognitionWithdrawn():
                row = self._market(fact.market)
                row.digital_since = row.criteria = None
                self._markets.put(row)
            case VendorRegistered():
                self._note(fact.vendor)
                self._vendors.put(_registered(position, fact, self._placed.of(fact.market)))
            case PlacedAnew(body=Body.MARKET):
                self._place(MarketId(fact.subject), fact.unit)
            case OnboardingFact():
                self._onboarding(position, fact)
            case VendorSeenTrading() | VendorLeft():
                self._vendor(fact)

    def _market(self, ref: MarketId) -> MarketRow:
        row = self._markets.get(ref)
        if row is None:
            raise LookupError("a market that was never opened")
        return row

    def _place(self, ref: MarketId, unit: UnitId) -> None:
        """The market lies in another unit, and its vendors count there, too."""
        row = self._market(ref)
        row.unit = unit
        self._markets.put(row)
        for vendor in self._vendors.find(self._vendors.table.c.market == ref):
            self._note(vendor.vendor)
            vendor.lies = unit
            self._vendors.put(vendor)

    def _note(self, ref: VendorId) -> VendorRow | None:
        """The vendor, about to be changed; how they stood when the batch began is kept."""
        row = self._vendors.get(ref)
        if ref not in self._before:
            self._before[ref] = None if row is None else copied(row)
        return row

    def _vendor(self, fact: VendorSeenTrading | VendorLeft) -> None:
        row = self._note(fact.vendor)
        if row is None:
            raise LookupError("a vendor who was never registered")
        if isinstance(fact, VendorLeft):
            row.gone = fact.on.isoformat()
        else:
            seen = last_seen(row)
            seen[fact.means] = max(fact.on, seen.get(fact.means, fact.on))
            row.seen = packed(dict(sorted(seen.items())))
        self._vendors.put(row)

    def _onboarding(self, position: int, fact: OnboardingFact) -> None:
        row = self._onboardings.get(fact.onboarding)
        if row is None or isinstance(fact, VendorOnboardingLogged):
            row = _logged(position, fact)
        vendor = self._note(fact.vendor)
        onboarded = {} if vendor is None else onboardings_of(vendor)
        onboarded.pop(fact.onboarding, None)
        match fact:
            case VendorOnboardingAnswered():
                row.state = (State.CONFIRMED if fact.answer.confirms else State.DENIED).value
                row.answer = fact.answer.value
                if fact.answer.confirms:
                    onboarded[fact.onboarding] = fact.means
            case VendorOnboardingVoided():
                row.state = State.VOIDED.value
        self._onboardings.put(row)
        if vendor is not None and vendor.gone is None:
            vendor.onboarded = packed(dict(sorted(onboarded.items())))
            self._vendors.put(vendor)

    def settle(self) -> None:
        for ref, before in self._before.items():
            after = self._vendors.get(ref)
            if after is not None and after != before:
                for model in self.counting:
                    model.vendor_moved(before, after)
        self._before.clear()


def _registered(position: int, fact: VendorRegistered, lies: UnitId | None) -> VendorRow:
    return VendorRow(fact.vendor, fact.market, fact.unit, fact.person, position, None, "{}", "{}", lies)


def _logged(position: int, fact: OnboardingFact) -> OnboardingRow:
    return OnboardingRow(
        onboarding=fact.onboarding,
        vendor=fact.vendor,
        market=fact.market,
        unit=fact.unit,
        ambassador=fact.ambassador,
        means=packed(fact.means),
        on=fact.on.isoformat(),
        state=State.CLAIMED.value,
        answer=None,
        logged=position,
    )
