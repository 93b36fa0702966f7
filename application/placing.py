"""People of a divided commune are said to live in one of its parts, by who organizes all of them."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from application.actors import Actor, OutOfScope
from application.deciding import Plan, decided, submitted
from application.forms import PlacingForm
from application.lookups import must_be_a_place
from application.ports import Ground, Ledger, Units
from domain.households import HouseholdRegistered
from domain.markets import MarketOpened
from domain.model import Fact, Position, Role, Selector, UnitId
from domain.people import PersonMoved, PersonRegistered
from domain.placing import Body, NotAPartOfIt, NotInDoubt, PlaceAnew, PlacedAnew, Placing
from domain.teams import TeamFormed


class Placed(msgspec.Struct, frozen=True):
    """How many were placed now; those that stood there already are not counted."""

    unit: UnitId
    placed: int
    position: Position
    again: bool


class NothingKnown(OutOfScope):
    """There is no such person, household, market or team, or none of one's own."""


async def place(ground: Ground, actor: Actor, form: PlacingForm) -> Placed:
    """Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `NotInDoubt`, `NotAPartOfIt` and what
    `PlaceAnew` raises."""

    def plan(_again: bool) -> Plan:
        target = actor.unit(form.unit, Role.ORGANIZER, units=ground.units)
        must_be_a_place(target)
        placings = list(_looked_up(ground.ledger, form))
        for one in placings:
            if one.previous == target.id:
                continue
            if not sees(ground.units, actor, one.previous):
                raise NothingKnown(field="subjects")
            parts = ground.units.parts(one.previous)
            if not parts and not _lies_in_one(ground.units, target.id, (one.previous,)):
                raise NotInDoubt(field="subjects")
            if parts and not _lies_in_one(ground.units, target.id, parts):
                raise NotAPartOfIt(field="unit")
        return Plan(PlaceAnew(placings=placings, unit=target.id, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    unit = actor.unit(form.unit, Role.ORGANIZER, units=ground.units).id
    return Placed(unit, len(receipt.facts), receipt.position, receipt.again or not receipt.facts)


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
    Body.MARKET: (MarketOpened, "market"),
    Body.TEAM: (TeamFormed, "team"),
}


def _looked_up(ledger: Ledger, form: PlacingForm) -> Iterator[Placing]:
    """Each with the unit where it is known now. Raises `NothingKnown`."""
    for one in form.subjects:
        body, unit = Body(one.body), None
        if body is Body.PERSON:
            boundary = [Selector(_MOVES, [f"person:{one.subject}"])]
        else:
            kind, tag = _FIRST[body]
            boundary = [
                Selector((kind,), [f"{tag}:{one.subject}"]),
                Selector((PlacedAnew,), [f"placed:{one.subject}"]),
            ]
        for recorded in ledger.history(boundary):
            match recorded.fact:
                case PersonRegistered() | PersonMoved() | HouseholdRegistered() | MarketOpened():
                    unit = recorded.fact.unit
                case TeamFormed() | PlacedAnew():
                    unit = recorded.fact.unit
        if unit is None:
            raise NothingKnown(field="subjects")
        yield Placing(body, one.subject, unit)
