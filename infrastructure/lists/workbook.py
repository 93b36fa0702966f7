"""An Excel workbook (.xlsx), read by openpyxl a row at a time once its parts have been looked through: no
formula is worked out, no macro, link or entity followed. What openpyxl tells nobody while it streams
(merged cells, formulas without a value) comes from that look."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import to_excel

from domain.model import Refused
from infrastructure.lists.parts import MOST_CELLS, Area, Looked, looked_through
from infrastructure.lists.strict import STRICT, AsUsual
from infrastructure.lists.table import (
    MOST_COLUMNS,
    Damaged,
    Flagged,
    HasMacros,
    Line,
    NoSuchSheet,
    NotAList,
    NothingInside,
    OldWorkbook,
    Opened,
    Protected,
    SeveralSheets,
    Value,
)

MOST_PARTS: Final = 2_000
LARGEST_PART: Final = 256 * 1024 * 1024
"""Bytes of a sheet as XML: 100,000 rows of 30 columns take some 150 MB. It is read in pieces."""

LARGEST_TEXTS: Final = 96 * 1024 * 1024
"""Bytes of the shared texts as XML; they are in memory all at once."""

LARGEST_OTHER: Final = 32 * 1024 * 1024
"""Bytes of any other part, most of which are never read."""

LARGEST_UNPACKED: Final = 512 * 1024 * 1024
"""Bytes of all parts together: parts of an archive may share their bytes."""

Archive = type[zipfile.ZipFile]

_LARGEST: Final = 1 << 63
_PIECE: Final = 1 << 13
_SHEETS_NAMED: Final = 8
_STREAMED: Final = ("worksheet", "sharedStrings", "worksheet+xml", "sharedStrings+xml")
_TEXTS: Final = "xl/sharedstrings.xml"
_SHEETS_AND_TEXTS: Final = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)

# They quote cells, and a cell of a list is not for a log.
warnings.filterwarnings("ignore", module="openpyxl")


def opened(path: Path, start: bytes, sheet: str) -> Opened:
    """Raises `Protected`, `OldWorkbook`, `HasMacros`, `NotAList`, `Damaged`, `SeveralSheets`,
    `NoSuchSheet`, `NothingInside`."""
    if start[:4] == b"\xd0\xcf\x11\xe0":
        with path.open("rb") as file:
            known = "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20)
        raise Protected if known else OldWorkbook
    try:
        archive = _archive(path)
        looks = _looks(path, archive)
        with _Book(path, archive, looks) as book:
            name = book.chosen(sheet)
    except Refused:
        raise
    except Exception:  # whatever a library makes of a file that is not what it says
        raise Damaged from None
    return Opened("xlsx", name, "", _lines(path, archive, looks, name))


def _lines(path: Path, archive: Archive, looks: dict[str, Looked], name: str) -> Iterator[Line]:
    try:
        with _Book(path, archive, looks) as book:
            yield from book.lines(name)
    except Refused:
        raise
    except Exception:
        raise Damaged from None


def _archive(path: Path) -> Archive:
    """How the workbook's parts are read."""
    with zipfile.ZipFile(path) as packed:
        _must_be_bounded(packed.infolist())
        with packed.open("xl/workbook.xml") as part:
            return AsUsual if STRICT.encode() in part.read(_PIECE) else zipfile.ZipFile


def _looks(path: Path, archive: Archive) -> dict[str, Looked]:
    """Every part that is XML, by its name."""
    looks = {}
    with archive(path) as packed:
        for part in packed.infolist():
            try:
                looks[part.filename] = looked_through(packed, part)
            except expat.ExpatError:
                if part.filename.endswith((".xml", ".rels")):
                    raise
            if sum(look.cells for look in looks.values()) > MOST_CELLS:
                raise Damaged
    _must_be_what_they_say(packed.infolist(), looks)
    return looks


def _must_be_bounded(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Damaged
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise Protected
    if "mimetype" in names and "content.xml" in names:
        raise OldWorkbook
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise HasMacros
    if "xl/workbook.xml" not in names:
        raise NotAList
    sizes = [part.file_size for part in parts]
    if len(names) < len(parts) or max(sizes) > LARGEST_PART or sum(sizes) > LARGEST_UNPACKED:
        raise Damaged


def _must_be_what_they_say(parts: list[zipfile.ZipInfo], looks: dict[str, Looked]) -> None:
    """A sheet is read in pieces, as are the shared texts as far as they go; all else is read at once. So
    what is large is where sheets and texts are, and nothing says that it is anything else."""
    large = set()
    for part in parts:
        look = looks.get(part.filename)
        if part.file_size > LARGEST_OTHER or (look and look.large):
            large.add(PurePosixPath(part.filename).name)
            if not _SHEETS_AND_TEXTS.fullmatch(part.filename):
                raise Damaged
    for look in looks.values():
        for what, where in look.mentioned:
            if PurePosixPath(where).name in large and not what.endswith(_STREAMED):
                raise Damaged
    texts = (part.file_size for part in parts if part.filename.lower() == _TEXTS)
    if max(texts, default=0) > LARGEST_TEXTS:
        raise Damaged


class _Book:
    """The workbook as openpyxl streams it, and what the look through its parts found of each sheet."""

    def __init__(self, path: Path, archive: Archive, looks: dict[str, Looked]) -> None:
        self._looks = looks
        self._file = path.open("rb")  # openpyxl refuses paths by their endings
        try:
            reader = ExcelReader(self._file, read_only=True, data_only=True, keep_links=False)
            reader.archive = archive(self._file)
            reader.read()
            self._book = reader.wb
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "_Book":
        return self

    def __exit__(self, *_error: object) -> None:
        self._book.close()
        self._file.close()

    def chosen(self, wanted: str) -> str:
        """The visible sheet of that name, or the only one with anything in it."""
        sheets = [page for page in self._book.worksheets if page.sheet_state == "visible"]
        found = [page for page in sheets if not wanted or page.title.strip() == wanted.strip()]
        filled = [page for page in found if wanted or self._look(page).last_row]
        if wanted and not found:
            raise NoSuchSheet(sheets=_named(sheets))
        if not filled:
            raise NothingInside
        if len(filled) > 1:
            raise SeveralSheets(sheets=_named(filled))
        return str(filled[0].title)

    def lines(self, name: str) -> Iterator[Line]:
        page = next(page for page in self._book.worksheets if page.title == name)
        look = self._look(page)
        if not look.last_row:
            return
        merged = _Merged(look.merged)
        rows = page.iter_rows(max_row=look.last_row, max_col=look.last_column)
        for number, row in enumerate(rows, 1):
            cells = [_value(cell) for cell in row]
            for at in look.unworked.get(number, ()):
                cells[at] = Flagged("no-value", None)
            merged.mark(number, cells)
            yield number, cells

    def _look(self, page: Any) -> Looked:
        return self._looks[page._worksheet_path]  # noqa: SLF001 - nothing else says which part a sheet is


def _named(sheets: Sequence[Any]) -> str:
    return ", ".join(page.title[:60] for page in sheets[:_SHEETS_NAMED])


def _value(cell: Any) -> Value:
    value = cell.value
    match value:
        case None | str() if cell.data_type != "e":
            return value
        case datetime():
            return value.date()
        case time() | timedelta():
            return float(to_excel(value))
        case float() if not isfinite(value):
            return Flagged("failed", str(value))
        case float() if value.is_integer() and abs(value) < 1e15:
            return int(value)
        case int() if abs(value) >= _LARGEST:
            return str(value)  # digits of something, and no number of anything
        case _ if cell.data_type == "e":
            return Flagged("failed", str(value)[:40])
    return value  # type: ignore[no-any-return]


class _Merged:
    """Cells that are one with others above or below: of these only the first holds a value."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._next = sorted(areas, reverse=True)
        self._open: list[Area] = []

    def mark(self, line: int, cells: list[Value]) -> None:
        self._open = [area for area in self._open if area[1] >= line]
        while self._next and self._next[-1][0] <= line:
            self._begin(line, self._next.pop())
        for _, _, left, right in self._open:
            last = min(right, MOST_COLUMNS - 1)
            cells.extend([None] * (last + 1 - len(cells)))
            for at in range(left, last + 1):
                cell = cells[at]
                cells[at] = cell if isinstance(cell, Flagged) else Flagged("merged", cell)

    def _begin(self, line: int, area: Area) -> None:
        """Areas that overlap, as no program writes them, would make every cell dear."""
        if area[1] < line or area[2] >= MOST_COLUMNS:
            return
        self._open.append(area)
        if sum(min(one[3], MOST_COLUMNS - 1) + 1 - one[2] for one in self._open) > MOST_COLUMNS:
            raise Damaged
