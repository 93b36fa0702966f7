"""The projector: keeps the read models up with the ledger, in one elected process.

It follows the ledger in batches. Rows and positions commit together, and each transaction first
reads how far the models are, so that even two projectors could repeat and skip nothing; the
election only spares the work. On SQLite the process that owns the ledger projects.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from application.ports import Recorded
from domain import access
from domain import catalogue as facts
from domain.model import Boundary, Position
from domain.people import MergeUndone, PersonMerged
from infrastructure.alone import alone
from infrastructure.database import Database
from infrastructure.ledger import boundary, changes
from infrastructure.ledger.election import Election
from infrastructure.ledger.follower import Bell
from infrastructure.ledger.pace import Pace
from infrastructure.ledger.progress import ProjectorStatus, status_of
from infrastructure.read_models import boundaries, rebuild
from infrastructure.read_models.batches import Batches, Entry, Parked
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.catalogue import MODELS, named
from infrastructure.read_models.model import Copy, Model, closure

TOGETHER: Final = 10_000
"""How many facts are taken in by one transaction at most."""

_BUILDING: Final = 5498021343
"""What whoever builds a copy is alone at: all copies of one generation bear the same names."""

_LOOK: Final = 1.0
"""Seconds between looks at a database that is away, or at whether the election is open again."""

FEW: Final = 100
_PAUSE: Final = 0.1
_LONG_PAUSE: Final = 1.0
_BEHIND: Final = 0.25
"""After a batch of a few facts the next gathers for `_PAUSE` seconds, after one of more for `_LONG_PAUSE`:
a transaction costs nearly the same for a hundred facts as for a thousand, and rows that many facts
touch are written once. Of the longer pause as much as possible is taken within the batch (`Pace`); one
that takes `TOGETHER` facts, with more behind them, rests for `_BEHIND` seconds, and none after it.
Whoever waits for a position ends the pause, so that one's own write is never read later for it."""

_ANYWAY: Final = 600.0
"""Seconds after which reactions run without a new fact: a day begins, vendors cease to be active."""

_BREATH: Final = 0.1
"""Seconds between rounds of reactions, at least: a round costs as much however little there is to find."""

_QUIET: Final = 1.0
"""Seconds without another ended unit after which everything is counted anew."""

_GLANCE: Final = 0.02
"""Seconds between looks at how far another process has projected, for whoever waits for it."""

_ROLES: Final = frozenset(kind.NAME for kind in (*access.FACTS, PersonMerged, MergeUndone))
"""Facts after which somebody may hold other roles."""

_NO_END: Final = 2**62
_FACTS: Final = (
    "SELECT position, name, version, data, at FROM fact WHERE position > {0} AND position <= {0}"
    " ORDER BY position LIMIT {0}"
)
_NEXT: Final = {"sqlite": _FACTS.format("?"), "postgresql": _FACTS.format("%s")}

_log = logging.getLogger(__name__)


class Moved(Exception):
    """Somebody else moved the read models on, or swapped them: read again how far they are."""


class Projector:
    """Made by the composition root and started by whoever serves; commands may use `catch_up` and
    `rebuild` without starting it.

    `react` is run after facts were taken in, and once at the start, by a thread of its own: what
    the ledger asks for next. `writer.on_commit(projector.wake)` makes following immediate.
    `before_building` is run before any model is built anew: what must not be counted anew is kept by it.
    """

    def __init__(
        self,
        database: Database,
        *,
        react: Callable[[], object] | None = None,
        on_units: Callable[[], object] | None = None,
        on_roles: Callable[[], object] = lambda: None,
        before_building: Callable[[], object] = lambda: None,
        models: Sequence[type[Model]] = MODELS,
    ) -> None:
        self._database = database
        self._models = closure(models)
        self._react = react
        self._on_units = on_units
        self._on_roles = on_roles
        self._before_building = before_building
        self._of_roles = False  # whether the batch at hand may change who holds which roles
        self._bell = Bell(database)
        self._pace = Pace(self._bell.hurried)
        self._stop = threading.Event()
        self._batching = threading.RLock()
        self._rebuilding = threading.RLock()  # taken before `_batching`, never inside it
        self._moved = threading.Condition()
        self._position = 0
        self._taken = 0  # runs ahead of `_position` while a batch is not committed yet
        self._generations: dict[str, int] = {}
        self._live: Batches | None = None
        self._counted_anew: float | None = None
        self._seen_endings = 0
        self._election = Election(database)
        self._threads: list[threading.Thread] = []
        with database.read_models_engine.begin() as db:
            rebuild.make_tables(db)

    def start(self) -> None:
        """Follows from now on, in the background."""
        runs = [("projector", self._follow)] + ([("reactions", self._keep_reacting)] if self._react else [])
        for name, run in runs:
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self, _head: Position | None = None) -> None:
        """Looks at once."""
        self._bell.ring()

    def close(self) -> None:
        """Ends after the batch at hand."""
        self._stop.set()
        self._bell.hurry()
        with self._moved:
            self._moved.notify_all()
        for thread in self._threads:
            thread.join()
        self._election.resign()

    def position(self) -> Position:
        """How far the read models have come."""
        if not self._election.won:
            self._look_elsewhere()
        return Position(self._position)

    def wait_for(self, position: Position, timeout: float) -> bool:
        """Waits until the read models hold a position, to read one's own write; False in vain."""
        until = time.monotonic() + timeout
        self._hurry()
        while self.position() < position:
            left = until - time.monotonic()
            if left <= 0 or self._stop.is_set():
                return False
            with self._moved:
                if self._position < position:
                    self._moved.wait(min(left, _GLANCE))
        return True

    def _hurry(self) -> None:
        self._bell.hurry()
        if not self._election.won:
            with suppress(DBAPIError):
                self._bell.hurry_others()

    def status(self) -> ProjectorStatus:
        return status_of(self._database, projecting=self._election.won, counted_anew=self._counted_anew)

    def catch_up(self) -> Position:
        """Takes in whatever the ledger holds now; returns the position reached."""
        while self._step():
            pass
        self._count_again()
        return Position(self._position)

    def rebuild(
        self, model: str | None = None, progress: Callable[[int, int], object] = lambda _done, _all: None
    ) -> None:
        """Builds a model (and what it needs), or all, beside the old copy up to where that has come,
        and swaps them. `progress` is told facts done and facts in all. Raises `UnknownModel`."""
        self._open()
        with self._rebuilding:
            self._rebuild(self._models if model is None else closure([named(model)]), progress)

    # Following

    def _follow(self) -> None:
        with self._bell:
            while not self._stop.is_set():
                hurried = self._bell.listen()
                try:
                    if not self._election.stand():
                        self._stop.wait(_LOOK)
                        continue
                    taken = self._step(resting=not hurried)
                    if self._more_may_end():
                        self._stop.wait(_QUIET)
                        continue
                    self._count_again()
                    if taken:
                        if taken < TOGETHER:
                            self._bell.rest(self._pace.end())
                        continue
                except DBAPIError:
                    _log.warning("the read models cannot be written just now; trying again", exc_info=True)
                    self._live = None
                    self._election.resign()
                    self._stop.wait(_LOOK)
                except Exception:
                    _log.exception("the projector stumbled; trying again")
                    self._live = None
                    self._stop.wait(_LOOK)
                self._bell.wait()

    def _step(self, *, resting: bool = False) -> int:
        """Takes in one batch; returns how many facts it had."""
        with self._batching:
            live = self._open()
            rows = _read(self._database, self._position, TOGETHER)
            if not rows:
                return 0
            self._of_roles = any(row.name in _ROLES for row in rows)
            self._pace.begin(_pause(len(rows)), resting=resting and len(rows) >= FEW)
            try:
                live.take(rows)
            except Moved:
                self._live = None
            except BaseException:
                self._live = None
                raise
            else:
                self._tell(live.copy)
        return len(rows)

    def _more_may_end(self) -> bool:
        """Whether units ended just now: a reform is thousands of changes, and everything is counted anew
        once for all of them, when none has come for a moment."""
        if self._live is None:
            return False
        territory = self._live.copy.model(Units)
        seen, self._seen_endings = self._seen_endings, territory.uncounted
        return territory.outdated and territory.uncounted != seen

    def _tell(self, copy: Copy) -> None:
        """Lets those know who hold the units in memory, then those who wait for a position: what
        was taken in is committed now, and whoever waited finds the units, too."""
        territory = copy.model(Units)
        if territory.changed and self._on_units:
            self._on_units()
        territory.changed = False
        if self._of_roles:
            self._on_roles()
        with self._moved:
            self._position = self._taken
            self._moved.notify_all()

    def _count_again(self) -> None:
        """Where boundaries changed, everything is counted anew under the new ones, beside the old
        copy, which answers meanwhile; what is recorded meanwhile is taken in after that."""
        with self._rebuilding:
            while not self._stop.is_set() and self._live and self._live.copy.model(Units).outdated:
                self._rebuild(self._models, self._say, only_outdated=True)
                self._open()
            self._counted_anew = None

    def _say(self, done: int, every: int) -> None:
        self._counted_anew = done / every if every else None

    def _open(self) -> Batches:
        """The live copy, made ready where it is not: tables, positions, and models that are new."""
        with self._batching:
            if self._live is None:
                with (
                    alone(self._database, _BUILDING) as nobody_builds,
                    self._database.read_models_engine.begin() as db,
                ):
                    stale = rebuild.prepare(db, self._models, tidying=nobody_builds)
                if stale:
                    self._rebuild(closure(stale), lambda _done, _all: None)
                self._position = self._taken = self._read_standing()
                self._live = Batches(
                    self._database.read_models_engine,
                    lambda: Copy(self._models, self._history, breathe=self._pace),
                    self._fence,
                    self._commit,
                )
                with self._database.read_models() as db:
                    self._live.copy.model(Units).outdated = boundaries.outdated(db)
            return self._live

    def _read_standing(self) -> int:
        with self._database.read_models() as db:
            models = rebuild.standing(db)
        self._generations = {one.model: one.generation for one in models}
        return max((one.position for one in models), default=0)

    def _fence(self, db: Connection) -> None:
        for one in rebuild.standing(db, lock=True):
            if one.position != self._taken or one.generation != self._generations.get(one.model):
                raise Moved

    def _commit(self, db: Connection, copy: Copy, last: Entry, errors: Sequence[Parked]) -> None:
        rebuild.park(db, errors)
        rebuild.advance(db, copy.models, last)
        if self._of_roles:
            changes.tell(db)
        self._taken = last.position

    def _history(self, wanted: Boundary) -> list[Recorded]:
        items = boundary.items_of(wanted)
        with self._database.reading() as db:
            rows = db.execute(boundary.matching(db, items)).all() if items else []
        return [Recorded(Position(row[0]), facts.decode(*row[1:])) for row in rows]

    # Rebuilding

    def _rebuild(
        self,
        models: Sequence[type[Model]],
        progress: Callable[[int, int], object],
        *,
        only_outdated: bool = False,
    ) -> None:
        with self._building():
            with self._database.read_models() as db:
                outdated = boundaries.outdated(db)
            if only_outdated and not outdated:  # another process was quicker
                self._live = None
                return
            # One alone would count by other boundaries than its neighbours.
            self._build(self._models if outdated else models, progress)

    @contextmanager
    def _building(self) -> Iterator[None]:
        """Waits until no other process builds a copy."""
        while not self._stop.is_set():
            with alone(self._database, _BUILDING) as nobody_else:
                if nobody_else:
                    yield
                    return
            self._stop.wait(_PAUSE)
        yield  # ending: `_build` changes nothing any more

    def _build(self, models: Sequence[type[Model]], progress: Callable[[int, int], object]) -> None:
        engine = self._database.read_models_engine
        if self._stop.is_set():
            return
        self._before_building()
        with engine.begin() as db:
            rebuild.tidy(db, self._models)
            suffix = rebuild.suffix(db)
            Copy(models, self._history, suffix=suffix).create(db)
        errors: list[Parked] = []
        beside = Batches(
            engine,
            lambda: Copy(models, self._history, suffix=suffix),
            lambda _db: None,
            lambda _db, _copy, _last, parked_now: errors.extend(parked_now),
        )
        last = Entry(0, "", 0, b"", 0)
        while not self._stop.is_set():
            goal = self._read_standing()
            rows = _read(self._database, last.position, TOGETHER, up_to=goal)
            if rows:
                beside.take(rows)
                last = rows[-1]
                progress(last.position, goal)
            elif self._change_places(beside.copy, models, last, errors):
                return

    def _change_places(
        self, copy: Copy, models: Sequence[type[Model]], last: Entry, errors: Sequence[Parked]
    ) -> bool:
        """Swaps, unless the live copy has moved on meanwhile."""
        with self._batching, self._database.read_models_engine.begin() as db:
            if max(one.position for one in rebuild.standing(db, lock=True)) != last.position:
                return False
            rebuild.swap(db, copy, models, last, errors)
            self._live = None
        return True

    # Reacting

    def _keep_reacting(self) -> None:
        reacted, last = -1, 0.0
        while not self._stop.is_set():
            if self._live is None:  # not ready yet, or another process is the elected one
                self._stop.wait(_PAUSE)
                continue
            with self._moved:
                if self._position == reacted:
                    self._moved.wait(_LOOK)
            if self._stop.is_set() or (self._position == reacted and time.monotonic() < last + _ANYWAY):
                continue
            reacted, last = self._position, time.monotonic()
            try:
                if self._react:
                    self._react()
            except Exception:
                _log.exception("reactions stumbled; trying again")
                reacted = -1
                self._stop.wait(_LOOK)
            self._stop.wait(_BREATH)

    def _look_elsewhere(self) -> None:
        """Another process projects: how far it has come stands in the database."""
        with suppress(DBAPIError), self._database.read_models() as db:
            self._position = max((one.position for one in rebuild.standing(db)), default=self._position)


def _pause(taken: int) -> float:
    """Seconds to rest for a batch of so many facts."""
    if taken < FEW:
        return _PAUSE
    return _LONG_PAUSE if taken < TOGETHER else _BEHIND


def _read(database: Database, after: int, limit: int, *, up_to: int = _NO_END) -> list[Entry]:
    """The next facts, straight from the driver's cursor: this reads every fact there is."""
    with database.reading() as db:
        found = db.exec_driver_sql(_NEXT[database.dialect], (after, up_to, limit))
        return list(map(Entry._make, found.cursor.fetchall()))
