"""The movement's thresholds: adopted for a unit from a day on, and looked up by both."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided
from application.lookups import commune_of
from application.ports import Ground, Ledger, Units
from domain.criteria import DEFAULT, AdoptCriteria, Criteria, CriteriaAdopted, content_hash, standing
from domain.model import Position, Role, Selector, UnitId

Adoptions = tuple[CriteriaAdopted, ...]


class Standing(msgspec.Struct, frozen=True):
    """What counts in a unit on a day. `adopted` is None where nothing was ever adopted and the
    program's own default stands in."""

    content_hash: str
    content: Criteria
    adopted: CriteriaAdopted | None


class Adopted(msgspec.Struct, frozen=True):
    content_hash: str
    position: Position
    new: bool


async def adopt(
    ground: Ground, actor: Actor, content: Criteria, unit: str, *, valid_from: date, document: str
) -> Adopted:
    """Adopts criteria for a unit and everything under it. Adopted twice is adopted once.

    `document` is the number of the deciding document. Raises `NotAllowed`, `OutOfScope`."""
    over = actor.unit(unit, Role.ORGANIZER, units=ground.units)
    decision = AdoptCriteria(
        content=content, unit=over.id, valid_from=valid_from, document=document, by=actor.by
    )
    receipt = await decided(ground.ledger, lambda _: Plan(decision))
    _REMEMBERED.pop(ground.ledger, None)
    return Adopted(content_hash=content_hash(content), position=receipt.position, new=bool(receipt.facts))


def standing_criteria(ledger: Ledger, units: Units, unit: UnitId, on: date) -> Standing:
    """The criteria by which a unit counts on a day: those adopted nearest above it."""
    found = units.find(unit)
    path = found.path if found else (unit,)
    adopted = standing(_adoptions(ledger, path), path, on)
    content = adopted.content if adopted else DEFAULT
    return Standing(
        content_hash=adopted.content_hash if adopted else content_hash(DEFAULT),
        content=content,
        adopted=adopted,
    )


def late_entry_days(ground: Ground, unit: UnitId, on: date) -> int:
    """How far back a lesson of that day may lie. Asked for every lesson, and adopted once a year, so
    what was adopted is remembered for a second; an adoption is known everywhere by then. A hamlet has
    the days of its commune: there are too many hamlets to remember each."""
    found = ground.units.find(unit)
    path = commune_of(ground.units, found).path if found else (unit,)
    remembered = _REMEMBERED.setdefault(ground.ledger, {})
    now = time.monotonic()
    known = remembered.get(path[0])
    if known is None or known[0] <= now:
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        known = remembered[path[0]] = (now + 1.0, _adoptions(ground.ledger, path))
    adopted = standing(known[1], path, on)
    return (adopted.content if adopted else DEFAULT).late_entry_days


def _adoptions(ledger: Ledger, path: Sequence[UnitId]) -> Adoptions:
    history = ledger.history([Selector([CriteriaAdopted], [f"criteria:{above}"]) for above in path])
    return tuple(one.fact for one in history if isinstance(one.fact, CriteriaAdopted))


MOST_REMEMBERED: Final = 10_000
_REMEMBERED: Final[WeakKeyDictionary[Ledger, dict[UnitId, tuple[float, Adoptions]]]] = WeakKeyDictionary()
