"""One-time codes of an app, and recovery codes on paper."""

import asyncio
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from application.ports import SessionEnded
from application.signing_in import LastFactor, Strength
from domain.model import PersonId
from infrastructure.accounts.accounts import Accounts
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.recovery import HOW_MANY
from infrastructure.accounts.tables import recovery_code, totp
from infrastructure.vault.vault import NobodySealed
from tests.infrastructure.accounts.authenticator import Authenticator
from tests.infrastructure.accounts.conftest import Proving, run
from tests.infrastructure.vault.people import sealed

HOA = "hoa"


class App:
    """An authenticator app that was shown Lan's secret."""

    def __init__(self, lan):
        self.lan = lan
        pending, self.sealed = lan.factors.begin_one_time(lan.person)
        self.login = pending.login
        self.totp = pyotp.TOTP(pending.secret)

    def shows(self, steps=0):
        return self.totp.at(self.lan.clock() + timedelta(seconds=30 * steps))

    def confirm(self, digits=None):
        pending = self.lan.factors.begun_one_time(self.lan.person, self.sealed)
        adding = self.lan.factors.add_one_time(
            self.lan.token, self.lan.session, pending, digits or self.shows()
        )
        self.lan.token = run(adding)
        return self

    def sign_in(self, digits=None, login=None):
        return run(
            self.lan.factors.sign_in_by_one_time(
                login or self.login, digits or self.shows(), self.lan.arriving
            )
        )


def test_the_digits_sign_in_by_the_name_beside_them(lan):
    app = App(lan).confirm()
    lan.clock.on(seconds=30)
    signed_in = app.sign_in()
    found = lan.accounts.session(signed_in.token)
    assert (found.person, found.strength) == (lan.person, Strength.TOTP)
    assert found.stepped_up is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_session_that_the_browser_had_ends_by_an_app_or_a_code_on_paper_too(lan, forgotten):
    app, begun = App(lan), lan.token
    before = app.confirm().lan.token
    (code, *_) = run(lan.factors.new_recovery_codes(lan.session))
    lan.clock.on(minutes=10)
    stepped_up = lan.token = run(lan.factors.step_up_by_one_time(before, lan.session, app.shows()))
    lan.clock.on(minutes=10)
    signing_in = lan.factors.sign_in_by_one_time(app.login, app.shows(), lan.arriving, replacing=stepped_up)
    by_app = run(signing_in).token
    by_code = run(lan.factors.sign_in_by_recovery(code, lan.arriving, replacing=by_app)).token
    ended = [begun, before, stepped_up, by_app]
    assert [lan.accounts.session(one) for one in ended] == [None] * 4
    assert lan.accounts.session(by_code) is not None
    assert forgotten == ended
    assert lan.arrived == [lan.person] * 2


def test_setting_it_up_gives_the_session_a_new_token(lan):
    before = lan.token
    App(lan).confirm()
    assert lan.accounts.session(before) is None
    assert lan.session.strength is Strength.TOTP


def test_nothing_is_kept_before_the_app_has_shown_that_it_knows(lan, database):
    app = App(lan)
    with pytest.raises(NotProven):
        app.confirm("000000" if app.shows() != "000000" else "111111")
    with database.reading() as connection:
        assert connection.execute(select(totp)).all() == []


def test_digits_count_once(lan):
    app = App(lan).confirm()
    with pytest.raises(NotProven):
        app.sign_in()  # those that confirmed it
    lan.clock.on(seconds=30)
    digits = app.shows()
    app.sign_in(digits)
    with pytest.raises(NotProven):
        app.sign_in(digits)


def test_older_digits_do_not_count_after_newer_ones(lan):
    app = App(lan).confirm()
    lan.clock.on(minutes=5)
    older, newer = app.shows(-1), app.shows()
    app.sign_in(newer)
    with pytest.raises(NotProven):
        app.sign_in(older)


def test_of_many_who_send_the_same_digits_at_once_one_is_let_in(lan):
    app = App(lan).confirm()
    lan.clock.on(minutes=5)
    digits = app.shows()

    async def crowd():
        tries = (lan.factors.sign_in_by_one_time(app.login, digits, lan.arriving) for _ in range(20))
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = run(crowd())
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1


def test_who_types_for_half_a_minute_is_forgiven_and_no_more(lan):
    app = App(lan).confirm()
    lan.clock.on(minutes=5)
    with pytest.raises(NotProven):
        app.sign_in(app.shows(-2))
    with pytest.raises(NotProven):
        app.sign_in(app.shows(+1))
    app.sign_in(app.shows(-1))
    app.sign_in(app.shows())


class TestRemovingTheLast:
    """Whoever's roles ask for a passkey or an app keeps one, however many are removed at once."""

    @pytest.fixture
    def both(self, lan):
        lan.make_passkey(Authenticator())
        App(lan).confirm()
        (key,) = lan.factors.enrolled(lan.person).passkeys
        return key.id

    def removed(self, lan, key, *, keep_one):
        async def at_once():
            return await asyncio.gather(
                lan.factors.remove_passkey(lan.session, key, keep_one=keep_one),
                lan.factors.remove_one_time(lan.session, keep_one=keep_one),
                return_exceptions=True,
            )

        return run(at_once())

    def test_of_two_removed_at_once_one_stays(self, lan, both):
        outcomes = self.removed(lan, both, keep_one=True)
        assert sorted(map(str, map(type, outcomes))) == sorted([str(bool), str(LastFactor)])
        assert lan.factors.enrolled(lan.person).strong == 1

    def test_whose_roles_ask_for_none_may_remove_both(self, lan, both):
        assert self.removed(lan, both, keep_one=False) == [True, True]
        assert lan.factors.enrolled(lan.person).strong == 0


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "abcdef", "é23456", "１２３４５６", "0" * 100])
def test_other_digits_do_not_count(lan, digits):
    app = App(lan).confirm()
    lan.clock.on(minutes=5)
    with pytest.raises(NotProven):
        run(lan.factors.sign_in_by_one_time(app.login, digits, lan.arriving))


def test_a_name_that_nobody_has_proves_nothing(lan):
    app = App(lan).confirm()
    lan.clock.on(minutes=5)
    with pytest.raises(NotProven):
        app.sign_in(login="ABCDEFGH")


def test_another_persons_secret_cannot_be_confirmed(lan, ledger, vault):
    hoa = PersonId(sealed(ledger, vault, HOA))
    with pytest.raises(NotProven):
        lan.factors.begun_one_time(hoa, App(lan).sealed)


@pytest.mark.parametrize("sealed_", ["", "zz", "00", "é"])
def test_what_we_did_not_seal_cannot_be_confirmed(lan, sealed_):
    with pytest.raises(NotProven):
        lan.factors.begun_one_time(lan.person, sealed_)


def test_a_secret_is_confirmed_within_a_quarter_of_an_hour(lan):
    app = App(lan)
    lan.clock.on(minutes=15, seconds=1)
    with pytest.raises(NotProven):
        app.confirm()


def test_the_database_does_not_hold_the_secret(lan, database):
    app = App(lan).confirm()
    with database.reading() as connection:
        (row,) = connection.execute(select(totp)).all()
    assert app.totp.secret.encode() not in b"".join(
        value if isinstance(value, bytes) else str(value).encode() for value in row
    )


def test_a_secret_moved_from_somebody_else_proves_nothing(lan, ledger, vault):
    app = App(lan).confirm()
    hoa = sealed(ledger, vault, HOA)
    ledger.write(lambda db: db.execute(update(totp).values(person=hoa))).result()
    lan.clock.on(minutes=5)
    with pytest.raises(NotProven):
        app.sign_in()


def test_nobody_gets_a_secret_who_is_not_in_the_vault(lan):
    with pytest.raises(NobodySealed):
        lan.factors.begin_one_time(PersonId("never-there"))


def test_what_ends_an_account_ends_all_that_it_signs_in_with(lan, ledger):
    App(lan).confirm()
    run(lan.factors.new_recovery_codes(lan.session))
    lan.make_passkey(Authenticator())
    ending = lan.accounts.ending([lan.person])
    ledger.write(lambda connection: [connection.execute(one) for one in ending.statements]).result()
    assert lan.factors.enrolled(lan.person).any is False
    assert lan.accounts.session(lan.token) is None


def test_stepping_up_by_it(lan):
    app = App(lan).confirm()
    lan.clock.on(minutes=10)
    before = lan.token
    lan.token = run(lan.factors.step_up_by_one_time(lan.token, lan.session, app.shows()))
    assert lan.accounts.session(before) is None
    with pytest.raises(NotProven):
        run(lan.factors.step_up_by_one_time(lan.token, lan.session, app.shows()))


def test_an_ended_session_gets_nothing(lan):
    app, found = App(lan), lan.session
    pending = lan.factors.begun_one_time(lan.person, app.sealed)
    run(lan.accounts.sign_out(lan.token))
    with pytest.raises(SessionEnded):
        run(lan.factors.add_one_time(lan.token, found, pending, app.shows()))
    with pytest.raises(SessionEnded):
        run(lan.factors.new_recovery_codes(found))
    assert lan.factors.enrolled(lan.person).any is False


class TestRecoveryCodes:
    def test_each_signs_in_once(self, lan):
        codes = run(lan.factors.new_recovery_codes(lan.session))
        assert len(set(codes)) == HOW_MANY
        signed_in = run(lan.factors.sign_in_by_recovery(codes[3], lan.arriving))
        assert lan.accounts.session(signed_in.token).strength is Strength.RECOVERY
        assert lan.accounts.session(signed_in.token).stepped_up is None
        with pytest.raises(NotProven):
            run(lan.factors.sign_in_by_recovery(codes[3], lan.arriving))
        assert lan.factors.enrolled(lan.person).recovery_codes == HOW_MANY - 1

    def test_however_they_are_typed(self, lan):
        code = run(lan.factors.new_recovery_codes(lan.session))[0]
        typed = code.lower().replace("-", " ")
        assert run(lan.factors.sign_in_by_recovery(typed, lan.arriving)).person == lan.person

    def test_new_ones_end_those_before(self, lan):
        before = run(lan.factors.new_recovery_codes(lan.session))
        run(lan.factors.new_recovery_codes(lan.session))
        with pytest.raises(NotProven):
            run(lan.factors.sign_in_by_recovery(before[0], lan.arriving))

    @pytest.mark.parametrize("change", [lambda code: code[:-1] + "?", lambda code: code[:7], lambda _: ""])
    def test_a_wrong_one_does_not(self, lan, change):
        code = run(lan.factors.new_recovery_codes(lan.session))[0]
        with pytest.raises(NotProven):
            run(lan.factors.sign_in_by_recovery(change(code), lan.arriving))

    def test_of_many_who_send_the_same_at_once_one_is_let_in(self, lan):
        code = run(lan.factors.new_recovery_codes(lan.session))[0]

        async def crowd():
            tries = (lan.factors.sign_in_by_recovery(code, lan.arriving) for _ in range(8))
            return await asyncio.gather(*tries, return_exceptions=True)

        assert sum(not isinstance(one, Exception) for one in run(crowd())) == 1

    def test_the_database_does_not_hold_them(self, lan, database):
        code = run(lan.factors.new_recovery_codes(lan.session))[0].replace("-", "")
        with database.reading() as connection:
            rows = connection.execute(select(recovery_code)).all()
        held = b"".join(
            value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
        )
        assert code.encode() not in held
        assert code[6:].encode() not in held


class TestALostPhone:
    def test_every_device_ends_at_once_and_what_it_held_when_the_new_link_is_used(self, lan):
        app = App(lan).confirm()
        lan.clock.on(minutes=5)
        elsewhere = app.sign_in()
        older = run(lan.accounts.issue(lan.person))

        link = run(lan.accounts.recover(lan.person))

        assert lan.accounts.devices(lan.person) == []
        assert lan.accounts.session(elsewhere.token) is None
        assert lan.accounts.holder(older) is None
        assert lan.factors.enrolled(lan.person).one_time is not None
        again = run(lan.accounts.accept(link))
        assert lan.accounts.session(again.token).person == lan.person
        assert lan.factors.enrolled(lan.person).any is False

    def test_an_ordinary_link_leaves_what_there_is(self, lan):
        App(lan).confirm()
        run(lan.accounts.accept(run(lan.accounts.issue(lan.person))))
        assert lan.factors.enrolled(lan.person).one_time is not None

    def test_it_ends_nobody_elses(self, lan, ledger, vault, database):
        hoa = Proving(
            Accounts(database, ledger), lan.factors, lan.clock, PersonId(sealed(ledger, vault, HOA))
        )
        run(lan.accounts.accept(run(lan.accounts.recover(lan.person))))
        assert hoa.session.person == HOA
