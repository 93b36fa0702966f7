"""A household becomes, or ceases to be, a digital family (gia đình số)."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from domain.households import (
    AboutHousehold,
    Criterion,
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
)
from domain.model import Boundary, Fact, PersonId, Refused, Selector, Skill, Stale, TeachingId
from domain.teaching import TeachingAnswered, TeachingVoided
from domain.who_is_who import Groups, WhoIsWho


class CriteriaNotMet(Refused):
    """`criterion` is not met by what was shown."""


class FamilyNotRecognised(Refused):
    """No recognition stands, so none can be withdrawn."""


class FamilyStillMeetsCriteria(Refused):
    """Another look shows that the household meets the criteria."""


class FamilyRule(msgspec.Struct, frozen=True, kw_only=True):
    """What the criteria ask of a family."""

    proficient_skills: int
    teaches_member: bool
    declared: tuple[Criterion, ...]
    criteria: str


Confirmed = Mapping[TeachingId, TeachingAnswered]
"""Teachings that stand confirmed, with the answers that make them so, in order."""


@dataclass(kw_only=True)
class AboutFamily(AboutHousehold):
    """A household weighed against the criteria. `members` are the ids under which its members
    joined, as looked up (another set is `Stale`); `aliases` holds their groups, if merged.

    Reads what the members learned, which is little, however much their teachers teach. Family
    criteria read confirmations, whoever holds the credit.
    """

    members: tuple[PersonId, ...]
    rule: FamilyRule
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.who = WhoIsWho(self.members, self.aliases)
        self.confirmed: dict[TeachingId, TeachingAnswered] = {}

    def consistency_boundary(self) -> Boundary:
        kinds = (TeachingAnswered, TeachingVoided)
        ids = {one for member in self.members for one in self.who.ids(member)}
        return [
            *super().consistency_boundary(),
            *(Selector(kinds, [f"learner:{one}"]) for one in sorted(ids)),
            *self.who.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.who.weigh(fact)
        match fact:
            case TeachingAnswered() if fact.answer.confirms:
                self.confirmed[fact.teaching] = fact
            case TeachingAnswered() | TeachingVoided():
                self.confirmed.pop(fact.teaching, None)

    def check_looked_up(self) -> None:
        self.must_exist()
        self.who.check()
        if set(self.members) != self.home.members.keys():
            raise Stale

    def proof(self, confirmed: Confirmed) -> "FamilyProof":
        """What the status can rest on among these teachings. Raises `CriteriaNotMet`."""
        proficient, shown = self.proficient_member(confirmed)
        taught = self.taught_between_members(confirmed) if self.rule.teaches_member else None
        for criterion in self.rule.declared:
            if not self.home.holds(criterion):
                raise CriteriaNotMet(criterion=criterion.value)
        return FamilyProof(proficient=proficient, skills_shown=shown, taught=taught)

    def proficient_member(self, confirmed: Confirmed) -> tuple[PersonId, tuple[TeachingId, ...]]:
        for member in self.home.members:
            shown = self.shown_by(member, confirmed)
            if shown or self.home.holds(Criterion.PROFICIENT_MEMBER, self.who.ids(member)):
                return member, shown
        raise CriteriaNotMet(criterion=Criterion.PROFICIENT_MEMBER.value)

    def shown_by(self, member: PersonId, confirmed: Confirmed) -> tuple[TeachingId, ...]:
        """The earliest confirmed teachings that show enough skills; none if there are too few."""
        ids = self.who.ids(member)
        skills: set[Skill] = set()
        shown: list[TeachingId] = []
        for teaching, fact in confirmed.items():
            if fact.learner in ids and fact.ambassador not in ids and not skills.issuperset(fact.skills):
                skills.update(fact.skills)
                shown.append(teaching)
                if len(skills) >= self.rule.proficient_skills:
                    return tuple(shown)
        return ()

    def taught_between_members(self, confirmed: Confirmed) -> TeachingId:
        for teaching, fact in confirmed.items():
            if self.between_members(fact):
                return teaching
        raise CriteriaNotMet(criterion="teaches-member")

    def between_members(self, fact: TeachingAnswered) -> bool:
        """Whether a member was the teacher; who learned is one, or it would not have been read."""
        teacher = self.who.ids(fact.ambassador)
        return fact.learner not in teacher and not teacher.isdisjoint(self.home.members)


class FamilyProof(msgspec.Struct, frozen=True, kw_only=True):
    """Who is proficient, the teachings that show it (none where it was declared and answered
    for), and the teaching between members (None where the criteria do not ask for one)."""

    proficient: PersonId
    skills_shown: tuple[TeachingId, ...]
    taught: TeachingId | None


@dataclass(kw_only=True)
class RecogniseFamily(AboutFamily):
    """A household becomes a digital family, or stays one on other witnesses.

    Nothing is recorded while what the standing recognition rests on still holds.
    """

    def execute(self) -> None:
        self.check_looked_up()
        if self.home.recognised and self.still_holds(self.home.recognised):
            return
        household = self.must_exist()
        proof = self.proof(self.confirmed)
        self.record(
            DigitalFamilyRecognised(
                at=self.at,
                by=self.by,
                household=self.household,
                unit=household.unit,
                ambassador=household.ambassador,
                proficient=proof.proficient,
                skills_shown=proof.skills_shown,
                taught=proof.taught,
                declared=self.rule.declared,
                criteria=self.rule.criteria,
            )
        )

    def still_holds(self, recognised: DigitalFamilyRecognised) -> bool:
        """Whether the status can rest on what it rests on, and on nothing else."""
        named = {*recognised.skills_shown, *([recognised.taught] if recognised.taught else [])}
        confirmed = {teaching: fact for teaching, fact in self.confirmed.items() if teaching in named}
        try:
            proof = self.proof(confirmed)
        except CriteriaNotMet:
            return False
        return (
            confirmed.keys() == named
            and proof.taught == recognised.taught
            and self.who.same(proof.proficient, recognised.proficient)
        )


@dataclass(kw_only=True)
class WithdrawFamily(AboutFamily):
    """A household no longer meets the criteria, whatever witness one looks for."""

    def execute(self) -> None:
        self.check_looked_up()
        if self.home.recognised is None:
            raise FamilyNotRecognised
        try:
            self.proof(self.confirmed)
        except CriteriaNotMet:
            self.record(
                DigitalFamilyRecognitionWithdrawn(
                    at=self.at,
                    by=self.by,
                    household=self.household,
                    unit=self.home.recognised.unit,
                    criteria=self.rule.criteria,
                )
            )
        else:
            raise FamilyStillMeetsCriteria
