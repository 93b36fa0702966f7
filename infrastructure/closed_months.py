"""What closings froze, kept for good: a closed month stays what it was, whatever counts it anew.

Read models freeze a month where its closing stands (`read_models/closings`); built anew by a program that
counts otherwise, they freeze it otherwise. So the figures are copied from them once, beside the ledger, in
the transaction of a fact that bears their SHA-256: who comes second changes nothing. They are numbers of
units; no person is in them. What read models freeze stays beside it, so that it can be said where today's
program would count otherwise.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import sub
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, select

from application.ports import OutcomeUnknown
from domain import catalogue
from domain.closing import KeepFigures, MonthClosed, MonthFiguresKept
from domain.model import By, Position, Stale, UnitId
from infrastructure.database import Database, kept
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.check import Progress, nobody_watches
from infrastructure.ledger.tables import fact
from infrastructure.ledger.writer import Writer
from infrastructure.read_models import closed
from infrastructure.read_models.closed import Closing, Counts, Deeds, UnitMonth, Whole

closed_figures: Final = Table(
    "closed_figures",
    kept,
    Column("closing", BigInteger, primary_key=True, autoincrement=False, comment="its position"),
    Column("figures", LargeBinary, nullable=False, comment="JSON, compressed by zlib"),
)


class _Figures(msgspec.Struct, frozen=True):
    """What is kept of a closing. `otherwise`: by how much the totals of the closing before differed from
    what was kept of it, counted as this closing was."""

    units: dict[UnitId, UnitMonth]
    otherwise: dict[UnitId, Counts] = {}


class _Read(msgspec.Struct, frozen=True):
    """The same, of which the units asked for alone are read."""

    units: dict[UnitId, msgspec.Raw]
    otherwise: dict[UnitId, Counts] = {}


_READ: Final = msgspec.json.Decoder(_Read)
_MONTH: Final = msgspec.json.Decoder(UnitMonth)


class Otherwise(msgspec.Struct, frozen=True, kw_only=True):
    """A closing of which read models built today count some units otherwise than was kept."""

    closing: Position
    unit: UnitId
    month: str
    units: int


class ClosedMonths:
    """Figures are asked for at a moment of the read models (`db`); what is kept is the same at each."""

    def __init__(self, database: Database, ledger: Writer) -> None:
        self._database = database
        self._ledger = ledger
        self._known: frozenset[int] = frozenset()
        self._lately = lru_cache(maxsize=2)(self._kept)  # a page asks for a month and the one before it

    # Keeping

    def keep(self) -> None:
        """Keeps what the read models froze and nobody kept yet: after each batch, and before anything is
        counted anew. Raises `Unavailable`, `OutcomeUnknown`."""
        for one in self._unkept():
            try:
                self._keep(one)
            except (OutcomeUnknown, Stale):
                if not self._is_kept(one.position):  # else it was, by this process or by another
                    raise

    def _is_kept(self, at: Position) -> bool:
        query = select(closed_figures.c.closing).where(closed_figures.c.closing == at)
        with self._database.reading() as kept_db:
            return kept_db.scalar(query) is not None

    def _unkept(self) -> list[Closing]:
        with self._database.read_models() as db:
            if self._known.issuperset(closed.positions(db)):  # asked after each batch
                return []
            stand = closed.every(db)
        with self._database.reading() as kept_db:
            self._known = frozenset(kept_db.scalars(select(closed_figures.c.closing)))
        return [one for one in stand if one.position not in self._known]

    def _keep(self, one: Closing) -> None:
        with self._database.read_models() as db:
            before = closed.before(db, one)
            figures = _Figures(
                closed.all_frozen(db, one.position), self._totals_moved(db, before) if before else {}
            )
        content = msgspec.json.encode(figures, order="deterministic")
        row = {"closing": one.position, "figures": zlib.compress(content)}
        decision = KeepFigures(
            unit=one.unit,
            month=one.month,
            closing=one.position,
            figures=hashlib.sha256(content).hexdigest(),
            by=By(f"system:{one.position}"),
        )
        claims = [(closed_figures.c.closing, one.position)]
        beside = Rows([(closed_figures, row)], claims=claims)
        self._ledger.decide_soon(decision, beside=beside).result()

    # What is asked

    def frozen(self, db: Connection, at: Position, some: Sequence[UnitId]) -> dict[UnitId, UnitMonth]:
        """The figures of these units as they were closed; of each, zeros where nothing happened."""
        found = self._read(at)
        if found is None:  # closed a moment ago: this is what is about to be kept
            return closed.frozen(db, at, some)
        nothing = {one: UnitMonth(unit=one, groups={}, deeds={}) for one in some}
        return nothing | {one: _MONTH.decode(found.units[one]) for one in some if one in found.units}

    def otherwise_since(self, db: Connection, before: Closing, then: Closing | None, unit: UnitId) -> Counts:
        """By how many people of a unit the report `before` would have told more (or fewer), had it been
        counted as the closing `then` was; as it is counted today where that is None."""
        found = self._read(then.position) if then else None
        if found is not None:
            return found.otherwise.get(unit, Counts())
        was, now = (of(db, before.position, [unit]) for of in (self.frozen, closed.frozen))
        return _apart(_total(now, unit), _total(was, unit))

    def anew(self, db: Connection, at: Position, some: Sequence[UnitId]) -> dict[UnitId, UnitMonth]:
        """Of these units those that were closed with other figures than read models built today freeze
        there, with what they freeze."""
        was = self.frozen(db, at, some)
        return {
            unit: one for unit, one in closed.frozen(db, at, some).items() if _said(one) != _said(was[unit])
        }

    def counted_otherwise(self, progress: Progress = nobody_watches) -> list[Otherwise]:
        """Every closing that today's read models would freeze otherwise."""
        with self._database.read_models() as db:
            stand = closed.every(db)
        found = []
        for done, one in enumerate(stand):
            progress(done, len(stand))
            was = self._all(one.position)
            if was is None:
                continue
            with self._database.read_models() as db:
                now = closed.all_frozen(db, one.position)
            if units := sum(_said(was.get(unit)) != _said(now.get(unit)) for unit in {*was, *now}):
                found.append(Otherwise(closing=one.position, unit=one.unit, month=one.month, units=units))
        return found

    def _totals_moved(self, db: Connection, before: Closing) -> dict[UnitId, Counts]:
        """By how much today's read models count other totals for a closing than were kept."""
        was = self._all(before.position)
        if was is None:
            return {}
        now = closed.all_frozen(db, before.position)
        moved = {unit: _apart(_total(now, unit), _total(was, unit)) for unit in sorted({*was, *now})}
        return {unit: by for unit, by in moved.items() if by != Counts()}

    def _read(self, at: Position) -> _Read | None:
        try:
            return self._lately(at)
        except LookupError:
            return None

    def _kept(self, at: Position) -> _Read:
        """Raises `LookupError` where nobody kept it yet."""
        with self._database.reading() as kept_db:
            row = kept_db.scalar(select(closed_figures.c.figures).where(closed_figures.c.closing == at))
        if row is None:
            raise LookupError(at)
        return _READ.decode(zlib.decompress(row))

    def _all(self, at: Position) -> dict[UnitId, UnitMonth] | None:
        """Also None where it can be read no more, which `check` says: other months are kept all the same."""
        try:
            found = self._read(at)
            return None if found is None else {one: _MONTH.decode(raw) for one, raw in found.units.items()}
        except (zlib.error, msgspec.DecodeError):
            return None


def check(database: Database) -> list[str]:
    """What is wrong with the figures that are kept: each has its fact, and is what that says."""
    with database.reading() as db:
        query = select(fact.c.name, fact.c.version, fact.c.data).where(fact.c.name == MonthFiguresKept.NAME)
        told = [catalogue.decode(*row) for row in db.execute(query.order_by(fact.c.position))]
        expected = {one.closing: one.figures for one in told if isinstance(one, MonthFiguresKept)}
        problems = []
        for at, content in db.execute(select(closed_figures).order_by(closed_figures.c.closing)):
            if at not in expected:
                problems.append(f"no fact tells of the figures that were closed at {at}")
            elif expected.pop(at) != _hash(content):
                problems.append(f"the figures that were closed at {at} are not as they were kept")
    return [*problems, *(f"the figures that were closed at {at} are missing" for at in expected)]


class NotKept(msgspec.Struct, frozen=True):
    """A closing of whose figures nothing is kept yet."""

    closing: Position
    unit: UnitId
    month: str


def not_kept(database: Database) -> list[NotKept]:
    """In a copy that a version of before this keeping made: these months are frozen as they are counted when
    it is first opened, once."""
    with database.reading() as db:
        kept_of = select(closed_figures.c.closing)
        query = select(fact.c.position, fact.c.name, fact.c.version, fact.c.data).where(
            fact.c.name == MonthClosed.NAME, fact.c.position.not_in(kept_of)
        )
        told = [(at, catalogue.decode(*row)) for at, *row in db.execute(query.order_by(fact.c.position))]
    return [NotKept(Position(at), one.unit, one.month) for at, one in told if isinstance(one, MonthClosed)]


def _hash(content: bytes) -> str:
    try:
        return hashlib.sha256(zlib.decompress(content)).hexdigest()
    except zlib.error:
        return ""


def _total(months: Mapping[UnitId, UnitMonth], unit: UnitId) -> Counts:
    return months[unit].people.total if unit in months else Counts()


def _apart(one: Counts, other: Counts) -> Counts:
    return Counts(*map(sub, msgspec.structs.astuple(one), msgspec.structs.astuple(other)))


def _said(one: UnitMonth | None) -> tuple[dict[str, Whole], dict[str, Deeds]]:
    """What a unit's figures say: a row of zeros says as much as none."""
    if one is None:
        return {}, {}
    groups = {of: whole for of, whole in one.groups.items() if whole != Whole()}
    return groups, {what: deeds for what, deeds in one.deeds.items() if deeds != Deeds()}
