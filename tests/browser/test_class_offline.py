"""A class of 20 where there is no network, from the first name to the certificate."""

import re
from collections.abc import Iterator

import httpx
import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.in_the_field import SAVED, Village, all_sent, number_name, sign_in, tap_save, until
from tests.browser.steps import ABLE, TAUGHT, choose, open_more

pytestmark = pytest.mark.browser

CLASS = 20


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    village = Village(tmp_path_factory.mktemp("village"))
    yield village
    village.close()


def write_class(page: Page) -> None:
    open_more(page, "Người mới")
    for each in range(CLASS):
        if each:
            page.get_by_role("button", name="Thêm người").click()
        page.locator(f"label[for=new-{each}-contact]").click()
        page.locator(f"#new-{each}-name").fill(f"Nguyễn Thị {number_name(each)}")
        page.locator(f"#new-{each}-phone").fill(str(1941 + each))
    choose(page, "Sử dụng VNeID")


def answer_here(page: Page, card: int, says: str) -> None:
    """The phone goes to that learner and back; the volunteer is where they were in the list."""
    learner = page.locator(".coded").nth(card)
    learner.get_by_role("button", name="Đưa máy cho người học").click()
    expect(page.locator(".handover [data-whom]")).to_have_text(f"Nguyễn Thị {number_name(card)}")
    page.get_by_role("button", name=says, exact=True).click()
    expect(page.get_by_role("heading", name="Cảm ơn")).to_be_visible()
    page.get_by_role("button", name="Trả máy cho người hướng dẫn").locator("visible=true").click()
    page.get_by_role("button", name="Tôi là người hướng dẫn: quay lại").locator("visible=true").click()
    expect(learner.locator("h3")).to_be_focused()
    expect(learner.locator("[data-answered]")).to_have_text(says)


def test_a_class_of_20_is_taught_without_a_network_answered_on_the_spot_sent_and_recognised(
    village: Village, browser: Browser
) -> None:
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    sign_in(page, village.cast.links["ambassador"])
    village.network.cut()
    page.goto(f"{village.url}/ghi")
    write_class(page)
    tap_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(SAVED)
    expect(page.locator(".coded svg")).to_have_count(CLASS)
    for card, says in enumerate((ABLE, ABLE, TAUGHT, ABLE, ABLE)):
        answer_here(page, card, says)
    expect(page.locator("#outbox-said")).to_contain_text("6 mục chờ gửi")
    expect(page.locator("[data-items] strong").first).to_contain_text("và 18 người khác")
    assert village.taught() == []

    village.network.mend()
    page.locator("#send-now").click()
    all_sent(page)
    expect(page.locator("[data-items]")).to_be_hidden()
    expect(page.locator("[data-sent] li")).to_have_count(6)
    assert (len(village.taught()), village.facts("teaching-answered")) == (CLASS, 5)

    page.goto(f"{village.url}/toi")
    recognised = page.get_by_role("heading", name="Bạn là đại sứ số")
    until(lambda: recognised.count() or (page.reload() and False))
    page.get_by_role("link", name="Chứng nhận của bạn").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải chứng nhận").click()
    text = pypdf.PdfReader(download.value.path()).pages[0].extract_text()
    context.close()
    checked = re.search(r"/vinh-danh/kiem/\w{20}", text)
    assert checked, text
    said = httpx.get(f"{village.url}{checked[0]}", timeout=20)  # by anybody, signed out
    assert "Công nhận này đang có hiệu lực" in said.text
