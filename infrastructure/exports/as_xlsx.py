"""A table as an Excel workbook. Nothing in it is ever a formula, a link or a number by accident."""

import io
from datetime import date, datetime
from typing import Any, Final

from xlsxwriter import Workbook

from domain.calendar import VIETNAM
from infrastructure.exports.sheet import Cell, Sheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LITERALLY: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "dd/mm/yyyy",
}


_NOT_IN_NAMES: Final = str.maketrans("", "", "[]:*?/\\'")


def as_xlsx(*sheets: Sheet) -> bytes:
    """Each sheet with its title, headings and rows, an empty line, then its notes; headings stay in
    view."""
    file = io.BytesIO()
    with Workbook(file, _LITERALLY) as book:
        formats = _formats(book)
        for sheet in sheets:
            _fill(book.add_worksheet(_called(sheet.name)), sheet, formats)
    return file.getvalue()


def _called(name: str) -> str | None:
    """As a workbook allows: 31 characters, without those that mean something in a reference."""
    return name.translate(_NOT_IN_NAMES)[:31] or None


def _fill(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.write_string(0, 0, sheet.title, formats["title"])
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(1, at, column.heading, formats["heading"])
    line = 1
    for line, row in enumerate(sheet.rows, 2):  # the last line is wanted below
        for at, cell in enumerate(row):
            _write(page, line, at, cell, formats)
    page.freeze_panes(2, 0)
    for under, (label, value) in enumerate(sheet.notes, line + 2):
        page.write_string(under, 0, label, formats["note"])
        _write(page, under, 1, value, formats)


def _formats(book: Workbook) -> dict[str, Any]:
    font = {"font_name": "Times New Roman", "font_size": 12}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "text": {},
        "note": {"bold": True},
        "day": {"num_format": "dd/mm/yyyy", "align": "left"},
        "moment": {"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"},
        "share": {"num_format": "0.0%"},
    }
    return {name: book.add_format(font | look) for name, look in looks.items()}


def _write(page: Any, line: int, at: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case None:
            page.write_blank(line, at, None, formats["text"])
        case bool():
            page.write_string(line, at, "x" if cell else "", formats["text"])
        case datetime():
            local = cell.astimezone(VIETNAM).replace(tzinfo=None)
            page.write_datetime(line, at, local, formats["moment"])
        case date():
            page.write_datetime(line, at, cell, formats["day"])
        case float():
            page.write_number(line, at, cell, formats["share"])
        case int():
            page.write_number(line, at, cell, formats["text"])
        case str():
            page.write_string(line, at, cell, formats["text"])
