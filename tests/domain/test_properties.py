"""What holds whatever happens, in whatever order: credit, counting people, merging."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as some

from domain.credit import Confirmation, CreditLine
from domain.model import Answer, Decision, Fact, PersonId, Position, Refused, Skill, Stale, TeachingId
from domain.people import PersonMerged
from domain.teaching import CreditRuled, TeachingAnswered, TeachingFact, TeachingVoided
from domain.who_is_who import Aliases, Groups
from tests.cast import (
    HOA,
    LAN,
    MINH,
    PAYING,
    SAU,
    TU,
    VNEID,
    answer,
    everybody,
    lesson,
    merge,
    ruling,
    teaching,
    undo,
    void,
)
from tests.specification import lived, weighed

TEACHERS, LEARNERS, SKILLS = (LAN, HOA, SAU), (TU, SAU, LAN), (VNEID, PAYING)
ALL = (LAN, HOA, TU, SAU)
TEACHINGS = tuple(teaching(one, other) for one in TEACHERS for other in LEARNERS if one != other)

answers = some.builds(answer, some.sampled_from(TEACHINGS), some.sampled_from(Answer))
voids = some.builds(void, some.sampled_from(TEACHINGS))
pairs = some.permutations(ALL).map(lambda people: people[:2])
merges = pairs.map(lambda pair: merge(pair[0], pair[1]))
undos = pairs.map(lambda pair: undo(*pair))
rulings = some.tuples(some.sampled_from(TEACHINGS), some.sampled_from(SKILLS))
said = some.one_of(answers, voids)
anything = some.one_of(answers, answers, voids, merges, undos, rulings)
Deeds = list[Decision | tuple[TeachingId, Skill]]


def after_some_yes(deeds: some.SearchStrategy[Any]) -> some.SearchStrategy[Deeds]:
    """First some learners say yes, in any order; then these deeds, at random."""
    yes = some.permutations(TEACHINGS).flatmap(
        lambda order: some.integers(0, len(order)).map(lambda number: [answer(of) for of in order[:number]])
    )
    return some.tuples(yes, some.lists(deeds, max_size=25)).map(lambda parts: [*parts[0], *parts[1]])


def happen(deeds: Deeds) -> list[Fact]:
    """A history in which everybody taught everybody both skills, and these deeds were tried."""
    lessons = [lesson(one, *(other for other in LEARNERS if other != one), skills=SKILLS) for one in TEACHERS]
    history = lived(*everybody(), *lessons)
    for deed in deeds:
        decision = deed if isinstance(deed, Decision) else rule(history, *deed)
        try:
            history.extend(weighed(history, decision))
        except (Refused, Stale):
            continue
    return history


def rule(history: Sequence[Fact], of: TeachingId, skill: Skill) -> Decision:
    aliases = aliases_of(history)
    person = aliases.canonical(learner_of(history, of))
    return ruling(of, person=person, skill=skill, ruler=MINH, aliases=groups(aliases))


def aliases_of(history: Iterable[Fact]) -> Aliases:
    aliases = Aliases()
    for fact in history:
        aliases.weigh(fact)
    return aliases


def groups(aliases: Aliases) -> Groups:
    return tuple(sorted({tuple(sorted(aliases.all_of(one))) for one in ALL if len(aliases.all_of(one)) > 1}))


def credited(history: Sequence[Fact]) -> dict[tuple[PersonId, Skill], Confirmation]:
    """Who holds the credit for every person and skill, as the lines tell it."""
    lines: dict[tuple[PersonId, Skill], CreditLine] = {}
    for position, fact in enumerate(history, start=1):
        match fact:
            case TeachingFact():
                for skill in fact.skills:
                    lines.setdefault((fact.learner, skill), CreditLine()).take(Position(position), fact)
            case CreditRuled():
                lines.setdefault((fact.person, fact.skill), CreditLine()).take(Position(position), fact)
    aliases = aliases_of(history)
    held: dict[tuple[PersonId, Skill], Confirmation] = {}
    for person, skill in lines:
        ids = aliases.all_of(person)
        holder = CreditLine.joined(lines[one, skill] for one in ids if (one, skill) in lines).holder(ids)
        if holder:
            held[aliases.canonical(person), skill] = holder
    return held


def told_plainly(history: Sequence[Fact]) -> dict[tuple[PersonId, Skill], TeachingId]:
    """The same, told from the rule alone: of what stands confirmed, the earliest, unless ruled."""
    aliases = aliases_of(history)
    told: dict[tuple[PersonId, Skill], TeachingId] = {}
    for person in {aliases.canonical(one) for one in ALL}:
        for skill in SKILLS:
            standing = {
                of: since
                for of in TEACHINGS
                if (since := stands_since(history, of, skill)) and not about_oneself(history, of, aliases)
                and aliases.canonical(learner_of(history, of)) == person
            }  # fmt: skip
            ruled = [
                fact.teaching
                for fact in history
                if isinstance(fact, CreditRuled)
                and fact.skill == skill
                and aliases.canonical(fact.person) == person
            ][-1:]
            if standing:
                earliest = min(standing, key=lambda of: standing[of])
                told[person, skill] = ruled[0] if ruled and ruled[0] in standing else earliest
    return told


def stands_since(history: Sequence[Fact], of: TeachingId, skill: Skill) -> int:
    """The position from which it has stood confirmed without a break; 0 if it does not stand."""
    since = 0
    for position, fact in enumerate(history, start=1):
        if isinstance(fact, TeachingAnswered) and fact.teaching == of and skill in fact.skills:
            since = (since or position) if fact.answer.confirms else 0
        if isinstance(fact, TeachingVoided) and fact.teaching == of:
            return 0
    return since


def learner_of(history: Sequence[Fact], of: TeachingId) -> PersonId:
    return next(fact.learner for fact in history if isinstance(fact, TeachingFact) and fact.teaching == of)


def about_oneself(history: Sequence[Fact], of: TeachingId, aliases: Aliases) -> bool:
    fact = next(fact for fact in history if isinstance(fact, TeachingFact) and fact.teaching == of)
    return aliases.canonical(fact.ambassador) == aliases.canonical(fact.learner)


def people_of(history: Sequence[Fact], ambassador: PersonId) -> int:
    """For how many distinct persons somebody holds at least one credit."""
    aliases = aliases_of(history)
    return len(
        {
            person
            for (person, _), held in credited(history).items()
            if aliases.canonical(held.ambassador) == aliases.canonical(ambassador)
        }
    )


@whatever(after_some_yes(anything))
@settings(max_examples=150, deadline=None)
def test_credit_is_what_the_rule_says_and_never_held_by_two(deeds):
    history = happen(deeds)
    assert {claim: held.teaching for claim, held in credited(history).items()} == told_plainly(history)


@whatever(after_some_yes(said), some.lists(merges, max_size=3))
@settings(max_examples=60, deadline=None)
def test_merges_commute_with_answers_and_voids(spoken, merged):
    first = happen([*merged, *spoken])
    last = happen([*spoken, *merged])
    assert {claim: held.teaching for claim, held in credited(first).items()} == {
        claim: held.teaching for claim, held in credited(last).items()
    }


@whatever(after_some_yes(anything), pairs)
@settings(max_examples=60, deadline=None)
def test_an_undone_merge_leaves_no_trace(deeds, pair):
    history = happen(deeds)
    there_and_back = happen([*deeds, merge(pair[0], pair[1]), undo(*pair)])
    if any(isinstance(fact, PersonMerged) for fact in there_and_back[len(history) :]):
        assert credited(there_and_back) == credited(history)


@whatever(after_some_yes(some.one_of(said, merges)), some.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_saying_everything_again_counts_nobody_twice(spoken, times):
    once = happen(spoken)
    practice = [lesson(LAN, TU, called=f"again-{number}", skills=SKILLS) for number in range(times)]
    confirmed = [answer(TeachingId(f"again-{number}/{TU}")) for number in range(times)]
    before, after = people_of(once, LAN), people_of(happen([*spoken, *practice, *confirmed]), LAN)
    assert after - before in (0, 1)
    assert people_of(happen([*spoken, *practice, *confirmed, *confirmed]), LAN) == after


@whatever(after_some_yes(anything))
@settings(max_examples=60, deadline=None)
def test_nobody_is_credited_with_themselves(deeds):
    history = happen(deeds)
    aliases = aliases_of(history)
    for (person, _), held in credited(history).items():
        assert aliases.canonical(held.ambassador) != person
