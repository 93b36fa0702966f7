"""Campaigns of units: announced, and withdrawn, by whoever organizes there."""

from typing import Final

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted
from application.forms.campaigns import CampaignForm, CampaignWithdrawnForm
from application.identity import cleaned
from application.ids import new_id
from application.ports import Ground
from domain.campaigns import AnnounceCampaign, CampaignAnnounced, NoSuchCampaign, WithdrawCampaign
from domain.model import CampaignId, Position, Role, Selector
from domain.names import clean

ANNOUNCING: Final = (Role.ORGANIZER, Role.ADMINISTRATOR)


class CampaignChanged(msgspec.Struct, frozen=True):
    campaign: CampaignId
    position: Position
    again: bool


async def announce(ground: Ground, actor: Actor, form: CampaignForm) -> CampaignChanged:
    """A unit holds a campaign on these days.

    Raises `NotAllowed`, `OutOfScope`, `BadName`, `BadCampaign`, `CampaignExists`, `TooManyCampaigns`."""

    def plan(_again: bool) -> Plan:
        unit = actor.unit(form.unit, *ANNOUNCING, units=ground.units)
        return Plan(
            AnnounceCampaign(
                campaign=CampaignId(new_id()),
                unit=unit.id,
                name=cleaned("name", clean, form.name),
                begins=form.begins,
                ends=form.ends,
                by=actor.by,
            )
        )

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    announced = next(fact for fact in receipt.facts if isinstance(fact, CampaignAnnounced))
    return CampaignChanged(announced.campaign, receipt.position, receipt.again)


async def withdraw(
    ground: Ground, actor: Actor, campaign: str, form: CampaignWithdrawnForm
) -> CampaignChanged:
    """A campaign is compared no more. Raises `NotAllowed`, `NoSuchCampaign`."""

    def plan(_again: bool) -> Plan:
        return Plan(WithdrawCampaign(campaign=_reached(ground, actor, campaign), by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, campaign))
    return CampaignChanged(CampaignId(campaign), receipt.position, receipt.again)


def _reached(ground: Ground, actor: Actor, campaign: str) -> CampaignId:
    """Raises `NoSuchCampaign` also for one outside the actor's units."""
    actor.must_hold(*ANNOUNCING)
    for one in ground.ledger.history([Selector([CampaignAnnounced], [f"campaign:{campaign}"])]):
        fact = one.fact
        if isinstance(fact, CampaignAnnounced) and actor.reaches(fact.unit, *ANNOUNCING, units=ground.units):
            return fact.campaign
    raise NoSuchCampaign
