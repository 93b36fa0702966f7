"""The single-use link that signs somebody in, and signing out."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import structs

from application.actors import Grant
from application.signing_in import OFFICIALS, Strength, limits_of, needs_factor
from domain.model import Role
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import words
from interfaces.web.arriving import PRIVATE, arriving, cookie_of, roles_of, told, used_up
from interfaces.web.device import agent_of, app_of, intent
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import page
from interfaces.web.session import actor, house_of, no_cookie, session_cookie
from interfaces.web.tries import Kind, limited
from interfaces.web.words import unit_name


@get("/vao/{token:str}")
async def invitation(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """One button. Looking at this page uses nothing up: chat apps fetch links for previews.

    Inside a chat app's window it says first how to get out: what is saved in there, other than in
    the phone's own browser, is soon forgotten."""
    await limited(request, Kind.INVITATION, token)
    house = house_of(request)
    person = house.invitations.holder(token)
    if person is None:
        return _used_up(request)
    link, agent = house.invitation_url(token), agent_of(request)
    return page(
        request,
        "invitations/accept.html",
        headers=PRIVATE,
        token=token,
        link=link,
        in_app=app_of(agent),
        intent=intent(link, agent),
        name=reads.names(house, [person], Unlogged.OWN).get(person, ""),
        offered=[_offer(house, grant) for grant in house.actor(person).grants],
        brief=limits_of(roles_of(house, person)) is OFFICIALS,
        skippable=house.simulated and needs_factor(roles_of(house, person)),
    )


@post("/vao/{token:str}")
async def enter(request: AnyRequest, token: FromPath[str]) -> Response[bytes] | Redirect:
    """Uses the link up, opens a session (ending the one this browser had) and goes to work, by way of
    what to sign in with the next time."""
    await limited(request, Kind.INVITATION, token)
    form = await read_form(request)
    house = house_of(request)
    person = house.invitations.holder(token)
    if person is None:
        return _used_up(request)
    skipping = house.simulated and form.one("skip") == "yes"
    arrival = structs.replace(arriving(request)(person, Strength.DEVICE, False), waived=skipping)
    signed_in = await house.accounts.accept(token, replacing=cookie_of(request), arrival=arrival)
    if signed_in is None:
        return _used_up(request)
    told("signed in", "link", person)
    to = "/bao-mat"
    if skipping or house.factors.enrolled(person).any:
        to = "/"
    elif house.simulated and not needs_factor(roles_of(house, person)):
        to = "/"  # nobody comes back to an invented account
    return Redirect(to, status_code=303, cookies=[session_cookie(house, signed_in.token)])


def _offer(house: House, grant: Grant) -> str:
    return _(
        "%(role)s in %(unit)s",
        role=words.said(words.ROLES, grant.role),
        unit=unit_name(house.units, grant.unit),
    )


def _used_up(request: AnyRequest) -> Response[bytes]:
    instead = _("Ask whoever sent it to you for a new one; your entries are all still there.")
    return used_up(request, instead=instead, sign_in=_("Sign in another way"))


@get("/ra")
async def leaving(request: AnyRequest) -> Response[bytes]:
    outbox = "/ghi" if actor(request).holds(Role.AMBASSADOR) else "/ghi/di-ho"
    return page(request, "invitations/leave.html", outbox=outbox)


@post("/ra")
async def leave(request: AnyRequest) -> Redirect:
    """Ends the session on the server, too; a phone that others use keeps nothing of it."""
    await read_form(request)
    house = house_of(request)
    token = cookie_of(request)
    if token:
        await house.accounts.sign_out(token)
    headers = {"Clear-Site-Data": '"cache", "storage"'}
    return Redirect("/", status_code=303, cookies=[no_cookie(house)], headers=headers)


ROUTES: Final = (invitation, enter, leaving, leave)
