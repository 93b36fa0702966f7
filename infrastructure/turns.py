"""Turns: of all processes that serve a ledger one is at a thing at a time, and each only at a few things."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Final

from application.ports import Unavailable
from infrastructure.alone import alone
from infrastructure.database import Database

AT_ONCE: Final = 4
"""Things that one process is at: on PostgreSQL each holds a connection that no pool bounds."""

_PAUSE: Final = 0.05
_ATTEMPTS: Final = 600
"""So many seconds apart, until it is one's turn."""


class Turns:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._room = threading.BoundedSemaphore(AT_ONCE)

    @asynccontextmanager
    async def of(self, thing: bytes) -> AsyncIterator[None]:
        """Raises `Unavailable` where others are at it for too long."""
        for _ in range(_ATTEMPTS):
            with ExitStack() as stack:
                if self._room_for(stack) and await self._alone(stack, int.from_bytes(thing[:6])):
                    yield
                    return
            await asyncio.sleep(_PAUSE)
        raise Unavailable("others are being taken in")

    def _room_for(self, stack: ExitStack) -> bool:
        room = self._room.acquire(blocking=False)
        if room:
            stack.callback(self._room.release)
        return room

    async def _alone(self, stack: ExitStack, number: int) -> bool:
        return await asyncio.to_thread(stack.enter_context, alone(self._database, number))
