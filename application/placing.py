"""Whoever and whatever is known in a divided commune is said to be in one of its parts, by who organizes all
of them; the roles held over it, by who may give and take them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from application.accounts import move_roles
from application.actors import Actor, OutOfScope
from application.deciding import Plan, decided, submitted
from application.forms.territory import PlacingForm
from application.lookups import must_be_a_place
from application.ports import Ground, Ledger, Unit, Units
from application.teams import team_of
from domain.granting import MoveRoles
from domain.households import HouseholdRegistered
from domain.markets import MarketOpened
from domain.model import Fact, PersonId, Position, Role, Selector, UnitId
from domain.people import PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.placing import NotAPartOfIt, NotInDoubt, PlaceAnew, Placing
from domain.teams import TeamFormed
from domain.visits import HouseholdVisited, door
from domain.workplaces import WorkplaceRegistered


class Placed(msgspec.Struct, frozen=True):
    """How many were placed now; those that stood there already are not counted."""

    unit: UnitId
    placed: int
    position: Position
    again: bool


class NothingKnown(OutOfScope):
    """There is no such person, household, door, market, team, workplace or account, or none of one's own."""


async def place(ground: Ground, actor: Actor, form: PlacingForm) -> Placed:
    """Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `NotInDoubt`, `NotAPartOfIt`, what `PlaceAnew` raises
    and, of accounts, `NotTheirsToGive` and `NotToThemselves`."""

    def plan(_again: bool) -> Plan:
        target = actor.unit(form.unit, Role.ORGANIZER, units=ground.units)
        must_be_a_place(target)
        placings: list[Placing] = []
        moves: list[MoveRoles] = []
        for one in form.subjects:
            body = Body(one.body)
            if body is Body.ACCOUNT:
                placing, move = _account(ground, actor, PersonId(one.subject), target)
                placings.append(placing)
                moves += [move] if move else []
            else:
                placings.append(_looked_up(ground.ledger, body, one.subject))
        for placing in placings:
            _must_be_of_it(ground.units, actor, placing, target)
        return Plan(PlaceAnew(placings=placings, moves=moves, unit=target.id, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    unit = actor.unit(form.unit, Role.ORGANIZER, units=ground.units).id
    placed = sum(isinstance(fact, PersonMoved | PlacedAnew) for fact in receipt.facts)
    return Placed(unit, placed, receipt.position, receipt.again or not receipt.facts)


def _must_be_of_it(units: Units, actor: Actor, one: Placing, target: Unit) -> None:
    if one.previous == target.id:
        return
    if not sees(units, actor, one.previous):
        raise NothingKnown(field="subjects")
    parts = units.parts(one.previous)
    if not parts and not _lies_in_one(units, target.id, (one.previous,)):
        raise NotInDoubt(field="subjects")
    if parts and not _lies_in_one(units, target.id, parts):
        raise NotAPartOfIt(field="unit")


def _account(
    ground: Ground, actor: Actor, person: PersonId, target: Unit
) -> tuple[Placing, MoveRoles | None]:
    """Of what somebody holds over divided communes, that over the one of which the target is a part; where
    nothing is held there any more, nothing is moved. Raises `NothingKnown`."""

    def divided(unit: UnitId) -> bool:
        return unit != target.id and _lies_in_one(ground.units, target.id, ground.units.parts(unit))

    move = move_roles(ground, actor, person, target, of=divided)
    if move is None:
        raise NothingKnown(field="subjects")
    if not move.previous:
        return Placing(Body.ACCOUNT, person, target.id), None
    whole = ground.units.divided(move.previous[0])
    return Placing(Body.ACCOUNT, person, whole or move.previous[0]), move


def sees(units: Units, actor: Actor, unit: UnitId) -> bool:
    """Whether somebody organizes a unit, and where it was divided all of its parts: people who may
    live elsewhere are for nobody who organizes one part alone."""
    parts = units.parts(unit)
    return all(actor.reaches(part, Role.ORGANIZER, units=units) for part in parts or (unit,))


def _lies_in_one(units: Units, unit: UnitId, parts: Sequence[UnitId]) -> bool:
    return any(units.is_within(unit, part) for part in parts)


_MOVES: Final = (PersonRegistered, PersonMoved)
_FIRST: Final[dict[Body, tuple[type[Fact], str]]] = {
    Body.HOUSEHOLD: (HouseholdRegistered, "household"),
    Body.DOOR: (HouseholdVisited, "visited"),
    Body.MARKET: (MarketOpened, "market"),
    Body.TEAM: (TeamFormed, "team"),
    Body.WORKPLACE: (WorkplaceRegistered, "workplace"),
}


def _looked_up(ledger: Ledger, body: Body, subject: str) -> Placing:
    """With the unit where it is known now, and its name if it bears one. Raises `NothingKnown`."""
    name, key, unit = "", None, None
    if body is Body.PERSON:
        boundary = [Selector(_MOVES, [f"person:{subject}"])]
    else:
        kind, tag = _FIRST[body]
        boundary = [
            Selector((kind,), [f"{tag}:{subject}"]),
            Selector((PlacedAnew,), [f"placed:{subject}"]),
        ]
    for recorded in ledger.history(boundary):
        match recorded.fact:
            case PersonRegistered() | PersonMoved() | HouseholdRegistered() | TeamFormed():
                unit = recorded.fact.unit
            case HouseholdVisited() as visited:
                if unit is None and door(visited.household):  # what was placed since stays so
                    unit = visited.unit
            case MarketOpened() | WorkplaceRegistered() as fact:
                unit, name, key = fact.unit, fact.name, fact.name_key
            case PlacedAnew():
                unit = recorded.fact.unit
    if unit is None:
        raise NothingKnown(field="subjects")
    if body is Body.TEAM:
        team = team_of(ledger, subject)
        name, key = team.name, None if team.disbanded else team.name_key
    return Placing(body, subject, unit, name, key)
