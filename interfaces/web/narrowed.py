"""What somebody whose role is narrowed to one model sees: its lists and its figures, no others."""

from typing import Final

from application.actors import Actor
from domain.model import Model, Role, UnitId
from infrastructure.read_models.honours import Status
from interfaces.house import House

MODELS: Final = {
    Status.AMBASSADOR: Model.AMBASSADORS,
    Status.FAMILY: Model.FAMILIES,
    Status.MARKET: Model.MARKETS,
}

HONOURING: Final = (Role.ORGANIZER, Role.COMMITTEE, Role.SECRETARY, Role.AUDITOR)
"""Who sees nominees, over their units."""


def statuses(house: House, asking: Actor, unit: UnitId) -> tuple[Status, ...]:
    """The kinds of nominees of a unit that somebody may see."""
    models = asking.models(unit, *HONOURING, units=house.units)
    return tuple(status for status, model in MODELS.items() if model in models)
