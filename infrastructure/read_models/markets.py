"""Markets, their vendors, and how these were onboarded and are seen trading."""

from collections.abc import Iterable, Sequence
from copy import copy as copied
from datetime import date, datetime
from typing import Final, Protocol

import msgspec
from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select

from domain import digital_markets, markets
from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.markets import MarketOpened, StallsDeclared
from domain.model import Answer, Fact, MarketId, OnboardingId, PersonId, Position, UnitId, VendorId
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
from infrastructure.read_models import credit, people, units
from infrastructure.read_models.columns import At, Day, Id, chunks, micros, moment
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed, inside
from infrastructure.read_models.teachings import State

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

vendor_row: Final = Table(
    "vendor_v2",
    derived,
    Column("vendor", Id, primary_key=True),
    Column("market", Id, nullable=False),
    Column("unit", Id, nullable=False),
    Column("person", Id, nullable=False, comment="the id under which they were registered"),
    Column("registered", At, nullable=False, comment="position"),
    Column("gone", Day, comment="NULL while they sell there"),
    Column("onboarded", Text, nullable=False, comment="JSON: confirmed onboarding -> its means"),
    Column("seen", Text, nullable=False, comment="JSON: means -> the last day seen trading"),
    Column("lies", Id, comment="where the market was placed since its commune was divided"),
    Index("vendor_v2_market", "market", "registered"),
    Index("vendor_v2_person", "person"),
)

onboarding_row: Final = Table(
    "onboarding_v1",
    derived,
    Column("onboarding", Id, primary_key=True),
    Column("vendor", Id, nullable=False),
    Column("market", Id, nullable=False),
    Column("unit", Id, nullable=False),
    Column("ambassador", Id, nullable=False, comment="the id under which it was logged"),
    Column("means", Text, nullable=False, comment="JSON"),
    Column("on", Day, nullable=False),
    Column("state", Id, nullable=False),
    Column("answer", Id),
    Column("logged", At, nullable=False, comment="position"),
    Index("onboarding_v1_ambassador", "ambassador", "logged"),
    Index("onboarding_v1_vendor", "vendor", "logged"),
)


class MarketRow(msgspec.Struct, gc=False):
    market: MarketId
    unit: UnitId
    name: str
    stalls: int
    opened: int
    digital_since: int | None
    criteria: str | None


class VendorRow(msgspec.Struct, gc=False):
    vendor: VendorId
    market: MarketId
    unit: UnitId
    person: PersonId
    registered: int
    gone: str | None
    onboarded: str
    seen: str
    lies: UnitId | None


class OnboardingRow(msgspec.Struct, gc=False):
    onboarding: OnboardingId
    vendor: VendorId
    market: MarketId
    unit: UnitId
    ambassador: PersonId
    means: str
    on: str
    state: str
    answer: str | None
    logged: int


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """`person` is the id that stands for them today; `onboarded` are the means confirmed;
    `seen` the last day they were seen trading by each means; `gone` the day they left."""

    vendor: VendorId
    market: MarketId
    person: PersonId
    onboarded: frozenset[Means]
    seen: dict[Means, date]
    gone: date | None

    def has(self, means: frozenset[Means]) -> bool:
        """Onboarded by all of these means, as `domain.digital_markets.MarketStall` counts."""
        return self.onboarded >= means

    def active(self, means: frozenset[Means], since: date) -> bool:
        """And seen trading by each of them on that day or later."""
        return self.has(means) and all(self.seen.get(one, date.min) >= since for one in means)


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


class Onboarding(msgspec.Struct, frozen=True, kw_only=True):
    """`counted` are the means for which this onboarding holds the credit."""

    onboarding: OnboardingId
    vendor: VendorId
    market: MarketId
    unit: UnitId
    ambassador: PersonId
    person: PersonId
    means: tuple[Means, ...]
    counted: frozenset[Means]
    on: date
    state: State
    answer: Answer | None
    logged: Position


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


def sellers(db: Connection, ref: MarketId) -> tuple[PersonId, ...]:
    """The persons of a market's vendors, as they were registered."""
    query = select(vendor_row.c.person).where(vendor_row.c.market == ref).order_by(vendor_row.c.registered)
    return tuple(dict.fromkeys(PersonId(one) for one in db.scalars(query)))


def ids_of_people(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, set[MarketId]]:
    """The markets at which people sell, or sold, under just these ids."""
    found: dict[PersonId, set[MarketId]] = {}
    for some in chunks(sorted(ids)):
        query = select(vendor_row.c.person, vendor_row.c.market).where(vendor_row.c.person.in_(some))
        for person, market_id in db.execute(query.distinct()):
            found.setdefault(PersonId(person), set()).add(MarketId(market_id))
    return found


def vendors(db: Connection, market: MarketId) -> list[Vendor]:
    """The vendors of a market in the order in which they were registered, those gone included."""
    query = select(vendor_row).where(vendor_row.c.market == market).order_by(vendor_row.c.registered)
    return _vendors(db, [VendorRow(*row) for row in db.execute(query)])


def vendor(db: Connection, ref: VendorId) -> Vendor | None:
    query = select(vendor_row).where(vendor_row.c.vendor == ref)
    found = _vendors(db, [VendorRow(*row) for row in db.execute(query)])
    return found[0] if found else None


def onboarding(db: Connection, ref: OnboardingId) -> Onboarding | None:
    query = select(onboarding_row).where(onboarding_row.c.onboarding == ref)
    found = _onboardings(db, [OnboardingRow(*row) for row in db.execute(query)])
    return found[0] if found else None


def of_vendors(db: Connection, refs: Sequence[VendorId]) -> list[Onboarding]:
    """All onboardings of these vendors, in the order in which they were logged."""
    query = select(onboarding_row).where(onboarding_row.c.vendor.in_(list(refs)))
    rows = db.execute(query.order_by(onboarding_row.c.logged))
    return _onboardings(db, [OnboardingRow(*row) for row in rows])


def of_ambassador(
    db: Connection, ambassador: PersonId, *, limit: int = 50, before: Position | None = None
) -> list[Onboarding]:
    """An ambassador's onboardings, latest first; `before` is the `logged` of the last one seen."""
    query = (
        select(onboarding_row)
        .where(onboarding_row.c.ambassador.in_(people.aliases(db, ambassador)))
        .order_by(onboarding_row.c.logged.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(onboarding_row.c.logged < before)
    return _onboardings(db, [OnboardingRow(*row) for row in db.execute(query)])


def _markets(
    db: Connection, rows: list[MarketRow], means: frozenset[Means], active_since: date
) -> list[Market]:
    selling: dict[MarketId, list[VendorRow]] = {row.market: [] for row in rows}
    query = select(vendor_row).where(vendor_row.c.market.in_(list(selling)), vendor_row.c.gone.is_(None))
    for found in db.execute(query):
        row = VendorRow(*found)
        selling[row.market].append(row)
    now = people.several(db, [one.person for some in selling.values() for one in some])
    return [_market(row, _plain(selling[row.market], now), means, active_since) for row in rows]


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


def _vendors(db: Connection, rows: list[VendorRow]) -> list[Vendor]:
    return _plain(rows, people.several(db, [row.person for row in rows]))


def _plain(rows: list[VendorRow], now: dict[PersonId, people.Person]) -> list[Vendor]:
    return [
        Vendor(
            vendor=row.vendor,
            market=row.market,
            person=now[row.person].id if row.person in now else row.person,
            onboarded=frozenset(one for some in _onboarded(row).values() for one in some),
            seen=_seen(row),
            gone=date.fromisoformat(row.gone) if row.gone else None,
        )
        for row in rows
    ]


def _onboarded(row: VendorRow) -> dict[str, tuple[Means, ...]]:
    return msgspec.json.decode(row.onboarded, type=dict[str, tuple[Means, ...]])


def _seen(row: VendorRow) -> dict[Means, date]:
    return msgspec.json.decode(row.seen, type=dict[Means, date])


def _onboardings(db: Connection, rows: list[OnboardingRow]) -> list[Onboarding]:
    sellers = {
        ref: PersonId(person)
        for ref, person in db.execute(
            select(vendor_row.c.vendor, vendor_row.c.person).where(
                vendor_row.c.vendor.in_([row.vendor for row in rows])
            )
        )
    }
    known = people.several(db, [*sellers.values(), *(row.ambassador for row in rows)])
    now = {ref: person.id for ref, person in known.items()}
    counted = credit.of_teachings(db, [row.onboarding for row in rows])
    return [
        Onboarding(
            onboarding=row.onboarding,
            vendor=row.vendor,
            market=row.market,
            unit=row.unit,
            ambassador=now.get(row.ambassador, row.ambassador),
            person=now.get(sellers[row.vendor], sellers[row.vendor]),
            means=msgspec.json.decode(row.means, type=tuple[Means, ...]),
            counted=frozenset(Means(one) for one in counted.get(row.onboarding, ())),
            on=date.fromisoformat(row.on),
            state=State(row.state),
            answer=Answer(row.answer) if row.answer else None,
            logged=Position(row.logged),
        )
        for row in rows
    ]


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
            seen = _seen(row)
            seen[fact.means] = max(fact.on, seen.get(fact.means, fact.on))
            row.seen = packed(dict(sorted(seen.items())))
        self._vendors.put(row)

    def _onboarding(self, position: int, fact: OnboardingFact) -> None:
        row = self._onboardings.get(fact.onboarding)
        if row is None or isinstance(fact, VendorOnboardingLogged):
            row = _logged(position, fact)
        vendor = self._note(fact.vendor)
        onboarded = {} if vendor is None else _onboarded(vendor)
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


def days_seen(row: VendorRow) -> dict[Means, date]:
    """The last day an onboarded vendor who has not left was seen trading, by the means onboarded by."""
    if row.gone is not None:
        return {}
    means = {one for some in _onboarded(row).values() for one in some}
    return {one: day for one, day in _seen(row).items() if one in means}


def is_onboarded(row: VendorRow) -> bool:
    """Whether a vendor sells there and was onboarded by any means."""
    return row.gone is None and row.onboarded != "{}"
