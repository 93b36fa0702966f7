"""The one path into the ledger: a thread that commits waiting decisions together.

Callers wait for a receipt; meanwhile the thread takes all that wait, up to `TOGETHER`, into
one transaction. One durable commit then serves them all, which is what makes the ledger fast.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from application.ports import Beside, Ledger, OutcomeUnknown, Receipt, Recorded, Submission, Unavailable
from domain import catalogue
from domain.model import Boundary, Decision, LedgerFounded, Position, Stale
from infrastructure.database import Database
from infrastructure.ledger import boundary, trouble
from infrastructure.ledger.batch import Batch, moment
from infrastructure.ledger.changes import Changes
from infrastructure.ledger.known import Known
from infrastructure.ledger.tables import fact, receipt
from infrastructure.ledger.works import Changing, Deciding, Founding, Scrubbing, Spoiled, Work

T = TypeVar("T")

TOGETHER: Final = 256
"""How many decisions share one commit at most."""

_SCRUB_PATIENCE: Final = 250
"""Milliseconds that emptying the log waits for readers."""

_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Writer(Ledger):
    """Weighs and records decisions. Any number of threads and coroutines may call at once."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self.changes = Changes(database)
        self._connection: Connection | None = None
        self._known = Known()
        self._listeners: list[Callable[[Position], None]] = []
        self._waiting: deque[_Job] = deque()
        self._called = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="ledger-writer", daemon=True)
        self._thread.start()

    async def decide(
        self, decision: Decision, *, submission: Submission | None = None, beside: Beside | None = None
    ) -> Receipt:
        receipt = await self._ask(Deciding(decision, submission, beside))
        return cast("Receipt", receipt)

    def decide_soon(
        self, decision: Decision, *, submission: Submission | None = None, beside: Beside | None = None
    ) -> Future[Receipt]:
        """`decide` for threads: the receipt, or what `decide` raises, arrives in the future."""
        return self.do(Deciding(decision, submission, beside))

    def write(self, change: Callable[[Connection], T]) -> "Future[T]":
        """Runs `change` inside the writer's transaction: for rows that no fact stands behind.

        It sees what the decisions before it wrote, and may run again after a rollback. What
        it raises undoes it alone, and arrives in the future.
        """
        return self.do(Changing(change))

    async def writing(self, change: Callable[[Connection], T]) -> T:
        """`write`, awaited."""
        return cast("T", await self._ask(Changing(change)))

    def history(self, boundary_: Boundary, *, after: Position | None = None) -> list[Recorded]:
        items = boundary.items_of(boundary_)
        if not items:
            return []
        with self._database.reading() as connection:
            if after is None:  # compiled once, and so twice as fast
                found = boundary.read(connection, items).values()
                rows: Sequence[Any] = boundary.in_order(row for some in found for row in some)
            else:
                rows = connection.execute(boundary.matching(connection, items, after=after)).all()
        return [Recorded(Position(row[0]), catalogue.decode(*row[1:])) for row in rows]

    def head(self) -> Position:
        with self._database.reading() as connection:
            return Position(connection.execute(select(func.max(fact.c.position))).scalar() or 0)

    def recorded_at(self, positions: Collection[Position]) -> dict[Position, datetime]:
        """When the facts at these positions were recorded."""
        query = select(fact.c.position, fact.c.at).where(fact.c.position.in_(positions))
        with self._database.reading() as connection:
            return {Position(position): moment(at) for position, at in connection.execute(query)}

    def recorded_by(self, authors: Sequence[str]) -> dict[str, int]:
        query = (
            select(fact.c.name, func.count())
            .select_from(receipt)
            .join(fact, fact.c.position.between(receipt.c.first, receipt.c.last))
            .where(receipt.c.author.in_(authors))
            .group_by(fact.c.name)
        )
        with self._database.reading() as connection:
            return {str(name): int(count) for name, count in connection.execute(query)}

    def founded(self, origin: str, *, simulated: bool = False) -> LedgerFounded:
        """Makes `LedgerFounded` the first fact of an empty ledger. Returns the one that stands."""
        return cast("LedgerFounded", self.do(Founding(origin, simulated)).result())

    def scrub(self) -> Future[None]:
        """Empties SQLite's log once what was handed in before is committed: rows that were deleted
        (overwritten with zeros, see `secure_delete`) then leave no bytes in the home. A reader that
        still needs the log puts it off to the next time."""
        return self.do(Scrubbing())

    async def scrubbed(self) -> None:
        """`scrub`, awaited."""
        await self._ask(Scrubbing())

    def on_commit(self, listener: Callable[[Position], None]) -> Callable[[], None]:
        """Calls `listener` with the head after each commit of facts, on the writer's thread.

        Returns what ends it.
        """
        self._listeners = [*self._listeners, listener]

        def end() -> None:
            self._listeners = [other for other in self._listeners if other is not listener]

        return end

    def close(self) -> None:
        """Finishes what waits, and takes no more (`Unavailable`)."""
        with self._called:
            self._closing = True
            self._called.notify()
        self._thread.join()
        self.changes.close()
        self._drop_connection()

    def do(self, work: Work) -> "Future[Any]":
        """Any work of a batch of its own kind (see `Work`)."""
        future: Future[Any] = Future()
        self._put(_Job(work, None, future))
        return future

    async def _ask(self, work: Work) -> object:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._put(_Job(work, loop, future))
        return await future

    def _put(self, job: "_Job") -> None:
        with self._called:
            if self._closing:
                raise Unavailable("shutting down")
            self._waiting.append(job)
            if len(self._waiting) == 1:
                self._called.notify()

    def _serve(self) -> None:
        while jobs := self._take():
            try:
                outcomes = self._attempt([job.work for job in jobs])
            except Exception as error:
                _log.exception("a batch failed in an unforeseen way")
                self._drop_connection()
                outcomes = [error] * len(jobs)
            self.changes.settle()
            _deliver(jobs, outcomes)

    def _take(self) -> list["_Job"]:
        """Waits for work; an empty list means that it is time to end."""
        with self._called:
            while not self._waiting and not self._closing:
                self._called.wait()
            jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
        return [job for job in jobs if job.begins()] or (self._take() if jobs else [])

    def _attempt(self, works: list[Work]) -> list[Any]:
        """One transaction for all; where one of them spoils it, one for each."""
        try:
            connection, batch = self._begin()
        except DBAPIError as error:
            return [Unavailable(trouble.reason(error)) for _ in works]
        try:
            outcomes = _run_all(batch, works)
        except Exception as error:
            self._roll_back(connection)
            if trouble.of_the_database(error):
                self._drop_connection()
                return [Unavailable(trouble.reason(error)) for _ in works]
            if isinstance(error, IntegrityError) and len(works) == 1:
                _log.info("rows beside a decision no longer fit: it is weighed again")
                return [Stale("rows beside")]
            if len(works) == 1:
                return [error]
            return [outcome for work in works for outcome in self._attempt([work])]
        return self._commit(connection, batch, outcomes)

    def _begin(self) -> tuple[Connection, Batch]:
        """A transaction that holds the ledger's lock; a connection lost while idle is replaced."""
        for last in (False, True):
            try:
                if self._connection is None:
                    self._connection = self._database.writing_engine.connect()
                self._connection.begin()
                return self._connection, Batch(self._connection, self._clock, self._known)
            except DBAPIError:
                self._drop_connection()
                if last:
                    raise
        raise AssertionError("unreachable")

    def _commit(self, connection: Connection, batch: Batch, outcomes: list[Any]) -> list[Any]:
        warnings = trouble.Warnings(connection)
        try:
            connection.commit()
        except DBAPIError as error:
            self._drop_connection()
            if trouble.surely_rolled_back(error):
                return [Unavailable(trouble.reason(error)) for _ in outcomes]
            return [OutcomeUnknown(trouble.reason(error)) for _ in outcomes]
        finally:
            warnings.stop()
        if warnings.heard:
            return [OutcomeUnknown(warnings.heard[0]) for _ in outcomes]
        batch.committed()
        if batch.recorded:
            self._announce(Position(batch.head))
        if batch.scrubbing:
            self._empty_log(connection)
        return outcomes

    def _empty_log(self, connection: Connection) -> None:
        """The facts are committed already, so nothing here may spoil their receipts or keep the
        next decisions waiting: a reader in the way puts it off to the next time."""
        if self._database.dialect != "sqlite":
            return
        driver: Any = connection.connection.driver_connection
        try:
            (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
            driver.execute(f"PRAGMA busy_timeout = {_SCRUB_PATIENCE}")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            driver.execute(f"PRAGMA busy_timeout = {patience}")
        except sqlite3.Error:
            _log.exception("the log could not be emptied")

    def _announce(self, head: Position) -> None:
        for listener in self._listeners:
            try:
                listener(head)
            except Exception:
                _log.exception("a listener of the ledger failed")

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.rollback()
        except DBAPIError:
            self._drop_connection()

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        self._known = Known()  # behind the next one may stand a server that lost the last facts of this one
        if connection is not None:
            connection.invalidate()
            connection.close()


def _run_all(batch: Batch, works: list[Work]) -> list[Any]:
    """What each work returned or raised, in turn. Raises where the whole batch is spoiled."""
    batch.look_up(
        (item for work in works for item in work.items),
        (work.submission for work in works if work.submission),
        (work.beside for work in works if work.beside),
    )
    outcomes: list[Any] = []
    for work in works:
        try:
            outcomes.append(work.run(batch))
        except Spoiled:
            raise
        except Exception as error:
            if trouble.of_the_database(error):
                raise
            outcomes.append(error)
    batch.flush()
    return outcomes


class _Job:
    """Work, and where its caller waits: in a loop, or (without one) in a thread."""

    __slots__ = ("future", "loop", "work")

    def __init__(self, work: Work, loop: asyncio.AbstractEventLoop | None, future: Any) -> None:
        self.work = work
        self.loop = loop
        self.future = future

    def begins(self) -> bool:
        """False where a thread gave up before its turn came."""
        return self.loop is not None or self.future.set_running_or_notify_cancel()


def _deliver(jobs: list[_Job], outcomes: list[Any]) -> None:
    """Wakes every loop once for all its callers: waking costs more than telling."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.loop is None:
            _tell(job.future, outcome)
        else:
            by_loop.setdefault(job.loop, []).append((job.future, outcome))
    for loop, told in by_loop.items():
        try:
            loop.call_soon_threadsafe(_tell_all, told)
        except RuntimeError:
            _log.info("a loop closed before its callers heard of %d outcomes", len(told))


def _tell_all(told: list[tuple[Any, Any]]) -> None:
    for future, outcome in told:
        if not future.done():
            _tell(future, outcome)


def _tell(future: Any, outcome: Any) -> None:
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
