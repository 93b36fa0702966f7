"""The queue of divided communes: who waits there, and who is said to live in which part."""

from typing import Annotated

import msgspec
from litestar import get, post

from application import placing
from application.forms.territory import PlacingForm
from domain.model import Position, UnitId
from domain.placed import Body
from infrastructure.read_models import placing as waiting
from interfaces.api.speaking import API, Json, Limit, WaitQuery, identifier, recorded, said
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.placing import reached, sure
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited


class ProgressOut(msgspec.Struct, frozen=True, kw_only=True):
    """Of the divided commune `unit`: how many of a kind still wait, of how many."""

    unit: UnitId
    body: Body
    waiting: int
    all: int


class ProgressesOut(msgspec.Struct, frozen=True):
    rows: list[ProgressOut]


class QueueQuery(WaitQuery, frozen=True, kw_only=True):
    """`hamlet`: those known in that hamlet (or in the commune itself, by its own id). `after` is the
    subject of the last row seen."""

    body: Body = Body.PERSON
    hamlet: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    limit: Limit = 50
    after: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9._:-]*(?![\s\S])")] = ""


class WaitsOut(msgspec.Struct, frozen=True, kw_only=True):
    """`suggested` is the part in which they live for sure, because their family or its people are in a
    hamlet (`because_of`) that lies there; null where nothing says so. Names are not told."""

    body: Body
    subject: str
    known_in: UnitId
    suggested: UnitId | None
    because_of: UnitId | None


class QueueOut(msgspec.Struct, frozen=True, kw_only=True):
    """`parts` are the communes of today among which it was divided, the largest first."""

    unit: UnitId
    parts: list[UnitId]
    rows: list[WaitsOut]
    progress: list[ProgressOut]


class PlacedOut(msgspec.Struct, frozen=True):
    unit: UnitId
    placed: int
    position: Position


@get(
    f"{API}/territory/placing",
    asks=WaitQuery,
    gives={200: ProgressesOut},
    summary="The divided communes whose parts one organizes, and who waits there",
)
async def communes(request: AnyRequest) -> Json:
    house, asking = house_of(request), actor(request)
    await caught_up(house, read_query(request, WaitQuery).position)
    with house.asking() as db:
        found = waiting.progress(db)
    seen = {one.divided for one in found if placing.sees(house.units, asking, one.divided)}
    return said(ProgressesOut([_progress(one) for one in found if one.divided in seen]))


@get(
    f"{API}/territory/placing/{{unit:str}}",
    asks=QueueQuery,
    gives={200: QueueOut},
    summary="Who of a divided commune waits, page by page",
)
async def queue(request: AnyRequest) -> Json:
    """Raises `OutOfScope` for a commune that was not divided, or whose parts one does not organize."""
    house, query = house_of(request), read_query(request, QueueQuery)
    await caught_up(house, query.position)
    divided = reached(house, actor(request), identifier(request.path_params["unit"]))
    within = UnitId(query.hamlet) if query.hamlet else None
    with house.asking() as db:
        found = waiting.queue(db, divided.id, query.body, unit=within, limit=query.limit, after=query.after)
        progress = waiting.progress(db, divided.id)
    rows = []
    for one in found:
        part = sure(house, divided, one)
        rows.append(
            WaitsOut(
                body=one.body,
                subject=one.subject,
                known_in=one.unit,
                suggested=part[0] if part else None,
                because_of=part[1] if part else None,
            )
        )
    return said(
        QueueOut(
            unit=divided.id,
            parts=list(house.units.parts(divided.id)),
            rows=rows,
            progress=[_progress(one) for one in progress],
        )
    )


@post(
    f"{API}/territory/placing",
    takes=PlacingForm,
    gives={200: PlacedOut, 201: PlacedOut},
    summary="People, families, doors, markets, teams, workplaces and roles of a divided commune go to a part",
)
async def place(request: AnyRequest) -> Json:
    house = house_of(request)
    form = await read_json(request, PlacingForm)
    await limited(request, Kind.GRANTING)
    done = await placing.place(house.ground, actor(request), form)
    return recorded(PlacedOut(done.unit, done.placed, done.position), again=done.again)


def _progress(one: waiting.Progress) -> ProgressOut:
    return ProgressOut(unit=one.divided, body=one.body, waiting=one.waiting, all=one.all)
