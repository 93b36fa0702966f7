"""What the pages of a list show: its file and columns asked for, how far it is, and what came of it."""

from typing import Any, Final

import msgspec
from litestar import Response

from application.lists.cells import text
from application.lists.fields import FIELDS, lacking, twice
from application.ports import Unit
from domain.lists import ListKind
from infrastructure.lists.kept import ENDED, Brought, KeptFault, State
from infrastructure.lists.spool import Cover, Gone, plain
from interfaces.house import House
from interfaces.web.choosing import address, reference
from interfaces.web.filled import Problems
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, moment, ngettext, number, translated
from interfaces.web.limits import AnyRequest, NothingThere
from interfaces.web.list_words import KINDS, columns_of, label, left_out, reason
from interfaces.web.render import Link, page
from interfaces.web.session import house_of
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


def line_of(house: House, brought: Brought) -> Line:
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


def file_asked(
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


def columns_asked(
    request: AnyRequest, brought: Brought, *, status: int = 200, problems: Problems | None = None
) -> Response[bytes]:
    house = house_of(request)
    try:
        cover = house.spools.cover(brought.list)
        some = [cells for line_of, cells in _first(house, brought)]
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


def columns_wrong(brought: Brought, holds: tuple[str | None, ...]) -> Problems:
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


def under_way(request: AnyRequest, brought: Brought) -> Response[bytes]:
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


def finished(request: AnyRequest, brought: Brought) -> Response[bytes]:
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
