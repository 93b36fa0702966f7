"""/dia-gioi: what changed of the territory, and which unit of today an old one lies in."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Final

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from application.actors import OutOfScope
from application.ports import Unit
from domain.model import Position, Role, UnitId
from domain.territory import (
    CodeCorrected,
    UnitAbolished,
    UnitKind,
    UnitReclassified,
    UnitRenamed,
    UnitsMerged,
    UnitSplit,
)
from infrastructure.read_models import unit_changes
from infrastructure.read_models.unit_changes import Change
from interfaces.house import House
from interfaces.web import boundaries, choosing, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address
from interfaces.web.figures import today
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.language import lower_first, mark, number, translated
from interfaces.web.limits import AnyRequest
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import full_name, listed

ROWS: Final = 30
OWN: Final = 5
"""Changes of one's own unit that stand before those of the country."""
NAMED: Final = 8
"""More units than that are not listed in one sentence."""

Sought = Annotated[str, QueryParameter(max_length=100)]

KINDS: Final = {
    UnitKind.COUNTRY: mark("Country"),
    UnitKind.CITY: mark("City"),
    UnitKind.PROVINCE: mark("Province"),
    UnitKind.RURAL_DISTRICT: mark("Rural district"),
    UnitKind.URBAN_DISTRICT: mark("Urban district"),
    UnitKind.PROVINCIAL_CITY: mark("City of a province"),
    UnitKind.TOWN: mark("District-level town"),
    UnitKind.COMMUNE: mark("Commune"),
    UnitKind.WARD: mark("Ward"),
    UnitKind.TOWNSHIP: mark("Township"),
    UnitKind.SPECIAL_ZONE: mark("Special zone"),
    UnitKind.HAMLET: mark("Hamlet"),
}

_NOTICES: Final = {
    "ghi": mark("It is recorded. Figures are being counted anew; until then pages show the ones of before."),
    "roi": mark("It stood already: nothing was recorded."),
}


class Found(msgspec.Struct, frozen=True):
    """A unit of any time; `now` says where it lies today, empty where it stands itself."""

    href: str
    name: str
    about: str
    now: str


class Line(msgspec.Struct, frozen=True):
    """One change in a sentence."""

    said: str
    about: str


@get("/dia-gioi")
async def shown(
    request: AnyRequest, q: Sought = "", after: Count = 0, position: Count = 0
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    home = choosing.home_of(house, asking)
    own = None if home is None or home.kind is UnitKind.COUNTRY or q.strip() or after else home
    with house.asking() as db:
        found = unit_changes.changes(db, limit=ROWS, after=Position(after) if after else None)
        about = unit_changes.changes(db, inside=own.id, limit=OWN) if own else None
    return page(
        request,
        "territory/index.html",
        q=q,
        found=[of_unit(house, one) for one in house.units.search(q)] if q.strip() else None,
        own=of_unit(house, own) if own else None,
        own_lines=[line(house, one) for one in about.rows] if about else [],
        lines=[line(house, one) for one in found.rows],
        total=found.total,
        more=address("/dia-gioi", after=found.after) if found.after else None,
        records=asking.holds(Role.ADMINISTRATOR),
        organizes=asking.holds(Role.ORGANIZER),
    )


@get("/dia-gioi/{ref:str}")
async def unit(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """A unit of today by its code, of any time by its id. Raises `OutOfScope`."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    one = house.units.find(ref)
    if one is None:
        raise OutOfScope(field="unit")
    with house.asking() as db:
        changed = unit_changes.changes(db, about=one.id, limit=ROWS)
    became, pieces = house.units.became(one.id), house.units.pieces(one.id)
    return page(
        request,
        "territory/unit.html",
        notice=words.notice(_NOTICES, done),
        name=one.name,
        kind=translated(KINDS[one.kind]),
        code=one.code,
        where=full_name_then(house, one),
        ended=day_said(one.ended) if one.ended else "",
        standing=[of_unit(house, there) for there in now_of(house, one)] if one.ended else [],
        divided=len(became) > 1,
        pieces=[_piece(house, found) for piece in pieces if (found := house.units.find(piece))],
        lines=[line(house, change) for change in changed.rows],
        ref=one.code or one.id,
        records=one.ended is None and asking.reaches(one.id, Role.ADMINISTRATOR, units=house.units),
    )


def now_of(house: House, one: Unit) -> list[Unit]:
    """What stands today where a unit stood, the largest part first."""
    there = house.units.counterparts(one.id, today(house))
    return [found for ref in there if (found := house.units.find(ref))]


def full_name_then(house: House, one: Unit) -> str:
    """With the units above it: of one that is no more, those of its last day."""
    if one.ended is None:
        return full_name(house.units, one)
    return boundaries.full_name_on(house, one.id, one.ended - timedelta(days=1))


def of_unit(house: House, one: Unit) -> Found:
    now = ""
    if one.ended is not None:
        there = now_of(house, one)
        names = listed(full_name(house.units, other) for other in there) if there else ""
        now = (
            _("now %(units)s", units=names) if names else _("no more since %(day)s", day=day_said(one.ended))
        )
    about = full_name_then(house, one).partition(", ")[2]
    code = _("code %(code)s", code=one.code) if one.code else ""
    return Found(
        f"/dia-gioi/{one.code if one.code and one.ended is None else one.id}",
        one.name,
        " · ".join(part for part in (about, code) if part),
        now,
    )


def _piece(house: House, piece: Unit) -> Found:
    extent = _("part of it") if len(house.units.became(piece.id)) > 1 else _("all of it")
    found = of_unit(house, piece)
    return Found(found.href, found.name, found.about, extent)


def line(house: House, one: Change) -> Line:
    """What changed, in the names of the day before."""
    before = one.valid_from - timedelta(days=1)
    about = [_("from %(day)s", day=day_said(one.valid_from))]
    if one.document:
        about.append(_("document %(document)s", document=one.document))
    return Line(said=_said(house, one, before), about=" · ".join(about))


def _said(house: House, one: Change, before: date) -> str:
    unit = named(house, one.unit, one.valid_from)
    match one.what:
        case UnitsMerged.NAME:
            return _("%(parts)s: merged into %(unit)s", parts=_names(house, one.others, before), unit=unit)
        case UnitSplit.NAME:
            parts = _names(house, one.others, one.valid_from)
            return _("%(unit)s: divided among %(parts)s", unit=named(house, one.unit, before), parts=parts)
        case UnitAbolished.NAME:
            return _("%(unit)s: abolished", unit=named(house, one.unit, before))
        case UnitRenamed.NAME:
            return _("%(was)s: now called %(now)s", was=one.was or "–", now=one.became or "–")
        case UnitReclassified.NAME:
            was, now = (kind_in_words(kind) for kind in (one.was, one.became))
            return _("%(unit)s: from %(was)s to %(now)s", unit=unit, was=was, now=now)
        case CodeCorrected.NAME:
            was, now = one.was or "–", one.became or "–"
            return _("%(unit)s: code %(was)s became %(now)s", unit=unit, was=was, now=now)
        case _:
            return unit


def kind_in_words(kind: str | None) -> str:
    """Inside a sentence, where Vietnamese writes xã, phường small; in a name (Xã Tuy Phước) it stays."""
    return lower_first(translated(KINDS[UnitKind(kind)])) if kind else "–"


def named(house: House, ref: UnitId, day: date) -> str:
    found = house.units.on(ref, day)
    return found.name if found else "–"


def _names(house: House, refs: Sequence[UnitId], day: date) -> str:
    names = ", ".join(named(house, ref, day) for ref in refs[:NAMED])
    left = len(refs) - NAMED
    return _("%(names)s and %(num)s more", names=names, num=number(left)) if left > 0 else names


ROUTES: Final = (shown, unit)
