"""/ghi/quanh-day: others of the place, to be chosen for a lesson or a family."""

from typing import Final

from litestar import Response, get

from application import lookups
from domain.model import Model, Role, UnitId
from interfaces.web import drafts, learners
from interfaces.web.asked import Word
from interfaces.web.limits import AnyRequest
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited

ONWARD: Final = {"": "/ghi", "gia-dinh": "/ghi/gia-dinh"}
"""Word of the address -> the form that whoever was chosen is taken to."""


@get("/ghi/quanh-day")
async def near(request: AnyRequest, unit: Word = "", form: Word = "") -> Response[bytes]:
    """People of a commune or hamlet, shown as short as one recognises them. The form of /ghi takes
    them in where scripts run; without, they are chosen here and taken along.

    Raises `OutOfScope`, `NotACommune`, `TooManyTries`: nobody reads a whole province here."""
    house, asking = house_of(request), actor(request)
    asking.must_hold(Role.AMBASSADOR)
    await limited(request, Kind.NEARBY)
    place = unit or drafts.blank(house, asking).unit
    if place:
        place = lookups.place_of(house.units, asking, place, Role.AMBASSADOR, about=Model.AMBASSADORS).id
    return page(
        request,
        "lessons/near.html",
        headers={"Cache-Control": "no-store"},
        people=learners.nearby(house, asking, UnitId(place)) if place else [],
        unit=place,
        places=drafts.offered(house, asking, place),
        word=form if form in ONWARD else "",
        onward=ONWARD.get(form, "/ghi"),
    )


ROUTES: Final = (near,)
