"""What others take for the same: an answer to a teaching, durable when its caller goes on.

Each peer is set up once and then takes its turn as often as asked, so that all meet the same
weather. All get the easier task where there is a choice: their teachings are in memory or need
no decoding, and their events are as long as ours.
"""

import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import umadb
from eventsourcing.application import Application
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.postgres_tt import PostgresTTDCBFactory
from eventsourcing.domain import Aggregate, event
from eventsourcing.utils import Environment
from sqlalchemy import make_url
from uuid_utils import uuid7

from benchmarks.ledgers import CALLERS, rate_of_threads

Turn = Callable[[int], float]
"""So many answers more; returns how many a second."""

DATA = b"x" * 330  # as long as one of our answers
KINDS = ("teaching-logged", "teaching-answered", "teaching-voided")


class Teaching(Aggregate):
    """One teaching as an aggregate of the library."""

    @event("Logged")
    def __init__(self, ambassador: str, learner: str, data: str) -> None:
        self.ambassador = ambassador
        self.learner = learner
        self.answer = ""

    @event("Answered")
    def say(self, answer: str, data: str) -> None:
        self.answer = answer


@contextmanager
def stock_saves(callers: int = CALLERS) -> Iterator[Turn]:
    """`Application.save` on the library's SQLite recorder: one new event on a loaded aggregate."""
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as folder:
        app: Application[Any] = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/es.db"}
        )

        def turn(count: int) -> float:
            teachings = [Teaching(uuid7().hex, uuid7().hex, "x" * 200) for _ in range(count)]
            app.save(*teachings)
            for one in teachings:
                one.say("able", "x" * 200)
            return rate_of_threads([partial(app.save, one) for one in teachings], callers)

        yield turn
        app.close()


def tags(teaching: str) -> list[str]:
    learner = uuid7().hex
    return [
        f"teaching:{teaching}",
        f"ambassador:{uuid7().hex}",
        f"learner:{learner}",
        f"learned:{learner}:vneid",
    ]


@contextmanager
def umadb_answers(filled: int) -> Iterator[Turn]:
    """UmaDB: the teaching's facts read, then the answer appended if no other came meanwhile."""
    with umadb_server() as url:
        client = umadb.Client(url)
        teachings = [uuid7().hex for _ in range(filled)]
        for start in range(0, filled, 500):
            client.append([umadb.Event(KINDS[0], DATA, tags(one)) for one in teachings[start : start + 500]])
        unanswered = iter(teachings)
        own = threading.local()

        def answered(teaching: str) -> object:
            if not hasattr(own, "client"):
                own.client = umadb.Client(url)
            query = umadb.Query([umadb.QueryItem(types=list(KINDS), tags=[f"teaching:{teaching}"])])
            read = list(own.client.read(query=query))
            condition = umadb.AppendCondition(query, after=read[-1].position)
            return own.client.append([umadb.Event(KINDS[1], DATA, tags(teaching))], condition)

        yield lambda count: rate_of_threads([partial(answered, one) for one in islice(unanswered, count)])


@contextmanager
def umadb_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as folder:
        port = free_port()
        program = Path(sys.executable).with_name("umadb")
        server = subprocess.Popen(
            [program, "--listen", f"127.0.0.1:{port}", "--db-path", f"{folder}/uma.db"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


@contextmanager
def library_postgres_answers(url: str, filled: int) -> Iterator[Turn]:
    """The library's own PostgreSQL DCB recorder: the same reading and conditional append."""
    factory = PostgresTTDCBFactory(Environment("peer", _library_settings(url)))
    recorder = factory.dcb_recorder()
    teachings = [uuid7().hex for _ in range(filled)]
    for start in range(0, filled, 500):
        recorder.append([DCBEvent(KINDS[0], DATA, tags(one)) for one in teachings[start : start + 500]])
    unanswered = iter(teachings)

    def answered(teaching: str) -> object:
        query = DCBQuery([DCBQueryItem(types=list(KINDS), tags=[f"teaching:{teaching}"])])
        read = list(recorder.read(query))
        condition = DCBAppendCondition(query, after=read[-1].position)
        return recorder.append([DCBEvent(KINDS[1], DATA, tags(teaching))], condition)

    try:
        yield lambda count: rate_of_threads([partial(answered, one) for one in islice(unanswered, count)])
    finally:
        factory.close()


def _library_settings(url: str) -> dict[str, str]:
    address = make_url(url)
    return {
        "POSTGRES_DBNAME": address.database or "",
        "POSTGRES_HOST": str(address.query.get("host") or address.host),
        "POSTGRES_PORT": str(address.port or 5432),
        "POSTGRES_USER": address.username or "postgres",
        "POSTGRES_PASSWORD": address.password or "none",
        "POSTGRES_POOL_SIZE": str(CALLERS),
        "POSTGRES_MAX_WAITING": "0",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on port {port}")
