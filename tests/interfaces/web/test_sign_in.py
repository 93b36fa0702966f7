"""Signing in by a link, and what a session is proof against."""

import re
from typing import Any, cast
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from msgspec import structs

from application import access
from application.actors import OPERATOR
from application.forms.access import InviteForm
from domain.model import Role
from interfaces.main import create_app
from interfaces.web.session import cookie_name
from tests.interfaces.homes import TUY_PHUOC

COOKIE = "lantoa_session"
SAME = {"sec-fetch-site": "same-origin"}


class Browser:
    """Keeps cookies, sends forms as our own pages do."""

    def __init__(self, home, base="http://127.0.0.1:8000"):
        self.home = home
        transport = httpx.ASGITransport(cast("Any", create_app(home.house)))
        self.client = httpx.AsyncClient(transport=transport, base_url=base)

    def get(self, path, **headers):
        return self.home.run(self.client.get(path, headers=headers))

    def post(self, path, headers=SAME, **fields):
        form = {"content-type": "application/x-www-form-urlencoded"}
        sent = urlencode(fields).encode()
        return self.home.run(self.client.post(path, content=sent, headers=form | headers))

    def cookie(self):
        return self.client.cookies.get(COOKIE)

    def token_on(self, path):
        found = re.search(r'name="form_token" value="(\w+)"', self.get(path).text)
        return found[1] if found else ""


@pytest.fixture
def link(home):
    """The path of a fresh invitation of an ambassador."""
    return new_link(home)


def new_link(home, name="Nguyễn Thị Lan"):
    form = InviteForm(submission=uuid4().hex, role=Role.AMBASSADOR, unit=TUY_PHUOC, name=name)
    invited = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
    home.catch_up()
    return f"/vao/{invited.token}"


def test_a_tap_on_the_link_signs_in(home, link):
    lan = Browser(home)

    answer = lan.post(link)

    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie
    assert lan.get("/toi").status_code == 200


def test_a_preview_of_the_link_does_not_use_it_up(home, link):
    preview, lan = Browser(home), Browser(home)

    for _ in range(3):
        assert preview.get(link).status_code == 200
    assert preview.cookie() is None

    assert lan.post(link).status_code == 303


def test_the_link_opens_once(home, link):
    first, second = Browser(home), Browser(home)

    assert first.post(link).status_code == 303
    refused = second.post(link)
    assert refused.status_code == 410
    assert 'href="/dang-nhap"' in refused.text  # whoever has a passkey by now needs no other link
    assert second.cookie() is None


def test_whoever_is_not_signed_in_is_led_back_to_the_page_they_asked_for(home):
    refused = Browser(home).get("/xem-xet?show=all")
    assert refused.status_code == 401
    assert 'href="/dang-nhap?next=%2Fxem-xet%3Fshow%3Dall"' in refused.text


def test_another_site_cannot_tap_the_link(home, link):
    victim = Browser(home)

    assert victim.post(link, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert victim.post(link, headers={"origin": "null"}).status_code == 403
    assert victim.cookie() is None


def test_a_session_that_the_client_chose_is_no_session(home, link):
    lan = Browser(home)
    lan.client.cookies.set(COOKIE, "chosen-by-an-attacker", domain="127.0.0.1")

    lan.post(link)

    assert lan.cookie() != "chosen-by-an-attacker"
    fixed = Browser(home)
    fixed.client.cookies.set(COOKIE, "chosen-by-an-attacker", domain="127.0.0.1")
    assert fixed.get("/toi").status_code == 401


def test_a_new_sign_in_ends_the_session_before(home, link):
    lan = Browser(home)
    lan.post(link)
    before = lan.cookie()
    token = lan.token_on("/ra")

    lan.post(new_link(home), form_token=token)

    assert lan.cookie() != before
    old = Browser(home)
    old.client.cookies.set(COOKIE, before, domain="127.0.0.1")
    assert old.get("/toi").status_code == 401


def test_signing_out_ends_it_on_the_server_too(home, link):
    lan = Browser(home)
    lan.post(link)
    kept, token = lan.cookie(), lan.token_on("/ra")

    assert lan.post("/ra", form_token=token).status_code == 303

    thief = Browser(home)
    thief.client.cookies.set(COOKIE, kept, domain="127.0.0.1")
    assert thief.get("/toi").status_code == 401


@pytest.mark.parametrize("token", ["", "0" * 32, "é", "chosen"])
def test_a_form_without_its_sessions_token_is_refused(home, link, token):
    lan = Browser(home)
    lan.post(link)

    assert lan.post("/ra", form_token=token).status_code == 403
    assert lan.get("/toi").status_code == 200


def test_a_form_of_one_session_is_refused_in_another(home, link):
    lan, hoa = Browser(home), Browser(home)
    lan.post(link)
    hoa.post(new_link(home, "Trần Văn Hòa"))

    assert hoa.post("/ra", form_token=lan.token_on("/ra")).status_code == 403


def test_strangers_are_sent_to_sign_in_and_leave_no_session(home):
    stranger = Browser(home)

    assert stranger.get("/toi").status_code == 401
    assert stranger.get("/").status_code == 200
    assert "set-cookie" not in stranger.get("/").headers


def test_a_cookie_opens_the_api_only_to_our_own_pages(home, link):
    lan = Browser(home)
    lan.post(link)

    def ask(**headers):
        return home.run(lan.client.post("/api/v1/lessons", json={}, headers=headers)).status_code

    assert ask(**{"sec-fetch-site": "same-origin"}) == 400
    assert ask(**{"sec-fetch-site": "cross-site"}) == 403
    assert ask() == 403


@pytest.mark.parametrize("path", ["/", "/toi", "/vinh-danh", "/nothing", "/api/v1/openapi.json", "/health"])
def test_every_answer_carries_the_headers_that_keep_it_safe(home, path):
    headers = Browser(home).get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "cache-control" in headers


def test_under_https_cookies_are_for_this_host_alone(home, link):
    home.house.settings = structs.replace(home.house.settings, public_url="https://lantoa.example")
    lan = Browser(home, base="https://lantoa.example")

    answers = [lan.post(link), lan.get("/ghi?lang=en")]

    set_ = [one for answer in answers for one in answer.headers.get_list("set-cookie")]
    names = ["__Host-lantoa_session", "__Host-account", "__Host-account", "__Host-lang"]
    assert [one.partition("=")[0] for one in set_] == names
    for cookie in set_:
        assert {"secure", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()
    assert set_[1].startswith("__Host-account=-;")
    assert re.match(r"__Host-account=\w[\w-]+;", set_[2])
    assert answers[0].headers["strict-transport-security"]
    assert cookie_name(home.house) == "__Host-lantoa_session"
    again = lan.get("/ghi")
    assert 'lang="en"' in again.text
    assert not again.headers.get_list("set-cookie")


def test_an_account_that_was_told_without_the_prefix_is_told_so_too(home, link):
    home.house.settings = structs.replace(home.house.settings, public_url="https://lantoa.example")
    lan = Browser(home, base="https://lantoa.example")
    lan.client.cookies.set("account", "somebody-else", domain="lantoa.example", path="/")

    for told, answer in (("-;", lan.post(link)), (r"\w[\w-]+;", lan.get("/ghi"))):
        set_ = [one for one in answer.headers.get_list("set-cookie") if "account=" in one]
        assert [one.partition("=")[0] for one in set_] == ["__Host-account", "account"]
        assert re.match(told, set_[1].removeprefix("account="))
        assert set_[0] == f"__Host-{set_[1]}"
    assert not lan.get("/ghi").headers.get_list("set-cookie")


def test_a_head_is_answered_like_its_get_without_the_body(home):
    answer = home.run(Browser(home).client.head("/vinh-danh"))

    assert answer.status_code == 200
    assert answer.content == b""


def test_the_language_is_remembered_when_asked_for(home):
    someone = Browser(home)

    assert 'lang="vi"' in someone.get("/").text
    assert 'lang="en"' in someone.get("/?lang=en").text
    assert 'lang="en"' in someone.get("/").text
    assert 'lang="vi"' in someone.get("/", **{"accept-language": "en", "cookie": "lang=vi"}).text
    assert 'lang="vi"' in someone.get("/?lang=xx", cookie="").text
