"""What offices write around the rows of a list: the numbers of its columns under the headings, sums, and
who signs it at the end. None of that is a row, and only what can be none is left out.

Left out are: the numbers of the columns, in their order and within the first rows; rows of nothing but
sums; rows of nothing but the words by which people sign; and, where the list ends with these, one name
under each of them. Everything else is a row, however little of one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from application.lists.cells import Cell
from domain.lists import ListKind
from domain.names import fold
from infrastructure.lists.table import Flagged, Line, Value

MOST: Final = 500
"""Rows left out of one list; of a file with more of them the others are rows."""

_UNDER_THE_HEADINGS: Final = 3
"""Rows under the headings among which the numbers of the columns stand: some headings take two."""

Filled = dict[int, Cell]
"""What a row says, by column."""


def rows_only(kind: ListKind, lines: Iterable[Line], left_out: list[int]) -> Iterator[Line]:
    """Notes in `left_out` the numbers of all other rows, in their order once everything is read."""
    rest = iter(lines)
    first = list(islice(rest, _UNDER_THE_HEADINGS + 1))
    numbered = _numbered(kind, first)
    if numbered is not None:
        left_out.append(first.pop(numbered)[0])
    return _without_signatures(chain(first, rest), left_out)


# The numbers of the columns


_MARK: Final = re.compile(r"[(\[]?(?P<mark>\d{1,2}|[A-Za-z])[)\]]?\.?")
_WORKED_OUT: Final = re.compile(r"[(\[]?(?P<mark>\d{1,2})[)\]]?\s*=\s*[\d\s()\[\]+\-*/x:.,]+")
"""Such as "(7)=(5)+(6)"."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NAMED_BY_NUMBER: Final = (ListKind.TEAMS, ListKind.MARKETS)
"""Whose rows need name nobody: "2" in hamlet "3" may be a team."""


def _numbered(kind: ListKind, first: Sequence[Line]) -> int | None:
    """Which of the first rows numbers the columns."""
    for at, (_, cells) in enumerate(first[:_UNDER_THE_HEADINGS]):
        if not _numbers_columns(cells):
            continue
        sure = any(_surely(cell) for cell in _filled(cells).values())
        if sure or kind not in _NAMED_BY_NUMBER or _begins_anew(cells, first[:at], first[at + 1 :]):
            return at
    return None


def _numbers_columns(cells: Sequence[Value]) -> bool:
    """(1) (2) (3), or A B 1 2 3: each column its own, from the first on, and at least three."""
    if any(isinstance(cell, Flagged) for cell in cells):
        return False
    marks = [_mark(cell) for cell in _filled(cells).values()]
    letters = [mark for mark in marks if isinstance(mark, str)]
    numbers = [mark for mark in marks if isinstance(mark, int)]
    in_order = [*_LETTERS[: len(letters)], *range(1, len(numbers) + 1)]
    return len(marks) >= 3 and marks == in_order


def _mark(cell: Cell) -> int | str | None:
    """The number or letter of a column; "(1)" that was typed into a spreadsheet is -1."""
    match cell:
        case bool():
            return None
        case int() if 0 < abs(cell) < 100:
            return abs(cell)
        case str():
            found = _WORKED_OUT.fullmatch(cell.strip()) or _MARK.fullmatch(cell.strip())
            said = found["mark"] if found else ""
            return int(said) if said.isdecimal() else said.lower() or None
    return None


def _surely(cell: Cell) -> bool:
    """Whether nobody writes anything else like this."""
    if isinstance(cell, str):
        return cell.strip()[:1] in ("(", "[") or "=" in cell
    return isinstance(cell, int) and cell < 0


def _begins_anew(cells: Sequence[Value], before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether the first row comes next, and none came before. Were this row the first, that one would be the
    second; where it says nothing but numbers, too, all of them may lie in hamlet 1."""
    first = min(_filled(cells))
    if any(isinstance(_mark(_at(line, first)), int) for line in before) or not after:
        return False
    says_more = any(_mark(cell) is None for cell in _filled(after[0][1]).values())
    return says_more and _mark(_at(after[0], first)) == 1


def _at(line: Line, column: int) -> Cell:
    return _plain(line[1][column]) if column < len(line[1]) else None


# Sums and signatures


def _without_signatures(lines: Iterable[Line], left_out: list[int]) -> Iterator[Line]:
    """Names under who signs wait until it is known that nothing else comes after them."""
    names: list[Line] = []
    signing: set[int] = set()
    for number, cells in lines:
        said = _filled(cells)
        if len(left_out) + len(names) < MOST:
            if signs := _signing(said, also=signing):
                signing |= signs
                left_out.append(number)
                continue
            if _is_sum(said):
                left_out.append(number)
                continue
            if signing and _names_under(said, signing):
                signing -= said.keys()
                names.append((number, cells))
                continue
        yield from names
        names, signing = [], set()
        yield number, cells
    left_out += [number for number, _ in names]
    left_out.sort()


_ROLES: Final = (
    "nguoi lap|nguoi lap bieu|nguoi lap danh sach|can bo lap bieu|can bo lap danh sach|nguoi tong hop"
    "|can bo tong hop|nguoi kiem tra|nguoi phe duyet|thu truong don vi|thu truong co quan"
)
_SIGNED: Final = (
    "ky ten|ky ten dong dau|ky ten va dong dau|ky dong dau|ky ghi ro ho ten|ky ghi ro ho va ten"
    "|ky va ghi ro ho ten|ky va ghi ro ho va ten|ky ho ten|ky ten ghi ro ho ten|ky ten ghi ro ho va ten"
    "|ky ten dong dau ghi ro ho ten|ky ghi ro ho ten dong dau|ky ghi ro ho ten va dong dau|ky dien tu"
)
_FOR_WHOM: Final = (
    "ubnd|uy ban|chu tich|pho chu tich|giam doc|hieu truong|truong phong|truong ban|truong thon|bi thu"
    "|ban chi dao|ban chap hanh|ban thuong vu|bch|to cong nghe so|doan thanh nien|hoi nong dan"
    "|hoi lien hiep|hoi cuu chien binh|mat tran|ubmttq|lanh dao|thu truong"
)
_SIGNING: Final = re.compile(
    rf"(?:{_ROLES})(?: (?:{_SIGNED}|da ky))?|{_SIGNED}"
    rf"|(?:tm|t m|kt|k t|tl|t l|tuq) (?:{_FOR_WHOM})(?: .{{1,80}})?"
    r"|xac nhan cua .{2,80}"
    r"|(?:.{1,60} )?ngay(?: \d{1,2})? thang(?: \d{1,2})? nam(?: \d{2,4})?"
)
"""By whom and when a list is signed, as `fold` has it."""

_OFFICE: Final = re.compile(
    "(?:pho )?(?:chu tich|giam doc|hieu truong|truong phong|truong ban|truong thon|bi thu)"
    "|to truong|to pho|bi thu chi bo|thu ky|ke toan|van thu|cong chuc|da ky"
)
"""Who signs, or that they did, beside or under such words alone: elsewhere it is what somebody is, or is
called (Đa Kỳ)."""

_NAME: Final = re.compile(r"[a-z]+(?: [a-z]+){1,5}")


def _signing(said: Filled, *, also: set[int]) -> set[int]:
    """The columns that say by whom and when it is signed, where nothing else is said in the row. `also`
    those of the rows before, under which an office alone may stand."""
    columns: set[int] = set()
    surely = False
    for at, cell in said.items():
        if not isinstance(cell, str):
            return set()
        lines = [folded for line in cell.splitlines() if (folded := fold(line))]
        signs = [bool(_SIGNING.fullmatch(line)) for line in lines]
        if len(lines) > 1 and signs[0] and _NAME.fullmatch(lines[-1]):
            lines, signs = lines[:-1], signs[:-1]  # the name in the same cell
        if not all(ok or _OFFICE.fullmatch(line) for ok, line in zip(signs, lines, strict=True)):
            return set()
        surely = surely or any(signs) or at in also
        columns.add(at)
    return columns if surely else set()


_SUM: Final = re.compile(
    r"(?:tong cong|tong so)(?: \d{1,6}(?: [a-z]+){0,3})?"
    r"|(?:tong cong |cong |tong so )?danh sach(?: nay)? (?:co|gom)(?: \d{1,6}(?: [a-z]+){0,3})?"
)
_SUM_WRITTEN: Final = re.compile(r"tổng (?:cộng|số)|danh sách")
"""With its accents, where there are any: Tống Công is somebody."""

_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})*|\d{1,9}")


def _is_sum(said: Filled) -> bool:
    """ "Tổng cộng" with numbers, and nothing else."""
    texts = [cell for cell in said.values() if not _is_number(cell)]
    if len(texts) != 1 or not isinstance(texts[0], str) or not _SUM.fullmatch(fold(texts[0])):
        return False
    written = " ".join(unicodedata.normalize("NFC", texts[0]).lower().split())
    if written.isascii():
        return texts[0] is next(iter(said.values()))  # after a number it may be Tống Công, too
    return bool(_SUM_WRITTEN.search(written))


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(_NUMBER.fullmatch(cell))
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _names_under(said: Filled, signing: set[int]) -> bool:
    """Whether it is nothing but names, each under somebody who signs and has none yet."""
    return said.keys() <= signing and all(
        isinstance(cell, str) and _NAME.fullmatch(fold(cell)) for cell in said.values()
    )


def _filled(cells: Sequence[Value]) -> Filled:
    """Of cells that are one with others below only the first says anything."""
    said = {at: _plain(cell) for at, cell in enumerate(cells)}
    return {at: cell for at, cell in said.items() if cell is not None and cell != ""}


def _plain(cell: Value) -> Cell:
    return cell.value if isinstance(cell, Flagged) else cell
