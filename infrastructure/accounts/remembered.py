"""Accounts that remember for a moment who stood behind a token.

Most requests of a busy minute come from the same few tokens. What is signed out or taken back
here is forgotten at once; what another process ends, or what ends beside a decision (an
erasure, a closed account), is seen `KEPT` seconds later.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, Generic, TypeVar

from application.ports import SignedIn
from domain.model import PersonId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.sessions import Session
from infrastructure.accounts.tokens import hashed
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer, utc_now

KEPT: Final = 2.0
"""Seconds."""

MOST: Final = 50_000
"""How many are remembered at most; then all are forgotten."""

T = TypeVar("T")


class Remembered(Generic[T]):
    """What was found under a key, for `KEPT` seconds. What was not found is looked for again."""

    def __init__(self) -> None:
        self._found: dict[object, tuple[float, T]] = {}

    def get(self, key: object, find: Callable[[], T | None]) -> T | None:
        now = time.monotonic()
        kept = self._found.get(key)
        if kept is not None and now - kept[0] < KEPT:
            return kept[1]
        found = find()
        if found is None:
            self._found.pop(key, None)
            return None
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[key] = (now, found)
        return found

    def forget(self, key: object) -> None:
        self._found.pop(key, None)

    def forget_all(self) -> None:
        self._found.clear()


class RememberedAccounts(Accounts):
    """Keys are hashes, so that no memory dump gives a token away."""

    def __init__(
        self, database: Database, writer: Writer, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(database, writer, clock=clock)
        self._sessions: Remembered[Session] = Remembered()
        self._bearers: Remembered[PersonId] = Remembered()

    def session(self, token: str) -> Session | None:
        return self._sessions.get(hashed(token), lambda: Accounts.session(self, token))

    def bearer(self, token: str) -> PersonId | None:
        return self._bearers.get(hashed(token), lambda: Accounts.bearer(self, token))

    async def sign_out(self, token: str) -> None:
        await super().sign_out(token)
        self._sessions.forget(hashed(token))

    async def take_back_bearers(self, person: PersonId) -> int:
        ended = await super().take_back_bearers(person)
        self._bearers.forget_all()
        return ended

    async def accept(self, token: str, *, replacing: str | None = None) -> SignedIn | None:
        signed_in = await super().accept(token, replacing=replacing)
        if replacing is not None:
            self._sessions.forget(hashed(replacing))
        return signed_in
