"""A person becomes, or ceases to be, a digital ambassador (đại sứ số)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.credit import CreditLine
from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    PersonId,
    Position,
    Refused,
    Selector,
    Skill,
    Stale,
    Tags,
    TeachingId,
    UnitId,
)
from domain.teaching import CreditRuled, TeachingAnswered, TeachingFact, TeachingVoided, learned
from domain.who_is_who import Groups, WhoIsWho


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One confirmed teaching whose credit the ambassador holds: one of the distinct persons."""

    teaching: TeachingId
    learner: PersonId
    skill: Skill


class AmbassadorRecognised(Fact, frozen=True, kw_only=True):
    """Rests on the named witnesses, and on criteria known by their content hash.

    Recorded again, with other witnesses, when a broken witness was replaced.
    """

    NAME = "ambassador-recognised"

    person: PersonId
    unit: UnitId
    witnesses: tuple[Witness, ...]
    criteria: str

    def tags(self) -> Tags:
        return (f"recognised:{self.person}", *(f"witness:{w.teaching}" for w in self.witnesses))


class AmbassadorRecognitionWithdrawn(Fact, frozen=True, kw_only=True):
    NAME = "ambassador-recognition-withdrawn"

    person: PersonId
    unit: UnitId
    criteria: str

    def tags(self) -> Tags:
        return (f"recognised:{self.person}",)


FACTS: Final = (AmbassadorRecognised, AmbassadorRecognitionWithdrawn)


class TooFewPeople(Refused):
    """The witnesses are fewer distinct persons than the criteria ask for."""


class NotRecognised(Refused):
    """No recognition stands, so none can be withdrawn."""


class StillMeetsCriteria(Refused):
    """The person holds the credit for as many distinct persons as the criteria ask for."""


Claim = tuple[PersonId, Skill]
"""A person and a skill whose credit is looked into."""


class Credits:
    """Who holds the credit for some persons' skills, read from the claims on exactly those."""

    def __init__(self, who: WhoIsWho, claims: Iterable[Claim]) -> None:
        self._who = who
        self._claims = tuple(dict.fromkeys((who.ids(person), skill) for person, skill in claims))
        self._lines: dict[Claim, CreditLine] = {
            (one, skill): CreditLine() for ids, skill in self._claims for one in sorted(ids)
        }
        self._weighed = 0

    def boundary(self) -> list[Selector]:
        kinds = (TeachingAnswered, TeachingVoided, CreditRuled)
        return [Selector(kinds, [learned(person, skill)]) for person, skill in self._lines]

    def weigh(self, fact: Fact) -> None:
        self._weighed += 1
        match fact:
            case TeachingFact():
                about = [(fact.learner, skill) for skill in fact.skills]
            case CreditRuled():
                about = [(fact.person, fact.skill)]
            case _:
                about = []
        for claim in about:
            if claim in self._lines:
                self._lines[claim].take(Position(self._weighed), fact)

    def held(self, witness: Witness, by: PersonId) -> bool:
        """Whether `by` holds the credit for the witness's skill, through that very teaching."""
        ids = self._who.ids(witness.learner)
        line = CreditLine.joined(self._lines[one, witness.skill] for one in ids)
        holder = line.holder(ids)
        return (
            holder is not None
            and holder.teaching == witness.teaching
            and self._who.same(holder.ambassador, by)
        )

    def people_of(self, ambassador: PersonId) -> int:
        """For how many distinct persons `ambassador` holds the credit, among these claims."""
        return len(
            {
                ids
                for ids, skill in self._claims
                if (holder := CreditLine.joined(self._lines[one, skill] for one in ids).holder(ids))
                and self._who.same(holder.ambassador, ambassador)
            }
        )


class Recognitions:
    """What recognitions stand for a person, over all their ids; the latest is the one that counts."""

    def __init__(self, who: WhoIsWho, person: PersonId) -> None:
        self._ids = sorted(who.ids(person))
        self.standing: dict[PersonId, AmbassadorRecognised] = {}

    def boundary(self) -> list[Selector]:
        return [Selector(FACTS, [f"recognised:{one}"]) for one in self._ids]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case AmbassadorRecognised():
                self.standing.pop(fact.person, None)
                self.standing[fact.person] = fact
            case AmbassadorRecognitionWithdrawn():
                self.standing.pop(fact.person, None)

    @property
    def latest(self) -> AmbassadorRecognised | None:
        return next(reversed(self.standing.values()), None)


@dataclass(kw_only=True)
class RecogniseAmbassador(Decision):
    """A person is recognised on the word of `witnesses`, or stays so on the word of others.

    `previous` are the witnesses of the recognition believed to stand (none, if none does): where
    all of them hold, nothing is recorded. `aliases` holds the groups of the person and of all
    learners named who were ever merged. What is read is the claims on the witnesses' skills and
    the merges of those named, so it costs the same for 5 learners and for 5,000.

    Raises `Stale` where a witness no longer holds, or another recognition stands.
    """

    person: PersonId
    unit: UnitId
    witnesses: tuple[Witness, ...]
    people_needed: int
    criteria: str
    by: By
    previous: tuple[Witness, ...] = ()
    aliases: Groups = ()

    def __post_init__(self) -> None:
        named = (*self.witnesses, *self.previous)
        self.who = WhoIsWho([self.person, *(witness.learner for witness in named)], self.aliases)
        self.credits = Credits(self.who, [(witness.learner, witness.skill) for witness in named])
        self.recognitions = Recognitions(self.who, self.person)

    def consistency_boundary(self) -> Boundary:
        return [*self.recognitions.boundary(), *self.credits.boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        self.who.weigh(fact)
        self.recognitions.weigh(fact)
        self.credits.weigh(fact)

    def execute(self) -> None:
        self.who.check()
        standing = self.recognitions.latest
        if standing and standing.witnesses not in (self.previous, self.witnesses):
            raise Stale
        if standing and self.hold(standing.witnesses) and self.enough(standing.witnesses):
            return
        if not self.hold(self.witnesses):
            raise Stale
        if not self.enough(self.witnesses):
            raise TooFewPeople(needed=self.people_needed)
        self.record(
            AmbassadorRecognised(
                at=self.at,
                by=self.by,
                person=self.person,
                unit=self.unit,
                witnesses=self.witnesses,
                criteria=self.criteria,
            )
        )

    def hold(self, witnesses: tuple[Witness, ...]) -> bool:
        """Each witness's credit is the person's."""
        return all(self.credits.held(witness, self.person) for witness in witnesses)

    def enough(self, witnesses: tuple[Witness, ...]) -> bool:
        return self.who.distinct(witness.learner for witness in witnesses) >= self.people_needed


@dataclass(kw_only=True)
class WithdrawAmbassador(Decision):
    """A person no longer holds the credit for enough people. Only this reads everything of theirs.

    `claims` are all persons and skills for which a confirmation by this ambassador stands, as
    looked up; one that was overlooked is `Stale`. `aliases` as in `RecogniseAmbassador`.
    """

    person: PersonId
    unit: UnitId
    claims: tuple[Claim, ...]
    people_needed: int
    criteria: str
    by: By
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.who = WhoIsWho([self.person, *(learner for learner, _ in self.claims)], self.aliases)
        self.credits = Credits(self.who, self.claims)
        self.recognitions = Recognitions(self.who, self.person)
        self.confirmed: dict[TeachingId, TeachingAnswered] = {}

    def consistency_boundary(self) -> Boundary:
        kinds = (TeachingAnswered, TeachingVoided)
        return [
            *self.recognitions.boundary(),
            *(Selector(kinds, [f"ambassador:{one}"]) for one in sorted(self.who.ids(self.person))),
            *self.credits.boundary(),
            *self.who.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.who.weigh(fact)
        self.recognitions.weigh(fact)
        self.credits.weigh(fact)
        match fact:
            case TeachingAnswered() if fact.answer.confirms and self.who.same(fact.ambassador, self.person):
                self.confirmed[fact.teaching] = fact
            case TeachingAnswered() | TeachingVoided():
                self.confirmed.pop(fact.teaching, None)

    def execute(self) -> None:
        self.who.check()
        if not self.recognitions.standing:
            raise NotRecognised
        known = {(one, skill) for learner, skill in self.claims for one in self.who.ids(learner)}
        if any(
            (fact.learner, skill) not in known for fact in self.confirmed.values() for skill in fact.skills
        ):
            raise Stale
        if self.credits.people_of(self.person) >= self.people_needed:
            raise StillMeetsCriteria
        for person in self.recognitions.standing:
            self.record(
                AmbassadorRecognitionWithdrawn(
                    at=self.at, by=self.by, person=person, unit=self.unit, criteria=self.criteria
                )
            )
