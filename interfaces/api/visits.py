"""Visits from door to door, and how many households of a unit they reached."""

from datetime import date, datetime

import msgspec
from litestar import get, post

from application import visits
from application.actors import OutOfScope
from application.forms.visits import HouseholdsForm, VisitForm, VoidVisitForm
from application.ports import Unit
from domain.model import HouseholdId, Model, Position, Skill, UnitId, VisitId
from domain.visits import Finding
from infrastructure.read_models import coverage
from infrastructure.read_models.coverage import Coverage
from interfaces.api.speaking import API, Json, WaitQuery, identifier, recorded, said
from interfaces.house import House
from interfaces.web.boundaries import unit_reached
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class VisitOut(msgspec.Struct, frozen=True):
    """`household` is the same for each visit to it."""

    visit: VisitId
    household: HouseholdId
    position: Position


class VisitVoidedOut(msgspec.Struct, frozen=True):
    visit: VisitId
    position: Position


class HouseholdsOut(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position


class HouseholdsSaidOut(msgspec.Struct, frozen=True):
    households: int
    on: date
    document: str


class CoverageOut(msgspec.Struct, frozen=True, kw_only=True):
    """`covered` is `of_declared` (households visited where a number is declared) over `declared`; null
    where none is, and above 1 where more were visited than are declared. `found` counts households by
    what they had at the latest visit."""

    unit: UnitId
    visited: int
    found: dict[Finding, int]
    last: date | None
    declared: int
    of_declared: int
    covered: float | None
    said: HouseholdsSaidOut | None


class NeedOut(msgspec.Struct, frozen=True):
    skill: Skill
    households: int


class UnitVisitsOut(msgspec.Struct, frozen=True, kw_only=True):
    """`direct` households were recorded in the unit itself and in none of its `children`. `needs` say
    what households want to be taught, the most wanted first."""

    unit: CoverageOut
    children: list[CoverageOut]
    direct: int
    needs: list[NeedOut]
    position: Position
    at: datetime | None


@post(
    f"{API}/visits",
    takes=VisitForm,
    gives={201: VisitOut, 200: VisitOut},
    summary="A household was visited: by its number in the hamlet's list, or as a family that was entered",
)
async def log_visit(request: AnyRequest) -> Json:
    form = await read_json(request, VisitForm)
    done = await visits.log_visit(house_of(request).ground, actor(request), form)
    return recorded(VisitOut(done.visit, done.household, done.position), again=done.again)


@post(
    f"{API}/visits/{{visit:str}}/void",
    takes=VoidVisitForm,
    gives={201: VisitVoidedOut, 200: VisitVoidedOut},
    summary="A visit no longer counts: withdrawn by its visitor, or voided by an organizer",
)
async def void(request: AnyRequest) -> Json:
    form = await read_json(request, VoidVisitForm)
    ref = identifier(request.path_params["visit"])
    done = await visits.void_visit(house_of(request).ground, actor(request), ref, form)
    return recorded(VisitVoidedOut(done.visit, done.position), again=done.again)


class CoverageQuery(WaitQuery, frozen=True, kw_only=True):
    """`boundaries`: the units that stood on that day, and whoever was visited in what they are made of."""

    boundaries: date | None = None


@get(
    f"{API}/units/{{unit:str}}/visits",
    asks=CoverageQuery,
    gives={200: UnitVisitsOut},
    summary="How many households of a unit were visited, and what they want to be taught",
)
async def show(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, CoverageQuery)
    await caught_up(house, query.position)
    ref = identifier(request.path_params["unit"])
    unit = unit_reached(house, actor(request), ref, day=query.boundaries, about=Model.AMBASSADORS)
    return said(unit_visits(house, unit, query.boundaries))


def unit_visits(house: House, unit: Unit, on: date | None = None) -> UnitVisitsOut:
    """Raises `OutOfScope` for a unit that is not projected yet."""
    with house.asking() as db:
        found = coverage.doors(db, unit.id, on=on)
    if found is None:
        raise OutOfScope(field="unit")
    return UnitVisitsOut(
        unit=_coverage(found.own),
        children=[_coverage(one) for one in found.parts],
        direct=found.direct,
        needs=[NeedOut(skill, households) for skill, households in found.needs],
        position=found.age.position,
        at=found.age.at,
    )


@post(
    f"{API}/units/{{unit:str}}/households",
    takes=HouseholdsForm,
    gives={201: HouseholdsOut, 200: HouseholdsOut},
    summary="Declares how many households a hamlet or commune has, by a document",
)
async def declare(request: AnyRequest) -> Json:
    form = await read_json(request, HouseholdsForm)
    ref = identifier(request.path_params["unit"])
    done = await visits.declare_households(house_of(request).ground, actor(request), ref, form)
    return recorded(HouseholdsOut(done.unit, done.position), again=done.again)


def _coverage(one: Coverage) -> CoverageOut:
    declared = one.said
    return CoverageOut(
        unit=one.unit,
        visited=one.visited,
        found=dict(one.found),
        last=one.last,
        declared=one.declared,
        of_declared=one.of_declared,
        covered=one.covered,
        said=HouseholdsSaidOut(declared.households, declared.on, declared.document) if declared else None,
    )
