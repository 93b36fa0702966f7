"""Everybody there can be, attacking every form there is."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from domain.model import Role
from infrastructure.ledger.tables import fact
from tests.interfaces.api import requests
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.hostile.corpus import EVERYTHING, SCRIPTS
from tests.interfaces.hostile.crawling import STARTS, Crawler, every_form_that_was_not_found, route_of
from tests.interfaces.web.browsing import browsing

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


def attack_every_form(home: Home, *, part: int) -> Attacked:
    """Fills each field of each form with one in `part` of the corpus, then looks at every page again."""
    pages, known = something_to_see(home)
    done, tried, fields = Attacked(), set[str](), set[str]()
    for role in Role:
        somebody = crawler(home, role)
        somebody.crawl([*STARTS, *pages])
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
        crawler(home, role).crawl([*STARTS, *pages])
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
