"""Device tokens: by which a phone sends what it kept while there was no network.

One is made under an open session and ends with it where somebody is signed out; a session that
merely grew too old leaves it: entries may have waited on the phone for longer. It opens nothing but
sending entries and reading what the phone keeps (`interfaces/permissions.py`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update
from sqlalchemy.sql import Delete

from application.signing_in import Limits
from domain.model import PersonId
from infrastructure.accounts.tables import device_token
from infrastructure.accounts.tokens import hashed, new_token
from infrastructure.ledger.batch import micros, moment

BEGINS: Final = "lantoa_device_"
"""Every device token does, so that it is told from a program's and recognised by scanners."""

LIFE: Final = Limits(idle=timedelta(days=90), absolute=timedelta(days=180))
"""A season without a network loses nothing; twice a year somebody signs in again."""

TOUCHED: Final = timedelta(days=1)
"""A use is noted at most this often."""

MOST: Final = 20
"""One account's at a time; the one used longest ago makes room."""


class DeviceToken(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that may send one account's entries. `id` names it, `session` the session under which
    it was made; `device` is coarse, such as `Chrome/Android`."""

    id: str
    person: PersonId
    session: str
    device: str
    created: datetime
    seen: datetime
    expires: datetime
    ends: datetime


class Issued(msgspec.Struct, frozen=True):
    """The token goes to the phone and is stored nowhere."""

    id: str
    token: str
    expires: datetime


_TOKEN: Final = select(device_token).where(
    device_token.c.token == bindparam("token"), device_token.c.expires > bindparam("now")
)
_OF_PERSON: Final = (
    select(device_token)
    .where(device_token.c.person == bindparam("person"), device_token.c.expires > bindparam("now"))
    .order_by(device_token.c.seen.desc(), device_token.c.id)
)


def issue(connection: Connection, person: PersonId, session: str, device: str, now: datetime) -> Issued:
    """A new token. Clears away what expired, and of one account what is too many."""
    connection.execute(delete(device_token).where(device_token.c.expires <= micros(now)))
    for old in connection.execute(_OF_PERSON, {"person": person, "now": micros(now)}).all()[MOST - 1 :]:
        connection.execute(delete(device_token).where(device_token.c.id == old.id))
    token, name, ends = BEGINS + new_token(256), new_token(96), now + LIFE.absolute
    expires = now + LIFE.idle
    row = {
        "token": hashed(token),
        "id": name,
        "person": person,
        "session": session,
        "device": device,
        "created": micros(now),
        "seen": micros(now),
        "expires": micros(expires),
        "ends": micros(ends),
    }
    connection.execute(insert(device_token), row)
    return Issued(name, token, expires)


def find(connection: Connection, token: str, now: datetime) -> DeviceToken | None:
    """None where it is unknown, ended or expired."""
    row = connection.execute(_TOKEN, {"token": hashed(token), "now": micros(now)}).first()
    return None if row is None else _device_token(row)


def of_person(connection: Connection, person: PersonId, now: datetime) -> list[DeviceToken]:
    """A person's, the latest used first."""
    found = connection.execute(_OF_PERSON, {"person": person, "now": micros(now)})
    return [_device_token(row) for row in found]


def touch(connection: Connection, found: DeviceToken, now: datetime) -> None:
    """Notes a use. One that was ended meanwhile stays ended, and none outlives its end."""
    expires = min(now + LIFE.idle, found.ends)
    change = update(device_token).where(device_token.c.id == found.id, device_token.c.expires > micros(now))
    connection.execute(change.values(seen=micros(now), expires=micros(expires)))


def end_one(connection: Connection, person: PersonId, token_id: str) -> bool:
    """Ends one of a person's; False where they have no such."""
    ended = delete(device_token).where(device_token.c.person == person, device_token.c.id == token_id)
    return bool(connection.execute(ended).rowcount)


def end_with(connection: Connection, sessions: Select[tuple[str]]) -> None:
    """Ends what was made under these sessions (their ids), before they end themselves."""
    connection.execute(delete(device_token).where(device_token.c.session.in_(sessions)))


def end_all(connection: Connection, people: Sequence[PersonId], *, but: str | None = None) -> int:
    """Ends every one of these people, except those of the session `but`; how many there were."""
    ended = ending(people)
    if but is not None:
        ended = ended.where(device_token.c.session != but)
    return connection.execute(ended).rowcount


def ending(people: Sequence[PersonId]) -> Delete:
    """Ends all of these people's, beside a decision."""
    return delete(device_token).where(device_token.c.person.in_(people))


def _device_token(row: Any) -> DeviceToken:
    return DeviceToken(
        id=row.id,
        person=PersonId(row.person),
        session=row.session,
        device=row.device,
        created=moment(row.created),
        seen=moment(row.seen),
        expires=moment(row.expires),
        ends=moment(row.ends),
    )
