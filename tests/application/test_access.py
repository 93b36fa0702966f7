"""People invited to a role; links that let them in; roles that end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec import structs

from application import privacy
from application.access import LinkNotValid, accept_invitation, close_account, invite, revoke
from application.actors import OPERATOR, Actor, Grant, NotAllowed, OutOfScope
from application.forms.access import RevokeForm
from application.ports import SessionEnded
from application.teaching import log_lesson
from domain.access import (
    AccountClosed,
    AccountOpened,
    HeldElsewhere,
    NoAccount,
    NotTheirsToGive,
    RoleGranted,
    RoleNotHeld,
    RoleRevoked,
)
from domain.model import Model, Role
from domain.names import BadName
from domain.people import PersonRegistered, UnknownPerson
from domain.requests import AlreadySettled, Kind, Outcome
from infrastructure.accounts.accounts import Accounts
from tests.application.place import (
    DA_NANG,
    GIA_LAI,
    QUY_NHON,
    TUY_PHUOC,
    VINH_THANH,
    holder,
    invitation,
    lesson,
    named,
)
from tests.cast import YESTERDAY

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def invited(scene, actor, name="Đỗ Bình", role=Role.AMBASSADOR, unit=TUY_PHUOC, phone="0905777777"):
    form = invitation(scene, name, role, unit, phone)
    return asyncio.run(invite(scene.ground, scene.accounts, actor, form))


def entered(scene, token, **options):
    return asyncio.run(accept_invitation(scene.accounts, token, **options))


def test_an_organizer_invites_an_ambassador_who_then_signs_in(scene, minh):
    done = invited(scene, minh)
    assert [fact.person for fact in scene.facts(AccountOpened)][-1] == done.person
    assert scene.facts(RoleGranted)[-1].role is Role.AMBASSADOR
    assert entered(scene, done.token).person == done.person


def test_a_link_opens_once(scene, minh):
    done = invited(scene, minh)
    entered(scene, done.token)
    with pytest.raises(LinkNotValid):
        entered(scene, done.token)
    with pytest.raises(LinkNotValid):
        entered(scene, "invented")


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.COMMITTEE])
def test_other_roles_are_given_at_the_console(scene, minh, role):
    before = scene.state()
    with pytest.raises(NotAllowed):
        invited(scene, minh, role=role)
    assert scene.state() == before
    assert invited(scene, OPERATOR, role=role).person


def test_an_ambassador_invites_nobody(scene, lan):
    with pytest.raises(NotAllowed):
        invited(scene, lan)


@pytest.mark.parametrize("unit", [QUY_NHON, GIA_LAI, DA_NANG, "no-such-unit"])
def test_nobody_is_invited_beyond_ones_own_unit(scene, minh, unit):
    before = scene.state()
    with pytest.raises(OutOfScope):
        invited(scene, minh, unit=unit)
    assert scene.state() == before


@ON_SQLITE
def test_who_organizes_families_invites_for_families_alone(scene):
    form = invitation(scene, "Ngô Văn Gia", Role.ORGANIZER, TUY_PHUOC, "0905 000 021", model=Model.FAMILIES)
    told = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
    gia = Actor(person=told.person, grants=(Grant(Role.ORGANIZER, TUY_PHUOC, Model.FAMILIES),))
    with pytest.raises(OutOfScope):
        invited(scene, gia)
    form = structs.replace(form, submission="s", name="Đỗ Bình", phone="0905 777 777", role=Role.AMBASSADOR)
    assert asyncio.run(invite(scene.ground, scene.accounts, gia, form)).token
    assert scene.facts(RoleGranted)[-1].model is Model.FAMILIES


@ON_SQLITE
def test_who_is_given_more_elsewhere_while_they_are_invited_gets_no_link_of_it(scene, minh, lan):
    """Minh would come into what Lan holds in Đà Nẵng."""
    more = [invitation(scene, "Trần Thị Lan", Role.ORGANIZER, DA_NANG, "0905 000 001")]

    class Overtaken(Accounts):
        def invitation(self, person):
            while more:
                with ThreadPoolExecutor(1) as another:
                    elsewhere = invite(scene.ground, scene.accounts, OPERATOR, more.pop())
                    assert another.submit(asyncio.run, elsewhere).result().person == lan.person
            return super().invitation(person)

    form = invitation(scene, "Trần Thị Lan", Role.AMBASSADOR, VINH_THANH, "0905 000 001")
    done = asyncio.run(invite(scene.ground, Overtaken(scene.database, scene.ledger), minh, form))
    assert (done.person, done.unit, done.token) == (lan.person, VINH_THANH, None)


def test_a_bad_name_is_refused(scene, minh):
    with pytest.raises(BadName) as refused:
        invited(scene, minh, name="<b>")
    assert refused.value.details["field"] == "name"


def test_an_ambassador_who_learned_before_is_the_same_person(scene, lan, minh):
    learned = asyncio.run(log_lesson(scene.ground, lan, lesson(scene, named("Đỗ Bình", phone="0905777777"))))
    done = invited(scene, minh, name="do binh", phone="+84905777777")
    assert done.person == learned.teachings[0].learner


def test_an_invited_pupil_who_may_be_under_sixteen_is_marked_so(scene, minh):
    for name, phone, born in (("Em Na", "0905111111", YESTERDAY.year - 16), ("Chị Na", "0905222222", 1990)):
        form = invitation(scene, name, Role.AMBASSADOR, TUY_PHUOC, phone, birth_year=born)
        asyncio.run(invite(scene.ground, scene.accounts, minh, form))
    assert [fact.minor for fact in scene.facts(PersonRegistered)][-2:] == [True, False]


def test_invited_twice_is_one_account_with_two_links(scene, minh):
    first, second = invited(scene, minh), invited(scene, minh)
    assert first.person == second.person
    assert first.token != second.token
    registered = [fact.person for fact in scene.facts(PersonRegistered)]
    assert registered.count(first.person) == 1
    assert entered(scene, first.token).person == entered(scene, second.token).person


def test_nobody_rises_by_who_may_not_give_what_they_hold_elsewhere(scene, hoa):
    """Whoever invited Hòa to teach could have let themselves in, and would come into the new role, too."""
    far = invited(scene, OPERATOR, "Ngô Văn Xa", Role.ADMINISTRATOR, DA_NANG, "0905000031").person
    other = holder(far, Role.ADMINISTRATOR, DA_NANG)
    before = scene.state()
    with pytest.raises(HeldElsewhere):
        invited(scene, other, role=Role.ORGANIZER, unit=DA_NANG, name="Lê Hòa", phone="0905 000 002")
    assert scene.state() == before
    assert invited(scene, OPERATOR, role=Role.ORGANIZER, name="Lê Hòa", phone="0905 000 002").token


def test_the_same_submission_again_gets_a_link_that_works(scene, minh):
    form = invitation(scene, "Đỗ Bình", Role.AMBASSADOR, TUY_PHUOC, "0905777777")
    first = asyncio.run(invite(scene.ground, scene.accounts, minh, form))
    facts = scene.ledger.head()
    again = asyncio.run(invite(scene.ground, scene.accounts, minh, form))
    assert (again.person, again.unit, again.position, again.again) == (
        first.person,
        first.unit,
        first.position,
        True,
    )
    assert scene.ledger.head() == facts
    assert entered(scene, again.token).person == first.person


def test_many_invited_at_once_are_as_many_people(scene, minh):
    async def all_at_once():
        forms = [
            invitation(scene, f"Người {n}", Role.AMBASSADOR, TUY_PHUOC, f"09051110{n:02}") for n in range(20)
        ]
        return await asyncio.gather(*(invite(scene.ground, scene.accounts, minh, form) for form in forms))

    done = asyncio.run(all_at_once())
    assert len({one.person for one in done}) == 20
    assert len({one.token for one in done}) == 20


class TestEnding:
    def ended(self, scene, actor, person, role=Role.AMBASSADOR, unit=TUY_PHUOC):
        form = RevokeForm(submission=scene.submission(), role=role, unit=unit)
        return asyncio.run(revoke(scene.ground, actor, person, form))

    def test_an_organizer_ends_an_ambassadors_role(self, scene, lan, minh):
        self.ended(scene, minh, lan.person)
        assert scene.facts(RoleRevoked)[0].person == lan.person
        with pytest.raises(RoleNotHeld):
            self.ended(scene, minh, lan.person)

    def test_but_not_an_organizers(self, scene, minh):
        another = invited(scene, OPERATOR, "Lý Thu", Role.ORGANIZER, phone="0905111222")
        with pytest.raises(NotAllowed):
            self.ended(scene, minh, another.person, role=Role.ORGANIZER)

    def test_who_holds_a_role_may_lay_it_down(self, scene, minh):
        self.ended(scene, minh, minh.person, role=Role.ORGANIZER)
        assert scene.facts(RoleRevoked)[0].person == minh.person

    def test_a_closed_account_lets_nobody_in(self, scene, lan):
        signed_in = entered(scene, invited(scene, OPERATOR, "Trần Thị Lan", phone="0905000001").token)
        asyncio.run(close_account(scene.ground, scene.accounts, lan, lan.person))
        assert scene.accounts.session(signed_in.token) is None
        assert len(scene.facts(AccountClosed)) == 1
        with pytest.raises(NoAccount):
            asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, lan.person))

    def test_an_organizer_closes_an_account_of_their_unit(self, scene, lan, minh):
        asyncio.run(close_account(scene.ground, scene.accounts, minh, lan.person))
        assert [fact.person for fact in scene.facts(AccountClosed)] == [lan.person]

    def test_one_who_may_take_only_some_of_its_roles_does_not(self, scene, lan, minh):
        invited(scene, OPERATOR, "Trần Thị Lan", Role.COMMITTEE, GIA_LAI, "0905 000 001")
        with pytest.raises(NotTheirsToGive):
            asyncio.run(close_account(scene.ground, scene.accounts, minh, lan.person))
        assert not scene.facts(AccountClosed)

    @pytest.mark.parametrize("whose", ["hoa", "hanh", "nobody"])
    def test_to_everybody_else_it_is_not_there(self, scene, lan, hoa, hanh, whose):
        person = {"hoa": hoa.person, "hanh": hanh.person}.get(whose, "nobody")
        for actor in (lan, hanh) if whose == "hoa" else (lan,):
            with pytest.raises(UnknownPerson):
                asyncio.run(close_account(scene.ground, scene.accounts, actor, person))


def test_nothing_is_closed_or_erased_for_a_session_that_has_ended(scene, minh, lan):
    """Ending it beats a request that is under way; without an ending the same is done."""
    asked = asyncio.run(privacy.ask(scene.ground, lan.person, lan.by, Kind.ERASE))
    ended = structs.replace(minh, session="ended")
    head = scene.ledger.head()
    for doing in (
        lambda actor: close_account(scene.ground, scene.accounts, actor, lan.person),
        lambda actor: privacy.acknowledge(scene.ground, actor, asked),
        lambda actor: privacy.settle(scene.ground, actor, asked, Outcome.DECLINED, "Không"),
        lambda actor: privacy.settle(scene.ground, actor, asked, Outcome.DONE),
    ):
        with pytest.raises(SessionEnded):
            asyncio.run(doing(ended))
    assert scene.ledger.head() == head
    asyncio.run(close_account(scene.ground, scene.accounts, minh, lan.person))
    asyncio.run(privacy.settle(scene.ground, minh, asked, Outcome.DONE))
    assert scene.ledger.head() > head


def test_an_erasure_once_declined_is_no_reason_to_erase_later(scene, minh, lan):
    asked = asyncio.run(privacy.ask(scene.ground, lan.person, lan.by, Kind.ERASE))
    asyncio.run(privacy.settle(scene.ground, minh, asked, Outcome.DECLINED, "Xin ở lại"))
    head = scene.ledger.head()
    with pytest.raises(AlreadySettled):
        asyncio.run(privacy.settle(scene.ground, minh, asked, Outcome.DONE))
    assert scene.ledger.head() == head
