"""The main job as its users do it, on a phone of 360 pixels: with scripts, and without any."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, Visitors
from tests.browser.steps import ABLE, NOT_TRUE, TAUGHT, answer, choose, log_lesson, open_more, save, sent
from tests.interfaces.homes import TUY_PHUOC

pytestmark = pytest.mark.browser

LEARNERS = ("Nguyễn Thị Tư", "Lê Văn Sáu", "Trần Thị Nguyệt", "Phạm Văn Ba", "Đặng Thị Bảy")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_five_learners_make_an_ambassador(served: Served, visitors: Visitors, scripts: bool) -> None:
    name = "Trần Thị Lan" if scripts else "Trần Văn Hòa"
    lan = visitors(scripts=scripts)
    page = lan.sign_in(served.invite("ambassador", name, TUY_PHUOC))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay bạn hướng dẫn ai?")
    page = lan.open("/toi")
    page.get_by_role("button", name="Hiện tên tôi trên trang vinh danh").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận")

    links = [log_lesson(lan, f"{one} {name.split()[-1]}") for one in LEARNERS]
    learner = visitors(scripts=scripts)
    for link in links[:4]:
        answer(learner, link, TAUGHT if link == links[0] else ABLE)
    page = lan.open("/toi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Còn 1 người nữa")
    expect(page.locator(".five")).to_contain_text("4 / 5")

    anybody = visitors(scripts=scripts)
    assert name not in anybody.open(f"/vinh-danh?unit={TUY_PHUOC}").locator("main").inner_text()
    answered = time.monotonic()
    answer(learner, links[4])
    while name not in anybody.open(f"/vinh-danh?unit={TUY_PHUOC}").locator("main").inner_text():
        assert time.monotonic() - answered < 5, "not among the honours"
    page = lan.open("/toi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bạn là đại sứ số")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_was_typed_stays_when_something_is_wrong(
    served: Served, visitors: Visitors, scripts: bool
) -> None:
    lan = visitors(scripts=scripts)
    lan.sign_in(served.invite("ambassador", "Nguyễn Thị Gõ Sai", TUY_PHUOC))
    page = lan.open("/ghi")
    open_more(page, "Người mới")
    page.get_by_label("Họ và tên").first.fill("Lê Thị Năm")
    page.get_by_label("Số điện thoại hoặc năm sinh").first.fill("12345")
    page.get_by_role("button", name="Thêm người").click()
    page.get_by_label("Họ và tên").nth(1).fill("Lê Văn Sáu Gõ")
    choose(page, "Sử dụng VNeID")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("số di động")
    expect(page.locator("#new-0-phone")).to_have_value("12345")
    expect(page.locator("#new-0-phone")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#new-1-name")).to_have_value("Lê Văn Sáu Gõ")
    expect(page.locator("#skill-vneid")).to_be_checked()
    page.locator("#new-0-phone").fill("")
    save(page)
    sent(page)
    expect(page.locator(".coded")).to_have_count(2)


def test_a_changed_mind_and_codes_that_do_not_exist(served: Served, visitors: Visitors) -> None:
    lan, learner = visitors(), visitors()
    lan.sign_in(served.invite("ambassador", "Nguyễn Thị Đổi Ý", TUY_PHUOC))
    link = log_lesson(lan, "Ông Tám Đổi Ý")
    answer(learner, link)
    page = learner.open(link)
    expect(page.locator("#given")).to_contain_text(ABLE)
    answer(learner, link, NOT_TRUE)
    expect(page.locator("main")).to_contain_text(NOT_TRUE)
    page = learner.open("/xac-nhan")
    page.get_by_label(re.compile("Mã gồm")).fill("ABCD EFGH")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("Không có mã này")
    page.get_by_label(re.compile("Mã gồm")).fill(link[-8:].lower())
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("có đúng không ạ?")
    page = learner.open("/x/ABCDEFGH")
    expect(page.locator("main")).to_contain_text("Không có mã này")


def test_a_preview_does_not_use_the_link_up(served: Served, visitors: Visitors) -> None:
    link = served.invite("organizer", "Lê Quang Minh", TUY_PHUOC)
    bot, minh, late = visitors(), visitors(), visitors()
    bot.open(link)
    page = minh.sign_in(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Tuy Phước")
    page = late.open(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Liên kết này không mở được nữa")


def test_signing_out_ends_the_session(served: Served, visitors: Visitors) -> None:
    lan = visitors()
    lan.sign_in(served.invite("ambassador", "Nguyễn Thị Ra", TUY_PHUOC))
    page = lan.open("/ra")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(re.compile("/$"))
    assert lan.context.cookies() == [] or "lantoa_session" not in {
        one["name"] for one in lan.context.cookies() if one["value"]
    }
    page = lan.open("/ghi")
    expect(page.locator("main")).to_contain_text("đăng nhập")
