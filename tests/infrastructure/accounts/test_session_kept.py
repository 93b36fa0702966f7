"""A session is kept as it began, field by field."""

from datetime import timedelta

import pytest

from application.signing_in import OFFICIALS, Strength
from infrastructure.accounts.sessions import Arrival, find_session, open_session, sessions_of
from tests.cast import HOA, LAN, NOW

CAME = Arrival(
    strength=Strength.PASSKEY,
    verified=True,
    waived=True,
    device="Chrome/Android",
    power="p",
    limits=OFFICIALS,
)


def opened(ledger, person=LAN, arrival=CAME, now=NOW):
    return ledger.write(lambda connection: open_session(connection, person, now, arrival)).result()


def found(ledger, token, now=NOW):
    return ledger.write(lambda connection: find_session(connection, token, now)).result()


def test_it_knows_how_somebody_came(ledger):
    token = opened(ledger).token
    kept = found(ledger, token)

    assert (kept.person, kept.strength, kept.verified, kept.waived) == (LAN, Strength.PASSKEY, True, True)
    assert (kept.device, kept.power, kept.idle) == ("Chrome/Android", "p", OFFICIALS.idle)
    assert (kept.created, kept.seen, kept.stepped_up) == (NOW, NOW, NOW)
    assert (kept.expires, kept.ends) == (NOW + OFFICIALS.idle, NOW + OFFICIALS.absolute)
    assert len({kept.id, kept.form_token, token}) == 3


@pytest.mark.parametrize("strength", [Strength.DEVICE, Strength.RECOVERY])
def test_a_link_or_a_code_on_paper_is_no_step_up(ledger, strength):
    token = opened(ledger, arrival=Arrival(strength=strength)).token

    assert found(ledger, token).stepped_up is None


def test_an_app_is_one(ledger):
    token = opened(ledger, arrival=Arrival(strength=Strength.TOTP)).token

    assert found(ledger, token).stepped_up == NOW


def test_it_ends_to_the_microsecond(ledger):
    token = opened(ledger).token
    end = NOW + OFFICIALS.idle

    assert found(ledger, token, end - timedelta(microseconds=1))
    assert found(ledger, token, end) is None


def test_ones_own_are_listed_and_nobody_elses(ledger):
    tokens = [opened(ledger).token, opened(ledger, now=NOW + timedelta(minutes=1)).token]
    opened(ledger, HOA)

    def listed(connection):
        return sessions_of(connection, LAN, NOW + timedelta(minutes=2))

    kept = ledger.write(listed).result()

    assert [one.seen for one in kept] == [NOW + timedelta(minutes=1), NOW]
    assert {one.id for one in kept} == {found(ledger, token).id for token in tokens}
