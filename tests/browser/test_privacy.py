"""A learner agrees, sees her data and asks for it to be mended; an organizer answers. Without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import plainly_wrong
from tests.browser.scenery import TODAY, Teaches
from tests.browser.steps import ABLE, answer, choose, open_more, save
from tests.interfaces.homes import TUY_PHUOC

pytestmark = pytest.mark.browser


def fine(page) -> None:
    """Accessible, large enough to touch, nowhere wider than the phone."""
    assert plainly_wrong(page) == []


def test_a_learner_agrees_sees_her_data_and_has_it_mended(served, visitors):
    lan = Teaches(served, served.cast.tokens["ambassador"])
    person = {"name": "Đặng Thị Mười Một", "phone": "0905111222"}
    taught = lan.post(
        "/lessons", on=TODAY, unit=TUY_PHUOC, skills=["vneid"], learners=[person | {"consent": ["contact"]}]
    )["teachings"][0]
    learner = visitors(scripts=False)
    answer(learner, f"/x/{taught['code']}", ABLE)
    page = learner.page
    choose(page, "Nhắn tin nhắc tôi xác nhận")
    page.get_by_role("button", name="Lưu lựa chọn").click()
    expect(page.locator("#consent-reminders")).to_be_checked()
    expect(page.locator("#consent-contact")).to_be_checked()

    page.get_by_role("link", name="Xem, sửa hoặc xóa dữ liệu của tôi").click()
    page.get_by_label("Mã gồm").fill(taught["code"])
    page.get_by_label("Số điện thoại, hoặc năm sinh").fill("0905 111 222")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Đặng Thị Mười Một").first).to_be_visible()
    with page.expect_download() as file:
        page.get_by_role("button", name="Tải về dạng JSON").click()
    assert file.value.suggested_filename == "lantoa-du-lieu.json"
    choose(page, "Có chỗ sai")
    page.get_by_label("Nội dung").fill("Tôi tên là Mười Hai")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_text("Đã ghi nhận yêu cầu")).to_be_visible()

    organizer = visitors(scripts=False)
    organizer.sign_in(served.cast.links["organizer"])
    work = organizer.open("/yeu-cau")
    work.get_by_role("link", name=re.compile("Mười Một")).click()
    expect(work.get_by_text("Tôi tên là Mười Hai")).to_be_visible()
    work.get_by_role("button", name="Tiếp nhận yêu cầu").click()
    work.get_by_label("Họ và tên").fill("Đặng Thị Mười Hai")
    choose(work, "Đã sửa như ghi ở trên")
    work.get_by_role("button", name="Giải quyết").click()
    expect(work.get_by_text("Yêu cầu đã được giải quyết xong.")).to_be_visible()


def test_the_pages_of_ones_own_data_are_accessible(served, visitors):
    lan = Teaches(served, served.cast.tokens["ambassador"])
    taught = lan.lesson("Đặng Thị Mười Ba")["teachings"][0]
    learner = visitors()
    answer(learner, f"/x/{taught['code']}", ABLE)
    fine(learner.page)
    page = learner.open("/du-lieu")
    page.get_by_label("Mã gồm").fill(taught["code"])
    page.get_by_label("Số điện thoại, hoặc năm sinh").fill("1955")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.locator("#problems")).to_be_visible()
    fine(page)
    page.get_by_label("Số điện thoại, hoặc năm sinh").fill("1956")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Đặng Thị Mười Ba").first).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Gửi").click()
    expect(page.locator("#problems")).to_be_visible()
    fine(page)


def test_the_sentence_is_read_out_before_anything_is_written(served, visitors):
    mentor = visitors(scripts=False)
    mentor.sign_in(served.cast.links["second"])
    page = mentor.open("/ghi")
    open_more(page, "Người mới")
    expect(page.get_by_text("Xin đọc cho người học nghe trước")).to_be_visible()
    choose(page, "Đã nghe và đồng ý")
    page.get_by_label("Họ và tên").first.fill("Đặng Thị Mười Bốn")
    choose(page, "Sử dụng VNeID")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã gửi")
    link = page.locator(".coded .link a").first.get_attribute("href") or ""
    learner = visitors(scripts=False)
    answer(learner, link)
    expect(learner.page.locator("#consent-contact")).to_be_checked()
    expect(learner.page.locator("#consent-reminders")).not_to_be_checked()
