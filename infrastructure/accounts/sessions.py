"""Sessions of browsers: a random token in the cookie, its hash here, ended on the server.

The token changes at each change of privilege (sign-in, enrolment, step-up, other roles); `id` and
the forms' token stay, so that a page that is open elsewhere in the browser can still be sent.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from application.ports import SessionEnded, SignedIn
from application.signing_in import VOLUNTEERS, Limits, Strength
from domain.model import PersonId
from infrastructure.accounts import device_tokens
from infrastructure.accounts.tables import session
from infrastructure.accounts.tokens import Several, hashed, new_token
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.changes import HARMLESS

LIFE: Final = VOLUNTEERS.idle

TOUCHED: Final = timedelta(days=1)
"""A volunteer's visit is noted at most this often: most requests write nothing."""

_MICROSECOND: Final = timedelta(microseconds=1)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that signed in. Its forms carry `form_token`, which the token cannot be told from.

    `id` names the session where it is listed; `device` is coarse, such as `Chrome/Android`;
    `stepped_up` is when its holder last proved who they are; `power` is a digest of the roles for
    which the token was last rotated; `waived`: enrolment was skipped, in a simulated ledger.
    """

    id: str
    person: PersonId
    form_token: str
    strength: Strength
    verified: bool
    waived: bool
    stepped_up: datetime | None
    device: str
    power: str
    idle: timedelta
    created: datetime
    seen: datetime
    expires: datetime
    ends: datetime

    @property
    def touched_every(self) -> timedelta:
        return min(TOUCHED, self.idle / 12)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a browser that signs in, and by what. `power` is as in `Session`."""

    strength: Strength = Strength.DEVICE
    verified: bool = False
    waived: bool = False
    device: str = ""
    power: str = ""
    limits: Limits = VOLUNTEERS


_SESSION: Final = select(session).where(
    session.c.token == bindparam("token"), session.c.expires > bindparam("now")
)
_SEVERAL: Final = Several(session, *session.c)
_OF_PERSON: Final = (
    select(session)
    .where(session.c.person == bindparam("person"), session.c.expires > bindparam("now"))
    .order_by(session.c.seen.desc(), session.c.id)
)


def open_session(
    connection: Connection, person: PersonId, now: datetime, arrival: Arrival | None = None
) -> SignedIn:
    """A new session under a new token, whatever the browser sent before. Clears expired ones away."""
    connection.execute(delete(session).where(session.c.expires <= micros(now)))
    came = arrival or Arrival()
    token, ends = new_token(256), now + came.limits.absolute
    expires = min(now + came.limits.idle, ends)
    proven = came.strength in (Strength.TOTP, Strength.PASSKEY)
    row = {
        "token": hashed(token),
        "person": person,
        "created": micros(now),
        "seen": micros(now),
        "expires": micros(expires),
        "id": new_token(96),
        "form": secrets.token_hex(16),
        "strength": came.strength.value,
        "verified": came.verified,
        "waived": came.waived,
        "stepped_up": micros(now) if proven else None,
        "device": came.device,
        "power": came.power,
        "idle": came.limits.idle // _MICROSECOND,
        "ends": micros(ends),
    }
    connection.execute(insert(session), row)
    return SignedIn(person=person, token=token, expires=expires)


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """The open session of a cookie's token; None where it is unknown, ended or expired."""
    row = connection.execute(_SESSION, {"token": hashed(token), "now": micros(now)}).first()
    return None if row is None else _session(row)


def find_several(connection: Connection, hashes: Sequence[bytes], now: datetime) -> dict[bytes, Session]:
    """The open sessions of several tokens, by their hashes."""
    return {bytes(row.token): _session(row) for row in _SEVERAL.rows(connection, hashes, now)}


def sessions_of(connection: Connection, person: PersonId, now: datetime) -> list[Session]:
    """A person's open sessions, the latest used first."""
    return [_session(row) for row in connection.execute(_OF_PERSON, {"person": person, "now": micros(now)})]


def touch(connection: Connection, found: Session, now: datetime) -> None:
    """Notes a visit. A session that was ended meanwhile stays ended, and none outlives its end."""
    expires = min(now + found.idle, found.ends)
    change = update(session).where(session.c.id == found.id, session.c.expires > micros(now))
    longer = change.values(seen=micros(now), expires=micros(expires))
    connection.execute(longer, execution_options={HARMLESS: True})


def rotate(
    connection: Connection, token: str, now: datetime, change: Mapping[str, Any], fresh: str | None = None
) -> str | None:
    """Gives a session a new token (`fresh`, or a random one), and other columns. None where the old one
    opens nothing any more: ended, expired, or rotated a moment ago by another request."""
    fresh = fresh or new_token(256)
    statement = (
        update(session)
        .where(session.c.token == hashed(token), session.c.expires > micros(now))
        .values(token=hashed(fresh), **dict(change))
    )
    return fresh if connection.execute(statement).rowcount else None


def tightened(found: Session, limits: Limits, now: datetime) -> dict[str, Any]:
    """The columns that hold a session to other limits; it never lasts longer than before."""
    ends = min(found.ends, now + limits.absolute)
    idle = min(found.idle, limits.idle)
    expires = min(found.expires, now + idle, ends)
    return {"ends": micros(ends), "idle": idle // _MICROSECOND, "expires": micros(expires)}


def tighten(connection: Connection, found: Session, limits: Limits, now: datetime) -> None:
    """One that was ended meanwhile stays ended."""
    change = update(session).where(session.c.id == found.id, session.c.expires > micros(now))
    connection.execute(change.values(**tightened(found, limits, now)))


def end_session(connection: Connection, token: str) -> None:
    """With the device tokens that were made under it: so does whatever ends a session here."""
    _end(connection, session.c.token == hashed(token))


def end_one(connection: Connection, person: PersonId, session_id: str) -> bool:
    """Ends one of a person's sessions; False where they have no such."""
    return bool(_end(connection, session.c.person == person, session.c.id == session_id))


def end_all(connection: Connection, people: Sequence[PersonId], *, but: str | None = None) -> int:
    """Ends every session of people, except the one with the id `but`; how many there were. Device
    tokens end also where their session is gone already."""
    device_tokens.end_all(connection, people, but=but)
    others = () if but is None else (session.c.id != but,)
    return _end(connection, session.c.person.in_(people), *others)


def _end(connection: Connection, *which: ColumnElement[bool]) -> int:
    device_tokens.end_with(connection, select(session.c.id).where(*which))
    return connection.execute(delete(session).where(*which)).rowcount


def must_be_open(connection: Connection, session_id: str, now: datetime) -> None:
    """Raises `SessionEnded` inside a transaction that writes for a session."""
    still = select(session.c.id).where(session.c.id == session_id, session.c.expires > micros(now))
    if connection.execute(still).first() is None:
        raise SessionEnded


def _session(row: Any) -> Session:
    return Session(
        id=row.id,
        person=PersonId(row.person),
        form_token=row.form,
        strength=Strength(row.strength),
        verified=row.verified,
        waived=row.waived,
        stepped_up=None if row.stepped_up is None else moment(row.stepped_up),
        device=row.device,
        power=row.power,
        idle=row.idle * _MICROSECOND,
        created=moment(row.created),
        seen=moment(row.seen),
        expires=moment(row.expires),
        ends=moment(row.ends),
    )
