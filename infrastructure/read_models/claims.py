"""What is claimed and confirmed of each person, vendor and family: the fold that credit comes from.

A row holds all claims about one subject, so that whoever holds the credit for it, and every figure
it counts in, follows from that row alone (with the rows of merged ids). Boards, figures and credit
spans are not added up from facts: they are told how a subject's share changed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy import Column, LargeBinary, Table, select

from domain.households import (
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
    HouseholdFact,
    HouseholdRegistered,
)
from domain.model import Answer, Fact, PersonId, Selector, Skill, UnitId
from domain.onboarding import (
    OnboardingFact,
    VendorOnboardingAnswered,
    VendorOnboardingLogged,
    VendorOnboardingVoided,
)
from domain.placed import Body, PlacedAnew
from domain.teaching import CreditRuled, TeachingAnswered, TeachingFact, TeachingLogged, TeachingVoided
from domain.vendors import VendorRegistered
from infrastructure.database import derived
from infrastructure.read_models.columns import Id
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.placed import Placed
from infrastructure.read_models.rows import Rows

PERSON: Final = "person"
VENDOR: Final = "vendor"
FAMILY: Final = "family"
STATUS: Final = Skill("status")
"""What a family is claimed for: the status of a digital family."""


def _claims_table(kind: str) -> Table:
    return Table(
        f"claims_{kind}_v2",
        derived,
        Column("subject", Id, primary_key=True, comment="the id under which it was logged"),
        Column("state", LargeBinary, nullable=False, comment="JSON of `Subject`"),
    )


_TABLES: Final = {kind: _claims_table(kind) for kind in (PERSON, VENDOR, FAMILY)}


class Claim(msgspec.Struct, array_like=True, gc=False):
    """A teaching, onboarding or registration that was not voided. `since` is the position of the
    answer that turned it from unconfirmed to confirmed, 0 while it is not; `on` is YYYY-MM-DD;
    `evidence` is how the answer that stands reached us, empty without one."""

    teaching: str
    ambassador: PersonId
    skills: tuple[Skill, ...]
    unit: str
    on: str
    since: int = 0
    able: bool = False
    evidence: str = ""


class Subject(msgspec.Struct, array_like=True, gc=False):
    """All claims about one id of a person, a vendor or a family, and the latest ruling for each
    skill (teaching and position). `owner` is the person behind a vendor; `lies` where a family, or the
    market of a vendor, was placed since its commune was divided."""

    claims: dict[str, Claim] = {}
    ruled: dict[Skill, tuple[str, int]] = {}
    owner: PersonId | None = None
    lies: UnitId | None = None


class ClaimsRow(msgspec.Struct, gc=False):
    subject: str
    state: bytes


class Group:
    """All claims about one subject of today, under whichever ids they were logged.

    `one` is its id of today; `standing_for` tells who stands for an ambassador's; `selves` are the ids of
    the subject's own person, since nobody counts for having taught themselves. `lives` is where they live
    or lie today, where that matters: some commune was divided, and they were placed.
    """

    __slots__ = ("claims", "lives", "one", "parts", "standing_for")

    def __init__(
        self,
        one: str,
        parts: Sequence[Subject],
        selves: frozenset[PersonId],
        standing_for: Callable[[PersonId], PersonId],
        lives: UnitId | None,
    ) -> None:
        self.one = one
        self.parts = parts
        self.standing_for = standing_for
        self.lives = lives
        self.claims = [
            claim for part in parts for claim in part.claims.values() if claim.ambassador not in selves
        ]

    def holder(self, skill: Skill) -> Claim | None:
        """Who holds the credit: as `domain.credit.CreditLine` says, the one ruled for while it
        stands, else the earliest confirmed."""
        best: Claim | None = None
        for claim in self.claims:
            if claim.since and skill in claim.skills and (best is None or claim.since < best.since):
                best = claim
        if best is None:
            return None
        ruled = self._ruled(skill)
        if ruled is not None and ruled != best.teaching:
            for claim in self.claims:
                if claim.teaching == ruled and claim.since and skill in claim.skills:
                    return claim
        return best

    def holders(self) -> dict[Skill, Claim]:
        """Whoever holds the credit for each skill that anybody holds it for."""
        claims = self.claims
        if len(claims) == 1:
            only = claims[0]
            return dict.fromkeys(only.skills, only) if only.since else {}
        skills = dict.fromkeys(skill for claim in claims if claim.since for skill in claim.skills)
        return {skill: claim for skill in skills if (claim := self.holder(skill)) is not None}

    def _ruled(self, skill: Skill) -> str | None:
        latest: tuple[str, int] | None = None
        for part in self.parts:
            ruling = part.ruled.get(skill)
            if ruling is not None and (latest is None or ruling[1] > latest[1]):
                latest = ruling
        return latest[0] if latest is not None else None


class Counts(Protocol):
    """A read model that counts shares of subjects: what a group contributes, and how that changed."""

    def shares(self, kind: str, group: Group, /) -> dict[Any, int]:
        """Bits (a `Share`) by whatever key the model counts under."""
        ...

    def moved(self, kind: str, before: dict[Any, int], after: dict[Any, int]) -> None: ...


class Follows(Protocol):
    """A read model that is told each time the credit for a subject's skill passes on."""

    def passed(
        self, position: int, kind: str, subject: str, skill: Skill, was: "Holder | None", now: "Holder | None"
    ) -> None: ...


class Holder(msgspec.Struct, frozen=True):
    """Who holds a credit: by this teaching the ambassador of today, `able` or not at that time, by
    an answer with this `evidence`."""

    teaching: str
    ambassador: PersonId
    on: str
    unit: str
    able: bool
    evidence: str


class Share:
    """Bits of what one subject contributes to one figure."""

    CLAIMED: Final = 1
    CONFIRMED: Final = 2
    CREDITED: Final = 4
    ABLE: Final = 8
    ELSEWHERE: Final = 16
    """Confirmed otherwise than on a mentor's phone."""


class _Kind:
    """The subjects of one kind, and what of them changed in this batch."""

    def __init__(self, kind: str, rows: Rows[ClaimsRow], people: People) -> None:
        self.kind = kind
        self.rows = rows
        self.people = people
        self.subjects: dict[str, Subject] = {}
        self.changed: dict[str, None] = {}
        self.before: dict[str, list[dict[Any, int]]] = {}
        """By today's subject: what each counting model had counted of it when the batch began."""

    def load(self, subjects: Iterable[str]) -> None:
        missing = [subject for subject in subjects if subject not in self.subjects]
        self.rows.load(missing)
        for subject in missing:
            if (row := self.rows.get(subject)) is not None:
                self.subjects[subject] = _DECODER.decode(row.state)

    def subject(self, ref: str) -> Subject:
        found = self.subjects.get(ref)
        if found is None:
            row = self.rows.get(ref)
            found = Subject() if row is None else _DECODER.decode(row.state)
            self.subjects[ref] = found
        return found

    def today(self, ref: str) -> str:
        """The subject that an id stands for today: persons merge, vendors and families do not."""
        return self.people.now(PersonId(ref)) if self.kind == PERSON else ref

    def group(self, today: str) -> Group:
        now = self.people.now
        if self.kind == PERSON:
            ids = self.people.ids(PersonId(today))
            parts = [self.subject(today)] if len(ids) == 1 else [self.subject(one) for one in sorted(ids)]
            return Group(today, parts, ids, now, self.people.lives(PersonId(today)))
        subject = self.subject(today)
        selves = _NOBODY if subject.owner is None else self.people.ids(subject.owner)
        return Group(today, [subject], selves, now, subject.lies)

    def hand_over(self) -> None:
        """Hands the changed subjects to be written."""
        for ref in self.changed:
            self.rows.put(ClaimsRow(ref, _ENCODER.encode(self.subjects[ref])))
        self.changed.clear()
        self.subjects.clear()
        self.before.clear()


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Subject)
_AT_ONCE: Final = 5_000
_NOBODY: Final[frozenset[PersonId]] = frozenset()


_ABLE: Final = Answer.ABLE
_NO: Final = Answer.NO
"""Named here, since members of an enumeration take long to look up, and each answer asks for them."""


class Claims(Model):
    name = "claims"
    version = 3
    tables = tuple(_TABLES.values())
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
        self.kinds = {
            kind: _Kind(kind, copy.rows(table, ClaimsRow), people) for kind, table in _TABLES.items()
        }
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

    def _claim(self, fact: TeachingFact | OnboardingFact) -> tuple[_Kind, str, Claim]:
        on = fact.on.isoformat()
        if isinstance(fact, TeachingFact):
            claim = Claim(fact.teaching, fact.ambassador, fact.skills, fact.unit, on)
            return self._persons, fact.learner, claim
        means = tuple(Skill(one.value) for one in fact.means)
        return self._vendors, fact.vendor, Claim(fact.onboarding, fact.ambassador, means, fact.unit, on)

    def _touch(self, kind: _Kind, ref: str) -> Subject:
        """The subject, about to be changed; what is counted of it so far is noted first."""
        subject = kind.subject(ref)
        kind.changed[ref] = None
        today = kind.today(ref)
        if today not in kind.before:
            known = subject.claims or today != ref or ref in self._people.grouped
            kind.before[today] = self._shares(kind, today) if known else self._no_shares
        return subject

    def _shares(self, kind: _Kind, today: str) -> list[dict[Any, int]]:
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
            for ref in self._subjects_between(kind, begins, ends):
                today = kind.today(ref)
                if today not in told:
                    if today != ref or ref in self._people.grouped:
                        told.add(today)
                    yield kind.kind, kind.group(today)
                kind.subjects.clear()

    def _subjects_between(self, kind: _Kind, begins: str, ends: str) -> Iterator[str]:
        table, last = kind.rows.table, ""
        while True:
            query = select(table.c.subject, table.c.state).where(table.c.subject > last)
            some = self.copy.db.execute(query.order_by(table.c.subject).limit(_AT_ONCE)).all()
            for ref, state in some:
                subject = _DECODER.decode(state)
                if any(begins <= claim.on <= ends for claim in subject.claims.values()):
                    kind.subjects[ref] = subject
                    yield ref
            if len(some) < _AT_ONCE:
                return
            last = some[-1][0]

    def _credits_of(self, kind: _Kind, today: str) -> dict[tuple[str, str, Skill], Holder]:
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

    def _moved(self, kind: _Kind, before: list[dict[Any, int]], after: list[dict[Any, int]]) -> None:
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
        self, claims: Claims, position: int, kind: _Kind, ref: str, skills: tuple[Skill, ...]
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
