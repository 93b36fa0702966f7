"""What the server does once a day by itself: it erases personal data whose term is over, and makes the
reminders of the day."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final

from domain.calendar import VIETNAM
from infrastructure.alone import alone
from interfaces.house import House
from interfaces.reminding import make
from interfaces.retaining import retain

HOUR: Final = time(3)
"""When nobody teaches, in Vietnam."""

_RETAINING: Final = 5498021341
"""Names the work among the locks of PostgreSQL."""

_LOOK_AT_THE_CLOCK: Final = 3_600.0
"""Seconds: a machine that slept, or whose clock was set, is not a day late for it."""

_log: Final = logging.getLogger(__name__)


Work = Callable[[House, Callable[[], bool]], None]
"""What is done, and whether the process is stopping."""


def next_time(now: datetime) -> datetime:
    """The next three o'clock in Vietnam after a moment."""
    here = now.astimezone(VIETNAM)
    today = datetime.combine(here.date(), HOUR, VIETNAM)
    return today if here < today else today + timedelta(days=1)


class Daily:
    """A thread of a serving process. Several processes may run it: one does the work."""

    def __init__(self, house: House, work: Work | None = None) -> None:
        self._house = house
        self._work = work or do_everything
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_time, name="lantoa-daily", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Whoever is being erased is erased first; the others are due tomorrow, too."""
        self._closing.set()
        self._thread.join()

    def _keep_time(self) -> None:
        due = next_time(self._house.clock())
        while not self._closing.wait(self._until(due)):
            if self._house.clock() < due:
                continue
            try:
                self._work(self._house, self._closing.is_set)
            except Exception:
                _log.exception("what is done once a day failed; it is tried again tomorrow")
            due = next_time(self._house.clock())

    def _until(self, due: datetime) -> float:
        return min(max((due - self._house.clock()).total_seconds(), 0.0), _LOOK_AT_THE_CLOCK)


def do_everything(house: House, stopping: Callable[[], bool] = lambda: False) -> None:
    """What fails does not keep the other from being done."""
    for work in (remind, erase_due):
        try:
            work(house, stopping)
        except Exception:
            _log.exception("%s failed; it is tried again tomorrow", work.__name__)


def remind(house: House, _stopping: Callable[[], bool] = lambda: False) -> None:
    """Several processes may: a reminder that is there already is not made again."""
    _log.info("made %d reminders", make(house))


def erase_due(house: House, stopping: Callable[[], bool] = lambda: False) -> None:
    with alone(house.database, _RETAINING) as elected:
        if not elected:
            return
        done = retain(house, stopping=stopping)
    _log.info(
        "erased what is due: %d of %d people, %d entries of the access log; %d failed",
        len(done.people),
        done.looked_at,
        done.reads,
        done.failed,
    )
