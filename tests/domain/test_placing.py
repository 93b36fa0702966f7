"""Who of a divided commune lives where: one by one, all of those named or none."""

from datetime import date
from typing import Any

import pytest

from domain.access import AccountOpened, NotTheirsToGive, NotToThemselves, RoleGranted, RoleRevoked
from domain.granting import MoveRoles
from domain.model import Group, PersonId, Role, TeamId, UnitId
from domain.people import MergeUndone, PersonErased, PersonMerged, PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.placing import (
    MOST,
    NobodyToPlace,
    PartHasEnded,
    PlaceAnew,
    PlacedElsewhere,
    Placing,
    SameNameThere,
)
from domain.teams import DisbandReason, TeamDisbanded, TeamFormed, TeamRenamed
from domain.territory import UnitsMerged
from tests.cast import BY, LAN, NOW, SAU, TODAY, TU
from tests.specification import given

OLD, PART, OTHER = UnitId("xa-cu"), UnitId("phan-mot"), UnitId("phan-hai")


def registered(person: PersonId = TU) -> PersonRegistered:
    return PersonRegistered(at=NOW, by=BY, person=person, group=Group.PEOPLE, unit=OLD)


def waits(subject: str = TU, body: Body = Body.PERSON) -> Placing:
    return Placing(body, subject, OLD)


def place(*some: Placing, unit: UnitId = PART) -> PlaceAnew:
    return PlaceAnew(placings=some, unit=unit, by=BY)


def test_a_person_moves_and_everything_else_is_placed_anew():
    given(registered()).when(place(waits(), waits("family", Body.HOUSEHOLD))).then(PersonMoved, PlacedAnew)


def test_said_twice_once_is_enough():
    given(registered(), place(waits())).when(place(waits())).then()
    family = waits("family", Body.HOUSEHOLD)
    given(place(family)).when(place(family)).then()


def test_somebody_placed_elsewhere_meanwhile_stops_them_all():
    both = place(waits(SAU), waits(), unit=OTHER)
    given(registered(), registered(SAU), place(waits())).when(both).then_refused(PlacedElsewhere)


def test_who_is_no_more_is_left_out():
    erased = PersonErased(at=NOW, by=BY, person=TU)
    given(registered(), erased).when(place(waits())).then()
    merged = PersonMerged(at=NOW, by=BY, person=TU, into=SAU)
    given(registered(), merged).when(place(waits())).then()
    undone = MergeUndone(at=NOW, by=BY, person=TU, into=SAU)
    given(registered(), merged, undone).when(place(waits())).then(PersonMoved)


def test_nobody_is_placed_in_what_is_no_more():
    ended = UnitsMerged(at=NOW, by=BY, unit=OTHER, valid_from=date(2026, 3, 1), parts=(PART,))
    given(registered(), ended).when(place(waits())).then_refused(PartHasEnded)


@pytest.mark.parametrize(
    "some", [(), (waits(), waits()), tuple(waits(f"p{number}") for number in range(MOST + 1))]
)
def test_somebody_is_named_each_once_and_not_too_many(some):
    given(registered()).when(place(*some)).then_refused(NobodyToPlace)


OURS, THEIRS = TeamId("to-cua-ta"), TeamId("to-cua-ho")


def formed(team: TeamId, unit: UnitId, key: str = "to mot") -> TeamFormed:
    return TeamFormed(at=NOW, by=BY, team=team, unit=unit, name="Tổ Một", name_key=key, on=TODAY)


def renamed(team: TeamId, unit: UnitId) -> TeamRenamed:
    return TeamRenamed(
        at=NOW, by=BY, team=team, unit=unit, name="Tổ Hai", name_key="to hai", previous_key="to mot"
    )


def our_team(name: str = "Tổ Một", key: str | None = "to mot") -> Placing:
    return Placing(Body.TEAM, OURS, OLD, name, key)


def test_a_team_does_not_meet_another_of_its_name():
    both = formed(OURS, OLD), formed(THEIRS, PART)
    given(*both).when(place(our_team())).then_refused(SameNameThere)
    given(*both, renamed(THEIRS, PART)).when(place(our_team())).then(PlacedAnew)
    twins = our_team(), Placing(Body.TEAM, THEIRS, OLD, "Tổ Một", "to mot")
    given().when(place(*twins)).then_refused(SameNameThere)


def test_a_team_that_was_renamed_meanwhile_is_looked_up_again():
    given(formed(OURS, OLD), renamed(OURS, OLD)).when(place(our_team())).then_stale()


def test_one_that_is_no_more_needs_no_name():
    gone = TeamDisbanded(
        at=NOW, by=BY, team=OURS, unit=OLD, name_key="to mot", on=TODAY, reason=DisbandReason.OTHER
    )
    given(formed(THEIRS, PART), gone).when(place(our_team("", None))).then(PlacedAnew)


def holds(person: PersonId, role: Role, unit: UnitId) -> tuple[AccountOpened, RoleGranted]:
    about: dict[str, Any] = {"at": NOW, "by": BY, "person": person}
    return AccountOpened(**about), RoleGranted(role=role, unit=unit, **about)


WHOLE = UnitId("tinh")
PATHS = {OLD: (OLD, WHOLE), PART: (PART, WHOLE), WHOLE: (WHOLE,)}


def move(person: PersonId, asker: PersonId | None = LAN) -> PlaceAnew:
    roles = MoveRoles(person=person, unit=PART, previous=(OLD,), by=BY, asker=asker, paths=PATHS)
    return PlaceAnew(placings=[Placing(Body.ACCOUNT, person, OLD)], moves=[roles], unit=PART, by=BY)


def test_a_role_over_the_divided_commune_becomes_the_same_over_the_part():
    known = *holds(LAN, Role.ORGANIZER, WHOLE), *holds(TU, Role.AMBASSADOR, OLD)
    given(*known).when(move(TU)).then(PlacedAnew, RoleGranted, RoleRevoked)
    given(*known, *holds(TU, Role.AMBASSADOR, PART)).when(move(TU)).then(PlacedAnew, RoleRevoked)
    given(*holds(LAN, Role.ORGANIZER, WHOLE)).when(move(TU)).then()


def test_whoever_may_not_give_a_role_does_not_place_it():
    chief = holds(LAN, Role.ORGANIZER, WHOLE)
    given(*chief, *holds(TU, Role.ORGANIZER, OLD)).when(move(TU)).then_refused(NotTheirsToGive)
    given(*chief, *holds(LAN, Role.AMBASSADOR, OLD)).when(move(LAN)).then_refused(NotToThemselves)
    given(*holds(TU, Role.ADMINISTRATOR, OLD)).when(move(TU, asker=None)).then(
        PlacedAnew, RoleGranted, RoleRevoked
    )
