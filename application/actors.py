"""Who asks, which roles they hold over which units, and what follows from it."""

from typing import Final

import msgspec

from application.ports import Unit, Units
from domain.lists import ListId, imported_by
from domain.model import By, Model, PersonId, Refused, Role, UnitId


class NotAllowed(Refused):
    """Whoever asks holds no such role anywhere."""


class OutOfScope(Refused):
    """There is no such unit, or none that whoever asks may know of: the two are never told apart."""


LISTS: Final = "lists"
"""Whose submissions the rows of all lists and forms are, whoever brings them in."""


class Grant(msgspec.Struct, frozen=True):
    """A role held over a unit and everything under it, for one model or (None) for all."""

    role: Role
    unit: UnitId
    model: Model | None = None

    def covers(self, model: Model | None) -> bool:
        """Whether it holds for a model; for None, whether it holds for all."""
        return self.model is None or self.model is model


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person with the roles they hold today, or the operator at the console. `session`
    is the id of the session they act under, if any: nothing is recorded for one that has ended.
    `importing` is the list from which somebody brings in what they record: it says so itself, and
    its rows are the same rows whoever brings it in again.

    A role may be narrowed to one model. What concerns a model is asked with `about`; what
    concerns them all needs a role that is not narrowed, unless it is asked with `narrowed`.
    """

    person: PersonId
    grants: tuple[Grant, ...] = ()
    operator: bool = False
    session: str | None = None
    importing: ListId | None = None

    @property
    def by(self) -> By:
        if self.importing is not None:
            return imported_by(self.importing)
        return By("import:operator" if self.operator else f"account:{self.person}")

    @property
    def author(self) -> str:
        """Whose submissions theirs are: an id that was sent by the same author is not recorded again."""
        return LISTS if self.importing is not None else self.person

    def holds(self, *roles: Role, about: Model | None = None) -> bool:
        """Whether one of the roles is held, over whichever unit, for `about` or (None) whatever model."""
        return self.operator or any(
            grant.role in roles and (about is None or grant.covers(about)) for grant in self.grants
        )

    def reaches(
        self, unit: UnitId, *roles: Role, units: Units, about: Model | None = None, narrowed: bool = False
    ) -> bool:
        """Whether one of the roles (any role, if none is named) is held over `unit`."""
        return self.operator or any(
            (not roles or grant.role in roles)
            and (narrowed or grant.covers(about))
            and units.is_within(unit, grant.unit)
            for grant in self.grants
        )

    def models(self, unit: UnitId, *roles: Role, units: Units) -> frozenset[Model]:
        """For which models one of the roles (any role, if none is named) is held over `unit`."""
        return frozenset(model for model in Model if self.reaches(unit, *roles, units=units, about=model))

    def must_hold(self, *roles: Role) -> None:
        """Raises `NotAllowed` without one of the roles, over whichever unit."""
        if not self.holds(*roles):
            raise NotAllowed

    def must(self, *roles: Role, over: UnitId, units: Units, about: Model | None = None) -> None:
        """Raises `NotAllowed` without one of the roles, `OutOfScope` where it is held elsewhere."""
        self.must_hold(*roles)
        if not self.reaches(over, *roles, units=units, about=about):
            raise OutOfScope

    def unit(
        self,
        ref: str,
        *roles: Role,
        units: Units,
        field: str = "unit",
        about: Model | None = None,
        narrowed: bool = False,
    ) -> Unit:
        """The unit that a form names, over which the actor holds one of the roles.

        Raises `NotAllowed` or `OutOfScope` (unknown and out of reach look the same)."""
        self.must_hold(*roles)
        found = units.find(ref)
        if found is None or not self.reaches(found.id, *roles, units=units, about=about, narrowed=narrowed):
            raise OutOfScope(field=field)
        return found


OPERATOR: Final = Actor(person=PersonId("operator"), operator=True)
"""Whoever has the machine itself: commands at the console."""
