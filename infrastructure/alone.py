"""Work that one process does at a time, of all that serve one ledger."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from infrastructure.database import Database


@contextmanager
def alone(database: Database, number: int) -> Iterator[bool]:
    """Whether nobody else is at it: on SQLite nobody is, one process owns the ledger. `number` names
    the work; the lock ends with the block, or with the process."""
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
