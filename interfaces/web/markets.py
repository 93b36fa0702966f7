"""/cho: a market with its share, its stalls and its vendors, for those who mentor or organize there."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import markets
from application.actors import Actor
from application.forms.markets import SightingForm, StallsForm
from application.ids import new_id
from application.privacy import Why
from domain.calendar import day_of
from domain.markets import NoSuchMarket
from domain.model import MarketId, Model, Role, UnitId, VendorId
from domain.vendors import Means, NoSuchVendor
from infrastructure.read_models import imports
from infrastructure.read_models import markets as known
from infrastructure.read_models.columns import age
from infrastructure.read_models.honours import Status
from infrastructure.read_models.markets import CASHLESS, Market
from infrastructure.read_models.onboardings import Onboarding, of_vendors
from infrastructure.read_models.teachings import State
from infrastructure.read_models.vendors import Vendor, of_market
from interfaces import reads
from interfaces.house import House
from interfaces.web import stalls, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address
from interfaces.web.figures import adopted, content_of, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark, ngettext
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.thresholds import thresholds
from interfaces.web.words import unit_name

ROWS: Final = 50


class Seller(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor as a line of the list. `remind` is the own onboarding that waits for an answer."""

    id: VendorId
    name: str
    about: str
    tone: str
    said: str
    sells: bool
    remind: str | None
    submission: str


@get("/cho/{ref:str}")
async def show(
    request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "", after: Count = 0
) -> Response[bytes]:
    """Raises `NoSuchMarket`, also for one outside one's own units."""
    house = house_of(request)
    await caught_up(house, position)
    notice = words.notice(_NOTICES, done)
    return _shown(request, seen(house, actor(request), ref), after=after, notice=notice)


_NOTICES: Final = {
    "thay": mark("Recorded: seen trading today."),
    "sap": mark("The number of stalls is recorded."),
}


@post("/cho/{ref:str}/sap")
async def declare_stalls(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """The market's board declares another number of stalls."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    market = seen(house, asking, ref)
    typed = {name: form.one(name) for name in ("submission", "stalls")}
    try:
        done = await markets.declare_stalls(house.ground, asking, ref, filled(StallsForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, market, status=status, problems=problems, typed=typed["stalls"])
    return Redirect(f"/cho/{ref}?done=sap&position={done.position}", status_code=303)


@post("/cho/{ref:str}/thay")
async def seen_trading(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A vendor was seen taking cashless payment today."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    market, vendor, after = seen(house, asking, ref), form.one("vendor"), form.one("after")
    try:
        if not any(one.vendor == vendor for one in _vendors(house, market)):
            raise NoSuchVendor
        sighting = {
            "submission": form.one("submission"),
            "on": today(house).isoformat(),
            "means": Means.CASHLESS_PAYMENT.value,
        }
        done = await markets.see_trading(house.ground, asking, vendor, filled(SightingForm, sighting))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "")
        return _shown(request, market, status=status, problems=problems)
    kept = after if after.isdecimal() and after != "0" else None
    return Redirect(address(f"/cho/{ref}", done="thay", after=kept, position=done.position), status_code=303)


def seen(house: House, asking: Actor, ref: str) -> Market:
    """A market of the units in which one mentors or organizes. Raises `NoSuchMarket`."""
    _must_reach(house, asking, ref)
    found = stalls.one_market(house, ref)
    if found is None or not reaches(house, asking, found.unit):
        raise NoSuchMarket(field="market")
    return found


def _must_reach(house: House, asking: Actor, ref: str) -> None:
    """Asked first, by one query for a market elsewhere and for none."""
    with house.asking() as db:
        unit = known.unit_of(db, MarketId(ref))
    if unit is None or not reaches(house, asking, unit):
        raise NoSuchMarket(field="market")


def reaches(house: House, asking: Actor, unit: UnitId) -> bool:
    """Whether somebody may see the vendors of a unit's markets, by name."""
    roles = Role.AMBASSADOR, Role.ORGANIZER, Role.AUDITOR
    return asking.reaches(unit, *roles, units=house.units, about=Model.MARKETS)


def _holds(house: House, asking: Actor, market: Market, role: Role) -> bool:
    return asking.reaches(market.unit, role, units=house.units, about=Model.MARKETS)


def standing(one: Vendor, onboardings: list[Onboarding]) -> tuple[str, str]:
    """Tone and word for how a vendor stands."""
    if one.gone is not None:
        return "", _("Left on %(day)s", day=day(one.gone))
    if one.has(CASHLESS):
        return "good", _("Onboarded")
    if any(each.state is State.CLAIMED for each in onboardings):
        return "wait", _("Waiting for an answer")
    return ("good", _("Onboarded")) if one.onboarded else ("", _("Not onboarded"))


def _vendors(house: House, market: Market) -> list[Vendor]:
    with house.asking() as db:
        return of_market(db, market.market)


def _shown(
    request: AnyRequest,
    market: Market,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
    typed: str = "",
    after: int = 0,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    vendors = _vendors(house, market)
    with house.asking() as db:
        read_at, brought = age(db), imports.brought(db, market.market)
    adoption = adopted(house, market.unit)
    more = address(f"/cho/{market.market}", after=after + ROWS) if len(vendors) > after + ROWS else None
    return page(
        request,
        "vendors/market.html",
        status=status,
        here=f"/cho/{market.market}",
        problems=problems or {},
        notice=notice,
        brought=brought,
        market=market,
        unit=unit_name(house.units, market.unit),
        share=stalls.share(house, market),
        active=ngettext(
            "%(num)s seen trading in %(days)s days",
            "%(num)s seen trading in %(days)s days",
            market.active,
            days=content_of(adoption).active_days,
        ),
        since=day(day_of(market.digital_since)) if market.digital_since else None,
        freshness=fresh(read_at, adoption),
        threshold=thresholds(Status.MARKET, content_of(adoption)),
        sellers=_sellers(house, asking, market, vendors[after : after + ROWS]),
        after=after,
        more=more,
        may_declare=_holds(house, asking, market, Role.ORGANIZER),
        may_record=_holds(house, asking, market, Role.AMBASSADOR),
        typed=typed or str(market.stalls),
        submission=new_id(),
    )


def _sellers(house: House, asking: Actor, market: Market, vendors: list[Vendor]) -> list[Seller]:
    """In the order in which they were registered, so that a page of them stays as it is."""
    with house.asking() as db:
        onboardings = of_vendors(db, [one.vendor for one in vendors])
    names = reads.names(house, [one.person for one in vendors], Why.MARKET, unit=market.unit)
    of: dict[VendorId, list[Onboarding]] = {one.vendor: [] for one in vendors}
    for each in onboardings:
        of[each.vendor].append(each)
    return [_seller(one, names.get(one.person, "–"), of[one.vendor], asking) for one in vendors]


def _seller(one: Vendor, name: str, onboardings: list[Onboarding], asking: Actor) -> Seller:
    tone, said = standing(one, onboardings)
    mine = [
        each.onboarding
        for each in onboardings
        if each.state is State.CLAIMED and each.ambassador == asking.person
    ]
    return Seller(
        id=one.vendor,
        name=name,
        about=stalls.how(one) if one.onboarded or one.seen else "",
        tone=tone,
        said=said,
        sells=one.gone is None,
        remind=mine[-1] if mine and one.gone is None else None,
        submission=new_id(),
    )


ROUTES: Final = (show, declare_stalls, seen_trading)
