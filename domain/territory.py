"""Units: the country, its provinces and communes since 1/7/2025, the districts of before, and hamlets
under communes."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import Boundary, By, Decision, Fact, Refused, Selector, Tags, UnitId
from domain.names import clean, fold


class UnitKind(StrEnum):
    COUNTRY = "country"
    CITY = "city"
    PROVINCE = "province"
    RURAL_DISTRICT = "rural-district"
    URBAN_DISTRICT = "urban-district"
    PROVINCIAL_CITY = "provincial-city"  # thành phố thuộc tỉnh
    TOWN = "town"  # thị xã
    COMMUNE = "commune"
    WARD = "ward"
    TOWNSHIP = "township"  # thị trấn, until 1/7/2025
    SPECIAL_ZONE = "special-zone"
    HAMLET = "hamlet"

    @property
    def level(self) -> "Level":
        return _LEVELS[self]


class Level(StrEnum):
    """Districts were abolished on 1/7/2025."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"


_LEVELS: Final = {
    UnitKind.COUNTRY: Level.COUNTRY,
    UnitKind.CITY: Level.PROVINCE,
    UnitKind.PROVINCE: Level.PROVINCE,
    UnitKind.RURAL_DISTRICT: Level.DISTRICT,
    UnitKind.URBAN_DISTRICT: Level.DISTRICT,
    UnitKind.PROVINCIAL_CITY: Level.DISTRICT,
    UnitKind.TOWN: Level.DISTRICT,
    UnitKind.COMMUNE: Level.COMMUNE,
    UnitKind.WARD: Level.COMMUNE,
    UnitKind.TOWNSHIP: Level.COMMUNE,
    UnitKind.SPECIAL_ZONE: Level.COMMUNE,
    UnitKind.HAMLET: Level.HAMLET,
}


class UnitFact(Fact, frozen=True, kw_only=True):
    """`unit` is an id of our own; codes and names are dated attributes of it."""

    unit: UnitId
    valid_from: date

    def tags(self) -> Tags:
        return (f"unit:{self.unit}",)


class UnitEstablished(UnitFact, frozen=True, kw_only=True):
    """`code` is official text (two digits a province, five a commune), None for a hamlet."""

    NAME = "unit-established"

    name: str
    kind: UnitKind
    parent: UnitId | None
    code: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def tags(self) -> Tags:
        return (*super().tags(), *((f"unit-under:{self.parent}",) if self.parent else ()))


class UnitChange(UnitFact, frozen=True, kw_only=True, omit_defaults=True):
    """`document` is the number of the document that decided it; None where a list said so."""

    document: str | None = None


class UnitsMerged(UnitChange, frozen=True, kw_only=True):
    """From that day on the parts are no more: each went into `unit` whole."""

    NAME = "units-merged"

    parts: tuple[UnitId, ...]

    def tags(self) -> Tags:
        return (*super().tags(), *(f"unit:{part}" for part in self.parts))


class UnitSplit(UnitChange, frozen=True, kw_only=True):
    """From that day on the unit is no more: part of it went into each of `into`, the largest first."""

    NAME = "unit-split"

    into: tuple[UnitId, ...]

    def tags(self) -> Tags:
        return (*super().tags(), *(f"unit:{part}" for part in self.into))


class UnitAbolished(UnitFact, frozen=True, kw_only=True):
    """From that day on the unit is no more, and no other stands in its place: the districts."""

    NAME = "unit-abolished"


class UnitRenamed(UnitChange, frozen=True, kw_only=True):
    NAME = "unit-renamed"

    name: str


class UnitReclassified(UnitChange, frozen=True, kw_only=True):
    NAME = "unit-reclassified"

    kind: UnitKind


class CodeCorrected(UnitChange, frozen=True, kw_only=True):
    NAME = "code-corrected"

    code: str


FACTS: Final = (
    UnitEstablished,
    UnitsMerged,
    UnitSplit,
    UnitAbolished,
    UnitRenamed,
    UnitReclassified,
    CodeCorrected,
)


class UnitSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of an official list."""

    unit: UnitId
    code: str | None
    name: str
    kind: UnitKind
    parent: UnitId | None
    valid_from: date
    latitude: float | None = None
    longitude: float | None = None

    def established(self, at: datetime, by: By) -> UnitEstablished:
        return UnitEstablished(at=at, by=by, **msgspec.structs.asdict(self))


class UnitDiffers(Refused):
    """Unit `unit` was established before, as something else: a list never rewrites what is known."""


class NoSuchParent(Refused):
    """The unit that `unit` would lie under is not established."""


class NotUnderThat(Refused):
    """Hamlets lie under communes, wards and special zones."""


class HamletExists(Refused):
    """A hamlet of this name lies under the commune (accents and spaces aside)."""


class CommuneHasEnded(Refused):
    """The commune is no more: a new hamlet lies under one that stands."""


@dataclass(kw_only=True)
class EstablishUnits(Decision):
    """The units of a list, parents before children. What is established already stays as it is."""

    units: tuple[UnitSpec, ...]
    by: By

    def __post_init__(self) -> None:
        self.known: dict[UnitId, UnitEstablished] = {}

    def consistency_boundary(self) -> Boundary:
        parents = (unit.parent for unit in self.units if unit.parent)
        named = dict.fromkeys((*(unit.unit for unit in self.units), *parents))
        return [Selector([UnitEstablished], [f"unit:{unit}"]) for unit in named]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case UnitEstablished():
                self.known[fact.unit] = fact

    def execute(self) -> None:
        for spec in self.units:
            earlier = self.known.get(spec.unit)
            if earlier and earlier != spec.established(earlier.at, earlier.by):
                raise UnitDiffers(unit=spec.unit)
            if earlier:
                continue
            if spec.parent and spec.parent not in self.known:
                raise NoSuchParent(unit=spec.unit)
            established = spec.established(self.at, self.by)
            self.known[spec.unit] = established
            self.record(established)


@dataclass(kw_only=True)
class AddHamlet(Decision):
    """A hamlet (thôn, bản, tổ dân phố, khu phố) under a commune; it is in no official list."""

    unit: UnitId
    parent: UnitId
    name: str
    valid_from: date
    by: By

    def __post_init__(self) -> None:
        self.name = clean(self.name)
        self.above: UnitKind | None = None
        self.ended = False
        self.taken: set[str] = set()

    def consistency_boundary(self) -> Boundary:
        return [
            Selector([UnitEstablished, UnitReclassified, UnitsMerged, UnitSplit], [f"unit:{self.parent}"]),
            Selector([UnitEstablished], [f"unit-under:{self.parent}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case UnitEstablished() | UnitReclassified() if fact.unit == self.parent:
                self.above = fact.kind
            case UnitsMerged():
                self.ended = self.ended or self.parent in fact.parts
            case UnitSplit():
                self.ended = self.ended or fact.unit == self.parent
            case UnitEstablished():
                self.taken.add(fold(fact.name))

    def execute(self) -> None:
        if self.above is None:
            raise NoSuchParent(unit=self.parent)
        if self.above.level is not Level.COMMUNE:
            raise NotUnderThat(field="parent")
        if self.ended:
            raise CommuneHasEnded(field="parent")
        if fold(self.name) in self.taken:
            raise HamletExists(field="name")
        self.record(
            UnitEstablished(
                at=self.at,
                by=self.by,
                unit=self.unit,
                valid_from=self.valid_from,
                name=self.name,
                kind=UnitKind.HAMLET,
                parent=self.parent,
            )
        )
