"""Answer-a-teaching decisions with 64 callers waiting, on SQLite and PostgreSQL.

    python -m benchmarks.decisions [--quick]

Each decision reads its boundary on a ledger of 50,000 facts (in full: 1,000,000), records one
fact with four tags, and its caller goes on when that is durable. The peers do the same on a
tenth of the facts, for they would take too long to fill; it is in their favour.
"""

from collections.abc import Sequence

from benchmarks import limits, peers
from benchmarks.ledgers import answer, fill, ledger, postgres, rate
from benchmarks.measure import Measure, arguments, machine, note, tell
from domain.model import TeachingId


def spread(teachings: Sequence[TeachingId], count: int) -> list[TeachingId]:
    """So many of them, evenly over the whole ledger."""
    return list(teachings[:: max(1, len(teachings) // count)][:count])


def ours(url: str | None, facts: int, count: int) -> float:
    with ledger(url) as writer:
        note(f"filling {facts:,} facts")
        teachings = fill(writer, facts)
        note(f"{count:,} answers")
        return rate(writer, map(answer, spread(teachings, count)))


def on_sqlite(facts: int, count: int) -> None:
    figure = ours(None, facts, count)
    note("peers: the stock SQLite application, UmaDB")
    stock = peers.stock_saves(count // 10)
    stock_alone = peers.stock_saves(count // 10, callers=1)
    umadb = peers.umadb_answers(count // 10, facts // 10)
    tell(
        Measure(
            measure="answers with 64 callers, SQLite, synchronous=FULL",
            ours=figure,
            unit="decisions/s",
            peers={
                "eventsourcing SQLite application, saves": stock,
                "eventsourcing SQLite application, saves, one caller": stock_alone,
                "UmaDB, read and conditional append": umadb,
            },
            limit=limits.sqlite_inserts(count),
            goal="at least 6 times the stock application (64 callers), 5 times UmaDB; expected about 10,000",
            met=figure >= 6 * stock and figure >= 5 * umadb,
        )
    )


def on_postgresql(facts: int, count: int) -> None:
    with postgres() as url:
        figure = ours(url, facts, count)
        note("peer: the library's own recorder")
        library = peers.library_postgres_answers(url, min(count // 10, 2_000), facts // 10)
    with postgres() as url, ledger(url):
        limit = limits.postgres_inserts(url, count)
    tell(
        Measure(
            measure="answers with 64 callers, PostgreSQL",
            ours=figure,
            unit="decisions/s",
            peers={"eventsourcing PostgreSQL DCB recorder": library},
            limit=limit,
            goal="at least 10 times the library's own recorder; expected about 5,000",
            met=figure >= 10 * library,
        )
    )


def main() -> None:
    quick = arguments(__doc__ or "").quick
    note(machine())
    facts, count = (50_000, 20_000) if quick else (1_000_000, 200_000)
    on_sqlite(facts, count)
    on_postgresql(facts, count)


if __name__ == "__main__":
    main()
