"""Days of the movement: those of Asia/Ho_Chi_Minh (UTC+7 all year, no change since 1975)."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def day_of(at: datetime) -> date:
    """The Vietnamese calendar day of a moment."""
    return at.astimezone(VIETNAM).date()


def end_of(day: date) -> datetime:
    """The first moment after a Vietnamese calendar day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)
