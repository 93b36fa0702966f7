"""/tai-khoan: who holds which role in the units one may give roles in; a new link, a role taken
back, devices signed out, an account closed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import access, approvals, recovering
from application.actors import Actor
from application.approvals import Kind as Asked
from application.approvals import Pending
from application.forms.access import AccountForm, RevokeForm
from application.ids import new_id
from application.privacy import Why
from domain.access import MAY_GIVE, Held
from domain.calendar import day_of
from domain.model import PersonId, Role
from domain.names import sort_key
from domain.people import UnknownPerson
from infrastructure.read_models import accounts as known
from infrastructure.read_models.accounts import Account, Given, Reach
from interfaces import reads
from interfaces.house import House
from interfaces.web import words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address, standing_over
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import ago, day, mark
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.words import unit_name

ROWS: Final = 30

_NOTICES: Final = {
    "thu": mark("The role was taken back."),
    "dong": mark("The account is closed."),
    "xuat": mark("Signed out on every device."),
    "cho": mark("Another administrator has to agree. It waits for seven days."),
    "bo": mark("It waits no longer."),
}


class Line(msgspec.Struct, frozen=True):
    """One account of the list; `roles` are those that whoever looks may give and take."""

    id: PersonId
    name: str
    roles: list[str]
    invited: str
    seen: str
    tone: str


class HeldRole(msgspec.Struct, frozen=True):
    """A role that can be taken back, with what the form sends."""

    said: str
    given: str
    role: str
    unit: str
    model: str


class Waiting(msgspec.Struct, frozen=True):
    """Something another administrator is to agree to; `own` for who asked."""

    id: str
    said: str
    until: str
    own: bool


@get("/tai-khoan")
async def listed(
    request: AnyRequest, after: Word = "", position: Count = 0, done: Word = ""
) -> Response[bytes]:
    """Page by page, in the order of ids, each page by given name; with what waits for a second
    administrator."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    with house.asking() as db:
        found = known.accounts(
            db, reaches_of(house, asking), limit=ROWS, after=PersonId(after) if after else None
        )
        administrators = known.administrators(db)
    pending = [one for one in house.approvals.waiting() if approvals.sees(house.ground, asking, one)]
    names = _names(house, found, pending)
    seen = house.accounts.last_seen([one.person for one in found])
    return page(
        request,
        "accounts/list.html",
        notice=words.notice(_NOTICES, done),
        problems={},
        rows=sorted((_line(house, one, names, seen) for one in found), key=lambda one: sort_key(one.name)),
        more=address("/tai-khoan", after=found[-1].person) if len(found) == ROWS else None,
        waiting=[_waiting(house, asking, one, names) for one in pending],
        alone=asking.holds(Role.ADMINISTRATOR) and administrators < 2,
        submission=new_id(),
    )


@get("/tai-khoan/{person:str}")
async def show(request: AnyRequest, person: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """Raises `UnknownPerson`, also for an account that is not for this person's eyes."""
    await caught_up(house_of(request), position)
    return _shown(request, person, notice=words.notice(_NOTICES, done))


@post("/tai-khoan/{person:str}/thu-hoi")
async def revoke(request: AnyRequest, person: Ref) -> Response[bytes] | Redirect:
    """Takes one role back; the last one leaves an account without any."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    await limited(request, Kind.GRANTING)
    try:
        wish = filled(RevokeForm, _fields(form, "role", "unit", "model"))
        done = await access.revoke(house.ground, asking, person, wish, phones=house.accounts)
    except MENDABLE as refusal:
        return _again(request, person, refusal)
    await _forgotten(house, done.position, person)
    return Redirect(f"/tai-khoan?done=thu&position={done.position}", status_code=303)


@post("/tai-khoan/{person:str}/moi-lai")
async def recover(request: AnyRequest, person: Ref) -> Response[bytes] | Redirect:
    """A new link for somebody who lost their phone. For an administrator another one agrees first."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    await limited(request, Kind.GRANTING)
    try:
        wish = filled(AccountForm, _fields(form))
        if _administers(_account(house, asking, person)):
            await approvals.propose_recovery(house.ground, house.approvals, asking, person)
            return Redirect("/tai-khoan?done=cho", status_code=303)
        made = await recovering.recover(house.ground, house.accounts, asking, person, wish)
    except MENDABLE as refusal:
        return _again(request, person, refusal)
    return link_page(request, made)


@post("/tai-khoan/{person:str}/dang-xuat")
async def sign_out(request: AnyRequest, person: Ref) -> Response[bytes] | Redirect:
    """Everywhere, at once; they sign in again as they did before."""
    house, asking = house_of(request), actor(request)
    await read_form(request)
    await recovering.end_devices(house.ground, house.accounts, asking, person)
    return Redirect(f"/tai-khoan/{person}?done=xuat", status_code=303)


@post("/tai-khoan/{person:str}/dong")
async def close(request: AnyRequest, person: Ref) -> Response[bytes] | Redirect:
    house, asking = house_of(request), actor(request)
    await read_form(request)
    await limited(request, Kind.GRANTING)
    try:
        done = await access.close_account(house.ground, house.accounts, asking, person)
    except MENDABLE as refusal:
        return _again(request, person, refusal)
    await _forgotten(house, done.position, person)
    return Redirect(f"/tai-khoan?done=dong&position={done.position}", status_code=303)


def link_page(request: AnyRequest, made: recovering.Recovered) -> Response[bytes]:
    """The new link, shown once; or that there is none."""
    house = house_of(request)
    return page(
        request,
        "accounts/link.html",
        here="/tai-khoan",
        headers={"Cache-Control": "no-store"},
        name=reads.names(house, [made.person], Why.ACCOUNTS).get(made.person, "–"),
        link=house.invitation_url(made.token) if made.token else "",
    )


def reaches_of(house: House, asking: Actor) -> list[Reach]:
    """The grants that somebody may see: those they could give themselves, over what their units are today."""
    return [
        Reach(MAY_GIVE[grant.role], unit, grant.model)
        for grant in asking.grants
        if grant.role in MAY_GIVE
        for unit in standing_over(house, [grant.unit])
    ]


def _account(house: House, asking: Actor, person: str) -> Account:
    """Raises `UnknownPerson`; the same query finds one that is there and one that is not."""
    with house.asking() as db:
        found = known.accounts(db, reaches_of(house, asking), person=PersonId(person), limit=1)
    if not found:
        raise UnknownPerson
    return found[0]


def _administers(account: Account) -> bool:
    return any(one.grant.role is Role.ADMINISTRATOR for one in account.given)


async def _forgotten(house: House, position: int, person: str) -> None:
    """What is remembered of their roles for a moment is looked up anew, once it is projected."""
    await caught_up(house, position)
    house.forget(PersonId(person))


def _fields(form: Form, *names: str) -> dict[str, str]:
    return {"submission": form.one("submission") or new_id()} | {name: form.one(name) for name in names}


def _again(request: AnyRequest, person: str, refusal: Exception) -> Response[bytes]:
    status, problems = problems_of(refusal, lambda _path: "")
    return _shown(request, person, status=status, problems=problems)


def _shown(
    request: AnyRequest,
    person: str,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    found = _account(house, asking, person)
    names = _names(house, [found], [])
    devices = house.accounts.devices(found.person)
    every = house.actor(found.person).grants
    own = found.person == asking.person
    return page(
        request,
        "accounts/account.html",
        status=status,
        here=f"/tai-khoan/{person}",
        problems=problems or {},
        notice=notice,
        ref=found.person,
        name=names.get(found.person, "–"),
        since=day(day_of(found.opened)),
        roles=[_held(house, one, names) for one in found.given],
        devices=len(devices),
        seen=ago(devices[0].seen) if devices else None,
        own=own,
        administers=_administers(found),
        whole=not own and all(_gives(house, asking, Held(one.role, one.unit, one.model)) for one in every),
        submission=new_id(),
    )


def _gives(house: House, asking: Actor, held: Held) -> bool:
    unit = house.units.find(held.unit)
    paths = {held.unit: unit.path if unit else (held.unit,)}
    return any(Held(one.role, one.unit, one.model).gives(held, paths) for one in asking.grants)


def _names(house: House, found: Iterable[Account], pending: Iterable[Pending]) -> dict[PersonId, str]:
    """Of the accounts, of who invited them, and of those whom something is asked for and by."""
    people = [who for one in found for who in (one.person, *(_giver(given) for given in one.given))]
    people += [who for one in pending for who in (one.person, one.asked_by)]
    return reads.names(house, [who for who in dict.fromkeys(people) if who], Why.ACCOUNTS)


def _giver(given: Given) -> PersonId | None:
    kind, _colon, who = given.by.partition(":")
    return PersonId(who) if kind == "account" else None


def _line(
    house: House, one: Account, names: Mapping[PersonId, str], seen: Mapping[PersonId, datetime]
) -> Line:
    last = seen.get(one.person)
    return Line(
        id=one.person,
        name=names.get(one.person, "–"),
        roles=[_role(house, given) for given in one.given],
        invited=_invited(one.given[0], names),
        seen=_("last used %(ago)s", ago=ago(last)) if last else _("not signed in anywhere"),
        tone="good" if last else "",
    )


def _held(house: House, given: Given, names: Mapping[PersonId, str]) -> HeldRole:
    grant = given.grant
    return HeldRole(
        said=_role(house, given),
        given=_invited(given, names),
        role=grant.role.value,
        unit=grant.unit,
        model=grant.model.value if grant.model else "",
    )


def _role(house: House, given: Given) -> str:
    grant = given.grant
    said = _(
        "%(role)s, %(unit)s",
        role=words.said(words.ROLES, grant.role),
        unit=unit_name(house.units, grant.unit),
    )
    return f"{said} ({words.said(words.MODELS, grant.model)})" if grant.model else said


def _invited(given: Given, names: Mapping[PersonId, str]) -> str:
    on, giver = day(day_of(given.since)), _giver(given)
    if giver is None:
        return _("given at the console on %(day)s", day=on)
    return _("given by %(name)s on %(day)s", name=names.get(giver, "–"), day=on)


def _waiting(house: House, asking: Actor, one: Pending, names: Mapping[PersonId, str]) -> Waiting:
    sentence = {
        Asked.APPOINT: mark("%(asker)s asks that %(name)s become an administrator of %(unit)s."),
        Asked.RECOVER: mark("%(asker)s asks for a new link for the administrator %(name)s, %(unit)s."),
    }[one.kind]
    return Waiting(
        id=one.id,
        said=_(
            sentence,
            asker=names.get(one.asked_by, "–"),
            name=names.get(one.person, "–"),
            unit=unit_name(house.units, one.unit),
        ),
        until=day(day_of(one.expires)),
        own=one.asked_by == asking.person,
    )


ROUTES: Final = (listed, show, revoke, recover, sign_out, close)
