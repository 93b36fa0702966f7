"""/to: the community digital technology teams of one's units, each with its members and its figures."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from application import teams
from application.actors import Actor, OutOfScope
from application.forms.teams import (
    DisbandForm,
    TeamForm,
    TeamLeaderForm,
    TeamLeftForm,
    TeamMemberForm,
    TeamNameForm,
)
from application.ids import new_id
from application.lookups import COMMUNES, PLACES
from application.ports import Ground, Unit
from application.privacy import Why
from application.teams import TeamChanged, TeamMemberChanged
from domain.closing import month_of
from domain.model import Model, PersonId, Role, UnitId
from domain.teams import DisbandReason, NoSuchTeam
from infrastructure.read_models import teams as known
from infrastructure.read_models.columns import age
from infrastructure.read_models.teams import TeamSummary
from interfaces import reads
from interfaces.house import House
from interfaces.web import choosing, drafts, words
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

ROWS: Final = 50

SEEING: Final = (Role.ORGANIZER, Role.AUDITOR)
"""Who sees every team of their units; a team leader sees the one they lead."""

REASONS: Final = {
    DisbandReason.JOINED_ANOTHER: mark("Its members go on in another team"),
    DisbandReason.NO_MEMBERS: mark("Nobody is left in it"),
    DisbandReason.UNIT_CHANGED: mark("Its unit was merged or split"),
    DisbandReason.MISTAKE: mark("It was entered by mistake"),
    DisbandReason.OTHER: mark("Another reason"),
}

Wish = TypeVar("Wish", TeamLeftForm, TeamLeaderForm, TeamNameForm, DisbandForm)

Searched = Annotated[str, QueryParameter(max_length=100)]
Cursor = Annotated[str, QueryParameter(pattern=r"^[^\x00-\x1f\x7f]{0,400}\Z")]


class Row(msgspec.Struct, frozen=True):
    """`tone` and `state` as a tag; empty where there is nothing to say."""

    href: str
    name: str
    about: str
    tone: str
    said: str


class Belongs(msgspec.Struct, frozen=True):
    id: PersonId
    name: str
    since: str
    leads: bool


class Figure(msgspec.Struct, frozen=True):
    label: str
    month: str
    whole: str


@get("/to")
async def listed(
    request: AnyRequest,
    unit: Word = "",
    q: Searched = "",
    after: Cursor = "",
    position: Count = 0,
    done: Word = "",
) -> Response[bytes] | Redirect:
    """Who only leads a team comes to that one. Raises `OutOfScope` for a unit that does not exist or
    is not one's own."""
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    if not asking.holds(*SEEING, about=Model.AMBASSADORS):
        return _own(request)
    over = _unit(house, asking, unit)
    with house.asking() as db:
        found = known.in_unit(db, over.id, search=q, after=after or None, limit=ROWS)
        read_at = age(db)
    return page(
        request,
        "teams/list.html",
        name=over.name,
        notice=_("The team is disbanded.") if done == "giai-the" else None,
        rows=[_row(house, one) for one in found.teams],
        total=ngettext("%(num)s team", "%(num)s teams", found.total),
        freshness=fresh(read_at, adopted(house, over.id)),
        more=address("/to", unit=reference(over), q=q, after=found.after) if found.after else None,
        units=choosing.nearby(house, over, lambda one: _sees(house, asking, one)),
        chosen=reference(over),
        q=q,
        may=asking.reaches(over.id, Role.ORGANIZER, units=house.units, about=Model.AMBASSADORS),
        forming=address("/to/lap", unit=reference(over)),
        board=address("/xep-hang", unit=reference(over), of="teams"),
    )


def _own(request: AnyRequest) -> Response[bytes] | Redirect:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        found = known.of_person(db, asking.person)
        leads = found is not None and known.leads(db, asking.person, found.team)
    if found is not None and leads:
        return Redirect(f"/to/{found.team}", status_code=303)
    return page(request, "teams/none.html")


@get("/to/lap")
async def forming(request: AnyRequest, unit: Word = "") -> Response[bytes]:
    typed = {"unit": unit, "name": "", "on": today(house_of(request)).isoformat()}
    return _form(request, typed)


@post("/to/lap")
async def form_team(request: AnyRequest) -> Response[bytes] | Redirect:
    house, form = house_of(request), await read_form(request)
    typed = {name: form.one(name) for name in ("submission", "unit", "name", "on")}
    try:
        made = await teams.form_team(house.ground, actor(request), filled(TeamForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _form(request, typed, problems, status=status)
    return Redirect(f"/to/{made.team}?done=lap&position={made.position}", status_code=303)


@get("/to/{ref:str}")
async def show(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """Raises `NoSuchTeam`, also for one outside one's own units."""
    house = house_of(request)
    await caught_up(house, position)
    notice = words.notice(_NOTICES, done)
    return _shown(request, _seen(house, actor(request), ref), notice=notice)


_NOTICES: Final = {
    "lap": mark("The team is formed. Add its members, and say who leads it."),
    "them": mark("Recorded: this person belongs to the team."),
    "roi": mark("Recorded: this person left the team."),
    "to-truong": mark("Recorded: who leads the team."),
    "ten": mark("Recorded: the team's new name."),
}


@post("/to/{ref:str}/them")
async def add(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Somebody belongs to the team from a day on."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    team, draft = _seen(house, asking, ref), drafts.typed(form, "none")
    try:
        wish = filled(
            TeamMemberForm,
            {
                "submission": draft.submission,
                "on": draft.on,
                "member": next((typed for _p, typed in draft.named()), {}),
                "leader": form.one("leader") == "yes",
            },
        )
        done = await teams.add_member(house.ground, asking, ref, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, _member_field)
        return _shown(
            request, team, status=status, problems=problems, person=draft.people[0], typed=_typed(form, "on")
        )
    return Redirect(f"/to/{ref}?done=them&position={done.position}", status_code=303)


@post("/to/{ref:str}/roi")
async def remove(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Somebody left the team."""
    return await _changed(request, ref, teams.remove_member, TeamLeftForm, "left", f"/to/{ref}?done=roi")


@post("/to/{ref:str}/to-truong")
async def lead(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A member leads the team."""
    return await _changed(
        request, ref, teams.name_leader, TeamLeaderForm, "leads", f"/to/{ref}?done=to-truong"
    )


@post("/to/{ref:str}/ten")
async def rename(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    return await _changed(request, ref, teams.rename_team, TeamNameForm, "called", f"/to/{ref}?done=ten")


@post("/to/{ref:str}/giai-the")
async def disband(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """The team is no more."""
    return await _changed(request, ref, teams.disband, DisbandForm, "ended", "/to?done=giai-the")


async def _changed(
    request: AnyRequest,
    ref: str,
    change: Callable[[Ground, Actor, str, Wish], Awaitable[TeamChanged | TeamMemberChanged]],
    kind: type[Wish],
    block: str,
    onward: str,
) -> Response[bytes] | Redirect:
    """A form of the team's page; where it is refused, the page again with the sentence at the field of
    its block: `left-on`, `leads-member`."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    team, typed = _seen(house, asking, ref), _typed(form, *kind.__struct_fields__)
    try:
        done = await change(house.ground, asking, ref, filled(kind, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda path: f"{block}-{path}")
        return _shown(request, team, status=status, problems=problems, typed=typed)
    return Redirect(f"{onward}&position={done.position}", status_code=303)


def _typed(form: Any, *names: str) -> dict[str, str]:
    return {name: form.one(name) for name in names}


def _member_field(path: str) -> str:
    """`member.phone` is the phone of the only block."""
    many, _dot, part = path.partition(".")
    return f"new-0-{part or 'name'}" if many in ("member", "person") else path


def _unit(house: House, asking: Actor, ref: str) -> Unit:
    found = house.units.find(ref) if ref else _home(house, asking)
    if found is None or not _sees(house, asking, found.id):
        raise OutOfScope(field="unit")
    return found


def _sees(house: House, asking: Actor, unit: UnitId) -> bool:
    return asking.reaches(unit, *SEEING, units=house.units, about=Model.AMBASSADORS)


def _home(house: House, asking: Actor) -> Unit | None:
    """The unit over which one of these roles is held."""
    held = (one.unit for one in asking.grants if one.role in SEEING and one.covers(Model.AMBASSADORS))
    return next((found for one in held if (found := house.units.find(one))), None)


def _seen(house: House, asking: Actor, ref: str) -> TeamSummary:
    formed = teams.reached_team(house.ground, asking, ref, Role.TEAM_LEADER, *SEEING)
    with house.asking() as db:
        found = known.team(db, formed.team)
    if found is None:  # formed a moment ago, and not projected yet
        raise NoSuchTeam
    return found


def _row(house: House, one: TeamSummary) -> Row:
    members = ngettext("%(num)s member", "%(num)s members", one.members)
    tone, state = ("", "") if one.leader else ("wait", _("No leader yet"))
    about = f"{_lies(house, one.unit)} · {members}"
    return Row(f"/to/{one.team}", one.name, about, tone, state)


def _lies(house: House, ref: UnitId) -> str:
    """The hamlet with its commune: hamlets of one name are many."""
    found = house.units.find(ref)
    above = house.units.find(found.parent) if found and found.parent and found.kind not in COMMUNES else None
    return ", ".join(one.name for one in (found, above) if one)


def _form(
    request: AnyRequest, typed: dict[str, str], problems: Problems | None = None, *, status: int = 200
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    unit = house.units.find(typed["unit"]) if typed["unit"] else None
    return page(
        request,
        "teams/new.html",
        status=status,
        here="/to/lap",
        problems=problems or {},
        typed=typed | {"unit": unit.id if unit else typed["unit"]},
        places=_places(house, asking, unit),
        submission=typed.get("submission") or new_id(),
        today=today(house).isoformat(),
    )


def _places(house: House, asking: Actor, chosen: Unit | None) -> list[tuple[str, str]]:
    """A commune with its hamlets, or the communes of the unit chosen, or else of one's own: of a whole
    province the hamlets would be too many."""
    over = chosen or _home(house, asking)
    if over is None:
        return []
    some = [over, *choosing.below(house, over)]
    return [("", "–"), *((one.id, words.full_name(house.units, one)) for one in some if one.kind in PLACES)]


def _shown(
    request: AnyRequest,
    team: TeamSummary,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
    person: NewPerson | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        members = known.members(db, team.team)
        read_at = age(db)
    names = reads.names(house, [one.person for one in members], Why.TEAM, unit=team.unit)
    leads = asking.reaches(team.unit, Role.TEAM_LEADER, units=house.units, about=Model.AMBASSADORS)
    organizes = asking.reaches(team.unit, Role.ORGANIZER, units=house.units, about=Model.AMBASSADORS)
    standing = team.disbanded is None
    return page(
        request,
        "teams/team.html",
        status=status,
        here=f"/to/{team.team}",
        problems=problems or {},
        notice=notice,
        team=team,
        unit=_lies(house, team.unit),
        back=_back(house, asking, team),
        about=_about(team),
        ended=_ended(team),
        freshness=fresh(read_at, adopted(house, team.unit)),
        members=[_belongs(one, names, team) for one in members],
        figures=_figures(house, team),
        may=standing and (leads or organizes),
        may_name=standing and organizes,
        inviting=address("/moi", unit=team.unit, team=team.team),
        board=address("/xep-hang", team=team.team),
        person=person or NewPerson(),
        groups=drafts.groups(),
        reasons=words.options(REASONS),
        typed={"on": today(house).isoformat(), "name": team.name, "reason": "", "member": ""} | (typed or {}),
        submissions=[new_id() for _number in range(5)],
    )


def _back(house: House, asking: Actor, team: TeamSummary) -> str | None:
    unit = house.units.find(team.unit)
    return address("/to", unit=reference(unit)) if unit and _sees(house, asking, unit.id) else None


def _about(team: TeamSummary) -> list[str]:
    return [
        _("formed on %(day)s", day=day(team.on)),
        _("from an imported list") if team.imported else "",
    ]


def _ended(team: TeamSummary) -> str:
    if team.disbanded is None:
        return ""
    reason = words.said(REASONS, DisbandReason(team.reason or DisbandReason.OTHER))
    return _("Disbanded on %(day)s: %(reason)s", day=day(team.disbanded), reason=reason)


def _belongs(one: known.Member, names: dict[PersonId, str], team: TeamSummary) -> Belongs:
    since = _("since %(day)s", day=day(one.since))
    if one.imported:
        since = f"{since} · {_('from an imported list')}"
    return Belongs(one.person, names.get(one.person, "–"), since, one.person == team.leader)


def _figures(house: House, team: TeamSummary) -> list[Figure]:
    """This month's and all; each person, family and household once."""
    with house.asking() as db:
        lately = known.figures(db, team.team, month=month_of(today(house)))
        whole = known.figures(db, team.team)
    return [Figure(label, count(lately), count(whole)) for label, count in _counts()]


def _counts() -> list[tuple[str, Any]]:
    return [
        (_("People confirmed"), lambda one: number(one.people)),
        (_("of them able to do it without help"), lambda one: number(one.able)),
        (_("Digital families"), lambda one: number(one.families)),
        (_("Vendors onboarded"), lambda one: number(one.vendors)),
        (_("Households visited"), lambda one: number(one.households)),
        (_("Visits"), lambda one: number(one.visits)),
        (_("Classes"), lambda one: number(one.classes)),
    ]


ROUTES: Final = (listed, forming, form_team, show, add, remove, lead, rename, disband)
