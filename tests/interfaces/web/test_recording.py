"""The form of /ghi over HTTP: who can be named by one tap, what is remembered, what is undone."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.model import PersonId, Role
from infrastructure import access_log
from interfaces.web import undoing
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing
from tests.interfaces.web.test_pages import a_lesson, found


@pytest.fixture
def lan(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")


@pytest.fixture
def hoa(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Trần Văn Hòa")


def taught(somebody: Browsing, **fields: str) -> str:
    """Saves a lesson; where it led to."""
    saved = somebody.post("/ghi", a_lesson(somebody.get("/ghi").text, **fields))
    assert saved.status_code == 303, saved.text
    somebody.home.catch_up()
    return saved.headers["location"]


def newcomers(*people: tuple[str, str]) -> dict[str, str]:
    """Name, and phone or year of birth, in the fields of as many blocks."""
    fields = {"blocks": str(len(people)), "new-0-birth_year": ""}
    for number, (name, known) in enumerate(people):
        fields |= {f"new-{number}-name": name, f"new-{number}-phone": known}
    return fields


def choices(page: str) -> list[str]:
    """Ids of those who can be chosen by one tap."""
    return re.findall(r'name="learner" value="([\w-]+)"', page)


def test_a_year_in_the_field_of_the_phone_is_the_year_of_birth(lan: Browsing) -> None:
    taught(lan, **newcomers(("Nguyễn Thị Tư", "1956")))
    assert "sinh 1956" in lan.get("/ghi").text


@pytest.mark.parametrize("wrong", ["1850", "2090", "195", "19561"])
def test_what_is_neither_a_phone_nor_a_year_is_said_at_its_field(lan: Browsing, wrong: str) -> None:
    page = lan.post("/ghi", a_lesson(lan.get("/ghi").text, **newcomers(("Nguyễn Thị Tư", wrong))))
    assert 400 <= page.status_code < 500
    assert 'href="#new-0-phone"' in page.text


def test_a_name_repeated_in_a_class_is_caught_at_its_field(lan: Browsing) -> None:
    tu, sau = ("Nguyễn Thị Tư", "1956"), ("Lê Văn Sáu", "1951")
    page = lan.post("/ghi", a_lesson(lan.get("/ghi").text, **newcomers(tu, sau, ("nguyen thi tu", "1956"))))
    assert page.status_code == 422
    assert 'href="#new-2-name"' in page.text
    assert taught(lan, **newcomers(tu, sau, ("Nguyễn Thị Tư", "1957")))  # two of one name


def test_nothing_of_the_last_lesson_is_chosen_again_but_its_place(home: Home) -> None:
    lan = browsing(home, Role.AMBASSADOR, PROVINCE, "Nguyễn Thị Lan")
    page = lan.get("/ghi").text
    assert '<option value="" selected>–' in page
    place = found(r'<option value="(\w+)">Xã Tuy Phước<', page)
    lan.post("/ghi", a_lesson(page + 'name="unit" value="x"', unit=place))
    home.catch_up()
    page = lan.get("/ghi").text
    assert f'<option value="{place}" selected>' in page
    assert choices(page)
    assert " checked" not in page


def test_others_of_the_place_are_shown_short_and_the_look_is_recorded(
    home: Home, lan: Browsing, hoa: Browsing
) -> None:
    taught(hoa, **newcomers(("Nguyễn Thị Tư", "1956")))
    page = lan.get(f"/ghi/quanh-day?unit={TUY_PHUOC}")
    assert page.headers["cache-control"] == "no-store"
    assert "N. Tư" in page.text
    assert "sinh 1956" in page.text
    assert "Nguyễn Thị Tư" not in page.text
    [tu] = choices(page.text)
    with home.house.database.reading() as db:
        [read] = access_log.entries(db, limit=10, whose=[PersonId(tu)])
    assert (read.why, read.what) == ("lookup", "/ghi/quanh-day")


def test_who_was_found_there_is_taken_along_and_named(lan: Browsing, hoa: Browsing) -> None:
    taught(hoa, **newcomers(("Nguyễn Thị Tư", "1956")))
    [tu] = choices(lan.get("/ghi/quanh-day").text)
    page = lan.get(f"/ghi?learner={tu}").text
    assert re.search(rf'value="{tu}" checked', page)
    fields = {"new-0-name": "", "new-0-birth_year": "", "learner": tu}
    wrong = lan.post("/ghi", a_lesson(page, **fields | {"skill": ""}))
    assert re.search(rf'value="{tu}" checked', wrong.text)  # still there after a mistake
    assert "1 người học" in lan.get(taught(lan, **fields)).text
    assert choices(lan.get("/ghi/quanh-day").text) == []  # now one of Lan's own


def test_nobody_of_another_place_is_found_or_named(home: Home, hoa: Browsing) -> None:
    taught(hoa, **newcomers(("Nguyễn Thị Tư", "1956")))
    stranger = browsing(home, Role.AMBASSADOR, ELSEWHERE, "Người Khác")
    assert stranger.get(f"/ghi/quanh-day?unit={TUY_PHUOC}").status_code == 404
    [tu] = choices(hoa.get("/ghi").text)
    page = stranger.get(f"/ghi?learner={tu}").text
    assert choices(page) == []
    assert "N. Tư" not in page


@pytest.mark.parametrize("wrong", ["%00", "x" * 3000, "%3Cb%3E", "khong-co"])
def test_an_id_of_nobody_names_nobody(lan: Browsing, wrong: str) -> None:
    assert lan.get(f"/ghi?learner={wrong}").status_code < 500
    assert lan.post("/ghi", a_lesson(lan.get("/ghi").text, learner="\x00")).status_code < 500


def test_a_class_is_undone_by_one_tap_and_once(home: Home, lan: Browsing) -> None:
    saved = taught(lan, **newcomers(("Nguyễn Thị Tư", "1956"), ("Lê Văn Sáu", "1951")))
    assert f'action="{saved}/hoan-tac"' in lan.get(saved).text
    undone = lan.post(f"{saved}/hoan-tac", {})
    head = home.house.ledger.head()
    page = lan.get(undone.headers["location"]).text
    assert "Đã hoàn tác" in page
    assert page.count("Đã rút lại") == 2 * 2  # this week, and among what is not counted
    lan.post(f"{saved}/hoan-tac", {})
    assert home.house.ledger.head() == head
    assert "hoan-tac" not in lan.get(saved).text


def test_after_a_minute_undo_leads_to_the_ordinary_withdrawal(
    home: Home, lan: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = taught(lan)
    monkeypatch.setattr(undoing, "UNDO", timedelta(0))
    head = home.house.ledger.head()
    led = lan.post(f"{saved}/hoan-tac", {})
    assert home.house.ledger.head() == head
    page = lan.get(led.headers["location"]).text
    assert "hoan-tac" not in page
    assert "Rút lại" in lan.get(found(r'href="(/buoi/\w+)"', page)).text


def test_another_mentors_lesson_is_nobody_elses_to_undo(home: Home, lan: Browsing, hoa: Browsing) -> None:
    saved = taught(lan)
    head = home.house.ledger.head()
    assert hoa.post(f"{saved}/hoan-tac", {}).status_code == 404
    assert home.house.ledger.head() == head


def test_an_onboarding_is_undone_within_the_minute(home: Home, lan: Browsing) -> None:
    opened = lan.post(
        "/ghi/tieu-thuong",
        {"submission": uuid4().hex, "unit": TUY_PHUOC, "name": "Chợ Bồ Đề", "stalls": "4"},
    )
    form = opened.headers["location"].partition("?")[0]
    home.catch_up()
    fields = a_lesson(lan.get(form).text, means="cashless-payment", vendor="", unit=TUY_PHUOC)
    page = lan.get(lan.post(form, fields).headers["location"]).text
    where = found(r'action="(/tieu-thuong/\w+/rut-lai)"', page)
    sent = dict(re.findall(r'name="(submission|onboarding)" value="([\w.]+)"', page))
    undone = lan.post(where, sent | {"reason": "mistake"})
    assert "Đã rút lại" in lan.get(undone.headers["location"]).text
