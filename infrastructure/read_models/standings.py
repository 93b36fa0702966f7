"""What boards are made of: how many people, families and vendors each row may count, by period.

`standing_v2` has a row for everybody and everything that is ranked, by board and period: each
ambassador, team, workplace and unit. Its place columns are of what a row lies in, so that one index
serves each level. `histogram_v2` says how many rows have which score, so that a rank never counts
all above it. What rows count on each day stands apart (`standing_days`).

An ambassador, a team and a workplace may count whom they hold a credit for; a team's or workplace's
is that of whoever belonged to it on the day. A unit counts whoever confirmed in it, whoever holds
the credit. Each person, family and vendor counts once in a row.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Column, Index, Integer, Table

from domain.model import PersonId, UnitId
from domain.territory import Level
from infrastructure.database import derived
from infrastructure.read_models import boundaries, standing_days, units
from infrastructure.read_models.campaigns import Campaigns, periods
from infrastructure.read_models.claimed import FAMILY, PERSON, VENDOR, Claim, Group, Share
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import Id
from infrastructure.read_models.memberships import TEAM, WORKPLACE, Memberships
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.shares import WEIGHTS, unpacked
from infrastructure.read_models.standing_days import LONGEST, DayRow, Days, standing_day


class Metric(StrEnum):
    PEOPLE = "people"  # distinct persons
    FAMILIES = "families"  # digital families now
    VENDORS = "vendors"  # onboarded and answered for


class Of(StrEnum):
    """What the rows of a board are."""

    AMBASSADORS = "ambassadors"
    TEAMS = "teams"
    WORKPLACES = "workplaces"
    HAMLETS = "hamlets"
    COMMUNES = "communes"
    PROVINCES = "provinces"

    @property
    def level(self) -> Level | None:
        """Of those that are units."""
        return _LEVELS.get(self)


_LEVELS: Final = {Of.HAMLETS: Level.HAMLET, Of.COMMUNES: Level.COMMUNE, Of.PROVINCES: Level.PROVINCE}
FORMER: Final = "former-"
"""Before the boards of units that are no more."""
OF_LEVEL: Final = {level.value: of.value for of, level in _LEVELS.items()} | {
    Level.COUNTRY.value: "countries",
    Level.DISTRICT.value: "districts",
}
_OF_KIND: Final = {TEAM: Of.TEAMS.value, WORKPLACE: Of.WORKPLACES.value}
_BODIES: Final = frozenset(_OF_KIND.values())


def board_of(of: str, metric: str) -> str:
    """A board's name in the rows. That of ambassadors is the metric itself."""
    return metric if of == Of.AMBASSADORS else f"{of}:{metric}"


_BOARDS: Final = [
    board_of(of, metric.value)
    for metric in Metric
    for of in (*Of, *OF_LEVEL.values(), *(FORMER + level for level in OF_LEVEL.values()))
]

standing: Final = Table(
    "standing_v2",
    derived,
    Column("row", Id, primary_key=True, comment="a canonical person, a team, a workplace or a unit"),
    Column("board", Id, primary_key=True, comment="people, families, vendors; of others teams:people ..."),
    Column("period", Id, primary_key=True, comment="all, YYYY, YYYY-Qn, YYYY-MM or c:campaign"),
    Column("score", Integer, nullable=False),
    Column("able", Integer, nullable=False, comment="of the score, those who are able themselves"),
    Column("claimed", Integer, nullable=False, comment="distinct ones claimed and not voided"),
    Column("confirmed", Integer, nullable=False, comment="of the claimed, those confirmed (credited or not)"),
    Column("unit", Id, comment="where the ambassador is at home, the team stands; the unit itself"),
    Column("province", Id, comment="in which the row lies"),
    Column("commune", Id),
    Column("hamlet", Id),
    sqlite_with_rowid=False,
)
for _level in ("province", "commune", "hamlet"):
    Index(
        f"standing_v2_{_level}",
        standing.c.board,
        standing.c.period,
        standing.c[_level],
        standing.c.score.desc(),
        standing.c.row,
    )
Index(
    "standing_v2_country",
    standing.c.board,
    standing.c.period,
    standing.c.score.desc(),
    standing.c.row,
)

histogram: Final = Table(
    "histogram_v2",
    derived,
    Column("unit", Id, primary_key=True, comment="province, commune or hamlet; VN for the country"),
    Column("board", Id, primary_key=True),
    Column("period", Id, primary_key=True),
    Column("score", Integer, primary_key=True, autoincrement=False, comment="above 0"),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)


class StandingRow(msgspec.Struct, gc=False):
    row: str
    board: str
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
    board: str
    period: str
    score: int
    rows: int


_METRICS: Final = {
    PERSON: Metric.PEOPLE.value,
    VENDOR: Metric.VENDORS.value,
    FAMILY: Metric.FAMILIES.value,
}

_AMBASSADORS: Final = Of.AMBASSADORS.value
_NO_UNITS: Final = _BODIES | {_AMBASSADORS}
_UNITS: Final = ""
"""In place of a kind of row: the unit and all that it lies in."""
_LIVES: Final = " > "
"""Between a unit that was divided and where somebody of it lives today."""

Counted = tuple[str, str, str]
"""What a share counts for: a kind of row, the row, and a stamp (`campaigns.periods`)."""


class Standings(Model):
    name = "leaderboard"
    version = 4
    tables = (standing, histogram, standing_day)
    needs = (Claims, Campaigns, Memberships)
    facts = ()

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._people = copy.model(People)
        self._units = copy.model(boundaries.Units)
        self._memberships = copy.model(Memberships)
        self._campaigns = copy.model(Campaigns)
        self._claims = copy.model(Claims)
        self._claims.counting.append(self)
        self._campaigns.counting.append(self)
        self._standings = copy.rows(standing, StandingRow, fixed=("unit", "province", "commune", "hamlet"))
        self._histogram = copy.rows(histogram, HistogramRow, kept=100_000)
        self._days = Days(copy.rows(standing_day, DayRow))
        self._deltas: dict[str, dict[Counted, int]] = {metric.value: {} for metric in Metric}
        """By metric and what it counts for: how its four figures changed, as one number (`_packed`)."""
        self._counts: dict[tuple[str, str, str, int], int] = {}
        self._to_count: dict[str, None] = {}
        self._to_drop: dict[str, None] = {}
        self._rows_above: dict[str, tuple[tuple[str, UnitId], ...]] = {}

    def announced(self, period: str) -> None:
        self._to_count[period] = None

    def withdrawn(self, period: str) -> None:
        self._to_count.pop(period, None)
        self._to_drop[period] = None

    def shares(self, _kind: str, group: Group) -> dict[Counted, int]:
        """Bits by what they count for. One claim alone, as most are, counts for its day; of several,
        each period and day is told by name, since somebody counts once in it."""
        known = group.claims
        if len(known) == 1:
            only = known[0]
            bits = Share.CLAIMED
            if only.since:
                bits |= Share.CONFIRMED | Share.CREDITED | (Share.ABLE if only.able else 0)
            unit = UnitId(only.unit)
            stamp = self._campaigns.stamp(unit, only.on)
            shares: dict[Counted, int] = {(_UNITS, self._where(unit, group.lives), stamp): bits}
            ambassador = group.standing_for(only.ambassador)
            shares[_AMBASSADORS, ambassador, stamp] = bits
            for kind, body in self._memberships.bodies(ambassador, only.on):
                shares[_OF_KIND[kind], body, stamp] = bits
            return shares
        return self._shares_of_several(group)

    def _shares_of_several(self, group: Group) -> dict[Counted, int]:
        shares: dict[Counted, int] = {}
        days: dict[tuple[str, str], dict[str, int]] = {}

        def add(of: str, row: str, claim: Claim, bits: int) -> None:
            for period in periods(self._campaigns.stamp(UnitId(claim.unit), claim.on)):
                key = of, row, period
                shares[key] = shares.get(key, 0) | bits
            on = days.setdefault((of, row), {})
            on[claim.on] = on.get(claim.on, 0) | bits

        for claim in group.claims:
            bits = Share.CLAIMED | (Share.CONFIRMED if claim.since else 0)
            for of, row in self._whose(group, claim):
                add(of, row, claim, bits)
            if claim.since:
                bits |= Share.CREDITED | (Share.ABLE if claim.able else 0)
            for of, above in self._above(self._where(UnitId(claim.unit), group.lives)):
                add(of, above, claim, bits)
        for claim in group.holders().values():
            bits = Share.CREDITED | (Share.ABLE if claim.able else 0)
            for of, row in self._whose(group, claim):
                add(of, row, claim, bits)
        for (of, row), on in days.items():
            most = None if of in _NO_UNITS else LONGEST
            shares |= {(of, row, said): bits for said, bits in standing_days.stamps(on, most=most)}
        return shares

    def _whose(self, group: Group, claim: Claim) -> list[tuple[str, str]]:
        """The ambassador, and the team and workplace they belonged to on that day."""
        ambassador = group.standing_for(claim.ambassador)
        bodies = self._memberships.bodies(ambassador, claim.on)
        return [(_AMBASSADORS, ambassador), *((_OF_KIND[kind], body) for kind, body in bodies)]

    def _where(self, unit: UnitId, lives: UnitId | None) -> str:
        """Where something was done; if that was divided, with the part in which they live since."""
        return unit if lives is None or self._units.divided(unit) is None else f"{unit}{_LIVES}{lives}"

    def _above(self, where: str) -> tuple[tuple[str, UnitId], ...]:
        """The rows of units that something done there counts for, under the boundaries of all times."""
        found = self._rows_above.get(where)
        if found is None:
            rows = []
            unit, _, lives = where.partition(_LIVES)
            for above in self._units.above_one(UnitId(unit), UnitId(lives) if lives else None):
                place = self._units.place(above)
                of = OF_LEVEL.get(place.level)
                if of is not None:
                    rows.append((FORMER + of if place.ended else of, above))
            found = self._rows_above[where] = tuple(rows)
        return found

    def moved(self, kind: str, before: dict[Counted, int], after: dict[Counted, int]) -> None:
        deltas = self._deltas[_METRICS[kind]]
        for key, was in before.items():
            deltas[key] = deltas.get(key, 0) - WEIGHTS[was]
        for key, now in after.items():
            deltas[key] = deltas.get(key, 0) + WEIGHTS[now]

    def settle(self) -> None:
        self._move_homes()
        deltas = self._by_row()
        for period in self._to_drop:
            self._drop(period)
        if self._to_count:
            self._count_campaigns()
            deltas |= self._by_row(only=frozenset(self._to_count))
        self._to_drop.clear()
        self._to_count.clear()
        self._settle(deltas)
        self._days.settle()
        self._write_histogram()
        self._rows_above.clear()

    def _by_row(self, only: frozenset[str] | None = None) -> dict[tuple[str, str, str], int]:
        """What gathered, by row, board and period: of `only` some periods, or of all but those that
        are counted anew or dropped."""
        found: dict[tuple[str, str, str], int] = {}
        for metric, deltas in self._deltas.items():
            for (of, row, stamp), delta in deltas.items():
                if not delta:
                    continue
                self.copy.breathe()
                rows = ((of, row),) if of != _UNITS else self._above(row)
                boards = [(one, board_of(kind, metric)) for kind, one in rows]
                day = standing_days.alone(stamp)
                if day and only is None:
                    for one, board in boards:
                        self._days.add(board, one, *day, delta)
                if standing_days.is_alone(stamp):
                    continue
                for period in periods(stamp):
                    if period not in only if only is not None else self._is_apart(period):
                        continue
                    for one, board in boards:
                        key = one, board, period
                        found[key] = found.get(key, 0) + delta
            deltas.clear()
        return found

    def _is_apart(self, period: str) -> bool:
        return period in self._to_count or period in self._to_drop

    def _drop(self, period: str) -> None:
        rows, counted = self._standings.table.c, self._histogram.table.c
        for row in self._standings.find(rows.board.in_(_BOARDS) & (rows.period == period)):
            self._standings.drop((row.row, row.board, row.period))
        for one in self._histogram.find(counted.period == period):
            self._histogram.drop((one.unit, one.board, one.period, one.score))

    def _count_campaigns(self) -> None:
        """Campaigns announced in this batch, of days that have begun: all that was done in them."""
        begins, ends = self._campaigns.days(self._to_count)
        for kind, group in self._claims.between(begins, ends):
            self.moved(kind, {}, self.shares(kind, group))

    def _settle(self, deltas: dict[tuple[str, str, str], int]) -> None:
        self._standings.load(deltas)
        fresh = dict.fromkeys(key for key in deltas if self._standings.get(key) is None)
        homes = self._people.homes({PersonId(row) for row, board, _ in fresh if ":" not in board})
        for key, delta in deltas.items():
            self.copy.breathe()
            row = self._standings.get(key)
            if row is None:
                unit = self._seat(*key[:2], homes)
                row = self._at_home(StandingRow(*key, 0, 0, 0, 0, None, None, None, None), unit)
            self._change(row, *unpacked(delta))

    def _seat(self, row: str, board: str, homes: Mapping[PersonId, UnitId]) -> UnitId | None:
        """Where an ambassador is at home, a team or workplace stands; a unit itself."""
        of, apart, _ = board.partition(":")
        if not apart:
            return homes.get(PersonId(row))
        return self._memberships.seat(row) if of in _BODIES else UnitId(row)

    def _change(self, row: StandingRow, score: int, able: int, claimed: int, confirmed: int) -> None:
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
            self._standings.drop((row.row, row.board, row.period))

    def _count(self, row: StandingRow, by: int) -> None:
        """One more, or one less, has this score in each unit that the row lies in."""
        if row.score == 0:
            return
        counts = self._counts
        for unit in (units.COUNTRY, row.province, row.commune, row.hamlet):
            if unit is not None:
                key = (unit, row.board, row.period, row.score)
                counts[key] = counts.get(key, 0) + by

    def _write_histogram(self) -> None:
        changed = {key: by for key, by in self._counts.items() if by}
        self._histogram.load(changed)
        for key, by in changed.items():
            row = self._histogram.get(key) or HistogramRow(*key, 0)
            row.rows += by
            if row.rows:
                self._histogram.put(row)
            else:
                self._histogram.drop(key)
        self._counts.clear()

    def _move_homes(self) -> None:
        """Who moved takes their rows along, and so does a team or workplace that was placed anew."""
        moved, self._people.moved = self._people.moved, set()
        homes, self._memberships.moved = self._memberships.moved, {}
        homes |= {str(one): home for one, home in self._people.homes(sorted(moved)).items()}
        for one, home in homes.items():
            for row in self._standings.find(self._standings.table.c.row == one):
                self._count(row, -1)
                self._count(self._at_home(row, home), 1)
                self._standings.put(row, anew=True)

    def _at_home(self, row: StandingRow, home: UnitId | None) -> StandingRow:
        """Where a row lies. A unit lies in those above it, not in itself."""
        place = units.Place("country") if home is None else self._units.place(home)
        row.unit, row.province, row.commune, row.hamlet = home, place.province, place.commune, place.hamlet
        if row.row == home:
            row.province = None if place.province == home else place.province
            row.commune = None if place.commune == home else place.commune
            row.hamlet = None
        return row
