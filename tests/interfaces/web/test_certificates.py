"""A certificate over HTTP: made for whoever is recognised, and checked by anybody who holds its code."""

import io
import re

import pypdf
import pytest

from application import people
from application.actors import OPERATOR
from application.forms.people import ErasureForm
from domain.certificates import CertificateIssued
from domain.model import PersonId, Role, Selector
from infrastructure.read_models import honours
from tests.interfaces.api import requests as sent
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.waiting import until
from tests.interfaces.web.browsing import Browsing, browsing

LEARNERS = 5


@pytest.fixture
def lan(home: Home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Đặng Ỷ Lan")


def who(home: Home, somebody: Browsing) -> PersonId:
    session = home.house.accounts.session(somebody.cookie)
    assert session is not None
    return session.person


def taught(home: Home, somebody: Browsing) -> list[str]:
    """Five people learned from them and say so; returns their codes."""
    token = home.run(home.house.accounts.issue_bearer(who(home, somebody)))
    headers = {"authorization": f"Bearer {token}"}
    learners = [sent.learner(number) for number in range(LEARNERS)]
    lesson = home.send("POST", "/lessons", headers=headers, json=sent.lesson(*learners)).json()
    codes = [one["code"] for one in lesson["teachings"]]
    for code in codes:
        assert home.send("POST", "/answers", json={"code": code, "answer": "able"}).is_success
    until(lambda: recognised(home, somebody))
    return codes


def recognised(home: Home, somebody: Browsing) -> bool:
    with home.house.asking() as db:
        return honours.of_person(db, who(home, somebody)) is not None


def text(pdf: bytes) -> str:
    [page] = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text()


def address(pdf: bytes) -> str:
    found = re.search(r"/vinh-danh/kiem/[A-Z2-9]{20}", text(pdf).replace("\n", ""))
    assert found
    return found[0]


def test_who_is_not_recognised_has_none(lan: Browsing) -> None:
    assert "Chứng nhận dành cho đại sứ số" in lan.get("/toi/chung-nhan").text
    assert lan.post("/toi/chung-nhan", {}).status_code == 409


def test_it_says_who_where_and_when_and_stands_until_it_is_withdrawn(home: Home, lan: Browsing) -> None:
    codes = taught(home, lan)
    assert "Tải chứng nhận" in lan.get("/toi/chung-nhan").text
    made = lan.post("/toi/chung-nhan", {})
    assert made.headers["content-type"] == "application/pdf"
    said = text(made.content)
    for part in ("Nguyễn Thị Đặng Ỷ Lan", "đại sứ số của Xã Tuy Phước", "01-KH/BCĐTW", "Đại sứ số thứ 1 "):
        assert part in said, said
    assert lan.post("/toi/chung-nhan", {}).content == made.content
    [issued] = home.house.ledger.history([Selector([CertificateIssued])])
    assert isinstance(issued.fact, CertificateIssued)
    assert issued.fact.person == who(home, lan)

    anybody, at = Browsing(home), address(made.content)
    page = anybody.get(at)
    assert page.status_code == 200
    assert "đang có hiệu lực" in page.text
    assert "Xã Tuy Phước" in page.text
    assert "Không hiện tên" in page.text
    assert "Ỷ Lan" not in page.text
    assert "Ỷ Lan" not in lan.get(at).text.split("<main")[1]  # a session opens no names there
    lan.post("/toi/ten-cong-khai", {"given": "yes"})
    home.catch_up()
    assert "Nguyễn Thị Đặng Ỷ Lan" in anybody.get(at).text

    for code in codes[:1]:
        assert home.send("POST", "/answers", json={"code": code, "answer": "no"}).is_success
    until(lambda: not recognised(home, lan))
    page = anybody.get(at)
    assert "đã được rút lại" in page.text
    assert "Ỷ Lan" not in page.text
    assert lan.post("/toi/chung-nhan", {}).status_code == 409

    assert home.send("POST", "/answers", json={"code": codes[0], "answer": "able"}).is_success
    until(lambda: recognised(home, lan))
    assert "đã được rút lại" in anybody.get(at).text
    again = lan.post("/toi/chung-nhan", {}).content
    assert address(again) != at
    assert "đang có hiệu lực" in anybody.get(address(again)).text


def test_nothing_of_an_erased_person_checks_any_more(home: Home, lan: Browsing) -> None:
    taught(home, lan)
    at = address(lan.post("/toi/chung-nhan", {}).content)
    person = who(home, lan)
    home.run(people.erase(home.house.ground, OPERATOR, person, ErasureForm(submission="erase-lan")))
    page = Browsing(home).get(at)
    assert page.status_code == 404
    assert "Không có chứng nhận này" in page.text


def test_codes_that_were_never_given_out_look_alike(home: Home, lan: Browsing) -> None:
    taught(home, lan)
    at = address(lan.post("/toi/chung-nhan", {}).content)
    anybody = Browsing(home)
    pages = {
        anybody.get(f"/vinh-danh/kiem/{wrong}").text.replace(wrong, "*")
        for wrong in ("A" * 20, at[-20:-1] + ("A" if at[-1] != "A" else "B"))
    }
    assert len(pages) == 1
    for wrong in (at[-8:], "certificate-1", "%00", "x" * 300):
        assert anybody.get(f"/vinh-danh/kiem/{wrong}").status_code in (400, 404)
    assert anybody.get(f"/x/{at[-20:]}").status_code in (404, 422)
    assert anybody.get(f"/l/{at[-20:]}").status_code == 404


def test_it_speaks_the_language_of_whoever_prints_it(home: Home, lan: Browsing) -> None:
    taught(home, lan)
    lan.get("/toi/chung-nhan?lang=en")
    made = lan.post("/toi/chung-nhan", {}).content
    assert "is a digital ambassador of" in text(made)
    root = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/Lang"] == "en"  # type: ignore[index]
