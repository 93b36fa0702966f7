"""/chien-dich: campaigns of a unit, of those above and below it; announced and withdrawn there."""

from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import campaigns
from application.actors import Actor
from application.forms.campaigns import CampaignForm, CampaignWithdrawnForm
from application.ids import new_id
from application.ports import Unit
from domain.model import CampaignId
from infrastructure.read_models import campaigns as known
from infrastructure.read_models.campaigns import Campaign
from infrastructure.read_models.columns import age
from interfaces.house import House
from interfaces.web import choosing
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address, reference
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.ranking import start_of
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of, visitor
from interfaces.web.words import unit_name

_FIELDS: Final = ("submission", "unit", "name", "begins", "ends")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`tone` and `said` tell whether it is coming, goes on or is over; `withdraw` is where it may be."""

    id: CampaignId
    name: str
    about: str
    href: str
    tone: str
    said: str
    withdraw: str | None


@get("/chien-dich")
async def listed(
    request: AnyRequest, unit: Word = "", done: Word = "", position: Count = 0
) -> Response[bytes]:
    """Raises `OutOfScope` for a unit that does not exist."""
    house, asking = house_of(request), visitor(request)
    await caught_up(house, position)
    chosen = choosing.unit_asked(house, unit, start_of(house, asking.actor if asking else None))
    notices = {"mo": _("The campaign is announced."), "rut": _("The campaign is withdrawn.")}
    return _shown(request, chosen, notice=notices.get(done))


@post("/chien-dich")
async def announce(request: AnyRequest) -> Response[bytes] | Redirect:
    house, asking, form = house_of(request), actor(request), await read_form(request)
    typed = {name: form.one(name) for name in _FIELDS}
    try:
        made = await campaigns.announce(house.ground, asking, filled(CampaignForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        unit = house.units.find(typed["unit"]) or choosing.unit_asked(house, "", start_of(house, asking))
        return _shown(request, unit, status=status, problems=problems, typed=typed)
    return Redirect(
        address("/chien-dich", unit=typed["unit"], done="mo", position=made.position), status_code=303
    )


@post("/chien-dich/{ref:str}/rut")
async def withdraw(request: AnyRequest, ref: Ref) -> Redirect:
    """Raises `NoSuchCampaign`, also for one outside one's own units."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    sent = filled(CampaignWithdrawnForm, {"submission": form.one("submission")})
    done = await campaigns.withdraw(house.ground, asking, ref, sent)
    back = form.one("unit")
    unit = reference(found) if (found := house.units.find(back)) else None
    return Redirect(address("/chien-dich", unit=unit, done="rut", position=done.position), status_code=303)


def _shown(
    request: AnyRequest,
    unit: Unit,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: dict[str, str] | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), visitor(request)
    who = asking.actor if asking else None
    with house.asking() as db:
        found = known.of_units(db, unit.path[1:]) + known.under(db, unit.id)
        read_at = age(db)
    now = today(house)
    rows = [_row(house, who, one, now) for one in _latest_first(found)]
    return page(
        request,
        "campaigns/list.html",
        status=status,
        here="/chien-dich",
        name=unit.name,
        unit=reference(unit),
        units=choosing.nearby(house, unit),
        freshness=fresh(read_at, adopted(house, unit.id)),
        rows=rows,
        notice=notice,
        problems=problems or {},
        typed=dict.fromkeys(_FIELDS, "") | {"unit": reference(unit)} | (typed or {}),
        places=_places(house, who, unit),
        submission=new_id(),
        submissions={row.id: new_id() for row in rows if row.withdraw},
    )


def _latest_first(found: list[Campaign]) -> list[Campaign]:
    some = {one.campaign: one for one in found}
    return sorted(some.values(), key=lambda one: (one.begins, one.announced), reverse=True)


def _row(house: House, asking: Actor | None, one: Campaign, now: date) -> Row:
    tone, said = _state(one, now)
    may = asking is not None and asking.reaches(one.unit, *campaigns.ANNOUNCING, units=house.units)
    days = _("%(first)s to %(last)s", first=day(one.begins), last=day(one.ends))
    return Row(
        id=one.campaign,
        name=one.name,
        about=f"{unit_name(house.units, one.unit)} · {days}",
        href=address("/xep-hang", campaign=one.campaign),
        tone=tone,
        said=said,
        withdraw=f"/chien-dich/{one.campaign}/rut" if may else None,
    )


def _state(one: Campaign, now: date) -> tuple[str, str]:
    if now < one.begins:
        return "pending", _("Not begun")
    return ("ok", _("Going on")) if now <= one.ends else ("", _("Over"))


def _places(house: House, asking: Actor | None, unit: Unit) -> list[tuple[str, str]]:
    """Where whoever asks may announce one: of the units near the one shown, the shown one first."""
    if asking is None or not asking.holds(*campaigns.ANNOUNCING):
        return []
    homes = [
        found
        for grant in asking.grants
        if grant.role in campaigns.ANNOUNCING and (found := house.units.find(grant.unit))
    ]
    near = [unit, *homes, *(one for home in homes for one in choosing.below(house, home))]
    return [
        (reference(one), one.name)
        for one in {one.id: one for one in near}.values()
        if asking.reaches(one.id, *campaigns.ANNOUNCING, units=house.units)
    ]


ROUTES: Final = (listed, announce, withdraw)
