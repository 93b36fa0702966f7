"""Accounts, each of a person, and the roles they hold over a unit and what lies under it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    Model,
    PersonId,
    Refused,
    Role,
    Selector,
    Stale,
    Tags,
    UnitId,
)
from domain.people import Newcomer
from domain.who_is_who import Groups, Present, WhoIsWho


class AccountFact(Fact, frozen=True, kw_only=True):
    """An account is known by its person, so that who learned before and teaches now is one."""

    person: PersonId

    def tags(self) -> Tags:
        return (f"account:{self.person}",)


class AccountOpened(AccountFact, frozen=True, kw_only=True):
    NAME = "account-opened"


class RoleFact(AccountFact, frozen=True, kw_only=True, omit_defaults=True):
    """`model` is None for all models; then it is not stored, as before roles could be narrowed."""

    role: Role
    unit: UnitId
    model: Model | None = None

    def tags(self) -> Tags:
        """Administrators are found together, because the last one has to stay."""
        return (*super().tags(), ADMINISTRATORS) if self.role is Role.ADMINISTRATOR else super().tags()


class RoleGranted(RoleFact, frozen=True, kw_only=True, omit_defaults=True):
    """`approved` is who agreed, where it takes two."""

    NAME = "role-granted"

    approved: By | None = None


class RoleRevoked(RoleFact, frozen=True, kw_only=True, omit_defaults=True):
    NAME = "role-revoked"


class AccountRecovered(AccountFact, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who lost what they signed in with was given a new link; the old devices ended."""

    NAME = "account-recovered"

    approved: By | None = None


class AccountClosed(AccountFact, frozen=True, kw_only=True):
    NAME = "account-closed"


ADMINISTRATORS: Final = f"role:{Role.ADMINISTRATOR}"

FACTS: Final = (AccountOpened, RoleGranted, RoleRevoked, AccountRecovered, AccountClosed)

MAY_GIVE: Final[Mapping[Role, frozenset[Role]]] = {
    Role.TEAM_LEADER: frozenset({Role.AMBASSADOR}),
    Role.ORGANIZER: frozenset({Role.AMBASSADOR, Role.TEAM_LEADER}),
    Role.ADMINISTRATOR: frozenset(Role),
}
"""Which roles the holder of a role gives and takes, over the units they hold it over."""

Paths = Mapping[UnitId, tuple[UnitId, ...]]
"""Units with those above them, as they lie when it is decided: each path begins with the unit."""


class NoAccount(Refused):
    """The person has no open account."""


class RoleNotHeld(Refused):
    """The account does not hold this role over this unit."""


class NotTheirsToGive(Refused):
    """Nobody gives or takes more than they hold: role, units and model."""


class NotToThemselves(Refused):
    """Nobody gives themselves a role, or agrees to what they asked for themselves."""


class TakesTwo(Refused):
    """An administrator is appointed, and recovered, by two others."""


class LastAdministrator(Refused):
    """Somebody has to be able to let others in, wherever somebody was: name another administrator over
    the same unit, or one above it, first."""


class HeldElsewhere(Refused):
    """They hold roles that whoever appoints them may not give, and come in as those let them who gave
    these: with that nobody rises to a role that asks for more."""


class WholeRole(Refused):
    """An administrator cannot be narrowed to one model."""


class Held(msgspec.Struct, frozen=True):
    """A role that somebody holds over a unit, for one model or (None) for all."""

    role: Role
    unit: UnitId
    model: Model | None = None

    def gives(self, other: "Held", paths: Paths) -> bool:
        """Whether who holds this may give and take the other. Raises `Stale` for a unit whose
        place was not looked up."""
        if other.unit not in paths:
            raise Stale
        return (
            other.role in MAY_GIVE.get(self.role, ())
            and self.unit in paths[other.unit]
            and self.model in (None, other.model)
        )


class Account:
    """One account as its facts tell it."""

    def __init__(self) -> None:
        self.open = False
        self.held: dict[Held, None] = {}

    def weigh(self, fact: AccountFact) -> None:
        match fact:
            case AccountOpened():
                self.open = True
            case RoleGranted():
                self.held[Held(fact.role, fact.unit, fact.model)] = None
            case RoleRevoked():
                self.held.pop(Held(fact.role, fact.unit, fact.model), None)
            case AccountClosed():
                self.open = False
                self.held.clear()


@dataclass(kw_only=True)
class AboutAccount(Decision):
    """What decisions about one account have in common: its facts, and those of whoever asks.

    `asker` is None at the console, which may everything but remove the last administrator.
    `aliases` holds the groups of all people named here where they were ever merged; `paths` the
    units that matter. What the asker may is weighed here once more: it may have been taken from
    them a moment ago.
    """

    person: PersonId
    by: By
    asker: PersonId | None = None
    approver: PersonId | None = None
    aliases: Groups = ()
    paths: Paths = field(default_factory=dict)

    def __post_init__(self) -> None:
        people = [one for one in (self.person, self.asker, self.approver) if one is not None]
        self.who = WhoIsWho(people, self.aliases)
        self.accounts: dict[PersonId, Account] = {
            one: Account() for person in people for one in self.who.ids(person)
        }

    @property
    def account(self) -> Account:
        return self.accounts[self.person]

    @property
    def all_held(self) -> list[Held]:
        """What the person holds under any of their ids."""
        return list(self._held(self.person))

    def consistency_boundary(self) -> Boundary:
        accounts = [Selector(FACTS, [f"account:{one}"]) for one in self.accounts]
        return [*accounts, *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        self.who.weigh(fact)
        if isinstance(fact, AccountFact) and fact.person in self.accounts:
            self.accounts[fact.person].weigh(fact)

    def must_be_open(self) -> None:
        if not self.account.open:
            raise NoAccount

    def must_be_theirs(self, *others: Held) -> None:
        """That who asks (and who approved) may give and take all of these, and is somebody else.
        Raises `NotTheirsToGive`, `NotToThemselves`."""
        deciding = self._deciding
        if any(self.who.same(one, self.person) for one in deciding):
            raise NotToThemselves
        if len(deciding) > self.who.distinct(deciding):
            raise NotToThemselves
        if not self.theirs(others):
            raise NotTheirsToGive

    def theirs(self, others: Iterable[Held]) -> bool:
        """Whether who asks, and who approved, may give and take all of these."""
        return all(
            any(held.gives(other, self.paths) for held in self._held(one))
            for one in self._deciding
            for other in others
        )

    @property
    def _deciding(self) -> list[PersonId]:
        return [one for one in (self.asker, self.approver) if one is not None]

    @property
    def approved(self) -> By | None:
        return None if self.approver is None else By(f"account:{self.approver}")

    def _held(self, person: PersonId) -> Iterator[Held]:
        for one in sorted(self.who.ids(person)):
            yield from self.accounts[one].held


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
