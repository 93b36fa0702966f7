"""What the ledger itself asks for next: who meets the criteria is recognised, who ceases to is not.

Level-triggered: each round asks what is due now, and decides it through the ledger like anybody
else, where everything is checked again. Nothing is remembered that a crash could lose; what is
recorded twice is recorded once, because the second decision finds the first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

import msgspec

from application.lookups import People
from application.ports import Ledger, OutcomeUnknown
from domain.criteria import Criteria
from domain.cutoff import family_rule, market_rule
from domain.digital_markets import MarketRule, RecogniseMarket, WithdrawMarket
from domain.families import CriteriaNotMet, FamilyRule, RecogniseFamily, WithdrawFamily
from domain.model import (
    By,
    HouseholdId,
    MarketId,
    PersonId,
    Position,
    Refused,
    Selector,
    Stale,
    UnitId,
    WorkplaceId,
)
from domain.recognition import Claim, RecogniseAmbassador, WithdrawAmbassador, Witness
from domain.statuses import Counts, RecogniseStatus, StatusKind, StatusRule, WithdrawStatus, rule_of
from domain.teaching import TeachingAnswered


class AmbassadorDue(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to recognise, or whose recognition lost a witness.

    `credited` are credits they hold, one for each distinct person, as many as the criteria ask
    for (fewer if there are no more); `recognised` are the witnesses of the standing recognition,
    exactly as its fact names them. `unit` is where they are counted; `person` stands for them.
    """

    person: PersonId
    unit: UnitId
    credited: tuple[Witness, ...]
    recognised: tuple[Witness, ...] = ()


class FamilyDue(msgspec.Struct, frozen=True, kw_only=True):
    """`members` are the ids under which the present members joined."""

    household: HouseholdId
    unit: UnitId
    members: tuple[PersonId, ...]


class MarketDue(msgspec.Struct, frozen=True, kw_only=True):
    """`vendors` are the persons who sell there, by the ids under which they were registered."""

    market: MarketId
    unit: UnitId
    vendors: tuple[PersonId, ...]


class StatusDue(msgspec.Struct, frozen=True, kw_only=True):
    """An area or a workplace that reaches what is asked for a status, or no longer does. `subject` is
    its id; `counts` are what was counted of it at `position`."""

    subject: str
    status: StatusKind
    unit: UnitId
    workplace: WorkplaceId | None
    counts: Counts
    position: Position
    ended: bool = False


class Due(Protocol):
    """What the read models must answer. Each question gives at most `limit` of what is due, in
    the order of its id and after `after`. Offering too much only costs a refusal; what is
    left out is never recognised."""

    def position(self) -> Position:
        """Up to where the read models have followed the ledger."""
        ...

    def ambassadors_to_recognise(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        """Who holds the credit for enough distinct persons, and is not recognised."""
        ...

    def recognitions_to_mend(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        """Whose standing recognition has a witness whose credit is no longer theirs, or two
        witnesses who turned out to be one person."""
        ...

    def families_to_recognise(self, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        """Households without the status that seem to meet the criteria."""
        ...

    def families_to_mend(self, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        """Households with the status of which something it rests on no longer holds: a named
        teaching, the proficient member's or a teacher's membership, a declared criterion."""
        ...

    def markets_to_recognise(self, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        """Markets without the status whose share today reaches what the criteria ask for."""
        ...

    def markets_to_withdraw(self, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        """Markets with the status whose share today does not reach it."""
        ...

    def statuses_to_recognise(self, after: str | None, limit: int) -> Sequence[StatusDue]:
        """Areas and workplaces that reach what adopted criteria ask for a status that they do not hold."""
        ...

    def statuses_to_withdraw(self, after: str | None, limit: int) -> Sequence[StatusDue]:
        """Those that hold one which they do not reach any more, or which nobody asks for any more."""
        ...


class Standing(msgspec.Struct, frozen=True):
    """The criteria a unit counts by today, and their content hash."""

    criteria: Criteria
    content_hash: str


CriteriaOf = Callable[[UnitId], Standing]
"""The criteria a unit counts by today; the default ones where nothing was adopted."""

PAGE: Final = 200

T = TypeVar("T", AmbassadorDue, FamilyDue, MarketDue, StatusDue)


class Reactions:
    """Runs what is due. Something offered that is impossible is tried once a round, hinders nobody,
    and is not remembered: the fact that makes it possible may come at any time."""

    def __init__(self, ledger: Ledger, due: Due, criteria: CriteriaOf) -> None:
        self._ledger = ledger
        self._due = due
        self._criteria = criteria

    async def react(self) -> int:
        """One round over everything due. Returns how many facts were recorded."""
        by = By(f"system:{self._due.position()}")
        recorded = 0
        for page in _pages(self._due.ambassadors_to_recognise, lambda due: due.person):
            recorded += await self._all(page, self._recognise_ambassador, by)
        for page in _pages(self._due.recognitions_to_mend, lambda due: due.person):
            recorded += await self._all(page, self._mend_ambassador, by)
        for families in _pages(self._due.families_to_recognise, lambda due: due.household):
            recorded += await self._all(families, self._recognise_family, by)
        for families in _pages(self._due.families_to_mend, lambda due: due.household):
            recorded += await self._all(families, self._mend_family, by)
        for markets in _pages(self._due.markets_to_recognise, lambda due: due.market):
            recorded += await self._all(markets, self._recognise_market, by)
        for markets in _pages(self._due.markets_to_withdraw, lambda due: due.market):
            recorded += await self._all(markets, self._withdraw_market, by)
        for statuses in _pages(self._due.statuses_to_recognise, lambda due: due.subject):
            recorded += await self._all(statuses, self._recognise_status, by)
        for statuses in _pages(self._due.statuses_to_withdraw, lambda due: due.subject):
            recorded += await self._all(statuses, self._withdraw_status, by)
        return recorded

    async def _all(self, page: Sequence[T], decide: Callable[[T, By], Awaitable[int]], by: By) -> int:
        """Decides a page side by side, so that they share commits."""
        return sum(await asyncio.gather(*(self._one(due, decide, by) for due in page)))

    async def _one(self, due: T, decide: Callable[[T, By], Awaitable[int]], by: By) -> int:
        try:
            return await decide(due, by)
        except (Refused, Stale):
            return 0  # the read models are behind; what is still due comes again with the next facts
        except OutcomeUnknown:
            return 0  # still due if it was lost, and not if it was not

    async def _recognise_ambassador(self, due: AmbassadorDue, by: By) -> int:
        standing = self._criteria(due.unit)
        named = (*due.credited, *due.recognised)
        people = People(self._ledger, [due.person, *(witness.learner for witness in named)])
        receipt = await self._ledger.decide(
            RecogniseAmbassador(
                person=due.person,
                unit=due.unit,
                witnesses=due.credited,
                previous=due.recognised,
                people_needed=standing.criteria.ambassador_people,
                criteria=standing.content_hash,
                aliases=people.groups_of_ids(),
                by=by,
            )
        )
        return len(receipt.facts)

    async def _mend_ambassador(self, due: AmbassadorDue, by: By) -> int:
        """Other witnesses, where there are enough; else the recognition is withdrawn."""
        standing = self._criteria(due.unit)
        if len(due.credited) >= standing.criteria.ambassador_people:
            return await self._recognise_ambassador(due, by)
        claims = self._claims_of(due.person)
        people = People(self._ledger, [due.person, *(learner for learner, _ in claims)])
        receipt = await self._ledger.decide(
            WithdrawAmbassador(
                person=due.person,
                unit=due.unit,
                claims=claims,
                people_needed=standing.criteria.ambassador_people,
                criteria=standing.content_hash,
                aliases=people.groups_of_ids(),
                by=by,
            )
        )
        return len(receipt.facts)

    def _claims_of(self, person: PersonId) -> tuple[Claim, ...]:
        """Every person and skill that anybody ever answered for to this ambassador."""
        ids = sorted(People(self._ledger, [person]).all_of(person))
        history = self._ledger.history([Selector([TeachingAnswered], [f"ambassador:{one}"]) for one in ids])
        claims: dict[Claim, None] = {}
        for recorded in history:
            if isinstance(recorded.fact, TeachingAnswered):
                claims.update(dict.fromkeys((recorded.fact.learner, skill) for skill in recorded.fact.skills))
        return tuple(claims)

    async def _recognise_family(self, due: FamilyDue, by: By) -> int:
        receipt = await self._ledger.decide(
            RecogniseFamily(
                household=due.household,
                members=due.members,
                rule=self._family_rule(due.unit),
                aliases=People(self._ledger, due.members).groups_of_ids(),
                by=by,
            )
        )
        return len(receipt.facts)

    async def _mend_family(self, due: FamilyDue, by: By) -> int:
        """Other witnesses, where there are any; else the recognition is withdrawn."""
        try:
            return await self._recognise_family(due, by)
        except CriteriaNotMet:
            receipt = await self._ledger.decide(
                WithdrawFamily(
                    household=due.household,
                    members=due.members,
                    rule=self._family_rule(due.unit),
                    aliases=People(self._ledger, due.members).groups_of_ids(),
                    by=by,
                )
            )
            return len(receipt.facts)

    def _family_rule(self, unit: UnitId) -> FamilyRule:
        standing = self._criteria(unit)
        return family_rule(standing.criteria, standing.content_hash)

    async def _recognise_market(self, due: MarketDue, by: By) -> int:
        return await self._decide_market(RecogniseMarket, due, by)

    async def _withdraw_market(self, due: MarketDue, by: By) -> int:
        return await self._decide_market(WithdrawMarket, due, by)

    async def _decide_market(
        self, kind: type[RecogniseMarket] | type[WithdrawMarket], due: MarketDue, by: By
    ) -> int:
        decision = kind(
            market=due.market,
            vendors=due.vendors,
            rule=self._market_rule(due.unit),
            aliases=People(self._ledger, due.vendors).groups_of_ids(),
            by=by,
        )
        return len((await self._ledger.decide(decision)).facts)

    def _market_rule(self, unit: UnitId) -> MarketRule:
        standing = self._criteria(unit)
        return market_rule(standing.criteria, standing.content_hash)

    async def _recognise_status(self, due: StatusDue, by: By) -> int:
        rule = self._status_rule(due)
        if rule is None:
            return 0  # the criteria were replaced a moment ago
        decision = RecogniseStatus(
            status=due.status,
            unit=due.unit,
            workplace=due.workplace,
            counts=due.counts,
            position=due.position,
            rule=rule,
            by=by,
        )
        return len((await self._ledger.decide(decision)).facts)

    async def _withdraw_status(self, due: StatusDue, by: By) -> int:
        decision = WithdrawStatus(
            status=due.status,
            unit=due.unit,
            workplace=due.workplace,
            counts=due.counts,
            position=due.position,
            rule=self._status_rule(due),
            ended=due.ended,
            by=by,
        )
        return len((await self._ledger.decide(decision)).facts)

    def _status_rule(self, due: StatusDue) -> StatusRule | None:
        standing = self._criteria(due.unit)
        return rule_of(standing.criteria.of_statuses, standing.content_hash, due.status)


Id = TypeVar("Id", bound=str)


def _pages(ask: Callable[[Id | None, int], Sequence[T]], of: Callable[[T], Id]) -> Iterator[Sequence[T]]:
    """Everything due, a page at a time, each thing once however its decision ends."""
    after: Id | None = None
    while page := ask(after, PAGE):
        yield page
        after = of(page[-1])


async def react(ledger: Ledger, due: Due, criteria: CriteriaOf) -> int:
    """One round over everything due. Returns how many facts were recorded."""
    return await Reactions(ledger, due, criteria).react()
