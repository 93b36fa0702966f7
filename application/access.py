"""Accounts: people invited to a role over a unit, the link that lets them in, and roles that end."""

import msgspec

from application import people
from application.actors import Actor, NotAllowed
from application.deciding import Plan, decided, submitted, today
from application.forms import InviteForm, RevokeForm
from application.identity import identity, may_be_minor
from application.ids import new_id
from application.lookups import People, commune_of
from application.ports import Ground, Identity, Invitations, SignedIn, Unit
from domain.access import CloseAccount, GrantRole, RevokeRole, RoleGranted
from domain.model import Group, PersonId, Position, Refused, Role, UnitId
from domain.people import Newcomer, UnknownPerson


class LinkNotValid(Refused):
    """The link was used, has expired, or never was one; which of them is not said."""


class Invited(msgspec.Struct, frozen=True):
    """`token` opens one session within 72 hours. A repeated submission gets a link of its own,
    because the first was stored hashed; both open the same account."""

    person: PersonId
    unit: UnitId
    token: str
    position: Position
    again: bool


class RoleChanged(msgspec.Struct, frozen=True):
    person: PersonId
    position: Position
    again: bool


async def invite(ground: Ground, invitations: Invitations, actor: Actor, form: InviteForm) -> Invited:
    """Opens (or finds) the person's account, grants the role, and makes a single-use link.

    Organizers invite ambassadors into their own units; whoever else is to hold a role is invited
    at the console. The person is found as learners are: who learned before is the same one.
    """
    unit: UnitId = UnitId("")
    person, token = PersonId(""), ""

    def plan(again: bool) -> Plan:
        nonlocal unit, person, token
        over = _may_invite(ground, actor, form.role, form.unit)
        unit = over.id
        known = _identity(form)
        sought = ground.vault.find_people([known], commune_of(ground.units, over).id, known_to=actor.person)[
            0
        ]
        newcomer = None
        if sought.person is None:
            person = PersonId(new_id())
            minor = may_be_minor(known.birth_year, today())
            newcomer = Newcomer(person=person, group=form.group or Group.PEOPLE, minor=minor)
            sealing = ground.vault.sealing()
            sealing.person(person, known, sought)
        else:
            person = People(ground.ledger, [sought.person]).now(sought.person) if again else sought.person
            sealing = ground.vault.sealing([person] if sought.missing else [])
            if sought.missing:
                sealing.completion(person, known, sought)
        token, row = invitations.invitation(person)
        decision = GrantRole(person=person, newcomer=newcomer, unit=unit, role=form.role, by=actor.by)
        return Plan(decision, sealing.rows() + row)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    if receipt.again or not receipt.facts:
        granted = [fact for fact in receipt.facts if isinstance(fact, RoleGranted)]
        person = granted[0].person if granted else person
        token = await invitations.issue(person)
    if form.award_lists:
        await people.describe(ground, actor, person, _described(form))
    return Invited(person=person, unit=unit, token=token, position=receipt.position, again=receipt.again)


async def accept_invitation(
    invitations: Invitations, token: str, *, replacing: str | None = None
) -> SignedIn:
    """Opens a session; the link is used up. Raises `LinkNotValid`.

    `replacing` is the token of the session that the browser had; it ends."""
    signed_in = await invitations.accept(token, replacing=replacing)
    if signed_in is None:
        raise LinkNotValid
    return signed_in


async def revoke(ground: Ground, actor: Actor, person: str, form: RevokeForm) -> RoleChanged:
    """Somebody no longer holds a role over a unit. Raises `NoAccount`, `RoleNotHeld`."""

    def plan(_again: bool) -> Plan:
        over = _may_invite(ground, actor, form.role, form.unit)
        decision = RevokeRole(person=PersonId(person), role=form.role, unit=over.id, by=actor.by)
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person))
    return RoleChanged(person=PersonId(person), position=receipt.position, again=receipt.again)


async def close_account(ground: Ground, invitations: Invitations, actor: Actor, person: str) -> RoleChanged:
    """Somebody no longer signs in: roles, sessions, links and bearer tokens end together.

    By themselves, or at the console. Raises `UnknownPerson`, `NoAccount`."""
    one = PersonId(person)
    if not actor.operator and actor.person != one:
        raise UnknownPerson
    decision = CloseAccount(person=one, by=actor.by)
    receipt = await decided(ground.ledger, lambda _: Plan(decision, invitations.ending([one])))
    return RoleChanged(person=one, position=receipt.position, again=False)


def _may_invite(ground: Ground, actor: Actor, role: Role, ref: str) -> Unit:
    """The unit over which the actor may give this role. Raises `NotAllowed`, `OutOfScope`."""
    actor.must_hold(Role.ORGANIZER)
    if role is not Role.AMBASSADOR and not actor.operator:
        raise NotAllowed
    return actor.unit(ref, Role.ORGANIZER, units=ground.units)


def _described(form: InviteForm) -> Identity:
    return identity(
        name=form.name,
        phone=form.phone,
        birth_year=form.birth_year,
        sex=form.sex,
        position=form.position,
        workplace=form.workplace,
        on=today(),
        field="",
    )


def _identity(form: InviteForm) -> Identity:
    """Without what award lists alone need: that is kept with the person's consent to it."""
    return msgspec.structs.replace(_described(form), sex=None, position=None, workplace=None)
