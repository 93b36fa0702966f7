"""Organizers answer what people of their unit ask for, and see what is late."""

from datetime import timedelta

import pytest

from domain.model import Role
from infrastructure.read_models import requests
from tests.interfaces.api.requests import ba_tu, lesson
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.web.browsing import Browsing, browsing


@pytest.fixture
def tu(home, lan):
    said = lan.post("/lessons", lesson(ba_tu())).json()
    home.catch_up()
    return said["teachings"][0]


@pytest.fixture
def asked(home, tu):
    """Bà Tư asks for something; the address of her request."""

    def asked(kind, words="Tôi tên là Tú"):
        entered = {"code": tu["code"], "known": "0912345678"}
        page = Browsing(home).post("/du-lieu/yeu-cau", entered | {"kind": kind, "words": words}, token="")
        assert page.status_code == 200
        home.catch_up()
        with home.house.asking() as db:
            return f"/yeu-cau/{requests.waiting(db)[-1].request}"

    return asked


@pytest.fixture
def organizer(home):
    return browsing(home, Role.ORGANIZER, TUY_PHUOC, "Phạm Văn Minh")


def settled(home, organizer, page, **fields):
    organizer.prove()
    done = organizer.post(f"{page}/giai-quyet", fields)
    home.catch_up()
    return done


def test_what_is_open_is_listed_with_its_days(home, asked, organizer, monkeypatch):
    asked("correct")
    page = organizer.get("/yeu-cau").text
    assert "Nguyễn Thị Tư" in page
    assert "Tiếp nhận chậm nhất" in page
    now = home.house.clock()
    monkeypatch.setattr(home.house, "clock", lambda: now + timedelta(days=6))
    assert "Quá hạn: phải tiếp nhận" in organizer.get("/yeu-cau").text
    assert "quá hạn" in organizer.get(HOME).text


HOME = f"/don-vi/{TUY_PHUOC}"


def test_whoever_answers_sees_it_where_they_begin_and_nobody_else(home, asked, organizer):
    assert "/yeu-cau" not in organizer.get(HOME).text
    page = asked("object")
    assert 'href="/yeu-cau">1 yêu cầu' in organizer.get(HOME).text
    auditor = browsing(home, Role.AUDITOR, TUY_PHUOC, "Vũ Thị Kiểm")
    assert "/yeu-cau" not in auditor.get(HOME).text
    settled(home, organizer, page, outcome="declined", words="Buổi học có thật")
    assert "/yeu-cau" not in organizer.get(HOME).text


def test_one_is_opened_only_by_who_just_confirmed_so_that_nothing_typed_is_lost(home, asked, organizer):
    page = asked("object")
    now = home.house.clock()
    home.house.clock = lambda: now + timedelta(minutes=6)
    assert organizer.get("/yeu-cau").status_code == 200
    assert organizer.get(page).headers["location"].startswith("/xac-thuc?next=%2Fyeu-cau%2F")


def test_it_is_acknowledged_and_corrected(home, tu, asked, organizer):
    page = asked("correct")
    assert "Tôi tên là Tú" in organizer.get(page).text
    assert organizer.post(f"{page}/tiep-nhan", {}).status_code == 303
    right = {"submission": "s", "name": "Nguyễn Thị Tú", "phone": "0912345678", "birth_year": "1956"}
    done = settled(home, organizer, page, outcome="done", **right)
    assert done.status_code == 303
    assert home.house.vault.names([tu["learner"]]) == {tu["learner"]: "Nguyễn Thị Tú"}
    assert "Nguyễn Thị" not in organizer.get("/yeu-cau").text
    assert organizer.post(f"{page}/giai-quyet", {"outcome": "done"} | right).status_code == 409


def test_who_declines_says_why_and_the_person_reads_it(home, tu, asked, organizer):
    page = asked("object")
    assert settled(home, organizer, page, outcome="declined").status_code == 422
    undecided = settled(home, organizer, page, words="Buổi học có thật")
    assert undecided.status_code == 422
    assert ">Buổi học có thật</textarea>" in undecided.text
    done = settled(home, organizer, page, outcome="declined", words="Buổi học có thật")
    assert done.status_code == 303
    entered = {"code": tu["code"], "known": "0912345678"}
    assert "Buổi học có thật" in Browsing(home).post("/du-lieu", entered, token="").text


def test_an_erasure_is_carried_out(home, tu, asked, organizer):
    page = asked("erase", "")
    assert settled(home, organizer, page, outcome="done").status_code == 303
    assert home.house.vault.names([tu["learner"]]) == {}
    assert "Không có ai" in organizer.get("/yeu-cau").text


def test_of_another_unit_there_is_nothing(home, asked):
    page = asked("object")
    elsewhere = browsing(home, Role.ORGANIZER, "01", "Phạm Văn Minh")
    assert elsewhere.get(page).status_code == 404
    assert "Nguyễn Thị Tư" not in elsewhere.get("/yeu-cau").text
    assert elsewhere.post(f"{page}/tiep-nhan", {}).status_code == 404
