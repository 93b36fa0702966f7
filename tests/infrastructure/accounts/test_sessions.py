"""Sessions: our own tokens, new at every sign-in, hashed, ended on the server."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from application.signing_in import OFFICIALS, VOLUNTEERS, Limits
from domain.model import PersonId
from infrastructure.accounts import sessions
from infrastructure.accounts.accounts import ON_ITS_WAY, Accounts
from infrastructure.accounts.sessions import LIFE, TOUCHED
from infrastructure.accounts.tables import session
from infrastructure.accounts.tokens import BEARER_LIFE
from infrastructure.ledger.batch import micros
from infrastructure.ledger.writer import utc_now

LAN = PersonId("lan")


@pytest.fixture
def accounts(database, ledger):
    return Accounts(database, ledger)


def signed_in(accounts, **options):
    async def sign_in():
        return await accounts.accept(await accounts.issue(LAN), **options)

    return asyncio.run(sign_in())


def at(database, ledger, later: timedelta) -> Accounts:
    return Accounts(database, ledger, clock=lambda: utc_now() + later)


def rows(database):
    with database.reading() as connection:
        return connection.execute(select(session)).all()


def test_every_sign_in_has_a_token_of_its_own(accounts):
    tokens = {signed_in(accounts).token for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) == 43 for token in tokens)  # 256 bits


def test_a_token_that_the_browser_chose_does_not_survive_sign_in(accounts):
    chosen = "A" * 43
    fresh = signed_in(accounts, replacing=chosen)
    assert fresh.token != chosen
    assert accounts.session(chosen) is None


def test_who_signs_in_is_told_for_how_long(accounts):
    told = signed_in(accounts)
    found = accounts.session(told.token)
    assert (told.person, told.expires) == (LAN, found.expires)


def test_the_session_before_ends_with_the_next_sign_in(accounts):
    before = signed_in(accounts)
    after = signed_in(accounts, replacing=before.token)
    assert accounts.session(before.token) is None
    assert accounts.session(after.token) is not None


def test_a_failed_sign_in_ends_nothing(accounts):
    before = signed_in(accounts)
    assert asyncio.run(accounts.accept("invented", replacing=before.token)) is None
    assert accounts.session(before.token) is not None


def test_signing_out_ends_it_on_the_server(accounts):
    token = signed_in(accounts).token
    asyncio.run(accounts.sign_out(token))
    assert accounts.session(token) is None


def test_looking_for_a_session_makes_none(database, accounts):
    assert accounts.session("") is None
    assert accounts.session("invented") is None
    assert rows(database) == []


def test_the_database_does_not_hold_the_token(database, accounts):
    token = signed_in(accounts).token
    assert token.encode() not in b"".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows(database) for value in row
    )


def test_forms_carry_a_token_of_the_session_that_is_not_its_own(accounts):
    first, second = signed_in(accounts), signed_in(accounts)
    one, other = accounts.session(first.token), accounts.session(second.token)
    assert one.form_token != other.form_token
    assert one.form_token not in first.token
    assert accounts.session(first.token).form_token == one.form_token


def test_a_session_lasts_while_it_is_used(database, ledger, accounts):
    token = signed_in(accounts).token
    assert at(database, ledger, LIFE - timedelta(hours=1)).session(token) is not None
    _settled(ledger)
    assert at(database, ledger, 2 * LIFE - timedelta(hours=2)).session(token) is not None
    _settled(ledger)
    assert at(database, ledger, 3 * LIFE - timedelta(hours=3)).session(token) is not None
    _settled(ledger)
    assert at(database, ledger, 3 * LIFE).session(token) is None  # however much it is used


def test_most_visits_write_nothing(database, ledger, accounts):
    token = signed_in(accounts).token
    before = rows(database)
    at(database, ledger, TOUCHED - timedelta(minutes=1)).session(token)
    _settled(ledger)
    assert rows(database) == before
    at(database, ledger, TOUCHED).session(token)
    _settled(ledger)
    assert rows(database) != before


def test_a_late_note_of_a_visit_brings_no_ended_session_back(database, ledger, accounts):
    token = signed_in(accounts).token
    found = accounts.session(token)
    asyncio.run(accounts.sign_out(token))
    ledger.write(lambda connection: sessions.touch(connection, found, utc_now())).result()
    assert accounts.session(token) is None
    assert rows(database) == []


def test_expired_sessions_are_cleared_away(database, ledger, accounts):
    signed_in(accounts)
    signed_in(at(database, ledger, 2 * LIFE))
    assert len(rows(database)) == 1


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_of_several_people_the_last_visit_of_each(database, ledger, accounts):
    assert accounts.last_seen([LAN]) == {}
    before, now = signed_in(accounts), utc_now() + TOUCHED
    later = at(database, ledger, TOUCHED)
    signed_in(later)
    later.session(before.token)
    _settled(ledger)
    assert accounts.last_seen([LAN, PersonId("hoa")])[LAN] - now < timedelta(seconds=20)
    assert list(accounts.last_seen([LAN, PersonId("hoa")])) == [LAN]
    assert at(database, ledger, 3 * LIFE).last_seen([LAN]) == {}


@ON_SQLITE
def test_where_enrolment_is_skipped_the_session_is_another_one(database, ledger, accounts):
    token = signed_in(accounts).token
    fresh = asyncio.run(accounts.waive(token))
    assert fresh is not None
    found = accounts.session(fresh)
    assert found is not None
    assert found.waived
    assert found.stepped_up is not None
    assert utc_now() - found.stepped_up < timedelta(seconds=20)
    assert accounts.session(token) is None
    assert asyncio.run(at(database, ledger, LIFE).waive(fresh)) is None  # it is over


@ON_SQLITE
def test_a_session_ends_at_its_moment_and_other_limits_make_it_no_longer(ledger, accounts):
    token = signed_in(accounts).token
    found = accounts.session(token)
    assert found is not None
    now = found.expires - timedelta(minutes=1)
    later = sessions.tightened(found, VOLUNTEERS, now)
    assert later["expires"] == micros(found.expires)
    assert (later["ends"], later["idle"]) == (micros(found.ends), LIFE // timedelta(microseconds=1))
    sooner = sessions.tightened(found, OFFICIALS, now - timedelta(days=1))
    assert sooner["expires"] == micros(now - timedelta(days=1) + OFFICIALS.idle)
    assert sooner["ends"] == micros(now - timedelta(days=1) + OFFICIALS.absolute)
    shortest = sessions.tightened(found, Limits(idle=LIFE, absolute=timedelta(hours=1)), found.created)
    assert shortest["expires"] == shortest["ends"] == micros(found.created + timedelta(hours=1))
    rotated = ledger.write(lambda db: sessions.rotate(db, token, found.expires, {})).result()
    assert rotated is None


class TestBearerTokens:
    def test_a_program_is_known_by_its_token(self, accounts):
        token = asyncio.run(accounts.issue_bearer(LAN))
        assert token.startswith("lantoa_")
        assert accounts.bearer(token) == LAN
        assert accounts.bearer(token[:-1]) is None
        assert accounts.session(token) is None

    def test_a_sessions_token_is_no_bearer_token(self, accounts):
        assert accounts.bearer(signed_in(accounts).token) is None

    def test_it_can_be_taken_back(self, accounts):
        token = asyncio.run(accounts.issue_bearer(LAN))
        assert asyncio.run(accounts.take_back_bearers(LAN)) == 1
        assert accounts.bearer(token) is None

    def test_it_lasts_a_year(self, database, ledger, accounts):
        token = asyncio.run(accounts.issue_bearer(LAN))
        assert at(database, ledger, BEARER_LIFE).bearer(token) is None


def _settled(ledger) -> None:
    """Waits for what the writer was asked before."""
    ledger.write(lambda connection: None).result()


def with_other_roles(accounts: Accounts, token: str) -> str:
    found = accounts.session(token)
    assert found is not None
    fresh = asyncio.run(accounts.rotate(token, found, power="more", limits=VOLUNTEERS))
    assert fresh is not None
    return fresh


def test_a_page_that_was_asked_for_before_other_roles_is_shown_by_every_process(database, ledger):
    """And after a restart: what it takes is in the token, the key and the clock."""
    token, now = signed_in(Accounts(database, ledger)).token, utc_now()
    later = timedelta()

    def process(key: bytes) -> Accounts:
        return Accounts(database, ledger, key=key, clock=lambda: now + later)

    one, other, stranger = process(b"k" * 32), process(b"k" * 32), process(b"x" * 32)
    fresh = with_other_roles(one, token)

    assert other.session(token) == one.session(token) == other.session(fresh)
    assert [found.power for found in (other.session(fresh),) if found] == ["more"]
    assert other.session(token, fresh=True) is None  # to look on, not to change anything
    assert stranger.session(token) is None  # the control: by the token alone nothing follows
    later = ON_ITS_WAY
    assert other.session(token) is not None
    later = ON_ITS_WAY + timedelta(seconds=1)
    assert one.session(token) is None
    assert other.session(fresh) is not None


def test_what_ended_meanwhile_is_not_shown_to_the_token_before(database, ledger):
    accounts = Accounts(database, ledger)
    token = signed_in(accounts).token
    fresh = with_other_roles(accounts, token)
    assert accounts.session(token) is not None
    asyncio.run(accounts.sign_out(fresh))
    assert accounts.session(token) is None
