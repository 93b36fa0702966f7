"""The XML of a workbook, looked through piece by piece before a library makes anything of it: what would
take the memory is refused, and what the library does not tell of a sheet is noted."""

import zipfile
from typing import Any, Final
from xml.parsers import expat

import msgspec
from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.xml.constants import SHEET_MAIN_NS

from infrastructure.lists.strict import STRICT
from infrastructure.lists.table import MOST_COLUMNS, MOST_ROWS, Damaged, OldWorkbook

MOST_LINES: Final = 1_048_576
"""Rows of a sheet, empty ones too: what Excel has."""

MOST_CELLS: Final = MOST_ROWS * 50
"""Of all sheets together: the library takes some 5 microseconds for each, and sees each up to three times."""

MOST_AREAS: Final = 20_000
MOST_UNWORKED: Final = MOST_ROWS * 5
DEEPEST: Final = 100

LONGEST_TEXT: Final = 1 << 20
"""Characters of a text, and bytes of a tag, as they stand in the file; Excel ends at 32,767."""

LARGEST_ROW: Final = 16 * 1024 * 1024
MOST_KEPT: Final = 192 * 1024 * 1024
"""Bytes of memory, roughly: of a row, which the library holds while it reads it, and of what it keeps."""

_PIECE: Final = 1 << 16
_NODE: Final = 100
_ROW, _CELL, _FORMULA, _VALUE, _TEXT, _TEXTS, _MERGED = (
    f"{SHEET_MAIN_NS} {name}" for name in ("row", "c", "f", "v", "t", "si", "mergeCell")
)
_RECORDS: Final = {f"{SHEET_MAIN_NS} worksheet": _ROW, f"{SHEET_MAIN_NS} sst": _TEXTS}
"""By the element that a part begins with: what the library reads of it one by one, and lets go again."""

Area = tuple[int, int, int, int]


class Looked(msgspec.Struct):
    """`last_row` and `last_column` are those that hold anything; `merged` areas are first and last row,
    first and last column (from 0), of more than one row; `unworked` are the columns (from 0) of each row
    with formulas that were never worked out. `mentioned` are other parts: what they are, and where."""

    last_row: int = 0
    last_column: int = 0
    merged: list[Area] = []
    unworked: dict[int, list[int]] = {}
    mentioned: list[tuple[str, str]] = []
    cells: int = 0
    large: bool = False


def looked_through(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Looked:
    """Raises `Damaged`, `OldWorkbook`, `expat.ExpatError` and what a damaged archive raises."""
    look = _Look()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = look.begin
    parser.EndElementHandler = look.end
    parser.CharacterDataHandler = look.text
    parser.StartDoctypeDeclHandler = _forbidden
    parser.EntityDeclHandler = _forbidden
    fed = 0
    with packed.open(part) as file:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TEXT + _PIECE:
                raise Damaged  # a tag without end, which the parser keeps in memory
        parser.Parse(b"", True)
    return look.done()


def _forbidden(*_said: object) -> None:
    """Entities and document types, which no workbook needs."""
    raise Damaged


class _Look:
    def __init__(self) -> None:
        self._found = Looked()
        self._depth = self._lines = self._cells = self._unworked = 0
        self._record: str | None = None
        self._inside = self._formula = self._filled = self._says = False
        self._line = self._at = self._length = 0
        self._held = self._texts = self._kept = self._waiting = self._all = 0

    def begin(self, name: str, given: list[str]) -> None:
        if not self._depth:
            self._record = _RECORDS.get(name)
            if name.startswith(STRICT):
                raise OldWorkbook
        self._depth += 1
        size = _NODE + len(name) + 30 * len(given) + sum(map(len, given))
        self._length = 0
        if name == self._record:
            self._begin_record(given, size)
        elif self._inside:
            self._hold(size)
        else:
            self._keep(size)
        if name == _CELL:
            self._begin_cell(given)
        elif name == _FORMULA:
            self._formula = True
        elif name in (_VALUE, _TEXT):
            self._says = True
        elif name == _MERGED:
            self._merge(_attributes(given).get("ref", ""))
        elif name.endswith((" Relationship", " Override")):
            self._mention(_attributes(given))
        if self._depth > DEEPEST:
            raise Damaged

    def text(self, said: str) -> None:
        self._length += len(said)
        if self._length > LONGEST_TEXT:
            raise Damaged
        if self._inside:
            self._hold(2 * len(said))
            self._texts += 2 * len(said)
            self._filled = self._filled or (self._says and not said.isspace())
        else:
            self._keep(2 * len(said))

    def end(self, name: str) -> None:
        self._depth -= 1
        self._length = 0
        if name == self._record:
            self._inside = False
            if name == _TEXTS:
                self._keep(_NODE + self._texts)
        elif name == _CELL:
            self._end_cell()
        elif name in (_VALUE, _TEXT):
            self._says = False

    def done(self) -> Looked:
        found = self._found
        reached = [area[1] for area in found.merged if area[0] <= found.last_row]
        found.last_row = max(found.last_row, min(max(reached, default=0), self._line))
        found.cells = self._cells
        found.large = self._all > MOST_KEPT
        return found

    def _begin_record(self, given: list[str], size: int) -> None:
        if self._inside:
            raise Damaged
        self._inside = True
        self._held = self._texts = self._at = 0
        if self._record == _ROW:
            self._lines += 1
            number = _attributes(given).get("r")
            self._line = int(number) if number else self._line + 1
            if max(self._lines, self._line) > MOST_LINES:
                raise Damaged
            # Of a row with no more than its number nothing is kept; of those after the last value neither.
            self._waiting += size if len(given) > 4 else _NODE

    def _begin_cell(self, given: list[str]) -> None:
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise Damaged
        ref = _attributes(given).get("r")
        self._at = column_index_from_string(ref.rstrip("0123456789")) if ref else self._at + 1
        self._formula = self._filled = False

    def _end_cell(self) -> None:
        found = self._found
        if not self._filled and not self._formula:
            return
        self._keep(self._waiting)
        self._waiting = 0
        found.last_row = max(found.last_row, self._line)
        found.last_column = max(found.last_column, min(self._at, MOST_COLUMNS))
        if not self._filled and self._at <= MOST_COLUMNS:
            self._unworked += 1
            if self._unworked > MOST_UNWORKED:
                raise Damaged
            found.unworked.setdefault(self._line, []).append(self._at - 1)

    def _merge(self, ref: str) -> None:
        left, top, right, bottom = range_boundaries(ref)
        if top != bottom:
            self._found.merged.append((top, bottom, left - 1, right - 1))
        if len(self._found.merged) > MOST_AREAS:
            raise Damaged

    def _mention(self, given: dict[str, str]) -> None:
        what = given.get("Type") or given.get("ContentType", "")
        self._found.mentioned.append((what, given.get("Target") or given.get("PartName", "")))

    def _hold(self, size: int) -> None:
        self._held += size
        self._all += size
        if self._held > LARGEST_ROW:
            raise Damaged

    def _keep(self, size: int) -> None:
        self._kept += size
        self._all += size
        if self._kept > MOST_KEPT:
            raise Damaged


def _attributes(given: list[str]) -> dict[str, Any]:
    return dict(zip(given[::2], given[1::2], strict=True))
