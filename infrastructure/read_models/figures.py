"""A unit's figures: distinct persons, never a sum of rows, skills or of the units below."""

from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Integer, Table, func, select

from domain.model import UnitId
from infrastructure.database import derived
from infrastructure.read_models import units
from infrastructure.read_models.columns import Age, Day, Id, age, share

figure: Final = Table(
    "figure_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("taught", Integer, nullable=False, comment="distinct persons claimed in the unit or below it"),
    Column("confirmed", Integer, nullable=False, comment="of them, those who confirmed"),
    Column("able", Integer, nullable=False, comment="of these, those who are able themselves"),
    Column("ambassadors", Integer, nullable=False),
    Column("families", Integer, nullable=False),
    Column("markets", Integer, nullable=False),
    Column("vendors", Integer, nullable=False, comment="onboarded, and not gone"),
    sqlite_with_rowid=False,
)

trading_day: Final = Table(
    "trading_day_v1",
    derived,
    Column("unit", Id, primary_key=True),
    Column("day", Day, primary_key=True),
    Column("vendors", Integer, nullable=False, comment="onboarded vendors last seen trading on that day"),
    sqlite_with_rowid=False,
)


class FigureRow(msgspec.Struct):
    unit: UnitId
    taught: int
    confirmed: int
    able: int
    ambassadors: int
    families: int
    markets: int
    vendors: int


class TradingDayRow(msgspec.Struct):
    unit: UnitId
    day: str
    vendors: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Persons are distinct within the unit. `vendors` are onboarded, `vendors_active` those of
    them seen trading since the day asked for. Shares are between 0 and 1, None of nothing."""

    unit: UnitId
    taught: int
    confirmed: int
    able: int
    ambassadors: int
    families: int
    markets: int
    vendors: int
    vendors_active: int

    @property
    def confirmed_share(self) -> float | None:
        return share(self.confirmed, self.taught)

    @property
    def able_share(self) -> float | None:
        return share(self.able, self.confirmed)


class UnitFigures(msgspec.Struct, frozen=True, kw_only=True):
    own: Figures
    children: tuple[Figures, ...]
    age: Age


def figures(db: Connection, unit: UnitId, *, active_since: date) -> UnitFigures:
    """A unit's figures and those of the units right under it (zeros where nothing happened)."""
    u, f = units.unit, figure
    active = (
        select(func.sum(trading_day.c.vendors))
        .where(trading_day.c.unit == u.c.unit, trading_day.c.day >= active_since.isoformat())
        .scalar_subquery()
    )
    counts = [func.coalesce(f.c[name], 0).label(name) for name in FigureRow.__struct_fields__[1:]]
    query = (
        select(u.c.unit, *counts, func.coalesce(active, 0).label("vendors_active"))
        .outerjoin(f, f.c.unit == u.c.unit)
        .where((u.c.parent == unit) | (u.c.unit == unit))
        .order_by(u.c.code, u.c.name)
    )
    found = {row["unit"]: Figures(**row) for row in db.execute(query).mappings()}
    own = found.pop(unit, None) or _nothing(unit)
    return UnitFigures(own=own, children=tuple(found.values()), age=age(db))


def _nothing(unit: UnitId) -> Figures:
    return Figures(
        unit=unit,
        taught=0,
        confirmed=0,
        able=0,
        ambassadors=0,
        families=0,
        markets=0,
        vendors=0,
        vendors_active=0,
    )
