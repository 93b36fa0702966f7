"""One page, two boundaries: the honours of today's units and of those of before 1/7/2025."""

import re
from html import unescape
from typing import Any

import pytest

from application import targets as setting
from application.actors import OPERATOR
from application.reforms import BEFORE
from application.territory import unit_id
from domain.model import By, HouseholdId, PersonId, Role, VisitId
from domain.visits import HouseholdVisited
from infrastructure import official_units, target_lists
from tests.cast import NOW as TOLD
from tests.cast import TODAY
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.homes import PROVINCE, Caller, Home
from tests.interfaces.reformed import market_in, recognised_in
from tests.interfaces.web.browsing import Browsing, browsing

THEN = "2025-06-30"
OLD, NOW = unit_id("21952", BEFORE), unit_id("21952")
DIVIDED = unit_id("21634", BEFORE)
"""Xã An Nghĩa went into two communes of today."""


@pytest.fixture
def home(reformed: Home) -> Home:
    recognised_in(reformed, OLD, NOW, DIVIDED)
    return reformed


def total(page: str) -> int:
    found = re.search(r'<strong class="figure">(\d+)</strong>', page)
    assert found
    return int(found[1])


def test_honours_under_the_boundaries_of_then_and_of_now(home: Home) -> None:
    somebody = Browsing(home)

    def shown(**query: str) -> str:
        said = "&".join(f"{name}={value}" for name, value in query.items())
        answer = somebody.get(f"/vinh-danh?{said}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    assert total(shown(unit="VN")) == total(shown(unit="VN", boundaries=THEN)) == 3
    assert total(shown(unit="21952")) == 2  # what went into it counts in it
    assert total(shown(unit=PROVINCE)) == 3
    assert total(shown(unit=PROVINCE, boundaries=THEN)) == 3  # 52 was Bình Định then
    assert total(shown(unit="21634", boundaries=THEN)) == 1
    then = shown(unit="21952", boundaries=THEN)
    assert (total(then), "Theo địa giới ngày 30/06/2025" in then) == (1, True)
    assert 'name="boundaries" value="2025-06-30"' in then
    assert "Thị trấn Tuy Phước" in then
    assert "Tỉnh Bình Định" in shown(unit="VN", boundaries=THEN)
    switch = re.findall(r'<a class="chip" href="([^"]*)"[^>]*>Địa giới', shown(unit="21952"))
    assert [somebody.get(one).status_code for one in switch] == [200, 200]


def test_visits_from_door_to_door_and_the_latest_changes_begin_where_one_s_unit_is(home: Home) -> None:
    visit: dict[str, Any] = {
        "at": TOLD,
        "by": By("system:1"),
        "visitor": PersonId("honoured-0"),
        "team": None,
        "on": TODAY,
    }
    household = HouseholdVisited(
        visit=VisitId("old"),
        household=HouseholdId("no:old:1"),
        unit=OLD,
        number=1,
        found=(),
        needs=(),
        **visit,
    )
    home.run(home.house.ledger.decide(Happening(facts=(household,))))
    home.catch_up()
    chief = browsing(home, Role.ORGANIZER, PROVINCE, "Võ Thị Hai")
    for path, said in (
        (f"/don-vi/{PROVINCE}/di-ho", "Địa giới hiện nay"),
        (f"/don-vi/{PROVINCE}/di-ho?boundaries={THEN}", "Theo địa giới ngày 30/06/2025"),
        (f"/don-vi/21952/di-ho?boundaries={THEN}", "Thị trấn Tuy Phước"),
    ):
        page = unescape(chief.get(path).text)
        assert (total(page), said in page) == (1, True), path
    assert chief.get(f"/don-vi/{DIVIDED}/di-ho?boundaries=2024-06-30").status_code == 422
    home_page = unescape(chief.get("/dia-gioi").text)
    own, country = home_page.index("Đơn vị của bạn"), home_page.index("Thay đổi trong cả nước")
    assert own < home_page.index("Tỉnh Gia Lai", own) < country
    first = re.search(r"<strong>([^<]*)</strong>", home_page[country:])
    assert first
    assert "bãi bỏ" not in first[1]


def test_targets_of_a_former_province_are_its_own(home: Home) -> None:
    listed = target_lists.read(target_lists.TARGETS)
    home.run(setting.load(home.house.ground, OPERATOR, listed, official_units.parts))
    home.catch_up()
    hanh = home.known("hanh")
    now = hanh.get("/targets", unit=PROVINCE).json()["rows"]
    then = hanh.get("/targets", unit=PROVINCE, boundaries=THEN).json()["rows"]
    assert {one["province_then"] for one in then} == {"Bình Định"}
    assert len(then) <= len(now)
    assert all(one["counted_for"] == unit_id("52", BEFORE) for one in then)


def test_a_day_that_is_none_or_that_nothing_is_known_of_is_refused_in_a_sentence(home: Home) -> None:
    somebody = Browsing(home)
    assert somebody.get("/vinh-danh?boundaries=hom-qua").status_code == 400
    refused = somebody.get("/vinh-danh?boundaries=1999-01-01")
    assert (refused.status_code, "2025-01-01" in refused.text) == (422, True)
    assert somebody.get(f"/vinh-danh?unit=30000&boundaries={THEN}").status_code == 404


def test_the_api_says_the_same(home: Home) -> None:
    anyone = Caller(home)
    now, then = (anyone.get("/honours", unit="VN", **day).json() for day in ({}, {"boundaries": THEN}))
    assert now["total"] == then["total"] == 3
    assert {one["unit_name"] for one in now["rows"]} == {"Xã Tuy Phước", "Xã An Nghĩa"}
    assert {one["unit_name"] for one in then["rows"]} >= {"Thị trấn Tuy Phước", "Xã An Nghĩa"}
    assert anyone.get("/honours", unit="VN", boundaries="1999-01-01").status_code == 422


def test_nominees_and_their_files_name_the_unit_of_then_and_the_one_of_today(home: Home) -> None:
    committee = home.known("hanh")
    asked = {"unit": PROVINCE, "done_by": "2026-11-20", "status": "market"}
    market_in(home, OLD)
    now = committee.get("/nominees", **asked).json()
    then = committee.get("/nominees", **asked, boundaries=THEN).json()
    assert [one["unit_name"] for one in now["rows"]] == ["Xã Tuy Phước"]
    assert [one["unit_name"] for one in then["rows"]] == ["Thị trấn Tuy Phước"]
    file = committee.get("/nominees", **asked, boundaries=THEN, format="csv")
    assert "Thị trấn Tuy Phước, Huyện Tuy Phước, Tỉnh Bình Định" in file.text
    assert "Xã Tuy Phước, Tỉnh Gia Lai" in file.text
    assert "30/06/2025" in file.text
    assert f"-{THEN}-" in file.headers["content-disposition"]
    elsewhere = asked | {"unit": "49"}  # Quảng Nam then: nobody's here
    assert committee.get("/nominees", **elsewhere, boundaries=THEN).status_code == 404
