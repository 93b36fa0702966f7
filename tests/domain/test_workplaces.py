"""Workplaces, and who belongs to which of them."""

from datetime import timedelta
from typing import Any

import pytest

from domain.entries import NotYetHappened
from domain.erasing import ErasePerson
from domain.model import PersonId, WorkplaceId
from domain.names import BadName
from domain.people import PersonErased, PersonRegistered, UnknownPerson
from domain.who_is_who import Groups
from domain.workplaces import (
    AlreadyAtAWorkplace,
    JoinWorkplace,
    LeaveWorkplace,
    LeftBeforeJoining,
    NoSuchWorkplace,
    NotAtThisWorkplace,
    RegisterWorkplace,
    WorkplaceExists,
    WorkplaceJoined,
    WorkplaceKind,
    WorkplaceLeft,
    WorkplaceRegistered,
)
from tests.cast import (
    BY,
    GIA_LAI,
    HOA,
    LAN,
    SAU,
    TODAY,
    TU,
    TUY_PHUOC,
    YESTERDAY,
    everybody,
    merge,
    newcomers,
)
from tests.specification import given

SCHOOL, OFFICE = WorkplaceId("school"), WorkplaceId("office")
TOMORROW = TODAY + timedelta(days=1)


def workplace(
    ref: WorkplaceId = SCHOOL, name: str = "Trường THCS Phước Hòa", **other: Any
) -> RegisterWorkplace:
    request: dict[str, Any] = {"unit": TUY_PHUOC, "kind": WorkplaceKind.SCHOOL, "by": BY}
    return RegisterWorkplace(workplace=ref, name=name, **(request | other))


def joins(person: PersonId = LAN, at: WorkplaceId = SCHOOL, **other: Any) -> JoinWorkplace:
    request: dict[str, Any] = {"on": YESTERDAY, "by": BY}
    return JoinWorkplace(workplace=at, person=person, **(request | other))


def leaves(
    person: PersonId = LAN, at: WorkplaceId = SCHOOL, *, aliases: Groups = (), **other: Any
) -> LeaveWorkplace:
    request: dict[str, Any] = {"on": TODAY, "by": BY}
    return LeaveWorkplace(workplace=at, person=person, aliases=aliases, **(request | other))


KNOWN = (*everybody(), workplace(), workplace(OFFICE, "UBND xã Tuy Phước", kind=WorkplaceKind.OFFICE))


class TestRegistering:
    def test_a_workplace_of_some_kind_under_a_unit(self):
        fact: Any
        (fact,) = given().when(workplace()).then(WorkplaceRegistered)
        assert fact.name == "Trường THCS Phước Hòa"
        assert fact.name_key == "truong thcs phuoc hoa"

    def test_one_unit_has_one_workplace_of_a_name_accents_aside(self):
        again = workplace(OFFICE, "TRUONG THCS  PHUOC HOA")
        given(workplace()).when(again).then_refused(WorkplaceExists, field="name")

    def test_another_unit_may_have_one_of_that_name(self):
        given(workplace()).when(workplace(OFFICE, unit=GIA_LAI)).then(WorkplaceRegistered)

    def test_an_id_is_taken_once(self):
        given(workplace()).when(workplace(name="Another")).then_refused(WorkplaceExists)

    def test_a_name_is_written_in_letters(self):
        with pytest.raises(BadName):
            workplace(name=" ... ")


class TestJoining:
    def test_a_person_belongs_from_a_day_on(self):
        fact: Any
        (fact,) = given(*KNOWN).when(joins()).then(WorkplaceJoined)
        assert (fact.person, fact.unit, fact.on) == (LAN, TUY_PHUOC, YESTERDAY)

    def test_joining_twice_changes_nothing(self):
        given(*KNOWN, joins()).when(joins(on=TODAY)).then()

    def test_a_person_belongs_to_one_workplace_at_a_time(self):
        given(*KNOWN, joins()).when(joins(at=OFFICE)).then_refused(AlreadyAtAWorkplace, field="person")

    def test_who_moves_leaves_the_other_one(self):
        left: Any
        joined: Any
        left, joined = (
            given(*KNOWN, joins())
            .when(joins(at=OFFICE, moving=True, on=TODAY))
            .then(WorkplaceLeft, WorkplaceJoined)
        )
        assert (left.workplace, joined.workplace) == (SCHOOL, OFFICE)

    def test_who_left_may_join_another(self):
        given(*KNOWN, joins(), leaves()).when(joins(at=OFFICE, on=TODAY)).then(WorkplaceJoined)

    def test_nobody_belongs_from_tomorrow_on(self):
        given(*KNOWN).when(joins(on=TOMORROW)).then_refused(NotYetHappened)

    def test_there_must_be_such_a_workplace(self):
        given(*everybody()).when(joins()).then_refused(NoSuchWorkplace, field="workplace")

    def test_there_must_be_such_a_person(self):
        given(*KNOWN).when(joins(PersonId("nobody"))).then_refused(UnknownPerson)

    def test_somebody_new_is_registered_where_they_live(self):
        new = newcomers(PersonId("new"))[0]
        request = joins(new.person, newcomer=new, lives=GIA_LAI)
        registered: Any
        joined: Any
        registered, joined = given(*KNOWN).when(request).then(PersonRegistered, WorkplaceJoined)
        assert (registered.unit, joined.unit) == (GIA_LAI, TUY_PHUOC)

    def test_who_was_merged_is_looked_up_again(self):
        given(*KNOWN, merge(TU, LAN)).when(joins(LAN)).then_stale()

    def test_two_entries_of_one_person_belong_together(self):
        merged = (*KNOWN, joins(TU), merge(TU, LAN))
        given(*merged).when(joins(LAN, OFFICE, aliases=((TU, LAN),))).then_refused(AlreadyAtAWorkplace)


class TestLeaving:
    def test_a_person_leaves_on_a_day(self):
        fact: Any
        (fact,) = given(*KNOWN, joins()).when(leaves()).then(WorkplaceLeft)
        assert fact.on == TODAY

    def test_only_who_belongs_can_leave(self):
        given(*KNOWN, joins(HOA)).when(leaves()).then_refused(NotAtThisWorkplace, field="person")
        given(*KNOWN, joins(), leaves()).when(leaves()).then_refused(NotAtThisWorkplace)

    def test_nobody_leaves_before_joining(self):
        early = leaves(on=YESTERDAY - timedelta(days=1))
        given(*KNOWN, joins()).when(early).then_refused(LeftBeforeJoining, field="on")

    def test_somebody_leaves_under_every_id(self):
        merged = (*KNOWN, joins(TU), joins(SAU), merge(TU, SAU))
        left: tuple[Any, ...] = (
            given(*merged).when(leaves(SAU, aliases=((TU, SAU),))).then(WorkplaceLeft, WorkplaceLeft)
        )
        assert {one.person for one in left} == {TU, SAU}

    def test_whoever_is_erased_leaves(self):
        fact: Any
        _, fact = (
            given(*KNOWN, joins()).when(ErasePerson(person=LAN, by=BY)).then(PersonErased, WorkplaceLeft)
        )
        assert (fact.workplace, fact.person, fact.on) == (SCHOOL, LAN, TODAY)
        gone = given(*KNOWN, joins(), leaves()).when(ErasePerson(person=LAN, by=BY))
        gone.then(PersonErased)
