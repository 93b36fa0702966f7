"""Markets, their vendors, and how these are onboarded; onboarded is not active."""

import msgspec

from application.actors import Actor
from application.criteria import late_entry_days
from application.deciding import Plan, decided, submitted, today
from application.forms import (
    MarketForm,
    OnboardingForm,
    SightingForm,
    StallsForm,
    VendorForm,
    VendorLeftForm,
    VoidForm,
)
from application.identity import cleaned
from application.ids import new_id
from application.lookups import People, acting, is_theirs
from application.participants import code_of, participants, sealed
from application.ports import CodeHolder, Ground, Receipt, Unit
from domain.markets import (
    AnswerOnboarding,
    DeclareStalls,
    LeaveMarket,
    LogOnboarding,
    MarketOpened,
    NoSuchMarket,
    NoSuchVendor,
    OpenMarket,
    RegisterVendor,
    SeeTrading,
    VendorOnboardingLogged,
    VendorRegistered,
    VoidOnboarding,
)
from domain.model import (
    Answer,
    By,
    Evidence,
    MarketId,
    OnboardingId,
    PersonId,
    Position,
    Refused,
    Role,
    Selector,
    VendorId,
)
from domain.names import clean


class UnknownOnboarding(Refused):
    """There is no such onboarding, or none that whoever asks may know of."""


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


class OnboardingLogged(msgspec.Struct, frozen=True):
    """`code` is what the vendor answers by; None once they were erased."""

    onboarding: OnboardingId
    vendor: VendorId
    position: Position
    code: str | None
    again: bool


class OnboardingChanged(msgspec.Struct, frozen=True):
    """Answered or voided."""

    onboarding: OnboardingId
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
        unit = actor.unit(form.unit, Role.AMBASSADOR, Role.ORGANIZER, units=ground.units)
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

    def plan(again: bool) -> Plan:
        opened = _market(ground, actor, form.market, Role.AMBASSADOR, Role.ORGANIZER)
        unit = _unit(ground, opened)
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
    registered = next(fact for fact in receipt.facts if isinstance(fact, VendorRegistered))
    return VendorRegistration(
        vendor=registered.vendor,
        market=registered.market,
        person=registered.person,
        position=receipt.position,
        again=receipt.again,
    )


async def log_onboarding(ground: Ground, actor: Actor, vendor: str, form: OnboardingForm) -> OnboardingLogged:
    """The actor, an ambassador, brought a vendor to digital means; the vendor answers by a code."""
    code: str | None = None

    def plan(again: bool) -> Plan:
        nonlocal code
        registered = _vendor(ground, actor, vendor, Role.AMBASSADOR)
        person = People(ground.ledger, [registered.person]).now(registered.person)
        onboarding = OnboardingId(new_id())
        code = code_of(ground, form.code, field="code") or ground.vault.new_code()
        sealing = ground.vault.sealing([person])
        sealing.code(code, kind="onboarding", subject=onboarding, person=person)
        ambassador = acting(ground.ledger, actor, again=again)
        decision = LogOnboarding(
            vendor=registered.vendor,
            onboarding=onboarding,
            ambassador=ambassador,
            means=form.means,
            on=form.on,
            late_entry_days=late_entry_days(ground, registered.unit, form.on),
            device=form.device,
            aliases=People(ground.ledger, [ambassador]).groups_of_ids(),
            by=actor.by,
        )
        return Plan(decision, sealing.rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, vendor))
    logged = next(fact for fact in receipt.facts if isinstance(fact, VendorOnboardingLogged))
    return OnboardingLogged(
        onboarding=logged.onboarding,
        vendor=logged.vendor,
        position=receipt.position,
        code=ground.vault.codes([logged.onboarding]).get(logged.onboarding),
        again=receipt.again,
    )


async def answer_onboarding(
    ground: Ground, holder: CodeHolder, answer: Answer, evidence: Evidence
) -> OnboardingChanged:
    """The vendor's answer, by the code they hold. The same again changes nothing."""
    onboarding = OnboardingId(holder.subject)
    decision = AnswerOnboarding(
        onboarding=onboarding, answer=answer, evidence=evidence, by=By(f"code:{onboarding}")
    )
    receipt = await decided(ground.ledger, lambda _: Plan(decision))
    return OnboardingChanged(onboarding=onboarding, position=receipt.position, again=not receipt.facts)


async def void_onboarding(ground: Ground, actor: Actor, onboarding: str, form: VoidForm) -> OnboardingChanged:
    """An organizer of the unit voids an onboarding, or its ambassador withdraws it."""

    def plan(_again: bool) -> Plan:
        actor.must_hold(Role.ORGANIZER, Role.AMBASSADOR)
        logged = onboarding_logged(ground, onboarding)
        near = actor.reaches(logged.unit, Role.ORGANIZER, Role.AMBASSADOR, units=ground.units)
        if not near and not is_theirs(ground.ledger, actor.person, logged.ambassador):
            raise UnknownOnboarding
        organizes = actor.reaches(logged.unit, Role.ORGANIZER, units=ground.units)
        own = None if organizes else actor.person
        decision = VoidOnboarding(
            onboarding=logged.onboarding,
            reason=form.reason,
            own=own,
            aliases=People(ground.ledger, [own]).groups_of_ids() if own else (),
            by=actor.by,
        )
        return _noted(ground, decision, logged, form.note)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, onboarding))
    return OnboardingChanged(
        onboarding=OnboardingId(onboarding), position=receipt.position, again=receipt.again
    )


async def see_trading(ground: Ground, actor: Actor, vendor: str, form: SightingForm) -> VendorChanged:
    """Somebody saw the vendor use a digital means on a day."""

    def plan(_again: bool) -> Plan:
        registered = _vendor(ground, actor, vendor, Role.AMBASSADOR, Role.ORGANIZER)
        decision = SeeTrading(vendor=registered.vendor, means=form.means, on=form.on, by=actor.by)
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, vendor))
    return _changed(vendor, receipt)


async def leave_market(ground: Ground, actor: Actor, vendor: str, form: VendorLeftForm) -> VendorChanged:
    """The vendor no longer sells there."""

    def plan(_again: bool) -> Plan:
        registered = _vendor(ground, actor, vendor, Role.AMBASSADOR, Role.ORGANIZER)
        return Plan(LeaveMarket(vendor=registered.vendor, on=form.on, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, vendor))
    return _changed(vendor, receipt)


def onboarding_logged(ground: Ground, onboarding: str) -> VendorOnboardingLogged:
    """Raises `UnknownOnboarding`."""
    selector = Selector([VendorOnboardingLogged], [f"onboarding:{onboarding}"])
    for one in ground.ledger.history([selector]):
        if isinstance(one.fact, VendorOnboardingLogged):
            return one.fact
    raise UnknownOnboarding


def _market(ground: Ground, actor: Actor, market: str, *roles: Role) -> MarketOpened:
    """Raises `NoSuchMarket` also for one outside the actor's units."""
    actor.must_hold(*roles)
    for one in ground.ledger.history([Selector([MarketOpened], [f"market:{market}"])]):
        if isinstance(one.fact, MarketOpened) and actor.reaches(one.fact.unit, *roles, units=ground.units):
            return one.fact
    raise NoSuchMarket(field="market")


def _vendor(ground: Ground, actor: Actor, vendor: str, *roles: Role) -> VendorRegistered:
    """Raises `NoSuchVendor` also for one outside the actor's units."""
    actor.must_hold(*roles)
    for one in ground.ledger.history([Selector([VendorRegistered], [f"vendor:{vendor}"])]):
        if isinstance(one.fact, VendorRegistered) and actor.reaches(
            one.fact.unit, *roles, units=ground.units
        ):
            return one.fact
    raise NoSuchVendor


def _unit(ground: Ground, opened: MarketOpened) -> Unit:
    unit = ground.units.find(opened.unit)
    if unit is None:
        raise NoSuchMarket(field="market")
    return unit


def _noted(
    ground: Ground, decision: VoidOnboarding, logged: VendorOnboardingLogged, note: str | None
) -> Plan:
    """With the note sealed beside it, under the key of the vendor whom it concerns."""
    if not note or not note.strip():
        return Plan(decision)
    person = _person_of(ground, logged.vendor)
    sealing = ground.vault.sealing([person])
    sealing.note(note.strip(), subject=logged.onboarding, person=person)
    return Plan(decision, sealing.rows())


def _person_of(ground: Ground, vendor: VendorId) -> PersonId:
    for one in ground.ledger.history([Selector([VendorRegistered], [f"vendor:{vendor}"])]):
        if isinstance(one.fact, VendorRegistered):
            return one.fact.person
    raise NoSuchVendor


def _changed(vendor: str, receipt: Receipt) -> VendorChanged:
    return VendorChanged(vendor=VendorId(vendor), position=receipt.position, again=receipt.again)
