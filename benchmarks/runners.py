"""The library's projection runner, counting a leaderboard of the same facts.

Its task is the easier one: distinct persons claimed and credited by period, but whoever comes
first holds the credit for good. No denials, voids, rulings or merges, no ranks, no units. Its
events are in memory, where reading them costs nothing; only its view is kept.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from eventsourcing.dcb.api import DCBEvent
from eventsourcing.dcb.application import DCBApplication
from eventsourcing.dcb.domain import Decision, Tagged
from eventsourcing.dcb.persistence import DCBMapper
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder
from psycopg.sql import SQL
from sqlalchemy import make_url

from domain import catalogue
from domain.model import Answer, Fact
from domain.teaching import TeachingAnswered, TeachingLogged

_PATIENCE = 600.0


class Mapper(DCBMapper[Any]):
    """Our stored bytes as the library's events."""

    def to_dcb_event(self, event: Tagged[Any]) -> DCBEvent:
        fact: Fact = event.decision
        return DCBEvent(fact.NAME, catalogue.encode(fact), list(event.tags))

    def to_domain_event(self, event: DCBEvent) -> Tagged[Any]:
        return Tagged(event.tags, catalogue.decode(event.type, 1, event.data))


class InMemory(DCBApplication):
    """The facts, where the runner finds them."""

    name = "movement"
    env: Any = {  # noqa: RUF012 - as the library declares it
        "PERSISTENCE_MODULE": "eventsourcing.dcb.popo",
        "MAPPER_TOPIC": f"{__name__}:Mapper",
    }


_TABLES = tuple(
    f"CREATE TABLE IF NOT EXISTS {table} ({columns}, PRIMARY KEY ({key}))"
    for table, columns, key in (
        (
            "board",
            "ambassador text, period text, score bigint, able bigint, claimed bigint",
            "ambassador, period",
        ),
        ("claimed", "ambassador text, period text, learner text", "ambassador, period, learner"),
        ("credited", "learner text, skill text, ambassador text", "learner, skill"),
        ("counted", "ambassador text, period text, learner text", "ambassador, period, learner"),
    )
)
_MORE = (
    "INSERT INTO board VALUES (?, ?, ?, ?, ?) ON CONFLICT (ambassador, period) DO UPDATE SET "
    "score = board.score + excluded.score, able = board.able + excluded.able, "
    "claimed = board.claimed + excluded.claimed RETURNING 1"
)


def count(new: Callable[[str, tuple[Any, ...]], bool], fact: object) -> None:
    """Counts one fact; `new` runs a statement and says whether it added a row."""
    if isinstance(fact, TeachingLogged):
        for period in _periods(fact):
            if new(_first("claimed", 3), (fact.ambassador, period, fact.learner)):
                new(_MORE, (fact.ambassador, period, 0, 0, 1))
    elif isinstance(fact, TeachingAnswered) and fact.answer.confirms:
        firsts = [new(_first("credited", 3), (fact.learner, one, fact.ambassador)) for one in fact.skills]
        for period in _periods(fact) if any(firsts) else ():
            if new(_first("counted", 3), (fact.ambassador, period, fact.learner)):
                able = int(fact.answer is Answer.ABLE)
                new(_MORE, (fact.ambassador, period, 1, able, 0))


def _first(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)}) ON CONFLICT DO NOTHING RETURNING 1"


def _periods(fact: TeachingLogged | TeachingAnswered) -> tuple[str, str, str]:
    return ("all", f"{fact.on:%Y}", f"{fact.on:%Y-%m}")


class SQLiteView(SQLiteTrackingRecorder):
    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), *_TABLES]

    def count(self, fact: object, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as c:
            self._insert_tracking(c, tracking)
            count(lambda statement, values: _adds(c, statement, values), fact)


class PostgresView(PostgresTrackingRecorder):
    def __init__(self, datastore: Any, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements += [SQL(table).format() for table in _TABLES]

    def count(self, fact: object, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as c:
            self._insert_tracking(c, tracking)
            count(lambda statement, values: _adds(c, statement.replace("?", "%s"), values), fact)


def _adds(cursor: Any, statement: str, values: tuple[Any, ...]) -> bool:
    cursor.execute(statement, values)
    return cursor.fetchone() is not None


class Board(Projection[Any]):
    name = "board"

    def process_event(self, domain_event: Tagged[Decision], tracking: Tracking) -> None:
        self.view.count(domain_event.decision, tracking)


def runner_follows(facts: Iterator[Fact], count: int, *, folder: str, url: str | None = None) -> float:
    """Facts a second of `ProjectionRunner`, with its view on SQLite in `folder`, or at `url`."""
    if url is None:
        view: type[Any] = SQLiteView
        env = {"BOARD_PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/view.db"}
    else:
        view, env = PostgresView, _environment(url)
    env |= {"MOVEMENT_PERSISTENCE_MODULE": "eventsourcing.dcb.popo"}
    runner: Any = ProjectionRunner(
        application_class=InMemory,
        projection_class=Board,
        view_class=view,
        env=env,
    )
    with runner:
        mapper = Mapper()
        events = [mapper.to_dcb_event(Tagged(["movement"], fact)) for fact in facts]
        began = time.perf_counter()
        last = runner.app.recorder.append(events)
        runner.wait(last, timeout=_PATIENCE)
        return count / (time.perf_counter() - began)


def _environment(url: str) -> dict[str, str]:
    address = make_url(url)
    return {
        "BOARD_PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": address.database or "",
        "POSTGRES_HOST": str(address.query.get("host") or address.host),
        "POSTGRES_PORT": str(address.port or 5432),
        "POSTGRES_USER": address.username or "postgres",
        "POSTGRES_PASSWORD": address.password or "none",
    }
