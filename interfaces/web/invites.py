"""/moi: an organizer invites one ambassador or a pasted list, and gets links and QR to hand out."""

from typing import Final

import msgspec
from litestar import Response, get, post

from application import access
from application.actors import Actor
from application.forms import InviteForm
from application.ids import new_id
from application.ports import Unit
from domain.model import Refused, Role
from interfaces.house import House
from interfaces.web.filled import Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, TooManyTries, limited
from interfaces.web.words import unit_name

MOST: Final = 30
"""People a list may name at once: as many as fit on a page of links within 80 KB."""


class Invitee(msgspec.Struct, frozen=True):
    """One line of the list: a name, and a phone where one was written."""

    line: int
    name: str
    phone: str


class Link(msgspec.Struct, frozen=True):
    name: str
    unit: str
    link: str


class Failed(msgspec.Struct, frozen=True):
    """A line that could not be invited, as typed, and why."""

    line: int
    text: str
    why: str


@get("/moi")
async def new(request: AnyRequest) -> Response[bytes]:
    actor(request).must_hold(Role.ORGANIZER)
    return _form(request, "", "", new_id())


@post("/moi")
async def invite(request: AnyRequest) -> Response[bytes]:
    """The links are shown once, here: only their hashes are kept. Lines that were refused come back
    in the field with the reason, the others are invited."""
    house, asking = house_of(request), actor(request)
    asking.must_hold(Role.ORGANIZER)
    form = await read_form(request)
    unit, text, submission = form.one("unit"), form.one("people"), form.one("submission") or new_id()
    people = invitees(text)
    if not people:
        return _form(request, unit, text, submission, {"people": _("Please write at least one name.")})
    if len(people) > MOST:
        many = ngettext("At most %(num)s person at once.", "At most %(num)s people at once.", MOST)
        return _form(request, unit, text, submission, {"people": many})
    try:
        await limited(request, Kind.INVITING)
    except TooManyTries as refusal:
        status, problems = problems_of(refusal)
        return _form(request, unit, text, submission, problems, status=status)
    links: list[Link] = []
    failed: list[Failed] = []
    for one in people:
        try:
            links.append(await _invited(house, asking, one, unit, submission))
        except Refused as refusal:
            _status, problems = problems_of(refusal)
            if "unit" in problems:
                return _form(request, unit, text, submission, problems)
            failed.append(
                Failed(
                    one.line,
                    ", ".join(part for part in (one.name, one.phone) if part),
                    next(iter(problems.values())),
                )
            )
    if not links:
        whys = " ".join(_("Line %(line)s: %(why)s", line=one.line, why=one.why) for one in failed)
        return _form(request, unit, text, submission, {"people": whys})
    return page(
        request,
        "invitations/made.html",
        headers={"Cache-Control": "no-store"},
        links=links,
        failed=failed,
        heading=ngettext("%(num)s link to hand out", "%(num)s links to hand out", len(links)),
    )


def invitees(text: str) -> list[Invitee]:
    """One person a line: the name, then (after a comma, semicolon or tab, as pasted from a sheet)
    the phone."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace(";", ",").replace("\t", ",").split(",")]
        if parts[0]:
            found.append(Invitee(number, parts[0], next((part for part in parts[1:] if part), "")))
    return found


async def _invited(house: House, asking: Actor, one: Invitee, unit: str, submission: str) -> Link:
    form = filled(
        InviteForm,
        {
            "submission": f"{submission}.{one.line}",
            "role": Role.AMBASSADOR.value,
            "unit": unit,
            "name": one.name,
            "phone": one.phone,
        },
    )
    made = await access.invite(house.ground, house.invitations, asking, form)
    link = house.invitation_url(made.token) if made.token else ""
    return Link(one.name, unit_name(house.units, made.unit), link)


def _form(
    request: AnyRequest,
    unit: str,
    text: str,
    submission: str,
    problems: Problems | None = None,
    *,
    status: int = 422,
) -> Response[bytes]:
    house = house_of(request)
    return page(
        request,
        "invitations/new.html",
        status=status if problems else 200,
        problems=problems or {},
        units=[(one.id, one.name) for one in _over(house, actor(request))],
        unit=unit,
        text=text,
        submission=submission,
    )


def _over(house: House, asking: Actor) -> list[Unit]:
    """The units one organizes and those right under them."""
    held = [grant.unit for grant in asking.grants if grant.role is Role.ORGANIZER]
    own = [found for one in dict.fromkeys(held) if (found := house.units.find(one))]
    return own + [under for one in own for under in house.units.children(one.id)]


ROUTES: Final = (new, invite)
