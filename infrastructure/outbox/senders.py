"""What a sender is: it takes a letter to where it belongs, or says why not. And the plainest of them."""

import sys
from datetime import timedelta
from typing import Protocol, TextIO

import msgspec

from application.reminders import Trouble


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it goes out: `key` is the same at every attempt. `phone` (E.164) and `email` are
    those of this moment; it is nowhere kept with them."""

    key: str
    kind: str
    subject: str
    text: str
    phone: str | None
    email: str | None


class NotSent(Exception):
    """The letter did not go out, or not for certain. `status` is what the other server said, `wait`
    how long it asked to wait; `final`: trying again would change nothing."""

    def __init__(
        self,
        trouble: Trouble,
        status: int | None = None,
        *,
        final: bool = False,
        wait: timedelta = timedelta(0),
    ) -> None:
        super().__init__(trouble.value, status)
        self.trouble = trouble
        self.status = status
        self.final = final
        self.wait = wait


class Sender(Protocol):
    """One of the exchangeable ways out. `name` stands beside every attempt."""

    @property
    def name(self) -> str: ...

    def reaches(self, letter: Letter) -> bool:
        """Whether the letter bears what this way needs: a phone number, an address."""
        ...

    def send(self, letter: Letter) -> int | None:
        """Returns once the other server took it over, with what it said. Raises `NotSent`."""
        ...


class Console:
    """Says on the standard error stream what would be sent, and not to whom."""

    name = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def reaches(self, _letter: Letter) -> bool:
        return True

    def send(self, letter: Letter) -> int | None:
        stream = self._stream or sys.stderr
        stream.write(f"[reminder {letter.key} {letter.kind}] {letter.text}\n")
        stream.flush()
        return None
