"""A unit: where it lies, its figures and those of the units right under it."""

from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from litestar import get

from application.ports import Unit
from domain.model import Model, Position, UnitId
from domain.territory import UnitKind
from infrastructure.read_models import figures
from infrastructure.read_models.figures import Figures
from interfaces.api.speaking import API, Json, identifier, said
from interfaces.house import House
from interfaces.web.boundaries import above, unit_reached
from interfaces.web.counting import Counting, counting, standing
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class UnitQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`boundaries`: the units that stood on that day, and what happened, whenever it did, in what
    was theirs. `position`: the answer takes in the ledger at least up to there."""

    boundaries: date | None = None
    position: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class UnitOut(msgspec.Struct, frozen=True, kw_only=True):
    id: UnitId
    code: str | None
    name: str
    kind: UnitKind
    parent: UnitId | None
    latitude: float | None
    longitude: float | None
    ended: date | None


class FiguresOut(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons: `taught` are claimed, `confirmed` confirmed it, `able` are able themselves,
    `on_phone` said so on a mentor's phone and nowhere else. Shares are of the persons taught, and of
    those confirmed; null of nothing. Figures of a model for which whoever asks holds no role there
    are null, too."""

    taught: int | None
    confirmed: int | None
    able: int | None
    on_phone: int | None
    confirmed_share: float | None
    able_share: float | None
    ambassadors: int | None
    families: int | None
    markets: int | None
    vendors: int | None
    vendors_active: int | None


class ChildOut(msgspec.Struct, frozen=True):
    unit: UnitOut
    figures: FiguresOut


class UnitFiguresOut(msgspec.Struct, frozen=True, kw_only=True):
    """`above` runs from the unit over this one (on that day) upward, as far as whoever asks holds a
    role."""

    unit: UnitOut
    above: list[UnitOut]
    figures: FiguresOut
    children: list[ChildOut]
    position: Position
    at: datetime | None
    criteria: Counting


@get(
    f"{API}/units/{{unit:str}}",
    asks=UnitQuery,
    gives={200: UnitFiguresOut},
    summary="A unit by id, official code or VN: its figures and its children's",
)
async def show(request: AnyRequest) -> Json:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house, query, asking = house_of(request), read_query(request, UnitQuery), actor(request)
    await caught_up(house, query.position)
    ref = identifier(request.path_params["unit"])
    unit = unit_reached(house, asking, ref, day=query.boundaries, narrowed=True)
    on, models = today(house), asking.models(unit.id, units=house.units)
    with house.asking() as db:
        _, content = standing(db, unit, on)
        since = on - timedelta(days=content.active_days)
        found = figures.figures(db, unit.id, active_since=since, on=query.boundaries)
        criteria = counting(db, unit, on)
    return said(
        UnitFiguresOut(
            unit=_unit(unit),
            above=[
                _unit(one)
                for one in above(house, unit, query.boundaries)[1:]
                if asking.reaches(one.id, units=house.units, narrowed=True)
            ],
            figures=_figures(found.own, models),
            children=_children(house, found.children, models, query.boundaries),
            position=found.age.position,
            at=found.age.at,
            criteria=criteria,
        )
    )


def _children(
    house: House, children: tuple[Figures, ...], models: frozenset[Model], day: date | None
) -> list[ChildOut]:
    units = [
        (house.units.find(one.unit) if day is None else house.units.on(one.unit, day), one)
        for one in children
    ]
    return [ChildOut(_unit(unit), _figures(one, models)) for unit, one in units if unit]


def _unit(unit: Unit) -> UnitOut:
    return UnitOut(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        parent=unit.parent,
        latitude=unit.latitude,
        longitude=unit.longitude,
        ended=unit.ended,
    )


def _figures(one: Figures, models: frozenset[Model]) -> FiguresOut:
    learners, families, vendors = (
        model in models for model in (Model.AMBASSADORS, Model.FAMILIES, Model.MARKETS)
    )
    return FiguresOut(
        taught=one.taught if learners else None,
        confirmed=one.confirmed if learners else None,
        able=one.able if learners else None,
        on_phone=one.on_phone if learners else None,
        confirmed_share=one.confirmed_share if learners else None,
        able_share=one.able_share if learners else None,
        ambassadors=one.ambassadors if learners else None,
        families=one.families if families else None,
        markets=one.markets if vendors else None,
        vendors=one.vendors if vendors else None,
        vendors_active=one.vendors_active if vendors else None,
    )
