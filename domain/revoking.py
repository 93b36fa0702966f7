"""Roles are taken, and accounts closed; of those who administer somebody stays."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.access import (
    ADMINISTRATORS,
    AboutAccount,
    AccountClosed,
    Held,
    LastAdministrator,
    RoleGranted,
    RoleNotHeld,
    RoleRevoked,
)
from domain.model import Boundary, Fact, Model, PersonId, Role, Selector, UnitId


@dataclass(kw_only=True)
class TakeFromAccount(AboutAccount):
    """A decision after which there may be one administrator fewer.

    Every grant of administrators is inside its boundary, over the whole ledger, so that two who
    take it from each other at once cannot both succeed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.administrators: dict[tuple[PersonId, Held], None] = {}

    def consistency_boundary(self) -> Boundary:
        return [*super().consistency_boundary(), Selector([RoleGranted, RoleRevoked], [ADMINISTRATORS])]

    def weigh(self, fact: Fact) -> None:
        super().weigh(fact)
        match fact:
            case RoleGranted(role=Role.ADMINISTRATOR):
                self.administrators[fact.person, Held(fact.role, fact.unit)] = None
            case RoleRevoked(role=Role.ADMINISTRATOR):
                self.administrators.pop((fact.person, Held(fact.role, fact.unit)), None)

    def somebody_administers_without(self, some: Iterable[tuple[PersonId, Held]]) -> None:
        """Raises `LastAdministrator` where nobody else does over one of the units, or above it: with
        that, somebody stays over the widest unit as long as anybody was."""
        gone = set(some)
        left = {held.unit for _person, held in self.administrators.keys() - gone}
        for _person, held in gone:
            above = self.paths.get(held.unit, (held.unit,))
            if held.role is Role.ADMINISTRATOR and left.isdisjoint(above):
                raise LastAdministrator

    def revoke(self, *some: tuple[PersonId, Held]) -> None:
        """Records it, by the id that holds it."""
        for person, one in some:
            self.record(
                RoleRevoked(
                    at=self.at,
                    by=self.by,
                    person=person,
                    role=one.role,
                    unit=one.unit,
                    model=one.model,
                )
            )

    def close(self) -> None:
        """Every account of the person, with what they administer: other roles end with the account."""
        self.revoke(*self.administered)
        for one in self.opened:
            self.record(AccountClosed(at=self.at, by=self.by, person=one))

    @property
    def opened(self) -> list[PersonId]:
        """The ids of the person under which an account is open."""
        return [one for one in sorted(self.who.ids(self.person)) if self.accounts[one].open]

    @property
    def administered(self) -> list[tuple[PersonId, Held]]:
        return [(one, held) for one in self.opened for held in administering(self.accounts[one].held)]


@dataclass(kw_only=True)
class RevokeRole(TakeFromAccount):
    """A person no longer holds a role over a unit. They may lay it down themselves."""

    role: Role
    unit: UnitId
    model: Model | None = None

    def execute(self) -> None:
        self.who.check()
        revoked = Held(self.role, self.unit, self.model)
        if self.asker is None or not self.who.same(self.asker, self.person):
            self.must_be_theirs(revoked)
        self.must_be_open()
        if revoked not in self.account.held:
            raise RoleNotHeld
        self.somebody_administers_without([(self.person, revoked)])
        self.revoke((self.person, revoked))


@dataclass(kw_only=True)
class CloseAccount(TakeFromAccount):
    """A person no longer signs in; every role ends with the account, under each of their ids: what
    one of them holds, all of them may use. They may close their own."""

    def execute(self) -> None:
        self.who.check()
        if self.asker is None or not self.who.same(self.asker, self.person):
            self.must_be_theirs(*self.all_held)
        self.must_be_open()
        self.somebody_administers_without(self.administered)
        self.close()


def administering(held: Iterable[Held]) -> list[Held]:
    return [one for one in held if one.role is Role.ADMINISTRATOR]
