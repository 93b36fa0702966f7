"""Milestones of people: said by whoever holds a code, by oneself or by a witness; and the counts."""

from datetime import date, datetime

import msgspec
from litestar import get, post

from application import milestones as reaching
from application.forms.milestones import MilestoneAnswerForm, MilestoneForm
from application.identity import clean_code
from domain.milestones import Milestone
from domain.model import Group, Model, Position, UnitId
from infrastructure.read_models.columns import age, share
from infrastructure.read_models.milestones import Counted, Reached
from interfaces.api.speaking import API, Json, identifier, recorded, said
from interfaces.api.units import UnitQuery
from interfaces.web import boundaries as borders
from interfaces.web import milestones as boards
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.milestones import DECLARED, Board
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of, whose_browser
from interfaces.web.tries import Kind, limited


class SaidOut(msgspec.Struct, frozen=True):
    milestone: Milestone
    reached: bool
    position: Position


class CountOut(msgspec.Struct, frozen=True):
    """Distinct persons: `confirmed` said so themselves or had a witness, `own` said so themselves;
    what is `imported` only is not confirmed."""

    reached: int
    confirmed: int
    own: int
    imported: int


class DeclaredOut(msgspec.Struct, frozen=True):
    value: int
    as_of: date
    document: str


class MilestoneOut(msgspec.Struct, frozen=True, kw_only=True):
    """`adults` are those who are not under 16 for all that is known. `rate` (0 to 1) is of those of
    them confirmed, over `adults_declared`; `declared` is what an office says of the same thing. Neither
    is added to what is counted."""

    milestone: Milestone
    everybody: CountOut
    adults: CountOut
    groups: dict[Group, CountOut]
    adults_declared: DeclaredOut | None
    rate: float | None
    declared: DeclaredOut | None


class ChildMilestonesOut(msgspec.Struct, frozen=True):
    unit: UnitId
    code: str | None
    name: str
    milestones: list[MilestoneOut]


class UnitMilestonesOut(msgspec.Struct, frozen=True, kw_only=True):
    unit: UnitId
    code: str | None
    name: str
    milestones: list[MilestoneOut]
    children: list[ChildMilestonesOut]
    position: Position
    at: datetime | None


@post(
    f"{API}/milestones",
    takes=MilestoneForm,
    gives={201: SaidOut, 200: SaidOut},
    summary="A milestone of one's own; or of a person or the learner of a lesson, as a witness who was there",
)
async def say(request: AnyRequest) -> Json:
    form = await read_json(request, MilestoneForm)
    done = await reaching.say(house_of(request).ground, actor(request), form)
    return recorded(SaidOut(done.milestone, done.reached, done.position), again=done.again)


@post(
    f"{API}/milestones/answers",
    takes=MilestoneAnswerForm,
    gives={201: SaidOut, 200: SaidOut},
    summary="A milestone of the holder of a code; the same again changes nothing",
)
async def answer(request: AnyRequest) -> Json:
    form = await read_json(request, MilestoneAnswerForm)
    await limited(request, Kind.CODE, clean_code(form.code))
    done = await reaching.answer(house_of(request).ground, form, actor=whose_browser(request))
    return recorded(SaidOut(done.milestone, done.reached, done.position), again=done.again)


@get(
    f"{API}/units/{{unit:str}}/milestones",
    asks=UnitQuery,
    gives={200: UnitMilestonesOut},
    summary="How many people of a unit and of those right under it reached each milestone, by group",
)
async def show(request: AnyRequest) -> Json:
    """Raises `OutOfScope` for a unit that does not exist or is not one's own: the two look alike."""
    house, query = house_of(request), read_query(request, UnitQuery)
    await caught_up(house, query.position)
    ref = identifier(request.path_params["unit"])
    unit = borders.unit_reached(house, actor(request), ref, day=query.boundaries, about=Model.AMBASSADORS)
    below = borders.below(house, unit, query.boundaries)
    with house.asking() as db:
        board = boards.read(db, [unit.id, *(one.id for one in below)])
        now = age(db)
    return said(
        UnitMilestonesOut(
            unit=unit.id,
            code=unit.code,
            name=unit.name,
            milestones=_every(board, unit.id),
            children=[ChildMilestonesOut(one.id, one.code, one.name, _every(board, one.id)) for one in below],
            position=now.position,
            at=now.at,
        )
    )


def _every(board: Board, unit: UnitId) -> list[MilestoneOut]:
    return [_milestone(board, unit, one, board.of(unit, one)) for one in Milestone]


def _milestone(board: Board, unit: UnitId, one: Milestone, found: Counted) -> MilestoneOut:
    adults, indicator = board.adults.get(unit), DECLARED.get(one)
    declared = board.declared.get((unit, indicator)) if indicator else None
    return MilestoneOut(
        milestone=one,
        everybody=_count(found.everybody),
        adults=_count(found.adults),
        groups={group: _count(found.groups.get(group, Reached())) for group in Group},
        adults_declared=DeclaredOut(adults.value, adults.as_of, adults.document) if adults else None,
        rate=share(found.adults.confirmed, adults.value) if adults else None,
        declared=DeclaredOut(declared.value, declared.as_of, declared.document) if declared else None,
    )


def _count(found: Reached) -> CountOut:
    return CountOut(found.reached, found.confirmed, found.own, found.reached - found.confirmed)
