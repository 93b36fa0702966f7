"""Who held the credit for which person's (or vendor's) which skill, from position to position.

Credit is derived (`domain.credit.CreditLine`); the spans keep every holder there ever was,
so that any cut-off can be asked as of any past position, for ever.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)

from domain.model import Evidence, PersonId, Position, Skill, TeachingId, UnitId
from infrastructure.database import derived
from infrastructure.read_models import boundaries, people, units
from infrastructure.read_models.claimed import PERSON, Holder
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import At, Day, Id, chunks
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People

_ON_PHONE: Final = text("evidence = 'ambassador-device' AND to_position IS NULL")

span: Final = Table(
    "credit_v2",
    derived,
    Column("kind", Id, primary_key=True, comment="person, vendor or family"),
    Column("subject", Id, primary_key=True, comment="canonical id at that time"),
    Column("skill", Id, primary_key=True, comment="a skill; for a vendor the means"),
    Column("from_position", At, primary_key=True, autoincrement=False),
    Column("to_position", At, comment="NULL while it lasts; the credit ended at that fact"),
    Column("teaching", Id, nullable=False, comment="or onboarding"),
    Column("ambassador", Id, nullable=False, comment="canonical id at that time"),
    Column("on", Day, nullable=False),
    Column("unit", Id, nullable=False),
    Column("able", Boolean, nullable=False),
    Column("evidence", Id, nullable=False, comment="of the answer; empty for a family"),
    Index("credit_v2_teaching", "teaching"),
    Index("credit_v2_ambassador", "kind", "ambassador", "on"),
    Index("credit_v2_phone", "unit", sqlite_where=_ON_PHONE, postgresql_where=_ON_PHONE),
    sqlite_with_rowid=False,
)


holder: Final = Table(
    "holder_v2",
    derived,
    Column("ambassador", Id, primary_key=True, comment="canonical at that time"),
    Column("province", Id, comment="of their home when they first held a credit"),
    Index("holder_v2_province", "province", "ambassador"),
    comment="everybody who ever held a credit for a person, even if no more",
)


class HolderRow(msgspec.Struct, gc=False):
    ambassador: PersonId
    province: UnitId | None


class SpanRow(msgspec.Struct, gc=False):
    kind: str
    subject: str
    skill: Skill
    from_position: int
    to_position: int | None
    teaching: TeachingId
    ambassador: PersonId
    on: str
    unit: UnitId
    able: bool
    evidence: str


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is person or vendor; `skill` the means for a vendor. `until` is None while it lasts."""

    kind: str
    subject: str
    skill: Skill
    teaching: TeachingId
    ambassador: PersonId
    on: str
    unit: UnitId
    able: bool
    evidence: str
    since: Position
    until: Position | None


def standing(at: Position | None) -> ColumnElement[bool]:
    """The condition that a span lasts now, or did when the ledger stood at a position."""
    if at is None:
        return span.c.to_position.is_(None)
    return and_(span.c.from_position <= at, or_(span.c.to_position.is_(None), span.c.to_position > at))


def of_teachings(db: Connection, teachings: Iterable[str]) -> dict[str, frozenset[Skill]]:
    """The skills for which each of these teachings (or onboardings) holds the credit now."""
    held: dict[str, set[Skill]] = {}
    for some in chunks(list(teachings)):
        query = select(span.c.teaching, span.c.skill).where(
            span.c.teaching.in_(some), span.c.to_position.is_(None)
        )
        for teaching, skill in db.execute(query):
            held.setdefault(teaching, set()).add(Skill(skill))
    return {teaching: frozenset(skills) for teaching, skills in held.items()}


def of_subjects(
    db: Connection, subjects: Iterable[str], *, kind: str = PERSON
) -> dict[tuple[str, Skill], Credit]:
    """Who holds the credit now, by canonical subject and skill."""
    return {
        (row[1], row[2]): _credit(SpanRow(*row))
        for some in chunks(list(subjects))
        for row in db.execute(
            select(span).where(span.c.kind == kind, span.c.subject.in_(some), span.c.to_position.is_(None))
        )
    }


def of_subject(
    db: Connection, subject: str, *, kind: str = PERSON, at: Position | None = None
) -> list[Credit]:
    """Who holds the credit for each skill of a person (or means of a vendor), now or as of a
    position. A person is asked for by the id that stood for them at that time."""
    query = (
        select(span)
        .where(span.c.kind == kind, span.c.subject == subject, standing(at))
        .order_by(span.c.skill)
    )
    return [_credit(SpanRow(*row)) for row in db.execute(query)]


def held_by(
    db: Connection, ambassador: PersonId, *, kind: str = PERSON, at: Position | None = None, limit: int = 1000
) -> list[Credit]:
    """The credit an ambassador holds, by day and position; for a figure that is opened down to facts."""
    holder = people.canonical(db, ambassador) if at is None else ambassador
    query = (
        select(span)
        .where(span.c.kind == kind, span.c.ambassador == holder, standing(at))
        .order_by(span.c.on, span.c.from_position, span.c.skill)
        .limit(limit)
    )
    return [_credit(SpanRow(*row)) for row in db.execute(query)]


def first_of_each(db: Connection, ambassador: PersonId, wanted: int) -> list[Credit]:
    """One credit for each of the first distinct persons of an ambassador (a canonical id), up to
    `wanted` of them, by day and position. Read a page at a time: five of 5,000 cost what five cost."""
    found: dict[str, SpanRow] = {}
    seen = 0
    while len(found) < wanted:
        page = {"holder": ambassador, "seen": seen, "page": PAGE}
        rows = [SpanRow(*row) for row in db.execute(_HELD, page)]
        for row in rows:
            found.setdefault(row.subject, row)
        if len(rows) < PAGE:
            break
        seen += PAGE
    return [_credit(row) for row in list(found.values())[:wanted]]


PAGE: Final = 64
_HELD: Final = (
    select(span)
    .where(span.c.kind == PERSON, span.c.ambassador == bindparam("holder"), standing(None))
    .order_by(span.c.on, span.c.from_position, span.c.skill)
    .limit(bindparam("page"))
    .offset(bindparam("seen"))
)


class OnPhone(msgspec.Struct, frozen=True):
    """Of the `people` of an ambassador, so many confirmed it `on_phone`: on a mentor's, and on no
    device of their own."""

    ambassador: PersonId
    people: int
    on_phone: int


FEW: Final = 3
"""Fewer than so many say nothing about anybody."""


def mostly_on_phone(db: Connection, unit: UnitId, *, limit: int = 30) -> list[OnPhone]:
    """Whose learners in a unit or below it mostly confirmed on a mentor's phone; most of them first."""
    where = units.place(db, unit)
    if where is None:
        return []
    people = func.count(span.c.subject.distinct())
    elsewhere = func.count(case((span.c.evidence != Evidence.AMBASSADOR_DEVICE, span.c.subject)).distinct())
    there = (
        select(span.c.ambassador)
        .join(units.unit, units.unit.c.unit == span.c.unit)
        .where(span.c.kind == PERSON, units.within(unit, where))
        .group_by(span.c.ambassador)
    )
    some = db.scalars(there.where(_ON_PHONE).having(people >= FEW).order_by(people.desc()).limit(1_000)).all()
    query = there.add_columns(people, elsewhere).where(standing(None), span.c.ambassador.in_(some))
    found = [OnPhone(row[0], row[1], row[1] - row[2]) for row in db.execute(query)]
    mostly = [one for one in found if 2 * one.on_phone > one.people]
    return sorted(mostly, key=lambda one: (-one.on_phone, one.ambassador))[:limit]


def on_phone(db: Connection, ambassador: PersonId) -> OnPhone:
    """The same of one ambassador, everywhere."""
    holder_ = people.canonical(db, ambassador)
    query = select(
        func.count(span.c.subject.distinct()),
        func.count(case((span.c.evidence != Evidence.AMBASSADOR_DEVICE, span.c.subject)).distinct()),
    ).where(span.c.kind == PERSON, span.c.ambassador == holder_, standing(None))
    every, elsewhere = db.execute(query).one()
    return OnPhone(holder_, every, every - elsewhere)


def _credit(row: SpanRow) -> Credit:
    return Credit(
        kind=row.kind,
        subject=row.subject,
        skill=row.skill,
        teaching=row.teaching,
        ambassador=row.ambassador,
        on=row.on,
        unit=row.unit,
        able=bool(row.able),
        evidence=row.evidence,
        since=Position(row.from_position),
        until=None if row.to_position is None else Position(row.to_position),
    )


class Spans(Model):
    name = "credit"
    version = 2
    tables = (span, holder)
    needs = (Claims,)
    facts = ()

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        copy.model(Claims).following.append(self)
        self._people = copy.model(People)
        self._units = copy.model(boundaries.Units)
        self._rows = copy.rows(span, SpanRow)
        self._holders = copy.rows(holder, HolderRow)
        self._opened: dict[tuple[str, str, Skill], SpanRow] = {}
        self._ended: list[dict[str, object]] = []

    def passed(
        self, position: int, kind: str, subject: str, skill: Skill, was: Holder | None, now: Holder | None
    ) -> None:
        key = (kind, subject, skill)
        if was is not None:
            opened = self._opened.pop(key, None)
            if opened is not None:
                opened.to_position = position
            else:
                self._ended.append({"k": kind, "s": subject, "w": skill, "p": position})
        if now is not None:
            row = self._opened[key] = SpanRow(
                *key,
                position,
                None,
                TeachingId(now.teaching),
                now.ambassador,
                now.on,
                UnitId(now.unit),
                now.able,
                now.evidence,
            )
            self._rows.put(row)
            if kind == PERSON and self._holders.get(now.ambassador) is None:
                self._note_holder(now.ambassador)

    def _note_holder(self, ambassador: PersonId) -> None:
        home = self._people.homes((ambassador,)).get(ambassador)
        province = None if home is None else self._units.place(home).province
        self._holders.put(HolderRow(ambassador, province))

    def settle(self) -> None:
        if self._ended:
            self.copy.db.execute(self._end, self._ended)
        self._opened.clear()
        self._ended.clear()

    @cached_property
    def _end(self) -> Update:
        t = self.copy.table(span)
        return (
            update(t)
            .where(
                t.c.kind == bindparam("k"),
                t.c.subject == bindparam("s"),
                t.c.skill == bindparam("w"),
                t.c.to_position.is_(None),
            )
            .values(to_position=bindparam("p"))
        )
