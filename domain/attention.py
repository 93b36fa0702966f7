"""Which units want a look: their weeks fell suddenly, or nobody has entered anything for days.

Signs of ours: no plan or law has such a threshold, and pages say so. They tell where to ask, and
nothing follows from them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

QUIET_DAYS: Final = 14
"""So many days without an entry are a silence, unless it is set otherwise (`LANTOA_SILENT_DAYS`)."""
WEEKS_BEFORE: Final = 4
"""A week is compared with the mean of so many before it."""
FELL_TO_PERCENT: Final = 50
"""A week below so much of that mean is a sudden drop..."""
LEAST_MEAN: Final = 4
"""...where the mean was at least so many people: less falls and rises by chance."""


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """`before` is the mean of the weeks before, `people` those of the week that fell."""

    week: date
    people: int
    before: float

    @property
    def fell_by(self) -> float:
        """A share between 0 and 1."""
        return 1 - self.people / self.before


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def last_whole_week(today: date) -> date:
    """The Monday of the last week that is over."""
    return monday(today) - timedelta(weeks=1)


def dropped(weeks: Sequence[tuple[date, int]]) -> Drop | None:
    """Whether the last of these weeks, in the order of time and without a gap, fell suddenly."""
    if len(weeks) <= WEEKS_BEFORE:
        return None
    *_, (week, people) = weeks
    mean = sum(count for _, count in weeks[-WEEKS_BEFORE - 1 : -1]) / WEEKS_BEFORE
    if mean < LEAST_MEAN or 100 * people >= FELL_TO_PERCENT * mean:
        return None
    return Drop(week=week, people=people, before=mean)


def silent_for(last_entry: date | None, today: date, quiet: int = QUIET_DAYS) -> int | None:
    """For how many days nothing was entered, where that is a silence. Of a unit that never entered
    anything nobody can say that it fell silent: None."""
    if last_entry is None:
        return None
    days = (today - last_entry).days
    return days if days >= quiet else None
