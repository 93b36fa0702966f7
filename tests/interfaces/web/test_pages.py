"""Pages over HTTP without a browser: who may see what, what is escaped, what is refused."""

import html
import re
from uuid import uuid4

import pytest

from domain.model import Role
from interfaces.web import assets
from interfaces.web.invites import invitees
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home
from tests.interfaces.web.browsing import Browsing, browsing


@pytest.fixture
def lan(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")


@pytest.fixture
def minh(home: Home) -> Browsing:
    return browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Minh")


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, pattern
    return match[1]


def a_lesson(page: str, **fields):
    """The form of /ghi as its page minted it, with one new learner."""
    return {
        "submission": found(r'name="submission" value="(\w+)"', page),
        "blocks": "1",
        "new-0-name": "Nguyễn Thị Tư",
        "new-0-phone": "",
        "new-0-birth_year": "1956",
        "new-0-group": "people",
        "skill": "vneid",
        "on": found(r'name="on" type="date" value="([\d-]+)"', page),
        "unit": found(r'name="unit" value="(\w+)"', page),
    } | fields


def test_a_lesson_sent_twice_is_one(lan: Browsing) -> None:
    form = a_lesson(lan.get("/ghi").text)
    first, again = lan.post("/ghi", form), lan.post("/ghi", form)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]


def test_the_same_form_with_other_content_is_not_a_repetition(lan: Browsing) -> None:
    form = a_lesson(lan.get("/ghi").text)
    lan.post("/ghi", form)
    head = lan.home.house.ledger.head()
    other = lan.post("/ghi", form | {"new-0-name": "Lê Văn Sáu"})
    assert other.status_code == 409
    assert "Lê Văn Sáu" in other.text
    assert lan.home.house.ledger.head() == head
    assert form["submission"] not in other.text  # sent again on purpose it is a new entry


def test_a_name_that_looks_like_html_is_only_text(lan: Browsing) -> None:
    form = a_lesson(lan.get("/ghi").text, **{"new-0-name": "<b>Tư</b>", "skill": ""})
    page = lan.post("/ghi", form)
    assert page.status_code == 400
    assert "<b>Tư" not in page.text
    assert html.escape("<b>Tư</b>", quote=False) in page.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"new-0-name": ""}, "learners"),
        ({"new-0-name": "a" * 10_000}, "new-0-name"),
        ({"new-0-name": "Tư\u202e"}, "new-0-name"),
        ({"new-0-phone": "0123"}, "new-0-phone"),
        ({"new-0-birth_year": "abcd"}, "new-0-birth_year"),
        ({"new-0-birth_year": "1500"}, "new-0-birth_year"),
        ({"skill": "flying"}, "skills"),
        ({"on": "2026-02-31"}, "on"),
        ({"on": "2050-01-01"}, "on"),
        ({"unit": ELSEWHERE}, "unit"),
        ({"learner": "nobody-there"}, "learners"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_recorded(lan: Browsing, fields, field) -> None:
    form = a_lesson(lan.get("/ghi").text)
    head = lan.home.house.ledger.head()
    page = lan.post("/ghi", form | ({"new-0-birth_year": ""} if "new-0-name" in fields else {}) | fields)
    assert 400 <= page.status_code < 500
    assert f'href="#{field}"' in page.text
    assert f'id="{field}"' in page.text
    assert lan.home.house.ledger.head() == head


def test_a_form_without_its_token_is_refused(lan: Browsing) -> None:
    form = a_lesson(lan.get("/ghi").text)
    head = lan.home.house.ledger.head()
    assert lan.post("/ghi", form, token="another").status_code == 403
    assert lan.home.house.ledger.head() == head


def test_strangers_are_asked_to_sign_in(home: Home) -> None:
    stranger = Browsing(home)
    for path in ("/ghi", "/toi", "/don-vi/52", "/moi", "/xem-xet", "/khen-thuong", "/ra", "/buoi/x"):
        assert stranger.get(path).status_code == 401, path
    for path in ("/", "/xac-nhan", "/vinh-danh", "/xep-hang"):
        assert stranger.get(path).status_code == 200, path


def test_an_ambassador_does_not_organize(lan: Browsing) -> None:
    for path in ("/moi", "/xem-xet", "/khen-thuong"):
        assert lan.get(path).status_code == 403, path


def test_a_unit_elsewhere_looks_like_none(minh: Browsing) -> None:
    assert minh.get(f"/don-vi/{TUY_PHUOC}").status_code == 200
    elsewhere, nowhere = minh.get(f"/don-vi/{ELSEWHERE}"), minh.get("/don-vi/99999")
    above = minh.get(f"/don-vi/{PROVINCE}")
    assert elsewhere.status_code == nowhere.status_code == above.status_code == 404
    assert _main(elsewhere.text) == _main(nowhere.text) == _main(above.text)


def test_an_entry_of_somebody_else_looks_like_none(home: Home, lan: Browsing) -> None:
    saved = lan.post("/ghi", a_lesson(lan.get("/ghi").text)).headers["location"]
    home.catch_up()
    ref = found(r'href="/buoi/(\w+)"', lan.get("/toi").text)
    hoa = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Trần Văn Hòa")
    assert lan.get(f"/buoi/{ref}").status_code == 200
    assert hoa.get(f"/buoi/{ref}").status_code == 404
    assert hoa.get(saved).status_code == 404
    assert hoa.get(f"/toi/nhac/{ref}").status_code == 404


def test_an_own_mistake_is_withdrawn(home: Home, lan: Browsing) -> None:
    lan.post("/ghi", a_lesson(lan.get("/ghi").text))
    home.catch_up()
    ref = found(r'href="/buoi/(\w+)"', lan.get("/toi").text)
    gone = lan.post(f"/buoi/{ref}/rut-lai", {"submission": uuid4().hex, "reason": "test-entry"})
    assert gone.status_code == 303
    assert "Đã rút lại" in lan.get(gone.headers["location"]).text


def test_an_organizer_invites_a_list(minh: Browsing) -> None:
    unit = TUY_PHUOC
    page = minh.post(
        "/moi",
        {"submission": uuid4().hex, "unit": unit, "people": "Võ Thị Một\nVõ Văn Hai, 0912345678\nBa, 12"},
    )
    assert page.text.count("/vao/") == 2 * 2  # each link as its address and as its words
    assert "Ba, 12" in page.text


def test_a_pasted_list_is_read_line_by_line() -> None:
    listed = invitees("Một\n\n  Hai ; 0912345678\nBa\t\t0987654321\n, 0900000000")
    assert [(one.line, one.name, one.phone) for one in listed] == [
        (1, "Một", ""),
        (3, "Hai", "0912345678"),
        (4, "Ba", "0987654321"),
    ]


def test_static_files_are_named_by_content_and_kept(home: Home) -> None:
    stranger = Browsing(home)
    address = assets.address("look.css")
    sent = stranger.get(address)
    assert sent.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sent.headers["content-encoding"] == "gzip"
    assert "--action" in sent.text
    assert stranger.get("/static/look.css").status_code == 404
    assert stranger.get("/static/../main.py").status_code == 404


def test_no_page_needs_inline_scripts_or_styles(lan: Browsing) -> None:
    page = lan.get("/ghi")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page.text)


def test_the_language_is_remembered(home: Home) -> None:
    stranger = Browsing(home)
    assert '<html lang="vi">' in stranger.get("/").text
    stranger.get("/?lang=en")
    assert '<html lang="en">' in stranger.get("/vinh-danh").text


def _main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    "wrong", ["%00", "9" * 40, "-1", "%ff", "x" * 3000, "%3Cscript%3E", "%E2%80%AE", "a b"]
)
def test_no_address_makes_a_page_fail(lan: Browsing, minh: Browsing, wrong: str) -> None:
    """Whatever stands in an address is answered in words, never with a fault."""
    shared = [f"/xep-hang?{name}={wrong}" for name in ("unit", "metric", "period", "after", "position")]
    shared += [f"/vinh-danh?{name}={wrong}" for name in ("unit", "status", "year", "after", "position")]
    shared += [f"/{path}/{wrong}" for path in ("x", "vao", "don-vi", "static", "buoi", "gia-dinh")]
    taught = [f"/{path}/{wrong}" for path in ("toi/nhac", "ghi/da-gui", "ghi/tieu-thuong")]
    taught += [f"/toi?position={wrong}", f"/toi?done={wrong}"]
    organized = [f"/khen-thuong?{name}={wrong}" for name in ("unit", "done_by", "received_by")]
    organized += [f"/xem-xet?before={wrong}"]
    for who, paths in ((lan, shared + taught), (minh, shared + organized)):
        for path in paths:
            assert who.get(path).status_code < 500, path


def test_what_was_typed_stays_while_nothing_can_be_saved(home: Home, lan: Browsing) -> None:
    """A full disk or a restart: the form comes back as it was, to be sent again under its own id."""
    page = lan.get("/ghi").text
    home.house.ledger.close()
    answer = lan.post("/ghi", a_lesson(page))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Nguyễn Thị Tư" in answer.text
    assert found(r'name="submission" value="(\w+)"', page) in answer.text


def test_practice_is_welcome(home: Home, lan: Browsing) -> None:
    first = lan.post("/ghi", a_lesson(lan.get("/ghi").text)).headers["location"]
    again = lan.post("/ghi", a_lesson(lan.get("/ghi").text)).headers["location"]
    assert "Ôn lại" not in lan.get(first).text
    assert "Ôn lại" in lan.get(again).text


def test_an_organizer_adds_a_hamlet_where_lessons_then_take_place(home: Home, minh: Browsing) -> None:
    path = f"/don-vi/{TUY_PHUOC}/thon"
    assert minh.post(path, {"submission": uuid4().hex, "name": ""}).status_code == 400
    added = minh.post(path, {"submission": uuid4().hex, "name": "thôn Vinh Thạnh"})
    assert added.status_code == 303
    assert minh.post(path, {"submission": uuid4().hex, "name": "Thôn Vinh Thạnh"}).status_code == 409
    home.catch_up()
    assert "thôn Vinh Thạnh" in minh.get(f"/don-vi/{TUY_PHUOC}").text
    lan = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan")
    assert "thôn Vinh Thạnh" in lan.get("/ghi").text


def test_the_language_of_a_page_that_was_posted_to_can_be_changed(home: Home, minh: Browsing) -> None:
    page = minh.post(f"/don-vi/{TUY_PHUOC}/thon", {"submission": uuid4().hex, "name": ""})
    other = found(r'href="([^"]+lang=en)"', page.text)
    assert minh.get(other).status_code == 200


@pytest.mark.parametrize("path", ["/vinh-danh", "/toi", "/nothing-here", "/static/look.css"])
def test_no_header_says_two_things(home: Home, path: str) -> None:
    page = Browsing(home).get(path)
    for name in ("cache-control", "retry-after", "content-type"):
        assert len(page.headers.get_list(name)) <= 1
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_style_and_scripts_say_their_charset_once(home: Home) -> None:
    sheet = Browsing(home).get(assets.address("look.css"))
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"


def test_a_shared_phone_keeps_no_page_of_whoever_signed_out(minh: Browsing) -> None:
    """Nor any of others' data before: only the forms that are being filled in may be gone back to."""
    assert minh.get("/moi").headers["cache-control"] == "no-store"
    assert minh.get(f"/don-vi/{TUY_PHUOC}").headers["cache-control"] == "no-store"

    assert minh.post("/ra", {}).headers["clear-site-data"] == '"cache", "storage"'


def test_the_form_of_a_lesson_can_be_gone_back_to(lan: Browsing) -> None:
    assert lan.get("/ghi").headers["cache-control"] == "private, no-cache"
