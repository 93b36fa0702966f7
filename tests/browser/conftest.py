"""A real server on a home of its own, and a real browser in front of it."""

import asyncio
import atexit
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright

from application import access, criteria, territory
from application.actors import OPERATOR
from application.forms.access import InviteForm
from application.reminders import Kind, Reminder, Trouble
from domain.criteria import DEFAULT
from domain.model import PersonId, Role
from domain.statuses import StatusCriteria, WorkplaceCriteria
from infrastructure.beginning import begin
from infrastructure.outbox.outbox import Failed, Outbox
from infrastructure.settings import Settings
from interfaces.house import House
from interfaces.main import open_house
from tests.browser.looking import AXE
from tests.conftest import missing
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, some_units
from tests.interfaces.reformed import divided_hamlet

NEIGHBOUR = "21970"

PATIENCE = 20_000
"""Milliseconds; Playwright's own five seconds are few for a machine that does much else."""
expect.set_options(timeout=PATIENCE)

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-sync",
    "--no-first-run",
    # What each page needs once is not made fast in threads beside it: a twentieth of a visit.
    "--js-flags=--no-opt --single-threaded-gc",
]


ANYWHERE = "http://127.0.0.1:1"
"""Where what is copied for each server says that it is served."""


class Served:
    """The server as its users reach it, and its operator at the console."""

    def __init__(
        self,
        home: Path,
        port: int,
        cast: "Cast | None" = None,
        *,
        public_url: str | None = None,
        source: Path | None = None,
    ) -> None:
        """`source` is where the program stands, if it is another one than ours."""
        self.home = home
        self.cast = cast or Cast()
        self.url = public_url or f"http://127.0.0.1:{port}"
        self._environment = {name: said for name, said in os.environ.items() if "LANTOA" not in name} | {
            "LANTOA_HOME": str(home),
            "LANTOA_BIND": f"127.0.0.1:{port}",
            "LANTOA_PUBLIC_URL": self.url,
        }
        self._process = subprocess.Popen(self._command("serve"), env=self._environment, cwd=source)
        self._wait(f"http://127.0.0.1:{port}/health")

    def invite(self, role: str, name: str, unit: str, *, phone: str = "") -> str:
        """A sign-in link, as `lantoa invite` prints it beside the running server."""
        known = ["--phone", phone] if phone else []
        link: str = self._said("invite", "--role", role, "--unit", unit, "--name", name, *known)["link"]
        return link

    def set_up_link(self) -> str | None:
        """The first administrator's, as `lantoa init` prints it beside the running server."""
        return self._said("init")["setup_link"]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _said(self, *words: str) -> dict[str, Any]:
        command = self._command(*words, "--json")
        said = subprocess.run(command, env=self._environment, check=False, capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
        answer: dict[str, Any] = json.loads(said.stdout)
        return answer

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", "from interfaces.cli.main import main; main()", *words]

    def _wait(self, health: str) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the server ended"
            try:
                if httpx.get(health, timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    port = free_port()
    served = Served(home, port, prepare(home, port))
    yield served
    served.close()


@dataclass(frozen=True)
class Cast:
    """Who was let in before the server started: sign-in links by role, and programs' tokens."""

    links: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def at(self, url: str) -> "Cast":
        """The same people, of a copy that is served there."""
        return Cast({who: link.replace(ANYWHERE, url) for who, link in self.links.items()}, self.tokens)


def prepare(home: Path, port: int, *, people: bool = True) -> Cast:
    """A ledger with units, criteria and (unless told otherwise) people, as the commands at the console
    leave it."""
    made, cast = _made(people=people)
    shutil.copytree(made, home, dirs_exist_ok=True)
    return cast.at(f"http://127.0.0.1:{port}")


@cache
def _made(*, people: bool) -> tuple[Path, Cast]:
    """Made once for all files that a worker comes to, and copied for each."""
    home = Path(mkdtemp(prefix="lantoa-made-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    settings = Settings(home=home, public_url=ANYWHERE)
    begin(settings)
    house = open_house(settings)
    asyncio.run(territory.load_units(house.ground, some_units()))
    assert house.projector.wait_for(house.ledger.head(), 20)
    adopting = criteria.adopt(
        house.ground, OPERATOR, CRITERIA, "VN", valid_from=territory.SINCE, document="QĐ 12/QĐ-UBND"
    )
    asyncio.run(adopting)
    cast = asyncio.run(_let_in(house)) if people else Cast()
    if people:
        _remind(house)
        asyncio.run(divided_hamlet(house, NEIGHBOUR, known="Bùi Thị Chờ"))
    assert house.projector.wait_for(house.ledger.head(), 20)
    house.close()
    return home, cast


CRITERIA = msgspec.structs.replace(
    DEFAULT, statuses=StatusCriteria(digital_unit=WorkplaceCriteria(people_percent=50))
)


def _remind(house: House) -> None:
    """One message that was refused for good, and one that somebody stopped."""
    noon = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
    outbox = Outbox(house.database, house.ledger, clock=lambda: noon)
    unit = house.units.find(TUY_PHUOC)
    assert unit is not None
    about: dict[str, Any] = {"unit": unit.id, "person": PersonId("nobody"), "due": None, "created": noon}
    some = [
        Reminder(key="a" * 32, kind=Kind.REPORT_DUE, about="2026-10", **about),
        Reminder(key="b" * 32, kind=Kind.SILENT_UNIT, about="2026-10-30", **about),
    ]
    outbox.put(some)
    for _ in range(2):
        taken = outbox.take("webhook")
        assert taken is not None
        if taken.reminder.kind is Kind.REPORT_DUE:
            outbox.failed(taken, Failed(trouble=Trouble.REJECTED, status=422, final=True))
        else:
            outbox.failed(taken, Failed(trouble=Trouble.TIMEOUT))
    asyncio.run(outbox.stop("b" * 32))


async def _let_in(house: House) -> Cast:
    cast = Cast()
    people = {
        "ambassador": (Role.AMBASSADOR, TUY_PHUOC, "Trần Thị Lan"),
        "second": (Role.AMBASSADOR, TUY_PHUOC, "Hòa Văn Bình"),
        "organizer": (Role.ORGANIZER, PROVINCE, "Lê Quang Minh"),
        "committee": (Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh"),
        "auditor": (Role.AUDITOR, PROVINCE, "Vũ Thị Kiểm"),
        "new": (Role.AMBASSADOR, TUY_PHUOC, "Người Mới"),
        "beginner": (Role.AMBASSADOR, ELSEWHERE, "Ngô Thị Bắt Đầu"),
        "administrator": (Role.ADMINISTRATOR, "VN", "Đặng Văn Quản"),
    }
    for who, (role, unit, name) in people.items():
        agreed = who == "ambassador"  # that the name stands on lists of nominees
        form = InviteForm(
            submission=uuid4().hex, role=role, unit=unit, name=name, award_lists=agreed, position="Giáo viên"
        )
        invited = await access.invite(house.ground, house.accounts, OPERATOR, form)
        assert invited.token is not None
        cast.links[who] = house.invitation_url(invited.token)
        cast.tokens[who] = await house.accounts.issue_bearer(invited.person)
    return cast


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def chromium_path() -> str | None:
    """The system's Chromium, without its windows if it comes so; None for Playwright's own."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, known)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file only: while Playwright is open, an event loop runs in this thread, and no test
    of another file that the same worker comes to could run one of its own."""
    found = chromium_path()
    with sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            missing("Chromium")
        chromium = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield chromium
        chromium.close()


class Visitor:
    """Somebody with a browser of their own: cookies, size, language, scripts or none."""

    def __init__(self, served: Served, context: BrowserContext) -> None:
        self.served = served
        self.context = context
        self.page: Page = context.new_page()
        self.app: App | None = None

    def open(self, path: str) -> Page:
        address = path if path.startswith("http") else self.served.url + path
        self.page.goto(address)
        return self.page

    def sign_in(self, link: str) -> Page:
        """Opens the link of an invitation and taps its first button. Who has to have a passkey or an
        app gets an app; the others do so later. Ends where their work begins."""
        self.open(link)
        self.page.locator("main button").first.click()
        self.page.wait_for_url(lambda url: "/vao/" not in url)
        if not self.page.url.endswith("/bao-mat"):
            return self.page  # in a simulated ledger that is skipped
        later = self.page.locator('main a.second[href="/"]')
        if later.count() == 0:
            self.get_app()
            self.page.locator('main a.main[href="/"]').click()
        else:
            later.click()
        self.page.wait_for_url(lambda url: "/bao-mat" not in url)
        return self.page

    def get_app(self) -> "App":
        """Sets up an authenticator app on the page that asks for it."""
        self.page.locator('main a[href^="/bao-mat/ung-dung"]').click()
        secret = self.page.locator(".secret").inner_text().replace(" ", "")
        login = self.page.locator(".coded .small strong").inner_text()
        self.page.locator("#digits").fill(pyotp.TOTP(secret).at(_half_a_minute_ago()))
        self.page.locator("main form button.main").click()
        self.page.wait_for_url(re.compile(r"/bao-mat\?xong=1"))
        self.app = App(login, secret)
        return self.app

    def sign_in_by_app(self, app: "App") -> None:
        """Needs digits that were not used yet: `get_app` used those of the half-minute before."""
        self.open("/dang-nhap")
        self.page.locator("summary").first.click()
        self.page.locator("#login").fill(app.login)
        self.page.locator("#digits").fill(pyotp.TOTP(app.secret).now())
        self.page.locator("form[action^='/dang-nhap/ung-dung'] button").click()
        self.page.wait_for_url(lambda url: "/dang-nhap" not in url)


def _half_a_minute_ago() -> int:
    """For the digits of the half-minute before, which count while this one runs: those of this one
    can then be shown at once. Waits where it ends in a moment."""
    left = 30 - time.time() % 30
    if left < 3:
        time.sleep(left)
    return int(time.time()) - 30


@dataclass(frozen=True)
class App:
    """An authenticator app: the name it shows, and what its digits come from."""

    login: str
    secret: str


class Visitors:
    """New visitors, each with a browser context of their own."""

    def __init__(self, served: Served, browser: Browser) -> None:
        self._served = served
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __call__(
        self, *, size=PHONE, scripts=True, language="vi", state=None, agent=None, workers="allow"
    ) -> Visitor:
        context = self._browser.new_context(
            viewport=size,
            java_script_enabled=scripts,
            locale={"vi": "vi-VN", "en": "en-US"}.get(language, language),
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=state,
            user_agent=agent,
            service_workers=workers,
            reduced_motion="reduce",  # no colour is met half way
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        return Visitor(self._served, context)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitors(served: Served, browser: Browser) -> Iterator[Visitors]:
    everybody = Visitors(served, browser)
    yield everybody
    everybody.close()


@pytest.fixture(scope="module")
def gallery(served: Served, browser: Browser) -> Iterator["Gallery"]:
    """Every page with something on it, and who has to be signed in to see it."""
    gallery = Gallery(served, browser)
    yield gallery
    gallery.close()


class States(Mapping[str | None, Any]):
    """Who is signed in, as a browser's contexts take it. Whoever has an app signs in anew before their
    last confirmation is too old: what has consequences asks for one of the last five minutes."""

    STALE = 200.0

    def __init__(self, visitors: Visitors) -> None:
        self._visitors = visitors
        self._found: dict[str | None, Any] = {None: None}
        self._since: dict[str | None, float] = {None: 0.0}
        self._apps: dict[str | None, App] = {}

    def add(self, who: str, visitor: Visitor) -> None:
        self._found[who], self._since[who] = visitor.context.storage_state(), time.monotonic()
        if visitor.app is not None:
            self._apps[who] = visitor.app

    def since(self, who: str | None) -> float:
        return self._since[who]

    def __getitem__(self, who: str | None) -> Any:
        if who in self._apps and time.monotonic() - self._since[who] > self.STALE:
            again = self._visitors()
            again.sign_in_by_app(self._apps[who])
            self._found[who], self._since[who] = again.context.storage_state(), time.monotonic()
        return self._found[who]

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Gallery:
    """Signs everybody in once and shows any page in any size and language."""

    def __init__(self, served: Served, browser: Browser) -> None:
        from tests.browser.scenery import set_up

        self.host = served.url.partition("//")[2]
        self.asked: set[str] = set()
        self.visitors = Visitors(served, browser)
        scenery = set_up(served)
        self.scenes = scenery.scenes
        self.states = States(self.visitors)
        for who in ("ambassador", "organizer", "committee", "auditor", "beginner", "administrator"):
            visitor = self.visitors()
            visitor.sign_in(served.cast.links[who])
            self.states.add(who, visitor)
        self._visitors: dict[tuple[str | None, int, str, float], Visitor] = {}
        self._devtools: dict[Page, CDPSession] = {}
        self._followed: dict[str, str] = {}

    def scene(self, name: str) -> Any:
        return next(scene for scene in self.scenes if scene.name == name)

    def show(self, scene, *, size=PHONE, language="vi") -> Page:
        visitor = self.visitor(scene, size, language)
        return visitor.open(self._path(scene, visitor))

    def weigh(self, scene, *, language="vi") -> tuple[Page, "Weight"]:
        """As `show`, of a first visit: with what came over the wire until the page had loaded."""
        visitor = self.visitor(scene, PHONE, language)
        path = self._path(scene, visitor)
        devtools = self.devtools(visitor.page)
        devtools.send("Network.clearBrowserCache")
        weight = Weight()
        devtools.on("Network.loadingFinished", weight.add)
        visitor.open(path)
        devtools.remove_listener("Network.loadingFinished", weight.add)
        return visitor.page, weight

    def visitor(self, scene, size, language: str) -> Visitor:
        """Whoever sees that scene, in a browser that they keep; nothing stands between it and the server."""
        state = self.states[scene.who]
        key = scene.who, size["width"], language, self.states.since(scene.who)
        if key not in self._visitors:
            visitor = self.visitors(size=size, language=language, state=state, workers="block")
            visitor.context.add_init_script(AXE)  # compiled once for many pages
            visitor.page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))
            self._visitors[key] = visitor
        return self._visitors[key]

    def devtools(self, page: Page) -> CDPSession:
        if page not in self._devtools:
            self._devtools[page] = page.context.new_cdp_session(page)
            self._devtools[page].send("Network.enable")
        return self._devtools[page]

    def close(self) -> None:
        self.visitors.close()

    def _path(self, scene, visitor: Visitor) -> str:
        """Its own, or where the link leads that it follows."""
        from tests.browser.states import matching

        if scene.then is None:
            return scene.path
        if scene.name not in self._followed:
            known = matching(scene.then)
            links = visitor.open(scene.path).locator("main a[href]").all()
            paths = [link.get_attribute("href") or "" for link in links]
            self._followed[scene.name] = next(path for path in paths if known.match(path)) + scene.asks
        return self._followed[scene.name]


@dataclass
class Weight:
    """What came over the wire, headers included."""

    requests: int = 0
    bytes: int = 0

    def add(self, finished: Any) -> None:
        self.requests += 1
        self.bytes += int(finished["encodedDataLength"])
