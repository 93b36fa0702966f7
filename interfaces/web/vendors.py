"""/ghi/tieu-thuong and /cho: markets, their vendors, how these go digital and are seen trading."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import markets
from application.actors import Actor
from application.forms.markets import MarketForm, OnboardingForm, SightingForm, VendorForm
from application.ids import new_id
from application.onboarding import OnboardingLogged, log_onboarding
from application.ports import SubmissionConflict
from application.privacy import Why
from domain import names
from domain.markets import NoSuchMarket
from domain.model import MarketId, Model, Role, VendorId
from domain.vendors import Means, NoSuchVendor, VendorExists
from infrastructure.read_models import markets as known
from infrastructure.read_models.columns import age
from infrastructure.read_models.markets import CASHLESS, Market
from infrastructure.read_models.vendors import Vendor, of_market
from interfaces import reads
from interfaces.house import House
from interfaces.web import drafts, stalls, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.drafts import Draft
from interfaces.web.figures import adopted, fresh
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name


class Stall(msgspec.Struct, frozen=True):
    """A market as a big choice."""

    id: MarketId
    name: str
    about: str


class Seller(msgspec.Struct, frozen=True):
    """A vendor as a choice: what they are onboarded by, and whether they were seen trading."""

    id: VendorId
    name: str
    about: str
    on: bool


class Box(msgspec.Struct, frozen=True):
    id: str
    label: str
    on: bool


@get("/ghi/tieu-thuong")
async def choose_market(request: AnyRequest, position: Count = 0) -> Response[bytes]:
    """Which market; one not listed yet can be opened."""
    await caught_up(house_of(request), position)
    return _markets(request, new_id(), {}, {})


@post("/ghi/tieu-thuong")
async def open_market(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    typed = {name: form.one(name) for name in ("submission", "unit", "name", "stalls")}
    try:
        made = await markets.open_market(house_of(request).ground, actor(request), filled(MarketForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        submission = new_id() if isinstance(refusal, SubmissionConflict) else typed["submission"]
        return _markets(request, submission, typed, problems, status)
    return Redirect(f"/ghi/tieu-thuong/{made.market}?position={made.position}", status_code=303)


@get("/ghi/tieu-thuong/{ref:str}")
async def new(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    market = _seen(house, asking, ref)
    notice = _("Recorded: seen trading today.") if done == "thay" else None
    return _form(request, market, drafts.blank(house, asking), "", notice=notice)


@post("/ghi/tieu-thuong/{ref:str}")
async def save(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Registers the vendor where they are new, and logs by what they were onboarded."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    market = _seen(house, asking, ref)
    draft = drafts.typed(form, "means")
    vendor = form.one("vendor")
    try:
        if vendor and not _sells(house, market, vendor):
            raise NoSuchVendor(field="vendor")
        if "seen" in form:
            return await _seen_trading(house, asking, market, draft, vendor)
        logged = await _logged(house, asking, market, draft, vendor)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, _place)
        if isinstance(refusal, SubmissionConflict):
            draft.submission = new_id()
        return _form(request, market, draft, vendor, status=status, problems=problems)
    return Redirect(f"/toi/nhac/{logged.onboarding}?position={logged.position}", status_code=303)


def _sells(house: House, market: Market, vendor: str) -> bool:
    with house.asking() as db:
        return any(one.vendor == vendor for one in of_market(db, market.market))


def _place(path: str) -> str:
    """`vendor.phone` is the phone of the only block of fields."""
    many, _dot, part = path.partition(".")
    return f"new-0-{part}" if many == "vendor" and part else path


async def _logged(house: House, asking: Actor, market: Market, draft: Draft, vendor: str) -> OnboardingLogged:
    onboarding = filled(
        OnboardingForm, {"submission": f"{draft.submission}.o", "on": draft.on, "means": draft.marks}
    )
    if not vendor:
        vendor = await _registered(house, asking, market, draft)
    return await log_onboarding(house.ground, asking, vendor, onboarding)


async def _registered(house: House, asking: Actor, market: Market, draft: Draft) -> str:
    typed = next((typed for _prefix, typed in draft.named()), {})
    form = filled(
        VendorForm, {"submission": f"{draft.submission}.v", "market": market.market, "vendor": typed}
    )
    try:
        return (await markets.register_vendor(house.ground, asking, form)).vendor
    except VendorExists as known_already:  # entered as somebody new, and found to sell here
        return str(known_already.details["vendor"])


async def _seen_trading(house: House, asking: Actor, market: Market, draft: Draft, vendor: str) -> Redirect:
    if not vendor:
        raise NoSuchVendor(field="vendor")
    sighting = filled(
        SightingForm,
        {"submission": f"{draft.submission}.s", "on": draft.on, "means": Means.CASHLESS_PAYMENT.value},
    )
    done = await markets.see_trading(house.ground, asking, vendor, sighting)
    return Redirect(f"/ghi/tieu-thuong/{market.market}?done=thay&position={done.position}", status_code=303)


def _seen(house: House, asking: Actor, ref: str) -> Market:
    """Raises `NoSuchMarket`, also for one outside one's own units."""
    with house.asking() as db:
        unit = known.unit_of(db, MarketId(ref))
    if unit is None or not asking.reaches(unit, Role.AMBASSADOR, units=house.units, about=Model.MARKETS):
        raise NoSuchMarket(field="market")
    found = stalls.one_market(house, ref)
    if found is None or not asking.reaches(
        found.unit, Role.AMBASSADOR, units=house.units, about=Model.MARKETS
    ):
        raise NoSuchMarket(field="market")
    return found


def _markets(
    request: AnyRequest, submission: str, typed: dict[str, str], problems: Problems, status: int = 200
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    homes = drafts.places(house, asking)
    own = [grant.unit for grant in asking.grants if grant.role is Role.AMBASSADOR]
    found = [one for unit in dict.fromkeys(own) for one in stalls.markets_in(house, unit)]
    return page(
        request,
        "vendors/markets.html",
        status=status,
        problems=problems,
        markets=[
            Stall(one.market, one.name, f"{unit_name(house.units, one.unit)} · {stalls.share(house, one)}")
            for one in found
        ],
        submission=submission,
        typed={"unit": homes[0].id if homes else "", "name": "", "stalls": ""} | typed,
        places=[(one.id, one.name) for one in homes],
    )


def _form(
    request: AnyRequest,
    market: Market,
    draft: Draft,
    chosen: str,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        selling = [one for one in of_market(db, market.market) if one.gone is None]
        read_at = age(db)
    shown: dict[str, Any] = msgspec.structs.asdict(drafts.shown(house, asking, draft))
    boxes = [Box(one.value, words.said(words.MEANS, one), one.value in draft.marks) for one in Means]
    return page(
        request,
        "vendors/new.html",
        status=status,
        market=market,
        share=stalls.share(house, market),
        active=ngettext("%(num)s seen trading", "%(num)s seen trading", market.active),
        freshness=fresh(read_at, adopted(house, market.unit)),
        notice=notice,
        sellers=_sellers(house, market, selling, chosen),
        form=shown | {"places": [], "unit": market.unit},
        boxes=boxes,
        problems=problems or {},
        groups=drafts.groups(),
    )


def _sellers(house: House, market: Market, selling: list[Vendor], chosen: str) -> list[Seller]:
    """Vendors of the market, those without cashless payment first; by given name."""
    known_by = reads.names(house, [one.person for one in selling], Why.MARKET, unit=market.unit)
    listed = [
        Seller(one.vendor, known_by.get(one.person, "–"), stalls.how(one), one.vendor == chosen)
        for one in selling
    ]
    done = {one.vendor for one in selling if one.onboarded & CASHLESS}
    return sorted(listed, key=lambda one: (not one.on, one.id in done, names.sort_key(one.name)))


ROUTES: Final = (choose_market, open_market, new, save)
