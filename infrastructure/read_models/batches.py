"""Taking batches of facts into a copy of the read models: rows and positions in one transaction.

A fact that a model cannot digest is parked for that model, with the kind of its error and nothing
of its content; the batch is then taken in again without it. It stops nobody.
"""

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from domain import catalogue
from domain.closing import MonthClosed
from domain.model import Fact
from infrastructure.read_models.model import Copy, Model

_log = logging.getLogger(__name__)

_PASSING: Final = (OperationalError, InterfaceError, InternalError)
"""Errors of the database itself (full disk, lost connection): to be tried again, nobody's fault."""

EVERY_MODEL: Final = "*"
"""For whom a fact is parked that cannot even be read."""

Facts = list[tuple[int, Fact]]


class Entry(NamedTuple):
    """A fact as it stands in the ledger; `at` is in microseconds since 1970."""

    position: int
    name: str
    version: int
    data: bytes
    at: int


class Indigestible(Exception):
    """A model failed on a fact; on `position` None, somewhere in the batch."""

    def __init__(self, model: str, position: int | None, error: Exception) -> None:
        super().__init__(model, position, type(error).__name__)
        self.model = model
        self.position = position
        self.error = error


class Parked(msgspec.Struct, frozen=True):
    """`at` is when the fact was recorded, in microseconds since 1970."""

    model: str
    position: int
    error: str
    at: int


class Batches:
    """Takes facts into one copy. `fresh` makes the copy anew, since a failed batch leaves what a
    copy holds in memory in no certain state. `fence` is called first in each transaction, and
    `commit` last, with the last fact and what was parked."""

    def __init__(
        self,
        engine: Engine,
        fresh: Callable[[], Copy],
        fence: Callable[[Connection], None],
        commit: Callable[[Connection, Copy, Entry, Sequence[Parked]], None],
    ) -> None:
        self._engine = engine
        self._fresh = fresh
        self._fence = fence
        self._commit = commit
        self.copy = fresh()

    def take(self, rows: Sequence[Entry]) -> None:
        """Takes in these facts, in as few transactions as their errors allow. Raises what the database
        raises; what was taken in by then stays."""
        skip: set[tuple[str, int]] = set()
        waiting = _pieces(rows)
        errors: list[Parked] = []
        while waiting:
            some = waiting[0]
            try:
                self._try(some, skip, errors)
            except Indigestible as broken:
                self.copy = self._fresh()
                if broken.position is None and len(some) > 1:
                    waiting[:1] = [some[: len(some) // 2], some[len(some) // 2 :]]
                    continue
                at = some[0].position if broken.position is None else broken.position
                if (
                    broken.model,
                    at,
                ) in skip:  # it fails without that fact, too: nothing is gained by parking
                    raise broken.error from None
                skip.add((broken.model, at))
                entry = next(row for row in some if row.position == at)
                errors.append(_parked(broken.model, entry, broken.error))
            except BaseException:
                self.copy = self._fresh()
                raise
            else:
                waiting.pop(0)
                errors = []

    def _try(self, rows: Sequence[Entry], skip: set[tuple[str, int]], errors: Sequence[Parked]) -> None:
        with _no_search_for_cycles(), self._engine.begin() as db:
            facts, unreadable = _read(rows, self.copy)
            self._fence(db)
            self.copy.bind(db)
            take_in(self.copy, facts, skip)
            self._commit(db, self.copy, rows[-1], [*errors, *unreadable])
        self.copy.trim()


def _pieces(rows: Sequence[Entry]) -> list[list[Entry]]:
    """A batch ends where a month is closed: what is frozen then is all that was settled by then."""
    pieces: list[list[Entry]] = [[]]
    for row in rows:
        pieces[-1].append(row)
        if row.name == MonthClosed.NAME:
            pieces.append([])
    return pieces if pieces[-1] else pieces[:-1]


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A batch makes a hundred thousand objects without a cycle among them, which all die with it:
    looking for cycles meanwhile took an eighth of its time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


def take_in(copy: Copy, facts: Facts, skip: set[tuple[str, int]]) -> None:
    """The facts of one batch, each to the models that know its kind; then the rows are written."""
    by_kind: dict[type[Fact], Facts] = {}
    for one in facts:
        by_kind.setdefault(type(one[1]), []).append(one)
    for model in copy.models:
        if type(model).prefetch is Model.prefetch:
            continue
        copy.breathe()
        wanted = [one for kind in dict.fromkeys(model.facts) for one in by_kind.get(kind, ())]
        if skip:
            wanted = [one for one in wanted if (model.name, one[0]) not in skip]
        if wanted:
            _guarded(model, lambda model=model, wanted=wanted: model.prefetch(wanted))  # type: ignore[misc]
    takers = {kind: [model for model in copy.models if kind in model.facts] for kind in copy.kinds}
    for position, fact in facts:
        copy.breathe()
        for model in takers[type(fact)]:
            if skip and (model.name, position) in skip:
                continue
            try:
                model.change(position, fact)
            except _PASSING:
                raise
            except Exception as error:
                raise Indigestible(model.name, position, error) from error
    for model in copy.models:
        copy.breathe()
        _guarded(model, model.settle)
    for model in copy.models:
        _guarded(model, lambda model=model: copy.flush(model))  # type: ignore[misc]


def _guarded(model: Model, run: Callable[[], None]) -> None:
    try:
        run()
    except _PASSING:
        raise
    except Exception as error:
        raise Indigestible(model.name, None, error) from error


def _read(rows: Sequence[Entry], copy: Copy) -> tuple[Facts, list[Parked]]:
    """The facts of the kinds that anybody wants; those that cannot be decoded are parked for all."""
    names = {kind.NAME for kind in copy.kinds}
    facts: Facts = []
    unreadable = []
    for row in rows:
        copy.breathe()
        if row.name in names or not catalogue.knows(row.name, row.version):
            try:
                facts.append((row.position, catalogue.decode(row.name, row.version, row.data)))
            except (catalogue.UnknownFact, msgspec.MsgspecError, UnicodeError) as error:
                unreadable.append(_parked(EVERY_MODEL, row, error))
    return facts, unreadable


def _parked(model: str, row: Entry, error: Exception) -> Parked:
    cause = (
        type(error.orig).__name__ if isinstance(error, DBAPIError) and error.orig else type(error).__name__
    )
    _log.error("%s could not digest the fact at %d (%s): %s", model, row.position, row.name, cause)
    return Parked(model, row.position, f"{cause} at {row.name} version {row.version}", row.at)
