"""The boards of a whole country at once: every unit of today and of before the reform, mentors, teams and
workplaces, filled in as following the ledger would leave it, and their pages asked for as a browser does.

A part of `benchmarks.reads`: 5,000,000 confirmed teachings (quick: 30,000) of 500,000 (3,000)
mentors in 34 provinces and 3,321 communes. A page is timed inside the server, from its address to
its last byte, without the network: names from the vault are not among it, since a stranger asks.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, distinct, func, select

from application import criteria, reforms, territory
from application.actors import OPERATOR
from benchmarks.filling import analyzed, inserted, unindexed
from benchmarks.measure import Measure, note, tell
from domain.criteria import DEFAULT
from domain.model import CampaignId, Evidence, PersonId, TeachingId, TeamId, UnitId, WorkplaceId
from domain.skills import CATALOGUE
from domain.territory import Level
from infrastructure import official_units
from infrastructure.beginning import begin
from infrastructure.read_models.campaigns import CampaignRow, campaign, period_of
from infrastructure.read_models.credit import SpanRow, span
from infrastructure.read_models.memberships import TEAM, WORKPLACE, MemberRow, SeatRow, member, seat
from infrastructure.read_models.model import packed
from infrastructure.read_models.people import PersonRow, person
from infrastructure.read_models.sizes import Measure as Size
from infrastructure.read_models.sizes import SizeRow, size
from infrastructure.read_models.standing_days import DayRow, standing_day
from infrastructure.read_models.standings import (
    FORMER,
    OF_LEVEL,
    HistogramRow,
    Metric,
    Of,
    StandingRow,
    board_of,
    histogram,
    standing,
)
from infrastructure.read_models.teams import TeamRow, team_row
from infrastructure.read_models.units import unit as unit_table
from infrastructure.read_models.workplaces import WorkplaceRow, workplace_row
from infrastructure.settings import Settings
from interfaces.house import House
from interfaces.main import create_app, open_house

MOST = 50.0
"""Milliseconds that 99 of 100 pages stay under."""

ASKED = 600
EACH = 10
"""Confirmed teachings of a mentor, on the average."""
CAMPAIGN = CampaignId("campaign")
PERIODS = ("all", "2026", "2026-Q3", "2026-Q4", "2026-09", "2026-10", "2026-11", period_of(CAMPAIGN))
DAY = date(2026, 11, 1)
DAYS = tuple((DAY - timedelta(days=back)).isoformat() for back in reversed(range(120)))
"""On which something happened."""
AGAIN = tuple(range(1, 92))
"""After how many days somebody was taught again in a province; in a commune after a few of them."""
METRICS = ((Metric.PEOPLE, 1.0), (Metric.FAMILIES, 0.1), (Metric.VENDORS, 0.05))
"""Which share of the mentors stands on each board."""


class Place(NamedTuple):
    unit: UnitId
    province: UnitId | None
    commune: UnitId | None
    level: str
    ended: str | None


class Country(NamedTuple):
    """What was filled in, to ask about."""

    communes: Sequence[Place]
    provinces: Sequence[UnitId]
    former: Sequence[UnitId]
    """Provinces of before the reform that were merged into others."""
    teams: Sequence[str]


def measure(url: str | None, home: Path, teachings: int) -> None:
    where = "SQLite" if url is None else "PostgreSQL"
    settings = Settings(home=home, database_url=url)
    begin(settings)
    house = open_house(settings, following=False)
    try:
        if not _teams(house):
            note(f"{where}: a country of {teachings:,} confirmed teachings")
            began = time.perf_counter()
            fill(house, teachings)
            note(f"{where}: filled in {time.perf_counter() - began:.0f} s")
        asyncio.run(_ask(house, teachings, where))
    finally:
        house.close()


def fill(house: House, teachings: int) -> None:
    asyncio.run(_found(house))
    house.projector.catch_up()
    chance = random.Random(2)
    with house.database.read_models_engine.begin() as db:
        places = _places(db)
        communes = [one for one in places if one.level == Level.COMMUNE and not one.ended]
        country = next(one.unit for one in places if one.level == Level.COUNTRY)
        begins, ends = "2026-10-01", "2026-10-31"
        held = [CampaignRow(CAMPAIGN, country, "Chiến dịch 10/10", begins, ends, 1, withdrawn=False)]
        inserted(db, campaign, iter(held))
        inserted(db, size, (_size(chance, one) for one in communes))
        mentors = max(1, teachings // EACH)
        boards = _Boards(chance)
        with unindexed(db, person, standing, span):
            people = _mentors(db, chance, boards, communes, mentors)
            _bodies(db, chance, boards, communes, people)
            _units(db, chance, boards, places, teachings)
            inserted(db, histogram, boards.rows())
    analyzed(house.database)


def _country(house: House) -> Country:
    with house.database.read_models() as db:
        places = _places(db)
    provinces = [one for one in places if one.level == Level.PROVINCE]
    return Country(
        communes=[one for one in places if one.level == Level.COMMUNE and not one.ended],
        provinces=[one.unit for one in provinces if not one.ended],
        former=[one.unit for one in provinces if one.ended],
        teams=_teams(house),
    )


def _teams(house: House) -> list[str]:
    with house.database.read_models() as db:
        return list(db.scalars(select(team_row.c.team).order_by(team_row.c.team)).all())


async def _found(house: House) -> None:
    await territory.load_units(house.ground, list(official_units.read()))
    await asyncio.to_thread(house.projector.catch_up)
    await reforms.reform(
        house.ground, official_units.before(), official_units.succession(), on=territory.SINCE
    )
    await asyncio.to_thread(house.projector.catch_up)
    await criteria.adopt(
        house.ground, OPERATOR, DEFAULT, "VN", valid_from=territory.SINCE, document="01-KH/BCĐTW"
    )


def _places(db: Connection) -> list[Place]:
    u = unit_table.c
    query = select(u.unit, u.province, u.commune, u.level, u.ended).order_by(u.unit)
    return [Place(*row) for row in db.execute(query)]


def _size(chance: random.Random, one: Place) -> SizeRow:
    return SizeRow(one.unit, Size.ADULTS.value, chance.randrange(2_000, 60_000), "2026-10-01", "12/BC", 1)


class _Boards:
    """Rows of boards as they are written, counted into the histogram as they go by."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._counts: dict[tuple[str, str, str, int], int] = {}

    def of(self, ref: str, of: Of | str, metric: Metric, score: int, place: Place) -> Iterator[StandingRow]:
        """A row for each period; the year's parts hold less than the year."""
        board = board_of(of, metric.value)
        for period, share in zip(PERIODS, (1, 1, 0.5, 0.6, 0.5, 0.4, 0.2, 0.4), strict=True):
            many = int(score * share) if share < 1 else score
            if not many:
                continue
            for unit in ("VN", place.province, place.commune):
                if unit is not None:
                    key = (unit, board, period, many)
                    self._counts[key] = self._counts.get(key, 0) + 1
            able, claimed = many * 3 // 4, many + self._chance.randrange(3)
            yield StandingRow(
                ref, board, period, many, able, claimed, many, place.unit, place.province, place.commune, None
            )

    def rows(self) -> Iterator[HistogramRow]:
        return (HistogramRow(*key, many) for key, many in self._counts.items())


def _mentors(
    db: Connection, chance: random.Random, boards: _Boards, communes: Sequence[Place], mentors: int
) -> list[PersonId]:
    """Everybody with their credits; few of the names may be shown, as few agree to it."""
    people = sorted(PersonId(f"{chance.getrandbits(128):032x}") for _ in range(mentors))
    homes = [chance.choice(communes) for _ in people]
    scores = [min(2_000, int(EACH / 3 * chance.paretovariate(1.5))) or 1 for _ in people]

    def persons() -> Iterator[PersonRow]:
        for one, home in zip(people, homes, strict=True):
            agreed = '["public-name"]' if chance.random() < 0.2 else "[]"
            at = home.unit
            yield PersonRow(one, one, None, "people", at, at, at, "[]", agreed, False, False)

    def standings() -> Iterator[StandingRow]:
        for one, home, score in zip(people, homes, scores, strict=True):
            for metric, share in METRICS:
                if share == 1 or chance.random() < share:
                    count = score if share == 1 else chance.randrange(1, 6)
                    yield from boards.of(one, Of.AMBASSADORS, metric, count, home)

    def spans() -> Iterator[SpanRow]:
        number = 0
        for one, home, on in _on_days(people, homes, scores):
            for day in on:
                number += 1
                subject = f"{number:032x}"
                yield SpanRow(
                    "person", subject, CATALOGUE[0].id, 2, None, TeachingId(subject), one, day, home.unit,
                    True, Evidence.OWN_DEVICE,
                )  # fmt: skip

    inserted(db, person, persons())
    inserted(db, standing, standings())
    inserted(db, span, spans())
    by_day = (_days(one, Of.AMBASSADORS, Metric.PEOPLE, on) for one, _, on in _on_days(people, homes, scores))
    inserted(db, standing_day, (row for rows in by_day for row in rows))
    return people


def _on_days(
    people: Sequence[PersonId], homes: Sequence[Place], scores: Sequence[int]
) -> Iterator[tuple[PersonId, Place, list[str]]]:
    """Everybody with their home and the day of each teaching, the same each time."""
    chance = random.Random(4)
    for one, home, score in zip(people, homes, scores, strict=True):
        yield one, home, chance.choices(DAYS, k=score)


def _days(ref: str, of: Of, metric: Metric, on: Iterable[str], again: Sequence[int] = ()) -> Iterator[DayRow]:
    """A row for each of these days, with a person for each time it stands there."""
    board = board_of(of, metric.value)
    said = [one for after in again for one in (after, 1, 1, 1, 1)]
    for day, many in sorted(Counter(on).items()):
        count = many + len(again)
        yield DayRow(board, ref, day, count, count, count, count, packed(said) if said else None)


def _bodies(
    db: Connection, chance: random.Random, boards: _Boards, communes: Sequence[Place], people: list[PersonId]
) -> None:
    """A team for every dozen mentors, a workplace for every two dozen."""
    teams = [f"team-{number:06}" for number in range(max(1, len(people) // 12))]
    works = [f"work-{number:06}" for number in range(max(1, len(people) // 24))]
    at = {one: chance.choice(communes) for one in (*teams, *works)}
    inserted(db, team_row, (_team(one, at[one]) for one in teams))
    inserted(db, workplace_row, (_workplace(one, at[one]) for one in works))
    kinds = [(one, TEAM) for one in teams] + [(one, WORKPLACE) for one in works]
    inserted(db, member, (MemberRow(chance.choice(teams), one) for one in people))
    inserted(db, seat, (SeatRow(one, kind, at[one].unit) for one, kind in kinds))

    def standings() -> Iterator[StandingRow]:
        for of, some in ((Of.TEAMS, teams), (Of.WORKPLACES, works)):
            for one in some:
                for metric, share in METRICS:
                    score = int(12 * EACH * share * chance.random()) or 1
                    yield from boards.of(one, of, metric, score, at[one])

    def days() -> Iterator[DayRow]:
        for of, some in ((Of.TEAMS, teams), (Of.WORKPLACES, works)):
            for one in some:
                on = chance.choices(DAYS, k=int(6 * EACH))
                yield from _days(one, of, Metric.PEOPLE, on, again=(7,))

    inserted(db, standing, standings())
    inserted(db, standing_day, days())


def _team(ref: str, place: Place) -> TeamRow:
    return TeamRow(
        TeamId(ref), place.unit, f"Tổ {ref}", ref, "2026-01-01", None, None, None, imported=False, formed=1
    )


def _workplace(ref: str, place: Place) -> WorkplaceRow:
    return WorkplaceRow(WorkplaceId(ref), place.unit, "school", f"Trường {ref}", 1)


def _units(
    db: Connection, chance: random.Random, boards: _Boards, places: Iterable[Place], teachings: int
) -> None:
    places = list(places)
    levels = {Level.COMMUNE: (Of.COMMUNES, 3_321), Level.PROVINCE: (Of.PROVINCES, 34)}

    def standings() -> Iterator[StandingRow]:
        for one in places:
            of, many = levels.get(Level(one.level), (OF_LEVEL[one.level], 700))
            above = one._replace(province=one.province if one.level == Level.COMMUNE else None, commune=None)
            if one.ended:
                of, above = FORMER + of, above._replace(province=one.province)
            for metric, share in METRICS:
                score = int(teachings / many * share * (0.5 + chance.random())) or 1
                yield from boards.of(one.unit, of, metric, score, above)

    def days() -> Iterator[DayRow]:
        for one in places:
            if one.level in levels and not one.ended:
                of, many = levels[Level(one.level)]
                again = AGAIN if of is Of.PROVINCES else AGAIN[:20:4]
                on = list(DAYS) * max(1, teachings // many // len(DAYS))
                yield from _days(one.unit, Of(of), Metric.PEOPLE, on, again)

    inserted(db, standing, standings())
    inserted(db, standing_day, days())


async def _ask(house: House, teachings: int, where: str) -> None:
    country = _country(house)
    async with _serving(create_app(house)) as server:
        addresses = dict(_addresses(random.Random(3), country))
        each = max(20, ASKED // len(addresses))
        for asked in addresses.values():
            await server.ask(asked())
        taken = {what: [await server.ask(asked()) for _ in range(each)] for what, asked in addresses.items()}
    with house.database.read_models() as db:
        plain = _once(lambda: db.execute(_plainly()).all())
        key = _p99([_once(lambda: db.execute(_by_key(country)).all()) for _ in range(200)])
    everything = [one for some in taken.values() for one in some]
    ours = _p99(one.wall for one in everything)
    slowest = {f"{what} (ms, p99)": _p99(one.wall for one in some) for what, some in taken.items()}
    busy = {"by this process's clock, any page (ms, p99)": _p99(one.worked for one in everything)}
    tell(
        Measure(
            measure=f"any board page, 3,355 units, {teachings:,} confirmed teachings, {where}",
            ours=ours,
            unit="ms (p99)",
            peers={"counting a board's persons by plain SQL, once (ms)": plain} | busy | slowest,
            limit=key,
            goal=f"p99 under {MOST:g} ms",
            met=ours < MOST,
        )
    )


def _addresses(chance: random.Random, country: Country) -> Iterator[tuple[str, Callable[[], str]]]:
    def where() -> str:
        return chance.choice(("VN", chance.choice(country.provinces), chance.choice(country.communes).unit))

    def rest() -> str:
        metric = chance.choice(METRICS)[0].value
        return f"metric={metric}&period={chance.choice(PERIODS)}"

    for of in Of:
        yield of.value, lambda of=of: f"of={of.value}&unit={where()}&{rest()}"  # type: ignore[misc]
    yield (
        "similar size",
        lambda: f"of=communes&similar=1&unit={chance.choice(country.communes).unit}&{rest()}",
    )
    free = "from=2026-09-10&to=2026-10-20"
    yield "free days of a commune", lambda: f"unit={chance.choice(country.communes).unit}&{free}"
    yield (
        "free days of a commune's teams",
        lambda: f"of=teams&unit={chance.choice(country.communes).unit}&{free}",
    )
    yield (
        "free days of a province's communes",
        lambda: f"of=communes&unit={chance.choice(country.provinces)}&{free}",
    )
    yield "free days of the provinces", lambda: f"of=provinces&unit=VN&{free}"
    before = "boundaries=2025-06-30"
    yield "communes of before the reform", lambda: f"of=communes&unit=VN&{before}&{rest()}"
    yield "mentors of a former province", lambda: f"unit={chance.choice(country.former)}&{before}&{rest()}"
    yield "a team's members", lambda: f"team={chance.choice(country.teams)}&{rest()}"
    yield "a later page", lambda: f"unit={where()}&after=3~7"


class Taken(NamedTuple):
    """Milliseconds that a page took, and those of them in which this process worked: on a machine with
    other work it waits for its turn as well."""

    wall: float
    worked: float


class _Server:
    """The application as a server calls it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def ask(self, query: str) -> Taken:
        """A board's page, until its last byte."""
        headers = [(b"host", b"127.0.0.1:8000"), (b"accept-encoding", b"gzip")]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": "/xep-hang", "raw_path": b"/xep-hang", "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        status = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        began, worked = time.perf_counter(), time.process_time()
        await self._app(scope, receive, send)
        taken = Taken((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000)
        if status != 200:
            raise RuntimeError(f"{status}: /xep-hang?{query}")
        return taken


@asynccontextmanager
async def _serving(app: Any) -> AsyncIterator[_Server]:
    """From its start-up to its end, as under a server."""
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    lifespan = asyncio.create_task(
        app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, said.get, heard.put)
    )
    await said.put({"type": "lifespan.startup"})
    await heard.get()
    yield _Server(app)
    await said.put({"type": "lifespan.shutdown"})
    await lifespan


def _p99(taken: Iterable[float]) -> float:
    some = sorted(taken)
    return some[max(0, -(-len(some) * 99 // 100) - 1)]


def _once(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def _plainly() -> Any:
    """A board of the country as one would count it without our tables."""
    many = func.count(distinct(span.c.subject))
    standing_credit = span.c.kind == "person", span.c.to_position.is_(None)
    return (
        select(span.c.ambassador, many)
        .where(*standing_credit)
        .group_by(span.c.ambassador)
        .order_by(many.desc())
        .limit(25)
    )


def _by_key(country: Country) -> Any:
    c = standing.c
    return select(standing).where(
        c.row == country.provinces[0], c.board == "provinces:people", c.period == "all"
    )
