"""Changes of the territory, one by one or a whole reform from its official lists."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final, Protocol

import msgspec

from application.actors import Actor, OutOfScope
from application.deciding import Plan, decided, stood, submitted
from application.forms.territory import ReformForm
from application.identity import cleaned
from application.ports import Ground
from application.territory import OfficialUnit, load_units, unit_id
from domain.model import By, Decision, Fact, Position, Refused, Role, UnitId
from domain.names import clean
from domain.reforms import (
    AbolishUnit,
    BeginUnit,
    CorrectCode,
    MergeUnits,
    ReclassifyUnit,
    RenameUnit,
    SplitUnit,
)
from domain.territory import Level, UnitAbolished, UnitEstablished, UnitsMerged, UnitSplit


class NothingSaid(Refused):
    """A new name, kind or code is missing."""


class NoDocument(Refused):
    """The number of the document that decided it is missing."""


class NoBoundaries(Refused):
    """Nothing is known here of the boundaries of before `since`."""


class Changed(msgspec.Struct, frozen=True):
    """`again`: it stood already, and nothing was recorded. `unit` is the one that the form names, or
    the one that was established."""

    unit: UnitId
    position: Position
    again: bool


async def change_unit(ground: Ground, actor: Actor, form: ReformForm) -> Changed:
    """Records what was decided about a unit. Whoever administers all the units that it names may.

    Raises `NotAllowed`, `OutOfScope`, `NothingSaid`, `NoDocument` and what the decisions raise."""
    receipt = await decided(
        ground.ledger, lambda _again: Plan(decision_of(ground, actor, form)), submitted(ground, actor, form)
    )
    unit = next(
        (fact.unit for fact in receipt.facts if isinstance(fact, UnitEstablished)),
        _administered(ground, actor, form.unit, "unit"),
    )
    return Changed(unit=unit, position=receipt.position, again=stood(receipt))


def decision_of(ground: Ground, actor: Actor, form: ReformForm) -> Decision:
    """What is to be decided about the units that the form names. Raises what `change_unit` raises
    before anything is weighed."""
    unit = _administered(ground, actor, form.unit, "unit")
    parts = tuple(_administered(ground, actor, part, "parts") for part in form.parts)
    if not (form.document or actor.operator):
        raise NoDocument(field="document")
    return _decision(ground, actor, form, unit, parts)


def weighed(ground: Ground, actor: Actor, form: ReformForm, at: datetime) -> tuple[Fact, ...]:
    """What `change_unit` would record if it were asked at that moment; nothing where it stands already.
    Raises what it would raise."""
    decision = decision_of(ground, actor, form)
    for one in ground.ledger.history(decision.consistency_boundary()):
        decision.weigh(one.fact)
    decision.at = at
    decision.execute()
    return tuple(tagged.decision for tagged in decision.new_decisions)


def ended_by(facts: Sequence[Fact]) -> tuple[UnitId, ...]:
    """The units that are no more once these facts are recorded."""
    ended: list[UnitId] = []
    for fact in facts:
        match fact:
            case UnitsMerged():
                ended += fact.parts
            case UnitSplit() | UnitAbolished():
                ended.append(fact.unit)
    return tuple(ended)


def _administered(ground: Ground, actor: Actor, ref: str, field: str) -> UnitId:
    return actor.unit(ref, Role.ADMINISTRATOR, units=ground.units, field=field).id


def _decision(
    ground: Ground, actor: Actor, form: ReformForm, unit: UnitId, parts: tuple[UnitId, ...]
) -> Decision:
    day, by, document = form.valid_from, actor.by, form.document and form.document.strip()
    match form.change:
        case "merged":
            return MergeUnits(unit=unit, parts=parts, valid_from=day, by=by, document=document)
        case "split":
            return SplitUnit(unit=unit, into=parts, valid_from=day, by=by, document=document)
        case "renamed" if form.name:
            name = cleaned("name", clean, form.name)
            return RenameUnit(unit=unit, name=name, valid_from=day, by=by, document=document)
        case "reclassified" if form.kind:
            return ReclassifyUnit(unit=unit, kind=form.kind, valid_from=day, by=by, document=document)
        case "code-corrected" if form.code:
            holder = _bearer(ground, form.code, unit)
            return CorrectCode(
                unit=unit, code=form.code, holder=holder, valid_from=day, by=by, document=document
            )
        case "established" if form.name and form.kind and form.code:
            new = unit_id(form.code, day)
            return BeginUnit(
                unit=new,
                parent=unit,
                name=cleaned("name", clean, form.name),
                kind=form.kind,
                code=form.code,
                holder=_bearer(ground, form.code, new),
                valid_from=day,
                by=by,
                document=document,
            )
        case _:
            missing = next(name for name in _SAYS[form.change] if not getattr(form, name))
            raise NothingSaid(field=missing)


def _bearer(ground: Ground, code: str, unit: UnitId) -> UnitId | None:
    """Who else bears a code today."""
    holder = ground.units.find(code)
    return holder.id if holder and holder.id != unit else None


_SAYS: Final = {
    "renamed": ("name",),
    "reclassified": ("kind",),
    "code-corrected": ("code",),
    "established": ("name", "kind", "code"),
}


BEFORE: Final = date(2025, 1, 1)
"""Since when the units of before 1/7/2025 are taken to have stood: earlier than the movement, which
began by the central plan of 21/3/2025. Their list does not say since when each did."""

_IMPORT: Final = By("import:territory")
_TOGETHER: Final = 200


class Succession(Protocol):
    """A row of the list of what became of communes: part of `old_code`, or all of it, went into
    `new_code`; `main` marks where the largest part went."""

    @property
    def old_code(self) -> str: ...
    @property
    def new_code(self) -> str: ...
    @property
    def whole(self) -> bool: ...
    @property
    def main(self) -> bool: ...


class Reformed(msgspec.Struct, frozen=True):
    """How many units of before were established, and how many changes recorded; 0 when all stood."""

    established: int
    changes: int
    position: Position


async def reform(
    ground: Ground,
    before: Sequence[OfficialUnit],
    succession: Sequence[Succession],
    *,
    on: date,
    told: Callable[[int, int], object] = lambda _done, _all: None,
) -> Reformed:
    """The units of before, and what became of each on a day: communes merged or split as the list
    says, provinces merged into those where their communes went, districts abolished.

    Broken off, it goes on where it stopped; again, it changes nothing. `told` hears how many
    changes of how many are done. Raises `OutOfScope` where the units of that day are not loaded."""
    if ground.units.find(unit_id("VN", on)) is None:
        raise OutOfScope(field="unit")
    loaded = await load_units(ground, before, valid_from=BEFORE, country=unit_id("VN", on))
    decisions = list(_changes(ground, before, succession, on))
    position, changes = loaded.position, 0
    for start in range(0, len(decisions), _TOGETHER):
        some = decisions[start : start + _TOGETHER]
        for receipt in await asyncio.gather(*(ground.ledger.decide(one) for one in some)):
            changes += len(receipt.facts)
            position = max(position, receipt.position)
        told(start + len(some), len(decisions))
    return Reformed(established=loaded.established, changes=changes, position=position)


def _changes(
    ground: Ground, before: Sequence[OfficialUnit], succession: Sequence[Succession], on: date
) -> Iterable[Decision]:
    old = {row.code: row for row in before}
    went: dict[str, list[Succession]] = {}
    for row in succession:
        went.setdefault(row.old_code, []).append(row)
    whole: dict[str, list[str]] = {}
    for code, rows in went.items():
        if len(rows) == 1:
            whole.setdefault(rows[0].new_code, []).append(code)
            continue
        largest_first = sorted(rows, key=lambda row: not row.main)
        into = tuple(unit_id(row.new_code, on) for row in largest_first)
        yield SplitUnit(unit=unit_id(code, BEFORE), into=into, valid_from=on, by=_IMPORT)
    for code, parts in (whole | _provinces(ground, old, succession, on)).items():
        ids = tuple(unit_id(part, BEFORE) for part in parts)
        yield MergeUnits(unit=unit_id(code, on), parts=ids, valid_from=on, by=_IMPORT)
    for unit in before:
        if unit.kind.level is Level.DISTRICT and unit.code not in went:
            yield AbolishUnit(unit=unit_id(unit.code, BEFORE), valid_from=on, by=_IMPORT)


def _provinces(
    ground: Ground, old: dict[str, OfficialUnit], succession: Sequence[Succession], on: date
) -> dict[str, list[str]]:
    """By the code of a province of today, the provinces whose communes went into it."""
    into: dict[str, dict[str, None]] = {}
    for row in succession:
        new = ground.units.find(unit_id(row.new_code, on))
        above = new and new.parent and ground.units.find(new.parent)
        if above and above.code:
            into.setdefault(above.code, {})[_province(old, row.old_code)] = None
    return {code: list(parts) for code, parts in into.items()}


def _province(old: dict[str, OfficialUnit], code: str) -> str:
    while parent := old[code].parent:
        code = parent
    return code
