"""The outbox: what waits to be sent, who sends it now, and what came of every attempt.

An attempt is on disk before the first byte of it leaves, so that none goes unnoticed; what was sent
is on disk after. A process that dies between the two leaves a lease that runs out, and the message
is sent again under the same key: at least once, and to whoever knows the key, once.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from application.ids import new_id
from application.reminders import (
    GIVEN_UP_AFTER,
    AlreadySent,
    BeingSent,
    Kind,
    Needless,
    NoSuchReminder,
    Reminder,
    State,
    Trouble,
    again_at,
    awake,
)
from domain.model import PersonId, UnitId
from infrastructure.database import Database
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.outbox.tables import attempt, message

LEASE: Final = timedelta(minutes=10)
"""How long a message is one process's alone: many times what the slowest attempt may take."""

KEPT: Final = timedelta(days=400)
"""How long settled messages stay to be looked at."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent now, by the holder of the lease alone; until `until` it is theirs."""

    reminder: Reminder
    lease: str
    number: int
    until: datetime


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands. `why` says what went wrong last, or why it was not needed; `next` is
    when it is tried again, `until` when it is given up."""

    reminder: Reminder
    state: State
    why: str | None
    attempts: int
    next: datetime
    until: datetime
    settled: datetime | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """`ended` is None where nobody lived to note the outcome; `trouble` where it was sent."""

    number: int
    begun: datetime
    ended: datetime | None
    sender: str
    trouble: Trouble | None
    status: int | None


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt that did not succeed. `final`: trying again would change nothing."""

    trouble: Trouble
    status: int | None = None
    final: bool = False
    wait: timedelta = timedelta(0)


class Outbox:
    """The queue of one ledger's database, written through its writer."""

    def __init__(
        self, database: Database, writer: Writer, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock

    def put(self, some: Sequence[Reminder]) -> int:
        """Keeps messages to be sent; one whose key is known already is left as it is. How many were
        new. Durable when this returns."""
        rows = [_row(one) for one in some]
        return self._writer.write(partial(_insert, rows=rows)).result() if rows else 0

    def hurry(self) -> None:
        """Whatever waits is due now, as somebody at the console wants it."""
        waiting = message.c.state == State.WAITING.value
        now = micros(self._clock())
        self._writer.write(
            lambda db: db.execute(update(message).where(waiting, message.c.next > now).values(next=now))
        ).result()

    def take(self, sender: str) -> Taken | None:
        """The message that has waited longest, ours alone for a while; None where nothing is due."""
        return self._writer.write(partial(self._take, sender=sender)).result()

    def _take(self, db: Connection, sender: str) -> Taken | None:
        now = self._clock()
        live = message.c.state.in_([State.WAITING.value, State.SENDING.value])
        query = (
            select(message)
            .where(live, message.c.next <= micros(now))
            .order_by(message.c.next, message.c.key)
            .limit(1)
        )
        row = db.execute(query).first()
        if row is None:
            return None
        lease, until = new_id(), now + LEASE
        db.execute(
            update(attempt)
            .where(attempt.c.key == row.key, attempt.c.ended.is_(None), attempt.c.trouble.is_(None))
            .values(trouble=Trouble.INTERRUPTED.value)
        )
        number = row.attempts + 1
        db.execute(
            update(message)
            .where(message.c.key == row.key)
            .values(state=State.SENDING.value, lease=lease, next=micros(until), attempts=number)
        )
        started = {"key": row.key, "number": number, "begun": micros(now), "sender": sender}
        db.execute(insert(attempt).values(started))
        return Taken(reminder=_reminder(row), lease=lease, number=number, until=until)

    def sent(self, taken: Taken, status: int | None = None) -> bool:
        """It was sent. False where the lease had run out: whoever has it now notes what becomes of it."""
        return self._note(taken, state=State.SENT, status=status)

    def needless(self, taken: Taken, why: Needless) -> bool:
        """It is not sent after all."""
        return self._note(taken, state=State.NOT_NEEDED, why=why.value)

    def failed(self, taken: Taken, failed: Failed) -> bool:
        """It was not sent, or not for certain; tried again later, or given up."""
        return self._writer.write(partial(self._fail, taken=taken, failed=failed)).result()

    def _fail(self, db: Connection, taken: Taken, failed: Failed) -> bool:
        row = _held(db, taken)
        if row is None:
            return False
        now = self._clock()
        many = row.failed + 1
        next_at = again_at(now, many, failed.wait)
        over = failed.final or micros(next_at) > row.until
        values: dict[str, Any] = {
            "state": (State.GIVEN_UP if over else State.WAITING).value,
            "why": failed.trouble.value,
            "failed": many,
            "next": micros(next_at),
            "lease": None,
            "settled": micros(now) if over else None,
        }
        db.execute(update(message).where(message.c.key == row.key).values(values))
        _end(db, taken, micros(now), failed.trouble.value, failed.status)
        return True

    def _note(self, taken: Taken, *, state: State, why: str | None = None, status: int | None = None) -> bool:
        def note(db: Connection) -> bool:
            row = _held(db, taken)
            if row is None:
                return False
            now = micros(self._clock())
            values = {"state": state.value, "why": why, "lease": None, "settled": now}
            db.execute(update(message).where(message.c.key == row.key).values(values))
            _end(db, taken, now, None, status)
            return True

        return self._writer.write(note).result()

    async def again(self, key: str) -> None:
        """Sends a message anew that waits, was given up or stopped: now, and for as long as at first.
        Raises `NoSuchReminder`, `AlreadySent`, `BeingSent`."""
        await self._writer.writing(partial(self._again, key=key))

    def _again(self, db: Connection, key: str) -> None:
        _settled(db, key)
        now = self._clock()
        values = {
            "state": State.WAITING.value,
            "why": None,
            "failed": 0,
            "next": micros(now),
            "until": micros(now + GIVEN_UP_AFTER),
            "settled": None,
        }
        db.execute(update(message).where(message.c.key == key).values(values))

    async def stop(self, key: str) -> None:
        """Sends it no more. Raises `NoSuchReminder`, `AlreadySent`, `BeingSent`."""
        await self._writer.writing(partial(self._stop, key=key))

    def _stop(self, db: Connection, key: str) -> None:
        _settled(db, key)
        values = {"state": State.STOPPED.value, "settled": micros(self._clock())}
        db.execute(update(message).where(message.c.key == key).values(values))

    def find(self, key: str) -> Queued | None:
        with self._database.reading() as db:
            row = db.execute(select(message).where(message.c.key == key)).first()
        return None if row is None else _queued(row)

    def queue(
        self,
        within: Callable[[UnitId], bool] = lambda _unit: True,
        *,
        states: Sequence[State] = (),
        limit: int = 50,
        before: str = "",
    ) -> list[Queued]:
        """Messages about units that are `within`, the latest first; `before` is the key of the last one
        seen."""
        query = select(message).order_by(message.c.created.desc(), message.c.key.desc())
        if states:
            query = query.where(message.c.state.in_([one.value for one in states]))
        with self._database.reading() as db:
            last = db.execute(select(message).where(message.c.key == before)).first() if before else None
            if last is not None:
                earlier = (message.c.created == last.created) & (message.c.key < last.key)
                query = query.where(or_(message.c.created < last.created, earlier))
            units = [unit for unit in db.scalars(select(message.c.unit).distinct()) if within(UnitId(unit))]
            rows = db.execute(query.where(message.c.unit.in_(units)).limit(limit)).all()
        return [_queued(row) for row in rows]

    def counts(self, within: Callable[[UnitId], bool] = lambda _unit: True) -> dict[State, int]:
        """How many messages stand in each state."""
        query = select(message.c.unit, message.c.state, func.count()).group_by(
            message.c.unit, message.c.state
        )
        found = dict.fromkeys(State, 0)
        with self._database.reading() as db:
            for unit, state, many in db.execute(query):
                if within(UnitId(unit)):
                    found[State(state)] += many
        return found

    def attempts(self, keys: Sequence[str]) -> dict[str, list[Attempt]]:
        """Every attempt at these messages, the first one first."""
        found: dict[str, list[Attempt]] = {key: [] for key in keys}
        query = select(attempt).where(attempt.c.key.in_(list(keys))).order_by(attempt.c.key, attempt.c.number)
        with self._database.reading() as db:
            for row in db.execute(query):
                found[row.key].append(_attempt(row))
        return found

    def next_at(self) -> datetime | None:
        """When something is due next; None where nothing waits."""
        live = message.c.state.in_([State.WAITING.value, State.SENDING.value])
        with self._database.reading() as db:
            at = db.scalar(select(func.min(message.c.next)).where(live))
        return None if at is None else moment(at)

    def clear(self) -> int:
        """Forgets messages that were settled long ago. How many."""

        def gone(db: Connection) -> int:
            old = message.c.settled < micros(self._clock() - KEPT)
            db.execute(delete(attempt).where(attempt.c.key.in_(select(message.c.key).where(old))))
            return db.execute(delete(message).where(old)).rowcount

        return self._writer.write(gone).result()


def _insert(db: Connection, rows: list[dict[str, Any]]) -> int:
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    made = make(message).on_conflict_do_nothing().returning(message.c.key)
    return sum(db.execute(made.values(row)).first() is not None for row in rows)


def _held(db: Connection, taken: Taken) -> Row[Any] | None:
    """The message, where the lease is still ours."""
    return db.execute(
        select(message).where(message.c.key == taken.reminder.key, message.c.lease == taken.lease)
    ).first()


def _settled(db: Connection, key: str) -> None:
    state = db.scalar(select(message.c.state).where(message.c.key == key))
    if state is None:
        raise NoSuchReminder
    if state in (State.SENT.value, State.NOT_NEEDED.value):
        raise AlreadySent
    if state == State.SENDING.value:
        raise BeingSent


def _end(db: Connection, taken: Taken, now: int, trouble: str | None, status: int | None) -> None:
    db.execute(
        update(attempt)
        .where(attempt.c.key == taken.reminder.key, attempt.c.number == taken.number)
        .values(ended=now, trouble=trouble, status=status)
    )


def _row(one: Reminder) -> dict[str, Any]:
    first = awake(one.created)
    return {
        "key": one.key,
        "kind": one.kind.value,
        "person": one.person,
        "unit": one.unit,
        "about": one.about,
        "due": one.due.isoformat() if one.due else None,
        "created": micros(one.created),
        "state": State.WAITING.value,
        "why": None,
        "attempts": 0,
        "failed": 0,
        "next": micros(first),
        "until": micros(first + GIVEN_UP_AFTER),
        "lease": None,
        "settled": None,
    }


def _reminder(row: Row[Any]) -> Reminder:
    return Reminder(
        key=row.key,
        kind=Kind(row.kind),
        person=PersonId(row.person),
        unit=UnitId(row.unit),
        about=row.about,
        due=date.fromisoformat(row.due) if row.due else None,
        created=moment(row.created),
    )


def _queued(row: Row[Any]) -> Queued:
    return Queued(
        reminder=_reminder(row),
        state=State(row.state),
        why=row.why,
        attempts=row.attempts,
        next=moment(row.next),
        until=moment(row.until),
        settled=None if row.settled is None else moment(row.settled),
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        number=row.number,
        begun=moment(row.begun),
        ended=None if row.ended is None else moment(row.ended),
        sender=row.sender,
        trouble=Trouble(row.trouble) if row.trouble else None,
        status=row.status,
    )
