"""/don-vi: a unit's figures, and who lies behind among the units right under it."""

from datetime import date, timedelta
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import territory
from application.actors import Actor, OutOfScope
from application.forms.territory import HamletForm
from application.ids import new_id
from application.lookups import COMMUNES
from application.ports import Unit
from domain.model import Model, Role
from domain.territory import UnitKind
from infrastructure.read_models import figures
from infrastructure.read_models.figures import Figures
from infrastructure.read_models.honours import Status
from interfaces.house import House
from interfaces.web import (
    boundaries,
    choosing,
    maps,
    measures,
    menu,
    requests,
    stalls,
    statuses,
    targets,
    weekly,
)
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.boundaries import day_asked, switch, unit_reached, unit_then
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, content_of, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, percent, translated
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.maps import Placed
from interfaces.web.markets import reaches
from interfaces.web.measures import Metric, Wholes
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.thresholds import thresholds


class Card(msgspec.Struct, frozen=True):
    model: Model
    label: str
    value: int
    about: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One unit below: `value` is what it is compared by and `of` what that is a part of, or why it is
    not known; the rest stands beside learners alone. `entered` is empty where nothing ever was."""

    name: str
    href: str
    ref: str
    value: str
    of: str
    learners: int
    share: float | None
    ambassadors: int
    entered: str


class Below(msgspec.Struct, frozen=True, kw_only=True):
    """The units right under one: `by` heads the column they are compared by, `about` says what it is,
    `part` heads the column of what that is a part of. `confirmed` where neither of them says how many."""

    label: str
    by: str
    part: str
    confirmed: bool
    about: str
    people: bool
    rows: list[Row]


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """`href` is empty for those who may not see its vendors."""

    name: str
    about: str
    href: str


@get("/don-vi")
async def own(request: AnyRequest) -> Redirect:
    """To the unit one holds a role over. Raises `OutOfScope` where there is none."""
    home = choosing.home_of(house_of(request), actor(request))
    if home is None:
        raise OutOfScope
    return Redirect(f"/don-vi/{reference(home)}", status_code=303)


@get("/don-vi/{ref:str}")
async def unit(request: AnyRequest, ref: Ref, boundaries: Word = "", position: Count = 0) -> Response[bytes]:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike.
    Under the boundaries of a day it is the unit of then; raises `NoBoundaries` for too early a day."""
    house = house_of(request)
    await caught_up(house, position)
    day = day_asked(house, boundaries)
    return _shown(request, _reached(house, actor(request), ref, day), day)


@post("/don-vi/{ref:str}/thon")
async def add_hamlet(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A hamlet under a commune, entered by who organizes it."""
    house, asking = house_of(request), actor(request)
    found, form = _reached(house, asking, ref, None), await read_form(request)
    typed = {"submission": form.one("submission"), "parent": found.id, "name": form.one("name")}
    try:
        made = await territory.add_hamlet(house.ground, asking, filled(HamletForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, found, None, status=status, problems=problems, typed=typed["name"])
    return Redirect(f"/don-vi/{ref}?position={made.position}", status_code=303)


def _reached(house: House, asking: Actor, ref: str, day: date | None) -> Unit:
    return unit_reached(house, asking, ref, day=day, narrowed=True)


def _shown(
    request: AnyRequest,
    found: Unit,
    day: date | None,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: str = "",
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    adoption, now = adopted(house, found.id), today(house)
    content, quiet = content_of(adoption), house.settings.outgoing.silent_days
    models = asking.models(found.id, units=house.units)
    learners = Model.AMBASSADORS in models
    when = day if day or found.ended is None else found.ended - timedelta(days=1)
    with house.asking() as db:
        since = now - timedelta(days=content.active_days)
        counted = figures.figures(db, found.id, active_since=since, on=when)
        refs = [one.unit for one in counted.children]
        known = measures.wholes(db, refs, now)
        week_by_week = weekly.read(db, found.id, refs, now) if learners else None
    metric = measures.best(known, refs, models)
    placed = _placed(house, counted.children, metric, known, when)
    sought = targets.section(house, asking, found)
    links = {one.unit.id: Link(_href(one.unit, when), one.unit.name) for one in placed}
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
        path=_above(house, asking, found, when),
        requests=requests.waiting(house, asking),
        freshness=fresh(counted.age, adoption),
        below=ngettext("%(num)s unit below", "%(num)s units below", len(refs)) if refs else "",
        borders=switch(house, f"/don-vi/{reference(found)}", found, when),
        cards=_cards(counted.own, content.active_days, models),
        doors=_doors(asking, found, when),
        targets=sought,
        trend=weekly.trend(week_by_week.own) if week_by_week else None,
        pace=weekly.pace(week_by_week.own, sought.lead if sought else None, now) if week_by_week else "",
        attention=weekly.attention(found.id, week_by_week, links, now, quiet) if week_by_week else None,
        sign_rule=weekly.rule(quiet),
        children=_children(found, placed, metric, week_by_week, when),
        markets=_markets(house, asking, found) if Model.MARKETS in models else [],
        threshold=thresholds(Status.MARKET, content),
        standing=statuses.line(house, found) if found.ended is None else None,
        map=maps.drawn(house, found, placed, metric) if learners else None,
    )


def _placed(
    house: House,
    children: tuple[Figures, ...],
    metric: Metric,
    known: Wholes,
    day: date | None,
) -> list[Placed]:
    return [
        Placed(child, measures.value(metric, one, known), one)
        for one in children
        if (child := unit_then(house, one.unit, day))
    ]


def _href(unit: Unit, day: date | None) -> str:
    return address(f"/don-vi/{reference(unit)}", boundaries=day)


def _doors(asking: Actor, unit: Unit, day: date | None) -> list[Link]:
    """Where one goes on from here: pages about a unit that are there and open for whoever looks; under
    other boundaries, those that can be asked for a day."""
    ref = reference(unit)
    return [
        Link(
            address(href.format(ref=ref), boundaries=day)
            if "{ref}" in href
            else address(href, unit=ref, boundaries=day),
            translated(label),
        )
        for href, label in _DOORS
        if menu.opens(href, asking) and (day is None or href in _OF_ANY_DAY)
    ]


_OF_ANY_DAY: Final = (
    "/xep-hang",
    "/vinh-danh",
    "/don-vi/{ref}/di-ho",
    "/don-vi/{ref}/cot-moc",
    "/ban-do",
)

_DOORS: Final = (
    ("/bao-cao", mark("Reports")),
    ("/to", mark("Teams")),
    ("/xep-hang", mark("Ranking of this unit")),
    ("/vinh-danh", mark("Honours of this unit")),
    ("/don-vi/{ref}/di-ho", mark("Door to door")),
    ("/don-vi/{ref}/cot-moc", mark("Milestones")),
    ("/ban-do", mark("Map")),
    ("/trang-thai", mark("Statuses")),
    ("/noi-lam-viec", mark("Workplaces")),
    ("/chien-dich", mark("Campaigns")),
    ("/nhap", mark("Bring in lists")),
    ("/dia-gioi", mark("Boundaries")),
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


def _above(house: House, asking: Actor, unit: Unit, day: date | None) -> list[Link]:
    """The way up, as far as whoever asks may go."""
    above = [one for one in reversed(boundaries.above(house, unit, day)) if one.id != unit.id]
    return [
        Link(_href(one, day), one.name)
        for one in above
        if asking.reaches(one.id, units=house.units, narrowed=True)
    ]


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
            _of_those_recorded(own) + _weakly(own),
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


def _of_those_recorded(own: Figures) -> str:
    if not own.taught:
        return _("Nobody has been recorded yet")
    return _(
        "%(share)s of %(taught)s recorded · %(able)s can do it without help",
        share=percent(own.confirmed_share),
        taught=number(own.taught),
        able=percent(own.able_share),
    )


def _weakly(own: Figures) -> str:
    """How much of it was confirmed on mentors' phones alone; nothing where none was."""
    if not own.on_phone:
        return ""
    return " · " + _("%(share)s only on a mentor's phone", share=percent(own.on_phone_share))


def _children(
    unit: Unit, placed: list[Placed], metric: Metric, found: weekly.Read | None, day: date | None
) -> Below:
    """Who is behind stands first; of whom nothing is known last."""
    entered = found.entered if found else {}
    ordered = sorted(placed, key=lambda one: measures.behind(one.value))
    return Below(
        label=_("Provinces and cities") if unit.kind is UnitKind.COUNTRY else _("Units below"),
        by=translated(measures.MEASURES[metric].label),
        part=translated(measures.MEASURES[metric].part),
        confirmed=metric is Metric.TARGET,
        about=measures.said_about(metric),
        people=measures.MEASURES[metric].model is Model.AMBASSADORS,
        rows=[
            Row(
                name=one.unit.name,
                href=_href(one.unit, day),
                ref=one.unit.code or one.unit.id,
                value=one.value.said,
                of=one.value.part or one.value.of,
                learners=one.figures.confirmed,
                share=one.figures.confirmed_share,
                ambassadors=one.figures.ambassadors,
                entered=day_said(entered[one.unit.id]) if one.unit.id in entered else "",
            )
            for one in ordered
        ],
    )


ROUTES: Final = (own, unit, add_hamlet)
