"""Recovery codes: ten on paper, each of which signs in once.

A code finds its account by its first characters, so that nothing else has to be known; the others
(50 random bits) are stored by scrypt, as ASVS 5.0 (6.5.2) asks for below 112 bits.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select

from application.identity import CODE_ALPHABET
from domain.model import PersonId
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.tables import recovery_code
from infrastructure.ledger.batch import micros

HOW_MANY: Final = 10
LENGTH: Final = 16
SELECTOR: Final = 6
"""30 bits: two of the codes of a million people rarely meet, and never twice in a row."""

_BETWEEN: Final = str.maketrans("", "", " -.\u00a0\u2011\t\r\n")
_NOBODY: Final = bytes(16)


def new_codes() -> list[str]:
    """Ten codes such as `ABCD-EFGH-JKLM-NPQR`, to be shown once."""
    found: dict[str, str] = {}
    while len(found) < HOW_MANY:
        code = "-".join(_word() for _ in range(LENGTH // 4))
        found[clean(code)[:SELECTOR]] = code
    return list(found.values())


def rows_of(codes: Sequence[str], person: PersonId, now: datetime) -> list[dict[str, Any]]:
    """Takes half a second, on purpose: call it off the event loop."""
    salt = secrets.token_bytes(16)
    return [
        {
            "selector": plain[:SELECTOR],
            "person": person,
            "salt": salt,
            "hash": _stretched(plain, salt),
            "created": micros(now),
        }
        for plain in map(clean, codes)
    ]


def clean(text: str) -> str:
    """As it was printed, however it was typed."""
    return text.translate(_BETWEEN).upper()[:100]


def whose(connection: Connection, code: str) -> PersonId:
    """Raises `NotProven`, after the same time whether the code's beginning is known or not."""
    query = select(recovery_code).where(recovery_code.c.selector == code[:SELECTOR])
    row = connection.execute(query).first()
    expected, salt = (row.hash, row.salt) if row else (b"", _NOBODY)
    if not hmac.compare_digest(_stretched(code, salt), expected) or row is None:
        raise NotProven
    return PersonId(row.person)


def keep(connection: Connection, person: PersonId, rows: Sequence[dict[str, Any]]) -> bool:
    """In place of those before; False, and nothing done, where a code begins as somebody else's."""
    begin = recovery_code.c.selector.in_([row["selector"] for row in rows])
    taken = select(recovery_code.c.selector).where(begin, recovery_code.c.person != person)
    if connection.execute(taken).first() is not None:
        return False
    connection.execute(delete(recovery_code).where(recovery_code.c.person == person))
    connection.execute(insert(recovery_code), list(rows))
    return True


def use_up(connection: Connection, person: PersonId, code: str) -> None:
    """Raises `NotProven` the second time."""
    used = delete(recovery_code).where(
        recovery_code.c.person == person, recovery_code.c.selector == code[:SELECTOR]
    )
    if connection.execute(used).rowcount == 0:
        raise NotProven


def left(connection: Connection, person: PersonId) -> int:
    """How many a person still has."""
    query = select(func.count()).where(recovery_code.c.person == person)
    return connection.execute(query).scalar() or 0


def _word() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(4))


def _stretched(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code[SELECTOR:].encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
