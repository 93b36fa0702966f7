"""Boundaries of another time: `boundaries=YYYY-MM-DD` in addresses and in the API, and the switch that
pages show.

Everything is counted under the boundaries of all times at once, so a page that was asked for a day
asks the same questions about a unit of that day.
"""

from datetime import date, timedelta
from typing import Final

import msgspec

from application.actors import Actor, OutOfScope
from application.ports import Unit
from application.reforms import NoBoundaries
from application.territory import SINCE
from domain.model import Model, Role, UnitId
from domain.territory import UnitKind
from interfaces.house import House
from interfaces.web import choosing
from interfaces.web.choosing import address, reference
from interfaces.web.figures import country, today
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.limits import WrongValue
from interfaces.web.render import Link
from interfaces.web.words import full_name, unit_name

OLD: Final = SINCE - timedelta(days=1)
"""The last day of 63 provinces, districts and 10,035 communes."""


class Switch(msgspec.Struct, frozen=True):
    """`links` to the same page under the boundaries of today and of before 1/7/2025; none where those
    are not known here. `value` is what a form carries on, `said` the day the page is about."""

    links: tuple[Link, ...] = ()
    value: str = ""
    said: str = ""


def day_asked(house: House, text: str) -> date | None:
    """The day whose boundaries an address asks for; None for those of today.

    Raises `WrongValue`, `NoBoundaries`."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongValue(field="boundaries") from None
    must_be_known(house, day)
    return day


def must_be_known(house: House, day: date) -> None:
    """Raises `NoBoundaries` for a day before the first whose boundaries are known here."""
    if day < house.units.since:
        raise NoBoundaries(field="boundaries", since=house.units.since.isoformat())


def unit_on(house: House, ref: str, day: date | None) -> Unit:
    """A unit by its id, by the code it bore on the day (of today, for None), or `VN`; as it was then.

    Raises `OutOfScope` where there is none, then `NoBoundaries`."""
    found = house.units.find(ref) if day is None else house.units.on(ref, day)
    if found is None:
        raise OutOfScope(field="unit")
    if day is not None:
        must_be_known(house, day)
    return found


def unit_then(house: House, unit: UnitId, day: date | None) -> Unit | None:
    """A unit as it was on a day; as it is, for None."""
    return house.units.find(unit) if day is None else house.units.on(unit, day)


def unit_asked(house: House, ref: str, day: date | None, otherwise: Unit | None) -> Unit:
    """The same, or where none is named what stood then in place of `otherwise`."""
    if ref:
        return unit_on(house, ref, day)
    if otherwise is None:
        raise OutOfScope(field="unit")
    return otherwise if day is None else of_then(house, otherwise, day)


def unit_over(
    house: House, asking: Actor, ref: str, day: date | None, *roles: Role, narrowed: bool = False
) -> Unit:
    """The unit of a day over which, or over whose ground, somebody holds one of the roles today.

    Raises `NotAllowed`, `OutOfScope`, `NoBoundaries`."""
    asking.must_hold(*roles)
    return unit_reached(house, asking, ref, *roles, day=day, narrowed=narrowed)


def unit_reached(
    house: House,
    asking: Actor,
    ref: str,
    *roles: Role,
    day: date | None = None,
    about: Model | None = None,
    narrowed: bool = False,
) -> Unit:
    """The same for one of the roles, or any if none is named: one that does not exist and one that is not
    theirs look alike. Raises `OutOfScope`, `NoBoundaries`."""
    found = unit_on(house, ref, day)
    if not asking.reaches(found.id, *roles, units=house.units, about=about, narrowed=narrowed):
        raise OutOfScope(field="unit")
    return found


def of_then(house: House, unit: Unit, day: date) -> Unit:
    """The unit that stood on a day in place of one, or else the smallest that held all of it."""
    there = house.units.counterparts(unit.id, day)
    found = there[0] if len(there) == 1 else house.units.held_all_of(unit.id, day)
    return (found and house.units.on(found, day)) or country(house) or unit


def switch(house: House, path: str, unit: Unit, day: date | None, **query: object) -> Switch:
    """The way from one to the other: `query` is what else the page was asked for."""
    if house.units.since > OLD:
        return Switch()
    shown = day or today(house)
    now = unit if day is None else of_then(house, unit, today(house))
    then = unit if day is not None and day <= OLD else of_then(house, unit, OLD)
    kept = day if day is not None and day <= OLD else OLD
    return Switch(
        links=(
            Link(address(path, unit=reference(now), **query), _("Boundaries of today"), current=day is None),
            Link(
                address(path, unit=reference(then), **query, boundaries=kept.isoformat()),
                _("Old boundaries (before 1 July 2025)"),
                current=shown <= OLD,
            ),
        ),
        value=day.isoformat() if day else "",
        said=_("By the boundaries of %(day)s", day=day_said(day)) if day else "",
    )


def below(house: House, unit: Unit, day: date | None) -> list[Unit]:
    """The units right under one on a day, in alphabetical order: Đ after D."""
    if day is None:
        return choosing.below(house, unit)
    return sorted(house.units.under(unit.id, day), key=lambda one: choosing.in_alphabet(one.name))


def above(house: House, unit: Unit, day: date | None) -> list[Unit]:
    """The unit and those it lay in on a day, the country last."""
    if day is None:
        return [found for step in unit.path if (found := house.units.find(step))]
    return [found for step in house.units.line(unit.id, day) if (found := house.units.on(step, day))]


def nearby(house: House, unit: Unit, day: date | None) -> list[tuple[str, str]]:
    """Units to choose from: those above, the unit itself, what lies under it, and its siblings."""
    if day is None:
        return choosing.nearby(house, unit)
    line = above(house, unit, day)
    under = below(house, unit, day)
    beside = [] if under or len(line) < 2 else below(house, line[1], day)
    listed = {one.id: one for one in (*reversed(line), *under, *beside)}
    return [(reference(one), one.name) for one in listed.values()]


def name_on(house: House, unit: UnitId | str | None, day: date | None) -> str:
    """What a row's unit is called: under the boundaries of a day the smallest unit of then that held
    all of it, under those of today the commune that stands for it (one that was split keeps its name)."""
    found = house.units.find(unit) if unit else None
    if found is None:
        return ""
    if day is None:
        return _standing(house, found).name
    then = house.units.held_all_of(found.id, day)
    there = house.units.on(then, day) if then else None
    return there.name if there and there.kind is not UnitKind.COUNTRY else found.name


def full_name_on(house: House, unit: UnitId | str | None, day: date | None) -> str:
    """The same with the units above it, below the country."""
    found = house.units.find(unit) if unit else None
    if found is None:
        return ""
    if day is None:
        return full_name(house.units, _standing(house, found))
    then = house.units.held_all_of(found.id, day)
    there = house.units.on(then, day) if then else None
    if there is None:
        return unit_name(house.units, found.id)
    line = above(house, there, day)
    return ", ".join(one.name for one in line[:-1] or line)


def _standing(house: House, unit: Unit) -> Unit:
    """What a unit that was merged is today; one that was split stays what it was."""
    if unit.ended is None:
        return unit
    there = house.units.counterparts(unit.id, today(house))
    return (house.units.find(there[0]) or unit) if len(there) == 1 else unit
