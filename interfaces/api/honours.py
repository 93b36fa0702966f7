"""Who is honoured: open to everybody, with names only where their people agreed to it."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from litestar import get

from domain.model import MarketId, Position, UnitId
from infrastructure.read_models import honours, markets
from infrastructure.read_models.honours import Honour, Status
from interfaces import reads
from interfaces.api.speaking import API, AfterNumber, Json, Limit, UnitRef, WaitQuery, said
from interfaces.house import House, Questions
from interfaces.reads import Unlogged
from interfaces.web.boundaries import name_on, unit_on
from interfaces.web.counting import Counting, counting
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import house_of


class HonoursQuery(WaitQuery, frozen=True, kw_only=True):
    """`boundaries`: `unit` is one that stood on that day, with the code it bore then; whoever was
    honoured in what was its ground, whenever that was."""

    status: Status = Status.AMBASSADOR
    unit: UnitRef = "VN"
    limit: Limit = 50
    boundaries: date | None = None
    after: AfterNumber | None = None


class HonourOut(msgspec.Struct, frozen=True, kw_only=True):
    """`unit` is where they were recognised, `unit_name` what is called so under the boundaries asked
    for. `name` is the ambassador's, of a family that of whoever registered it, of a market its own;
    null without consent. `witnesses` are the confirmed persons (for a family: teachings) that the
    status rests on; a market counts `counted` vendors of `out_of`."""

    status: Status
    subject: str
    name: str | None
    unit: UnitId
    unit_name: str
    since: datetime
    witnesses: int
    counted: int
    out_of: int
    criteria: str


class HonoursOut(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[HonourOut]
    total: int
    after: Position | None
    position: Position
    at: datetime | None
    criteria: Counting


@get(
    f"{API}/honours",
    asks=HonoursQuery,
    gives={200: HonoursOut},
    summary="Who holds a status in a unit, latest first, page by page",
)
async def show(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, HonoursQuery)
    await caught_up(house, query.position)
    unit = unit_on(house, query.unit, query.boundaries)
    after = None if query.after is None else Position(query.after)
    with house.asking() as db:
        found = honours.holders(db, status=query.status, unit=unit.id, limit=query.limit, after=after)
        names = _public_names(house, db, found.rows)
        criteria = counting(db, unit, today(house))
    return said(
        HonoursOut(
            rows=[_row(house, one, names, query.boundaries) for one in found.rows],
            total=found.total,
            after=found.after,
            position=found.age.position,
            at=found.age.at,
            criteria=criteria,
        )
    )


def _public_names(house: House, db: Questions, rows: tuple[Honour, ...]) -> Mapping[str, str]:
    """By subject: the names that anybody may read."""
    agreed = [one.person for one in rows if one.person and one.public_name]
    known = reads.names(house, agreed, Unlogged.CONSENTED)
    named = {one.subject: known[one.person] for one in rows if one.person and one.person in known}
    of_market = [MarketId(one.subject) for one in rows if one.status is Status.MARKET]
    return named | {str(market): name for market, name in markets.names(db, of_market).items()}


def _row(house: House, one: Honour, names: Mapping[str, str], day: date | None) -> HonourOut:
    return HonourOut(
        status=one.status,
        subject=one.subject,
        name=names.get(one.subject),
        unit=one.unit,
        unit_name=name_on(house, one.unit, day),
        since=one.since,
        witnesses=one.witnesses,
        counted=one.counted,
        out_of=one.out_of,
        criteria=one.criteria,
    )
