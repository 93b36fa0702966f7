"""Families: registered with their members by an ambassador, for whom they will count."""

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.declarations import DeclarationCode, answering, declaration_code, one_declared
from application.forms.households import HouseholdForm, MemberForm, MemberLeftForm
from application.ids import new_id
from application.lookups import People, acting, must_be_a_place, place_of, reached_household
from application.participants import Participant, agree, newcomers, participants, sealed
from application.ports import Ground, Receipt
from domain.household_members import JoinHousehold, LeaveHousehold, RegisterHousehold
from domain.households import (
    Declared,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    NoSuchHousehold,
    NotAMember,
)
from domain.model import DeclarationId, HouseholdId, Model, PersonId, Position, Role


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


async def register_household(ground: Ground, actor: Actor, form: HouseholdForm) -> HouseholdLogged:
    """A family with its first members; it will count for the actor, an ambassador.

    What is declared is answered for by the first member who is not the actor."""

    people: list[Participant] = []

    def plan(again: bool) -> Plan:
        nonlocal people
        unit = place_of(ground.units, actor, form.unit, Role.AMBASSADOR, about=Model.FAMILIES, on=form.on)
        people = participants(
            ground, actor, form.members, unit=unit, on=form.on, field="members.{}", again=again
        )
        members = tuple(one.person for one in people)
        ambassador = acting(ground.ledger, actor, again=again)
        sealing = sealed(ground, people, coded=members if form.declared else ())
        declaration = DeclarationId(new_id()) if form.declared else None
        if declaration:
            answers = answering(members, [ambassador])
            code = _minted(people, answers) or ground.vault.new_code()
            sealing.code(code, kind="declaration", subject=declaration, person=answers)
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
    await agree(ground, actor, form.members, people)
    registered = next(fact for fact in receipt.facts if isinstance(fact, HouseholdRegistered))
    return HouseholdLogged(
        household=registered.household,
        position=receipt.position,
        members=tuple(fact.person for fact in receipt.facts if isinstance(fact, HouseholdMemberJoined)),
        declaration=declaration_code(ground, receipt),
        again=receipt.again,
    )


async def join(ground: Ground, actor: Actor, household: str, form: MemberForm) -> MemberChanged:
    """Somebody belongs to a family from now on."""
    joining = PersonId("")
    people: list[Participant] = []

    def plan(again: bool) -> Plan:
        nonlocal joining, people
        home = reached_household(ground, actor, household)
        unit = ground.units.find(home.unit)
        if unit is None:
            raise NoSuchHousehold
        must_be_a_place(unit)
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
    await agree(ground, actor, [form.member], people)
    return _member(HouseholdId(household), joining, receipt)


async def leave(ground: Ground, actor: Actor, household: str, form: MemberLeftForm) -> MemberChanged:
    """Somebody no longer belongs to a family."""

    def plan(_again: bool) -> Plan:
        home = reached_household(ground, actor, household)
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


def _minted(people: list[Participant], answers: PersonId) -> str | None:
    """The code that the phone minted for whoever answers, or the first of another member where it
    did not know who that would be."""
    own = [one.code for one in people if one.code and one.person == answers]
    return next(iter(own or [one.code for one in people if one.code]), None)


def _declared(form: HouseholdForm, members: tuple[PersonId, ...]) -> tuple[Declared, ...]:
    proficient = form.proficient
    if proficient is not None and proficient >= len(members):
        raise NotAMember(field="proficient")
    person = None if proficient is None else members[proficient]
    return tuple(one_declared(criterion, person) for criterion in form.declared)


def _member(household: HouseholdId, person: PersonId, receipt: Receipt) -> MemberChanged:
    """`person` is who was asked for, where they belonged to it already and nothing was recorded."""
    for fact in receipt.facts:
        if isinstance(fact, (HouseholdMemberJoined, HouseholdMemberLeft)):
            person = fact.person
    return MemberChanged(household=household, person=person, position=receipt.position, again=receipt.again)
