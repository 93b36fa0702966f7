"""Answer-a-teaching decisions with 64 callers waiting, on SQLite and PostgreSQL.

    python -m benchmarks.decisions [--quick]

Each decision reads its boundary on a ledger of 50,000 facts (in full: 1,000,000), records one
fact with four tags, and its caller goes on when that is durable. We, our peers and the raw
limit take turns, five times, and the median of each counts. Peers hold a fifth of the facts, for
they would take too long to fill; it is in their favour.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice

from benchmarks import limits, peers
from benchmarks.ledgers import another, answer, fill, ledger, postgres, rate
from benchmarks.measure import Measure, arguments, machine, note, tell
from benchmarks.peers import Turn

ROUNDS = 5
LIMIT = "the bare driver"
OURS = "ours"
STOCK = "eventsourcing SQLite application, saves"
STOCK_ALONE = "eventsourcing SQLite application, saves, one caller"
UMADB = "UmaDB, read and conditional append"
LIBRARY = "eventsourcing PostgreSQL DCB recorder"


@contextmanager
def ours(url: str | None, facts: int, answers: int) -> Iterator[Turn]:
    with ledger(url) as writer:
        note(f"filling {facts:,} facts")
        teachings = fill(writer, facts)
        unanswered = iter(teachings[:: facts // answers])  # over the whole ledger
        yield lambda count: rate(writer, [answer(one) for one in islice(unanswered, count)])


def contest(turns: Mapping[str, Turn], counts: Mapping[str, int]) -> dict[str, float]:
    """The median rate of each, who all take turns."""
    rates: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(ROUNDS):
        note(f"round {number + 1} of {ROUNDS}")
        for name, turn in turns.items():
            rates[name].append(turn(counts[name]))
    return {name: statistics.median(some) for name, some in rates.items()}


def on_sqlite(facts: int, count: int) -> None:
    counts = {OURS: count, LIMIT: count, STOCK: count // 8, STOCK_ALONE: count // 8, UMADB: count // 8}
    with ExitStack() as stack:
        turns = {
            OURS: stack.enter_context(ours(None, facts, ROUNDS * count)),
            STOCK: stack.enter_context(peers.stock_saves()),
            STOCK_ALONE: stack.enter_context(peers.stock_saves(callers=1)),
            UMADB: stack.enter_context(peers.umadb_answers(facts // 5)),
            LIMIT: stack.enter_context(limits.sqlite_inserts()),
        }
        rates = contest(turns, counts)
    figure(
        "answers with 64 callers, SQLite, synchronous=FULL",
        rates,
        goal="at least 6 times the stock application at its best, 5 times UmaDB; expected about 10,000",
        met=rates[OURS] >= 6 * max(rates[STOCK], rates[STOCK_ALONE]) and rates[OURS] >= 5 * rates[UMADB],
    )


def on_postgresql(facts: int, count: int) -> None:
    counts = {OURS: count, LIMIT: count, LIBRARY: min(count // 8, 400)}
    with postgres() as url, ExitStack() as stack:
        bare = another(url, "bare")
        stack.enter_context(ledger(bare))  # makes the tables
        turns = {
            OURS: stack.enter_context(ours(url, facts, ROUNDS * count)),
            LIBRARY: stack.enter_context(peers.library_postgres_answers(another(url, "library"), facts // 5)),
            LIMIT: stack.enter_context(limits.postgres_inserts(bare)),
        }
        rates = contest(turns, counts)
    figure(
        "answers with 64 callers, PostgreSQL",
        rates,
        goal="at least 10 times the library's own recorder; expected about 5,000",
        met=rates[OURS] >= 10 * rates[LIBRARY],
    )


def figure(what: str, rates: Mapping[str, float], *, goal: str, met: bool) -> None:
    others: Sequence[str] = [name for name in rates if name not in (OURS, LIMIT)]
    tell(
        Measure(
            measure=what,
            ours=rates[OURS],
            unit="decisions/s",
            peers={name: rates[name] for name in others},
            limit=rates[LIMIT],
            goal=goal,
            met=met,
        )
    )


def main() -> None:
    quick = arguments(__doc__ or "").quick
    note(machine())
    facts, count = (50_000, 4_000) if quick else (1_000_000, 40_000)
    on_sqlite(facts, count)
    on_postgresql(facts, count)


if __name__ == "__main__":
    main()
