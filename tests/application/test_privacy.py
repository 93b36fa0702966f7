"""What people agree to, as the ledger tells it; after a merge the stricter holds."""

import asyncio

import msgspec
import pytest

from application import people, privacy
from application.access import close_account, invite
from application.actors import OPERATOR
from application.forms.people import MergeForm
from application.privacy import NotKnownByThat
from application.teaching import log_lesson
from domain.model import By, Role
from domain.people import ConsentGiven, GuardianConsented, Purpose
from tests.application.place import TUY_PHUOC, invitation, lesson, named

CONTACT, REMINDERS = Purpose.CONTACT, Purpose.REMINDERS
SELF = By("code:teaching-1")


def met(scene, actor, learner):
    return asyncio.run(log_lesson(scene.ground, actor, lesson(scene, learner))).teachings[0]


def chosen(scene, person, wishes, **how):
    asyncio.run(privacy.choose(scene.ground, person, SELF, wishes, **how))


def holding(scene, person):
    found = privacy.agreed(scene.ledger, person)
    return {purpose for purpose in Purpose if found.holds(purpose)}


@pytest.fixture
def two(scene, lan):
    """Two entries of one woman, of which one agreed to more than the other."""
    one = met(scene, lan, named(phone="0905123456")).learner
    other = met(scene, lan, named("Bà Tư", birth_year=1956)).learner
    chosen(scene, one, {CONTACT: True, REMINDERS: True})
    chosen(scene, other, {REMINDERS: True})
    return one, other


def merged(scene, minh, one, other, *, undo=False):
    form = MergeForm(submission=scene.submission(), person=one, into=other)
    asyncio.run((people.undo_merge if undo else people.merge)(scene.ground, minh, form))


@pytest.mark.parametrize("turned", [False, True], ids=["into the other", "the other into it"])
def test_only_what_both_agreed_to_holds(scene, minh, two, turned):
    one, other = reversed(two) if turned else two
    merged(scene, minh, one, other)
    assert holding(scene, one) == holding(scene, other) == {REMINDERS}


def test_asked_again_it_holds_again(scene, minh, two):
    one, other = two
    merged(scene, minh, other, one)  # the one that stands had agreed before, which no longer counts
    chosen(scene, other, {CONTACT: True})
    assert holding(scene, one) == {CONTACT, REMINDERS}


def test_what_was_taken_back_stays_so_when_they_are_two_again(scene, minh, two):
    one, other = two
    merged(scene, minh, one, other)
    chosen(scene, one, {REMINDERS: False})
    merged(scene, minh, one, other, undo=True)
    assert (holding(scene, one), holding(scene, other)) == ({CONTACT}, set())


def test_under_sixteen_a_guardian_agrees_too(scene, lan):
    child = met(scene, lan, named("Bé Na", birth_year=2015)).learner
    chosen(scene, child, {CONTACT: True})
    assert holding(scene, child) == set()
    chosen(scene, child, {CONTACT: True}, guardian=True)
    assert holding(scene, child) == {CONTACT}
    assert len(scene.facts(GuardianConsented)) == 1


def test_what_was_heard_stands_with_the_entry_of_somebody_new(scene, lan):
    taught = met(scene, lan, named(phone="0905123456", consent=["contact"]))
    (fact,) = scene.facts(ConsentGiven)
    assert (fact.person, fact.by) == (taught.learner, f"account:{lan.person}")


def test_what_was_heard_later_is_recorded_too_but_never_over_a_withdrawal(scene, lan):
    tu = met(scene, lan, named(phone="0905123456")).learner
    met(scene, lan, named(phone="0905123456", consent=["contact"]))
    assert holding(scene, tu) == {CONTACT}
    chosen(scene, tu, {CONTACT: False})
    met(scene, lan, named(phone="0905123456", consent=["contact"]))
    assert holding(scene, tu) == set()


def test_what_was_heard_is_never_over_a_withdrawal_under_an_id_that_was_merged(scene, lan, minh, two):
    one, other = two
    chosen(scene, one, {CONTACT: False})
    merged(scene, minh, one, other)
    met(scene, lan, named(phone="0905123456", consent=["contact"]))
    assert CONTACT not in holding(scene, one)
    assert CONTACT in privacy.agreed(scene.ledger, one).withdrawn
    chosen(scene, one, {CONTACT: True})
    assert CONTACT in holding(scene, one)


@pytest.mark.parametrize("known", ["0905123457", "", "1956", "không"])
def test_a_code_without_the_right_phone_opens_nothing(scene, lan, known):
    taught = met(scene, lan, named(phone="0905123456", birth_year=1956))
    with pytest.raises(NotKnownByThat):
        privacy.proven(scene.ground, taught.code, known)
    assert privacy.proven(scene.ground, taught.code, "0905 123 456").person == taught.learner


def test_a_mentor_opens_nobodys_data_who_has_an_account_by_teaching_them_something(scene, lan, hoa):
    taught = met(scene, lan, named("Lê Hòa", phone="0905 000 002"))
    assert taught.learner == hoa.person
    with pytest.raises(NotKnownByThat):
        privacy.proven(scene.ground, taught.code, "0905 000 002")
    asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, hoa.person))
    assert privacy.proven(scene.ground, taught.code, "0905 000 002").person == hoa.person


def test_neither_of_somebody_merged_with_one_who_has_an_account(scene, lan, hoa, minh):
    taught = met(scene, lan, named("Bà Hòa", phone="0905123499"))
    merged(scene, minh, hoa.person, taught.learner)
    with pytest.raises(NotKnownByThat):
        privacy.proven(scene.ground, taught.code, "0905123499")


def test_who_turns_out_to_be_under_sixteen_by_a_year_said_later_counts_as_that(scene, lan):
    child = met(scene, lan, named("Bé Na", phone="0905123456", consent=["contact"])).learner
    assert holding(scene, child) == {CONTACT}
    met(scene, lan, named("Bé Na", phone="0905123456", birth_year=2015))
    assert privacy.agreed(scene.ledger, child).minor
    assert holding(scene, child) == set()


def test_neither_is_who_is_invited_with_such_a_year_forgotten_to_be_young(scene, lan):
    child = met(scene, lan, named("Bé Na", phone="0905123456")).learner
    form = invitation(scene, "Bé Na", Role.AMBASSADOR, TUY_PHUOC, "0905123456")
    young = msgspec.structs.replace(form, birth_year=2015)
    invited = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, young))
    assert invited.person == child
    assert privacy.agreed(scene.ledger, child).minor


def test_a_wrong_year_that_is_not_kept_makes_nobody_a_child(scene, lan):
    tu = met(scene, lan, named(phone="0905123456", birth_year=1956)).learner
    met(scene, lan, named(phone="0905123456", birth_year=2015))
    assert not privacy.agreed(scene.ledger, tu).minor
