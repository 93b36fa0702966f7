"""Criteria declared of a family by the ambassador, and answered for by a member."""

from collections.abc import Iterable, Sequence

import msgspec

from application.actors import Actor
from application.deciding import Plan, Sent, decided, stood, submitted
from application.forms.households import CriteriaForm, CriterionLostForm
from application.ids import new_id
from application.lookups import People, acting, household_of, reached_household
from application.participants import code_of
from application.ports import CodeHolder, Ground, Receipt, Recorded
from domain.declarations import AnswerDeclaration, DeclareCriteria, LoseCriterion, NoSuchDeclaration
from domain.households import Criterion, CriterionAnswered, CriterionDeclared, Declared, NotAMember
from domain.model import (
    Answer,
    By,
    DeclarationId,
    Evidence,
    HouseholdId,
    PersonId,
    Position,
    Refused,
    Role,
    Selector,
)


class NobodyToAnswer(Refused):
    """The household has no member but the ambassador, who cannot answer for what they declare."""


class DeclarationCode(msgspec.Struct, frozen=True):
    """The code by which `person`, a member, answers for what was declared; both None once erased."""

    declaration: DeclarationId
    person: PersonId | None
    code: str | None


class CriteriaDeclared(msgspec.Struct, frozen=True):
    household: HouseholdId
    position: Position
    declaration: DeclarationCode
    again: bool


class CriterionGone(msgspec.Struct, frozen=True):
    household: HouseholdId
    position: Position
    again: bool


class DeclarationAnswered(msgspec.Struct, frozen=True):
    declaration: DeclarationId
    household: HouseholdId
    position: Position
    again: bool


async def declare(ground: Ground, actor: Actor, household: str, form: CriteriaForm) -> CriteriaDeclared:
    """An ambassador declares what a family meets, and gets the code by which a member answers."""

    def plan(again: bool) -> Plan:
        home = reached_household(ground, actor, household, Role.AMBASSADOR)
        members = tuple(household_of(ground.ledger, household).members)
        declaration = DeclarationId(new_id())
        answers = _asked(ground, actor, form, members)
        code = code_of(ground, form.code, field="code") or ground.vault.new_code()
        sealing = ground.vault.sealing([answers])
        sealing.code(code, kind="declaration", subject=declaration, person=answers)
        proficient = PersonId(form.proficient) if form.proficient else None
        decision = DeclareCriteria(
            household=home.household,
            declaration=declaration,
            ambassador=acting(ground.ledger, actor, again=again),
            declared=tuple(one_declared(criterion, proficient) for criterion in form.criteria),
            on=form.on,
            aliases=People(ground.ledger, [proficient]).groups_of_ids() if proficient else (),
            by=actor.by,
        )
        return Plan(decision, sealing.rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, household))
    declaration = declaration_code(ground, receipt)
    if declaration is None:
        raise AssertionError("a declaration records what it declares")
    return CriteriaDeclared(
        household=HouseholdId(household),
        position=receipt.position,
        declaration=declaration,
        again=receipt.again,
    )


async def lose(ground: Ground, actor: Actor, household: str, form: CriterionLostForm) -> CriterionGone:
    """A family no longer meets what was declared of it."""

    def plan(_again: bool) -> Plan:
        home = reached_household(ground, actor, household)
        return Plan(LoseCriterion(household=home.household, criterion=form.criterion, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, household))
    return CriterionGone(household=HouseholdId(household), position=receipt.position, again=receipt.again)


async def answer_declaration(
    ground: Ground, holder: CodeHolder, answer: Answer, evidence: Evidence, sent: Sent | None = None
) -> DeclarationAnswered:
    """A member's one answer to all that was declared together. The same again changes nothing."""
    declaration = DeclarationId(holder.subject)

    def plan(_again: bool) -> Plan:
        household = declared(ground, declaration)[0].household
        criteria = household_of(ground.ledger, household).declared.get(declaration, ())
        decision = AnswerDeclaration(
            household=household,
            declaration=declaration,
            person=holder.person,
            answers={one.criterion: answer for one in criteria},
            evidence=evidence,
            aliases=People(ground.ledger, [holder.person]).groups_of_ids(),
            by=sent.by if sent else By(f"code:{declaration}"),
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, sent.submission if sent else None)
    return DeclarationAnswered(
        declaration=declaration,
        household=declared(ground, declaration)[0].household,
        position=receipt.position if receipt.facts else answers_to(ground, declaration)[-1].position,
        again=stood(receipt),
    )


def answers_to(ground: Ground, declaration: DeclarationId) -> Sequence[Recorded]:
    """The answers to a declaration, in order."""
    return ground.ledger.history([Selector([CriterionAnswered], [f"declaration:{declaration}"])])


def declared(ground: Ground, declaration: DeclarationId) -> list[CriterionDeclared]:
    """What was declared together, lost or not. Raises `NoSuchDeclaration`."""
    history = ground.ledger.history([Selector([CriterionDeclared], [f"declaration:{declaration}"])])
    facts = [one.fact for one in history if isinstance(one.fact, CriterionDeclared)]
    if not facts:
        raise NoSuchDeclaration
    return facts


def answering(members: Iterable[PersonId], ambassadors: Iterable[PersonId]) -> PersonId:
    """The first member who is not the ambassador. Raises `NobodyToAnswer`."""
    theirs = frozenset(ambassadors)
    for member in members:
        if member not in theirs:
            return member
    raise NobodyToAnswer(field="members")


def _asked(ground: Ground, actor: Actor, form: CriteriaForm, members: tuple[PersonId, ...]) -> PersonId:
    """The member who is to answer, by the id that stands for them."""
    people = People(ground.ledger, [actor.person, *members])
    now = [people.now(member) for member in members]
    if form.answers is None:
        return answering(now, [people.now(actor.person)])
    answers = People(ground.ledger, [PersonId(form.answers)]).now(PersonId(form.answers))
    if answers not in now:
        raise NotAMember(field="answers")
    return answers


def one_declared(criterion: Criterion, proficient: PersonId | None) -> Declared:
    meant = proficient if criterion is Criterion.PROFICIENT_MEMBER else None
    return Declared(criterion=criterion, member=meant)


def declaration_code(ground: Ground, receipt: Receipt) -> DeclarationCode | None:
    """The code as it was sealed: its holder is known to the vault, and to nobody else."""
    for fact in receipt.facts:
        if isinstance(fact, CriterionDeclared):
            code = ground.vault.codes([fact.declaration]).get(fact.declaration)
            holder = ground.vault.find_code(code) if code else None
            return DeclarationCode(fact.declaration, holder.person if holder else None, code)
    return None
