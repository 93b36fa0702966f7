"""Door to door: visits logged by mentors and team leaders, and the households declared of a unit."""

import msgspec
from msgspec.structs import replace

from application.actors import Actor
from application.criteria import late_entry_days
from application.deciding import Plan, decided, submitted
from application.forms.visits import HouseholdsForm, VisitForm, VoidVisitForm
from application.ids import new_id
from application.lookups import (
    NOWHERE,
    People,
    acting,
    household_of,
    ids_of,
    is_theirs,
    place_of,
    placed_in,
)
from application.ports import Ground, Unit
from application.teaching import LISTED_DAYS
from domain.households import HouseholdRegistered, NoSuchHousehold
from domain.model import HouseholdId, Model, Position, Role, Selector, Skill, UnitId, VisitId
from domain.visits import (
    DeclareHouseholds,
    HouseholdVisited,
    LogVisit,
    NoSuchVisit,
    VoidVisit,
)

VISITORS = (Role.AMBASSADOR, Role.TEAM_LEADER)


class VisitLogged(msgspec.Struct, frozen=True):
    visit: VisitId
    household: HouseholdId
    position: Position
    again: bool


class VisitChanged(msgspec.Struct, frozen=True):
    visit: VisitId
    position: Position
    again: bool


class HouseholdsChanged(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position
    again: bool


async def log_visit(ground: Ground, actor: Actor, form: VisitForm) -> VisitLogged:
    """The actor was at a household: at a family of their own or of their units, or at the one of that
    number in the list of the hamlet. Who is in a team visited for it.

    Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `NoSuchHousehold`, and what `LogVisit` raises."""

    def plan(again: bool) -> Plan:
        unit = place_of(ground.units, actor, form.unit, *VISITORS, about=Model.AMBASSADORS, on=form.on)
        family = _family(ground, actor, form.household) if form.household else None
        visitor = acting(ground.ledger, actor, again=again)
        place = family.unit if family else unit.id
        decision = LogVisit(
            visit=VisitId(new_id()),
            visitor=visitor,
            unit=place,
            family=family.household if family else None,
            number=form.number,
            on=form.on,
            found=form.found,
            needs=tuple(Skill(one) for one in form.needs),
            late_entry_days=(
                late_entry_days(ground, place, form.on) if actor.importing is None else LISTED_DAYS
            ),
            device=form.device,
            aliases=People(ground.ledger, [visitor]).groups_of_ids() if again else (),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    visited = next(fact for fact in receipt.facts if isinstance(fact, HouseholdVisited))
    return VisitLogged(visited.visit, visited.household, receipt.position, receipt.again)


async def void_visit(ground: Ground, actor: Actor, visit: str, form: VoidVisitForm) -> VisitChanged:
    """Withdrawn by whoever visited, or voided by an organizer of the unit.

    Raises `NotAllowed`, `NoSuchVisit` (also for one out of reach)."""

    def plan(_again: bool) -> Plan:
        logged, own = reached_visit(ground, actor, visit)
        decision = VoidVisit(
            visit=logged.visit,
            reason=form.reason,
            own=actor.person if own else None,
            aliases=People(ground.ledger, [actor.person]).groups_of_ids() if own else (),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, visit))
    return VisitChanged(VisitId(visit), receipt.position, receipt.again)


async def declare_households(
    ground: Ground, actor: Actor, unit: str, form: HouseholdsForm
) -> HouseholdsChanged:
    """An organizer says how many households a hamlet or commune has, by a document.

    Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `ImpossibleHouseholds`, `DocumentNotNamed`,
    `NotYetHappened`."""
    over: Unit | None = None

    def plan(_again: bool) -> Plan:
        nonlocal over
        over = place_of(ground.units, actor, unit, Role.ORGANIZER, about=Model.AMBASSADORS)
        decision = DeclareHouseholds(
            unit=over.id, households=form.households, on=form.on, document=form.document, by=actor.by
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, unit))
    return HouseholdsChanged(over.id if over else UnitId(unit), receipt.position, receipt.again)


def reached_visit(ground: Ground, actor: Actor, visit: str) -> tuple[HouseholdVisited, bool]:
    """A visit, and whether it is the actor's own. Raises `NotAllowed`, `NoSuchVisit`."""
    actor.must_hold(*VISITORS, Role.ORGANIZER)
    mine = ids_of(ground.ledger, actor.person)
    for one in ground.ledger.history([Selector([HouseholdVisited], [f"visit:{visit}"])]):
        if isinstance(one.fact, HouseholdVisited):
            unit, own = one.fact.unit, one.fact.visitor in mine
            if own or actor.reaches(unit, Role.ORGANIZER, units=ground.units, about=Model.AMBASSADORS):
                return one.fact, own
    raise NoSuchVisit


def _family(ground: Ground, actor: Actor, household: str) -> HouseholdRegistered:
    """With the unit where it lies today. Raises `NoSuchHousehold` also for one outside the actor's units that
    is not their own."""
    found = household_of(ground.ledger, household).registered
    unit = placed_in(ground.ledger, household, found.unit if found else NOWHERE)
    if found is None:
        raise NoSuchHousehold(field="household")
    found = replace(found, unit=unit)
    near = actor.reaches(found.unit, *VISITORS, units=ground.units, about=Model.AMBASSADORS)
    if not near and not is_theirs(ground.ledger, actor.person, found.ambassador):
        raise NoSuchHousehold(field="household")
    return found
