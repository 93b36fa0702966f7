"""Changes of the territory, decided elsewhere and recorded here: mergers, splits, new names, kinds
and codes."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypedDict

from domain.calendar import day_of
from domain.lineage import ENDINGS
from domain.model import Boundary, By, Decision, Fact, Refused, Selector, UnitId
from domain.names import clean
from domain.territory import (
    CodeCorrected,
    Level,
    UnitAbolished,
    UnitDiffers,
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


class ProvincesAreNotSplit(Refused):
    """A province is divided by merging each of its communes into one of the other province: only that
    says where each lies."""


class BadDocument(Refused):
    """The number of a document has a digit, and nothing but letters, digits, spaces and - / . ,"""


class WrongParent(Refused):
    """Provinces lie in the country, communes, wards and special zones in a province."""


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
        if unit in self.ended:  # on a later day
            raise UnitHasEnded(unit=unit)

    def must_be_known(self, unit: UnitId, on: date) -> None:
        """It stood on that day: what was wrong of a unit that is no more can still be mended."""
        if unit not in self.kinds:
            raise NoSuchUnit(unit=unit)
        if on < self.began[unit]:
            raise BeforeItBegan(unit=unit, field="valid_from")
        if unit in self.ended and on >= self.ended[unit][0]:
            raise UnitHasEnded(unit=unit)


_FACTS: Final = (UnitEstablished, UnitRenamed, UnitReclassified, CodeCorrected, *ENDINGS)


_DOCUMENT: Final = re.compile(r"(?=.*\d)[\w/.,–-][\w/., –-]{0,79}")


@dataclass(kw_only=True)
class _Change(Decision):
    """`document` is the number of the document that decided it."""

    valid_from: date
    by: By
    document: str | None = None

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
        if self.document is not None and not _DOCUMENT.fullmatch(self.document):
            raise BadDocument(field="document")
        self.change()

    def change(self) -> None:
        raise NotImplementedError

    def said(self, unit: UnitId) -> "_Said":
        """What every fact about a change carries."""
        return _Said(at=self.at, by=self.by, unit=unit, valid_from=self.valid_from, document=self.document)


class _Said(TypedDict):
    at: datetime
    by: By
    unit: UnitId
    valid_from: date
    document: str | None


@dataclass(kw_only=True)
class BeginUnit(_Change):
    """A unit that a change needs and no list has yet: a province in the country, a commune, ward or
    special zone in a province. `holder` is the unit that bears the code today, as looked up before."""

    unit: UnitId
    parent: UnitId
    name: str
    kind: UnitKind
    code: str
    holder: UnitId | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.name = clean(self.name)

    def named(self) -> tuple[UnitId, ...]:
        return (self.unit, self.parent, *((self.holder,) if self.holder else ()))

    def change(self) -> None:
        if self.unit in self.units.kinds:
            if (self.units.names[self.unit], self.units.kinds[self.unit]) != (self.name, self.kind):
                raise UnitDiffers(field="code")
            return
        self.units.must_stand(self.parent, self.valid_from)
        if _UNDER.get(self.kind.level) is not self.units.kinds[self.parent].level:
            raise WrongParent(field="parent")
        _must_be_a_code(self.code, self.kind)
        if self.holder and self.holder not in self.units.ended and self.units.codes[self.holder] == self.code:
            raise UnitCodeTaken(field="code")
        self.record(
            UnitEstablished(
                at=self.at,
                by=self.by,
                unit=self.unit,
                valid_from=self.valid_from,
                name=self.name,
                kind=self.kind,
                parent=self.parent,
                code=self.code,
            )
        )


_UNDER: Final = {Level.PROVINCE: Level.COUNTRY, Level.COMMUNE: Level.PROVINCE}


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
        self.record(UnitsMerged(parts=left, **self.said(self.unit)))


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
        if self.units.kinds[self.unit].level in (Level.COUNTRY, Level.PROVINCE):
            raise ProvincesAreNotSplit
        for one in self.into:
            self.units.must_stand(one, self.valid_from)
            _must_fit(self.units.kinds[self.unit], self.units.kinds[one])
        self.record(UnitSplit(into=self.into, **self.said(self.unit)))


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
            self.record(UnitRenamed(name=self.name, **self.said(self.unit)))


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
        self.record(UnitReclassified(kind=self.kind, **self.said(self.unit)))


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
        _must_be_a_code(self.code, self.units.kinds[self.unit])
        if self.units.codes[self.unit] == self.code:
            return
        if self.holder and self.holder not in self.units.ended and self.units.codes[self.holder] == self.code:
            raise UnitCodeTaken(field="code")
        self.record(CodeCorrected(code=self.code, **self.said(self.unit)))


_DIGITS: Final = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}


def _must_be_a_code(code: str, kind: UnitKind) -> None:
    if not (code.isascii() and code.isdecimal() and len(code) == _DIGITS.get(kind.level)):
        raise BadUnitCode(field="code")


def _must_be_distinct(units: tuple[UnitId, ...], least: int) -> None:
    if not least <= len(set(units)) == len(units) <= MOST_PARTS:
        raise NoParts(limit=MOST_PARTS)


def _must_fit(part: UnitKind, whole: UnitKind) -> None:
    if part.level is not whole.level and not (
        part.level is Level.DISTRICT and whole is UnitKind.SPECIAL_ZONE
    ):
        raise OtherLevel
