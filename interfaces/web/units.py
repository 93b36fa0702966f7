"""/don-vi: a unit's figures, and who lies behind among the units right under it."""

import math
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import territory
from application.actors import Actor, OutOfScope
from application.forms import HamletForm
from application.ids import new_id
from application.lookups import COMMUNES
from application.ports import Unit
from domain.model import Model, Role
from domain.territory import UnitKind
from infrastructure.read_models import figures
from infrastructure.read_models.figures import Figures
from infrastructure.read_models.honours import Status
from interfaces.house import House
from interfaces.web import choosing, requests, stalls, targets
from interfaces.web.asked import Count, Ref
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, content_of, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, percent
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.markets import reaches
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.thresholds import thresholds


class Card(msgspec.Struct, frozen=True):
    model: Model
    label: str
    value: int
    about: str


class Row(msgspec.Struct, frozen=True):
    """`value` is what the table compares; the rest stands beside learners alone."""

    name: str
    href: str
    value: int
    share: float | None
    ambassadors: int


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """`href` is empty for those who may not see its vendors."""

    name: str
    about: str
    href: str


class Dot(msgspec.Struct, frozen=True):
    """One unit's centre in the drawing; `step` is a class of the stylesheet, 0 to 4."""

    x: float
    y: float
    r: float
    step: int
    title: str


class Key(msgspec.Struct, frozen=True):
    """What one colour stands for."""

    step: int
    label: str


class Dots(msgspec.Struct, frozen=True):
    width: int
    height: int
    circles: list[Dot]
    keys: list[Key]


@get("/don-vi")
async def own(request: AnyRequest) -> Redirect:
    """To the unit one holds a role over. Raises `OutOfScope` where there is none."""
    home = choosing.home_of(house_of(request), actor(request))
    if home is None:
        raise OutOfScope
    return Redirect(f"/don-vi/{reference(home)}", status_code=303)


@get("/don-vi/{ref:str}")
async def unit(request: AnyRequest, ref: Ref, position: Count = 0) -> Response[bytes]:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house = house_of(request)
    await caught_up(house, position)
    return _shown(request, _reached(house, actor(request), ref))


@post("/don-vi/{ref:str}/thon")
async def add_hamlet(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A hamlet under a commune, entered by who organizes it."""
    house, asking = house_of(request), actor(request)
    found, form = _reached(house, asking, ref), await read_form(request)
    typed = {"submission": form.one("submission"), "parent": found.id, "name": form.one("name")}
    try:
        made = await territory.add_hamlet(house.ground, asking, filled(HamletForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, found, status=status, problems=problems, typed=typed["name"])
    return Redirect(f"/don-vi/{ref}?position={made.position}", status_code=303)


def _reached(house: House, asking: Actor, ref: str) -> Unit:
    found = house.units.find(ref)
    if found is None or not asking.reaches(found.id, units=house.units, narrowed=True):
        raise OutOfScope(field="unit")
    return found


def _shown(
    request: AnyRequest,
    found: Unit,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: str = "",
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    adoption = adopted(house, found.id)
    content = content_of(adoption)
    days = content.active_days
    models = asking.models(found.id, units=house.units)
    compared = next(one for one in _COMPARED if one.model in models)
    with house.asking() as db:
        counted = figures.figures(db, found.id, active_since=today(house) - timedelta(days=days))
    return page(
        request,
        "units/unit.html",
        status=status,
        here=f"/don-vi/{reference(found)}",
        problems=problems or {},
        typed=typed,
        submission=new_id(),
        may_add=found.kind in COMMUNES and asking.reaches(found.id, Role.ORGANIZER, units=house.units),
        ref=reference(found),
        name=found.name,
        path=_above(house, asking, found),
        requests=requests.waiting(house, asking),
        freshness=fresh(counted.age, adoption),
        below=_below(house, found),
        cards=_cards(counted.own, days, models),
        board=address("/xep-hang", unit=reference(found)),
        honours=address("/vinh-danh", unit=reference(found)),
        children=_children(house, counted.children, compared),
        compared=_(compared.label),
        learners=compared.model is Model.AMBASSADORS,
        children_label=_("Provinces and cities") if found.kind is UnitKind.COUNTRY else _("Units below"),
        targets=targets.section(house, asking, found),
        markets=_markets(house, asking, found) if Model.MARKETS in models else [],
        threshold=thresholds(Status.MARKET, content),
        dots=_dots(house, counted.children) if Model.AMBASSADORS in models else None,
    )


def _markets(house: House, asking: Actor, unit: Unit) -> list[Market]:
    """Of a commune or hamlet; larger units would have too many to list."""
    if unit.kind not in (*COMMUNES, UnitKind.HAMLET):
        return []
    return [
        Market(
            name=one.name,
            about=stalls.share(house, one),
            href=f"/cho/{one.market}" if reaches(house, asking, one.unit) else "",
        )
        for one in stalls.markets_in(house, unit.id)
    ]


def _above(house: House, asking: Actor, unit: Unit) -> list[Link]:
    """The way up, as far as whoever asks may go."""
    above = [found for step in reversed(unit.path[1:]) if (found := house.units.find(step))]
    return [
        Link(f"/don-vi/{reference(one)}", one.name)
        for one in above
        if asking.reaches(one.id, units=house.units, narrowed=True)
    ]


def _below(house: House, unit: Unit) -> str:
    many = len(house.units.children(unit.id))
    return ngettext("%(num)s unit below", "%(num)s units below", many) if many else ""


def _cards(own: Figures, days: int, models: frozenset[Model]) -> list[Card]:
    """Of the models for which whoever looks holds a role there."""
    every = [
        Card(
            Model.AMBASSADORS,
            _("Digital ambassadors"),
            own.ambassadors,
            _("mentors with enough confirmed learners"),
        ),
        Card(
            Model.AMBASSADORS,
            _("Learners confirmed"),
            own.confirmed,
            _(
                "%(share)s of %(taught)s recorded · %(able)s can do it without help",
                share=percent(own.confirmed_share),
                taught=number(own.taught),
                able=percent(own.able_share),
            )
            + _weakly(own),
        ),
        Card(Model.FAMILIES, _("Digital families"), own.families, _("families that meet the criteria")),
        Card(
            Model.MARKETS,
            _("Vendors onboarded"),
            own.vendors,
            _(
                "%(active)s seen trading in %(days)s days · %(markets)s digital markets",
                active=number(own.vendors_active),
                days=number(days),
                markets=number(own.markets),
            ),
        ),
    ]
    return [card for card in every if card.model in models]


def _weakly(own: Figures) -> str:
    """How much of it was confirmed on mentors' phones alone; nothing where none was."""
    if not own.on_phone:
        return ""
    return " · " + _("%(share)s only on a mentor's phone", share=percent(own.on_phone_share))


class Compared(msgspec.Struct, frozen=True):
    """By what the units below are compared."""

    model: Model
    label: str
    value: Callable[[Figures], int]


_COMPARED: Final = (
    Compared(Model.AMBASSADORS, mark("Learners"), lambda one: one.confirmed),
    Compared(Model.FAMILIES, mark("Families"), lambda one: one.families),
    Compared(Model.MARKETS, mark("Vendors"), lambda one: one.vendors),
)
"""The first for which whoever looks holds a role."""


def _children(house: House, children: tuple[Figures, ...], compared: Compared) -> list[Row]:
    """Who is behind stands first."""
    rows = []
    for one in children:
        found = house.units.find(one.unit)
        if found is not None:
            href = f"/don-vi/{reference(found)}"
            rows.append(Row(found.name, href, compared.value(one), one.confirmed_share, one.ambassadors))
    return sorted(rows, key=lambda row: (row.value, row.ambassadors, row.name))


def _dots(house: House, children: tuple[Figures, ...]) -> Dots | None:
    """Each unit below at its centre: size and colour by learners confirmed, against the largest."""
    placed: list[tuple[Figures, Unit, float, float]] = []
    for one in children:
        found = house.units.find(one.unit)
        if found is not None and found.latitude is not None and found.longitude is not None:
            placed.append((one, found, found.latitude, found.longitude))
    if len(placed) < 3:
        return None
    largest = max(one.confirmed for one, *_rest in placed) or 1
    project = _projection([(lat, lon) for *_rest, lat, lon in placed])
    circles = []
    for one, found, lat, lon in placed:
        x, y = project(lat, lon)
        step = _step(one.confirmed, largest)
        title = _("%(unit)s: %(num)s", unit=found.name, num=number(one.confirmed))
        circles.append(Dot(x, y, 4 + 2 * step, step, title))
    circles.sort(key=lambda dot: -dot.r)
    return Dots(WIDTH, HEIGHT, circles, _keys(largest))


WIDTH: Final = 420
HEIGHT: Final = 440
_MARGIN: Final = 14


def _projection(points: list[tuple[float, float]]) -> Any:
    """Latitude and longitude -> the drawing, equirectangular at the middle latitude, centred."""
    lats, lons = [lat for lat, _lon in points], [lon for _lat, lon in points]
    narrow = math.cos(math.radians((min(lats) + max(lats)) / 2))
    wide, high = (max(lons) - min(lons)) * narrow or 1, max(lats) - min(lats) or 1
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2

    def project(lat: float, lon: float) -> tuple[float, float]:
        return (
            round(left + (lon - min(lons)) * narrow * scale, 1),
            round(top + (max(lats) - lat) * scale, 1),
        )

    return project


def _step(value: int, largest: int) -> int:
    return 0 if value == 0 else min(4, 1 + 4 * (value - 1) // largest)


def _keys(largest: int) -> list[Key]:
    """What the five colours stand for."""
    edges = [0, *(math.ceil(largest * part / 4) for part in range(1, 5))]
    keys = [Key(0, "0")]
    for step, (below, high) in enumerate(pairwise(edges), start=1):
        if high > below:
            single = high == below + 1
            keys.append(Key(step, number(high) if single else f"{number(below + 1)}–{number(high)}"))
    return keys


ROUTES: Final = (own, unit, add_hamlet)
