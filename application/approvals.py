"""What one administrator asks and another one agrees to: appointing one, and recovering one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from application.access import invitee
from application.accounts import Known, may_give, reached
from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.forms.access import AccountForm, InviteForm
from application.lookups import must_stand
from application.ports import Beside, Ground
from application.recovering import Devices, Recovered
from domain.access import AccountFact, HeldElsewhere, NotTheirsToGive
from domain.granting import GrantRole, ProposeAdministrator, RecoverAccount
from domain.model import PersonId, Refused, Role, UnitId

LIFE: Final = timedelta(days=7)
"""How long something waits for the second person."""


class NothingToApprove(Refused):
    """It was settled or withdrawn, is too old, or is not for this person's eyes."""


class Kind(StrEnum):
    APPOINT = "appoint"
    RECOVER = "recover"


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, word for word: it cannot be changed, only agreed to or dropped. `unit` is
    that of the role to be given, and of a recovery the one that the account was found under."""

    id: str
    kind: Kind
    person: PersonId
    unit: UnitId
    asked_by: PersonId
    asked: datetime
    expires: datetime


class Approvals(Protocol):
    async def ask(self, kind: Kind, person: PersonId, unit: UnitId, *, asked_by: PersonId) -> Pending:
        """Keeps it for `LIFE`. Asked again by the same person while it waits, it is the same one."""
        ...

    def find(self, ref: str) -> Pending | None:
        """One that still waits."""
        ...

    def waiting(self) -> Sequence[Pending]:
        """All that still wait, the oldest first: a handful in a whole country."""
        ...

    def settling(self, ref: str) -> Beside:
        """Settles it in the transaction of the decision it leads to: once, or that is `Stale`."""
        ...

    async def drop(self, ref: str) -> None:
        """It waits no longer; nothing comes of it."""
        ...


async def propose(ground: Ground, approvals: Approvals, actor: Actor, form: InviteForm) -> Pending:
    """An administrator asks that somebody become one, too; the account stands, the role waits.

    Raises what `invite` raises, and `NotTheirsToGive`."""
    person = PersonId("")

    def plan(again: bool) -> Plan:
        nonlocal person
        over = may_give(ground, actor, Role.ADMINISTRATOR, form.unit, form.model)
        must_stand(ground.units, over, today())
        found = invitee(ground, actor, form, over, again=again)
        person = found.person
        known = Known(ground, actor, person)
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
    known = reached(ground, actor, PersonId(person))
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
        known = Known(ground, Actor(person=asked.asked_by), asked.person, approver=actor.person)
        rows = approvals.settling(asked.id)
        if asked.kind is Kind.RECOVER:
            return Plan(RecoverAccount(person=asked.person, **known.asking()), rows)
        over = ground.units.find(asked.unit)
        if over is None:
            raise NothingToApprove
        links = known.lets_in()
        if not links and known.rises_to(Role.ADMINISTRATOR):
            raise HeldElsewhere
        if links and not known.administers:
            # What there is to sign in with may be that of one administrator alone, who let them in before.
            rows = rows + devices.ending(sorted(known.ids))
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
    also = Known(ground, actor, person).ids - {person}
    token = await devices.recover(person, also, weighed=receipt.position) if links else None
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
