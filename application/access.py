"""Accounts: people invited to a role over a unit, the link that lets them in, and roles that end.

Who may is weighed inside each decision (`domain/access.py`), because it may have been taken from
them a moment ago; here it is looked up once more, so that an account out of reach is answered as
one that does not exist.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from application import people
from application.actors import Actor, Grant
from application.approvals import Approvals, Kind, NothingToApprove, Pending
from application.deciding import Plan, decided, submitted, today, under_session
from application.forms.access import AccountForm, InviteForm, RevokeForm
from application.identity import identity, may_be_minor
from application.ids import new_id
from application.lookups import People, commune_of, must_stand, paths_of
from application.participants import said_to_be_young
from application.ports import Beside, Ground, Identity, Invitations, SignedIn, Unit, Units
from application.signing_in import IN_THE_FIELD, needs_factor
from domain.access import (
    FACTS,
    MAY_GIVE,
    Account,
    AccountFact,
    CloseAccount,
    GrantRole,
    Held,
    HeldElsewhere,
    MoveRoles,
    NotTheirsToGive,
    ProposeAdministrator,
    RecoverAccount,
    RevokeRole,
    RoleGranted,
    TakesTwo,
)
from domain.model import Group, Model, PersonId, Position, Refused, Role, Selector, UnitId
from domain.people import Newcomer, UnknownPerson
from domain.who_is_who import Groups


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


class Recovered(msgspec.Struct, frozen=True):
    """`token` opens one session within 72 hours; older links and devices have ended. It is None for
    somebody who holds more than those who decided may give: they sign in as they did before."""

    person: PersonId
    token: str | None
    position: Position


class Devices(Invitations, Protocol):
    """The sessions that links open."""

    async def recover(self, person: PersonId, also: Iterable[PersonId] = ()) -> str:
        """A new link; every session and older link of the person ends at once. `also` are their
        other ids: under those everything ends, and the link is for the first."""
        ...

    async def end_devices(self, person: PersonId) -> int:
        """Ends every session of the person; how many there were."""
        ...


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
        over = _may_give(ground, actor, form.role, form.unit, form.model)
        must_stand(ground.units, over, today())
        unit = over.id
        found = _found(ground, actor, form, over, again=again)
        person, token = found.person, None
        known = _Known(ground, actor, person)
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
        known = _Known(ground, actor, person)
        token = await invitations.issue(person) if known.open and known.linked_by(actor) else None
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
        known = _Known(ground, actor, one)
        if known.own:
            over = ground.units.find(form.unit)
            if over is None:
                raise NotTheirsToGive
        else:
            over = _may_give(ground, actor, form.role, form.unit, form.model)
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
        known = _reached(ground, actor, one)
        decision = CloseAccount(person=one, **known.asking())
        return Plan(decision, invitations.ending(sorted(known.ids)))

    receipt = await decided(ground.ledger, plan, under_session(actor))
    return RoleChanged(person=one, position=receipt.position, again=False)


async def recover(
    ground: Ground, devices: Devices, actor: Actor, person: str, form: AccountForm
) -> Recovered:
    """A new link for somebody who lost their phone; the old devices end. By whoever may give every
    role they hold. Raises `UnknownPerson`, `NotTheirsToGive`, `NotToThemselves`, `NoAccount`; for an
    administrator `TakesTwo`: then it is asked with `propose_recovery`."""
    one = PersonId(person)

    def plan(_again: bool) -> Plan:
        known = _reached(ground, actor, one)
        return Plan(RecoverAccount(person=one, **known.asking()))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person))
    known = _reached(ground, actor, one)
    if receipt.again:
        known.must_still_be_let_in_by(actor)
    token = await devices.recover(one, known.ids - {one})
    return Recovered(person=one, token=token, position=receipt.position)


async def end_devices(ground: Ground, devices: Devices, actor: Actor, person: str) -> int:
    """Signs somebody out everywhere; they sign in again as before. Returns how many there were.
    By whoever may take a role from them, or themselves. Raises `UnknownPerson`."""
    known = _reached(ground, actor, PersonId(person))
    return sum([await devices.end_devices(one) for one in sorted(known.ids)])


# What takes two administrators


async def propose(ground: Ground, approvals: Approvals, actor: Actor, form: InviteForm) -> Pending:
    """An administrator asks that somebody become one, too; the account stands, the role waits.

    Raises what `invite` raises, and `NotTheirsToGive`."""
    person = PersonId("")

    def plan(again: bool) -> Plan:
        nonlocal person
        over = _may_give(ground, actor, Role.ADMINISTRATOR, form.unit, form.model)
        must_stand(ground.units, over, today())
        found = _found(ground, actor, form, over, again=again)
        person = found.person
        known = _Known(ground, actor, person)
        decision = ProposeAdministrator(
            person=person, newcomer=found.newcomer, unit=over.id, **known.asking(over)
        )
        return Plan(decision, found.rows)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, "propose"))
    opened = [fact for fact in receipt.facts if isinstance(fact, AccountFact)]
    person = opened[0].person if opened else person
    over = ground.units.find(form.unit)
    if not person or over is None:
        raise NotTheirsToGive
    return await approvals.ask(Kind.APPOINT, person, over.id, asked_by=actor.person)


async def propose_recovery(ground: Ground, approvals: Approvals, actor: Actor, person: str) -> Pending:
    """An administrator asks that another one who lost everything be let in again.

    Raises `UnknownPerson`, `NotTheirsToGive`."""
    known = _reached(ground, actor, PersonId(person))
    if known.own or not known.gives(actor, known.held):
        raise NotTheirsToGive
    administering = [held.unit for held in known.held if held.role is Role.ADMINISTRATOR]
    if not administering:
        raise NotTheirsToGive  # `recover` does that
    return await approvals.ask(Kind.RECOVER, PersonId(person), administering[0], asked_by=actor.person)


async def approve(
    ground: Ground, devices: Devices, approvals: Approvals, actor: Actor, ref: str, form: AccountForm
) -> Recovered:
    """Another administrator agrees to exactly what was asked. Returns the link, for whom it is about:
    shown once, so that a submission sent again gets none. It opens every role the person holds, so
    that there is none where the two may not give them all.

    Raises `NothingToApprove`, `NotToThemselves` for who asked, and what the decision raises: who
    asked may have lost the right to since."""
    links = True

    def plan(_again: bool) -> Plan:
        nonlocal links
        asked = pending(ground, approvals, actor, ref)
        known = _Known(ground, Actor(person=asked.asked_by), asked.person, approver=actor.person)
        rows = approvals.settling(asked.id)
        if asked.kind is Kind.RECOVER:
            return Plan(RecoverAccount(person=asked.person, **known.asking()), rows)
        over = ground.units.find(asked.unit)
        if over is None:
            raise NothingToApprove
        links = known.lets_in()
        if not links and known.rises_to(Role.ADMINISTRATOR):
            raise HeldElsewhere
        decision = GrantRole(
            person=asked.person, unit=over.id, role=Role.ADMINISTRATOR, links=links, **known.asking(over)
        )
        return Plan(decision, rows)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, ref))
    if receipt.again:
        raise NothingToApprove
    if not receipt.facts:
        await approvals.drop(ref)  # the role was given meanwhile
        raise NothingToApprove
    person = next(fact.person for fact in receipt.facts if isinstance(fact, AccountFact))
    also = _Known(ground, actor, person).ids - {person}
    token = await devices.recover(person, also) if links else None
    return Recovered(person=person, token=token, position=receipt.position)


async def drop(ground: Ground, approvals: Approvals, actor: Actor, ref: str) -> None:
    """Who asked withdraws it, or another administrator says no. Raises `NothingToApprove`."""
    await approvals.drop(pending(ground, approvals, actor, ref).id)


def pending(ground: Ground, approvals: Approvals, actor: Actor, ref: str) -> Pending:
    """One that waits, for an administrator who reaches its unit. Raises `NothingToApprove`."""
    asked = approvals.find(ref)
    if asked is None or not sees(ground, actor, asked):
        raise NothingToApprove
    return asked


def sees(ground: Ground, actor: Actor, asked: Pending) -> bool:
    return actor.reaches(asked.unit, Role.ADMINISTRATOR, units=ground.units)


# What is looked up first


class _Known:
    """An account, under all ids of its person, and whoever asks, as the ledger has them now."""

    def __init__(
        self, ground: Ground, actor: Actor, person: PersonId, *, approver: PersonId | None = None
    ) -> None:
        asker = None if actor.operator else actor.person
        named = [one for one in (person, asker, approver) if one is not None]
        found = People(ground.ledger, named)
        self.ids = found.all_of(person)
        self.own = actor.person in self.ids
        self.accounts = _accounts(ground, self.ids)
        self.held = [held for account in self.accounts.values() for held in account.held]
        self.paths = paths_of(ground.units, (held.unit for held in self.held))
        self._deciding = [found.all_of(one) for one in (asker, approver) if one is not None]
        self._ground = ground
        self._asker, self._approver, self._by = asker, approver, actor.by
        self._aliases: Groups = found.groups_of_ids()

    @property
    def open(self) -> bool:
        return any(account.open for account in self.accounts.values())

    def gives(self, actor: Actor, some: Iterable[Held]) -> bool:
        """Whether the actor may give and take all of these."""
        own = [Held(one.role, one.unit, one.model) for one in actor.grants]
        return actor.operator or all(any(mine.gives(one, self.paths) for mine in own) for one in some)

    def linked_by(self, actor: Actor) -> bool:
        """Whether a link into the account is the actor's alone to hand out: an administrator's takes
        two, as recovering one does."""
        alone = not any(one.role is Role.ADMINISTRATOR for one in self.held)
        return actor.operator or (alone and self.gives(actor, self.held))

    def lets_in(self) -> bool:
        """Whether who asks, and who approved, may each give all that the person holds."""
        deciding = [_accounts(self._ground, ids).values() for ids in self._deciding]
        return all(
            any(mine.gives(one, self.paths) for account in accounts for mine in account.held)
            for accounts in deciding
            for one in self.held
        )

    def rises_to(self, role: Role) -> bool:
        """Whether the role is the first that asks for a passkey or one-time codes. Until now whoever
        invited the person could have let themselves in, so that what there is to sign in with ends:
        otherwise it would open the new role, too."""
        return self.open and needs_factor([role]) and not needs_factor(one.role for one in self.held)

    def must_still_be_let_in_by(self, actor: Actor) -> None:
        """For a submission that was decided before. Raises what `RecoverAccount` does."""
        if self.own or not self.open or not self.gives(actor, self.held):
            raise NotTheirsToGive
        if not actor.operator and any(one.role is Role.ADMINISTRATOR for one in self.held):
            raise TakesTwo

    def asking(self, *over: Unit) -> dict[str, Any]:
        """What every decision about an account takes."""
        return {
            "by": self._by,
            "asker": self._asker,
            "approver": self._approver,
            "aliases": self._aliases,
            "paths": {**self.paths, **{one.id: one.path for one in over}},
        }


def move_roles(
    ground: Ground, actor: Actor, person: PersonId, unit: Unit, *, of: Callable[[UnitId], bool]
) -> MoveRoles | None:
    """Takes what somebody holds over the units `of` which it is asked over to another; None where there is no
    such account, or one that holds nothing there nor where the actor organizes. What the actor may is weighed
    by the decision."""
    known = _Known(ground, actor, person)
    previous = tuple(dict.fromkeys(held.unit for held in known.held if of(held.unit)))
    near = previous or any(
        actor.reaches(held.unit, Role.ORGANIZER, units=ground.units) for held in known.held
    )
    if not known.open or not near:
        return None
    return MoveRoles(person=person, unit=unit.id, previous=previous, **known.asking(unit))


def may_move(units: Units, actor: Actor, person: PersonId, grants: Iterable[Grant]) -> bool:
    """Whether the actor may take these roles of somebody to another unit of theirs: for a page, which the
    decision weighs again."""
    held = [Held(one.role, one.unit, one.model) for one in grants]
    own = [Held(one.role, one.unit, one.model) for one in actor.grants]
    paths = paths_of(units, (one.unit for one in held))
    return actor.operator or (
        person != actor.person and all(any(mine.gives(one, paths) for mine in own) for one in held)
    )


def teaches(ground: Ground, person: PersonId, unit: UnitId) -> bool:
    """Whether somebody may enter lessons in a unit, by the ledger as it is now."""
    ids = People(ground.ledger, [person]).all_of(person)
    return any(
        held.role is Role.AMBASSADOR
        and held.model in (None, Model.AMBASSADORS)
        and ground.units.is_within(unit, held.unit)
        for account in _accounts(ground, ids).values()
        for held in account.held
    )


def _accounts(ground: Ground, ids: Iterable[PersonId]) -> dict[PersonId, Account]:
    accounts = {one: Account() for one in sorted(ids)}
    for recorded in ground.ledger.history([Selector(FACTS, [f"account:{one}"]) for one in accounts]):
        if isinstance(recorded.fact, AccountFact):
            accounts[recorded.fact.person].weigh(recorded.fact)
    return accounts


def _reached(ground: Ground, actor: Actor, person: PersonId) -> _Known:
    """Somebody's own account, or one with a role that the actor may take. Raises `UnknownPerson`:
    whether there is an account elsewhere is looked up by the same queries and not told."""
    known = _Known(ground, actor, person)
    if known.own or actor.operator:
        return known
    if not known.open or not any(known.gives(actor, [held]) for held in known.held):
        raise UnknownPerson
    return known


def _may_give(ground: Ground, actor: Actor, role: Role, ref: str, model: Model | None) -> Unit:
    """The unit over which the actor may give this role. Raises `NotAllowed`, `OutOfScope`."""
    givers = [giver for giver, given in MAY_GIVE.items() if role in given]
    return actor.unit(ref, *givers, units=ground.units, about=model)


class _Found(msgspec.Struct, frozen=True):
    """Whom an invitation means, with what is to be sealed of them."""

    person: PersonId
    newcomer: Newcomer | None
    rows: Beside


def _found(ground: Ground, actor: Actor, form: InviteForm, over: Unit, *, again: bool) -> _Found:
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
        return _Found(person, newcomer, sealing.rows())
    person = People(ground.ledger, [sought.person]).now(sought.person) if again else sought.person
    sealing = ground.vault.sealing([person] if sought.missing else [])
    if sought.missing:
        sealing.completion(person, known, sought)
    return _Found(person, None, sealing.rows())


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
