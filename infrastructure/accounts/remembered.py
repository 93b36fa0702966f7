"""Accounts that remember for a moment who stood behind a token.

Most requests of a busy minute come from the same few tokens. What is ended here is forgotten at
once. What another process ends is seen `KEPT` seconds later, and only by requests that read: those
that may write ask anew (`fresh`), and the writer asks once more in their transaction.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar

from application.ports import SignedIn
from application.signing_in import Limits
from domain.model import PersonId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.sessions import Arrival, Session
from infrastructure.accounts.tokens import hashed
from infrastructure.database import Database
from infrastructure.ledger.beside import Rows
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
        self._ending: set[PersonId] = set()

    def session(self, token: str, *, fresh: bool = False) -> Session | None:
        key = hashed(token)
        if fresh:
            self._sessions.forget(key)
        found = self._sessions.get(key, lambda: Accounts.session(self, token))
        if found is not None and (found.person in self._ending or found.expires <= self._clock()):
            self._sessions.forget(key)
            return super().session(token)
        return found

    def forget(self, token: str) -> None:
        """Whatever a token opened, it is asked for anew."""
        self._sessions.forget(hashed(token))

    async def sign_out(self, token: str) -> None:
        await super().sign_out(token)
        self._sessions.forget(hashed(token))

    async def end_device(self, person: PersonId, ref: str) -> bool:
        ended = await super().end_device(person, ref)
        self._sessions.forget_all()
        return ended

    async def end_devices(self, person: PersonId, *, but: str | None = None) -> int:
        ended = await super().end_devices(person, but=but)
        self._sessions.forget_all()
        return ended

    async def rotate(self, token: str, found: Session, *, power: str, limits: Limits) -> str | None:
        fresh = await super().rotate(token, found, power=power, limits=limits)
        self._sessions.forget(hashed(token))
        return fresh

    async def waive(self, token: str) -> str | None:
        fresh = await super().waive(token)
        self._sessions.forget(hashed(token))
        return fresh

    async def recover(self, person: PersonId, also: Iterable[PersonId] = ()) -> str:
        link = await super().recover(person, also)
        self._sessions.forget_all()
        return link

    def ending(self, people: Sequence[PersonId]) -> Rows:
        if len(self._ending) >= MOST:
            self._ending.clear()
        self._ending.update(people)  # from now on asked anew: the decision may commit at any moment
        return super().ending(people)

    def bearer(self, token: str) -> PersonId | None:
        return self._bearers.get(hashed(token), lambda: Accounts.bearer(self, token))

    async def take_back_bearers(self, person: PersonId) -> int:
        ended = await super().take_back_bearers(person)
        self._bearers.forget_all()
        return ended

    async def accept(
        self, token: str, *, replacing: str | None = None, arrival: Arrival | None = None
    ) -> SignedIn | None:
        signed_in = await super().accept(token, replacing=replacing, arrival=arrival)
        if replacing is not None:
            self._sessions.forget(hashed(replacing))
        return signed_in
