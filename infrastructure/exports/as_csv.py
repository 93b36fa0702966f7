"""A table as CSV: UTF-8 with a byte order mark, since spreadsheets here guess otherwise."""

import csv
import io
from codecs import BOM_UTF8
from typing import Final

from infrastructure.exports.sheet import Cell, Sheet, looks_like_a_formula, written

MEDIA_TYPE: Final = "text/csv; charset=utf-8"


def as_csv(sheet: Sheet) -> bytes:
    """Title, headings and rows, an empty line, then the notes. Text that a spreadsheet might run
    as a formula begins with an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_safe(sheet.title)])
    writer.writerow([_safe(column.heading) for column in sheet.columns])
    writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    writer.writerow([])
    writer.writerows([_safe(label), _safe(value)] for label, value in sheet.notes)
    return BOM_UTF8 + text.getvalue().encode()


def _safe(cell: Cell) -> str:
    text = written(cell)
    return f"'{text}" if isinstance(cell, str) and looks_like_a_formula(text) else text
