"""What rows of boards may count of any days, each person once: worked out when it is asked for.

Months, quarters, years and campaigns are kept; any other days are read from the rows of each day
(`standing_days`), so that it takes as long as these are many.
"""

from bisect import bisect_right
from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from infrastructure.read_models import standing_days
from infrastructure.read_models.standing_days import standing_day
from infrastructure.read_models.standings import FORMER, Metric, Of, StandingRow, board_of

MOST: Final = 5_000
"""Mentors, teams, workplaces or units that are compared by free days."""
MOST_ROWS: Final = 20_000
"""Days of theirs on which there was anything, that are read while somebody waits."""

Days = tuple[date, date]
"""The first and the last, both included."""


class TooMany(Exception):
    """More than is read while somebody waits."""


def rows(db: Connection, some: Collection[str], of: Of, metric: Metric, days: Days) -> list[StandingRow]:
    """A row for each of these that may count anything of these days, not told where it lies. Of units
    at most `standing_days.LONGEST` days. Raises `TooMany`."""
    if len(some) > MOST:
        raise TooMany
    c = standing_day.c
    board = board_of(of, metric)
    boards = [board, FORMER + board] if of.level else [board]
    first, last = days
    wanted = c.board.in_(boards), c.row.in_(some), c.day.between(first.isoformat(), last.isoformat())
    figures = func.sum(c.score), func.sum(c.able), func.sum(c.claimed), func.sum(c.confirmed)
    query = select(c.row, c.board, *figures, func.count()).where(*wanted).group_by(c.row, c.board)
    found: dict[str, StandingRow] = {}
    read = 0
    for row, on, score, able, claimed, confirmed, count in db.execute(query):
        found[row] = StandingRow(row, on, "", score, able, claimed, confirmed, None, None, None, None)
        read += count
    if read > MOST_ROWS:
        raise TooMany
    if first < last:
        _less_those_again(db, found, wanted, first)
    return list(found.values())


def _less_those_again(
    db: Connection, found: dict[str, StandingRow], wanted: tuple[ColumnElement[bool], ...], first: date
) -> None:
    """Whoever counted before within these days counts no second time."""
    c, begins = standing_day.c, first.toordinal()
    query = select(c.row, c.day, c.again).where(*wanted, c.again.is_not(None))
    for ref, day, again in db.execute(query):
        said = standing_days.read.decode(again)
        within = 5 * bisect_right(said[::5], standing_days.ordinal(day) - begins)
        row = found[ref]
        row.score -= sum(said[1:within:5])
        row.able -= sum(said[2:within:5])
        row.claimed -= sum(said[3:within:5])
        row.confirmed -= sum(said[4:within:5])
