"""What is due, counted anew from every fact each time: slow, plain, and true."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from application.ports import Ledger
from application.reactions import AmbassadorDue, FamilyDue, MarketDue, StatusDue
from domain.credit import CreditLine
from domain.criteria import DEFAULT
from domain.digital_markets import (
    DigitalMarketRecognised,
    DigitalMarketRecognitionWithdrawn,
    MarketRule,
    MarketShare,
)
from domain.households import Household, HouseholdFact
from domain.markets import MarketFact, MarketOpened
from domain.model import Fact, HouseholdId, MarketId, PersonId, Position, Selector, Skill, UnitId
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn, Witness
from domain.teaching import CreditRuled, TeachingFact
from domain.who_is_who import Aliases
from tests.cast import TODAY, TUY_PHUOC

T = TypeVar("T")


class Recount:
    """Implements `application.reactions.Due` for one ledger, by the default criteria."""

    def __init__(self, ledger: Ledger, today: date = TODAY) -> None:
        self._ledger = ledger
        self._today = today
        self._rule = MarketRule(
            percent=DEFAULT.market_percent,
            counts=DEFAULT.market_counts,
            means=DEFAULT.market_means,
            active_days=DEFAULT.active_days,
            criteria="",
        )

    def facts(self) -> list[Fact]:
        return [recorded.fact for recorded in self._ledger.history([Selector()])]

    def position(self) -> Position:
        return self._ledger.head()

    def aliases(self) -> Aliases:
        aliases = Aliases()
        for fact in self.facts():
            aliases.weigh(fact)
        return aliases

    def credits(self) -> dict[PersonId, dict[PersonId, Witness]]:
        """Of each ambassador one credit for each distinct person, both by the ids that stand."""
        aliases = self.aliases()
        lines: dict[tuple[PersonId, Skill], CreditLine] = {}
        for number, fact in enumerate(self.facts(), start=1):
            if isinstance(fact, TeachingFact):
                claims = [(fact.learner, skill) for skill in fact.skills]
            elif isinstance(fact, CreditRuled):
                claims = [(fact.person, fact.skill)]
            else:
                continue
            for claim in claims:
                lines.setdefault(claim, CreditLine()).take(Position(number), fact)
        of: dict[PersonId, dict[PersonId, Witness]] = {}
        for person, skill in lines:
            ids = aliases.all_of(person)
            holder = CreditLine.joined(lines[one, skill] for one in ids if (one, skill) in lines).holder(ids)
            if holder:
                witness = Witness(teaching=holder.teaching, learner=holder.learner, skill=skill)
                of.setdefault(aliases.canonical(holder.ambassador), {})[aliases.canonical(person)] = witness
        return of

    def recognised(self) -> dict[PersonId, AmbassadorRecognised]:
        aliases = self.aliases()
        standing: dict[PersonId, AmbassadorRecognised] = {}
        for fact in self.facts():
            match fact:
                case AmbassadorRecognised():
                    standing.pop(fact.person, None)
                    standing[fact.person] = fact
                case AmbassadorRecognitionWithdrawn():
                    standing.pop(fact.person, None)
        return {aliases.canonical(person): fact for person, fact in standing.items()}

    def ambassadors_to_recognise(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        recognised = self.recognised()
        found = [
            AmbassadorDue(person=person, unit=TUY_PHUOC, credited=self._some(people))
            for person, people in self.credits().items()
            if len(people) >= DEFAULT.ambassador_people and person not in recognised
        ]
        return _page(found, lambda due: due.person, after, limit)

    def recognitions_to_mend(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        aliases, held = self.aliases(), self.credits()
        found = [
            AmbassadorDue(
                person=person,
                unit=TUY_PHUOC,
                credited=self._some(held.get(person, {})),
                recognised=fact.witnesses,
            )
            for person, fact in self.recognised().items()
            if not {self._plain(one, aliases) for one in fact.witnesses} <= self._all(person)
            or len({aliases.canonical(witness.learner) for witness in fact.witnesses}) < len(fact.witnesses)
        ]
        return _page(found, lambda due: due.person, after, limit)

    @staticmethod
    def _plain(witness: Witness, aliases: Aliases) -> Witness:
        """A witness may name any id of its learner; here the one that stands for them."""
        return msgspec.structs.replace(witness, learner=aliases.canonical(witness.learner))

    def _all(self, person: PersonId) -> set[Witness]:
        """Every credit a person holds, of every skill."""
        aliases = self.aliases()
        lines: dict[tuple[frozenset[PersonId], Skill], CreditLine] = {}
        for number, fact in enumerate(self.facts(), start=1):
            if isinstance(fact, TeachingFact):
                for skill in fact.skills:
                    key = (aliases.all_of(fact.learner), skill)
                    lines.setdefault(key, CreditLine()).take(Position(number), fact)
            elif isinstance(fact, CreditRuled):
                key = (aliases.all_of(fact.person), fact.skill)
                lines.setdefault(key, CreditLine()).take(Position(number), fact)
        holders = ((skill, line.holder(ids)) for (ids, skill), line in lines.items())
        return {
            self._plain(Witness(teaching=held.teaching, learner=held.learner, skill=skill), aliases)
            for skill, held in holders
            if held and aliases.canonical(held.ambassador) == person
        }

    @staticmethod
    def _some(people: dict[PersonId, Witness]) -> tuple[Witness, ...]:
        return tuple(people.values())[: DEFAULT.ambassador_people]

    def households(self) -> dict[HouseholdId, Household]:
        homes: dict[HouseholdId, Household] = {}
        for fact in self.facts():
            if isinstance(fact, HouseholdFact):
                homes.setdefault(fact.household, Household()).weigh(fact)
        return homes

    def families_to_recognise(self, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        return self._families(False, after, limit)

    def families_to_mend(self, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        return self._families(True, after, limit)

    def _families(self, recognised: bool, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        """All of them: what is offered too much is refused."""
        found = [
            FamilyDue(household=household, unit=TUY_PHUOC, members=tuple(home.members))
            for household, home in self.households().items()
            if bool(home.recognised) is recognised
        ]
        return _page(found, lambda due: due.household, after, limit)

    def markets_to_recognise(self, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        return self._markets(False, after, limit)

    def statuses_to_recognise(self, after: str | None, limit: int) -> Sequence[StatusDue]:
        return ()  # counted by the read models alone: tests/infrastructure/read_models/test_statuses.py

    def statuses_to_withdraw(self, after: str | None, limit: int) -> Sequence[StatusDue]:
        return ()

    def markets_to_withdraw(self, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        return self._markets(True, after, limit)

    def _markets(self, recognised: bool, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        shares: dict[MarketId, MarketShare] = {}
        units: dict[MarketId, UnitId] = {}
        digital: set[MarketId] = set()
        for fact in self.facts():
            if isinstance(fact, MarketFact):
                shares.setdefault(fact.market, MarketShare()).take(fact)
            match fact:
                case MarketOpened():
                    units[fact.market] = fact.unit
                case DigitalMarketRecognised():
                    digital.add(fact.market)
                case DigitalMarketRecognitionWithdrawn():
                    digital.discard(fact.market)
        canonical = self.aliases().canonical
        found = [
            MarketDue(
                market=market,
                unit=units[market],
                vendors=tuple(stall.person for stall in share.vendors.values()),
            )
            for market, share in shares.items()
            if (market in digital) is recognised
            and share.share(self._rule, self._today, canonical).reaches(self._rule.percent) is not recognised
        ]
        return _page(found, lambda due: due.market, after, limit)


def _page(found: list[T], of: Callable[[T], str], after: str | None, limit: int) -> list[T]:
    return [due for due in sorted(found, key=of) if after is None or of(due) > after][:limit]
