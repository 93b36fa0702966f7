"""A table as an Excel workbook. Nothing in it is ever a formula, a link or a number by accident."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate, compress
from typing import Any, Final

from xlsxwriter import Workbook

from domain.calendar import VIETNAM
from infrastructure.exports.sheet import Cell, Column, Sheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LITERALLY: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "dd/mm/yyyy",
}


LINE: Final = 16.5
"""Points that a line of text takes."""
HIGHEST: Final = 409.0
"""Points that a row may have; programs say of a file with more that it is damaged."""
LABEL: Final = 13
MOMENT: Final = 19
"""Characters of a note's label, and of the moment that stands beside one."""

_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\'\x00-\x1f]+")
_LONGEST_NAME: Final = 31


def as_xlsx(*sheets: Sheet) -> bytes:
    """Each sheet with its title, headings and rows, an empty line, then its notes; headings stay in
    view."""
    file = io.BytesIO()
    with Workbook(file, _LITERALLY) as book:
        formats = _formats(book)
        for sheet in sheets:
            _fill(book.add_worksheet(called(sheet.name or sheet.title)), sheet, formats)
    return file.getvalue()


def called(name: str) -> str | None:
    """As a workbook allows: 31 characters, of a longer name its first words, without the signs that mean
    something in a reference; None leaves it to the writer."""
    said = " ".join(_NOT_IN_NAMES.sub(" ", name).split())
    if len(said) > _LONGEST_NAME:
        words = said[: _LONGEST_NAME - 1].rpartition(" ")[0] or said[: _LONGEST_NAME - 1]
        said = words.rstrip(" ,·") + "…"
    return said or None


def _fill(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.write_string(0, 0, sheet.title, formats["title"])
    beside = _beside_notes(sheet.columns)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, max(column.width, MOMENT) if at == beside else column.width)
        page.write_string(1, at, column.heading, formats["heading"])
    _high_enough(page, 1, [(column.heading, column.width) for column in sheet.columns])
    wrapped = [column.look == "wrapped" for column in sheet.columns]
    looks = [formats[column.look] for column in sheet.columns]
    line = 1
    for line, row in enumerate(sheet.rows, 2):  # the last line is wanted below
        for at, (cell, plain) in enumerate(zip(row, looks, strict=True)):
            _write(page, line, at, cell, formats, plain)
        texts = compress(zip(row, sheet.columns, strict=True), wrapped)
        _high_enough(page, line, [(cell, of.width) for cell, of in texts if isinstance(cell, str)])
    page.freeze_panes(2, 0)
    _printed(page)
    for under, (label, value) in enumerate(sheet.notes, line + 2):
        page.write_string(under, 0, label, formats["note"])
        _write(page, under, beside, value, formats, formats["text"])


def _beside_notes(columns: Sequence[Column]) -> int:
    """The first column that leaves room for a note's label before it."""
    widths = list(accumulate(column.width for column in columns))
    return next((at for at, width in enumerate(widths, 1) if width >= LABEL), 1)


def _high_enough(page: Any, line: int, texts: Sequence[tuple[str, int]]) -> None:
    """For texts that take several lines of their widths: not every program sees to that by itself."""
    lines = max((-(-len(text) // width) for text, width in texts), default=1)
    if lines > 1:
        page.set_row(line, min(LINE * lines, HIGHEST))


def _printed(page: Any) -> None:
    """On A4, as wide as the paper, with headings and its number on each page."""
    page.set_paper(9)
    page.set_landscape()
    page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    page.set_footer("&C&P/&N")


def _formats(book: Workbook) -> dict[str, Any]:
    font = {"font_name": "Times New Roman", "font_size": 12}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "text": {},
        "count": {"num_format": "#,##0", "valign": "top"},
        "wrapped": {"text_wrap": True, "valign": "top"},
        "note": {"bold": True},
        "day": {"num_format": "dd/mm/yyyy", "align": "left"},
        "moment": {"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"},
        "share": {"num_format": "0.0%", "valign": "top"},
    }
    return {name: book.add_format(font | look) for name, look in looks.items()}


def _write(page: Any, line: int, at: int, cell: Cell, formats: dict[str, Any], plain: Any) -> None:
    match cell:
        case None:
            page.write_blank(line, at, None, plain)
        case bool():
            page.write_string(line, at, "x" if cell else "", plain)
        case datetime():
            local = cell.astimezone(VIETNAM).replace(tzinfo=None)
            page.write_datetime(line, at, local, formats["moment"])
        case date():
            page.write_datetime(line, at, cell, formats["day"])
        case float():
            page.write_number(line, at, cell, formats["share"])
        case int():
            page.write_number(line, at, cell, plain)
        case str():
            page.write_string(line, at, cell, plain)
