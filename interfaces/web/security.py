"""/bao-mat: what somebody signs in with. Who has to have something and has nothing yet ends up here."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.signing_in import LastFactor, StrongEnoughWithout, stepped_up_lately
from domain.model import Refused
from infrastructure.accounts import one_time
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.factors import Enrolled
from infrastructure.accounts.one_time import Pending
from infrastructure.accounts.passkeys import TooManyPasskeys, UserNotVerified
from interfaces import reads
from interfaces.reads import Unlogged
from interfaces.web import device
from interfaces.web.arriving import (
    PRIVATE,
    as_json,
    cookie_of,
    led_to,
    next_of,
    renewed,
    roles_need_factor,
    roles_need_verified_user,
    session_of,
    with_next,
)
from interfaces.web.filled import Problems, problems_of
from interfaces.web.limits import AnyRequest, NothingThere, read_form
from interfaces.web.render import page, qr
from interfaces.web.session import (
    SignInFirst,
    house_of,
    must_have_stepped_up,
    unproven,
    visitor,
)
from interfaces.web.tries import Kind, TooManyTries, limited

DONE: Final = "/bao-mat?xong=1"
"""After enrolment: the page that shows what there is now, from where work goes on; where that is not the
first page, `next` says it on every page and form on the way."""


class Key(msgspec.Struct, frozen=True):
    """A passkey, as its owner tells it from another."""

    id: str
    said: str


@get("/bao-mat")
async def security(request: AnyRequest) -> Response[bytes] | Redirect:
    """What there is, and what can be added. Whoever has something but did not sign in with it is led
    to where they show it; who just did, and whose roles ask for more, adds it here."""
    lately = stepped_up_lately(session_of(request).stepped_up, house_of(request).clock())
    if unproven(request) and _enrolled(request).strong and not lately:
        return Redirect(led_to("/xac-thuc", request), status_code=303)
    return _page(request)


@get("/bao-mat/khoa")
async def passkey_options(request: AnyRequest) -> Response[bytes]:
    session = session_of(request)
    _may_add(request)
    house = house_of(request)
    name = reads.names(house, [session.person], Unlogged.OWN).get(session.person, "Lan Tỏa")
    return as_json(house.factors.creation_options(session, name, verified=roles_need_verified_user(request)))


@post("/bao-mat/khoa")
async def add_passkey(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    session = session_of(request)
    _may_add(request)
    try:
        await limited(request, Kind.SECOND_FACTOR, session.person)
        token = await house_of(request).factors.add_passkey(
            cookie_of(request) or "",
            session,
            form.one("credential"),
            device=device.device_of(request),
            verified=roles_need_verified_user(request),
        )
    except (NotProven, UserNotVerified, TooManyPasskeys, TooManyTries) as refusal:
        return _again(request, refusal, "passkey")
    return renewed(request, token, with_next(DONE, _onwards(request)))


@post("/bao-mat/khoa/go")
async def remove_passkey(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    session = session_of(request)
    _may_change(request)
    factors, keep_one = house_of(request).factors, roles_need_factor(request)
    try:
        if not await factors.remove_passkey(session, form.one("id"), keep_one=keep_one):
            raise NothingThere
    except LastFactor as refusal:
        return _again(request, refusal, "passkey")
    return Redirect("/bao-mat", status_code=303)


@get("/bao-mat/ung-dung")
async def begin_one_time(request: AnyRequest) -> Response[bytes]:
    """A secret to scan or type into an app, each time a new one; none is kept before it is confirmed."""
    session = session_of(request)
    _may_add(request)
    pending, sealed = house_of(request).factors.begin_one_time(session.person)
    return _one_time(request, pending, sealed)


@post("/bao-mat/ung-dung")
async def add_one_time(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    session = session_of(request)
    _may_add(request)
    factors = house_of(request).factors
    try:
        await limited(request, Kind.SECOND_FACTOR, session.person)
        pending = factors.begun_one_time(session.person, form.one("sealed"))
    except (NotProven, TooManyTries) as refusal:  # too old: another secret is shown
        pending, sealed = factors.begin_one_time(session.person)
        return _one_time(request, pending, sealed, refusal)
    try:
        token = await factors.add_one_time(
            cookie_of(request) or "", session, pending, one_time.clean_digits(form.one("digits"))
        )
    except NotProven as refusal:
        return _one_time(request, pending, form.one("sealed"), refusal)
    return renewed(request, token, with_next(DONE, _onwards(request)))


@post("/bao-mat/ung-dung/go")
async def remove_one_time(request: AnyRequest) -> Response[bytes] | Redirect:
    await read_form(request)
    session = session_of(request)
    _may_change(request)
    try:
        if not await house_of(request).factors.remove_one_time(session, keep_one=roles_need_factor(request)):
            raise NothingThere
    except LastFactor as refusal:
        return _again(request, refusal, "digits")
    return Redirect("/bao-mat", status_code=303)


@post("/bao-mat/ma-du-phong")
async def new_recovery_codes(request: AnyRequest) -> Response[bytes]:
    """Ten codes, shown this once."""
    await read_form(request)
    session = session_of(request)
    _may_add(request)
    if roles_need_factor(request):
        return _again(request, StrongEnoughWithout(), "code")
    codes = await house_of(request).factors.new_recovery_codes(session)
    return page(request, "sign_in/codes.html", headers=PRIVATE, here="/bao-mat", codes=codes)


@post("/bao-mat/bo-qua")
async def skip(request: AnyRequest) -> Redirect:
    """In a simulated ledger, where there is nobody to protect, one may go on without."""
    form = await read_form(request)
    house = house_of(request)
    session_of(request)
    if not house.simulated:
        raise NothingThere
    token = await house.accounts.waive(cookie_of(request) or "")
    if token is None:
        raise SignInFirst
    return renewed(request, token, next_of(form.one("next")))


def _onwards(request: AnyRequest) -> str:
    return next_of(request.query_params.get("next", "/"))


def _enrolled(request: AnyRequest) -> Enrolled:
    return house_of(request).factors.enrolled(session_of(request).person)


def _may_add(request: AnyRequest) -> None:
    """Who has a passkey or app shows it before another is added: a stolen session is not enough.
    Raises `StepUpNeeded`."""
    if _enrolled(request).strong:
        _may_change(request)


def _may_change(request: AnyRequest) -> None:
    found = visitor(request)
    if found is None:
        raise SignInFirst
    must_have_stepped_up(found, house_of(request).clock())


def _again(request: AnyRequest, refusal: Refused, field: str) -> Response[bytes]:
    status, problems = problems_of(refusal)
    return _page(request, status, {field: next(iter(problems.values()))})


def _page(request: AnyRequest, status: int = 200, problems: Problems | None = None) -> Response[bytes]:
    house = house_of(request)
    enrolled = _enrolled(request)
    return page(
        request,
        "sign_in/security.html",
        status=status,
        headers=PRIVATE,
        here="/bao-mat",
        problems=problems or {},
        passkeys=house.factors.relying is not None,
        keys=[Key(one.id, device.said(one.device)) for one in enrolled.passkeys],
        one_time=enrolled.one_time,
        codes_left=enrolled.recovery_codes,
        enrolled=enrolled.strong > 0,
        mandatory=roles_need_factor(request),
        more=enrolled.strong > 0 and unproven(request),
        verified=roles_need_verified_user(request),
        in_app=device.app_of(device.agent_of(request)),
        done=request.query_params.get("xong") == "1",
        onwards=_onwards(request),
    )


def _one_time(
    request: AnyRequest, pending: Pending, sealed: str, refusal: Refused | None = None
) -> Response[bytes]:
    status, problems = 200, {}
    if refusal is not None:
        status, found = problems_of(refusal)
        problems = {"digits": next(iter(found.values()))}
    return page(
        request,
        "sign_in/one_time.html",
        status=status,
        headers=PRIVATE,
        here="/bao-mat/ung-dung",
        problems=problems,
        address=pending.address,
        drawing=qr(pending.address),
        secret=" ".join(pending.secret[at : at + 4] for at in range(0, len(pending.secret), 4)),
        login=pending.login,
        sealed=sealed,
        onwards=_onwards(request),
    )


ROUTES: Final = (
    security,
    passkey_options,
    add_passkey,
    remove_passkey,
    begin_one_time,
    add_one_time,
    remove_one_time,
    new_recovery_codes,
    skip,
)
