"""What people type from an app's screen, what is known for a moment, and how long a challenge is good for."""

import hashlib
import time
from datetime import timedelta
from urllib.parse import quote

import pytest

from infrastructure.accounts import one_time, recovery
from infrastructure.accounts.challenges import LIFE, Challenges, NotProven
from infrastructure.accounts.remembered import KEPT, Lately
from infrastructure.ledger.batch import micros
from infrastructure.ledger.writer import utc_now
from tests.cast import LAN, NOW


@pytest.mark.parametrize("typed", ["ABCD-EFGH", " abcd efgh ", "Abcd-\tefgh\n", "AB CD-EF-GH"])
def test_a_name_to_sign_in_by_is_one_however_it_is_typed(typed):
    assert one_time.clean_login(typed) == "ABCDEFGH"


def test_digits_are_those_without_the_spaces_between():
    assert one_time.clean_digits(" 123 456\n") == "123456"


def test_an_app_shows_whose_it_is_beside_the_name():
    pending = one_time.Pending("ABCDEFGH", "JBSWY3DPEHPK3PXP" * 2, 0)
    issuer = quote("Lan Tỏa")
    assert pending.address == f"otpauth://totp/{issuer}:ABCDEFGH?secret={pending.secret}&issuer={issuer}"


def test_a_code_on_paper_is_stretched_as_docs_security_md_says():
    """By scrypt with N = 2^14, r = 8, p = 1, under a salt for each ten; what finds it is left out."""
    one, other = recovery.rows_of(["ABCD-EFGH-JKLM-NPQR", "2345-6789-ABCD-EFGH"], LAN, NOW)
    assert (one["selector"], one["person"], one["created"]) == ("ABCDEF", LAN, micros(NOW))
    assert (len(one["salt"]), one["salt"]) == (16, other["salt"])
    assert one["hash"] == hashlib.scrypt(b"GHJKLMNPQR", salt=one["salt"], n=16_384, r=8, p=1, dklen=32)


def test_neither_is_longer_than_anybody_types():
    assert one_time.clean_login("a" * 101) == "A" * 100
    assert one_time.clean_digits("1" * 101) == "1" * 100


def test_what_is_known_for_a_moment_is_asked_anew_after_it(monkeypatch):
    now, asked = [100.0], []

    def find() -> int:
        asked.append(now[0])
        return len(asked)

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    lately = Lately(find)
    assert asked == []
    assert [lately.get(), lately.get()] == [1, 1]
    now[0] += KEPT - 0.01
    assert lately.get() == 1
    now[0] += 0.01
    assert [lately.get(), lately.get()] == [2, 2]


def test_a_challenge_is_good_until_its_moment_for_its_purpose_under_its_key():
    ours, theirs, now = Challenges(b"k" * 32), Challenges(b"x" * 32), utc_now()
    challenge = ours.new("sign-in", now)
    ours.check(challenge, "sign-in", now + LIFE - timedelta(microseconds=1))
    for checking, purpose, at in (
        (ours, "sign-in", now + LIFE),
        (ours, "step-up", now),
        (theirs, "sign-in", now),
    ):
        with pytest.raises(NotProven):
            checking.check(challenge, purpose, at)
