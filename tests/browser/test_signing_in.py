"""Signing in as people do it: with a passkey, with an app, with neither; and inside a chat app.

The passkeys are Chromium's own, made in its virtual authenticator. They need a name to belong to,
so this server is at http://localhost, which browsers take for secure.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from domain.model import Role
from tests.browser.conftest import Served, Visitors, free_port, prepare
from tests.interfaces.homes import PROVINCE, TUY_PHUOC

pytestmark = pytest.mark.browser

ZALO = (
    "Mozilla/5.0 (Linux; Android 13; SM-A145F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0.0.0 Mobile Safari/537.36 Zalo android/240601"
)
MESSENGER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 [FBAN/MessengerForiOS;FBAV/460.0.0;FBDV/iPhone14,5]"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    served = Served(home, port, prepare(home, port), public_url=f"http://localhost:{port}")
    yield served
    served.close()


@contextmanager
def phone(page: Page, *, verifies: bool = True) -> Iterator["Phone"]:
    """A phone's authenticator in Chromium; `verifies`: it knows finger, face or PIN."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": verifies,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Phone(devtools, made["authenticatorId"])
    devtools.detach()


class Phone:
    def __init__(self, devtools: Any, authenticator: str) -> None:
        self._devtools = devtools
        self._authenticator = authenticator

    def credentials(self) -> list[dict[str, Any]]:
        held: list[dict[str, Any]] = self._send("WebAuthn.getCredentials")["credentials"]
        return held

    def take_over(self, credential: dict[str, Any]) -> None:
        """Copies a passkey into this phone."""
        self._send("WebAuthn.addCredential", credential=credential)

    def _send(self, command: str, **options: Any) -> Any:
        return self._devtools.send(command, {"authenticatorId": self._authenticator} | options)


def enter(visitor: Any, served: Served, role: Role, unit: str, name: str) -> Page:
    """Opens an invitation and taps; then the page asks what to sign in with."""
    page = visitor.open(served.invite(role, name, unit))
    page.locator("main button").click()
    page.wait_for_url("**/bao-mat")
    return page


def make_passkey(page: Page) -> None:
    page.get_by_role("button", name="Tạo khóa truy cập trên thiết bị này").click()
    page.wait_for_url(re.compile(r"/bao-mat\?xong=1"))


def sign_out(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/ra")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(f"{served.url}/")


def sign_in_by_passkey(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/dang-nhap")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()


def test_an_ambassador_makes_a_passkey_and_comes_back_with_it(visitors: Visitors, served: Served) -> None:
    lan = visitors()
    page = enter(lan, served, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")
    with phone(page) as hers:
        make_passkey(page)
        assert len(hers.credentials()) == 1
        sign_out(page, served)
        sign_in_by_passkey(page, served)
        page.wait_for_url("**/ghi")


def test_an_organizer_gets_nowhere_before_something_is_set_up(visitors: Visitors, served: Served) -> None:
    minh = visitors()
    page = enter(minh, served, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    for path in ("/", "/don-vi", "/thiet-bi", "/moi"):
        page.goto(served.url + path)
        expect(page).to_have_url(re.compile("/bao-mat"))
    with phone(page, verifies=False):  # an organizer's need not know its user
        make_passkey(page)
        page.get_by_role("link", name="Vào làm việc").click()
        expect(page).to_have_url(f"{served.url}/moi")


def test_a_committees_passkey_has_to_know_its_user(visitors: Visitors, served: Served) -> None:
    hanh = visitors()
    page = enter(hanh, served, Role.COMMITTEE, PROVINCE, "Phạm Thị Hạnh")
    with phone(page, verifies=False):
        page.get_by_role("button", name="Tạo khóa truy cập trên thiết bị này").click()
        expect(page.locator("[data-failed]").first).to_be_visible()
    with phone(page) as hers:
        page.reload()
        make_passkey(page)
        sign_out(page, served)
        sign_in_by_passkey(page, served)
        page.wait_for_url("**/khen-thuong")
        kept = hers.credentials()[0]
        sign_out(page, served)
    copy = visitors()
    elsewhere = copy.open("/dang-nhap")
    with phone(elsewhere) as thiefs:  # a copy from before the last sign-in: its counter is behind
        thiefs.take_over(kept | {"signCount": 0})
        sign_in_by_passkey(elsewhere, served)
        expect(elsewhere.get_by_role("alert").first).to_contain_text("Chưa đúng")


def test_who_rose_to_a_role_that_asks_for_more_is_led_from_the_old_passkey_to_what_does(
    visitors: Visitors, served: Served
) -> None:
    lan = visitors()
    page = lan.open(served.invite(Role.ORGANIZER, "Bùi Thị Lên", PROVINCE, phone="0905111222"))
    page.locator("main button").click()
    page.wait_for_url("**/bao-mat")
    with phone(page, verifies=False):
        make_passkey(page)
        served.invite(Role.COMMITTEE, "Bùi Thị Lên", PROVINCE, phone="0905111222")
        page.goto(f"{served.url}/xac-thuc?next=/khen-thuong")
        page.get_by_role("button", name="Khóa của tôi không hỏi vân tay").click()
        page.wait_for_url("**/bao-mat?next=%2Fkhen-thuong")
        expect(page.get_by_text("Vai trò của bạn cần khóa truy cập")).to_be_visible()
        page.goto(f"{served.url}/khen-thuong")  # the old one opens nothing else
        expect(page).to_have_url(re.compile("/bao-mat"))
        lan.get_app()
        page.goto(f"{served.url}/khen-thuong")
        expect(page).to_have_url(f"{served.url}/khen-thuong")


def test_a_committee_member_confirms_with_the_passkey_and_is_back_where_they_were(
    visitors: Visitors, served: Served
) -> None:
    page = enter(visitors(), served, Role.COMMITTEE, PROVINCE, "Đỗ Văn Bảy")
    with phone(page):
        make_passkey(page)
        page.goto(f"{served.url}/xac-thuc?next=/khen-thuong")
        page.get_by_role("button", name="Xác thực bằng khóa truy cập").click()
        page.wait_for_url("**/khen-thuong")


def test_an_app_works_without_scripts(visitors: Visitors, served: Served) -> None:
    bay = visitors(scripts=False)
    page = enter(bay, served, Role.COMMITTEE, PROVINCE, "Trần Thị Bảy")
    expect(page.locator("form[data-passkey]").first).to_be_hidden()
    app = bay.get_app()
    sign_out(page, served)
    page.goto(f"{served.url}/dang-nhap")
    page.get_by_text("Bằng ứng dụng xác thực").click()
    page.locator("#login").fill(app.login.lower())
    page.locator("#digits").fill(pyotp.TOTP(app.secret).now())
    page.locator("form[action^='/dang-nhap/ung-dung'] button").click()
    page.wait_for_url("**/khen-thuong")


def test_with_neither_a_phone_goes_on_and_comes_back_by_a_code(visitors: Visitors, served: Served) -> None:
    lan = visitors(scripts=False)
    page = enter(lan, served, Role.AMBASSADOR, TUY_PHUOC, "Võ Thị Sáu")
    page.get_by_role("button", name="Lấy 10 mã dự phòng").click()
    codes = page.locator(".secrets li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="Tôi đã cất các mã").click()
    page.wait_for_url("**/ghi")
    again = visitors(scripts=False)
    page = again.open("/dang-nhap")
    page.get_by_text("Bằng mã dự phòng").click()
    page.locator("#code").fill(codes[0].replace("-", " ").lower())
    page.locator("form[action^='/dang-nhap/ma-du-phong'] button").click()
    page.wait_for_url("**/ghi")


@pytest.mark.parametrize(("agent", "app"), [(ZALO, "Zalo"), (MESSENGER, "Messenger")])
def test_inside_a_chat_app_the_way_out_stands_before_the_button(visitors, served, agent, app):
    lan = visitors(agent=agent)
    link = served.invite(Role.AMBASSADOR, "Người Mới", TUY_PHUOC)
    page = lan.open(link)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("trình duyệt của điện thoại")
    expect(page.locator("main")).to_contain_text(app)
    expect(page.get_by_role("button", name="Đăng nhập trên máy này")).to_be_hidden()
    assert page.locator("a[href^='intent://']").count() == (1 if "Android" in agent else 0)
    assert lan.context.cookies() == []
    page.get_by_text("Không mở được ở nơi khác").click()
    page.get_by_role("button", name="Đăng nhập trên máy này").click()
    page.wait_for_url("**/bao-mat")
    expect(page.locator("main")).to_contain_text(app)
    expect(page.get_by_role("button", name="Tạo khóa truy cập")).to_have_count(0)
    expect(page.locator("main button.main")).to_contain_text("mã dự phòng")


def test_somebody_sees_where_they_are_signed_in_and_ends_it(visitors: Visitors, served: Served) -> None:
    page = enter(visitors(), served, Role.AMBASSADOR, TUY_PHUOC, "Hồ Thị Mười")
    page.get_by_role("button", name="Lấy 10 mã dự phòng").click()
    code = page.locator(".secrets li").first.inner_text()
    other = visitors().open("/dang-nhap")
    other.get_by_text("Bằng mã dự phòng").click()
    other.locator("#code").fill(code)
    other.locator("form[action^='/dang-nhap/ma-du-phong'] button").click()
    other.wait_for_url("**/ghi")
    page.goto(f"{served.url}/thiet-bi")
    expect(page.locator("main li")).to_have_count(2)
    expect(page.locator("main li").first).to_contain_text("Chrome trên")
    page.get_by_role("button", name="Đăng xuất mọi thiết bị khác").click()
    expect(page.locator("main li")).to_have_count(1)
    other.goto(f"{served.url}/thiet-bi")  # /ghi is kept on the phone, and opens without the server
    expect(other.locator("h1")).to_contain_text("đăng nhập")


@pytest.fixture
def begun(tmp_path) -> Iterator[Served]:
    """A ledger that nobody administers yet."""
    port = free_port()
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        cast = aside.submit(prepare, tmp_path, port, people=False).result()
    served = Served(tmp_path, port, cast, public_url=f"http://localhost:{port}")
    yield served
    served.close()


def test_the_first_administrator_begins_by_the_link_that_init_printed(visitors, begun):
    link = begun.set_up_link()
    assert link is not None
    page = visitors().open(link)
    page.locator("#name").fill("Đặng Quản Trị")
    page.get_by_role("button", name="Mở tài khoản").click()
    page.wait_for_url("**/bao-mat")
    with phone(page):
        make_passkey(page)
        expect(page.locator("main .done")).to_be_visible()
    assert begun.set_up_link() is None
