"""How vendors come to digital means: logged by the ambassador, answered by the vendor."""

import msgspec

from application.actors import Actor
from application.criteria import late_entry_days
from application.deciding import Plan, Sent, decided, stood, submitted
from application.forms.markets import OnboardingForm
from application.forms.teaching import VoidForm
from application.ids import new_id
from application.lookups import People, acting, ids_of
from application.markets import reached_vendor
from application.participants import code_of
from application.ports import CodeHolder, Ground
from domain.model import (
    Answer,
    By,
    Evidence,
    Model,
    OnboardingId,
    PersonId,
    Position,
    Refused,
    Role,
    Selector,
    VendorId,
    VoidReason,
)
from domain.onboarding import AnswerOnboarding, LogOnboarding, VendorOnboardingLogged, VoidOnboarding
from domain.vendors import NoSuchVendor, VendorRegistered


class UnknownOnboarding(Refused):
    """There is no such onboarding, or none that whoever asks may know of."""


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


async def log_onboarding(ground: Ground, actor: Actor, vendor: str, form: OnboardingForm) -> OnboardingLogged:
    """The actor, an ambassador, brought a vendor to digital means; the vendor answers by a code."""
    code: str | None = None

    def plan(again: bool) -> Plan:
        nonlocal code
        registered = reached_vendor(ground, actor, vendor, Role.AMBASSADOR)
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
    ground: Ground, holder: CodeHolder, answer: Answer, evidence: Evidence, sent: Sent | None = None
) -> OnboardingChanged:
    """The vendor's answer, by the code they hold. The same again changes nothing."""
    onboarding = OnboardingId(holder.subject)
    decision = AnswerOnboarding(
        onboarding=onboarding,
        answer=answer,
        evidence=evidence,
        by=sent.by if sent else By(f"code:{onboarding}"),
    )
    receipt = await decided(ground.ledger, lambda _: Plan(decision), sent.submission if sent else None)
    return OnboardingChanged(onboarding=onboarding, position=receipt.position, again=stood(receipt))


async def void_onboarding(ground: Ground, actor: Actor, onboarding: str, form: VoidForm) -> OnboardingChanged:
    """An organizer of the unit voids an onboarding, or its ambassador withdraws it."""

    def plan(_again: bool) -> Plan:
        actor.must_hold(Role.ORGANIZER, Role.AMBASSADOR)
        mine = ids_of(ground.ledger, actor.person)
        logged = onboarding_logged(ground, onboarding)
        organizes = actor.reaches(logged.unit, Role.ORGANIZER, units=ground.units, about=Model.MARKETS)
        if not organizes and logged.ambassador not in mine:
            raise UnknownOnboarding
        own = None if organizes and form.reason is not VoidReason.MISTAKE else actor.person
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


def onboarding_logged(ground: Ground, onboarding: str) -> VendorOnboardingLogged:
    """Raises `UnknownOnboarding`."""
    selector = Selector([VendorOnboardingLogged], [f"onboarding:{onboarding}"])
    for one in ground.ledger.history([selector]):
        if isinstance(one.fact, VendorOnboardingLogged):
            return one.fact
    raise UnknownOnboarding


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
