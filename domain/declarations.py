"""What an ambassador declares of a household, and what a member answers for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.credit import NotInTheirOwnCase
from domain.entries import happened, stands
from domain.households import (
    AboutHousehold,
    AboutSomebody,
    Criterion,
    CriterionAnswered,
    CriterionLost,
    Declared,
    NotAMember,
)
from domain.model import Answer, Boundary, DeclarationId, Evidence, Fact, PersonId, Refused
from domain.who_is_who import Groups, Present, WhoIsWho


class NothingDeclared(Refused):
    """A declaration names at least one criterion."""


class SameCriterionTwice(Refused):
    """One declaration names a criterion (of a member) once."""


class NobodyNamed(Refused):
    """`proficient-member` is declared of a member; the other criteria of the household."""


class DeclarationExists(Refused):
    """This id is taken."""


class NoSuchDeclaration(Refused):
    """Nothing was declared under this id, or what was declared has been lost since."""


class AnswerNotOffered(Refused):
    """A declared criterion is met or it is not: `able` or `no`."""


class CriterionNotHeld(Refused):
    """What was never declared and confirmed cannot be lost."""


def check_declared(declared: tuple[Declared, ...]) -> None:
    if len(set(declared)) < len(declared):
        raise SameCriterionTwice(field="criteria")
    for one in declared:
        if (one.criterion is Criterion.PROFICIENT_MEMBER) is (one.member is None):
            raise NobodyNamed(field="criteria")


@dataclass(kw_only=True)
class DeclareCriteria(AboutHousehold):
    """An ambassador declares what a household meets; a member will answer for all of it at once.

    `aliases` holds the groups of members named who were ever merged.
    """

    declaration: DeclarationId
    ambassador: PersonId
    declared: tuple[Declared, ...]
    on: date
    aliases: Groups = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.present = Present([self.ambassador])
        self.who = WhoIsWho([one.member for one in self.declared if one.member], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.present.boundary(), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.present.weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        if not self.declared:
            raise NothingDeclared(field="criteria")
        check_declared(self.declared)
        happened(self.on, self.at)
        unit = self.must_exist().unit
        self.present.check()
        self.who.check()
        if self.declaration in self.home.declared:
            raise DeclarationExists
        if any(
            one.member and not self.who.ids(one.member) & self.home.members.keys() for one in self.declared
        ):
            raise NotAMember(field="criteria")
        self.record_declared(
            self.declaration, self.declared, unit=unit, ambassador=self.ambassador, on=self.on
        )


@dataclass(kw_only=True)
class AnswerDeclaration(AboutSomebody):
    """A member answers for what was declared of their household, each criterion `able` or `no`.

    Whoever declared it does not answer for it, even where they belong to the household.
    """

    declaration: DeclarationId
    answers: Mapping[Criterion, Answer]
    evidence: Evidence

    def execute(self) -> None:
        self.who.check()
        declared = self.home.declared.get(self.declaration)
        if not declared or not self.answers.keys() <= {one.criterion for one in declared}:
            raise NoSuchDeclaration
        if Answer.TAUGHT in self.answers.values():
            raise AnswerNotOffered(field="answer")
        if not self.belonging:
            raise NotAMember
        if any(self.who.same(one.ambassador, self.person) for one in declared):
            raise NotInTheirOwnCase
        for criterion, answer in self.answers.items():
            earlier = self.home.answers.get((self.declaration, criterion))
            if earlier is not None and stands(earlier, answer, self.evidence):
                continue
            self.record(
                CriterionAnswered(
                    at=self.at,
                    by=self.by,
                    household=self.household,
                    unit=declared[0].unit,
                    declaration=self.declaration,
                    criterion=criterion,
                    answer=answer,
                    evidence=self.evidence,
                )
            )


@dataclass(kw_only=True)
class LoseCriterion(AboutHousehold):
    """A household no longer meets what was declared (the telephone broke). It can be declared again."""

    criterion: Criterion

    def execute(self) -> None:
        unit = self.must_exist().unit
        if not self.home.holds(self.criterion):
            raise CriterionNotHeld
        self.record(
            CriterionLost(
                at=self.at, by=self.by, household=self.household, unit=unit, criterion=self.criterion
            )
        )
