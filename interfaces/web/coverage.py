"""/don-vi/.../di-ho: how many households of each hamlet were visited, and what to teach there next."""

from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import visits
from application.actors import Actor, OutOfScope
from application.forms.visits import HouseholdsForm
from application.ids import new_id
from application.lookups import PLACES
from application.ports import Unit
from domain.model import Model, Role, UnitId
from domain.visits import Finding
from infrastructure.read_models import coverage
from infrastructure.read_models.coverage import Coverage, Doors
from interfaces.house import House
from interfaces.web import boundaries as borders
from interfaces.web import charts, choosing, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.charts import Bar, Bars
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, ngettext, number, percent
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page, skill_label
from interfaces.web.session import actor, house_of

MOST_NEEDS: Final = 10


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A hamlet, or a commune of a province. `beyond` says that more were visited than are declared."""

    name: str
    href: str
    covered: str
    length: float | None
    about: str
    beyond: bool


@get("/don-vi/{ref:str}/di-ho")
async def show(
    request: AnyRequest,
    ref: Ref,
    unit: Word = "",
    boundaries: Word = "",
    position: Count = 0,
    done: Word = "",
) -> Response[bytes]:
    """`unit` is asked for in place of `ref` by the switch to other boundaries. Raises `OutOfScope` for a unit
    that does not exist or is not one's own: the two look alike."""
    house = house_of(request)
    await caught_up(house, position)
    day = borders.day_asked(house, boundaries)
    return _shown(request, _reached(house, actor(request), unit or ref, day), day, notice=bool(done))


@post("/don-vi/{ref:str}/so-ho")
async def declare(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """An organizer says how many households the unit, or a hamlet in it, has."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = _reached(house, asking, ref, None)
    typed = {name: form.one(name) for name in ("submission", "unit", "households", "on", "document")}
    try:
        wish = filled(HouseholdsForm, {name: said for name, said in typed.items() if name != "unit"})
        place = typed["unit"] or unit.id
        if not house.units.is_within(UnitId(place), unit.id):
            raise OutOfScope(field="unit")
        made = await visits.declare_households(house.ground, asking, place, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, unit, None, status=status, problems=problems, typed=typed)
    return Redirect(f"/don-vi/{ref}/di-ho?done=1&position={made.position}", status_code=303)


def _reached(house: House, asking: Actor, ref: str, then: date | None) -> Unit:
    return borders.unit_reached(house, asking, ref, day=then, about=Model.AMBASSADORS)


def _shown(
    request: AnyRequest,
    unit: Unit,
    then: date | None,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: dict[str, str] | None = None,
    notice: bool = False,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        found = coverage.doors(db, unit.id, on=then)
    if found is None:
        raise OutOfScope(field="unit")
    blank = {"unit": "", "households": "", "on": today(house).isoformat(), "document": ""}
    return page(
        request,
        "visits/coverage.html",
        status=status,
        here=f"/don-vi/{reference(unit)}/di-ho",
        problems=problems or {},
        notice=_("The number of households is recorded.") if notice else None,
        ref=reference(unit),
        name=unit.name,
        above=address(f"/don-vi/{reference(unit)}", boundaries=then),
        borders=borders.switch(house, f"/don-vi/{reference(unit)}/di-ho", unit, then),
        own=row(house, found.own, then),
        visited=number(found.own.visited),
        parts_label=_("Hamlets") if unit.kind in PLACES else _("Units below"),
        rows=_rows(house, found, then),
        direct=_direct(found),
        found=_found(found.own),
        needs=_needs(found),
        freshness=fresh(found.age, adopted(house, unit.id)),
        may=then is None
        and asking.reaches(unit.id, Role.ORGANIZER, units=house.units, about=Model.AMBASSADORS),
        places=_places(house, unit),
        typed=blank | (typed or {}),
        submission=new_id(),
    )


def _rows(house: House, found: Doors, then: date | None) -> list[Row]:
    """Who is furthest behind first; those of which no number is declared last."""
    ordered = sorted(found.parts, key=lambda one: (one.covered is None, one.covered or 0.0))
    return [row(house, one, then) for one in ordered]


def row(house: House, one: Coverage, then: date | None) -> Row:
    """The share is that of the places of which a number is declared."""
    unit = borders.unit_then(house, one.unit, then)
    parts = [
        _("%(part)s of %(whole)s households", part=number(one.of_declared), whole=number(one.declared))
        if one.declared
        else _("%(num)s visited; the number of households is not declared", num=number(one.visited)),
        _("declared of %(day)s, %(document)s", day=day(one.said.on), document=one.said.document)
        if one.said
        else "",
        _("last visit %(day)s", day=day(one.last)) if one.last else _("no visit yet"),
    ]
    return Row(
        name=unit.name if unit else "–",
        href=address(f"/don-vi/{reference(unit)}/di-ho", boundaries=then) if unit else "",
        covered=percent(one.covered) if one.declared else "–",
        length=min(1.0, one.covered or 0.0) if one.declared else None,
        about=" · ".join(part for part in parts if part),
        beyond=one.beyond,
    )


def _direct(found: Doors) -> str:
    """Households that were visited in the unit itself, and in no hamlet of it."""
    if not found.parts or not found.direct:
        return ""
    return ngettext(
        "%(num)s household was recorded without a hamlet.",
        "%(num)s households were recorded without a hamlet.",
        found.direct,
    )


def _found(own: Coverage) -> Bars | None:
    """Of the households visited, how many had what at the latest visit."""
    if not own.visited:
        return None
    shares = [(one, own.found.get(one, 0) / own.visited) for one in Finding]
    return Bars(
        title=_("Found at the latest visit"),
        head=(_("Of the households visited"), _("Households"), _("Share of all")),
        rows=[
            Bar(
                label=words.said(words.FINDINGS, one),
                value=number(own.found.get(one, 0)),
                length=share,
                beside=percent(share),
            )
            for one, share in shares
        ],
    )


def _needs(found: Doors) -> Bars | None:
    """What to teach next: households by what somebody there wants to learn."""
    if not found.needs:
        return None
    some = [(skill_label(skill), many) for skill, many in found.needs[:MOST_NEEDS]]
    return charts.bars(_("What to teach next"), some, what=_("Wanted to be taught"), value=_("Households"))


def _places(house: House, unit: Unit) -> list[tuple[str, str]]:
    """Of which a number can be declared: the unit itself and what lies right under it."""
    some = [unit, *choosing.below(house, unit)]
    return [(one.id, one.name) for one in some if one.kind in PLACES]


ROUTES: Final = (show, declare)
