"""What of a divided commune was said to lie in which unit of today; what was recorded keeps the unit of
its day."""

from enum import StrEnum
from typing import Final

from domain.model import Fact, Tags, UnitId


class Body(StrEnum):
    """Who and what waits to be placed. A door is a household that was visited by its number, and an account
    the roles that somebody holds over the commune."""

    PERSON = "person"
    HOUSEHOLD = "household"
    DOOR = "door"
    MARKET = "market"
    TEAM = "team"
    WORKPLACE = "workplace"
    ACCOUNT = "account"


_NAMED: Final = {
    Body.TEAM: "team-name",
    Body.MARKET: "market-name",
    Body.WORKPLACE: "workplace-name",
}
"""The tags under which names of a unit are found, as `domain.teams.team_name` and the others make them."""


class PlacedAnew(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """A household, a door, a market, a team, a workplace or the roles of an account that were known in a
    divided unit (`previous`) lie in `unit` today. `name_key` is the folded name of what bears one: it is
    known by it in `unit` from now on, and in `previous` no longer."""

    NAME = "placed-anew"

    body: Body
    subject: str
    previous: UnitId
    unit: UnitId
    name_key: str | None = None

    def tags(self) -> Tags:
        named = _NAMED.get(self.body) if self.name_key else None
        units = dict.fromkeys((self.unit, self.previous)) if named else ()
        return (f"placed:{self.subject}", *(f"{named}:{unit}:{self.name_key}" for unit in units))


class Bearers:
    """What bears a name in a unit: what was given it there, and what was placed there with it. Told of the
    facts under that name's tag, in their order."""

    def __init__(self, unit: UnitId) -> None:
        self._unit = unit
        self._known: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._known)

    def given(self, subject: str) -> None:
        self._known.add(subject)

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PlacedAnew(unit=self._unit):
                self._known.add(fact.subject)
            case PlacedAnew():
                self._known.discard(fact.subject)


FACTS: Final = (PlacedAnew,)
