"""Accounts: who may sign in, and which roles they hold over which unit."""

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Boolean, Column, ColumnElement, Connection, Index, Table, select

from application.actors import Grant
from domain import access
from domain.access import AccountClosed, AccountOpened, RoleGranted, RoleRevoked
from domain.model import Fact, PersonId, Role, UnitId
from infrastructure.database import derived
from infrastructure.read_models import people, units
from infrastructure.read_models.columns import At, Id, micros, moment
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People

account: Final = Table(
    "account_v1",
    derived,
    Column("person", Id, primary_key=True),
    Column("opened", At, nullable=False, comment="microseconds since 1970"),
    Column("closed", Boolean, nullable=False),
)

grant: Final = Table(
    "grant_v1",
    derived,
    Column("person", Id, primary_key=True),
    Column("role", Id, primary_key=True),
    Column("unit", Id, primary_key=True),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Index("grant_v1_unit", "unit", "role"),
)


class AccountRow(msgspec.Struct):
    person: PersonId
    opened: int
    closed: bool


class GrantRow(msgspec.Struct):
    person: PersonId
    role: str
    unit: UnitId
    since: int


class Account(msgspec.Struct, frozen=True, kw_only=True):
    person: PersonId
    opened: datetime
    grants: tuple[Grant, ...]


def grants(db: Connection, person: PersonId) -> tuple[Grant, ...]:
    """The roles a person holds now, under any of their ids; none where the account is closed."""
    query = (
        select(grant.c.role, grant.c.unit)
        .join(account, account.c.person == grant.c.person)
        .where(grant.c.person.in_(people.aliases(db, person)), ~account.c.closed)
        .order_by(grant.c.since, grant.c.role, grant.c.unit)
    )
    return tuple(dict.fromkeys(Grant(Role(role), UnitId(unit)) for role, unit in db.execute(query)))


def accounts(
    db: Connection, *, unit: UnitId, role: Role | None = None, limit: int = 100, after: PersonId | None = None
) -> list[Account]:
    """Accounts that hold a role in a unit or below it, by person; `after` is the last one seen."""
    where = units.place(db, unit)
    if where is None:
        return []
    held: list[ColumnElement[bool]] = [
        grant.c.unit.in_(select(units.unit.c.unit).where(units.within(unit, where)))
    ]
    held += [grant.c.role == role.value] if role is not None else []
    query = (
        select(account.c.person, account.c.opened)
        .where(account.c.person.in_(select(grant.c.person).where(*held)), ~account.c.closed)
        .order_by(account.c.person)
        .limit(limit)
    )
    if after is not None:
        query = query.where(account.c.person > after)
    found = db.execute(query).all()
    roles = db.execute(
        select(grant.c.person, grant.c.role, grant.c.unit)
        .where(grant.c.person.in_([row[0] for row in found]), *held)
        .order_by(grant.c.since, grant.c.role, grant.c.unit)
    ).all()
    return [
        Account(
            person=PersonId(one),
            opened=moment(opened),
            grants=tuple(Grant(Role(held_role), UnitId(at)) for who, held_role, at in roles if who == one),
        )
        for one, opened in found
    ]


class Accounts(Model):
    name = "accounts"
    tables = (account, grant)
    needs = (People,)
    facts = access.FACTS

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._accounts = copy.rows(account, AccountRow)
        self._grants = copy.rows(grant, GrantRow)

    def change(self, _position: int, fact: Fact) -> None:
        match fact:
            case AccountOpened():
                self._accounts.put(AccountRow(fact.person, micros(fact.at), closed=False))
            case AccountClosed() if row := self._accounts.get(fact.person):
                row.closed = True
                self._accounts.put(row)
            case RoleGranted():
                key = (fact.person, fact.role.value, fact.unit)
                if self._grants.get(key) is None:
                    self._grants.put(GrantRow(*key, micros(fact.at)))
            case RoleRevoked():
                self._grants.drop((fact.person, fact.role.value, fact.unit))
