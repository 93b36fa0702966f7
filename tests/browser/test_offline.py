"""The phone without a network, one promise after the other (test_offline_drill.py has them all at once)."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import httpx
import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from application.identity import CODE_ALPHABET
from tests.browser.conftest import PHONE, Visitor
from tests.browser.in_the_field import (
    SAVED,
    Village,
    all_sent,
    another_version,
    fill_in,
    kept,
    save_lesson,
    tap_save,
    until,
)
from tests.browser.looking import plainly_wrong
from tests.browser.steps import choose, open_more
from tests.interfaces.homes import TUY_PHUOC

pytestmark = pytest.mark.browser

LAN, HOA, NEW = "ambassador", "second", "new"
WAITS = "1 mục chờ gửi"


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    village = Village(tmp_path_factory.mktemp("village"))
    yield village
    village.close()


class Field:
    """Phones of those who are signed in: the sessions last, each phone's store is new."""

    def __init__(self, village: Village, browser: Browser) -> None:
        self.village = village
        self._browser = browser
        self._states: dict[str, Any] = {}
        self._open: list[BrowserContext] = []

    def state(self, who: str) -> Any:
        if who not in self._states:
            context = self._new(None)
            Visitor(self.village.served, context).sign_in(self.village.cast.links[who])
            self._states[who] = context.storage_state()
        return self._states[who]

    def phone(self, who: str = LAN, *, script: str = "", ready: bool = True, at: str = "/ghi") -> Page:
        """On the form, with all that works without a network in place."""
        context = self._new(self.state(who))
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.goto(f"{self.village.url}{at}")
        if ready:
            kept(page)
        return page

    def close_all(self) -> None:
        for context in self._open:
            context.close()
        self._open = []

    def _new(self, state: Any) -> BrowserContext:
        context = self._browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=state,
        )
        context.set_default_timeout(20_000)
        self._open.append(context)
        return context


@pytest.fixture(scope="module")
def everybody(village: Village, browser: Browser) -> Field:
    return Field(village, browser)


@pytest.fixture
def field(everybody: Field) -> Iterator[Field]:
    everybody.village.network.mend()
    yield everybody
    everybody.close_all()


def send(page: Page) -> None:
    page.locator("#send-now").click()


def test_what_the_phone_keeps_of_pages_is_nobodys(field: Field) -> None:
    page = field.phone()
    expect(page.locator('link[rel="manifest"]')).to_have_count(1)
    save_lesson(page, field.village.url, "Nguyễn Thị Bí Mật")
    all_sent(page)
    paths = (
        "/ghi",
        "/toi",
        "/ghi/gia-dinh",
        "/ghi/tieu-thuong",
        "/ghi/di-ho",
        "/ghi?lang=en",
        "/ghi?lang=vi",
    )
    for path in paths:
        page.goto(f"{field.village.url}{path}")
    cached: dict[str, str] = page.evaluate(CACHED)
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    secrets = ["Bí Mật", "Trần Thị Lan", "Thị Lan", "lantoa_device_", 'name="form_token"', *cookies.values()]

    assert {path for path in cached if "/vo/" in path} >= {
        f"/vo/{spoken}/{name}"
        for spoken in ("vi", "en")
        for name in ("ghi", "gia-dinh", "tieu-thuong", "di-ho", "toi")
    }
    for path, text in cached.items():
        for secret in secrets:
            if len(secret) > 3:
                assert secret not in text, (path, secret)


CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""


def test_a_repeat_visit_of_the_form_costs_no_byte(field: Field) -> None:
    page = field.phone()
    asked = field.village.network.asked
    before = len(asked)
    page.goto(f"{field.village.url}/ghi")
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi")

    weights = page.evaluate(
        "performance.getEntries().filter((one) => 'transferSize' in one).map((one) => one.transferSize)"
    )
    assert sum(weights) == 0
    assert not [one for one in asked[before:] if b"/sw.js" not in one]  # the browser looks for a newer one


def test_a_known_learner_takes_three_taps_without_a_network(field: Field) -> None:
    page = field.phone()
    save_lesson(page, field.village.url, "Phạm Thị Ba Chạm")
    all_sent(page)
    until(lambda: any("Ba Chạm" in one["name"] for one in page.evaluate(SEALED, "field")["recent"]))
    field.village.network.cut()
    page.goto(f"{field.village.url}/ghi")
    choose(page, "Ba Chạm")
    choose(page, "Thanh toán không dùng tiền mặt")
    tap_save(page)

    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)
    code = page.locator(".codeword").inner_text().replace(" ", "")
    assert len(code) == 8
    assert set(code) <= set(CODE_ALPHABET)
    drawn = page.locator(".coded svg path").get_attribute("d") or ""
    assert read_from(drawn) == f"{field.village.url}/x/{code}"
    assert "Ba Chạm" not in json.dumps(page.evaluate(STORED))  # sealed, not written
    field.village.network.mend()
    send(page)
    all_sent(page)


def read_from(drawn: str) -> str:
    """What a QR says that is drawn square by square, as a phone reads it."""
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", drawn)}
    side = 4 * (max(x for x, _ in dark) + 9)
    pixels = bytes(0 if (x // 4 - 4, y // 4 - 4) in dark else 255 for y in range(side) for x in range(side))
    [code] = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (side, side)))
    return code.text


STORED = """async () => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open("lantoa");
    asked.onsuccess = () => resolve(asked.result);
  });
  const all = await new Promise((resolve) => {
    const asked = database.transaction("entries").objectStore("entries").getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  database.close();
  const text = (bytes) => new TextDecoder().decode(bytes);
  return all.map((each) => ({ ...each, sealed: text(each.sealed.data) }));
}"""


def test_the_learner_answers_on_the_phone_that_is_handed_over(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Lê Văn Trả Lời")
    page.get_by_role("button", name="Đưa máy cho người học").click()
    expect(page.locator("#handover-question")).to_contain_text("Trần Thị Lan đã hướng dẫn ông/bà")
    expect(page.locator("#handover-question")).to_contain_text("có đúng không ạ?")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("main")).to_be_hidden()
    for answer in page.locator(".handover .answer").all():
        box = answer.bounding_box()
        assert box is not None
        assert box["height"] >= 72
    page.get_by_role("button", name="Đúng, tôi tự làm được").click()
    expect(page.get_by_role("heading", name="Cảm ơn")).to_be_visible()
    page.get_by_role("button", name="Trả máy cho người hướng dẫn").locator("visible=true").click()
    page.get_by_role("button", name="Tôi là người hướng dẫn: quay lại").locator("visible=true").click()
    expect(page.locator("[data-answered]")).to_have_text("Đúng, tôi tự làm được")
    before = field.village.facts("teaching-answered")
    field.village.network.mend()
    send(page)
    all_sent(page)

    assert field.village.facts("teaching-answered") == before + 1
    expect(page.locator("[data-sent] li")).to_have_count(2)


def answered_here(page: Page) -> str:
    """The learner just saved answers on this phone; their code."""
    page.get_by_role("button", name="Đưa máy cho người học").click()
    page.get_by_role("button", name="Đúng, tôi tự làm được").click()
    expect(page.get_by_role("heading", name="Cảm ơn")).to_be_visible()
    page.get_by_role("button", name="Trả máy cho người hướng dẫn").locator("visible=true").click()
    page.get_by_role("button", name="Tôi là người hướng dẫn: quay lại").locator("visible=true").click()
    return page.locator(".codeword").inner_text()


def test_an_answer_stays_with_whoever_gave_it_though_the_entry_is_mended(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Lâm <Thị> Trả Lời")
    said = answered_here(page)
    before = field.village.facts("teaching-answered")
    field.village.network.mend()
    send(page)
    expect(page.locator("#outbox-said")).to_contain_text("2 mục chờ gửi. 1 mục cần sửa.")
    page.locator("[data-mend]").locator("visible=true").click()
    page.locator("#new-0-name").fill("Lâm Thị Trả Lời")
    tap_save(page)
    expect(page.locator(".codeword")).to_have_text(said)
    all_sent(page)
    assert field.village.facts("teaching-answered") == before + 1

    field.village.network.cut()
    page.goto(f"{field.village.url}/ghi")
    page.evaluate(SAME_CODE, said.replace(" ", ""))  # as if the phone had drawn it once more
    fill_in(page, "Lâm Văn Trùng Mã")
    tap_save(page)
    assert answered_here(page) == said
    field.village.network.mend()
    send(page)
    expect(page.locator("#outbox-said")).to_contain_text("2 mục chờ gửi. 1 mục cần sửa.")
    page.locator("[data-mend]").locator("visible=true").click()
    expect(page.locator("#new-0-name")).to_have_value("Lâm Văn Trùng Mã")
    tap_save(page)
    expect(page.locator(".codeword")).not_to_have_text(said)
    all_sent(page)
    assert field.village.facts("teaching-answered") == before + 2


SAME_CODE = """(code) => {
  const drawn = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = (into) => {
    if (into.length !== 8) return drawn(into);
    into.set(Array.from(code, (one) => "ABCDEFGHJKLMNPQRSTUVWXYZ23456789".indexOf(one)));
    return into;
  };
}"""


def test_one_bad_entry_holds_up_none_of_the_others_and_is_mended(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Lý <Thị> Sai")
    save_lesson(page, field.village.url, "Lý Thị Sau Đó")
    field.village.network.mend()
    send(page)
    expect(page.locator("#outbox-said")).to_contain_text("1 mục chờ gửi. 1 mục cần sửa.")
    bad = page.locator("[data-items] li")
    expect(bad).to_have_count(1)
    expect(bad.locator("[data-problem]")).to_contain_text("tên")
    bad.locator("[data-mend]").click()
    expect(page.locator("#new-0-name")).to_have_value("Lý <Thị> Sai")
    expect(page.locator("#skill-vneid")).to_be_checked()
    page.locator("#new-0-name").fill("Lý Thị Sửa Xong")
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)
    all_sent(page)


def test_a_family_and_a_vendor_are_recorded_without_a_network(field: Field) -> None:
    opened = httpx.post(
        f"{field.village.url}/api/v1/markets",
        json={"submission": "cho-1", "unit": TUY_PHUOC, "name": "Chợ Bồ Đề", "stalls": 2},
        headers={"authorization": f"Bearer {field.village.cast.tokens[LAN]}"},
        timeout=20,
    )
    assert opened.is_success, opened.text
    page = field.phone()
    path = f"/ghi/tieu-thuong?position={opened.json()['position']}"
    page.goto(f"{field.village.url}{path}")
    expect(page.locator("#outbox.on")).to_be_visible()
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi")
    field.village.network.cut()
    page.goto(f"{field.village.url}/ghi/tieu-thuong")
    page.get_by_role("link", name="Chợ Bồ Đề").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chợ Bồ Đề")
    choose(page, "đã nghe và đồng ý")
    page.get_by_label("Họ và tên").first.fill("Đỗ Thị Bán Hàng")
    choose(page, "Thanh toán không dùng tiền mặt")
    tap_save(page)
    expect(page.locator(".codeword")).to_have_count(1)

    page.goto(f"{field.village.url}/ghi/gia-dinh")
    choose(page, "Tôi là người trong gia đình")
    open_more(page, "Người mới")
    choose(page, "đã nghe và đồng ý")
    page.get_by_label("Họ và tên").first.fill("Đỗ Văn Gia Đình")
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)
    undo = page.get_by_role("button", name="Hoàn tác").locator("visible=true")
    expect(undo).to_have_count(1)
    field.village.network.mend()
    send(page)
    all_sent(page)
    expect(undo).to_have_count(0)  # from now on it is put right on the family's page

    assert field.village.facts("vendor-onboarding-logged") == 1
    assert field.village.facts("household-registered") == 1
    assert field.village.facts("household-member-joined") == 2


def test_a_visit_waits_and_is_sent_once_and_one_that_is_refused_is_mended(field: Field) -> None:
    page = field.phone()
    before = field.village.facts("household-visited")
    field.village.network.cut()
    page.goto(f"{field.village.url}/ghi/di-ho")
    page.get_by_role("button", name="Lưu lượt thăm hộ").click()
    expect(page.locator("#missing")).to_contain_text("số của hộ")
    for number in ("41", "20001"):
        page.goto(f"{field.village.url}/ghi/di-ho")
        page.locator("#number").fill(number)
        choose(page, "Có điện thoại thông minh")
        choose(page, "Sử dụng VNeID")
        page.get_by_role("button", name="Lưu lượt thăm hộ").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)
    expect(page.locator("[data-items] strong")).to_have_text(["Hộ số 41", "Hộ số 20001"])
    field.village.network.mend()
    send(page)
    expect(page.locator("#outbox-said")).to_contain_text("1 mục chờ gửi. 1 mục cần sửa.")
    expect(page.locator("[data-problem]").locator("visible=true")).to_contain_text("từ 1 đến")
    page.locator("[data-mend]").locator("visible=true").click()
    expect(page.locator("#number")).to_have_value("20001")
    expect(page.locator("#found-smartphone")).to_be_checked()
    expect(page.locator("#skill-vneid")).to_be_checked()
    page.locator("#number").fill("42")
    page.get_by_role("button", name="Lưu lượt thăm hộ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)
    all_sent(page)
    expect(page.locator("[data-sent] li")).to_have_count(2)
    assert field.village.facts("household-visited") == before + 2


def test_a_team_leader_who_mentors_nobody_is_offered_what_opens_for_them(field: Field) -> None:
    field.village.cast.links["leader"] = field.village.served.invite(
        "team-leader", "Đỗ Văn Trưởng", TUY_PHUOC
    )
    page = field.phone("leader", at="/ghi/di-ho")
    field.village.network.cut()
    for path in ("/ghi/di-ho", "/to"):
        page.goto(f"{field.village.url}{path}")
        expect(page.locator("#outbox-said")).not_to_be_empty()
        expect(page.locator("header nav a")).to_have_text(["Xếp hạng", "Vinh danh", "Thêm"])
        expect(page.locator("a[href='/ghi'], a[href='/ghi/gia-dinh'], a[href='/toi']")).to_have_count(0)
    expect(page.locator("main a[href='/ghi/di-ho']")).to_be_visible()
    expect(page.locator("#sign-in a")).to_have_attribute("href", "/dang-nhap")
    page.goto(f"{field.village.url}/ghi")  # where the app on the home screen begins
    expect(page).to_have_url(f"{field.village.url}/ghi/di-ho")


def test_what_was_deleted_can_be_put_back(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Mai Thị Xóa Nhầm")
    page.locator("[data-delete]").click()
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi")
    page.locator("#deleted button").click()
    expect(page.locator("#outbox-said")).to_contain_text(WAITS)
    with page.expect_download() as download:
        page.locator("[data-file]").click()
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved["entries"][0]["form"]["learners"][0]["name"] == "Mai Thị Xóa Nhầm"


def test_undo_takes_an_entry_back_before_and_after_it_was_sent(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Đỗ Thị Hoàn Tác")
    page.get_by_role("button", name="Hoàn tác").locator("visible=true").click()
    page.wait_for_url("**/ghi")
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi")

    field.village.network.mend()
    before = field.village.facts("teaching-voided")
    save_lesson(page, field.village.url, "Đỗ Thị Hoàn Tác")
    expect(page.locator("#saved-page [data-state]")).to_contain_text("Đã gửi")
    page.get_by_role("button", name="Hoàn tác").locator("visible=true").click()
    page.wait_for_url("**/ghi")
    until(lambda: field.village.facts("teaching-voided") == before + 1)


NO_STORE = "indexedDB.open = () => { throw new DOMException('private', 'InvalidStateError'); };"


def test_without_a_store_the_form_goes_the_ordinary_way(field: Field) -> None:
    page = field.phone(script=NO_STORE, ready=False)
    fill_in(page, "Võ Thị Không Kho")
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi: 1 người học")


def test_what_the_phone_cannot_store_stays_on_the_screen_until_it_is_sent(field: Field) -> None:
    page = field.phone()
    hoa: Any = field.state(HOA)["cookies"]
    page.add_init_script(NO_STORE)  # the disk is full from now on
    field.village.network.cut()
    page.goto(f"{field.village.url}/ghi")
    expect(page.locator("#outbox-said")).to_contain_text("không lưu được")
    fill_in(page, "Võ Thị Hết Chỗ")
    page.evaluate("document.querySelector('#unit').append(new Option('Tuy Phước', '21952', true, true))")
    before = len(field.village.taught())
    ours: Any = page.context.cookies()
    page.context.clear_cookies(name="lantoa_session")
    page.context.add_cookies([one for one in hoa if one["name"] == "lantoa_session"])
    field.village.network.mend()
    tap_save(page)
    expect(page.locator("#missing")).to_contain_text("Chưa lưu được")
    assert len(field.village.taught()) == before, "it would be somebody else's"
    page.context.add_cookies(ours)
    field.village.network.cut()
    tap_save(page)
    expect(page.locator("#missing")).to_contain_text("Chưa lưu được")
    expect(page.locator("#new-0-name")).to_have_value("Võ Thị Hết Chỗ")
    field.village.network.mend()
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã gửi")


def test_a_store_that_the_system_ended_is_opened_again(field: Field) -> None:
    page = field.phone(script=ENDED)
    field.village.network.cut()
    page.goto(f"{field.village.url}/ghi")
    fill_in(page, "Võ Thị Mở Lại")
    page.evaluate("window.opened.close()")
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)


ENDED = """const open = indexedDB.open.bind(indexedDB);
indexedDB.open = (...all) => {
  const asked = open(...all);
  asked.addEventListener("success", () => (window.opened = asked.result));
  return asked;
};"""


def test_a_clock_that_is_two_days_off_is_said_and_decides_nothing(field: Field) -> None:
    page = field.phone(script="const real = Date.now; Date.now = () => real.call(Date) - 2 * 86400000;")
    save_lesson(page, field.village.url, "Hồ Thị Đồng Hồ")
    all_sent(page)
    expect(page.locator("#outbox-said")).to_contain_text("chậm 2 ngày")
    today = page.evaluate("new Date(new Date().getTime() + 25200000).toISOString().slice(0, 10)")
    page.goto(f"{field.village.url}/ghi")
    expect(page.locator("#on")).to_have_value(today)


def test_what_waited_for_a_day_is_nagged_about(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Hồ Thị Chờ Lâu")
    page.add_init_script("const real = Date.now; Date.now = () => real.call(Date) + 25 * 3600000;")
    page.goto(f"{field.village.url}/ghi")
    expect(page.locator("#outbox-said")).to_contain_text("hơn một ngày")
    expect(page.locator("#unsent")).to_contain_text(WAITS)


MAKING = b"POST /api/v1/devices HTTP/1.1"


def test_an_entry_is_never_sent_under_another_account(field: Field) -> None:
    page, hoa = field.phone(LAN), field.state(HOA)["cookies"]
    field.village.network.cut()
    save_lesson(page, field.village.url, "Ngô Thị Của Lan")
    page.context.clear_cookies()
    page.context.add_cookies(hoa)
    before = len(field.village.taught())
    page.goto(
        f"{field.village.url}/ghi"
    )  # a kept page: with a network Lan's own tab might still send it as hers
    others = page.locator("[data-items] li")
    expect(others.locator("[data-problem]")).to_contain_text("tài khoản khác")
    expect(others).not_to_contain_text("Ngô Thị")
    for theirs in ("[data-mend]", "[data-delete]", "[data-file]"):
        expect(page.locator(theirs)).to_be_hidden()
    field.village.network.mend()
    send(page)
    save_lesson(page, field.village.url, "Ngô Thị Của Hòa")
    until(lambda: len(field.village.taught()) == before + 1)

    page.context.clear_cookies()
    page.context.add_cookies(field.state(LAN)["cookies"])
    page.goto(f"{field.village.url}/ghi")
    all_sent(page)
    assert len(field.village.taught()) == before + 2


def test_a_tab_older_than_who_is_signed_in_makes_no_tokens_of_theirs(field: Field) -> None:
    page, hoa = field.phone(LAN), field.state(HOA)["cookies"]
    field.village.network.cut()
    save_lesson(page, field.village.url, "Ngô Thị Trong Trang Cũ")
    page.evaluate(FORGET_TOKEN)
    page.context.clear_cookies()
    page.context.add_cookies(hoa)
    field.village.network.mend()
    newer = page.context.new_page()
    newer.goto(f"{field.village.url}/thiet-bi")  # says whose browser it is now, and makes no token
    send(page)  # none is kept, so one is made, which turns out to be somebody else's
    expect(page.locator("#outbox-said")).to_contain_text("Xin đăng nhập lại")
    made = field.village.network.asked.count(MAKING)
    for _ in range(2):
        send(page)
        expect(page.locator("#outbox-said")).to_contain_text("Xin đăng nhập lại")
    assert field.village.network.asked.count(MAKING) == made, "tokens of the other account"
    newer.close()

    page.context.clear_cookies()
    page.context.add_cookies(field.state(LAN)["cookies"])
    page.goto(f"{field.village.url}/ghi")
    all_sent(page)


def test_a_token_that_ended_keeps_the_queue_and_asks_to_sign_in(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Dương Thị Phiên Cũ")
    state: Any = page.context.cookies()
    page.context.clear_cookies(name="lantoa_session")
    page.evaluate(FORGET_TOKEN)
    field.village.network.mend()
    send(page)
    expect(page.locator("#outbox-said")).to_contain_text("Xin đăng nhập lại")
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("[data-items] li")).to_have_count(1)
    assert "field" not in page.evaluate(NAMES)  # whoever found the phone reads nobody's name by it
    page.context.add_cookies(state)
    send(page)
    all_sent(page)


def test_who_signed_in_anew_gets_a_new_token_without_a_word(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Dương Thị Phiên Mới")
    with closing(sqlite3.connect(field.village.home / "ledger.db", timeout=20)) as database:
        database.execute("DELETE FROM device_token")
        database.commit()
    field.village.network.mend()
    send(page)
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi", timeout=10_000)
    expect(page.locator("#sign-in")).to_be_hidden()


NAMES = """async () => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open("lantoa");
    asked.onsuccess = () => resolve(asked.result);
  });
  const names = await new Promise((resolve) => {
    const asked = database.transaction("kept").objectStore("kept").getAllKeys();
    asked.onsuccess = () => resolve(asked.result);
  });
  database.close();
  return names;
}"""

FORGET_TOKEN = """async () => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open("lantoa");
    asked.onsuccess = () => resolve(asked.result);
  });
  await new Promise((resolve) => {
    const whole = database.transaction("kept", "readwrite");
    whole.objectStore("kept").delete("device");
    whole.oncomplete = resolve;
  });
  database.close();
}"""


def test_tabs_without_locks_send_each_entry_once(field: Field) -> None:
    page = field.phone(script="Object.defineProperty(navigator, 'locks', { value: undefined });")
    field.village.network.cut()
    save_lesson(page, field.village.url, "Bùi Thị Hai Thẻ")
    other = page.context.new_page()
    other.goto(f"{field.village.url}/ghi")
    before = len(field.village.taught())
    field.village.network.mend()
    for tab in (page, other):
        tab.evaluate("document.getElementById('send-now').click()")
    for tab in (page, other):
        all_sent(tab)
    assert len(field.village.taught()) == before + 1


def test_the_worker_sends_where_no_page_is_open(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    save_lesson(page, field.village.url, "Quách Thị Chạy Nền")
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.goto("about:blank")
    before = len(field.village.taught())
    field.village.network.mend()
    until(lambda: page.evaluate("1") and found)
    wake = {"origin": field.village.url, "registrationId": found[-1], "tag": "lantoa", "lastChance": True}
    devtools.send("ServiceWorker.dispatchSyncEvent", wake)
    until(lambda: len(field.village.taught()) == before + 1)


def test_a_page_that_is_not_kept_says_that_there_is_no_network(field: Field) -> None:
    page = field.phone()
    field.village.network.cut()
    page.goto(f"{field.village.url}/vinh-danh")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    page.goto(f"{field.village.url}/toi")
    expect(page.locator("#outbox-said")).to_contain_text("Mọi mục đã gửi")


@pytest.mark.parametrize("spoken", ["vi", "en"])
def test_what_the_phone_draws_by_itself_is_for_everybody(field: Field, spoken: str) -> None:
    """axe, headings, sizes and width of each state that no server draws."""
    page = field.phone()
    page.goto(f"{field.village.url}/ghi?lang={spoken}")
    expect(page.locator("#outbox.on")).to_be_visible()
    field.village.network.cut()
    wrong = {}
    page.goto(f"{field.village.url}/ghi")
    expect(page.locator("#outbox.on")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == spoken
    tap(page, "form[data-outbox] button.main")
    expect(page.locator("#missing li")).to_have_count(2)
    wrong["missing"] = plainly_wrong(page)
    page.locator("label[for=new-0-contact]").click()
    page.locator("#new-0-name").fill("Trịnh <Thị> Mai")
    page.locator("label[for=skill-vneid]").click()
    tap(page, "form[data-outbox] button.main")
    expect(page.locator(".coded svg")).to_be_visible()
    expect(page.locator("[data-items] li")).to_have_count(1)
    wrong["saved"] = plainly_wrong(page)
    tap(page, "[data-hand]")
    wrong["handed over"] = plainly_wrong(page)
    tap(page, ".handover .answer.able")
    wrong["answered"] = plainly_wrong(page)
    for path in ("/toi", "/ghi/gia-dinh", "/ghi/tieu-thuong", "/ghi/tieu-thuong/abc", "/vinh-danh"):
        page.goto(f"{field.village.url}{path}")
        expect(page.locator("[data-items] li")).to_have_count(2)
        wrong[path] = plainly_wrong(page)
    field.village.network.mend()
    send(page)
    expect(page.locator("[data-problem]").first).to_be_visible()
    wrong["refused"] = plainly_wrong(page)

    assert {state: found for state, found in wrong.items() if found} == {}


def tap(page: Page, selector: str) -> None:
    page.locator(selector).locator("visible=true").last.click()


def test_signing_out_warns_and_then_takes_everything_off_the_phone(field: Field) -> None:
    page = field.phone(NEW)
    token = page.evaluate(SEALED, "device")["token"]
    field.village.network.cut()
    save_lesson(page, field.village.url, "Cao Thị Chưa Gửi")
    field.village.network.lose_replies(99, b"POST /api/v1/sync")
    field.village.network.mend()
    page.goto(f"{field.village.url}/ra")
    expect(page.locator("#unsent")).to_contain_text("còn mục chưa gửi")
    forged = "document.querySelector('[data-leave] [name=form_token]').value = 'forged'"
    page.evaluate(forged)  # the server signs nobody out: nothing is taken off the phone
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("[data-leave]")).to_have_count(0)
    page.goto(f"{field.village.url}/ra")
    expect(page.locator("#unsent")).to_contain_text("còn mục chưa gửi")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(re.compile(r"/$"))
    field.village.network.lose_replies(0, b"")

    until(lambda: page.evaluate(LEFT) == [0, 0, 0])
    answer = httpx.get(
        f"{field.village.url}/api/v1/field", headers={"authorization": f"Bearer {token}"}, timeout=20
    )
    assert answer.status_code == 401


SEALED = """async (name) => {
  const database = await new Promise((resolve) => {
    const asked = indexedDB.open("lantoa");
    asked.onsuccess = () => resolve(asked.result);
  });
  const kept = (key) => new Promise((resolve) => {
    const asked = database.transaction("kept").objectStore("kept").get(key);
    asked.onsuccess = () => resolve(asked.result);
  });
  const [key, { iv, data }] = [await kept("key"), await kept(name)];
  database.close();
  if (key.extractable) throw new Error("the key can be taken away");
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
  return JSON.parse(new TextDecoder().decode(bytes));
}"""
LEFT = """async () => [
  (await indexedDB.databases()).length,
  (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]"""


def test_a_new_version_comes_whole_or_not_at_all(
    field: Field, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Last here: the server is another one afterwards."""
    page = field.phone()
    old = page.evaluate("caches.keys()")
    field.village.restart(another_version(tmp_path_factory.mktemp("newer")))
    field.village.network.refused = b"GET /vo/en/toi"
    failed = page.evaluate(
        "navigator.serviceWorker.getRegistration().then((one) => one.update().catch(String))"
    )
    until(lambda: page.evaluate(INSTALLING) == [False, False])
    assert page.evaluate("caches.keys()") == old, failed
    page.goto(f"{field.village.url}/ghi")
    expect(page.locator("#newer")).to_be_hidden()

    field.village.network.refused = b""
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    expect(page.locator("#newer")).to_be_visible()
    fill_in(page, "Tô Thị Đang Ghi")
    page.locator("#newer button").click()
    expect(page.locator("#new-0-name")).to_have_value("Tô Thị Đang Ghi")
    page.goto(f"{field.village.url}/ghi")
    page.evaluate("window.before = true")
    page.locator("#newer button").click()

    def new() -> bool:
        with suppress(Error):  # it loads anew meanwhile
            before, keys = page.evaluate("caches.keys().then((keys) => [!!window.before, keys])")
            return not before and len(keys) == 1 and keys != old
        return False

    until(new)
    expect(page.locator("#newer")).to_be_hidden()


INSTALLING = """() => navigator.serviceWorker.getRegistration().then(
  (one) => [!!one.installing, !!one.waiting])"""
