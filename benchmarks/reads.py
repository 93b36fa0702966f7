"""What a page waits for: the board, one's own rank, the first nominees, of a large province.

    python -m benchmarks.reads [--quick]

The read models are filled directly: a province of 500,000 ambassadors (quick: 50,000) with their
standings, credits and ranks, as following the ledger would leave them. The peers are the same
questions asked as one would without our tables: the rank by counting everybody above, the page by
an offset, the nominees by going through the credits. The limit is one row by its key.

Then the pages of a whole country's boards are asked for: see `benchmarks.boards`.
"""

import random
import statistics
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, insert, select

from application.ports import Recorded
from benchmarks import boards
from benchmarks.filling import analyzed, inserted, unindexed
from benchmarks.ledgers import another, postgres
from benchmarks.measure import Measure, arguments, machine, note, tell
from benchmarks.movement import BEGAN, COMMUNES, PROVINCE, territory
from domain import catalogue
from domain.criteria import DEFAULT, CriteriaAdopted, content_hash
from domain.model import (
    Boundary,
    By,
    Evidence,
    Fact,
    LedgerFounded,
    PersonId,
    Position,
    TeachingId,
    UnitId,
)
from domain.skills import CATALOGUE
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.tables import fact as fact_table
from infrastructure.read_models import leaderboard, nominees
from infrastructure.read_models.at_cutoff import At
from infrastructure.read_models.columns import micros
from infrastructure.read_models.credit import HolderRow, SpanRow, holder, span
from infrastructure.read_models.honours import Status
from infrastructure.read_models.meeting import who_meets
from infrastructure.read_models.people import PersonRow, person
from infrastructure.read_models.standings import HistogramRow, StandingRow, histogram, standing
from infrastructure.read_models.territory import Territory

MOST = 10.0
"""Milliseconds that 99 of 100 answers stay under."""

ASKED = 400
DAY = date(2026, 10, 1)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CREDITS = 3
"""Persons credited to an ambassador on the average; one in six has five or more."""


def found(database: Database) -> None:
    """A ledger with the territory and criteria, and read models that have followed it."""
    facts: list[Fact] = [
        LedgerFounded(at=BEGAN, by=By("import:benchmark"), origin="benchmark"),
        *territory(),
        CriteriaAdopted(
            at=BEGAN,
            by=By("import:benchmark"),
            content_hash=content_hash(DEFAULT),
            content=DEFAULT,
            unit=UnitId("country"),
            valid_from=date(2026, 1, 1),
            document="01-KH/BCĐTW",
        ),
    ]
    rows = [
        {
            "position": position,
            "name": one.NAME,
            "version": one.VERSION,
            "at": micros(one.at),
            "data": catalogue.encode(one),
            "tags": "[]",
        }
        for position, one in enumerate(facts, 1)
    ]
    with database.writing_engine.begin() as db:
        db.execute(insert(fact_table), rows)
    Projector(database).catch_up()


def fill(database: Database, ambassadors: int) -> list[PersonId]:
    """The rows of so many ambassadors in one province; returns some of them."""
    chance = random.Random(1)
    people = [PersonId(f"{chance.getrandbits(128):032x}") for _ in range(ambassadors)]
    scores = [min(2_000, int(CREDITS / 2 * chance.paretovariate(1.5))) for _ in people]
    homes = [chance.choice(COMMUNES) for _ in people]
    counts: dict[tuple[str, int], int] = {}
    for home, score in zip(homes, scores, strict=True):
        for unit in (home, PROVINCE, "VN"):
            counts[unit, score] = counts.get((unit, score), 0) + 1
    with database.read_models_engine.begin() as db, unindexed(db, person, standing, holder, span):
        inserted(db, person, (_person(one, home) for one, home in zip(people, homes, strict=True)))
        inserted(
            db,
            standing,
            (
                StandingRow(one, "people", "all", score, score, score, score, home, PROVINCE, home, None)
                for one, home, score in zip(people, homes, scores, strict=True)
            ),
        )
        inserted(
            db, histogram, (HistogramRow(unit, "people", "all", *rest) for (unit, *rest) in _counted(counts))
        )
        inserted(db, holder, (HolderRow(one, PROVINCE) for one in people))
        inserted(db, span, _spans(chance, people, homes, scores))
    analyzed(database)
    return chance.sample(people, ASKED)


def _counted(counts: dict[tuple[str, int], int]) -> Iterator[tuple[str, int, int]]:
    return ((unit, score, many) for (unit, score), many in counts.items())


def _person(one: PersonId, home: UnitId) -> PersonRow:
    return PersonRow(one, one, None, "people", home, home, home, "[]", '["public-name"]', False, False)


def _spans(
    chance: random.Random, people: list[PersonId], homes: list[UnitId], scores: list[int]
) -> Iterator[SpanRow]:
    skill = CATALOGUE[0].id
    for one, home, score in zip(people, homes, scores, strict=True):
        for _ in range(score):
            subject = f"{chance.getrandbits(128):032x}"
            on = (DAY - timedelta(days=chance.randrange(60))).isoformat()
            yield SpanRow(
                "person",
                subject,
                skill,
                2,
                None,
                TeachingId(subject),
                one,
                on,
                home,
                True,
                Evidence.OWN_DEVICE,
            )


def times(ask: Callable[[int], object]) -> list[float]:
    """Milliseconds of each of `ASKED` questions, after a few that warm up."""
    for number in range(10):
        ask(number)
    taken = []
    for number in range(ASKED):
        began = time.perf_counter()
        ask(number)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


def once(ask: Callable[[], object]) -> float:
    """Milliseconds of one question."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def nothing_else(_boundary: Boundary) -> list[Recorded]:
    """The ledger of read models that were filled in: no families, no merges."""
    return []


class Asking:
    """The questions, each on a connection of its own as a request has it, and their naive twins."""

    def __init__(self, database: Database, some: list[PersonId]) -> None:
        self.database = database
        self.some = some
        self.units = Territory(database)

    def page(self, number: int) -> object:
        unit = PROVINCE if number % 2 else COMMUNES[number % len(COMMUNES)]
        with self.database.read_models() as db:
            return leaderboard.board(db, unit)

    def rank(self, number: int) -> object:
        with self.database.read_models() as db:
            return leaderboard.own_row(db, self.some[number], PROVINCE)

    def nominees(self, _number: int) -> object:
        return nominees.nominees(
            self.database,
            self.units,
            nominees.Wanted(PROVINCE, Status.AMBASSADOR, DAY, DAY),
            nothing_else,
            now=NOW,
        )

    def key(self, number: int) -> object:
        with self.database.read_models() as db:
            return db.execute(select(person).where(person.c.person == self.some[number])).one()

    def page_by_offset(self) -> object:
        mine = standing.c.board == "people", standing.c.period == "all", standing.c.province == PROVINCE
        query = select(standing).where(*mine).order_by(standing.c.score.desc(), standing.c.row)
        with self.database.read_models() as db:
            return db.execute(query.limit(50).offset(50_000)).all()

    def rank_by_counting(self) -> object:
        mine = standing.c.board == "people", standing.c.period == "all", standing.c.province == PROVINCE
        with self.database.read_models() as db:
            return db.scalar(select(func.count()).select_from(standing).where(*mine, standing.c.score > 1))

    def nominees_by_credits(self) -> object:
        with self.database.read_models() as db:
            return who_meets(db, nothing_else, PROVINCE, Status.AMBASSADOR, At(DAY, Position(1_000), DEFAULT))


def measure(url: str | None, ambassadors: int) -> None:
    where = "SQLite" if url is None else "PostgreSQL"
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as home:
        note(f"{where}: filling in {ambassadors:,} ambassadors")
        database = Database.open(url, Path(home))
        database.prepare()
        found(database)
        asking = Asking(database, fill(database, ambassadors))
        note("asking")
        key = p99(times(asking.key))
        asked: tuple[tuple[str, Callable[[int], object], str, Callable[[], object]], ...] = (
            ("a leaderboard page", asking.page, "by offset, at 50,000", asking.page_by_offset),
            ("one's own rank", asking.rank, "counting everybody above", asking.rank_by_counting),
            ("the first page of nominees", asking.nominees, "making the list", asking.nominees_by_credits),
        )
        _first_asked(asking, ambassadors, where)
        for what, ask, how, naive in asked:
            slow = once(naive)
            taken = p99(times(ask))
            tell(
                Measure(
                    measure=f"{what}, province of {ambassadors:,} ambassadors, {where}",
                    ours=taken,
                    unit="ms (p99)",
                    peers={f"{how} (ms)": slow},
                    limit=key,
                    goal=f"p99 under {MOST:g} ms",
                    met=taken < MOST,
                )
            )
        database.close()


def _first_asked(asking: Asking, ambassadors: int, where: str) -> None:
    """Before anything is warm. Pages and programs have it made in the background, and wait for none."""
    first = once(lambda: asking.nominees(0))
    tell(
        Measure(
            measure=f"nominees nobody asked for before, province of {ambassadors:,} ambassadors, {where}",
            ours=first / 1000,
            unit="s",
            peers={},
            limit=None,
            goal="none of its own: made once for a cut-off, in the background",
            met=True,
        )
    )


def _options(parser: ArgumentParser) -> None:
    parser.add_argument("--ambassadors", type=int, help="instead of 500,000 (quick: 50,000); 0 for none")
    parser.add_argument("--teachings", type=int, help="instead of 5,000,000 (quick: 30,000); 0 for none")
    parser.add_argument("--kept", type=Path, help="a folder in which filled countries stay for the next run")


def main() -> None:
    options = arguments(__doc__ or "", _options)
    note(machine())
    ambassadors = _many(options.ambassadors, 50_000 if options.quick else 500_000)
    teachings = _many(options.teachings, 30_000 if options.quick else 5_000_000)
    _measure(None, None, ambassadors, teachings, options.kept)
    with postgres(options.kept) as url:
        beside = another(url, f"country{teachings}")
        _measure(another(url, f"province{uuid4().hex}"), beside, ambassadors, teachings, options.kept)


def _many(said: int | None, otherwise: int) -> int:
    return otherwise if said is None else said


def _measure(
    url: str | None, beside: str | None, ambassadors: int, teachings: int, kept: Path | None
) -> None:
    if ambassadors:
        measure(url, ambassadors)
    if teachings:
        with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as folder:
            where = "sqlite" if beside is None else "postgresql"
            home = (kept or Path(folder)) / f"{where}-{teachings}"
            home.mkdir(parents=True, exist_ok=True)
            boards.measure(beside, home, teachings)


if __name__ == "__main__":
    main()
