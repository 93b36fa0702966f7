"""What boards and lists are chosen by: units and periods, as links and options."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from application.actors import Actor, OutOfScope
from application.ports import Unit
from domain import names
from domain.model import UnitId
from domain.territory import UnitKind
from interfaces.house import House
from interfaces.web.figures import country
from interfaces.web.language import gettext as _

FIRST_YEAR: Final = 2025
"""The movement began with plan 01-KH/BCĐTW of 21/3/2025."""


def address(path: str, **query: object) -> str:
    """A path with those query parameters that say something."""
    said = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path


def home_of(house: House, asking: Actor | None) -> Unit | None:
    """The unit somebody's work lies in, under the boundaries of today; the country for strangers. None
    before a territory is loaded."""
    for grant in asking.grants if asking else ():
        if (found := house.units.find(grant.unit)) is not None:
            return standing(house, found)
    return country(house)


def standing(house: House, unit: Unit) -> Unit:
    """What stands for a unit today: of one that was divided the largest part."""
    if unit.ended is None or len(unit.path) == 1:
        return unit
    return house.units.find(unit.path[1]) or unit


def standing_over(house: House, units: Iterable[UnitId]) -> list[UnitId]:
    """What somebody with roles over these units sees lists of: the units that stand for those that are
    no more, without those that lie in another of them. One that was divided stays beside its largest
    part, since what was recorded in it lies in none of its parts."""
    found: dict[UnitId, None] = {}
    for one in units:
        unit = house.units.find(one)
        if unit is None or unit.ended is None or house.units.in_doubt(one):
            found[one] = None
        if unit is not None and unit.ended is not None:
            found[unit.path[min(1, len(unit.path) - 1)]] = None
    whole = [one for one in found if not house.units.in_doubt(one)]
    return [
        one
        for one in found
        if one not in whole or not any(other != one and house.units.is_within(one, other) for other in whole)
    ]


def unit_asked(house: House, ref: str, otherwise: Unit | None) -> Unit:
    """The unit that an address names. Raises `OutOfScope` for one that does not exist."""
    found = house.units.find(ref) if ref else otherwise
    if found is None:
        raise OutOfScope(field="unit")
    return found


def below(house: House, unit: Unit) -> list[Unit]:
    """The units right under one, in alphabetical order: Đ after D."""
    return sorted(house.units.children(unit.id), key=lambda one: in_alphabet(one.name))


in_alphabet: Final = lru_cache(maxsize=10_000)(names.alphabet_key)
"""Of units' names, which are few and asked for again and again."""


def nearby(
    house: House, unit: Unit, opens: Callable[[UnitId], bool] = lambda _one: True
) -> list[tuple[str, str]]:
    """Units to choose from: those above, the unit itself, what lies under it, and its siblings; of a page
    that is not everybody's those that it opens for."""
    above = [found for step in reversed(unit.path) if (found := house.units.find(step))]
    under = below(house, unit)
    parent = house.units.find(unit.parent) if unit.parent is not None else None
    beside = [] if under or parent is None else below(house, parent)
    listed = {one.id: one for one in (*above, *under, *beside)}
    return [
        (one.code or one.id if one.kind is not UnitKind.COUNTRY else "VN", one.name)
        for one in listed.values()
        if opens(one.id)
    ]


def reference(unit: Unit) -> str:
    """How an address names a unit: its official code where it has one, which of a unit that is no more
    another one may bear today."""
    if unit.kind is UnitKind.COUNTRY:
        return "VN"
    return unit.code if unit.code and unit.ended is None else unit.id


def periods(today: date) -> list[tuple[str, str]]:
    """All time, this year, this month and the one before."""
    last = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    return [
        ("all", _("All time")),
        (f"{today:%Y}", _("Year %(year)s", year=f"{today:%Y}")),
        (f"{today:%Y-%m}", _("Month %(month)s", month=f"{today:%m/%Y}")),
        (f"{last:%Y-%m}", _("Month %(month)s", month=f"{last:%m/%Y}")),
    ]


def years(today: date) -> list[tuple[str, str]]:
    return [("", _("All years")), *((str(year), str(year)) for year in range(today.year, FIRST_YEAR - 1, -1))]
