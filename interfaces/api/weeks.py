"""A unit week by week, and the units right under it: who is behind, who fell, who fell silent."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get

from application.ports import Unit
from domain.attention import Drop, silent_for
from domain.model import Model, Position, UnitId
from infrastructure.read_models import figures
from infrastructure.read_models.weeks import Week
from interfaces.api.speaking import API, Json, identifier, said
from interfaces.house import House
from interfaces.web import measures, weekly
from interfaces.web.boundaries import unit_reached
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.measures import Metric
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class WeeksQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`position`: the answer takes in the ledger at least up to there."""

    position: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class BelowOut(msgspec.Struct, frozen=True, kw_only=True):
    """A unit under the one asked for. `value` is what it is compared by, null where that is not known.
    `silent_days` and `drop` are signs of ours, of no plan or law: where to ask."""

    unit: UnitId
    code: str | None
    name: str
    value: float | None
    confirmed: int
    ambassadors: int
    last_entry: date | None
    silent_days: int | None
    drop: Drop | None


class WeeksOut(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons of each week (whoever was taught in two counts in both; only `gained` adds up, to
    the unit's people who are able). Who is behind stands first in `below`, by the measure `by`."""

    unit: UnitId
    name: str
    weeks: list[Week]
    last_entry: date | None
    silent_days: int | None
    drop: Drop | None
    by: Metric
    below: list[BelowOut]
    position: Position
    at: datetime | None


@get(
    f"{API}/units/{{unit:str}}/weeks",
    asks=WeeksQuery,
    gives={200: WeeksOut},
    summary="A unit's last thirteen weeks, and the units below it, who is behind first",
)
async def show(request: AnyRequest) -> Json:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house, query, asking = house_of(request), read_query(request, WeeksQuery), actor(request)
    await caught_up(house, query.position)
    ref = identifier(request.path_params["unit"])
    unit = unit_reached(house, asking, ref, about=Model.AMBASSADORS)
    return said(weeks_out(house, unit))


def weeks_out(house: House, unit: Unit) -> WeeksOut:
    now, quiet = today(house), house.settings.outgoing.silent_days
    with house.asking() as db:
        counted = figures.figures(db, unit.id, active_since=now)
        refs = [one.unit for one in counted.children]
        known = measures.wholes(db, refs, now)
        found = weekly.read(db, unit.id, refs, now)
    metric = measures.best(known, refs, frozenset((Model.AMBASSADORS,)))
    values = {one.unit: measures.value(metric, one, known) for one in counted.children}
    below = [(child, one) for one in counted.children if (child := house.units.find(one.unit))]
    below.sort(key=lambda pair: measures.behind(values[pair[0].id]))
    last = found.entered.get(unit.id)
    return WeeksOut(
        unit=unit.id,
        name=unit.name,
        weeks=found.own,
        last_entry=last,
        silent_days=silent_for(last, now, quiet),
        drop=weekly.drop(found.own[:-1]),
        by=metric,
        below=[
            BelowOut(
                unit=child.id,
                code=child.code,
                name=child.name,
                value=values[child.id].number,
                confirmed=one.confirmed,
                ambassadors=one.ambassadors,
                last_entry=found.entered.get(child.id),
                silent_days=silent_for(found.entered.get(child.id), now, quiet),
                drop=weekly.drop(found.below[child.id]),
            )
            for child, one in below
        ],
        position=counted.age.position,
        at=counted.age.at,
    )
