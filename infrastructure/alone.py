"""Work that one at a time does: of all processes that serve one ledger, and within each of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text

from infrastructure.database import Database

_TAKEN: Final[set[tuple[int, int]]] = set()
_LOCK: Final = threading.Lock()


@contextmanager
def alone(database: Database, number: int) -> Iterator[bool]:
    """Whether nobody else is at it, here or in another process. `number` names the work; the lock ends
    with the block, or with the process. Who holds it and asks for it again is somebody else, too."""
    here = id(database), number
    with _LOCK:
        free = here not in _TAKEN
        _TAKEN.add(here)
    if not free:
        yield False
        return
    try:
        with _alone_of_all(database, number) as got:
            yield got
    finally:
        with _LOCK:
            _TAKEN.discard(here)


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
