"""What every exported table has: columns, rows, and under them where the figures come from."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from domain.calendar import VIETNAM

Cell = str | int | float | date | datetime | bool | None

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The last four as wide as an ideograph, which some spreadsheets take for the others."""


class Column(msgspec.Struct, frozen=True):
    """A heading, and how wide it is shown, in characters. `look` is how a workbook shows what stands under
    it: numbers by thousands (`count`), or texts on as many lines as they take (`wrapped`)."""

    heading: str
    width: int = 14
    look: Literal["text", "count", "wrapped"] = "text"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A table with its title above, and `notes` under it: filter, criteria, cut-off, position,
    time, row count, each a label and a value (see `provenance`).

    Rows may be read as they are written, once, and the notes after the last of them.
    `name` is what a workbook calls it; without one the title is.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    notes: Iterable[tuple[str, Cell]]
    name: str = ""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The labels of the notes, in the reader's language."""

    filter: str
    criteria: str
    cutoff: str
    position: str
    time: str
    row_count: str


def provenance(
    words: Words,
    *,
    shown: str,
    criteria: str,
    cutoff: str,
    position: int,
    time: datetime,
    row_count: int,
) -> list[tuple[str, Cell]]:
    """What stands under every table, in this order. `shown` is the
    filter in words, `time` when the figures were made."""
    return [
        (words.filter, shown),
        (words.criteria, criteria),
        (words.cutoff, cutoff),
        (words.position, position),
        (words.time, time),
        (words.row_count, row_count),
    ]


def written(cell: Cell) -> str:
    """A cell as people here write it: days dd/MM/yyyy, moments in Vietnamese time."""
    match cell:
        case None:
            return ""
        case bool():
            return "x" if cell else ""
        case datetime():
            return cell.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
        case date():
            return cell.strftime("%d/%m/%Y")
        case _:
            return str(cell)


def looks_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet might run this text: a name can begin like that, too."""
    return text.startswith(_STARTS)
