"""What pages say is exactly so: by whose criteria, until when, of which units."""

import re
from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest

from application import access, criteria
from application.actors import OPERATOR
from application.forms.access import InviteForm
from domain.criteria import DEFAULT
from domain.model import Role
from domain.vendors import Means
from tests.interfaces.api.requests import days_ago, learner, lesson
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing
from tests.interfaces.web.test_markets import new
from tests.interfaces.web.test_pages import found


def adopt(home: Home, **changes) -> None:
    content = msgspec.structs.replace(DEFAULT, **changes)
    home.run(
        criteria.adopt(
            home.house.ground,
            OPERATOR,
            content,
            TUY_PHUOC,
            valid_from=date.fromisoformat(days_ago(3)),
            document="QĐ 7/QĐ-UBND",
        )
    )
    home.catch_up()


def test_a_market_counts_by_the_days_and_means_that_its_unit_adopted(home: Home) -> None:
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")
    opened = lan.post("/ghi/tieu-thuong", new() | {"unit": TUY_PHUOC, "name": "Chợ Bồ Đề", "stalls": "4"})
    market = opened.headers["location"].partition("?")[0].replace("/ghi/tieu-thuong", "/cho")
    home.catch_up()
    assert "trong 90 ngày" in lan.get(market).text
    adopt(home, active_days=10, market_means=(Means.E_COMMERCE,))
    page = lan.get(market).text
    assert "trong 10 ngày" in page
    assert "0/4 sạp đã tham gia (" in page


class TestThanks:
    @pytest.fixture
    def code(self, home: Home) -> str:
        made = home.known("lan").post("/lessons", lesson(learner(1))).json()
        code: str = made["teachings"][0]["code"]
        home.send("POST", "/answers", json={"code": code, "answer": "able"})
        home.catch_up()
        return code

    def test_says_until_when_the_answer_can_be_changed(self, home: Home, code: str) -> None:
        page = Browsing(home).get(f"/x/{code}/cam-on").text
        assert re.search(r"đến \d\d:\d\d|đến \d\d/\d\d/\d{4}", page), page
        assert f'href="/x/{code}"' in page

    def test_says_so_once_the_time_is_over(self, home: Home, code: str, monkeypatch) -> None:
        then = home.house.clock() + timedelta(days=200)
        monkeypatch.setattr(home.house.vault, "_clock", lambda: then)
        page = Browsing(home).get(f"/x/{code}/cam-on").text
        assert "Đã hết hạn thay đổi câu trả lời" in page
        assert f'href="/x/{code}"' not in page
        refused = home.send("POST", "/answers", json={"code": code, "answer": "no"})
        assert refused.status_code == 410


def test_what_is_reviewed_is_of_all_units_that_one_organizes(home: Home) -> None:
    minh = Browsing(home)
    for unit in (TUY_PHUOC, ELSEWHERE):
        form = InviteForm(
            submission=uuid4().hex, role=Role.ORGANIZER, unit=unit, name="Lê Quang Minh", phone="0912000111"
        )
        invited = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    near, far = home.known("lan"), home.caller(Role.AMBASSADOR, ELSEWHERE, "Hoàng Thị Xa")
    near.post("/lessons", lesson(learner(1)))
    far.post("/lessons", lesson(learner(2), unit=ELSEWHERE))
    home.catch_up()
    minh.sign_in(f"/vao/{invited.token}")
    minh.prove()

    page = minh.get("/xem-xet?show=all").text

    assert "Trần Văn Học b" in page
    assert "Trần Văn Học c" in page
    assert found(r"<h1>Các mục, ([^<]*)</h1>", page).count(",") == 1


def test_a_unit_that_lies_in_another_is_listed_once(home: Home) -> None:
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    home.known("lan").post("/lessons", lesson(learner(1)))
    home.catch_up()
    assert minh.get("/xem-xet?show=all").text.count("Trần Văn Học b") == 1
