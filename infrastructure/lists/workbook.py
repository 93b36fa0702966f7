"""An Excel workbook (.xlsx), read part by part within bounds: no formula is worked out, no macro, link or
entity followed, and never more than a row is in memory beside the shared texts."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.parsers import expat

from application.lists.cells import FIRST_DAY
from infrastructure.lists.table import (
    MOST_COLUMNS,
    MOST_ROWS,
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

LARGEST_UNPACKED: Final = 512 * 1024 * 1024
"""Bytes of all parts together: parts of an archive may share their bytes."""

MOST_LINES: Final = 1_048_576
"""Rows of a sheet, empty ones too: what Excel has."""

MOST_CELLS: Final = MOST_ROWS * MOST_COLUMNS
LONGEST_TEXT: Final = 1 << 20
"""Characters of a cell, and bytes of a tag, as they stand in the file; Excel ends at 32,767."""

_PIECE: Final = 1 << 16
_SHEETS_NAMED: Final = 8
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, OSError,
                  EOFError, NotImplementedError, RuntimeError, OverflowError)  # fmt: skip


class _Forbidden(ValueError):
    """The XML declares entities or a document type, which no workbook needs."""


def opened(path: Path, start: bytes, sheet: str) -> Opened:
    """Raises `Protected`, `OldWorkbook`, `HasMacros`, `NotAList`, `Damaged`, `SeveralSheets`,
    `NoSuchSheet`, `NothingInside`."""
    if start[:4] == b"\xd0\xcf\x11\xe0":
        with path.open("rb") as file:
            known = "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20)
        raise Protected if known else OldWorkbook
    try:
        return _opened(path, sheet)
    except _BROKEN:
        raise Damaged from None


def _opened(path: Path, wanted: str) -> Opened:
    with zipfile.ZipFile(path) as packed:
        book = _Book(packed)
        found = [one for one in book.sheets if not wanted or one[0].strip() == wanted.strip()]
        filled = [one for one in found if wanted or book.has_rows(one[1])]
    names = ", ".join(name[:60] for name, _ in book.sheets[:_SHEETS_NAMED])
    if wanted and not found:
        raise NoSuchSheet(sheets=names)
    if not filled:
        raise NothingInside
    if len(filled) > 1:
        raise SeveralSheets(sheets=", ".join(name[:60] for name, _ in filled[:_SHEETS_NAMED]))
    name, part = filled[0]
    return Opened("xlsx", name, "", _lines(path, part))


def _lines(path: Path, part: str) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(path) as packed:
            book = _Book(packed)
            merged = book.merged(part)
            reader = _Sheet(book, merged)
            yield from _events(packed, part, reader)
    except _BROKEN:
        raise Damaged from None


class _Book:
    """What the parts of a workbook have in common."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        parts = packed.infolist()
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
        if max(sizes) > LARGEST_PART or sum(sizes) > LARGEST_UNPACKED:
            raise Damaged
        self._rels = _relations(packed, "xl/_rels/workbook.xml.rels")
        self.sheets, self._since = self._sheets()
        self._texts: list[str] | None = None
        self._days: list[bool] | None = None

    def _sheets(self) -> tuple[list[tuple[str, str]], date]:
        """The visible sheets with their parts, and the day that days are counted from."""
        sheets: list[tuple[str, str]] = []
        since = FIRST_DAY

        def begin(name: str, given: dict[str, str]) -> None:
            nonlocal since
            if name == "workbookPr" and given.get("date1904") in ("1", "true"):
                since = date(1904, 1, 1)
            elif name == "sheet" and given.get("state", "visible") == "visible":
                ref = next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), "")
                kind, part = self._rels.get(ref, ("", ""))
                if kind.endswith("/worksheet"):
                    sheets.append((given.get("name", ""), part))

        _read(self._packed, "xl/workbook.xml", begin)
        return sheets, since

    def has_rows(self, part: str) -> bool:
        """Whether anything stands in it."""
        reader = _Sheet(self, ())
        found = (cells for _, cells in islice(_events(self._packed, part, reader), 200))
        return any(cell is not None and cell != "" for cells in found for cell in cells)

    def merged(self, part: str) -> tuple[tuple[int, int, int, int], ...]:
        """Areas of merged cells (first row, last row, first column, last column) of more than one row.
        They stand after the rows in the file, and are wanted before them."""
        found = []
        kept = b""
        with self._packed.open(part) as file:
            while piece := file.read(_PIECE):
                kept += piece
                for said in _MERGED.finditer(kept):
                    rows = int(said[2]), int(said[4])
                    if rows[0] != rows[1]:
                        found.append((*rows, _column(said[1].decode()), _column(said[3].decode())))
                cut = max(kept.rfind(b">") + 1, len(kept) - 500)
                kept = kept[cut:]
                if len(found) > 20_000:
                    raise Damaged
        return tuple(found)

    @property
    def texts(self) -> list[str]:
        if self._texts is None:
            part = next((part for kind, part in self._rels.values() if kind.endswith("/sharedStrings")), "")
            self._texts = _shared(self._packed, part) if part else []
        return self._texts

    def is_day(self, style: str | None) -> bool:
        if self._days is None:
            part = next((part for kind, part in self._rels.values() if kind.endswith("/styles")), "")
            self._days = _day_styles(self._packed, part) if part else []
        at = int(style) if style else 0
        return at < len(self._days) and self._days[at]

    def day(self, number: float) -> Value:
        if not 0 <= number < 2_958_466:
            return number
        if number < 1:  # a time of day
            return number
        whole, part = divmod(number, 1)
        moment = datetime.combine(self._since, datetime.min.time()) + timedelta(
            days=whole, seconds=round(part * 86_400)
        )
        return moment.date()


_MERGED: Final = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"'
)


class _Sheet:
    """Rows out of the events of a sheet's XML."""

    def __init__(self, book: _Book, merged: Sequence[tuple[int, int, int, int]]) -> None:
        self.done: list[Line] = []
        self._book = book
        self._merged = sorted(merged, reverse=True)
        self._open: list[tuple[int, int, int, int]] = []
        self._row: list[Value] = []
        self._line = self._at = 0
        self._lines = self._cells = self._length = 0
        self._kind = self._style = ""
        self._formula = self._in_text = self._phonetic = False
        self._said: list[str] = []

    def begin(self, name: str, given: dict[str, str]) -> None:
        match name:
            case "row":
                self._lines += 1
                self._line = int(given["r"]) if "r" in given else self._line + 1
                self._row, self._at = [], -1
                self._open = [area for area in self._open if area[1] >= self._line]
                while self._merged and self._merged[-1][0] <= self._line:
                    self._begin_area(self._merged.pop())
                if self._lines > MOST_LINES:
                    raise Damaged
            case "c":
                self._cells += 1
                if self._cells > MOST_CELLS:
                    raise Damaged
                ref = given.get("r", "")
                self._at = _column(ref.rstrip("0123456789")) if ref else self._at + 1
                self._kind, self._style = given.get("t", "n"), given.get("s", "")
                self._formula, self._said, self._length = False, [], 0
            case "f":
                self._formula = True
            case "v":
                self._in_text = True
            case "rPh":
                self._phonetic = True
            case "t":
                self._in_text = not self._phonetic

    def text(self, said: str) -> None:
        if self._in_text:
            self._said.append(said)
            self._length += len(said)
            if self._length > LONGEST_TEXT:
                raise Damaged

    def _begin_area(self, area: tuple[int, int, int, int]) -> None:
        """Areas that overlap, as no program writes them, would make every cell dear."""
        if area[1] < self._line or area[2] >= MOST_COLUMNS:
            return
        self._open.append(area)
        if sum(min(one[3], MOST_COLUMNS - 1) + 1 - one[2] for one in self._open) > MOST_COLUMNS:
            raise Damaged

    def end(self, name: str) -> None:
        match name:
            case "v" | "t":
                self._in_text = False
            case "rPh":
                self._phonetic = False
            case "c":
                if 0 <= self._at < MOST_COLUMNS:
                    self._row.extend([None] * (self._at + 1 - len(self._row)))
                    self._row[self._at] = self._flagged(self._value("".join(self._said)))
            case "row":
                self._cover()
                self.done.append((self._line, self._row))

    def _cover(self) -> None:
        """Cells of merged areas that the row leaves out: of the values, only the first is written."""
        for _, bottom, left, right in self._open:
            if self._line <= bottom:
                last = min(right, MOST_COLUMNS - 1)
                self._row.extend([None] * (last + 1 - len(self._row)))
                for at in range(left, last + 1):
                    self._row[at] = self._row[at] or Flagged("merged", None)

    def _value(self, said: str) -> Value:
        if not said:
            return Flagged("no-value", None) if self._formula else None
        match self._kind:
            case "s":
                return self._book.texts[int(said)]
            case "b":
                return said == "1"
            case "e":
                return Flagged("failed", said[:40])
            case "n":
                number = float(said)
                if self._style and self._book.is_day(self._style):
                    return self._book.day(number)
                return int(number) if number.is_integer() and abs(number) < 1e15 else number
            case "d":
                return date.fromisoformat(said[:10])
        return said

    def _flagged(self, value: Value) -> Value:
        """A cell that is one with others above or below: of these only the first holds a value."""
        for _, bottom, left, right in self._open:
            if self._line <= bottom and left <= self._at <= right:
                return value if isinstance(value, Flagged) else Flagged("merged", value)
        return value


def _events(packed: zipfile.ZipFile, part: str, reader: _Sheet) -> Iterator[Line]:
    for _ in _parsed(packed, part, _parser(reader.begin, reader.end, reader.text)):
        yield from reader.done
        reader.done = []


def _read(packed: zipfile.ZipFile, part: str, begin: Any) -> None:
    for _ in _parsed(packed, part, _parser(begin, lambda _name: None, lambda _said: None)):
        pass


def _parsed(packed: zipfile.ZipFile, part: str, parser: Any) -> Iterator[None]:
    """A part piece by piece. The parser keeps a tag in memory until it ends: one without end is damage."""
    fed = 0
    with packed.open(part) as file:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TEXT + _PIECE:
                raise Damaged
            yield
        parser.Parse(b"", True)
    yield


def _parser(begin: Any, end: Any, text: Any) -> Any:
    """Names without their prefixes: workbooks of some programs have one on every element."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: begin(name.rpartition(":")[2], given)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = text

    def forbidden(*_said: object) -> None:
        raise _Forbidden

    parser.StartDoctypeDeclHandler = forbidden
    parser.EntityDeclHandler = forbidden
    return parser


def _relations(packed: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def begin(name: str, given: dict[str, str]) -> None:
        if name == "Relationship" and given.get("TargetMode") != "External":
            target = given["Target"]
            path = target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)
            found[given["Id"]] = given["Type"], path

    _read(packed, part, begin)
    return found


def _shared(packed: zipfile.ZipFile, part: str) -> list[str]:
    if packed.getinfo(part).file_size > LARGEST_TEXTS:
        raise Damaged
    texts: list[str] = []
    said: list[str] = []
    inside = phonetic = False

    def begin(name: str, _given: dict[str, str]) -> None:
        nonlocal inside, phonetic
        if name == "si":
            said.clear()
        phonetic = phonetic or name == "rPh"
        inside = name == "t" and not phonetic

    def end(name: str) -> None:
        nonlocal inside, phonetic
        if name == "si":
            texts.append("".join(said))
        elif name == "rPh":
            phonetic = False
        inside = False

    def text(piece: str) -> None:
        if inside:
            said.append(piece)

    for _ in _parsed(packed, part, _parser(begin, end, text)):
        pass
    return texts


_DAY_FORMATS: Final = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_TOKENS: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def _day_styles(packed: zipfile.ZipFile, part: str) -> list[bool]:
    """Of each style of cells whether it shows a number as a day."""
    custom: dict[int, bool] = {}
    styles: list[bool] = []
    inside = False

    def begin(name: str, given: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            tokens = _NOT_TOKENS.sub("", given.get("formatCode", "")).lower()
            custom[int(given["numFmtId"])] = any(one in tokens for one in "dyh") or "mm" in tokens
        elif name in ("cellXfs", "cellStyleXfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            number = int(given.get("numFmtId", 0))
            styles.append(custom.get(number, number in _DAY_FORMATS))

    _read(packed, part, begin)
    return styles


def _column(letters: str) -> int:
    at = 0
    for letter in letters.replace("$", ""):
        at = at * 26 + ord(letter) - 64
    return at - 1
