"""Which process projects. On PostgreSQL one holds a lock for as long as its session lasts; the owner of an
SQLite ledger is elected by that."""

from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from infrastructure.database import Database

_ELECTION: Final = 5498021338
"""The advisory lock that the projecting process holds on PostgreSQL."""


class Election:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: Connection | None = None

    @property
    def won(self) -> bool:
        """Whether this process is the elected one, as far as it knows."""
        return self._held is not None or self._database.dialect == "sqlite"

    def stand(self) -> bool:
        """Whether this process is elected, still or from now on. Raises `DBAPIError`, and is not then."""
        if self._database.dialect == "sqlite":
            return True
        try:
            if self._held is None:
                connection = self._database.read_models_engine.connect()
                connection.execution_options(isolation_level="AUTOCOMMIT")
                if not connection.scalar(select(func.pg_try_advisory_lock(_ELECTION))):
                    connection.close()
                    return False
                self._held = connection
            self._held.scalar(select(1))
        except DBAPIError:
            self.resign()
            raise
        return True

    def resign(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            with suppress(DBAPIError):
                held.invalidate()  # ends the session, and with it the lock
            held.close()
