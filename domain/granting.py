"""People are let in: with an account, with a role, and again after they lost what they sign in with."""

from dataclasses import dataclass

from domain.access import (
    AboutAccount,
    AccountOpened,
    AccountRecovered,
    Held,
    RoleFact,
    RoleGranted,
    RoleRevoked,
    TakesTwo,
    WholeRole,
)
from domain.model import Boundary, Fact, Model, PersonId, Role, Stale, UnitId
from domain.people import Newcomer
from domain.who_is_who import Present


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
        self.who.check()
        self.present.check()
        if self.newcomer:
            for fact in self.newcomer.facts(self.at, self.by, self.unit):
                self.record(fact)
        if not self.account.open:
            self.record(AccountOpened(at=self.at, by=self.by, person=self.person))


@dataclass(kw_only=True)
class GrantRole(OpenAccount):
    """A person holds a role over a unit and what lies under it; with an account, if they had none.

    `links`: a link that opens the account goes out with it. It would open every role the person
    holds, so that it is `Stale` where those who decide may not give them all."""

    role: Role
    model: Model | None = None
    links: bool = False

    def execute(self) -> None:
        granted = Held(self.role, self.unit, self.model)
        self.who.check()
        self.must_be_theirs(granted)
        if self.links and not self.may_link():
            raise Stale
        if self.role is Role.ADMINISTRATOR:
            self.check_administrator()
        super().execute()
        if granted not in self.account.held:
            self.record(
                RoleGranted(
                    at=self.at,
                    by=self.by,
                    person=self.person,
                    role=self.role,
                    unit=self.unit,
                    model=self.model,
                    approved=self.approved,
                )
            )

    def may_link(self) -> bool:
        """An administrator is let in by two, as when one is recovered."""
        alone = self.asker is not None and self.approver is None
        if alone and any(one.role is Role.ADMINISTRATOR for one in self.all_held):
            return False
        return self.theirs(self.all_held)

    def check_administrator(self) -> None:
        if self.model is not None:
            raise WholeRole
        if self.asker is not None and self.approver is None:
            raise TakesTwo


@dataclass(kw_only=True)
class ProposeAdministrator(OpenAccount):
    """Somebody is to become an administrator once another one agrees: the account alone, until then."""

    def execute(self) -> None:
        self.who.check()
        self.must_be_theirs(Held(Role.ADMINISTRATOR, self.unit))
        super().execute()


@dataclass(kw_only=True)
class MoveRoles(AboutAccount):
    """A commune was divided: what somebody holds over it, or over hamlets of it, they hold over `unit` from
    now on. `previous` are these units, as they were looked up.

    Nobody is let in who was not, so an administrator is moved by one who may take the role from them."""

    unit: UnitId
    previous: tuple[UnitId, ...]

    def execute(self) -> None:
        self.who.check()
        for one in sorted(self.who.ids(self.person)):
            held = self.accounts[one].held
            for moving in [other for other in held if other.unit in self.previous]:
                there = Held(moving.role, self.unit, moving.model)
                self.must_be_theirs(moving, there)
                if there not in held:
                    self.record(self._about(RoleGranted, one, there))
                    held[there] = None
                self.record(self._about(RoleRevoked, one, moving))

    def _about(self, kind: type[RoleFact], person: PersonId, held: Held) -> RoleFact:
        return kind(at=self.at, by=self.by, person=person, role=held.role, unit=held.unit, model=held.model)


@dataclass(kw_only=True)
class RecoverAccount(AboutAccount):
    """Somebody lost what they sign in with: a new link, and the old devices end.

    Who gives the link out could use it themselves, so it takes whoever may give every role that
    the person holds; for an administrator it takes two of them."""

    def execute(self) -> None:
        self.who.check()
        self.must_be_theirs(*self.all_held)
        self.must_be_open()
        administers = any(one.role is Role.ADMINISTRATOR for one in self.all_held)
        if administers and self.asker is not None and self.approver is None:
            raise TakesTwo
        self.record(AccountRecovered(at=self.at, by=self.by, person=self.person, approved=self.approved))
