"""/trang-thai: digital villages, communities and units; who holds which, by what, and what others lack."""

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Response, get

from application.actors import Actor
from application.ports import Unit
from domain.calendar import day_of
from domain.model import Position, Role, UnitId, WorkplaceId
from domain.statuses import Counted, StatusKind
from domain.territory import UnitKind
from infrastructure.read_models import criteria, lacking, statuses, workplaces
from infrastructure.read_models.columns import age
from infrastructure.read_models.lacking import Standing
from infrastructure.read_models.statuses import Held
from infrastructure.read_models.workplaces import Workplace
from interfaces.house import House, Questions
from interfaces.web import boundaries
from interfaces.web.asked import Count, Word
from interfaces.web.boundaries import day_asked, name_on, nearby, switch, unit_asked
from interfaces.web.choosing import address, home_of, reference
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.language import day, ngettext, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, NoSuchBoard
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import house_of, visitor
from interfaces.web.status_words import KINDS, SAMPLE, WHOSE, asked_for, is_told, told
from interfaces.web.words import unit_name

ROWS: Final = 50

WHO_SEES: Final = (Role.ORGANIZER, Role.AUDITOR)
"""Who sees a workplace with its people."""


class Row(msgspec.Struct, frozen=True):
    """One that holds the status. `href` is empty where there is nothing more to see for whoever looks."""

    name: str
    about: str
    since: date
    counts: str
    href: str


class Lack(msgspec.Struct, frozen=True):
    name: str
    about: list[str]
    href: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How one area or workplace stands, for its own page."""

    label: str
    tone: str
    said: str
    counts: list[str]
    href: str


@get("/trang-thai")
async def public(
    request: AnyRequest,
    status: Word = StatusKind.DIGITAL_VILLAGE.value,
    unit: Word = "",
    boundaries: Word = "",
    after: Count = 0,
    position: Count = 0,
) -> Response[bytes]:
    """Of one's own unit unless another is asked for. Raises `NoSuchBoard`, `OutOfScope`, `NoBoundaries`."""
    house = house_of(request)
    if status not in set(StatusKind):
        raise NoSuchBoard
    await caught_up(house, position)
    asked_day = day_asked(house, boundaries)
    chosen, kind = unit_asked(house, unit, asked_day, home_of(house, _asking(request))), StatusKind(status)
    with house.asking() as db:
        found = statuses.in_unit(
            db, chosen.id, status=kind, limit=ROWS + 1, after=Position(after) if after else None
        )
        counts = statuses.how_many(db, chosen.id)
        rule = lacking.asked(db, chosen.id, kind, today(house))
        rows = _rows(house, db, found[:ROWS], _asking(request), asked_day)
        read_at = age(db)
    more = found[ROWS - 1].position if len(found) > ROWS else None
    lacks = _lacks(house, _asking(request), chosen, kind) if asked_day is None and not after else []
    return page(
        request,
        "statuses/list.html",
        heading=f"{translated(KINDS[kind][0])}, {chosen.name}",
        freshness=fresh(read_at, adopted(house, chosen.id)),
        whose=translated(WHOSE[kind]),
        rule=asked_for(rule),
        sample=f'"statuses": {{{SAMPLE[kind]}}}',
        command=f'lantoa criteria adopt tieu-chi.json --unit {reference(chosen)} --document "…"',
        rows=rows,
        total=counts[kind],
        total_label=_total(kind, counts[kind]),
        more=address("/trang-thai", status=status, unit=reference(chosen), boundaries=boundaries, after=more)
        if more
        else None,
        lacks=lacks,
        **_choices(house, chosen, kind, asked_day, counts),
    )


def _choices(
    house: House, unit: Unit, kind: StatusKind, on: date | None, counts: dict[StatusKind, int]
) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "kinds": [
            Link(
                address("/trang-thai", status=one.value, unit=reference(unit), boundaries=on),
                f"{translated(words[0])} ({number(counts[one])})",
                one is kind,
            )
            for one, words in KINDS.items()
        ],
        "unit": reference(unit),
        "units": nearby(house, unit, on),
        "borders": switch(house, "/trang-thai", unit, on, status=kind.value),
    }


def _total(kind: StatusKind, total: int) -> str:
    match kind:
        case StatusKind.DIGITAL_VILLAGE:
            return ngettext("digital village", "digital villages", total)
        case StatusKind.DIGITAL_COMMUNITY:
            return ngettext("digital community", "digital communities", total)
        case StatusKind.DIGITAL_UNIT:
            return ngettext("digital unit", "digital units", total)


def _asking(request: AnyRequest) -> Actor | None:
    found = visitor(request)
    return found.actor if found else None


def _rows(house: House, db: Questions, found: list[Held], asking: Actor | None, on: date | None) -> list[Row]:
    documents = {one.content_hash: one.document for one in criteria.adoptions(db)}
    offices = workplaces.several(db, [one.workplace for one in found if one.workplace])
    return [
        _row(house, one, offices.get(one.workplace) if one.workplace else None, documents, asking, on)
        for one in found
    ]


def _row(
    house: House,
    one: Held,
    office: Workplace | None,
    documents: dict[str, str],
    asking: Actor | None,
    on: date | None,
) -> Row:
    by = _("by %(document)s", document=documents[one.criteria]) if one.criteria in documents else ""
    place = name_on(house, one.unit, on)
    about = " · ".join(part for part in (place if office else _above(house, one.unit), by) if part)
    href = _href(house, asking, one.unit, one.workplace)
    seen = bool(href)
    return Row(
        name=office.name if office else place,
        about=about,
        since=day_of(one.since),
        counts="; ".join(told(one.counts, one.status)) if seen or is_told(one.counts, one.status) else "",
        href=href,
    )


def _above(house: House, ref: UnitId) -> str:
    found = house.units.find(ref)
    return unit_name(house.units, found.path[1]) if found and len(found.path) > 1 else ""


def _href(house: House, asking: Actor | None, unit: UnitId, workplace: WorkplaceId | None) -> str:
    if workplace:
        seen = asking is not None and asking.reaches(unit, *WHO_SEES, units=house.units)
        return f"/noi-lam-viec/{workplace}" if seen else ""
    found = house.units.find(unit)
    reaches = asking is not None and asking.reaches(unit, units=house.units, narrowed=True)
    return f"/don-vi/{reference(found)}" if found and reaches else ""


def _lacks(house: House, asking: Actor | None, unit: Unit, kind: StatusKind) -> list[Lack]:
    """What those lack that do not hold it, nearest first: for those who hold a role over the unit, of a
    unit small enough to be listed."""
    if asking is None or not asking.reaches(unit.id, units=house.units, narrowed=True):
        return []
    if unit.kind is UnitKind.COUNTRY:
        return []
    if kind is StatusKind.DIGITAL_UNIT:
        return _lacking_offices(house, asking, unit)
    return _lacking_areas(house, asking, unit, kind)


def _lacking_areas(house: House, asking: Actor, unit: Unit, kind: StatusKind) -> list[Lack]:
    level = "hamlet" if kind is StatusKind.DIGITAL_VILLAGE else "commune"
    some = [one for one in (unit, *boundaries.below(house, unit, None)) if one.kind.level.value == level]
    with house.asking() as db:
        held = statuses.of_subjects(db, [one.id for one in some])
        stand = lacking.areas(db, [one.id for one in some if one.id not in held], kind, today(house))
    found = [(stand[one.id], one) for one in some if one.id in stand]
    return [
        Lack(one.name, told(each.counts, kind), _href(house, asking, one.id, None))
        for each, one in sorted(found, key=lambda pair: (_far(pair[0]), pair[1].name))[:ROWS]
    ]


def _lacking_offices(house: House, asking: Actor, unit: Unit) -> list[Lack]:
    with house.asking() as db:
        some = workplaces.in_unit(db, unit.id, limit=4 * ROWS)
        held = statuses.of_subjects(db, [one.workplace for one in some])
        left = [one for one in some if one.workplace not in held]
        stand = lacking.offices(db, left, today(house))
    found = [(stand[one.workplace], one) for one in left if one.workplace in stand]
    return [
        Lack(
            one.name,
            told(each.counts, StatusKind.DIGITAL_UNIT),
            _href(house, asking, one.unit, one.workplace),
        )
        for each, one in sorted(found, key=lambda pair: (_far(pair[0]), pair[1].name))[:ROWS]
    ]


def _far(one: Standing) -> float:
    """How far somebody is from a status: by what they lack most."""
    return max((_distance(each) for each in one.counts), default=2.0)


def _distance(one: Counted) -> float:
    if not one.out_of:
        return 2.0
    return max(0.0, one.percent / 100 - one.counted / one.out_of)


def line(house: House, unit: Unit) -> Line | None:
    """How a hamlet or a commune stands; None for the others, and where nothing is asked."""
    kind = statuses.LEVELS.get(unit.kind.level.value)
    if kind is None:
        return None
    with house.asking() as db:
        held = statuses.of_subjects(db, [unit.id]).get(unit.id)
        stand = lacking.areas(db, [unit.id], kind, today(house)).get(unit.id)
    return _line(kind, held, stand, address("/trang-thai", status=kind.value, unit=reference(unit)))


def office_line(house: House, office: Workplace) -> Line | None:
    """How a workplace stands; None where nothing is asked of workplaces there."""
    kind = StatusKind.DIGITAL_UNIT
    with house.asking() as db:
        held = statuses.of_subjects(db, [office.workplace]).get(office.workplace)
        stand = lacking.offices(db, [office], today(house)).get(office.workplace)
    unit = house.units.find(office.unit)
    href = address("/trang-thai", status=kind.value, unit=reference(unit) if unit else None)
    return _line(kind, held, stand, href)


def _line(kind: StatusKind, held: Held | None, stand: Standing | None, href: str) -> Line | None:
    if held is None and stand is None:
        return None
    label = translated(KINDS[kind][1])
    since = _("since %(day)s", day=day(day_of(held.since))) if held else _("Not all criteria met yet")
    return Line(
        label=label,
        tone="good" if held else "wait",
        said=f"{label}, {since}" if held else since,
        counts=told(stand.counts, kind) if stand else [],
        href=href,
    )


ROUTES: Final = (public,)
