"""Markets, their vendors, and how these are onboarded; onboarded is not active."""

import msgspec
from msgspec.structs import replace

from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.forms.markets import MarketForm, SightingForm, StallsForm, VendorForm, VendorLeftForm
from application.identity import cleaned
from application.ids import new_id
from application.lookups import NOWHERE, People, must_be_a_place, place_of, placed_in
from application.participants import Participant, agree, participants, sealed
from application.ports import Ground, Receipt, Unit
from domain.markets import DeclareStalls, MarketOpened, NoSuchMarket, OpenMarket
from domain.model import (
    MarketId,
    Model,
    PersonId,
    Position,
    Role,
    Selector,
    UnitId,
    VendorId,
)
from domain.names import clean
from domain.vendors import LeaveMarket, NoSuchVendor, RegisterVendor, SeeTrading, VendorRegistered


class MarketChanged(msgspec.Struct, frozen=True):
    """A market opened, or its stalls declared anew."""

    market: MarketId
    position: Position
    again: bool


class VendorRegistration(msgspec.Struct, frozen=True):
    vendor: VendorId
    market: MarketId
    person: PersonId
    position: Position
    again: bool


class VendorChanged(msgspec.Struct, frozen=True):
    """Seen trading, or left."""

    vendor: VendorId
    position: Position
    again: bool


async def open_market(ground: Ground, actor: Actor, form: MarketForm) -> MarketChanged:
    """A market is known from now on; one unit has one market of a name (`MarketExists`)."""

    def plan(_again: bool) -> Plan:
        unit = place_of(ground.units, actor, form.unit, Role.AMBASSADOR, Role.ORGANIZER, about=Model.MARKETS)
        decision = OpenMarket(
            market=MarketId(new_id()),
            unit=unit.id,
            name=cleaned("name", clean, form.name),
            stalls=form.stalls,
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    opened = next(fact for fact in receipt.facts if isinstance(fact, MarketOpened))
    return MarketChanged(market=opened.market, position=receipt.position, again=receipt.again)


async def declare_stalls(ground: Ground, actor: Actor, market: str, form: StallsForm) -> MarketChanged:
    """The market's board declares another number of stalls; an organizer enters it."""

    def plan(_again: bool) -> Plan:
        opened = _market(ground, actor, market, Role.ORGANIZER)
        return Plan(DeclareStalls(market=opened.market, stalls=form.stalls, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, market))
    return MarketChanged(market=MarketId(market), position=receipt.position, again=receipt.again)


async def register_vendor(ground: Ground, actor: Actor, form: VendorForm) -> VendorRegistration:
    """A person sells at a market; known already, or met now."""
    people: list[Participant] = []

    def plan(again: bool) -> Plan:
        nonlocal people
        opened = _market(ground, actor, form.market, Role.AMBASSADOR, Role.ORGANIZER)
        unit = _unit(ground, opened)
        must_be_a_place(unit)
        people = participants(
            ground, actor, [form.vendor], unit=unit, on=today(), field="vendor", again=again
        )
        one = people[0]
        decision = RegisterVendor(
            vendor=VendorId(new_id()),
            market=opened.market,
            person=one.person,
            newcomer=one.newcomer,
            aliases=People(ground.ledger, [one.person]).groups_of_ids() if again else (),
            by=actor.by,
        )
        return Plan(decision, sealed(ground, people).rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    await agree(ground, actor, [form.vendor], people)
    registered = next(fact for fact in receipt.facts if isinstance(fact, VendorRegistered))
    return VendorRegistration(
        vendor=registered.vendor,
        market=registered.market,
        person=registered.person,
        position=receipt.position,
        again=receipt.again,
    )


async def see_trading(ground: Ground, actor: Actor, vendor: str, form: SightingForm) -> VendorChanged:
    """Somebody saw the vendor use a digital means on a day."""

    def plan(_again: bool) -> Plan:
        registered = reached_vendor(ground, actor, vendor, Role.AMBASSADOR, Role.ORGANIZER)
        decision = SeeTrading(vendor=registered.vendor, means=form.means, on=form.on, by=actor.by)
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, vendor))
    return _changed(vendor, receipt)


async def leave_market(ground: Ground, actor: Actor, vendor: str, form: VendorLeftForm) -> VendorChanged:
    """The vendor no longer sells there."""

    def plan(_again: bool) -> Plan:
        registered = reached_vendor(ground, actor, vendor, Role.AMBASSADOR, Role.ORGANIZER)
        return Plan(LeaveMarket(vendor=registered.vendor, on=form.on, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, vendor))
    return _changed(vendor, receipt)


def _market(ground: Ground, actor: Actor, market: str, *roles: Role) -> MarketOpened:
    """With the unit where it lies today. Raises `NoSuchMarket` also for one outside the actor's units."""
    actor.must_hold(*roles)
    history = ground.ledger.history([Selector([MarketOpened], [f"market:{market}"])])
    found = next((one.fact for one in history if isinstance(one.fact, MarketOpened)), None)
    unit = placed_in(ground.ledger, market, found.unit if found else NOWHERE)
    if found is None or not _reaches(ground, actor, unit, *roles):
        raise NoSuchMarket(field="market")
    return replace(found, unit=unit)


def reached_vendor(ground: Ground, actor: Actor, vendor: str, *roles: Role) -> VendorRegistered:
    """With the unit where their market lies today. Raises `NoSuchVendor` also for one outside the actor's
    units."""
    actor.must_hold(*roles)
    history = ground.ledger.history([Selector([VendorRegistered], [f"vendor:{vendor}"])])
    found = next((one.fact for one in history if isinstance(one.fact, VendorRegistered)), None)
    market, known = (found.market, found.unit) if found else (vendor, NOWHERE)
    unit = placed_in(ground.ledger, market, known)
    if found is None or not _reaches(ground, actor, unit, *roles):
        raise NoSuchVendor
    return replace(found, unit=unit)


def _reaches(ground: Ground, actor: Actor, unit: UnitId, *roles: Role) -> bool:
    return actor.reaches(unit, *roles, units=ground.units, about=Model.MARKETS)


def _unit(ground: Ground, opened: MarketOpened) -> Unit:
    unit = ground.units.find(opened.unit)
    if unit is None:
        raise NoSuchMarket(field="market")
    return unit


def _changed(vendor: str, receipt: Receipt) -> VendorChanged:
    return VendorChanged(vendor=VendorId(vendor), position=receipt.position, again=receipt.again)
