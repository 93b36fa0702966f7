"""Whose name may be shown to whom, in boards and lists.

Anybody's to those who hold a role over the unit where they are at home, and one's own to
oneself; everybody else sees a name only with its person's consent to a public name, and never
a minor's.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from application.actors import Actor
from domain.model import PersonId, UnitId
from interfaces.house import House


class Named(Protocol):
    """A row about a person."""

    @property
    def ambassador(self) -> PersonId: ...
    @property
    def unit(self) -> UnitId | None: ...
    @property
    def public_name(self) -> bool: ...


def shown_names(house: House, asking: Actor | None, rows: Iterable[Named]) -> Mapping[PersonId, str]:
    """The names that these rows may show; whoever is missing has none to show."""
    return house.vault.names([row.ambassador for row in rows if _may_see(house, asking, row)])


def _may_see(house: House, asking: Actor | None, row: Named) -> bool:
    if row.public_name:
        return True
    if asking is None:
        return False
    near = row.unit is not None and asking.reaches(row.unit, units=house.units)
    return near or asking.person == row.ambassador
