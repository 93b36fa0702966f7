"""Changes of the territory, decided elsewhere and recorded here: mergers, splits, new names, kinds
and codes."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.calendar import day_of
from domain.lineage import ENDINGS
from domain.model import Boundary, By, Decision, Fact, Refused, Selector, UnitId
from domain.names import clean
from domain.territory import (
    CodeCorrected,
    Level,
    UnitAbolished,
    UnitEstablished,
    UnitKind,
    UnitReclassified,
    UnitRenamed,
    UnitsMerged,
    UnitSplit,
)

MOST_PARTS: Final = 200
"""Of one merger or split: Hà Nội's 126 communes of today came from 526."""


class NoSuchUnit(Refused):
    """`unit` was never established."""


class UnitHasEnded(Refused):
    """`unit` is no more: it was merged, split or abolished before."""


class BeforeItBegan(Refused):
    """The day lies before the day that `unit` began on."""


class NotYetInForce(Refused):
    """A change is recorded on the day it takes effect, or later."""


class IntoItself(Refused):
    """A unit is neither merged into itself nor split into itself."""


class OtherLevel(Refused):
    """Communes become communes and provinces provinces; only districts became special zones."""


class NoParts(Refused):
    """A merger names at least one part, a split at least two units, each once, at most `limit`."""


class BadUnitCode(Refused):
    """A province's code has two digits, a commune's five."""


class UnitCodeTaken(Refused):
    """Another unit bears that code today."""


class _Units:
    """What the facts say of the units that a change names."""

    def __init__(self) -> None:
        self.kinds: dict[UnitId, UnitKind] = {}
        self.names: dict[UnitId, str] = {}
        self.codes: dict[UnitId, str | None] = {}
        self.began: dict[UnitId, date] = {}
        self.ended: dict[UnitId, tuple[date, tuple[UnitId, ...]]] = {}

    def weigh(self, fact: Fact) -> None:
        match fact:
            case UnitEstablished():
                self.kinds[fact.unit], self.names[fact.unit] = fact.kind, fact.name
                self.codes[fact.unit], self.began[fact.unit] = fact.code, fact.valid_from
            case UnitRenamed():
                self.names[fact.unit] = fact.name
            case UnitReclassified():
                self.kinds[fact.unit] = fact.kind
            case CodeCorrected():
                self.codes[fact.unit] = fact.code
            case UnitsMerged():
                self.ended.update(dict.fromkeys(fact.parts, (fact.valid_from, (fact.unit,))))
            case UnitSplit():
                self.ended[fact.unit] = (fact.valid_from, fact.into)
            case UnitAbolished():
                self.ended[fact.unit] = (fact.valid_from, ())

    def must_stand(self, unit: UnitId, on: date) -> None:
        self.must_be_known(unit, on)
        if unit in self.ended:
            raise UnitHasEnded(unit=unit)

    def must_be_known(self, unit: UnitId, on: date) -> None:
        if unit not in self.kinds:
            raise NoSuchUnit(unit=unit)
        if on < self.began[unit]:
            raise BeforeItBegan(unit=unit, field="valid_from")


_FACTS: Final = (UnitEstablished, UnitRenamed, UnitReclassified, CodeCorrected, *ENDINGS)


@dataclass(kw_only=True)
class _Change(Decision):
    valid_from: date
    by: By

    def __post_init__(self) -> None:
        self.units = _Units()

    def named(self) -> tuple[UnitId, ...]:
        """The units that the change is about."""
        raise NotImplementedError

    def consistency_boundary(self) -> Boundary:
        return [Selector(_FACTS, [f"unit:{unit}"]) for unit in dict.fromkeys(self.named())]

    def weigh(self, fact: Fact) -> None:
        self.units.weigh(fact)

    def execute(self) -> None:
        if self.valid_from > day_of(self.at):
            raise NotYetInForce(field="valid_from")
        self.change()

    def change(self) -> None:
        raise NotImplementedError


@dataclass(kw_only=True)
class MergeUnits(_Change):
    """The parts are no more: each goes whole into `unit`. What stands already is not recorded again."""

    unit: UnitId
    parts: tuple[UnitId, ...]

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit, *self.parts)

    def change(self) -> None:
        _must_be_distinct(self.parts, 1)
        if self.unit in self.parts:
            raise IntoItself(unit=self.unit)
        done = (self.valid_from, (self.unit,))
        left = tuple(part for part in self.parts if self.units.ended.get(part) != done)
        if not left:
            return
        self.units.must_stand(self.unit, self.valid_from)
        for part in left:
            self.units.must_stand(part, self.valid_from)
            _must_fit(self.units.kinds[part], self.units.kinds[self.unit])
        self.record(
            UnitsMerged(at=self.at, by=self.by, unit=self.unit, valid_from=self.valid_from, parts=left)
        )


@dataclass(kw_only=True)
class SplitUnit(_Change):
    """The unit is no more: part of it goes into each of `into`, of which the first is the largest."""

    unit: UnitId
    into: tuple[UnitId, ...]

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit, *self.into)

    def change(self) -> None:
        _must_be_distinct(self.into, 2)
        if self.unit in self.into:
            raise IntoItself(unit=self.unit)
        if self.units.ended.get(self.unit) == (self.valid_from, self.into):
            return
        self.units.must_stand(self.unit, self.valid_from)
        for one in self.into:
            self.units.must_stand(one, self.valid_from)
            _must_fit(self.units.kinds[self.unit], self.units.kinds[one])
        self.record(
            UnitSplit(at=self.at, by=self.by, unit=self.unit, valid_from=self.valid_from, into=self.into)
        )


@dataclass(kw_only=True)
class AbolishUnit(_Change):
    """The unit is no more, and none stands in its place."""

    unit: UnitId

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit,)

    def change(self) -> None:
        if self.units.ended.get(self.unit) == (self.valid_from, ()):
            return
        self.units.must_stand(self.unit, self.valid_from)
        if self.units.kinds[self.unit].level is not Level.DISTRICT:
            raise OtherLevel(unit=self.unit)
        self.record(UnitAbolished(at=self.at, by=self.by, unit=self.unit, valid_from=self.valid_from))


@dataclass(kw_only=True)
class RenameUnit(_Change):
    """The same unit under another name from a day on."""

    unit: UnitId
    name: str

    def __post_init__(self) -> None:
        super().__post_init__()
        self.name = clean(self.name)

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit,)

    def change(self) -> None:
        self.units.must_be_known(self.unit, self.valid_from)
        if self.units.names[self.unit] != self.name:
            self.record(
                UnitRenamed(
                    at=self.at, by=self.by, unit=self.unit, valid_from=self.valid_from, name=self.name
                )
            )


@dataclass(kw_only=True)
class ReclassifyUnit(_Change):
    """The same unit as another kind of its level from a day on: a commune that becomes a ward."""

    unit: UnitId
    kind: UnitKind

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit,)

    def change(self) -> None:
        self.units.must_be_known(self.unit, self.valid_from)
        before = self.units.kinds[self.unit]
        if before is self.kind:
            return
        if before.level is not self.kind.level:
            raise OtherLevel(unit=self.unit)
        self.record(
            UnitReclassified(
                at=self.at, by=self.by, unit=self.unit, valid_from=self.valid_from, kind=self.kind
            )
        )


@dataclass(kw_only=True)
class CorrectCode(_Change):
    """The unit's official code from a day on. `holder` is the unit that bears it today, as looked up
    before: there must be none, unless it ended or gave the code up."""

    unit: UnitId
    code: str
    holder: UnitId | None = None

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit, *((self.holder,) if self.holder else ()))

    def change(self) -> None:
        self.units.must_be_known(self.unit, self.valid_from)
        digits = _DIGITS.get(self.units.kinds[self.unit].level)
        if not (self.code.isascii() and self.code.isdecimal() and len(self.code) == digits):
            raise BadUnitCode(field="code")
        if self.units.codes[self.unit] == self.code:
            return
        if self.holder and self.holder not in self.units.ended and self.units.codes[self.holder] == self.code:
            raise UnitCodeTaken(field="code")
        self.record(
            CodeCorrected(at=self.at, by=self.by, unit=self.unit, valid_from=self.valid_from, code=self.code)
        )


_DIGITS: Final = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}


def _must_be_distinct(units: tuple[UnitId, ...], least: int) -> None:
    if not least <= len(set(units)) == len(units) <= MOST_PARTS:
        raise NoParts(limit=MOST_PARTS)


def _must_fit(part: UnitKind, whole: UnitKind) -> None:
    if part.level is not whole.level and not (
        part.level is Level.DISTRICT and whole is UnitKind.SPECIAL_ZONE
    ):
        raise OtherLevel
