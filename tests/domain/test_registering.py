"""People are registered, corrected and moved."""

import pytest

from domain.consents import GiveConsent, WithdrawConsent
from domain.erasing import ErasePerson
from domain.model import Group, PersonId, UnitId
from domain.people import PersonCorrected, PersonMoved, PersonRegistered, Purpose, UnknownPerson
from domain.registering import AlreadyErased, AlreadyRegistered, CorrectPerson, MovePerson, RegisterPerson
from tests.cast import BY, COUNTRY, GIA_LAI, SAU, TU, TUY_PHUOC, everybody, merge, registered, undo
from tests.specification import given


def erase(person: PersonId = TU, **other) -> ErasePerson:
    return ErasePerson(person=person, by=BY, **other)


def consent() -> GiveConsent:
    return GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


def no_more_consent() -> WithdrawConsent:
    return WithdrawConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


def register(person: PersonId = TU) -> RegisterPerson:
    return RegisterPerson(person=person, group=Group.PEOPLE, unit=TUY_PHUOC, by=BY)


def move(unit: UnitId) -> MovePerson:
    return MovePerson(person=TU, unit=unit, by=BY)


def correct(**what) -> CorrectPerson:
    return CorrectPerson(person=TU, by=BY, **what)


class TestRegistering:
    def test_somebody_is_known_from_now_on(self):
        given().when(register()).then(PersonRegistered)

    def test_once(self):
        given(register()).when(register()).then_refused(AlreadyRegistered)

    @pytest.mark.parametrize(
        "decision",
        [
            move(GIA_LAI),
            correct(fields=("name",)),
            consent(),
            no_more_consent(),
            erase(),
            merge(TU, SAU),
            undo(TU, SAU),
        ],
    )
    def test_nothing_is_said_of_somebody_unknown(self, decision):
        given(*registered(SAU)).when(decision).then_refused(UnknownPerson)

    @pytest.mark.parametrize("decision", [move(GIA_LAI), correct(fields=("name",)), consent()])
    def test_what_is_said_of_a_merged_person_is_looked_up_again(self, decision):
        given(*everybody(), merge(TU, SAU)).when(decision).then_stale()

    @pytest.mark.parametrize(
        "decision",
        [move(GIA_LAI), correct(fields=("name",)), consent(), merge(TU, SAU), merge(SAU, TU)],
    )
    def test_who_was_erased_stays_erased(self, decision):
        given(*everybody(), erase()).when(decision).then_refused(AlreadyErased)


class TestCorrecting:
    def test_fields_are_named_and_values_are_not(self):
        (fact,) = given(*everybody()).when(correct(fields=("name", "phone"))).then(PersonCorrected)
        assert isinstance(fact, PersonCorrected)
        assert fact.fields == ("name", "phone")
        assert fact.group is None

    def test_a_group_can_be_corrected(self):
        given(*everybody()).when(correct(group=Group.WORKERS)).then(PersonCorrected)

    def test_to_what_it_is_already_changes_nothing(self):
        given(*everybody(), correct(group=Group.WORKERS)).when(correct(group=Group.WORKERS)).then()

    def test_correcting_something_else_keeps_the_group(self):
        corrected = (*everybody(), correct(group=Group.WORKERS), correct(fields=("name",)))
        given(*corrected).when(correct(group=Group.WORKERS)).then()

    def test_moving_remembers_from_where(self):
        (fact,) = given(*everybody(), move(GIA_LAI)).when(move(COUNTRY)).then(PersonMoved)
        assert isinstance(fact, PersonMoved)
        assert (fact.previous, fact.unit) == (GIA_LAI, COUNTRY)

    def test_moving_nowhere_changes_nothing(self):
        given(*everybody()).when(move(TUY_PHUOC)).then()
