"""A class over HTTP: opened, joined without signing in, witnessed, closed; and what is refused."""

import re
from uuid import uuid4

import pytest

from application import access, classes
from application.actors import OPERATOR
from application.forms.access import InviteForm
from domain.classes import ON_ONE_DEVICE, OPEN_FOR
from domain.model import Evidence, Role, Selector
from domain.teaching import TeachingAnswered
from infrastructure.tries import Limit
from interfaces.web import tries
from interfaces.web.tries import Kind, Limits
from tests.interfaces.homes import ELSEWHERE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing


@pytest.fixture
def lan(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")


@pytest.fixture
def tam(home: Home) -> Browsing:
    return browsing(home, Role.TEAM_LEADER, TUY_PHUOC, "Đỗ Văn Tám")


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, pattern
    return match[1]


def opened(lan: Browsing) -> tuple[str, str]:
    """The path of a class of Lan's, and that of its wall code."""
    page = lan.get("/lop").text
    form = {
        "submission": found(r'name="submission" value="(\w+)"', page),
        "skill": "vneid",
        "unit": TUY_PHUOC,
    }
    sent = lan.post("/lop", form)
    assert sent.status_code == 303, sent.text
    path = sent.headers["location"]
    return path, found(r"/l/([A-Z2-9]{12})", lan.get(path).text)


def person(page: str, name: str, **fields: str) -> dict[str, str]:
    return {
        "submission": found(r'name="submission" value="(\w+)"', page),
        "name": name,
        "birth_year": "1956",
        "group": "people",
        "answer": "able",
        "contact": "yes",
    } | fields


def checks_in(on: Browsing, code: str, name: str, **fields: str):
    return on.post(f"/l/{code}", person(on.get(f"/l/{code}").text, name, **fields))


def answers(home: Home) -> list[TeachingAnswered]:
    history = home.house.ledger.history([Selector([TeachingAnswered])])
    return [one.fact for one in history if isinstance(one.fact, TeachingAnswered)]


def added(lan: Browsing, path: str, name: str) -> None:
    page = lan.get(f"{path}/diem-danh").text
    form = {
        "submission": found(r'name="submission" value="(\w+)"', page),
        "new-0-name": name,
        "new-0-birth_year": "1950",
        "new-0-contact": "yes",
        "new-0-group": "people",
    }
    sent = lan.post(f"{path}/them", form)
    assert sent.status_code == 303, sent.text


def test_learners_check_in_and_are_seen_by_whoever_gives_the_class(home: Home, lan: Browsing) -> None:
    path, code = opened(lan)
    phone = Browsing(home)
    page = phone.get(f"/l/{code}").text
    assert "Nguyễn Thị Lan" in page
    form = person(page, "Nguyễn Thị Tư")
    first, again = phone.post(f"/l/{code}", form), phone.post(f"/l/{code}", form)
    assert first.status_code == again.status_code == 303
    thanks = phone.get(first.headers["location"]).text
    assert "Đã điểm danh" in thanks
    assert "Tư" not in thanks.split("<main")[1]
    [said] = answers(home)
    assert (said.evidence, said.answer) == (Evidence.OWN_DEVICE, "able")
    roll = lan.get(f"{path}/diem-danh").text
    assert "Nguyễn Thị Tư" in roll
    assert "1 người học đã có mặt" in roll
    wall = lan.get(path).text
    assert "1 người học đã có mặt" in wall
    assert "Nguyễn Thị Tư" not in wall
    assert "Nguyễn Thị Tư" in lan.get(path.replace("/lop/", "/ghi/da-gui/")).text


def test_the_same_person_is_known_again_and_not_twice_in_the_class(home: Home, lan: Browsing) -> None:
    known = Browsing(home)
    _path, before = opened(lan)
    checks_in(known, before, "Lê Văn Sáu", phone="0905 123 456")
    _path, code = opened(lan)
    assert checks_in(Browsing(home), code, "lê văn sáu", phone="0905123456").status_code == 303
    assert len({one.learner for one in answers(home)}) == 1
    twice = checks_in(Browsing(home), code, "Lê Văn Sáu", phone="0905123456", answer="no")
    assert twice.status_code == 409
    assert "đã điểm danh rồi" in twice.text
    assert len(answers(home)) == 2


def test_what_is_kept_of_somebody_known_is_not_changed_by_who_checks_in(home: Home, lan: Browsing) -> None:
    _path, code = opened(lan)
    checks_in(Browsing(home), code, "Lê Văn Sáu", phone="0905123456", birth_year="")
    _path, code = opened(lan)
    checks_in(Browsing(home), code, "Lê Văn Sáu", phone="0905123456", birth_year="1940")
    one = answers(home)[0].learner
    assert home.house.vault.identities([one])[one].birth_year is None


def test_one_phone_for_many_is_noticed_and_looked_at(home: Home, lan: Browsing) -> None:
    _path, code = opened(lan)
    phone = Browsing(home)
    for number in range(ON_ONE_DEVICE + 1):
        assert checks_in(phone, code, "Nguyễn Văn " + "Bốn" * (number + 1)).status_code == 303
    checks_in(Browsing(home), code, "Trần Thị Riêng")
    seen = [one.evidence for one in answers(home)]
    assert seen == [Evidence.OWN_DEVICE] * ON_ONE_DEVICE + [Evidence.SHARED_DEVICE, Evidence.OWN_DEVICE]
    home.catch_up()
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")
    looked_at = minh.get("/xem-xet?show=one-phone").text
    assert "Nguyễn Văn " + "Bốn" * (ON_ONE_DEVICE + 1) in looked_at
    assert "Trần Thị Riêng" not in looked_at


def test_the_phone_that_lan_is_signed_in_on_is_hers(home: Home, lan: Browsing) -> None:
    _path, code = opened(lan)
    page = lan.get(f"/l/{code}").text
    assert lan.post(f"/l/{code}", person(page, "Nguyễn Thị Tư")).status_code == 303
    assert answers(home)[0].evidence is Evidence.AMBASSADOR_DEVICE


def test_it_stays_hers_once_the_session_grew_too_old_and_not_once_she_signed_out(
    home: Home, lan: Browsing
) -> None:
    _path, code = opened(lan)
    lan.get("/toi")
    lan._client.cookies.delete("lantoa_session", domain="127.0.0.1", path="/")
    page = lan.get(f"/l/{code}").text
    assert lan.post(f"/l/{code}", person(page, "Nguyễn Thị Tư")).status_code == 303
    lan._client.cookies.set("account", "-", domain="127.0.0.1", path="/")
    page = lan.get(f"/l/{code}").text
    assert lan.post(f"/l/{code}", person(page, "Nguyễn Thị Năm")).status_code == 303
    seen = [one.evidence for one in answers(home)]
    assert seen == [Evidence.AMBASSADOR_DEVICE, Evidence.OWN_DEVICE]


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(home: Home, lan: Browsing) -> None:
    _path, code = opened(lan)
    phone = Browsing(home)
    for fields, at_fault in (
        ({"birth_year": ""}, "phone"),
        ({"name": ""}, "name"),
        ({"answer": ""}, "answer"),
        ({"birth_year": "năm"}, "birth_year"),
    ):
        page = checks_in(phone, code, **({"name": "Đặng Thị Bảy"} | fields))
        assert page.status_code in (400, 422)
        assert f'href="#{at_fault}"' in page.text, fields
        assert fields.get("name", "Đặng Thị Bảy") in page.text
    assert not answers(home)


def test_a_closed_class_says_so_and_one_ends_by_itself(home: Home, lan: Browsing, monkeypatch) -> None:
    path, code = opened(lan)
    phone = Browsing(home)
    form = person(phone.get(f"/l/{code}").text, "Nguyễn Thị Tư")
    assert lan.post(f"{path}/dong", {}).status_code == 303
    for said in (phone.get(f"/l/{code}"), phone.post(f"/l/{code}", form)):
        assert said.status_code == 410
        assert "Lớp đã đóng" in said.text
    _path, code = opened(lan)
    clock = home.house.clock
    monkeypatch.setattr(home.house, "clock", lambda: clock() + OPEN_FOR)
    assert phone.get(f"/l/{code}").status_code == 410


def test_codes_that_are_none_and_codes_of_lessons_open_nothing(home: Home, lan: Browsing) -> None:
    path, code = opened(lan)
    phone = Browsing(home)
    checks_in(phone, code, "Nguyễn Thị Tư")
    [said] = answers(home)
    own = home.house.vault.codes([said.teaching])[said.teaching]
    for wrong in (own, code[:-1], "A" * 12, path.removeprefix("/lop/"), "%00", "x" * 500):
        assert phone.get(f"/l/{wrong}").status_code in (400, 404), wrong
        assert phone.post(f"/l/{wrong}", {"name": "x"}).status_code in (400, 404), wrong
    assert phone.get(f"/x/{code}").status_code in (404, 422)


def test_a_class_is_its_mentors_alone(home: Home, lan: Browsing, tam: Browsing) -> None:
    path, _code = opened(lan)
    hoa = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Trần Văn Hòa")
    for who, status in ((hoa, 404), (tam, 403)):
        assert who.get(path).status_code == status
        assert who.get(f"{path}/diem-danh").status_code == status
        assert who.post(f"{path}/them", {}).status_code == status
        assert who.post(f"{path}/dong", {}).status_code == status


def test_a_team_leader_answers_for_who_has_no_phone(home: Home, lan: Browsing, tam: Browsing) -> None:
    path, code = opened(lan)
    added(lan, path, "Ông Chín Không Máy")
    added(lan, path, "Bà Mười Không Máy")
    home.catch_up()
    queue = tam.get("/lam-chung").text
    assert "2 người học đang chờ" in queue
    at = found(r'href="(/lam-chung/\w+)"', queue)
    page = tam.get(at).text
    assert "Bà Mười Không Máy" in page
    assert "Nguyễn Thị Lan" in page
    fields = re.findall(r'name="(answer-\w+)" value="able"', page)
    form = {"submission": found(r'name="submission" value="(\w+)"', page), fields[0]: "able", fields[1]: "no"}
    not_there = tam.post(at, form)
    assert not_there.status_code == 422
    assert "có mặt" in not_there.text
    nobody = tam.post(at, {"submission": form["submission"], "there": "yes"})
    assert "ít nhất một người học" in nobody.text
    assert tam.post(at, form | {"there": "yes"}).status_code == 303
    assert [(one.answer, one.evidence) for one in answers(home)] == [
        ("able", Evidence.WITNESSED),
        ("no", Evidence.WITNESSED),
    ]
    home.catch_up()
    assert "Không có lớp nào chờ" in tam.get("/lam-chung").text
    assert "Do người làm chứng trả lời" in lan.get(f"{path}/diem-danh").text
    own = checks_in(Browsing(home), code, "Bà Mười Không Máy", birth_year="1950", answer="taught")
    assert own.status_code == 303
    assert (answers(home)[-1].answer, answers(home)[-1].evidence) == ("taught", Evidence.OWN_DEVICE)


def test_nobody_elsewhere_and_not_whoever_gave_the_class_is_its_witness(home: Home, lan: Browsing) -> None:
    path, _code = opened(lan)
    added(lan, path, "Ông Chín Không Máy")
    home.catch_up()
    elsewhere = browsing(home, Role.TEAM_LEADER, ELSEWHERE, "Ngô Văn Xa")
    at = path.replace("/lop/", "/lam-chung/")
    assert elsewhere.get(at).status_code == 404
    assert elsewhere.post(at, {}).status_code == 404
    assert "Không có lớp nào chờ" in elsewhere.get("/lam-chung").text


def test_a_team_leader_is_no_witness_of_their_own_class(home: Home) -> None:
    both = Browsing(home)
    for role in (Role.TEAM_LEADER, Role.AMBASSADOR):
        form = InviteForm(
            submission=uuid4().hex, role=role, unit=TUY_PHUOC, name="Đỗ Văn Tám", phone="0905111222"
        )
        done = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
        home.catch_up()
        home.house.forget(done.person)
    both.sign_in(f"/vao/{done.token}")
    path, _code = opened(both)
    added(both, path, "Ông Chín Không Máy")
    at = path.replace("/lop/", "/lam-chung/")
    page = both.get(at).text
    assert "lớp của chính bạn" in page
    assert "answer-" not in page
    [waiting] = classes.of_lesson(home.house.ground, path.removeprefix("/lop/")).pupils
    sent = {"submission": uuid4().hex, "there": "yes", f"answer-{waiting.teaching}": "able"}
    assert both.post(at, sent).status_code == 403
    assert not answers(home)


def test_trying_codes_ends_after_a_while(home: Home, lan: Browsing, monkeypatch) -> None:
    _path, code = opened(lan)
    few = Limits(address=Limit(3, 3600), target=Limit(3, 3600))
    monkeypatch.setitem(tries.LIMITS, Kind.CLASS, few)
    phone = Browsing(home)
    seen = [phone.get(f"/l/{wrong}").status_code for wrong in ("B" * 12, "C" * 12, "D" * 12, code)]
    assert seen == [404, 404, 404, 429]
