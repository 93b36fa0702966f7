"""Accounts: who may sign in, and which roles they hold over which unit."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Table,
    and_,
    distinct,
    func,
    or_,
    select,
    true,
)

from application.actors import Grant
from domain import access
from domain.access import AccountClosed, AccountOpened, RoleGranted, RoleRevoked
from domain.model import By, Fact, Model, PersonId, Role, UnitId
from infrastructure.database import derived
from infrastructure.read_models import model, people, units
from infrastructure.read_models.columns import At, Id, micros, moment
from infrastructure.read_models.model import Copy
from infrastructure.read_models.people import People

account: Final = Table(
    "account_v2",
    derived,
    Column("person", Id, primary_key=True),
    Column("opened", At, nullable=False, comment="microseconds since 1970"),
    Column("closed", Boolean, nullable=False),
)

grant: Final = Table(
    "grant_v2",
    derived,
    Column("person", Id, primary_key=True),
    Column("role", Id, primary_key=True),
    Column("unit", Id, primary_key=True),
    Column("model", Id, primary_key=True, comment="empty for all models"),
    Column("since", At, nullable=False, comment="microseconds since 1970"),
    Column("by", Id, nullable=False, comment="who gave it"),
    Index("grant_v2_unit", "unit", "role"),
    Index("grant_v2_role", "role", "person"),
)


class AccountRow(msgspec.Struct, gc=False):
    person: PersonId
    opened: int
    closed: bool


class GrantRow(msgspec.Struct, gc=False):
    person: PersonId
    role: str
    unit: UnitId
    model: str
    since: int
    by: By


class Reach(msgspec.Struct, frozen=True):
    """Grants of these roles in a unit or below it; of one model, or (None) of whichever."""

    roles: frozenset[Role]
    unit: UnitId
    model: Model | None = None


class Given(msgspec.Struct, frozen=True):
    grant: Grant
    since: datetime
    by: By


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """`given` are the grants within what was asked for; there may be others."""

    person: PersonId
    opened: datetime
    given: tuple[Given, ...]

    @property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(one.grant for one in self.given)


def grants(db: Connection, person: PersonId) -> tuple[Grant, ...]:
    """The roles a person holds now, under any of their ids; none where the account is closed."""
    query = (
        select(grant.c.role, grant.c.unit, grant.c.model)
        .join(account, account.c.person == grant.c.person)
        .where(grant.c.person.in_(people.aliases(db, person)), ~account.c.closed)
        .order_by(grant.c.since, grant.c.role, grant.c.unit, grant.c.model)
    )
    return tuple(dict.fromkeys(_grant(*row) for row in db.execute(query)))


def accounts(
    db: Connection,
    reaches: Iterable[Reach],
    *,
    limit: int = 100,
    after: PersonId | None = None,
    person: PersonId | None = None,
) -> list[Account]:
    """Open accounts that hold a role within one of the reaches, by person; `after` is the last one
    seen, `person` the only one wanted."""
    within = _within(db, reaches)
    query = (
        select(account.c.person, account.c.opened)
        .where(account.c.person.in_(select(grant.c.person).where(within)), ~account.c.closed)
        .order_by(account.c.person)
        .limit(limit)
    )
    if after is not None:
        query = query.where(account.c.person > after)
    if person is not None:
        query = query.where(account.c.person == person)
    found = db.execute(query).all()
    given = _given(db, within, [row[0] for row in found])
    return [
        Account(person=PersonId(one), opened=moment(opened), given=tuple(given.get(one, ())))
        for one, opened in found
    ]


def administrators(db: Connection) -> int:
    """How many people administer something; one who goes by two ids is one."""
    stands_for = func.coalesce(people.person.c.canonical, grant.c.person)
    query = (
        select(func.count(distinct(stands_for)))
        .join(account, account.c.person == grant.c.person)
        .outerjoin(people.person, people.person.c.person == grant.c.person)
        .where(grant.c.role == Role.ADMINISTRATOR.value, ~account.c.closed)
    )
    return db.execute(query).scalar_one()


def _within(db: Connection, reaches: Iterable[Reach]) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    for reach in reaches:
        where = units.place(db, reach.unit)
        if where is None:
            continue
        parts.append(
            and_(
                grant.c.unit.in_(select(units.unit.c.unit).where(units.within(reach.unit, where))),
                grant.c.role.in_(sorted(role.value for role in reach.roles)),
                true() if reach.model is None else grant.c.model == reach.model.value,
            )
        )
    return or_(*parts) if parts else ~true()


def _given(db: Connection, within: ColumnElement[bool], found: Sequence[str]) -> dict[str, list[Given]]:
    query = (
        select(grant)
        .where(grant.c.person.in_(found), within)
        .order_by(grant.c.since, grant.c.role, grant.c.unit, grant.c.model)
    )
    given: dict[str, list[Given]] = {}
    for row in db.execute(query):
        one = Given(_grant(row.role, row.unit, row.model), moment(row.since), By(row.by))
        given.setdefault(row.person, []).append(one)
    return given


def _grant(role: str, unit: str, narrowed: str) -> Grant:
    return Grant(Role(role), UnitId(unit), Model(narrowed) if narrowed else None)


class Accounts(model.Model):
    name = "accounts"
    version = 2
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
                # One that is opened again begins without the roles it had.
                for held in self._grants.find(self._grants.table.c.person == fact.person):
                    self._grants.drop(_key(held))
            case RoleGranted():
                given = GrantRow(
                    fact.person, fact.role.value, fact.unit, fact.model or "", micros(fact.at), fact.by
                )
                if self._grants.get(_key(given)) is None:
                    self._grants.put(given)
            case RoleRevoked():
                self._grants.drop((fact.person, fact.role.value, fact.unit, fact.model or ""))


def _key(row: GrantRow) -> tuple[str, str, str, str]:
    return row.person, row.role, row.unit, row.model
