"""The rows of one board, best first.

A board is asked for in a unit, where an index holds its rows in order, or among rows that are named
(the members of a team, communes of similar size, the units of another time): of these the scores are
sorted here, and the rows read that are shown.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from domain.model import UnitId
from infrastructure.read_models import units
from infrastructure.read_models.scored import find
from infrastructure.read_models.standings import Metric, Of, StandingRow, board_of, histogram, standing


class Rows(Protocol):
    """The rows of one board above 0, best first; ties in the order of their ids. `seen` is a score
    and a row's id."""

    def below(self, seen: tuple[int, str] | None, limit: int) -> list[StandingRow]: ...

    def above(self, seen: tuple[int, str], limit: int) -> list[StandingRow]: ...

    def find(self, row: str) -> StandingRow | None: ...

    def total(self) -> int: ...

    def ranks(self, scores: Sequence[int]) -> dict[int, int]:
        """The rank of each score (higher ones first): one more than have a higher one."""
        ...


def indexed(
    db: Connection, unit: UnitId, where: units.Place, of: Of, metric: Metric, period: str
) -> "Indexed":
    if where.ended:
        return _Filtered(db, unit, where, board_of(of, metric), period)
    in_country = where.level == "country"
    return Indexed(
        db,
        units.COUNTRY if in_country else unit,
        None if in_country else standing.c[where.level] == unit,
        board_of(of, metric),
        period,
    )


class Indexed:
    """The rows that lie in a unit, in the order of an index."""

    def __init__(
        self, db: Connection, key: str, condition: ColumnElement[bool] | None, board: str, period: str
    ) -> None:
        self._db = db
        self._board, self._period = board, period
        mine = and_(standing.c.board == board, standing.c.period == period)
        self._rows = mine if condition is None else and_(mine, condition)
        self._scores = and_(histogram.c.unit == key, histogram.c.board == board, histogram.c.period == period)

    def below(self, seen: tuple[int, str] | None, limit: int) -> list[StandingRow]:
        """First of those with the score seen, then of those with less. Each is one step in the index,
        however many share a score."""
        query = select(standing).where(self._rows)
        down = standing.c.score.desc(), standing.c.row
        if seen is None:
            return self._first(query.where(standing.c.score > 0).order_by(*down), limit)
        score, row = seen
        tied = query.where(standing.c.score == score, standing.c.row > row)
        rows = self._first(tied.order_by(standing.c.row), limit) if score > 0 else []
        less = query.where(standing.c.score < score, standing.c.score > 0).order_by(*down)
        return rows + self._first(less, limit - len(rows))

    def above(self, seen: tuple[int, str], limit: int) -> list[StandingRow]:
        score, row = seen
        query = select(standing).where(self._rows)
        tied = query.where(standing.c.score == score, standing.c.row < row)
        rows = self._first(tied.order_by(standing.c.row.desc()), limit)
        more = query.where(standing.c.score > score).order_by(standing.c.score, standing.c.row.desc())
        return (rows + self._first(more, limit - len(rows)))[::-1]

    def _first(self, query: Select[Any], limit: int) -> list[StandingRow]:
        return [StandingRow(*row) for row in self._db.execute(query.limit(limit))] if limit > 0 else []

    def best(self, limit: int) -> list[str]:
        """The ids of the first rows, which the index alone tells."""
        query = select(standing.c.row).where(self._rows, standing.c.score > 0)
        return list(self._db.scalars(query.order_by(standing.c.score.desc(), standing.c.row).limit(limit)))

    def find(self, row: str) -> StandingRow | None:
        return find(self._db, row, self._board, self._period)

    def total(self) -> int:
        return self._db.scalar(self._how_many()) or 0

    def ranks(self, scores: Sequence[int]) -> dict[int, int]:
        if not scores:
            return {}
        rank = 1 + (self._db.scalar(self._how_many().where(histogram.c.score > scores[0])) or 0)
        between = select(histogram.c.score, histogram.c.rows).where(
            self._scores, histogram.c.score <= scores[0], histogram.c.score >= scores[-1]
        )
        ranks = {}
        for score, rows in self._db.execute(between.order_by(histogram.c.score.desc())):
            ranks[score] = rank
            rank += rows
        return ranks

    def _how_many(self) -> Select[Any]:
        return select(func.coalesce(func.sum(histogram.c.rows), 0)).where(self._scores)

    def spread(self) -> dict[int, int]:
        query = select(histogram.c.score, histogram.c.rows).where(self._scores)
        return {row[0]: row[1] for row in self._db.execute(query)}


class _Filtered(Indexed):
    """The rows that lay in a unit that is no more: those of what holds its place today, of which the
    units that lie in it wholly are looked at. No histogram is kept of it: those of the communes that lie
    in it wholly are added up, and of others the rows are counted."""

    def __init__(self, db: Connection, unit: UnitId, where: units.Place, board: str, period: str) -> None:
        narrowest = next((level for level in ("commune", "province") if getattr(where, level)), None)
        condition = None if narrowest is None else standing.c[narrowest] == getattr(where, narrowest)
        super().__init__(db, unit, condition, board, period)
        self._unit = unit
        self._there = standing.c.unit.in_(units.lying_in(db, unit))
        self._rows = and_(self._rows, self._there)

    def total(self) -> int:
        return sum(self._counted.values())

    def ranks(self, scores: Sequence[int]) -> dict[int, int]:
        return {
            score: 1 + sum(rows for higher, rows in self._counted.items() if higher > score)
            for score in scores
        }

    def spread(self) -> dict[int, int]:
        return self._counted

    @cached_property
    def _counted(self) -> dict[int, int]:
        whole, partly = units.communes_within(self._db, self._unit)
        mine = standing.c.board == self._board, standing.c.period == self._period, standing.c.score > 0
        there = select(standing.c.score).where(
            *mine, self._there
        )  # in groups, SQLite would read the whole board
        found = Counter(self._db.scalars(there.where(standing.c.commune.is_(None))).all())
        if partly:
            found.update(self._db.scalars(there.where(standing.c.commune.in_(partly))).all())
        if whole:
            added = select(histogram.c.score, func.sum(histogram.c.rows)).group_by(histogram.c.score)
            of_board = histogram.c.board == self._board, histogram.c.period == self._period
            counted = self._db.execute(added.where(histogram.c.unit.in_(whole), *of_board))
            found.update({row[0]: row[1] for row in counted})
        return found


FEW: Final = 100
"""So many units are looked up one by one; of more, the whole board's scores are read in one go."""


class Few:
    """Rows few enough to be sorted here, by what is known of all: their scores. `read` gives the rows
    of these ids."""

    def __init__(
        self, scores: Iterable[tuple[str, int]], read: Callable[[Sequence[str]], dict[str, StandingRow]]
    ) -> None:
        self._order = sorted((-score, ref) for ref, score in scores if score)
        self._read = read

    def below(self, seen: tuple[int, str] | None, limit: int) -> list[StandingRow]:
        begin = 0 if seen is None else bisect_right(self._order, (-seen[0], seen[1]))
        return self._rows(begin, begin + max(limit, 0))

    def above(self, seen: tuple[int, str], limit: int) -> list[StandingRow]:
        end = bisect_left(self._order, (-seen[0], seen[1]))
        return self._rows(max(0, end - max(limit, 0)), end)

    def _rows(self, begin: int, end: int) -> list[StandingRow]:
        refs = [ref for _, ref in self._order[begin:end]]
        rows = self._read(refs)
        return [rows[ref] for ref in refs]

    def find(self, row: str) -> StandingRow | None:
        return self._read([row]).get(row)

    def total(self) -> int:
        return len(self._order)

    def ranks(self, scores: Sequence[int]) -> dict[int, int]:
        return {score: 1 + bisect_left(self._order, (-score, "")) for score in scores}

    def spread(self) -> dict[int, int]:
        return Counter(-score for score, _ in self._order)


def these(
    rows: Sequence[StandingRow], seated: Callable[[list[StandingRow]], None] = lambda _rows: None
) -> Few:
    """Rows that are all known; `seated` is told which are looked at."""
    known = {row.row: row for row in rows}

    def read(refs: Sequence[str]) -> dict[str, StandingRow]:
        found = {ref: known[ref] for ref in refs if ref in known}
        seated(list(found.values()))
        return found

    return Few(((row.row, row.score) for row in rows), read)
