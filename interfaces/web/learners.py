"""Whom a form can name by one tap: those the mentor taught, and others of the place."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from application.actors import Actor
from application.ports import Identity
from application.privacy import Why
from domain import names
from domain.calendar import day_of
from domain.model import Model, PersonId, Role, UnitId
from infrastructure.read_models import households, people, teachings
from infrastructure.read_models.people import Person
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web.language import gettext as _
from interfaces.web.language import near_day
from interfaces.web.words import unit_name

RECENT: Final = 20
NEARBY: Final = 60
"""How many people of a place are shown to somebody who did not teach them: a hamlet's learners of
a season, and no register of a commune."""


class KnownPerson(msgspec.Struct, frozen=True):
    """Somebody who is known, as a big choice."""

    id: PersonId
    name: str
    initial: str
    about: str
    when: str
    on: bool


def known_people(house: House, actor: Actor, chosen: Sequence[str], home: UnitId | None) -> list[KnownPerson]:
    """Whom the actor taught last, and whoever else is chosen; those chosen come first, so that none
    is hidden. The place is said where it is not `home`."""
    with house.asking() as db:
        recent = teachings.recent_learners(db, actor.person, RECENT)
    known = reads.identities(house, [one.learner for one in recent], Unlogged.ENTERED)
    taught = [
        KnownPerson(
            one.learner,
            known[one.learner].name,
            initial(known[one.learner].name),
            about(
                known[one.learner].birth_year, "" if one.unit == home else unit_name(house.units, one.unit)
            ),
            near_day(one.last_on, day_of(house.clock())),
            one.learner in chosen,
        )
        for one in recent
        if one.learner in known
    ]
    mine = {one.id for one in taught}
    others = chosen_nearby(house, actor, [PersonId(one) for one in chosen if one not in mine])
    return sorted([*others, *taught], key=lambda one: not one.on)


def nearby(house: House, actor: Actor, place: UnitId) -> list[KnownPerson]:
    """Others of a commune or hamlet: the last whom anybody taught there, and the families registered
    there, without whom the actor taught; by their given names.

    Raises `OutOfScope`, `NotAllowed`."""
    actor.must(Role.AMBASSADOR, over=place, units=house.units, about=Model.AMBASSADORS)
    with house.asking() as db:
        own = {one.learner for one in teachings.recent_learners(db, actor.person, RECENT)}
        own |= set(people.aliases(db, actor.person))
        found = teachings.taught_in(db, place, 2 * NEARBY)
        kin = households.in_unit(db, place, limit=NEARBY)
        found += [member for family in kin for member in family.members]
        known = people.several(db, found)
    met = {one.id: one for one in known.values() if one.id not in own and _may_be_named(house, actor, one)}
    ordered = [known[ref].id for ref in found if ref in known and known[ref].id in met]
    return _shown(house, [met[one] for one in list(dict.fromkeys(ordered))[:NEARBY]], place, on=False)


def chosen_nearby(house: House, actor: Actor, chosen: Sequence[PersonId]) -> list[KnownPerson]:
    """Those of these people who live where the actor teaches."""
    ids = [one for one in chosen[:NEARBY] if _AN_ID.fullmatch(one)]
    if not ids:
        return []
    with house.asking() as db:
        found = people.several(db, ids)
    near = {one.id: one for one in found.values() if _may_be_named(house, actor, one)}
    return [
        person
        for unit in dict.fromkeys(one.unit for one in near.values())
        for person in _shown(house, [one for one in near.values() if one.unit == unit], unit, on=True)
    ]


_AN_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def _may_be_named(house: House, actor: Actor, one: Person) -> bool:
    """As `application.participants` lets a lesson name somebody whom its mentor never taught."""
    return not one.erased and actor.reaches(
        one.unit, Role.AMBASSADOR, units=house.units, about=Model.AMBASSADORS
    )


def _shown(house: House, some: Sequence[Person], unit: UnitId, *, on: bool) -> list[KnownPerson]:
    """As much of each as it takes to recognise somebody one knows; noted in the access log."""
    identities = reads.identities(house, [one.id for one in some], Why.LOOKUP, unit=unit)
    named = sorted(identities.items(), key=lambda one: names.sort_key(one[1].name))
    return [_short(ref, one, on=on) for ref, one in named]


def _short(ref: PersonId, one: Identity, *, on: bool) -> KnownPerson:
    return KnownPerson(ref, names.short(one.name), initial(one.name), about(one.birth_year, ""), "", on)


def initial(name: str) -> str:
    """The first letter of the given name, which stands last."""
    return name.split()[-1][:1].upper() if name.split() else "?"


def about(birth_year: int | None, place: str) -> str:
    born = _("born %(year)s", year=birth_year) if birth_year else ""
    return " · ".join(part for part in (born, place) if part)
