"""The rows that were not taken, as the file they came in: the same format, the same columns, and one more
that says why."""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO, Any, Final

from xlsxwriter import Workbook

from application.lists.cells import Cell
from infrastructure.exports.as_xlsx import MEDIA_TYPE as XLSX
from infrastructure.exports.sheet import looks_like_a_formula, written
from infrastructure.lists.spool import Cover, plain
from infrastructure.lists.table import Line

MEDIA_TYPES: Final = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}

_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")

_LITERALLY: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "default_date_format": "dd/mm/yyyy",
}


def given_back(
    cover: Cover,
    lines: Iterable[Line],
    why: Iterable[tuple[int, str]],
    to: IO[bytes],
    *,
    width: int,
    heading: str,
    about: str,
    folder: str,
) -> None:
    """Writes only the rows that `why` speaks of, one after the other: both come in the order of the rows,
    which have at most `width` cells. `about` says in the workbook's properties what it is: a row of its own
    would be read again as a row of the list. Meanwhile parts of a workbook lie in `folder`."""
    table = _table(cover, lines, why, max(width, len(cover.headings)), heading)
    if cover.format == "csv":
        _as_csv(table, cover.delimiter, to)
    else:
        _as_xlsx(table, cover.sheet, about, to, folder)


def _table(
    cover: Cover, lines: Iterable[Line], why: Iterable[tuple[int, str]], width: int, heading: str
) -> Iterator[list[Cell]]:
    yield [*cover.headings, *([None] * (width - len(cover.headings))), heading]
    reasons = iter(why)
    row, said = next(reasons, (0, ""))
    for number, cells in lines:
        while row and row < number:  # somebody was erased who stood in it
            row, said = next(reasons, (0, ""))
        if not row:
            return
        if row == number:
            yield [*map(plain, cells[:width]), *([None] * (width - len(cells))), said]


def _as_csv(table: Iterable[list[Cell]], delimiter: str, to: IO[bytes]) -> None:
    to.write(BOM_UTF8)
    text = io.TextIOWrapper(to, "utf-8", newline="")
    writer = csv.writer(text, delimiter=delimiter or ",", lineterminator="\r\n")
    for row in table:
        writer.writerow([_safe(cell) for cell in row])
    text.detach()


def _safe(cell: Cell) -> str:
    said = written(cell)
    return f"'{said}" if isinstance(cell, str) and looks_like_a_formula(said) else said


def _as_xlsx(table: Iterable[list[Cell]], sheet: str, about: str, to: IO[bytes], folder: str) -> None:
    with Workbook(to, _LITERALLY | {"tmpdir": folder}) as book:
        book.set_properties({"comments": about})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        page = book.add_worksheet(_called(sheet))
        for line, row in enumerate(table):
            for at, cell in enumerate(row):
                _write(page, line, at, cell, bold if line == 0 else None, day)
        page.freeze_panes(1, 0)


def _called(sheet: str) -> str | None:
    """The sheet's name, less what Excel lets no sheet be called; None leaves it to the writer."""
    return _NOT_IN_NAMES.sub(" ", sheet)[:31].strip("' ") or None


def _write(page: Any, line: int, at: int, cell: Cell, look: Any, day: Any) -> None:
    match cell:
        case None:
            return
        case bool():
            page.write_boolean(line, at, cell, look)
        case date():
            page.write_datetime(line, at, cell, day)
        case int() | float():
            page.write_number(line, at, cell, look)
        case str():
            page.write_string(line, at, cell, look)
