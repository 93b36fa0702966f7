"""A process that sends and dies of it.

Where it dies: `before` the first byte, `between` sending and noting, `nowhere`; `careless` notes first
and sends afterwards, as the control, and dies between the two. `minutes` is how far its clock is on.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path

from application.reminders import Reminder
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.outbox.delivery import Delivery
from infrastructure.outbox.outbox import Outbox, Taken
from infrastructure.outbox.senders import Letter
from infrastructure.outbox.webhook import Webhook
from tests.infrastructure.outbox.servers import SECRET
from tests.infrastructure.outbox.support import MORNING, written


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DiesBetween(Outbox):
    def sent(self, taken: Taken, status: int | None = None) -> bool:
        die()
        return False


class Careless(Delivery):
    def deliver(self, taken: Taken) -> str:
        self._outbox.sent(taken)
        die()
        return "sent"


def main(home: Path, url: str | None, gateway: str, where: str, minutes: int) -> None:
    database = Database.open(url, home)
    ledger = Writer(database)

    def clock():
        return MORNING + timedelta(minutes=minutes)

    def compose(one: Reminder) -> Letter:
        if where == "before":
            die()
        return written(one)

    outbox = (DiesBetween if where == "between" else Outbox)(database, ledger, clock=clock)
    kind = Careless if where == "careless" else Delivery
    kind(outbox, Webhook(gateway, SECRET, private=True), compose, clock=clock).all_due()
    ledger.close()
    database.close()
