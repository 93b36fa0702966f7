"""An outbox on a database of its own, a clock that is moved on, and letters without anybody's data."""

from datetime import UTC, datetime, timedelta

from application.reminders import Kind, Reminder, key_of
from domain.model import PersonId, UnitId
from infrastructure.outbox.senders import Letter

MORNING = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""Nine o'clock in Vietnam."""


class Clock:
    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


def reminder(number: int = 0, unit: str = "tuy-phuoc", created: datetime = MORNING) -> Reminder:
    person, where = PersonId(f"person-{number}"), UnitId(unit)
    return Reminder(
        key=key_of(Kind.REPORT_DUE, person, where, "2026-10", 1),
        kind=Kind.REPORT_DUE,
        person=person,
        unit=where,
        about="2026-10",
        due=None,
        created=created,
    )


def written(one: Reminder) -> Letter:
    return Letter(
        key=one.key, kind=one.kind.value, subject="–", text="–", phone="+84912345678", email="a@example.vn"
    )
