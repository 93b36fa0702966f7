"""Somebody who lost their phone is let in again; devices end."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from application.accounts import reached
from application.actors import Actor
from application.deciding import Plan, decided, submitted
from application.forms.access import AccountForm
from application.ports import Ground, Invitations
from domain.granting import RecoverAccount
from domain.model import PersonId, Position


class Recovered(msgspec.Struct, frozen=True):
    """`token` opens one session within 72 hours; older links and devices have ended. It is None for
    somebody who holds more than those who decided may give: they sign in as they did before."""

    person: PersonId
    token: str | None
    position: Position


class Devices(Invitations, Protocol):
    """The sessions that links open."""

    async def recover(
        self, person: PersonId, also: Iterable[PersonId] = (), *, weighed: Position | None = None
    ) -> str:
        """A new link; every session and older link of the person ends at once. `also` are their
        other ids: under those everything ends, and the link is for the first. `weighed` as in `issue`."""
        ...

    async def end_devices(self, person: PersonId) -> int:
        """Ends every session of the person; how many there were."""
        ...


async def recover(
    ground: Ground, devices: Devices, actor: Actor, person: str, form: AccountForm
) -> Recovered:
    """A new link for somebody who lost their phone; the old devices end. By whoever may give every
    role they hold. Raises `UnknownPerson`, `NotTheirsToGive`, `NotToThemselves`, `NoAccount`; for an
    administrator `TakesTwo`: then it is asked with `propose_recovery`."""
    one = PersonId(person)

    def plan(_again: bool) -> Plan:
        known = reached(ground, actor, one)
        return Plan(RecoverAccount(person=one, **known.asking()))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person))
    weighed = ground.ledger.head() if receipt.again else receipt.position
    known = reached(ground, actor, one)
    if receipt.again:
        known.must_still_be_let_in_by(actor)
    token = await devices.recover(one, known.ids - {one}, weighed=weighed)
    return Recovered(person=one, token=token, position=receipt.position)


async def end_devices(ground: Ground, devices: Devices, actor: Actor, person: str) -> int:
    """Signs somebody out everywhere; they sign in again as before. Returns how many there were.
    By whoever may take a role from them, or themselves. Raises `UnknownPerson`."""
    known = reached(ground, actor, PersonId(person))
    return sum([await devices.end_devices(one) for one in sorted(known.ids)])
