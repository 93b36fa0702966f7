"""What takes long is made behind the answer, and whoever asks is told how far it is."""

import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from domain.consents import WithdrawConsent
from domain.model import By, Model, Role
from domain.people import Purpose
from infrastructure import access_log
from infrastructure.read_models import meeting
from infrastructure.read_models import nominees as nominees_module
from interfaces.web import nominating
from tests.interfaces.api.requests import days_ago, today
from tests.interfaces.api.test_boards import confirmed, five
from tests.interfaces.homes import PROVINCE
from tests.interfaces.web.browsing import browsing

SOON = 20


class Held:
    """Making lists stops half way until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.made = 0
        self._real = meeting.who_meets
        monkeypatch.setattr(nominees_module, "who_meets", self)
        monkeypatch.setattr(nominating, "PATIENCE", 0.05)

    def __call__(self, *args, report, **kwargs):
        self.made += 1
        report(1, 2)
        assert self.go.wait(SOON)
        return self._real(*args, report=report, **kwargs)


@pytest.fixture
def held(monkeypatch):
    held = Held(monkeypatch)
    yield held
    held.go.set()


@contextmanager
def held_back(home, monkeypatch):
    """Nothing more is projected meanwhile; a batch that has begun is waited for."""
    step = home.house.projector._step
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(home.house.projector, "_step", lambda: 0)
        with home.house.projector._batching:
            yield
    assert home.house.projector._step == step


def once_there(ask):
    """The answer, once it is no more 202."""
    end = time.monotonic() + SOON
    while (answer := ask()).status_code == 202 and time.monotonic() < end:
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_what_is_being_made_says_how_far_it_is_and_where_to_ask_again(lan, hanh, anyone, held, form):
    position = confirmed(lan, anyone, *five())
    asked = {"unit": PROVINCE, "done_by": today(), "format": form, "position": position}

    first = hanh.get("/nominees", **asked)

    assert first.status_code == 202
    assert 0 <= first.json()["done"] < 1
    assert int(first.headers["retry-after"]) > 0
    where = urlsplit(first.headers["location"])
    assert where.path == "/api/v1/nominees"
    assert dict(part.split("=") for part in where.query.split("&"))["format"] == form
    held.go.set()
    assert once_there(lambda: hanh.get("/nominees", **asked)).status_code == 200


def test_one_list_is_made_for_all_who_ask(lan, hanh, anyone, held):
    position = confirmed(lan, anyone, *five())
    asked = {"unit": PROVINCE, "done_by": today(), "position": position}
    assert {hanh.get("/nominees", **asked).status_code for _ in range(5)} == {202}
    held.go.set()
    body = once_there(lambda: hanh.get("/nominees", **asked)).json()
    assert body["row_count"] == 1
    assert held.made == 1


def test_what_cannot_be_is_refused_and_not_put_off(hanh, held):
    answer = hanh.get("/nominees", unit=PROVINCE, done_by=today(), received_by=days_ago(1), format="csv")
    assert answer.status_code == 422


@pytest.mark.parametrize("days", [{"done_by": "9999-12-31"}, {"done_by": "0001-01-01"},
                                  {"done_by": "0001-01-01", "received_by": "9999-12-31"}])  # fmt: skip
def test_the_farthest_days_are_no_fault_of_ours(home, hanh, days):
    home.catch_up()
    assert hanh.get("/nominees", unit=PROVINCE, **days).status_code in (200, 422)


def test_a_file_is_written_down_when_it_is_handed_over_not_when_it_is_asked_for(
    home, lan, hanh, anyone, held
):
    position = confirmed(lan, anyone, *five())
    asked = {"unit": PROVINCE, "done_by": today(), "format": "csv", "position": position}
    assert hanh.get("/nominees", **asked).status_code == 202
    assert exports(home) == []
    held.go.set()
    assert "Nguyễn Thị Lan" in once_there(lambda: hanh.get("/nominees", **asked)).text
    assert exports(home) == [1]


def exports(home):
    """How many people stand in each file that left."""
    with home.house.database.reading() as db:
        return [one.people for one in access_log.entries(db, limit=100) if one.why == "export"]


def test_a_file_made_before_somebody_took_their_consent_back_is_made_anew(home, lan, anyone, held):
    confirmed(lan, anyone, *five())
    home.catch_up()
    committee = browsing(home, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
    query = f"unit={PROVINCE}&done_by={today()}&received_by={today()}"
    asked = f"/khen-thuong/tep?{query}&form=csv&waited=1"
    assert committee.get(asked).status_code == 202
    held.go.set()
    assert once_there(lambda: committee.get(asked)).status_code == 200

    person = home.house.accounts.bearer(home.tokens["lan"])
    home.run(home.house.ledger.decide(agrees_no_more(person)))
    home.catch_up()

    assert committee.get(asked).status_code == 202
    assert once_there(lambda: committee.get(asked)).status_code == 200
    file = committee.get(f"/api/v1/nominees?{query}&format=csv").text
    assert person in file
    assert "Nguyễn Thị Lan" not in file


def test_no_file_leaves_with_whoever_took_their_consent_back_and_is_not_projected_yet(
    home, lan, hanh, anyone, monkeypatch
):
    monkeypatch.setattr(nominating, "PATIENCE", SOON)
    position = confirmed(lan, anyone, *five())
    home.catch_up()
    asked = {"unit": PROVINCE, "done_by": today(), "format": "csv", "position": position}
    person = home.house.accounts.bearer(home.tokens["lan"])
    with held_back(home, monkeypatch):
        home.run(home.house.ledger.decide(agrees_no_more(person)))

        behind = hanh.get("/nominees", **asked)

        assert behind.status_code == 202
        assert exports(home) == []
    home.catch_up()
    assert "Nguyễn Thị Lan" not in once_there(lambda: hanh.get("/nominees", **asked)).text


@pytest.mark.parametrize("model", [None, Model.AMBASSADORS, Model.FAMILIES, Model.MARKETS])
def test_a_file_holds_the_lists_of_the_models_somebody_holds_their_role_for(home, lan, anyone, model):
    position = confirmed(lan, anyone, *five())
    home.catch_up()
    committee = browsing(home, Role.COMMITTEE, PROVINCE, "Đỗ Thị Riêng", model)
    query = f"unit={PROVINCE}&done_by={today()}&received_by={today()}"
    led = once_there(lambda: committee.get(f"/khen-thuong/tep?{query}&form=csv"))
    assert (led.status_code, bool(position)) == (303, True)
    file = once_there(lambda: committee.get(led.headers["location"]))
    assert file.status_code == 200
    sees = model in (None, Model.AMBASSADORS)
    assert ("Nguyễn Thị Lan" in file.text) == sees
    asked = once_there(lambda: committee.get(f"/api/v1/nominees?{query}&format=csv&status=ambassador"))
    assert asked.status_code == (200 if sees else 404)


def agrees_no_more(person):
    return WithdrawConsent(person=person, purpose=Purpose.AWARD_LISTS, by=By("import:operator"))


def test_the_page_says_how_far_it_is_and_loads_itself_anew_without_scripts(home, lan, anyone, held):
    position = confirmed(lan, anyone, *five())
    home.catch_up()
    committee = browsing(home, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
    address = f"/khen-thuong?unit={PROVINCE}&done_by={today()}&received_by={today()}"
    assert position

    waiting = committee.get(address)

    assert waiting.status_code == 202
    assert waiting.headers["refresh"].split("url=")[1] == address
    assert "<progress" in waiting.text
    held.go.set()
    ready = once_there(lambda: committee.get(address))
    assert ready.status_code == 200
    assert "refresh" not in ready.headers


def test_a_file_that_was_waited_for_is_offered_by_a_link_and_a_quick_one_comes_at_once(home, held):
    committee = browsing(home, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
    address = f"/khen-thuong/tep?unit={PROVINCE}&done_by={today()}&received_by={today()}&form=csv"

    waiting = committee.get(address)

    assert waiting.status_code == 202
    again = waiting.headers["refresh"].split("url=")[1]
    held.go.set()
    ready = once_there(lambda: committee.get(again))
    assert ready.status_code == 200
    assert "/api/v1/nominees?" in ready.text
    quick = once_there(lambda: committee.get(address))
    assert quick.status_code == 303
    assert quick.headers["location"].startswith("/api/v1/nominees?")
