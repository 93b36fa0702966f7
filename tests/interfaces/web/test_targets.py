"""The page of a unit's targets: what plans ask, what there is, choosing and declaring."""

import html
import re
from datetime import date
from uuid import uuid4

import msgspec
import pytest

from application import targets
from application.actors import OPERATOR
from application.targets import load
from domain.model import Role, UnitId
from domain.targets import Comparator, Indicator, Target, TargetGroup
from infrastructure import official_units, target_lists
from infrastructure.read_models.targets import Against, Known, Whole
from interfaces.web import language, target_lines
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing

PAGE = f"/don-vi/{PROVINCE}/chi-tieu"
LATER = "003_74121455e9758e44.txt"


@pytest.fixture
def minh(home: Home) -> Browsing:
    return organizer_with_targets(home)


def organizer_with_targets(home: Home) -> Browsing:
    home.run(load(home.house.ground, OPERATOR, target_lists.read(), official_units.parts))
    home.catch_up()
    return browsing(home, Role.ORGANIZER, PROVINCE, "Phạm Văn Minh")


def test_targets_stand_with_their_sources_and_the_part_that_they_covered(minh: Browsing) -> None:
    unit, page = minh.get(f"/don-vi/{PROVINCE}").text, minh.get(f"{PAGE}?year=2025").text

    assert "Kỹ năng số cơ bản · cán bộ, công chức, viên chức" in unit
    assert "58 trong 135 xã, phường của Tỉnh Gia Lai" in unit
    assert "các đơn vị trước ngày 1/7/2025 chưa được nạp" in unit
    assert page.count("Ủy ban nhân dân tỉnh Bình Định, 2025") >= 3
    assert page.count("tỉnh Bình Định, 2025 (theo tin đăng về kế hoạch)") >= 3
    assert ".txt" not in re.sub(r'value="[^"]*"', "", page)  # files are for programs
    assert "600.000 trên 1.091.556, tức 54,97%" in page
    assert "Không kế hoạch nào nêu cách đo kỹ năng số cơ bản" in page


def test_one_of_two_contradicting_plans_is_followed(home: Home, minh: Browsing) -> None:
    assert minh.get(f"{PAGE}?year=2025").text.count("Mâu thuẫn với văn bản khác") == 2
    said = {
        "submission": uuid4().hex, "then": "Bình Định", "year": "2025", "group": "adults",
        "indicator": "basic-digital-skills", "source": LATER, "reason": "later-document",
    }  # fmt: skip
    unheard = minh.post(f"{PAGE}/theo", said | {"submission": uuid4().hex, "source": "none"})
    assert unheard.status_code == 404
    assert "Không có văn bản nào tên như vậy" in unheard.text
    done = minh.post(f"{PAGE}/theo", said)
    assert done.status_code == 303
    home.catch_up()
    page = minh.get(done.headers["location"]).text
    assert "Mâu thuẫn với văn bản khác" not in page
    assert "Đang thực hiện theo" in page
    assert "Là văn bản ban hành sau" in page


def test_a_figure_is_declared_and_corrected_and_who_did_is_shown(home: Home, minh: Browsing) -> None:
    said = {
        "submission": uuid4().hex, "group": "adults", "indicator": "confirmed-on-vneid",
        "as_of": "2026-01-31", "value": "712345", "document": "12/BC-CAT",
    }  # fmt: skip
    wrong = minh.post(f"{PAGE}/so-lieu", said | {"value": "nhiều"})
    assert wrong.status_code == 400
    assert "12/BC-CAT" in wrong.text  # what was typed stays
    assert minh.post(f"{PAGE}/so-lieu", said).status_code == 303
    assert (
        minh.post(f"{PAGE}/so-lieu", said | {"submission": uuid4().hex, "value": "702345"}).status_code == 303
    )
    home.catch_up()
    page = minh.get(PAGE).text
    assert page.index("702.345") < page.index("712.345") < page.index("Đã được sửa")
    assert "Phạm Văn Minh" in page
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")
    assert lan.post(f"{PAGE}/so-lieu", said | {"submission": uuid4().hex}).status_code == 403
    own = lan.get(f"/don-vi/{TUY_PHUOC}/chi-tieu").text
    assert "Khai báo một số liệu" not in own


def against(actual: int | None = 40, *, year: int = 2026, percent: int = 80, **other: object) -> Against:
    target = Target(
        source="10/KH", unit=UnitId("u"), then="Hà Tĩnh", year=year, group=TargetGroup.ADULTS,
        indicator=Indicator.BASIC_DIGITAL_SKILLS, comparator=Comparator.AT_LEAST, percent=percent,
    )  # fmt: skip
    said = {
        "target": target, "of": UnitId("u"), "known": Known.COUNTED, "actual": actual, "as_of": None,
        "document": None, "whole": Whole(1_000, "2026", "1/BC", declared=True), "share": None,
        "followed": True, "reason": None, "others": (),
    }  # fmt: skip
    return Against(**(said | other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "today", "pace"),
    [
        (against(0), date(2026, 1, 1), "800 people missing: 16 each week until the end of 2026"),
        (against(799), date(2026, 12, 1), "1 person missing: 1 each week until the end of 2026"),
        (against(0), date(2026, 12, 31), "800 people missing, 1 day left"),
        (against(0), date(2027, 1, 1), "800 people missing when 2026 was over, by the figures of today"),
        (against(800), date(2026, 6, 1), "Reached"),
        (against(None), date(2026, 6, 1), ""),
        (against(40, whole=None), date(2026, 6, 1), ""),
    ],
)
def test_the_pace_needed_to_arrive_by_the_years_end(one: Against, today: date, pace: str) -> None:
    with language.spoken("en"):
        assert target_lines._pace(one, today) == pace


def test_more_than_a_share_asks_for_one_person_more() -> None:
    exactly = against().target
    assert against().needed == 800
    more = against(target=msgspec.structs.replace(exactly, comparator=Comparator.MORE_THAN))
    assert more.needed == 801


def asked(**more: str) -> dict[str, str]:
    return {
        "submission": uuid4().hex, "source": "88/KH-UBND ngày 15/1/2026", "year": "2026", "group": "adults",
        "indicator": "basic-digital-skills", "comparator": "ge", "percent": "80",
    } | more  # fmt: skip


def test_a_target_is_set_by_hand_as_its_document_prints_it(home: Home, minh: Browsing) -> None:
    said = asked(
        then="Bình Định", percent="70 %", numerator="764.000", denominator="1.091.556", base_date="12/2024",
        indicator="personal-digital-signature",
    )  # fmt: skip
    done = minh.post(PAGE, said)
    assert done.status_code == 303
    home.catch_up()
    page = minh.get(done.headers["location"]).text
    assert "88/KH-UBND ngày 15/1/2026" in page
    assert "Trong văn bản: 764.000 trên 1.091.556" in page
    assert page.count("Mâu thuẫn với văn bản khác") == 2  # the plan of the list asks for 80%
    assert minh.post(PAGE, said).status_code == 303  # sent again, it is the same
    assert minh.post(PAGE, said | {"percent": "75"}).status_code == 409


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("percent", "140", "Chỉ tiêu là số nguyên từ 1 đến 100 phần trăm."),
        ("percent", "tám mươi", "Chỉ tiêu là số nguyên từ 1 đến 100 phần trăm."),
        ("denominator", "0", "lớn hơn 0"),
        ("numerator", "nhiều", "Vui lòng ghi một số nguyên"),
        ("year", "2019", "từ 2025 đến 2045"),
        ("base_date", "tháng 12", "2024-12"),
        ("source", " ", "Vui lòng"),
    ],
)
def test_what_no_plan_can_ask_is_said_at_its_field_and_stays_typed(
    minh: Browsing, field: str, typed: str, sentence: str
) -> None:
    refused = minh.post(PAGE, asked(numerator="1", document="x") | {field: typed})
    assert refused.status_code in (400, 422)
    assert f'id="target-{field}-wrong"' in refused.text
    assert sentence in refused.text
    assert "88/KH-UBND" in refused.text or field == "source"
    assert f'value="{typed.strip()}"' in refused.text or not typed.strip()


def test_a_unit_that_is_no_more_gets_no_targets(reformed: Home) -> None:
    minh, old = organizer_with_targets(reformed), targets.unit_before("52")
    admin = browsing(reformed, Role.ADMINISTRATOR, "VN", "Trần Thị Quản")
    refused = admin.post(f"/don-vi/{old}/chi-tieu", asked())
    assert refused.status_code == 422
    assert "Đơn vị này không còn nữa" in refused.text
    asked_then = admin.get(f"/don-vi/{old}/chi-tieu?year=2025").text
    assert "Nhập một chỉ tiêu" not in asked_then
    assert asked_then.count("Ủy ban nhân dân tỉnh Bình Định, 2025") >= 3
    # What was set for it stands under the unit of today, against the people of then.
    page = minh.get(f"/don-vi/{PROVINCE}").text
    assert "Không tính được tốc độ" not in page
    assert "0 trên 1.091.556 (12/2024) · đếm trên hệ thống" in page
    then = admin.get(f"/don-vi/{old}").text
    assert "0 trên 1.091.556 (12/2024) · đếm trên hệ thống" in then
    assert "Theo địa giới" in then or "địa giới" in then


def test_every_target_of_the_published_list_is_seen_on_a_page_with_its_source(
    home: Home, minh: Browsing
) -> None:
    admin = browsing(home, Role.ADMINISTRATOR, "VN", "Trần Thị Quản")
    rows = [row.cells for row in target_lists.read()]
    assert len(rows) == 26
    for code in {cells["province_now_code"] for cells in rows if cells}:
        for year in ("2025", "2026"):
            here = [c for c in rows if c and (c["province_now_code"], c["year"]) == (code, year)]
            if not here:
                continue
            page = admin.get(f"/don-vi/{code}/chi-tieu?year={year}").text
            for cells in here:
                assert f"Văn bản: {target_lines.document_of(cells['source'])}" in page
                if cells["note"]:
                    assert (
                        html.escape(language.translated(target_lines.NOTES[cells["note"]]), quote=False)
                        in page
                    )
            assert page.count("Văn bản: ") == len(here)
