"""Onboardings of vendors: claimed, confirmed, denied or voided, and which means of each count."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, Text, select

from domain.model import Answer, MarketId, OnboardingId, PersonId, Position, UnitId, VendorId
from domain.vendors import Means
from infrastructure.database import derived
from infrastructure.read_models import credit, people
from infrastructure.read_models.columns import At, Day, Id
from infrastructure.read_models.teachings import State
from infrastructure.read_models.vendors import vendor_row

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
