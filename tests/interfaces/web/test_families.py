"""A family's page: members leave, and what was declared is no longer met."""

import re
from uuid import uuid4

import msgspec
import pytest

from application import criteria
from application.actors import OPERATOR
from domain.calendar import day_of
from domain.criteria import DEFAULT
from domain.households import Criterion
from domain.model import Role
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing
from tests.interfaces.web.test_pages import a_lesson, found


@pytest.fixture
def lan(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")


@pytest.fixture
def family(home: Home, lan: Browsing) -> str:
    """The address of a family of two that declares to pay without cash, which they confirm."""
    members = {"new-0-name": "Võ Văn Chín", "new-0-birth_year": "1970"}
    members |= {"new-1-name": "Võ Thị Mười", "new-1-birth_year": "1972"}
    on = found(r'name="on" type="date" value="([\d-]+)"', lan.get("/ghi/gia-dinh").text)
    form = new() | members | {"blocks": "2", "unit": TUY_PHUOC, "on": on, "declared": "cashless-payment"}
    address = lan.post("/ghi/gia-dinh", form).headers["location"].partition("?")[0]
    home.catch_up()
    reminded = lan.get(found(r'href="(/toi/nhac/\w+)"', lan.get(address).text)).text
    code = found(r'href="[^"]*/x/(\w+)"', reminded)
    answered = Browsing(home).post(f"/x/{code}", {"answer": "able"})
    assert answered.status_code == 303
    home.catch_up()
    return address


def new() -> dict[str, str]:
    return {"submission": uuid4().hex}


def test_a_member_who_left_is_no_longer_listed(home: Home, lan: Browsing, family: str) -> None:
    member = found(r'<option value="([\w-]+)">Võ Thị Mười</option>', lan.get(family).text)
    form = new() | {"member": member}
    left = lan.post(f"{family}/roi", form)
    head = home.house.ledger.head()
    assert lan.post(f"{family}/roi", form).headers["location"] == left.headers["location"]
    assert home.house.ledger.head() == head
    page = lan.get(left.headers["location"]).text
    assert "Đã ghi: thành viên không còn trong gia đình." in page
    assert "Võ Thị Mười" not in page


@pytest.mark.parametrize("member", ["", "nobody"])
def test_nobody_else_can_leave(lan: Browsing, family: str, member: str) -> None:
    page = lan.post(f"{family}/roi", new() | {"member": member})
    assert 400 <= page.status_code < 500
    assert 'href="#left"' in page.text
    assert 'id="left"' in page.text


def test_what_is_no_longer_met_can_be_declared_again(lan: Browsing, family: str) -> None:
    assert 'name="criterion"' in lan.get(family).text
    lost = lan.post(f"{family}/khong-con", new() | {"criterion": "cashless-payment"})
    page = lan.get(lost.headers["location"]).text
    assert "Không còn đạt<" in page
    assert 'name="criterion"' not in page
    again = lan.post(f"{family}/khong-con", new() | {"criterion": "cashless-payment"})
    assert 400 <= again.status_code < 500
    assert lan.post(f"{family}/khai-bao", new() | {"declared": "cashless-payment"}).status_code == 303


def test_a_wrong_criterion_is_said_at_its_field(lan: Browsing, family: str) -> None:
    page = lan.post(f"{family}/khong-con", new() | {"criterion": "flying"})
    assert page.status_code == 400
    assert 'href="#lost"' in page.text


def test_a_committee_only_looks(home: Home, family: str) -> None:
    hanh = browsing(home, Role.COMMITTEE, TUY_PHUOC, "Phạm Thị Hạnh")
    assert "/roi" not in hanh.get(family).text
    head = home.house.ledger.head()
    assert hanh.post(f"{family}/roi", new() | {"member": "x"}).status_code >= 400
    assert hanh.post(f"{family}/khong-con", new() | {"criterion": "cashless-payment"}).status_code >= 400
    assert home.house.ledger.head() == head


def step_of(page: str, label: str) -> str:
    """The line of the checklist that bears a label, without what it is made of."""
    line = next(part for part in page.split("<li>")[1:] if label in part).partition("</li>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", line).split())


def test_the_checklist_says_what_is_done_asked_and_open_and_asks_by_one_tap(
    home: Home, lan: Browsing, family: str
) -> None:
    asked = (Criterion.CASHLESS_PAYMENT, Criterion.VNEID_LEVEL_2)
    content = msgspec.structs.replace(DEFAULT, family_declared=asked)
    since = day_of(home.house.clock())
    home.run(criteria.adopt(home.house.ground, OPERATOR, content, "VN", valid_from=since, document="QĐ 7"))
    home.catch_up()
    page = lan.get(family).text
    assert "1 trên 4 đã đạt" in page
    assert "Đã đạt" in step_of(page, "thanh toán không dùng tiền mặt")
    assert "Chưa có Khai báo" in step_of(page, "VNeID mức 2")
    tapped = {"declared": "vneid-level-2", "submission": found(r'name="submission" value="(\w+)"', page)}
    page = lan.get(lan.post(f"{family}/khai-bao", tapped).headers["location"]).text
    assert "Đã hỏi, chưa trả lời Nhắc xác nhận" in step_of(page, "VNeID mức 2")
    assert "1 trên 4 đã đạt" in page


def test_lessons_with_a_member_bring_the_checklist_on(home: Home, lan: Browsing, family: str) -> None:
    assert "đến nay 0 kỹ năng" in step_of(lan.get(family).text, "kỹ năng được xác nhận")
    member = found(r'<option value="([\w-]+)">Võ Thị Mười</option>', lan.get(family).text)
    skills = ("vneid", "online-public-service", "cashless-payment")
    for skill in skills:
        form = a_lesson(lan.get("/ghi").text, **{"new-0-name": "", "new-0-birth_year": ""})
        saved = lan.post("/ghi", form | {"learner": member, "skill": skill}).headers["location"]
        code = found(r'href="[^"]*/x/(\w+)"', lan.get(saved).text)
        assert Browsing(home).post(f"/x/{code}", {"answer": "able"}).status_code == 303
    home.catch_up()
    page = lan.get(family).text
    assert "Đã đạt" in step_of(page, "kỹ năng được xác nhận")
    assert "1 trên 2 đã đạt" in page
