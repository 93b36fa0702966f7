"""What an entry takes in the real browser: taps and fields counted, what is kept, what is undone."""

import time
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, Visitor, Visitors
from tests.browser.scenery import Teaches
from tests.browser.steps import choose, open_more, save, sent
from tests.interfaces.homes import TUY_PHUOC

pytestmark = pytest.mark.browser

COUNTING = """
for (const [kind, name] of [["pointerdown", "taps"], ["keydown", "keys"]]) {
  addEventListener(kind, (event) => {
    if (event.isTrusted) localStorage.setItem(name, Number(localStorage.getItem(name)) + 1);
  }, true);
}
"""


@pytest.fixture(scope="module")
def hoa(served: Served) -> Teaches:
    """Somebody else who teaches in the same commune, and taught Bà Tư there."""
    hoa = Teaches(served, served.cast.tokens["second"])
    hoa.lesson("Nguyễn Thị Tư", "Lê Văn Sáu")
    hoa.caught_up()
    return hoa


@pytest.fixture
def lan(served: Served, visitors: Visitors, hoa: Teaches) -> Visitor:
    return somebody(served, visitors, scripts=True)


def somebody(served: Served, visitors: Visitors, *, scripts: bool) -> Visitor:
    one = visitors(scripts=scripts)
    one.sign_in(served.invite("ambassador", f"Nguyễn Thị {uuid4().hex[:6]}", TUY_PHUOC))
    return one


def knows(lan: Visitor, name: str) -> Page:
    """The form, once the phone has heard from the server whom Lan taught."""
    deadline = time.monotonic() + 20
    while True:
        page = lan.open("/ghi")
        page.locator("form[data-account]").wait_for()  # filled by the phone
        if page.locator("[data-recent] label", has_text=name).count():
            return page
        assert time.monotonic() < deadline, "never heard of"
        page.wait_for_timeout(1_000)  # it asks meanwhile, and shows it the next time


def counted(page: Page, kind: str) -> int:
    return int(page.evaluate("name => Number(localStorage.getItem(name))", kind))


def write_somebody_new(page: Page, name: str, known: str) -> None:
    open_more(page, "Người mới")
    choose(page, "Đã nghe và đồng ý")
    page.locator("#new-0-name").fill(name)
    page.locator("#new-0-phone").fill(known)


def test_a_known_learner_takes_three_taps_and_no_key(lan: Visitor) -> None:
    page = lan.open("/ghi")
    write_somebody_new(page, "Phạm Văn Ba", "1960")
    choose(page, "Sử dụng VNeID")
    save(page)
    sent(page)
    knows(lan, "Văn Ba")
    lan.context.add_init_script(COUNTING)
    page = lan.open("/ghi")
    assert page.locator("input.pick:checked").count() == 0  # nothing of the last time
    choose(page, "Văn Ba")
    choose(page, "Thanh toán không dùng tiền mặt")
    save(page)
    sent(page)
    assert (counted(page, "taps"), counted(page, "keys")) == (3, 0)


def test_somebody_new_is_two_fields(lan: Visitor) -> None:
    page = lan.open("/ghi")
    open_more(page, "Người mới")
    fields = page.locator(".newcomer input:not(.pick):visible")
    expect(fields).to_have_count(2)


def test_what_is_half_filled_in_survives_a_reload_and_nothing_survives_the_save(lan: Visitor) -> None:
    page = lan.open("/ghi")
    write_somebody_new(page, "Đỗ Thị Chín", "1949")
    page.get_by_role("button", name="Thêm người").click()
    page.locator("#new-1-name").fill("Đỗ Văn Mười")
    choose(page, "Sử dụng VNeID")
    page.reload()
    expect(page.locator("#new-0-name")).to_have_value("Đỗ Thị Chín")
    expect(page.locator("#new-0-phone")).to_have_value("1949")
    expect(page.locator("#new-0-contact")).to_be_checked()
    expect(page.locator("#new-1-name")).to_have_value("Đỗ Văn Mười")
    expect(page.locator("#skill-vneid")).to_be_checked()
    page.locator("#new-1-phone").fill("1951")
    save(page)
    sent(page)
    page = lan.open("/ghi")
    expect(page.locator("#skill-vneid")).not_to_be_checked()
    expect(page.locator("#new-0-name")).to_have_value("")
    expect(page.locator("#new-1-name")).to_have_count(0)


def test_a_name_repeated_in_a_class_is_caught_at_its_field_before_it_is_saved(lan: Visitor) -> None:
    page = lan.open("/ghi")
    write_somebody_new(page, "Đỗ Thị Chín", "1949")
    page.get_by_role("button", name="Thêm người").click()
    page.locator("#new-1-name").fill("do thi  chín")
    page.locator("#new-1-phone").fill("1949")
    choose(page, "Sử dụng VNeID")
    save(page)
    expect(page.locator("#new-1-name")).to_have_attribute("aria-invalid", "true")
    page.locator("#new-1-phone").fill("1950")  # a namesake
    save(page)
    sent(page)


def test_others_of_the_place_come_when_their_list_is_opened(lan: Visitor) -> None:
    page = lan.open("/ghi")
    tu = page.locator("label", has_text="N. Tư")
    expect(tu).to_have_count(0)
    open_more(page, "Người trong thôn, xã tôi")
    tu.first.click()
    choose(page, "Sử dụng VNeID")
    page.reload()  # chosen from a list that was fetched, and still chosen
    expect(page.locator("[data-near] input:checked + label")).to_contain_text("N. Tư")
    save(page)
    sent(page)


def test_without_scripts_others_of_the_place_are_chosen_on_a_page(
    served: Served, visitors: Visitors, hoa: Teaches
) -> None:
    lan = somebody(served, visitors, scripts=False)
    page = lan.open("/ghi")
    open_more(page, "Người trong thôn, xã tôi")
    page.get_by_role("link", name="Hiện người học ở đây").click()
    choose(page, "N. Tư")
    page.get_by_role("button", name="Chọn những người này").click()
    expect(page.locator("[data-recent] input:checked + label")).to_contain_text("N. Tư")
    choose(page, "Sử dụng VNeID")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã gửi: 1 người học")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("status")).to_contain_text("Đã hoàn tác")
