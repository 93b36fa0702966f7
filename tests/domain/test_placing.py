"""Who of a divided commune lives where: one by one, all of those named or none."""

from datetime import date

import pytest

from domain.model import Group, PersonId, UnitId
from domain.people import MergeUndone, PersonErased, PersonMerged, PersonMoved, PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.placing import (
    MOST,
    NobodyToPlace,
    PartHasEnded,
    PlaceAnew,
    PlacedElsewhere,
    Placing,
)
from domain.territory import UnitsMerged
from tests.cast import BY, NOW, SAU, TU
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
