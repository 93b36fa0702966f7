"""The leaderboard's questions: a page, one's own row with its neighbours, one's best month.

A board is asked for in a unit, where an index holds its rows in order, or among rows that are named
(the members of a team, communes of similar size, the units of another time): of these the scores are
sorted here, and the rows read that are shown.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final, Protocol, TypedDict, Unpack

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from domain.model import PersonId, UnitId
from domain.territory import Level
from infrastructure.read_models import free_days, memberships, people, units
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.columns import Age, age, chunks, share
from infrastructure.read_models.free_days import Days
from infrastructure.read_models.standings import (
    FORMER,
    Metric,
    Of,
    StandingRow,
    board_of,
    histogram,
    standing,
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a board. Ties share a rank; None with nothing counted yet. Shares are between 0
    and 1, None of nothing. `unit` is where an ambassador is at home, where a team or workplace
    stands, or the unit itself. `public_name` says whether an ambassador's name may stand on a
    public page."""

    rank: int | None
    row: str
    unit: UnitId | None
    score: int
    able: int
    claimed: int
    confirmed_share: float | None
    able_share: float | None
    public_name: bool

    @property
    def ambassador(self) -> PersonId:
        """The row, where it is a person's."""
        return PersonId(self.row)


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """`total` rows have a score above 0; `after` asks for the next page."""

    rows: tuple[Standing, ...]
    total: int
    after: str | None
    age: Age


class OwnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of one's own, and those just above and below it on the board."""

    own: Standing
    above: tuple[Standing, ...]
    below: tuple[Standing, ...]
    total: int
    age: Age


class BadCursor(ValueError):
    """An `after` that no page of the board gave out."""


class _Rows(Protocol):
    """The rows of one board above 0, best first; ties in the order of their ids. `seen` is a score
    and a row's id."""

    def below(self, seen: tuple[int, str] | None, limit: int) -> list[StandingRow]: ...

    def above(self, seen: tuple[int, str], limit: int) -> list[StandingRow]: ...

    def find(self, row: str) -> StandingRow | None: ...

    def total(self) -> int: ...

    def ranks(self, scores: Sequence[int]) -> dict[int, int]:
        """The rank of each score (higher ones first): one more than have a higher one."""
        ...


class Which(TypedDict, total=False):
    """Which board of a unit. Its rows lie in it (ambassadors: are at home there), or are `among` those
    named. With `days`, by what they may count of these days, in place of a period."""

    of: Of
    metric: Metric
    period: str
    among: Collection[str] | None
    days: Days | None


class Compared:
    """One board that a page looks at several times; where its rows are few, they are read once."""

    def __init__(self, db: Connection, unit: UnitId, **which: Unpack[Which]) -> None:
        """Raises `TooMany` where more would have to be read for free days than somebody waits for."""
        self._db = db
        self._unit = unit
        self._of = which.get("of", Of.AMBASSADORS)
        self._metric = which.get("metric", Metric.PEOPLE)
        self._period = which.get("period", ALL)
        self._among = which.get("among")
        self._rows = self._source(which.get("days"))

    def page(self, limit: int = 50, after: str | None = None) -> Board:
        """The rows, best first; ties in the order of their ids. `after` is what the page before gave
        out; raises `BadCursor` for anything else."""
        seen = _cursor(after) if after is not None else None
        if self._rows is None:
            return Board(rows=(), total=0, after=None, age=age(self._db))
        rows = self._rows.below(seen, limit + 1)
        more = f"{rows[limit - 1].score}~{rows[limit - 1].row}" if len(rows) > limit else None
        return Board(
            rows=self._standings(self._rows, rows[:limit]),
            total=self._rows.total(),
            after=more,
            age=age(self._db),
        )

    def own(self, person: PersonId, neighbours: int = 2) -> OwnRow | None:
        """A person's own row, or that of the team, workplace or unit they belong to, with its
        neighbours; None where it does not lie in the unit (or is not `among` those compared). Who has
        taught nobody yet has a row with nothing in it."""
        known = people.one(self._db, person)
        mine = _mine(self._db, known, self._of) if known else None
        if known is None or mine is None or self._rows is None:
            return None
        row = self._rows.find(mine) or _nothing(mine, self._of, self._metric, self._period, known.home)
        if not self._holds(row):
            return None
        around = (row.score, row.row)
        above = self._rows.above(around, neighbours) if row.score else []
        below = self._rows.below(around, neighbours) if row.score else []
        shown = self._standings(self._rows, [*above, row, *below])
        return OwnRow(
            own=shown[len(above)],
            above=shown[: len(above)],
            below=shown[len(above) + 1 :],
            total=self._rows.total(),
            age=age(self._db),
        )

    def spread(self) -> dict[int, int]:
        """How many rows have which score above 0."""
        return {} if self._rows is None else self._rows.spread()

    def _source(self, days: Days | None) -> "_Indexed | _Few | None":
        db, unit, of, metric, among = self._db, self._unit, self._of, self._metric, self._among
        if among is not None:
            return self._named(among) if days is None else self._of_days(among, days)
        where = units.place(db, unit)
        if where is None:
            return None
        if days is not None:
            ranked = _indexed(db, unit, where, of, metric, ALL).best(free_days.MOST + 1)
            return self._of_days(ranked, days)
        return _indexed(db, unit, where, of, metric, self._period)

    def _named(self, among: Collection[str]) -> "_Few":
        db, which = self._db, (self._of, self._metric, self._period)
        if self._of.level is None or len(among) <= _FEW:
            return _these(_named(db, among, *which))
        scores = _scores(db, frozenset(among), *which)
        return _Few(scores, lambda refs: {row.row: row for row in _named(db, refs, *which)})

    def _of_days(self, among: Collection[str], days: Days) -> "_Few":
        return _these(free_days.rows(self._db, among, self._of, self._metric, days), self._seated)

    def _seated(self, rows: list[StandingRow]) -> None:
        """Rows told where they lie."""
        refs = [row.row for row in rows]
        if self._of is Of.AMBASSADORS:
            known = people.several(self._db, [PersonId(ref) for ref in refs])
            for row in rows:
                row.unit = known[PersonId(row.row)].home if row.row in known else None
            return
        seats = {} if self._of.level else memberships.seats(self._db, refs)
        for row in rows:
            row.unit = UnitId(row.row) if self._of.level else seats.get(row.row)

    def _holds(self, row: StandingRow) -> bool:
        if self._among is not None:
            return row.row in self._among
        return _lies_in(self._db, row, self._unit, self._of)

    def _standings(self, source: _Rows, rows: Sequence[StandingRow]) -> tuple[Standing, ...]:
        people_ranked = [PersonId(row.row) for row in rows] if self._of is Of.AMBASSADORS else []
        public = people.with_public_name(self._db, people_ranked)
        ranks = source.ranks(sorted({row.score for row in rows if row.score}, reverse=True))
        return tuple(_standing(row, ranks.get(row.score), public=row.row in public) for row in rows)


def board(
    db: Connection, unit: UnitId, *, limit: int = 50, after: str | None = None, **which: Unpack[Which]
) -> Board:
    """A page of a board. Raises `BadCursor`, `TooMany`."""
    return Compared(db, unit, **which).page(limit, after)


def own_row(
    db: Connection, person: PersonId, unit: UnitId, *, neighbours: int = 2, **which: Unpack[Which]
) -> OwnRow | None:
    """One's own row on a board. Raises `TooMany`."""
    return Compared(db, unit, **which).own(person, neighbours)


def _mine(db: Connection, known: people.Person, of: Of) -> str | None:
    """The row that is one's own: oneself, one's team or workplace now, the unit one is at home in."""
    match of:
        case Of.AMBASSADORS:
            return known.id
        case Of.TEAMS:
            return memberships.bodies_of(db, known.id).get(memberships.TEAM)
        case Of.WORKPLACES:
            return memberships.bodies_of(db, known.id).get(memberships.WORKPLACE)
    place = units.place(db, known.home)
    return getattr(place, of.level.value) if place and of.level else None


def _lies_in(db: Connection, row: StandingRow, unit: UnitId, of: Of) -> bool:
    if unit in (row.province, row.commune, row.hamlet):
        return True
    if of.level:
        return row.row != unit and units.lies_within(db, UnitId(row.row), unit)
    return row.unit is not None and units.lies_within(db, row.unit, unit)


def score(db: Connection, person: PersonId, *, metric: Metric = Metric.PEOPLE, period: str = ALL) -> Standing:
    """What an ambassador may count, wherever they are at home; `rank` is None."""
    known = people.one(db, person)
    top = known.id if known else person
    row = _find(db, top, metric.value, period)
    if row is None:
        row = _nothing(top, Of.AMBASSADORS, metric, period, known.home if known else None)
    return _standing(row, None, public=known is not None and known.public_name)


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
    return {PersonId(row.row): row.score for row in _named(db, rows, of, metric, period)}


def counted(db: Connection, row: str, *, of: Of, metric: Metric, period: str = ALL) -> tuple[int, int]:
    """What one row may count, and how many of them are able themselves."""
    found = _named(db, [row], of, metric, period)
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


def units_on(db: Connection, unit: UnitId, level: Level, day: date) -> frozenset[UnitId]:
    """The units of a level that stood on a day in a unit (of any time), that one aside."""
    where = units.place(db, unit)
    if where is None:
        return frozenset()
    u, said = units.unit.c, day.isoformat()
    query = select(u.unit).where(
        units.within(unit, where),
        u.level == level.value,
        u.unit != unit,
        u.valid_from <= said,
        u.ended.is_(None) | (u.ended > said),
    )
    return frozenset(db.scalars(query).all())


def _indexed(
    db: Connection, unit: UnitId, where: units.Place, of: Of, metric: Metric, period: str
) -> "_Indexed":
    if where.ended:
        return _Filtered(db, unit, where, board_of(of, metric), period)
    in_country = where.level == "country"
    return _Indexed(
        db,
        units.COUNTRY if in_country else unit,
        None if in_country else standing.c[where.level] == unit,
        board_of(of, metric),
        period,
    )


class _Indexed:
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
        return _find(self._db, row, self._board, self._period)

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


class _Filtered(_Indexed):
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


_FEW: Final = 100
"""So many units are looked up one by one; of more, the whole board's scores are read in one go."""


class _Few:
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


def _these(
    rows: Sequence[StandingRow], seated: Callable[[list[StandingRow]], None] = lambda _rows: None
) -> _Few:
    """Rows that are all known; `seated` is told which are looked at."""
    known = {row.row: row for row in rows}

    def read(refs: Sequence[str]) -> dict[str, StandingRow]:
        found = {ref: known[ref] for ref in refs if ref in known}
        seated(list(found.values()))
        return found

    return _Few(((row.row, row.score) for row in rows), read)


def _scores(
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


def _named(db: Connection, rows: Iterable[str], of: Of, metric: Metric, period: str) -> list[StandingRow]:
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


def _cursor(after: str) -> tuple[int, str]:
    score, mark, row = after.partition("~")
    if not mark or not score.isascii() or not score.isdecimal() or len(score) > 9:
        raise BadCursor(after[:40])
    return int(score), row


def _find(db: Connection, row: str, board: str, period: str) -> StandingRow | None:
    found = db.execute(
        select(standing).where(standing.c.row == row, standing.c.board == board, standing.c.period == period)
    ).first()
    return StandingRow(*found) if found else None


def _nothing(row: str, of: Of, metric: Metric, period: str, unit: UnitId | None) -> StandingRow:
    own = UnitId(row) if of.level else unit
    return StandingRow(row, board_of(of, metric), period, 0, 0, 0, 0, own, None, None, None)


def _standing(row: StandingRow, rank: int | None, *, public: bool) -> Standing:
    return Standing(
        rank=rank,
        row=row.row,
        unit=row.unit,
        score=row.score,
        able=row.able,
        claimed=row.claimed,
        confirmed_share=share(row.confirmed, row.claimed),
        able_share=None if row.board.endswith(Metric.FAMILIES) else share(row.able, row.score),
        public_name=public,
    )
