"""A link signs in once, within 72 hours, and only when somebody taps it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from domain.model import PersonId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.invitations import LIFE
from infrastructure.accounts.tables import invitation, session
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer, utc_now

LAN = PersonId("lan")


@pytest.fixture
def accounts(database, ledger):
    return Accounts(database, ledger)


def issued(accounts, person=LAN):
    return asyncio.run(accounts.issue(person))


def accepted(accounts, token, **options):
    return asyncio.run(accounts.accept(token, **options))


def test_a_link_signs_its_holder_in(accounts):
    signed_in = accepted(accounts, issued(accounts))
    assert signed_in.person == LAN
    assert accounts.session(signed_in.token).person == LAN


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_link_kept_with_a_decision_is_one_like_any_other(accounts, ledger):
    token, beside = accounts.invitation(LAN)
    assert accounts.holder(token) is None
    ((table, row),) = beside.inserts
    ledger.write(lambda db: db.execute(insert(table), row)).result()
    assert accounts.holder(token) == LAN
    assert accepted(accounts, token).person == LAN


def test_a_second_tap_does_not(accounts):
    token = issued(accounts)
    accepted(accounts, token)
    assert accepted(accounts, token) is None


def test_looking_at_a_link_uses_nothing_up(accounts):
    token = issued(accounts)
    assert [accounts.holder(token) for _ in range(5)] == [LAN] * 5
    assert accepted(accounts, token) is not None
    assert accounts.holder(token) is None


def test_of_parallel_taps_one_signs_in(accounts, database):
    token = issued(accounts)

    async def tap_together():
        return await asyncio.gather(*(accounts.accept(token) for _ in range(40)))

    assert sum(one is not None for one in asyncio.run(tap_together())) == 1
    with database.reading() as connection:
        assert len(connection.execute(select(session)).all()) == 1


def test_of_parallel_taps_on_two_servers_one_signs_in(postgres, tmp_path):
    url = postgres.prepared()
    databases = [Database.open(url, tmp_path) for _ in range(2)]
    writers = [Writer(database) for database in databases]
    servers = [Accounts(database, writer) for database, writer in zip(databases, writers, strict=True)]
    try:
        for _ in range(20):
            token = issued(servers[0])

            async def tap_together(token=token):
                return await asyncio.gather(*(servers[n % 2].accept(token) for n in range(8)))

            assert sum(one is not None for one in asyncio.run(tap_together())) == 1
    finally:
        for writer in writers:
            writer.close()
        for database in databases:
            database.close()
        postgres.drop(url)


def test_a_link_lasts_three_days(database, ledger, accounts):
    token = issued(accounts)
    almost = Accounts(database, ledger, clock=lambda: utc_now() + LIFE - timedelta(minutes=1))
    later = Accounts(database, ledger, clock=lambda: utc_now() + LIFE)
    assert timedelta(hours=72) == LIFE
    assert later.holder(token) is None
    assert accepted(later, token) is None
    assert almost.holder(token) == LAN
    assert accepted(almost, token) is not None


def test_expired_links_are_cleared_away(database, ledger, accounts):
    issued(accounts)
    later = Accounts(database, ledger, clock=lambda: utc_now() + LIFE)
    issued(later)
    with database.reading() as connection:
        assert len(connection.execute(select(invitation)).all()) == 1


def test_the_database_does_not_hold_the_link(database, accounts):
    token = issued(accounts)
    assert len(token) == 22  # 128 bits
    with database.reading() as connection:
        row = connection.execute(select(invitation)).one()
    assert token.encode() not in bytes(row.token)
    assert len(row.token) == 32


@pytest.mark.parametrize("token", ["", "x", "é" * 500, "\ud800", "' OR 1=1 --", "a\x00b"])
def test_an_invented_link_opens_nothing(accounts, token):
    issued(accounts)
    assert accounts.holder(token) is None
    assert accepted(accounts, token) is None


def test_whoever_is_erased_is_let_in_by_nothing(accounts, ledger):
    token = issued(accounts)
    signed_in = accepted(accounts, issued(accounts))
    bearer = asyncio.run(accounts.issue_bearer(LAN))
    other = accepted(accounts, issued(accounts, PersonId("hoa")))

    for statement in accounts.ending([LAN]).statements:
        ledger.write(lambda connection, statement=statement: connection.execute(statement)).result()

    assert accounts.holder(token) is None
    assert accounts.session(signed_in.token) is None
    assert accounts.bearer(bearer) is None
    assert accounts.session(other.token) is not None
