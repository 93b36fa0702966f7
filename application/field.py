"""What a phone sends once it has a network: entries that were made where there was none.

Each is weighed exactly like the single request that it stands for. What is only here: a vendor's
registration and onboarding in one entry, and an entry that is withdrawn by its code.
"""

import msgspec

from application.actors import Actor
from application.answers import UnknownCode
from application.forms.markets import OnboardingForm, VendorEntryForm, VendorForm
from application.forms.teaching import VoidEntryForm, VoidForm
from application.identity import clean_code
from application.markets import register_vendor
from application.onboarding import log_onboarding, void_onboarding
from application.ports import Ground
from application.teaching import void_teaching
from domain.model import OnboardingId, Position, Refused, Role, TeachingId, VendorId
from domain.vendors import VendorExists


class Incomplete(Refused):
    """An entry of several parts lacks one, or names two where one is meant."""


class NewerPhone(Refused):
    """The phone's program is newer than the server."""


class EntryTooLarge(Refused):
    """One entry takes more than `limit` KB."""


class NotYetSent(Refused):
    """What an entry is about came with it and could not be recorded: the two go together."""


class NotWithdrawn(Refused):
    """A family is put right on its page, where members and criteria end one by one."""


class VendorEntered(msgspec.Struct, frozen=True):
    """`onboarding` and the `code` that the vendor answers by are None where nothing was onboarded."""

    vendor: VendorId
    position: Position
    onboarding: OnboardingId | None
    code: str | None
    again: bool


class Withdrawn(msgspec.Struct, frozen=True):
    subject: TeachingId | OnboardingId
    position: Position
    again: bool


def as_mentor(actor: Actor) -> Actor:
    """Whoever records in the field does so as an ambassador, whatever else they are."""
    own = tuple(one for one in actor.grants if one.role is Role.AMBASSADOR)
    return msgspec.structs.replace(actor, grants=own)


async def enter_vendor(ground: Ground, actor: Actor, form: VendorEntryForm) -> VendorEntered:
    """A vendor, registered where they are new, and by what they were onboarded. Each half has a
    submission of its own, so that what was recorded is not recorded again where the other failed.

    Raises `Incomplete`, and what `register_vendor` and `log_onboarding` raise."""
    if (form.vendor is None) is (form.known is None):
        raise Incomplete(field="vendor")
    if not form.means and form.vendor is None:
        raise Incomplete(field="means")
    if form.means and form.on is None:
        raise Incomplete(field="on")
    vendor, position, again = VendorId(form.known or ""), Position(0), True
    if form.vendor is not None:
        vendor, position, again = await _registered(ground, actor, form)
    if form.on is None or not form.means:
        return VendorEntered(vendor, position, None, None, again)
    onboarding = OnboardingForm(
        submission=f"{form.submission}.o", on=form.on, means=form.means, code=form.code, device=form.device
    )
    done = await log_onboarding(ground, actor, vendor, onboarding)
    return VendorEntered(vendor, done.position, done.onboarding, done.code, done.again)


async def _registered(ground: Ground, actor: Actor, form: VendorEntryForm) -> tuple[VendorId, Position, bool]:
    """The vendor that the person is; one who sells there already is who they were."""
    if form.vendor is None:
        raise Incomplete(field="vendor")
    wish = VendorForm(submission=f"{form.submission}.v", market=form.market, vendor=form.vendor)
    try:
        done = await register_vendor(ground, actor, wish)
    except VendorExists as known:
        if not form.means:
            raise
        return VendorId(str(known.details["vendor"])), Position(0), True
    return done.vendor, done.position, done.again


async def withdraw(ground: Ground, actor: Actor, form: VoidEntryForm) -> Withdrawn:
    """The actor withdraws a lesson's entry for one learner, or an onboarding, of their own.

    Raises `Incomplete`, `BadCode`, `UnknownCode`, `NotWithdrawn`, and what `void_teaching` and
    `void_onboarding` raise."""
    kind, subject = _meant(ground, form)
    wish = VoidForm(submission=form.submission, reason=form.reason, note=form.note)
    if kind == "teaching":
        taught = await void_teaching(ground, as_mentor(actor), subject, wish)
        return Withdrawn(taught.teaching, taught.position, taught.again)
    onboarded = await void_onboarding(ground, as_mentor(actor), subject, wish)
    return Withdrawn(onboarded.onboarding, onboarded.position, onboarded.again)


def _meant(ground: Ground, form: VoidEntryForm) -> tuple[str, str]:
    """Whether a teaching or an onboarding is meant, and which."""
    named = {"teaching": form.teaching, "onboarding": form.onboarding, "code": form.subject_code}
    said = [(kind, ref) for kind, ref in named.items() if ref is not None]
    if len(said) != 1:
        raise Incomplete(field="subject_code")
    kind, ref = said[0]
    if kind != "code":
        return kind, ref
    holder = ground.vault.find_code(clean_code(ref, field="subject_code"))
    if holder is None:
        raise UnknownCode(field="subject_code")
    if holder.kind == "declaration":
        raise NotWithdrawn(field="subject_code")
    return holder.kind, holder.subject
