"""Challenges for passkeys: signed by us, good for five minutes and one success.

None is stored when it is given out, so that a visit to the sign-in page writes no row; a success
notes its challenge in the transaction in which it counts.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from domain.model import Refused
from infrastructure.accounts.tables import used_challenge
from infrastructure.ledger.batch import micros

LIFE: Final = timedelta(minutes=5)

_MOMENT: Final = 8
_RANDOM: Final = 16
_MARK: Final = 32


class NotProven(Refused):
    """What was to prove who somebody is does not: wrong, too old, or used before. Which is not said."""


class Challenges:
    """`key` is the same in every process of this ledger."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def new(self, purpose: str, now: datetime) -> bytes:
        """56 bytes. `purpose` binds it to a ceremony, and to the session that is in it."""
        said = micros(now + LIFE).to_bytes(_MOMENT, "big") + secrets.token_bytes(_RANDOM)
        return said + self._mark(said, purpose)

    def check(self, challenge: bytes, purpose: str, now: datetime) -> None:
        """Raises `NotProven` for one that we did not give out for this purpose, or that is too old."""
        said, mark = challenge[: _MOMENT + _RANDOM], challenge[_MOMENT + _RANDOM :]
        if not hmac.compare_digest(mark, self._mark(said, purpose)):
            raise NotProven
        if _expiry(challenge) <= micros(now):
            raise NotProven

    def _mark(self, said: bytes, purpose: str) -> bytes:
        return hmac.digest(self._key, said + purpose.encode(), "sha256")[:_MARK]


def use_up(connection: Connection, challenge: bytes, now: datetime) -> None:
    """Lets a challenge count once: called inside the writer's transaction, which nobody else is in.
    Raises `NotProven` the second time. Clears those away that are too old to be used anyway."""
    connection.execute(delete(used_challenge).where(used_challenge.c.expires <= micros(now)))
    key = hashlib.sha256(challenge).digest()
    if connection.execute(select(used_challenge.c.key).where(used_challenge.c.key == key)).first():
        raise NotProven
    connection.execute(insert(used_challenge), {"key": key, "expires": _expiry(challenge)})


def _expiry(challenge: bytes) -> int:
    return int.from_bytes(challenge[:_MOMENT], "big")
