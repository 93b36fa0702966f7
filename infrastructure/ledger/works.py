"""What a batch does for a caller: to weigh a decision, to change rows, to found the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol, cast

from sqlalchemy import Connection

from application.ports import Beside, Receipt, Submission
from domain import catalogue
from domain.model import By, Decision, LedgerFounded, Position, Selector
from infrastructure.ledger import boundary, trouble
from infrastructure.ledger.batch import Batch, Event
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.boundary import Item


class Work(Protocol):
    """What a batch can do for a caller. `run` may be called again after a rollback."""

    @property
    def items(self) -> Sequence[Item]: ...

    @property
    def submission(self) -> Submission | None: ...

    @property
    def beside(self) -> Rows | None: ...

    def run(self, batch: Batch) -> Any: ...


class Spoiled(Exception):
    """Rows of an earlier work in the batch could not be inserted."""


class Deciding:
    """A decision on its way through a batch."""

    def __init__(self, decision: Decision, submission: Submission | None, beside: Beside | None) -> None:
        self.items = boundary.items_of(decision.consistency_boundary())
        self.submission = submission
        self.beside = cast("Rows | None", beside)
        self._decision = decision
        self._weighed = False

    def run(self, batch: Batch) -> Receipt:
        if self.submission:
            batch.admit(self.submission)
            if first := batch.first_receipt(self.submission):
                return first
        if self.beside:
            batch.claim(self.beside)
        decision = self._unweighed()
        for row in batch.inside(self.items):
            decision.last_known_position = row.position  # so that `weigh` can tell where it stands
            decision.weigh(catalogue.decode(row.name, row.version, row.data))
        decision.at = batch.stamp()
        decision.execute()
        return self._record(batch, decision)

    def _unweighed(self) -> Decision:
        """The decision as it was handed in, also when it comes through a second batch."""
        if self._weighed:
            self._decision.__dict__ = replace(cast("Any", self._decision)).__dict__
        self._weighed = True
        return self._decision

    def _record(self, batch: Batch, decision: Decision) -> Receipt:
        tagged = decision.collect_events()
        events = [
            Event(t.decision.NAME, t.decision.VERSION, catalogue.encode(t.decision), t.tags) for t in tagged
        ]
        position = decision.last_known_position or 0
        if events:
            _, position = batch.record(events, decision.at)
            if self.beside:
                batch.stand(self.beside)
        receipt = Receipt(Position(position), decision.at, tuple(t.decision for t in tagged))
        if self.submission:
            batch.remember(self.submission, receipt)
        return receipt


class Changing:
    """Rows without facts, on their way through a batch."""

    items: Sequence[Item] = ()
    submission = None
    beside = None

    def __init__(self, change: Callable[[Connection], Any]) -> None:
        self._change = change

    def run(self, batch: Batch) -> Any:
        try:
            batch.flush()
        except Exception as error:
            if trouble.of_the_database(error):
                raise
            raise Spoiled from error
        batch.rows_changed()
        with batch.connection.begin_nested():
            return self._change(batch.connection)


class Scrubbing:
    """The wish to have the log emptied after this batch."""

    items: Sequence[Item] = ()
    submission = None
    beside = None

    def run(self, batch: Batch) -> None:
        batch.scrubbing = True


class Founding:
    """The first fact of the ledger, on its way through a batch."""

    items = boundary.items_of([Selector([LedgerFounded], ["ledger"])])
    submission = None
    beside = None

    def __init__(self, origin: str, simulated: bool) -> None:
        self._origin = origin
        self._simulated = simulated

    def run(self, batch: Batch) -> LedgerFounded:
        for row in batch.inside(self.items):
            return cast("LedgerFounded", catalogue.decode(row.name, row.version, row.data))
        if batch.head:
            raise NotFounded
        at = batch.stamp()
        founded = LedgerFounded(at=at, by=By("system:0"), origin=self._origin, simulated=self._simulated)
        batch.record([Event(founded.NAME, founded.VERSION, catalogue.encode(founded), founded.tags())], at)
        return founded


class NotFounded(Exception):
    """The ledger holds facts, but its first is not `ledger-founded`."""
