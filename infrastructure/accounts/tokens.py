"""Tokens: what their holder keeps and we store hashed; and bearer tokens of programs.

A token is random and long, so that a plain hash of it cannot be reversed by trying.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    LargeBinary,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    delete,
    insert,
    select,
)

from domain.model import PersonId
from infrastructure.accounts.tables import api_token
from infrastructure.ledger.batch import micros
from infrastructure.ledger.statements import as_array

BEARER_LIFE: Final = timedelta(days=365)

_BEARER: Final = "lantoa_"
"""Begins every bearer token, so that scanners recognise one that was published by mistake."""

_PERSON: Final = select(api_token.c.person).where(
    api_token.c.token == bindparam("token"), api_token.c.expires > bindparam("now")
)


def new_token(bits: int) -> str:
    """URL-safe text with that many random bits."""
    return secrets.token_urlsafe(bits // 8)


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def successor(key: bytes, token: str, second: int) -> str:
    """The token that takes a token's place in this second since 1970. Nobody without `key` can tell it
    from a random one, though they know the token before it."""
    said = hmac.digest(key, hashed(token) + second.to_bytes(8, "big"), "sha256")
    return urlsafe_b64encode(said).rstrip(b"=").decode()


def issue(connection: Connection, person: PersonId, now: datetime) -> str:
    """A bearer token of a person, shown this once."""
    token = _BEARER + new_token(256)
    row = {
        "token": hashed(token),
        "person": person,
        "created": micros(now),
        "expires": micros(now + BEARER_LIFE),
    }
    connection.execute(insert(api_token), row)
    return token


def bearer(connection: Connection, token: str, now: datetime) -> PersonId | None:
    """Whose token it is; None where it is unknown, taken back or expired."""
    found = connection.execute(_PERSON, {"token": hashed(token), "now": micros(now)}).scalar()
    return None if found is None else PersonId(found)


class Several:
    """A question about any number of tokens, by their hashes, of which those count that have not expired."""

    def __init__(self, table: Table, *columns: Column[Any]) -> None:
        token, still = table.c.token, table.c.expires > bindparam("now")
        array = cast(bindparam("tokens", type_=Text), ARRAY(LargeBinary))
        self._query = {
            "sqlite": select(*columns).where(token.in_(bindparam("tokens", expanding=True)), still),
            "postgresql": select(*columns).where(token == any_(array), still),
        }

    def rows(self, connection: Connection, hashes: Sequence[bytes], now: datetime) -> Sequence[Any]:
        dialect = connection.dialect.name
        tokens = hashes if dialect == "sqlite" else as_array(hashes)
        return connection.execute(self._query[dialect], {"tokens": tokens, "now": micros(now)}).all()


_PEOPLE: Final = Several(api_token, api_token.c.token, api_token.c.person)


def bearers(connection: Connection, hashes: Sequence[bytes], now: datetime) -> dict[bytes, PersonId]:
    """Whose several tokens are, by their hashes."""
    return {bytes(token): PersonId(person) for token, person in _PEOPLE.rows(connection, hashes, now)}


def take_back(connection: Connection, person: PersonId) -> int:
    """Ends all bearer tokens of a person; how many there were."""
    return connection.execute(delete(api_token).where(api_token.c.person == person)).rowcount
