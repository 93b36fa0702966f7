"""Passkeys: what proves who somebody is, and everything that does not."""

import asyncio
import json
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from application.ports import SessionEnded
from application.signing_in import LastFactor, Strength
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.passkeys import MOST, TooManyPasskeys, UserNotVerified, relying_at
from infrastructure.accounts.tables import session, used_challenge
from tests.infrastructure.accounts.authenticator import HOST, Authenticator, plain
from tests.infrastructure.accounts.conftest import run

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def phone():
    return Authenticator()


def test_a_passkey_signs_in(lan, phone):
    lan.make_passkey(phone)
    signed_in = lan.sign_in(phone.sign(lan.factors.sign_in_options()))
    found = lan.accounts.session(signed_in.token)
    assert (found.person, found.strength, found.verified) == (lan.person, Strength.PASSKEY, True)
    assert found.stepped_up is not None


def test_making_one_gives_the_session_a_new_token_and_counts_as_proof(lan, phone):
    before, form = lan.token, lan.session.form_token
    lan.make_passkey(phone)
    assert lan.accounts.session(before) is None
    assert (lan.session.strength, lan.session.verified) == (Strength.PASSKEY, True)
    assert lan.session.form_token == form  # pages open elsewhere can still be sent


@ON_SQLITE
def test_the_token_before_is_heard_of_wherever_a_passkey_gives_another(lan, phone, forgotten):
    first = lan.token
    lan.make_passkey(phone)
    second = lan.token
    said = phone.sign(lan.factors.step_up_options(lan.session, verified=False))
    third = run(lan.factors.step_up_by_passkey(lan.token, lan.session, said, verified=False))
    assert forgotten == [first, second]
    lan.sign_in(phone.sign(lan.factors.sign_in_options()))
    assert forgotten == [first, second]  # nothing was replaced
    lan.sign_in(phone.sign(lan.factors.sign_in_options()), replacing=third)
    assert forgotten == [first, second, third]
    assert lan.accounts.session(third) is None
    assert lan.arrived == [lan.person] * 2


@ON_SQLITE
def test_of_two_passkeys_one_may_go_and_the_last_may_not(lan, clock):
    for phone in (Authenticator(), Authenticator(credential=b"another")):
        lan.make_passkey(phone)
        clock.on(minutes=1)
    lan.sign_in(phone.sign(lan.factors.sign_in_options()))
    older, newer = lan.factors.enrolled(lan.person).passkeys
    assert (older.used, newer.used) == (older.created, clock.now)
    assert newer.created - older.created == timedelta(minutes=1)
    assert run(lan.factors.remove_passkey(lan.session, older.id, keep_one=True)) is True
    with pytest.raises(LastFactor):
        run(lan.factors.remove_passkey(lan.session, newer.id, keep_one=True))
    assert run(lan.factors.remove_passkey(lan.session, newer.id)) is True
    assert run(lan.factors.remove_passkey(lan.session, newer.id)) is False


def test_the_same_answer_signs_in_once(lan, phone):
    lan.make_passkey(phone)
    said = phone.sign(lan.factors.sign_in_options())
    lan.sign_in(said)
    with pytest.raises(NotProven):
        lan.sign_in(said)


def test_of_many_who_send_the_same_answer_at_once_one_is_let_in(lan, phone):
    lan.make_passkey(phone)
    said = phone.sign(lan.factors.sign_in_options())

    async def crowd():
        tries = (lan.factors.sign_in_by_passkey(said, lan.arriving) for _ in range(20))
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = run(crowd())
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1
    assert sum(isinstance(one, NotProven) for one in outcomes) == 19


def test_a_challenge_is_good_for_five_minutes(lan, phone):
    lan.make_passkey(phone)
    options = lan.factors.sign_in_options()
    lan.clock.on(minutes=4, seconds=50)
    lan.sign_in(phone.sign(options))
    options = lan.factors.sign_in_options()
    lan.clock.on(minutes=5, seconds=1)
    with pytest.raises(NotProven):
        lan.sign_in(phone.sign(options))


def test_a_challenge_that_we_did_not_give_out_proves_nothing(lan, phone):
    lan.make_passkey(phone)
    options = json.loads(lan.factors.sign_in_options())
    flipped = plain(options["challenge"])
    for challenge in ("AAAA", "", options["challenge"][:-4] + "AAAA", flipped[:20].hex()):
        with pytest.raises(NotProven):
            lan.sign_in(phone.sign(json.dumps({"challenge": challenge})))


def test_a_challenge_for_something_else_proves_nothing(lan, phone):
    lan.make_passkey(phone)
    stepping_up = lan.factors.step_up_options(lan.session, verified=False)
    with pytest.raises(NotProven):
        lan.sign_in(phone.sign(stepping_up))
    with pytest.raises(NotProven):
        run(
            lan.factors.step_up_by_passkey(
                lan.token, lan.session, phone.sign(lan.factors.sign_in_options()), verified=False
            )
        )


def test_a_challenge_of_another_session_makes_no_passkey_in_this_one(lan, phone):
    said = phone.make(lan.factors.creation_options(lan.session, "Lan", verified=False))
    lan.token = run(lan._link()).token
    with pytest.raises(NotProven):
        run(lan.add(said))


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://lantoa.example"},
        {"origin": "https://lantoa.example.evil.example"},
        {"host": "evil.example"},
    ],
)
def test_what_another_site_had_signed_proves_nothing(lan, phone, wrong):
    lan.make_passkey(phone)
    elsewhere = Authenticator(key=phone.key, counter=phone.counter, **wrong)
    with pytest.raises(NotProven):
        lan.sign_in(elsewhere.sign(lan.factors.sign_in_options()))
    with pytest.raises(NotProven):
        run(
            lan.add(
                Authenticator(credential=b"other", **wrong).make(
                    lan.factors.creation_options(lan.session, "Lan", verified=False)
                )
            )
        )


def test_a_signature_by_another_key_proves_nothing(lan, phone):
    lan.make_passkey(phone)
    forged = Authenticator(counter=5)
    with pytest.raises(NotProven):
        lan.sign_in(forged.sign(lan.factors.sign_in_options()))


def test_an_unknown_passkey_proves_nothing(lan, phone):
    with pytest.raises(NotProven):
        lan.sign_in(phone.sign(lan.factors.sign_in_options()))


def test_a_copied_passkey_is_noticed_by_its_counter(lan, phone):
    lan.make_passkey(phone)
    copy = Authenticator(key=phone.key, counter=phone.counter)
    for _ in range(3):
        lan.sign_in(phone.sign(lan.factors.sign_in_options()))
    for behind in (copy, Authenticator(key=phone.key, counter=phone.counter - 1)):  # the same number, too
        with pytest.raises(NotProven):
            lan.sign_in(behind.sign(lan.factors.sign_in_options()))


class Uncounting(Authenticator):
    """Passkeys that a phone shares with others of its owner do not count."""

    def sign(self, options, handle=None, **said):
        self.counter = -1
        return super().sign(options, handle, **said)


def test_one_that_does_not_count_is_taken_each_time(lan):
    phone = Uncounting()
    lan.make_passkey(phone)
    for _ in range(3):
        lan.sign_in(phone.sign(lan.factors.sign_in_options()))


def test_one_that_stops_counting_is_refused(lan, phone):
    lan.make_passkey(phone)
    lan.sign_in(phone.sign(lan.factors.sign_in_options()))
    stopped = Uncounting(key=phone.key)
    with pytest.raises(NotProven):
        lan.sign_in(stopped.sign(lan.factors.sign_in_options()))


def test_the_phone_must_not_name_somebody_else(lan, phone):
    lan.make_passkey(phone)
    with pytest.raises(NotProven):
        lan.sign_in(phone.sign(lan.factors.sign_in_options(), handle="hoa"))
    lan.sign_in(phone.sign(lan.factors.sign_in_options(), handle="lan"))


class TestVerifiedUsers:
    def test_one_that_does_not_know_its_user_is_not_made_where_it_has_to(self, lan):
        phone = Authenticator(verifies=False)
        said = phone.make(lan.factors.creation_options(lan.session, "Lan", verified=True))
        with pytest.raises(UserNotVerified):
            run(lan.add(said, verified=True))
        assert lan.factors.enrolled(lan.person).strong == 0

    def test_that_it_did_not_know_its_user_is_kept_with_the_session(self, lan):
        phone = Authenticator(verifies=False)
        lan.make_passkey(phone)
        assert lan.session.verified is False
        signed_in = lan.sign_in(phone.sign(lan.factors.sign_in_options()))
        assert lan.accounts.session(signed_in.token).verified is False

    def test_it_does_not_step_up_where_it_has_to_know_them(self, lan):
        phone = Authenticator(verifies=False)
        lan.make_passkey(phone)
        said = phone.sign(lan.factors.step_up_options(lan.session, verified=True))
        with pytest.raises(UserNotVerified):
            run(lan.factors.step_up_by_passkey(lan.token, lan.session, said, verified=True))

    def test_whoever_asks_for_it_is_told_so_by_the_options(self, lan):
        options = json.loads(lan.factors.creation_options(lan.session, "Lan", verified=True))
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert options["attestation"] == "none"

    @ON_SQLITE
    def test_and_whoever_does_not_is_asked_for_it_where_the_phone_can(self, lan):
        made = json.loads(lan.factors.creation_options(lan.session, "Lan", verified=False))
        assert made["authenticatorSelection"]["userVerification"] == "preferred"
        asked = [lan.factors.step_up_options(lan.session, verified=verified) for verified in (False, True)]
        needs = [json.loads(one)["userVerification"] for one in (lan.factors.sign_in_options(), *asked)]
        assert needs == ["preferred", "preferred", "required"]


@ON_SQLITE
def test_a_browser_is_told_whose_passkey_for_whom_and_which_there_are(lan, phone):
    new = json.loads(lan.factors.creation_options(lan.session, "Bà Lan", verified=False))
    assert new["rp"] == {"id": HOST, "name": "Lan Tỏa"}
    assert (plain(new["user"]["id"]), new["user"]["name"]) == (lan.person.encode(), "Bà Lan")
    assert (new["timeout"], new["excludeCredentials"]) == (300_000, [])
    lan.make_passkey(phone)
    (key,) = lan.factors.enrolled(lan.person).passkeys
    again = json.loads(lan.factors.creation_options(lan.session, "Bà Lan", verified=False))
    stepping_up = json.loads(lan.factors.step_up_options(lan.session, verified=False))
    signing_in = json.loads(lan.factors.sign_in_options())
    assert [one["id"] for one in again["excludeCredentials"]] == [key.id]
    assert [one["id"] for one in stepping_up["allowCredentials"]] == [key.id]
    assert signing_in["allowCredentials"] == []  # the phone offers what it has
    for asked in (stepping_up, signing_in):
        assert (asked["rpId"], asked["timeout"]) == (HOST, 300_000)


class TestSteppingUp:
    def test_it_renews_the_token_and_the_moment(self, lan, phone):
        lan.make_passkey(phone)
        before, first = lan.token, lan.session.stepped_up
        lan.clock.on(minutes=10)
        said = phone.sign(lan.factors.step_up_options(lan.session, verified=False))
        lan.token = run(lan.factors.step_up_by_passkey(lan.token, lan.session, said, verified=False))
        assert lan.accounts.session(before) is None
        assert lan.session.stepped_up > first

    def test_an_ended_session_does_not_come_back_by_it(self, lan, phone, database):
        lan.make_passkey(phone)
        found = lan.session
        said = phone.sign(lan.factors.step_up_options(found, verified=False))
        run(lan.accounts.sign_out(lan.token))
        with pytest.raises(SessionEnded):
            run(lan.factors.step_up_by_passkey(lan.token, found, said, verified=False))
        with database.reading() as connection:
            assert connection.execute(select(session)).all() == []


def test_asking_for_a_challenge_writes_nothing(lan, database):
    for _ in range(5):
        lan.factors.sign_in_options()
    with database.reading() as connection:
        assert connection.execute(select(used_challenge)).all() == []


def test_what_was_used_is_forgotten_when_it_is_too_old_anyway(lan, phone, database):
    lan.make_passkey(phone)
    lan.clock.on(minutes=6)
    lan.sign_in(phone.sign(lan.factors.sign_in_options()))
    with database.reading() as connection:
        assert len(connection.execute(select(used_challenge)).all()) == 1


def test_a_removed_passkey_proves_nothing(lan, phone):
    lan.make_passkey(phone)
    (key,) = lan.factors.enrolled(lan.person).passkeys
    options = lan.factors.sign_in_options()
    assert run(lan.factors.remove_passkey(lan.session, key.id)) is True
    assert run(lan.factors.remove_passkey(lan.session, key.id)) is False
    with pytest.raises(NotProven):
        lan.sign_in(phone.sign(options))


def test_nobody_removes_the_passkey_of_another(lan, phone):
    lan.make_passkey(phone)
    (key,) = lan.factors.enrolled(lan.person).passkeys
    hoa = msgspec.structs.replace(lan.session, person="hoa")
    assert run(lan.factors.remove_passkey(hoa, key.id)) is False
    lan.sign_in(phone.sign(lan.factors.sign_in_options()))


def test_a_credential_is_kept_once_and_there_are_not_any_number(lan, phone):
    lan.make_passkey(phone)
    with pytest.raises(NotProven):
        lan.make_passkey(phone)
    for number in range(MOST - 1):
        lan.make_passkey(Authenticator(credential=b"phone %d" % number))
    with pytest.raises(TooManyPasskeys):
        lan.make_passkey(Authenticator(credential=b"one too many"))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"response": {}}',
        '{"response": {"clientDataJSON": "!!"}}',
        '{"response": {"clientDataJSON": "e30"}}',
        '{"response": {"clientDataJSON": 7}}',
        "[" * 5_000,
        '{"rawId": "é", "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiJhIn0"}}',
    ],
)
def test_whatever_a_stranger_sends_proves_nothing(lan, said):
    with pytest.raises(NotProven):
        lan.sign_in(said)
    with pytest.raises(NotProven):
        run(lan.add(said))


@pytest.mark.parametrize("part", ["attestationObject", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AAAA", "o2NmbXRkbm9uZQ", 7, None, {}])
def test_broken_parts_prove_nothing(lan, phone, part, value):
    lan.make_passkey(phone)
    said = json.loads(phone.sign(lan.factors.sign_in_options()))
    if part == "attestationObject":
        made = Authenticator(credential=b"x").make(
            lan.factors.creation_options(lan.session, "Lan", verified=False)
        )
        made = json.loads(made)
        made["response"][part] = value
        with pytest.raises(NotProven):
            run(lan.add(json.dumps(made)))
        return
    said["response"][part] = value
    if part == "userHandle" and value is None:
        return  # a phone need not name anybody
    with pytest.raises(NotProven):
        lan.sign_in(json.dumps(said))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://lantoa.example", "lantoa.example"),
        ("https://lantoa.example:8443", "lantoa.example"),
        ("http://localhost:8000", "localhost"),
        ("http://lantoa.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://127.0.0.1", None),
        ("https://[::1]:8000", None),
        ("https://intranet", None),
    ],
)
def test_passkeys_need_a_name_and_a_secure_address(address, host):
    found = relying_at(address)
    assert (found.host if found else None) == host
    assert found is None or found.origin == address
