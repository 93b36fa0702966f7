"""The leaderboard's questions: a page, and one's own row with its neighbours."""

from collections.abc import Collection, Sequence
from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import Connection

from domain.model import PersonId, UnitId
from infrastructure.read_models import free_days, memberships, people, units
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.columns import Age, age, share
from infrastructure.read_models.free_days import Days
from infrastructure.read_models.ranked import FEW, Few, Indexed, Rows, indexed, these
from infrastructure.read_models.scored import find, named, scores_among
from infrastructure.read_models.standings import Metric, Of, StandingRow, board_of


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

    def _source(self, days: Days | None) -> "Indexed | Few | None":
        db, unit, of, metric, among = self._db, self._unit, self._of, self._metric, self._among
        if among is not None:
            return self._named(among) if days is None else self._of_days(among, days)
        where = units.place(db, unit)
        if where is None:
            return None
        if days is not None:
            ranked = indexed(db, unit, where, of, metric, ALL).best(free_days.MOST + 1)
            return self._of_days(ranked, days)
        return indexed(db, unit, where, of, metric, self._period)

    def _named(self, among: Collection[str]) -> "Few":
        db, which = self._db, (self._of, self._metric, self._period)
        if self._of.level is None or len(among) <= FEW:
            return these(named(db, among, *which))
        scores = scores_among(db, frozenset(among), *which)
        return Few(scores, lambda refs: {row.row: row for row in named(db, refs, *which)})

    def _of_days(self, among: Collection[str], days: Days) -> "Few":
        return these(free_days.rows(self._db, among, self._of, self._metric, days), self._seated)

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

    def _standings(self, source: Rows, rows: Sequence[StandingRow]) -> tuple[Standing, ...]:
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
    row = find(db, top, metric.value, period)
    if row is None:
        row = _nothing(top, Of.AMBASSADORS, metric, period, known.home if known else None)
    return _standing(row, None, public=known is not None and known.public_name)


def _cursor(after: str) -> tuple[int, str]:
    score, mark, row = after.partition("~")
    if not mark or not score.isascii() or not score.isdecimal() or len(score) > 9:
        raise BadCursor(after[:40])
    return int(score), row


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
