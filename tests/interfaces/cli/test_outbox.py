"""`lantoa outbox`: what waits, and sending it now."""

import os

from infrastructure.settings import from_environment
from interfaces.main import open_house
from tests.infrastructure.outbox.support import reminder


def test_what_waits_is_listed_and_sent_and_no_contact_stands_in_it(begun):
    assert begun("outbox", "list").out.strip() == "By console: nothing."
    house = open_house(from_environment(os.environ), following=False)
    house.outbox.put([reminder()])
    house.close()

    listed = begun("outbox", "list", "--state", "waiting", "--json").json
    assert (listed["sender"], listed["counts"]["waiting"]) == ("console", 1)
    assert "phone" not in str(listed)
    sent = begun("outbox", "send", "--json").json
    assert sent == {"made": 0, "sent": 0, "failed": 0, "needless": 1}  # of a unit that nobody knows
    assert "not-needed" in begun("outbox", "list").out


def test_a_sender_that_cannot_be_is_said_at_once(begun, monkeypatch):
    monkeypatch.setenv("LANTOA_WEBHOOK_URL", "http://sms.example.vn")
    monkeypatch.setenv("LANTOA_WEBHOOK_SECRET", "hush" * 8)
    said = begun("outbox", "list")
    assert said.code == 4
    assert "LANTOA_WEBHOOK_URL" in said.err
    assert "hush" not in said.err
