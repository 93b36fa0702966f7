"""The ledger behind the library's own interface: a `DCBRecorder` on both databases.

`append` is a writer batch of one and `subscribe` follows as the projector does, so there is
one path into the ledger and one out of it.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
    DCBSubscription,
)
from eventsourcing.persistence import IntegrityError, ProgrammingError
from sqlalchemy import func, select

from infrastructure.database import Database
from infrastructure.ledger import boundary
from infrastructure.ledger.batch import Batch, Event
from infrastructure.ledger.boundary import Item
from infrastructure.ledger.follower import TOGETHER, Bell
from infrastructure.ledger.tables import fact
from infrastructure.ledger.writer import Writer

_TAGS: Final = msgspec.json.Decoder(list[str])


class Recorder(DCBRecorder):
    """An event's type is the stored name of a fact; versions above 1 follow it after a slash."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self.database = database
        self.writer = writer

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> "Response":
        with self.database.reading() as connection:
            wanted = boundary.matching(connection, _items(query), after=after)
            rows = connection.execute(wanted.add_columns(fact.c.tags).limit(limit)).all()
            if limit is None:
                head = connection.execute(select(func.max(fact.c.position))).scalar()
            else:
                head = rows[-1].position if rows else None
        return Response([_sequenced(*row) for row in rows], head)

    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        if not events:
            raise ProgrammingError("there is no event to append")
        position: int = self.writer.do(_Appending(events, condition)).result()
        return position

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "Subscription":
        return Subscription(self, query, after)


class Response(DCBReadResponse):
    """Events that were read, and the ledger's head at that moment (with a limit: the last one's)."""

    def __init__(self, events: list[DCBSequencedEvent], head: int | None) -> None:
        self._events = iter(events)
        self._head = head

    @property
    def head(self) -> int | None:
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)


class Subscription(DCBSubscription[Recorder]):
    """Events of any number of types and tags, as they come."""

    def __init__(self, recorder: Recorder, query: DCBQuery | None, after: int | None) -> None:
        super().__init__(recorder, query, after)
        self._bell = Bell(recorder.database)
        self._hush = recorder.writer.on_commit(self._bell.ring)
        self._stop = threading.Event()
        self._events = self._follow()

    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)

    def stop(self) -> None:
        super().stop()
        self._stop.set()
        self._hush()
        self._bell.ring()

    def _follow(self) -> Iterator[DCBSequencedEvent]:
        with self._bell:
            while not self._stop.is_set():
                self._bell.listen()
                read = list(self._recorder.read(self._query, after=self._last_position, limit=TOGETHER))
                for event in read:
                    if self._stop.is_set():
                        return
                    self._last_position = event.position
                    yield event
                if not read:
                    self._bell.wait()


class _Appending:
    """Events of the library on their way through a batch."""

    items: Sequence[Item] = ()
    submission = None
    beside = None

    def __init__(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None) -> None:
        self._events = [_event(event) for event in events]
        self._condition = condition

    def run(self, batch: Batch) -> int:
        if self._condition is not None:
            self._check(batch, self._condition)
        _, last = batch.record(self._events, batch.stamp())
        return last

    @staticmethod
    def _check(batch: Batch, condition: DCBAppendCondition) -> None:
        batch.flush()
        items = _items(condition.fail_if_events_match)
        failing = boundary.matching(batch.connection, items, after=condition.after).limit(1)
        if batch.connection.execute(failing).first():
            raise IntegrityError(condition)


def _items(query: DCBQuery | None) -> list[Item]:
    items = query.items if query else []
    return [Item(tuple(_name_and_version(kind)[0] for kind in i.types), tuple(i.tags)) for i in items]


def _event(event: DCBEvent) -> Event:
    name, version = _name_and_version(event.type)
    return Event(name, version, event.data, list(event.tags))


def _name_and_version(kind: str) -> tuple[str, int]:
    name, slash, version = kind.rpartition("/")
    return (name, int(version)) if slash and version.isdecimal() else (kind, 1)


def _sequenced(position: int, name: str, version: int, data: bytes, tags: str) -> DCBSequencedEvent:
    kind = name if version == 1 else f"{name}/{version}"
    return DCBSequencedEvent(DCBEvent(kind, data, _TAGS.decode(tags)), position)
