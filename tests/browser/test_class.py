"""A class of 20 that checks itself in, as its people live it: from the wall to the certificate."""

import io
import re
from pathlib import Path

import httpx
import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, Visitor, Visitors
from tests.browser.steps import ABLE, TAUGHT, choose
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.waiting import until

pytestmark = pytest.mark.browser

MENTOR = "Nguyễn Thị Đặng Ỷ Lan"
PATIENT = 20_000


def open_class(lan: Visitor) -> tuple[str, str]:
    """The path of the class, and the address on the wall."""
    page = lan.open("/ghi")
    page.get_by_role("link", name="Lớp tự điểm danh").click()
    choose(page, "Sử dụng VNeID")
    page.get_by_role("button", name="Mở lớp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quét mã để điểm danh")
    assert page.locator("main svg path").count() == 1
    return re.sub(r"^https?://[^/]+", "", page.url), page.locator(".walled").inner_text()


def check_in(learner: Visitor, address: str, name: str, *, says: str = ABLE, **fields: str) -> Page:
    page = learner.open(address)
    expect(page.get_by_role("group", name=re.compile(f"{MENTOR} đã hướng dẫn"))).to_be_visible()
    choose(page, "Lưu họ tên và số điện thoại của tôi")
    page.get_by_label("Họ và tên").fill(name)
    for label, value in fields.items():
        page.locator(f"#{label}").fill(value)
    page.get_by_role("button", name=says).click()
    page.wait_for_load_state()
    return page


def add_without_a_phone(page: Page, name: str) -> None:
    page.get_by_label("Họ và tên").fill(name)
    page.get_by_label("Số điện thoại hoặc năm sinh").fill("1948")
    page.get_by_role("button", name="Thêm", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Đã thêm")


def witnessed(leader: Visitor) -> None:
    page = leader.open("/lam-chung")
    waiting = page.get_by_role("link", name=re.compile(MENTOR))
    until(lambda: waiting.count() or (page.reload() and False))
    waiting.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(MENTOR)
    page.get_by_role("group", name="Bà Chín Không Máy").get_by_text("Tự làm được", exact=True).click()
    page.get_by_role("button", name="Ghi câu trả lời").click()
    expect(page.get_by_role("alert")).to_contain_text("có mặt ở lớp")
    choose(page, "Tôi có mặt ở lớp")
    page.get_by_role("button", name="Ghi câu trả lời").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi")


def test_a_class_of_20_makes_an_ambassador_whose_certificate_anybody_checks(
    served: Served, visitors: Visitors, tmp_path: Path
) -> None:
    lan, leader = visitors(), visitors()
    lan.sign_in(served.invite("ambassador", MENTOR, TUY_PHUOC))
    leader.sign_in(served.invite("team-leader", "Đỗ Văn Tám", TUY_PHUOC))
    path, address = open_class(lan)
    roll = lan.open(f"{path}/diem-danh")
    expect(roll.get_by_role("heading", level=1)).to_have_text("0 người học đã có mặt")

    phone = visitors(scripts=False)
    page = check_in(phone, address, "Nguyễn Thị Tư", phone="0905 111 001")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn ông/bà. Đã điểm danh.")
    assert "Tư" not in page.locator("main").inner_text()
    page = check_in(phone, address, "Nguyễn Thị Tư", phone="0905111001")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ông/bà đã điểm danh rồi")
    second = visitors()
    page = check_in(second, address, "Lê Văn Sáu")
    expect(page.get_by_role("alert")).to_contain_text("số điện thoại hoặc năm sinh")
    expect(page.get_by_label("Họ và tên")).to_have_value("Lê Văn Sáu")
    page.locator("#birth_year").fill("1950")
    page.get_by_role("button", name=TAUGHT).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã điểm danh")
    check_in(visitors(scripts=False), address, "Phạm Thị Bảy", birth_year="1952")

    # Nobody touched the list meanwhile.
    expect(roll.get_by_role("heading", level=1)).to_have_text("3 người học đã có mặt", timeout=PATIENT)
    expect(roll.locator(".entries")).to_contain_text("Phạm Thị Bảy")
    add_without_a_phone(roll, "Bà Chín Không Máy")
    expect(roll.locator(".entries")).to_contain_text("Chờ người làm chứng")
    witnessed(leader)
    headline_becomes(lan, "Còn 1 người nữa")

    others(served, address, 16)
    expect(lan.open(f"{path}/diem-danh").get_by_role("heading", level=1)).to_have_text(
        "20 người học đã có mặt"
    )
    headline_becomes(lan, "Bạn là đại sứ số")
    certificate_is_checked(lan, visitors(), tmp_path)

    lan.open(f"{path}/diem-danh").get_by_role("button", name="Đóng lớp").click()
    page = visitors().open(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Lớp đã đóng")


def headline_becomes(lan: Visitor, said: str) -> None:
    """Of /toi, which follows the ledger in a moment."""
    until(lambda: lan.open("/toi").get_by_role("heading", level=1).inner_text() == said)


def others(served: Served, address: str, many: int) -> None:
    """The rest of the class, each on a phone of their own."""
    code = address.rpartition("/")[2]
    for number in range(many):
        form = sent.check_in(code, device=f"phone-{number}", phone=None, **sent.learner(number))
        said = httpx.post(f"{served.url}/api/v1/check-ins", json=form, timeout=20)
        assert said.status_code == 201, said.text


def certificate_is_checked(lan: Visitor, anybody: Visitor, folder: Path) -> None:
    page = lan.page
    page.get_by_role("link", name="Chứng nhận của bạn").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải chứng nhận").click()
    download.value.save_as(folder / "certificate.pdf")
    pdf = (folder / "certificate.pdf").read_bytes()
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert MENTOR in text
    at = re.search(r"https?://\S+/vinh-danh/kiem/[A-Z2-9]{20}", text.replace("\n", ""))
    assert at
    page = anybody.open(at[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Công nhận này đang có hiệu lực")
    expect(page.locator("main")).to_contain_text("Xã Tuy Phước")
    expect(page.locator("main")).not_to_contain_text(MENTOR)
    page = lan.open("/toi")
    page.get_by_role("button", name="Hiện tên tôi trên trang vinh danh").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận")
    until(lambda: MENTOR in anybody.open(at[0]).locator("main").inner_text())
