"""Targets of plans beside the actual figures, and the figures that offices declare."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get, post

from application import targets as setting
from application.forms.targets import FigureForm, FollowForm, TargetForm
from domain.model import Model, Position, UnitId
from domain.targets import Comparator, Reason
from infrastructure import official_units
from infrastructure.read_models import targets, units
from infrastructure.read_models.columns import age
from infrastructure.read_models.declared import Declared, history
from infrastructure.read_models.targets import Against, Known, Whole
from interfaces.api.speaking import API, Json, UnitRef, WaitQuery, recorded, said
from interfaces.house import House, Questions
from interfaces.web.boundaries import unit_reached
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class TargetsQuery(WaitQuery, frozen=True, kw_only=True):
    """Of a unit and all below it; of one year or of all. With `boundaries` the unit is one that stood on
    that day: what was asked of it then, and of what lay in it."""

    unit: UnitRef = "VN"
    year: Annotated[int, msgspec.Meta(ge=2000, le=2100)] | None = None
    boundaries: date | None = None


class WholeOut(msgspec.Struct, frozen=True):
    """How many the group counts, `as_of` a year, month or day, by a document: declared here, or else
    printed in a plan."""

    value: int
    as_of: str | None
    document: str
    declared: bool


class TargetOut(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a plan in the columns of lists of targets, as printed. `actual` is counted from the
    ledger or declared by an office (`actual_from`, `actual_document`), never both; `denominator_used`
    is what `share` (0 to 1) is taken of, `needed` how many people the target asks for of it.
    `counted_for` is the unit whose figure it is: a former province, where the target was its.
    `followed` is null where `contradicting` documents ask for other numbers and nobody decided."""

    source: str
    province_then: str
    province_now_code: str | None
    year: int
    group: str
    indicator: str
    comparator: Comparator
    percent: int
    numerator: int | None
    denominator: int | None
    base_date: str | None
    note: str | None
    actual: int | None
    as_of: date | None
    actual_from: Known
    actual_document: str | None
    denominator_used: WholeOut | None
    share: float | None
    needed: int | None
    missing: int | None
    counted_for: UnitId | None
    followed: bool | None
    reason: Reason | None
    contradicting: list[str]


class TargetsOut(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[TargetOut]
    position: Position
    at: datetime | None


class DeclaredOut(msgspec.Struct, frozen=True, kw_only=True):
    """`indicator` is null for how many the group counts. Of one day only the last word `holds`."""

    unit: UnitId
    group: str
    indicator: str | None
    as_of: date
    value: int
    document: str
    declared_at: datetime
    holds: bool


class FiguresOut(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[DeclaredOut]
    position: Position
    at: datetime | None


class DeclaredQuery(WaitQuery, frozen=True, kw_only=True):
    unit: UnitRef


class SetOut(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position


@get(
    f"{API}/targets",
    asks=TargetsQuery,
    gives={200: TargetsOut},
    summary="Targets of a unit and of those below it, as printed, beside the actual figures",
)
async def show(request: AnyRequest) -> Json:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house, query = house_of(request), read_query(request, TargetsQuery)
    await caught_up(house, query.position)
    unit = _reached(request, house, query.unit, query.boundaries)
    with house.asking() as db:
        found, now = in_and_below(house, db, unit, query.year), age(db)
    return said(TargetsOut(rows=[target_out(house, one) for one in found], position=now.position, at=now.at))


def in_and_below(house: House, db: Questions, unit: UnitId, year: int | None) -> list[Against]:
    """The targets of a unit and of all below it: of one that is no more, those that were its own."""
    one = house.units.find(unit)
    if one is not None and one.ended is not None:
        every = targets.against(db, None, year)
        return [row for row in every if row.of is not None and units.lies_within(db, row.of, unit)]
    wanted = [one for one in targets.units_asked(db) if house.units.is_within(one, unit)]
    return targets.against(db, wanted, year)


def target_out(house: House, one: Against) -> TargetOut:
    of = one.target
    unit = house.units.find(of.unit)
    return TargetOut(
        source=of.source,
        province_then=of.then,
        province_now_code=unit.code if unit else None,
        year=of.year,
        group=_underscored(of.group),
        indicator=_underscored(of.indicator),
        comparator=of.comparator,
        percent=of.percent,
        numerator=of.numerator,
        denominator=of.denominator,
        base_date=of.base_date,
        note=of.note,
        actual=one.actual,
        as_of=one.as_of,
        actual_from=one.known,
        actual_document=one.document,
        denominator_used=_whole(one.whole),
        share=one.share,
        needed=one.needed,
        missing=one.missing,
        counted_for=one.of,
        followed=one.followed,
        reason=one.reason,
        contradicting=list(one.others),
    )


def _whole(one: Whole | None) -> WholeOut | None:
    return None if one is None else WholeOut(one.value, one.as_of, one.document, one.declared)


def _underscored(word: str) -> str:
    """As it is written in lists of targets."""
    return word.replace("-", "_")


@post(
    f"{API}/targets",
    takes=TargetForm,
    gives={201: SetOut, 200: SetOut},
    summary="Records what a document asks of a unit; said again by the same document, it is a correction",
)
async def set_target(request: AnyRequest) -> Json:
    form, house = await read_json(request, TargetForm), house_of(request)
    done = await setting.set_target(house.ground, actor(request), form, official_units.parts)
    return recorded(SetOut(done.unit, done.position), again=done.again)


@post(
    f"{API}/targets/following",
    takes=FollowForm,
    gives={201: SetOut, 200: SetOut},
    summary="Decides which of several contradicting documents is followed, and why",
)
async def follow(request: AnyRequest) -> Json:
    form, house = await read_json(request, FollowForm), house_of(request)
    done = await setting.follow(house.ground, actor(request), form, official_units.parts)
    return recorded(SetOut(done.unit, done.position), again=done.again)


@get(
    f"{API}/figures",
    asks=DeclaredQuery,
    gives={200: FiguresOut},
    summary="All that offices declared of a unit, the latest day first, with what was corrected",
)
async def declared(request: AnyRequest) -> Json:
    house, query = house_of(request), read_query(request, DeclaredQuery)
    await caught_up(house, query.position)
    unit = _reached(request, house, query.unit)
    with house.asking() as db:
        found, now = history(db, [unit]), age(db)
    return said(FiguresOut(rows=[_declared(one) for one in found], position=now.position, at=now.at))


def _declared(one: Declared) -> DeclaredOut:
    return DeclaredOut(
        unit=one.unit,
        group=_underscored(one.group),
        indicator=one.indicator and _underscored(one.indicator),
        as_of=one.as_of,
        value=one.value,
        document=one.document,
        declared_at=one.at,
        holds=one.holds,
    )


@post(
    f"{API}/figures",
    takes=FigureForm,
    gives={201: SetOut, 200: SetOut},
    summary="Declares a figure of a day by a document; of the same day again, it is a correction",
)
async def declare(request: AnyRequest) -> Json:
    form, house = await read_json(request, FigureForm), house_of(request)
    done = await setting.declare(house.ground, actor(request), form, official_units.parts)
    return recorded(SetOut(done.unit, done.position), again=done.again)


def _reached(request: AnyRequest, house: House, ref: str, day: date | None = None) -> UnitId:
    return unit_reached(house, actor(request), ref, day=day, about=Model.AMBASSADORS).id
