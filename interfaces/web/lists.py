"""/nhap: lists brought in. What kind and of where, the file, its columns, what is wrong, and loading it.

Checking and loading go on behind the page, which meanwhile says how far they are and loads itself anew.
"""

import asyncio
from typing import IO, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.actors import Actor, OutOfScope
from application.lists.fields import FIELDS
from application.lists.loading import ABOUT, IMPORTING
from application.ports import Unit
from domain.lists import ListKind
from domain.model import Refused
from infrastructure.lists.giving_back import MEDIA_TYPES
from infrastructure.lists.kept import Brought, State
from infrastructure.lists.spool import Gone
from interfaces import importing
from interfaces.house import House
from interfaces.web.asked import Ref, Word
from interfaces.web.choosing import below, reference
from interfaces.web.filled import problems_of
from interfaces.web.given import Given
from interfaces.web.language import translated
from interfaces.web.limits import AnyRequest, NothingThere, read_form
from interfaces.web.list_pages import (
    NOT_KEPT,
    columns_asked,
    columns_wrong,
    file_asked,
    finished,
    line_of,
    under_way,
)
from interfaces.web.list_words import KINDS, bad_rows_file
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.uploading import receive_form
from interfaces.web.words import full_name


@get("/nhap")
async def show(request: AnyRequest) -> Response[bytes]:
    """What somebody brought in, and the first step of another list."""
    house, asking = house_of(request), actor(request)
    places = _places(house, asking)
    return page(
        request,
        "lists/lists.html",
        headers=NOT_KEPT,
        kinds=[(one.value, translated(KINDS[one])) for one in ListKind],
        places=[(reference(one), full_name(house.units, one)) for one in places],
        lines=[line_of(house, one) for one in house.lists.of(asking.person)],
    )


@get("/nhap/moi")
async def new(request: AnyRequest, unit: Word = "", kind: Word = "") -> Response[bytes]:
    """Which columns a list of this kind has, and the file."""
    house, asking = house_of(request), actor(request)
    return file_asked(request, *_asked(house, asking, unit, kind))


@post("/nhap/moi")
async def bring(request: AnyRequest, unit: Word = "", kind: Word = "") -> Response[bytes] | Redirect:
    """Takes the file in. Whether somebody may is known before anything of it is read."""
    house, asking = house_of(request), actor(request)
    of, what = _asked(house, asking, unit, kind)
    await limited(request, Kind.BRINGING)
    sheet = ""
    try:
        path, name, fields = await receive_form(request, house)
        sheet = fields.get("sheet", "").strip()[:100]
        list_ = await asyncio.to_thread(
            importing.bring, house, asking, path, name=name, kind=what, unit=of, sheet=sheet
        )
    except Refused as refused:
        status, problems = problems_of(refused)
        wrong = {"file": next(iter(problems.values()))}
        return file_asked(request, of, what, status=status, sheet=sheet, problems=wrong)
    return Redirect(f"/nhap/{list_}", status_code=303)


@get("/nhap/{ref:str}")
async def one(request: AnyRequest, ref: Ref) -> Response[bytes]:
    """A list, as far as it is."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    if brought.state is State.MAPPING:
        return columns_asked(request, brought)
    importing.go_on(house, brought)
    if brought.state in (State.CHECKING, State.LOADING):
        await asyncio.sleep(0.2)  # small lists are done by then
        brought = _own(house, actor(request), ref)
    if brought.state in (State.CHECKING, State.LOADING):
        return under_way(request, brought)
    return finished(request, brought)


@post("/nhap/{ref:str}/cot")
async def columns(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """What each column holds; the rows are looked at then."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    form = await read_form(request)
    known = {field.key for field in FIELDS[brought.kind]}
    holds = tuple(said if (said := form.one(f"c{at}")) in known else None for at in range(len(brought.holds)))
    problems = columns_wrong(brought, holds)
    if problems:
        return columns_asked(
            request, msgspec.structs.replace(brought, holds=holds), status=422, problems=problems
        )
    importing.check_soon(house, brought.list, holds, new_hamlets="new_hamlets" in form)
    return _onwards(house, brought)


@post("/nhap/{ref:str}/nap")
async def load(request: AnyRequest, ref: Ref) -> Redirect:
    """The good rows are recorded; or what ended those who were at it is tried again."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    await read_form(request)
    importing.load_soon(house, brought.list)
    return _onwards(house, brought)


@post("/nhap/{ref:str}/doi-cot")
async def again(request: AnyRequest, ref: Ref) -> Redirect:
    """Back to the columns."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    await read_form(request)
    house.lists.change(brought.list, only_in=(State.CHECKED, State.FAILED), state=State.MAPPING)
    return Redirect(f"/nhap/{brought.list}", status_code=303)


@post("/nhap/{ref:str}/bo")
async def drop(request: AnyRequest, ref: Ref) -> Redirect:
    """The rows that are kept go; what was recorded stays. Raises `StillUnderWay`."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    await read_form(request)
    await asyncio.to_thread(importing.remove, house, brought.list)
    return Redirect("/nhap", status_code=303)


@get("/nhap/{ref:str}/tep")
async def file(request: AnyRequest, ref: Ref) -> Given:
    """The rows that are not taken, in the format and the columns in which they came."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    await limited(request, Kind.EXPORT)
    try:
        content = await asyncio.to_thread(bad_rows_file, house, brought)
    except Gone:
        raise NothingThere from None
    return as_file(brought, content)


def as_file(brought: Brought, content: IO[bytes]) -> Given:
    """To be saved, under a name of ours."""
    name = f"{brought.kind.value}-{brought.list[:8]}.{brought.format}"
    headers = NOT_KEPT | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Given(content, MEDIA_TYPES[brought.format], headers)


def _onwards(house: House, brought: Brought) -> Redirect:
    importing.go_on(house, importing.must_get(house, brought.list))
    return Redirect(f"/nhap/{brought.list}", status_code=303)


def own_list(house: House, asking: Actor, ref: str) -> Brought:
    """Raises `NothingThere`, also for somebody else's."""
    found = house.lists.get(ref)
    if found is None or found.person != asking.person:
        raise NothingThere
    return found


_own: Final = own_list


def _asked(house: House, asking: Actor, unit: str, kind: str) -> tuple[Unit, ListKind]:
    """Raises `OutOfScope`, `NothingThere`."""
    found = house.units.find(unit)
    if found is None:
        raise OutOfScope(field="unit")
    try:
        what = ListKind(kind)
    except ValueError:
        raise NothingThere from None
    if not asking.reaches(found.id, *IMPORTING, units=house.units, about=ABOUT[what]):
        raise OutOfScope(field="unit")
    return found, what


def _places(house: House, asking: Actor) -> list[Unit]:
    """The units over which somebody may, and those right under them."""
    found: dict[str, Unit] = {}
    for grant in asking.grants:
        unit = house.units.find(grant.unit)
        if grant.role in IMPORTING and unit is not None:
            for one in (unit, *below(house, unit)):
                found.setdefault(one.id, one)
    return list(found.values())


ROUTES: Final = (show, new, bring, one, columns, load, again, drop, file)
