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
_FOR_A_TURN: Final = 600
_FOR_ANOTHER: Final = 200
"""Attempts, so many seconds apart, until there is a turn in this process, and until another one is done."""


class Turns:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._busy: set[bytes] = set()

    @asynccontextmanager
    async def of(self, thing: bytes) -> AsyncIterator[None]:
        """Raises `Unavailable` where others are at it for too long."""
        for _ in range(_FOR_A_TURN):
            if self._begin(thing):
                break
            await asyncio.sleep(_PAUSE)
        else:
            raise Unavailable("others are being taken in")
        try:
            with ExitStack() as stack:
                await self._alone(stack, int.from_bytes(thing[:6]))
                yield
        finally:
            with self._lock:
                self._busy.discard(thing)

    def _begin(self, thing: bytes) -> bool:
        with self._lock:
            if thing in self._busy or len(self._busy) >= AT_ONCE:
                return False
            self._busy.add(thing)
            return True

    async def _alone(self, stack: ExitStack, number: int) -> None:
        for _ in range(_FOR_ANOTHER):
            if await asyncio.to_thread(stack.enter_context, alone(self._database, number)):
                return
            await asyncio.to_thread(stack.close)
            await asyncio.sleep(_PAUSE)
        raise Unavailable("another version of it is being taken in")
