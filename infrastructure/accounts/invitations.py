"""Invitations: links that sign somebody in once, within 72 hours, when tapped and not when fetched."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.model import PersonId
from infrastructure.accounts.tables import invitation
from infrastructure.accounts.tokens import hashed, new_token
from infrastructure.ledger.batch import micros

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
