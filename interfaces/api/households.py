"""Families: registered with their members, and what is declared of them."""

import msgspec
from litestar import post

from application import declarations, households
from application.declarations import DeclarationCode
from application.forms.households import (
    CriteriaForm,
    CriterionLostForm,
    HouseholdForm,
    MemberForm,
    MemberLeftForm,
)
from application.households import MemberChanged
from domain.model import DeclarationId, HouseholdId, PersonId, Position
from interfaces.api.speaking import API, Json, identifier, recorded
from interfaces.house import House
from interfaces.web.limits import AnyRequest, read_json
from interfaces.web.session import actor, house_of


class DeclarationOut(msgspec.Struct, frozen=True):
    """What was declared waits for `person`, a member, to answer by `code`."""

    declaration: DeclarationId
    person: PersonId | None
    code: str | None
    confirm_url: str | None


class HouseholdOut(msgspec.Struct, frozen=True):
    household: HouseholdId
    position: Position
    members: tuple[PersonId, ...]
    declaration: DeclarationOut | None


class MemberOut(msgspec.Struct, frozen=True):
    household: HouseholdId
    person: PersonId
    position: Position


class LossOut(msgspec.Struct, frozen=True):
    household: HouseholdId
    position: Position


class DeclaredOut(msgspec.Struct, frozen=True):
    household: HouseholdId
    position: Position
    declaration: DeclarationOut


@post(
    f"{API}/households",
    takes=HouseholdForm,
    gives={201: HouseholdOut, 200: HouseholdOut},
    summary="Registers a family with its members, and what is declared of it",
)
async def register(request: AnyRequest) -> Json:
    form = await read_json(request, HouseholdForm)
    house = house_of(request)
    done = await households.register_household(house.ground, actor(request), form)
    declaration = _declaration(house, done.declaration) if done.declaration else None
    return recorded(HouseholdOut(done.household, done.position, done.members, declaration), again=done.again)


@post(
    f"{API}/households/{{household:str}}/members",
    takes=MemberForm,
    gives={201: MemberOut, 200: MemberOut},
    summary="Somebody joins a family",
)
async def join(request: AnyRequest) -> Json:
    form = await read_json(request, MemberForm)
    household = identifier(request.path_params["household"])
    done = await households.join(house_of(request).ground, actor(request), household, form)
    return _member(done)


@post(
    f"{API}/households/{{household:str}}/departures",
    takes=MemberLeftForm,
    gives={201: MemberOut, 200: MemberOut},
    summary="Somebody leaves a family",
)
async def leave(request: AnyRequest) -> Json:
    form = await read_json(request, MemberLeftForm)
    household = identifier(request.path_params["household"])
    done = await households.leave(house_of(request).ground, actor(request), household, form)
    return _member(done)


@post(
    f"{API}/households/{{household:str}}/criteria",
    takes=CriteriaForm,
    gives={201: DeclaredOut, 200: DeclaredOut},
    summary="Declares that a family meets criteria; a member answers for it",
)
async def declare(request: AnyRequest) -> Json:
    form = await read_json(request, CriteriaForm)
    house = house_of(request)
    household = identifier(request.path_params["household"])
    done = await declarations.declare(house.ground, actor(request), household, form)
    body = DeclaredOut(done.household, done.position, _declaration(house, done.declaration))
    return recorded(body, again=done.again)


@post(
    f"{API}/households/{{household:str}}/losses",
    takes=CriterionLostForm,
    gives={201: LossOut, 200: LossOut},
    summary="A family no longer meets a criterion",
)
async def lose(request: AnyRequest) -> Json:
    form = await read_json(request, CriterionLostForm)
    household = identifier(request.path_params["household"])
    done = await declarations.lose(house_of(request).ground, actor(request), household, form)
    return recorded(LossOut(done.household, done.position), again=done.again)


def _member(done: MemberChanged) -> Json:
    return recorded(MemberOut(done.household, done.person, done.position), again=done.again)


def _declaration(house: House, made: DeclarationCode) -> DeclarationOut:
    url = made.code and house.confirm_url(made.code)
    return DeclarationOut(made.declaration, made.person, made.code, url)
