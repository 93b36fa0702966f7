"""What the storage allows at all: the rows of an answer inserted by the bare driver.

No boundary is read, nothing is decided or decoded, nobody is told: as many rows a commit as
there are callers, with the same indexes and the same waiting for the disk.
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count as count_up
from itertools import islice
from pathlib import Path

import psycopg
from uuid_utils import uuid7

from benchmarks.ledgers import CALLERS
from benchmarks.peers import Turn
from domain import catalogue
from domain.model import Answer, By, Evidence, PersonId, Skill, TeachingId, UnitId
from domain.teaching import TeachingAnswered
from infrastructure.database import Database

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_NAME = TeachingAnswered.NAME
_FACT = "INSERT INTO fact (position, name, version, at, data, tags)"
_TAG = "INSERT INTO fact_tag"

Row = tuple[int, str, int, int, bytes, str]
TagRow = tuple[str, str, int]


@contextmanager
def sqlite_inserts() -> Iterator[Turn]:
    """`CALLERS` answers a commit, `synchronous=FULL`, the log and caches as the ledger has them."""
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as home:
        database = Database.open(None, Path(home))
        database.prepare()
        database.close()
        connection = sqlite3.connect(Path(home) / "ledger.db", isolation_level=None)
        for pragma in ("synchronous = FULL", "cache_size = -65536", "wal_autocheckpoint = 4000"):
            connection.execute(f"PRAGMA {pragma}")
        positions = count_up(1)

        def turn(count: int) -> float:
            batches = _batches(positions, count)
            began = time.perf_counter()
            for facts, tags in batches:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(f"{_FACT} VALUES (?, ?, ?, ?, ?, ?)", facts)
                connection.executemany(f"{_TAG} VALUES (?, ?, ?)", tags)
                connection.execute("COMMIT")
            return count / (time.perf_counter() - began)

        yield turn
        connection.close()


@contextmanager
def postgres_inserts(url: str) -> Iterator[Turn]:
    """The same over one connection of psycopg, in a ledger of its own that is empty."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.cursor()
        positions = count_up(1)

        def turn(count: int) -> float:
            batches = _batches(positions, count)
            began = time.perf_counter()
            for facts, tags in batches:
                with connection.transaction():
                    cursor.executemany(f"{_FACT} VALUES (%s, %s, %s, %s, %s, %s)", facts)
                    cursor.executemany(f"{_TAG} VALUES (%s, %s, %s)", tags)
            return count / (time.perf_counter() - began)

        yield turn


def _batches(positions: Iterator[int], count: int) -> list[tuple[list[Row], list[TagRow]]]:
    rows = [_row(position) for position in islice(positions, count)]
    return [
        ([fact for fact, _ in some], [tag for _, tags in some for tag in tags])
        for some in (rows[start : start + CALLERS] for start in range(0, count, CALLERS))
    ]


def _row(position: int) -> tuple[Row, list[TagRow]]:
    teaching = TeachingId(uuid7().hex)
    fact = TeachingAnswered(
        at=_NOW,
        by=By(f"code:{teaching}"),
        teaching=teaching,
        ambassador=PersonId(uuid7().hex),
        learner=PersonId(uuid7().hex),
        skills=(Skill("vneid"),),
        unit=UnitId("unit"),
        on=_NOW.date(),
        answer=Answer.ABLE,
        evidence=Evidence.OWN_DEVICE,
    )
    tags = fact.tags()
    row = (position, _NAME, 1, 0, catalogue.encode(fact), str(list(tags)))
    return row, [(tag, _NAME, position) for tag in tags]
