"""Workplaces: registered by organizers, joined and left, chosen by oneself, asked for by programs."""

from uuid import uuid4

import pytest

from domain.model import Role, WorkplaceId
from infrastructure.read_models import workplaces
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Caller, Home
from tests.interfaces.web.browsing import browsing
from tests.interfaces.web.test_pages import found


def new(**fields: str) -> dict[str, str]:
    return {"submission": uuid4().hex} | fields


@pytest.fixture
def school(home: Home, minh: Caller) -> str:
    made = minh.post("/workplaces", new(unit=TUY_PHUOC, kind="school", name="Trường THCS Phước Hòa"))
    assert made.status_code == 201
    ref: str = made.json()["workplace"]
    return ref


def test_an_organizer_registers_a_workplace_and_who_belongs_to_it(home: Home) -> None:
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    assert "Chưa có nơi làm việc nào" in minh.get("/noi-lam-viec").text
    place = found(r'<option value="([^"]+)" selected>Xã Tuy Phước', minh.get("/noi-lam-viec").text)
    made = minh.post("/noi-lam-viec", new(unit=TUY_PHUOC, kind="office", name="UBND xã Tuy Phước"))
    assert place
    page = made.headers["location"]
    office = page.partition("?")[0]
    assert "Chưa có ai thuộc nơi này" in minh.get(page).text

    person = {"blocks": "1", "new-0-name": "Đỗ Thị Bán", "new-0-birth_year": "1980", "new-0-contact": "yes"}
    added = minh.post(f"{office}/them", new(on=sent.today(), **person))
    shown = minh.get(added.headers["location"]).text
    assert "Đỗ Thị Bán" in shown
    assert "Chưa xác nhận nội dung nào" in shown
    member = found(r'<option value="(\w+)">Đỗ Thị Bán', shown)

    wrong = minh.post(f"{office}/roi", new(on="2020-01-01", member=member))
    assert wrong.status_code == 422
    assert "trước ngày người đó vào" in wrong.text
    left = minh.post(f"{office}/roi", new(on=sent.today(), member=member))
    assert "Chưa có ai thuộc nơi này" in minh.get(left.headers["location"]).text
    again = minh.post("/noi-lam-viec", new(unit=TUY_PHUOC, kind="office", name="ubnd xa tuy phuoc"))
    assert again.status_code == 409
    assert "đã có nơi làm việc mang tên đó" in again.text


def test_one_chooses_ones_own_and_belongs_to_one_at_a_time(home: Home, minh: Caller, school: str) -> None:
    other = minh.post("/workplaces", new(unit=PROVINCE, kind="office", name="Sở Khoa học")).json()
    assert other["title"]  # Minh organizes the commune, not the province
    office = minh.post("/workplaces", new(unit=TUY_PHUOC, kind="office", name="UBND xã")).json()["workplace"]
    home.catch_up()
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Mai")
    assert "Trường THCS Phước Hòa" in lan.get("/toi/ho-so").text
    for chosen in (school, office):
        done = lan.post("/toi/noi-lam-viec", new(workplace=chosen))
        assert f'value="{chosen}" selected' in lan.get(done.headers["location"]).text
    assert "UBND xã" in lan.get("/toi/du-lieu").text
    with home.house.asking() as db:
        counts = workplaces.counts(db, [WorkplaceId(school), WorkplaceId(office)])
    assert {str(one): found.people for one, found in counts.items()} == {school: 0, office: 1}
    left = lan.post("/toi/noi-lam-viec", new(workplace=""))
    assert 'value="" selected' in lan.get(left.headers["location"]).text
    assert lan.post("/toi/noi-lam-viec", new(workplace="none")).status_code == 404


def test_who_is_able_counts_where_they_belong_under_all_their_ids(
    home: Home, minh: Caller, lan: Caller, school: str
) -> None:
    taught = lan.post("/lessons", sent.lesson(sent.ba_tu())).json()["teachings"][0]
    lan.post("/answers", {"code": taught["code"], "answer": "able"})
    member = {"id": taught["learner"]}
    joined = minh.post(f"/workplaces/{school}/members", new(on=sent.today()) | {"member": member})
    assert joined.status_code == 201
    found = minh.get("/workplaces", unit=TUY_PHUOC, position=joined.json()["position"]).json()["rows"]
    assert [(row["people"], row["confirmed"], row["able"]) for row in found] == [(1, 1, 1)]


def test_a_workplace_elsewhere_looks_like_none(home: Home, school: str) -> None:
    home.catch_up()
    stranger = browsing(home, Role.ORGANIZER, ELSEWHERE, "Người Khác")
    for path in (f"/noi-lam-viec/{school}", "/noi-lam-viec/khong-co", f"/noi-lam-viec?unit={TUY_PHUOC}"):
        assert stranger.get(path).status_code == 404, path
    for path in (f"/noi-lam-viec/{school}/them", f"/noi-lam-viec/{school}/roi"):
        assert stranger.post(path, new(on=sent.today())).status_code == 404, path


def test_sent_again_is_recorded_once(minh: Caller, school: str) -> None:
    joining = new(on=sent.today()) | {"member": sent.ba_tu()}
    first = minh.post(f"/workplaces/{school}/members", joining)
    again = minh.post(f"/workplaces/{school}/members", joining)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
