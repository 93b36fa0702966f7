"""What boards and lists are chosen by: units and periods, as links and options."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from application.actors import Actor, OutOfScope
from application.ports import Unit
from domain import names
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
    """The unit somebody's work lies in; the country for strangers. None before a territory is loaded."""
    for grant in asking.grants if asking else ():
        if (found := house.units.find(grant.unit)) is not None:
            return found
    return country(house)


def unit_asked(house: House, ref: str, otherwise: Unit | None) -> Unit:
    """The unit that an address names. Raises `OutOfScope` for one that does not exist."""
    found = house.units.find(ref) if ref else otherwise
    if found is None:
        raise OutOfScope(field="unit")
    return found


def below(house: House, unit: Unit) -> list[Unit]:
    """The units right under one, in alphabetical order: Đ after D."""
    return sorted(house.units.children(unit.id), key=lambda one: names.alphabet_key(one.name))


def nearby(house: House, unit: Unit) -> list[tuple[str, str]]:
    """Units to choose from: those above, the unit itself, what lies under it, and its siblings."""
    above = [found for step in reversed(unit.path) if (found := house.units.find(step))]
    under = below(house, unit)
    parent = house.units.find(unit.parent) if unit.parent is not None else None
    beside = [] if under or parent is None else below(house, parent)
    listed = {one.id: one for one in (*above, *under, *beside)}
    return [
        (one.code or one.id if one.kind is not UnitKind.COUNTRY else "VN", one.name)
        for one in listed.values()
    ]


def reference(unit: Unit) -> str:
    """How an address names a unit: its official code where it has one."""
    return "VN" if unit.kind is UnitKind.COUNTRY else unit.code or unit.id


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
