"""Statuses of areas and offices: open to everybody, as honours are; nobody's name stands in them."""

from datetime import date, datetime

import msgspec
from litestar import get

from domain.model import Position, UnitId, WorkplaceId
from domain.statuses import Measure, StatusKind
from infrastructure.read_models import lacking, statuses, workplaces
from infrastructure.read_models.columns import age
from infrastructure.read_models.lacking import Asked
from infrastructure.read_models.statuses import Held
from interfaces.api.speaking import API, AfterNumber, Json, Limit, UnitRef, WaitQuery, said
from interfaces.web.boundaries import name_on, unit_on
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import house_of
from interfaces.web.status_words import is_told


class StatusesQuery(WaitQuery, frozen=True, kw_only=True):
    """Of a unit and all below it; of one status or of all. `boundaries`: `unit` is one that stood on that
    day. `after` is the `after` of the page before."""

    unit: UnitRef = "VN"
    status: StatusKind | None = None
    limit: Limit = 50
    boundaries: date | None = None
    after: AfterNumber | None = None


class CountedOut(msgspec.Struct, frozen=True):
    """`counted` of `out_of`, of which `percent` in a hundred are asked for."""

    measure: Measure
    counted: int
    out_of: int
    percent: int


class StatusOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a status: a unit, or a `workplace` registered under one. `counts` are what it rests on,
    as counted at the ledger's position `counted_at`; null of a workplace of fewer than 5 people, of whom
    one would know who it is. `criteria` is the content hash of the criteria."""

    status: StatusKind
    unit: UnitId
    unit_name: str
    workplace: WorkplaceId | None
    name: str
    since: datetime
    counts: list[CountedOut] | None
    counted_at: Position
    criteria: str


class AskedOut(msgspec.Struct, frozen=True, kw_only=True):
    """What counts in the unit asked for, by which document; no plan gives such a threshold."""

    status: StatusKind
    percents: dict[Measure, int]
    least: int
    document: str
    valid_from: date
    content_hash: str


class StatusesOut(msgspec.Struct, frozen=True, kw_only=True):
    """`asked` has no entry for a status for which nobody adopted criteria there."""

    rows: list[StatusOut]
    totals: dict[StatusKind, int]
    asked: list[AskedOut]
    after: Position | None
    position: Position
    at: datetime | None


@get(
    f"{API}/statuses",
    asks=StatusesQuery,
    gives={200: StatusesOut},
    summary="Digital villages, communities and units in a unit, latest first, page by page",
)
async def show(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, StatusesQuery)
    await caught_up(house, query.position)
    unit = unit_on(house, query.unit, query.boundaries)
    after = None if query.after is None else Position(query.after)
    with house.asking() as db:
        found = statuses.in_unit(db, unit.id, status=query.status, limit=query.limit + 1, after=after)
        some = found[: query.limit]
        offices = workplaces.several(db, [one.workplace for one in some if one.workplace])
        totals = statuses.how_many(db, unit.id)
        rules = [lacking.asked(db, unit.id, kind, today(house)) for kind in StatusKind]
        now = age(db)
    rows = [_row(one, name_on(house, one.unit, query.boundaries), _name(one, offices)) for one in some]
    return said(
        StatusesOut(
            rows=rows,
            totals=totals,
            asked=[_asked(one) for one in rules if one is not None],
            after=some[-1].position if len(found) > query.limit else None,
            position=now.position,
            at=now.at,
        )
    )


def _name(one: Held, offices: dict[WorkplaceId, workplaces.Workplace]) -> str | None:
    return offices[one.workplace].name if one.workplace in offices else None


def _row(one: Held, unit_name: str, name: str | None) -> StatusOut:
    return StatusOut(
        status=one.status,
        unit=one.unit,
        unit_name=unit_name,
        workplace=one.workplace,
        name=name or unit_name,
        since=one.since,
        counts=[CountedOut(each.measure, each.counted, each.out_of, each.percent) for each in one.counts]
        if is_told(one.counts, one.status)
        else None,
        counted_at=one.counted,
        criteria=one.criteria,
    )


def _asked(one: Asked) -> AskedOut:
    return AskedOut(
        status=one.rule.status,
        percents=dict(one.rule.percents),
        least=one.rule.least,
        document=one.adoption.document,
        valid_from=one.adoption.valid_from,
        content_hash=one.adoption.content_hash,
    )
