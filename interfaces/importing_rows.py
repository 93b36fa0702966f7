"""The rows of a list on their way into the ledger, many at a time; and what became of each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from application.actors import Actor
from application.lists.entries import Entry, Fault, Outcome
from application.lists.loading import Loading
from application.ports import OutcomeUnknown, Unavailable
from domain.model import Position, Refused
from infrastructure.background import Report
from infrastructure.lists.kept import BesideIt, Brought, KeptFault, State
from interfaces.house import House

T = TypeVar("T")

IN_FLIGHT: Final = 96
"""Decisions that wait for the ledger at the same time, so that they share a commit."""

ATTEMPTS: Final = 5
PAUSE: Final = 2.0
"""Where nothing can be recorded just now, a row is tried so often, seconds apart."""


class Tally:
    """How many rows were looked at, and what became of them."""

    def __init__(self, house: House, brought: Brought, report: Report) -> None:
        self.faults: dict[int, KeptFault] = {}
        self.stopped: Exception | None = None
        self._house = house
        self._brought = brought
        self._report = report
        self._farthest = brought.farthest
        self._read = self._good = self._known = 0

    def read(self, outcomes: Sequence[Outcome]) -> None:
        """These are over, or under way: how many of those are over differs from one time to another."""
        self._read += sum(1 if isinstance(one, Fault) else len(one.lines) for one in outcomes)

    def took(self, entry: Entry, *, known: bool = False) -> None:
        self._good += len(entry.lines)
        self._known += len(entry.lines) if known else 0

    def refused(self, lines: Sequence[int], why: Refused) -> None:
        for line in lines:
            self.faults[line] = KeptFault(line, type(why).__name__, dict(why.details))

    def tell(self) -> None:
        """Raises `Stopping` where the process ends, and what made it stop."""
        if self.stopped is not None:
            raise self.stopped
        looked_at = self._good + len(self.faults)
        step: dict[str, Any] = {}
        if self._read > self._farthest:
            self._farthest = self._read
            step = {"farthest": self._read, "attempts": 0}
        self._house.lists.change(
            self._brought.list,
            done=looked_at,
            good=self._good,
            known=self._known,
            bad=len(self.faults),
            **step,
        )
        self._report(looked_at, self._brought.lines)

    def done(self, state: State, position: Position, beside: BesideIt = lambda _db: None) -> bool:
        """Whether it was for us to say: not where another process came to the end of it first."""
        ordered = [self.faults[line] for line in sorted(self.faults)]
        return self._house.lists.finish(
            self._brought.list,
            ordered,
            beside,
            only_in=self._brought.state,
            state=state,
            done=self._brought.lines,
            good=self._good,
            known=self._known,
            bad=len(ordered),
            position=position,
        )


def recorded(house: House, actor: Actor, entries: Sequence[Entry]) -> set[str]:
    """The ids of those entries all of which was recorded before."""
    parts = [part for one in entries for part in one.submissions]
    known = house.lists.recorded(parts, actor.author)
    return {one.id for one in entries if known.issuperset(one.submissions)}


class Loader:
    """Many rows at a time, each by itself."""

    def __init__(self, house: House, actor: Actor, tally: Tally) -> None:
        self.tally = tally
        self._house = house
        self._actor = actor
        self._loading = Loading(house.ground, actor)
        self._waiting: set[asyncio.Task[None]] = set()

    async def take(self, outcomes: Sequence[Outcome]) -> None:
        entries = [one for one in outcomes if isinstance(one, Entry)]
        stood = recorded(self._house, self._actor, entries)
        for one in outcomes:
            if isinstance(one, Fault):
                self.tally.refused([one.line], one.refused)
        for one in await self._with_hamlets([one for one in entries if one.id not in stood]):
            if len(self._waiting) >= IN_FLIGHT:
                _, self._waiting = await asyncio.wait(self._waiting, return_when=asyncio.FIRST_COMPLETED)
            self._waiting.add(asyncio.create_task(self._one(one)))
        for entry in entries:
            if entry.id in stood:
                self.tally.took(entry, known=True)
        self.tally.read(outcomes)
        self.tally.tell()

    async def rest(self) -> None:
        if self._waiting:
            await asyncio.wait(self._waiting)
        self.tally.tell()

    async def _one(self, entry: Entry) -> None:
        try:
            new = await _patiently(lambda: self._loading.load(entry))
        except Refused as refused:
            self.tally.refused(entry.lines, refused)
        except (Unavailable, OutcomeUnknown) as error:
            self.tally.stopped = error
        except Exception as error:
            self.tally.stopped = error
        else:
            self.tally.took(entry, known=not new)

    async def _with_hamlets(self, entries: list[Entry]) -> list[Entry]:
        """With the hamlets that are not known yet, once they can be found."""
        if all(one.place.hamlet is None for one in entries):
            return entries
        ready: list[Entry] = []
        for one in entries:
            try:
                ready.append(await _patiently(lambda one=one: self._loading.hamlet(one)))  # type: ignore[misc]
            except Refused as refused:
                self.tally.refused(one.lines, refused)
        await asyncio.to_thread(self._house.projector.wait_for, self._house.ledger.head(), 30)
        self._house.units.refresh()
        return ready


async def _patiently(doing: Callable[[], Awaitable[T]]) -> T:
    """Sent again under the same submission it counts once, whatever became of it."""
    for attempt in range(ATTEMPTS):
        try:
            return await doing()
        except (Unavailable, OutcomeUnknown):
            if attempt + 1 == ATTEMPTS:
                raise
            await asyncio.sleep(PAUSE)
    raise AssertionError("unreachable")
