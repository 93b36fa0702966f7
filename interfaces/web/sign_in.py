"""/dang-nhap: signing in with a passkey, with an authenticator app, or with a recovery code."""

from typing import Final

from litestar import Response, get, post
from litestar.response import Redirect

from application.ports import SignedIn
from domain.model import Refused
from infrastructure.accounts import one_time, recovery
from infrastructure.accounts.challenges import NotProven
from interfaces.web.arriving import PRIVATE, arriving, as_json, cookie_of, next_of, told
from interfaces.web.filled import Problems, problems_of
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import page
from interfaces.web.session import house_of, session_cookie
from interfaces.web.tries import Kind, TooManyTries, limited

_FACTORS: Final = {"passkey": "passkey", "digits": "totp", "code": "recovery"}
"""By the field of the page."""


@get("/dang-nhap")
async def sign_in(request: AnyRequest) -> Response[bytes]:
    """Three ways in; nothing is stored by looking."""
    return _page(request)


@get("/dang-nhap/khoa")
async def passkey_options(request: AnyRequest) -> Response[bytes]:
    return as_json(house_of(request).factors.sign_in_options())


@post("/dang-nhap/khoa")
async def by_passkey(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    house = house_of(request)
    try:
        await limited(request, Kind.SIGN_IN)
        signed_in = await house.factors.sign_in_by_passkey(
            form.one("credential"), arriving(request), replacing=cookie_of(request)
        )
    except (NotProven, TooManyTries) as refusal:
        return _again(request, refusal, "passkey")
    return _in(request, signed_in, "passkey")


@post("/dang-nhap/ung-dung")
async def by_one_time(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    house = house_of(request)
    login = one_time.clean_login(form.one("login"))
    try:
        await limited(request, Kind.SECOND_FACTOR, login)
        signed_in = await house.factors.sign_in_by_one_time(
            login,
            one_time.clean_digits(form.one("digits")),
            arriving(request),
            replacing=cookie_of(request),
        )
    except (NotProven, TooManyTries) as refusal:
        return _again(request, refusal, "digits", login=login)
    return _in(request, signed_in, "totp")


@post("/dang-nhap/ma-du-phong")
async def by_recovery(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    house = house_of(request)
    code = form.one("code")
    try:
        await limited(request, Kind.RECOVERY, recovery.clean(code)[: recovery.SELECTOR])
        signed_in = await house.factors.sign_in_by_recovery(
            code, arriving(request), replacing=cookie_of(request)
        )
    except (NotProven, TooManyTries) as refusal:
        return _again(request, refusal, "code")
    return _in(request, signed_in, "recovery")


def _in(request: AnyRequest, signed_in: SignedIn, factor: str) -> Redirect:
    """To where they were going."""
    told("signed in", factor, signed_in.person)
    to = next_of(request.query_params.get("next", "/"))
    return Redirect(to, status_code=303, cookies=[session_cookie(house_of(request), signed_in.token)])


def _again(request: AnyRequest, refusal: Refused, field: str, login: str = "") -> Response[bytes]:
    """The page with what went wrong; never which part of it."""
    told("sign-in refused", _FACTORS[field])
    status, problems = problems_of(refusal)
    return _page(request, status, {field: next(iter(problems.values()))}, login)


def _page(
    request: AnyRequest, status: int = 200, problems: Problems | None = None, login: str = ""
) -> Response[bytes]:
    return page(
        request,
        "sign_in/sign_in.html",
        status=status,
        headers=PRIVATE,
        here="/dang-nhap",
        problems=problems or {},
        passkeys=house_of(request).factors.relying is not None,
        login=login,
        onwards=next_of(request.query_params.get("next", "/")),
    )


ROUTES: Final = (sign_in, passkey_options, by_passkey, by_one_time, by_recovery)
