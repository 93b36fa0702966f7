"""The single-use link that signs somebody in, and signing out."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from application.access import LinkNotValid, accept_invitation
from application.actors import Grant
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import words
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.problems import problem_of
from interfaces.web.render import page
from interfaces.web.session import cookie_name, house_of, no_cookie, session_cookie
from interfaces.web.words import unit_name

PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"}


@get("/vao/{token:str}")
async def invitation(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """One button. Looking at this page uses nothing up: chat apps fetch links for previews."""
    house = house_of(request)
    person = house.invitations.holder(token)
    if person is None:
        return _used_up(request, LinkNotValid())
    return page(
        request,
        "invitations/accept.html",
        headers=PRIVATE,
        token=token,
        name=reads.names(house, [person], Unlogged.OWN).get(person, ""),
        offered=[_offer(house, grant) for grant in house.actor(person).grants],
    )


@post("/vao/{token:str}")
async def enter(request: AnyRequest, token: FromPath[str]) -> Response[bytes] | Redirect:
    """Uses the link up, opens a session (ending the one this browser had) and goes to work."""
    house = house_of(request)
    await read_form(request)
    try:
        signed_in = await accept_invitation(
            house.invitations, token, replacing=request.cookies.get(cookie_name(house))
        )
    except LinkNotValid as refusal:
        return _used_up(request, refusal)
    return Redirect("/", status_code=303, cookies=[session_cookie(house, signed_in.token)])


def _offer(house: House, grant: Grant) -> str:
    return _(
        "%(role)s in %(unit)s",
        role=words.said(words.ROLES, grant.role),
        unit=unit_name(house.units, grant.unit),
    )


def _used_up(request: AnyRequest, refusal: LinkNotValid) -> Response[bytes]:
    problem = problem_of(refusal)
    return page(
        request,
        "message.html",
        status=problem.status,
        headers=PRIVATE,
        heading=_("This link no longer opens"),
        sentences=[
            problem.detail,
            _("Ask whoever sent it to you for a new one; your entries are all still there."),
        ],
        links=[],
        large=False,
    )


@get("/ra")
async def leaving(request: AnyRequest) -> Response[bytes]:
    return page(request, "invitations/leave.html")


@post("/ra")
async def leave(request: AnyRequest) -> Redirect:
    """Ends the session on the server, too."""
    await read_form(request)
    house = house_of(request)
    token = request.cookies.get(cookie_name(house))
    if token:
        await house.accounts.sign_out(token)
    return Redirect("/", status_code=303, cookies=[no_cookie(house)])


ROUTES: Final = (invitation, enter, leaving, leave)
