"""One transaction of the writer: what its decisions see, and the rows they leave.

Everything here happens while the ledger is locked, so what is read stays true until the
commit. Rows are gathered and inserted together at the end.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import Column, Connection, Select, Table, select

from application.ports import Receipt, SessionEnded, Submission, SubmissionConflict
from domain import catalogue
from domain.model import Position, Stale
from infrastructure.ledger import boundary, statements
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.boundary import Item, Stored
from infrastructure.ledger.known import Known
from infrastructure.ledger.statements import Question
from infrastructure.ledger.tables import fact, fact_tag, receipt

CHANNEL: Final = "lantoa_ledger"
"""What PostgreSQL notifies at the commit of new facts."""

_LOCK: Final = "SELECT pg_advisory_xact_lock(5498021337)"  # one writer at a time, over all processes
_NOTIFY: Final = f"SELECT pg_notify('{CHANNEL}', '')"
_HEAD: Final = "SELECT position, at FROM fact ORDER BY position DESC LIMIT 1"
# The keepers of sessions (infrastructure/accounts) stand on the ledger, not the other way round.
_UNDER: Final = tuple(
    sa.table(name, sa.column("id"), sa.column("expires")) for name in ("session", "device_token")
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TAGS: Final = msgspec.json.Encoder()


def micros(moment: datetime) -> int:
    """Microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(stamp: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stamp)


class Event(NamedTuple):
    """A fact on its way into its table."""

    name: str
    version: int
    data: bytes
    tags: Sequence[str]


class Batch:
    """The state of the ledger as the next decision of this transaction sees it."""

    def __init__(
        self, connection: Connection, clock: Callable[[], datetime], known: Known | None = None
    ) -> None:
        self.connection = connection
        self._clock = clock
        self._known = known or Known()
        if connection.dialect.name == "postgresql":
            statements.by_the_driver(connection, _LOCK)
        ((self.head, last_at),) = statements.by_the_driver(connection, _HEAD) or [(0, 0)]
        self._last_at = moment(last_at)
        self.recorded = False
        self.scrubbing = False
        self._recorded_before: dict[Item, list[Stored]] = {}
        self._read: dict[Item, list[Stored]] = {}
        self._watched: set[str] = set()
        self._new_by_tag: dict[str, list[tuple[Stored, Sequence[str]]]] = {}
        self._new: list[tuple[Stored, Sequence[str]]] = []
        self._receipts: dict[tuple[str, str], tuple[bytes, Receipt]] = {}
        self._taken: set[tuple[Column[Any], Any]] = set()
        self._needed: set[tuple[Column[Any], Any]] = set()
        self._asked: set[str] = set()
        self._sessions: set[str] | None = None
        self._facts: list[tuple[Any, ...]] = []
        self._tags: list[tuple[str, str, int]] = []
        self._receipt_rows: list[tuple[Any, ...]] = []
        self._beside: list[Rows] = []

    def look_up(
        self, items: Iterable[Item], submissions: Iterable[Submission], besides: Iterable[Rows]
    ) -> None:
        """Reads at once all that the decisions of the batch ask of what was recorded before it."""
        submitted, asked = list(submissions), set(items)
        known = self._known.among(asked, self.head)
        self._read = boundary.read(self.connection, asked - known.keys())
        self._recorded_before = known | self._read
        self._watched = {item.tags[0] for item in asked if item.tags}
        self._receipts = _receipts_of(self.connection, {(s.author, s.id) for s in submitted})
        self._asked = {s.session for s in submitted if s.session}
        rows = list(besides)
        self._taken = _standing(self.connection, {claim for beside in rows for claim in beside.claims})
        self._needed = _standing(self.connection, {need for beside in rows for need in beside.needs})

    def stamp(self) -> datetime:
        """Now, but never before the last stamp."""
        return max(self._clock(), self._last_at)

    def admit(self, submission: Submission) -> None:
        """Raises `SessionEnded` where it was sent under a session or device token that has ended:
        endings go through the same lock, so that none can slip in between this and the commit."""
        if not submission.session:
            return
        if self._sessions is None:
            now = micros(self._clock())
            still = sa.union_all(
                *(
                    select(under.c.id).where(under.c.id.in_(self._asked), under.c.expires > now)
                    for under in _UNDER
                )
            )
            self._sessions = set(self.connection.execute(still).scalars())
        if submission.session not in self._sessions:
            raise SessionEnded

    def rows_changed(self) -> None:
        """An earlier work of this batch may have ended a session."""
        self._sessions = None

    def first_receipt(self, submission: Submission) -> Receipt | None:
        """What this submission was answered the first time. Raises `SubmissionConflict`."""
        known = self._receipts.get((submission.author, submission.id))
        if known is None:
            return None
        content, first = known
        if content and content != submission.content:  # of an erased person's nothing is left to compare
            raise SubmissionConflict
        return first

    def claim(self, beside: Rows) -> None:
        """Raises `Stale` where a key that `beside` claims is taken, or what it needs is not there."""
        for claim in beside.claims:
            if claim in self._taken:
                raise Stale(claim[0].name)
        for need in beside.needs:
            if need not in self._needed:
                raise Stale(need[0].name)

    def inside(self, items: Sequence[Item]) -> list[Stored]:
        """The facts that match any item that was looked up, those of this batch too, each once and in
        order."""
        rows: list[Stored] = []
        for item in items:
            if before := self._recorded_before.get(item):
                rows += before
            if new := self._new_by_tag.get(item.tags[0]) if item.tags else self._new:
                rows += [row for row, tags in new if item.matches(row.name, tags)]
        return boundary.in_order(rows) if len(rows) > 1 else rows

    def record(self, events: Sequence[Event], at: datetime) -> tuple[int, int]:
        """Puts events at the next positions. Returns the first and last of them."""
        first, stamp = self.head + 1, micros(at)
        for name, version, data, tags in events:
            self.head += 1
            self._facts.append((self.head, name, version, stamp, data, _TAGS.encode(tags).decode()))
            row = Stored(self.head, name, version, data), tags
            self._new.append(row)
            for tag in dict.fromkeys(tags):
                self._tags.append((tag, name, self.head))
                if tag in self._watched:
                    self._new_by_tag.setdefault(tag, []).append(row)
        self._last_at = at
        self.recorded = True
        return first, self.head

    def stand(self, beside: Rows) -> None:
        """Takes the rows that stand beside facts just recorded."""
        self._taken.update(beside.claims)
        self._beside.append(beside)

    def remember(self, submission: Submission, given: Receipt) -> None:
        """Keeps the receipt of a submission, for when it comes again."""
        self._receipts[submission.author, submission.id] = (
            submission.content,
            msgspec.structs.replace(given, again=True),
        )
        first = given.position - len(given.facts) + 1 if given.facts else None
        self._receipt_rows.append(
            (submission.author, submission.id, submission.content, first, given.position, micros(given.at))
        )

    def committed(self) -> None:
        """What was read need not be read again by the next batch."""
        self._known.keep(self._read, self.head, {tag for _, tags in self._new for tag in tags})

    def flush(self) -> None:
        """Inserts what was gathered, one statement a table."""
        statements.insert(self.connection, fact, _FACT, self._facts)
        statements.insert(self.connection, fact_tag, _TAG, self._tags)
        statements.insert(self.connection, receipt, _RECEIPT, self._receipt_rows)
        for (table, names), added in _grouped(self._beside).items():
            statements.insert(self.connection, table, names, added)
        for statement in [statement for rows in self._beside for statement in rows.statements]:
            self.connection.execute(statement)
        if self._facts and self.connection.dialect.name == "postgresql":
            statements.by_the_driver(self.connection, _NOTIFY)
        self._facts, self._tags, self._receipt_rows, self._beside = [], [], [], []


_FACT: Final = ("position", "name", "version", "at", "data", "tags")
_TAG: Final = ("tag", "name", "position")
_RECEIPT: Final = ("author", "submission", "content", "first", "last", "at")


def _grouped(besides: Sequence[Rows]) -> dict[tuple[Table, tuple[str, ...]], list[tuple[Any, ...]]]:
    """All inserts of the batch by table and columns, in the order in which they first came."""
    groups: dict[tuple[Table, tuple[str, ...]], list[tuple[Any, ...]]] = {}
    for rows in besides:
        for table, row in rows.inserts:
            groups.setdefault((table, tuple(row)), []).append(tuple(row.values()))
    return groups


def _receipt_query(dialect: str) -> Select[Any]:
    rows, author, submission = boundary.wanted_table(dialect)
    named = [receipt.c[name] for name in _RECEIPT]
    return select(*named).select_from(
        rows.join(receipt, (receipt.c.author == author) & (receipt.c.submission == submission))
    )


_RECEIPTS: Final = Question({dialect: _receipt_query(dialect) for dialect in ("sqlite", "postgresql")})


def _receipts_of(
    connection: Connection, keys: set[tuple[str, str]]
) -> dict[tuple[str, str], tuple[bytes, Receipt]]:
    if not keys:
        return {}
    rows = _RECEIPTS.rows_for_the_writer(connection, boundary.wanted(connection, keys))
    return {
        (author, submission): (content, _receipt(connection, first, last, at))
        for author, submission, content, first, last, at in rows
    }


def _receipt(connection: Connection, first: int | None, last: int, at: int) -> Receipt:
    """The first receipt, with its facts read back."""
    stored = select(fact.c.name, fact.c.version, fact.c.data).order_by(fact.c.position)
    facts = () if first is None else connection.execute(stored.where(fact.c.position.between(first, last)))
    return Receipt(
        position=Position(last),
        at=moment(at),
        facts=tuple(catalogue.decode(*of) for of in facts),
        again=True,
    )


def _standing(connection: Connection, values: set[tuple[Column[Any], Any]]) -> set[tuple[Column[Any], Any]]:
    """Those of the values that stand in their columns."""
    wanted: dict[Column[Any], list[Any]] = {}
    for column, value in values:
        wanted.setdefault(column, []).append(value)
    return {
        (column, value)
        for column, sought in wanted.items()
        for value in statements.standing(connection, column, sought)
    }
