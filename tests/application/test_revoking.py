"""A role is taken: the one that is named, once; with an ambassador's last one, what their phones send by."""

import asyncio

import msgspec
import pytest

from application import access
from application.access import close_account, invite, revoke
from application.actors import OPERATOR, Actor, Grant, OutOfScope
from application.forms.access import RevokeForm
from application.ports import SubmissionConflict
from domain.access import RoleRevoked
from domain.model import Model, Role
from tests.application.place import QUY_NHON, TUY_PHUOC, Scene, invitation

TAKEN = RevokeForm(submission="taken", role=Role.AMBASSADOR, unit=TUY_PHUOC)


def revoked(scene: Scene, actor, person, form=TAKEN):
    return asyncio.run(revoke(scene.ground, actor, person, form, phones=scene.accounts))


def phone_of(scene: Scene, person) -> str:
    """The token that a phone of theirs sends by."""
    link = asyncio.run(scene.accounts.issue(person))
    found = scene.accounts.session(asyncio.run(access.accept_invitation(scene.accounts, link)).token)
    assert found is not None
    return str(asyncio.run(scene.accounts.issue_phone(found)).token)


def given(scene: Scene, role: Role, unit, model: Model | None = None) -> None:
    """To Lan, who was invited before."""
    form = invitation(scene, "Trần Thị Lan", role, unit, "0905 000 001")
    asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, msgspec.structs.replace(form, model=model)))


def taken(scene: Scene):
    return [(fact.person, fact.role, fact.unit, fact.model) for fact in scene.facts(RoleRevoked)]


def test_it_is_recorded_once_however_often_it_is_sent(scene, minh, lan):
    first = revoked(scene, minh, lan.person)
    assert (first.person, first.position, first.again) == (lan.person, scene.ledger.head(), False)
    again = revoked(scene, minh, lan.person)
    assert (again.person, again.position, again.again) == (lan.person, first.position, True)
    assert taken(scene) == [(lan.person, Role.AMBASSADOR, TUY_PHUOC, None)]


def test_one_submission_does_not_stand_for_two_people(scene, minh, lan, hoa):
    revoked(scene, minh, lan.person)
    with pytest.raises(SubmissionConflict):
        revoked(scene, minh, hoa.person)


def test_of_one_held_for_a_model_and_for_all_the_one_that_is_named(scene, lan):
    given(scene, Role.ORGANIZER, TUY_PHUOC)
    given(scene, Role.ORGANIZER, TUY_PHUOC, Model.FAMILIES)
    form = RevokeForm(submission="of-families", role=Role.ORGANIZER, unit=TUY_PHUOC, model=Model.FAMILIES)
    revoked(scene, OPERATOR, lan.person, form)
    assert taken(scene) == [(lan.person, Role.ORGANIZER, TUY_PHUOC, Model.FAMILIES)]


def test_who_organizes_families_takes_what_is_held_for_families_and_nothing_else(scene, lan):
    form = invitation(scene, "Ngô Văn Gia", Role.ORGANIZER, TUY_PHUOC, "0905 000 021")
    form = msgspec.structs.replace(form, model=Model.FAMILIES)
    invited = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
    narrowed = Grant(role=Role.ORGANIZER, unit=TUY_PHUOC, model=Model.FAMILIES)
    gia = Actor(person=invited.person, grants=(narrowed,))
    given(scene, Role.AMBASSADOR, TUY_PHUOC, Model.FAMILIES)
    with pytest.raises(OutOfScope):
        revoked(scene, gia, lan.person)
    revoked(scene, gia, lan.person, msgspec.structs.replace(TAKEN, model=Model.FAMILIES))
    assert taken(scene) == [(lan.person, Role.AMBASSADOR, TUY_PHUOC, Model.FAMILIES)]


def test_what_a_phone_sends_by_ends_with_the_last_role_of_an_ambassador(scene, minh, lan, hoa):
    given(scene, Role.ORGANIZER, TUY_PHUOC)
    token, hoas = phone_of(scene, lan.person), phone_of(scene, hoa.person)
    revoked(scene, OPERATOR, lan.person)
    assert scene.accounts.phone(token) is None
    assert scene.accounts.phone(hoas) is not None


def test_and_not_while_they_teach_elsewhere(scene, lan):
    given(scene, Role.AMBASSADOR, QUY_NHON)
    token = phone_of(scene, lan.person)
    revoked(scene, OPERATOR, lan.person)
    assert scene.accounts.phone(token) is not None
    elsewhere = RevokeForm(submission="elsewhere", role=Role.AMBASSADOR, unit=QUY_NHON)
    revoked(scene, OPERATOR, lan.person, elsewhere)
    assert scene.accounts.phone(token) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_for_a_model_is_a_role_of_its_own(scene, lan):
    given(scene, Role.AMBASSADOR, TUY_PHUOC, Model.FAMILIES)
    token = phone_of(scene, lan.person)
    revoked(scene, OPERATOR, lan.person)
    assert scene.accounts.phone(token) is not None
    families = msgspec.structs.replace(TAKEN, submission="families", model=Model.FAMILIES)
    revoked(scene, OPERATOR, lan.person, families)
    assert scene.accounts.phone(token) is None


def test_another_role_that_is_taken_leaves_it(scene, lan):
    given(scene, Role.TEAM_LEADER, TUY_PHUOC)
    token = phone_of(scene, lan.person)
    leading = RevokeForm(submission="leading", role=Role.TEAM_LEADER, unit=TUY_PHUOC)
    revoked(scene, OPERATOR, lan.person, leading)
    assert scene.accounts.phone(token) is not None


def test_who_closed_an_account_is_told_whose_and_as_of_when(scene, minh, lan):
    done = asyncio.run(close_account(scene.ground, scene.accounts, minh, lan.person))
    assert (done.person, done.position, done.again) == (lan.person, scene.ledger.head(), False)


def test_the_session_that_the_browser_had_ends_with_the_next_one(scene, lan):
    first, second = (asyncio.run(scene.accounts.issue(lan.person)) for _ in range(2))
    before = asyncio.run(access.accept_invitation(scene.accounts, first)).token
    asyncio.run(access.accept_invitation(scene.accounts, second, replacing=before))
    assert scene.accounts.session(before) is None
