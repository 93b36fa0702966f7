"""/ban-do: the country by province, a province by commune; each a dot with its figure, and a row.

Strangers see what the ranking and the honours publish of every unit anyway; how many adults an office
declared, and how far a target is, see those who are signed in.
"""

from datetime import timedelta
from typing import Final

import msgspec
from litestar import Response, get

from application.actors import Actor
from application.ports import Unit
from domain import names
from domain.territory import Level
from infrastructure.read_models import figures
from interfaces.house import House
from interfaces.web import boundaries, maps, measures
from interfaces.web.asked import Count, Word
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, content_of, country, fresh, today
from interfaces.web.language import translated
from interfaces.web.limits import AnyRequest, NoSuchBoard
from interfaces.web.maps import Placed
from interfaces.web.measures import MEASURES, Metric
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import house_of, visitor


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One unit; `about` is what its value is a part of."""

    name: str
    href: str
    ref: str
    said: str
    about: str


@get("/ban-do")
async def atlas(
    request: AnyRequest,
    unit: Word = "",
    by: Word = Metric.PEOPLE.value,
    boundaries: Word = "",
    position: Count = 0,
) -> Response[bytes]:
    """Raises `NoSuchBoard`, `OutOfScope`, `NoBoundaries`."""
    house, visiting = house_of(request), visitor(request)
    asking = visiting.actor if visiting else None
    offered = [metric for metric in Metric if asking is not None or MEASURES[metric].public]
    if by not in {metric.value for metric in offered}:
        raise NoSuchBoard
    await caught_up(house, position)
    return _shown(request, asking, unit, Metric(by), offered, boundaries)


def _shown(
    request: AnyRequest,
    asking: Actor | None,
    ref: str,
    metric: Metric,
    offered: list[Metric],
    said: str,
) -> Response[bytes]:
    house = house_of(request)
    day = boundaries.day_asked(house, said)
    over = boundaries.unit_asked(house, ref, day, country(house))
    adoption = adopted(house, over.id)
    since = today(house) - timedelta(days=content_of(adoption).active_days)
    isles = maps.islands(house) if over.kind.level is Level.COUNTRY and day is None else []
    with house.asking() as db:
        counted = figures.figures(db, over.id, active_since=since, on=day)
        beside = figures.figures_of(db, [one.id for one in isles], active_since=since)
        everywhere = [over.id, *(one.unit for one in counted.children), *beside]
        known = measures.wholes(db, everywhere, today(house))
    placed = [
        Placed(found, measures.value(metric, one, known), one)
        for one in counted.children
        if (found := boundaries.unit_then(house, one.unit, day))
    ]
    apart = [
        Placed(one, measures.value(metric, beside[one.id], known), beside[one.id], isle=True) for one in isles
    ]
    return page(
        request,
        "units/map.html",
        name=over.name,
        freshness=fresh(counted.age, adoption),
        about=measures.said_about(metric),
        heading=translated(MEASURES[metric].label),
        whole=measures.value(metric, counted.own, known),
        borders=boundaries.switch(house, "/ban-do", over, day, by=metric.value),
        unit=reference(over),
        units=boundaries.nearby(house, over, day),
        metric=metric.value,
        metrics=[(one.value, translated(MEASURES[one].label)) for one in offered],
        map=maps.drawn(house, over, [*placed, *apart], metric),
        rows=_rows(house, asking, placed, metric, said),
        isles=_rows(house, asking, apart, metric, said),
    )


def _rows(house: House, asking: Actor | None, placed: list[Placed], metric: Metric, then: str) -> list[Row]:
    """The largest first; of whom nothing is known last."""
    ordered = sorted(
        placed,
        key=lambda one: (
            one.value.number is None,
            -(one.value.number or 0.0),
            names.alphabet_key(one.unit.name),
        ),
    )
    return [
        Row(
            name=one.unit.name,
            href=_href(house, asking, one.unit, metric, then),
            ref=one.unit.code or one.unit.id,
            said=one.value.said,
            about=one.value.of,
        )
        for one in ordered
    ]


def _href(house: House, asking: Actor | None, unit: Unit, metric: Metric, then: str) -> str:
    """The unit's own page for those who may see it; its map or its ranking for everybody else."""
    ref = reference(unit)
    if asking is not None and asking.reaches(unit.id, units=house.units, narrowed=True):
        return address(f"/don-vi/{ref}", boundaries=then)
    if unit.kind.level is Level.PROVINCE:
        return address("/ban-do", unit=ref, by=metric.value, boundaries=then)
    return address("/xep-hang", unit=ref, boundaries=then)


ROUTES: Final = (atlas,)
