"""What one decision costs on a ledger of 10,000, 100,000 and 1,000,000 facts, and for an
ambassador with 5 and with 5,000 learners.

    python -m benchmarks.growth [--quick]

With --quick the ledgers have 10,000 and 50,000 facts. The cost is that of a decision alone: from
asking to the receipt, spread over the whole ledger. Beside it stands the share of a decision in
a commit of 64: for lessons of late, as in use, and spread over the whole ledger, which no cache
can hold.
"""

import gc
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from uuid_utils import uuid7

from benchmarks.ledgers import Fill, another, answer, fill, ledger, postgres, rate
from benchmarks.measure import Measure, arguments, machine, note, tell
from domain.model import By, Decision, LessonId, PersonId, Skill, TeachingId, UnitId
from domain.recognition import RecogniseAmbassador, Witness
from infrastructure.ledger.writer import Writer

MOST = 1.3
ROUNDS = 9
LATE = 10_000
"""How many teachings count as of late: what 4,300 ambassadors log in a week."""


def alone(writer: Writer, decision: Decision) -> float:
    """Microseconds from asking to the receipt; nobody else asks meanwhile."""
    began = time.perf_counter()
    receipt = writer.decide_soon(decision).result()
    took = time.perf_counter() - began
    assert receipt.facts
    return 1e6 * took


def alone_in_turns(asked: Mapping[int, tuple[Writer, Sequence[Decision]]]) -> dict[int, float]:
    """The median for each, one decision of each at a time, so that all meet the same weather."""
    taken: dict[int, list[float]] = {key: [] for key in asked}
    for turn in zip(*(decisions for _, decisions in asked.values()), strict=True):
        for key, decision in zip(asked, turn, strict=True):
            taken[key].append(alone(asked[key][0], decision))
    return {key: statistics.median(some) for key, some in taken.items()}


def together(writer: Writer, decisions: Sequence[Decision]) -> float:
    """Microseconds of a decision in commits of 64."""
    gc.collect()
    return 1e6 / rate(writer, decisions)


class Sized:
    """A ledger of so many facts, and what was measured on it."""

    def __init__(self, writer: Writer, size: int) -> None:
        note(f"filling {size:,} facts")
        self.writer = writer
        self.size = size
        self.teachings = fill(writer, size)
        self.spread: list[float] = []
        self.late: list[float] = []

    def turn(self, count: int) -> None:
        self.spread.append(together(self.writer, self.answers(count, self.size)))
        self.late.append(together(self.writer, self.answers(count, LATE)))

    def answers(self, count: int, among: int) -> list[Decision]:
        """Answers to so many teachings, spread over the last `among`; they are not answered again."""
        first = max(0, len(self.teachings) - among)
        chosen = range(first, len(self.teachings), max(1, (len(self.teachings) - first) // count))[:count]
        decisions: list[Decision] = [answer(self.teachings[number]) for number in chosen]
        for number in reversed(chosen):
            del self.teachings[number]
        return decisions


def on_sizes(urls: Sequence[str | None], sizes: Sequence[int], count: int) -> None:
    """An answer on a ledger of each size; they take turns, so that all meet the same weather."""
    with ExitStack() as stack:
        ledgers = [
            Sized(stack.enter_context(ledger(url)), size) for url, size in zip(urls, sizes, strict=True)
        ]
        for number in range(ROUNDS):
            note(f"round {number + 1} of {ROUNDS}")
            for one in ledgers:
                one.turn(2 * count)
        lone = alone_in_turns(
            {one.size: (one.writer, one.answers(ROUNDS * count, one.size)) for one in ledgers}
        )
    late, spread = (
        {one.size: statistics.median(getattr(one, kind)[1:]) for one in ledgers}  # the first round warms up
        for kind in ("late", "spread")
    )
    where = "SQLite" if urls[0] is None else "PostgreSQL"
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
        for warming in [taught(writer, 5) for _ in range(ambassadors)]:
            alone(writer, warming)
        costs = alone_in_turns({count: (writer, decisions) for count, decisions in asked.items()})
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
        ((10_000, 50_000), 80, 15) if quick else ((10_000, 100_000, 1_000_000), 160, 31)
    )
    with postgres() as url:
        on_sizes([None for _ in sizes], sizes, count)
        on_sizes([another(url, f"of_{size}") for size in sizes], sizes, count)
        on_learners(None, (5, 5_000), ambassadors)
        on_learners(another(url, "recognitions"), (5, 5_000), ambassadors)


if __name__ == "__main__":
    main()
