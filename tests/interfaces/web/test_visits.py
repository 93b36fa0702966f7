"""Door to door by page and API: the form of whoever visits, and the coverage of hamlets."""

from uuid import uuid4

from domain.model import Role
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Caller, Home
from tests.interfaces.web.browsing import browsing
from tests.interfaces.web.test_pages import found


def new(**fields: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | fields


def test_a_visit_without_anybody_s_name_and_withdrawn_again(home: Home) -> None:
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Mai")
    page = lan.get("/ghi/di-ho").text
    assert "Không cần ghi tên hay địa chỉ" in page
    place = found(r'<option value="(\w+)"[^>]*>Xã Tuy Phước', page)
    nothing = lan.post("/ghi/di-ho", new(unit=place, on=sent.today()))
    assert (nothing.status_code, "Vui lòng ghi số của hộ" in nothing.text) == (422, True)
    odd = lan.post("/ghi/di-ho", new(unit=place, on=sent.today(), number="mười hai"))
    assert odd.status_code in (400, 422)
    assert 'value="mười hai"' in odd.text
    visit = {"unit": place, "on": sent.today(), "number": "12", "found": "smartphone", "skill": "vneid"}
    saved = lan.post("/ghi/di-ho", new(**visit))
    shown = lan.get(saved.headers["location"]).text
    assert "Hộ số 12" in shown
    assert "Có điện thoại thông minh" in shown
    back = found(r'action="(/ghi/di-ho/[^"]+/rut-lai)"', shown)
    gone = lan.post(back, new())
    assert "Hộ số 12" not in lan.get(gone.headers["location"]).text

    other = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Hồ Thị Khác")
    assert other.post(back, new()).status_code == 404


def test_coverage_of_hamlets_over_what_is_declared(home: Home, lan: Caller) -> None:
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    minh.post(f"/don-vi/{TUY_PHUOC}/thon", new(name="Thôn Phú Mỹ"))
    home.catch_up()
    page = minh.get(f"/don-vi/{TUY_PHUOC}/di-ho").text
    hamlet = found(r'<option value="(\w+)">Thôn Phú Mỹ', page)
    path = f"/don-vi/{TUY_PHUOC}"
    wrong = minh.post(f"{path}/so-ho", new(unit=hamlet, households="0", on=sent.today(), document="12/BC"))
    assert (wrong.status_code, "từ 1 đến" in wrong.text) == (422, True)
    declared = {"unit": hamlet, "households": "2", "on": sent.today(), "document": "12/BC-UBND"}
    done = minh.post(f"{path}/so-ho", new(**declared))
    assert "0 trên 2 hộ" in minh.get(done.headers["location"]).text

    for number, needs in ((1, ["vneid"]), (1, ["vneid", "video-call"]), (2, ["vneid"]), (3, [])):
        last = lan.post("/visits", sent.visit(unit=hamlet, number=number, needs=needs, found=["smartphone"]))
    lan.post("/visits", sent.visit(unit=TUY_PHUOC, number=1))
    home.catch_up()
    shown = minh.get(f"{path}/di-ho").text
    assert "3 trên 2 hộ" in shown
    assert "nhiều hơn số khai" in shown
    assert "1 hộ ghi ở xã, chưa rõ thôn" in shown
    position = last.json()["position"]
    counted = lan.get(f"/units/{TUY_PHUOC}/visits", position=position).json()
    assert (counted["unit"]["visited"], counted["unit"]["of_declared"], counted["direct"]) == (4, 3, 1)
    assert counted["unit"]["covered"] == 1.5
    assert {one["skill"]: one["households"] for one in counted["needs"]} == {"vneid": 2, "video-call": 1}
    own = lan.get(f"/units/{hamlet}/visits").json()["unit"]
    assert own["found"]["smartphone"] == 3
    assert own["said"]["document"] == "12/BC-UBND"


def test_a_household_known_by_number_and_as_a_family_is_one(home: Home, lan: Caller, minh: Caller) -> None:
    family = lan.post("/households", sent.household()).json()["household"]
    first = lan.post("/visits", sent.visit(number=7)).json()
    assert lan.post("/visits", sent.visit(number=7, household=family)).status_code == 201
    last = lan.post("/visits", sent.visit(number=None, household=family)).json()

    def visited(position: int) -> int:
        count: int = minh.get(f"/units/{TUY_PHUOC}/visits", position=position).json()["unit"]["visited"]
        return count

    assert visited(last["position"]) == 1
    voided = minh.post(f"/visits/{first['visit']}/void", new()).json()
    assert visited(voided["position"]) == 1


def test_the_coverage_of_another_s_unit_is_not_there(home: Home) -> None:
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    assert stranger.get(f"/don-vi/{TUY_PHUOC}/di-ho").status_code == 404
    sent_there = new(households="10", on=sent.today(), document="1")
    assert stranger.post(f"/don-vi/{TUY_PHUOC}/so-ho", sent_there).status_code == 404
    beside = new(unit=TUY_PHUOC, households="10", on=sent.today(), document="1")
    assert stranger.post(f"/don-vi/{ELSEWHERE}/so-ho", beside).status_code == 404
