"""The territory: its units of any time, what changed, and changes recorded."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post

from application import reforms
from application.forms.territory import ReformForm
from application.ports import Unit
from domain.model import Position, UnitId
from domain.territory import UnitKind
from infrastructure.read_models import unit_changes
from infrastructure.read_models.touched import touched
from interfaces.api.speaking import API, AfterNumber, Json, Limit, UnitRef, WaitQuery, recorded, said
from interfaces.house import House
from interfaces.web.boundaries import unit_on
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited


class SearchQuery(WaitQuery, frozen=True, kw_only=True):
    """`q`: a code, or words of a name that a unit bears or bore; accents make no difference."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    limit: Limit = 30


class FoundOut(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of any time. Of one that is no more (since the day `ended`), `now` are the units of today
    where it lies, the largest part first."""

    id: UnitId
    code: str | None
    name: str
    kind: UnitKind
    parent: UnitId | None
    ended: date | None
    now: list[UnitId]


class SearchOut(msgspec.Struct, frozen=True):
    rows: list[FoundOut]


class ChangesQuery(WaitQuery, frozen=True, kw_only=True):
    """Of one unit (of any time, by id; of today, by code), or of all."""

    unit: UnitRef | None = None
    limit: Limit = 50
    after: AfterNumber | None = None


class ChangeOut(msgspec.Struct, frozen=True, kw_only=True):
    """`what` is the name of the fact. `others` are the parts that were merged into `unit`, or what it
    was split into, the largest first; `was` and `became` its name, kind or code."""

    position: Position
    what: str
    unit: UnitId
    others: list[UnitId]
    valid_from: date
    recorded: datetime
    document: str | None
    was: str | None
    became: str | None


class ChangesOut(msgspec.Struct, frozen=True):
    rows: list[ChangeOut]
    total: int
    after: Position | None


class RecordedOut(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position


class TouchedOut(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at a unit that is touched: distinct persons taught, honours, hamlets, the accounts
    with a role over it or below, and how many roles these are."""

    unit: UnitId
    people: int
    ambassadors: int
    families: int
    markets: int
    vendors: int
    hamlets: int
    accounts: int
    roles: int


class PreviewOut(msgspec.Struct, frozen=True):
    """`would_record` are the names of the facts; none where it stands already. `ends` are the units
    that would be no more."""

    would_record: list[str]
    ends: list[TouchedOut]


@get(
    f"{API}/territory/units",
    asks=SearchQuery,
    gives={200: SearchOut},
    summary="Units of any time by name or code, and where they lie today",
)
async def search(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, SearchQuery)
    await caught_up(house, query.position)
    return said(SearchOut([_found(house, one) for one in house.units.search(query.q, query.limit)]))


@get(
    f"{API}/territory/changes",
    asks=ChangesQuery,
    gives={200: ChangesOut},
    summary="What changed of the territory, the latest day first, page by page",
)
async def changes(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, ChangesQuery)
    await caught_up(house, query.position)
    about = unit_on(house, query.unit, None).id if query.unit else None
    after = None if query.after is None else Position(query.after)
    with house.asking() as db:
        found = unit_changes.changes(db, about=about, limit=query.limit, after=after)
    rows = [
        ChangeOut(
            position=one.position,
            what=one.what,
            unit=one.unit,
            others=list(one.others),
            valid_from=one.valid_from,
            recorded=one.recorded,
            document=one.document,
            was=one.was,
            became=one.became,
        )
        for one in found.rows
    ]
    return said(ChangesOut(rows, found.total, found.after))


@post(
    f"{API}/territory/changes",
    takes=ReformForm,
    gives={200: RecordedOut, 201: RecordedOut},
    summary="A merger, a division, a new name, kind or code, or a new unit, by the document that decided it",
)
async def record(request: AnyRequest) -> Json:
    """By whoever administers all units that it names."""
    house = house_of(request)
    form = await read_json(request, ReformForm)
    await limited(request, Kind.GRANTING)
    done = await reforms.change_unit(house.ground, actor(request), form)
    return recorded(RecordedOut(done.unit, done.position), again=done.again)


@post(
    f"{API}/territory/changes/preview",
    takes=ReformForm,
    gives={200: PreviewOut},
    summary="What a change would record and touch; nothing is recorded",
)
async def preview(request: AnyRequest) -> Json:
    house = house_of(request)
    form = await read_json(request, ReformForm)
    facts = reforms.weighed(house.ground, actor(request), form, house.clock())
    with house.asking() as db:
        found = touched(db, reforms.ended_by(facts))
    ends = [TouchedOut(**msgspec.structs.asdict(one)) for one in found]
    return said(PreviewOut([one.NAME for one in facts], ends))


def _found(house: House, one: Unit) -> FoundOut:
    now = house.units.counterparts(one.id, today(house)) if one.ended else ()
    return FoundOut(
        id=one.id,
        code=one.code,
        name=one.name,
        kind=one.kind,
        parent=one.parent,
        ended=one.ended,
        now=list(now),
    )
