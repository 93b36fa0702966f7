"""Device tokens: hashed, of one account and session, ended at once by whatever ends these."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from application.ports import SessionEnded, Submission
from domain.model import PersonId
from infrastructure.accounts import device_tokens, sessions
from infrastructure.accounts.device_tokens import BEGINS, LIFE, MOST, TOUCHED, DeviceToken
from infrastructure.accounts.tables import device_token, session
from tests.infrastructure.accounts.conftest import run
from tests.infrastructure.accounts.test_ending import Held, somebody


@pytest.fixture
def issued(lan):
    return run(lan.accounts.issue_phone(lan.session))


def sent_under(token_id: str) -> Submission:
    return Submission(author="lan", id="one", content=b"same", session=token_id)


def test_the_token_is_stored_hashed_alone(lan, issued, database):
    with database.reading() as connection:
        (row,) = connection.execute(select(device_token)).all()

    assert issued.token.startswith(BEGINS)
    assert len(issued.token) == len(BEGINS) + 43  # 256 bits
    assert issued.token.encode() not in bytes(row.token)
    assert issued.token not in str(row)
    assert issued.id not in issued.token


def test_a_phone_is_known_by_its_token(lan, issued):
    found = lan.accounts.phone(issued.token)

    assert (found.id, found.person, found.session) == (issued.id, lan.person, lan.session.id)
    assert lan.accounts.phone(issued.token + "x") is None
    assert lan.accounts.bearer(issued.token) is None, "a program's token is another thing"
    assert lan.accounts.session(issued.token) is None


ENDINGS = {
    "signed out of that browser": lambda lan, _: run(lan.accounts.sign_out(lan.token)),
    "that browser ended from elsewhere": lambda lan, _: run(
        lan.accounts.end_device(lan.person, lan.session.id)
    ),
    "ended itself": lambda lan, issued: run(lan.accounts.end_device(lan.person, issued.id)),
    "signed out everywhere": lambda lan, _: run(lan.accounts.end_devices(lan.person)),
    "recovered": lambda lan, _: run(lan.accounts.recover(lan.person)),
    "recovered under another id": lambda lan, _: run(
        lan.accounts.recover(PersonId("other"), also=[lan.person])
    ),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_what_ends_a_browser_ends_its_phone(lan, issued, ledger, ending):
    assert run(ledger.decide(somebody("tu"), submission=sent_under(issued.id))).facts  # the control
    ending(lan, issued)

    assert lan.accounts.phone(issued.token) is None
    assert lan.accounts.phones(lan.person) == []
    with pytest.raises(SessionEnded):
        run(ledger.decide(somebody("sau"), submission=sent_under(issued.id)))


@pytest.mark.parametrize("beside", ["ending", "ending_phones"])
def test_closing_an_account_or_losing_the_role_ends_it_in_their_transaction(lan, issued, ledger, beside):
    with Held(ledger):
        before = ledger.decide_soon(somebody("tu"), submission=sent_under(issued.id))
        ledger.decide_soon(somebody("ong"), beside=getattr(lan.accounts, beside)([lan.person]))
    assert before.result().facts
    assert lan.accounts.phone(issued.token) is None
    with pytest.raises(SessionEnded):
        run(ledger.decide(somebody("sau"), submission=sent_under(issued.id)))


def test_an_ending_in_the_same_transaction_beats_what_was_sent_after_it(lan, issued, ledger):
    with Held(ledger):
        before = ledger.decide_soon(somebody("tu"), submission=sent_under(issued.id))
        ledger.write(lambda connection: device_tokens.end_one(connection, lan.person, issued.id))
        after = ledger.decide_soon(
            somebody("sau"), submission=Submission("lan", "two", b"same", session=issued.id)
        )
    assert before.result().facts
    with pytest.raises(SessionEnded):
        after.result()


def test_signing_out_elsewhere_leaves_this_one(lan, issued):
    other = run(lan.accounts.accept(run(lan.accounts.issue(lan.person))))
    run(lan.accounts.issue_phone(lan.accounts.session(other.token)))

    run(lan.accounts.end_devices(lan.person, but=lan.session.id))

    assert [one.id for one in lan.accounts.phones(lan.person)] == [issued.id]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_kept_as_it_was_made(lan, clock, database):
    found, made = lan.session, clock.now
    issued = run(lan.accounts.issue_phone(msgspec.structs.replace(found, device="Chrome/Android")))
    kept = lan.accounts.phone(issued.token)
    assert kept == DeviceToken(
        id=issued.id,
        person=lan.person,
        session=found.id,
        device="Chrome/Android",
        created=made,
        seen=made,
        expires=made + LIFE.idle,
        ends=made + LIFE.absolute,
    )
    assert lan.accounts.phones(lan.person) == [kept]
    assert issued.expires == kept.expires
    clock.on(days=LIFE.idle.days)
    lan.token = run(lan._link()).token
    run(lan.accounts.issue_phone(lan.session))
    with database.reading() as connection:
        assert len(connection.execute(select(device_token)).all()) == 1  # that one was cleared away


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_use_is_noted_once_a_day(lan, issued, clock):
    made = clock.now
    clock.now += TOUCHED - timedelta(microseconds=1)
    assert used_and_noted(lan, issued).seen == made
    clock.now += timedelta(microseconds=1)
    assert used_and_noted(lan, issued).seen == clock.now


def used_and_noted(lan, issued):
    lan.accounts.phone(issued.token)
    lan.accounts._writer.write(lambda _: None).result()
    (noted,) = lan.accounts.phones(lan.person)
    return noted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ending_one_leaves_the_others(lan, issued):
    other = run(lan.accounts.issue_phone(lan.session))
    assert run(lan.accounts.end_device(lan.person, issued.id)) is True
    assert lan.accounts.phone(issued.token) is None
    assert [one.id for one in lan.accounts.phones(lan.person)] == [other.id]
    assert lan.accounts.phone(other.token) is not None
    assert run(lan.accounts.end_device(lan.person, issued.id)) is False


def test_another_account_ends_nothing_of_it(lan, issued):
    assert not run(lan.accounts.end_device(PersonId("hoa"), issued.id))
    assert lan.accounts.phone(issued.token)


def test_a_session_that_grew_old_leaves_it(lan, issued, clock, ledger):
    clock.on(days=31)
    ledger.write(lambda connection: connection.execute(session.delete())).result()  # as time clears it away

    assert lan.accounts.phone(issued.token)


def test_it_ends_90_days_after_its_last_use(lan, issued, clock):
    clock.on(days=89)
    assert lan.accounts.phone(issued.token)
    lan.accounts._writer.write(lambda _: None).result()  # the use is noted
    clock.on(days=89)
    assert lan.accounts.phone(issued.token)
    lan.accounts._writer.write(lambda _: None).result()
    clock.on(days=3)
    assert lan.accounts.phone(issued.token) is None, "180 days, however much it is used"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_late_note_of_a_use_brings_no_ended_one_back(lan, issued, clock, ledger):
    found = lan.accounts.phone(issued.token)
    clock.now += LIFE.idle
    ledger.write(lambda db: device_tokens.touch(db, found, clock.now)).result()
    assert lan.accounts.phone(issued.token) is None


def test_unused_it_ends_after_90_days(lan, issued, clock):
    clock.on(days=LIFE.idle.days)

    assert lan.accounts.phone(issued.token) is None


def test_none_is_made_under_a_session_that_has_ended(lan):
    ended = lan.session
    run(lan.accounts.sign_out(lan.token))

    with pytest.raises(SessionEnded):
        run(lan.accounts.issue_phone(ended))


def test_an_account_has_so_many_at_most(lan, clock):
    made = []
    for _ in range(MOST + 2):
        made.append(run(lan.accounts.issue_phone(lan.session)).id)
        clock.on(minutes=1)

    assert [one.id for one in lan.accounts.phones(lan.person)] == made[:1:-1]  # the others made room


def test_erasing_somebody_ends_it(lan, issued, ledger, vault):
    run(ledger.decide(somebody("tu"), beside=vault.erase_people([lan.person])))

    assert lan.accounts.phone(issued.token) is None


def test_a_session_that_ends_takes_no_other_ones_phone(lan, issued, ledger):
    other = run(lan.accounts.accept(run(lan.accounts.issue(PersonId("hoa")))))

    ledger.write(lambda connection: sessions.end_session(connection, other.token)).result()

    assert lan.accounts.phone(issued.token)
