"""A file that somebody brings in: its rows, or why it cannot be one of ours."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from application.lists.fields import recognised
from domain.lists import ListKind
from infrastructure.lists import delimited
from infrastructure.lists.table import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SAID,
    FileTooLarge,
    Flagged,
    Line,
    NothingInside,
    Opened,
    TooManyRows,
    Value,
    said_in,
)

_HEAD_IN: Final = 30
"""The headings stand in one of so many rows; titles and dates are above them."""


class Head(msgspec.Struct, frozen=True):
    """The row of headings and those after it; what stands above it is left out."""

    line: int
    headings: tuple[str, ...]
    rest: Iterator[Line]


def open_list(path: Path, sheet: str = "") -> Opened:
    """Raises the refusals above; rows that are read may still raise `Damaged`, `TooManyRows`,
    `FileTooLarge`."""
    with path.open("rb") as file:
        start = file.read(4096)
    found = _reader(start)(path, start, sheet)
    return msgspec.structs.replace(found, lines=_bounded(found.lines))


def _reader(start: bytes) -> Callable[[Path, bytes, str], Opened]:
    if start[:4] not in _BINARY:
        return delimited.opened
    from infrastructure.lists import workbook  # openpyxl: 50 ms that whoever reads no workbook need not wait

    return workbook.opened


_BINARY: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


def _bounded(lines: Iterator[Line]) -> Iterator[Line]:
    """Without empty rows and empty cells at the end."""
    count = said = 0
    for number, cells in lines:
        while cells and _empty(cells[-1]):
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS:
            raise TooManyRows(limit=MOST_ROWS)
        row = [_short(cell) for cell in cells[:MOST_COLUMNS]]
        said += said_in(row)
        if said > MOST_SAID:
            raise FileTooLarge(limit=MOST_SAID >> 20)
        yield number, row


def _empty(cell: Value) -> bool:
    if isinstance(cell, Flagged):
        return False
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _short(cell: Value) -> Value:
    if isinstance(cell, Flagged) and isinstance(cell.value, str):
        return Flagged(cell.why, cell.value[:LONGEST_CELL])
    if isinstance(cell, str):
        return cell.strip()[:LONGEST_CELL] or None
    return cell


def head_of(kind: ListKind, lines: Iterator[Line]) -> Head:
    """The row that says most of what the columns hold; without any such the first of several cells.
    Raises `NothingInside`."""
    first: list[Line] = []
    for line in lines:
        first.append(line)
        if len(first) == _HEAD_IN:
            break
    said = [[_plain(cell) for cell in cells] for _, cells in first]
    known = [recognised(kind, row) for row in said]
    best = max(known, default=0)
    if best >= 2:
        at = known.index(best)
    else:
        at = next((at for at, row in enumerate(said) if sum(map(bool, row)) > 1), 0 if said else -1)
    if at < 0 or at + 1 >= len(first):
        raise NothingInside
    return Head(first[at][0], tuple(said[at]), _then(first[at + 1 :], lines))


def _plain(cell: Value) -> str:
    value = cell.value if isinstance(cell, Flagged) else cell
    return " ".join(str(value).split()) if value is not None else ""


def _then(first: Sequence[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from first
    yield from rest
