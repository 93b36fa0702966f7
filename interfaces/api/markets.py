"""Markets, their vendors, how these are onboarded and seen trading."""

import msgspec
from litestar import post

from application import markets
from application.forms.markets import (
    MarketForm,
    OnboardingForm,
    SightingForm,
    StallsForm,
    VendorForm,
    VendorLeftForm,
)
from application.forms.teaching import VoidForm
from application.markets import MarketChanged, VendorChanged
from application.onboarding import log_onboarding, void_onboarding
from domain.model import MarketId, OnboardingId, PersonId, Position, VendorId
from interfaces.api.speaking import API, Json, identifier, recorded
from interfaces.web.limits import AnyRequest, read_json
from interfaces.web.session import actor, house_of


class MarketOut(msgspec.Struct, frozen=True):
    market: MarketId
    position: Position


class VendorOut(msgspec.Struct, frozen=True):
    vendor: VendorId
    market: MarketId
    person: PersonId
    position: Position


class OnboardingOut(msgspec.Struct, frozen=True):
    """The vendor answers for it by `code`; null once they were erased."""

    onboarding: OnboardingId
    vendor: VendorId
    position: Position
    code: str | None
    confirm_url: str | None


class OnboardingChangedOut(msgspec.Struct, frozen=True):
    onboarding: OnboardingId
    position: Position


class VendorChangedOut(msgspec.Struct, frozen=True):
    vendor: VendorId
    position: Position


@post(
    f"{API}/markets",
    takes=MarketForm,
    gives={201: MarketOut, 200: MarketOut},
    summary="Opens a market with the stalls that its board declares",
)
async def open_market(request: AnyRequest) -> Json:
    form = await read_json(request, MarketForm)
    return _market(await markets.open_market(house_of(request).ground, actor(request), form))


@post(
    f"{API}/markets/{{market:str}}/stalls",
    takes=StallsForm,
    gives={201: MarketOut, 200: MarketOut},
    summary="Declares a market's stalls anew",
)
async def declare_stalls(request: AnyRequest) -> Json:
    form = await read_json(request, StallsForm)
    market = identifier(request.path_params["market"])
    return _market(await markets.declare_stalls(house_of(request).ground, actor(request), market, form))


@post(
    f"{API}/vendors",
    takes=VendorForm,
    gives={201: VendorOut, 200: VendorOut},
    summary="Registers a person who sells at a market",
)
async def register(request: AnyRequest) -> Json:
    form = await read_json(request, VendorForm)
    done = await markets.register_vendor(house_of(request).ground, actor(request), form)
    return recorded(VendorOut(done.vendor, done.market, done.person, done.position), again=done.again)


@post(
    f"{API}/vendors/{{vendor:str}}/onboardings",
    takes=OnboardingForm,
    gives={201: OnboardingOut, 200: OnboardingOut},
    summary="Logs by which means a vendor was onboarded; the vendor answers for it",
)
async def onboard(request: AnyRequest) -> Json:
    form = await read_json(request, OnboardingForm)
    house = house_of(request)
    vendor = identifier(request.path_params["vendor"])
    done = await log_onboarding(house.ground, actor(request), vendor, form)
    url = done.code and house.confirm_url(done.code)
    body = OnboardingOut(done.onboarding, done.vendor, done.position, done.code, url)
    return recorded(body, again=done.again)


@post(
    f"{API}/onboardings/{{onboarding:str}}/void",
    takes=VoidForm,
    gives={201: OnboardingChangedOut, 200: OnboardingChangedOut},
    summary="Withdraws one's own mistake, or voids an onboarding of one's unit",
)
async def void(request: AnyRequest) -> Json:
    form = await read_json(request, VoidForm)
    onboarding = identifier(request.path_params["onboarding"])
    done = await void_onboarding(house_of(request).ground, actor(request), onboarding, form)
    return recorded(OnboardingChangedOut(done.onboarding, done.position), again=done.again)


@post(
    f"{API}/vendors/{{vendor:str}}/sightings",
    takes=SightingForm,
    gives={201: VendorChangedOut, 200: VendorChangedOut},
    summary="Somebody saw the vendor trade by digital means",
)
async def see(request: AnyRequest) -> Json:
    form = await read_json(request, SightingForm)
    vendor = identifier(request.path_params["vendor"])
    return _vendor(await markets.see_trading(house_of(request).ground, actor(request), vendor, form))


@post(
    f"{API}/vendors/{{vendor:str}}/departure",
    takes=VendorLeftForm,
    gives={201: VendorChangedOut, 200: VendorChangedOut},
    summary="A vendor left the market",
)
async def leave(request: AnyRequest) -> Json:
    form = await read_json(request, VendorLeftForm)
    vendor = identifier(request.path_params["vendor"])
    return _vendor(await markets.leave_market(house_of(request).ground, actor(request), vendor, form))


def _market(done: MarketChanged) -> Json:
    return recorded(MarketOut(done.market, done.position), again=done.again)


def _vendor(done: VendorChanged) -> Json:
    return recorded(VendorChangedOut(done.vendor, done.position), again=done.again)
