"""What follows at a cut-off from facts received in time about what was done in time.

A cut-off names two moments, "done by" (a day) and "received by" (a position). The status of a
family or market is recorded a moment after what it rests on, and later still where a server
stood still; at a cut-off it is therefore not what was recorded that counts, but what follows.
The same facts give the same answer for ever, whatever is recorded since.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from domain.criteria import Criteria
from domain.digital_markets import MarketRule, MarketShare, Share
from domain.families import AboutFamily, CriteriaNotMet, FamilyRule
from domain.households import CriterionAnswered, CriterionDeclared, Household
from domain.model import By, DeclarationId, Fact, HouseholdId, PersonId, Position
from domain.teaching import TeachingFact
from domain.who_is_who import Aliases

Received = tuple[Position, Fact]

_NOBODY = By("system:0")  # nothing is recorded here


def done_in_time(received: Iterable[Received], done_by: date) -> Iterator[Received]:
    """Those facts, of the ones received in time and in their order, that count on `done_by`.

    Most carry the day on which what they tell of happened: a teaching, a declaration, a vendor
    leaving, and every answer to one. Those that carry none (somebody joined a household or left
    it, a criterion was lost, stalls were declared, entries were joined) count once received."""
    late: set[DeclarationId] = set()
    for position, fact in received:
        match fact:
            case CriterionDeclared() if fact.on > done_by:
                late.add(fact.declaration)
            case CriterionAnswered() if fact.declaration in late:
                pass
            case _ if getattr(fact, "on", done_by) <= done_by:
                yield position, fact


def family_rule(criteria: Criteria, content_hash: str) -> FamilyRule:
    return FamilyRule(
        proficient_skills=criteria.proficient_skills,
        teaches_member=criteria.family_teaches_member,
        declared=criteria.family_declared,
        criteria=content_hash,
    )


def market_rule(criteria: Criteria, content_hash: str) -> MarketRule:
    return MarketRule(
        percent=criteria.market_percent,
        counts=criteria.market_counts,
        means=criteria.market_means,
        active_days=criteria.active_days,
        criteria=content_hash,
        unverified="market_percent" in criteria.unverified,
    )


def household_at(received: Iterable[Received]) -> Household:
    """A household as these facts about it leave it."""
    home = Household()
    for _, fact in received:
        home.weigh(fact)
    return home


def digital_family_since(
    household: HouseholdId,
    received: Sequence[Received],
    *,
    members: tuple[PersonId, ...],
    aliases: Aliases,
    rule: FamilyRule,
) -> Position | None:
    """Since which of these facts the household meets the criteria without a break; None where it
    does not at their end. What counts of them is the household's own and what its `members` learned."""
    groups = tuple(tuple(sorted(aliases.all_of(one))) for one in members)
    theirs = {ref for group in groups for ref in group}
    received = [
        (position, fact)
        for position, fact in received
        if not isinstance(fact, TeachingFact) or fact.learner in theirs
    ]
    weighed = AboutFamily(household=household, members=members, rule=rule, aliases=groups, by=_NOBODY)
    for _, fact in received:
        weighed.weigh(fact)
    if not _meets(weighed):
        return None
    since: Position | None = None
    weighed = AboutFamily(household=household, members=members, rule=rule, aliases=groups, by=_NOBODY)
    for position, fact in received:
        weighed.weigh(fact)
        if not _meets(weighed):
            since = None
        elif since is None:
            since = position
    return since


def _meets(weighed: AboutFamily) -> bool:
    if weighed.home.registered is None:
        return False
    try:
        weighed.proof(weighed.confirmed)
    except CriteriaNotMet:
        return False
    return True


def market_share_at(
    received: Iterable[Received],
    *,
    rule: MarketRule,
    done_by: date,
    canonical: Callable[[PersonId], PersonId],
) -> Share:
    """How much of a market is digital on `done_by`, by these facts that bear its tag."""
    market = MarketShare()
    for _, fact in received:
        market.take(fact)
    return market.share(rule, done_by, canonical=canonical)
