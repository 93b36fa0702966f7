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
from domain.who_is_who import Groups, WhoIsWho


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
