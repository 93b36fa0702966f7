"""Workplaces, and who belongs to them."""

from datetime import datetime

import msgspec
from litestar import get, post

from application import workplaces
from application.forms.workplaces import WorkplaceForm, WorkplaceLeftForm, WorkplaceMemberForm
from application.workplaces import BelongingChanged
from domain.model import PersonId, Position, Role, UnitId, WorkplaceId
from domain.workplaces import WorkplaceKind
from infrastructure.read_models import workplaces as known
from infrastructure.read_models.columns import age
from interfaces.api.speaking import (
    API,
    AfterNumber,
    Json,
    Limit,
    UnitRef,
    WaitQuery,
    identifier,
    recorded,
    said,
)
from interfaces.web.boundaries import unit_reached
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class WorkplacesQuery(WaitQuery, frozen=True, kw_only=True):
    """`after` is the `after` of the page before."""

    unit: UnitRef
    limit: Limit = 50
    after: AfterNumber | None = None


class WorkplaceOut(msgspec.Struct, frozen=True, kw_only=True):
    """`people` are distinct and belong there today; `able` said that they can do at least one skill
    themselves, of the `confirmed` who were taught."""

    workplace: WorkplaceId
    unit: UnitId
    kind: WorkplaceKind
    name: str
    people: int
    confirmed: int
    able: int


class WorkplacesOut(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[WorkplaceOut]
    after: Position | None
    position: Position
    at: datetime | None


class WorkplaceMadeOut(msgspec.Struct, frozen=True):
    workplace: WorkplaceId
    position: Position


class BelongingOut(msgspec.Struct, frozen=True):
    workplace: WorkplaceId
    person: PersonId
    position: Position


@get(
    f"{API}/workplaces",
    asks=WorkplacesQuery,
    gives={200: WorkplacesOut},
    summary="The workplaces of a unit and below it, with how many of their people are able",
)
async def show(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, WorkplacesQuery)
    await caught_up(house, query.position)
    unit = unit_reached(house, actor(request), query.unit, Role.ORGANIZER, Role.AUDITOR)
    after = None if query.after is None else Position(query.after)
    with house.asking() as db:
        found = known.in_unit(db, unit.id, limit=query.limit + 1, after=after)
        some = found[: query.limit]
        counted = known.counts(db, [one.workplace for one in some])
        now = age(db)
    rows = [
        WorkplaceOut(
            workplace=one.workplace,
            unit=one.unit,
            kind=one.kind,
            name=one.name,
            people=counted[one.workplace].people,
            confirmed=counted[one.workplace].confirmed,
            able=counted[one.workplace].able,
        )
        for one in some
    ]
    more = some[-1].registered if len(found) > query.limit else None
    return said(WorkplacesOut(rows=rows, after=more, position=now.position, at=now.at))


@post(
    f"{API}/workplaces",
    takes=WorkplaceForm,
    gives={201: WorkplaceMadeOut, 200: WorkplaceMadeOut},
    summary="Registers a workplace under a unit",
)
async def register(request: AnyRequest) -> Json:
    form = await read_json(request, WorkplaceForm)
    done = await workplaces.register(house_of(request).ground, actor(request), form)
    return recorded(WorkplaceMadeOut(done.workplace, done.position), again=done.again)


@post(
    f"{API}/workplaces/{{workplace:str}}/members",
    takes=WorkplaceMemberForm,
    gives={201: BelongingOut, 200: BelongingOut},
    summary="Somebody belongs to a workplace from a day on",
)
async def add(request: AnyRequest) -> Json:
    form = await read_json(request, WorkplaceMemberForm)
    ref = identifier(request.path_params["workplace"])
    return _changed(await workplaces.add(house_of(request).ground, actor(request), ref, form))


@post(
    f"{API}/workplaces/{{workplace:str}}/departures",
    takes=WorkplaceLeftForm,
    gives={201: BelongingOut, 200: BelongingOut},
    summary="Somebody left a workplace",
)
async def remove(request: AnyRequest) -> Json:
    form = await read_json(request, WorkplaceLeftForm)
    ref = identifier(request.path_params["workplace"])
    return _changed(await workplaces.remove(house_of(request).ground, actor(request), ref, form))


def _changed(done: BelongingChanged) -> Json:
    return recorded(BelongingOut(done.workplace, done.person, done.position), again=done.again)
