"""Golden copies of what phones send: a phone that was not opened for a year still sends it so.

Each file of `tests/interfaces/sent_by_phones` is a body as some version of the phone's program sends
it; words in capitals stand for what differs from house to house. They are never changed and accepted
for ever: a new version, or a field that a phone may now send, brings a new file.
"""

from pathlib import Path

import msgspec
import pytest

from interfaces.api.sync import FORMS, VERSION
from tests.interfaces.api.requests import market, today
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.phones import phone_of

SENT = sorted((Path(__file__).parent / "sent_by_phones").glob("*.json"))


@pytest.fixture
def sent(home):
    """The phone, and a golden body made to fit the house."""
    phone = phone_of(home)
    stalls = home.known("hoa").post("/markets", market()).json()["market"]
    here = {"TODAY": today(), "UNIT": TUY_PHUOC, "MARKET": stalls, "ACCOUNT": phone.made["account"]}

    def fit(path):
        body = path.read_text(encoding="utf-8")
        for word, said in here.items():
            body = body.replace(f'"{word}"', f'"{said}"')
        return phone, body

    return fit


@pytest.mark.parametrize("path", SENT, ids=lambda path: path.stem)
def test_what_a_phone_once_sent_is_accepted_for_ever(sent, path):
    phone, body = sent(path)
    first, again = (
        phone.post("/sync", content=body.encode(), headers={"content-type": "application/json"})
        for _ in range(2)
    )

    assert {one["status"] for one in first.json()["results"]} == {"recorded"}, first.text
    assert {one["status"] for one in again.json()["results"]} == {"again"}, again.text


def test_every_version_and_kind_of_entry_has_a_golden_copy():
    bodies = [msgspec.json.decode(path.read_bytes()) for path in SENT]

    assert {body["version"] for body in bodies} == set(range(1, VERSION + 1))
    assert {one["kind"] for body in bodies for one in body["entries"]} == set(FORMS)
