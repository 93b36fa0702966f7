"""/xem-xet: entries that were confirmed and then denied, for the organizers of their unit."""

from typing import Final

from litestar import Response, get

from domain.model import Position, Role
from infrastructure.read_models import teachings
from infrastructure.read_models.columns import age
from infrastructure.read_models.teachings import Teaching
from interfaces.house import House
from interfaces.web import entries
from interfaces.web.asked import Count
from interfaces.web.choosing import address
from interfaces.web.entries import Entry
from interfaces.web.figures import adopted, fresh, today
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest
from interfaces.web.render import page
from interfaces.web.session import SIGNED_IN, actor, house_of
from interfaces.web.words import unit_name

ROWS: Final = 30


@get("/xem-xet", who=SIGNED_IN)
async def review(request: AnyRequest, before: Count = 0) -> Response[bytes]:
    """Latest first, over the first unit that is organized. Raises `NotAllowed`."""
    house, asking = house_of(request), actor(request)
    asking.must_hold(Role.ORGANIZER)
    over = next(grant.unit for grant in asking.grants if grant.role is Role.ORGANIZER)
    with house.asking() as db:
        found = teachings.to_review(db, over, limit=ROWS, before=Position(before) if before else None)
        read_at = age(db)
    return page(
        request,
        "reviews/list.html",
        unit=unit_name(house.units, over),
        freshness=fresh(read_at, adopted(house, over)),
        rows=_rows(house, found),
        more=address("/xem-xet", before=found[-1].logged) if len(found) == ROWS else None,
    )


def _rows(house: House, found: list[Teaching]) -> list[Entry]:
    names = house.vault.names([who for one in found for who in (one.learner, one.ambassador)])
    rows = []
    for one in found:
        entry = entries.of_teaching(one, names.get(one.learner, "–"), today(house))
        taught = _("Taught by %(name)s", name=names.get(one.ambassador, "–"))
        rows.append(
            Entry(
                name=entry.name,
                about=f"{entry.about} · {unit_name(house.units, one.unit)}",
                tone=entry.tone,
                said=entry.said,
                why=taught,
                teaching=one.teaching,
            )
        )
    return rows


ROUTES: Final = (review,)
