"""The leaderboard: how many people, families and vendors each ambassador may count.

`standing_v1` has a row for every ambassador, metric and period; its unit columns are of the
ambassador's home, so that one index serves each level. `histogram_v1` says how many have which
score, so that one's rank never counts everybody above.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Index, Integer, Select, Table, and_, func, select

from domain.model import PersonId, UnitId
from infrastructure.database import derived
from infrastructure.read_models import claims, people, units
from infrastructure.read_models.claims import Claims, Group, Share
from infrastructure.read_models.columns import Age, Id, age, chunks, share
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People

ALL: Final = "all"


class Metric(StrEnum):
    PEOPLE = "people"  # distinct persons of whom they hold at least one skill's credit
    FAMILIES = "families"  # registered by them, and a digital family now
    VENDORS = "vendors"  # onboarded through them and answered for


standing: Final = Table(
    "standing_v1",
    derived,
    Column("ambassador", Id, primary_key=True, comment="canonical"),
    Column("metric", Id, primary_key=True),
    Column("period", Id, primary_key=True, comment="all, YYYY or YYYY-MM: of the day it happened"),
    Column("score", Integer, nullable=False),
    Column("able", Integer, nullable=False, comment="of the score, those who are able themselves"),
    Column("claimed", Integer, nullable=False, comment="distinct ones claimed and not voided"),
    Column("confirmed", Integer, nullable=False, comment="of the claimed, those confirmed (credited or not)"),
    Column("unit", Id, comment="the ambassador's home"),
    Column("province", Id),
    Column("commune", Id),
    Column("hamlet", Id),
    sqlite_with_rowid=False,
)
for _level in ("province", "commune", "hamlet"):
    Index(
        f"standing_v1_{_level}",
        standing.c.metric,
        standing.c.period,
        standing.c[_level],
        standing.c.score.desc(),
        standing.c.ambassador,
    )
Index(
    "standing_v1_country",
    standing.c.metric,
    standing.c.period,
    standing.c.score.desc(),
    standing.c.ambassador,
)

histogram: Final = Table(
    "histogram_v1",
    derived,
    Column("unit", Id, primary_key=True, comment="province, commune or hamlet; VN for the country"),
    Column("metric", Id, primary_key=True),
    Column("period", Id, primary_key=True),
    Column("score", Integer, primary_key=True, autoincrement=False, comment="above 0"),
    Column("ambassadors", Integer, nullable=False),
    sqlite_with_rowid=False,
)


class StandingRow(msgspec.Struct, gc=False):
    ambassador: PersonId
    metric: str
    period: str
    score: int
    able: int
    claimed: int
    confirmed: int
    unit: UnitId | None
    province: UnitId | None
    commune: UnitId | None
    hamlet: UnitId | None


class HistogramRow(msgspec.Struct, gc=False):
    unit: str
    metric: str
    period: str
    score: int
    ambassadors: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a board. Ties share a rank; None with nothing counted yet. Shares are between 0
    and 1, None of nothing. `public_name` says whether the name may stand on a public page."""

    rank: int | None
    ambassador: PersonId
    unit: UnitId | None
    score: int
    able: int
    claimed: int
    confirmed_share: float | None
    able_share: float | None
    public_name: bool


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """`total` ambassadors have a score above 0 in the unit; `after` asks for the next page."""

    rows: tuple[Standing, ...]
    total: int
    after: str | None
    age: Age


class OwnRow(msgspec.Struct, frozen=True, kw_only=True):
    """An ambassador's own row, and those just above and below it on the board."""

    own: Standing
    above: tuple[Standing, ...]
    below: tuple[Standing, ...]
    total: int
    age: Age


class BadCursor(ValueError):
    """An `after` that no page of the board gave out."""


class _Scope(msgspec.Struct, frozen=True):
    """One board: a unit, a metric and a period."""

    key: str
    condition: ColumnElement[bool] | None
    metric: str
    period: str

    def rows(self) -> ColumnElement[bool]:
        mine = and_(standing.c.metric == self.metric, standing.c.period == self.period)
        return mine if self.condition is None else and_(mine, self.condition)

    def scores(self) -> ColumnElement[bool]:
        return and_(
            histogram.c.unit == self.key, histogram.c.metric == self.metric, histogram.c.period == self.period
        )


def board(
    db: Connection,
    unit: UnitId,
    *,
    metric: Metric = Metric.PEOPLE,
    period: str = ALL,
    limit: int = 50,
    after: str | None = None,
) -> Board:
    """The ambassadors at home in a unit, best first; ties in the order of their ids.

    `after` is what the page before gave out; raises `BadCursor` for anything else.
    """
    scope = _scope(db, unit, metric, period)
    if scope is None:
        return Board(rows=(), total=0, after=None, age=age(db))
    seen = _cursor(after) if after is not None else None
    rows = _below(db, scope, seen, limit + 1)
    more = f"{rows[limit - 1].score}~{rows[limit - 1].ambassador}" if len(rows) > limit else None
    return Board(rows=_standings(db, scope, rows[:limit]), total=_total(db, scope), after=more, age=age(db))


def own_row(
    db: Connection,
    person: PersonId,
    unit: UnitId,
    *,
    metric: Metric = Metric.PEOPLE,
    period: str = ALL,
    neighbours: int = 2,
) -> OwnRow | None:
    """A person's own row on a board with its neighbours; None where they are not at home in the unit.
    Who has taught nobody yet has a row with nothing in it."""
    known = people.one(db, person)
    scope = _scope(db, unit, metric, period)
    if known is None or scope is None:
        return None
    row = _row(db, scope, known)
    if unit not in (row.unit, row.commune, row.province) and not units.lies_within(db, known.home, unit):
        return None
    around = (row.score, row.ambassador)
    above = _above(db, scope, around, neighbours) if row.score else []
    below = _below(db, scope, around, neighbours) if row.score else []
    all_rows = _standings(db, scope, [*above, row, *below])
    return OwnRow(
        own=all_rows[len(above)],
        above=all_rows[: len(above)],
        below=all_rows[len(above) + 1 :],
        total=_total(db, scope),
        age=age(db),
    )


def score(db: Connection, person: PersonId, *, metric: Metric = Metric.PEOPLE, period: str = ALL) -> Standing:
    """What an ambassador may count, wherever they are at home; `rank` is None."""
    known = people.one(db, person)
    top = known.id if known else person
    found = db.execute(
        select(standing).where(
            standing.c.metric == metric.value, standing.c.period == period, standing.c.ambassador == top
        )
    ).first()
    row = StandingRow(*found) if found else _nothing(metric.value, period, top, known.home if known else None)
    return _standing(row, None, public=known is not None and known.public_name)


def scores(
    db: Connection, ambassadors: Iterable[PersonId], *, metric: Metric = Metric.PEOPLE, period: str = ALL
) -> dict[PersonId, int]:
    """What these (canonical) ambassadors may count; who has nothing is missing."""
    return {
        row[0]: row[1]
        for some in chunks(list(ambassadors))
        for row in db.execute(
            select(standing.c.ambassador, standing.c.score).where(
                standing.c.metric == metric.value,
                standing.c.period == period,
                standing.c.ambassador.in_(some),
            )
        )
    }


def _scope(db: Connection, unit: UnitId, metric: Metric, period: str) -> _Scope | None:
    where = units.place(db, unit)
    if where is None:
        return None
    if where.level == "country":
        return _Scope(units.COUNTRY, None, metric.value, period)
    return _Scope(unit, standing.c[where.level] == unit, metric.value, period)


def _cursor(after: str) -> tuple[int, str]:
    score, mark, ambassador = after.partition("~")
    if not mark or not score.isascii() or not score.isdecimal() or len(score) > 9:
        raise BadCursor(after[:40])
    return int(score), ambassador


def _below(db: Connection, scope: _Scope, seen: tuple[int, str] | None, limit: int) -> list[StandingRow]:
    """The rows after one: first of those with its score, then of those with less. Each is one step
    in the index, however many share a score."""
    query = select(standing).where(scope.rows())
    down = standing.c.score.desc(), standing.c.ambassador
    if seen is None:
        return _first(db, query.where(standing.c.score > 0).order_by(*down), limit)
    score, ambassador = seen
    tied = query.where(standing.c.score == score, standing.c.ambassador > ambassador)
    rows = _first(db, tied.order_by(standing.c.ambassador), limit) if score > 0 else []
    less = query.where(standing.c.score < score, standing.c.score > 0).order_by(*down)
    return rows + _first(db, less, limit - len(rows))


def _above(db: Connection, scope: _Scope, seen: tuple[int, str], limit: int) -> list[StandingRow]:
    score, ambassador = seen
    query = select(standing).where(scope.rows())
    tied = query.where(standing.c.score == score, standing.c.ambassador < ambassador)
    rows = _first(db, tied.order_by(standing.c.ambassador.desc()), limit)
    more = query.where(standing.c.score > score).order_by(standing.c.score, standing.c.ambassador.desc())
    return (rows + _first(db, more, limit - len(rows)))[::-1]


def _first(db: Connection, query: Select[Any], limit: int) -> list[StandingRow]:
    return [StandingRow(*row) for row in db.execute(query.limit(limit))] if limit > 0 else []


def _row(db: Connection, scope: _Scope, known: people.Person) -> StandingRow:
    found = db.execute(
        select(standing).where(
            standing.c.metric == scope.metric,
            standing.c.period == scope.period,
            standing.c.ambassador == known.id,
        )
    ).first()
    return StandingRow(*found) if found else _nothing(scope.metric, scope.period, known.id, known.home)


def _nothing(metric: str, period: str, person: PersonId, home: UnitId | None) -> StandingRow:
    return StandingRow(person, metric, period, 0, 0, 0, 0, home, None, None, None)


def _total(db: Connection, scope: _Scope) -> int:
    return db.scalar(select(func.coalesce(func.sum(histogram.c.ambassadors), 0)).where(scope.scores())) or 0


def _standings(db: Connection, scope: _Scope, rows: list[StandingRow]) -> tuple[Standing, ...]:
    public = people.with_public_name(db, [row.ambassador for row in rows])
    ranks = _ranks(db, scope, sorted({row.score for row in rows if row.score}, reverse=True))
    return tuple(_standing(row, ranks.get(row.score), public=row.ambassador in public) for row in rows)


def _ranks(db: Connection, scope: _Scope, scores: list[int]) -> dict[int, int]:
    """The rank of each score: one more than have a higher one."""
    if not scores:
        return {}
    higher = select(func.coalesce(func.sum(histogram.c.ambassadors), 0)).where(scope.scores())
    rank = 1 + (db.scalar(higher.where(histogram.c.score > scores[0])) or 0)
    between = select(histogram.c.score, histogram.c.ambassadors).where(
        scope.scores(), histogram.c.score <= scores[0], histogram.c.score >= scores[-1]
    )
    ranks = {}
    for score, ambassadors in db.execute(between.order_by(histogram.c.score.desc())):
        ranks[score] = rank
        rank += ambassadors
    return ranks


def _standing(row: StandingRow, rank: int | None, *, public: bool) -> Standing:
    return Standing(
        rank=rank,
        ambassador=row.ambassador,
        unit=row.unit,
        score=row.score,
        able=row.able,
        claimed=row.claimed,
        confirmed_share=share(row.confirmed, row.claimed),
        able_share=None if row.metric == Metric.FAMILIES else share(row.able, row.score),
        public_name=public,
    )


_METRICS: Final = {
    claims.PERSON: Metric.PEOPLE.value,
    claims.VENDOR: Metric.VENDORS.value,
    claims.FAMILY: Metric.FAMILIES.value,
}


class Leaderboard(Model):
    name = "leaderboard"
    tables = (standing, histogram)
    needs = (Claims,)
    facts = ()

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._people = copy.model(People)
        self._units = copy.model(units.Units)
        copy.model(Claims).counting.append(self)
        self._standings = copy.rows(standing, StandingRow, fixed=("unit", "province", "commune", "hamlet"))
        self._histogram = copy.rows(histogram, HistogramRow, kept=100_000)
        self._deltas: dict[tuple[PersonId, str, str], list[int]] = {}
        self._counts: dict[tuple[str, str, str, int], int] = {}

    def shares(self, _kind: str, group: Group) -> dict[tuple[PersonId, str], int]:
        """Bits by (ambassador, period)."""
        shares: dict[tuple[PersonId, str], int] = {}
        now, known = group.standing_for, group.claims
        for claim in known:
            bits = Share.CLAIMED
            if claim.since:
                bits |= Share.CONFIRMED
                if len(known) == 1:
                    bits |= Share.CREDITED | (Share.ABLE if claim.able else 0)
            _add(shares, now(claim.ambassador), claim.on, bits)
        if len(known) > 1:
            for claim in group.holders().values():
                bits = Share.CREDITED | (Share.ABLE if claim.able else 0)
                _add(shares, now(claim.ambassador), claim.on, bits)
        return shares

    def moved(
        self, kind: str, before: dict[tuple[PersonId, str], int], after: dict[tuple[PersonId, str], int]
    ) -> None:
        metric, deltas = _METRICS[kind], self._deltas
        for key in before.keys() | after.keys() if before else after:
            was, now = before.get(key, 0), after.get(key, 0)
            if was != now:
                full = (key[0], metric, key[1])
                delta = deltas.get(full)
                if delta is None:
                    delta = deltas[full] = [0, 0, 0, 0]
                for at, by in _CHANGES[was, now]:
                    delta[at] += by

    def settle(self) -> None:
        self._move_homes()
        self._standings.load(self._deltas)
        fresh = {key[0] for key in self._deltas if self._standings.get(key) is None}
        homes = self._people.homes(fresh)
        for key, delta in self._deltas.items():
            row = self._standings.get(key)
            if row is None:
                row = self._at_home(StandingRow(*key, 0, 0, 0, 0, None, None, None, None), homes.get(key[0]))
            self._change(row, delta)
        self._deltas.clear()
        self._write_histogram()

    def _change(self, row: StandingRow, delta: list[int]) -> None:
        score, able, claimed, confirmed = delta
        if score:
            self._count(row, -1)
            row.score += score
            self._count(row, 1)
        row.able += able
        row.claimed += claimed
        row.confirmed += confirmed
        if row.claimed or row.score:
            self._standings.put(row)
        else:
            self._standings.drop((row.ambassador, row.metric, row.period))

    def _count(self, row: StandingRow, by: int) -> None:
        """One more, or one less, has this score in each unit of the ambassador's home."""
        if row.score == 0:
            return
        counts = self._counts
        for unit in (units.COUNTRY, row.province, row.commune, row.hamlet):
            if unit is not None:
                key = (unit, row.metric, row.period, row.score)
                counts[key] = counts.get(key, 0) + by

    def _write_histogram(self) -> None:
        changed = {key: by for key, by in self._counts.items() if by}
        self._histogram.load(changed)
        for key, by in changed.items():
            row = self._histogram.get(key) or HistogramRow(*key, 0)
            row.ambassadors += by
            if row.ambassadors:
                self._histogram.put(row)
            else:
                self._histogram.drop(key)
        self._counts.clear()

    def _move_homes(self) -> None:
        """Who moved takes their rows along."""
        moved, self._people.moved = self._people.moved, set()
        for person, home in self._people.homes(sorted(moved)).items():
            for row in self._standings.find(self._standings.table.c.ambassador == person):
                self._count(row, -1)
                self._count(self._at_home(row, home), 1)
                self._standings.put(row, anew=True)

    def _at_home(self, row: StandingRow, home: UnitId | None) -> StandingRow:
        place = units.Place("country") if home is None else self._units.place(home)
        row.unit, row.province, row.commune, row.hamlet = home, place.province, place.commune, place.hamlet
        return row


def _add(shares: dict[tuple[PersonId, str], int], ambassador: PersonId, on: str, bits: int) -> None:
    for period in (ALL, on[:4], on[:7]):
        key = (ambassador, period)
        shares[key] = shares.get(key, 0) | bits


_COLUMNS: Final = (Share.CREDITED, Share.ABLE, Share.CLAIMED, Share.CONFIRMED)
_CHANGES: Final = {
    (was, now): tuple((at, 1 if now & bit else -1) for at, bit in enumerate(_COLUMNS) if (was ^ now) & bit)
    for was in range(16)
    for now in range(16)
}
"""What a share that becomes another adds to score, able, claimed and confirmed."""
