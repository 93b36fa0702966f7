"""Lists of targets: the one that comes with the program, and others in its columns.

`data/targets/targets_2025.csv` holds 26 rows of four plans of three provinces, as printed, with the file of
each plan; `province_now_code` is the code of the province that stands today.
"""

import csv
from pathlib import Path
from typing import Final

from application.targets import COLUMNS, Row
from infrastructure.official_units import BadList

TARGETS: Final = Path(__file__).with_name("data") / "targets" / "targets_2025.csv"

LARGEST: Final = 5_000_000
"""Bytes; some 40,000 rows."""


def read(file: Path = TARGETS) -> list[Row]:
    """The rows of a list as they are written, each with its line. Raises `BadList`, OSError."""
    if file.stat().st_size > LARGEST:
        raise BadList(f"it is larger than {LARGEST // 1_000_000} MB")
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            head = [name.strip() for name in reader.fieldnames or ()]
            if sorted(head) != sorted(COLUMNS):
                raise BadList(f"its first line has to name these columns: {','.join(COLUMNS)}")
            reader.fieldnames = head
            return [Row(line=reader.line_num, cells=_cells(row)) for row in reader]
    except UnicodeDecodeError:
        raise BadList("it is not written in UTF-8") from None
    except csv.Error as error:
        raise BadList(str(error)) from None


def _cells(row: dict[str | None, str | list[str] | None]) -> dict[str, str] | None:
    """None for a row with more or fewer columns than the heading."""
    if None in row or None in row.values():
        return None
    return {str(name): str(cell).strip() for name, cell in row.items()}
