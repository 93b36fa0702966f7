"""Whatever happens, once reactions have come to rest: who meets the criteria is recognised, and
nobody else; and every recognition rests on witnesses that hold."""

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as some

from application.ports import Beside, Receipt, Recorded, Submission
from application.reactions import Reactions, Standing
from domain.criteria import DEFAULT, content_hash
from domain.merging import MergePeople
from domain.model import Boundary, Decision, Fact, Position, Refused, Stale
from tests.cast import (
    HOA,
    LAN,
    MINH,
    NOW,
    PAYING,
    VNEID,
    answer,
    everybody,
    learner,
    lesson,
    merge,
    ruling,
    teaching,
    undo,
    void,
)
from tests.recount import Recount
from tests.specification import lived, selects, weighed

LEARNERS = tuple(learner(number) for number in range(7))
PEOPLE = (LAN, HOA, *LEARNERS)
TEACHINGS = tuple(teaching(one, other) for one in (LAN, HOA) for other in LEARNERS)
RULES = Standing(DEFAULT, content_hash(DEFAULT))


class Told:
    """A ledger told as the specification tells it: a list, and decisions weighed one by one."""

    def __init__(self, *happened: Fact | Decision) -> None:
        self.facts = lived(*happened)

    async def decide(
        self, decision: Decision, *, submission: Submission | None = None, beside: Beside | None = None
    ) -> Receipt:
        recorded = weighed(self.facts, decision)
        self.facts.extend(recorded)
        return Receipt(self.head(), NOW, recorded)

    def history(self, boundary: Boundary, *, after: Position | None = None) -> Sequence[Recorded]:
        return [
            Recorded(Position(number), fact)
            for number, fact in enumerate(self.facts, start=1)
            if any(selects(selector, fact) for selector in boundary)
        ]

    def head(self) -> Position:
        return Position(len(self.facts))

    def recorded_by(self, authors: Sequence[str]) -> dict[str, int]:
        raise NotImplementedError(authors)

    async def scrubbed(self) -> None:
        """A list keeps no log."""


pairs = some.permutations(PEOPLE).map(lambda people: people[:2])
deeds = some.one_of(
    some.builds(answer, some.sampled_from(TEACHINGS), some.sampled_from(["able", "able", "taught", "no"])),
    some.builds(void, some.sampled_from(TEACHINGS)),
    pairs.map(lambda pair: merge(pair[0], pair[1])),
    pairs.map(lambda pair: undo(*pair)),
    some.tuples(some.sampled_from(TEACHINGS), some.sampled_from([VNEID, PAYING])),
)
beginnings = some.permutations(TEACHINGS).flatmap(
    lambda order: some.integers(4, len(order)).map(lambda number: [answer(of) for of in order[:number]])
)


async def live(ledger: Told, due: Recount, happens: Sequence[Any]) -> None:
    for deed in happens:
        if isinstance(deed, MergePeople):
            aliases = due.aliases()
            groups = tuple(tuple(sorted(aliases.all_of(one))) for one in (deed.person, deed.into))
            deed = merge(deed.person, deed.into, groups)
        try:
            await ledger.decide(deed if isinstance(deed, Decision) else rule(ledger, due, *deed))
        except (Refused, Stale):
            continue


def rule(ledger: Told, due: Recount, of: Any, skill: Any) -> Decision:
    aliases = due.aliases()
    person = aliases.canonical(of.partition("/")[2])
    group = tuple(sorted(aliases.all_of(person)))
    return ruling(of, person=person, skill=skill, ruler=MINH, aliases=(group,))


async def comes_to_rest(ledger: Told, due: Recount) -> None:
    reactions = Reactions(ledger, due, lambda _: RULES)
    for _ in range(4):
        if await reactions.react() == 0:
            return
    raise AssertionError("reactions go on and on")


@whatever(beginnings, some.lists(some.lists(deeds, max_size=6), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_at_rest_the_recognised_are_those_who_meet_the_criteria(beginning, rounds):
    both_teach = [lesson(one, *LEARNERS, skills=(VNEID, PAYING)) for one in (LAN, HOA)]
    ledger = Told(*everybody(*LEARNERS), *both_teach)
    due = Recount(ledger)
    for happens in (beginning, *rounds):
        asyncio.run(live(ledger, due, happens))
        asyncio.run(comes_to_rest(ledger, due))
        entitled = {person for person, people in due.credits().items() if len(people) >= 5}
        assert due.recognised().keys() == entitled
        assert not due.recognitions_to_mend(None, 100)
