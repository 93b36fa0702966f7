"""/nhap: lists brought in. What kind and of where, the file, its columns, what is wrong, and loading it.

Checking and loading go on behind the page, which meanwhile says how far they are and loads itself anew.
"""

import asyncio
from typing import IO, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.actors import Actor, OutOfScope
from application.lists.cells import text
from application.lists.fields import FIELDS, lacking, twice
from application.lists.loading import ABOUT, IMPORTING
from application.ports import Unit
from domain.lists import ListKind
from domain.model import Refused
from infrastructure.lists.giving_back import MEDIA_TYPES
from infrastructure.lists.kept import ENDED, Brought, KeptFault, State
from infrastructure.lists.spool import Cover, Gone, plain
from interfaces import importing
from interfaces.house import House
from interfaces.web.asked import Ref, Word
from interfaces.web.choosing import address, below, reference
from interfaces.web.filled import Problems, problems_of
from interfaces.web.given import Given
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, moment, ngettext, number, translated
from interfaces.web.limits import AnyRequest, NothingThere, read_form
from interfaces.web.list_words import KINDS, bad_rows_file, columns_of, label, left_out, reason
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.uploading import receive_form
from interfaces.web.words import full_name

AGAIN: Final = 2
"""Seconds after which a page that waits loads itself anew."""

SHOWN: Final = 50
"""Bad rows on the page; the file has all of them."""

SAMPLE: Final = 3
NOT_KEPT: Final = {"Cache-Control": "no-store"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was brought in."""

    href: str
    what: str
    where: str
    state: str
    when: str


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the file: its heading, some of what stands in it, and what it is taken for."""

    id: str
    heading: str
    sample: list[str]
    field: str


class Bad(msgspec.Struct, frozen=True):
    line: int
    why: str


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
        lines=[_line(house, one) for one in house.lists.of(asking.person)],
    )


@get("/nhap/moi")
async def new(request: AnyRequest, unit: Word = "", kind: Word = "") -> Response[bytes]:
    """Which columns a list of this kind has, and the file."""
    house, asking = house_of(request), actor(request)
    return _file_asked(request, *_asked(house, asking, unit, kind))


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
        return _file_asked(request, of, what, status=status, sheet=sheet, problems=wrong)
    return Redirect(f"/nhap/{list_}", status_code=303)


@get("/nhap/{ref:str}")
async def one(request: AnyRequest, ref: Ref) -> Response[bytes]:
    """A list, as far as it is."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    if brought.state is State.MAPPING:
        return _columns(request, brought)
    importing.go_on(house, brought)
    if brought.state in (State.CHECKING, State.LOADING):
        await asyncio.sleep(0.2)  # small lists are done by then
        brought = _own(house, actor(request), ref)
    if brought.state in (State.CHECKING, State.LOADING):
        return _under_way(request, brought)
    return _done(request, brought)


@post("/nhap/{ref:str}/cot")
async def columns(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """What each column holds; the rows are looked at then."""
    house = house_of(request)
    brought = _own(house, actor(request), ref)
    form = await read_form(request)
    known = {field.key for field in FIELDS[brought.kind]}
    holds = tuple(said if (said := form.one(f"c{at}")) in known else None for at in range(len(brought.holds)))
    problems = _wrong(brought, holds)
    if problems:
        return _columns(request, msgspec.structs.replace(brought, holds=holds), status=422, problems=problems)
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


def _line(house: House, brought: Brought) -> Line:
    unit = house.units.find(brought.unit)
    return Line(
        href=f"/nhap/{brought.list}",
        what=translated(KINDS[brought.kind]),
        where=full_name(house.units, unit) if unit else "",
        state=_state(brought),
        when=moment(brought.created),
    )


def _state(brought: Brought) -> str:
    match brought.state:
        case State.MAPPING:
            return _("waits for its columns")
        case State.CHECKING:
            return _("is being looked at")
        case State.CHECKED:
            return _("waits to be loaded")
        case State.LOADING:
            return _("is being loaded")
        case State.LOADED:
            return _("%(good)s rows taken, %(bad)s not", good=number(brought.good), bad=number(brought.bad))
        case State.FAILED:
            return _("could not be loaded")


def _file_asked(
    request: AnyRequest,
    unit: Unit,
    kind: ListKind,
    *,
    status: int = 200,
    sheet: str = "",
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    query = {"unit": reference(unit), "kind": kind.value}
    return page(
        request,
        "lists/file.html",
        status=status,
        headers=NOT_KEPT,
        here=address("/nhap/moi", **query),
        kind=translated(KINDS[kind]),
        where=full_name(house.units, unit),
        action=address("/nhap/moi", **query),
        sheet=sheet,
        needed=[label(one.key, kind) for one in FIELDS[kind] if one.required],
        others=[label(one.key, kind) for one in FIELDS[kind] if not one.required],
        problems=problems or {},
    )


def _columns(
    request: AnyRequest, brought: Brought, *, status: int = 200, problems: Problems | None = None
) -> Response[bytes]:
    house = house_of(request)
    try:
        cover = house.spools.cover(brought.list)
        some = [cells for _line, cells in _first(house, brought)]
    except Gone:
        raise NothingThere from None
    fields = [("", _("not read"))] + [
        (one.key, f"{label(one.key, brought.kind)}{' *' if one.required else ''}")
        for one in FIELDS[brought.kind]
    ]
    found = [
        Column(
            id=f"c{at}",
            heading=cover.headings[at] if at < len(cover.headings) else "",
            sample=[said for cells in some if at < len(cells) and (said := text(plain(cells[at])))],
            field=field or "",
        )
        for at, field in enumerate(brought.holds)
    ]
    return page(
        request,
        "lists/columns.html",
        status=status,
        headers=NOT_KEPT,
        here=f"/nhap/{brought.list}",
        base=f"/nhap/{brought.list}",
        **_about(house, brought, cover),
        columns=[one for one in found if one.heading or one.sample or one.id in (problems or {})],
        fields=fields,
        new_hamlets=brought.new_hamlets,
        hamlets=any(one.key == "hamlet" for one in FIELDS[brought.kind]),
        problems=problems or {},
    )


def _first(house: House, brought: Brought) -> list[Any]:
    lines = house.spools.lines(brought.list)
    return [line for line, _at in zip(lines, range(SAMPLE), strict=False)]


def _wrong(brought: Brought, holds: tuple[str | None, ...]) -> Problems:
    problems: Problems = {}
    if missing := lacking(brought.kind, holds):
        unread = next((at for at, key in enumerate(holds) if key is None), 0)
        said = ", ".join(label(key, brought.kind) for key in missing)
        problems[f"c{unread}"] = _("Please say which column holds: %(field)s.", field=said)
    for key in twice(holds):
        said = label(key, brought.kind)
        problems[f"c{holds.index(key)}"] = _("Two columns are said to hold: %(field)s.", field=said)
    return problems


def _about(house: House, brought: Brought, cover: Cover | None) -> dict[str, Any]:
    unit = house.units.find(brought.unit)
    return {
        "kind": translated(KINDS[brought.kind]),
        "where": full_name(house.units, unit) if unit else "",
        "file": cover.name if cover else "",
        "rows": ngettext("%(num)s row", "%(num)s rows", brought.lines),
        "left_out": left_out(cover),
    }


def _under_way(request: AnyRequest, brought: Brought) -> Response[bytes]:
    here = f"/nhap/{brought.list}"
    loading = brought.state is State.LOADING
    return page(
        request,
        "lists/under_way.html",
        status=202,
        headers=NOT_KEPT | {"Refresh": f"{AGAIN}; url={here}"},
        heading=_("The list is being loaded") if loading else _("The list is being looked at"),
        done=brought.done / max(brought.lines, 1),
        said=_(
            "%(done)s of %(all)s rows, %(bad)s of them cannot be taken",
            done=number(brought.done),
            all=number(brought.lines),
            bad=number(brought.bad),
        ),
        loading=loading,
        again=here,
    )


def _done(request: AnyRequest, brought: Brought) -> Response[bytes]:
    house = house_of(request)
    try:
        cover = house.spools.cover(brought.list)
    except Gone:
        cover = None
    columns = columns_of(house, brought)
    faults = house.lists.faults(brought.list, limit=SHOWN)
    kinds = house.lists.kinds_of_faults(brought.list)
    counted = [(reason(_whichever(one), columns, brought.kind), number(many)) for one, many in kinds]
    return page(
        request,
        "lists/done.html",
        headers=NOT_KEPT,
        base=f"/nhap/{brought.list}",
        **_about(house, brought, cover),
        state=brought.state.value,
        good=number(brought.good),
        known=number(brought.known),
        new=number(brought.good - brought.known),
        bad=number(brought.bad),
        any_new=brought.good > brought.known,
        any_bad=bool(brought.bad),
        rows_kept=cover is not None,
        why=why_not(brought),
        may_be_tried=brought.why in ENDED.values() and cover is not None,
        bad_rows=[Bad(one.line, reason(one, columns, brought.kind)) for one in faults],
        counted=counted,
        more=brought.bad > SHOWN,
        hamlets=_hamlets_missing(brought) and any(one.refusal == "NoSuchHamlet" for one, _many in kinds),
        file_href=f"/nhap/{brought.list}/tep",
        onward=_onward(house, brought) if brought.state is State.LOADED else [],
    )


def why_not(brought: Brought) -> str:
    """Why it could not go on."""
    return translated(_WHY_NOT.get(brought.why, _WHY_NOT["fault"]))


def _hamlets_missing(brought: Brought) -> bool:
    """Whether a list could add hamlets, and was not asked to. What belongs to a team or a market lies where
    that does, in a hamlet that is known."""
    lies_in_one = (ListKind.MEMBERS, ListKind.VENDORS)
    return brought.state is State.CHECKED and not brought.new_hamlets and brought.kind not in lies_in_one


def _whichever(one: KeptFault) -> KeptFault:
    """One of many that differ in these."""
    return msgspec.structs.replace(one, details=one.details | dict.fromkeys(("line", "now", "limit"), "…"))


def _onward(house: House, brought: Brought) -> list[Link]:
    """Where what was recorded can be seen, and which list comes next."""
    unit = house.units.find(brought.unit)
    if unit is None:
        return []
    ref = reference(unit)
    found = [Link(f"/don-vi/{ref}", _("The unit's figures"))]
    if brought.kind in (ListKind.TEAMS, ListKind.MEMBERS):
        found = [Link(address("/to", unit=ref), _("The teams there"))]
    elif brought.kind is ListKind.VISITS:
        found = [Link(f"/don-vi/{ref}/di-ho", _("Households visited"))]
    elif brought.kind is ListKind.MILESTONES:
        found = [Link(f"/don-vi/{ref}/cot-moc", _("Milestones"))]
    if follows := _NEXT.get(brought.kind):
        href = address("/nhap/moi", unit=ref, kind=follows.value)
        found.append(Link(href, _("Next list: %(kind)s", kind=translated(KINDS[follows]))))
    return [*found, Link("/nhap", _("Another list"))]


_NEXT: Final = {ListKind.TEAMS: ListKind.MEMBERS, ListKind.MARKETS: ListKind.VENDORS}

_ENDED: Final = mark(
    "The program ended again and again while it was at this list, and came no farther. What was recorded "
    "until then stands. Try again; if that does not help, bring it in again in smaller parts."
)
_WHY_NOT: Final = {
    **dict.fromkeys(ENDED.values(), _ENDED),
    "fault": mark("Something went wrong on our side. What was recorded until then stands; try again."),
    "gone": mark("The rows are no longer kept here. Please bring the file in again."),
    "unit": mark("The unit of the list is not known any more."),
    "may-not": mark("Whoever brought the list in may no longer do so for this unit."),
}

ROUTES: Final = (show, new, bring, one, columns, load, again, drop, file)
