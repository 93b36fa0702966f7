"""Who lost a phone is let in again: once for each time it is asked, and by whoever may."""

import asyncio

import msgspec
import pytest

from application import access
from application.access import close_account
from application.actors import OPERATOR, Grant
from application.approvals import approve, propose
from application.forms.access import AccountForm
from application.ports import SubmissionConflict
from application.recovering import end_devices, recover
from domain.access import AccountOpened, AccountRecovered, NotTheirsToGive
from domain.model import Model, Role
from domain.people import UnknownPerson
from tests.application.place import GIA_LAI, TUY_PHUOC, invitation

LOST = AccountForm(submission="lost")


def recovered(scene, actor, person, form=LOST):
    return asyncio.run(recover(scene.ground, scene.accounts, actor, person, form))


def signed_in(scene, person) -> str:
    link = asyncio.run(scene.accounts.issue(person))
    return asyncio.run(access.accept_invitation(scene.accounts, link)).token


def test_it_is_recorded_once_however_often_it_is_sent(scene, duc, lan):
    first = recovered(scene, duc, lan.person)
    assert (first.person, first.position) == (lan.person, scene.ledger.head())
    again = recovered(scene, duc, lan.person)
    assert (again.person, again.position) == (first.person, first.position)
    assert len(scene.facts(AccountRecovered)) == 1


def test_one_submission_does_not_stand_for_two_people(scene, duc, lan, hoa):
    recovered(scene, duc, lan.person)
    with pytest.raises(SubmissionConflict):
        recovered(scene, duc, hoa.person)


def test_who_holds_their_role_for_one_model_reaches_nobody_who_holds_it_for_all(scene, lan, minh):
    narrowed = Grant(role=Role.ORGANIZER, unit=TUY_PHUOC, model=Model.FAMILIES)
    with pytest.raises(UnknownPerson):
        recovered(scene, msgspec.structs.replace(minh, grants=(narrowed,)), lan.person)
    assert recovered(scene, minh, lan.person).token


def test_sent_again_it_lets_nobody_into_an_account_that_was_closed_since(scene, duc, lan):
    recovered(scene, duc, lan.person)
    asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, lan.person))
    with pytest.raises((NotTheirsToGive, UnknownPerson)):
        recovered(scene, duc, lan.person)
    with pytest.raises(NotTheirsToGive):
        recovered_at_the_console(scene, lan.person)


def recovered_at_the_console(scene, person):
    """Where whom it is about was let in, closed, and what was sent first is sent again."""
    asyncio.run(access.invite(scene.ground, scene.accounts, OPERATOR, invited_again(scene)))
    form = AccountForm(submission="at-the-console")
    recovered(scene, OPERATOR, person, form)
    asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, person))
    return recovered(scene, OPERATOR, person, form)


def invited_again(scene):
    return invitation(scene, "Trần Thị Lan", Role.AMBASSADOR, TUY_PHUOC, "0905 000 001")


def test_who_may_take_a_role_ends_the_devices_of_whoever_holds_it(scene, lan, hoa, minh):
    token = signed_in(scene, lan.person)
    with pytest.raises(UnknownPerson):
        asyncio.run(end_devices(scene.ground, scene.accounts, hoa, lan.person))
    assert scene.accounts.session(token) is not None
    assert asyncio.run(end_devices(scene.ground, scene.accounts, minh, lan.person)) == 1
    assert scene.accounts.session(token) is None


def test_and_everybody_their_own(scene, lan):
    for _ in range(2):
        signed_in(scene, lan.person)
    assert asyncio.run(end_devices(scene.ground, scene.accounts, lan, lan.person)) == 2


def test_a_proposal_that_is_sent_again_is_the_same(scene, approvals, quan):
    form = invitation(scene, "Tạ Minh Tâm", Role.ADMINISTRATOR, TUY_PHUOC, "0905 000 013")
    before = len(scene.facts(AccountOpened))
    first, again = (asyncio.run(propose(scene.ground, approvals, quan, form)) for _ in range(2))
    assert first == again
    assert len(scene.facts(AccountOpened)) == before + 1


def test_one_submission_does_not_propose_two(scene, approvals, quan):
    form = invitation(scene, "Tạ Minh Tâm", Role.ADMINISTRATOR, TUY_PHUOC, "0905 000 013")
    other = invitation(scene, "La Thị Hoa", Role.ADMINISTRATOR, GIA_LAI, "0905 000 014")
    other = msgspec.structs.replace(other, submission=form.submission)
    asyncio.run(propose(scene.ground, approvals, quan, form))
    with pytest.raises(SubmissionConflict):
        asyncio.run(propose(scene.ground, approvals, quan, other))


def test_one_submission_does_not_agree_to_two(scene, approvals, quan, duc):
    asked = [
        asyncio.run(
            propose(
                scene.ground, approvals, quan, invitation(scene, name, Role.ADMINISTRATOR, TUY_PHUOC, phone)
            )
        )
        for name, phone in (("Tạ Minh Tâm", "0905 000 013"), ("La Thị Hoa", "0905 000 014"))
    ]
    form = AccountForm(submission="agreed")
    done = asyncio.run(approve(scene.ground, scene.accounts, approvals, duc, asked[0].id, form))
    assert (done.person, done.position) == (asked[0].person, scene.ledger.head())
    with pytest.raises(SubmissionConflict):
        asyncio.run(approve(scene.ground, scene.accounts, approvals, duc, asked[1].id, form))
