"""/tieu-thuong: one vendor; they left, an onboarding is withdrawn by its maker or voided by an organizer."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import lookups, markets, onboarding
from application.actors import Actor
from application.forms.markets import VendorLeftForm
from application.forms.teaching import VoidForm
from application.ids import new_id
from application.onboarding import UnknownOnboarding
from application.privacy import Why
from domain.model import Model, Role, VendorId, VoidReason
from domain.vendors import NoSuchVendor
from infrastructure.read_models import imports
from infrastructure.read_models import markets as known
from infrastructure.read_models import vendors as known_vendors
from infrastructure.read_models.columns import age
from infrastructure.read_models.markets import Market
from infrastructure.read_models.onboardings import Onboarding, of_vendors
from infrastructure.read_models.teachings import State
from infrastructure.read_models.vendors import Vendor
from interfaces import reads
from interfaces.house import House
from interfaces.web import checklists, stalls, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.figures import adopted, content_of, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.markets import reaches, standing
from interfaces.web.mine import how_it_stands
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

REASONS: Final = (
    VoidReason.MISTAKE,
    VoidReason.TEST_ENTRY,
    VoidReason.DUPLICATE,
    VoidReason.WRONG_PERSON,
    VoidReason.OTHER,
)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor with their onboardings, and whether whoever asks organizes the market's unit."""

    vendor: Vendor
    market: Market
    onboardings: list[Onboarding]
    organizes: bool


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One onboarding. `open` is whether whoever asks may withdraw or void it."""

    id: str
    about: str
    mentor: str
    tone: str
    said: str
    own: bool
    open: bool
    notes: list[str]


@get("/tieu-thuong/{ref:str}")
async def show(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """Raises `NoSuchVendor`, also for one outside one's own units."""
    house = house_of(request)
    await caught_up(house, position)
    notice = words.notice(_NOTICES, done)
    return _shown(request, _seen(house, actor(request), ref), notice=notice)


_NOTICES: Final = {
    "roi": mark("Recorded: no longer sells there."),
    "go": mark("The entry no longer stands."),
}


@post("/tieu-thuong/{ref:str}/roi")
async def leave(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """The vendor no longer sells there since a day."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    seen = _seen(house, asking, ref)
    typed = {name: form.one(name) for name in ("submission", "on")}
    try:
        done = await markets.leave_market(house.ground, asking, ref, filled(VendorLeftForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, seen, status=status, problems=problems)
    return Redirect(f"/tieu-thuong/{ref}?done=roi&position={done.position}", status_code=303)


@post("/tieu-thuong/{ref:str}/rut-lai")
async def void(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Withdraws one's own onboarding, or voids one of the unit one organizes."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    seen, wanted = _seen(house, asking, ref), form.one("onboarding")
    try:
        if not any(one.onboarding == wanted for one in seen.onboardings):
            raise UnknownOnboarding
        wish = filled(VoidForm, {name: form.one(name) for name in ("submission", "reason", "note")})
        done = await onboarding.void_onboarding(house.ground, asking, wanted, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, seen, status=status, problems=problems)
    return Redirect(f"/tieu-thuong/{ref}?done=go&position={done.position}", status_code=303)


def _seen(house: House, asking: Actor, ref: str) -> Seen:
    with house.asking() as db:
        unit = known.unit_of_vendor(db, VendorId(ref))
        if unit is None or not reaches(house, asking, unit):
            raise NoSuchVendor
        vendor = known_vendors.vendor(db, VendorId(ref))
        onboardings = of_vendors(db, [VendorId(ref)])
    market = vendor and stalls.one_market(house, vendor.market)
    if not vendor or not market or not reaches(house, asking, market.unit):
        raise NoSuchVendor
    organizes = asking.reaches(market.unit, Role.ORGANIZER, units=house.units, about=Model.MARKETS)
    return Seen(vendor=vendor, market=market, onboardings=onboardings, organizes=organizes)


def _shown(
    request: AnyRequest,
    seen: Seen,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    house, vendor = house_of(request), seen.vendor
    tone, said = standing(vendor, seen.onboardings)
    with house.asking() as db:
        read_at, brought = age(db), imports.brought(db, vendor.vendor)
    return page(
        request,
        "vendors/vendor.html",
        status=status,
        here=f"/tieu-thuong/{vendor.vendor}",
        problems=problems or {},
        notice=notice,
        ref=vendor.vendor,
        brought=brought,
        name=reads.names(house, [vendor.person], Why.MARKET, unit=seen.market.unit).get(vendor.person, "–"),
        market=seen.market,
        unit=unit_name(house.units, seen.market.unit),
        how=stalls.how(vendor) if vendor.onboarded or vendor.seen else "",
        tone=tone,
        said=said,
        sells=vendor.gone is None,
        freshness=fresh(read_at, adopted(house, seen.market.unit)),
        today=today(house).isoformat(),
        submissions=[new_id(), new_id()],
        reasons=words.options(words.REASONS, REASONS),
        **_possible(house, actor(request), seen),
    )


def _possible(house: House, asking: Actor, seen: Seen) -> dict[str, Any]:
    mentors = [one.ambassador for one in seen.onboardings]
    names = reads.names(house, mentors, Why.MARKET, unit=seen.market.unit)
    lines = [_line(house, asking, seen, one, names.get(one.ambassador, "–")) for one in seen.onboardings]
    open_lines = [one for one in lines if one.open]
    content = content_of(adopted(house, seen.market.unit))
    steps = checklists.of_vendor(seen.vendor, seen.onboardings, content, today(house), asking.person)
    mentors_here = asking.reaches(seen.market.unit, Role.AMBASSADOR, units=house.units, about=Model.MARKETS)
    return {
        "steps": steps,
        "reached": checklists.done(steps),
        "may_record": mentors_here and seen.vendor.gone is None,
        "next_submission": new_id,
        "lines": lines,
        "to_void": [(one.id, f"{one.about} · {one.mentor}") for one in open_lines],
        "organizes": seen.organizes,
        "own": all(one.own for one in open_lines),
    }


def _line(house: House, asking: Actor, seen: Seen, one: Onboarding, mentor: str) -> Line:
    own = lookups.is_theirs(house.ledger, asking.person, one.ambassador)
    tone, said = how_it_stands(one)
    means = words.listed(words.said(words.MEANS, each) for each in one.means)
    return Line(
        id=one.onboarding,
        about=f"{means} · {day(one.on)}",
        mentor=_("Taught by %(name)s", name=mentor),
        tone=tone,
        said=said,
        own=own,
        open=one.state is not State.VOIDED and (own or seen.organizes),
        notes=reads.notes(house, one.onboarding, seen.vendor.person, Why.REVIEW) if seen.organizes else [],
    )


ROUTES: Final = (show, leave, void)
