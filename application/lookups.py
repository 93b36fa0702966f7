"""What the ledger says just now: looked up before a decision, which checks it again inside."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from application.actors import Actor
from application.deciding import today
from application.ports import Ground, Ledger, Recorded, Unit, Units
from domain.access import Paths
from domain.households import FACTS as HOUSEHOLD_FACTS
from domain.households import Household, HouseholdFact, HouseholdRegistered, NoSuchHousehold
from domain.model import Group, Model, PersonId, Refused, Role, Selector, TeachingId, UnitId
from domain.people import (
    MergeUndone,
    PersonCorrected,
    PersonErased,
    PersonMerged,
    PersonMoved,
    PersonRegistered,
)
from domain.placed import PlacedAnew
from domain.teaching import CreditRuled, TeachingAnswered, TeachingLogged, TeachingVoided
from domain.territory import UnitKind
from domain.who_is_who import Aliases, Groups

COMMUNES: Final = frozenset({UnitKind.COMMUNE, UnitKind.WARD, UnitKind.SPECIAL_ZONE})

PLACES: Final = COMMUNES | {UnitKind.HAMLET}
"""Where something can happen: everything else is made of these."""


class NotACommune(Refused):
    """The unit lies above the communes: no lesson, family or market has its place there."""


class UnitIsNoMore(Refused):
    """On that day the unit was no more, since `day`; `now` is what it is called today."""


class UnknownTeaching(Refused):
    """There is no such teaching, or none that whoever asks may know of."""


class People:
    """Some people as the ledger knows them, with everybody they were merged with."""

    def __init__(self, ledger: Ledger, people: Iterable[PersonId]) -> None:
        self.units: dict[PersonId, UnitId] = {}
        self.groups: dict[PersonId, Group] = {}
        self.erased: set[PersonId] = set()
        self._aliases = Aliases()
        self._asked = tuple(dict.fromkeys(people))
        self._read_all(ledger)

    def _read_all(self, ledger: Ledger) -> None:
        """A merge bears the tags of both persons, so that reading on from them finds whole groups."""
        merges: dict[int, PersonMerged | MergeUndone] = {}
        read: set[PersonId] = set()
        waiting = set(self._asked)
        while waiting:
            read |= waiting
            met: set[PersonId] = set()
            for recorded in ledger.history([Selector(_KINDS, [f"person:{one}"]) for one in sorted(waiting)]):
                fact = recorded.fact
                if isinstance(fact, (PersonMerged, MergeUndone)):
                    merges[recorded.position] = fact
                    met |= {fact.person, fact.into}
                else:
                    self._take(recorded)
            waiting = met - read
        for position in sorted(merges):
            self._aliases.weigh(merges[position])

    def _take(self, recorded: Recorded) -> None:
        match recorded.fact:
            case PersonRegistered() as fact:
                self.units[fact.person] = fact.unit
                self.groups[fact.person] = fact.group
            case PersonMoved() as fact:
                self.units[fact.person] = fact.unit
            case PersonCorrected(group=Group() as group) as fact:
                self.groups[fact.person] = group
            case PersonErased() as fact:
                self.erased.add(fact.person)

    def now(self, person: PersonId) -> PersonId:
        """The id that stands for this person."""
        return self._aliases.canonical(person)

    def all_of(self, person: PersonId) -> frozenset[PersonId]:
        return self._aliases.all_of(person)

    def known(self, person: PersonId) -> bool:
        """Whether they were registered and not erased."""
        return person in self.units and person not in self.erased

    def groups_of_ids(self) -> Groups:
        """As decisions take it: all ids of each person asked for who has several."""
        groups = {self.all_of(person) for person in self._asked}
        return tuple(sorted(tuple(sorted(group)) for group in groups if len(group) > 1))


_KINDS: Final = (PersonRegistered, PersonMoved, PersonCorrected, PersonErased, PersonMerged, MergeUndone)


class Teaching:
    """One teaching and what became of it."""

    def __init__(self, history: Sequence[Recorded], logged: TeachingLogged) -> None:
        self.history = history
        self.logged = logged
        self.answered: TeachingAnswered | None = None
        self.voided = False
        for recorded in history:
            match recorded.fact:
                case TeachingAnswered() as fact:
                    self.answered = fact
                case TeachingVoided():
                    self.voided = True


def teaching(ledger: Ledger, ref: str, *, field: str = "teaching") -> Teaching:
    """Raises `UnknownTeaching`."""
    kinds = (TeachingLogged, TeachingAnswered, TeachingVoided, CreditRuled)
    history = ledger.history([Selector(kinds, [f"teaching:{TeachingId(ref)}"])])
    for recorded in history:
        if isinstance(recorded.fact, TeachingLogged):
            return Teaching(history, recorded.fact)
    raise UnknownTeaching(field=field)


def commune_of(units: Units, unit: Unit) -> Unit:
    """The commune of today that a unit is or lies in, so that whoever is known in a commune that was
    merged is looked for in one place; of a unit above the communes itself."""
    for above in unit.path:
        found = units.find(above)
        if found is not None and found.kind in COMMUNES and found.ended is None:
            return found
    return unit


def paths_of(units: Units, some: Iterable[UnitId]) -> Paths:
    """Units with those above them. One that is no longer listed lies in nothing but itself."""
    found = {one: units.find(one) for one in some}
    return {one: unit.path if unit else (one,) for one, unit in found.items()}


def place_of(
    units: Units, actor: Actor, ref: str, *roles: Role, about: Model, on: date | None = None
) -> Unit:
    """The commune or hamlet that a form names as the place of what it tells of a day (of today, if not
    said): one that was merged or split since may still be told of.

    Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `UnitIsNoMore`."""
    unit = actor.unit(ref, *roles, units=units, about=about)
    must_be_a_place(unit)
    must_stand(units, unit, on or today())
    return unit


def must_stand(units: Units, unit: Unit, on: date) -> None:
    """Raises `UnitIsNoMore` where the unit had ended by that day."""
    if unit.ended is not None and unit.ended <= on:
        now = next((found.name for one in unit.path[1:] if (found := units.find(one))), "")
        raise UnitIsNoMore(field="unit", day=f"{unit.ended:%d/%m/%Y}", now=now)


def must_be_a_place(unit: Unit) -> None:
    """People are looked for within a commune: entered under its province, too, one could become two.

    Raises `NotACommune`."""
    if unit.kind not in PLACES:
        raise NotACommune(field="unit")


def ids_of(ledger: Ledger, person: PersonId) -> frozenset[PersonId]:
    """All ids of a person."""
    return People(ledger, [person]).all_of(person)


def is_theirs(ledger: Ledger, person: PersonId, other: PersonId) -> bool:
    """Whether two ids stand for one person."""
    return person == other or other in People(ledger, [person]).all_of(person)


def acting(ledger: Ledger, actor: Actor, *, again: bool) -> PersonId:
    """The id that stands for the actor: their own, unless a merge was found to be in the way."""
    return People(ledger, [actor.person]).now(actor.person) if again else actor.person


def household_of(ledger: Ledger, household: str) -> Household:
    home = Household()
    for one in ledger.history([Selector(HOUSEHOLD_FACTS, [f"household:{household}"])]):
        if isinstance(one.fact, HouseholdFact):
            home.weigh(one.fact)
    return home


NOWHERE: Final = UnitId("")


def placed_in(ledger: Ledger, subject: str, known: UnitId = NOWHERE) -> UnitId:
    """Where a household, a market, a team or a workplace lies today that was `known` in a unit. It is asked
    of what is not there, too: nobody is to tell by the time that takes."""
    for recorded in ledger.history([Selector([PlacedAnew], [f"placed:{subject}"])]):
        if isinstance(recorded.fact, PlacedAnew):
            known = recorded.fact.unit
    return known


def reached_household(
    ground: Ground,
    actor: Actor,
    household: str,
    *roles: Role,
) -> HouseholdRegistered:
    """With the unit where it lies today. Raises `NoSuchHousehold` also for one outside the actor's units that
    is not their own."""
    roles = roles or (Role.AMBASSADOR, Role.ORGANIZER)
    actor.must_hold(*roles)
    mine = ids_of(ground.ledger, actor.person)
    found = household_of(ground.ledger, household).registered
    unit = placed_in(ground.ledger, household, found.unit if found else NOWHERE)
    if found is None:
        raise NoSuchHousehold
    found = replace(found, unit=unit)
    near = actor.reaches(found.unit, *roles, units=ground.units, about=Model.FAMILIES)
    if not near and found.ambassador not in mine:
        raise NoSuchHousehold
    return found
