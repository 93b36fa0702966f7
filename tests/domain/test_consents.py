"""What people agree to, and take back."""

from domain.consents import GiveConsent, TakenBackWithProof, WithdrawConsent
from domain.people import ConsentGiven, ConsentWithdrawn, GuardianConsented, Purpose
from tests.cast import BY, SAU, TU, everybody, merge
from tests.specification import given


def consent() -> GiveConsent:
    return GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


def no_more_consent() -> WithdrawConsent:
    return WithdrawConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


class TestConsent:
    def test_is_given_for_one_purpose(self):
        (fact,) = given(*everybody()).when(consent()).then(ConsentGiven)
        assert isinstance(fact, ConsentGiven)
        assert fact.purpose is Purpose.PUBLIC_NAME

    def test_giving_it_again_changes_nothing(self):
        given(*everybody(), consent()).when(consent()).then()

    def test_can_be_withdrawn_and_given_again(self):
        given(*everybody(), consent()).when(no_more_consent()).then(ConsentWithdrawn)
        given(*everybody(), consent(), no_more_consent()).when(consent()).then(ConsentGiven)

    def test_what_was_never_given_is_not_withdrawn(self):
        given(*everybody()).when(no_more_consent()).then()

    def test_a_code_alone_does_not_bring_again_what_was_taken_back_with_proof(self):
        by_code = GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, alone=True, by=BY)
        withdrawn = WithdrawConsent(person=TU, purpose=Purpose.PUBLIC_NAME, alone=True, by=BY)
        given(*everybody(), consent(), no_more_consent()).when(by_code).then_refused(TakenBackWithProof)
        given(*everybody(), consent(), withdrawn).when(by_code).then(ConsentGiven)
        given(*everybody(), consent(), withdrawn).when(withdrawn).then()
        given(*everybody(), consent(), withdrawn).when(no_more_consent()).then(ConsentWithdrawn)

    def test_can_be_withdrawn_by_who_was_merged(self):
        given(*everybody(), consent(), merge(TU, SAU)).when(no_more_consent()).then(ConsentWithdrawn)

    def test_a_guardian_agrees_beside_the_person_and_once(self):
        with_guardian = GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, guardian=True, by=BY)
        contact = GiveConsent(person=TU, purpose=Purpose.CONTACT, guardian=True, by=BY)
        _, fact = given(*everybody()).when(with_guardian).then(ConsentGiven, GuardianConsented)
        assert isinstance(fact, GuardianConsented)
        assert (fact.person, fact.purpose, fact.by) == (TU, Purpose.PUBLIC_NAME, BY)
        given(*everybody(), consent()).when(with_guardian).then(GuardianConsented)
        given(*everybody(), with_guardian).when(with_guardian).then()
        given(*everybody(), with_guardian).when(contact).then(ConsentGiven, GuardianConsented)

    def test_what_was_only_heard_brings_nothing_again_that_was_withdrawn(self):
        heard = GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, heard=True, by=BY)
        given(*everybody()).when(heard).then(ConsentGiven)
        given(*everybody(), consent(), no_more_consent()).when(heard).then()
        given(*everybody(), consent(), no_more_consent(), consent(), merge(SAU, TU)).when(heard).then()
