"""Sudden drops and silences: signs that somebody should ask."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.attention import LEAST_MEAN, QUIET_DAYS, dropped, last_whole_week, monday, silent_for

MONDAY = date(2026, 11, 16)


def weeks(*counts: int) -> list[tuple[date, int]]:
    return [(MONDAY + timedelta(weeks=at), count) for at, count in enumerate(counts)]


def test_a_week_under_half_of_the_four_before_is_a_drop():
    found = dropped(weeks(20, 20, 20, 20, 9))
    assert found is not None
    assert (found.people, found.before, found.week) == (9, 20, MONDAY + timedelta(weeks=4))
    assert found.fell_by == 0.55


def test_half_is_no_drop():
    assert dropped(weeks(20, 20, 20, 20, 10)) is None


def test_only_the_four_weeks_before_count():
    assert dropped(weeks(500, 20, 20, 20, 20, 12)) is None


def test_a_handful_falls_and_rises_by_chance():
    assert dropped(weeks(3, 3, 3, 3, 0)) is None
    assert dropped(weeks(4, 4, 4, 4, 0)) is not None
    assert LEAST_MEAN == 4


def test_too_few_weeks_say_nothing():
    assert dropped([]) is None
    assert dropped(weeks(50, 50, 50, 0)) is None


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_a_drop_is_always_a_fall(counts: list[int]):
    found = dropped(weeks(*counts))
    if found is not None:
        assert found.people == counts[-1]
        assert 0.5 < found.fell_by <= 1


def test_fourteen_days_without_an_entry_are_a_silence():
    assert QUIET_DAYS == 14
    assert silent_for(date(2026, 11, 9), date(2026, 11, 22)) is None
    assert silent_for(date(2026, 11, 8), date(2026, 11, 22)) == 14


def test_who_never_spoke_did_not_fall_silent():
    assert silent_for(None, date(2026, 11, 22)) is None


@given(st.dates(date(2025, 1, 1), date(2045, 1, 1)))
def test_weeks_begin_on_mondays_and_the_last_whole_one_is_over(day: date):
    assert monday(day).weekday() == 0
    assert last_whole_week(day) + timedelta(days=7) <= day
    assert day - last_whole_week(day) < timedelta(days=14)
