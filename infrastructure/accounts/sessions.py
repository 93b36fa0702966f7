"""Sessions of browsers: a random token in the cookie, its hash here, ended on the server."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from application.ports import SignedIn
from domain.model import PersonId
from infrastructure.accounts.tables import session
from infrastructure.accounts.tokens import hashed, new_token
from infrastructure.ledger.batch import micros, moment

LIFE: Final = timedelta(days=90)
"""After the last visit; an ambassador who teaches once a season stays signed in."""

TOUCHED: Final = timedelta(days=1)
"""A visit is noted at most this often: most requests write nothing."""


class Session(msgspec.Struct, frozen=True):
    """A browser that signed in. Its forms carry `form_token`, which the token cannot be told from."""

    person: PersonId
    form_token: str
    expires: datetime
    seen: datetime


_SESSION: Final = select(session.c.person, session.c.expires, session.c.seen).where(
    session.c.token == bindparam("token"), session.c.expires > bindparam("now")
)


def open_session(connection: Connection, person: PersonId, now: datetime) -> SignedIn:
    """A new session under a new token, whatever the browser sent before. Clears expired ones away."""
    connection.execute(delete(session).where(session.c.expires <= micros(now)))
    token, expires = new_token(256), now + LIFE
    row = {
        "token": hashed(token),
        "person": person,
        "created": micros(now),
        "seen": micros(now),
        "expires": micros(expires),
    }
    connection.execute(insert(session), row)
    return SignedIn(person=person, token=token, expires=expires)


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """The open session of a cookie's token; None where it is unknown, ended or expired."""
    row = connection.execute(_SESSION, {"token": hashed(token), "now": micros(now)}).first()
    if row is None:
        return None
    return Session(
        person=PersonId(row.person),
        form_token=form_token(token),
        expires=moment(row.expires),
        seen=moment(row.seen),
    )


def form_token(token: str) -> str:
    """What the forms of a session bring along. It stands in pages, so it tells nothing of the token."""
    return hashed(f"forms of {token}").hex()[:32]


def touch(connection: Connection, token: str, now: datetime) -> None:
    """Notes a visit. One that was ended meanwhile stays ended."""
    change = update(session).where(session.c.token == hashed(token))
    connection.execute(change.values(seen=micros(now), expires=micros(now + LIFE)))


def end_session(connection: Connection, token: str) -> None:
    connection.execute(delete(session).where(session.c.token == hashed(token)))
