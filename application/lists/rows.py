"""Rows of a list into entries, each of which is one decision; or what is wrong with them.

Nothing is recorded here. Households and classes take several rows, which stand together; where one
of them is bad, none of them is taken.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from application.lists import cells
from application.lists.cells import Cells
from application.lists.entries import (
    ClassEntry,
    Entry,
    Fault,
    HouseholdEntry,
    Outcome,
)
from application.lists.one_row import RowReader
from application.lists.places import FormerNames
from application.ports import Ground, Unit
from domain.lists import ListKind
from domain.model import Refused
from domain.names import fold
from domain.surveys import instance_of

Row = tuple[int, Cells | Refused]
"""With its line in the file; a refusal where it could not be read."""


class OtherRowIsBad(Refused):
    """Row `line` of the same household or class is bad: none of them is taken."""


class Rows:
    """Reads the rows of one list in order. `on` is the day of what has no day of its own. `named` gives
    the id of an entry whose rows are an instance of a form."""

    def __init__(
        self,
        ground: Ground,
        kind: ListKind,
        unit: Unit,
        *,
        on: date,
        former: FormerNames = lambda _code: (),
        new_hamlets: bool = False,
        named: Callable[[Cells], str] | None = None,
    ) -> None:
        self.kind = kind
        self._digest = ground.vault.content_digest
        self._one = RowReader(ground, kind, unit, on=on, former=former, new_hamlets=new_hamlets)
        self._name = named

    def read(self, rows: Iterable[Row]) -> Iterator[Outcome]:
        """An entry, or the faults of its rows, in the order of the rows."""
        for some in self._together(rows):
            yield from self._outcomes(some)

    def _together(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """One by one; of households and classes those that follow each other and belong together."""
        waiting: list[Row] = []
        last: object = None
        for line, row in rows:
            key = None if isinstance(row, Refused) else self._belongs(row)
            if waiting and (key is None or key != last):
                yield waiting
                waiting = []
            if waiting and not isinstance(row, Refused):
                row = _filled(row, waiting[0][1])
            waiting.append((line, row))
            last = key
        if waiting:
            yield waiting

    def _belongs(self, row: Cells) -> object:
        """What the rows of one household, or of one class, have in common. A row of a form's export is
        an instance of its own."""
        if self.kind in (ListKind.HOUSEHOLDS, ListKind.CLASSES) and (instance := _instance(row)):
            return instance
        if self.kind is ListKind.HOUSEHOLDS:
            return fold(cells.text(row.get("household"))) or None
        if self.kind is ListKind.CLASSES:
            keys = ("class", "on", "commune", "hamlet", "mentor", "mentor_phone", "skills")
            return tuple(fold(cells.text(row.get(key))) for key in keys)
        return None

    def _outcomes(self, some: Sequence[Row]) -> Iterator[Outcome]:
        read: list[Entry] = []
        faults: dict[int, Refused] = {}
        for line, row in some:
            if isinstance(row, Refused):
                faults[line] = row
                continue
            try:
                read.append(self._one.entry(line, row))
            except Refused as refused:
                faults[line] = refused
        if not faults:
            try:
                yield self._named(self._whole(read), some[0][1])
                return
            except Refused as refused:
                faults[some[0][0]] = refused
        bad = min(faults)
        for line, _row in some:
            yield Fault(line, faults.get(line) or OtherRowIsBad(line=bad))

    def _whole(self, read: Sequence[Entry]) -> Entry:
        """Several rows as one. Raises `RowTwice` for what the list said before."""
        first = read[0]
        if isinstance(first, ClassEntry):
            learners = tuple(one for row in read for one in row.learners)  # type: ignore[attr-defined]
            first = self._one.of_class(tuple(row.lines[0] for row in read), first, learners)
        elif isinstance(first, HouseholdEntry) and len(read) > 1:
            members = tuple(one for row in read for one in row.members)  # type: ignore[attr-defined]
            first = self._one.household(tuple(row.lines[0] for row in read), first, members)
        if isinstance(first, ClassEntry):  # of everything else a part was said once already
            self._one.once(first.id, first.lines[0])
        return first

    def _named(self, entry: Entry, row: Cells | Refused) -> Entry:
        """An instance of a form is one entry whichever way it comes, by its export or by itself."""
        instance = "" if isinstance(row, Refused) else _instance(row)
        if not instance:
            return entry
        said = submission_of(self._digest, self.kind, instance)
        if self._name is not None and not isinstance(row, Refused):
            said = self._name(row)
        return msgspec.structs.replace(entry, id=said)


def submission_of(digest: Callable[[object], bytes], what: str, instance: str) -> str:
    """The submission id of what an instance of a form tells, whichever way it comes."""
    return f"form-{digest(('form', what, instance)).hex()[:40]}"


def _instance(row: Cells) -> str:
    return instance_of(cells.text(row.get("instance")))


def _filled(row: Cells, first: Cells | Refused) -> Cells:
    """What the rows of one household share is often written in the first of them only."""
    if isinstance(first, Refused):
        return row
    shared = ("mentor", "mentor_phone", "on", "commune", "hamlet")
    return {**row, **{key: first[key] for key in shared if key in first and not cells.text(row.get(key))}}
