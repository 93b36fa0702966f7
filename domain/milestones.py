"""Steps on a person's own way: a digital identity, a first online public service, a first payment.

Said by the person, by a witness who was there, or by an office's list. What the person says outweighs
what others say of them; what was imported outweighs nothing and confirms nothing.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.entries import happened
from domain.model import (
    Boundary,
    By,
    Decision,
    Evidence,
    Fact,
    PersonId,
    Refused,
    Selector,
    Tags,
    UnitId,
)
from domain.people import Newcomer
from domain.who_is_who import Groups, Present, WhoIsWho


class Milestone(StrEnum):
    """In the order in which they are asked for."""

    DIGITAL_IDENTITY = "digital-identity"
    CONFIRMED_ON_VNEID = "confirmed-on-vneid"
    DIGITAL_SIGNATURE = "digital-signature"
    ONLINE_COURSE = "online-course"
    ONLINE_PUBLIC_SERVICE = "online-public-service"
    CASHLESS_PAYMENT = "cashless-payment"

    @property
    def from_sixteen(self) -> bool:
        """Whether the plans ask it of those from 16 years on, and of nobody younger (S1)."""
        return self in (Milestone.DIGITAL_IDENTITY, Milestone.CONFIRMED_ON_VNEID)


class MilestoneFact(Fact, frozen=True, kw_only=True):
    """`unit` is where the person lived; `evidence` is none for what was imported."""

    person: PersonId
    milestone: Milestone
    unit: UnitId
    on: date
    evidence: Evidence | None

    def tags(self) -> Tags:
        return (milestones_of(self.person),)


def milestones_of(person: PersonId) -> str:
    """The tag under which all that is said of one person's milestones stands."""
    return f"milestone:{person}"


class MilestoneReached(MilestoneFact, frozen=True, kw_only=True):
    NAME = "milestone-reached"


class MilestoneDenied(MilestoneFact, frozen=True, kw_only=True):
    """It was not so: said by the person, or taken back by a witness. What stands by stronger evidence
    is not denied by weaker."""

    NAME = "milestone-denied"


FACTS: Final = (MilestoneReached, MilestoneDenied)


class TooYoung(Refused):
    """The plans ask this from `years` years on, and the person is younger."""


class NobodyWitnessesThemselves(Refused):
    """A witness speaks of somebody else; of oneself one answers."""


class SaidMoreSurely(Refused):
    """What stands was said by the person, or by a witness, and is surer than this."""


FROM_YEARS: Final = 16


def weaker(one: Evidence | None, other: Evidence | None) -> bool:
    """Whether what reached us so is less sure. What was imported is the least sure of all."""
    if one is None or other is None:
        return one is None and other is not None
    return one.weaker_than(other)


def strength(evidence: Evidence | None) -> int:
    """To order by: the surer, the larger; 0 for what was imported."""
    return 0 if evidence is None else len(Evidence) - list(Evidence).index(evidence)


class Standing:
    """What stands of one person's milestones, under all their ids: of each the surest that was said,
    and of what is equally sure the last."""

    def __init__(self) -> None:
        self.last: dict[Milestone, MilestoneReached | MilestoneDenied] = {}

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, (MilestoneReached, MilestoneDenied)):
            before = self.last.get(fact.milestone)
            if before is None or not weaker(fact.evidence, before.evidence):
                self.last[fact.milestone] = fact

    def reached(self, milestone: Milestone) -> MilestoneReached | None:
        found = self.last.get(milestone)
        return found if isinstance(found, MilestoneReached) else None

    def denied(self, milestone: Milestone) -> MilestoneDenied | None:
        found = self.last.get(milestone)
        return found if isinstance(found, MilestoneDenied) else None


@dataclass(kw_only=True)
class AboutMilestone(Decision):
    """What decisions about a milestone have in common. `witness` is who speaks of somebody else;
    `aliases` are the groups of ids of the two, where they were ever merged."""

    person: PersonId
    milestone: Milestone
    evidence: Evidence | None
    by: By
    witness: PersonId | None = None
    aliases: Groups = ()
    newcomer: Newcomer | None = None

    def __post_init__(self) -> None:
        known = [] if self.newcomer else [self.person]
        self.present = Present(known)
        self.who = WhoIsWho([*known, *([self.witness] if self.witness else [])], self.aliases)
        self.standing = Standing()

    def consistency_boundary(self) -> Boundary:
        said = (MilestoneReached, MilestoneDenied)
        return [
            *(Selector(said, [milestones_of(one)]) for one in sorted(self.who.ids(self.person))),
            *self.present.boundary(),
            *self.who.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.present.weigh(fact)
        self.who.weigh(fact)
        self.standing.weigh(fact)

    def check_people(self) -> None:
        self.present.check()
        self.who.check()
        if self.witness and self.who.same(self.witness, self.person):
            raise NobodyWitnessesThemselves


@dataclass(kw_only=True)
class ReachMilestone(AboutMilestone):
    """A person got there. Said again no more surely than before, it is not recorded again.

    `too_young` is what the vault knows of their age on that day."""

    unit: UnitId
    on: date
    too_young: bool = False

    def execute(self) -> None:
        self.check_people()
        happened(self.on, self.at)
        if self.too_young and self.milestone.from_sixteen:
            raise TooYoung(years=FROM_YEARS)
        denied = self.standing.denied(self.milestone)
        if denied is not None and weaker(self.evidence, denied.evidence):
            raise SaidMoreSurely
        before = self.standing.reached(self.milestone)
        if before is not None and not weaker(before.evidence, self.evidence):
            return
        if self.newcomer is not None:
            for fact in self.newcomer.facts(self.at, self.by, self.unit):
                self.record(fact)
        self.record(
            MilestoneReached(
                at=self.at,
                by=self.by,
                person=self.person,
                milestone=self.milestone,
                unit=self.unit,
                on=self.on,
                evidence=self.evidence,
            )
        )


@dataclass(kw_only=True)
class DenyMilestone(AboutMilestone):
    """It was not so, or is taken back. Where nothing was said there is nothing to deny."""

    def execute(self) -> None:
        self.check_people()
        before = self.standing.reached(self.milestone)
        if before is None:
            return
        if weaker(self.evidence, before.evidence):
            raise SaidMoreSurely
        self.record(
            MilestoneDenied(
                at=self.at,
                by=self.by,
                person=self.person,
                milestone=self.milestone,
                unit=before.unit,
                on=before.on,
                evidence=self.evidence,
            )
        )


OWN: Final = (Evidence.OWN_DEVICE, Evidence.SHARED_DEVICE)
"""The person's own answer, not on the phone of whoever taught them."""
