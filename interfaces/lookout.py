"""Every process that serves looks now and then for lists that nobody goes on with any more."""

import logging
import threading
from typing import Final

from interfaces.house import House
from interfaces.importing import look

EVERY: Final = 15.0
"""Seconds. On PostgreSQL another machine may have died with a list half loaded; on SQLite the list of this
process may have had to wait, because nothing could be recorded."""

_log: Final = logging.getLogger(__name__)


class Lookout:
    """A thread of a serving process."""

    def __init__(self, house: House, every: float = EVERY) -> None:
        self._house = house
        self._every = every
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lantoa-lists", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(self._every):
            try:
                look(self._house)
            except Exception as error:  # the database is away: it is looked for again
                _log.warning("could not look for lists to go on with: %s", type(error).__name__)
