"""Every teaching: claimed, confirmed, denied or voided; what of it counts, and if not, why."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Row,
    Select,
    Table,
    Text,
    TextClause,
    func,
    select,
    text,
)

from domain.model import Answer, Evidence, LessonId, PersonId, Position, Skill, TeachingId, UnitId
from infrastructure.database import derived
from infrastructure.read_models import credit, people, units
from infrastructure.read_models.columns import At, Day, Id, moment

_TO_REVIEW: Final = text("review")
_ON_PHONE: Final = text("evidence = 'ambassador-device' AND state = 'confirmed'")

teaching_row: Final = Table(
    "teaching_v3",
    derived,
    Column("teaching", Id, primary_key=True),
    Column("lesson", Id, nullable=False),
    Column("ambassador", Id, nullable=False, comment="the id under which it was logged"),
    Column("learner", Id, nullable=False, comment="the id under which it was logged"),
    Column("skills", Text, nullable=False, comment="JSON"),
    Column("unit", Id, nullable=False),
    Column("province", Id, comment="in which the unit lies"),
    Column("commune", Id),
    Column("on", Day, nullable=False),
    Column("channel", Id, nullable=False),
    Column("state", Id, nullable=False),
    Column("answer", Id),
    Column("evidence", Id, comment="how the answer that stands reached us"),
    Column("review", Boolean, nullable=False, comment="denied after it was confirmed"),
    Column("logged", At, nullable=False, comment="position"),
    Column("logged_at", At, nullable=False, comment="microseconds since 1970"),
    Column(
        "history", Text, nullable=False, comment="JSON: [position, microseconds, what, detail, by, evidence]"
    ),
    Index("teaching_v3_ambassador", "ambassador", "logged"),
    Index("teaching_v3_waiting", "ambassador", "state", "logged"),
    Index("teaching_v3_learner", "learner"),
    Index("teaching_v3_lesson", "lesson"),
    # Descended from the latest entry on; with `state`, so that a filter is weighed within the index.
    Index("teaching_v3_logged", "logged", "state"),
    Index("teaching_v3_province", "province", "logged", "state"),
    Index("teaching_v3_commune", "commune", "logged", "state"),
    Index("teaching_v3_phone", "unit", "logged", sqlite_where=_ON_PHONE, postgresql_where=_ON_PHONE),
    Index("teaching_v3_review", "unit", "logged", sqlite_where=_TO_REVIEW, postgresql_where=_TO_REVIEW),
)


class State(StrEnum):
    CLAIMED = "claimed"  # logged, not yet answered
    CONFIRMED = "confirmed"
    DENIED = "denied"
    VOIDED = "voided"


class NotCounted(StrEnum):
    """Why one skill of a teaching does not count for its ambassador."""

    UNANSWERED = "unanswered"
    DENIED = "denied"
    VOIDED = "voided"
    PRACTICE = "practice"  # ôn lại: an earlier teaching of the same ambassador holds the credit
    CREDITED_TO_ANOTHER = "credited-to-another"
    OWN_LEARNING = "own-learning"  # ambassador and learner turned out to be one person


class TeachingRow(msgspec.Struct, gc=False):
    teaching: TeachingId
    lesson: LessonId
    ambassador: PersonId
    learner: PersonId
    skills: str
    unit: UnitId
    province: UnitId | None
    commune: UnitId | None
    on: str
    channel: str
    state: str
    answer: str | None
    evidence: str | None
    review: bool
    logged: int
    logged_at: int
    history: str


class Event(msgspec.Struct, frozen=True):
    """What happened to a teaching: `what` is the fact's name, `detail` its answer or reason;
    `evidence` is how an answer reached us, None of anything else."""

    position: Position
    at: datetime
    what: str
    detail: str | None
    by: str
    evidence: Evidence | None = None


class SkillCredit(msgspec.Struct, frozen=True):
    """Whether one skill of a teaching counts for its ambassador (`why` is then None), and for
    whom the credit for this person's skill stands, if for anybody."""

    skill: Skill
    why: NotCounted | None
    credited_to: PersonId | None
    credited_teaching: TeachingId | None


class Teaching(msgspec.Struct, frozen=True, kw_only=True):
    """`ambassador` and `learner` are the ids that stand for them today."""

    teaching: TeachingId
    lesson: LessonId
    ambassador: PersonId
    learner: PersonId
    unit: UnitId
    on: date
    channel: str
    state: State
    answer: Answer | None
    evidence: Evidence | None
    to_review: bool
    skills: tuple[SkillCredit, ...]
    logged: Position
    logged_at: datetime
    history: tuple[Event, ...]

    @property
    def counts(self) -> bool:
        return any(one.why is None for one in self.skills)


class RecentLearner(msgspec.Struct, frozen=True):
    learner: PersonId
    unit: UnitId
    last_on: date


def whose(db: Connection, ref: TeachingId) -> tuple[UnitId, PersonId] | None:
    """The unit it lies in and who logged it: what decides who may see more."""
    found = db.execute(
        select(teaching_row.c.unit, teaching_row.c.ambassador).where(teaching_row.c.teaching == ref)
    ).first()
    return None if found is None else (UnitId(found[0]), PersonId(found[1]))


def teaching(db: Connection, ref: TeachingId) -> Teaching | None:
    found = _teachings(db, db.execute(select(teaching_row).where(teaching_row.c.teaching == ref)).all())
    return found[0] if found else None


def of_lesson(db: Connection, lesson: LessonId) -> list[Teaching]:
    query = select(teaching_row).where(teaching_row.c.lesson == lesson).order_by(teaching_row.c.logged)
    return _teachings(db, db.execute(query).all())


def of_learner(db: Connection, person: PersonId) -> list[Teaching]:
    """All teachings of a person under any of their ids, in the order they were logged."""
    ids = people.aliases(db, person)
    query = select(teaching_row).where(teaching_row.c.learner.in_(ids)).order_by(teaching_row.c.logged)
    return _teachings(db, db.execute(query).all())


def claims(db: Connection, person: PersonId, skill: Skill) -> list[Teaching]:
    """The standing confirmations of one person's one skill: what a ruling decides between."""
    found = of_learner(db, person)
    return [one for one in found if one.state is State.CONFIRMED and skill in {s.skill for s in one.skills}]


Only = Literal["waiting", "not-counted"]


def mine(
    db: Connection,
    ambassador: PersonId,
    *,
    limit: int = 50,
    before: Position | None = None,
    only: Only | None = None,
) -> list[Teaching]:
    """An ambassador's entries, latest first; `before` is the `logged` of the last one seen."""
    found: list[Teaching] = []
    while len(found) < limit:
        rows = _of_ambassador(db, ambassador, limit, before, waiting=only == "waiting")
        read = _teachings(db, rows)
        found += [one for one in read if only != "not-counted" or not one.counts]
        if len(rows) < limit:
            break
        before = Position(rows[-1].logged)
    return found[:limit]


def waiting(db: Connection, ambassador: PersonId) -> int:
    """How many of an ambassador's entries nobody has answered yet."""
    ids = people.aliases(db, ambassador)
    where = teaching_row.c.ambassador.in_(ids), teaching_row.c.state == State.CLAIMED.value
    return db.scalar(select(func.count()).select_from(teaching_row).where(*where)) or 0


def recent_learners(db: Connection, ambassador: PersonId, limit: int = 30) -> list[RecentLearner]:
    """Whom an ambassador taught last, each person once, latest first (of the last 300 entries)."""
    rows = _of_ambassador(db, ambassador, 300, None, waiting=False)
    now = people.several(db, [row.learner for row in rows])
    found: dict[PersonId, RecentLearner] = {}
    for row in rows:
        known = now.get(row.learner)
        if known is not None and not known.erased and row.state != State.VOIDED:
            found.setdefault(known.id, RecentLearner(known.id, row.unit, date.fromisoformat(row.on)))
    return list(found.values())[:limit]


def last_place(db: Connection, ambassador: PersonId) -> UnitId | None:
    """Where an ambassador's last lesson was."""
    rows = _of_ambassador(db, ambassador, 1, None, waiting=False)
    return UnitId(rows[0].unit) if rows else None


def taught_in(db: Connection, unit: UnitId, limit: int = 60) -> list[PersonId]:
    """Who was taught in a unit or below it, the latest first (of its last 600 entries that stand),
    by the ids under which they were logged."""
    where = units.place(db, unit)
    if where is None:
        return []
    query = _latest(unit, where, None, None).with_only_columns(teaching_row.c.learner)
    query = query.where(teaching_row.c.state != State.VOIDED.value).limit(600)
    return [PersonId(one) for one in dict.fromkeys(db.scalars(query))][:limit]


def to_review(
    db: Connection, unit: UnitId, *, limit: int = 50, before: Position | None = None
) -> list[Teaching]:
    """Teachings in a unit or below it that were denied after they had been confirmed."""
    return _picked(db, unit, _TO_REVIEW, limit, before)


def on_mentors_phones(
    db: Connection, unit: UnitId, *, limit: int = 50, before: Position | None = None
) -> list[Teaching]:
    """Teachings in a unit or below it that stand confirmed on a mentor's phone, latest first."""
    return _picked(db, unit, _ON_PHONE, limit, before)


def _picked(
    db: Connection, unit: UnitId, which: TextClause, limit: int, before: Position | None
) -> list[Teaching]:
    where = units.place(db, unit)
    if where is None:
        return []
    query = (
        select(teaching_row)
        .join(units.unit, units.unit.c.unit == teaching_row.c.unit)
        .where(which, units.within(unit, where))
        .order_by(teaching_row.c.logged.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(teaching_row.c.logged < before)
    return _teachings(db, db.execute(query).all())


def in_unit(
    db: Connection,
    unit: UnitId,
    *,
    limit: int = 50,
    before: Position | None = None,
    state: State | None = None,
) -> list[Teaching]:
    """The teachings in a unit or below it, latest first, all or those of one state; `before` is the
    `logged` of the last one seen."""
    where = units.place(db, unit)
    if where is None:
        return []
    return _teachings(db, db.execute(_latest(unit, where, before, state).limit(limit)).all())


def _latest(
    unit: UnitId, where: units.Place, before: Position | None, state: State | None
) -> Select[*tuple[object, ...]]:
    query = select(teaching_row).where(*_within(unit, where)).order_by(teaching_row.c.logged.desc())
    if before is not None:
        query = query.where(teaching_row.c.logged < before)
    if state is not None:
        query = query.where(teaching_row.c.state == state.value)
    return query


def _within(unit: UnitId, where: units.Place) -> list[ColumnElement[bool]]:
    """As `units.within`, on the columns of a teaching itself: an index has them in the order of time."""
    match where.level:
        case "country":
            return []
        case "province":
            return [teaching_row.c.province == unit]
        case "commune":
            return [teaching_row.c.commune == unit]
        case _:
            return [teaching_row.c.commune == where.commune, teaching_row.c.unit == unit]


def _of_ambassador(
    db: Connection, ambassador: PersonId, limit: int, before: Position | None, *, waiting: bool
) -> Sequence[Row[*tuple[object, ...]]]:
    query = (
        select(teaching_row)
        .where(teaching_row.c.ambassador.in_(people.aliases(db, ambassador)))
        .order_by(teaching_row.c.logged.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(teaching_row.c.logged < before)
    if waiting:
        query = query.where(teaching_row.c.state == State.CLAIMED.value)
    return db.execute(query).all()


def _teachings(db: Connection, found: Sequence[Row[*tuple[object, ...]]]) -> list[Teaching]:
    rows = [TeachingRow(*row) for row in found]  # type: ignore[arg-type]
    ids = [ref for row in rows for ref in (row.ambassador, row.learner)]
    now = {ref: person.id for ref, person in people.several(db, ids).items()}
    holders = credit.of_subjects(db, {now.get(row.learner, row.learner) for row in rows})
    return [_teaching(row, now, holders) for row in rows]


def _teaching(
    row: TeachingRow, now: dict[PersonId, PersonId], holders: dict[tuple[str, Skill], credit.Credit]
) -> Teaching:
    ambassador, learner = now.get(row.ambassador, row.ambassador), now.get(row.learner, row.learner)
    skills = msgspec.json.decode(row.skills, type=tuple[Skill, ...])
    return Teaching(
        teaching=row.teaching,
        lesson=row.lesson,
        ambassador=ambassador,
        learner=learner,
        unit=row.unit,
        on=date.fromisoformat(row.on),
        channel=row.channel,
        state=State(row.state),
        answer=Answer(row.answer) if row.answer else None,
        evidence=Evidence(row.evidence) if row.evidence else None,
        to_review=bool(row.review),
        skills=tuple(
            _counted(row, ambassador, learner, skill, holders.get((learner, skill))) for skill in skills
        ),
        logged=Position(row.logged),
        logged_at=moment(row.logged_at),
        history=tuple(
            Event(Position(position), moment(at), what, detail, by, evidence and Evidence(evidence))
            for position, at, what, detail, by, evidence in msgspec.json.decode(row.history)
        ),
    )


def _counted(
    row: TeachingRow, ambassador: PersonId, learner: PersonId, skill: Skill, holder: credit.Credit | None
) -> SkillCredit:
    why: NotCounted | None
    match State(row.state):
        case State.CLAIMED:
            why = NotCounted.UNANSWERED
        case State.DENIED:
            why = NotCounted.DENIED
        case State.VOIDED:
            why = NotCounted.VOIDED
        case State.CONFIRMED if ambassador == learner:
            why = NotCounted.OWN_LEARNING
        case State.CONFIRMED if holder is None or holder.teaching == row.teaching:
            why = None
        case _ if holder.ambassador == ambassador:
            why = NotCounted.PRACTICE
        case _:
            why = NotCounted.CREDITED_TO_ANOTHER
    return SkillCredit(
        skill=skill,
        why=why,
        credited_to=holder.ambassador if holder else None,
        credited_teaching=holder.teaching if holder else None,
    )
