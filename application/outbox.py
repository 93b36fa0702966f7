"""What people do with reminders that were made: send one again, or stop it."""

from typing import Protocol

from application.actors import Actor
from application.ports import Units
from application.reminders import NoSuchReminder, Reminder
from domain.model import Role

SEEING = (Role.ORGANIZER, Role.ADMINISTRATOR, Role.AUDITOR)
CHANGING = (Role.ORGANIZER, Role.ADMINISTRATOR)


class Waiting(Protocol):
    @property
    def reminder(self) -> Reminder: ...


class Reminders(Protocol):
    def find(self, key: str) -> Waiting | None: ...

    async def again(self, key: str) -> None: ...

    async def stop(self, key: str) -> None: ...


async def send_again(outbox: Reminders, units: Units, actor: Actor, key: str) -> None:
    """It is due now, and tried for as long as at first. Raises `NoSuchReminder` (also for one about
    another's unit), `AlreadySent`, `BeingSent`."""
    _reached(outbox, units, actor, key)
    await outbox.again(key)


async def stop(outbox: Reminders, units: Units, actor: Actor, key: str) -> None:
    """It is sent no more. Raises the same."""
    _reached(outbox, units, actor, key)
    await outbox.stop(key)


def _reached(outbox: Reminders, units: Units, actor: Actor, key: str) -> None:
    actor.must_hold(*CHANGING)
    found = outbox.find(key)
    if found is None or not actor.reaches(found.reminder.unit, *CHANGING, units=units):
        raise NoSuchReminder
