"""What people do on the screens, in their own words."""

import re
from contextlib import suppress

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

ABLE = "Đúng, tôi tự làm được"
TAUGHT = "Có hướng dẫn, tôi chưa tự làm được"
NOT_TRUE = "Không đúng"


def choose(page: Page, label: str) -> None:
    """Taps a choice or a chip; its box is under the label."""
    page.locator("label", has_text=label).first.click()


def open_more(page: Page, label: str) -> None:
    """Opens a closed part of a form; again where a script opened it at the same moment, so that the tap
    closed it."""
    details = page.locator("details", has=page.locator("summary", has_text=label)).first
    for _ in range(3):
        if details.get_attribute("open") is None:
            details.locator("summary").first.click()
        with suppress(AssertionError):
            expect(details).to_have_attribute("open", "", timeout=1_000)
            return


def log_lesson(visitor: Visitor, name: str, *, phone: str = "", skill: str = "Sử dụng VNeID") -> str:
    """Logs a lesson with somebody new; returns the link that the learner gets."""
    page = visitor.open("/ghi")
    open_more(page, "Người mới")
    page.get_by_label("Họ và tên").first.fill(name)
    page.get_by_label("Số điện thoại hoặc năm sinh").first.fill(phone)
    choose(page, skill)
    save(page)
    sent(page)
    return page.locator(".coded .link a").first.get_attribute("href") or ""


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu", exact=True).last.click()
    page.wait_for_load_state()


def sent(page: Page) -> None:
    """What was saved is at the server: said at once without scripts, once the outbox has its receipt with
    them."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(Đã gửi|Đã lưu trên máy)"))
    if page.locator("#saved-page").count():
        expect(page.locator("#saved-page [data-state]")).to_contain_text("Đã gửi")


def answer(visitor: Visitor, link: str, label: str = ABLE) -> None:
    """The learner opens the link and taps an answer."""
    page = visitor.open(link)
    page.get_by_role("button", name=re.compile(label)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cảm ơn")
