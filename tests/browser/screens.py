"""Draws docs/screens from a simulated movement: `python -m tests.browser.screens [FOLDER]`.

Each page at 360x740 and 1280x800, in Vietnamese and in English, as WebP: they are kept in the repository.
"""

import asyncio
import sys
import tempfile
from base64 import b64decode
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from uuid import uuid4

from playwright.sync_api import Browser, Page, sync_playwright

from application import reforms, territory
from application.actors import OPERATOR
from application.forms.territory import HamletForm, ReformForm
from domain.calendar import day_of
from domain.closing import month_before, month_of
from domain.model import UnitId
from infrastructure.ledger.writer import utc_now
from infrastructure.read_models import honours, markets, teams, vendors
from infrastructure.settings import Settings
from interfaces.cli.console import Console
from interfaces.cli.simulate import Movement, live
from interfaces.house import House
from interfaces.main import open_house
from tests.browser import scenery
from tests.browser.conftest import DESKTOP, PHONE, QUIET, Cast, Served, chromium_path, free_port
from tests.browser.states import matching

MOVEMENT: Final = Movement(unit="52", formerly="52", ambassadors=200, days=40, seed=2026, reformed=True)

# name -> who has to be signed in (None: nobody), path, and if the page is one to which a link leads
# there, the route of that link
Pages = Mapping[str, tuple[str | None, str] | tuple[str | None, str, str]]
PAGES: Final[Pages] = {
    "bat-dau": (None, "/"),
    "x": (None, "/x/{code}"),
    "x-cam-on": (None, "/x/{answered}/cam-on"),
    "x-cot-moc": (None, "/x/{answered}/cot-moc"),
    "xac-nhan": (None, "/xac-nhan"),
    "khoa-hoc": (None, "/khoa-hoc"),
    "vinh-danh": (None, "/vinh-danh?unit=52"),
    "vinh-danh-gia-dinh": (None, "/vinh-danh?unit=52&status=family"),
    "vinh-danh-kiem": (None, "{certificate}"),
    "dang-nhap": (None, "/dang-nhap"),
    "vao": (None, "{invitation}"),
    "du-lieu": (None, "/du-lieu"),
    "du-lieu-da-xoa": (None, "/du-lieu/da-xoa"),
    "khong-co": (None, "/khong-co"),
    "api": (None, "/api/v1"),
    "ghi": ("ambassador", "/ghi"),
    "ghi-quanh-day": ("champion", "/ghi/quanh-day"),
    "ghi-gia-dinh": ("ambassador", "/ghi/gia-dinh"),
    "ghi-tieu-thuong": ("ambassador", "/ghi/tieu-thuong"),
    "ghi-tieu-thuong-moi": ("ambassador", "/ghi/tieu-thuong", "/ghi/tieu-thuong/{ref}"),
    "ghi-da-gui": ("ambassador", "/ghi/da-gui/{sent}"),
    "lop": ("ambassador", "/lop"),
    "lop-tuong": ("ambassador", "/lop/{lesson}"),
    "lop-diem-danh": ("ambassador", "/lop/{lesson}/diem-danh"),
    "l": (None, "/l/{wall}"),
    "l-cam-on": (None, "/l/{wall}/cam-on"),
    "toi": ("ambassador", "/toi"),
    "toi-truoc": ("ambassador", "/toi/truoc?before={head}"),
    "toi-nhac": ("ambassador", "/toi", "/toi/nhac/{subject}"),
    "toi-cot-moc": ("ambassador", "/toi/cot-moc"),
    "buoi": ("ambassador", "/toi", "/buoi/{ref}"),
    "buoi-cot-moc": ("ambassador", "/buoi/{taught}/cot-moc"),
    "gia-dinh": ("ambassador", "/toi", "/gia-dinh/{ref}"),
    "toi-chung-nhan": ("ambassador", "/toi/chung-nhan"),
    "chung-nhan": ("champion", "/toi/chung-nhan"),
    "toi-ho-so": ("ambassador", "/toi/ho-so"),
    "toi-du-lieu": ("ambassador", "/toi/du-lieu"),
    "xep-hang": ("ambassador", "/xep-hang"),
    "bao-mat": ("ambassador", "/bao-mat"),
    "bao-mat-ung-dung": ("committee", "/bao-mat/ung-dung"),
    "xac-thuc": ("committee", "/xac-thuc?next=/khen-thuong"),
    "thiet-bi": ("ambassador", "/thiet-bi"),
    "ra": ("ambassador", "/ra"),
    "don-vi": ("organizer", "/don-vi/52"),
    "don-vi-xa": ("organizer", "/don-vi/21952"),
    "viec": ("organizer", "/viec"),
    "ban-do": (None, "/ban-do"),
    "ban-do-tinh": ("organizer", "/ban-do?unit=52&by=per-adult"),
    "don-vi-cu": ("organizer", "/don-vi/52?boundaries=2025-06-30"),
    "to": ("organizer", "/to?unit=52"),
    "to-mot": ("leader", "/to"),
    "to-lap": ("organizer", "/to/lap"),
    "nhap": ("organizer", "/nhap"),
    "nhap-moi": ("organizer", "/nhap/moi?kind=members&unit=52"),
    "nhap-cot": ("organizer", "{columns}"),
    "nhap-kiem": ("organizer", "{checked}"),
    "xep-hang-to": ("organizer", "/xep-hang?unit=52&of=teams"),
    "xep-hang-xa": (None, "/xep-hang?unit=52&of=communes"),
    "chien-dich": ("organizer", "/chien-dich?unit=52"),
    "bao-cao": ("organizer", "/bao-cao"),
    "bao-cao-thang": ("organizer", "/bao-cao/52/{closed}"),
    "bao-cao-mau": ("organizer", "/bao-cao/mau/52"),
    "di-ho": ("organizer", "/don-vi/52/di-ho"),
    "ghi-di-ho": ("ambassador", "/ghi/di-ho"),
    "noi-lam-viec": ("organizer", "/noi-lam-viec?unit=52"),
    "noi-lam-viec-mot": ("organizer", "/noi-lam-viec?unit=52", "/noi-lam-viec/{ref}"),
    "trang-thai": ("organizer", "/trang-thai?unit=52"),
    "nhac-viec": ("organizer", "/nhac-viec"),
    "dia-gioi": ("organizer", "/dia-gioi?q=tuy"),
    "dia-gioi-don-vi": ("organizer", "/dia-gioi/21952"),
    "dia-gioi-thay-doi": ("administrator", "/dia-gioi/thay-doi?change=merged&unit=52"),
    "cho-phan-cac-xa": ("organizer", "/dia-gioi/cho-phan"),
    "cho-phan": ("organizer", "/dia-gioi/cho-phan/{divided}"),
    "don-vi-chi-tieu": ("organizer", "/don-vi/52/chi-tieu?year=2025"),
    "cot-moc": ("organizer", "/don-vi/52/cot-moc"),
    "ket-noi": ("organizer", "/ket-noi"),
    "ket-noi-bieu-mau": ("organizer", "{form}"),
    "ket-noi-sua": ("organizer", "{edit}"),
    "xem-xet": ("organizer", "/xem-xet?show=all"),
    "buoi-xem-xet": ("organizer", "/xem-xet", "/buoi/{ref}"),
    "lam-chung": ("organizer", "/lam-chung"),
    "lam-chung-lop": ("organizer", "/lam-chung/{lesson}"),
    "moi": ("organizer", "/moi"),
    "tai-khoan": ("organizer", "/tai-khoan"),
    "tai-khoan-mot": ("organizer", "/tai-khoan", "/tai-khoan/{person}"),
    "tai-khoan-quan-tri": ("administrator", "/tai-khoan"),
    "yeu-cau": ("organizer", "/yeu-cau"),
    "yeu-cau-mot": ("organizer", "/yeu-cau", "/yeu-cau/{ref}"),
    "cho": ("organizer", "/cho/{market}"),
    "tieu-thuong": ("organizer", "/tieu-thuong/{vendor}"),
    "khen-thuong": ("committee", "/khen-thuong?unit=52&done_by={today}&received_by={today}"),
    "khen-thuong-tep": (
        "committee",
        "/khen-thuong/tep?unit=52&done_by={today}&received_by={today}&form=csv&waited=1",
    ),
    "kiem-toan": ("auditor", "/kiem-toan"),
}
# before there is an administrator
FIRST: Final[Pages] = {"bat-dau-quan-tri": (None, "{set_up}")}
SIZES: Final = {"": PHONE, "-rong": DESKTOP}
LANGUAGES: Final = {"": "vi", "-en": "en"}
QUALITY: Final = 60
ROUNDS: Final = len(SIZES) * len(LANGUAGES) + 1


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        done = live(settings, Console(out=print, err=print, terminal=False, folder=Path.cwd()), MOVEMENT)
        cast, words = asyncio.run(_let_in(settings, done.shown))
        served = Served(Path(home), free_port(), cast)
        try:
            set_up = served.set_up_link()
            assert set_up is not None
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
                _draw(served, browser, FIRST, {"set_up": set_up}, folder)
                words |= _added(served, words["unit"], words["theirs"])
                words |= _class(_signed_in(_new_page(browser, PHONE, "vi"), served, 0, "ambassador"), served)
                _draw(served, browser, PAGES, words, folder)
                browser.close()
        finally:
            served.close()


async def _let_in(settings: Settings, shown) -> tuple[Cast, dict[str, str]]:
    """Links for each of them, one a round of drawing, since what was confirmed at signing in is soon too
    old; a market with one of its vendors, and a divided commune where most wait."""
    house = open_house(settings)
    province = house.units.find("52")
    assert province is not None
    with house.asking() as db:
        (market,) = markets.in_unit(db, province.id, active_since=day_of(utc_now()), limit=1)
        vendor = vendors.of_market(db, market.market)[0].vendor
        hamlet = max(teams.in_unit(db, province.id).teams, key=lambda one: one.members).unit
        first = honours.holders(db, status=honours.Status.AMBASSADOR, unit=province.id, limit=1).rows[0]
    people = {
        "ambassador": shown.ambassador,
        "organizer": shown.organizer,
        "committee": shown.committee,
        "leader": shown.leader,
        "champion": first.person,
    }
    cast = Cast()
    for who, person in people.items():
        cast.tokens[who] = await house.accounts.issue_bearer(person)
        for at in range(ROUNDS):
            cast.links[f"{who}{at}"] = f"/vao/{await house.accounts.issue(person)}"
    assert first.person is not None
    units = [house.actor(one).grants[0].unit for one in (shown.ambassador, first.person)]
    await _divide(house, hamlet)
    words = {
        "code": shown.code,
        "closed": month_before(month_of(day_of(utc_now()))),
        "today": scenery.TODAY,
        "head": str(house.ledger.head()),
        "unit": units[0],
        "theirs": units[1],
        "market": market.market,
        "vendor": vendor,
        "divided": hamlet,
    }
    house.close()
    return cast, words


async def _divide(house: House, hamlet: UnitId) -> None:
    """Who was known in this hamlet has to be placed in one of two."""
    unit = house.units.find(hamlet)
    assert unit is not None
    parts = []
    for number in (1, 2):
        form = HamletForm(submission=uuid4().hex, parent=unit.parent or "", name=f"{unit.name} {number}")
        parts.append((await territory.add_hamlet(house.ground, OPERATOR, form)).unit)
    house.projector.catch_up()
    today = day_of(house.clock())
    split = ReformForm(
        submission=uuid4().hex, change="split", unit=hamlet, parts=tuple(parts), valid_from=today
    )
    await reforms.change_unit(house.ground, OPERATOR, split)
    house.projector.catch_up()


def _added(served: Served, unit: str, theirs: str) -> dict[str, str]:
    """What a simulation has nothing of: an administrator and an auditor, a lesson just sent, a list with a
    bad row, a form that is connected, an edit and a request that wait, a certificate."""
    cast = served.cast
    roles = {"administrator": ("Đặng Văn Quản", "VN"), "auditor": ("Vũ Thị Kiểm", "52")}
    for (who, (name, over)), at in product(roles.items(), range(ROUNDS)):
        cast.links[f"{who}{at}"] = served.invite(who, name, over, phone="0912000001")
    lan = scenery.Teaches(served, cast.tokens["ambassador"])
    learners = [{"name": name, "birth_year": 1956} for name in ("Đỗ Thị Gái", "Lâm Văn Ba")]
    sent = lan.post("/lessons", on=scenery.TODAY, unit=unit, skills=["vneid"], learners=learners)
    first = scenery.Teaches(served, cast.tokens["champion"])
    learner = {"name": "Trương Thị Sen", "birth_year": 1957}
    taught = first.post("/lessons", on=scenery.TODAY, unit=theirs, skills=["vneid"], learners=[learner])
    answered = taught["teachings"][0]["code"]
    first.answer(answered)
    family = [{"name": name, "birth_year": 1970} for name in ("Võ Văn Chín", "Lê Thị Mười")]
    lan.post("/households", on=scenery.TODAY, unit=unit, members=family, declared=["cashless-payment"])
    opened = lan.post("/markets", unit=unit, name="Chợ Tân Phú", stalls=40)
    vendor = {"name": "Đỗ Thị Bán", "birth_year": 1980}
    sold = lan.post("/vendors", market=opened["market"], vendor=vendor)["vendor"]
    lan.post(f"/vendors/{sold}/onboardings", on=scenery.TODAY, means=["cashless-payment"])
    lan.caught_up()
    scenery._asked(served, sent["teachings"][0]["code"])
    shown = scenery.Scenery()
    scenery._lists(served, shown)
    lists = {scene.name: scene.path for scene in shown.scenes}
    champion = SimpleNamespace(url=served.url, cast=Cast(tokens={"ambassador": cast.tokens["champion"]}))
    return {
        "invitation": served.invite("ambassador", "Người Mới", unit),
        "sent": sent["lesson"],
        "taught": sent["teachings"][0]["teaching"],
        "answered": answered,
        "columns": lists["list_columns"],
        "checked": lists["list_checked"],
        "form": f"/ket-noi/{scenery._connected(served)}",
        "edit": scenery._edited(served),
        "certificate": scenery._certificate(champion),  # type: ignore[arg-type]
    }


def _draw(served: Served, browser: Browser, some: Pages, words: dict[str, str], folder: Path) -> None:
    looks = product(SIZES.items(), LANGUAGES.items())
    for at, ((wide, size), (ending, language)) in enumerate(looks, start=1):
        pages = {
            who: _signed_in(_new_page(browser, size, language), served, at, who)
            for who in {who for who, *_ in some.values()}
        }
        for name, (who, path, *then) in some.items():
            _open(pages[who], served.url, path.format(**words), *then)
            (folder / f"{name}{wide}{ending}.webp").write_bytes(_drawn(pages[who]))
        if "ambassador" in pages:
            _save(pages["ambassador"], served)
            (folder / f"ghi-da-luu{wide}{ending}.webp").write_bytes(_drawn(pages["ambassador"]))
        for page in pages.values():
            page.context.close()


def _open(page: Page, url: str, path: str, then: str | None = None) -> None:
    address = path if path.startswith("http") else url + path
    page.goto(address)
    _confirm(page, address)
    if then is not None:
        links = page.locator("main a[href]").evaluate_all(
            "links => links.map(one => one.getAttribute('href'))"
        )
        known = matching(then)
        found = next((link for link in links if known.match(link)), None)
        assert found is not None, f"{path} has no link to {then}"
        page.goto(url + found)
        _confirm(page, url + found)


def _confirm(page: Page, address: str) -> None:
    """Who is asked whether it is them skips that, as one may where everything is invented."""
    if "/xac-thuc" in page.url and "/xac-thuc" not in address:
        page.locator("form[action='/bao-mat/bo-qua'] button").click()
        page.wait_for_load_state()
        page.goto(address)


def _class(page: Page, served: Served) -> dict[str, str]:
    """A class that checks itself in, with somebody without a phone: its id, and the code on its wall."""
    page.goto(f"{served.url}/lop")
    page.locator("label.chip").first.click()
    page.locator("main form .main").click()
    page.wait_for_url("**/lop/*")
    lesson = page.url.rpartition("/")[2]
    wall = page.locator(".walled").inner_text()
    page.goto(f"{served.url}/lop/{lesson}/diem-danh")
    page.locator("#new-0-name").fill("Bùi Thị Không Máy")
    page.locator("#new-0-phone").fill("1948")
    page.locator("form[action$='/them'] .main").click()
    page.wait_for_load_state()
    page.context.close()
    return {"lesson": lesson, "wall": wall.rpartition("/")[2]}


def _save(page: Page, served: Served) -> None:
    """A lesson with somebody known, kept on the phone: codes to hand over."""
    page.goto(f"{served.url}/ghi")
    page.locator("#learners label.choice").first.click()
    page.locator("#skills label.chip").first.click()
    page.locator("form[data-outbox] button.main").last.click()
    page.locator("#saved-page").wait_for()
    page.mouse.move(0, 0)  # nothing is pointed at


def _drawn(page: Page) -> bytes:
    """What the screen shows, a quarter as large as a PNG."""
    page.bring_to_front()  # nothing is drawn of a page behind another
    page.screenshot()  # waits until everything is
    devtools = page.context.new_cdp_session(page)
    drawn = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    devtools.detach()
    return b64decode(drawn["data"])


def _signed_in(page: Page, served: Served, at: int, who: str | None) -> Page:
    if who is not None:
        link = served.cast.links[f"{who}{at}"]
        page.goto(link if link.startswith("http") else served.url + link)
        page.locator("main button").first.click()
        page.wait_for_url(lambda url: "/vao/" not in url)
    return page


def _new_page(browser: Browser, size: Any, language: str) -> Page:
    context = browser.new_context(
        viewport=size,
        locale={"vi": "vi-VN", "en": "en-GB"}[language],
        timezone_id="Asia/Ho_Chi_Minh",
        service_workers="block",
    )
    return context.new_page()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens"))
