"""An account, under all ids of its person, and whoever asks, as the ledger has them now.

Who may is weighed inside each decision (`domain/access.py`), because it may have been taken from
them a moment ago; here it is looked up once more, so that an account out of reach is answered as
one that does not exist.
"""

from collections.abc import Callable, Iterable
from typing import Any

from application.actors import Actor, Grant
from application.lookups import People, paths_of
from application.ports import Ground, Unit, Units
from application.signing_in import needs_factor
from domain.access import FACTS, MAY_GIVE, Account, AccountFact, Held, NotTheirsToGive, TakesTwo
from domain.granting import MoveRoles
from domain.model import Model, PersonId, Role, Selector, UnitId
from domain.people import UnknownPerson
from domain.who_is_who import Groups


class Known:
    """An account, under all ids of its person, and whoever asks, as the ledger has them now."""

    def __init__(
        self, ground: Ground, actor: Actor, person: PersonId, *, approver: PersonId | None = None
    ) -> None:
        asker = None if actor.operator else actor.person
        named = [one for one in (person, asker, approver) if one is not None]
        found = People(ground.ledger, named)
        self.ids = found.all_of(person)
        self.own = actor.person in self.ids
        self.accounts = _accounts(ground, self.ids)
        self.held = [held for account in self.accounts.values() for held in account.held]
        self.paths = paths_of(ground.units, (held.unit for held in self.held))
        self._deciding = [found.all_of(one) for one in (asker, approver) if one is not None]
        self._ground = ground
        self._asker, self._approver, self._by = asker, approver, actor.by
        self._aliases: Groups = found.groups_of_ids()

    @property
    def open(self) -> bool:
        return any(account.open for account in self.accounts.values())

    @property
    def administers(self) -> bool:
        return any(one.role is Role.ADMINISTRATOR for one in self.held)

    def gives(self, actor: Actor, some: Iterable[Held]) -> bool:
        """Whether the actor may give and take all of these."""
        own = [Held(one.role, one.unit, one.model) for one in actor.grants]
        return actor.operator or all(any(mine.gives(one, self.paths) for mine in own) for one in some)

    def linked_by(self, actor: Actor) -> bool:
        """Whether a link into the account is the actor's alone to hand out: an administrator's takes
        two, as recovering one does."""
        return actor.operator or (not self.administers and self.gives(actor, self.held))

    def lets_in(self) -> bool:
        """Whether who asks, and who approved, may each give all that the person holds."""
        deciding = [_accounts(self._ground, ids).values() for ids in self._deciding]
        return all(
            any(mine.gives(one, self.paths) for account in accounts for mine in account.held)
            for accounts in deciding
            for one in self.held
        )

    def rises_to(self, role: Role) -> bool:
        """Whether the role is the first that asks for a passkey or one-time codes. Until now whoever
        invited the person could have let themselves in, so that what there is to sign in with ends:
        otherwise it would open the new role, too."""
        return self.open and needs_factor([role]) and not needs_factor(one.role for one in self.held)

    def must_still_be_let_in_by(self, actor: Actor) -> None:
        """For a submission that was decided before. Raises what `RecoverAccount` does."""
        if self.own or not self.open or not self.gives(actor, self.held):
            raise NotTheirsToGive
        if not actor.operator and self.administers:
            raise TakesTwo

    def asking(self, *over: Unit) -> dict[str, Any]:
        """What every decision about an account takes."""
        return {
            "by": self._by,
            "asker": self._asker,
            "approver": self._approver,
            "aliases": self._aliases,
            "paths": {**self.paths, **{one.id: one.path for one in over}},
        }


def move_roles(
    ground: Ground, actor: Actor, person: PersonId, unit: Unit, *, of: Callable[[UnitId], bool]
) -> MoveRoles | None:
    """Takes what somebody holds over the units `of` which it is asked over to another; None where there is no
    such account, or one that holds nothing there nor where the actor organizes. What the actor may is weighed
    by the decision."""
    known = Known(ground, actor, person)
    previous = tuple(dict.fromkeys(held.unit for held in known.held if of(held.unit)))
    near = previous or any(
        actor.reaches(held.unit, Role.ORGANIZER, units=ground.units) for held in known.held
    )
    if not known.open or not near:
        return None
    return MoveRoles(person=person, unit=unit.id, previous=previous, **known.asking(unit))


def may_move(units: Units, actor: Actor, person: PersonId, grants: Iterable[Grant]) -> bool:
    """Whether the actor may take these roles of somebody to another unit of theirs: for a page, which the
    decision weighs again."""
    held = [Held(one.role, one.unit, one.model) for one in grants]
    own = [Held(one.role, one.unit, one.model) for one in actor.grants]
    paths = paths_of(units, (one.unit for one in held))
    return actor.operator or (
        person != actor.person and all(any(mine.gives(one, paths) for mine in own) for one in held)
    )


def teaches(ground: Ground, person: PersonId, unit: UnitId) -> bool:
    """Whether somebody may enter lessons in a unit, by the ledger as it is now."""
    ids = People(ground.ledger, [person]).all_of(person)
    return any(
        held.role is Role.AMBASSADOR
        and held.model in (None, Model.AMBASSADORS)
        and ground.units.is_within(unit, held.unit)
        for account in _accounts(ground, ids).values()
        for held in account.held
    )


def _accounts(ground: Ground, ids: Iterable[PersonId]) -> dict[PersonId, Account]:
    accounts = {one: Account() for one in sorted(ids)}
    for recorded in ground.ledger.history([Selector(FACTS, [f"account:{one}"]) for one in accounts]):
        if isinstance(recorded.fact, AccountFact):
            accounts[recorded.fact.person].weigh(recorded.fact)
    return accounts


def reached(ground: Ground, actor: Actor, person: PersonId) -> Known:
    """Somebody's own account, or one with a role that the actor may take. Raises `UnknownPerson`:
    whether there is an account elsewhere is looked up by the same queries and not told."""
    known = Known(ground, actor, person)
    if known.own or actor.operator:
        return known
    if not known.open or not any(known.gives(actor, [held]) for held in known.held):
        raise UnknownPerson
    return known


def may_give(ground: Ground, actor: Actor, role: Role, ref: str, model: Model | None) -> Unit:
    """The unit over which the actor may give this role. Raises `NotAllowed`, `OutOfScope`."""
    givers = [giver for giver, given in MAY_GIVE.items() if role in given]
    return actor.unit(ref, *givers, units=ground.units, about=model)
