"""Vendors of markets: who sells there, by which means they were onboarded and are seen trading."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, Text, select

from domain.model import MarketId, PersonId, UnitId, VendorId
from domain.vendors import Means
from infrastructure.database import derived
from infrastructure.read_models import people
from infrastructure.read_models.columns import At, Day, Id, chunks

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


def of_market(db: Connection, market: MarketId) -> list[Vendor]:
    """The vendors of a market in the order in which they were registered, those gone included."""
    query = select(vendor_row).where(vendor_row.c.market == market).order_by(vendor_row.c.registered)
    return _told(db, [VendorRow(*row) for row in db.execute(query)])


def vendor(db: Connection, ref: VendorId) -> Vendor | None:
    query = select(vendor_row).where(vendor_row.c.vendor == ref)
    found = _told(db, [VendorRow(*row) for row in db.execute(query)])
    return found[0] if found else None


def _told(db: Connection, rows: list[VendorRow]) -> list[Vendor]:
    return told(rows, people.several(db, [row.person for row in rows]))


def told(rows: list[VendorRow], now: dict[PersonId, people.Person]) -> list[Vendor]:
    """The vendors in these rows; `now` are the people of today by the ids there."""
    return [
        Vendor(
            vendor=row.vendor,
            market=row.market,
            person=now[row.person].id if row.person in now else row.person,
            onboarded=frozenset(one for some in onboardings_of(row).values() for one in some),
            seen=last_seen(row),
            gone=date.fromisoformat(row.gone) if row.gone else None,
        )
        for row in rows
    ]


def onboardings_of(row: VendorRow) -> dict[str, tuple[Means, ...]]:
    return msgspec.json.decode(row.onboarded, type=dict[str, tuple[Means, ...]])


def last_seen(row: VendorRow) -> dict[Means, date]:
    return msgspec.json.decode(row.seen, type=dict[Means, date])


def days_seen(row: VendorRow) -> dict[Means, date]:
    """The last day an onboarded vendor who has not left was seen trading, by the means onboarded by."""
    if row.gone is not None:
        return {}
    means = {one for some in onboardings_of(row).values() for one in some}
    return {one: day for one, day in last_seen(row).items() if one in means}


def is_onboarded(row: VendorRow) -> bool:
    """Whether a vendor sells there and was onboarded by any means."""
    return row.gone is None and row.onboarded != "{}"
