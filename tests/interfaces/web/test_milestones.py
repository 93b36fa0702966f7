"""Milestones on the pages: one question at a time, big answers, nothing to type; the board; courses."""

import re

import pytest

from domain.calendar import day_of
from domain.model import Role
from infrastructure.ledger.writer import utc_now
from tests.interfaces.api.requests import ba_tu, learner, lesson
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing

ON_SQLITE = pytest.mark.parametrize("home", ["sqlite"], indirect=True)
COURSE = '<a class="touch" href="https://binhdanhocvuso.gov.vn" rel="noopener external">'


@pytest.fixture
def taught(home: Home) -> dict[str, str]:
    made: dict[str, str] = home.known("lan").post("/lessons", lesson(ba_tu())).json()["teachings"][0]
    return made


def asked(page: str) -> str:
    found = re.search(r'name="milestone" value="([a-z-]+)"', page)
    return found[1] if found else ""


def test_a_learner_is_asked_one_thing_at_a_time_and_sees_what_was_said(home: Home, taught) -> None:
    phone, path = Browsing(home), f"/x/{taught['code']}/cot-moc"
    page = phone.get(path).text
    assert asked(page) == "digital-identity"
    assert "Câu 1 trên 6" in page
    assert 'type="text"' not in page

    said = phone.post(path, {"milestone": "digital-identity", "answer": "yes"})
    assert said.status_code == 303
    assert asked(phone.get(said.headers["location"]).text) == "confirmed-on-vneid"
    no = phone.post(path, {"milestone": "cashless-payment", "answer": "no"})
    assert no.headers["location"].endswith("ask=xong")

    whole = phone.get(no.headers["location"]).text
    assert whole.count("Chưa trả lời") == 5
    assert f"Có, từ {day_of(utc_now()):%d/%m/%Y}" in whole
    changed = phone.post(path, {"milestone": "digital-identity", "answer": "no"})
    assert changed.status_code == 303
    assert "Chưa<" in phone.get(f"{path}?ask=xong").text


@ON_SQLITE
def test_an_answer_that_is_none_is_said_so(home: Home, taught) -> None:
    path = f"/x/{taught['code']}/cot-moc"

    assert Browsing(home).post(path, {"milestone": "digital-identity"}).status_code == 400
    assert Browsing(home).post(path, {"milestone": "x", "answer": "yes"}).status_code == 400
    assert Browsing(home).post("/x/ABCDEFGH/cot-moc", {"answer": "yes"}).status_code in (400, 404)
    assert Browsing(home).get("/x/ABCDEFGH/cot-moc").status_code == 404


@ON_SQLITE
def test_a_code_opens_no_milestones_of_whoever_has_an_account(home: Home, taught) -> None:
    """Whoever taught them knows the code, too."""
    stranger, path = Browsing(home), f"/x/{taught['code']}/cot-moc"
    said = {"milestone": "digital-identity", "answer": "yes"}
    learners = stranger.get(path)  # the control: as long as she has none
    assert (learners.status_code, "Ông/bà đã có" in learners.text) == (200, True)
    assert stranger.post(path, said).status_code == 303

    own = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Tư", phone="0912345678")

    nobodys = stranger.get("/x/ABCDEFGH/cot-moc")
    assert 'href="/dang-nhap?next=/toi/cot-moc"' in nobodys.text
    assert stranger.get(f"{path}?ask=xong").status_code == 404
    for refused in (stranger.get(path), stranger.post(path, said)):
        assert refused.status_code == nobodys.status_code == 404
        assert refused.text.partition("<main")[2] == nobodys.text.partition("<main")[2] != ""
    assert own.get(path).headers["location"] == "/toi/cot-moc"
    assert asked(own.get("/toi/cot-moc").text) == "confirmed-on-vneid"
    assert "của bạn đã" in own.get("/toi/cot-moc").text
    assert browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Mai Thị Khác").get(path).status_code == 404


@ON_SQLITE
def test_a_child_is_not_asked_for_a_digital_identity(home: Home) -> None:
    young = learner(3) | {"birth_year": day_of(utc_now()).year - 10}
    child = home.known("lan").post("/lessons", lesson(young)).json()["teachings"][0]

    page = Browsing(home).get(f"/x/{child['code']}/cot-moc").text

    assert asked(page) == "digital-signature"
    assert "Câu 1 trên 4" in page


@ON_SQLITE
def test_after_answering_courses_stand_there_and_lead_on_to_the_questions(home: Home, taught) -> None:
    phone, code = Browsing(home), taught["code"]
    assert phone.post(f"/x/{code}", {"answer": "able"}).status_code == 303

    answer = phone.get(f"/x/{code}/cam-on")

    assert COURSE in answer.text
    assert f'href="/x/{code}/cot-moc"' in answer.text
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")  # no site learns the code
    assert COURSE in phone.get("/khoa-hoc").text


def test_a_list_and_a_witness_are_told_and_the_person_has_the_last_word(home: Home, taught) -> None:
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Mai Thị Chứng")
    path = f"/buoi/{taught['teaching']}/cot-moc"
    away = lan.post(path, {"milestone": "cashless-payment", "answer": "yes"})
    assert away.status_code == 422
    assert "Chỉ người có mặt" in away.text
    none = lan.post(path, {"there": "yes", "answer": "yes"})
    assert (none.status_code, "Xin chọn một mục." in none.text) == (400, True)
    seen = lan.post(path, {"milestone": "cashless-payment", "there": "yes", "answer": "yes"})
    assert seen.status_code == 303
    assert "người làm chứng)" in lan.get(seen.headers["location"]).text

    phone = Browsing(home)
    page = phone.get(f"/x/{taught['code']}/cot-moc?ask=cashless-payment").text
    assert "có người làm chứng là có" in page
    phone.post(f"/x/{taught['code']}/cot-moc", {"milestone": "cashless-payment", "answer": "no"})
    back = lan.post(path, {"milestone": "cashless-payment", "there": "yes", "answer": "yes"})
    assert back.status_code == 409


@ON_SQLITE
def test_somebody_elsewhere_is_no_witness(home: Home, taught) -> None:
    stranger = browsing(home, Role.AMBASSADOR, ELSEWHERE, "Mai Thị Xa")

    assert stranger.get(f"/buoi/{taught['teaching']}/cot-moc").status_code == 404


def test_the_board_shows_people_of_a_unit_and_of_those_below(home: Home, taught) -> None:
    own = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Mai Thị Tự")
    assert own.post("/toi/cot-moc", {"milestone": "online-course", "answer": "yes"}).status_code == 303
    home.catch_up()
    officer = browsing(home, Role.ORGANIZER, PROVINCE, "Phạm Văn Bảng")

    assert officer.get("/cot-moc").headers["location"] == f"/don-vi/{PROVINCE}/cot-moc"
    page = officer.get(f"/don-vi/{PROVINCE}/cot-moc?milestone=online-course").text
    assert "1 đã xác nhận (100%), 1 tự trả lời" in page
    row = page.partition(f"/don-vi/{TUY_PHUOC}/cot-moc")[2].partition("</tr>")[0]
    assert re.findall(r'<td class="n[^"]*">(\d+)</td>', row)[:3] == ["1", "1", "1"]
    assert officer.get("/don-vi/01/cot-moc").status_code == 404
    assert "Hoàn thành khóa học trực tuyến" in own.get("/toi/du-lieu").text
