"""Look-ups of all requests that wait at the same moment, as one question to the database.

Where many processes serve, whoever changes something is looked up with each request (`remembered.py`). Under
load dozens of requests come between two turns of the loop, and a message for each costs more than all else
that is done for one.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class AskedTogether(Generic[T]):
    """`find` answers for several keys at once; what is not there is missing from its answer. It begins
    after each of those came who ask for them, so that nobody is answered by what was there before."""

    def __init__(self, find: Callable[[Sequence[bytes]], Mapping[bytes, T]]) -> None:
        self._find = find
        self._waiting: dict[asyncio.AbstractEventLoop, list[tuple[bytes, asyncio.Future[T | None]]]] = {}

    async def get(self, key: bytes) -> T | None:
        """Raises what `find` does."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting.get(loop)
        if waiting is None:
            waiting = self._waiting[loop] = []
            loop.call_soon(self._ask, loop)
        answer: asyncio.Future[T | None] = loop.create_future()
        waiting.append((key, answer))
        return await answer

    def _ask(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting = self._waiting.pop(loop)  # who comes from now on is in the next question
        try:
            found = self._find(list({key for key, _ in waiting}))
        except Exception as error:
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
            return
        for key, answer in waiting:
            if not answer.done():  # its request was given up
                answer.set_result(found.get(key))
