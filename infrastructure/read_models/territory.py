"""The territory in memory: every unit there is or was, found by id, by code and by what it lies in."""

import threading
import time
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from application.ports import Unit
from application.territory import SINCE
from domain.lineage import Lineage
from domain.model import UnitId
from domain.names import fold
from domain.territory import UnitKind
from infrastructure.database import Database
from infrastructure.read_models.boundaries import CalledRow, EndingRow, called, called_by, end_all, endings
from infrastructure.read_models.units import COUNTRY, UnitRow, unit

_SINCE: Final = SINCE.isoformat()


class Territory:
    """Implements `application.ports.Units`: an index in memory, read again when a unit changed.

    Looking up an unknown unit reads the table at most ten times a second, so that a unit just
    added is found; otherwise a change elsewhere is noticed within `PATIENCE` seconds.
    """

    PATIENCE: Final = 1.0

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._seen = (-1, -1)
        self._looked = 0.0
        self._index = _Index([], [], [])

    def find(self, ref: str) -> Unit | None:
        self._look_again(self.PATIENCE)
        found = self._index.find(ref)
        if found is None:
            self._look_again(0.1)
            found = self._index.find(ref)
        return found

    def children(self, unit: UnitId) -> Sequence[Unit]:
        self._look_again(self.PATIENCE)
        return self._index.children.get(unit, ())

    def is_within(self, unit: UnitId, over: UnitId) -> bool:
        found = self.find(unit)
        return found is not None and (over in found.path or self._index.lies_in(unit, over))

    def formerly(self, unit: UnitId) -> Sequence[UnitId]:
        self._look_again(self.PATIENCE)
        return self._index.formerly(unit)

    @property
    def since(self) -> date:
        self._look_again(self.PATIENCE)
        return self._index.since

    def on(self, ref: str, day: date) -> Unit | None:
        self._look_again(self.PATIENCE)
        return self._index.on(ref, day)

    def line(self, unit: UnitId, day: date) -> tuple[UnitId, ...]:
        """A unit and those it lay in on a day, up to the country."""
        self._look_again(self.PATIENCE)
        return self._index.line(unit, day.isoformat())

    def under(self, unit: UnitId, day: date) -> list[Unit]:
        """The units that lay right under one on a day, as they were then."""
        self._look_again(self.PATIENCE)
        return self._index.under(unit, day)

    def counterparts(self, unit: UnitId, day: date) -> tuple[UnitId, ...]:
        """What stood on a day where a unit of another time stands or stood: what it went into by then,
        or what went into it since; itself where it stood. Nothing where none of these did."""
        self._look_again(self.PATIENCE)
        return self._index.counterparts(unit, day.isoformat())

    def held_all_of(self, unit: UnitId, day: date) -> UnitId | None:
        """The smallest unit of a day that holds all of one of another time."""
        self._look_again(self.PATIENCE)
        return self._index.held_all_of(unit, day.isoformat())

    def search(self, text: str, limit: int = 30) -> list[Unit]:
        """Units of any time by their code or by the words of a name they bear or bore (accents aside),
        those that stand first, the shortest names before longer ones."""
        self._look_again(self.PATIENCE)
        return self._index.search(text, limit)

    def pieces(self, unit: UnitId) -> Sequence[UnitId]:
        """The units that went right into this one, whole or in part."""
        self._look_again(self.PATIENCE)
        return self._index.pieces(unit)

    def became(self, unit: UnitId) -> Sequence[UnitId]:
        """What a unit that is no more went into, the largest part first."""
        self._look_again(self.PATIENCE)
        return self._index.became(unit)

    def in_doubt(self, unit: UnitId) -> bool:
        """Whether nobody can say in which commune of today this lies: it was divided, or is a hamlet
        of one that was."""
        self._look_again(self.PATIENCE)
        return self._index.in_doubt(unit)

    def parts(self, unit: UnitId) -> Sequence[UnitId]:
        self._look_again(self.PATIENCE)
        return self._index.parts(unit)

    def divided(self, unit: UnitId) -> UnitId | None:
        """Of a unit in doubt, the commune that was divided: itself, or the one it lies in."""
        self._look_again(self.PATIENCE)
        return self._index.divided(unit)

    def refresh(self) -> None:
        """Reads the table again if a unit changed; the projector calls it where one did."""
        self._look_again(0.0)

    def _look_again(self, patience: float) -> None:
        if time.monotonic() - self._looked < patience:
            return
        with self._lock, self._database.read_models() as db:
            seen = db.execute(
                select(func.coalesce(func.max(unit.c.changed), 0), func.count(unit.c.unit))
            ).one()
            if (seen[0], seen[1]) != self._seen:
                self._index = _read(db)
                self._seen = (seen[0], seen[1])
            self._looked = time.monotonic()


def _read(db: Connection) -> "_Index":
    return _Index(
        [UnitRow(*row) for row in db.execute(select(unit))],
        endings(db),
        [CalledRow(*row) for row in db.execute(select(called))],
    )


class _Index:
    """The units of one reading; never changed once made, so that readers need no lock."""

    def __init__(
        self, rows: Sequence[UnitRow], ended: Sequence[EndingRow], said: Sequence[CalledRow]
    ) -> None:
        self._rows = {row.unit: row for row in rows}
        self._lineage = Lineage()
        for row in rows:
            self._lineage.establish(row.unit, row.parent, date.fromisoformat(row.valid_from))
        end_all(self._lineage, ended)
        self._said: dict[UnitId, list[CalledRow]] = {}
        for say in said:
            self._said.setdefault(say.unit, []).append(say)
        self.units = {ref: self._unit(row) for ref, row in self._rows.items()}
        standing = [one for one in self.units.values() if one.ended is None]
        self._codes = {one.code: one for one in standing if one.code is not None}
        self._codes.update((COUNTRY, one) for one in standing if one.kind is UnitKind.COUNTRY)
        self.children = self._under()
        began = (row.valid_from for row in rows)
        self.since = date.fromisoformat(min(began, default="0001-01-01"))

    def find(self, ref: str) -> Unit | None:
        return self._codes.get(ref) or self.units.get(UnitId(ref))

    def _under(self) -> dict[UnitId, tuple[Unit, ...]]:
        """What lies right under each unit: under one of today what stands today, under one that is
        no more what lay under it then."""
        under: dict[UnitId, list[Unit]] = {}
        for one in self.units.values():
            if one.parent is None:
                continue
            above = {one.parent} if self._lineage.ended(one.parent) else set()
            if one.ended is None:
                above.add(self._lineage.now(one.parent))
            for ref in above:
                under.setdefault(ref, []).append(one)
        return {ref: tuple(sorted(units, key=_order)) for ref, units in under.items()}

    def lies_in(self, ref: UnitId, over: UnitId) -> bool:
        """Under the boundaries of any time, or in what stands for `over` today: whoever held a role
        over a unit that was merged holds it over what it was merged into."""
        above = self._lineage.above(ref)
        return over in above or self._lineage.now(over) in above

    def formerly(self, ref: UnitId) -> tuple[UnitId, ...]:
        found: dict[UnitId, None] = {}
        waiting = [ref]
        while waiting:
            for one in self._lineage.pieces(waiting.pop()):
                ended = self._rows[one].ended if one in self._rows else None
                if ended is not None and ended > _SINCE and one not in found:
                    found[one] = None
                    waiting.append(one)
        return tuple(found)

    def on(self, ref: str, day: date) -> Unit | None:
        """A unit as it was on a day, by its id or by the code it bore then; None where none did."""
        said = day.isoformat()
        if ref == COUNTRY or ref in self.units:
            found = self.find(ref)
        else:
            found = next(
                (
                    self.units[one]
                    for one in self._bore.get(ref, ())
                    if _stood(self._rows[one], said) and called_by(self._said[one], said)[2] == ref
                ),
                None,
            )
        if found is None:
            return None
        name, kind, code = called_by(self._said.get(found.id, ()), said)
        return msgspec.structs.replace(
            found, code=code, name=name or found.name, kind=UnitKind(kind) if kind else found.kind
        )

    def search(self, text: str, limit: int) -> list[Unit]:
        words = fold(text).split()
        if not words:
            return []
        found = [ref for ref, names in self._folded.items() if all(word in names for word in words)]
        several = [self.units[ref] for ref in found]
        first = sorted(
            several, key=lambda one: (one.ended is not None, len(one.name), one.code or "~", one.id)
        )
        return first[:limit]

    @cached_property
    def _folded(self) -> dict[UnitId, str]:
        """All that a unit was ever called, and its codes; hamlets only by their names."""
        said = {
            ref: {*(one.name for one in some), *(one.code for one in some)}
            for ref, some in self._said.items()
        }
        return {
            ref: " | ".join(fold(one) for one in sorted(filter(None, names))) for ref, names in said.items()
        }

    def pieces(self, ref: UnitId) -> Sequence[UnitId]:
        return tuple(self._lineage.pieces(ref))

    def became(self, ref: UnitId) -> Sequence[UnitId]:
        return self._lineage.became(ref)

    def in_doubt(self, ref: UnitId) -> bool:
        return self._lineage.in_doubt(ref)

    def divided(self, ref: UnitId) -> UnitId | None:
        return self._lineage.divided_in(ref)

    def parts(self, ref: UnitId) -> tuple[UnitId, ...]:
        divided = self._lineage.divided_in(ref)
        return self._lineage.standing(divided) if divided else ()

    def line(self, ref: UnitId, day: str) -> tuple[UnitId, ...]:
        line: list[UnitId] = []
        above: UnitId | None = ref
        while above is not None and above not in line:
            line.append(above)
            row = self._rows.get(above)
            above = None if row is None or row.parent is None else self._then(row.parent, day)
        return tuple(line)

    def under(self, ref: UnitId, day: date) -> list[Unit]:
        said = day.isoformat()
        return [
            found
            for parent in self._with_pieces(ref)
            for row in self._parent_of.get(parent, ())
            if _stood(row, said) and self._then(parent, said) == ref and (found := self.on(row.unit, day))
        ]

    def _with_pieces(self, ref: UnitId) -> list[UnitId]:
        """A unit and all that went into it, however long ago: what lay in one of these may lie in it."""
        found = [ref]
        for one in found:
            found += [piece for piece in self._lineage.pieces(one) if piece not in found]
        return found

    @cached_property
    def _parent_of(self) -> dict[UnitId, list[UnitRow]]:
        under: dict[UnitId, list[UnitRow]] = {}
        for row in self._rows.values():
            if row.parent is not None:
                under.setdefault(row.parent, []).append(row)
        return under

    @cached_property
    def _bore(self) -> dict[str, list[UnitId]]:
        """By code, the units that ever bore it."""
        found: dict[str, dict[UnitId, None]] = {}
        for ref, some in self._said.items():
            for one in some:
                if one.code is not None and ref in self._rows:
                    found.setdefault(one.code, {})[ref] = None
        return {code: list(refs) for code, refs in found.items()}

    def _then(self, ref: UnitId, day: str) -> UnitId:
        """The unit that stood for another on a day, after all that had become of it by then."""
        while (row := self._rows.get(ref)) and row.ended and row.ended <= day:
            became = self._lineage.became(ref)
            if not became:
                break
            ref = became[0]
        return ref

    def counterparts(self, ref: UnitId, day: str) -> tuple[UnitId, ...]:
        found: dict[UnitId, None] = {}
        waiting, met = [ref], {ref}
        while waiting:
            row = self._rows.get(one := waiting.pop(0))
            if row is None:
                continue
            if _stood(row, day):
                found[one] = None
                continue
            next_ones = self._lineage.pieces(one) if day < row.valid_from else self._lineage.became(one)
            waiting += [other for other in next_ones if other not in met]
            met.update(next_ones)
        return tuple(found)

    def held_all_of(self, ref: UnitId, day: str) -> UnitId | None:
        there = [one for one in self._lineage.above(ref) if _stood(self._rows[one], day)]
        return max(there, key=lambda one: len(self.line(one, day)), default=None)

    def _unit(self, row: UnitRow) -> Unit:
        return Unit(
            id=row.unit,
            code=row.code,
            name=row.name,
            kind=UnitKind(row.kind),
            parent=row.parent,
            path=self._path(row),
            latitude=row.latitude,
            longitude=row.longitude,
            ended=None if row.ended is None else date.fromisoformat(row.ended),
        )

    def _path(self, row: UnitRow) -> tuple[UnitId, ...]:
        """A unit, what stands for it today, and what that lies in."""
        path = [row.unit]
        above: UnitId | None = self._lineage.now(row.unit)
        while above is not None:
            if above not in path:
                path.append(above)
            found = self._rows.get(above)
            above = None if found is None or found.parent is None else self._lineage.now(found.parent)
        return tuple(path)


def _stood(row: UnitRow, day: str) -> bool:
    return row.valid_from <= day and (row.ended is None or day < row.ended)


def _order(one: Unit) -> tuple[bool, str, str]:
    return one.code is None, one.code or "", one.name
