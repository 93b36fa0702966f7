"""What rows that are named may count, wherever they lie: at one time, and over the periods."""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import Connection, select

from domain.model import PersonId, UnitId
from infrastructure.read_models import people
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.columns import chunks, share
from infrastructure.read_models.standings import FORMER, Metric, Of, StandingRow, board_of, standing


def scores(
    db: Connection,
    rows: Iterable[str],
    *,
    of: Of = Of.AMBASSADORS,
    metric: Metric = Metric.PEOPLE,
    period: str = ALL,
) -> dict[PersonId, int]:
    """What these (canonical) ambassadors, teams, workplaces or units may count; who has nothing is
    missing."""
    return {PersonId(row.row): row.score for row in named(db, rows, of, metric, period)}


def counted(db: Connection, row: str, *, of: Of, metric: Metric, period: str = ALL) -> tuple[int, int]:
    """What one row may count, and how many of them are able themselves."""
    found = named(db, [row], of, metric, period)
    return (found[0].score, found[0].able) if found else (0, 0)


def by_period(
    db: Connection, row: str, *, of: Of = Of.AMBASSADORS, metric: Metric = Metric.PEOPLE
) -> dict[str, int]:
    """What one row may count in each period in which it may count anything."""
    query = select(standing.c.period, standing.c.score).where(
        standing.c.row == row, standing.c.board == board_of(of, metric), standing.c.score > 0
    )
    return {row[0]: row[1] for row in db.execute(query)}


def unit_by_period(db: Connection, unit: UnitId, *, metric: Metric = Metric.PEOPLE) -> dict[str, int]:
    """What a unit of any level may count in each period: distinct persons who confirmed in it."""
    boards = [f"{prefix}:{metric.value}" for prefix in _EVERY_LEVEL]
    query = select(standing.c.period, standing.c.score).where(
        standing.c.row == unit, standing.c.board.in_(boards), standing.c.score > 0
    )
    return {row[0]: row[1] for row in db.execute(query)}


_EVERY_LEVEL: Final = [
    former + of
    for former in ("", FORMER)
    for of in ("countries", "provinces", "districts", "communes", "hamlets")
]


def best_month(db: Connection, person: PersonId, *, metric: Metric = Metric.PEOPLE) -> tuple[str, int] | None:
    """Somebody's best month (YYYY-MM) and what they may count of it; of several, the latest."""
    known = people.one(db, person)
    months = {
        period: count
        for period, count in by_period(db, known.id if known else person, metric=metric).items()
        if len(period) == len("2026-10") and period[5:].isdigit()
    }
    return max(months.items(), key=lambda one: (one[1], one[0]), default=None)


def unit_share(
    db: Connection, unit: UnitId, *, metric: Metric = Metric.PEOPLE, period: str = ALL
) -> float | None:
    """Which share of the people (families, vendors) recorded in a unit is confirmed."""
    query = select(standing.c.confirmed, standing.c.claimed).where(
        standing.c.row == unit,
        standing.c.board.in_([f"{prefix}:{metric.value}" for prefix in _EVERY_LEVEL]),
        standing.c.period == period,
    )
    found = db.execute(query).first()
    return None if found is None else share(found[0], found[1])


def scores_among(
    db: Connection, among: Collection[str], of: Of, metric: Metric, period: str
) -> Iterable[tuple[str, int]]:
    """What these units may count: an index alone tells it of all on the board, and of those that are no
    more. To look up a thousand one by one takes many times as long."""
    query = select(standing.c.row, standing.c.score).where(
        standing.c.board.in_(_boards(of, metric)), standing.c.period == period, standing.c.score > 0
    )
    return ((ref, score) for ref, score in db.execute(query).all() if ref in among)


def _boards(of: Of, metric: Metric) -> list[str]:
    """That of a kind; of units with that of those that are no more."""
    board = board_of(of, metric)
    return [board, FORMER + board] if of.level else [board]


def named(db: Connection, rows: Iterable[str], of: Of, metric: Metric, period: str) -> list[StandingRow]:
    """Rows that are named, wherever they lie; a unit that is no more is found all the same."""
    boards = _boards(of, metric)
    return [
        StandingRow(*row)
        for some in chunks(list(dict.fromkeys(rows)))
        for row in db.execute(
            select(standing).where(
                standing.c.row.in_(some), standing.c.board.in_(boards), standing.c.period == period
            )
        )
    ]


def find(db: Connection, row: str, board: str, period: str) -> StandingRow | None:
    found = db.execute(
        select(standing).where(standing.c.row == row, standing.c.board == board, standing.c.period == period)
    ).first()
    return StandingRow(*found) if found else None
