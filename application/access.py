"""People invited to a role over a unit, the link that lets them in, and roles that end."""

import msgspec

from application import people
from application.accounts import Known, may_give, reached
from application.actors import Actor
from application.deciding import Plan, decided, submitted, today, under_session
from application.forms.access import InviteForm, RevokeForm
from application.identity import identity, may_be_minor
from application.ids import new_id
from application.lookups import People, commune_of, must_stand
from application.participants import said_to_be_young
from application.ports import Beside, Ground, Identity, Invitations, SignedIn, Unit
from application.signing_in import IN_THE_FIELD
from domain.access import Held, HeldElsewhere, NotTheirsToGive, RoleGranted
from domain.granting import GrantRole
from domain.model import Group, PersonId, Position, Refused, UnitId
from domain.people import Newcomer
from domain.revoking import CloseAccount, RevokeRole


class LinkNotValid(Refused):
    """The link was used, has expired, or never was one; which of them is not said."""


class Invited(msgspec.Struct, frozen=True):
    """`token` opens one session within 72 hours. A repeated submission gets a link of its own,
    because the first was stored hashed; both open the same account. It is None for somebody who
    holds more than whoever invites may give: they sign in as they did before."""

    person: PersonId
    unit: UnitId
    token: str | None
    position: Position
    again: bool


class RoleChanged(msgspec.Struct, frozen=True):
    person: PersonId
    position: Position
    again: bool


async def invite(ground: Ground, invitations: Invitations, actor: Actor, form: InviteForm) -> Invited:
    """Opens (or finds) the person's account, grants the role, and makes a single-use link.

    Whoever holds a role that gives this one, over the unit and for the model; administrators are
    appointed with `propose`, or at the console. The person is found as learners are: who learned
    before is the same one. Raises `NotAllowed`, `OutOfScope`, `UnitIsNoMore`, and what `GrantRole` raises.
    """
    unit: UnitId = UnitId("")
    person: PersonId = PersonId("")
    token: str | None = None

    def plan(again: bool) -> Plan:
        nonlocal unit, person, token
        over = may_give(ground, actor, form.role, form.unit, form.model)
        must_stand(ground.units, over, today())
        unit = over.id
        found = invitee(ground, actor, form, over, again=again)
        person, token = found.person, None
        known = Known(ground, actor, person)
        rows = found.rows
        links, rises = known.linked_by(actor), known.rises_to(form.role)
        if rises and not links:
            raise HeldElsewhere
        if rises:
            rows = rows + invitations.ending(sorted(known.ids))
        elif links:
            token, row = invitations.invitation(person)
            rows = rows + row
        decision = GrantRole(
            person=person,
            newcomer=found.newcomer,
            unit=unit,
            role=form.role,
            model=form.model,
            links=links,
            **known.asking(over),
        )
        return Plan(decision, rows)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    if receipt.again or not receipt.facts or token is None:
        granted = [fact for fact in receipt.facts if isinstance(fact, RoleGranted)]
        person = granted[0].person if granted else person
        weighed = ground.ledger.head()
        known = Known(ground, actor, person)
        linked = known.open and known.linked_by(actor)
        token = await invitations.issue(person, weighed=weighed) if linked else None
    await said_to_be_young(ground, actor, person, _described(form))
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


async def revoke(
    ground: Ground, actor: Actor, person: str, form: RevokeForm, *, phones: Invitations | None = None
) -> RoleChanged:
    """Somebody no longer holds a role over a unit; also one's own. With the last role in the
    field end, in the same transaction, the tokens of their `phones`; they would be refused
    without it, too, until the role is given again. Raises `NotAllowed`, `OutOfScope`, `NoAccount`,
    `RoleNotHeld`, `LastAdministrator`."""
    one = PersonId(person)

    def plan(_again: bool) -> Plan:
        known = Known(ground, actor, one)
        if known.own:
            over = ground.units.find(form.unit)
            if over is None:
                raise NotTheirsToGive
        else:
            over = may_give(ground, actor, form.role, form.unit, form.model)
        decision = RevokeRole(
            person=one, role=form.role, unit=over.id, model=form.model, **known.asking(over)
        )
        left = [held for held in known.held if held != Held(form.role, over.id, form.model)]
        sends = any(held.role in IN_THE_FIELD for held in left)
        return Plan(decision, phones.ending_phones(sorted(known.ids)) if phones and not sends else None)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person))
    return RoleChanged(person=one, position=receipt.position, again=receipt.again)


async def close_account(ground: Ground, invitations: Invitations, actor: Actor, person: str) -> RoleChanged:
    """Somebody no longer signs in: roles, sessions, links and bearer tokens end together.

    By themselves, by whoever may take every role from them, or at the console. Raises
    `UnknownPerson`, `NoAccount`, `NotTheirsToGive`, `LastAdministrator`."""
    one = PersonId(person)

    def plan(_again: bool) -> Plan:
        known = reached(ground, actor, one)
        decision = CloseAccount(person=one, **known.asking())
        return Plan(decision, invitations.ending(sorted(known.ids)))

    receipt = await decided(ground.ledger, plan, under_session(actor))
    return RoleChanged(person=one, position=receipt.position, again=False)


class Invitee(msgspec.Struct, frozen=True):
    """Whom an invitation means, with what is to be sealed of them."""

    person: PersonId
    newcomer: Newcomer | None
    rows: Beside


def invitee(ground: Ground, actor: Actor, form: InviteForm, over: Unit, *, again: bool) -> Invitee:
    known = _identity(form)
    place = commune_of(ground.units, over).id
    formerly = ground.units.formerly(place)
    sought = ground.vault.find_people([known], place, known_to=actor.person, formerly=formerly)[0]
    if sought.person is None:
        person = PersonId(new_id())
        minor = may_be_minor(known.birth_year, today())
        newcomer = Newcomer(person=person, group=form.group or Group.PEOPLE, minor=minor)
        sealing = ground.vault.sealing()
        sealing.person(person, known, sought)
        return Invitee(person, newcomer, sealing.rows())
    person = People(ground.ledger, [sought.person]).now(sought.person) if again else sought.person
    sealing = ground.vault.sealing([person] if sought.missing else [])
    if sought.missing:
        sealing.completion(person, known, sought)
    return Invitee(person, None, sealing.rows())


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
