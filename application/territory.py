"""Units: the official ones loaded from their list, hamlets added under communes."""

from collections.abc import Sequence

import msgspec

from application.actors import Actor
from application.forms import HamletForm
from application.ports import Ground
from domain.model import Position, UnitId


class Loaded(msgspec.Struct, frozen=True):
    """How many units a load established; 0 when all stood already."""

    established: int
    position: Position


class HamletAdded(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position
    again: bool


async def add_hamlet(ground: Ground, actor: Actor, form: HamletForm) -> HamletAdded: ...
