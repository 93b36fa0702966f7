"""Every route of the API."""

from typing import Final

from interfaces.api import (
    boards,
    health,
    honours,
    households,
    lessons,
    markets,
    nominees,
    openapi,
    teachings,
    units,
)

ROUTES: Final = (
    lessons.log_lesson,
    lessons.answer,
    lessons.void,
    lessons.rule,
    teachings.show,
    households.register,
    households.join,
    households.leave,
    households.declare,
    households.lose,
    markets.open_market,
    markets.declare_stalls,
    markets.register,
    markets.onboard,
    markets.void,
    markets.see,
    markets.leave,
    boards.board,
    boards.own,
    honours.show,
    nominees.show,
    units.show,
    health.show,
    openapi.openapi,
    openapi.index,
)
