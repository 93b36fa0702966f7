"""Leaderboards: how many people, families and vendors each ambassador may count."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get

from domain.model import PersonId, Position, UnitId
from infrastructure.read_models import leaderboard
from infrastructure.read_models.columns import age
from infrastructure.read_models.leaderboard import ALL, BadCursor, Metric, Standing
from interfaces.api.speaking import API, AfterText, Json, Limit, UnitRef, WaitQuery, known_unit, said
from interfaces.web.counting import Counting, counting
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, WrongValue, read_query
from interfaces.web.names import shown_names
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of, visitor

Period = Annotated[str, msgspec.Meta(pattern=r"^(all|\d{4}(-(0[1-9]|1[0-2]))?)(?![\s\S])")]


class BoardQuery(WaitQuery, frozen=True, kw_only=True):
    """`period`: `all`, a year (2026) or a month (2026-11). `after` is what the page before gave."""

    unit: UnitRef = "VN"
    metric: Metric = Metric.PEOPLE
    period: Period = ALL
    limit: Limit = 50
    after: AfterText | None = None


class OwnQuery(WaitQuery, frozen=True, kw_only=True):
    unit: UnitRef = "VN"
    metric: Metric = Metric.PEOPLE
    period: Period = ALL


class RowOut(msgspec.Struct, frozen=True):
    """Ties share a rank; null with nothing counted yet. `name` is null where it may not be shown."""

    rank: int | None
    ambassador: PersonId
    name: str | None
    unit: UnitId | None
    score: int
    confirmed_share: float | None
    able_share: float | None


class BoardOut(msgspec.Struct, frozen=True, kw_only=True):
    """Counted as the ledger stood at `position`, recorded `at`, by `criteria`."""

    rows: list[RowOut]
    total: int
    after: str | None
    position: Position
    at: datetime | None
    criteria: Counting


class OwnOut(msgspec.Struct, frozen=True, kw_only=True):
    """One's own row (null where one is not at home in the unit) and the nearest on the board."""

    own: RowOut | None
    above: list[RowOut]
    below: list[RowOut]
    total: int
    position: Position
    at: datetime | None
    criteria: Counting


@get(
    f"{API}/leaderboard",
    asks=BoardQuery,
    gives={200: BoardOut},
    summary="The ambassadors of a unit, best first, page by page",
)
async def board(request: AnyRequest) -> Json:
    house, query, asking = house_of(request), read_query(request, BoardQuery), visitor(request)
    await caught_up(house, query.position)
    unit = known_unit(house, query.unit)
    with house.asking() as db:
        try:
            found = leaderboard.board(
                db,
                unit.id,
                metric=query.metric,
                period=query.period,
                limit=query.limit,
                after=query.after,
            )
        except BadCursor:
            raise WrongValue(field="after") from None
        criteria = counting(db, unit, today(house))
    names = shown_names(house, asking.actor if asking else None, found.rows)
    return said(
        BoardOut(
            rows=_rows(found.rows, names),
            total=found.total,
            after=found.after,
            position=found.age.position,
            at=found.age.at,
            criteria=criteria,
        )
    )


@get(
    f"{API}/leaderboard/me",
    asks=OwnQuery,
    gives={200: OwnOut},
    summary="One's own rank, and the nearest above and below",
)
async def own(request: AnyRequest) -> Json:
    house, query, asking = house_of(request), read_query(request, OwnQuery), actor(request)
    await caught_up(house, query.position)
    unit = known_unit(house, query.unit)
    with house.asking() as db:
        found = leaderboard.own_row(db, asking.person, unit.id, metric=query.metric, period=query.period)
        criteria, now = counting(db, unit, today(house)), age(db)
    if found is None:
        body = OwnOut(
            own=None, above=[], below=[], total=0, position=now.position, at=now.at, criteria=criteria
        )
        return said(body)
    names = dict(shown_names(house, asking, [*found.above, found.own, *found.below]))
    return said(
        OwnOut(
            own=_rows([found.own], names)[0],
            above=_rows(found.above, names),
            below=_rows(found.below, names),
            total=found.total,
            position=found.age.position,
            at=found.age.at,
            criteria=criteria,
        )
    )


def _rows(rows: Iterable[Standing], names: Mapping[PersonId, str]) -> list[RowOut]:
    return [
        RowOut(
            row.rank,
            row.ambassador,
            names.get(row.ambassador),
            row.unit,
            row.score,
            row.confirmed_share,
            row.able_share,
        )
        for row in rows
    ]
