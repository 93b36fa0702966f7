"""Units: the country, its provinces and communes since 1/7/2025, and hamlets under communes."""

from datetime import date
from enum import StrEnum
from typing import Final

from domain.model import Fact, Tags, UnitId


class UnitKind(StrEnum):
    COUNTRY = "country"
    CITY = "city"
    PROVINCE = "province"
    COMMUNE = "commune"
    WARD = "ward"
    SPECIAL_ZONE = "special-zone"
    HAMLET = "hamlet"


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


class UnitsMerged(UnitFact, frozen=True, kw_only=True):
    NAME = "units-merged"

    parts: tuple[UnitId, ...]

    def tags(self) -> Tags:
        return (*super().tags(), *(f"unit:{part}" for part in self.parts))


class UnitSplit(UnitFact, frozen=True, kw_only=True):
    NAME = "unit-split"

    into: tuple[UnitId, ...]

    def tags(self) -> Tags:
        return (*super().tags(), *(f"unit:{part}" for part in self.into))


class UnitRenamed(UnitFact, frozen=True, kw_only=True):
    NAME = "unit-renamed"

    name: str


class UnitReclassified(UnitFact, frozen=True, kw_only=True):
    NAME = "unit-reclassified"

    kind: UnitKind


class CodeCorrected(UnitFact, frozen=True, kw_only=True):
    NAME = "code-corrected"

    code: str


FACTS: Final = (UnitEstablished, UnitsMerged, UnitSplit, UnitRenamed, UnitReclassified, CodeCorrected)
