"""In the real browser: what attackers have typed, and what they put into addresses, runs nowhere.

Names, notes, a document, hamlets, markets and vendors hold it already, as if nothing had checked it on
the way in (tests/interfaces/hostile/planting.py).
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

from application import access
from application.actors import OPERATOR
from application.forms.access import InviteForm
from domain.model import Role
from infrastructure.settings import Settings
from interfaces.main import open_house
from tests.browser.conftest import Cast, Served, Visitor, Visitors, free_port
from tests.browser.steps import open_more, save
from tests.interfaces.conftest import settle
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.hostile.attacking import NAMED
from tests.interfaces.hostile.corpus import MARK, PRODUCT, SCRIPTS
from tests.interfaces.hostile.planting import plant

pytestmark = pytest.mark.browser

LISTENING: Final = """
window.lantoaran = () => console.error('RAN on ' + location.href);
document.addEventListener('securitypolicyviolation', event =>
  console.error(`BLOCKED ${event.violatedDirective} ${event.blockedURI} on ${location.href}`));
"""
LISTS: Final = (f"/vinh-danh?unit={TUY_PHUOC}", f"/xep-hang?unit={TUY_PHUOC}")


@dataclass
class Haunted:
    """A server over all of it. `states` are the cookies of those who signed in, by role."""

    served: Served
    pages: list[str]
    states: dict[Role, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def haunted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Haunted]:
    folder, port = tmp_path_factory.mktemp("home"), free_port()
    settled = settle(Settings(home=folder, public_url=f"http://127.0.0.1:{port}"))
    house = open_house(settled.settings)
    home = Home(house, settled.tokens)
    pages = plant(home)
    cast = Cast()
    for role in (Role.AMBASSADOR, Role.ORGANIZER, Role.AUDITOR):
        form = InviteForm(submission=uuid4().hex, role=role, unit=TUY_PHUOC, name=NAMED[role])
        invited = asyncio.run(access.invite(house.ground, house.accounts, OPERATOR, form))
        cast.links[role] = house.invitation_url(invited.token or "")
    home.catch_up()
    home.close()
    house.close()
    served = Served(folder, port, cast)
    yield Haunted(served, pages)
    served.close()


@dataclass
class Watched:
    """A page, and what happened on it that never may."""

    visitor: Visitor
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.visitor.page
        self.visitor.context.add_init_script(LISTENING)
        page.on("console", self._said)
        page.on("dialog", self._asked)
        page.on("request", self._requested)

    def _said(self, said: ConsoleMessage) -> None:
        if said.text.startswith(("RAN", "BLOCKED")):
            self.wrong.append(said.text)

    def _asked(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.visitor.served.url, "data:image/")):
            self.wrong.append(f"asked {request.url}")

    def open(self, path: str) -> Page:
        page = self.visitor.open(path)
        assert PRODUCT not in page.content(), path
        return page


@pytest.fixture
def watched(haunted: Haunted, browser: Browser) -> Iterator["Watching"]:
    watching = Watching(haunted, browser)
    yield watching
    watching.everybody.close()


class Watching:
    def __init__(self, haunted: Haunted, browser: Browser) -> None:
        self.haunted = haunted
        self.everybody = Visitors(haunted.served, browser)

    def __call__(self, role: Role | None) -> Watched:
        states = self.haunted.states
        if role is not None and role not in states:
            somebody = self.everybody()
            somebody.sign_in(self.haunted.served.cast.links[role])
            states[role] = somebody.context.storage_state()
        return Watched(self.everybody(state=states[role] if role else None))


@pytest.mark.parametrize(
    "role", [None, Role.AMBASSADOR, Role.ORGANIZER, Role.AUDITOR], ids=lambda role: role or "nobody"
)
def test_nothing_that_is_kept_runs(watched: Watching, role: Role | None) -> None:
    somebody = watched(role)
    paths = [
        *LISTS,
        f"/don-vi/{TUY_PHUOC}",
        "/xem-xet?show=all",
        "/moi",
        "/tai-khoan",
        "/ghi/tieu-thuong",
        "/toi",
        "/",
    ]
    shown = 0
    for path in (*paths, *watched.haunted.pages[:30]):
        page = somebody.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate("document.querySelectorAll('input, button, a').forEach(part => part.focus())")
        shown += MARK in page.content()

    assert shown > 1, "nothing of it is shown at all"
    assert somebody.wrong == []


def test_nothing_in_an_address_runs(watched: Watching) -> None:
    somebody = watched(Role.ORGANIZER)
    for script in SCRIPTS:
        text = quote(script, safe="")
        for path in (f"/xep-hang?unit={text}", f"/vinh-danh?status={text}", f"/x/{text}", f"/{text}"):
            somebody.open(path)

    assert somebody.wrong == []


def test_nothing_that_is_typed_runs_when_it_is_shown_again(watched: Watching) -> None:
    somebody = watched(Role.AMBASSADOR)
    for script in SCRIPTS:
        page = somebody.open("/ghi")
        open_more(page, "Người mới")
        page.get_by_label("Họ và tên").first.fill(script)
        save(page)
        assert "/ghi/da-gui/" in page.url or script in page.get_by_label("Họ và tên").first.input_value()

    assert somebody.wrong == []


CARELESS: Final = "<!doctype html><title>x</title><p>" + SCRIPTS[0] + "<img src=x onerror=lantoaran()>"


def test_what_runs_is_heard(watched: Watching) -> None:
    """The control: a page that escapes nothing, without our headers."""
    somebody = watched(None)
    somebody.visitor.page.route(
        "**/careless", lambda asked: asked.fulfill(body=CARELESS, content_type="text/html")
    )
    somebody.open("/careless")

    assert any(heard.startswith("RAN") for heard in somebody.wrong)


def test_what_is_careless_is_still_kept_from_running_by_our_headers(watched: Watching) -> None:
    """The second control, and the second wall: the same page with the headers of every answer of ours."""
    somebody = watched(None)
    headers = somebody.visitor.page.request.get(watched.haunted.served.url).headers
    policy = {"content-security-policy": headers["content-security-policy"]}
    somebody.visitor.page.route(
        "**/careless", lambda asked: asked.fulfill(body=CARELESS, content_type="text/html", headers=policy)
    )
    somebody.open("/careless")

    assert any(heard.startswith("BLOCKED script-src") for heard in somebody.wrong)
    assert not any(heard.startswith("RAN") for heard in somebody.wrong)
