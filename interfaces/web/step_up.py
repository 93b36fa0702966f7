"""/xac-thuc: confirming anew that it is you, for five minutes, before something with consequences."""

from typing import Final

from litestar import Response, get, post
from litestar.response import Redirect

from domain.model import Refused
from infrastructure.accounts import one_time
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.passkeys import UserNotVerified
from interfaces.web.arriving import (
    PRIVATE,
    as_json,
    cookie_of,
    next_of,
    renewed,
    roles_need_verified_user,
    session_of,
    told,
    with_next,
)
from interfaces.web.filled import Problems, problems_of
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import page
from interfaces.web.session import house_of, unproven
from interfaces.web.tries import Kind, TooManyTries, limited


@get("/xac-thuc")
async def step_up(request: AnyRequest) -> Response[bytes]:
    """By whatever they have; who has nothing is led to where they get it."""
    onwards = next_of(request.query_params.get("next", "/"))
    return _page(request, onwards, again=request.query_params.get("again") == "1")


@get("/xac-thuc/khoa")
async def passkey_options(request: AnyRequest) -> Response[bytes]:
    """`without`: also from a passkey that does not know its user, which leads to a proper one."""
    verified = roles_need_verified_user(request) and request.query_params.get("without") != "1"
    return as_json(house_of(request).factors.step_up_options(session_of(request), verified=verified))


@post("/xac-thuc/khoa")
async def by_passkey(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    session = session_of(request)
    onwards, house = next_of(form.one("next")), house_of(request)
    # Who rose to a role that asks for more than their passkey gives shows it all the same, and is led
    # to where they add what does; until then it opens nothing else (`admit`).
    demanded = roles_need_verified_user(request)
    try:
        await limited(request, Kind.SECOND_FACTOR, session.person)
        token = await house.factors.step_up_by_passkey(
            cookie_of(request) or "",
            session,
            form.one("credential"),
            verified=demanded and not unproven(request),
        )
    except (NotProven, UserNotVerified, TooManyTries) as refusal:
        return _again(request, onwards, refusal, "passkey")
    told("confirmed", "passkey", session.person)
    now = house.accounts.session(token, fresh=True)
    short = demanded and now is not None and not now.verified
    return renewed(request, token, with_next("/bao-mat", onwards) if short else onwards)


@post("/xac-thuc/ung-dung")
async def by_one_time(request: AnyRequest) -> Response[bytes] | Redirect:
    form = await read_form(request)
    session = session_of(request)
    onwards = next_of(form.one("next"))
    try:
        await limited(request, Kind.SECOND_FACTOR, session.person)
        token = await house_of(request).factors.step_up_by_one_time(
            cookie_of(request) or "", session, one_time.clean_digits(form.one("digits"))
        )
    except (NotProven, TooManyTries) as refusal:
        return _again(request, onwards, refusal, "digits")
    told("confirmed", "totp", session.person)
    return renewed(request, token, onwards)


def _again(request: AnyRequest, onwards: str, refusal: Refused, field: str) -> Response[bytes]:
    told("confirmation refused", "passkey" if field == "passkey" else "totp", session_of(request).person)
    status, problems = problems_of(refusal)
    return _page(request, onwards, status, {field: next(iter(problems.values()))})


def _page(
    request: AnyRequest,
    onwards: str,
    status: int = 200,
    problems: Problems | None = None,
    *,
    again: bool = False,
) -> Response[bytes]:
    """`again`: what was asked for has to be asked for once more, which people cannot know."""
    house = house_of(request)
    enrolled = house.factors.enrolled(session_of(request).person)
    return page(
        request,
        "sign_in/step_up.html",
        status=status,
        headers=PRIVATE,
        here="/xac-thuc",
        problems=problems or {},
        passkeys=bool(enrolled.passkeys) and house.factors.relying is not None,
        one_time=enrolled.one_time,
        enrolled=enrolled.strong > 0,
        weak=roles_need_verified_user(request) and unproven(request),
        onwards=onwards,
        again=again,
    )


ROUTES: Final = (step_up, passkey_options, by_passkey, by_one_time)
