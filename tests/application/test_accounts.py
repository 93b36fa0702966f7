"""Accounts as they stand: roles over a unit that was divided, and who may enter lessons where."""

import asyncio

import pytest

from application.access import invite
from application.accounts import may_move, move_roles, teaches
from application.actors import OPERATOR, Actor, Grant
from domain.access import RoleGranted, RoleRevoked
from domain.model import Model, PersonId, Role
from tests.application.place import DA_NANG, GIA_LAI, QUY_NHON, TUY_PHUOC, VINH_THANH, holder, invitation

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOBODY = PersonId("nobody")
LAN_IN_TUY_PHUOC = ("Trần Thị Lan", Role.AMBASSADOR, TUY_PHUOC, "0905 000 001")


def invited(scene, name, role, unit, phone, **narrowed) -> Actor:
    form = invitation(scene, name, role, unit, phone, **narrowed)
    done = asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form))
    return holder(done.person, role, unit)


@pytest.fixture
def nam(scene) -> Actor:
    return invited(scene, "Ngô Nam", Role.ORGANIZER, GIA_LAI, "0905 000 021")


def moved(scene, actor, person, *from_):
    target = scene.ground.units.find(QUY_NHON)
    return move_roles(scene.ground, actor, person, target, of=lambda unit: unit in from_)


def test_what_was_held_over_it_and_its_hamlets_is_held_over_the_part_and_nothing_else(scene, lan, nam):
    invited(scene, "Trần Thị Lan", Role.AMBASSADOR, VINH_THANH, "0905 000 001")
    invited(scene, "Trần Thị Lan", Role.AMBASSADOR, GIA_LAI, "0905 000 001", model=Model.FAMILIES)
    move = moved(scene, nam, lan.person, TUY_PHUOC, VINH_THANH)
    assert (move.person, move.previous, move.by) == (lan.person, (TUY_PHUOC, VINH_THANH), nam.by)

    scene.ledger.decide_soon(move).result()

    given, taken = scene.facts(RoleGranted)[-1], scene.facts(RoleRevoked)
    assert (given.person, given.role, given.unit, given.by) == (
        lan.person,
        Role.AMBASSADOR,
        QUY_NHON,
        nam.by,
    )
    assert [(one.person, one.unit) for one in taken] == [(lan.person, TUY_PHUOC), (lan.person, VINH_THANH)]
    assert [teaches(scene.ground, lan.person, one) for one in (TUY_PHUOC, QUY_NHON)] == [False, True]


def test_whom_nobody_near_knows_is_not_there(scene, lan, minh):
    assert moved(scene, OPERATOR, NOBODY, TUY_PHUOC) is None
    assert moved(scene, minh, lan.person).previous == ()  # of one's own, with nothing to move
    for stranger in (holder(NOBODY, Role.ORGANIZER, DA_NANG), holder(NOBODY, Role.AMBASSADOR, TUY_PHUOC)):
        assert moved(scene, stranger, lan.person) is None
    assert moved(scene, holder(NOBODY, Role.ORGANIZER, DA_NANG), lan.person, TUY_PHUOC) is not None


def test_a_page_offers_it_to_whoever_may_give_each_of_the_roles(scene, lan, nam):
    units, here = scene.ground.units, Grant(Role.AMBASSADOR, TUY_PHUOC)
    there, families = Grant(Role.AMBASSADOR, DA_NANG), Grant(Role.AMBASSADOR, TUY_PHUOC, Model.FAMILIES)
    narrowed = Actor(person=nam.person, grants=(Grant(Role.ORGANIZER, GIA_LAI, Model.FAMILIES),))
    assert may_move(units, nam, lan.person, [here, families])
    assert not may_move(units, nam, nam.person, [here])  # nobody moves their own
    assert not may_move(units, nam, lan.person, [here, there])
    assert not may_move(units, nam, lan.person, [Grant(Role.ORGANIZER, TUY_PHUOC)])
    assert not may_move(units, lan, nam.person, [here])
    assert [may_move(units, narrowed, lan.person, [one]) for one in (here, families)] == [False, True]
    assert may_move(units, OPERATOR, lan.person, [there])


def test_lessons_are_entered_where_an_ambassador_is_and_below(scene, lan, minh):
    places = (TUY_PHUOC, VINH_THANH, QUY_NHON, GIA_LAI)
    assert [teaches(scene.ground, lan.person, unit) for unit in places] == [True, True, False, False]
    assert not teaches(scene.ground, minh.person, TUY_PHUOC)
    assert not teaches(scene.ground, NOBODY, TUY_PHUOC)


@pytest.mark.parametrize(("model", "may"), [(Model.AMBASSADORS, True), (Model.FAMILIES, False)])
def test_and_by_whoever_is_one_for_what_is_taught(scene, model, may):
    one = invited(scene, *LAN_IN_TUY_PHUOC, model=model)
    assert teaches(scene.ground, one.person, TUY_PHUOC) is may
