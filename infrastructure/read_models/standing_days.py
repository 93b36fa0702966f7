"""What rows of boards count on each day, so that any days can be compared and each person counts once.

Distinct persons of several days are no sum of those of each day. But a day's row also says how many of
its persons counted `again`, by how many days before it they had counted last. Of the days from one to
another count all that stand on them, less those who counted again within them: exact for any two days,
and it reads no more than the rows of these days.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec
from sqlalchemy import Column, Integer, Table, Text

from infrastructure.database import derived
from infrastructure.read_models.claimed import Share
from infrastructure.read_models.columns import Day, Id
from infrastructure.read_models.model import packed
from infrastructure.read_models.rows import Rows
from infrastructure.read_models.shares import unpacked

LONGEST: Final = 92
"""So many days of units can be compared: who counted in one again after longer than that is not noted, or
a province's row would grow with every day."""

standing_day: Final = Table(
    "standing_day_v1",
    derived,
    Column("board", Id, primary_key=True),
    Column("row", Id, primary_key=True),
    Column("day", Day, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("able", Integer, nullable=False),
    Column("claimed", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("again", Text, comment="JSON, in fives: days before, and the four figures; NULL where nobody did"),
    sqlite_with_rowid=False,
)


class DayRow(msgspec.Struct, gc=False):
    board: str
    row: str
    day: str
    score: int
    able: int
    claimed: int
    confirmed: int
    again: str | None


Again = list[int]
"""In fives: how many days before it was, ever longer ago, and the four figures."""

read: Final = msgspec.json.Decoder(Again)


@lru_cache(maxsize=20_000)
def ordinal(day: str) -> int:
    """Days since the year 1."""
    return date.fromisoformat(day).toordinal()


_MARK: Final = "@"
_Key = tuple[str, str, str]
"""A board, a row and a day."""


@lru_cache(maxsize=20_000)
def alone(said: str) -> tuple[str, int] | None:
    """Of a stamp (`campaigns.stamp`) its day alone, without the periods it falls into, and after how many
    days somebody counts on it again, if they do; None of a period that is told by name."""
    if said[0] == _MARK:
        return said[1:11], int(said[12:] or 0)
    return (said[:10], 0) if len(said) >= len("2026-10-10") and said[0].isdigit() else None


def is_alone(said: str) -> bool:
    """Whether a stamp stands for its day alone, and for no period."""
    return said[0] == _MARK


def stamps(days: Mapping[str, int], *, most: int | None) -> Iterator[tuple[str, int]]:
    """Those of somebody who counts on several days with these bits, and for each time they count again
    (after up to `most` days) one more."""
    for day, bits in days.items():
        yield _MARK + day, bits
    if len(days) == 1:
        return
    again: dict[str, int] = {}
    for bit in (Share.CLAIMED, Share.CONFIRMED, Share.CREDITED, Share.ABLE):
        on = sorted(day for day, bits in days.items() if bits & bit)
        for earlier, day in pairwise(on):
            after = ordinal(day) - ordinal(earlier)
            if most is None or after < most:
                key = f"{_MARK}{day} {after}"
                again[key] = again.get(key, 0) | bit
    yield from again.items()


class Days:
    """The rows by day of one copy, and what gathered of them."""

    def __init__(self, rows: Rows[DayRow]) -> None:
        self._rows = rows
        self._counted: dict[_Key, int] = {}
        self._again: dict[_Key, dict[int, int]] = {}

    def add(self, board: str, row: str, day: str, after: int, delta: int) -> None:
        key = board, row, day
        if after:
            again = self._again.setdefault(key, {})
            again[after] = again.get(after, 0) + delta
        else:
            self._counted[key] = self._counted.get(key, 0) + delta

    def settle(self) -> None:
        """Hands what changed to be written."""
        self._rows.load(self._counted.keys() | self._again.keys() if self._again else self._counted)
        for key, changes in self._again.items():
            row = self._row(key)
            row.again = _changed(row.again, changes)
            self._rows.put(row)
        for key, delta in self._counted.items():
            if delta:
                row = self._row(key)
                score, able, claimed, confirmed = unpacked(delta)
                row.score += score
                row.able += able
                row.claimed += claimed
                row.confirmed += confirmed
                if row.claimed or row.score:
                    self._rows.put(row)
                else:
                    self._rows.drop(key)
        self._counted.clear()
        self._again.clear()

    def _row(self, key: _Key) -> DayRow:
        return self._rows.get(key) or DayRow(*key, 0, 0, 0, 0, None)


def _changed(said: str | None, changes: Mapping[int, int]) -> str | None:
    flat = read.decode(said) if said else []
    again = {flat[at]: flat[at + 1 : at + 5] for at in range(0, len(flat), 5)}
    for after, delta in changes.items():
        was = again.get(after, (0, 0, 0, 0))
        again[after] = [one + more for one, more in zip(was, unpacked(delta), strict=True)]
    left = [one for after in sorted(again) if any(again[after]) for one in (after, *again[after])]
    return packed(left) if left else None
