"""Accounts, each of a person, and the roles they hold over a unit and what lies under it."""

from typing import Final

from domain.model import Fact, PersonId, Role, Tags, UnitId


class AccountFact(Fact, frozen=True, kw_only=True):
    """An account is known by its person, so that who learned before and teaches now is one."""

    person: PersonId

    def tags(self) -> Tags:
        return (f"account:{self.person}",)


class AccountOpened(AccountFact, frozen=True, kw_only=True):
    NAME = "account-opened"


class RoleGranted(AccountFact, frozen=True, kw_only=True):
    NAME = "role-granted"

    role: Role
    unit: UnitId


class RoleRevoked(AccountFact, frozen=True, kw_only=True):
    NAME = "role-revoked"

    role: Role
    unit: UnitId


class AccountClosed(AccountFact, frozen=True, kw_only=True):
    NAME = "account-closed"


FACTS: Final = (AccountOpened, RoleGranted, RoleRevoked, AccountClosed)
