"""A table out of a file, and why a file is none: the words that the readers of files share."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from application.lists.cells import Cell
from domain.model import Refused

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a file: 50,000 rows of ten columns take some 4 MB as a workbook and 6 MB as CSV."""

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 2_000
"""Characters. Nothing that a list of ours says is longer; more is cut off."""


MOST_SAID: Final = 128 * 1024 * 1024
"""Characters of all cells together. A workbook has a text once, however many cells say it: one of 25 KB said
600 MB."""


class FileTooLarge(Refused):
    """More than `limit` MB."""


class Protected(Refused):
    """The workbook asks for a password."""


class OldWorkbook(Refused):
    """The workbook is of before 2007 (.xls), of another program (.ods), or Strict in an odd encoding."""


class HasMacros(Refused):
    """The workbook holds programs (.xlsm)."""


class NotAList(Refused):
    """Neither a workbook nor text with commas, semicolons or tabs."""


class Damaged(Refused):
    """The file ends too early, or is not what it says it is; or it is made to take all the memory."""


class SeveralSheets(Refused):
    """Which of the `sheets` is meant is not said."""


class NoSuchSheet(Refused):
    """There is no sheet of that name; there are `sheets`."""


class NothingInside(Refused):
    """No row with headings and rows under it."""


class TooManyRows(Refused):
    """More than `limit`."""


class UnknownLetters(Refused):
    """The text is in no encoding that says which letters these are."""


class Merged(Refused):
    """The cell is merged with others: for which rows it holds is not said."""


class NoValue(Refused):
    """The cell holds a formula that was never worked out."""


class FailedFormula(Refused):
    """The cell holds a formula that went wrong."""


FLAGS: Final[dict[str, type[Refused]]] = {"merged": Merged, "no-value": NoValue, "failed": FailedFormula}


class Flagged(NamedTuple):
    """A cell that cannot be taken as it stands: `why` is one of `FLAGS`."""

    why: str
    value: Cell


Value = Cell | Flagged
Line = tuple[int, list[Value]]
"""Its number in the file, and its cells without the empty ones at the end."""


class Opened(msgspec.Struct, frozen=True):
    """`format` is `xlsx` or `csv`; `delimiter` is that of a CSV. `lines` may be read once."""

    format: str
    sheet: str
    delimiter: str
    lines: Iterator[Line]


def said_in(cells: Sequence[Value]) -> int:
    """How many characters."""
    texts = (cell.value if isinstance(cell, Flagged) else cell for cell in cells)
    return sum(len(text) for text in texts if isinstance(text, str))
