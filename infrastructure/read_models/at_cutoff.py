"""Families and markets that meet the criteria at a cut-off, weighed anew from the ledger's facts.

Not from the honours: those are recorded after what they rest on (`domain.cutoff` says why that
must not count). A page of households or markets is read from the ledger at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, select, true

from application.ports import Recorded
from domain import cutoff, households, markets, onboarding, vendors
from domain.criteria import Criteria
from domain.cutoff import Received, done_in_time
from domain.model import Boundary, Fact, HouseholdId, MarketId, PersonId, Position, Selector, UnitId
from domain.people import MergeUndone, PersonMerged
from domain.teaching import TeachingAnswered, TeachingVoided
from domain.who_is_who import Aliases
from infrastructure.background import Report, unheard
from infrastructure.read_models import units
from infrastructure.read_models.columns import chunks
from infrastructure.read_models.households import household_row
from infrastructure.read_models.markets import market_row

PAGE = 200

History = Callable[[Boundary], Iterable[Recorded]]
"""The ledger's facts inside a boundary, in their order."""


class At(msgspec.Struct, frozen=True):
    """A cut-off: facts up to `position` about what was done by a day, weighed by `criteria`."""

    done_by: date
    position: Position
    criteria: Criteria
    content_hash: str = ""


class Family(msgspec.Struct, frozen=True):
    """A household that meets the criteria, since the fact at `since`. `ambassador` registered it,
    under the id that stands for them at the cut-off."""

    household: HouseholdId
    unit: UnitId
    ambassador: PersonId
    on: date
    since: Position


class Market(msgspec.Struct, frozen=True):
    market: MarketId
    unit: UnitId
    counted: int
    out_of: int


class Ledger:
    """What had been received when the ledger stood at a position."""

    def __init__(self, history: History, at: At) -> None:
        self._history = history
        self._at = at
        self.aliases = Aliases()
        for _, fact in self.received([Selector([PersonMerged, MergeUndone], [])]):
            self.aliases.weigh(fact)

    def received(self, boundary: Boundary) -> Iterator[Received]:
        for recorded in self._history(boundary):
            if recorded.position <= self._at.position:
                yield recorded.position, recorded.fact

    def in_time(self, boundary: Boundary) -> Iterator[Received]:
        """Of these, about what was done in time."""
        return done_in_time(self.received(boundary), self._at.done_by)


def lies_in(unit: ColumnElement[str], province: UnitId | None) -> ColumnElement[bool]:
    """That a unit lies in a province; for None always."""
    if province is None:
        return true()
    return unit.in_(select(units.unit.c.unit).where(units.unit.c.province == province))


def families(
    db: Connection, history: History, at: At, which: ColumnElement[bool], report: Report = unheard
) -> list[Family]:
    """Which households of those that `which` keeps meet the criteria at the cut-off."""
    ledger, rule = Ledger(history, at), cutoff.family_rule(at.criteria, at.content_hash)
    c = household_row.c
    there = and_(which, c.registered <= at.position, c.on <= at.done_by.isoformat())
    known = list(db.scalars(select(c.household).where(there).order_by(c.household)))
    found = []
    for number, some in enumerate(chunks(known, PAGE)):
        report(number * PAGE, len(known))
        for household, facts, members in _homes(ledger, [HouseholdId(one) for one in some]):
            since = cutoff.digital_family_since(
                household, facts, members=members, aliases=ledger.aliases, rule=rule
            )
            registered = facts[0][1] if facts else None
            if since is not None and isinstance(registered, households.HouseholdRegistered):
                found.append(
                    Family(
                        household,
                        registered.unit,
                        ledger.aliases.canonical(registered.ambassador),
                        registered.on,
                        since,
                    )
                )
    return found


def _homes(
    ledger: Ledger, some: Sequence[HouseholdId]
) -> Iterator[tuple[HouseholdId, list[Received], tuple[PersonId, ...]]]:
    """Each household with its own facts and what its members learned, in order, and its members."""
    own: dict[HouseholdId, list[Received]] = {one: [] for one in some}
    for position, fact in ledger.in_time([Selector(households.FACTS, [f"household:{one}"]) for one in some]):
        if isinstance(fact, households.HouseholdFact):
            own[fact.household].append((position, fact))
    members = {one: tuple(cutoff.household_at(facts).members) for one, facts in own.items()}
    ids = {one: {ref for member in members[one] for ref in ledger.aliases.all_of(member)} for one in some}
    learned: dict[PersonId, list[Received]] = {}
    everybody = sorted({ref for refs in ids.values() for ref in refs})
    kinds: tuple[type[Fact], ...] = (TeachingAnswered, TeachingVoided)
    for position, fact in ledger.in_time([Selector(kinds, [f"learner:{one}"]) for one in everybody]):
        if isinstance(fact, TeachingAnswered | TeachingVoided):
            learned.setdefault(fact.learner, []).append((position, fact))
    for one in some:
        lessons = [entry for ref in ids[one] for entry in learned.get(ref, ())]
        yield one, sorted([*own[one], *lessons], key=lambda entry: entry[0]), members[one]


_OF_MARKETS: tuple[type[Fact], ...] = (
    markets.MarketOpened,
    markets.StallsDeclared,
    vendors.VendorRegistered,
    onboarding.VendorOnboardingAnswered,
    onboarding.VendorOnboardingVoided,
    vendors.VendorSeenTrading,
    vendors.VendorLeft,
)


def digital_markets(
    db: Connection, history: History, at: At, province: UnitId | None, report: Report = unheard
) -> list[Market]:
    """The markets of a province (of all, for None) that meet the criteria at the cut-off."""
    ledger, rule = Ledger(history, at), cutoff.market_rule(at.criteria, at.content_hash)
    c = market_row.c
    there = and_(lies_in(c.unit, province), c.opened <= at.position)
    known = list(db.scalars(select(c.market).where(there).order_by(c.market)))
    found = []
    for number, one in enumerate(known):
        report(number, len(known))
        facts = list(ledger.in_time([Selector(_OF_MARKETS, [f"market:{one}"])]))
        share = cutoff.market_share_at(
            facts, rule=rule, done_by=at.done_by, canonical=ledger.aliases.canonical
        )
        opened = facts[0][1] if facts else None
        if share.reaches(rule.percent) and isinstance(opened, markets.MarketOpened):
            found.append(Market(MarketId(one), opened.unit, share.counted, share.out_of))
    return found
