"""Somebody who wants another's role: by what they sign in with, by a name, or by being quicker."""

import asyncio

import pytest

from application import access, people, privacy
from application.access import invite
from application.actors import OPERATOR
from application.approvals import approve, propose
from application.forms.access import AccountForm
from application.forms.people import CorrectionForm
from application.recovering import recover
from application.teaching import log_lesson
from domain.access import RoleGranted
from domain.model import By, PersonId, Role, Stale
from domain.requests import Kind, Outcome
from infrastructure.accounts.factors import Factors
from tests.application.place import GIA_LAI, TUY_PHUOC, Scene, invitation, lesson, named

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def factors(scene: Scene) -> Factors:
    return Factors(scene.database, scene.ledger, scene.vault, relying=None, forget=lambda _token: None)


def let_in(scene: Scene, link: str | None) -> str:
    assert link is not None
    return asyncio.run(access.accept_invitation(scene.accounts, link)).token


def planted(scene: Scene, factors: Factors, link: str | None) -> PersonId:
    """Whoever was handed the link keeps something to sign in with."""
    session = scene.accounts.session(let_in(scene, link))
    assert session is not None
    asyncio.run(factors.new_recovery_codes(session))
    assert factors.enrolled(session.person).any
    return session.person


def test_who_invited_somebody_does_not_become_the_administrator_that_they_become(
    scene, approvals, factors, quan, duc
):
    """Quân alone named them an organizer, and kept a way in."""
    told = "Tạ Minh Tâm", "0905 000 013"
    form = invitation(scene, told[0], Role.ORGANIZER, TUY_PHUOC, told[1])
    tam = planted(scene, factors, asyncio.run(invite(scene.ground, scene.accounts, quan, form)).token)
    form = invitation(scene, told[0], Role.ADMINISTRATOR, TUY_PHUOC, told[1])
    asked = asyncio.run(propose(scene.ground, approvals, quan, form))
    assert asked.person == tam
    agreed = AccountForm(submission=scene.submission())
    done = asyncio.run(approve(scene.ground, scene.accounts, approvals, duc, asked.id, agreed))
    assert not factors.enrolled(tam).any
    assert scene.accounts.devices(tam) == []
    assert scene.accounts.session(let_in(scene, done.token)).person == tam


def test_a_new_link_ends_what_was_opened_by_what_was_lost(scene, factors, lan, minh):
    """Whoever found the phone signed in once more before its owner came to the link."""
    planted(scene, factors, asyncio.run(scene.accounts.issue(lan.person)))
    form = AccountForm(submission=scene.submission())
    link = asyncio.run(recover(scene.ground, scene.accounts, minh, lan.person, form)).token
    finder = let_in(scene, asyncio.run(scene.accounts.issue(lan.person)))
    owner = let_in(scene, link)
    assert scene.accounts.session(finder) is None
    assert scene.accounts.session(owner).person == lan.person


def test_nobody_is_found_by_a_name_that_an_office_holder_gave_themselves(scene, minh):
    """An organizer who knows who is to sit on the committee."""
    wish = CorrectionForm(submission=scene.submission(), name="Đỗ Văn Quân", phone="0905 000 011")
    asyncio.run(people.correct(scene.ground, minh, minh.person, wish))
    assert scene.vault.names([minh.person]) == {minh.person: "Đỗ Văn Quân"}
    form = invitation(scene, "Đỗ Văn Quân", Role.COMMITTEE, GIA_LAI, "0905 000 011")
    quan = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form)).person
    assert quan != minh.person


def test_a_mentor_is_found_by_what_they_are_called_now(scene, lan):
    """The control, and why: who has another number is met by it again."""
    wish = CorrectionForm(submission=scene.submission(), phone="0905 000 099")
    asyncio.run(people.correct(scene.ground, lan, lan.person, wish))
    form = invitation(scene, "Trần Thị Lan", Role.TEAM_LEADER, TUY_PHUOC, "0905 000 099")
    assert asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form)).person == lan.person


def test_nobodys_account_ends_by_what_a_code_asked_for_before_they_had_it(scene, lan, minh):
    """A mentor knows code and phone of whom they taught; the learner is an organizer by now."""
    told = {"name": "Tạ Minh Tâm", "phone": "0905 000 013"}
    taught = asyncio.run(log_lesson(scene.ground, lan, lesson(scene, named(**told)))).teachings[0]
    assert taught.code is not None
    held = privacy.proven(scene.ground, taught.code, told["phone"])
    asked = asyncio.run(privacy.ask(scene.ground, held.person, held.by, Kind.ERASE))
    form = invitation(scene, told["name"], Role.ORGANIZER, GIA_LAI, told["phone"])
    assert asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form)).person == held.person
    with pytest.raises(privacy.SignsIn):
        asyncio.run(privacy.settle(scene.ground, minh, asked, Outcome.DONE))
    assert scene.vault.names([held.person])
    asyncio.run(privacy.settle(scene.ground, minh, asked, Outcome.DECLINED, "sign in"))
    own = By(f"account:{held.person}")
    again = asyncio.run(privacy.ask(scene.ground, held.person, own, Kind.ERASE))
    asyncio.run(privacy.settle(scene.ground, minh, again, Outcome.DONE))
    assert scene.vault.names([held.person]) == {}


class TestBetweenTheDecisionAndTheLink:
    """Lan, a mentor, becomes an organizer in the moment in which a leader has her let in again."""

    def rising(self, scene: Scene) -> None:
        form = invitation(scene, "Trần Thị Lan", Role.ORGANIZER, TUY_PHUOC, "0905 000 001")
        asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
        assert scene.facts(RoleGranted)[-1].role is Role.ORGANIZER

    def hastened(self, scene: Scene, monkeypatch, what: str) -> None:
        """Just before the link is made."""
        rightly = getattr(scene.accounts, what)

        async def late(*given, **more):
            monkeypatch.undo()
            await asyncio.to_thread(self.rising, scene)
            return await rightly(*given, **more)

        monkeypatch.setattr(scene.accounts, what, late)

    def test_no_link_is_made_to_a_lost_phones_account(self, scene, lan, minh, monkeypatch):
        self.hastened(scene, monkeypatch, "recover")
        form = AccountForm(submission=scene.submission())
        with pytest.raises(Stale):
            asyncio.run(recover(scene.ground, scene.accounts, minh, lan.person, form))

    def test_nor_by_an_invitation_that_is_sent_again(self, scene, lan, minh, monkeypatch):
        form = invitation(scene, "Trần Thị Lan", Role.AMBASSADOR, TUY_PHUOC, "0905 000 001")
        asyncio.run(invite(scene.ground, scene.accounts, minh, form))
        self.hastened(scene, monkeypatch, "issue")
        with pytest.raises(Stale):
            asyncio.run(invite(scene.ground, scene.accounts, minh, form))
