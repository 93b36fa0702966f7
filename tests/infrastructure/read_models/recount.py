"""A recount in plain Python from the facts alone, by the domain's own folds: slow, and obvious."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import UNSET

from domain.access import RoleGranted, RoleRevoked
from domain.calendar import day_of
from domain.credit import Confirmation, CreditLine
from domain.digital_markets import DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn
from domain.households import (
    CriterionDeclared,
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
    HouseholdRegistered,
)
from domain.milestones import Milestone, MilestoneDenied, MilestoneReached, Standing
from domain.model import Answer, Evidence, Fact, Group, PersonId, Position, Skill, TeachingId, UnitId
from domain.onboarding import VendorOnboardingAnswered, VendorOnboardingLogged, VendorOnboardingVoided
from domain.people import PersonCorrected, PersonMerged, PersonMoved, PersonRegistered
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from domain.teaching import (
    CreditRuled,
    TeachingAnswered,
    TeachingFact,
    TeachingLogged,
    TeachingVoided,
)
from domain.vendors import VendorLeft, VendorRegistered, VendorSeenTrading
from domain.visits import HouseholdVisited
from domain.who_is_who import Aliases
from tests.infrastructure.read_models.support import TERRITORY

PARENTS = {one.unit: one.parent for one in TERRITORY}


def path(unit: UnitId | None) -> list[UnitId]:
    """A unit and all above it."""
    return [] if unit is None else [unit, *path(PARENTS[unit])]


def periods(on: date) -> tuple[str, str, str]:
    return ("all", f"{on:%Y}", f"{on:%Y-%m}")


class Recount:
    """What stands after these facts."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = list(enumerate(facts, 1))
        self.aliases = Aliases()
        for fact in facts:
            self.aliases.weigh(fact)

    def now(self, person: PersonId) -> PersonId:
        return self.aliases.canonical(person)

    def all(self, *kinds: type[Fact]) -> Iterable[tuple[int, Fact]]:
        return ((position, fact) for position, fact in self.facts if isinstance(fact, kinds))

    # People

    def credit(self) -> dict[tuple[PersonId, Skill], Confirmation]:
        """Who holds the credit for each person's each skill: `CreditLine` itself says so."""
        lines: dict[tuple[PersonId, Skill], CreditLine] = defaultdict(CreditLine)
        for position, fact in self.all(TeachingAnswered, TeachingVoided):
            assert isinstance(fact, TeachingFact)
            for skill in fact.skills:
                lines[fact.learner, skill].take(Position(position), fact)
        for position, fact in self.all(CreditRuled):
            assert isinstance(fact, CreditRuled)
            line = lines[fact.person, fact.skill]
            if position > line.ruled_at:
                line.take(Position(position), fact)
        held = {}
        for person, skill in {(self.now(person), skill) for person, skill in lines}:
            ids = self.aliases.all_of(person)
            joined = CreditLine.joined(lines[one, skill] for one in ids if (one, skill) in lines)
            if holder := joined.holder(ids):
                held[person, skill] = holder
        return held

    def evidence(self, teaching: TeachingId) -> Evidence:
        """How the latest answer for a teaching reached us."""
        answers = (fact for _, fact in self.all(TeachingAnswered) if isinstance(fact, TeachingAnswered))
        return [fact.evidence for fact in answers if fact.teaching == teaching][-1]

    def on_phone(self) -> dict[PersonId, int]:
        """Of each ambassador how many persons confirmed on a mentor's phone and nowhere else."""
        people: dict[PersonId, dict[PersonId, bool]] = defaultdict(dict)
        for (person, _), holder in self.credit().items():
            alone = self.evidence(holder.teaching) is Evidence.AMBASSADOR_DEVICE
            mine = people[self.now(holder.ambassador)]
            mine[person] = mine.get(person, True) and alone
        return {one: sum(mine.values()) for one, mine in people.items()}

    def claims(self) -> list[tuple[TeachingLogged, TeachingAnswered | None]]:
        """Teachings that were not voided, with their latest answers; none by the learner themselves."""
        voided = {fact.teaching for _, fact in self.all(TeachingVoided)}  # type: ignore[attr-defined]
        answers = {
            fact.teaching: fact
            for _, fact in self.all(TeachingAnswered)
            if isinstance(fact, TeachingAnswered)
        }
        return [
            (fact, answers.get(fact.teaching))
            for _, fact in self.all(TeachingLogged)
            if isinstance(fact, TeachingLogged)
            and fact.teaching not in voided
            and self.now(fact.ambassador) != self.now(fact.learner)
        ]

    def people(self) -> dict[tuple[PersonId, str], tuple[int, int, int, int]]:
        """By ambassador and period: score, able, claimed, confirmed."""
        sets: dict[tuple[PersonId, str], tuple[set[str], ...]] = defaultdict(
            lambda: (set(), set(), set(), set())
        )
        for (person, _), holder in self.credit().items():
            for period in periods(holder.on):
                mine = sets[self.now(holder.ambassador), period]
                mine[0].add(person)
                if holder.able:
                    mine[1].add(person)
        for logged, answer in self.claims():
            for period in periods(logged.on):
                mine = sets[self.now(logged.ambassador), period]
                mine[2].add(self.now(logged.learner))
                if answer and answer.answer.confirms:
                    mine[3].add(self.now(logged.learner))
        return {key: tuple(len(one) for one in some) for key, some in sets.items()}  # type: ignore[misc]

    def homes(self) -> dict[PersonId, UnitId]:
        lives: dict[PersonId, UnitId] = {}
        posts: dict[PersonId, list[UnitId]] = defaultdict(list)
        for _, fact in self.facts:
            match fact:
                case PersonRegistered() | PersonMoved():
                    lives[fact.person] = fact.unit
                case RoleGranted() | RoleRevoked():
                    held = [unit for unit in posts[fact.person] if unit != fact.unit]
                    posts[fact.person] = [*held, fact.unit] if isinstance(fact, RoleGranted) else held
        return {person: [unit, *posts[person]][-1] for person, unit in lives.items()}

    def board(self, unit: UnitId, period: str) -> list[tuple[int, PersonId, int]]:
        """Rank, ambassador and score of everybody at home in the unit."""
        homes = self.homes()
        scores = sorted(
            (-counts[0], person)
            for (person, of), counts in self.people().items()
            if of == period and counts[0] and unit in path(homes[person])
        )
        return [(1 + sum(other < score for other, _ in scores), person, -score) for score, person in scores]

    # Families and vendors

    def families(self) -> dict[PersonId, set[str]]:
        standing: set[str] = set()
        registered: dict[str, PersonId] = {}
        for _, fact in self.facts:
            match fact:
                case HouseholdRegistered():
                    registered[fact.household] = fact.ambassador
                case DigitalFamilyRecognised():
                    standing.add(fact.household)
                case DigitalFamilyRecognitionWithdrawn():
                    standing.discard(fact.household)
        found: dict[PersonId, set[str]] = defaultdict(set)
        for household in standing:
            found[self.now(registered[household])].add(household)
        return found

    def vendors(self) -> dict[PersonId, set[str]]:
        """By ambassador: the vendors of whom they hold the credit for some means."""
        owners = {fact.vendor: fact.person for _, fact in self.all(VendorRegistered)}  # type: ignore[attr-defined]
        since: dict[tuple[str, str], tuple[int, PersonId]] = {}
        for position, fact in self.all(VendorOnboardingAnswered, VendorOnboardingVoided):
            assert isinstance(fact, VendorOnboardingAnswered | VendorOnboardingVoided)
            key = (fact.vendor, fact.onboarding)
            if isinstance(fact, VendorOnboardingAnswered) and fact.answer.confirms:
                since.setdefault(key, (position, fact.ambassador))
            else:
                since.pop(key, None)
        means = {fact.onboarding: fact.means for _, fact in self.all(VendorOnboardingLogged)}  # type: ignore[attr-defined]
        found: dict[PersonId, set[str]] = defaultdict(set)
        lines: dict[tuple[str, str], list[tuple[int, PersonId]]] = defaultdict(list)
        for (vendor, onboarding), (position, ambassador) in since.items():
            if self.now(ambassador) != self.now(owners[vendor]):
                for one in means[onboarding]:
                    lines[vendor, one].append((position, ambassador))
        for (vendor, _), line in lines.items():
            found[self.now(min(line)[1])].add(vendor)
        return found

    # Units

    def figures(self, unit: UnitId, active_since: date) -> dict[str, int]:
        inside = [(logged, said) for logged, said in self.claims() if unit in path(logged.unit)]
        confirmed = [(logged, said) for logged, said in inside if said and said.answer.confirms]
        onboarded = self._onboarded()
        here = {one: seen for one, (at, seen) in onboarded.items() if unit in path(at)}
        return {
            "taught": len({self.now(logged.learner) for logged, _ in inside}),
            "confirmed": len({self.now(logged.learner) for logged, _ in confirmed}),
            "able": len({self.now(logged.learner) for logged, said in confirmed if said.answer == "able"}),
            "on_phone": len(
                {self.now(logged.learner) for logged, _ in confirmed}
                - {
                    self.now(logged.learner)
                    for logged, said in confirmed
                    if said.evidence != Evidence.AMBASSADOR_DEVICE
                }
            ),
            "ambassadors": self._honours(
                unit, AmbassadorRecognised, AmbassadorRecognitionWithdrawn, "person"
            ),
            "families": self._honours(
                unit, DigitalFamilyRecognised, DigitalFamilyRecognitionWithdrawn, "household"
            ),
            "markets": self._honours(
                unit, DigitalMarketRecognised, DigitalMarketRecognitionWithdrawn, "market"
            ),
            "vendors": len(here),
            "vendors_active": sum(bool(seen and seen >= active_since) for seen in here.values()),
        }

    def groups(self, unit: UnitId) -> dict[Group | None, tuple[int, int, int]]:
        """Of each group, and of everybody who is not under 16: taught, confirmed, able."""
        inside = [(logged, said) for logged, said in self.claims() if unit in path(logged.unit)]
        groups = self._counted_in()
        sets: dict[Group | None, tuple[set[str], set[str], set[str]]] = {}
        for logged, said in inside:
            person = self.now(logged.learner)
            group, minor = groups[person]
            for key in (group,) if minor else (group, None):
                taught, confirmed, able = sets.setdefault(key, (set(), set(), set()))
                taught.add(person)
                if said and said.answer.confirms:
                    confirmed.add(person)
                    if said.answer is Answer.ABLE:
                        able.add(person)
        return {key: (len(some[0]), len(some[1]), len(some[2])) for key, some in sets.items()}

    def weeks(self, unit: UnitId) -> dict[date, tuple[int, int, int]]:
        """By Monday: the distinct persons taught and confirmed, and those able whom no earlier week has."""
        sets: dict[date, tuple[set[str], set[str], set[str]]] = {}
        for logged, said in self.claims():
            if unit not in path(logged.unit):
                continue
            monday = logged.on - timedelta(days=logged.on.weekday())
            taught, confirmed, able = sets.setdefault(monday, (set(), set(), set()))
            person = self.now(logged.learner)
            taught.add(person)
            if said and said.answer.confirms:
                confirmed.add(person)
                if said.answer is Answer.ABLE:
                    able.add(person)
        known: set[str] = set()
        found = {}
        for monday, (taught, confirmed, able) in sorted(sets.items()):
            found[monday] = len(taught), len(confirmed), len(able - known)
            known |= able
        return found

    def last_entry(self, unit: UnitId) -> date | None:
        entries = (
            TeachingLogged,
            HouseholdRegistered,
            CriterionDeclared,
            HouseholdVisited,
            VendorRegistered,
            VendorOnboardingLogged,
            VendorSeenTrading,
        )
        days = [day_of(fact.at) for _, fact in self.all(*entries) if unit in path(fact.unit)]  # type: ignore[attr-defined]
        return max(days, default=None)

    def _counted_in(self) -> dict[PersonId, tuple[Group, bool]]:
        """By whoever stands for a person; of two that were merged, one under 16 makes them that."""
        found: dict[PersonId, tuple[Group, bool]] = {}
        for _, fact in self.all(PersonRegistered, PersonCorrected, PersonMerged):
            match fact:
                case PersonRegistered():
                    found[fact.person] = fact.group, fact.minor
                case PersonCorrected():
                    group, minor = found[fact.person]
                    minor = minor if fact.minor is UNSET else fact.minor
                    found[fact.person] = fact.group or group, minor
                case PersonMerged():
                    group, minor = found[fact.into]
                    found[fact.into] = group, minor or found[fact.person][1]
        return found

    def milestones(
        self, unit: UnitId, *, until: str = "9999-12"
    ) -> dict[tuple[Milestone, Group | None], tuple[int, int, int]]:
        """Reached (by the end of a month), confirmed, by the person's own answer: of everybody (None) and of
        each group."""
        standing: dict[PersonId, Standing] = defaultdict(Standing)
        for _, fact in self.all(MilestoneReached, MilestoneDenied):
            assert isinstance(fact, MilestoneReached | MilestoneDenied)
            standing[self.now(fact.person)].weigh(fact)
        groups = self._counted_in()
        counts: dict[tuple[Milestone, Group | None], list[int]] = defaultdict(lambda: [0, 0, 0])
        for person, found in standing.items():
            for milestone in Milestone:
                reached = found.reached(milestone)
                if reached is None or unit not in path(reached.unit) or f"{reached.on:%Y-%m}" > until:
                    continue
                own = reached.evidence in (Evidence.OWN_DEVICE, Evidence.SHARED_DEVICE)
                for group in (None, groups[person][0]):
                    for at, adds in enumerate((True, reached.evidence is not None, own)):
                        counts[milestone, group][at] += adds
        return {key: (some[0], some[1], some[2]) for key, some in counts.items()}

    def _honours(self, unit: UnitId, given: type[Fact], taken: type[Fact], of: str) -> int:
        """Those who hold a status in a unit; of merged ones the latest recognition says where."""
        held: dict[str, UnitId] = {}
        for _, fact in self.all(given, taken):
            held.pop(getattr(fact, of), None)
            if isinstance(fact, given):
                held[getattr(fact, of)] = fact.unit  # type: ignore[attr-defined]
        where = {
            self.now(PersonId(subject)) if of == "person" else subject: at for subject, at in held.items()
        }
        return sum(unit in path(at) for at in where.values())

    def _onboarded(self) -> dict[str, tuple[UnitId, date | None]]:
        """Vendors who sell and are onboarded, where, and when they were last seen using it."""
        known: dict[str, UnitId] = {}
        means: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        seen: dict[str, dict[str, date]] = defaultdict(dict)
        for _, fact in self.facts:
            match fact:
                case VendorRegistered():
                    known[fact.vendor] = fact.unit
                case VendorLeft():
                    known.pop(fact.vendor)
                case VendorOnboardingAnswered() if fact.answer.confirms:
                    means[fact.vendor][fact.onboarding] = fact.means
                case VendorOnboardingAnswered() | VendorOnboardingVoided():
                    means[fact.vendor].pop(fact.onboarding, None)
                case VendorSeenTrading():
                    last = seen[fact.vendor].get(fact.means, fact.on)
                    seen[fact.vendor][fact.means] = max(last, fact.on)
        found = {}
        for vendor, unit in known.items():
            by = {one for some in means[vendor].values() for one in some}
            if by:
                days = [day for one, day in seen[vendor].items() if one in by]
                found[vendor] = (unit, max(days, default=None))
        return found
