"""The official lists of units that come with the program, and how the units of today came to be.

`data/territory` holds the units since 1/7/2025, those before, and which old commune went into
which new one; from the open data of `vietnamadminunits` 1.0.4 (MIT).
"""

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from domain.territory import Level, UnitKind

FOLDER: Final = Path(__file__).with_name("data") / "territory"
UNITS: Final = FOLDER / "units_2025-07-01.csv"
BEFORE: Final = FOLDER / "units_before_2025-07-01.csv"
LINEAGE: Final = FOLDER / "lineage_2025-07-01.csv"
CHANGES: Final = FOLDER / "changes_2026.csv"
"""Resolutions 30/2026/QH16, 36/2026/QH16, 39/2026/QH16 and 388/NQ-UBTVQH16 (docs/territory.md)."""


class OfficialUnit(msgspec.Struct, frozen=True):
    """A row of an official list. `parent` is the code of a province; None for a province itself."""

    code: str
    name: str
    kind: UnitKind
    parent: str | None
    latitude: float | None
    longitude: float | None


class Succession(msgspec.Struct, frozen=True):
    """What became of an old commune: part of it, or all of it, went into a new one. `main` marks
    where the largest part went."""

    old_code: str
    new_code: str
    whole: bool
    main: bool


class ListedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list of changes. `parts` are codes; what a change does not say is None."""

    line: int
    change: str
    unit: str
    parts: tuple[str, ...]
    valid_from: date
    name: str | None
    kind: UnitKind | None
    code: str | None
    document: str | None


class BadList(Exception):
    """The file is not a list of units; the argument says what is wrong with it, and where."""


def read(file: Path = UNITS) -> list[OfficialUnit]:
    """All units of a list with the columns code,name,kind,parent,lat,lon: provinces come first.

    Raises `BadList` and OSError.
    """
    units = [_unit(row, line) for line, row in enumerate(_rows(file, _OF_UNITS), start=2)]
    codes = {unit.code for unit in units}
    for unit in units:
        if unit.parent is not None and unit.parent not in codes:
            raise BadList(f"{unit.code} lies in {unit.parent}, which is not in the list")
    if len(codes) < len(units):
        raise BadList("a code stands there twice")
    return sorted(units, key=lambda unit: unit.parent is not None)


def changes(file: Path = CHANGES) -> list[ListedChange]:
    """Changes in the order in which they are to be recorded, with the columns change, unit, parts (codes
    with spaces between them), valid_from, name, kind, code, document.

    Raises `BadList` and OSError."""
    return [_change(row, line) for line, row in enumerate(_rows(file, _OF_CHANGES), start=2)]


_OF_UNITS: Final = ("code", "name", "kind", "parent", "lat", "lon")
_OF_CHANGES: Final = ("change", "unit", "parts", "valid_from", "name", "kind", "code", "document")


def _change(row: dict[str, str], line: int) -> ListedChange:
    try:
        return ListedChange(
            line=line,
            change=row["change"],
            unit=row["unit"],
            parts=tuple(row["parts"].split()),
            valid_from=date.fromisoformat(row["valid_from"]),
            name=row["name"] or None,
            kind=UnitKind(row["kind"]) if row["kind"] else None,
            code=row["code"] or None,
            document=row["document"] or None,
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise BadList(f"line {line}: {error}") from None


def before() -> list[OfficialUnit]:
    """The provinces, districts and communes of before 1/7/2025, those above first."""
    units = [_former(row) for row in _rows(BEFORE)]
    return sorted(units, key=lambda unit: list(Level).index(unit.kind.level))


def succession() -> list[Succession]:
    """What became of the communes of before 1/7/2025."""
    return [
        Succession(row["old_code"], row["new_code"], row["extent"] == "whole", row["main"] == "yes")
        for row in _rows(LINEAGE)
    ]


def became(old_province: str) -> frozenset[str]:
    """The codes of today's communes that a province of before 1/7/2025 went into; empty for an
    unknown code. Its communes lay under districts then."""
    return _provinces_became().get(old_province, frozenset())


@cache
def _provinces_became() -> dict[str, frozenset[str]]:
    above = {row["code"]: row["parent"] for row in _rows(BEFORE)}
    found: dict[str, set[str]] = {}
    for row in _rows(LINEAGE):
        code = row["old_code"]
        while above.get(code):
            code = above[code]
        found.setdefault(code, set()).add(row["new_code"])
    return {code: frozenset(some) for code, some in found.items()}


class Part(msgspec.Struct, frozen=True):
    """A province of before 1/7/2025 of which communes went into a unit of today: `communes` of the
    `of` communes of that unit hold some of it."""

    code: str
    name: str
    communes: int
    of: int


@cache
def parts(now: str) -> tuple[Part, ...]:
    """The provinces that the unit with this code of today came from; nothing for what is no province."""
    here = frozenset(row["code"] for row in _rows(UNITS) if row["parent"] == now)
    if not here:
        return ()
    found = []
    for row in _rows(BEFORE):
        if not row["parent"] and (some := became(row["code"]) & here):
            name = row["name"].removeprefix("Thành phố ").removeprefix("Tỉnh ")
            found.append(Part(row["code"], name, len(some), len(here)))
    return tuple(found)


def _former(row: dict[str, str]) -> OfficialUnit:
    kind = row["kind"].replace("_", "-")
    named = UnitKind.PROVINCIAL_CITY if kind == "city" and row["parent"] else UnitKind(kind)
    return OfficialUnit(row["code"], row["name"], named, row["parent"] or None, None, None)


def _unit(row: dict[str, str], line: int) -> OfficialUnit:
    try:
        return OfficialUnit(
            code=row["code"],
            name=row["name"],
            kind=UnitKind(row["kind"].replace("_", "-")),
            parent=row["parent"] or None,
            latitude=float(row["lat"]) if row["lat"] else None,
            longitude=float(row["lon"]) if row["lon"] else None,
        )
    except (ValueError, AttributeError) as error:
        raise BadList(f"line {line}: {error}") from None


def _rows(file: Path, columns: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """Raises `BadList` where it is no CSV in UTF-8, or these columns are not all there."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        try:
            reader = csv.DictReader(lines)
            if not set(columns) <= set(reader.fieldnames or ()):
                raise BadList(f"its first line has to name these columns: {','.join(columns)}")
            yield from reader
        except UnicodeDecodeError:
            raise BadList("it is not written in UTF-8") from None
        except csv.Error as error:
            raise BadList(str(error)) from None
