"""Accounts of people, and the roles they hold."""

import pytest

from domain.access import (
    AccountClosed,
    AccountOpened,
    CloseAccount,
    GrantRole,
    NoAccount,
    OpenAccount,
    RevokeRole,
    RoleGranted,
    RoleNotHeld,
    RoleRevoked,
)
from domain.model import Role, UnitId
from domain.people import PersonRegistered, UnknownPerson
from tests.cast import BY, GIA_LAI, LAN, SAU, TUY_PHUOC, everybody, merge, newcomers
from tests.specification import given


def grant(role: Role = Role.AMBASSADOR, unit: UnitId = TUY_PHUOC, **other) -> GrantRole:
    return GrantRole(person=LAN, role=role, unit=unit, by=BY, **other)


def revoke(role: Role = Role.AMBASSADOR) -> RevokeRole:
    return RevokeRole(person=LAN, role=role, unit=TUY_PHUOC, by=BY)


def open_account() -> OpenAccount:
    return OpenAccount(person=LAN, unit=TUY_PHUOC, by=BY)


CLOSE = CloseAccount(person=LAN, by=BY)
(NEW,) = newcomers(LAN)


def test_who_learned_before_gets_an_account_as_the_same_person():
    given(*everybody()).when(grant()).then(AccountOpened, RoleGranted)


def test_whoever_is_new_is_registered_with_it():
    given().when(grant(newcomer=NEW)).then(PersonRegistered, AccountOpened, RoleGranted)


def test_a_stranger_must_be_introduced():
    given().when(grant()).then_refused(UnknownPerson)


def test_who_was_merged_meanwhile_is_looked_up_again():
    given(*everybody(), merge(LAN, SAU)).when(grant()).then_stale()


def test_an_account_alone_can_be_opened_once():
    given(*everybody()).when(open_account()).then(AccountOpened)
    given(*everybody(), open_account()).when(open_account()).then()


def test_a_role_is_granted_once():
    given(*everybody(), grant()).when(grant()).then()


@pytest.mark.parametrize("other", [grant(role=Role.ORGANIZER), grant(unit=GIA_LAI)])
def test_another_role_or_unit_is_another_grant(other):
    (fact,) = given(*everybody(), grant()).when(other).then(RoleGranted)
    assert isinstance(fact, RoleGranted)
    assert (fact.role, fact.unit) == (other.role, other.unit)


def test_a_role_is_revoked():
    given(*everybody(), grant()).when(revoke()).then(RoleRevoked)


def test_only_one_that_is_held():
    given(*everybody(), grant()).when(revoke(Role.ORGANIZER)).then_refused(RoleNotHeld)
    given(*everybody(), grant(), revoke()).when(revoke()).then_refused(RoleNotHeld)


def test_and_can_be_granted_again():
    given(*everybody(), grant(), revoke()).when(grant()).then(RoleGranted)


def test_an_account_is_closed_with_all_its_roles():
    closed = (*everybody(), grant(), CLOSE)
    given(*everybody(), grant()).when(CLOSE).then(AccountClosed)
    given(*closed).when(revoke()).then_refused(NoAccount)
    given(*closed).when(CLOSE).then_refused(NoAccount)
    given(*closed).when(grant()).then(AccountOpened, RoleGranted)


def test_no_account_no_role():
    given(*everybody()).when(revoke()).then_refused(NoAccount)
