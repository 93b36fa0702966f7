"""Following the ledger: every fact once, in order, soon after its commit.

Positions become visible in order and without gaps (the writer holds the ledger's lock until
its commit), so following is reading on from the last position.
"""

import logging
import threading
from collections.abc import Generator
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from domain.model import Position
from infrastructure.database import Database
from infrastructure.ledger import boundary
from infrastructure.ledger.batch import CHANNEL
from infrastructure.ledger.boundary import Stored
from infrastructure.ledger.nudge import Nudge

TOGETHER: Final = 1_000
"""How many facts come in one batch at most."""

# The slow poll behind every quicker way of waking, in seconds. On SQLite it is the only way
# to hear of another process; asking costs it some ten microseconds.
_POLL: Final = {"sqlite": 0.1, "postgresql": 0.5}

# How long the listener sleeps where nothing is said, before it makes sure that it should still listen.
_NOD: Final = 0.5

HURRY: Final = "lantoa_hurry"
"""What PostgreSQL notifies when somebody waits for what was recorded last."""

_HURRY: Final = select(func.pg_notify(HURRY, ""))

_log = logging.getLogger(__name__)


class Follower:
    """Yields the facts after a position as they come.

    In the writer's own process `writer.on_commit(follower.wake)` makes it immediate; PostgreSQL
    notifies other processes, and a slow poll stands behind both.
    """

    def __init__(self, database: Database, after: int = 0) -> None:
        self.after = after
        self._database = database
        self._bell = Bell(database)

    def wake(self, _head: Position | None = None) -> None:
        """Looks at once; also makes `batches` notice that `stop` was set."""
        self._bell.ring()

    def batches(self, stop: threading.Event) -> Generator[list[Stored], None, None]:
        """Lists of (position, name, version, data) in order, until `stop` is set.

        `after` moves on when the caller asks for the next batch. A database that is away is
        asked again; only damage ends the iteration.
        """
        with self._bell:
            while not stop.is_set():
                self._bell.listen()
                rows = self._read()
                if not rows:
                    self._bell.wait()
                    continue
                yield rows
                self.after = rows[-1].position

    def _read(self) -> list[Stored]:
        try:
            with self._database.reading() as connection:
                query = boundary.matching(connection, (), after=self.after).limit(TOGETHER)
                return [Stored(*row) for row in connection.execute(query)]
        except DBAPIError:
            _log.warning("the ledger cannot be read just now; trying again", exc_info=True)
            return []


class Bell:
    """Rings when there may be new facts. A context: PostgreSQL's notices need a connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rung = threading.Event()
        self._hurried = threading.Event()
        self._ended = threading.Event()
        self._ear: threading.Thread | None = None

    def ring(self, _head: Position | None = None) -> None:
        self._rung.set()

    def hurry(self) -> None:
        """Rings, and lets nobody `rest` before they have looked: somebody waits for what is new."""
        self._hurried.set()
        self._rung.set()

    def hurry_others(self) -> None:
        """The same for the other processes on PostgreSQL."""
        with self._database.read_models() as connection:
            connection.execute(_HURRY)

    def listen(self) -> bool:
        """To be called before looking: what is committed after this will ring. Returns whether somebody
        waits for what will be found."""
        hurried = self._hurried.is_set()
        self._hurried.clear()
        self._rung.clear()
        return hurried

    def rest(self, seconds: float) -> None:
        """Lets more gather, unless somebody waits for it."""
        self._hurried.wait(seconds)

    def hurried(self) -> bool:
        """Whether somebody came to wait since the last look."""
        return self._hurried.is_set()

    def wait(self) -> None:
        """Until it rings, or the slow poll's time has come."""
        self._rung.wait(_POLL[self._database.dialect])

    def __enter__(self) -> "Bell":
        if self._database.dialect == "postgresql":
            self._nudge = Nudge()
            self._ear = threading.Thread(target=self._hear, name="ledger-listener", daemon=True)
            self._ear.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._ear is threading.current_thread():
            return  # an iterator that nobody ended, collected as garbage there: it ends by itself
        if self._ear:
            self._nudge()
            self._ear.join()
            self._nudge.close()

    def _hear(self) -> None:
        while not self._ended.is_set():
            try:
                with self._database.listening() as connection:
                    self._hear_on(connection)
            except (DBAPIError, psycopg.Error):
                _log.info("notices of the ledger are interrupted; the slow poll goes on")
                self._ended.wait(1)

    def _hear_on(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        connection.exec_driver_sql(f"LISTEN {HURRY}")
        self._rung.set()  # something may have come before we listened
        driver: Any = connection.connection.driver_connection
        while not self._ended.is_set():
            for notice in driver.notifies(timeout=0):
                if notice.channel == HURRY:
                    self._hurried.set()
                self._rung.set()
            self._nudge.wait(driver, _NOD)
