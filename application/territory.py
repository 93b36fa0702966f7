"""Units: the official ones loaded from their list, hamlets added under communes."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol
from uuid import UUID, uuid5

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.forms.territory import HamletForm
from application.identity import cleaned
from application.ids import new_id
from application.ports import Ground
from domain.model import By, Position, Role, UnitId
from domain.names import clean
from domain.territory import AddHamlet, EstablishUnits, UnitEstablished, UnitKind, UnitSpec

SINCE: Final = date(2025, 7, 1)
"""The two levels of today: 34 provinces and cities, 3,321 communes (Resolution 202/2025/QH15)."""

COUNTRY_NAME: Final = "Việt Nam"

_NAMESPACE: Final = UUID("5a3c1c51-6a0e-5d0f-9d9b-3b7a1a2f7a11")
_TOGETHER: Final = 500


class OfficialUnit(Protocol):
    """A row of an official list. `parent` is the code of a province; None for a province itself."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> UnitKind: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


class Loaded(msgspec.Struct, frozen=True):
    """How many units a load established; 0 when all stood already."""

    established: int
    position: Position


class HamletAdded(msgspec.Struct, frozen=True):
    unit: UnitId
    position: Position
    again: bool


async def load_units(
    ground: Ground,
    rows: Sequence[OfficialUnit],
    *,
    valid_from: date = SINCE,
    country: UnitId | None = None,
) -> Loaded:
    """Establishes the country (unless it is one that stands already) and the units of an official
    list, parents before children.

    Units that stand already stay as they are. Raises `UnitDiffers`, `NoSuchParent`."""
    specs = [] if country else [_country(valid_from)]
    specs += [_spec(row, valid_from, country or unit_id("VN", valid_from)) for row in rows]
    established, position = 0, Position(0)
    for some in _batches(specs):
        receipt = await ground.ledger.decide(EstablishUnits(units=some, by=By("import:territory")))
        established += len(receipt.facts)
        position = max(position, receipt.position)
    return Loaded(established=established, position=position)


async def add_hamlet(ground: Ground, actor: Actor, form: HamletForm) -> HamletAdded:
    """A hamlet (thôn, bản, tổ dân phố, khu phố) under a commune that the actor organizes."""

    def plan(_again: bool) -> Plan:
        parent = actor.unit(form.parent, Role.ORGANIZER, units=ground.units, field="parent")
        decision = AddHamlet(
            unit=UnitId(new_id()),
            parent=parent.id,
            name=cleaned("name", clean, form.name),
            valid_from=today(),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    added = next(fact for fact in receipt.facts if isinstance(fact, UnitEstablished))
    return HamletAdded(unit=added.unit, position=receipt.position, again=receipt.again)


def unit_id(code: str, valid_from: date = SINCE) -> UnitId:
    """Our id of the unit that bears an official code from a day on: the same in every ledger, so
    that a list loaded twice, or in two places, names the same units."""
    return UnitId(uuid5(_NAMESPACE, f"{valid_from.isoformat()} {code}").hex)


def _country(valid_from: date) -> UnitSpec:
    return UnitSpec(
        unit=unit_id("VN", valid_from),
        code=None,
        name=COUNTRY_NAME,
        kind=UnitKind.COUNTRY,
        parent=None,
        valid_from=valid_from,
    )


def _spec(row: OfficialUnit, valid_from: date, country: UnitId) -> UnitSpec:
    return UnitSpec(
        unit=unit_id(row.code, valid_from),
        code=row.code,
        name=row.name,
        kind=row.kind,
        parent=unit_id(row.parent, valid_from) if row.parent else country,
        valid_from=valid_from,
        latitude=row.latitude,
        longitude=row.longitude,
    )


def _batches(specs: Sequence[UnitSpec]) -> list[tuple[UnitSpec, ...]]:
    return [tuple(specs[start : start + _TOGETHER]) for start in range(0, len(specs), _TOGETHER)]
