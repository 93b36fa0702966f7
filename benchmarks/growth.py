"""What one decision costs on a ledger of 10,000, 100,000 and 1,000,000 facts, and for an
ambassador with 5 and with 5,000 learners.

    python -m benchmarks.growth [--quick]

With --quick the ledgers have 10,000 and 50,000 facts. The cost is that of a decision alone: from
asking to the receipt, spread over the whole ledger. Beside it stands the share of a decision in
a commit of 64: for lessons of late, as in use, and spread over the whole ledger, which no cache
can hold.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Mapping, Sequence

from uuid_utils import uuid7

from benchmarks.ledgers import Fill, answer, fill, ledger, postgres, rate
from benchmarks.measure import Measure, arguments, machine, note, tell
from domain.model import By, Decision, LessonId, PersonId, Skill, TeachingId, UnitId
from domain.recognition import RecogniseAmbassador, Witness
from infrastructure.ledger.writer import Writer

MOST = 1.3
LATE = 10_000
"""How many teachings count as of late: what 4,300 ambassadors log in a week."""


def alone(writer: Writer, decisions: Sequence[Decision]) -> float:
    """Microseconds from asking to the receipt, the median; nobody else asks meanwhile."""
    taken = []

    async def ask() -> None:
        for decision in decisions:
            began = time.perf_counter()
            receipt = await writer.decide(decision)
            taken.append(time.perf_counter() - began)
            assert receipt.facts

    gc.collect()
    asyncio.run(ask())
    return 1e6 * statistics.median(taken)


def together(writer: Writer, decisions: Sequence[Decision], rounds: int = 5) -> float:
    """Microseconds of a decision in commits of 64, the median round."""
    gc.collect()
    return statistics.median(1e6 / rate(writer, decisions[start::rounds]) for start in range(rounds))


def answers(teachings: list[TeachingId], count: int, among: int) -> list[Decision]:
    """Answers to so many teachings, spread over the last `among`; they are not answered again."""
    first = max(0, len(teachings) - among)
    chosen = range(first, len(teachings), max(1, (len(teachings) - first) // count))[:count]
    decisions: list[Decision] = [answer(teachings[number]) for number in chosen]
    for number in reversed(chosen):
        del teachings[number]
    return decisions


def on_sizes(url: str | None, sizes: Sequence[int], count: int) -> None:
    """An answer at each size; the ledger grows from one to the next."""
    lone, late, spread = {}, {}, {}
    with ledger(url) as writer:
        teachings: list[TeachingId] = []
        for size in sizes:
            note(f"filling up to {size:,} facts")
            teachings += fill(writer, size - writer.head())
            alone(writer, answers(teachings, count // 4, size))  # warms up
            lone[size] = alone(writer, answers(teachings, count, size))
            spread[size] = together(writer, answers(teachings, 2 * count, size))
            late[size] = together(writer, answers(teachings, 2 * count, LATE))
    where = "SQLite" if url is None else "PostgreSQL"
    beside = {f"alone, at {size:,} (µs)": cost for size, cost in lone.items()}
    tell(growth(f"an answer alone, by facts in the ledger, {where}", lone, beside))
    beside = {f"together, lessons of late, at {size:,} (µs)": cost for size, cost in late.items()}
    beside |= {f"together, spread over all, at {size:,} (µs)": cost for size, cost in spread.items()}
    tell(growth(f"an answer among 64, by facts in the ledger, {where}", late, beside))


def taught(writer: Writer, learners: int) -> RecogniseAmbassador:
    """The recognition of an ambassador with so many learners, who all said yes."""
    ambassador, lesson = PersonId(uuid7().hex), LessonId(uuid7().hex)
    rows = [(TeachingId(uuid7().hex), ambassador, PersonId(uuid7().hex), lesson) for _ in range(learners)]
    writer.decide_soon(Fill(teachings=rows)).result()
    for future in [writer.decide_soon(answer(teaching)) for teaching, *_ in rows]:
        future.result()
    # The first five, so that theirs lie as close together whether more came after or not.
    witnesses = [Witness(teaching=row[0], learner=row[2], skill=Skill("vneid")) for row in rows[:5]]
    return RecogniseAmbassador(
        person=ambassador,
        unit=UnitId("unit"),
        witnesses=tuple(witnesses),
        people_needed=5,
        criteria="default",
        by=By("system:0"),
    )


def on_learners(url: str | None, counts: Sequence[int], ambassadors: int) -> None:
    """The recognition of ambassadors with few and with many learners, on one ledger."""
    with ledger(url) as writer:
        asked: dict[int, list[Decision]] = {}
        for count in counts:
            note(f"{ambassadors} ambassadors with {count:,} learners")
            asked[count] = [taught(writer, count) for _ in range(ambassadors)]
        alone(writer, [taught(writer, 5) for _ in range(ambassadors)])  # warms up
        taken: dict[int, list[float]] = {count: [] for count in counts}
        for turn in zip(*asked.values(), strict=True):  # in turns, so that all meet the same weather
            for count, decision in zip(counts, turn, strict=True):
                taken[count].append(alone(writer, [decision]))
        costs = {count: statistics.median(some) for count, some in taken.items()}
    where = "SQLite" if url is None else "PostgreSQL"
    beside = {f"alone, with {count:,} learners (µs)": cost for count, cost in costs.items()}
    tell(growth(f"a recognition alone, by the ambassador's learners, {where}", costs, beside))


def growth(what: str, costs: Mapping[int, float], beside: Mapping[str, float]) -> Measure:
    """How many times the cost of the least the most takes."""
    ratio = costs[max(costs)] / costs[min(costs)]
    return Measure(
        measure=what,
        ours=ratio,
        unit=f"times the cost at {min(costs):,}, at {max(costs):,}",
        peers=beside,
        limit=1.0,
        goal=f"at most {MOST} times",
        met=ratio <= MOST,
    )


def main() -> None:
    quick = arguments(__doc__ or "").quick
    note(machine())
    sizes, count, ambassadors = (
        ((10_000, 50_000), 500, 15) if quick else ((10_000, 100_000, 1_000_000), 1_000, 31)
    )
    with postgres() as url:
        on_sizes(None, sizes, count)
        on_sizes(url, sizes, count)
    with postgres() as url:
        on_learners(None, (5, 5_000), ambassadors)
        on_learners(url, (5, 5_000), ambassadors)


if __name__ == "__main__":
    main()
