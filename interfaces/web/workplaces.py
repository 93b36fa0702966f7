"""/noi-lam-viec: workplaces of a unit, who belongs to them; and one's own on /toi/ho-so."""

from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import workplaces
from application.actors import Actor, OutOfScope
from application.forms.workplaces import (
    OwnWorkplaceForm,
    WorkplaceForm,
    WorkplaceLeftForm,
    WorkplaceMemberForm,
)
from application.ids import new_id
from application.lookups import PLACES
from application.ports import Unit
from application.privacy import Why
from domain.model import Group, PersonId, Position, Role, UnitId, WorkplaceId
from domain.workplaces import NoSuchWorkplace, WorkplaceKind
from infrastructure.read_models import workplaces as known
from infrastructure.read_models.columns import age
from infrastructure.read_models.workplaces import Counts, Workplace
from interfaces import reads
from interfaces.house import House
from interfaces.web import choosing, drafts, statuses, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address, reference
from interfaces.web.drafts import NewPerson
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark, ngettext, number
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

ROWS: Final = 50

KINDS: Final = {
    WorkplaceKind.OFFICE: mark("Public office"),
    WorkplaceKind.SCHOOL: mark("School"),
    WorkplaceKind.ENTERPRISE: mark("Enterprise"),
    WorkplaceKind.COOPERATIVE: mark("Cooperative"),
}

_GROUPS: Final = {
    WorkplaceKind.OFFICE: Group.PUBLIC_SECTOR,
    WorkplaceKind.SCHOOL: Group.PUPILS_STUDENTS,
    WorkplaceKind.ENTERPRISE: Group.WORKERS,
    WorkplaceKind.COOPERATIVE: Group.WORKERS,
}
"""The group that somebody new there is offered first."""


class Row(msgspec.Struct, frozen=True):
    href: str
    name: str
    about: str
    counted: str


class Belongs(msgspec.Struct, frozen=True):
    id: PersonId
    name: str
    since: str
    tone: str
    said: str


@get("/noi-lam-viec")
async def listed(
    request: AnyRequest, unit: Word = "", after: Count = 0, position: Count = 0
) -> Response[bytes]:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    return _listed(request, _unit(house, asking, unit), after=after)


@post("/noi-lam-viec")
async def register(request: AnyRequest) -> Response[bytes] | Redirect:
    house, asking, form = house_of(request), actor(request), await read_form(request)
    typed = {name: form.one(name) for name in ("submission", "unit", "kind", "name")}
    try:
        made = await workplaces.register(house.ground, asking, filled(WorkplaceForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        found = house.units.find(typed["unit"])
        over = found if found and _sees(house, asking, found.id) else _unit(house, asking, "")
        return _listed(request, over, status=status, problems=problems, typed=typed)
    return Redirect(f"/noi-lam-viec/{made.workplace}?position={made.position}", status_code=303)


@get("/noi-lam-viec/{ref:str}")
async def show(
    request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "", after: Count = 0
) -> Response[bytes]:
    """Raises `NoSuchWorkplace`, also for one outside one's own units."""
    house = house_of(request)
    await caught_up(house, position)
    notice = words.notice(_NOTICES, done)
    return _shown(request, _seen(house, actor(request), ref), notice=notice, after=after)


_NOTICES: Final = {
    "them": mark("Recorded: this person belongs to the workplace."),
    "roi": mark("Recorded: this person left the workplace."),
}


@post("/noi-lam-viec/{ref:str}/them")
async def add(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Somebody works or learns there."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    workplace, draft = _seen(house, asking, ref), drafts.typed(form, "none")
    try:
        wish = filled(
            WorkplaceMemberForm,
            {
                "submission": draft.submission,
                "on": draft.on,
                "unit": draft.unit,
                "member": next((typed for _p, typed in draft.named()), {}),
            },
        )
        done = await workplaces.add(house.ground, asking, ref, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, _member_field)
        return _shown(
            request, workplace, status=status, problems=problems, person=draft.people[0], on=draft.on
        )
    return Redirect(f"/noi-lam-viec/{ref}?done=them&position={done.position}", status_code=303)


@post("/noi-lam-viec/{ref:str}/roi")
async def remove(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Somebody left."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    workplace = _seen(house, asking, ref)
    try:
        typed = {name: form.one(name) for name in ("submission", "on", "member")}
        done = await workplaces.remove(house.ground, asking, ref, filled(WorkplaceLeftForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda path: "left-on" if path == "on" else "left")
        return _shown(request, workplace, status=status, problems=problems)
    return Redirect(f"/noi-lam-viec/{ref}?done=roi&position={done.position}", status_code=303)


@post("/toi/noi-lam-viec")
async def choose(request: AnyRequest) -> Redirect:
    """Where one works oneself."""
    house, form = house_of(request), await read_form(request)
    typed = {name: form.one(name) for name in ("submission", "workplace")}
    done = await workplaces.choose(house.ground, actor(request), filled(OwnWorkplaceForm, typed))
    return Redirect(
        address("/toi/ho-so", done="1", position=done.position if done else None), status_code=303
    )


def offered(house: House, person: PersonId, home: UnitId) -> tuple[list[tuple[str, str]], str]:
    """The registered workplaces of somebody's commune and the units above it, to choose from, and the
    one they belong to; that one also where it lies elsewhere."""
    unit = house.units.find(home)
    with house.asking() as db:
        near = known.of_units(db, unit.path if unit else (home,))
        held = known.of_people(db, [person]).get(person)
        elsewhere = (
            known.workplace(db, held) if held and held not in {one.workplace for one in near} else None
        )
    some = [*([elsewhere] if elsewhere else []), *near]
    if not some:
        return [], ""
    return [("", _("None of these")), *((one.workplace, one.name) for one in some)], held or ""


def _unit(house: House, asking: Actor, ref: str) -> Unit:
    found = house.units.find(ref) if ref else choosing.home_of(house, asking)
    if found is None or not _sees(house, asking, found.id):
        raise OutOfScope(field="unit")
    return found


def _sees(house: House, asking: Actor, unit: UnitId) -> bool:
    return asking.reaches(unit, *statuses.WHO_SEES, units=house.units)


def _seen(house: House, asking: Actor, ref: str) -> Workplace:
    with house.asking() as db:
        found = known.workplace(db, WorkplaceId(ref))
    if found is None or not _sees(house, asking, found.unit):
        raise NoSuchWorkplace(field="workplace")
    return found


def _member_field(path: str) -> str:
    """`member.phone` is the phone of the only block."""
    many, _dot, part = path.partition(".")
    return f"new-0-{part or 'name'}" if many in ("member", "person") else path


def _listed(
    request: AnyRequest,
    unit: Unit,
    *,
    after: int = 0,
    status: int = 200,
    problems: Problems | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        found = known.in_unit(db, unit.id, limit=ROWS + 1, after=Position(after) if after else None)
        counted = known.counts(db, [one.workplace for one in found[:ROWS]])
        read_at = age(db)
    shown = found[:ROWS]
    more = shown[-1].registered if len(found) > ROWS else None
    return page(
        request,
        "workplaces/list.html",
        status=status,
        here="/noi-lam-viec",
        problems=problems or {},
        name=unit.name,
        rows=[_row(house, one, counted[one.workplace]) for one in shown],
        freshness=fresh(read_at, adopted(house, unit.id)),
        more=address("/noi-lam-viec", unit=reference(unit), after=more) if more else None,
        units=choosing.nearby(house, unit, lambda one: _sees(house, asking, one)),
        chosen=reference(unit),
        kinds=words.options(KINDS),
        places=_places(house, unit),
        may=asking.reaches(unit.id, Role.ORGANIZER, units=house.units),
        typed=typed or {"name": "", "kind": "", "unit": unit.id},
        submission=new_id(),
    )


def _row(house: House, one: Workplace, counted: Counts) -> Row:
    about = f"{words.said(KINDS, one.kind)} · {unit_name(house.units, one.unit)}"
    return Row(f"/noi-lam-viec/{one.workplace}", one.name, about, said(counted))


def said(counted: Counts) -> str:
    """How many belong there and how many of them are able, in words."""
    people = ngettext("%(num)s person", "%(num)s people", counted.people)
    able = _("%(able)s can do it without help", able=number(counted.able))
    return f"{people} · {able}"


def _places(house: House, unit: Unit) -> list[tuple[str, str]]:
    """Where a workplace can be registered: the unit itself and what lies right under it."""
    return [(one.id, one.name) for one in (unit, *choosing.below(house, unit))]


def _shown(
    request: AnyRequest,
    workplace: Workplace,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
    person: NewPerson | None = None,
    on: str = "",
    after: int = 0,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        members = known.members(db, workplace.workplace)
        counted = known.counts(db, [workplace.workplace])[workplace.workplace]
        read_at = age(db)
    shown = members[after : after + ROWS]
    names = reads.names(house, [one.person for one in shown], Why.WORKPLACE, unit=workplace.unit)
    unit = house.units.find(workplace.unit)
    href = f"/noi-lam-viec/{workplace.workplace}"
    day_typed = on or today(house).isoformat()
    return page(
        request,
        "workplaces/workplace.html",
        status=status,
        here=href,
        problems=problems or {},
        notice=notice,
        workplace=workplace,
        kind=words.said(KINDS, workplace.kind),
        unit=unit_name(house.units, workplace.unit),
        back=address("/noi-lam-viec", unit=reference(unit)) if unit else "/noi-lam-viec",
        counted=said(counted),
        standing=statuses.office_line(house, workplace),
        freshness=fresh(read_at, adopted(house, workplace.unit)),
        members=[_belongs(one, names.get(one.person, "–")) for one in shown],
        more=address(href, after=after + ROWS) if len(members) > after + ROWS else None,
        may=asking.reaches(workplace.unit, Role.ORGANIZER, units=house.units),
        person=person or NewPerson(group=_GROUPS[workplace.kind].value),
        groups=drafts.groups(),
        homes=_homes(house, workplace.unit),
        on=day_typed,
        today=today(house).isoformat(),
        submissions=[new_id(), new_id()],
    )


def _belongs(one: known.Member, name: str) -> Belongs:
    if one.able:
        tone, state = "good", _("Can do it alone")
    elif one.confirmed:
        tone, state = "wait", _("Was taught, cannot do it alone yet")
    else:
        tone, state = "", _("Nothing confirmed yet")
    return Belongs(one.person, name, _since(one.on), tone, state)


def _since(on: date) -> str:
    return _("since %(day)s", day=day(on))


def _homes(house: House, ref: UnitId) -> list[tuple[str, str]]:
    """Where somebody new may live: nothing to choose where the workplace lies in a commune."""
    unit = house.units.find(ref)
    if unit is None or unit.kind in PLACES:
        return []
    return [(one.id, one.name) for one in choosing.below(house, unit) if one.kind in PLACES]


ROUTES: Final = (listed, register, show, add, remove, choose)
