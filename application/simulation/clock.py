"""The clock of a simulated movement: its own days, from morning to evening, up to now."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from domain.calendar import VIETNAM, day_of

DAWN: Final = timedelta(hours=7)
DUSK: Final = timedelta(hours=21)


class SimulatedClock:
    """Stands still until it is set; never passes `now`, the real moment in which the last day ends."""

    def __init__(self, first: date, now: datetime) -> None:
        self._now = now
        self._moment = _midnight(first)

    def __call__(self) -> datetime:
        return self._moment

    def set(self, day: date, share: float) -> None:
        """To where `share` (0 to 1) of that day's waking hours have passed; never backwards."""
        midnight = _midnight(day)
        end = midnight + DUSK
        begin = midnight + DAWN
        if day >= day_of(self._now):
            end = min(end, self._now)
            begin = min(begin, midnight + (end - midnight) / 2)
        self._moment = max(self._moment, begin + (end - begin) * share)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)
