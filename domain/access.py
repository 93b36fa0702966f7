"""Accounts, each of a person, and the roles they hold over a unit and what lies under it."""

from dataclasses import dataclass
from typing import Final

from domain.model import Boundary, By, Decision, Fact, Model, PersonId, Refused, Role, Selector, Tags, UnitId
from domain.people import Newcomer, Present


class AccountFact(Fact, frozen=True, kw_only=True):
    """An account is known by its person, so that who learned before and teaches now is one."""

    person: PersonId

    def tags(self) -> Tags:
        return (f"account:{self.person}",)


class AccountOpened(AccountFact, frozen=True, kw_only=True):
    NAME = "account-opened"


class RoleGranted(AccountFact, frozen=True, kw_only=True, omit_defaults=True):
    """`model` is None for all models; then it is not stored, as before roles could be narrowed."""

    NAME = "role-granted"

    role: Role
    unit: UnitId
    model: Model | None = None


class RoleRevoked(AccountFact, frozen=True, kw_only=True, omit_defaults=True):
    NAME = "role-revoked"

    role: Role
    unit: UnitId
    model: Model | None = None


class AccountClosed(AccountFact, frozen=True, kw_only=True):
    NAME = "account-closed"


FACTS: Final = (AccountOpened, RoleGranted, RoleRevoked, AccountClosed)


class NoAccount(Refused):
    """The person has no open account."""


class RoleNotHeld(Refused):
    """The account does not hold this role over this unit."""


@dataclass(kw_only=True)
class AboutAccount(Decision):
    """What decisions about one account have in common: the account's own facts."""

    person: PersonId
    by: By

    def __post_init__(self) -> None:
        self.open = False
        self.held: dict[tuple[Role, UnitId], None] = {}

    def consistency_boundary(self) -> Boundary:
        return [Selector(FACTS, [f"account:{self.person}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case AccountOpened():
                self.open = True
            case RoleGranted():
                self.held[fact.role, fact.unit] = None
            case RoleRevoked():
                self.held.pop((fact.role, fact.unit), None)
            case AccountClosed():
                self.open = False
                self.held.clear()

    def must_be_open(self) -> None:
        if not self.open:
            raise NoAccount


@dataclass(kw_only=True)
class OpenAccount(AboutAccount):
    """A person, known already or met now, may sign in from now on."""

    newcomer: Newcomer | None = None
    unit: UnitId

    def __post_init__(self) -> None:
        super().__post_init__()
        self.present = Present([] if self.newcomer else [self.person])

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), *self.present.boundary()]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        self.present.weigh(fact)

    def execute(self) -> None:
        self.present.check()
        if self.newcomer:
            self.record(self.newcomer.registered(self.at, self.by, self.unit))
        if not self.open:
            self.record(AccountOpened(at=self.at, by=self.by, person=self.person))


@dataclass(kw_only=True)
class GrantRole(OpenAccount):
    """A person holds a role over a unit and what lies under it; with an account, if they had none."""

    role: Role

    def execute(self) -> None:
        super().execute()
        if (self.role, self.unit) not in self.held:
            self.record(
                RoleGranted(at=self.at, by=self.by, person=self.person, role=self.role, unit=self.unit)
            )


@dataclass(kw_only=True)
class RevokeRole(AboutAccount):
    """A person no longer holds a role over a unit."""

    role: Role
    unit: UnitId

    def execute(self) -> None:
        self.must_be_open()
        if (self.role, self.unit) not in self.held:
            raise RoleNotHeld
        self.record(RoleRevoked(at=self.at, by=self.by, person=self.person, role=self.role, unit=self.unit))


@dataclass(kw_only=True)
class CloseAccount(AboutAccount):
    """A person no longer signs in; every role ends with the account."""

    def execute(self) -> None:
        self.must_be_open()
        self.record(AccountClosed(at=self.at, by=self.by, person=self.person))
