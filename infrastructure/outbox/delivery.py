"""Delivering what is due: threads of a serving process, which share the queue with every other one."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from application.ports import OutcomeUnknown, Unavailable
from application.reminders import Needless, Reminder, Trouble
from infrastructure.ledger.writer import utc_now
from infrastructure.outbox.outbox import Failed, Outbox, Taken
from infrastructure.outbox.senders import Letter, NotSent, Sender

THREADS: Final = 4
"""A server that takes its time for each letter does not keep all the others waiting."""

FINISHING: Final = 3.0
"""Seconds that a process which ends waits for a letter on its way."""

LOOK: Final = 30.0
"""Seconds between looks into the queue where nobody says that there is something new."""

MARGIN: Final = timedelta(minutes=3)
"""A lease that ends sooner is not begun on: the machine slept since it was taken."""

PAUSES: Final = (0.0, 0.2, 1.0)
"""Seconds between attempts to note what came of a letter: what was sent is better not forgotten."""

Compose = Callable[[Reminder], Letter | Needless]
"""The words and the contact of this moment, or why nothing is to be sent any more."""

Outcome = int | Needless | Failed | None
"""What the other server said, if anything; or why nothing was sent, or what went wrong."""

_log: Final = logging.getLogger(__name__)


class Delivered(msgspec.Struct, kw_only=True):
    """What one pass over the queue came to."""

    sent: int = 0
    needless: int = 0
    failed: int = 0


class Delivery:
    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        compose: Compose,
        *,
        threads: int = THREADS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._compose = compose
        self._clock = clock
        self._closing = threading.Event()
        self._rung = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"lantoa-outbox-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is something new in the queue."""
        self._rung.set()

    def close(self) -> None:
        """Whoever is sending has a few seconds to finish that letter; of one that takes longer the lease
        runs out, and it is sent again under its key. The others stay in the queue."""
        self._closing.set()
        self._rung.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(FINISHING)

    def all_due(self) -> Delivered:
        """Sends what is due, until nothing is."""
        done = Delivered()
        while not self._closing.is_set():
            taken = self._outbox.take(self._sender.name)
            if taken is None:
                return done
            outcome = self.deliver(taken)
            setattr(done, outcome, getattr(done, outcome) + 1)
        return done

    def deliver(self, taken: Taken) -> str:
        """One attempt, and the note of what came of it: `sent`, `needless` or `failed`."""
        outcome: Outcome
        try:
            outcome = self._attempted(taken)
        except NotSent as error:
            outcome = Failed(trouble=error.trouble, status=error.status, final=error.final, wait=error.wait)
        except Exception as error:
            _log.error("a reminder could not be composed or sent: %s", type(error).__name__)
            outcome = Failed(trouble=Trouble.FAULT)
        return self._noted(taken, outcome)

    def _attempted(self, taken: Taken) -> int | Needless | None:
        """What the other server said, or why nothing was sent. Raises `NotSent`."""
        if self._clock() > taken.until - MARGIN:
            raise NotSent(Trouble.INTERRUPTED)
        letter = self._compose(taken.reminder)
        if isinstance(letter, Needless):
            return letter
        if not self._sender.reaches(letter):
            raise NotSent(Trouble.NO_CONTACT, final=True)
        return self._sender.send(letter)

    def _noted(self, taken: Taken, outcome: Outcome) -> str:
        """Raises `Unavailable`, `OutcomeUnknown`: then the lease runs out, and it is sent again."""
        for pause in PAUSES:
            self._closing.wait(pause)
            try:
                return self._note(taken, outcome)
            except (Unavailable, OutcomeUnknown):
                continue
        return self._note(taken, outcome)

    def _note(self, taken: Taken, outcome: Outcome) -> str:
        match outcome:
            case Failed():
                self._outbox.failed(taken, outcome)
                return "failed"
            case Needless():
                self._outbox.needless(taken, outcome)
                return "needless"
        self._outbox.sent(taken, outcome)
        return "sent"

    def _run(self) -> None:
        while not self._closing.is_set():
            self._rung.clear()
            try:
                self.all_due()
            except (Unavailable, OutcomeUnknown):
                _log.warning("the outbox cannot be written just now; the lease runs out by itself")
            except Exception:
                _log.exception("the outbox failed")
            self._rung.wait(self._until_next())

    def _until_next(self) -> float:
        try:
            due = self._outbox.next_at()
        except Exception:
            _log.exception("the outbox cannot be read")
            return LOOK
        if due is None:
            return LOOK
        return min(max((due - self._clock()).total_seconds(), 0.2), LOOK)
