"""Draws docs/screens from a simulated movement: `python -m tests.browser.screens [FOLDER]`.

Each page at 360x740 and 1280x800, in Vietnamese and in English, as WebP: they are kept in the repository.
"""

import asyncio
import sys
import tempfile
from base64 import b64decode
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from domain.calendar import day_of
from domain.closing import month_before, month_of
from infrastructure.ledger.writer import utc_now
from infrastructure.read_models import markets, placing
from infrastructure.settings import Settings
from interfaces.cli.console import Console
from interfaces.cli.simulate import Movement, live
from interfaces.main import open_house
from tests.browser.conftest import DESKTOP, PHONE, QUIET, Served, chromium_path, free_port

MOVEMENT: Final = Movement(unit="52", formerly="52", ambassadors=200, days=40, seed=2026, reformed=True)

# name -> who has to be signed in (None: nobody), path
PAGES: Final = {
    "bat-dau": (None, "/"),
    "x": (None, "/x/{code}"),
    "x-cam-on": (None, "/x/{code}/cam-on"),
    "x-cot-moc": (None, "/x/{code}/cot-moc"),
    "xac-nhan": (None, "/xac-nhan"),
    "khoa-hoc": (None, "/khoa-hoc"),
    "vinh-danh": (None, "/vinh-danh?unit=52"),
    "dang-nhap": (None, "/dang-nhap"),
    "du-lieu": (None, "/du-lieu"),
    "khong-co": (None, "/khong-co"),
    "api": (None, "/api/v1"),
    "ghi": ("ambassador", "/ghi"),
    "ghi-quanh-day": ("ambassador", "/ghi/quanh-day"),
    "ghi-gia-dinh": ("ambassador", "/ghi/gia-dinh"),
    "ghi-tieu-thuong": ("ambassador", "/ghi/tieu-thuong"),
    "lop": ("ambassador", "/lop"),
    "lop-tuong": ("ambassador", "/lop/{lesson}"),
    "lop-diem-danh": ("ambassador", "/lop/{lesson}/diem-danh"),
    "l": (None, "/l/{wall}"),
    "toi": ("ambassador", "/toi"),
    "toi-chung-nhan": ("ambassador", "/toi/chung-nhan"),
    "toi-ho-so": ("ambassador", "/toi/ho-so"),
    "toi-du-lieu": ("ambassador", "/toi/du-lieu"),
    "xep-hang": ("ambassador", "/xep-hang"),
    "bao-mat": ("ambassador", "/bao-mat"),
    "thiet-bi": ("ambassador", "/thiet-bi"),
    "ra": ("ambassador", "/ra"),
    "don-vi": ("organizer", "/don-vi/52"),
    "viec": ("organizer", "/viec"),
    "ban-do": (None, "/ban-do"),
    "ban-do-tinh": ("organizer", "/ban-do?unit=52&by=per-adult"),
    "don-vi-cu": ("organizer", "/don-vi/52?boundaries=2025-06-30"),
    "to": ("organizer", "/to?unit=52"),
    "nhap": ("organizer", "/nhap"),
    "nhap-moi": ("organizer", "/nhap/moi?kind=members&unit=52"),
    "xep-hang-to": ("organizer", "/xep-hang?unit=52&of=teams"),
    "chien-dich": ("organizer", "/chien-dich?unit=52"),
    "bao-cao": ("organizer", "/bao-cao"),
    "bao-cao-thang": ("organizer", "/bao-cao/52/{closed}"),
    "bao-cao-mau": ("organizer", "/bao-cao/mau/52"),
    "di-ho": ("organizer", "/don-vi/52/di-ho"),
    "ghi-di-ho": ("ambassador", "/ghi/di-ho"),
    "noi-lam-viec": ("organizer", "/noi-lam-viec?unit=52"),
    "trang-thai": ("organizer", "/trang-thai?unit=52"),
    "nhac-viec": ("organizer", "/nhac-viec"),
    "dia-gioi": ("organizer", "/dia-gioi?q=tuy"),
    "cho-phan": ("organizer", "/dia-gioi/cho-phan/{divided}"),
    "don-vi-chi-tieu": ("organizer", "/don-vi/52/chi-tieu?year=2025"),
    "cot-moc": ("organizer", "/don-vi/52/cot-moc"),
    "ket-noi": ("organizer", "/ket-noi"),
    "xem-xet": ("organizer", "/xem-xet?show=all"),
    "lam-chung": ("organizer", "/lam-chung"),
    "lam-chung-lop": ("organizer", "/lam-chung/{lesson}"),
    "moi": ("organizer", "/moi"),
    "tai-khoan": ("organizer", "/tai-khoan"),
    "yeu-cau": ("organizer", "/yeu-cau"),
    "cho": ("organizer", "/cho/{market}"),
    "tieu-thuong": ("organizer", "/tieu-thuong/{vendor}"),
    "khen-thuong": ("committee", "/khen-thuong?unit=52&done_by={today}&received_by={today}"),
}
SIZES: Final = {"": PHONE, "-rong": DESKTOP}
LANGUAGES: Final = {"": "vi", "-en": "en"}
QUALITY: Final = 60


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        done = live(settings, Console(out=print, err=print, terminal=False, folder=Path.cwd()), MOVEMENT)
        links, words = asyncio.run(_links(settings, done.shown))
        words["code"] = done.shown.code
        words["closed"] = month_before(month_of(day_of(utc_now())))
        served = Served(Path(home), free_port())
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
                _draw(served, browser, links, words, folder)
                browser.close()
        finally:
            served.close()


async def _links(settings: Settings, shown) -> tuple[dict[str, str], dict[str, str]]:
    """A link for each of them; a market with one of its vendors, and a divided commune where most wait."""
    house = open_house(settings)
    people = {"ambassador": shown.ambassador, "organizer": shown.organizer, "committee": shown.committee}
    tokens = {who: await house.accounts.issue(person) for who, person in people.items()}
    province = house.units.find("52")
    assert province is not None
    with house.asking() as db:
        (market,) = markets.in_unit(db, province.id, active_since=day_of(utc_now()), limit=1)
        vendor = markets.vendors(db, market.market)[0].vendor
        fullest = max(placing.progress(db), key=lambda one: one.waiting)
    house.close()
    return tokens, {"market": market.market, "vendor": vendor, "divided": fullest.divided}


def _draw(
    served: Served, browser: Browser, tokens: dict[str, str], words: dict[str, str], folder: Path
) -> None:
    from tests.browser.scenery import TODAY

    states = {None: None} | {who: _signed_in(served, browser, token) for who, token in tokens.items()}
    words |= _class(_new_page(browser, PHONE, "vi", states["ambassador"]), served)
    for (wide, size), (ending, language) in product(SIZES.items(), LANGUAGES.items()):
        pages = {who: _new_page(browser, size, language, state) for who, state in states.items()}
        for name, (who, path) in PAGES.items():
            pages[who].goto(served.url + path.format(today=TODAY, **words))
            (folder / f"{name}{wide}{ending}.webp").write_bytes(_drawn(pages[who]))
        _save(pages["ambassador"], served)
        (folder / f"ghi-da-luu{wide}{ending}.webp").write_bytes(_drawn(pages["ambassador"]))
        for page in pages.values():
            page.context.close()


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


def _drawn(page: Page) -> bytes:
    """What the screen shows, a quarter as large as a PNG."""
    page.bring_to_front()  # nothing is drawn of a page behind another
    page.screenshot()  # waits until everything is
    devtools = page.context.new_cdp_session(page)
    drawn = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    devtools.detach()
    return b64decode(drawn["data"])


def _signed_in(served: Served, browser: Browser, token: str):
    page = _new_page(browser, PHONE, "vi", None)
    page.goto(f"{served.url}/vao/{token}")
    page.locator("main button").first.click()
    page.wait_for_url(lambda url: "/vao/" not in url)
    state = page.context.storage_state()
    page.context.close()
    return state


def _new_page(browser: Browser, size, language: str, state) -> Page:
    context = browser.new_context(
        viewport=size,
        locale={"vi": "vi-VN", "en": "en-GB"}[language],
        storage_state=state,
        service_workers="block",
    )
    return context.new_page()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens"))
