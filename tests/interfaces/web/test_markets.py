"""A market's own page and a vendor's: who sees them, what is recorded there, what is refused."""

import re
from uuid import uuid4

import pytest

from domain.model import Role
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing
from tests.interfaces.web.test_families import step_of
from tests.interfaces.web.test_pages import found


@pytest.fixture
def lan(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")


@pytest.fixture
def hoa(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Trần Văn Hòa")


@pytest.fixture
def minh(home: Home) -> Browsing:
    return browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")


@pytest.fixture
def market(home: Home, lan: Browsing) -> str:
    """The address of Chợ Bồ Đề, where Lan has onboarded Bà Bán, who has not answered yet."""
    opened = lan.post("/ghi/tieu-thuong", new() | {"unit": TUY_PHUOC, "name": "Chợ Bồ Đề", "stalls": "4"})
    form = opened.headers["location"].partition("?")[0]
    home.catch_up()
    vendor = {"blocks": "1", "new-0-name": "Đỗ Thị Bán", "new-0-birth_year": "1980", "vendor": ""}
    on = found(r'name="on" type="date" value="([\d-]+)"', lan.get(form).text)
    logged = lan.post(form, new() | vendor | {"means": "cashless-payment", "on": on, "unit": TUY_PHUOC})
    assert logged.status_code == 303
    home.catch_up()
    return form.replace("/ghi/tieu-thuong", "/cho")


def new() -> dict[str, str]:
    return {"submission": uuid4().hex}


def vendor_of(page: str) -> str:
    return found(r'href="/tieu-thuong/(\w+)"', page)


def onboarding_of(page: str) -> str:
    return found(r'<option value="(\w+)">Thanh toán', page)


def test_a_market_lists_its_vendors_and_lets_their_mentor_remind(lan: Browsing, market: str) -> None:
    page = lan.get(market).text
    assert "0/4 sạp" in page
    assert "Chờ xác nhận" in page
    assert lan.get(found(r'href="(/toi/nhac/\w+)"', page)).status_code == 200


def test_only_who_made_an_onboarding_is_asked_to_remind(hoa: Browsing, market: str) -> None:
    page = hoa.get(market).text
    assert "Đỗ Thị Bán" in page
    assert "/toi/nhac/" not in page


def test_a_market_of_another_unit_looks_like_none(home: Home, market: str) -> None:
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    lan = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Người Gần")
    vendor = vendor_of(lan.get(market).text)
    for path in (market, f"/tieu-thuong/{vendor}", "/cho/khong-co", "/tieu-thuong/khong-co"):
        assert stranger.get(path).status_code == 404, path
    for path in (f"{market}/thay", f"{market}/sap", f"/tieu-thuong/{vendor}/roi"):
        fields = new() | {"vendor": vendor, "stalls": "9", "on": "2026-01-01"}
        assert stranger.post(path, fields).status_code == 404, path


def test_strangers_are_asked_to_sign_in(home: Home, market: str) -> None:
    assert Browsing(home).get(market).status_code == 401


def test_a_committee_does_not_see_vendors_by_name(home: Home, market: str) -> None:
    hanh = browsing(home, Role.COMMITTEE, TUY_PHUOC, "Phạm Thị Hạnh")
    assert hanh.get(market).status_code == 403
    unit = hanh.get(f"/don-vi/{TUY_PHUOC}").text
    assert "Chợ Bồ Đề" in unit
    assert market not in unit


def test_seen_trading_twice_from_one_page_is_once(home: Home, lan: Browsing, market: str) -> None:
    form = new() | {"vendor": vendor_of(lan.get(market).text), "after": "0"}
    first = lan.post(f"{market}/thay", form)
    head = home.house.ledger.head()
    again = lan.post(f"{market}/thay", form)
    assert first.headers["location"] == again.headers["location"]
    assert home.house.ledger.head() == head
    page = lan.get(first.headers["location"]).text
    assert "Đã ghi: thấy đang giao dịch." in page
    assert "thấy giao dịch ngày" in page


def test_an_organizer_declares_the_stalls(lan: Browsing, minh: Browsing, market: str) -> None:
    wrong = minh.post(f"{market}/sap", new() | {"stalls": "nhiều"})
    assert wrong.status_code == 400
    assert 'href="#stalls"' in wrong.text
    assert 'value="nhiều"' in wrong.text
    done = minh.post(f"{market}/sap", new() | {"stalls": "12"})
    assert "0/12 sạp" in minh.get(done.headers["location"]).text
    assert lan.post(f"{market}/sap", new() | {"stalls": "3"}).status_code in (403, 404)


def test_a_vendor_who_left_is_no_longer_asked_about(lan: Browsing, market: str) -> None:
    vendor = vendor_of(lan.get(market).text)
    path = f"/tieu-thuong/{vendor}"
    for on in ("2050-01-01", "2026-02-31", ""):
        page = lan.post(f"{path}/roi", new() | {"on": on})
        assert 400 <= page.status_code < 500, on
        assert 'href="#on"' in page.text
    today = found(r'name="on" type="date" value="([\d-]+)"', lan.get(path).text)
    done = lan.post(f"{path}/roi", new() | {"on": today})
    assert "Nghỉ bán từ" in lan.get(done.headers["location"]).text
    assert "Hôm nay có giao dịch<" not in lan.get(market).text
    assert lan.post(f"{market}/thay", new() | {"vendor": vendor}).status_code >= 400


def test_an_own_onboarding_is_withdrawn_and_not_anothers(lan: Browsing, hoa: Browsing, market: str) -> None:
    path = f"/tieu-thuong/{vendor_of(lan.get(market).text)}"
    entry = onboarding_of(lan.get(path).text)
    assert "rut-lai" not in hoa.get(path).text
    wish = {"onboarding": entry, "reason": "test-entry"}
    assert hoa.post(f"{path}/rut-lai", new() | wish).status_code >= 400
    done = lan.post(f"{path}/rut-lai", new() | wish)
    assert "Đã rút lại" in lan.get(done.headers["location"]).text
    assert "rut-lai" not in lan.get(path).text


def test_an_organizer_voids_an_onboarding_with_a_sealed_reason(minh: Browsing, lan: Browsing, market) -> None:
    path = f"/tieu-thuong/{vendor_of(lan.get(market).text)}"
    entry = onboarding_of(minh.get(path).text)
    wish = {"onboarding": entry, "reason": "wrong-person", "note": "Đã gọi cho bà Bán."}
    assert minh.post(f"{path}/rut-lai", new() | wish | {"reason": "none"}).status_code == 400
    assert minh.post(f"{path}/rut-lai", new() | wish | {"onboarding": "another"}).status_code == 404
    done = minh.post(f"{path}/rut-lai", new() | wish)
    assert "Đã gọi cho bà Bán." in minh.get(done.headers["location"]).text
    assert "Đã gọi cho bà Bán." not in lan.get(path).text


@pytest.mark.parametrize("wrong", ["%00", "9" * 40, "-1", "x" * 3000, "%3Cscript%3E", "a b"])
def test_no_address_makes_a_page_of_a_market_fail(minh: Browsing, market: str, wrong: str) -> None:
    for path in (f"/cho/{wrong}", f"/tieu-thuong/{wrong}", f"/xem-xet?show={wrong}"):
        assert minh.get(path).status_code < 500, path
    for name in ("after", "done", "position"):
        assert minh.get(f"{market}?{name}={wrong}").status_code < 500, name


def test_an_organizer_browses_the_entries_of_the_unit(home: Home, lan: Browsing, minh: Browsing) -> None:
    """Latest first, page by page, by state."""
    names = [f"Người Học {number}" for number in range(35)]
    for first in range(0, 35, 5):
        form = {"skill": "vneid", "unit": TUY_PHUOC, "blocks": "5"} | new()
        form["on"] = found(r'name="on" type="date" value="([\d-]+)"', lan.get("/ghi").text)
        for block, name in enumerate(names[first : first + 5]):
            form |= {f"new-{block}-name": name, f"new-{block}-birth_year": "1960"}
        assert lan.post("/ghi", form).status_code == 303
    home.catch_up()
    assert "Không có mục nào cần xem xét" in minh.get("/xem-xet").text
    page = minh.get("/xem-xet?show=all").text
    listed = re.findall(r'href="/buoi/(\w+)"', page)
    rest = minh.get(found(r'href="(/xem-xet\?show=all&amp;before=\d+)"', page).replace("&amp;", "&")).text
    listed += re.findall(r'href="/buoi/(\w+)"', rest)
    assert len(listed) == len(set(listed)) == 35
    assert "Người Học 34" in page
    assert "Người Học 0<" in rest
    assert minh.get(f"/buoi/{listed[0]}").status_code == 200
    assert "/buoi/" in minh.get("/xem-xet?show=claimed").text
    assert "/buoi/" not in minh.get("/xem-xet?show=denied").text


def test_a_threshold_that_no_plan_gives_is_called_unverified(home: Home, minh: Browsing, market: str) -> None:
    stranger = Browsing(home)
    day = found(r'name="done_by" type="date" value="([\d-]+)"', minh.get("/khen-thuong").text)
    for page in (
        minh.get(market),
        minh.get(minh.get("/don-vi").headers["location"]),
        minh.get(f"/khen-thuong?unit={TUY_PHUOC}&done_by={day}&received_by={day}"),
        stranger.get("/vinh-danh?status=market"),
    ):
        assert "chưa kiểm chứng" in page.text, page.url
    assert "chưa kiểm chứng" not in stranger.get("/vinh-danh?status=ambassador").text


def test_a_vendors_checklist_asks_for_what_is_open_by_one_tap(
    home: Home, lan: Browsing, hoa: Browsing, market: str
) -> None:
    path = f"/tieu-thuong/{vendor_of(lan.get(market).text)}"
    page = lan.get(path).text
    assert "Đã hỏi, chưa trả lời Nhắc xác nhận" in step_of(page, "Thanh toán không dùng tiền mặt")
    assert "Nhắc xác nhận" not in step_of(hoa.get(path).text, "Thanh toán không dùng tiền mặt")
    assert "Chưa có Khai báo" in step_of(page, "Thương mại điện tử")
    line = page.partition('value="e-commerce"')[0].rpartition("<form")[2]
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', line)) | {"means": "e-commerce"}
    asked = lan.post(found(r'action="([^"]+)"', line), form)
    assert "/toi/nhac/" in asked.headers["location"]
    home.catch_up()
    assert "Đã hỏi, chưa trả lời" in step_of(lan.get(path).text, "Thương mại điện tử")
