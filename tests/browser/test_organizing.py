"""What organizers and the committee do: invite, review, rule, read figures, take files away."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Gallery, Served, Visitors
from tests.browser.scenery import TODAY
from tests.browser.steps import log_lesson
from tests.interfaces.homes import PROVINCE, TUY_PHUOC

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_invited_ambassador_signs_in_by_the_link_handed_out(
    gallery: Gallery, visitors: Visitors, scripts: bool
) -> None:
    name = "Võ Thị Khai" if scripts else "Võ Văn Lâm"
    minh = visitors(scripts=scripts, state=gallery.states["organizer"])
    page = minh.open("/moi")
    page.locator("#role").select_option("ambassador")
    page.locator("#unit").select_option(label="Xã Tuy Phước, Tỉnh Gia Lai")
    page.get_by_label("Họ tên, mỗi người một dòng").fill(name)
    page.get_by_role("button", name="Tạo liên kết").click()
    link = page.locator(".coded .link a").get_attribute("href") or ""
    khai = visitors(scripts=scripts)
    page = khai.sign_in(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay bạn hướng dẫn ai?")
    log_lesson(khai, f"Người học của {name}")


def test_a_claim_of_two_mentors_is_ruled_on(gallery: Gallery, visitors: Visitors) -> None:
    minh = visitors(state=gallery.states["organizer"])
    page = minh.open(gallery.scene("entry_contested").path)
    expect(page.locator(".tag").first).to_have_text("Đã tính cho người hướng dẫn khác")
    page.locator("label", has_text="Hòa Văn Bình").click()
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.get_by_role("status")).to_contain_text("Quyết định đã được ghi")
    expect(page.locator(".tag").first).to_contain_text("Đã xác nhận")


def test_a_denied_entry_is_reviewed_and_voided(gallery: Gallery, visitors: Visitors) -> None:
    minh = visitors(state=gallery.states["organizer"])
    page = minh.open("/xem-xet")
    page.get_by_role("link", name="Lê Văn Sáu").click()
    expect(page.locator("ol")).to_contain_text("Trả lời: Không đúng")
    page.locator("summary", has_text="Mục này không đúng").click()
    page.get_by_label("Lý do").select_option(label="Buổi hướng dẫn không diễn ra")
    page.get_by_label(re.compile("Ghi chú")).fill("Đã gọi cho cả hai người.")
    page.get_by_role("button", name="Hủy mục này").click()
    expect(page.get_by_role("status")).to_contain_text("không còn hiệu lực")
    expect(page.locator("main")).to_contain_text("Đã gọi cho cả hai người.")


def test_a_unit_shows_who_is_behind_and_leads_down(gallery: Gallery, visitors: Visitors) -> None:
    minh = visitors(state=gallery.states["organizer"], size=DESKTOP)
    page = minh.open("/don-vi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tỉnh Gia Lai")
    page.get_by_role("link", name="Xã Tuy Phước", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xã Tuy Phước")
    expect(page.locator(".age")).to_contain_text("QĐ 12/QĐ-UBND")


def test_the_committee_takes_the_nominees_away(gallery: Gallery, visitors: Visitors, tmp_path) -> None:
    hanh = visitors(state=gallery.states["committee"], size=DESKTOP)
    page = hanh.open("/khen-thuong")
    page.get_by_label("Kết quả đến ngày").fill(TODAY)
    page.get_by_label("Nhận đến ngày").fill(TODAY)
    page.get_by_role("button", name="Xem danh sách").click()
    expect(page.get_by_role("row", name=re.compile("Trần Thị Lan"))).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải XLSX").click()
    file = tmp_path / "nominees.xlsx"
    downloading.value.save_as(file)
    cells = [cell.value for row in openpyxl.load_workbook(file).active.iter_rows() for cell in row]
    assert "Trần Thị Lan" in cells


def test_families_and_vendors_are_recorded_and_confirmed(served: Served, visitors: Visitors) -> None:
    lan = visitors(scripts=False)
    lan.sign_in(served.invite("ambassador", "Nguyễn Thị Gia Đình", TUY_PHUOC))
    page = lan.open("/ghi/gia-dinh")
    page.get_by_label("Họ và tên").first.fill("Đinh Văn Nhà")
    page.get_by_role("button", name="Lưu", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gia đình Đinh Văn Nhà")
    page.locator("summary", has_text="Khai báo tiêu chí").click()
    page.locator("label", has_text="Có thành viên sử dụng tốt nền tảng số").click()
    page.get_by_role("button", name="Khai báo").click()
    page.get_by_role("link", name="Nhắc xác nhận").click()
    asked = page.locator(".coded .link a").get_attribute("href") or ""
    member = visitors(scripts=False)
    page = member.open(asked)
    expect(page.get_by_role("heading", level=1)).to_contain_text("khai báo về gia đình ông/bà")
    assert page.locator("button.answer").count() == 2
    page.locator("button.answer").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cảm ơn")

    page = lan.open("/ghi/tieu-thuong")
    if page.get_by_label("Tên chợ").is_hidden():
        page.locator("summary", has_text="Chợ chưa có").click()
    page.get_by_label("Tên chợ").fill("Chợ Gò Bồi")
    page.get_by_label("Số sạp").fill("40")
    page.get_by_role("button", name="Thêm chợ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chợ Gò Bồi")
    page.get_by_label("Họ và tên").fill("Mai Thị Sạp")
    page.locator("label", has_text="Thanh toán không dùng tiền mặt").click()
    page.get_by_role("button", name="Lưu", exact=True).last.click()
    asked = page.locator(".coded .link a").get_attribute("href") or ""
    page = member.open(asked)
    expect(page.get_by_role("heading", level=1)).to_contain_text("khi bán hàng")
    page.locator("button.answer").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cảm ơn")
    page = lan.open("/toi")
    expect(page.locator("main")).to_contain_text("Mai Thị Sạp")
    page = lan.open(f"/xep-hang?unit={PROVINCE}&metric=vendors")
    expect(page.locator("tr.me")).to_contain_text("Nguyễn Thị Gia Đình")
