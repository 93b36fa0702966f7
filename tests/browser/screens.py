"""Draws docs/screens from a simulated movement: `python -m tests.browser.screens [FOLDER]`.

Each page in Vietnamese at 360x740 and 1280x800, and the main ones in English.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from domain.calendar import day_of
from infrastructure.ledger.writer import utc_now
from infrastructure.read_models import markets
from infrastructure.settings import Settings
from interfaces.cli.console import Console
from interfaces.cli.simulate import Movement, live
from interfaces.main import open_house
from tests.browser.conftest import DESKTOP, PHONE, QUIET, Served, chromium_path, free_port

MOVEMENT: Final = Movement(unit="52", formerly="52", ambassadors=600, days=60, seed=2026)

# name -> who has to be signed in (None: nobody), path, whether it is one of the wide screens
PAGES: Final = {
    "bat-dau": (None, "/", False),
    "x": (None, "/x/{code}", False),
    "xac-nhan": (None, "/xac-nhan", False),
    "vinh-danh": (None, "/vinh-danh?unit=52", True),
    "ghi": ("ambassador", "/ghi", True),
    "ghi-gia-dinh": ("ambassador", "/ghi/gia-dinh", False),
    "ghi-tieu-thuong": ("ambassador", "/ghi/tieu-thuong", False),
    "toi": ("ambassador", "/toi", True),
    "xep-hang": ("ambassador", "/xep-hang", True),
    "don-vi": ("organizer", "/don-vi/52", True),
    "xem-xet": ("organizer", "/xem-xet", False),
    "moi": ("organizer", "/moi", False),
    "tai-khoan": ("organizer", "/tai-khoan", True),
    "cho": ("organizer", "/cho/{market}", True),
    "tieu-thuong": ("organizer", "/tieu-thuong/{vendor}", False),
    "bao-mat": ("ambassador", "/bao-mat", False),
    "thiet-bi": ("ambassador", "/thiet-bi", False),
    "toi-du-lieu": ("ambassador", "/toi/du-lieu", False),
    "dang-nhap": (None, "/dang-nhap", False),
    "du-lieu": (None, "/du-lieu", False),
    "khen-thuong": ("committee", "/khen-thuong?unit=52&done_by={today}&received_by={today}", True),
}
ENGLISH: Final = ("x", "ghi", "toi", "xep-hang", "don-vi")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        done = live(settings, Console(out=print, err=print, terminal=False, folder=Path.cwd()), MOVEMENT)
        links, market, vendor = asyncio.run(_links(settings, done.shown))
        words = {"code": done.shown.code, "market": market, "vendor": vendor}
        served = Served(Path(home), free_port())
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
                _draw(served, browser, links, words, folder)
                browser.close()
        finally:
            served.close()


async def _links(settings: Settings, shown) -> tuple[dict[str, str], str, str]:
    """A link for each of them, and a market with one of its vendors."""
    house = open_house(settings)
    people = {"ambassador": shown.ambassador, "organizer": shown.organizer, "committee": shown.committee}
    tokens = {who: await house.accounts.issue(person) for who, person in people.items()}
    province = house.units.find("52")
    assert province is not None
    with house.asking() as db:
        (market,) = markets.in_unit(db, province.id, active_since=day_of(utc_now()), limit=1)
        vendor = markets.vendors(db, market.market)[0].vendor
    house.close()
    return tokens, market.market, vendor


def _draw(
    served: Served, browser: Browser, tokens: dict[str, str], words: dict[str, str], folder: Path
) -> None:
    from tests.browser.scenery import TODAY

    states = {None: None} | {who: _signed_in(served, browser, token) for who, token in tokens.items()}
    for language, size in (("vi", PHONE), ("vi", DESKTOP), ("en", PHONE)):
        for name, (who, path, wide) in PAGES.items():
            if (size is DESKTOP and not wide) or (language == "en" and name not in ENGLISH):
                continue
            page = _new_page(browser, size, language, states[who])
            page.goto(served.url + path.format(today=TODAY, **words))
            ending = ("" if size is PHONE else "-rong") + ("-en" if language == "en" else "")
            page.screenshot(path=folder / f"{name}{ending}.png")
            page.context.close()


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
        viewport=size, locale={"vi": "vi-VN", "en": "en-GB"}[language], storage_state=state
    )
    return context.new_page()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screens"))
