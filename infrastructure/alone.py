"""Work that one at a time does: of all processes that serve one ledger, and within each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text

from infrastructure.database import Database

_TAKEN: Final[dict[tuple[int, int], object]] = {}
"""Without a lock: whoever was given up is let go as garbage, which may be at any moment, also in here."""


@contextmanager
def alone(database: Database, number: int) -> Iterator[bool]:
    """Whether nobody else is at it, here or in another process. `number` names the work; the lock ends
    with the block, or with the process. Who holds it and asks for it again is somebody else, too."""
    here, mine = (id(database), number), object()
    if _TAKEN.setdefault(here, mine) is not mine:
        yield False
        return
    try:
        with _alone_of_all(database, number) as got:
            yield got
    finally:
        del _TAKEN[here]


@contextmanager
def _alone_of_all(database: Database, number: int) -> Iterator[bool]:
    """Of all processes. On SQLite there is one: it owns the ledger."""
    if database.dialect == "sqlite":
        yield True
        return
    with database.listening() as connection:
        got = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}))
        try:
            yield got
        finally:
            if got:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
