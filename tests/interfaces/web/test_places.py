"""Where an ambassador says that something happened."""

import re

from domain.model import Role
from tests.interfaces.homes import PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import browsing
from tests.interfaces.web.test_pages import a_lesson


def offered(page: str) -> list[str]:
    """The ids of the places to choose from."""
    chosen = re.search(r'<select id="unit".*?</select>', page, re.DOTALL)
    assert chosen
    return re.findall(r'<option value="([^"]*)"', chosen[0])


def test_who_teaches_in_a_province_chooses_among_its_communes(home: Home) -> None:
    lan = browsing(home, Role.AMBASSADOR, PROVINCE, "Võ Thị Lan")
    commune, province = (home.house.units.find(ref) for ref in (TUY_PHUOC, PROVINCE))
    assert commune
    assert province
    page = lan.get("/ghi").text

    nothing, *communes = offered(page)

    assert nothing == ""  # none is chosen for them
    assert len(communes) == 135
    assert province.id not in communes
    lesson = a_lesson(f'{page} name="unit" value="x"')
    assert lan.post("/ghi", lesson | {"unit": province.id}).status_code == 422
    assert lan.post("/ghi", lesson | {"unit": ""}).status_code in (400, 422)
    assert lan.post("/ghi", lesson | {"unit": commune.id}).status_code == 303
    assert commune.id in offered(lan.get("/ghi/tieu-thuong").text)


def test_who_teaches_in_a_commune_has_it_chosen(home: Home) -> None:
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Võ Thị Lan")
    commune = home.house.units.find(TUY_PHUOC)
    assert commune
    assert f'name="unit" value="{commune.id}"' in lan.get("/ghi").text
