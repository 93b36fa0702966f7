"""A mentor's phone: it signs in by its browser, gets a device token, and sends what it kept."""

from typing import Any, Final
from uuid import uuid4

from domain.model import Role
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import TUY_PHUOC, Caller, Home
from tests.interfaces.web.browsing import Browsing, browsing

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Phone(Caller):
    """An ambassador's. `browser` is where they are signed in."""

    def __init__(self, home: Home, browser: Browsing) -> None:
        self.browser = browser
        answer = home.run(browser.send_json("/api/v1/devices", {}))
        assert answer.status_code == 201, answer.text
        self.made = answer.json()
        super().__init__(home, self.made["token"])

    def sync(self, *entries: Any, **other: Any) -> Any:
        return self.post("/sync", {"version": 1, "entries": list(entries)} | other)

    def results(self, *entries: Any) -> list[Any]:
        answer = self.sync(*entries)
        assert answer.status_code == 200, answer.text
        results: list[Any] = answer.json()["results"]
        return results

    def result(self, entry: Any) -> Any:
        (result,) = self.results(entry)
        return result


def phone_of(
    home: Home, name: str = "Đỗ Thị Mai", role: Role = Role.AMBASSADOR, unit: str = TUY_PHUOC
) -> Phone:
    return Phone(home, browsing(home, role, unit, name))


def code() -> str:
    """As a phone mints one."""
    number = uuid4().int
    return "".join(LETTERS[number >> (5 * place) & 31] for place in range(8))


def entry(kind: str, form: Any, **other: Any) -> dict[str, Any]:
    form = {key: value for key, value in form.items() if key != "submission"}
    return {"id": str(uuid4()), "kind": kind, "made_at": "2026-11-22T08:00:00Z", "form": form} | other


def lesson(*learners: Any, **other: Any) -> dict[str, Any]:
    people = learners or (sent.ba_tu(code=code()),)
    return entry("lesson", sent.lesson(*people, **other))


def answer(of: str, said: str = "able", **other: Any) -> dict[str, Any]:
    return entry("answer", {"code": of, "answer": said} | other)


def void(**form: Any) -> dict[str, Any]:
    return entry("void", form)
