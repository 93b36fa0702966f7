"""The set-up link: once, within a quarter of an hour, and for nobody once there is an administrator."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from domain.access import ADMINISTRATORS, RoleGranted
from domain.model import Boundary, By, Decision, PersonId, Role, Selector, UnitId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.setup import LIFE
from tests.infrastructure.accounts.conftest import Clock, run


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database, ledger, clock) -> Accounts:
    return Accounts(database, ledger, clock=clock)


@dataclass(kw_only=True)
class SomebodyBecomes(Decision):
    role: Role

    def consistency_boundary(self) -> Boundary:
        return [Selector([RoleGranted], [ADMINISTRATORS])]

    def execute(self) -> None:
        quan, over = PersonId("quan"), UnitId("VN")
        self.record(RoleGranted(at=self.at, by=By("operator"), person=quan, role=self.role, unit=over))


def test_it_lets_in_once_and_looking_uses_nothing_up(accounts):
    token = run(accounts.new_setup_link())
    assert [accounts.setup_link_stands(one) for one in (token, token, token[:-1], "")] == [True] * 2 + [
        False
    ] * 2
    assert run(accounts.use_setup_link(token[:-1])) is False
    assert [run(accounts.use_setup_link(token)) for _ in range(2)] == [True, False]
    assert accounts.setup_link_stands(token) is False


def test_it_lasts_a_quarter_of_an_hour(accounts, clock):
    token = run(accounts.new_setup_link())
    clock.now += LIFE - timedelta(microseconds=1)
    assert accounts.setup_link_stands(token) is True
    clock.now += timedelta(microseconds=1)
    assert accounts.setup_link_stands(token) is False
    assert run(accounts.use_setup_link(token)) is False


def test_a_new_one_ends_the_one_before(accounts):
    before, token = run(accounts.new_setup_link()), run(accounts.new_setup_link())
    assert run(accounts.use_setup_link(before)) is False
    assert run(accounts.use_setup_link(token)) is True


def test_with_an_administrator_it_is_over_and_with_nobody_else(accounts, ledger):
    run(ledger.decide(SomebodyBecomes(role=Role.ORGANIZER)))
    token = run(accounts.new_setup_link())
    assert accounts.setup_link_stands(token) is True
    run(ledger.decide(SomebodyBecomes(role=Role.ADMINISTRATOR)))
    assert accounts.setup_link_stands(token) is False
    assert run(accounts.use_setup_link(token)) is False
    assert run(accounts.new_setup_link()) is None
