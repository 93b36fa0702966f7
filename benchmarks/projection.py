"""Following and rebuilding the leaderboard, against the library's projection runner.

    python -m benchmarks.projection [--quick]

Ours counts distinct persons by credit, with ranks in every unit, and commits rows and position
together; it runs in a process of its own, whose memory is measured. The limit reads and decodes
the same facts and writes a row for each learner of a batch, without counting anything.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path

import msgspec

from benchmarks import movement
from benchmarks.ledgers import postgres
from benchmarks.measure import Measure, machine, note, tell
from benchmarks.measure import arguments as shared_arguments
from benchmarks.runners import runner_follows
from domain import catalogue
from domain.teaching import TeachingAnswered, TeachingLogged
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.read_models.standings import Standings

TIMES = 50
MEGABYTES = 300


class Ours(msgspec.Struct):
    """Facts a second, and the most memory the process ever held (the interpreter included)."""

    following: float
    rebuilding: float
    megabytes: float


def project(url: str | None, home: Path, count: int) -> Ours:
    """In this process: follows a ledger of `count` facts from its start, then rebuilds."""
    database = Database.open(url, home)
    projector = Projector(database, models=[Standings])
    began = time.perf_counter()
    projector.catch_up()
    followed = time.perf_counter()
    projector.rebuild("leaderboard")
    rebuilt = time.perf_counter()
    projector.close()
    database.close()
    return Ours(
        following=count / (followed - began),
        rebuilding=count / (rebuilt - followed),
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def in_a_process(url: str | None, home: Path, count: int) -> Ours:
    asked = json.dumps({"url": url, "home": str(home), "count": count})
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.projection", "--ours", asked], stdout=subprocess.PIPE, check=True
    )
    return msgspec.json.decode(run.stdout, type=Ours)


def limit(home: Path) -> float:
    """Facts a second of the bare driver: read, decoded, and a row written for each learner of a batch."""
    ledger = sqlite3.connect(home / "ledger.db")
    view = sqlite3.connect(home / "limit.db", isolation_level=None)
    view.execute("PRAGMA journal_mode = WAL")
    view.execute("CREATE TABLE row (id TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID")
    began, count = time.perf_counter(), 0
    facts = ledger.execute("SELECT name, version, data FROM fact ORDER BY position")
    while batch := facts.fetchmany(5_000):
        count += len(batch)
        decoded = [(catalogue.decode(*row), row[2]) for row in batch]
        view.execute("BEGIN")
        view.executemany(
            "INSERT INTO row VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            list(
                {
                    fact.learner: data
                    for fact, data in decoded
                    if isinstance(fact, TeachingLogged | TeachingAnswered)
                }.items()
            ),
        )
        view.execute("COMMIT")
    rate = count / (time.perf_counter() - began)
    ledger.close()
    view.close()
    return rate


def measure(url: str | None, count: int, few: int) -> None:
    where = "SQLite" if url is None else "PostgreSQL"
    with tempfile.TemporaryDirectory(prefix="lantoa-bench-") as folder:
        home = Path(folder)
        note(f"{where}: {count:,} facts")
        database = Database.open(url, home)
        database.prepare()
        movement.record(database, count)
        database.close()
        ours = in_a_process(url, home, count)
        note(f"the library's runner on the first {few:,} of them")
        facts = islice(movement.facts(count, seed=1), few)
        peer = runner_follows(facts, few, folder=folder, url=url)
        bare = limit(home) if url is None else None
    for what, rate in (("following", ours.following), ("rebuilding", ours.rebuilding)):
        tell(
            Measure(
                measure=f"{what} the leaderboard, {where}",
                ours=rate,
                unit="facts/s",
                peers={"eventsourcing ProjectionRunner": peer},
                limit=bare,
                goal=f"at least {TIMES} times the library's projection runner",
                met=rate >= TIMES * peer,
            )
        )
    tell(
        Measure(
            measure=f"memory of following and rebuilding, {where}",
            ours=ours.megabytes,
            unit="MB at most",
            peers={},
            limit=None,
            goal=f"under {MEGABYTES} MB",
            met=ours.megabytes < MEGABYTES,
        )
    )


def _for_itself(parser: ArgumentParser) -> None:
    parser.add_argument("--ours", help="(for this program itself)")


def main() -> None:
    arguments = shared_arguments(__doc__ or "", _for_itself)
    if arguments.ours:
        asked = json.loads(arguments.ours)
        ours = project(asked["url"], Path(asked["home"]), asked["count"])
        print(msgspec.json.encode(ours).decode())
        return
    note(machine())
    count, few = (50_000, 3_000) if arguments.quick else (1_000_000, 20_000)
    measure(None, count, few)
    with postgres() as url:
        measure(url, count, few)


if __name__ == "__main__":
    main()
