"""Whose name may be shown to whom, in boards and lists.

Anybody's to those who hold a role over the unit where they are at home, and one's own to
oneself; everybody else sees a name only with its person's consent to a public name, and never
a minor's.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from application.actors import Actor
from application.ports import Identity
from application.privacy import Why
from domain.model import PersonId, Role, UnitId
from domain.people import Purpose
from infrastructure.read_models import people as known
from infrastructure.read_models.nominees import Nominees
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged


class Named(Protocol):
    """A row about a person."""

    @property
    def ambassador(self) -> PersonId: ...
    @property
    def unit(self) -> UnitId | None: ...
    @property
    def public_name(self) -> bool: ...


def shown_names(
    house: House, asking: Actor | None, rows: Iterable[Named], why: Why = Why.BOARD
) -> Mapping[PersonId, str]:
    """The names that these rows may show; whoever is missing has none to show."""
    shown = list(rows)
    agreed = [row.ambassador for row in shown if row.public_name]
    near = [row.ambassador for row in shown if not row.public_name and _may_see(house, asking, row)]
    return reads.names(house, agreed, Unlogged.CONSENTED) | reads.names(house, near, why)


_NEAR: Final = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
"""Administrators keep accounts; what is recorded of people is not theirs to read."""


def _may_see(house: House, asking: Actor | None, row: Named) -> bool:
    if row.public_name:
        return True
    if asking is None:
        return False
    near = row.unit is not None and asking.reaches(row.unit, *_NEAR, units=house.units, narrowed=True)
    return near or asking.person == row.ambassador


def nominee_identities(house: House, found: Nominees, why: Why) -> dict[PersonId, Identity]:
    """Those of a page of nominees who agreed to stand on award lists; the others stand on it by id
    alone, and count all the same."""
    people = [row.person for row in found.rows if row.person]
    with house.asking() as db:
        agreed = known.agreed(db, people, Purpose.AWARD_LISTS)
    return reads.identities(house, [one for one in people if one in agreed], why, unit=found.unit)
