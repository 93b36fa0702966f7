"""A random movement on a real ledger with its real read models: once reactions have come to rest,
who meets the criteria holds the status, and nobody else; as counted anew from every fact."""

import asyncio
from collections.abc import Callable
from itertools import count
from random import Random

import pytest

from application.lookups import People
from application.reactions import Reactions, Standing
from domain.criteria import DEFAULT, content_hash
from domain.families import CriteriaNotMet, FamilyRule, RecogniseFamily
from domain.households import Criterion
from domain.model import (
    Answer,
    Decision,
    DeclarationId,
    Fact,
    HouseholdId,
    OnboardingId,
    PersonId,
    Refused,
    Stale,
    TeachingId,
    VendorId,
)
from domain.who_is_who import Groups
from infrastructure.database import Database
from infrastructure.ledger.projector import Projector
from infrastructure.ledger.writer import Writer
from infrastructure.read_models.due import DueQuestions
from tests.cast import (
    BY,
    ELSEWHERE,
    HOA,
    HOME,
    LAN,
    MINH,
    NOW,
    PAYING,
    SAU,
    SERVICES,
    TU,
    VNEID,
    answer,
    declares,
    everybody,
    household,
    joins,
    learner,
    leaves,
    leaves_market,
    lesson,
    loses,
    market,
    merge,
    onboards,
    ruling,
    says,
    sells,
    undo,
    vendor_says,
    void,
    void_onboarding,
)
from tests.infrastructure.read_models.support import TERRITORY, Happening
from tests.recount import Recount
from tests.specification import weighed

LEARNERS = tuple(learner(number) for number in range(6))
PEOPLE = (LAN, HOA, TU, SAU, *LEARNERS)
SKILLS = (VNEID, PAYING, SERVICES)
RULES = Standing(DEFAULT, content_hash(DEFAULT))
FAMILY_RULE = FamilyRule(
    proficient_skills=DEFAULT.proficient_skills,
    teaches_member=DEFAULT.family_teaches_member,
    declared=DEFAULT.family_declared,
    criteria=RULES.content_hash,
)


class Life:
    """What may happen next, by chance; whatever a rule refuses does not happen."""

    def __init__(self, ledger: Writer, seed: int) -> None:
        self.ledger = ledger
        self.chance = Random(seed)
        self.numbers = count()
        self.merged: list[tuple[PersonId, PersonId]] = []
        self.teachings: list[TeachingId] = []
        self.vendors: list[VendorId] = []
        self.onboardings: list[OnboardingId] = []
        self.declarations: list[DeclarationId] = []

    def goes_on(self, deeds: int) -> None:
        ways: list[Callable[[], Decision | None]] = [
            *[self.teaches] * 6,
            *[self.answers] * 16,
            *[self.member_changes] * 2,
            *[self.declares_or_says] * 3,
            *[self.market_life] * 8,
            *[self.voids] * 2,
            self.rules,
            self.merges,
        ]
        for _ in range(deeds):
            decision = self.chance.choice(ways)()
            if decision is None:
                continue
            try:
                self.ledger.decide_soon(decision).result()
            except (Refused, Stale):
                continue

    def teaches(self) -> Decision:
        called = f"lesson-{next(self.numbers)}"
        ambassador = self.chance.choice((LAN, LAN, HOA, TU))
        others = [one for one in PEOPLE if one != ambassador]
        learners = self.chance.sample(others, self.chance.randint(1, 5))
        self.teachings += [TeachingId(f"{called}/{one}") for one in learners]
        skills = tuple(self.chance.sample(SKILLS, self.chance.randint(1, 3)))
        return lesson(ambassador, *learners, called=called, skills=skills)

    def answers(self) -> Decision | None:
        says_what = self.chance.choice((*[Answer.ABLE] * 6, *[Answer.TAUGHT] * 3, Answer.NO))
        return answer(self.chance.choice(self.teachings[-12:]), says_what) if self.teachings else None

    def voids(self) -> Decision | None:
        return void(self.chance.choice(self.teachings)) if self.teachings else None

    def rules(self) -> Decision | None:
        if not self.teachings:
            return None
        of = self.chance.choice(self.teachings)
        person = PersonId(of.partition("/")[2])
        skill = self.chance.choice(SKILLS)
        return ruling(of, person=person, skill=skill, ruler=MINH, aliases=self.groups(person))

    def merges(self) -> Decision:
        if self.merged and self.chance.random() < 0.6:
            return undo(*self.merged.pop())
        one, other = self.chance.sample(PEOPLE, 2)
        self.merged.append((one, other))
        return merge(one, other, (*self.groups(one), *self.groups(other)))

    def member_changes(self) -> Decision:
        person = self.chance.choice(PEOPLE)
        change = self.chance.choice((joins, joins, leaves))
        return change(person, self.chance.choice((HOME, ELSEWHERE)), aliases=self.groups(person))

    def declares_or_says(self) -> Decision | None:
        person, proficient = self.chance.choice(PEOPLE), Criterion.PROFICIENT_MEMBER
        match self.chance.randint(0, 3):
            case 0:
                declaration = DeclarationId(f"declaration-{next(self.numbers)}")
                self.declarations.append(declaration)
                member = self.groups(person)
                return declares(proficient, member=person, declaration=declaration, aliases=member)
            case 1:
                return loses(proficient)
            case _ if self.declarations:
                declaration = self.chance.choice(self.declarations)
                said = self.chance.choice(("able", "able", "no"))
                who = self.groups(person)
                return says(proficient, answer=said, person=person, declaration=declaration, aliases=who)
        return None

    def market_life(self) -> Decision | None:
        person = self.chance.choice(PEOPLE)
        choice = self.chance.randint(0, 9)
        if choice < 2 and len(self.vendors) < 6:
            vendor = VendorId(f"vendor-{next(self.numbers)}")
            self.vendors.append(vendor)
            return sells(person, vendor=vendor, aliases=self.groups(person))
        if choice < 4 and self.vendors:
            onboarding = OnboardingId(f"onboarding-{next(self.numbers)}")
            self.onboardings.append(onboarding)
            ambassador = self.groups(LAN)
            return onboards(self.chance.choice(self.vendors[-2:]), onboarding=onboarding, aliases=ambassador)
        if choice < 8 and self.onboardings:
            return vendor_says(
                self.chance.choice(("able", "able", "no")), self.chance.choice(self.onboardings)
            )
        if choice < 9 and self.onboardings:
            return void_onboarding(self.chance.choice(self.onboardings))
        return leaves_market(self.chance.choice(self.vendors)) if self.vendors else None

    def groups(self, *people: PersonId) -> Groups:
        return People(self.ledger, people).groups_of_ids()


def families_that_meet_the_criteria(due: Recount, facts: list[Fact]) -> set[HouseholdId]:
    aliases = due.aliases()
    found: set[HouseholdId] = set()
    for ref, home in due.households().items():
        groups = {tuple(sorted(aliases.all_of(one))) for one in home.members}
        decision = RecogniseFamily(
            household=ref,
            members=tuple(home.members),
            rule=FAMILY_RULE,
            aliases=tuple(group for group in groups if len(group) > 1),
            by=BY,
        )
        try:
            weighed(facts, decision)
        except CriteriaNotMet:
            continue
        found.add(ref)
    return found


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_at_rest_the_honoured_are_those_who_meet_the_criteria(database: Database, ledger: Writer, seed: int):
    happened = [*TERRITORY, *everybody(*LEARNERS)]
    first = [household(TU, SAU), household(*LEARNERS[:2], of=ELSEWHERE), market()]
    for one in (*(Happening(facts=(fact,)) for fact in happened if isinstance(fact, Fact)), *first):
        ledger.decide_soon(one).result()
    projector, due = Projector(database), DueQuestions(database, clock=lambda: NOW)
    reactions = Reactions(ledger, due, lambda _: RULES)
    life, recount = Life(ledger, seed), Recount(ledger)
    for _ in range(8):
        life.goes_on(35)
        comes_to_rest(projector, reactions)
        entitled = {person for person, people in recount.credits().items() if len(people) >= 5}
        assert recount.recognised().keys() == entitled
        assert not recount.recognitions_to_mend(None, 10)
        facts = recount.facts()
        families = {ref for ref, home in recount.households().items() if home.recognised}
        assert families == families_that_meet_the_criteria(recount, facts)
        assert not recount.markets_to_recognise(None, 10)
        assert not recount.markets_to_withdraw(None, 10)
    honours = {type(fact).NAME for fact in recount.facts() if "recogni" in type(fact).NAME}
    assert len(honours) >= 4, "too little was given and withdrawn to show anything: take another seed"


def comes_to_rest(projector: Projector, reactions: Reactions) -> None:
    for _ in range(6):
        projector.catch_up()
        if asyncio.run(reactions.react()) == 0:
            return
    raise AssertionError("reactions go on and on")
