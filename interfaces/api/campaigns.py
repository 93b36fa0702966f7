"""Campaigns of units: days of which a unit's work is compared apart."""

from datetime import date, datetime

import msgspec
from litestar import get, post

from application import campaigns
from application.campaigns import CampaignChanged
from application.forms.campaigns import CampaignForm, CampaignWithdrawnForm
from domain.model import CampaignId, Position, UnitId
from infrastructure.read_models import campaigns as known
from infrastructure.read_models.columns import age
from interfaces.api.speaking import API, Json, UnitRef, WaitQuery, identifier, recorded, said
from interfaces.web.boundaries import unit_on
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class CampaignsQuery(WaitQuery, frozen=True, kw_only=True):
    unit: UnitRef = "VN"


class CampaignOut(msgspec.Struct, frozen=True, kw_only=True):
    """`begins` and `ends` are the first and the last day."""

    campaign: CampaignId
    unit: UnitId
    name: str
    begins: date
    ends: date


class CampaignsOut(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[CampaignOut]
    position: Position
    at: datetime | None


class CampaignChangedOut(msgspec.Struct, frozen=True):
    campaign: CampaignId
    position: Position


@get(
    f"{API}/campaigns",
    asks=CampaignsQuery,
    gives={200: CampaignsOut},
    summary="The campaigns that can be compared in a unit: its own, and those of the units above it",
)
async def show(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, CampaignsQuery)
    await caught_up(house, query.position)
    unit = unit_on(house, query.unit, None)
    with house.asking() as db:
        found, now = known.of_units(db, unit.path), age(db)
    rows = [
        CampaignOut(campaign=one.campaign, unit=one.unit, name=one.name, begins=one.begins, ends=one.ends)
        for one in found
    ]
    return said(CampaignsOut(rows=rows, position=now.position, at=now.at))


@post(
    f"{API}/campaigns",
    takes=CampaignForm,
    gives={201: CampaignChangedOut, 200: CampaignChangedOut},
    summary="Announces a campaign of a unit",
)
async def announce(request: AnyRequest) -> Json:
    form = await read_json(request, CampaignForm)
    return _changed(await campaigns.announce(house_of(request).ground, actor(request), form))


@post(
    f"{API}/campaigns/{{campaign:str}}/withdrawal",
    takes=CampaignWithdrawnForm,
    gives={201: CampaignChangedOut, 200: CampaignChangedOut},
    summary="Withdraws a campaign",
)
async def withdraw(request: AnyRequest) -> Json:
    form = await read_json(request, CampaignWithdrawnForm)
    campaign = identifier(request.path_params["campaign"])
    return _changed(await campaigns.withdraw(house_of(request).ground, actor(request), campaign, form))


def _changed(done: CampaignChanged) -> Json:
    return recorded(CampaignChangedOut(done.campaign, done.position), again=done.again)
