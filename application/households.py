"""Families: registered with their members; criteria declared by the ambassador, answered by a member."""

from collections.abc import Iterable

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.forms import CriteriaForm, CriterionLostForm, HouseholdForm, MemberForm, MemberLeftForm
from application.ids import new_id
from application.lookups import People, acting, is_theirs
from application.participants import code_of, newcomers, participants, sealed
from application.ports import CodeHolder, Ground, Receipt
from domain.households import FACTS as HOUSEHOLD_FACTS
from domain.households import (
    AnswerDeclaration,
    Criterion,
    CriterionDeclared,
    DeclareCriteria,
    Declared,
    Household,
    HouseholdFact,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    JoinHousehold,
    LeaveHousehold,
    LoseCriterion,
    NoSuchDeclaration,
    NoSuchHousehold,
    NotAMember,
    RegisterHousehold,
)
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


class HouseholdLogged(msgspec.Struct, frozen=True):
    """`declaration` is None where nothing was declared."""

    household: HouseholdId
    position: Position
    members: tuple[PersonId, ...]
    declaration: DeclarationCode | None
    again: bool


class MemberChanged(msgspec.Struct, frozen=True):
    """Somebody joined or left."""

    household: HouseholdId
    person: PersonId
    position: Position
    again: bool


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


async def register_household(ground: Ground, actor: Actor, form: HouseholdForm) -> HouseholdLogged:
    """A family with its first members; it will count for the actor, an ambassador.

    What is declared is answered for by the first member who is not the actor."""

    def plan(again: bool) -> Plan:
        unit = actor.unit(form.unit, Role.AMBASSADOR, units=ground.units)
        people = participants(
            ground, actor, form.members, unit=unit, on=form.on, field="members.{}", again=again
        )
        members = tuple(one.person for one in people)
        ambassador = acting(ground.ledger, actor, again=again)
        sealing = sealed(ground, people, coded=members if form.declared else ())
        declaration = DeclarationId(new_id()) if form.declared else None
        if declaration:
            answers = _answering(members, [ambassador])
            sealing.code(ground.vault.new_code(), kind="declaration", subject=declaration, person=answers)
        decision = RegisterHousehold(
            household=HouseholdId(new_id()),
            unit=unit.id,
            ambassador=ambassador,
            members=members,
            on=form.on,
            newcomers=newcomers(people),
            declared=_declared(form, members),
            declaration=declaration,
            device=form.device,
            aliases=People(ground.ledger, members).groups_of_ids() if again else (),
            by=actor.by,
        )
        return Plan(decision, sealing.rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    registered = next(fact for fact in receipt.facts if isinstance(fact, HouseholdRegistered))
    return HouseholdLogged(
        household=registered.household,
        position=receipt.position,
        members=tuple(fact.person for fact in receipt.facts if isinstance(fact, HouseholdMemberJoined)),
        declaration=_declaration(ground, receipt),
        again=receipt.again,
    )


async def join(ground: Ground, actor: Actor, household: str, form: MemberForm) -> MemberChanged:
    """Somebody belongs to a family from now on."""
    joining = PersonId("")

    def plan(again: bool) -> Plan:
        nonlocal joining
        home = _reached(ground, actor, household)
        unit = ground.units.find(home.unit)
        if unit is None:
            raise NoSuchHousehold
        people = participants(
            ground, actor, [form.member], unit=unit, on=today(), field="member", again=again
        )
        joining = people[0].person
        decision = JoinHousehold(
            household=home.household,
            person=joining,
            newcomer=people[0].newcomer,
            aliases=People(ground.ledger, [joining]).groups_of_ids() if again else (),
            by=actor.by,
        )
        return Plan(decision, sealed(ground, people).rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, household))
    return _member(HouseholdId(household), joining, receipt)


async def leave(ground: Ground, actor: Actor, household: str, form: MemberLeftForm) -> MemberChanged:
    """Somebody no longer belongs to a family."""

    def plan(_again: bool) -> Plan:
        home = _reached(ground, actor, household)
        person = PersonId(form.member)
        decision = LeaveHousehold(
            household=home.household,
            person=person,
            aliases=People(ground.ledger, [person]).groups_of_ids(),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, household))
    return _member(HouseholdId(household), PersonId(form.member), receipt)


async def declare(ground: Ground, actor: Actor, household: str, form: CriteriaForm) -> CriteriaDeclared:
    """An ambassador declares what a family meets, and gets the code by which a member answers."""

    def plan(again: bool) -> Plan:
        home = _reached(ground, actor, household, Role.AMBASSADOR)
        members = tuple(_household(ground, household).members)
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
            declared=tuple(_one_declared(criterion, proficient) for criterion in form.criteria),
            on=form.on,
            aliases=People(ground.ledger, [proficient]).groups_of_ids() if proficient else (),
            by=actor.by,
        )
        return Plan(decision, sealing.rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, household))
    declaration = _declaration(ground, receipt)
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
        home = _reached(ground, actor, household)
        return Plan(LoseCriterion(household=home.household, criterion=form.criterion, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, household))
    return CriterionGone(household=HouseholdId(household), position=receipt.position, again=receipt.again)


async def answer_declaration(
    ground: Ground, holder: CodeHolder, answer: Answer, evidence: Evidence
) -> DeclarationAnswered:
    """A member's one answer to all that was declared together. The same again changes nothing."""
    declaration = DeclarationId(holder.subject)

    def plan(_again: bool) -> Plan:
        household = declared(ground, declaration)[0].household
        criteria = _household(ground, household).declared.get(declaration, ())
        decision = AnswerDeclaration(
            household=household,
            declaration=declaration,
            person=holder.person,
            answers={one.criterion: answer for one in criteria},
            evidence=evidence,
            aliases=People(ground.ledger, [holder.person]).groups_of_ids(),
            by=By(f"code:{declaration}"),
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan)
    return DeclarationAnswered(
        declaration=declaration,
        household=declared(ground, declaration)[0].household,
        position=receipt.position,
        again=not receipt.facts,
    )


def declared(ground: Ground, declaration: DeclarationId) -> list[CriterionDeclared]:
    """What was declared together, lost or not. Raises `NoSuchDeclaration`."""
    history = ground.ledger.history([Selector([CriterionDeclared], [f"declaration:{declaration}"])])
    facts = [one.fact for one in history if isinstance(one.fact, CriterionDeclared)]
    if not facts:
        raise NoSuchDeclaration
    return facts


def _household(ground: Ground, household: str) -> Household:
    home = Household()
    for one in ground.ledger.history([Selector(HOUSEHOLD_FACTS, [f"household:{household}"])]):
        if isinstance(one.fact, HouseholdFact):
            home.weigh(one.fact)
    return home


def _reached(
    ground: Ground,
    actor: Actor,
    household: str,
    *roles: Role,
) -> HouseholdRegistered:
    """Raises `NoSuchHousehold` also for one outside the actor's units that is not their own."""
    roles = roles or (Role.AMBASSADOR, Role.ORGANIZER)
    actor.must_hold(*roles)
    found = _household(ground, household).registered
    if found is None:
        raise NoSuchHousehold
    near = actor.reaches(found.unit, *roles, units=ground.units)
    if not near and not is_theirs(ground.ledger, actor.person, found.ambassador):
        raise NoSuchHousehold
    return found


def _answering(members: Iterable[PersonId], ambassadors: Iterable[PersonId]) -> PersonId:
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
        return _answering(now, [people.now(actor.person)])
    answers = People(ground.ledger, [PersonId(form.answers)]).now(PersonId(form.answers))
    if answers not in now:
        raise NotAMember(field="answers")
    return answers


def _declared(form: HouseholdForm, members: tuple[PersonId, ...]) -> tuple[Declared, ...]:
    proficient = form.proficient
    if proficient is not None and proficient >= len(members):
        raise NotAMember(field="proficient")
    person = None if proficient is None else members[proficient]
    return tuple(_one_declared(criterion, person) for criterion in form.declared)


def _one_declared(criterion: Criterion, proficient: PersonId | None) -> Declared:
    meant = proficient if criterion is Criterion.PROFICIENT_MEMBER else None
    return Declared(criterion=criterion, member=meant)


def _declaration(ground: Ground, receipt: Receipt) -> DeclarationCode | None:
    """The code as it was sealed: its holder is known to the vault, and to nobody else."""
    for fact in receipt.facts:
        if isinstance(fact, CriterionDeclared):
            code = ground.vault.codes([fact.declaration]).get(fact.declaration)
            holder = ground.vault.find_code(code) if code else None
            return DeclarationCode(fact.declaration, holder.person if holder else None, code)
    return None


def _member(household: HouseholdId, person: PersonId, receipt: Receipt) -> MemberChanged:
    """`person` is who was asked for, where they belonged to it already and nothing was recorded."""
    for fact in receipt.facts:
        if isinstance(fact, (HouseholdMemberJoined, HouseholdMemberLeft)):
            person = fact.person
    return MemberChanged(household=household, person=person, position=receipt.position, again=receipt.again)
