"""Which generations of the blind index are written, as the database says it."""

import time
from typing import Final

from sqlalchemy import Connection, select

from infrastructure.database import Database
from infrastructure.ledger.changes import Changes
from infrastructure.vault.blind_index import IndexState
from infrastructure.vault.keys import LOOK_AGAIN
from infrastructure.vault.tables import index_state

STATE: Final = select(index_state.c.number)


class States:
    """What a process knows of it. Rows written under an outdated state are `Stale`, so it is enough
    to look again now and then; a look-up asks in the moment that it reads."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self._database = database
        self._changes = changes
        self._mark: int | None = None
        self._looked = 0.0
        self._known: IndexState = 0

    def now(self, connection: Connection) -> IndexState:
        self._mark, self._looked = self._changes.mark(), time.monotonic()
        self._known = connection.execute(STATE).scalar_one()
        return self._known

    def lately(self) -> IndexState:
        mark = self._changes.mark()
        if mark is None or self._mark is None:
            stands = time.monotonic() - self._looked <= LOOK_AGAIN
        else:
            stands = mark == self._mark
        if not stands:
            with self._database.reading() as connection:
                self.now(connection)
        return self._known
