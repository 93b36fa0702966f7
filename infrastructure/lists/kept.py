"""Which lists were brought in, by whom, how far each is, and why some of their rows were not taken. No
cell of any of them stands here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Update, case, delete, func, insert, select, update

from application.ids import new_id
from domain.lists import ListId, ListKind
from domain.model import PersonId, Position, Refused, UnitId
from infrastructure.brought import brought_fault, brought_list
from infrastructure.database import Database
from infrastructure.engines import KEPT_PRAGMAS
from infrastructure.ledger.batch import micros, moment
from infrastructure.ledger.tables import receipt
from infrastructure.ledger.writer import Writer, utc_now


class State(StrEnum):
    """In the order in which a list goes through them."""

    MAPPING = "mapping"  # which column holds what is to be said
    CHECKING = "checking"
    CHECKED = "checked"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"  # it could not go on; `why` says so


UNDER_WAY: Final = (State.CHECKING, State.LOADING)

MOST_ATTEMPTS: Final = 3
"""Processes that may end over a list without its coming any farther, until nobody goes on with it."""

ENDED: Final = {State.CHECKING: "ended-checking", State.LOADING: "ended-loading"}
"""Why a list failed that ended whoever was at it."""

WAITS: Final = timedelta(days=7)
"""How long a list waits to be loaded, from the last that was done with it."""

BAD_ROWS_WAIT: Final = timedelta(days=30)
"""How long the bad rows of one that was loaded can be fetched."""

NAMED: Final = timedelta(days=365)
"""How long it is said when which list was brought in; the ledger says so for ever."""


class StillUnderWay(Refused):
    """Its rows are being looked at or recorded just now, so that they cannot be taken away."""


class ColumnsStand(Refused):
    """Rows of it were recorded by the columns that it has."""


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    list: ListId
    person: PersonId
    kind: ListKind
    unit: UnitId
    format: str
    state: State
    holds: tuple[str | None, ...]
    new_hamlets: bool
    lines: int
    done: int
    farthest: int
    good: int
    known: int
    bad: int
    why: str
    position: Position
    created: datetime
    changed: datetime


AT_FIRST: Final = {"farthest": 0, "attempts": 0}
"""Of a list that nobody was at yet in its state."""

BesideIt = Callable[[Connection], object]
"""What is written in the same transaction."""


class KeptFault(msgspec.Struct, frozen=True):
    line: int
    refusal: str
    details: dict[str, str | int]


class Lists:
    """The lists of one ledger. Rows change through its writer."""

    def __init__(
        self, database: Database, writer: Writer, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock

    @staticmethod
    def named() -> ListId:
        return ListId(new_id())

    def new(
        self,
        list_: ListId,
        person: PersonId,
        kind: ListKind,
        unit: UnitId,
        *,
        format_: str,
        holds: Sequence[str | None],
        lines: int,
    ) -> None:
        """Brought in just now."""
        now = micros(self._clock())
        row = {
            "list": list_,
            "person": person,
            "kind": kind.value,
            "unit": unit,
            "format": format_,
            "state": State.MAPPING.value,
            "holds": msgspec.json.encode(holds).decode(),
            "new_hamlets": False,
            "lines": lines,
            "done": 0,
            "good": 0,
            "known": 0,
            "bad": 0,
            "why": "",
            "position": 0,
            **AT_FIRST,
            "created": now,
            "changed": now,
        }
        self._writer.write(lambda db: db.execute(insert(brought_list).values(row))).result()

    def get(self, list_: str) -> Brought | None:
        with self._database.reading() as db:
            row = db.execute(select(brought_list).where(brought_list.c.list == list_)).first()
        return None if row is None else _brought(row)

    def of(self, person: PersonId, limit: int = 50) -> list[Brought]:
        """The latest that somebody brought in."""
        query = (
            select(brought_list)
            .where(brought_list.c.person == person)
            .order_by(brought_list.c.created.desc(), brought_list.c.list)
            .limit(limit)
        )
        with self._database.reading() as db:
            return [_brought(row) for row in db.execute(query)]

    def under_way(self) -> list[Brought]:
        """What is to go on by itself: after a start, say."""
        query = select(brought_list).where(brought_list.c.state.in_([one.value for one in UNDER_WAY]))
        with self._database.reading() as db:
            return [_brought(row) for row in db.execute(query)]

    def change(self, list_: ListId, *, only_in: Iterable[State] = (), **values: Any) -> bool:
        """Whether it was changed: with `only_in`, not where it is in another state by now."""
        change = self._change(list_, only_in, values)
        return self._writer.write(_changing(change)).result()

    def _change(self, list_: ListId, only_in: Iterable[State], values: dict[str, Any]) -> Update:
        where = [brought_list.c.list == list_]
        if states := [one.value for one in only_in]:
            where.append(brought_list.c.state.in_(states))
        values["changed"] = micros(self._clock())
        if "holds" in values:
            values["holds"] = msgspec.json.encode(values["holds"]).decode()
        if "state" in values:
            values["state"] = State(values["state"]).value
        return update(brought_list).where(*where).values(values)

    def begun(self, list_: ListId, state: State) -> bool:
        """Whether somebody may go on with it, which is counted before they do: what ends a process leaves it
        no time to say so. One that ended `MOST_ATTEMPTS` of them without coming farther has failed now."""
        once_more = self._change(list_, [state], {"attempts": brought_list.c.attempts + 1})
        once_more = once_more.where(brought_list.c.attempts < MOST_ATTEMPTS)
        failed = self._change(list_, [state], {"state": State.FAILED, "why": ENDED[state]})

        def run(db: Connection) -> bool:
            if db.execute(once_more).rowcount:
                return True
            db.execute(failed)
            return False

        return self._writer.write(run).result()

    def spared(self, list_: ListId) -> None:
        """Whoever was at it stopped by itself."""
        self.change(list_, attempts=case((brought_list.c.attempts > 0, brought_list.c.attempts - 1), else_=0))

    def again(self, list_: ListId) -> bool:
        """Whether it is under way once more, after it ended whoever was at it."""
        for state, why in ENDED.items():
            change = self._change(list_, [State.FAILED], {"state": state, "why": "", "done": 0} | AT_FIRST)
            if self._writer.write(_changing(change.where(brought_list.c.why == why))).result():
                return True
        return False

    def faults(self, list_: ListId, *, limit: int | None = None, after: int = 0) -> list[KeptFault]:
        """By line."""
        query = (
            select(brought_fault)
            .where(brought_fault.c.list == list_, brought_fault.c.line > after)
            .order_by(brought_fault.c.line)
            .limit(limit)
        )
        with self._database.reading() as db:
            return [
                KeptFault(row.line, row.refusal, msgspec.json.decode(row.details))
                for row in db.execute(query)
            ]

    def kinds_of_faults(self, list_: ListId) -> list[tuple[KeptFault, int]]:
        """How many rows were refused for what and at which field, most first, each with the first of them."""
        c = brought_fault.c
        many, first = func.count().label("many"), func.min(c.line).label("first")
        kinds = select(many, first).where(c.list == list_).group_by(c.refusal, c.field).subquery()
        query = (
            select(kinds.c.many, c.line, c.refusal, c.details)
            .join(kinds, c.line == kinds.c.first)
            .where(c.list == list_)
            .order_by(kinds.c.many.desc(), c.line)
        )
        with self._database.reading() as db:
            return [
                (KeptFault(line, refusal, msgspec.json.decode(details)), count)
                for count, line, refusal, details in db.execute(query)
            ]

    def finish(
        self,
        list_: ListId,
        faults: Sequence[KeptFault],
        beside: BesideIt,
        *,
        only_in: State,
        **values: Any,
    ) -> bool:
        """Its faults in place of those that were known, `beside` and the change: all of it, or nothing
        where it is in another state by now. Raises what `beside` raises."""
        rows = [
            {
                "list": list_,
                "line": one.line,
                "refusal": one.refusal,
                "field": str(one.details.get("field", "")),
                "details": msgspec.json.encode(one.details).decode(),
            }
            for one in faults
        ]

        change = self._change(list_, [only_in], values)

        def run(db: Connection) -> bool:
            if db.execute(change).rowcount == 0:
                return False
            beside(db)
            db.execute(delete(brought_fault).where(brought_fault.c.list == list_))
            for start in range(0, len(rows), _TOGETHER):
                db.execute(insert(brought_fault), rows[start : start + _TOGETHER])
            return True

        return self._writer.write(run).result()

    def remove(self, list_: ListId, *, unless_in: Iterable[State] = ()) -> bool:
        """Whether it is gone: not where it is in one of these states by now."""
        kept = [one.value for one in unless_in]

        def run(db: Connection) -> bool:
            state = select(brought_list.c.state).where(brought_list.c.list == list_).with_for_update()
            if db.execute(state).scalar() in kept:
                return False
            db.execute(delete(brought_fault).where(brought_fault.c.list == list_))
            db.execute(delete(brought_list).where(brought_list.c.list == list_))
            return True

        return self._writer.write(run).result()

    def recorded(self, ids: Sequence[str], author: str) -> set[str]:
        """Those of these submissions that were recorded before."""
        found: set[str] = set()
        with self._database.reading() as db:
            for start in range(0, len(ids), _TOGETHER):
                some = list(ids[start : start + _TOGETHER])
                query = select(receipt.c.submission).where(
                    receipt.c.author == author, receipt.c.submission.in_(some)
                )
                found |= set(db.execute(query).scalars())
        return found

    @contextmanager
    def sparing(self) -> Iterator[None]:
        """While a list is loaded, SQLite's writer keeps fewer pages in memory: each is wanted once."""
        self._keep_pages(_FEW_PAGES)
        try:
            yield
        finally:
            self._keep_pages(None)

    def _keep_pages(self, kilobytes: int | None) -> None:
        if self._database.dialect != "sqlite":
            return
        pragmas = [one for one in KEPT_PRAGMAS if "cache_size" in one]
        wanted = pragmas if kilobytes is None else [f"PRAGMA cache_size = -{kilobytes}"]

        def run(db: Connection) -> None:
            for pragma in wanted:
                db.exec_driver_sql(pragma)

        self._writer.write(run).result()

    def over(self) -> list[Brought]:
        """Those whose rows have been kept for their time: whoever asks removes these."""
        now = self._clock()
        waiting = [State.MAPPING.value, State.CHECKED.value, State.FAILED.value]
        query = select(brought_list).where(
            (brought_list.c.state.in_(waiting) & (brought_list.c.changed < micros(now - WAITS)))
            | (
                (brought_list.c.state == State.LOADED.value)
                & (brought_list.c.changed < micros(now - BAD_ROWS_WAIT))
            )
        )
        with self._database.reading() as db:
            return [_brought(row) for row in db.execute(query)]


def _changing(change: Update) -> Callable[[Connection], bool]:
    """Whether it changed anything."""
    return lambda db: db.execute(change).rowcount > 0


_TOGETHER: Final = 500
_FEW_PAGES: Final = 8_192


def _brought(row: Row[Any]) -> Brought:
    return Brought(
        list=ListId(row.list),
        person=PersonId(row.person),
        kind=ListKind(row.kind),
        unit=UnitId(row.unit),
        format=row.format,
        state=State(row.state),
        holds=msgspec.json.decode(row.holds, type=tuple[str | None, ...]),
        new_hamlets=bool(row.new_hamlets),
        lines=row.lines,
        done=row.done,
        farthest=row.farthest,
        good=row.good,
        known=row.known,
        bad=row.bad,
        why=row.why,
        position=Position(row.position),
        created=moment(row.created),
        changed=moment(row.changed),
    )
