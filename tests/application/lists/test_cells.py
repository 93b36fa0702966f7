"""What cells say, as offices fill them in."""

from datetime import date

import pytest

from application.lists import cells
from domain.model import Group, Refused


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (date(2026, 3, 8), date(2026, 3, 8)),
        (46089, date(2026, 3, 8)),
        (46089.75, date(2026, 3, 8)),
        ("8/3/2026", date(2026, 3, 8)),
        ("08-03-2026", date(2026, 3, 8)),
        ("08.03.2026 10:30", date(2026, 3, 8)),
        ("2026-03-08", date(2026, 3, 8)),
        ("2026-03-08T10:30:00", date(2026, 3, 8)),
        ("", None),
        (None, None),
    ],
)
def test_days(cell, expected):
    assert cells.day(cell, "on") == expected


@pytest.mark.parametrize("cell", ["31/2/2026", "tháng 3", "3/2026", 12, True, "2026"])
def test_what_is_no_day(cell):
    with pytest.raises(cells.NotADay):
        cells.day(cell, "on")


@pytest.mark.parametrize("cell", [1956, 1956.0, "1956", "12/3/1956", date(1956, 3, 12), 20526])
def test_years_of_birth(cell):
    assert cells.birth_year(cell, "birth_year") == 1956


def test_a_phone_that_lost_its_first_0_gets_it_back():
    assert cells.phone(912345678) == cells.phone(912345678.0) == cells.phone("912345678") == "0912345678"
    assert cells.phone("'0912345678") == cells.phone("0912345678") == "0912345678"
    assert cells.phone(None) is None


def test_numbers():
    assert cells.number("1.200", "stalls") == cells.number(1200.0, "stalls") == 1200
    for wrong in ("nhiều", "12,5", "-3", ""):
        with pytest.raises(Refused):
            cells.number(wrong, "stalls")


def test_groups_and_skills_are_known_by_their_words():
    assert cells.group("Cán bộ, công chức", "group") is Group.PUBLIC_SECTOR
    assert cells.group("NÔNG DÂN", "group") is Group.PEOPLE
    assert cells.group(None, "group") is None
    assert cells.skills("VNeID; Dịch vụ công trực tuyến", "skills") == ("vneid", "online-public-service")
    assert cells.skills("An toàn trên mạng, phòng lừa đảo", "skills") == ("online-safety",)
    with pytest.raises(cells.NoSuchSkill):
        cells.skills("Nấu ăn", "skills")
    with pytest.raises(cells.NoSuchGroup):
        cells.group("xyz", "group")


@pytest.mark.parametrize(
    "garbled", ["NguyÔn V¨n A", "Nguyeãn Vaên A", "Nguyá»…n VÄƒn A", "Tr\ufffdn", "Traàn Thò Lan"]
)
def test_names_in_old_fonts_are_not_taken(garbled):
    with pytest.raises(cells.OldEncoding):
        cells.readable(garbled, "name")


@pytest.mark.parametrize(
    "name",
    ["Nguyễn Thị Hoà", "Đặng Thuý Oanh", "H'Hen Niê", "Y Moan Êñuôl", "Siu Blŏ", "K’Brêu", "Châm Ĕa"],
)
def test_names_as_people_write_them_are(name):
    assert cells.readable(name, "name") == name
