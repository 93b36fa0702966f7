"""Days of the movement: those of Asia/Ho_Chi_Minh (UTC+7 all year, no change since 1975)."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def day_of(at: datetime) -> date:
    """The Vietnamese calendar day of a moment."""
    return at.astimezone(VIETNAM).date()


def written(day: date) -> str:
    """As it is written in Vietnam: 20/11/2026."""
    return f"{day:%d/%m/%Y}"


def end_of(day: date) -> datetime:
    """The first moment after a Vietnamese calendar day, in UTC. The last day that can be written is
    over as it begins: there is no moment after it."""
    after = min(day, date.max - timedelta(days=1)) + timedelta(days=1)
    return datetime.combine(after, time(), VIETNAM).astimezone(UTC)


def start_of(day: date) -> datetime:
    """The first moment of a Vietnamese calendar day."""
    return datetime.combine(day, time(), VIETNAM)
