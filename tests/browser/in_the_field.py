"""A volunteer's phone where there is no network: saved in tabs, killed, started again, sent."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.conftest import PHONE, QUIET, Served, chromium_path, free_port, prepare
from tests.browser.steps import choose, open_more
from tests.browser.unreliable import Network

PACKAGES = ("application", "domain", "infrastructure", "interfaces")
SAVED = "Đã lưu trên máy"
LONG = 60_000


class Village:
    """A server behind a network that can be cut, and who is invited to it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self._port, port = free_port(), free_port()
        self.network = Network(self._port, port)
        self.url = self.network.url
        self.cast = prepare(self.home, port)
        self.served = self._serve()

    def restart(self, source: Path | None = None) -> None:
        self.served.close()
        self.served = self._serve(source)

    def _serve(self, source: Path | None = None) -> Served:
        return Served(self.home, self._port, self.cast, public_url=self.url, source=source)

    def facts(self, name: str) -> int:
        """How many of that name the ledger holds."""
        with closing(sqlite3.connect(f"file:{self.home / 'ledger.db'}?mode=ro", uri=True)) as database:
            found: int = database.execute("SELECT count(*) FROM fact WHERE name = ?", (name,)).fetchone()[0]
            return found

    def taught(self) -> list[str]:
        """The lessons in the ledger, by the tag of each."""
        with closing(sqlite3.connect(f"file:{self.home / 'ledger.db'}?mode=ro", uri=True)) as database:
            asked = "SELECT tag FROM fact_tag WHERE name = 'teaching-logged' AND tag LIKE 'lesson:%'"
            return [tag for (tag,) in database.execute(asked)]

    def close(self) -> None:
        self.served.close()
        self.network.close()


class Phone:
    """A browser with a profile that outlives it, as a process that can be killed."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright = playwright
        self._folder = folder
        self._start()

    def _start(self) -> None:
        path = chromium_path() or self._playwright.chromium.executable_path
        door = self._folder / "DevToolsActivePort"
        door.unlink(missing_ok=True)
        # fmt: off
        self._process = subprocess.Popen(
            [path, *QUIET, "--headless=new", "--remote-debugging-port=0", "--lang=vi-VN",
             f"--user-data-dir={self._folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        # fmt: on
        until(lambda: door.exists() and door.read_text().count("\n") > 0)
        address = f"http://127.0.0.1:{door.read_text().splitlines()[0]}"
        self._browser: Browser = self._playwright.chromium.connect_over_cdp(address)
        self.context: BrowserContext = self._browser.contexts[0]
        self.context.set_default_timeout(20_000)
        self.page = self.tab()

    def tab(self) -> Page:
        page = self.context.new_page()
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        return page

    def kill(self) -> None:
        """As the battery does it, and on again."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._browser.close()
        (self._folder / "SingletonLock").unlink(missing_ok=True)
        self._start()

    def close(self) -> None:
        self._browser.close()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)


def until(happened: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def sign_in(page: Page, link: str) -> None:
    """Up to the form, with everything that works without a network in place."""
    page.goto(f"{link}?lang=vi")
    page.locator("main button").first.click()
    page.wait_for_url("**/bao-mat")
    page.locator('main a.second[href="/"]').click()
    page.wait_for_url("**/ghi")
    kept(page)


def kept(page: Page) -> None:
    """The phone has the pages, the token and what it needs to know."""
    page.evaluate("navigator.serviceWorker.ready")
    until(lambda: page.evaluate(KEPT))


KEPT = """async () => {
  if (!(await indexedDB.databases()).some((each) => each.name === "lantoa" && each.version)) return false;
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open("lantoa");
    asked.onsuccess = () => resolve(asked.result);
  });
  if (!database.objectStoreNames.contains("kept")) { database.close(); return false; }
  const names = await new Promise((resolve) => {
    const asked = database.transaction("kept").objectStore("kept").getAllKeys();
    asked.onsuccess = () => resolve(asked.result);
  });
  database.close();
  return names.includes("device") && names.includes("field") && !!navigator.serviceWorker.controller;
}"""


def fill_in(page: Page, name: str, skill: str = "Sử dụng VNeID") -> None:
    open_more(page, "Người mới")
    choose(page, "đã nghe và đồng ý")
    page.get_by_label("Họ và tên").first.fill(name)
    choose(page, skill)


def tap_save(page: Page) -> None:
    page.get_by_role("button", name="Lưu", exact=True).last.click()


def save_lesson(page: Page, url: str, name: str) -> None:
    """Somebody new, up to "saved on the phone"."""
    page.goto(f"{url}/ghi")
    fill_in(page, name)
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)


def save_visit(page: Page, url: str, number: int) -> None:
    """To the household of that number, up to "saved on the phone"."""
    page.goto(f"{url}/ghi/di-ho")
    page.locator("#number").fill(str(number))
    page.get_by_role("button", name="Lưu lượt thăm hộ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)


def all_sent(page: Page) -> None:
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi", timeout=LONG)


def another_version(folder: Path) -> Path:
    """The program with another stylesheet, as an upgrade would bring it."""
    ours = Path(__file__).parents[2]
    for name in PACKAGES:
        shutil.copytree(ours / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "interfaces" / "static" / "look.css").open("a", encoding="utf-8") as sheet:
        sheet.write("\n.upgraded { color: inherit; }\n")
    return folder


def version_of(url: str) -> str:
    return httpx.get(f"{url}/sw.js", timeout=20).headers["etag"]


def drill(village: Village, phone: Phone, folder: Path, number: int) -> None:
    """Entries without a network, every third a visit, from two tabs; the browser killed and started again;
    the server upgraded; the first three replies lost: none is lost or counts twice, each has its receipt."""
    sign_in(phone.page, village.cast.links["ambassador"])
    before = version_of(village.url)
    village.network.cut()
    tabs = [phone.page, phone.tab()]
    for each in range(number):
        if each % 3 == 2:
            save_visit(tabs[each % 2], village.url, each)
        else:
            save_lesson(tabs[each % 2], village.url, f"Nguyễn Văn Thứ {number_name(each)}")
    phone.kill()
    assert village.taught() == []

    village.restart(another_version(folder))
    tabs = [phone.page, phone.tab()]
    for tab in tabs:
        tab.goto(f"{village.url}/ghi")
        expect(tab.locator("#outbox-said")).to_contain_text(f"{number} mục chờ gửi")
    village.network.lose_replies(3, b"POST /api/v1/sync")
    village.network.mend()
    for _ in range(4):
        for tab in tabs:
            tab.locator("#send-now").click()
    for tab in tabs:
        all_sent(tab)
    assert village.network.lost == 3
    assert version_of(village.url) != before
    expect(tabs[0].locator("[data-sent] li")).to_have_count(number)
    lessons = village.taught()
    assert village.facts("household-visited") == number // 3
    assert len(lessons) == len(set(lessons)) == number - number // 3


def number_name(number: int) -> str:
    ones = ("Không", "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín")
    return f"{ones[number // 10]} {ones[number % 10]}"
