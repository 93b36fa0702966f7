"""Whether what was read of the database still stands: for what is asked with every request.

Sessions, tokens, roles and the state of the blind index seldom change, and are needed all the time. So
they may be remembered under a mark: as long as the mark is the same, nothing of it was changed or
taken away, whoever did it. Every statement of the writer that changes such a row is seen here, and
the mark is another one before anybody is told that it is done.

On SQLite nobody but this process writes. On PostgreSQL each such transaction notifies all
processes, also of other machines, as it commits; a process that has not been sure of its hearing
for `SURE` seconds remembers nothing until it is again.
"""

import logging
import threading
import time
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Delete, Update

from infrastructure.database import Database
from infrastructure.ledger.nudge import Nudge

CHANGED: Final = "lantoa_changed"
"""What PostgreSQL notifies when something that is remembered was changed."""

WATCHED: Final = frozenset(("session", "api_token", "index_state"))
"""The tables of what is remembered. Their new rows change nothing that was found before."""

HARMLESS: Final = "harmless"
"""The execution option of statements that take nothing away: a session that lasts longer."""

SURE: Final = 2.0
"""Seconds for which a connection is believed to hear what it last proved to hear."""

_ASKED_EVERY: Final = 0.5

_NOTIFY: Final = select(func.pg_notify(CHANGED, ""))

_log = logging.getLogger(__name__)


def tell(connection: Connection) -> None:
    """Lets all processes know with the commit of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY)


class Changes:
    """Those of one ledger, as one process knows them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._number = 0
        self._changed = False
        self._sure_until = 0.0
        self._ended = threading.Event()
        self._ear: threading.Thread | None = None
        self._counting = threading.Lock()
        self.alone = database.dialect == "sqlite"
        event.listen(database.writing_engine, "after_execute", self._look_at)

    def mark(self) -> int | None:
        """What is read from now on may be remembered under this, and used as long as it is the same.
        None where nobody here would hear of a change."""
        if self.alone or time.monotonic() < self._sure_until:
            return self._number
        return None

    def happened(self) -> None:
        """Something that is remembered was changed, and is committed."""
        with self._counting:
            self._number += 1

    def settle(self) -> None:
        """The writer's transaction is over, however it ended."""
        if self._changed:
            self._changed = False
            self.happened()

    def listen(self) -> None:
        """Hears other processes from now on, until `close`."""
        if self.alone or self._ear is not None:
            return
        self._nudge = Nudge()
        self._ear = threading.Thread(target=self._hear, name="changes", daemon=True)
        self._ear.start()

    def close(self) -> None:
        self._ended.set()
        if self._ear is not None:
            self._nudge()
            self._ear.join()
            self._nudge.close()
            self._ear = None

    def _look_at(
        self, connection: Connection, statement: Any, _many: Any, _given: Any, options: Any, result: Any
    ) -> None:
        if not isinstance(statement, (Update, Delete)) or options.get(HARMLESS):
            return
        if getattr(statement.table, "name", None) in WATCHED and result.rowcount:
            self._changed = True
            tell(connection)

    def _hear(self) -> None:
        while not self._ended.is_set():
            try:
                with self._database.listening() as connection:
                    self._hear_on(connection)
            except (DBAPIError, psycopg.Error):
                self._sure_until = 0.0
                _log.info("changes by other processes are not heard just now; nothing is remembered")
                self._ended.wait(_ASKED_EVERY)

    def _hear_on(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"LISTEN {CHANGED}")
        driver: Any = connection.connection.driver_connection
        self.happened()  # something may have come before we listened
        while not self._ended.is_set():
            asked = time.monotonic()
            connection.exec_driver_sql("SELECT 1")  # an answer brings every notice from before it
            for _ in driver.notifies(timeout=0):
                self.happened()
            self._sure_until = asked + SURE
            self._nudge.wait(driver, _ASKED_EVERY)
