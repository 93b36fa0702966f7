"""Nominees: whoever meets the criteria at a cut-off, for those who decide over awards."""

import asyncio
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from litestar import get
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from application.actors import OutOfScope
from application.ports import Identity, Unit
from application.privacy import Why
from domain.criteria import Criteria
from domain.model import Position, UnitId
from infrastructure.background import Report, unheard
from infrastructure.read_models import nominees
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import Nominee, Nominees, Wanted
from interfaces.api.speaking import API, AfterNumber, Limit, UnitRef, WaitQuery, said
from interfaces.house import House
from interfaces.web import nominating
from interfaces.web.award_lists import Ask
from interfaces.web.boundaries import name_on, unit_over
from interfaces.web.counting import standing, title
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.names import nominee_identities
from interfaces.web.narrowed import HONOURING, statuses
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


AGAIN: Final = 2
"""Seconds after which to ask again for what is being made."""


class NomineesQuery(WaitQuery, frozen=True, kw_only=True):
    """What was done by a day and received (answered for) by another, as many days later as the
    criteria say if it is not said. JSON is a page of one kind (of ambassadors, if `status` is not
    said); a file holds the whole list (of all kinds). With `boundaries` the unit is one that stood on
    that day, and so are those that the rows name."""

    unit: UnitRef
    done_by: date
    received_by: date | None = None
    status: Status | None = None
    boundaries: date | None = None
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
    `able` are able themselves, and `on_phone` said so on a mentor's phone and nowhere else. Ranks are
    by people in the commune and in the province."""

    subject: str
    name: str | None
    position: str | None
    workplace: str | None
    unit: UnitId
    unit_name: str
    people: int
    able: int
    on_phone: int
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


class BeingMadeOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for is being made: ask the same again after `Retry-After` seconds. `done` is
    the share of it that is done, from 0 to 1."""

    done: float


@get(
    f"{API}/nominees",
    asks=NomineesQuery,
    gives={200: (NomineesOut, CSV, XLSX), 202: BeingMadeOut},
    summary="Who meets the criteria at a cut-off, page by page, or as a CSV or XLSX file",
)
async def show(request: AnyRequest) -> ASGIApp:
    """A list that nobody asked for before, or a long file, is made in the background: what takes
    longer than some two seconds is answered with 202, `Location` (the same address) and
    `Retry-After`, until it is there. Lists are made once for all who ask and then stay."""
    house, query = house_of(request), read_query(request, NomineesQuery)
    asking = actor(request)
    unit = unit_over(house, asking, query.unit, query.boundaries, *HONOURING, narrowed=True)
    query = _theirs(query, statuses(house, asking, unit.id))
    await limited(request, Kind.NOMINEES if query.format is Format.JSON else Kind.EXPORT)
    await caught_up(house, query.position)
    if query.format is not Format.JSON:
        return await _file(request, unit, query)
    one = wanted(house, unit, query)
    found = await nominating.lists(house, [one], limit=query.limit, after=query.after)
    if isinstance(found, nominating.BeingMade):
        return _later(request, found)
    return said(await asyncio.to_thread(_page, house, found[0], query.boundaries))


def _theirs(query: NomineesQuery, seen: tuple[Status, ...]) -> NomineesQuery:
    """The query, for whoever sees these kinds alone: a list of another kind is not there. A file of
    all kinds holds those; JSON is of the first where none is named."""
    if query.status is not None and query.status not in seen:
        raise OutOfScope(field="unit")
    if query.status is None and (len(seen) == 1 or query.format is Format.JSON):
        return msgspec.structs.replace(query, status=seen[0])
    return query


def _later(request: AnyRequest, made: nominating.BeingMade) -> ASGIApp:
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    headers = {"location": f"{path}?{query}", "retry-after": str(AGAIN)}
    return said(BeingMadeOut(done=round(made.share, 3)), 202, headers)


def wanted(house: House, unit: Unit, query: NomineesQuery) -> Wanted:
    received_by = _received_by(house, unit, query)
    return Wanted(unit.id, query.status or Status.AMBASSADOR, query.done_by, received_by)


def listed(house: House, unit: Unit, query: NomineesQuery, report: Report = unheard) -> NomineesOut:
    """A page, made where it stands: for whoever can wait."""
    found = nominees.nominees(
        house.database,
        house.units,
        wanted(house, unit, query),
        house.ledger.history,
        now=house.clock(),
        limit=query.limit,
        after=query.after,
        report=report,
    )
    return _page(house, found, query.boundaries)


async def _file(request: AnyRequest, unit: Unit, query: NomineesQuery) -> ASGIApp:
    house = house_of(request)
    made = await nominating.file(
        house,
        actor(request).person,
        asked(house, unit, query, statuses(house, actor(request), unit.id)),
        nominating.Format(query.format.value),
        what=f"{API}/nominees",
    )
    if isinstance(made, nominating.BeingMade):
        return _later(request, made)
    then = f"-{query.boundaries}" if query.boundaries else ""
    name = f"lantoa-{unit.code or unit.id}{then}-{query.done_by}.{query.format}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    content = await nominating.handed_over(house, made)
    return ASGIResponse(body=content, media_type=_MEDIA[query.format], headers=headers)


def asked(house: House, unit: Unit, query: NomineesQuery, kinds: tuple[Status, ...] = tuple(Status)) -> Ask:
    """The whole list (of all `kinds`, if `status` is not said) for a file."""
    kinds = (query.status,) if query.status else kinds
    return Ask(unit, kinds, query.done_by, _received_by(house, unit, query), query.boundaries)


_MEDIA: Final = {Format.CSV: CSV, Format.XLSX: XLSX}


def _received_by(house: House, unit: Unit, query: NomineesQuery) -> date:
    if query.received_by is not None:
        return query.received_by
    with house.asking() as db:
        _, content = standing(db, unit, query.done_by)
    later = timedelta(days=content.received_days)
    return min(query.done_by, date.max - later) + later


def _page(house: House, found: Nominees, day: date | None) -> NomineesOut:
    people = nominee_identities(house, found, Why.AWARDS)
    return NomineesOut(
        rows=[_row(house, one, people.get(one.person) if one.person else None, day) for one in found.rows],
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


def _row(house: House, one: Nominee, named: Identity | None, day: date | None) -> NomineeOut:
    return NomineeOut(
        subject=one.subject,
        name=named.name if named else one.name,
        position=named.position if named else None,
        workplace=named.workplace if named else None,
        unit=one.unit,
        unit_name=name_on(house, one.unit, day),
        people=one.people,
        able=one.able,
        on_phone=one.on_phone,
        families=one.families,
        vendors=one.vendors,
        first=one.first,
        last=one.last,
        commune_rank=one.commune_rank,
        province_rank=one.province_rank,
    )
