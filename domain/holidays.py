"""Which days are worked in Vietnam: for the terms that the law counts in working days.

Labour Code 45/2019/QH14, article 112: New Year's Day, Tết (5 days), the Hùng Kings' day (10/3 of the
lunar calendar), 30/4, 1/5, National Day (2 days). Which five days Tết has, the second day of National
Day and the days given in place of weekends are decided year by year; here are only those that hold
whatever is decided, so that a term here ends earlier than the law's, never later.
"""

from datetime import date, timedelta
from typing import Final

_EACH_YEAR: Final = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
"""Month and day."""

_TET: Final = (
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 2),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
)
"""The first day of the lunar year. Reckoned for UTC+7 by the method of Hồ Ngọc Đức (the Vietnamese
calendar parts from the Chinese one in 2030), which gives the days announced for 2023 to 2026. After
2035 none is known here."""

_HUNG_KINGS: Final = frozenset(
    {
        date(2025, 4, 7),
        date(2026, 4, 26),
        date(2027, 4, 16),
        date(2028, 4, 4),
        date(2029, 4, 23),
        date(2030, 4, 12),
        date(2031, 4, 1),
        date(2032, 4, 19),
        date(2033, 4, 9),
        date(2034, 4, 28),
        date(2035, 4, 17),
    }
)
"""By the same reckoning."""

# The last day of the old year and the first three of the new one: free under each choice so far (the
# fifth day was the one before them in 2025, the one after them in 2026).
_TET_DAYS: Final = frozenset(first + timedelta(days=off) for first in _TET for off in range(-1, 3))


def is_worked(day: date) -> bool:
    holiday = (day.month, day.day) in _EACH_YEAR or day in _TET_DAYS or day in _HUNG_KINGS
    return day.weekday() < 5 and not holiday


def after_working_days(day: date, days: int) -> date:
    """The working day so many working days after a day: the day itself does not count."""
    while days:
        day += timedelta(days=1)
        days -= is_worked(day)
    return day
