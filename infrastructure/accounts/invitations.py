"""Invitations: links that sign somebody in once, within 72 hours, when tapped and not when fetched."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.access import RoleGranted
from domain.model import PersonId, Position, Stale
from infrastructure.accounts.tables import invitation
from infrastructure.accounts.tokens import hashed, new_token
from infrastructure.ledger.batch import micros
from infrastructure.ledger.tables import fact_tag

LIFE: Final = timedelta(hours=72)

_HOLDER: Final = select(invitation.c.person).where(
    invitation.c.token == bindparam("token"),
    invitation.c.used.is_(None),
    invitation.c.expires > bindparam("now"),
)


class Used(NamedTuple):
    """Whom a link signed in. `recovers`: what their lost phone could sign in with is to end."""

    person: PersonId
    recovers: bool


def new_invitation(person: PersonId, now: datetime, *, recovers: bool = False) -> tuple[str, dict[str, Any]]:
    """A token (128 bits) and the row that knows it by its hash."""
    token = new_token(128)
    row = {
        "token": hashed(token),
        "person": person,
        "created": micros(now),
        "expires": micros(now + LIFE),
        "used": None,
        "recovers": recovers,
    }
    return token, row


def keep(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Inserts an invitation, and clears expired ones away."""
    connection.execute(delete(invitation).where(invitation.c.expires <= micros(now)))
    connection.execute(insert(invitation), row)


def must_open_what_was_weighed(
    connection: Connection, people: Sequence[PersonId], weighed: Position | None
) -> None:
    """That nobody was given more since it was weighed, up to `weighed`, whether a link may open what they
    hold: whoever asked for it may not give that. Raises `Stale`."""
    if weighed is None:
        return
    given = select(fact_tag.c.position).where(
        fact_tag.c.tag.in_([f"account:{one}" for one in people]),
        fact_tag.c.name == RoleGranted.NAME,
        fact_tag.c.position > weighed,
    )
    if connection.execute(given.limit(1)).first() is not None:
        raise Stale


def holder(connection: Connection, token: str, now: datetime) -> PersonId | None:
    """Whom the link would sign in. Looking uses nothing up."""
    found = connection.execute(_HOLDER, {"token": hashed(token), "now": micros(now)}).scalar()
    return None if found is None else PersonId(found)


def use_up(connection: Connection, token: str, now: datetime) -> Used | None:
    """Whom the link signs in, for the first who asks; None for everybody after."""
    change = (
        update(invitation)
        .where(
            invitation.c.token == hashed(token),
            invitation.c.used.is_(None),
            invitation.c.expires > micros(now),
        )
        .values(used=micros(now))
        .returning(invitation.c.person, invitation.c.recovers)
    )
    row = connection.execute(change).first()
    return None if row is None else Used(PersonId(row.person), row.recovers)
