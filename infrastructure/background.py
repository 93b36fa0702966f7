"""Work that takes longer than a request may: done by threads of this process, while askers look in.

It lives in memory alone. A process that ends takes its unfinished work along, and nothing half of
it stays behind; asked again, it begins again. Files with personal data are never put on a disk
for it, so an erasure has none to search for there.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

Report = Callable[[int, int], None]
"""Told how much is done, of how much in all; raises `Stopping` where nobody waits any more."""

THREADS: Final = 2
"""A small piece of work need not wait for one large one; more would take the time of the pages."""

KEPT: Final = 4
"""Finished pieces kept for whoever asked and has not come back; the oldest go first."""

KEPT_SECONDS: Final = 600.0

WAITING: Final = 6
"""Pieces for strangers that are under way or wait for their turn; whoever comes then is turned away."""


def unheard(_done: int, _total: int) -> None:
    """The report of whoever waits without asking how far it is."""


class Stopping(Exception):
    """The process ends; the work is given up."""


class Crowded(Exception):
    """So much is being made that whoever asks for more comes again later."""


class Job(Generic[T]):
    """One piece of work under way, or done."""

    def __init__(self, stopping: threading.Event) -> None:
        self.outcome: Future[T] = Future()
        self.finished_at: float | None = None
        self._stopping = stopping
        self._done, self._total = 0, 0

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return min(self._done / self._total, 1.0) if self._total else 0.0

    def report(self, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise Stopping
        self._done, self._total = done, total


class Background:
    """Pieces of work by their keys: whoever asks for one that is under way shares it. With `most`, no
    more of them than that wait or are under way."""

    def __init__(self, threads: int = THREADS, most: int | None = None) -> None:
        self._most = most
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="lantoa-background")
        self._jobs: dict[Hashable, Job[Any]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def ask(self, key: Hashable, work: Callable[[Report], T]) -> Job[T]:
        """The work under this key, begun now unless it is under way or done a moment ago. It runs
        in the context (language, who is asking) of whoever began it. Raises `Crowded`."""
        with self._lock:
            self._forget_old()
            job = self._jobs.get(key)
            if job is None:
                if self._most is not None and self._unfinished() >= self._most:
                    raise Crowded
                job = self._jobs[key] = Job(self._stopping)
                self._pool.submit(copy_context().run, self._do, job, work)
            return job

    def _unfinished(self) -> int:
        return sum(job.finished_at is None for job in self._jobs.values())

    def forget(self, key: Hashable) -> None:
        """Whoever asks from now on has it made anew."""
        with self._lock:
            self._jobs.pop(key, None)

    def _do(self, job: Job[T], work: Callable[[Report], T]) -> None:
        try:
            outcome = work(job.report)
        except BaseException as error:  # whoever asks is told
            job.finished_at = time.monotonic()
            job.outcome.set_exception(error)
        else:
            job.finished_at = time.monotonic()
            job.outcome.set_result(outcome)

    def _forget_old(self) -> None:
        """Finished work that is old, or of which there is too much."""
        now = time.monotonic()
        finished = [(job.finished_at, key) for key, job in self._jobs.items() if job.finished_at is not None]
        finished.sort(key=lambda one: one[0], reverse=True)
        for number, (at, key) in enumerate(finished):
            if number >= KEPT or now - at > KEPT_SECONDS:
                del self._jobs[key]

    def close(self) -> None:
        """Gives up what is under way; waits for it to notice."""
        self._stopping.set()
        self._pool.shutdown(cancel_futures=True)
