"""Undo: for a minute, a lesson just saved is withdrawn by one tap; later it leads to the ordinary way."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from litestar import post
from litestar.response import Redirect

from application import lookups, teaching
from application.actors import Actor
from application.forms.teaching import VoidForm
from domain.model import Selector, VoidReason
from domain.teaching import TeachingLogged, TeachingVoided
from interfaces.house import House
from interfaces.web.asked import Ref
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.session import actor, house_of

UNDO: Final = timedelta(seconds=60)


@post("/ghi/da-gui/{lesson:str}/hoan-tac")
async def undo(request: AnyRequest, lesson: Ref) -> Redirect:
    """Withdraws every part of the lesson that still stands. Tapped twice, it is done once.

    Raises `UnknownTeaching`, also for another's lesson."""
    house, asking = house_of(request), actor(request)
    logged = own_lesson(house, asking, lesson)
    await read_form(request)
    if not undoable(house, logged):
        return Redirect(f"/ghi/da-gui/{lesson}", status_code=303)
    changes = await asyncio.gather(*(_withdrawn(house, asking, one) for one in logged))
    position = max(one.position for one in changes)
    return Redirect(f"/toi?done=hoan-tac&position={position}", status_code=303)


async def _withdrawn(house: House, asking: Actor, one: TeachingLogged) -> teaching.TeachingChanged:
    wish = VoidForm(submission=f"undo.{one.teaching}", reason=VoidReason.MISTAKE)
    return await teaching.void_teaching(house.ground, asking, one.teaching, wish)


def undoable(house: House, logged: Sequence[TeachingLogged]) -> bool:
    """Whether it was recorded within the last minute, by the server's clock."""
    return house.clock() - max(one.at for one in logged) <= UNDO


def own_lesson(house: House, asking: Actor, lesson: str) -> list[TeachingLogged]:
    """The teachings of a lesson of one's own. Raises `UnknownTeaching`, also for another's."""
    mine = lookups.ids_of(house.ledger, asking.person)
    found = house.ledger.history([Selector([TeachingLogged], [f"lesson:{lesson}"])])
    logged = [one.fact for one in found if isinstance(one.fact, TeachingLogged)]
    if not logged or logged[0].ambassador not in mine:
        raise lookups.UnknownTeaching
    return logged


def standing(house: House, logged: Sequence[TeachingLogged]) -> list[TeachingLogged]:
    """Those that were not withdrawn or voided since."""
    asked = [Selector([TeachingVoided], [f"teaching:{one.teaching}"]) for one in logged]
    gone = {one.fact.teaching for one in house.ledger.history(asked) if isinstance(one.fact, TeachingVoided)}
    return [one for one in logged if one.teaching not in gone]


ROUTES: Final = (undo,)
