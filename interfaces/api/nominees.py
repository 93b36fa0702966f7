"""Nominees: whoever meets the criteria at a cut-off, for those who decide over awards."""

import asyncio
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from litestar import get
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from application.ports import Identity, Unit
from application.privacy import Why
from domain.criteria import Criteria
from domain.model import Position, Role, UnitId
from infrastructure.exports.as_csv import as_csv
from infrastructure.exports.as_xlsx import as_xlsx
from infrastructure.read_models import nominees
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import Nominee, Nominees
from interfaces.api.speaking import API, AfterNumber, Limit, UnitRef, WaitQuery, said
from interfaces.house import House
from interfaces.web.award_lists import award_list
from interfaces.web.counting import standing, title
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.names import nominee_identities
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class NomineesQuery(WaitQuery, frozen=True, kw_only=True):
    """What was done by a day and received (answered for) by another, as many days later as the
    criteria say if it is not said. JSON is a page of one kind (of ambassadors, if `status` is not
    said); a file holds the whole list (of all kinds)."""

    unit: UnitRef
    done_by: date
    received_by: date | None = None
    status: Status | None = None
    format: Format = Format.JSON
    limit: Limit = 50
    after: AfterNumber | None = None


class CutoffOut(msgspec.Struct, frozen=True, kw_only=True):
    """`position` is the last of the ledger that counts; `provisional` until the second day is over."""

    done_by: date
    received_by: date
    position: Position
    at: datetime | None
    provisional: bool


class CriteriaOut(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    document: str
    content_hash: str
    content: Criteria


class NomineeOut(msgspec.Struct, frozen=True, kw_only=True):
    """Names, positions and workplaces are today's; null once erased. Of the `people` confirmed,
    `able` are able themselves. Ranks are by people in the commune and in the province."""

    subject: str
    name: str | None
    position: str | None
    workplace: str | None
    unit: UnitId
    unit_name: str
    people: int
    able: int
    families: int
    vendors: int
    first: date | None
    last: date | None
    commune_rank: int
    province_rank: int


class NomineesOut(msgspec.Struct, frozen=True, kw_only=True):
    """With `simulated` everybody in the list is invented, as in its files."""

    rows: list[NomineeOut]
    row_count: int
    after: int | None
    unit: UnitId
    status: Status
    simulated: bool
    cutoff: CutoffOut
    criteria: CriteriaOut
    position: Position
    at: datetime


@get(
    f"{API}/nominees",
    asks=NomineesQuery,
    gives={200: (NomineesOut, CSV, XLSX)},
    summary="Who meets the criteria at a cut-off, page by page, or as a CSV or XLSX file",
)
async def show(request: AnyRequest) -> ASGIApp:
    house, query = house_of(request), read_query(request, NomineesQuery)
    unit = actor(request).unit(query.unit, Role.COMMITTEE, Role.ORGANIZER, units=house.units)
    await limited(request, Kind.NOMINEES if query.format is Format.JSON else Kind.EXPORT)
    await caught_up(house, query.position)
    # In a thread: the first who asks for a cut-off has its list made.
    if query.format is Format.JSON:
        return said(await asyncio.to_thread(listed, house, unit, query))
    return await asyncio.to_thread(_file, house, unit, query)


def listed(house: House, unit: Unit, query: NomineesQuery) -> NomineesOut:
    return _page(
        house,
        nominees.nominees(
            house.database,
            house.units,
            unit.id,
            status=query.status or Status.AMBASSADOR,
            done_by=query.done_by,
            received_by=_received_by(house, unit, query),
            now=house.clock(),
            limit=query.limit,
            after=query.after,
        ),
    )


def _file(house: House, unit: Unit, query: NomineesQuery) -> ASGIResponse:
    _, media = _WRITERS[query.format]
    name = f"lantoa-{unit.code or unit.id}-{query.done_by}.{query.format}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return ASGIResponse(body=written(house, unit, query), media_type=media, headers=headers)


def written(house: House, unit: Unit, query: NomineesQuery) -> bytes:
    """The whole list as a file of the format asked for, which is not JSON."""
    sheet = award_list(
        house,
        unit,
        [query.status] if query.status else list(Status),
        done_by=query.done_by,
        received_by=_received_by(house, unit, query),
    )
    write, _ = _WRITERS[query.format]
    return write(sheet)


_WRITERS: Final = {
    Format.CSV: (as_csv, CSV),
    Format.XLSX: (as_xlsx, XLSX),
}


def _received_by(house: House, unit: Unit, query: NomineesQuery) -> date:
    if query.received_by is not None:
        return query.received_by
    with house.asking() as db:
        _, content = standing(db, unit, query.done_by)
    return query.done_by + timedelta(days=content.received_days)


def _page(house: House, found: Nominees) -> NomineesOut:
    people = nominee_identities(house, found, Why.AWARDS)
    return NomineesOut(
        rows=[_row(house, one, people.get(one.person) if one.person else None) for one in found.rows],
        row_count=found.row_count,
        after=found.after,
        unit=found.unit,
        status=Status(found.status),
        simulated=house.simulated,
        cutoff=CutoffOut(
            done_by=found.cutoff.done_by,
            received_by=found.cutoff.received_by,
            position=found.cutoff.position,
            at=found.cutoff.at,
            provisional=found.cutoff.provisional,
        ),
        criteria=CriteriaOut(
            title=title(found.criteria),
            document=found.document,
            content_hash=found.content_hash,
            content=found.criteria,
        ),
        position=found.cutoff.position,
        at=found.made_at,
    )


def _row(house: House, one: Nominee, named: Identity | None) -> NomineeOut:
    unit = house.units.find(one.unit)
    return NomineeOut(
        subject=one.subject,
        name=named.name if named else one.name,
        position=named.position if named else None,
        workplace=named.workplace if named else None,
        unit=one.unit,
        unit_name=unit.name if unit else "",
        people=one.people,
        able=one.able,
        families=one.families,
        vendors=one.vendors,
        first=one.first,
        last=one.last,
        commune_rank=one.commune_rank,
        province_rank=one.province_rank,
    )
