"""Ending a session beats what was sent under it and is not recorded yet."""

import asyncio
import threading

import pytest

from application.ports import SessionEnded, Submission
from application.signing_in import VOLUNTEERS
from domain.model import By, Group, PersonId
from domain.registering import RegisterPerson
from infrastructure.accounts import sessions
from infrastructure.accounts.remembered import RememberedAccounts
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer, utc_now
from tests.infrastructure.accounts.conftest import run
from tests.infrastructure.vault.people import HERE
from tests.interfaces.queries import questions
from tests.interfaces.waiting import until


def somebody(name: str) -> RegisterPerson:
    return RegisterPerson(person=PersonId(name), group=Group.PEOPLE, unit=HERE, by=By("account:lan"))


def under(session, number: str = "one") -> Submission:
    return Submission(author="lan", id=number, content=b"same", session=session.id)


def test_what_is_sent_under_an_open_session_is_recorded(lan, ledger):
    assert run(ledger.decide(somebody("tu"), submission=under(lan.session))).facts


def test_what_is_sent_under_an_ended_one_is_not(lan, ledger):
    sent = under(lan.session)
    run(lan.accounts.end_devices(lan.person))
    head = ledger.head()
    with pytest.raises(SessionEnded):
        run(ledger.decide(somebody("tu"), submission=sent))
    assert ledger.head() == head


def test_not_even_its_first_receipt_is_shown_again(lan, ledger):
    sent = under(lan.session)
    run(ledger.decide(somebody("tu"), submission=sent))
    run(lan.accounts.end_devices(lan.person))
    with pytest.raises(SessionEnded):
        run(ledger.decide(somebody("tu"), submission=sent))


class Held:
    """The writer, kept busy until everything that is to share one transaction waits."""

    def __init__(self, ledger):
        self._ledger = ledger
        self._busy = threading.Event()
        self._go_on = threading.Event()

    def __enter__(self):
        def hold(_connection):
            self._busy.set()
            assert self._go_on.wait(30)

        self._ledger.write(hold)
        assert self._busy.wait(30)
        return self

    def __exit__(self, *_):
        self._go_on.set()


def test_an_ending_in_the_same_transaction_comes_first_where_it_came_first(lan, ledger):
    session = lan.session
    with Held(ledger):
        before = ledger.decide_soon(somebody("tu"), submission=under(session, "before"))
        ledger.write(lambda connection: sessions.end_all(connection, [lan.person]))
        after = ledger.decide_soon(somebody("sau"), submission=under(session, "after"))
    assert before.result().facts
    with pytest.raises(SessionEnded):
        after.result()


def test_one_ended_beside_a_decision_ends_what_comes_after(lan, ledger):
    session = lan.session
    run(ledger.decide(somebody("tu"), beside=lan.accounts.ending([lan.person])))
    with pytest.raises(SessionEnded):
        run(ledger.decide(somebody("sau"), submission=under(session)))


def test_an_expired_one_records_nothing(lan, ledger):
    expired = sessions.tightened(lan.session, VOLUNTEERS, utc_now()) | {"expires": 0}
    token = ledger.write(lambda db: sessions.rotate(db, lan.token, utc_now(), expired)).result()
    assert token is not None
    sent = Submission(author="lan", id="one", content=b"same", session=_id_of(lan, ledger))
    with pytest.raises(SessionEnded):
        run(ledger.decide(somebody("tu"), submission=sent))


def _id_of(lan, ledger):
    from sqlalchemy import select

    from infrastructure.accounts.tables import session

    return ledger.write(lambda db: db.execute(select(session.c.id)).scalar()).result()


class TestRemembered:
    @pytest.fixture
    def remembering(self, database, ledger):
        return RememberedAccounts(database, ledger)

    def signed_in(self, accounts, person="lan"):
        async def sign_in():
            return await accounts.accept(await accounts.issue(PersonId(person)))

        return run(sign_in())

    def test_what_ends_here_ends_with_the_next_request(self, remembering):
        for end in (
            lambda token: remembering.sign_out(token),
            lambda token: remembering.end_device(PersonId("lan"), remembering.session(token).id),
            lambda token: remembering.end_devices(PersonId("lan")),
            lambda _token: remembering.recover(PersonId("lan")),
        ):
            token = self.signed_in(remembering).token
            assert remembering.session(token) is not None
            run(end(token))
            assert remembering.session(token) is None

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_a_page_asked_for_before_other_roles_is_shown_and_not_acted_on(self, remembering):
        token = self.signed_in(remembering).token
        found = remembering.session(token)
        run(remembering.rotate(token, found, power="more", limits=VOLUNTEERS))
        remembering.forget(token)
        assert remembering.session(token).id == found.id
        assert remembering.session(token, fresh=True) is None

    def test_what_ends_beside_a_decision_too(self, remembering, ledger):
        token = self.signed_in(remembering).token
        assert remembering.session(token) is not None
        run(ledger.decide(somebody("tu"), beside=remembering.ending([PersonId("lan")])))
        assert remembering.session(token) is None

    def test_nothing_is_asked_as_long_as_nothing_changes(self, remembering, ledger):
        ledger.changes.listen()
        token = self.signed_in(remembering).token
        bearer = run(remembering.issue_bearer(PersonId("lan")))
        until(lambda: ledger.changes.mark() is not None)
        remembering.session(token), remembering.bearer(bearer)
        assert questions(lambda: (remembering.session(token), remembering.bearer(bearer))) == []
        run(remembering.take_back_bearers(PersonId("lan")))
        assert remembering.bearer(bearer) is None

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_each_token_is_remembered_by_itself_until_it_is_forgotten(self, remembering):
        first, second = (self.signed_in(remembering, one) for one in ("lan", "hoa"))
        for _ in range(2):
            assert remembering.session(first.token).person == "lan"
            assert remembering.session(second.token).person == "hoa"
            assert remembering.session("never-given-out") is None
        remembering.forget(first.token)
        remembering.forget("never-given-out")
        assert questions(lambda: remembering.session(second.token)) == []
        assert questions(lambda: remembering.session(first.token)) != []

    def test_a_visit_is_noted_in_spite_of_it_and_makes_nobody_forget(self, remembering, ledger):
        token = self.signed_in(remembering).token
        found = remembering.session(token)
        mark = ledger.changes.mark()
        ledger.write(lambda db: sessions.touch(db, found, utc_now())).result()
        assert ledger.changes.mark() == mark
        remembering._clock = lambda: found.seen + found.touched_every
        remembering.session(token)
        until(lambda: remembering.session(token).seen > found.seen)

    @pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
    def test_what_another_process_ends_is_forgotten_here(self, remembering, ledger, database_url, tmp_path):
        ledger.changes.listen()
        until(lambda: ledger.changes.mark() is not None)
        token = self.signed_in(remembering).token
        assert remembering.session(token) is not None
        elsewhere = Database.open(database_url, tmp_path)
        other = Writer(elsewhere)
        try:
            run(RememberedAccounts(elsewhere, other).end_devices(PersonId("lan")))
            until(lambda: remembering.session(token) is None)
        finally:
            other.close()
            elsewhere.close()

    @pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
    def test_nobody_acts_by_what_another_process_ended_before_it_is_heard(
        self, remembering, ledger, database_url, tmp_path, monkeypatch
    ):
        ledger.changes.listen()
        token = self.signed_in(remembering).token
        bearer = run(remembering.issue_bearer(PersonId("lan")))
        until(lambda: ledger.changes.mark() is not None)
        remembering.session(token), remembering.bearer(bearer)
        monkeypatch.setattr(ledger.changes, "happened", lambda: None)
        elsewhere = Database.open(database_url, tmp_path)
        other = Writer(elsewhere)
        try:
            run(RememberedAccounts(elsewhere, other).end_devices(PersonId("lan")))
            run(RememberedAccounts(elsewhere, other).take_back_bearers(PersonId("lan")))
        finally:
            other.close()
            elsewhere.close()
        assert remembering.bearer(bearer) is not None  # the control: it was not heard of
        assert run(remembering.bearer_now(bearer)) is None
        assert run(remembering.session_now(token)) is None
        assert remembering.bearer(bearer) is remembering.session(token) is None, "nor are they read for again"

    @pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
    def test_who_hears_no_other_process_remembers_nothing(self, remembering, ledger):
        assert ledger.changes.mark() is None
        token = self.signed_in(remembering).token
        remembering.session(token)
        assert len(questions(lambda: remembering.session(token))) == 1
        ledger.changes.listen()
        until(lambda: ledger.changes.mark() is not None)
        remembering.session(token)
        assert questions(lambda: remembering.session(token)) == []
        ledger.changes.close()
        until(lambda: ledger.changes.mark() is None)
        assert len(questions(lambda: remembering.session(token))) == 1

    def test_a_crowd_asking_at_once_sees_the_ending(self, remembering):
        token = self.signed_in(remembering).token

        async def crowd():
            await remembering.sign_out(token)
            return await asyncio.gather(*(asyncio.to_thread(remembering.session, token) for _ in range(20)))

        assert run(crowd()) == [None] * 20
