"""Who holds the credit for one person's one skill, and how an organizer rules between claims."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from domain.model import (
    Answer,
    Boundary,
    By,
    Decision,
    Fact,
    PersonId,
    Position,
    Refused,
    Selector,
    Skill,
    TeachingId,
    UnitId,
    VoidReason,
)
from domain.teaching import CreditRuled, TeachingAnswered, TeachingVoided, learned
from domain.who_is_who import Groups, WhoIsWho


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """A teaching that stands confirmed. `since` is the position of the answer that turned it
    from unconfirmed to confirmed; `learner` is the id under which it was logged."""

    teaching: TeachingId
    ambassador: PersonId
    learner: PersonId
    unit: UnitId
    on: date
    able: bool
    since: Position


class CreditLine(msgspec.Struct, kw_only=True):
    """The standing confirmations of one person's one skill, and so who holds the credit for it.

    Kept per id of a learner and skill; after a merge the lines of all ids of a person are
    `joined`, and an undone merge parts them again without loss. Feed it that id's answers,
    voids and rulings in the order of their positions.
    """

    standing: dict[TeachingId, Confirmation] = {}
    ruled: TeachingId | None = None
    ruled_at: Position = Position(0)

    def take(self, position: Position, fact: Fact) -> None:
        match fact:
            case TeachingAnswered(answer=answer) if answer.confirms:
                self.confirm(
                    Confirmation(
                        teaching=fact.teaching,
                        ambassador=fact.ambassador,
                        learner=fact.learner,
                        unit=fact.unit,
                        on=fact.on,
                        able=answer is Answer.ABLE,
                        since=position,
                    )
                )
            case TeachingAnswered() | TeachingVoided():
                self.drop(fact.teaching)
            case CreditRuled():
                self.ruled, self.ruled_at = fact.teaching, position

    def confirm(self, confirmation: Confirmation) -> None:
        """Able that becomes taught keeps its place; one that was denied comes back last."""
        earlier = self.standing.get(confirmation.teaching)
        if earlier is not None:
            confirmation = msgspec.structs.replace(confirmation, since=earlier.since)
        self.standing[confirmation.teaching] = confirmation

    def drop(self, teaching: TeachingId) -> None:
        self.standing.pop(teaching, None)

    def counting(self, aliases: Collection[PersonId]) -> list[Confirmation]:
        """The confirmations that may hold the credit, earliest first. `aliases` are all ids of
        the learner: who turned out to have taught themselves never counts."""
        return [one for one in self.standing.values() if one.ambassador not in aliases]

    def holder(self, aliases: Collection[PersonId]) -> Confirmation | None:
        """Who holds the credit: the one ruled for while it stands, else the earliest."""
        counting = self.counting(aliases)
        for confirmation in counting:
            if confirmation.teaching == self.ruled:
                return confirmation
        return counting[0] if counting else None

    @staticmethod
    def joined(lines: Iterable["CreditLine"]) -> "CreditLine":
        """The line of a person with several ids: all confirmations in order, the latest ruling."""
        lines = tuple(lines)
        every = sorted((one for line in lines for one in line.standing.values()), key=lambda one: one.since)
        latest = max(lines, key=lambda line: line.ruled_at, default=CreditLine())
        return CreditLine(
            standing={one.teaching: one for one in every}, ruled=latest.ruled, ruled_at=latest.ruled_at
        )


class NothingToRule(Refused):
    """A ruling needs two standing confirmations by different ambassadors."""


class NotConfirmed(Refused):
    """The teaching named by the ruling does not stand confirmed for this person and skill."""


class NotInTheirOwnCase(Refused):
    """Who taught or learned it does not rule on it."""


@dataclass(kw_only=True)
class RuleCredit(Decision):
    """Between several claims to one person's skill, an organizer (`ruler`) rules for one teaching.

    `aliases` holds the groups of the learner and of the ruler where they were ever merged.
    """

    person: PersonId
    skill: Skill
    teaching: TeachingId
    reason: VoidReason
    ruler: PersonId
    by: By
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.who = WhoIsWho([self.person, self.ruler], self.aliases)
        self.line = CreditLine()
        self.weighed = 0

    def consistency_boundary(self) -> Boundary:
        return [
            *(
                Selector([TeachingAnswered, TeachingVoided, CreditRuled], [learned(one, self.skill)])
                for one in self.who.ids(self.person)
            ),
            *self.who.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.who.weigh(fact)
        self.weighed += 1
        self.line.take(Position(self.weighed), fact)

    def execute(self) -> None:
        self.who.check()
        claims = self.line.counting(self.who.ids(self.person))
        if self.who.distinct(claim.ambassador for claim in claims) < 2:
            raise NothingToRule
        chosen = next((claim for claim in claims if claim.teaching == self.teaching), None)
        if chosen is None:
            raise NotConfirmed
        if any(self.who.same(self.ruler, one) for one in (self.person, *(c.ambassador for c in claims))):
            raise NotInTheirOwnCase
        if self.line.ruled == self.teaching:
            return
        self.record(
            CreditRuled(
                at=self.at,
                by=self.by,
                person=chosen.learner,  # the id it was taught under, so that it survives an undone merge
                skill=self.skill,
                teaching=self.teaching,
                ambassador=chosen.ambassador,
                reason=self.reason,
            )
        )
