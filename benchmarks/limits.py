"""What the storage allows at all: the rows of an answer inserted by the bare driver.

No boundary is read, nothing is decided or decoded, nobody is told: as many rows a commit as
there are callers, with the same indexes and the same waiting for the disk.
"""

import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from uuid_utils import uuid7

from benchmarks.ledgers import CALLERS
from domain import catalogue
from domain.model import Answer, By, Evidence, PersonId, Skill, TeachingId, UnitId
from domain.teaching import TeachingAnswered
from infrastructure.database import Database

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_NAME = TeachingAnswered.NAME

Row = tuple[int, str, int, int, bytes, str]
TagRow = tuple[str, str, int]


def sqlite_inserts(count: int) -> float:
    """Answers a second, `CALLERS` a commit, `synchronous=FULL`."""
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as home:
        database = Database.open(None, Path(home))
        database.prepare()
        database.close()
        connection = sqlite3.connect(Path(home) / "ledger.db", isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        began = time.perf_counter()
        for facts, tags in _batches(count):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO fact (position, name, version, at, data, tags) VALUES (?, ?, ?, ?, ?, ?)", facts
            )
            connection.executemany("INSERT INTO fact_tag VALUES (?, ?, ?)", tags)
            connection.execute("COMMIT")
        took = time.perf_counter() - began
        connection.close()
    return count / took


def postgres_inserts(url: str, count: int) -> float:
    """The same over one connection of psycopg; the tables are there."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.cursor()
        batches = list(_batches(count))
        began = time.perf_counter()
        for facts, tags in batches:
            with connection.transaction():
                cursor.executemany(
                    "INSERT INTO fact (position, name, version, at, data, tags)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    facts,
                )
                cursor.executemany("INSERT INTO fact_tag VALUES (%s, %s, %s)", tags)
        took = time.perf_counter() - began
        cursor.execute("TRUNCATE fact, fact_tag")
    return count / took


def _batches(count: int) -> list[tuple[list[Row], list[TagRow]]]:
    rows = [_row(position) for position in range(1, count + 1)]
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
