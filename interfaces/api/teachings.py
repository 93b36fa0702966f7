"""One teaching: where it stands, whose the credit is, and what happened to it."""

from datetime import date, datetime

import msgspec
from litestar import get

from application.actors import Actor
from application.lookups import UnknownTeaching
from application.privacy import Why
from domain.calendar import day_of
from domain.model import (
    Answer,
    Evidence,
    LessonId,
    Model,
    PersonId,
    Position,
    Role,
    Skill,
    TeachingId,
    UnitId,
)
from infrastructure.read_models import imports, people, teachings
from infrastructure.read_models.teachings import NotCounted, State, Teaching
from interfaces import reads
from interfaces.api.speaking import API, Json, WaitQuery, identifier, said
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web.limits import AnyRequest, read_query
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of


class NamedOut(msgspec.Struct, frozen=True):
    """`name` is null once the person was erased."""

    id: PersonId
    name: str | None


class CreditOut(msgspec.Struct, frozen=True):
    """Whether a skill counts for this teaching's ambassador; `why` says why it does not."""

    skill: Skill
    counted: bool
    why: NotCounted | None
    credited_to: PersonId | None
    credited_teaching: TeachingId | None


class EventOut(msgspec.Struct, frozen=True):
    """`what` is the fact's name, `detail` the answer or the reason; `evidence` says how an answer
    reached us: by a device of the learner's own, or by a weaker way, such as the mentor's phone."""

    position: Position
    at: datetime
    what: str
    detail: str | None
    evidence: Evidence | None


class TeachingOut(msgspec.Struct, frozen=True, kw_only=True):
    """`on` is the day taught, `received` the day on which the entry arrived; `evidence` is that of
    the answer that stands. `imported`: it was brought in by a list, and not entered by hand."""

    teaching: TeachingId
    lesson: LessonId
    ambassador: NamedOut
    learner: NamedOut
    unit: UnitId
    on: date
    received: date
    channel: str
    state: State
    answer: Answer | None
    evidence: Evidence | None
    to_review: bool
    imported: bool
    credit: list[CreditOut]
    history: list[EventOut]


@get(
    f"{API}/teachings/{{teaching:str}}",
    asks=WaitQuery,
    gives={200: TeachingOut},
    summary="A teaching: its state, its credit and its history",
)
async def show(request: AnyRequest) -> Json:
    house, asking = house_of(request), actor(request)
    query = read_query(request, WaitQuery)
    subject = TeachingId(identifier(request.path_params["teaching"]))
    await caught_up(house, query.position)
    with house.asking() as db:
        me = people.canonical(db, asking.person)
        unit, ambassador = teachings.whose(db, subject) or (None, None)
        own = ambassador == me
        may = own or (unit is not None and _reaches(house, asking, unit))
        found = teachings.teaching(db, subject) if may else None
        imported = imports.brought(db, subject)
    if found is None:
        raise UnknownTeaching
    return said(_teaching(house, found, Unlogged.ENTERED if own else Why.REVIEW, imported=imported))


def _reaches(house: House, asking: Actor, unit: UnitId) -> bool:
    roles = Role.ORGANIZER, Role.COMMITTEE, Role.SECRETARY, Role.AUDITOR
    return asking.reaches(unit, *roles, units=house.units, about=Model.AMBASSADORS)


def _teaching(house: House, found: Teaching, why: Why | Unlogged, *, imported: bool) -> TeachingOut:
    names = reads.names(house, [found.ambassador, found.learner], why, unit=found.unit)
    return TeachingOut(
        teaching=found.teaching,
        lesson=found.lesson,
        ambassador=NamedOut(found.ambassador, names.get(found.ambassador)),
        learner=NamedOut(found.learner, names.get(found.learner)),
        unit=found.unit,
        on=found.on,
        received=day_of(found.logged_at),
        channel=found.channel,
        state=found.state,
        answer=found.answer,
        evidence=found.evidence,
        to_review=found.to_review,
        imported=imported,
        credit=[
            CreditOut(one.skill, one.why is None, one.why, one.credited_to, one.credited_teaching)
            for one in found.skills
        ],
        history=[EventOut(one.position, one.at, one.what, one.detail, one.evidence) for one in found.history],
    )
