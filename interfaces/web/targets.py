"""/don-vi/.../chi-tieu: what plans ask of a unit, beside what there is; setting, choosing, declaring."""

import re
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import targets as setting
from application.actors import Actor
from application.forms.targets import FigureForm, FollowForm, TargetForm
from application.ids import new_id
from application.ports import Unit
from application.privacy import Why
from domain.model import Model, PersonId, UnitId
from domain.targets import Comparator
from infrastructure import official_units
from infrastructure.read_models import targets
from infrastructure.read_models.columns import age
from infrastructure.read_models.declared import Declared, history
from infrastructure.read_models.targets import Against
from interfaces import reads
from interfaces.house import House, Questions
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.boundaries import unit_reached
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, moment, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.measures import is_leading
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.target_bars import Part, at_a_glance
from interfaces.web.target_lines import (
    ASKED_OF,
    COMPARATORS,
    INDICATORS,
    REASONS,
    lines,
    years,
)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The targets of one year of a unit, for its own page. `lead` is the one that its people are held
    against: of this year, for adults with basic skills, followed."""

    year: int
    parts: list[Part]
    href: str
    lead: Against | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A declared figure; `holds` is false once it was corrected."""

    what: str
    value: str
    as_of: str
    document: str
    declared: str
    holds: bool


def section(house: House, asking: Actor, unit: Unit) -> Section | None:
    """The targets of this year, else of the latest year before; None for those whom they do not concern.
    A unit of before 1/7/2025 has those that were set for it, wherever they stand today."""
    if not asking.reaches(unit.id, units=house.units, about=Model.AMBASSADORS):
        return None
    now = today(house)
    with house.asking() as db:
        found = _asked_of(house, db, unit)
    known = years(found)
    year = max((one for one in known if one <= now.year), default=min(known, default=now.year))
    if not known and not _may(house, asking, unit):
        return None
    shown = [one for one in found if one.target.year == year]
    stands = _standing(house, shown, unit)
    href = f"/don-vi/{reference(unit)}/chi-tieu"
    leading = [one for one in shown if one.followed and is_leading(one) and year == now.year]
    return Section(
        year=year,
        parts=at_a_glance(shown, stands, now, address(href, year=year)),
        href=href,
        lead=leading[0] if leading else None,
    )


def _asked_of(house: House, db: Questions, unit: Unit) -> list[Against]:
    """The targets of a unit; of one that is no more those set for it, under whichever they stand today."""
    if unit.ended is None:
        return targets.against(db, [unit.id])
    heirs = house.units.counterparts(unit.id, today(house))
    return [one for one in targets.against(db, heirs) if one.of == unit.id]


def _standing(house: House, found: list[Against], unit: Unit) -> Unit:
    """The unit of today under which these targets stand."""
    return (house.units.find(found[0].target.unit) if found else None) or unit


@get("/don-vi/{ref:str}/chi-tieu")
async def show(
    request: AnyRequest, ref: Ref, position: Count = 0, year: Count = 0, done: Word = ""
) -> Response[bytes]:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house = house_of(request)
    await caught_up(house, position)
    return _shown(request, _reached(house, actor(request), ref), year=year, notice=bool(done))


@post("/don-vi/{ref:str}/chi-tieu")
async def set_target(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """What a document asks for, typed by hand; said again by the same document, it is a correction."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = _reached(house, asking, ref)
    typed = {name: form.one(name).strip() for name in SETTING}
    typed |= {name: _digits(typed[name]) for name in ("percent", "numerator", "denominator")}
    typed["base_date"] = _date(typed["base_date"])
    try:
        sent = filled(TargetForm, typed | {"submission": form.one("submission"), "unit": unit.id})
        made = await setting.set_target(house.ground, asking, sent, official_units.parts)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda path: f"target-{path}")
        return _shown(request, unit, status=status, problems=problems, setting_typed=form)
    back = f"/don-vi/{ref}/chi-tieu?done=1&year={sent.year}&position={made.position}"
    return Redirect(back, status_code=303)


def _digits(text: str) -> str:
    """1.091.556 or 80 % as people write them, without what stands between and after the digits."""
    bare = text.rstrip("% ")
    return bare.replace(".", "").replace(" ", "") if _GROUPED.match(bare) else bare


def _date(text: str) -> str:
    """12/2024 and 31/12/2024, as people write them and pages show them, as the lists of targets have them."""
    found = _WRITTEN.match(text)
    return "-".join(f"{part:0>2}" for part in reversed(found.groups()) if part) if found else text


_WRITTEN: Final = re.compile(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})\Z")
_GROUPED: Final = re.compile(r"\d{1,3}([. ]\d{3})+\Z")

SETTING: Final = (
    "source", "then", "year", "group", "indicator", "comparator", "percent", "numerator", "denominator",
    "base_date",
)  # fmt: skip


@post("/don-vi/{ref:str}/chi-tieu/theo")
async def follow(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Of contradicting documents one is followed, for a reason."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = _reached(house, asking, ref)
    names = ("submission", "then", "year", "group", "indicator", "source", "reason")
    try:
        sent = filled(FollowForm, {name: form.one(name) for name in names} | {"unit": unit.id})
        made = await setting.follow(house.ground, asking, sent, official_units.parts)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, unit, status=status, problems=problems)
    back = f"/don-vi/{ref}/chi-tieu?done=1&year={sent.year}&position={made.position}"
    return Redirect(back, status_code=303)


@post("/don-vi/{ref:str}/chi-tieu/so-lieu")
async def declare(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """An office's figure of a day, with its document."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = _reached(house, asking, ref)
    names = ("submission", "then", "group", "indicator", "as_of", "value", "document")
    typed = {name: form.one(name) for name in names} | {"value": _digits(form.one("value").strip())}
    try:
        sent = filled(FigureForm, typed | {"unit": unit.id})
        made = await setting.declare(house.ground, asking, sent, official_units.parts)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, unit, status=status, problems=problems, typed=form)
    return Redirect(f"/don-vi/{ref}/chi-tieu?done=1&position={made.position}#declared", status_code=303)


def _reached(house: House, asking: Actor, ref: str) -> Unit:
    return unit_reached(house, asking, ref, about=Model.AMBASSADORS)


def _may(house: House, asking: Actor, unit: Unit) -> bool:
    return asking.reaches(unit.id, *setting.DECLARING, units=house.units)


def _shown(
    request: AnyRequest,
    unit: Unit,
    *,
    status: int = 200,
    year: int = 0,
    problems: Problems | None = None,
    typed: Form | None = None,
    setting_typed: Form | None = None,
    notice: bool = False,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    now = today(house)
    came_from = [part for part in official_units.parts(unit.code or "") if part.communes != part.of]
    parts = [one for one in came_from if house.units.find(setting.unit_before(one.code))]
    of = {unit.id: unit.name} | {setting.unit_before(one.code): one.name for one in parts}
    with house.asking() as db:
        found = _asked_of(house, db, unit)
        said = history(db, list(of))
        read_at = age(db)
    known = years(found)
    if year not in known:
        year = max((one for one in known if one <= now.year), default=min(known, default=now.year))
    base = f"/don-vi/{reference(unit)}"
    fields = ("then", "group", "indicator", "as_of", "value", "document")
    return page(
        request,
        "units/targets.html",
        status=status,
        here=f"{base}/chi-tieu",
        name=unit.name,
        base=base,
        notice=_("Saved.") if notice else None,
        problems=problems or {},
        typed={name: typed.one(name) if typed else "" for name in fields},
        setting={name: setting_typed.one(name) if setting_typed else "" for name in SETTING}
        | ({} if setting_typed else {"year": str(now.year), "comparator": Comparator.AT_LEAST.value}),
        setting_open=setting_typed is not None,
        declaring_open=typed is not None,
        comparators=[(one.value, translated(label)) for one, label in COMPARATORS.items()],
        asked_indicators=[(one.value, translated(label)) for one, label in INDICATORS.items()],
        submission=new_id(),
        freshness=fresh(read_at, adopted(house, unit.id)),
        years=[Link(f"{base}/chi-tieu?year={one}", str(one), one == year) for one in known],
        year=year,
        lines=lines([one for one in found if one.target.year == year], _standing(house, found, unit), now),
        may=_may(house, asking, unit) and unit.ended is None,
        reasons=[(one.value, translated(label)) for one, label in REASONS.items()],
        thens=[("", unit.name)]
        + [(one.name, _("%(then)s before 1 July 2025", then=one.name)) for one in parts],
        groups=[(one.value, translated(label)) for one, label in ASKED_OF.items()],
        indicators=[("", _("How many the group counts"))]
        + [(one.value, translated(label)) for one, label in INDICATORS.items() if not one.counted],
        declared=_rows(house, asking, unit, said, of),
    )


def _rows(house: House, asking: Actor, unit: Unit, said: list[Declared], of: dict[UnitId, str]) -> list[Row]:
    """Who declared it is told to those who may declare themselves."""
    people = [PersonId(one.by.removeprefix("account:")) for one in said if one.by.startswith("account:")]
    names = (
        reads.names(house, list(dict.fromkeys(people)), Why.ACCOUNTS, unit=unit.id)
        if people and _may(house, asking, unit)
        else {}
    )
    rows = []
    for one in said:
        who = names.get(PersonId(one.by.removeprefix("account:")))
        rows.append(
            Row(
                what=" · ".join(
                    (
                        translated(INDICATORS[one.indicator])
                        if one.indicator
                        else _("How many the group counts"),
                        translated(ASKED_OF[one.group]),
                        *((of[one.unit],) if one.unit != unit.id else ()),
                    )
                ),
                value=number(one.value),
                as_of=day(one.as_of),
                document=one.document,
                declared=f"{moment(one.at)}{f' · {who}' if who else ''}",
                holds=one.holds,
            )
        )
    return rows


ROUTES: Final = (show, set_target, follow, declare)
