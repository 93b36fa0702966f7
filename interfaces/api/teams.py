"""Community digital technology teams, and who belongs to them."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post

from application import teams
from application.forms.teams import (
    DisbandForm,
    TeamForm,
    TeamLeaderForm,
    TeamLeftForm,
    TeamMemberForm,
    TeamNameForm,
)
from application.teams import TeamChanged, TeamMemberChanged
from domain.closing import month_of
from domain.model import Model, PersonId, Position, Role, TeamId, UnitId
from domain.teams import NoSuchTeam
from infrastructure.read_models import teams as known
from infrastructure.read_models.columns import age
from infrastructure.read_models.teams import TeamFigures, TeamSummary
from interfaces.api.speaking import (
    API,
    Json,
    Limit,
    UnitRef,
    WaitQuery,
    identifier,
    recorded,
    said,
)
from interfaces.web.boundaries import unit_reached
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of

SEEING = (Role.ORGANIZER, Role.AUDITOR)


class TeamsQuery(WaitQuery, frozen=True, kw_only=True):
    """`name`: a part of it, accents and case aside. `disbanded`: those as well. `after` is the `after`
    of the page before."""

    unit: UnitRef
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    disbanded: bool = False
    limit: Limit = 50
    after: Annotated[str, msgspec.Meta(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*(?![\s\S])")] | None = None


class TeamOut(msgspec.Struct, frozen=True, kw_only=True):
    """`members` are distinct persons of today. `imported`: it came by a list."""

    team: TeamId
    unit: UnitId
    name: str
    on: date
    leader: PersonId | None
    members: int
    imported: bool
    disbanded: date | None
    reason: str | None


class TeamsOut(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[TeamOut]
    total: int
    after: str | None
    position: Position
    at: datetime | None


class TeamMemberOut(msgspec.Struct, frozen=True):
    person: PersonId
    since: date
    imported: bool


class TeamFiguresOut(msgspec.Struct, frozen=True):
    """What members brought about on days on which they belonged to the team; people are distinct and
    have confirmed."""

    people: int
    able: int
    families: int
    vendors: int
    households: int
    visits: int
    classes: int


class OneTeamOut(msgspec.Struct, frozen=True, kw_only=True):
    team: TeamOut
    members: list[TeamMemberOut]
    month: TeamFiguresOut
    all: TeamFiguresOut
    position: Position
    at: datetime | None


class TeamMadeOut(msgspec.Struct, frozen=True):
    team: TeamId
    position: Position


class TeamBelongingOut(msgspec.Struct, frozen=True):
    team: TeamId
    person: PersonId
    position: Position


@get(
    f"{API}/teams",
    asks=TeamsQuery,
    gives={200: TeamsOut},
    summary="The teams of a unit and below it, by name",
)
async def listed(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, TeamsQuery)
    await caught_up(house, query.position)
    unit = unit_reached(house, actor(request), query.unit, *SEEING, about=Model.AMBASSADORS)
    with house.asking() as db:
        found = known.in_unit(
            db,
            unit.id,
            search=query.name,
            standing=not query.disbanded,
            after=query.after,
            limit=query.limit,
        )
        now = age(db)
    rows = [team_out(one) for one in found.teams]
    return said(TeamsOut(rows=rows, total=found.total, after=found.after, position=now.position, at=now.at))


@get(
    f"{API}/teams/{{team:str}}",
    asks=WaitQuery,
    gives={200: OneTeamOut},
    summary="A team with its members by their ids, and what it brought about",
)
async def show(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, WaitQuery)
    await caught_up(house, query.position)
    ref = identifier(request.path_params["team"])
    formed = teams.reached_team(house.ground, actor(request), ref, Role.TEAM_LEADER, *SEEING)
    with house.asking() as db:
        team = known.team(db, formed.team)
        if team is None:  # formed a moment ago, and not projected yet
            raise NoSuchTeam
        members = known.members(db, ref)
        month = known.figures(db, ref, month=month_of(today(house)))
        whole = known.figures(db, ref)
        now = age(db)
    return said(
        OneTeamOut(
            team=team_out(team),
            members=[TeamMemberOut(one.person, one.since, one.imported) for one in members],
            month=_figures(month),
            all=_figures(whole),
            position=now.position,
            at=now.at,
        )
    )


@post(
    f"{API}/teams",
    takes=TeamForm,
    gives={201: TeamMadeOut, 200: TeamMadeOut},
    summary="Forms a team in a hamlet or commune",
)
async def form_team(request: AnyRequest) -> Json:
    form = await read_json(request, TeamForm)
    return _changed(await teams.form_team(house_of(request).ground, actor(request), form))


@post(
    f"{API}/teams/{{team:str}}/members",
    takes=TeamMemberForm,
    gives={201: TeamBelongingOut, 200: TeamBelongingOut},
    summary="Somebody belongs to a team from a day on, and leads it where they are said to",
)
async def add(request: AnyRequest) -> Json:
    form = await read_json(request, TeamMemberForm)
    ref = identifier(request.path_params["team"])
    return _belongs(await teams.add_member(house_of(request).ground, actor(request), ref, form))


@post(
    f"{API}/teams/{{team:str}}/departures",
    takes=TeamLeftForm,
    gives={201: TeamBelongingOut, 200: TeamBelongingOut},
    summary="Somebody left a team",
)
async def remove(request: AnyRequest) -> Json:
    form = await read_json(request, TeamLeftForm)
    ref = identifier(request.path_params["team"])
    return _belongs(await teams.remove_member(house_of(request).ground, actor(request), ref, form))


@post(
    f"{API}/teams/{{team:str}}/leader",
    takes=TeamLeaderForm,
    gives={201: TeamBelongingOut, 200: TeamBelongingOut},
    summary="A member leads the team in place of whoever did",
)
async def lead(request: AnyRequest) -> Json:
    form = await read_json(request, TeamLeaderForm)
    ref = identifier(request.path_params["team"])
    return _belongs(await teams.name_leader(house_of(request).ground, actor(request), ref, form))


@post(
    f"{API}/teams/{{team:str}}/name",
    takes=TeamNameForm,
    gives={201: TeamMadeOut, 200: TeamMadeOut},
    summary="A team is called otherwise",
)
async def rename(request: AnyRequest) -> Json:
    form = await read_json(request, TeamNameForm)
    ref = identifier(request.path_params["team"])
    return _changed(await teams.rename_team(house_of(request).ground, actor(request), ref, form))


@post(
    f"{API}/teams/{{team:str}}/disbanding",
    takes=DisbandForm,
    gives={201: TeamMadeOut, 200: TeamMadeOut},
    summary="A team is no more: its members leave it, and what they brought about stays counted",
)
async def disband(request: AnyRequest) -> Json:
    form = await read_json(request, DisbandForm)
    ref = identifier(request.path_params["team"])
    return _changed(await teams.disband(house_of(request).ground, actor(request), ref, form))


def team_out(one: TeamSummary) -> TeamOut:
    return TeamOut(
        team=one.team,
        unit=one.unit,
        name=one.name,
        on=one.on,
        leader=one.leader,
        members=one.members,
        imported=one.imported,
        disbanded=one.disbanded,
        reason=one.reason,
    )


def _figures(one: TeamFigures) -> TeamFiguresOut:
    return TeamFiguresOut(*msgspec.structs.astuple(one))


def _changed(done: TeamChanged) -> Json:
    return recorded(TeamMadeOut(done.team, done.position), again=done.again)


def _belongs(done: TeamMemberChanged) -> Json:
    return recorded(TeamBelongingOut(done.team, done.person, done.position), again=done.again)
