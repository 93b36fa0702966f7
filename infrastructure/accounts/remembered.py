"""Accounts that remember who stands behind a token, until something about sessions or tokens changes.

Most requests of a busy minute come from the same few tokens. What is ended, here or by another
process, is forgotten before whoever ended it is told so (`infrastructure/ledger/changes.py`).
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, Generic, TypeVar

from domain.model import PersonId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.sessions import Session
from infrastructure.accounts.tokens import hashed
from infrastructure.database import Database
from infrastructure.ledger.changes import Changes
from infrastructure.ledger.writer import Writer, utc_now

KEPT: Final = 2.0
"""Seconds for which `Lately` knows something."""

LONGEST: Final = 60.0
"""Seconds after which it is asked anew whatever was heard: rows may be changed by somebody's own hand."""

MOST: Final = 50_000
"""How many are remembered at most; then all are forgotten."""

T = TypeVar("T")


class Remembered(Generic[T]):
    """What was found under a key, as long as nothing changed. What was not found is looked for again."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._found: dict[object, tuple[int, float, T]] = {}

    def get(self, key: object, find: Callable[[], T | None]) -> T | None:
        mark, now = self._changes.mark(), time.monotonic()
        kept = self._found.get(key)
        if kept is not None and kept[0] == mark and now < kept[1]:
            return kept[2]
        found = find()
        if found is None or mark is None:
            self._found.pop(key, None)
            return found
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[key] = (mark, now + LONGEST, found)
        return found

    def forget(self, key: object) -> None:
        self._found.pop(key, None)

    def forget_all(self) -> None:
        self._found.clear()


class Lately(Generic[T]):
    """One thing as it was `KEPT` seconds ago at most, where it matters little if it has changed since."""

    def __init__(self, find: Callable[[], T]) -> None:
        self._find = find
        self._found: tuple[float, T] | None = None

    def get(self) -> T:
        now = time.monotonic()
        if self._found is None or now - self._found[0] >= KEPT:
            self._found = (now, self._find())
        return self._found[1]


class RememberedAccounts(Accounts):
    """Keys are hashes, so that no memory dump gives a token away."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        *,
        key: bytes = b"",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(database, writer, key=key, clock=clock)
        self._alone = writer.changes.alone
        self._sessions: Remembered[Session] = Remembered(writer.changes)
        self._bearers: Remembered[PersonId] = Remembered(writer.changes)

    def session(self, token: str, *, fresh: bool = False) -> Session | None:
        key = hashed(token)
        if fresh and not self._alone:  # another process's notice may be on its way still
            self._sessions.forget(key)
        found = self._sessions.get(key, lambda: Accounts.session(self, token, fresh=True))
        if found is None:
            return None if fresh else self.session_after(token)
        now = self._clock()
        if found.expires <= now or now - found.seen >= found.touched_every:
            self._sessions.forget(key)
            return super().session(token, fresh=True)
        return found

    async def session_now(self, token: str) -> Session | None:
        if self._alone:
            return self.session(token, fresh=True)
        found = await super().session_now(token)
        if found is None:
            self._sessions.forget(hashed(token))
        return found

    def forget(self, token: str) -> None:
        self._sessions.forget(hashed(token))

    def bearer(self, token: str) -> PersonId | None:
        return self._bearers.get(hashed(token), lambda: Accounts.bearer(self, token))

    async def bearer_now(self, token: str) -> PersonId | None:
        if self._alone:
            return self.bearer(token)
        found = await super().bearer_now(token)
        if found is None:
            self._bearers.forget(hashed(token))
        return found
