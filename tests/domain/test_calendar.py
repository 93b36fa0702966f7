"""Days of the movement are days in Vietnam."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given as whatever
from hypothesis import strategies as some

from domain.calendar import day_of, end_of, start_of


def test_a_day_begins_at_seventeen_hours_utc():
    midnight = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)
    assert day_of(midnight) == date(2026, 3, 15)
    assert day_of(midnight - timedelta(microseconds=1)) == date(2026, 3, 14)


def test_it_ends_where_the_next_begins():
    assert end_of(date(2026, 3, 14)) == datetime(2026, 3, 14, 17, 0, tzinfo=UTC)


@whatever(some.integers(0, 4_000_000_000))
def test_every_moment_lies_before_the_end_of_its_day_and_not_of_the_day_before(seconds):
    moment = datetime.fromtimestamp(seconds, UTC)
    today = day_of(moment)
    assert end_of(today - timedelta(days=1)) <= moment < end_of(today)


def test_the_last_day_that_can_be_written_has_an_end_and_the_first_a_start():
    assert end_of(date.max) == start_of(date.max)
    assert start_of(date.min).date() == date.min


def test_a_day_starts_as_the_one_before_ends():
    assert start_of(date(2026, 1, 1)) == end_of(date(2025, 12, 31))
