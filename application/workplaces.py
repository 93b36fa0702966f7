"""Workplaces, registered by organizers, and the people who join and leave them."""

import msgspec
from msgspec.structs import replace

from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.forms.workplaces import (
    OwnWorkplaceForm,
    WorkplaceForm,
    WorkplaceLeftForm,
    WorkplaceMemberForm,
)
from application.identity import cleaned
from application.ids import new_id
from application.lookups import NOWHERE, People, must_be_a_place, placed_in
from application.participants import Participant, agree, participants, sealed
from application.ports import Ground, Receipt, Unit
from domain.model import PersonId, Position, Role, Selector, WorkplaceId
from domain.names import clean
from domain.workplaces import (
    Belonging,
    BelongingFact,
    JoinWorkplace,
    LeaveWorkplace,
    NoSuchWorkplace,
    NotAtThisWorkplace,
    RegisterWorkplace,
    WorkplaceRegistered,
)


class WorkplaceMade(msgspec.Struct, frozen=True):
    workplace: WorkplaceId
    position: Position
    again: bool


class BelongingChanged(msgspec.Struct, frozen=True):
    """Somebody joined or left."""

    workplace: WorkplaceId
    person: PersonId
    position: Position
    again: bool


async def register(ground: Ground, actor: Actor, form: WorkplaceForm) -> WorkplaceMade:
    """A workplace is known from now on; one unit has one of a name (`WorkplaceExists`)."""

    def plan(_again: bool) -> Plan:
        unit = actor.unit(form.unit, Role.ORGANIZER, units=ground.units)
        decision = RegisterWorkplace(
            workplace=WorkplaceId(new_id()),
            unit=unit.id,
            kind=form.kind,
            name=cleaned("name", clean, form.name),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    made = next(fact for fact in receipt.facts if isinstance(fact, WorkplaceRegistered))
    return WorkplaceMade(workplace=made.workplace, position=receipt.position, again=receipt.again)


async def add(ground: Ground, actor: Actor, workplace: str, form: WorkplaceMemberForm) -> BelongingChanged:
    """Somebody belongs to it from a day on; known already, or met now. `unit` is where somebody new
    lives: the commune of the workplace, if not said."""
    people: list[Participant] = []

    def plan(again: bool) -> Plan:
        nonlocal people
        registered = _reached(ground, actor, workplace)
        lives = _lives(ground, actor, registered, form)
        people = participants(
            ground, actor, [form.member], unit=lives, on=form.on, field="member", again=again
        )
        one = people[0]
        decision = JoinWorkplace(
            workplace=registered.workplace,
            person=one.person,
            on=form.on,
            newcomer=one.newcomer,
            lives=lives.id,
            aliases=People(ground.ledger, [one.person]).groups_of_ids() if again else (),
            by=actor.by,
        )
        return Plan(decision, sealed(ground, people).rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, workplace))
    await agree(ground, actor, [form.member], people)
    return _changed(workplace, people[0].person if people else PersonId(""), receipt)


async def remove(ground: Ground, actor: Actor, workplace: str, form: WorkplaceLeftForm) -> BelongingChanged:
    """Somebody no longer belongs to it."""
    leaving = PersonId(form.member)

    def plan(_again: bool) -> Plan:
        registered = _reached(ground, actor, workplace)
        people = People(ground.ledger, [leaving])
        if not people.known(leaving):
            raise NotAtThisWorkplace(field="member")
        decision = LeaveWorkplace(
            workplace=registered.workplace,
            person=people.now(leaving),
            on=form.on,
            aliases=people.groups_of_ids(),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, workplace))
    return _changed(workplace, leaving, receipt)


async def choose(ground: Ground, actor: Actor, form: OwnWorkplaceForm) -> BelongingChanged | None:
    """Somebody says where they themselves work: there from today on, and no longer elsewhere; or, where
    nothing is named, nowhere any more. None where that is so already."""

    def plan(_again: bool) -> Plan:
        people = People(ground.ledger, [actor.person])
        now, groups = people.now(actor.person), people.groups_of_ids()
        if form.workplace is not None:
            registered = _workplace(ground, form.workplace)
            if registered is None:
                raise NoSuchWorkplace(field="workplace")
            return Plan(
                JoinWorkplace(
                    workplace=registered.workplace,
                    person=now,
                    on=today(),
                    moving=True,
                    aliases=groups,
                    by=actor.by,
                )
            )
        held = _held(ground, people.all_of(now))
        if held is None:
            raise NotAtThisWorkplace(field="workplace")
        return Plan(LeaveWorkplace(workplace=held, person=now, on=today(), aliases=groups, by=actor.by))

    try:
        receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    except NotAtThisWorkplace:
        return None
    return _changed(form.workplace or "", actor.person, receipt)


def _held(ground: Ground, ids: frozenset[PersonId]) -> WorkplaceId | None:
    belonging = Belonging(sorted(ids))
    for one in ground.ledger.history(belonging.boundary()):
        belonging.weigh(one.fact)
    joined = belonging.of(ids)
    return joined[-1].workplace if joined else None


def _workplace(ground: Ground, ref: str) -> WorkplaceRegistered | None:
    history = ground.ledger.history([Selector([WorkplaceRegistered], [f"workplace:{ref}"])])
    return next((one.fact for one in history if isinstance(one.fact, WorkplaceRegistered)), None)


def _reached(ground: Ground, actor: Actor, ref: str) -> WorkplaceRegistered:
    """With the unit where it lies today. Raises `NoSuchWorkplace` also for one outside the actor's units."""
    actor.must_hold(Role.ORGANIZER)
    found = _workplace(ground, ref)
    unit = placed_in(ground.ledger, ref, found.unit if found else NOWHERE)
    if found is None or not actor.reaches(unit, Role.ORGANIZER, units=ground.units):
        raise NoSuchWorkplace(field="workplace")
    return replace(found, unit=unit)


def _lives(ground: Ground, actor: Actor, registered: WorkplaceRegistered, form: WorkplaceMemberForm) -> Unit:
    """Raises `OutOfScope`, and `NotACommune` where somebody new is to live above the communes."""
    unit = actor.unit(form.unit or registered.unit, Role.ORGANIZER, units=ground.units)
    if form.member.id is None:
        must_be_a_place(unit)
    return unit


def _changed(workplace: str, person: PersonId, receipt: Receipt) -> BelongingChanged:
    """`person` is who was asked for, where that is so already and nothing was recorded."""
    for fact in receipt.facts:
        if isinstance(fact, BelongingFact):
            person = fact.person
    return BelongingChanged(
        workplace=WorkplaceId(workplace), person=person, position=receipt.position, again=receipt.again
    )
