"""Terms of the law in working days: weekends and holidays are left out, those of the moon, too."""

from datetime import date, timedelta

import pytest

from domain.holidays import after_working_days, is_worked


@pytest.mark.parametrize(
    ("made", "by"),
    [
        ("2026-11-20", "2026-11-24"),  # a Friday: Monday, Tuesday
        ("2026-11-21", "2026-11-24"),  # a Saturday
        ("2026-11-23", "2026-11-25"),
        ("2026-12-31", "2027-01-05"),  # New Year's Day, then a weekend
        ("2026-04-29", "2026-05-05"),  # 30/4, 1/5, then a weekend
        ("2026-02-13", "2026-02-23"),  # a Friday: Monday to Thursday are Tết, Friday is worked
        ("2025-04-04", "2025-04-09"),  # a Friday: Monday is the Hùng Kings' day
    ],
)
def test_two_working_days_leave_out_weekends_and_holidays(made, by):
    assert after_working_days(date.fromisoformat(made), 2) == date.fromisoformat(by)


@pytest.mark.parametrize("year", range(2025, 2036))
def test_each_year_has_its_tet_and_its_hung_kings_day(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    spring = [day for day in days if not is_worked(day) and (day.month, day.day) != (1, 1)]
    tet = [day for day in spring if day < date(year, 3, 1)]
    in_a_row = max(sum(day + timedelta(days=n) in tet for n in range(4)) for day in tet)
    assert in_a_row == 4
    if year != 2026:  # on a Sunday
        kings = {day for day in spring if date(year, 4, 1) <= day < date(year, 4, 30) and day.weekday() < 5}
        assert len(kings) == (0 if year == 2033 else 1)  # on a Saturday
