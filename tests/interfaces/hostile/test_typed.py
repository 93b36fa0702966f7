"""What attackers type, through every field of every form, every address and every body: nothing is
worked out, nothing stands unescaped on a page, no header is split, nothing breaks, nothing is lost."""

import inspect
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from jinja2 import Environment

from domain.model import Role
from interfaces.api.routes import ROUTES as API
from interfaces.main import SCREENS
from interfaces.permissions import RULES
from tests.interfaces.api import requests
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.hostile.attacking import NAMED, assert_whole, attack_every_form
from tests.interfaces.hostile.corpus import ENCODED, EVERYTHING, MARK, PRODUCT, SCRIPTS
from tests.interfaces.hostile.crawling import (
    Wrong,
    in_paths,
    looked_at,
)
from tests.interfaces.hostile.pages import read
from tests.interfaces.web.browsing import Browsing, browsing

pytestmark = pytest.mark.no_cover  # thousands of requests: tracing them takes as long again

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)


@ON_SQLITE
def test_every_field_of_every_form(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Each form once, by the first who finds it; each field with another part of what there is to type
    (all of it with all of it: tests/drills/test_typing.py)."""
    with caplog.at_level(logging.DEBUG):
        attacked = attack_every_form(home, part=6)

    assert len(attacked.routes) > 25
    assert attacked.sent > 1_000
    assert_whole(home)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert MARK not in logged
    assert PRODUCT not in logged


@ON_SQLITE
@pytest.mark.parametrize("role", [None, Role.ORGANIZER, Role.AUDITOR])
def test_every_address_with_a_parameter(home: Home, role: Role | None) -> None:
    browser = browsing(home, role, TUY_PHUOC, NAMED[role]) if role else Browsing(home)

    for payload in (*EVERYTHING, *(one.decode() for one in ENCODED)):
        for path in in_paths(payload):
            looked_at(browser.get(path), path)
    assert_whole(home)


ASKED = (
    *SCRIPTS[:12:3],
    "\r\nx-lantoaran: 1",
    "' OR '1'='1",
    "\x00",
    "{{1234567*7654321}}",
    "//lantoaran.example",
)
EVERYWHERE = {"lang", "next", "position", "unit"}


def asked_of_pages() -> Iterator[tuple[str, str]]:
    """Every address without parameters, with each name that it may be asked by."""
    for handler in (*API, *(route for screen in SCREENS for route in screen.ROUTES)):
        names = set(inspect.signature(handler.fn).parameters) - {"request"}
        if (struct := handler.opt.get("asks")) is not None:
            names |= {field.name for field in msgspec.structs.fields(struct)}
        for path in handler.paths:
            if "GET" in handler.http_methods and "{" not in path:
                yield from ((path, name) for name in sorted(names | EVERYWHERE))


@ON_SQLITE
@pytest.mark.parametrize("role", [None, Role.ORGANIZER, Role.AUDITOR])
def test_every_parameter_of_every_page(home: Home, role: Role | None) -> None:
    browser = browsing(home, role, PROVINCE, NAMED[role]) if role else Browsing(home)

    for path, name in asked_of_pages():
        for payload in (*map(quote, ASKED), *(one.decode() for one in ENCODED[:6])):
            address = f"{path}?{name}={payload}"
            looked_at(browser.get(address), address)
    assert_whole(home)


_ASKED = {
    "submission": "a",
    "unit": "52",
    "then": "a",
    "year": 2026,
    "group": "adults",
    "indicator": "confirmed_on_vneid",
}
BODIES: dict[str, Any] = {
    "/lessons": requests.lesson(requests.ba_tu(group="people", code="K7MP2XQ9"), channel="class", device="a"),
    "/answers": {"code": "K7MP2XQ9", "answer": "able", "device": "a"},
    "/households": requests.household(requests.ba_tu(), declared=["cashless-payment"], device="a"),
    "/households/x/members": {"submission": "a", "member": requests.ba_tu()},
    "/households/x/departures": {"submission": "a", "member": "a"},
    "/households/x/criteria": {
        "submission": "a",
        "on": "2026-11-20",
        "criteria": ["vneid-level-2"],
        "answers": "a",
    },
    "/territory/changes": {
        "submission": "a",
        "change": "merged",
        "unit": "52",
        "parts": ["51"],
        "valid_from": "2026-11-01",
        "document": "1/NQ",
        "name": "Gia Lai",
        "kind": "province",
        "code": "52",
    },
    "/territory/placing": {
        "submission": "a",
        "unit": "21952",
        "subjects": [{"body": "person", "subject": "a"}],
    },
    "/territory/changes/preview": {
        "submission": "a",
        "change": "renamed",
        "unit": "52",
        "valid_from": "2026-11-01",
        "document": "1/NQ",
        "name": "Gia Lai",
    },
    "/visits": {
        "submission": "a",
        "on": "2026-11-20",
        "unit": "52",
        "household": "a",
        "number": 12,
        "found": ["smartphone"],
        "needs": ["vneid"],
        "device": "a",
    },
    "/visits/x/void": {"submission": "a", "reason": "mistake"},
    "/units/x/households": {
        "submission": "a",
        "households": 180,
        "on": "2026-11-20",
        "document": "12/BC-UBND",
    },
    "/teams": {"submission": "a", "unit": "52", "name": "Tổ công nghệ số", "on": "2026-01-05"},
    "/teams/x/members": {"submission": "a", "on": "2026-01-05", "member": requests.ba_tu(), "leader": True},
    "/teams/x/departures": {"submission": "a", "on": "2026-01-05", "member": "a"},
    "/teams/x/leader": {"submission": "a", "on": "2026-01-05", "member": "a"},
    "/teams/x/name": {"submission": "a", "name": "Tổ công nghệ số"},
    "/teams/x/disbanding": {"submission": "a", "on": "2026-01-05", "reason": "other"},
    "/households/x/losses": {"submission": "a", "criterion": "vneid-level-2"},
    "/markets": requests.market(),
    "/markets/x/stalls": {"submission": "a", "stalls": 2},
    "/vendors": requests.vendor("a"),
    "/vendors/x/onboardings": requests.onboarding(code="K7MP2XQ9", device="a"),
    "/vendors/x/sightings": requests.sighting(),
    "/vendors/x/departure": {"submission": "a", "on": "2026-11-20"},
    "/reminders/x/again": {},
    "/reminders/x/stop": {},
    "/campaigns": {
        "submission": "a",
        "unit": "52",
        "name": "Chiến dịch 10/10",
        "begins": "2026-10-01",
        "ends": "2026-10-31",
    },
    "/campaigns/x/withdrawal": {"submission": "a"},
    "/workplaces": {"submission": "a", "unit": "52", "kind": "school", "name": "Trường"},
    "/workplaces/x/members": {
        "submission": "a",
        "on": "2026-11-20",
        "member": requests.ba_tu(),
        "unit": "52",
    },
    "/workplaces/x/departures": {"submission": "a", "on": "2026-11-20", "member": "a"},
    "/teachings/x/void": requests.void(note="Tư"),
    "/onboardings/x/void": requests.void(note="Tư"),
    "/credits/x/vneid/ruling": {"submission": "a", "teaching": "a", "reason": "other", "note": "Tư"},
    "/classes": requests.a_class(),
    "/check-ins": requests.check_in("K7MP2XQ9HJKM", phone="0912345678", consent=["contact"], device="a"),
    "/classes/x/learners": {"submission": "a", "learner": requests.ba_tu()},
    "/classes/x/close": {"submission": "a"},
    "/classes/x/witness": {
        "submission": "a",
        "there": True,
        "answers": [{"teaching": "a", "answer": "able"}],
    },
    "/milestones": {"submission": "a", "milestone": "online-course", "teaching": "a", "on": "2026-11-20"},
    "/months/x/x/close": {"submission": "a"},
    "/months/x/x/reopen": {"submission": "a", "reason": "other", "note": "Tư"},
    "/months/x/x/send": {"submission": "a"},
    "/kobo/x": {"_uuid": "a", "nhom/ho_ten": "Tư", "_submission_time": "2026-11-20T08:00:00"},
    "/odk/x": {
        "type": "submission.create",
        "id": "uuid:a",
        "data": {"xml": "<data><ho_ten>Tư</ho_ten></data>"},
    },
    "/milestones/answers": {
        "code": "K7MP2XQ9",
        "milestone": "online-course",
        "on": "2026-11-20",
        "device": "a",
    },
    "/devices": {},
    "/sync": {
        "version": 1,
        "sent_at": "2026-11-22T09:40:12.345Z",
        "entries": [
            {"id": "a", "kind": "answer", "made_at": "2026-11-22T09:40:12.345Z", "form": {"code": "K7MP2XQ9"}}
        ],
    },
    "/imports": {"a": "b"},
    "/imports/x/columns": {"columns": ["name", None], "new_hamlets": True},
    "/imports/x/loading": {},
    "/imports/x/removal": {},
    "/targets": _ASKED | {"source": "a", "percent": 80, "base_date": "2024-12"},
    "/targets/following": _ASKED | {"source": "a", "reason": "decided"},
    "/figures": {
        "submission": "a",
        "unit": "52",
        "group": "adults",
        "indicator": "confirmed_on_vneid",
        "as_of": "2026-11-20",
        "value": 1,
        "document": "a",
    },
}


def test_a_body_is_known_for_each_operation_that_takes_one() -> None:
    taking = {
        path.removeprefix("/api/v1")
        for method, path in RULES
        if method == "POST" and path.startswith("/api/v1")
    }

    assert {path.count("/") for path in BODIES} == {path.count("/") for path in taking}
    assert len(BODIES) == len(taking)


def spoilt(body: Any, payload: object) -> list[Any]:
    """The body as many times as it has values, each time with this for another one of them."""
    match body:
        case dict():
            return [body | {name: wrong} for name, value in body.items() for wrong in spoilt(value, payload)]
        case list():
            return [payload, *([wrong] for value in body[:1] for wrong in spoilt(value, payload))]
    return [payload]


OTHERS: tuple[Any, ...] = (*EVERYTHING, -1, 10**40, 1e308, True, None, {}, [[]], {"$ne": None})


def test_every_field_of_every_body(home: Home) -> None:
    """Each body with every second of them, the next body with the others."""
    caller = home.known("lan")
    for at, (path, body) in enumerate(BODIES.items()):
        for payload in OTHERS[at % 2 :: 2]:
            for wrong in spoilt(body, payload):
                answer = caller.post(path, wrong)
                looked_at(answer, f"{path} {json.dumps(wrong)[:300]}")
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"
    assert_whole(home)


@pytest.mark.parametrize("payload", SCRIPTS[:22])
def test_what_stands_unescaped_is_seen(payload: str) -> None:
    """The control: the same page with and without escaping, in text and in an attribute."""
    source = (
        "<p>{{ it }}</p><input value=\"{{ it }}\"><textarea>{{ it }}</textarea><a href='/x?a={{ it }}'>x</a>"
    )
    careless = source.replace("href='/x?a=", "href='").replace(
        "<textarea>", "<div title='{{ it }}'></div><textarea>"
    )

    assert read(Environment(autoescape=True).from_string(source).render(it=payload)).alien == []
    assert read(Environment(autoescape=False).from_string(careless).render(it=payload)).alien


def test_what_is_worked_out_is_seen() -> None:
    """The control: a template made of what somebody typed."""
    typed = Environment(autoescape=True).from_string("<p>{{ 1234567*7654321 }}</p>").render()

    assert read(typed).alien


@ON_SQLITE
def test_a_header_that_is_split_is_seen(home: Home) -> None:
    """The control."""
    answer = Browsing(home).get("/")
    answer.headers["location"] = "//lantoaran.example"

    with pytest.raises(Wrong):
        looked_at(answer, "/")
