"""How often something was tried of late: counted in the database, for all processes together.

Litestar's limiter reads a count and writes it back: of 80 parallel requests at a limit of 10 it
let 23 through (2.25.0). Here one statement adds to every count that a try belongs to and returns
what it came to, inside the writer's transaction; whoever got a number above the limit is refused.

What is counted (an address, an account, a code) is stored as a keyed hash, until its window ends.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    case,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from infrastructure.database import Dialect, kept
from infrastructure.ledger.batch import micros
from infrastructure.ledger.writer import Writer, utc_now

tried: Final = Table(
    "tried",
    kept,
    Column("key", LargeBinary, primary_key=True, comment="keyed hash of what was tried, and by whom"),
    Column("tries", Integer, nullable=False),
    Column("since", BigInteger, nullable=False, comment="microseconds since 1970: the window's first try"),
    Column("until", BigInteger, nullable=False),
    Index("tried_until", "until"),
    sqlite_with_rowid=False,
)

CLEARED: Final = 500
"""Windows that have ended are cleared away so many at a time, whenever tries are counted."""

REMEMBERED: Final = 50_000
"""Of so many keys it is remembered that they are used up: refusing those costs no statement."""

_SECOND: Final = 1_000_000


class Limit(msgspec.Struct, frozen=True):
    """At most so many tries in a window of so many seconds, which begins with the first try."""

    most: int
    seconds: int


class Count(msgspec.Struct, frozen=True):
    """One count that a try belongs to: `what` is tried `by` whom (an account, an address, a code)."""

    what: str
    by: str
    limit: Limit


class Tries:
    """Counts tries. `digest` is a keyed hash of a request's parts (`Vault.content_digest`)."""

    def __init__(
        self,
        writer: Writer,
        dialect: Dialect,
        digest: Callable[[object], bytes],
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._writer = writer
        self._digest = digest
        self._clock = clock
        self._counting = _counting(dialect)
        self._spent: dict[bytes, int] = {}
        self._here: dict[tuple[str, str], tuple[int, int]] = {}
        self._open: _Round | None = None
        self._lock = threading.Lock()

    async def take(self, counts: Sequence[Count]) -> int:
        """Takes one try of every count. 0 where all of them allow it; otherwise the seconds after
        which they may again. Raises `Unavailable`, `OutcomeUnknown`."""
        keys = [(self._digest(("tried", count.what, count.by)), count.limit) for count in counts]
        if wait := self._refused_before(keys):
            return wait
        counted, number = self._join(keys)
        # Another try shares the future: one that gives up waiting must not cancel it for all.
        outcomes = await asyncio.shield(asyncio.wrap_future(counted))
        return outcomes[number]

    def take_here(self, count: Count) -> int:
        """As `take`, but counted in this process alone and without the database: for a limit so far
        from what anybody needs that it matters little which process counts."""
        now = micros(self._clock())
        until, tries = self._here.get((count.what, count.by), (0, 0))
        if until <= now:
            if len(self._here) >= REMEMBERED:
                self._here.clear()
            until, tries = now + count.limit.seconds * _SECOND, 0
        self._here[count.what, count.by] = (until, tries + 1)
        return _seconds(until - now) if tries >= count.limit.most else 0

    def _refused_before(self, keys: Sequence["_Key"]) -> int:
        now = micros(self._clock())
        return max((_seconds(self._spent.get(key, 0) - now) for key, _ in keys), default=0)

    def _join(self, keys: list["_Key"]) -> "tuple[Future[list[int]], int]":
        """Puts a try into the round that the writer has not begun yet: all of it is one statement."""
        with self._lock:
            waiting = self._open
            if waiting is None:
                waiting = _Round()
                waiting.counted = self._writer.write(partial(self._count, waiting))
                self._open = waiting
            waiting.tries.append(keys)
            return waiting.counted, len(waiting.tries) - 1

    def _count(self, waiting: "_Round", connection: Connection) -> list[int]:
        """On the writer's thread, and again where the batch was rolled back."""
        with self._lock:
            if self._open is waiting:
                self._open = None  # complete: who comes now begins another
        now = micros(self._clock())
        connection.execute(_CLEAR, {"now": now})
        taken: dict[bytes, int] = {}
        lengths: dict[bytes, int] = {}
        for key, limit in (key for keys in waiting.tries for key in keys):
            taken[key] = taken.get(key, 0) + 1
            lengths[key] = limit.seconds
        rows = [
            {"key": key, "tries": taken[key], "since": now, "until": now + lengths[key] * _SECOND}
            for key in sorted(taken)
        ]
        found = {row.key: (row.tries, row.until) for row in connection.execute(self._counting, rows)}
        before = {key: found[key][0] - taken[key] for key in taken}
        return [self._weigh(keys, before, found, now) for keys in waiting.tries]

    def _weigh(
        self, keys: list["_Key"], before: dict[bytes, int], found: dict[bytes, tuple[int, int]], now: int
    ) -> int:
        """The seconds one try of the round has to wait; those before it have their place already."""
        wait = 0
        for key, limit in keys:
            before[key] += 1
            if before[key] > limit.most:
                until = found[key][1]
                wait = max(wait, _seconds(until - now))
                self._remember(key, until)
        return wait

    def _remember(self, key: bytes, until: int) -> None:
        """Until the window ends, the count of a key that is used up can only grow."""
        if len(self._spent) >= REMEMBERED:
            self._spent.clear()
        self._spent[key] = until


_Key = tuple[bytes, Limit]


class _Round:
    """Tries that are counted together. `counted` holds the seconds each has to wait."""

    counted: "Future[list[int]]"

    def __init__(self) -> None:
        self.tries: list[list[_Key]] = []


def _seconds(micros_left: int) -> int:
    """Whole seconds, rounded up; 0 for what lies behind."""
    return max(0, -(-micros_left // _SECOND))


def _counting(dialect: Dialect) -> Any:
    """Adds to the counts of all keys, beginning those anew whose window has ended, and returns them."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(tried)
    ended = tried.c.until <= insert.excluded.since
    return insert.on_conflict_do_update(
        index_elements=[tried.c.key],
        set_={
            "tries": case((ended, insert.excluded.tries), else_=tried.c.tries + insert.excluded.tries),
            "since": case((ended, insert.excluded.since), else_=tried.c.since),
            "until": case((ended, insert.excluded.until), else_=tried.c.until),
        },
    ).returning(tried.c.key, tried.c.tries, tried.c.until)


_CLEAR: Final = delete(tried).where(
    tried.c.key.in_(
        select(tried.c.key).where(tried.c.until <= bindparam("now")).order_by(tried.c.until).limit(CLEARED)
    )
)
