"""/moi: one person or a pasted list is invited to a role, and gets links and QR to hand out."""

from typing import Final

import msgspec
from litestar import Response, get, post

from application import access, approvals, teams
from application.actors import Actor, NotAllowed
from application.forms.access import InviteForm
from application.ids import new_id
from application.ports import Unit
from domain.access import MAY_GIVE
from domain.model import Model, PersonId, Refused, Role
from infrastructure.read_models import teams as known
from interfaces.house import House
from interfaces.web import words
from interfaces.web.asked import Word
from interfaces.web.choosing import below, standing
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import ngettext
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, TooManyTries, limited
from interfaces.web.words import full_name, unit_name

MOST: Final = 30
"""People a list may name at once: as many as fit on a page of links within 80 KB."""


class Invitee(msgspec.Struct, frozen=True):
    """One line of the list: a name, and a phone where one was written."""

    line: int
    name: str
    phone: str


class Link(msgspec.Struct, frozen=True):
    """`link` is empty where there is none to hand out, and `said` why; or it says what else came of it."""

    name: str
    unit: str
    link: str
    said: str = ""


class Wish(msgspec.Struct, frozen=True):
    """The form as typed."""

    role: str
    unit: str
    model: str
    people: str
    submission: str
    team: str = ""


class Failed(msgspec.Struct, frozen=True):
    """A line that could not be invited, as typed, and why."""

    line: int
    text: str
    why: str


@get("/moi")
async def new(request: AnyRequest, unit: Word = "", team: Word = "") -> Response[bytes]:
    """With `unit` also that unit and those right under it can be chosen, where one reaches them; with
    `team` whoever is invited belongs to that team."""
    return _form(request, Wish(Role.AMBASSADOR.value, unit, "", "", new_id(), team))


@post("/moi")
async def invite(request: AnyRequest) -> Response[bytes]:
    """The links are shown once, here: only their hashes are kept. Lines that were refused come back
    in the field with the reason, the others are invited."""
    form = await read_form(request)
    wish = Wish(
        role=form.one("role") or Role.AMBASSADOR.value,
        unit=form.one("unit"),
        model=form.one("model"),
        people=form.one("people"),
        submission=form.one("submission") or new_id(),
        team=form.one("team"),
    )
    people = invitees(wish.people)
    if not people:
        return _form(request, wish, {"people": _("Please write at least one name.")})
    if len(people) > MOST:
        many = ngettext("At most %(num)s person at once.", "At most %(num)s people at once.", MOST)
        return _form(request, wish, {"people": many})
    try:
        await limited(request, Kind.INVITING)
    except TooManyTries as refusal:
        status, problems = problems_of(refusal)
        return _form(request, wish, problems, status=status)
    try:
        links, failed = await _all_invited(house_of(request), actor(request), wish, people)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _form(request, wish, problems, status=status)
    if not links:
        whys = " ".join(_("Line %(line)s: %(why)s", line=one.line, why=one.why) for one in failed)
        return _form(request, wish, {"people": whys})
    count = sum(bool(one.link) for one in links)
    return page(
        request,
        "invitations/made.html",
        headers={"Cache-Control": "no-store"},
        links=links,
        failed=failed,
        heading=_heading(wish, count),
    )


def _heading(wish: Wish, count: int) -> str:
    if count:
        return ngettext("%(num)s link to hand out", "%(num)s links to hand out", count)
    if wish.role == Role.ADMINISTRATOR.value:
        return _("Waits for a second administrator")
    return _("No link to hand out")


async def _all_invited(
    house: House, asking: Actor, wish: Wish, people: list[Invitee]
) -> tuple[list[Link], list[Failed]]:
    """What came of each line. Raises what is wrong with the form as a whole."""
    links: list[Link] = []
    failed: list[Failed] = []
    for one in people:
        try:
            links.append(await _invited(house, asking, one, wish))
        except Refused as refusal:
            _status, problems = problems_of(refusal)
            if problems.keys() & {"unit", "role", "model"} or isinstance(refusal, NotAllowed):
                raise
            failed.append(
                Failed(
                    one.line,
                    ", ".join(part for part in (one.name, one.phone) if part),
                    next(iter(problems.values())),
                )
            )
    return links, failed


def invitees(text: str) -> list[Invitee]:
    """One person a line: the name, then (after a comma, semicolon or tab, as pasted from a sheet)
    the phone."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace(";", ",").replace("\t", ",").split(",")]
        if parts[0]:
            found.append(Invitee(number, parts[0], next((part for part in parts[1:] if part), "")))
    return found


async def _invited(house: House, asking: Actor, one: Invitee, wish: Wish) -> Link:
    form = filled(
        InviteForm,
        {
            "submission": f"{wish.submission}.{one.line}",
            "role": wish.role,
            "unit": wish.unit,
            "model": wish.model,
            "name": one.name,
            "phone": one.phone,
        },
    )
    if form.role is Role.ADMINISTRATOR:
        asked = await approvals.propose(house.ground, house.approvals, asking, form)
        waits = _("Another administrator has to agree. It waits for seven days.")
        return Link(one.name, unit_name(house.units, asked.unit), "", waits)
    made = await access.invite(house.ground, house.invitations, asking, form)
    unit = unit_name(house.units, made.unit)
    joined = await _joined(house, asking, made.person, form, wish.team) if wish.team else ""
    if made.token is None:
        signs_in = _("Has an account already, and signs in as before.")
        return Link(one.name, unit, "", " ".join(part for part in (signs_in, joined) if part))
    return Link(one.name, unit, house.invitation_url(made.token), joined)


async def _joined(house: House, asking: Actor, person: PersonId, form: InviteForm, team: str) -> str:
    """Somebody invited into a team belongs to it; a sentence, also where they cannot."""
    leads = form.role is Role.TEAM_LEADER
    try:
        await teams.take_in(
            house.ground,
            asking,
            team,
            person,
            on=today(house),
            submission=f"{form.submission}.team",
            lead=leads,
        )
    except Refused as refusal:
        _status, problems = problems_of(refusal)
        return _("Not in the team: %(why)s", why=next(iter(problems.values())))
    return _("Belongs to the team from today.")


def _form(
    request: AnyRequest, wish: Wish, problems: Problems | None = None, *, status: int = 422
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    roles = roles_to_give(asking)
    return page(
        request,
        "invitations/new.html",
        status=status if problems else 200,
        problems=problems or {},
        wish=wish,
        roles=words.options(words.ROLES, roles),
        models=_models(asking),
        units=[(one.id, full_name(house.units, one)) for one in _over(house, asking, wish.unit)],
        unit=_chosen(house, wish.unit),
        team=_team(house, asking, wish.team),
    )


def _team(house: House, asking: Actor, ref: str) -> str:
    """The name of the team that people are invited into. Raises `NoSuchTeam`."""
    if not ref:
        return ""
    formed = teams.reached_team(house.ground, asking, ref)
    with house.asking() as db:
        return known.names(db, [formed.team]).get(formed.team, formed.name)


def roles_to_give(asking: Actor) -> list[Role]:
    """Over whichever unit; in the order of the roles."""
    given = {role for grant in asking.grants for role in MAY_GIVE.get(grant.role, ())}
    return [role for role in Role if role in given]


def _models(asking: Actor) -> list[tuple[str, str]]:
    """All models first, where somebody's own role is not narrowed."""
    giving = [grant.model for grant in asking.grants if grant.role in MAY_GIVE]
    narrowed = words.options(words.MODELS, [one for one in Model if None in giving or one in giving])
    return [("", _("All models")), *narrowed] if None in giving else narrowed


def _over(house: House, asking: Actor, also: str) -> list[Unit]:
    """The units over which one gives roles and those right under them; and `also`, with those under
    it: a country's communes are too many for a list."""
    held = [grant.unit for grant in asking.grants if grant.role in MAY_GIVE]
    own = [standing(house, found) for one in dict.fromkeys(held) if (found := house.units.find(one))]
    asked = house.units.find(also) if also else None
    if asked is not None and any(house.units.is_within(asked.id, one) for one in held):
        own.append(asked)
    listed = own + [under for one in own for under in below(house, one)]
    return list({one.id: one for one in listed}.values())


def _chosen(house: House, ref: str) -> str:
    """The id of a unit named by id or code."""
    found = house.units.find(ref) if ref else None
    return found.id if found else ref


ROUTES: Final = (new, invite)
