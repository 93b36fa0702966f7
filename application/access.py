"""Accounts: people invited to a role over a unit, the link that lets them in, and roles that end."""

from collections.abc import Sequence

import msgspec

from application.actors import Actor
from application.forms import InviteForm, RevokeForm
from application.ports import Ground, Invitations, SignedIn
from domain.model import PersonId, Position, Refused, Role, UnitId


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

    Organizers invite ambassadors into their own units; organizers and committee members are
    invited by the operator, or by an organizer of a unit above."""
    raise NotImplementedError


async def accept_invitation(
    invitations: Invitations, token: str, *, replacing: str | None = None
) -> SignedIn:
    """Opens a session; the link is used up. Raises `LinkNotValid`."""
    raise NotImplementedError


async def revoke(ground: Ground, actor: Actor, person: str, form: RevokeForm) -> RoleChanged: ...
async def grant(ground: Ground, actor: Actor, person: str, form: RevokeForm) -> RoleChanged: ...
