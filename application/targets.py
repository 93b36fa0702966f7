"""Targets of plans, loaded from lists or set by hand; and the figures that offices declare."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted
from application.forms.targets import AskedForm, FigureForm, FollowForm, TargetForm
from application.ports import Ground, Unit
from application.reforms import BEFORE
from application.territory import unit_id
from domain.model import Decision, Position, Refused, Role, UnitId
from domain.targets import (
    Asked,
    BadFigure,
    BadTarget,
    Comparator,
    DeclareFigure,
    FollowTarget,
    Indicator,
    SetTargets,
    Target,
    TargetGroup,
    TargetTwice,
    check,
)

T = TypeVar("T", bound=TargetGroup | Indicator | Comparator)

COLUMNS: Final = (
    "source",
    "province_then",
    "province_now_code",
    "year",
    "group",
    "indicator",
    "comparator",
    "percent",
    "numerator",
    "denominator",
    "base_date",
    "note",
)
"""Of a list of targets; groups and indicators are written with underscores there."""

DECLARING: Final = (Role.ORGANIZER, Role.ADMINISTRATOR)


class Part(Protocol):
    """A province of before 1/7/2025 of which communes went into a unit of today: `communes` of the
    `of` communes of that unit hold some of it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def communes(self) -> int: ...
    @property
    def of(self) -> int: ...


Parts = Callable[[str], Sequence[Part]]
"""By the code of a unit of today, the provinces that it came from."""


class Row(msgspec.Struct, frozen=True):
    """A row of a list: its cells by column, None where there are not as many as columns."""

    line: int
    cells: Mapping[str, str] | None


class Fault(msgspec.Struct, frozen=True):
    """What is wrong in a line; `written` is the cell as it stands there."""

    line: int
    column: str
    written: str
    refused: Refused


class BadRows(Exception):
    """Nothing of the list was recorded: these rows cannot be targets."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} rows are not targets")
        self.faults = faults


class Loaded(msgspec.Struct, frozen=True):
    """How many targets a list holds, and how many of them are new or corrected."""

    rows: int
    recorded: int
    position: Position


class Recorded(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position
    again: bool


async def load(ground: Ground, actor: Actor, rows: Sequence[Row], parts: Parts) -> Loaded:
    """All targets of a list, or none. The same list again changes nothing.

    Raises `BadRows`, `NotAllowed`, `OutOfScope`."""
    targets = read(ground, rows, parts)
    for unit in dict.fromkeys(target.unit for target in targets):
        actor.unit(unit, *DECLARING, units=ground.units)
    receipt = await decided(ground.ledger, lambda _: Plan(SetTargets(targets=targets, by=actor.by)))
    return Loaded(rows=len(targets), recorded=len(receipt.facts), position=receipt.position)


def read(ground: Ground, rows: Sequence[Row], parts: Parts) -> tuple[Target, ...]:
    """The targets of a list. Raises `BadRows`, with every bad one."""
    targets: list[Target] = []
    faults: list[Fault] = []
    said: set[tuple[str, Asked]] = set()
    for row in rows:
        cells = row.cells or {}
        try:
            target = _target(ground, row.cells, parts)
            if (target.source, target.asks) in said:
                raise TargetTwice(field="source")
        except Refused as refused:
            column = _COLUMN.get(str(refused.details.get("field")), str(refused.details.get("field")))
            faults.append(Fault(row.line, column, cells.get(column, ""), refused))
        else:
            said.add((target.source, target.asks))
            targets.append(target)
    if faults:
        raise BadRows(faults)
    return tuple(targets)


_COLUMN: Final = {"unit": "province_now_code", "then": "province_then"}


def _target(ground: Ground, cells: Mapping[str, str] | None, parts: Parts) -> Target:
    if cells is None:
        raise BadTarget(field="source", why="columns")
    unit = ground.units.find(cells["province_now_code"])
    if unit is None or unit.code != cells["province_now_code"]:
        raise BadTarget(field="unit", why="unit")
    then, then_code = _then(unit, cells["province_then"], parts)
    target = Target(
        source=cells["source"],
        unit=unit.id,
        then=then,
        then_code=then_code,
        year=_number(cells, "year"),
        group=_one_of(TargetGroup, cells["group"], "group"),
        indicator=_one_of(Indicator, cells["indicator"], "indicator"),
        comparator=_one_of(Comparator, cells["comparator"], "comparator"),
        percent=_number(cells, "percent"),
        numerator=_number(cells, "numerator") if cells["numerator"] else None,
        denominator=_number(cells, "denominator") if cells["denominator"] else None,
        base_date=cells["base_date"] or None,
        note=cells["note"] or None,
    )
    check(target)
    return target


def _then(unit: Unit, name: str, parts: Parts) -> tuple[str, str | None]:
    """The unit as it was: by the name of a province whose communes went into it, or by that of today
    in full ("Gia Lai" was one of the two that "Tỉnh Gia Lai" came from). Its code then, where it was
    only a part of the unit of today."""
    came_from = parts(unit.code) if unit.code else ()
    for part in came_from:
        if part.name == name:
            return name, None if len(came_from) == 1 else part.code
    if name in (unit.name, _bare(unit.name)):
        return name, None
    raise BadTarget(field="then", why="then")


def _bare(name: str) -> str:
    """The name of a province without what it is."""
    return name.removeprefix("Thành phố ").removeprefix("Tỉnh ")


def _number(cells: Mapping[str, str], column: str) -> int:
    text = cells[column]
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 16):
        raise BadTarget(field=column, why=column)
    return int(text)


def _one_of(kind: type[T], text: str, field: str, refused: type[Refused] = BadTarget) -> T:
    try:
        return kind(text.replace("_", "-"))
    except ValueError:
        raise refused(field=field, why=field) from None


async def set_target(ground: Ground, actor: Actor, form: TargetForm, parts: Parts) -> Recorded:
    """What a document asks of a unit; said again by the same document, it is a correction.

    Raises `NotAllowed`, `OutOfScope`, `BadTarget`."""

    def decision(unit: Unit) -> Decision:
        if unit.ended is not None:
            raise BadTarget(field="unit", why="ended")
        then, then_code = _then(unit, form.then or unit.name, parts)
        target = Target(
            source=form.source.strip(),
            unit=unit.id,
            then=then,
            then_code=then_code,
            year=form.year,
            group=_one_of(TargetGroup, form.group, "group"),
            indicator=_one_of(Indicator, form.indicator, "indicator"),
            comparator=form.comparator,
            percent=form.percent,
            numerator=form.numerator,
            denominator=form.denominator,
            base_date=form.base_date,
        )
        return SetTargets(targets=(target,), by=actor.by)

    return await _recorded(ground, actor, form, decision)


async def follow(ground: Ground, actor: Actor, form: FollowForm, parts: Parts) -> Recorded:
    """Of several documents that ask for something, one is followed.

    Raises `NotAllowed`, `OutOfScope`, `BadTarget`, `NoSuchTarget`."""

    def decision(unit: Unit) -> Decision:
        then, _ = _then(unit, form.then or unit.name, parts)
        asked = Asked(
            unit=unit.id,
            then=then,
            year=form.year,
            group=_one_of(TargetGroup, form.group, "group"),
            indicator=_one_of(Indicator, form.indicator, "indicator"),
        )
        return FollowTarget(asked=asked, source=form.source.strip(), reason=form.reason, by=actor.by)

    return await _recorded(ground, actor, form, decision)


async def declare(ground: Ground, actor: Actor, form: FigureForm, parts: Parts) -> Recorded:
    """How many there were on a day, as an office says; of the same day again, it is a correction.

    Of a province of before 1/7/2025 it is declared of that (`OutOfScope` where those units are not
    loaded). Raises `NotAllowed`, `OutOfScope`, `BadFigure`, `BadTarget`."""

    def decision(unit: Unit) -> Decision:
        _, then_code = _then(unit, form.then or unit.name, parts)
        indicator = form.indicator and _one_of(Indicator, form.indicator, "indicator", BadFigure)
        of = unit if then_code is None else ground.units.find(unit_before(then_code))
        if of is None:
            raise BadTarget(field="then", why="unknown-then")
        return DeclareFigure(
            unit=of.id,
            group=_one_of(TargetGroup, form.group, "group"),
            indicator=indicator or None,
            as_of=form.as_of,
            value=form.value,
            document=form.document,
            by=actor.by,
        )

    return await _recorded(ground, actor, form, decision)


def unit_before(code: str) -> UnitId:
    """The id of a unit of before 1/7/2025, as `lantoa territory reform` establishes it."""
    return unit_id(code, BEFORE)


async def _recorded(
    ground: Ground, actor: Actor, form: AskedForm | FigureForm, decision: Callable[[Unit], Decision]
) -> Recorded:
    def plan(_again: bool) -> Plan:
        return Plan(decision(actor.unit(form.unit, *DECLARING, units=ground.units)))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    unit = actor.unit(form.unit, *DECLARING, units=ground.units)
    return Recorded(unit=unit.id, position=receipt.position, again=receipt.again)
