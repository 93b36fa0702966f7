"""Door to door ("đi từng ngõ, gõ từng nhà"): a household visited, what was found there, and how many
households there are to visit.

A household is named by its family, where one was entered, or by its number in the list that the hamlet
keeps: so two visitors at one door mean one household, and nobody's name is asked for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.entries import Whose, happened, within_time
from domain.households import HouseholdRegistered, NoSuchHousehold
from domain.model import (
    Boundary,
    By,
    Decision,
    Fact,
    HouseholdId,
    PersonId,
    Refused,
    Selector,
    Skill,
    Tags,
    TeamId,
    UnitId,
    VisitId,
    VoidReason,
)
from domain.placed import PlacedAnew
from domain.skills import BY_ID
from domain.teaching import SameSkillTwice, UnknownSkill
from domain.team_members import TeamsOf
from domain.who_is_who import Groups, Present, WhoIsWho


class Finding(StrEnum):
    """What a household was found to have; what is not named was not there."""

    SMARTPHONE = "smartphone"
    HOME_NETWORK = "home-network"
    VNEID_LEVEL_2 = "vneid-level-2"


class VisitFact(Fact, frozen=True, kw_only=True):
    visit: VisitId
    household: HouseholdId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"visit:{self.visit}", f"visited:{self.household}")


class HouseholdVisited(VisitFact, frozen=True, kw_only=True):
    """`needs` are the skills that somebody there wants to be taught. `number` is the household's in
    the list of its hamlet; named beside a family, the two are one household from now on. `team` is
    the visitor's on that day."""

    NAME = "household-visited"

    visitor: PersonId
    team: TeamId | None
    on: date
    found: tuple[Finding, ...]
    needs: tuple[Skill, ...]
    number: int | None = None
    device: str | None = None

    def tags(self) -> Tags:
        teams = (f"team:{self.team}",) if self.team else ()
        return (*super().tags(), f"visitor:{self.visitor}", *teams)


class VisitVoided(VisitFact, frozen=True, kw_only=True):
    """Withdrawn by its visitor or voided by an organizer: it no longer counts."""

    NAME = "visit-voided"

    reason: VoidReason


class HouseholdsDeclared(Fact, frozen=True, kw_only=True):
    """So many households there are in a unit, as somebody who answers for it says, by a document.
    Said again, the latest day holds; of one day, what was said last."""

    NAME = "households-declared"

    unit: UnitId
    households: int
    on: date
    document: str

    def tags(self) -> Tags:
        return (f"households-declared:{self.unit}",)


FACTS: Final = (HouseholdVisited, VisitVoided, HouseholdsDeclared)


class NoHouseholdNamed(Refused):
    """A visit names a family that was entered, or a household by its number."""


class ImpossibleNumber(Refused):
    """Households of a hamlet have numbers from 1 to `limit`."""


class SameFindingTwice(Refused):
    """A visit names each finding once."""


class ImpossibleHouseholds(Refused):
    """A unit has between 1 and `limit` households."""


class DocumentNotNamed(Refused):
    """A number of households is declared by a document, named in one line."""


class NoSuchVisit(Refused):
    """There is no such visit, or none that whoever asks may know of."""


HIGHEST_NUMBER: Final = 20_000
MOST_HOUSEHOLDS: Final = 200_000
"""More than any commune or special zone has."""


def check_number(number: int) -> None:
    """Raises `ImpossibleNumber`."""
    if not 1 <= number <= HIGHEST_NUMBER:
        raise ImpossibleNumber(field="number", limit=HIGHEST_NUMBER)


def numbered(unit: UnitId, number: int) -> HouseholdId:
    """The household of that number in a unit, whoever visits it first."""
    return HouseholdId(f"{_DOOR}{unit}:{number}")


def door(household: str) -> tuple[UnitId, int] | None:
    """The unit and the number of a household that is known by these; None for a family."""
    unit, _, number = household.removeprefix(_DOOR).rpartition(":")
    if not household.startswith(_DOOR) or not number.isdecimal():
        return None
    return UnitId(unit), int(number)


_DOOR: Final = "no:"


@dataclass(kw_only=True)
class LogVisit(Decision):
    """Somebody visited a household on a day. `family` is the household's where one was entered, and
    then `unit` its own. Who visits twice is recorded twice; the household counts once."""

    visit: VisitId
    visitor: PersonId
    unit: UnitId
    on: date
    late_entry_days: int
    by: By
    family: HouseholdId | None = None
    number: int | None = None
    found: tuple[Finding, ...] = ()
    needs: tuple[Skill, ...] = ()
    device: str | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.present = Present([self.visitor])
        self.who = WhoIsWho([self.visitor], self.aliases)
        self.teams = TeamsOf(sorted(self.who.ids(self.visitor)))
        self.lies: UnitId | None = None

    def consistency_boundary(self) -> Boundary:
        families = (
            [
                Selector([HouseholdRegistered], [f"household:{self.family}"]),
                Selector([PlacedAnew], [f"placed:{self.family}"]),
            ]
            if self.family
            else []
        )
        return [*families, *self.present.boundary(), *self.who.boundary(), *self.teams.boundary()]

    def weigh(self, fact: Fact) -> None:
        self.present.weigh(fact)
        self.who.weigh(fact)
        self.teams.weigh(fact)
        if isinstance(fact, PlacedAnew) and fact.subject == self.family:
            self.lies = fact.unit
        if isinstance(fact, HouseholdRegistered) and fact.household == self.family:
            self.lies = fact.unit

    def execute(self) -> None:
        self.check_request()
        within_time(self.on, self.at, self.late_entry_days)
        self.present.check()
        self.who.check()
        if self.family and self.lies != self.unit:
            raise NoSuchHousehold
        self.record(
            HouseholdVisited(
                at=self.at,
                by=self.by,
                visit=self.visit,
                household=self.family or numbered(self.unit, self.number or 0),
                unit=self.unit,
                visitor=self.visitor,
                team=self.team(),
                on=self.on,
                found=tuple(one for one in Finding if one in self.found),
                needs=self.needs,
                number=self.number,
                device=self.device,
            )
        )

    def check_request(self) -> None:
        if self.family is None and self.number is None:
            raise NoHouseholdNamed(field="number")
        if self.number is not None:
            check_number(self.number)
        if len(set(self.found)) < len(self.found):
            raise SameFindingTwice(field="found")
        for skill in self.needs:
            if skill not in BY_ID:
                raise UnknownSkill(field="needs", skill=skill)
        if len(set(self.needs)) < len(self.needs):
            raise SameSkillTwice(field="needs")

    def team(self) -> TeamId | None:
        """The one the visitor belonged to on that day, wherever they belong by now."""
        return self.teams.on(self.who.ids(self.visitor), self.on)


@dataclass(kw_only=True)
class VoidVisit(Decision):
    """An organizer voids a visit; or its visitor, named as `own`, withdraws it."""

    visit: VisitId
    reason: VoidReason
    by: By
    own: PersonId | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.whose = Whose(self.own, self.aliases)
        self.logged: HouseholdVisited | None = None
        self.voided = False

    def consistency_boundary(self) -> Boundary:
        own = Selector([HouseholdVisited, VisitVoided], [f"visit:{self.visit}"])
        return [own, *self.whose.boundary()]

    def weigh(self, fact: Fact) -> None:
        self.whose.weigh(fact)
        match fact:
            case HouseholdVisited():
                self.logged = fact
            case VisitVoided():
                self.voided = True

    def execute(self) -> None:
        self.whose.check(self.logged.visitor if self.logged else None)
        if self.logged and not self.voided:
            self.record(
                VisitVoided(
                    at=self.at,
                    by=self.by,
                    visit=self.visit,
                    household=self.logged.household,
                    unit=self.logged.unit,
                    reason=self.reason,
                )
            )


@dataclass(kw_only=True)
class DeclareHouseholds(Decision):
    """A unit has so many households, by a document. The same again changes nothing."""

    unit: UnitId
    households: int
    on: date
    document: str
    by: By

    def __post_init__(self) -> None:
        self.document = self.document.strip()
        self.known: HouseholdsDeclared | None = None

    def consistency_boundary(self) -> Boundary:
        return [Selector([HouseholdsDeclared], [f"households-declared:{self.unit}"])]

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, HouseholdsDeclared) and fact.on == self.on:
            self.known = fact

    def execute(self) -> None:
        if not 1 <= self.households <= MOST_HOUSEHOLDS:
            raise ImpossibleHouseholds(field="households", limit=MOST_HOUSEHOLDS)
        if not 0 < len(self.document) <= 200 or not self.document.isprintable():
            raise DocumentNotNamed(field="document")
        happened(self.on, self.at)
        if self.known and (self.known.households, self.known.document) == (self.households, self.document):
            return
        self.record(
            HouseholdsDeclared(
                at=self.at,
                by=self.by,
                unit=self.unit,
                households=self.households,
                on=self.on,
                document=self.document,
            )
        )
