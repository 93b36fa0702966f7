"""Whom and what a change of the territory touches: read before it is recorded."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, func, select

from domain.model import UnitId
from domain.territory import Level
from infrastructure.read_models import units
from infrastructure.read_models.accounts import account, grant
from infrastructure.read_models.figures import figure


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """Of a unit and all below it: the distinct persons taught there, who and what is honoured there,
    its hamlets, and the accounts that hold roles over it."""

    unit: UnitId
    people: int
    ambassadors: int
    families: int
    markets: int
    vendors: int
    hamlets: int
    accounts: int
    roles: int


def touched(db: Connection, asked: Iterable[UnitId]) -> list[Touched]:
    """In the order asked; a unit that is not known is left out."""
    return [_touched(db, one, where) for one in asked if (where := units.place(db, one)) is not None]


def _touched(db: Connection, ref: UnitId, where: units.Place) -> Touched:
    f = figure.c
    counts = db.execute(
        select(f.taught, f.ambassadors, f.families, f.markets, f.vendors).where(f.unit == ref)
    ).first()
    people, ambassadors, families, markets, vendors = counts or (0, 0, 0, 0, 0)
    there = select(units.unit.c.unit).where(units.within(ref, where))
    held = (
        select(func.count(grant.c.person.distinct()), func.count())
        .join(account, account.c.person == grant.c.person)
        .where(grant.c.unit.in_(there), ~account.c.closed)
    )
    accounts, roles = db.execute(held).one()
    hamlets = (
        select(func.count())
        .select_from(units.unit)
        .where(units.within(ref, where), units.unit.c.level == Level.HAMLET, units.unit.c.unit != ref)
    )
    return Touched(
        unit=ref,
        people=people,
        ambassadors=ambassadors,
        families=families,
        markets=markets,
        vendors=vendors,
        hamlets=db.scalar(hamlets) or 0,
        accounts=accounts,
        roles=roles,
    )
