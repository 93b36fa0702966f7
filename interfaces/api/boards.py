"""Leaderboards: how many people, families and vendors each mentor, team, workplace or unit may count."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get

from domain.model import PersonId, Position, UnitId
from infrastructure.read_models import scored
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.columns import age
from infrastructure.read_models.leaderboard import Standing
from infrastructure.read_models.standings import Metric, Of
from interfaces.api.speaking import API, AfterText, Json, Limit, UnitRef, WaitQuery, said
from interfaces.web import board_words
from interfaces.web import boards as choice
from interfaces.web.boards import Ask, Chosen
from interfaces.web.counting import Counting, counting
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, NoSuchBoard, WrongValue, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of, visitor

Period = Annotated[str, msgspec.Meta(pattern=r"^(all|\d{4}(-(0[1-9]|1[0-2]|Q[1-4]))?)(?![\s\S])")]
Ref = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}(?![\s\S])")]


class BoardQuery(WaitQuery, frozen=True, kw_only=True):
    """`of`: what the rows are; units are compared in the one named or the nearest above that holds
    several. `period`: `all`, a year (2026), a quarter (2026-Q4) or a month (2026-11); in its place a
    `campaign`, or the days `from` and `to` (of units at most 92). `team`, `workplace`: their members alone.
    `similar`: units of a size like `unit`'s, as declared. `boundaries`: a day whose units are compared.
    `after` is what the page before gave."""

    unit: UnitRef = "VN"
    of: Of = Of.AMBASSADORS
    metric: Metric = Metric.PEOPLE
    period: Period = ALL
    campaign: Ref | None = None
    begins: date | None = msgspec.field(name="from", default=None)
    ends: date | None = msgspec.field(name="to", default=None)
    team: Ref | None = None
    workplace: Ref | None = None
    similar: bool = False
    boundaries: date | None = None
    limit: Limit = 50
    after: AfterText | None = None


class OwnQuery(WaitQuery, frozen=True, kw_only=True):
    """As for the board."""

    unit: UnitRef = "VN"
    of: Of = Of.AMBASSADORS
    metric: Metric = Metric.PEOPLE
    period: Period = ALL
    campaign: Ref | None = None


class RowOut(msgspec.Struct, frozen=True, kw_only=True):
    """Ties share a rank; null with nothing counted yet. `row` is the id of what is ranked, `ambassador`
    the same where that is a person, else null. `name` is null where it may not be shown."""

    rank: int | None
    row: str
    ambassador: PersonId | None
    name: str | None
    unit: UnitId | None
    score: int
    confirmed_share: float | None
    able_share: float | None


class SizeOut(msgspec.Struct, frozen=True, kw_only=True):
    """By what units are of similar size: the declared `value` of the one asked for, and the bounds."""

    measure: str
    value: int
    as_of: date
    document: str
    least: int
    most: int


class BoardOut(msgspec.Struct, frozen=True, kw_only=True):
    """Counted as the ledger stood at `position`, recorded `at`, by `criteria`; compared in `unit`. `size`
    is null where no similar size was asked for, or none is declared: then all of the unit is compared."""

    unit: UnitId
    of: Of
    rows: list[RowOut]
    total: int
    after: str | None
    size: SizeOut | None
    position: Position
    at: datetime | None
    criteria: Counting


class OwnOut(msgspec.Struct, frozen=True, kw_only=True):
    """One's own row (null where one is not at home in the unit) and the nearest on the board; `best_month`
    is the month (YYYY-MM) in which one may count the most, of ambassadors."""

    own: RowOut | None
    above: list[RowOut]
    below: list[RowOut]
    total: int
    best_month: str | None
    best_score: int | None
    position: Position
    at: datetime | None
    criteria: Counting


@get(
    f"{API}/leaderboard",
    asks=BoardQuery,
    gives={200: BoardOut},
    summary="Who or what is ranked in a unit, best first, page by page",
)
async def board(request: AnyRequest) -> Json:
    house, query, asking = house_of(request), read_query(request, BoardQuery), visitor(request)
    await caught_up(house, query.position)
    chosen = choice.choose(house, _ask(query), None)
    with house.asking() as db:
        try:
            found = choice.page(chosen.compared(db), limit=query.limit, after=query.after)
        except NoSuchBoard:
            raise WrongValue(field="after") from None
        criteria = counting(db, chosen.unit, today(house))
    names = board_words.names(house, asking.actor if asking else None, chosen.of, found.rows)
    return said(
        BoardOut(
            unit=chosen.unit.id,
            of=chosen.of,
            rows=_rows(chosen.of, found.rows, names),
            total=found.total,
            after=found.after,
            size=_size(chosen),
            position=found.age.position,
            at=found.age.at,
            criteria=criteria,
        )
    )


def _ask(query: BoardQuery) -> Ask:
    return Ask(
        unit=query.unit,
        of=query.of.value,
        metric=query.metric.value,
        period=query.period,
        campaign=query.campaign or "",
        begins=query.begins.isoformat() if query.begins else "",
        ends=query.ends.isoformat() if query.ends else "",
        team=query.team or "",
        workplace=query.workplace or "",
        similar="1" if query.similar else "",
        boundaries=query.boundaries.isoformat() if query.boundaries else "",
    )


def _size(chosen: Chosen) -> SizeOut | None:
    if chosen.alike is None:
        return None
    by = chosen.alike.by
    return SizeOut(
        measure=by.measure.value,
        value=by.value,
        as_of=by.as_of,
        document=by.document,
        least=chosen.alike.least,
        most=chosen.alike.most,
    )


@get(
    f"{API}/leaderboard/me",
    asks=OwnQuery,
    gives={200: OwnOut},
    summary="One's own rank (or that of one's team, workplace or unit), and the nearest above and below",
)
async def own(request: AnyRequest) -> Json:
    house, query, asking = house_of(request), read_query(request, OwnQuery), actor(request)
    await caught_up(house, query.position)
    ask = Ask(
        unit=query.unit,
        of=query.of.value,
        metric=query.metric.value,
        period=query.period,
        campaign=query.campaign or "",
    )
    chosen = choice.choose(house, ask, None)
    with house.asking() as db:
        found = chosen.compared(db).own(asking.person)
        best = scored.best_month(db, asking.person, metric=chosen.metric)
        criteria, now = counting(db, chosen.unit, today(house)), age(db)
    around = [*found.above, found.own, *found.below] if found else []
    names = board_words.names(house, asking, chosen.of, around)
    rows = _rows(chosen.of, around, names)
    at = len(found.above) if found else 0
    return said(
        OwnOut(
            own=rows[at] if found else None,
            above=rows[:at],
            below=rows[at + 1 :],
            total=found.total if found else 0,
            best_month=best[0] if best else None,
            best_score=best[1] if best else None,
            position=found.age.position if found else now.position,
            at=found.age.at if found else now.at,
            criteria=criteria,
        )
    )


def _rows(of: Of, rows: Iterable[Standing], names: Mapping[str, str]) -> list[RowOut]:
    return [
        RowOut(
            rank=one.rank,
            row=one.row,
            ambassador=one.ambassador if of is Of.AMBASSADORS else None,
            name=names.get(one.row),
            unit=one.unit,
            score=one.score,
            confirmed_share=one.confirmed_share,
            able_share=one.able_share,
        )
        for one in rows
    ]
