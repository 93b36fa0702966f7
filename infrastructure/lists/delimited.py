"""CSV as offices and surveys write it: with commas, semicolons or tabs, in Unicode or windows-1258."""

import csv
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from application.lists.cells import readable
from domain.model import Refused
from infrastructure.lists.table import Damaged, Line, NotAList, NothingInside, Opened, UnknownLetters, Value

_DELIMITERS: Final = (",", ";", "\t", "|")

_TRIED: Final = 200_000
"""Characters that tell the delimiter and whether the letters are Vietnamese."""

LONGEST_ROW: Final = 1 << 20
"""Characters of a row."""

_AT_ONCE: Final = 500
_MARKS: Final = "\u0300\u0301\u0303\u0309\u0323"
_OTHER_FILES: Final = (
    b"%PDF",
    b"{\\rtf",
    b"<!DO",
    b"<htm",
    b"<?xm",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
)

csv.field_size_limit(1 << 20)


def opened(path: Path, start: bytes, _sheet: str) -> Opened:
    """Raises `NothingInside`, `NotAList`, `UnknownLetters`."""
    if not start.strip():
        raise NothingInside
    if start.lstrip()[:4] in _OTHER_FILES:
        raise NotAList
    encoding = _encoding(path, start)
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        try:
            sample = file.read(_TRIED)
        except UnicodeError:
            raise UnknownLetters from None
    if "\0" in sample:
        raise NotAList
    delimiter = _delimiter(sample)
    return Opened("csv", "", delimiter, _lines(path, encoding, delimiter))


def _lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        pieces = _Pieces(file)
        reader = csv.reader(pieces, delimiter=delimiter)
        try:
            for row in reader:
                pieces.length = 0
                cells: list[Value] = [_composed(cell) for cell in row]
                yield reader.line_num, cells
        except (csv.Error, UnicodeError):
            raise Damaged from None


def _composed(text: str) -> str:
    """NFC, some hundred characters at a time, up to one that stands by itself: marks without end over one
    letter take the square of their number, in which nothing else of the process runs."""
    pieces, at = [], 0
    while at < len(text):
        end = at + _AT_ONCE
        while end < min(len(text), at + 2 * _AT_ONCE) and unicodedata.combining(text[end]):
            end += 1
        pieces.append(unicodedata.normalize("NFC", text[at:end]))
        at = end
    return "".join(pieces)


class _Pieces:
    """The lines of a file, for rows that are not without measure: a row is in memory all at once."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.length = 0

    def __iter__(self) -> "_Pieces":
        return self

    def __next__(self) -> str:
        said = self._file.readline(LONGEST_ROW + 1)
        self.length += len(said)
        if self.length > LONGEST_ROW:
            raise Damaged
        if not said:
            raise StopIteration
        return said


def _encoding(path: Path, start: bytes) -> str:
    """By the mark at its beginning; else UTF-8 where all of it is, else windows-1258 where that gives
    Vietnamese. TCVN3 and VNI are in any encoding something else than what is meant."""
    if start.startswith(BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 3 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if len(start) > 3 and start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "cp1258") and _vietnamese(path):
        return "cp1258"
    raise UnknownLetters


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, errors="strict") as file:
            while file.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True


def _vietnamese(path: Path) -> bool:
    """Tones stand as letters of their own in windows-1258, after a vowel; and nothing is garbled."""
    with path.open(encoding="cp1258") as file:
        sample = file.read(_TRIED)
    if not any(mark in sample for mark in _MARKS):
        return False
    try:
        for word in _composed(sample).split():
            if any(mark in word for mark in _MARKS):  # a tone on something that bears none
                return False
            readable(word, "")
    except Refused:
        return False
    return True


def _delimiter(sample: str) -> str:
    """The one that gives most rows the same number of cells, more than one."""
    lines = sample.splitlines()[:200]
    lines = lines[:-1] if len(lines) > 1 else lines
    best, most = ",", 0
    for one in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=one)]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        same = max((wide.count(width) * width for width in set(wide)), default=0)
        if same > most:
            best, most = one, same
    return best
