"""How the projector shares its process with requests.

Python runs one thread at a time, and one that only computes keeps its turn for five milliseconds. A batch
of thousands of facts computes for half a second, in which a request, that changes threads several times,
waits out such turns again and again. So under load a batch rests between short pieces of work, for as long
in all as the projector would otherwise have waited after it, for more facts to gather.
"""

import time
from collections.abc import Callable
from typing import Final

WORK: Final = 0.001
REST: Final = 0.002
"""Seconds of work at most between two rests, and of each rest."""


class Pace:
    """Called every few rows of a batch. `hurried` says whether somebody waits for its end."""

    def __init__(self, hurried: Callable[[], bool]) -> None:
        self._hurried = hurried
        self._resting = False
        self._left = 0.0
        self._since = 0.0

    def begin(self, seconds: float, *, resting: bool) -> None:
        """A batch begins, of which so many seconds may be rested: in it, or (not `resting`) after it."""
        self._resting, self._left, self._since = resting, seconds, time.monotonic()

    def end(self) -> float:
        """The batch has ended: what is left to rest."""
        self._resting = False
        return max(self._left, 0.0)

    def __call__(self) -> None:
        if not self._resting:
            return
        began = time.monotonic()
        if began - self._since < WORK:
            return
        if self._left <= 0 or self._hurried():
            self._resting = False
            return
        time.sleep(REST)
        self._since = time.monotonic()
        self._left -= self._since - began
