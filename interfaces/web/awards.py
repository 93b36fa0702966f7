"""/khen-thuong: nominees at a cut-off, for the committee to compare and to export.

What takes long is made behind the page, which meanwhile says how far it is and loads itself anew.
"""

import asyncio
from datetime import date, timedelta
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from application.actors import Actor
from application.ports import Identity, Unit
from application.privacy import Why
from domain.model import PersonId, Refused
from infrastructure.read_models.honours import Status
from infrastructure.read_models.nominees import BadCutoff, NoCriteria, Nominee, Nominees, Wanted
from interfaces.house import House
from interfaces.web import choosing, nominating
from interfaces.web.asked import Count, Word
from interfaces.web.award_lists import Ask
from interfaces.web.boundaries import Switch, day_asked, name_on, nearby, of_then, switch, unit_over
from interfaces.web.choosing import address, reference
from interfaces.web.counting import criteria_by
from interfaces.web.figures import today
from interfaces.web.filled import Problems, problems_of
from interfaces.web.language import day, mark, moment, number, percent, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, WrongValue
from interfaces.web.names import nominee_identities
from interfaces.web.narrowed import HONOURING, statuses
from interfaces.web.nominating import BeingMade, Format
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.thresholds import rule
from interfaces.web.tries import Kind, limited

ROWS: Final = 30
AGAIN: Final = 2
"""Seconds after which a page that waits loads itself anew."""
NOT_KEPT: Final = {"Cache-Control": "no-store"}
RECEIVED_DAYS: Final = 7

_HEADINGS: Final = {
    Status.AMBASSADOR: mark("Digital ambassadors"),
    Status.FAMILY: mark("Digital families"),
    Status.MARKET: mark("Digital markets"),
}


class Column(msgspec.Struct, frozen=True):
    label: str
    numeric: bool = False


class Cell(msgspec.Struct, frozen=True):
    said: str
    numeric: bool = False


class Row(msgspec.Struct, frozen=True):
    no: int
    name: str
    about: str
    cells: list[Cell]


class Listed(msgspec.Struct, frozen=True):
    """One of the three lists. `more` says how many rows the page leaves to the export."""

    id: str
    heading: str
    rule: str
    columns: list[Column]
    rows: list[Row]
    more: str


class Asked(msgspec.Struct, frozen=True):
    """A cut-off as typed."""

    unit: str
    done_by: str
    received_by: str
    boundaries: str = ""


@get("/khen-thuong")
async def awards(
    request: AnyRequest,
    unit: Word = "",
    done_by: Word = "",
    received_by: Word = "",
    boundaries: Word = "",
) -> Response[bytes]:
    """The form, and once a cut-off is named the lists. Raises `NotAllowed`."""
    house, asking = house_of(request), actor(request)
    asked = Asked(unit, done_by, received_by, boundaries)
    if not (unit or done_by or received_by):
        return _shown(request, _usual(house, asking))
    try:
        over = unit_over(house, asking, unit, day_asked(house, boundaries), *HONOURING, narrowed=True)
        await limited(request, Kind.NOMINEES)
        days = _day(done_by, "done_by"), _day(received_by, "received_by")
        lists = await nominating.lists(
            house, [Wanted(over.id, status, *days) for status in statuses(house, asking, over.id)], limit=ROWS
        )
    except Refused as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, asked, status=status, problems=problems)
    except BadCutoff:
        late = {"received_by": _("This day lies before the other one.")}
        return _shown(request, asked, status=422, problems=late)
    except NoCriteria:
        none = {"unit": _("No criteria had been adopted for this unit by that day.")}
        return _shown(request, asked, status=422, problems=none)
    if isinstance(lists, BeingMade):
        return being_made(request, lists.share, _("Nominees, %(unit)s", unit=over.name), _here(request))
    table = await asyncio.to_thread(_table, house, over, asked, lists)
    return _shown(request, asked, table=table)


@get("/khen-thuong/tep")
async def file(
    request: AnyRequest,
    unit: Word = "",
    done_by: Word = "",
    received_by: Word = "",
    boundaries: Word = "",
    form: Word = "xlsx",
    waited: Count = 0,
) -> Response[bytes]:
    """Leads to the file once it is there: by itself, or by a link where somebody waited for it."""
    house, asking = house_of(request), actor(request)
    bounds = day_asked(house, boundaries)
    over = unit_over(house, asking, unit, bounds, *HONOURING, narrowed=True)
    await limited(request, Kind.NOMINEES)
    try:
        kind = Format(form)
    except ValueError:
        raise WrongValue(field="form") from None
    days = _day(done_by, "done_by"), _day(received_by, "received_by")
    ask = Ask(over, statuses(house, asking, over.id), *days, bounds)
    made = await nominating.file(house, asking.person, ask, kind, what="/api/v1/nominees")
    query = {
        "unit": reference(over), "done_by": done_by, "received_by": received_by, "boundaries": boundaries,
    }  # fmt: skip
    there = address("/api/v1/nominees", **query, format=kind)
    title = _("File of the nominees, %(unit)s", unit=over.name)
    if isinstance(made, BeingMade):
        again = address("/khen-thuong/tep", **query, form=kind, waited=1)
        return being_made(request, made.share, title, again)
    if not waited:
        return Redirect(there, status_code=303)
    return page(request, "awards/ready.html", headers=NOT_KEPT, heading=title, file=there)


def _here(request: AnyRequest) -> str:
    return f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"


def being_made(request: AnyRequest, share: float, heading: str, again: str) -> Response[bytes]:
    """How far it is. The page asks again by itself, without scripts."""
    headers = NOT_KEPT | {"Refresh": f"{AGAIN}; url={again}"}
    return page(
        request,
        "awards/making.html",
        status=202,
        headers=headers,
        heading=heading,
        done=share,
        again=again,
    )


def _usual(house: House, asking: Actor) -> Asked:
    """The cut-off proposed: up to today, received a week later."""
    over = next(grant.unit for grant in asking.grants if grant.role in HONOURING)
    found = house.units.find(over)
    done = today(house)
    return Asked(
        reference(found) if found else over,
        done.isoformat(),
        (done + timedelta(days=RECEIVED_DAYS)).isoformat(),
    )


def _known(house: House, boundaries: str) -> date | None:
    """The day asked for, where its boundaries are known."""
    try:
        return day_asked(house, boundaries)
    except Refused:
        return None


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongValue(field=field) from None


def _shown(
    request: AnyRequest,
    asked: Asked,
    *,
    status: int = 200,
    problems: Problems | None = None,
    table: dict[str, Any] | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    home = choosing.home_of(house, asking)
    bounds = _known(house, asked.boundaries)
    then = house.units.on(asked.unit, bounds) if bounds else house.units.find(asked.unit)
    chosen = then or (of_then(house, home, bounds) if home and bounds else home)
    reachable = [
        (value, label)
        for value, label in (nearby(house, chosen, bounds) if chosen else [])
        if (found := house.units.on(value, bounds) if bounds else house.units.find(value))
        and asking.reaches(found.id, *HONOURING, units=house.units, narrowed=True)
    ]
    days = {"done_by": asked.done_by, "received_by": asked.received_by}
    return page(
        request,
        "awards/nominees.html",
        status=status,
        headers=NOT_KEPT,
        problems=problems or {},
        units=reachable,
        borders=switch(house, "/khen-thuong", chosen, bounds, **days) if chosen else Switch(),
        unit=asked.unit,
        done_by=asked.done_by,
        received_by=asked.received_by,
        table=table,
    )


def _table(house: House, unit: Unit, asked: Asked, lists: list[Nominees]) -> dict[str, Any]:
    first = lists[0]
    cut = first.cutoff
    query = {"unit": reference(unit)} | {
        name: getattr(asked, name) for name in ("done_by", "received_by", "boundaries")
    }
    return {
        "heading": _("Nominees, %(unit)s", unit=unit.name),
        "done_by": day(cut.done_by),
        "received_by": day(cut.received_by),
        "criteria": criteria_by(first.document),
        "position": cut.position,
        "at": moment(cut.at) if cut.at else "–",
        "total": sum(one.row_count for one in lists),
        "provisional": cut.provisional,
        "groups": [_listed(house, one, _known(house, asked.boundaries)) for one in lists],
        "xlsx": address("/khen-thuong/tep", **query, form=Format.XLSX),
        "csv": address("/khen-thuong/tep", **query, form=Format.CSV),
    }


def _listed(house: House, found: Nominees, bounds: date | None) -> Listed:
    status = Status(found.status)
    identities = nominee_identities(house, found, Why.AWARDS)
    rows = [
        _row(name_on(house, one.unit, bounds), place, one, status, identities)
        for place, one in enumerate(found.rows, start=1)
    ]
    left = found.row_count - len(rows)
    return Listed(
        id=f"list-{status.value}",
        heading=f"{translated(_HEADINGS[status])}: {number(found.row_count)}",
        rule=rule(status, found.criteria),
        columns=_columns(status),
        rows=rows,
        more=_("%(num)s further rows are in the download.", num=number(left)) if left > 0 else "",
    )


def _columns(status: Status) -> list[Column]:
    last = [Column(_("From – to"))]
    match status:
        case Status.AMBASSADOR:
            return [
                Column(_("Nominee")),
                Column(_("Learners confirmed"), numeric=True),
                Column(_("Able"), numeric=True),
                Column(_("Only on a mentor's phone"), numeric=True),
                Column(_("Families"), numeric=True),
                Column(_("Vendors"), numeric=True),
                Column(_("Rank in commune, province"), numeric=True),
                *last,
            ]
        case Status.FAMILY:
            return [Column(_("Family registered by")), *last]
        case Status.MARKET:
            return [Column(_("Market")), Column(_("Vendors"), numeric=True), *last]


def _row(unit: str, no: int, one: Nominee, status: Status, known: dict[PersonId, Identity]) -> Row:
    span = " – ".join(day(at) for at in (one.first, one.last) if at is not None) or "–"
    cells = [Cell(span)]
    if status is Status.AMBASSADOR:
        cells = [
            Cell(number(one.people), numeric=True),
            Cell(percent(one.able / one.people if one.people else None), numeric=True),
            Cell(percent(one.on_phone / one.people if one.people else None), numeric=True),
            Cell(number(one.families), numeric=True),
            Cell(number(one.vendors), numeric=True),
            Cell(f"{number(one.commune_rank)}, {number(one.province_rank)}", numeric=True),
            *cells,
        ]
    elif status is Status.MARKET:
        cells = [Cell(number(one.vendors), numeric=True), *cells]
    person = known.get(one.person) if one.person else None
    described = (person.position, person.workplace) if person else ()
    about = " · ".join(part for part in (*described, unit) if part)
    return Row(no, one.name or (person.name if person else "") or "–", about, cells)


ROUTES: Final = (awards, file)
