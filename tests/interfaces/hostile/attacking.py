"""Everybody there can be, attacking every form, address and body there is."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec
from sqlalchemy import func, select

from domain.model import Role
from infrastructure.ledger.tables import fact
from interfaces.api.routes import ROUTES as API
from interfaces.main import SCREENS
from tests.interfaces.api import requests
from tests.interfaces.homes import TUY_PHUOC, Caller, Home
from tests.interfaces.hostile.bodies import BODIES, OTHERS, spoilt
from tests.interfaces.hostile.corpus import ENCODED, EVERYTHING, SCRIPTS
from tests.interfaces.hostile.crawling import (
    STARTS,
    Crawler,
    every_form_that_was_not_found,
    in_paths,
    looked_at,
    route_of,
)
from tests.interfaces.web.browsing import Browsing, browsing

NAMED = {
    Role.AMBASSADOR: "Nguyễn Thị Lan",
    Role.TEAM_LEADER: "Vũ Văn Đội",
    Role.ORGANIZER: "Lê Quang Minh",
    Role.COMMITTEE: "Phạm Thị Hạnh",
    Role.SECRETARY: "Bùi Thị Thư",
    Role.ADMINISTRATOR: "Hồ Văn Quản",
    Role.AUDITOR: "Dương Thị Kiểm",
}


def crawler(home: Home, role: Role, unit: str = TUY_PHUOC) -> Crawler:
    return Crawler(lambda: browsing(home, role, unit, NAMED[role]))


@dataclass
class Attacked:
    """How many forms were sent, and to which routes."""

    sent: int = 0
    routes: set[str] = field(default_factory=set)


def attack_every_form(home: Home, *, part: int, alike: int = 3) -> Attacked:
    """Fills each field of each form with one in `part` of the corpus, then looks at every page again; of
    pages that are `alike`, at so many."""
    pages, known = something_to_see(home)
    done, tried, fields = Attacked(), set[str](), set[str]()
    for role in Role:
        somebody = crawler(home, role)
        somebody.crawl([*STARTS, *pages], alike=alike)
        for shape, form in somebody.forms.items():
            if shape not in tried:
                done.sent += somebody.attack(form, EVERYTHING, part=part)
            tried.add(shape)
            done.routes.add(route_of(form.action) or "")
            fields |= {one.name for one in form.fields}
    somebody = crawler(home, Role.ORGANIZER)
    for form in every_form_that_was_not_found(done.routes, known):
        for payload in (SCRIPTS[0], "\x00", "' OR '1'='1"):
            somebody.send(form, dict.fromkeys(fields - {"form_token"}, payload), form.action)
            done.sent += 1
    for role in (Role.AMBASSADOR, Role.ORGANIZER, Role.AUDITOR):
        crawler(home, role).crawl([*STARTS, *pages], alike=alike)
    return done


def something_to_see(home: Home) -> tuple[list[str], list[str]]:
    """The addresses of pages about something, and the ids of what they are about."""
    lan = home.known("lan")
    made = lan.post("/lessons", requests.lesson(requests.ba_tu(), requests.ong_sau())).json()["teachings"]
    waiting, able = made[0], made[1]
    lan.post("/answers", {"code": able["code"], "answer": "able"})
    again = home.known("hoa").post("/lessons", requests.lesson(requests.ong_sau())).json()["teachings"][0]
    lan.post("/answers", {"code": again["code"], "answer": "able"})
    declared = requests.household(requests.learner(1), requests.learner(3), declared=["cashless-payment"])
    family = lan.post("/households", declared).json()["household"]
    market = lan.post("/markets", requests.market()).json()["market"]
    vendor = lan.post("/vendors", requests.vendor(market, vendor=requests.learner(2))).json()["vendor"]
    assert lan.post(f"/vendors/{vendor}/onboardings", requests.onboarding()).status_code == 201
    home.catch_up()
    pages = [
        f"/x/{waiting['code']}",
        f"/gia-dinh/{family}",
        f"/cho/{market}",
        f"/tieu-thuong/{vendor}",
        f"/toi/nhac/{waiting['teaching']}",
        f"/don-vi/{TUY_PHUOC}",
        *(f"/buoi/{one['teaching']}" for one in (waiting, able, again)),
    ]
    return pages, [waiting["code"], waiting["teaching"], family, market, vendor, TUY_PHUOC]


def assert_whole(home: Home) -> None:
    """All that was recorded is still there, and the ledger still takes more."""
    with home.house.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(fact)) == home.house.ledger.head()
    assert home.known("hoa").post("/lessons", requests.lesson(requests.learner(99))).status_code == 201
    home.catch_up()


@dataclass(frozen=True)
class Share:
    """One of so many shares of what there is to send; without arguments, all of it."""

    number: int = 0
    of: int = 1

    def has(self, *at: int) -> bool:
        return sum(at) % self.of == self.number


def visit_every_address(browser: Browsing, share: Share) -> None:
    """Every address with a parameter, with all that attackers type for it."""
    for at, payload in enumerate((*EVERYTHING, *(one.decode() for one in ENCODED))):
        for number, path in enumerate(in_paths(payload)):
            if share.has(at, number):
                looked_at(browser.get(path), path)


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


def ask_every_page(browser: Browsing, share: Share) -> None:
    """Every address without parameters, asked with this for each name in turn."""
    for at, (path, name) in enumerate(asked_of_pages()):
        for number, payload in enumerate((*map(quote, ASKED), *(one.decode() for one in ENCODED[:6]))):
            if share.has(at, number):
                address = f"{path}?{name}={payload}"
                looked_at(browser.get(address), address)


def send_every_body(caller: Caller, share: Share) -> int:
    """Every body of the API, with what attackers type for each of its values in turn. How many."""
    sent = 0
    for at, (path, body) in enumerate(BODIES.items()):
        for number, payload in enumerate(OTHERS):
            for place, wrong in enumerate(spoilt(body, payload)):
                if not share.has(at, number, place):
                    continue
                answer = caller.post(path, wrong)
                looked_at(answer, f"{path} {json.dumps(wrong)[:300]}")
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"
                sent += 1
    return sent
