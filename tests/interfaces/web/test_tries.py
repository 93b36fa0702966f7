"""Limits on tries, as pages and API answer them: refused before anybody looks at what is tried."""

import asyncio

import httpx
import pytest

from domain.model import Role
from infrastructure.tries import Limit
from interfaces.main import create_app
from interfaces.web import tries
from interfaces.web.tries import LIMITS, Kind, Limits
from tests.interfaces.api.forms import Form, kobo
from tests.interfaces.api.requests import ba_tu, learner, lesson, ong_sau
from tests.interfaces.homes import PROVINCE, TUY_PHUOC
from tests.interfaces.web.browsing import Browsing, browsing

PLENTY = Limit(1_000, 3600)
WRONG = "ZZZZZZZ2"


@pytest.fixture
def set_to(monkeypatch):
    """Other limits for this test."""

    def set_to(kind, *, address=PLENTY, account=None, device=None, target=None):
        monkeypatch.setitem(LIMITS, kind, Limits(address, account, device, target))

    return set_to


@pytest.fixture
def code(home, lan):
    logged = lan.post("/lessons", lesson(ba_tu(), ong_sau())).json()
    return logged["teachings"][0]["code"]


def answered(caller, code, **more):
    return caller.post("/answers", {"code": code, "answer": "able"}, **more)


def waits(answer, most):
    """Whether it says when to come again: at most so many seconds later, fewer where time went by."""
    return 0 < int(answer.headers["retry-after"]) <= most


def test_a_right_code_is_refused_like_a_wrong_one(anyone, code, set_to):
    set_to(Kind.CODE, target=Limit(1, 600))
    assert answered(anyone, code).status_code == 201
    again = answered(anyone, code)

    assert again.status_code == 429
    assert waits(again, 600)
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["type"].endswith("#too-many-tries")
    assert "10 phút" in again.json()["detail"]
    in_english = answered(anyone, code, headers={"accept-language": "en"}).json()
    assert in_english["detail"] == "Too many attempts. Please try again in 10 minutes."


def test_every_way_to_a_code_counts_together(home, anyone, code, set_to):
    set_to(Kind.CODE, target=Limit(5, 600))
    browser = Browsing(home)
    ways = [
        lambda: browser.get(f"/x/{code.lower()}"),
        lambda: browser.post(f"/x/{code}", {"answer": "able"}),
        lambda: browser.get(f"/x/{code[:4]}-{code[4:]}/cam-on"),
        lambda: browser.post("/xac-nhan", {"code": code}),
        lambda: answered(anyone, code),
    ]

    assert [way().status_code for way in ways] == [200, 303, 200, 303, 200]
    assert [way().status_code for way in ways] == [429] * 5


def test_a_page_that_refuses_says_when_and_keeps_what_was_typed(home, code, set_to):
    set_to(Kind.CODE, target=Limit(0, 90))
    browser = Browsing(home)
    typed = browser.post("/xac-nhan", {"code": code})

    assert typed.status_code == 429
    assert waits(typed, 90)
    assert f'value="{code}"' in typed.text
    assert "sau 2 phút" in typed.text
    assert f'href="/x/{code}"' in browser.post(f"/x/{code}", {"answer": "able"}).text


def test_codes_are_counted_by_address_whichever_they_are(anyone, set_to):
    set_to(Kind.CODE, address=Limit(3, 600), target=PLENTY)
    codes = ["AAAAAAA2", "AAAAAAA3", "AAAAAAA4", "AAAAAAA5"]

    assert [answered(anyone, one).status_code for one in codes] == [404, 404, 404, 429]


def test_nor_does_it_help_to_come_from_a_whole_network(home, set_to):
    """65,536 addresses of IPv6 with a line of one's own; the last one is somebody else's."""
    set_to(Kind.CODE, address=Limit(1, 600), target=PLENTY)

    async def asked(number: int, network: str = "2001:db8:1") -> int:
        transport = httpx.ASGITransport(create_app(home.house), client=(f"{network}:{number:x}::1", 4))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return (await client.get(f"/x/AAAAAA{number:02}".replace("0", "Z").replace("1", "Y"))).status_code

    assert [home.run(asked(number)) for number in range(12)] == [404] * 10 + [429] * 2
    assert home.run(asked(12, "2001:db8:2")) == 404


def test_who_is_signed_in_is_counted_by_account_and_by_device(home, lan, hoa, set_to):
    set_to(Kind.CODE, account=Limit(2, 600))
    assert [answered(lan, WRONG).status_code for _ in range(3)] == [404, 404, 429]
    assert answered(hoa, WRONG).status_code == 404

    set_to(Kind.CODE, device=Limit(2, 300))
    here = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Lý Thị Mai")
    there = browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Võ Văn Nam")
    assert [here.get(f"/x/{WRONG}").status_code for _ in range(3)] == [404, 404, 429]
    assert there.get(f"/x/{WRONG}").status_code == 404


def test_80_at_once_over_four_routes_are_10(home, code, set_to):
    set_to(Kind.CODE, target=Limit(10, 600))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(home.house)),  # type: ignore[arg-type]
        base_url="http://127.0.0.1:8000",
    )
    form = {"code": code, "answer": "able"}
    ways = [
        lambda: client.get(f"/x/{code}"),
        lambda: client.post(f"/x/{code}", data=form),
        lambda: client.post("/xac-nhan", data=form),
        lambda: client.post("/api/v1/answers", json=form),
    ]

    async def all_at_once():
        return await asyncio.gather(*(ways[number % 4]() for number in range(80)))

    statuses = [one.status_code for one in home.run(all_at_once())]
    assert len([status for status in statuses if status != 429]) == 10
    home.run(client.aclose())


def test_a_list_of_invitations_stays_in_its_field(home, set_to):
    set_to(Kind.INVITING, account=Limit(1, 600))
    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Văn Minh")
    for people in ("Nguyễn Thị Hoa", "Trần Văn Bình, 0912345678"):
        made = minh.post("/moi", {"unit": TUY_PHUOC, "people": people})

    assert made.status_code == 429
    assert waits(made, 600)
    assert "Trần Văn Bình, 0912345678" in made.text
    assert "Đã thử quá nhiều lần" in made.text


def test_nominees_and_their_files_are_limited(home, hanh, set_to):
    set_to(Kind.NOMINEES, account=Limit(1, 600))
    set_to(Kind.EXPORT, account=Limit(1, 600))
    asked = {"unit": PROVINCE, "done_by": "2026-11-20"}

    assert [hanh.get("/nominees", **asked).status_code for _ in range(2)] == [200, 429]
    assert [hanh.get("/nominees", **asked, format="csv").status_code for _ in range(2)] == [200, 429]


def test_what_only_a_learner_knows_cannot_be_guessed_by_typing_the_code_another_way(home, code, set_to):
    set_to(Kind.OWN_DATA, target=Limit(3, 24 * 3600))
    browser = Browsing(home)
    written = [code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:2]} {code[2:]}", code]
    tried = [browser.post("/du-lieu", {"code": one, "known": "1950"}) for one in written]

    assert [one.status_code == 429 for one in tried] == [False] * 3 + [True] * 2
    assert "sau 24 giờ" in tried[-1].text
    assert f'value="{code}"' in tried[-1].text
    assert tried[-1].headers["retry-after"]


def test_whatever_an_account_sends_has_an_end(lan, hoa, anyone, monkeypatch):
    monkeypatch.setattr(tries, "WRITES", Limit(2, 600))
    sent = [lan.post("/lessons", lesson(learner(number))) for number in range(3)]

    assert [one.status_code for one in sent] == [201, 201, 429]
    assert waits(sent[2], 600)
    assert lan.get("/me/figures").status_code != 429
    assert hoa.post("/lessons", lesson(ba_tu())).status_code == 201
    assert [answered(anyone, WRONG).status_code for _ in range(3)] == [404] * 3


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_who_has_no_key_of_a_form_uses_up_nothing_of_it(home, anyone, set_to):
    set_to(Kind.FORM, target=Limit(1, 600))
    form = Form(home, "kobo", "lesson")
    strange = [anyone.post(f"/kobo/{form.ref}", kobo(), headers={"x-api-key": "wrong"}) for _ in range(3)]

    assert [one.status_code for one in strange] == [401] * 3
    assert [form.send(kobo()).status_code for _ in range(2)] == [202, 429]


def test_every_kind_has_its_limits():
    assert set(LIMITS) == set(Kind)
