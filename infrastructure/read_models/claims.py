"""What is claimed and confirmed of each person, vendor and family: the fold that credit comes from.

A row holds all claims about one subject, so that whoever holds the credit for it, and every figure
it counts in, follows from that row alone (with the rows of merged ids). Boards, figures and credit
spans are not added up from facts: they are told how a subject's share changed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol

from domain.households import (
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
    HouseholdFact,
    HouseholdRegistered,
)
from domain.model import Answer, Fact, PersonId, Selector, Skill
from domain.onboarding import (
    OnboardingFact,
    VendorOnboardingAnswered,
    VendorOnboardingLogged,
    VendorOnboardingVoided,
)
from domain.placed import Body, PlacedAnew
from domain.teaching import CreditRuled, TeachingAnswered, TeachingFact, TeachingLogged, TeachingVoided
from domain.vendors import VendorRegistered
from infrastructure.read_models.claim_rows import TABLES, ClaimsRow, Kind
from infrastructure.read_models.claimed import FAMILY, PERSON, STATUS, VENDOR, Claim, Group, Holder, Subject
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed


class Counts(Protocol):
    """A read model that counts shares of subjects: what a group contributes, and how that changed."""

    def shares(self, kind: str, group: Group, /) -> dict[Any, int]:
        """Bits (a `Share`) by whatever key the model counts under."""
        ...

    def moved(self, kind: str, before: dict[Any, int], after: dict[Any, int]) -> None: ...


class Follows(Protocol):
    """A read model that is told each time the credit for a subject's skill passes on."""

    def passed(
        self, position: int, kind: str, subject: str, skill: Skill, was: Holder | None, now: Holder | None
    ) -> None: ...


_ABLE: Final = Answer.ABLE
_NO: Final = Answer.NO
"""Named here, since members of an enumeration take long to look up, and each answer asks for them."""


class Claims(Model):
    name = "claims"
    version = 3
    tables = tuple(TABLES.values())
    needs = (People, Placed)
    facts = (
        TeachingLogged,
        TeachingAnswered,
        TeachingVoided,
        CreditRuled,
        VendorRegistered,
        VendorOnboardingLogged,
        VendorOnboardingAnswered,
        VendorOnboardingVoided,
        HouseholdRegistered,
        DigitalFamilyRecognised,
        DigitalFamilyRecognitionWithdrawn,
        PlacedAnew,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        people = copy.model(People)
        self._placed = copy.model(Placed)
        self.kinds = {kind: Kind(kind, copy.rows(table, ClaimsRow), people) for kind, table in TABLES.items()}
        self._persons, self._vendors, self._families = self.kinds.values()
        self._people = people
        people.merging.append(self)
        people.before_regrouped.append(self._before_regrouped)
        people.before_moved.append(self._before_regrouped)
        self.counting: list[Counts] = []
        self.following: list[Follows] = []
        self._changes: dict[type[Fact], Callable[[int, Any], None]] = {
            TeachingLogged: self._logged,
            TeachingAnswered: self._answered,
            TeachingVoided: self._voided,
            CreditRuled: self._ruled,
            VendorRegistered: self._vendor_registered,
            VendorOnboardingLogged: self._logged,
            VendorOnboardingAnswered: self._answered,
            VendorOnboardingVoided: self._voided,
            HouseholdRegistered: self._household_registered,
            DigitalFamilyRecognised: self._family,
            DigitalFamilyRecognitionWithdrawn: self._family,
            PlacedAnew: self._placed_anew,
        }
        self._no_shares: list[dict[Any, int]] = []

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        wanted: dict[str, set[str]] = {kind: set() for kind in self.kinds}
        for _, fact in facts:
            match fact:
                case TeachingLogged() | TeachingAnswered() | TeachingVoided():
                    wanted[PERSON].add(fact.learner)
                case CreditRuled():
                    wanted[PERSON].add(fact.person)
                case VendorRegistered() | OnboardingFact():
                    wanted[VENDOR].add(fact.vendor)
                case HouseholdFact():
                    wanted[FAMILY].add(fact.household)
        for kind, subjects in wanted.items():
            self.kinds[kind].load(subjects)

    def change(self, position: int, fact: Fact) -> None:
        self._changes[type(fact)](position, fact)

    def _logged(self, _position: int, fact: TeachingLogged | VendorOnboardingLogged) -> None:
        kind, ref, claim = self._claim(fact)
        self._touch(kind, ref).claims[claim.teaching] = claim

    def _answered(self, position: int, fact: TeachingAnswered | VendorOnboardingAnswered) -> None:
        kind, ref, claim = self._claim(fact)
        subject = self._touch(kind, ref)
        known = subject.claims.setdefault(claim.teaching, claim)
        with _Passing(self, position, kind, ref, claim.skills):
            known.since = 0 if fact.answer is _NO else known.since or position
            known.able = fact.answer is _ABLE
            known.evidence = fact.evidence.value

    def _voided(self, position: int, fact: TeachingVoided | VendorOnboardingVoided) -> None:
        kind, ref, claim = self._claim(fact)
        subject = self._touch(kind, ref)
        with _Passing(self, position, kind, ref, claim.skills):
            subject.claims.pop(claim.teaching, None)

    def _ruled(self, position: int, fact: CreditRuled) -> None:
        subject = self._touch(self._persons, fact.person)
        with _Passing(self, position, self._persons, fact.person, (fact.skill,)):
            subject.ruled[fact.skill] = (fact.teaching, position)

    def _vendor_registered(self, _position: int, fact: VendorRegistered) -> None:
        subject = self._touch(self._vendors, fact.vendor)
        subject.owner, subject.lies = fact.person, self._placed.of(fact.market)

    def _placed_anew(self, position: int, fact: PlacedAnew) -> None:
        """Families, and vendors with their market; people are moved (`People.lives`)."""
        if fact.body is Body.HOUSEHOLD:
            self._touch(self._families, fact.subject).lies = fact.unit
        elif fact.body is Body.MARKET:
            for recorded in self.copy.history([Selector([VendorRegistered], [f"market:{fact.subject}"])]):
                if recorded.position < position and isinstance(recorded.fact, VendorRegistered):
                    self._touch(self._vendors, recorded.fact.vendor).lies = fact.unit

    def _household_registered(self, _position: int, fact: HouseholdRegistered) -> None:
        self._touch(self._families, fact.household).claims[fact.household] = Claim(
            fact.household, fact.ambassador, (STATUS,), fact.unit, fact.on.isoformat()
        )

    def _family(
        self, position: int, fact: DigitalFamilyRecognised | DigitalFamilyRecognitionWithdrawn
    ) -> None:
        claim = self._touch(self._families, fact.household).claims[fact.household]
        with _Passing(self, position, self._families, fact.household, (STATUS,)):
            holds = isinstance(fact, DigitalFamilyRecognised)
            claim.since = (claim.since or position) if holds else 0

    def _claim(self, fact: TeachingFact | OnboardingFact) -> tuple[Kind, str, Claim]:
        on = fact.on.isoformat()
        if isinstance(fact, TeachingFact):
            claim = Claim(fact.teaching, fact.ambassador, fact.skills, fact.unit, on)
            return self._persons, fact.learner, claim
        means = tuple(Skill(one.value) for one in fact.means)
        return self._vendors, fact.vendor, Claim(fact.onboarding, fact.ambassador, means, fact.unit, on)

    def _touch(self, kind: Kind, ref: str) -> Subject:
        """The subject, about to be changed; what is counted of it so far is noted first."""
        subject = kind.subject(ref)
        kind.changed[ref] = None
        today = kind.today(ref)
        if today not in kind.before:
            known = subject.claims or today != ref or ref in self._people.grouped
            kind.before[today] = self._shares(kind, today) if known else self._no_shares
        return subject

    def _shares(self, kind: Kind, today: str) -> list[dict[Any, int]]:
        group = kind.group(today)
        if not group.claims:
            return self._no_shares
        return [model.shares(kind.kind, group) for model in self.counting]

    def _before_regrouped(self, person: PersonId) -> None:
        """What is counted of somebody so far is noted under the group they still are in."""
        kind = self._persons
        today = kind.today(person)
        if today not in kind.before:
            kind.load(self._people.ids(person))
            kind.before[today] = self._shares(kind, today)

    def before_merge(self, _position: int, ids: frozenset[PersonId]) -> None:
        """Two ids become one person, or two again: what is counted of them, and of whom they taught,
        is taken back under the old ids, to be counted anew under the new ones."""
        self._affected = self._about(ids)
        self._credits: dict[tuple[str, str, Skill], Holder] = {}
        for name, refs in self._affected.items():
            kind = self.kinds[name]
            kind.load(refs)
            for today in dict.fromkeys(kind.today(ref) for ref in refs):
                before = kind.before.pop(today) if today in kind.before else self._shares(kind, today)
                self._moved(kind, before, self._no_shares)
                self._credits |= self._credits_of(kind, today)

    def after_merge(self, position: int, _ids: frozenset[PersonId]) -> None:
        held: dict[tuple[str, str, Skill], Holder] = {}
        for name, refs in self._affected.items():
            kind = self.kinds[name]
            for today in dict.fromkeys(kind.today(ref) for ref in refs):
                kind.before[today] = self._no_shares
                held |= self._credits_of(kind, today)
        for key in sorted(self._credits.keys() | held.keys()):
            was, now = self._credits.get(key), held.get(key)
            if was != now:
                for model in self.following:
                    model.passed(position, *key, was, now)

    def take_back(self, ambassador: PersonId, *, since: str) -> None:
        """Takes back what is counted of those whom somebody taught from a day (YYYY-MM-DD) on, which is
        counted anew at the end of the batch: something that it is counted by is about to change."""
        for name, refs in self._about(self._people.ids(ambassador), taught_since=since).items():
            kind = self.kinds[name]
            kind.load(refs)
            for today in dict.fromkeys(kind.today(ref) for ref in refs):
                before = kind.before.pop(today) if today in kind.before else self._shares(kind, today)
                self._moved(kind, before, self._no_shares)
                kind.before[today] = self._no_shares

    def between(self, begins: str, ends: str) -> Iterator[tuple[str, Group]]:
        """Everybody's claims, by kind and subject of today, of which one is of these days. All rows are
        read once, what waits to be written is written first; so it is asked between batches alone."""
        for kind in self.kinds.values():
            kind.rows.flush()
            told: set[str] = set()
            for ref in kind.claimed_between(self.copy.db, begins, ends):
                today = kind.today(ref)
                if today not in told:
                    if today != ref or ref in self._people.grouped:
                        told.add(today)
                    yield kind.kind, kind.group(today)
                kind.subjects.clear()

    def _credits_of(self, kind: Kind, today: str) -> dict[tuple[str, str, Skill], Holder]:
        if not self.following:
            return {}
        group = kind.group(today)
        return {(kind.kind, today, skill): _held(group, claim) for skill, claim in group.holders().items()}

    def _about(self, ids: frozenset[PersonId], taught_since: str | None = None) -> dict[str, list[str]]:
        """The subjects that these ids are, own, taught or registered; with a day, those alone that they
        taught or registered from then on. The ledger itself is asked, so that no index of it is needed;
        subjects it names that come later have no claims yet."""
        found: dict[str, dict[str, None]] = {PERSON: {}, VENDOR: {}, FAMILY: {}}
        kinds: list[type[Fact]] = [TeachingLogged, VendorOnboardingLogged, HouseholdRegistered]
        boundary = [Selector(kinds, [f"ambassador:{one}"]) for one in sorted(ids)]
        if taught_since is None:
            found[PERSON] = dict.fromkeys(sorted(ids))
            boundary += [Selector([VendorRegistered], [f"sells:{one}"]) for one in sorted(ids)]
        for recorded in self.copy.history(boundary):
            match recorded.fact:
                case TeachingLogged(on=on) | VendorOnboardingLogged(on=on) | HouseholdRegistered(on=on) if (
                    taught_since and on.isoformat() < taught_since
                ):
                    continue
                case TeachingLogged(learner=learner):
                    found[PERSON][learner] = None
                case VendorOnboardingLogged(vendor=vendor) | VendorRegistered(vendor=vendor):
                    found[VENDOR][vendor] = None
                case HouseholdRegistered(household=household):
                    found[FAMILY][household] = None
        return {kind: list(refs) for kind, refs in found.items()}

    def settle(self) -> None:
        for kind in self.kinds.values():
            for today, before in kind.before.items():
                self.copy.breathe()
                after = self._shares(kind, today)
                self._moved(kind, before, after)
            kind.hand_over()

    def _moved(self, kind: Kind, before: list[dict[Any, int]], after: list[dict[Any, int]]) -> None:
        for model, was, now in zip(
            self.counting,
            before or ({},) * len(self.counting),
            after or ({},) * len(self.counting),
            strict=True,
        ):
            if was != now:
                model.moved(kind.kind, was, now)


class _Passing:
    """Tells whoever follows it whether the credit for these skills passed on meanwhile. (A class, since
    a generator's context costs more than what is looked at.)"""

    __slots__ = ("claims", "kind", "position", "skills", "today", "was")

    def __init__(
        self, claims: Claims, position: int, kind: Kind, ref: str, skills: tuple[Skill, ...]
    ) -> None:
        self.claims = claims
        self.position = position
        self.kind = kind
        self.skills = skills
        self.today = kind.today(ref)

    def __enter__(self) -> None:
        if self.claims.following:
            group = self.kind.group(self.today)
            self.was = [_holder(group, skill) for skill in self.skills]

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if not self.claims.following or failed:
            return
        group = self.kind.group(self.today)
        for skill, was in zip(self.skills, self.was, strict=True):
            now = _holder(group, skill)
            if now != was:
                for model in self.claims.following:
                    model.passed(self.position, self.kind.kind, self.today, skill, was, now)


def _holder(group: Group, skill: Skill) -> Holder | None:
    claim = group.holder(skill)
    return None if claim is None else _held(group, claim)


def _held(group: Group, claim: Claim) -> Holder:
    ambassador = group.standing_for(claim.ambassador)
    return Holder(claim.teaching, ambassador, claim.on, claim.unit, claim.able, claim.evidence)
