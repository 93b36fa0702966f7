"""What takes two administrators, and that one of them stays, whoever is quicker."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

import pytest

from application import access, people
from application.access import close_account, invite, revoke
from application.actors import OPERATOR, Actor
from application.approvals import LIFE, Kind, NothingToApprove, approve, drop, propose, propose_recovery
from application.forms.access import AccountForm, RevokeForm
from application.forms.people import ErasureForm, MergeForm
from application.lookups import UnitIsNoMore
from application.recovering import Recovered, recover
from domain.access import (
    ADMINISTRATORS,
    AboutAccount,
    AccountClosed,
    AccountOpened,
    AccountRecovered,
    Held,
    HeldElsewhere,
    LastAdministrator,
    NotTheirsToGive,
    NotToThemselves,
    RoleGranted,
    RoleRevoked,
    TakesTwo,
)
from domain.model import Role, Selector
from domain.people import UnknownPerson
from domain.revoking import TakeFromAccount
from infrastructure.approvals import KeptApprovals, approval
from tests.application.place import COUNTRY, DA_NANG, GIA_LAI, QUY_NHON, TUY_PHUOC, Scene, holder, invitation

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def administrator(scene: Scene, name: str, phone: str, unit=GIA_LAI) -> Actor:
    form = invitation(scene, name, Role.ADMINISTRATOR, unit, phone)
    done = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
    return holder(done.person, Role.ADMINISTRATOR, unit)


def proposed(scene, approvals, asker, unit=TUY_PHUOC, name="Tạ Minh Tâm"):
    form = invitation(scene, name, Role.ADMINISTRATOR, unit, "0905 000 013")
    return asyncio.run(propose(scene.ground, approvals, asker, form))


def agreed(scene, approvals, actor, asked):
    form = AccountForm(submission=scene.submission())
    return asyncio.run(approve(scene.ground, scene.accounts, approvals, actor, asked.id, form))


def held(scene) -> set[str]:
    """Who administers, as the ledger has it."""
    selector = Selector([RoleGranted, RoleRevoked], [ADMINISTRATORS])
    last = {
        (one.fact.person, one.fact.unit): one.fact
        for one in scene.ledger.history([selector])
        if isinstance(one.fact, RoleGranted | RoleRevoked)
    }
    return {person for (person, _unit), fact in last.items() if isinstance(fact, RoleGranted)}


def test_exactly_what_was_asked_is_what_happens(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)
    assert (asked.kind, asked.unit, asked.expires - asked.asked) == (Kind.APPOINT, TUY_PHUOC, LIFE)
    assert [fact.person for fact in scene.facts(AccountOpened)][-1] == asked.person
    assert asked.person not in held(scene)
    done = agreed(scene, approvals, duc, asked)
    granted = scene.facts(RoleGranted)[-1]
    assert (granted.person, granted.role, granted.unit) == (asked.person, Role.ADMINISTRATOR, TUY_PHUOC)
    assert (granted.by, granted.approved) == (quan.by, duc.by)
    assert asyncio.run(access.accept_invitation(scene.accounts, done.token)).person == asked.person


def test_an_administrator_alone_appoints_none(scene, quan):
    form = invitation(scene, "Tạ Minh Tâm", Role.ADMINISTRATOR, TUY_PHUOC)
    with pytest.raises(TakesTwo):
        asyncio.run(invite(scene.ground, scene.accounts, quan, form))


def test_nobody_agrees_to_what_they_asked_for(scene, approvals, quan):
    asked = proposed(scene, approvals, quan)
    with pytest.raises(NotToThemselves):
        agreed(scene, approvals, quan, asked)
    assert asked.person not in held(scene)


def test_nor_who_does_not_reach_it(scene, approvals, quan, minh):
    asked = proposed(scene, approvals, quan)
    elsewhere = administrator(scene, "La Thị Hoa", "0905 000 014", DA_NANG)
    for actor in (elsewhere, minh):
        with pytest.raises(NothingToApprove):
            agreed(scene, approvals, actor, asked)


def test_it_waits_for_seven_days(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)
    almost = KeptApprovals(scene.database, scene.ledger, clock=lambda: asked.expires - timedelta(seconds=1))
    over = KeptApprovals(scene.database, scene.ledger, clock=lambda: asked.expires)
    assert almost.find(asked.id) == asked
    with pytest.raises(NothingToApprove):
        agreed(scene, over, duc, asked)
    assert asked.person not in held(scene)


def test_dropped_by_either_nothing_comes_of_it(scene, approvals, quan, duc):
    for actor in (quan, duc):
        asked = proposed(scene, approvals, quan)
        asyncio.run(drop(scene.ground, approvals, actor, asked.id))
        with pytest.raises(NothingToApprove):
            agreed(scene, approvals, duc, asked)


def test_asked_twice_it_is_asked_once(scene, approvals, quan):
    first, again = proposed(scene, approvals, quan), proposed(scene, approvals, quan)
    assert first == again
    assert list(approvals.waiting()) == [first]


@ON_SQLITE
def test_sent_again_it_is_about_the_same_person(scene, approvals, quan):
    form = invitation(scene, "Tạ Minh Tâm", Role.ADMINISTRATOR, TUY_PHUOC, "0905 000 013")
    asked = [asyncio.run(propose(scene.ground, approvals, quan, form)) for _ in range(2)]
    assert asked[0] == asked[1]


@ON_SQLITE
def test_nobody_administers_a_unit_that_is_no_more(scene, approvals, quan):
    scene.ground.units.merge(TUY_PHUOC, QUY_NHON)
    before = scene.state()
    with pytest.raises(UnitIsNoMore) as refused:
        proposed(scene, approvals, quan)
    assert refused.value.details["now"] == "Quy Nhơn"
    assert scene.state() == before


def test_agreed_to_once_it_is_settled(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)
    agreed(scene, approvals, duc, asked)
    with pytest.raises(NothingToApprove):
        agreed(scene, approvals, duc, asked)
    assert not approvals.waiting()


def test_two_who_agree_at_once_settle_it_once(scene, approvals, quan, duc):
    third = administrator(scene, "La Thị Ba", "0905 000 015", COUNTRY)
    asked = asyncio.run(propose_recovery(scene.ground, approvals, duc, quan.person))

    async def both():
        forms = [AccountForm(submission=scene.submission()) for _ in range(8)]
        calls = [approve(scene.ground, scene.accounts, approvals, third, asked.id, form) for form in forms]
        return await asyncio.gather(*calls, return_exceptions=True)

    outcomes = asyncio.run(both())
    assert sum(isinstance(one, Recovered) for one in outcomes) == 1
    assert all(isinstance(one, (Recovered, NothingToApprove)) for one in outcomes)
    assert len(scene.facts(AccountRecovered)) == 1


def test_who_lost_the_right_to_ask_asked_in_vain(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)
    taken(scene, OPERATOR, quan)
    with pytest.raises(NotTheirsToGive):
        agreed(scene, approvals, duc, asked)
    assert held(scene) == {duc.person}


def test_an_administrator_is_recovered_by_two_others(scene, approvals, quan, duc):
    third = administrator(scene, "La Thị Ba", "0905 000 015", COUNTRY)
    form = AccountForm(submission=scene.submission())
    with pytest.raises(TakesTwo):
        asyncio.run(recover(scene.ground, scene.accounts, duc, quan.person, form))
    asked = asyncio.run(propose_recovery(scene.ground, approvals, duc, quan.person))
    for actor in (duc, quan):
        with pytest.raises(NotToThemselves):
            agreed(scene, approvals, actor, asked)
    done = agreed(scene, approvals, third, asked)
    assert done.person == quan.person
    assert (scene.facts(AccountRecovered)[0].by, scene.facts(AccountRecovered)[0].approved) == (
        duc.by,
        third.by,
    )


def test_nobody_asks_it_for_themselves_or_for_one_out_of_reach(scene, approvals, quan, duc):
    with pytest.raises(NotTheirsToGive):
        asyncio.run(propose_recovery(scene.ground, approvals, quan, quan.person))
    for person in (duc.person, "nobody"):
        with pytest.raises(UnknownPerson):
            asyncio.run(propose_recovery(scene.ground, approvals, quan, person))


# The last administrator


def taking(scene, asker, other, unit=GIA_LAI):
    form = RevokeForm(submission=scene.submission(), role=Role.ADMINISTRATOR, unit=unit)
    return revoke(scene.ground, asker, other.person, form)


def taken(scene, asker, other):
    return asyncio.run(taking(scene, asker, other))


@pytest.fixture
def two(scene) -> tuple[Actor, Actor]:
    return (
        administrator(scene, "Đỗ Văn Quân", "0905 000 011"),
        administrator(scene, "Hồ Thị Đức", "0905 000 012"),
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_who_take_it_from_each_other_one_after_the_other(scene, two, order):
    first, second = (two[number] for number in order)
    taken(scene, first, second)
    with pytest.raises(NotTheirsToGive):
        taken(scene, second, first)
    assert held(scene) == {first.person}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_or_at_once(scene, two, order):
    """Both have looked everything up before either is decided."""
    first, second = (two[number] for number in order)

    async def both():
        return await asyncio.gather(
            taking(scene, first, second), taking(scene, second, first), return_exceptions=True
        )

    outcomes = asyncio.run(both())
    assert sum(isinstance(one, access.RoleChanged) for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, (NotTheirsToGive, LastAdministrator)) for one in outcomes) == 1, outcomes
    assert len(held(scene)) == 1


ENDINGS = {
    "laid down": lambda scene, one, _other: taking(scene, one, one),
    "closed": lambda scene, one, _other: close_account(scene.ground, scene.accounts, one, one.person),
    "erased": lambda scene, one, _other: people.erase(
        scene.ground, one, one.person, ErasureForm(submission=scene.submission())
    ),
    "revoked at the console": lambda scene, one, _other: taking(scene, OPERATOR, one),
    "closed by the other": lambda scene, one, other: close_account(
        scene.ground, scene.accounts, other, one.person
    ),
}


@pytest.mark.parametrize(("one_way", "other_way"), [*permutations(ENDINGS, 2), ("erased", "erased")])
def test_however_both_end_at_once_one_stays(scene, two, one_way, other_way):
    first, second = two

    async def both():
        return await asyncio.gather(
            ENDINGS[one_way](scene, first, second),
            ENDINGS[other_way](scene, second, first),
            return_exceptions=True,
        )

    asyncio.run(both())
    assert len(held(scene)) == 1


def test_who_counted_before_deciding_would_leave_none(scene, two, monkeypatch):
    """The control: the same check on what was looked up first, without a boundary that holds it."""
    counted = {(one.person, Held(Role.ADMINISTRATOR, GIA_LAI)): None for one in two}

    def looked_up(self):
        AboutAccount.__post_init__(self)
        self.administrators = dict(counted)

    monkeypatch.setattr(TakeFromAccount, "__post_init__", looked_up)
    monkeypatch.setattr(TakeFromAccount, "consistency_boundary", AboutAccount.consistency_boundary)
    monkeypatch.setattr(TakeFromAccount, "weigh", AboutAccount.weigh)

    async def both():
        return await asyncio.gather(*(taking(scene, one, one) for one in two))

    asyncio.run(both())
    assert not held(scene)


def test_the_last_administrator_is_not_erased_before_another_is_named(scene, quan, hoa):
    form = ErasureForm(submission=scene.submission())
    with pytest.raises(LastAdministrator):
        asyncio.run(people.erase(scene.ground, OPERATOR, quan.person, form))
    assert held(scene) == {quan.person}
    second = administrator(scene, "Hồ Thị Đức", "0905 000 012")
    form = ErasureForm(submission=scene.submission())
    asyncio.run(people.erase(scene.ground, OPERATOR, quan.person, form))
    assert held(scene) == {second.person}


def test_nobody_rises_by_two_who_may_not_give_what_they_hold_elsewhere(scene, approvals, quan, duc):
    """Whoever invited them there could come into the new role, too."""
    form = invitation(scene, "Tạ Minh Tâm", Role.AMBASSADOR, DA_NANG, "0905 000 013")
    there = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
    asked = proposed(scene, approvals, quan)
    assert asked.person == there.person
    with pytest.raises(HeldElsewhere):
        agreed(scene, approvals, duc, asked)
    assert held(scene) == {quan.person, duc.person}


# What is sent again


def test_an_approval_sent_again_makes_no_second_link(scene, approvals, quan, duc):
    """Who approved once could else take that administrator's account over alone, any day after."""
    third = administrator(scene, "La Thị Ba", "0905 000 015", COUNTRY)
    asked = asyncio.run(propose_recovery(scene.ground, approvals, duc, quan.person))
    form = AccountForm(submission=scene.submission())

    def agreeing():
        return asyncio.run(approve(scene.ground, scene.accounts, approvals, third, asked.id, form))

    done = agreeing()
    signed_in = asyncio.run(access.accept_invitation(scene.accounts, done.token))
    with pytest.raises(NothingToApprove):
        agreeing()
    assert scene.accounts.session(signed_in.token)


def test_a_recovery_sent_again_opens_nothing_that_was_given_since(scene, duc):
    """`duc` recovered an ambassador once; by now the person is an administrator."""
    form = invitation(scene, "Đỗ Bình", Role.AMBASSADOR, TUY_PHUOC, "0905 777 777")
    binh = asyncio.run(invite(scene.ground, scene.accounts, duc, form)).person
    again = AccountForm(submission=scene.submission())

    def recovering():
        return asyncio.run(recover(scene.ground, scene.accounts, duc, binh, again))

    assert recovering().token
    assert recovering().token, "a lost answer is made good"
    administrator(scene, "Đỗ Bình", "0905 777 777", TUY_PHUOC)
    with pytest.raises(TakesTwo):
        recovering()


def test_nor_is_a_closed_account_let_in_by_an_invitation_sent_again(scene, duc):
    form = invitation(scene, "Đỗ Bình", Role.AMBASSADOR, TUY_PHUOC, "0905 777 777")
    first = asyncio.run(invite(scene.ground, scene.accounts, duc, form))
    assert first.token
    asyncio.run(close_account(scene.ground, scene.accounts, duc, first.person))
    assert asyncio.run(invite(scene.ground, scene.accounts, duc, form)).token is None


# What a link would open


def test_two_who_reach_one_unit_get_no_link_to_an_administrator_of_the_country(scene, approvals, quan, duc):
    """They may make `duc` an administrator of their province, too; not let themselves in as them."""
    other = administrator(scene, "La Thị Ba", "0905 000 015", GIA_LAI)
    session = asyncio.run(
        access.accept_invitation(scene.accounts, asyncio.run(scene.accounts.issue(duc.person)))
    )
    asked = asyncio.run(
        propose(
            scene.ground,
            approvals,
            quan,
            invitation(scene, "Hồ Thị Đức", Role.ADMINISTRATOR, GIA_LAI, "0905 000 012"),
        )
    )
    if asked.person != duc.person:  # met in another place: the same person, by number
        asked = asyncio.run(approvals.ask(Kind.APPOINT, duc.person, GIA_LAI, asked_by=quan.person))
    done = agreed(scene, approvals, other, asked)
    assert done.person == duc.person
    assert done.token is None
    assert scene.accounts.session(session.token)


def test_nor_does_one_administrator_alone_by_inviting_another_to_something_small(scene, duc):
    """Who has no passkey yet would be whoever opens the link first."""
    quan = administrator(scene, "Đỗ Văn Quân", "0905 000 011", TUY_PHUOC)
    form = invitation(scene, "Đỗ Văn Quân", Role.AMBASSADOR, TUY_PHUOC, "0905 000 011")
    for _again in range(2):
        done = asyncio.run(invite(scene.ground, scene.accounts, duc, form))
        assert (done.person, done.token) == (quan.person, None)


def test_an_account_closed_meanwhile_is_opened_with_the_role(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)
    asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, asked.person))
    done = agreed(scene, approvals, duc, asked)
    assert asyncio.run(access.accept_invitation(scene.accounts, done.token)).person == asked.person


def test_dropped_while_it_is_agreed_to_nothing_comes_of_it(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)

    class Slow(KeptApprovals):
        """Sees it wait once more after it was dropped."""

        def find(self, ref):
            found = super().find(ref)
            if found is not None:
                self._writer.write(
                    lambda connection: (
                        connection.execute(approval.delete().where(approval.c.id == ref)).rowcount
                    )
                ).result()
            return found

    with pytest.raises(NothingToApprove):
        agreed(scene, Slow(scene.database, scene.ledger), duc, asked)
    assert asked.person not in held(scene)


@ON_SQLITE
def test_who_is_given_more_while_it_is_agreed_to_is_let_in_by_no_link_of_theirs(scene, approvals, quan, duc):
    """The two who decide would come into what the newcomer holds in Đà Nẵng."""
    asked = proposed(scene, approvals, quan)
    more = [invitation(scene, "Tạ Minh Tâm", Role.ORGANIZER, DA_NANG, "0905 000 013")]

    class Overtaken(KeptApprovals):
        def settling(self, ref):
            while more:
                with ThreadPoolExecutor(1) as another:
                    inviting = invite(scene.ground, scene.accounts, OPERATOR, more.pop())
                    assert another.submit(asyncio.run, inviting).result().person == asked.person
            return super().settling(ref)

    done = agreed(scene, Overtaken(scene.database, scene.ledger), duc, asked)
    assert done.person == asked.person
    assert done.token is None


@ON_SQLITE
def test_where_the_role_was_given_meanwhile_nothing_waits_any_more(scene, approvals, quan, duc):
    asked = proposed(scene, approvals, quan)
    administrator(scene, "Tạ Minh Tâm", "0905 000 013", TUY_PHUOC)
    with pytest.raises(NothingToApprove):
        agreed(scene, approvals, duc, asked)
    assert approvals.find(asked.id) is None


# A role that is more than the one before


def test_what_opened_an_ambassador_does_not_open_the_organizer_they_become(scene, minh, duc):
    """Whoever invited them may have used a link themselves, or kept one."""
    form = invitation(scene, "Đỗ Bình", Role.AMBASSADOR, TUY_PHUOC, "0905 777 777")
    first = asyncio.run(invite(scene.ground, scene.accounts, minh, form))
    kept = asyncio.run(scene.accounts.issue(first.person))
    assert first.token
    session = asyncio.run(access.accept_invitation(scene.accounts, first.token))
    again = invitation(scene, "Đỗ Bình", Role.ORGANIZER, TUY_PHUOC, "0905 777 777")
    risen = asyncio.run(invite(scene.ground, scene.accounts, duc, again))
    assert risen.person == first.person
    assert risen.token
    assert scene.accounts.session(session.token) is None
    with pytest.raises(access.LinkNotValid):
        asyncio.run(access.accept_invitation(scene.accounts, kept))
    assert asyncio.run(access.accept_invitation(scene.accounts, risen.token)).person == first.person


# One person under several ids


def merged_into(scene, person, into):
    form = MergeForm(submission=scene.submission(), person=person, into=into)
    asyncio.run(people.merge(scene.ground, OPERATOR, form))


@pytest.fixture
def twice(scene) -> tuple[str, str]:
    """Somebody with two accounts, who turned out to be one person; the second id stands."""
    forms = [
        invitation(scene, name, Role.AMBASSADOR, TUY_PHUOC, phone)
        for name, phone in (("Đỗ Bình", "0905 777 777"), ("Đỗ Văn Bình", "0905 777 778"))
    ]
    one, other = (asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form)).person for form in forms)
    merged_into(scene, one, other)
    return one, other


def test_a_lost_phone_ends_under_every_id(scene, duc, twice):
    one, other = twice
    link = asyncio.run(scene.accounts.issue(one))
    session = asyncio.run(access.accept_invitation(scene.accounts, asyncio.run(scene.accounts.issue(one))))
    form = AccountForm(submission=scene.submission())
    asyncio.run(recover(scene.ground, scene.accounts, duc, other, form))
    assert scene.accounts.session(session.token) is None
    assert scene.accounts.holder(link) is None


@ON_SQLITE
def test_who_has_two_ids_is_asked_for_under_the_one_that_stands(scene, approvals, quan, twice):
    form = invitation(scene, "Đỗ Bình", Role.ADMINISTRATOR, TUY_PHUOC, "0905 777 777")
    assert asyncio.run(propose(scene.ground, approvals, quan, form)).person == twice[1]


@ON_SQLITE
def test_what_opened_it_ends_under_every_id_with_the_higher_role(scene, approvals, quan, duc, twice):
    one, other = twice
    session = asyncio.run(access.accept_invitation(scene.accounts, asyncio.run(scene.accounts.issue(one))))
    asked = asyncio.run(approvals.ask(Kind.APPOINT, other, TUY_PHUOC, asked_by=quan.person))
    assert agreed(scene, approvals, duc, asked).person == other
    assert scene.accounts.session(session.token) is None


def test_an_account_ends_under_every_id(scene, duc, twice):
    _one, other = twice
    asyncio.run(close_account(scene.ground, scene.accounts, duc, other))
    assert {fact.person for fact in scene.facts(AccountClosed)} == set(twice)
