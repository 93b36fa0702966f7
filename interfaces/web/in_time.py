"""A time limit that costs next to nothing: one timer looks after all that is under way.

asyncio's own makes a timer for each, which takes as long as reading and checking a lesson.
"""

import asyncio
import math
from collections.abc import Awaitable
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

LOOK: Final = 0.25
"""Seconds between two looks at what is under way."""

_GIVEN_UP: Final = math.inf


class InTime:
    """Waits for something at most so many seconds, and up to `LOOK` more: `await in_time(work)`, which
    raises `TimeoutError`. Once at a time in each task."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: dict[asyncio.AbstractEventLoop, dict[asyncio.Task[Any], float]] = {}

    async def __call__(self, work: Awaitable[T]) -> T:
        loop, task = asyncio.get_running_loop(), cast("asyncio.Task[Any]", asyncio.current_task())
        until = self._until.get(loop)
        if until is None:
            for closed in [one for one in list(self._until) if one.is_closed()]:
                self._until.pop(closed, None)
            until = self._until[loop] = {}
            loop.call_later(LOOK, self._look, loop, until)
        until[task] = loop.time() + self._seconds
        try:
            return await work
        except asyncio.CancelledError:
            if until[task] is _GIVEN_UP and task.uncancel() == 0:
                raise TimeoutError from None
            raise  # somebody else gave up, too, and wants all of it to end
        finally:
            del until[task]

    def _look(self, loop: asyncio.AbstractEventLoop, until: dict[asyncio.Task[Any], float]) -> None:
        if not until:
            del self._until[loop]
            return
        now = loop.time()
        for task in [task for task, end in until.items() if end <= now]:
            until[task] = _GIVEN_UP
            task.cancel()
        loop.call_later(LOOK, self._look, loop, until)
