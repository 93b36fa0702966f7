"""Reading one's own write: a page asked for with a position waits until the figures are there."""

import asyncio
from typing import Final

from domain.model import Position
from interfaces.house import House

PATIENCE: Final = 2.0
"""Seconds that a page waits for the position it names."""


async def caught_up(house: House, position: int) -> None:
    """Waits until the read models have taken in that position; goes on after `PATIENCE`, since
    every figure says how old it is. Nobody waits for a position that the ledger has not reached."""
    if not position or house.projector.position() >= position:
        return
    if position <= house.ledger.head():
        await asyncio.to_thread(house.projector.wait_for, Position(position), PATIENCE)
