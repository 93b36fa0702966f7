"""A name stands on public pages and lists of nominees as long as its person agrees, and not a moment
longer; a minor's never stands on a public page."""

import pytest

from application import privacy
from domain.calendar import day_of
from domain.model import By, Role
from domain.people import Purpose
from tests.interfaces.api.requests import eventually, learner, lesson, today
from tests.interfaces.homes import PROVINCE, TUY_PHUOC
from tests.interfaces.test_nothing_left import NAME, PHONE, plain_forms, traces, unpacked
from tests.interfaces.web.browsing import Browsing, browsing

EVERYTHING = dict.fromkeys(Purpose, True)


def known_to_all(home):
    """What strangers and programs without a token are shown."""
    stranger = Browsing(home)
    for path in (
        f"/vinh-danh?unit={TUY_PHUOC}",
        "/vinh-danh?unit=VN",
        "/vinh-danh?status=family",
        f"/xep-hang?unit={TUY_PHUOC}",
        f"/api/v1/honours?unit={TUY_PHUOC}",
        f"/api/v1/leaderboard?unit={TUY_PHUOC}",
        "/",
    ):
        yield path, stranger.get(path).content


def lists_of_nominees(home):
    """What the committee is shown and takes away."""
    committee = browsing(home, Role.COMMITTEE, PROVINCE, "Võ Thị Hạnh")
    day = today()
    page = f"/khen-thuong?unit={PROVINCE}&done_by={day}&received_by={day}"
    yield page, eventually(lambda: committee.get(page), lambda said: "list-ambassador" in said.text).content
    program = home.known("hanh")
    for kind in ("json", "csv", "xlsx"):
        said = eventually(
            lambda kind=kind: program.get("/nominees", unit=PROVINCE, done_by=day, format=kind),
            lambda said: said.status_code == 200,
        )
        yield f"nominees.{kind}", said.content
        if kind == "xlsx":
            yield from unpacked("nominees.xlsx", said.content)


def taught_five(home, **told):
    """A mentor recognised as a digital ambassador."""
    mentor = home.caller(Role.AMBASSADOR, TUY_PHUOC, NAME, PHONE)
    for one in mentor.post("/lessons", lesson(*map(learner, range(5)))).json()["teachings"]:
        home.send("POST", "/answers", json={"code": one["code"], "answer": "able"})
    page = f"/api/v1/honours?unit={TUY_PHUOC}"
    eventually(lambda: Browsing(home).get(page).json()["total"], lambda total: total > 0)
    return home.house.accounts.bearer(mentor.headers["authorization"].removeprefix("Bearer "))


def chosen(home, person, wishes):
    home.run(privacy.choose(home.house.ground, person, By("account:test"), wishes))
    home.catch_up()


@pytest.fixture
def mentor(home):
    return taught_five(home)


def test_a_name_is_shown_with_consent_and_gone_from_everywhere_without_it(home, mentor):
    chosen(home, mentor, EVERYTHING)
    assert len(traces(known_to_all(home), plain_forms())) >= 4
    assert len(traces(lists_of_nominees(home), plain_forms())) >= 4
    chosen(home, mentor, dict.fromkeys(Purpose, False))
    assert traces(known_to_all(home), plain_forms()) == set()
    assert traces(lists_of_nominees(home), plain_forms()) == set()


def test_silence_is_no(home, mentor):
    chosen(home, mentor, {Purpose.AWARD_LISTS: False})  # the cast agrees to those when it is invited
    assert traces(known_to_all(home), plain_forms()) == set()
    assert traces(lists_of_nominees(home), plain_forms()) == set()


def test_each_purpose_is_one_of_its_own(home, mentor):
    chosen(home, mentor, dict.fromkeys(Purpose, False) | {Purpose.PUBLIC_NAME: True})
    assert traces(known_to_all(home), plain_forms())
    assert traces(lists_of_nominees(home), plain_forms()) == set()


def test_a_minors_name_is_on_no_public_page_whoever_agrees(home, lan):
    year = day_of(home.house.clock()).year - 14
    lan.post("/lessons", lesson({"name": NAME, "phone": PHONE, "birth_year": year}))
    person = taught_five(home)
    home.run(privacy.choose(home.house.ground, person, By("account:test"), EVERYTHING, guardian=True))
    home.catch_up()
    assert privacy.agreed(home.house.ledger, person).minor
    assert traces(known_to_all(home), plain_forms()) == set()


def test_on_lists_of_nominees_a_minor_needs_a_guardian_too(home, lan):
    year = day_of(home.house.clock()).year - 14
    lan.post("/lessons", lesson({"name": NAME, "phone": PHONE, "birth_year": year}))
    person = taught_five(home)
    chosen(home, person, EVERYTHING)
    assert traces(lists_of_nominees(home), plain_forms()) == set()
    home.run(privacy.choose(home.house.ground, person, By("account:test"), EVERYTHING, guardian=True))
    home.catch_up()
    assert traces(lists_of_nominees(home), plain_forms())
