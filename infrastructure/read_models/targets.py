"""Targets of plans beside what is counted and what offices declared, never mixed in one number.

Each target of a unit stands with the actual figure of the unit as it was: of today's, or of a
province of before 1/7/2025 that went into it, where those are loaded. What the ledger counts
(basic digital skills: distinct persons who said that they are able themselves in at least one
skill) is counted; everything else is the latest that was declared.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Integer, Select, Table, Text, select, true

from application.targets import unit_before
from domain.calendar import day_of
from domain.model import Fact, Group, Position, UnitId
from domain.targets import (
    Comparator,
    FigureDeclared,
    Indicator,
    Reason,
    Target,
    TargetFollowed,
    TargetGroup,
    TargetSet,
    followed,
)
from infrastructure.database import derived
from infrastructure.read_models import boundaries, figures, units
from infrastructure.read_models.columns import At, Id, age, chunks, micros, share
from infrastructure.read_models.declared import DeclaredRow, Latest, declared, history, holding
from infrastructure.read_models.figures import GroupFigures
from infrastructure.read_models.model import Copy, Model


def _asked() -> tuple[Column[Any], ...]:
    """What is asked for, by which document, and what that says."""
    return (
        Column("unit", Id, primary_key=True),
        Column("then", Text, primary_key=True, comment="the unit as it was"),
        Column("year", Integer, primary_key=True, autoincrement=False),
        Column("group", Id, primary_key=True),
        Column("indicator", Id, primary_key=True),
        Column("source", Text, primary_key=True),
        Column("then_code", Id, comment="of before 1/7/2025, where it was a part of the unit"),
        Column("comparator", Id, nullable=False),
        Column("percent", Integer, nullable=False),
        Column("numerator", Integer),
        Column("denominator", Integer),
        Column("base_date", Id),
        Column("note", Text),
        Column("position", At, nullable=False, comment="where the document was first heard of"),
    )


target: Final = Table(
    "target_v2",
    derived,
    *_asked(),
    Column("said", At, nullable=False, comment="the position since which it is said so"),
)

corrected: Final = Table(
    "target_corrected_v1",
    derived,
    *_asked(),
    Column("said", At, primary_key=True, autoincrement=False),
    Column("until", At, nullable=False, comment="the position of its correction"),
    comment="what a document was understood to ask for, until it was corrected",
)

choice: Final = Table(
    "target_choice_v2",
    derived,
    Column("unit", Id, primary_key=True),
    Column("then", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("group", Id, primary_key=True),
    Column("indicator", Id, primary_key=True),
    Column("position", At, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("reason", Id, nullable=False),
    comment="which of several documents is followed: the last said holds",
)


class TargetRow(msgspec.Struct, gc=False):
    unit: UnitId
    then: str
    year: int
    group: str
    indicator: str
    source: str
    then_code: str | None
    comparator: str
    percent: int
    numerator: int | None
    denominator: int | None
    base_date: str | None
    note: str | None
    position: int
    said: int


class CorrectedRow(TargetRow):
    until: int


class ChoiceRow(msgspec.Struct, gc=False):
    unit: UnitId
    then: str
    year: int
    group: str
    indicator: str
    position: int
    source: str
    reason: str


class Known(StrEnum):
    """Where an actual figure comes from."""

    COUNTED = "counted"
    DECLARED = "declared"
    UNDECLARED = "undeclared"  # no office has said yet
    OLD_UNITS_UNKNOWN = "old-units-unknown"  # the reform was not loaded


class Whole(msgspec.Struct, frozen=True):
    """How many a group counts: `as_of` a year, a month or a day, by a document; `declared` here, or
    printed in a plan."""

    value: int
    as_of: str | None
    document: str
    declared: bool


class Against(msgspec.Struct, frozen=True, kw_only=True):
    """A target and the actual figure. `of` is the unit whose figure it is, None where it is not
    known here; `share` is between 0 and 1, None without a whole. `followed` is None where documents
    contradict each other and nobody decided; `others` are their sources."""

    target: Target
    of: UnitId | None
    known: Known
    actual: int | None
    as_of: date | None
    document: str | None
    whole: Whole | None
    share: float | None
    followed: bool | None
    reason: Reason | None
    others: tuple[str, ...]

    @property
    def needed(self) -> int | None:
        """How many people the target asks for, at least; None without a whole."""
        if self.whole is None:
            return None
        exact = self.whole.value * self.target.percent
        if self.target.comparator is Comparator.MORE_THAN:
            return exact // 100 + 1
        return -(-exact // 100)

    @property
    def missing(self) -> int | None:
        """How many people are still missing; None where that cannot be said."""
        if self.needed is None or self.actual is None:
            return None
        return max(0, self.needed - self.actual)


def against(
    db: Connection,
    wanted: Sequence[UnitId] | None,
    year: int | None = None,
    *,
    at: Position | None = None,
    until: date | None = None,
) -> list[Against]:
    """The targets of these units (of all: None), each with its actual figure: as in the lists they
    came from, in the order in which they were heard of. With `at`, as was said when the ledger stood at
    that position, and with `until` by what was declared of the days up to that one; what is counted is
    of now even then."""
    targets = _targets(db, wanted, at)
    chosen = {(c.unit, c.then, c.year, c.group, c.indicator): c for c in _choices(db, targets, at)}
    of = _whose(db, targets, at)
    asked = list(dict.fromkeys(one for one in of.values() if one))
    counted = figures.by_group(db, asked) if asked else {}
    said = holding(one for one in history(db, asked, at=at) if until is None or one.as_of <= until)
    read = age(db)
    counted_on = day_of(read.at) if read.at else None
    found = []
    for one in targets:
        if year not in (None, one.year):
            continue
        alike = [other for other in targets if other.asks == one.asks]
        choice_row = chosen.get((one.unit, one.then, one.year, one.group.value, one.indicator.value))
        follow = followed(alike, choice_row.source if choice_row else None)
        where = of[one.unit, one.then_code]
        known, actual, as_of, document = _actual(one, where, counted, said, counted_on)
        whole = _whole(one, where, said, targets)
        found.append(
            Against(
                target=one,
                of=where,
                known=known,
                actual=actual,
                as_of=as_of,
                document=document,
                whole=whole,
                share=share(actual, whole.value) if whole and actual is not None else None,
                followed=None if follow is None else follow == one,
                reason=Reason(choice_row.reason) if choice_row else None,
                others=tuple(other.source for other in alike if other != one),
            )
        )
    return found


def _actual(
    one: Target,
    where: UnitId | None,
    counted: dict[tuple[UnitId, Group | None], GroupFigures],
    said: Latest,
    counted_on: date | None,
) -> tuple[Known, int | None, date | None, str | None]:
    if where is None:
        return Known.OLD_UNITS_UNKNOWN, None, None, None
    if one.indicator.counted:
        here = counted.get((where, one.group.counted_as))
        return Known.COUNTED, here.able if here else 0, counted_on, None
    latest = said.get((where, one.group, one.indicator))
    if latest is None:
        return Known.UNDECLARED, None, None, None
    return Known.DECLARED, latest.value, latest.as_of, latest.document


def _whole(one: Target, where: UnitId | None, said: Latest, targets: Iterable[Target]) -> Whole | None:
    """What was declared latest; else what a plan prints for that group, the latest base date first."""
    if where is not None and (declared_ := said.get((where, one.group, None))):
        return Whole(declared_.value, declared_.as_of.isoformat(), declared_.document, declared=True)
    if one.denominator is not None:
        return Whole(one.denominator, one.base_date, one.source, declared=False)
    printed = [
        other
        for other in targets
        if (other.unit, other.then, other.group) == (one.unit, one.then, one.group)
        and other.denominator is not None
    ]
    if not printed:
        return None
    latest = max(printed, key=lambda other: (other.base_date or "", other.source))
    return Whole(latest.denominator or 0, latest.base_date, latest.source, declared=False)


def units_asked(db: Connection) -> frozenset[UnitId]:
    """The units of which any document asks something."""
    return frozenset(db.scalars(select(target.c.unit).distinct()))


def _targets(db: Connection, wanted: Sequence[UnitId] | None, at: Position | None) -> list[Target]:
    rows: list[TargetRow] = []
    for some in [None] if wanted is None else chunks(list(wanted)):
        rows += [TargetRow(*row) for row in db.execute(_of_units(target, some, at))]
        if at is not None:
            then = _of_units(corrected, some, at).where(corrected.c.until > at)
            rows += [CorrectedRow(*row) for row in db.execute(then)]
    return [_read(row) for row in sorted(rows, key=lambda row: (row.position, row.source))]


def _of_units(table: Table, some: list[UnitId] | None, at: Position | None) -> Select[Any]:
    query = select(table)
    if some is not None:
        query = query.where(table.c.unit.in_(some))
    return query if at is None else query.where(table.c.said <= at)


def _read(row: TargetRow) -> Target:
    return Target(
        source=row.source,
        unit=row.unit,
        then=row.then,
        then_code=row.then_code,
        year=row.year,
        group=TargetGroup(row.group),
        indicator=Indicator(row.indicator),
        comparator=Comparator(row.comparator),
        percent=row.percent,
        numerator=row.numerator,
        denominator=row.denominator,
        base_date=row.base_date,
        note=row.note,
    )


def _choices(db: Connection, targets: Iterable[Target], at: Position | None) -> list[ChoiceRow]:
    """The last said comes last."""
    of = list(dict.fromkeys(one.unit for one in targets))
    return [
        ChoiceRow(*row)
        for some in chunks(of)
        for row in db.execute(
            select(choice)
            .where(choice.c.unit.in_(some), choice.c.position <= at if at is not None else true())
            .order_by(choice.c.position)
        )
    ]


def _whose(
    db: Connection, targets: Iterable[Target], at: Position | None
) -> dict[tuple[UnitId, str | None], UnitId | None]:
    """By unit and old code, the unit whose figures a target is held against."""
    found: dict[tuple[UnitId, str | None], UnitId | None] = {}
    for one in targets:
        key = one.unit, one.then_code
        if key not in found:
            of = one.unit if one.then_code is None else unit_before(one.then_code)
            found[key] = of if of == one.unit or _was_known(db, of, at) else None
    return found


def _was_known(db: Connection, unit: UnitId, at: Position | None) -> bool:
    return bool(units.place(db, unit) if at is None else boundaries.known_by(db, [unit], at))


class Targets(Model):
    name = "targets"
    version = 2
    tables = (target, corrected, choice, declared)
    facts = (TargetSet, TargetFollowed, FigureDeclared)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._targets = copy.rows(target, TargetRow)
        self._corrected = copy.rows(corrected, CorrectedRow, kept=0)
        self._choices = copy.rows(choice, ChoiceRow)
        self._declared = copy.rows(declared, DeclaredRow)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TargetSet(target=one):
                self._set(position, one)
            case TargetFollowed(asked=asked):
                self._choices.put(
                    ChoiceRow(
                        asked.unit,
                        asked.then,
                        asked.year,
                        asked.group.value,
                        asked.indicator.value,
                        position,
                        fact.source,
                        fact.reason.value,
                    )
                )
            case FigureDeclared():
                self._declare(position, fact)

    def _set(self, position: int, one: Target) -> None:
        key = one.unit, one.then, one.year, one.group.value, one.indicator.value, one.source
        known = self._targets.get(key)
        if known is not None:
            self._corrected.put(CorrectedRow(**msgspec.structs.asdict(known), until=position))
        self._targets.put(
            TargetRow(
                *key,
                one.then_code,
                one.comparator.value,
                one.percent,
                one.numerator,
                one.denominator,
                one.base_date,
                one.note,
                known.position if known else position,
                position,
            )
        )

    def _declare(self, position: int, fact: FigureDeclared) -> None:
        self._declared.put(
            DeclaredRow(
                Position(position),
                fact.unit,
                fact.group.value,
                fact.indicator.value if fact.indicator else "",
                fact.as_of.isoformat(),
                fact.value,
                fact.document,
                fact.by,
                micros(fact.at),
            )
        )
