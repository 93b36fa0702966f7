"""Statuses of areas and offices, as anybody sees them and as those who organize there do."""

from datetime import date
from uuid import uuid4

import pytest

from application import criteria
from application.actors import OPERATOR
from domain.criteria import Criteria
from domain.model import Role
from domain.statuses import AreaCriteria, StatusCriteria, WorkplaceCriteria
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Caller, Home
from tests.interfaces.waiting import until
from tests.interfaces.web.browsing import Browsing, browsing

ASKED = StatusCriteria(
    digital_community=AreaCriteria(people_percent=50),
    digital_unit=WorkplaceCriteria(people_percent=100),
)


def new(**fields: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | fields


def adopt(home: Home) -> None:
    content = Criteria(title_vi="Tiêu chí danh hiệu", title_en="Criteria of statuses", statuses=ASKED)
    begins = date(2026, 1, 1)
    adopting = criteria.adopt(
        home.house.ground, OPERATOR, content, PROVINCE, valid_from=begins, document="12/QĐ-UBND"
    )
    home.run(adopting)
    home.catch_up()


@pytest.fixture
def school(home: Home, minh: Caller, lan: Caller) -> str:
    """A school whose one person is able, in a commune of two adults of whom one is."""
    made = minh.post("/workplaces", new(unit=TUY_PHUOC, kind="school", name="Trường THCS Phước Hòa")).json()
    taught = lan.post("/lessons", sent.lesson(sent.ba_tu())).json()["teachings"][0]
    lan.post("/answers", {"code": taught["code"], "answer": "able"})
    joining = new(on=sent.today()) | {"member": {"id": taught["learner"]}}
    minh.post(f"/workplaces/{made['workplace']}/members", joining)
    figure = new(unit=TUY_PHUOC, group="adults", as_of="2026-01-01", document="3/BC") | {"value": 2}
    assert minh.post("/figures", figure).status_code == 201
    home.catch_up()
    ref: str = made["workplace"]
    return ref


def test_without_criteria_the_page_says_that_no_plan_has_a_threshold_and_how_one_is_adopted(
    home: Home, school: str
) -> None:
    for status in ("digital-village", "digital-community", "digital-unit"):
        page = Browsing(home).get(f"/trang-thai?status={status}&unit={PROVINCE}").text
        assert "Không kế hoạch nào nêu ngưỡng" in page
        assert f"lantoa criteria adopt tieu-chi.json --unit {PROVINCE} --document" in page
        assert status.replace("-", "_") in page
    said = Caller(home).get("/statuses", unit=PROVINCE).json()
    assert (said["rows"], said["asked"]) == ([], [])


def test_who_meets_adopted_criteria_holds_it_by_the_document(home: Home, school: str) -> None:
    adopt(home)
    said = until(lambda: Caller(home).get("/statuses", unit=PROVINCE).json()["rows"] or None)
    until(lambda: len(Caller(home).get("/statuses", unit=PROVINCE).json()["rows"]) == 2)
    rows = {row["status"]: row for row in Caller(home).get("/statuses", unit=PROVINCE).json()["rows"]}
    assert said
    assert rows["digital-unit"]["name"] == "Trường THCS Phước Hòa"
    assert rows["digital-community"]["counts"] == [
        {"measure": "people", "counted": 1, "out_of": 2, "percent": 50}
    ]
    assert rows["digital-unit"]["counts"] is None  # of one person everybody would know who it is
    asked = Caller(home).get("/statuses", unit=PROVINCE).json()["asked"]
    assert [(one["status"], one["document"]) for one in asked] == [
        ("digital-community", "12/QĐ-UBND"),
        ("digital-unit", "12/QĐ-UBND"),
    ]
    page = Browsing(home).get(f"/trang-thai?status=digital-unit&unit={PROVINCE}").text
    assert "Trường THCS Phước Hòa" in page
    assert "Theo 12/QĐ-UBND" in page
    assert f"/noi-lam-viec/{school}" not in page  # strangers do not see its people
    assert "1/1 người" not in page
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    own = minh.get(f"/trang-thai?status=digital-unit&unit={TUY_PHUOC}").text
    assert f"/noi-lam-viec/{school}" in own
    assert "1/1 người" in own
    assert "Đơn vị số, từ" in minh.get(f"/noi-lam-viec/{school}").text
    assert "Cộng đồng số, từ" in minh.get(f"/don-vi/{TUY_PHUOC}").text
    assert "/trang-thai?unit=" in Browsing(home).get(f"/vinh-danh?unit={PROVINCE}").text


def test_whoever_organizes_a_unit_begins_with_it(home: Home) -> None:
    minh = browsing(home, Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")
    assert "Làng số, Tỉnh Gia Lai" in minh.get("/trang-thai").text
    assert "Làng số, Việt Nam" in Browsing(home).get("/trang-thai").text


def test_what_others_lack_is_for_those_who_look_after_the_unit(home: Home, school: str) -> None:
    adopt(home)
    minh = browsing(home, Role.ORGANIZER, PROVINCE, "Lê Quang Minh")
    page = minh.get(f"/trang-thai?status=digital-community&unit={PROVINCE}").text
    assert "chưa ai khai báo số người trưởng thành" in page
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    for somebody in (Browsing(home), stranger):
        seen = somebody.get(f"/trang-thai?status=digital-community&unit={PROVINCE}").text
        assert "Nơi khác còn thiếu gì" not in seen


def test_a_status_or_unit_that_is_none_looks_like_none(home: Home) -> None:
    for path in ("/trang-thai?status=digital-moon", "/trang-thai?unit=99999"):
        assert Browsing(home).get(path).status_code == 404
    assert Caller(home).get("/statuses", unit="99999").status_code == 404
    assert Caller(home).get("/statuses", status="digital-moon").status_code == 400
