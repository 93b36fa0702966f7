"""People are erased."""

from domain.consents import GiveConsent
from domain.erasing import ErasePerson
from domain.model import PersonId
from domain.people import PersonErased, Purpose
from domain.registering import AlreadyErased
from tests.cast import BY, SAU, TU, everybody, merge, undo
from tests.specification import given


def erase(person: PersonId = TU, **other) -> ErasePerson:
    return ErasePerson(person=person, by=BY, **other)


def consent() -> GiveConsent:
    return GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


class TestErasing:
    def test_a_person_is_erased_once(self):
        given(*everybody()).when(erase()).then(PersonErased)
        given(*everybody(), erase()).when(erase()).then()

    def test_with_every_id_they_have(self):
        merged = given(*everybody(), merge(SAU, TU))
        merged.when(erase(aliases=((TU, SAU),))).then(PersonErased, PersonErased)

    def test_no_id_is_overlooked(self):
        given(*everybody(), merge(SAU, TU)).when(erase()).then_stale()

    def test_an_undone_merge_does_not_bring_them_back(self):
        both_erased = (*everybody(), merge(SAU, TU), erase(aliases=((TU, SAU),)), undo(SAU, TU))
        given(*both_erased).when(consent()).then_refused(AlreadyErased)
