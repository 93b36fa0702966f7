"""Classes that check themselves in: which learners wait for a witness, and who shared one phone."""

from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, func, select

from domain.classes import ClassOpened
from domain.model import Evidence, Fact, LessonId, PersonId, Position, TeachingId, UnitId
from domain.teaching import TeachingAnswered
from infrastructure.database import derived
from infrastructure.read_models import teachings, units
from infrastructure.read_models.columns import At, Day, Id, micros, moment
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.teachings import State, Teaching, teaching_row

class_row: Final = Table(
    "class_v1",
    derived,
    Column("lesson", Id, primary_key=True),
    Column("ambassador", Id, nullable=False, comment="the id under which it was opened"),
    Column("unit", Id, nullable=False),
    Column("on", Day, nullable=False),
    Column("opened", At, nullable=False, comment="microseconds since 1970"),
    Index("class_v1_unit", "unit", "opened"),
)

shared: Final = Table(
    "class_shared_v1",
    derived,
    Column("teaching", Id, primary_key=True),
    Column("answered", At, nullable=False, comment="position of the latest answer on a shared phone"),
    comment="answers given on a phone on which many others of the class had checked in before",
)


class ClassRow(msgspec.Struct, gc=False):
    lesson: LessonId
    ambassador: PersonId
    unit: UnitId
    on: str
    opened: int


class SharedRow(msgspec.Struct, gc=False):
    teaching: TeachingId
    answered: int


class WaitingClass(msgspec.Struct, frozen=True, kw_only=True):
    """A class in which `waiting` learners without a phone were not answered for yet."""

    lesson: LessonId
    ambassador: PersonId
    unit: UnitId
    on: date
    opened: datetime
    waiting: int


def to_witness(db: Connection, unit: UnitId, limit: int = 30) -> list[WaitingClass]:
    """The classes in a unit or below it that wait for a witness, latest first."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(class_row, func.count())
        .join(teaching_row, teaching_row.c.lesson == class_row.c.lesson)
        .join(units.unit, units.unit.c.unit == class_row.c.unit)
        .where(teaching_row.c.state == State.CLAIMED.value, units.within(unit, where))
        .group_by(*class_row.c)
        .order_by(class_row.c.opened.desc(), class_row.c.lesson)
        .limit(limit)
    )
    return [
        WaitingClass(
            lesson=LessonId(lesson),
            ambassador=PersonId(ambassador),
            unit=UnitId(place),
            on=date.fromisoformat(on),
            opened=moment(opened),
            waiting=waiting,
        )
        for lesson, ambassador, place, on, opened, waiting in db.execute(query)
    ]


def on_shared_phones(
    db: Connection, unit: UnitId, *, limit: int = 50, before: Position | None = None
) -> list[Teaching]:
    """Teachings in a unit or below it whose answer stands and came by a phone that many used; latest
    first, `before` as in `teachings.in_unit`."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(teaching_row, shared.c.answered)
        .join(shared, shared.c.teaching == teaching_row.c.teaching)
        .join(units.unit, units.unit.c.unit == teaching_row.c.unit)
        .where(teaching_row.c.state != State.VOIDED.value, units.within(unit, where))
        .order_by(teaching_row.c.logged.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(teaching_row.c.logged < before)
    answered = {row.teaching: row.answered for row in db.execute(query)}
    found = [one for ref in answered if (one := teachings.teaching(db, ref)) is not None]
    return [one for one in found if _last_answer(one) == answered[one.teaching]]


def _last_answer(one: Teaching) -> Position | None:
    return next((event.position for event in one.history[::-1] if event.what == TeachingAnswered.NAME), None)


_SHARED: Final = Evidence.SHARED_DEVICE


class Classes(Model):
    name = "classes"
    tables = (class_row, shared)
    facts = (ClassOpened, TeachingAnswered)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._classes = copy.rows(class_row, ClassRow)
        self._shared = copy.rows(shared, SharedRow)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case ClassOpened():
                opened = micros(fact.at)
                row = ClassRow(fact.lesson, fact.ambassador, fact.unit, fact.on.isoformat(), opened)
                self._classes.put(row)
            case TeachingAnswered() if fact.evidence is _SHARED:
                self._shared.put(SharedRow(fact.teaching, position))
