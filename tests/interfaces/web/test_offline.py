"""What a phone keeps, as the server gives it out: shells of nobody's data, one version, a manifest."""

import re
import struct

import pytest

from domain.model import Role
from interfaces.web import assets, language, offline
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.web.browsing import Browsing, browsing

SHELLS = [f"/vo/{spoken}/{name}" for spoken in language.LANGUAGES for name in offline.SHELLS]


@pytest.fixture
def lan(home) -> Browsing:
    return browsing(home, Role.AMBASSADOR, TUY_PHUOC, "Trần Thị Lan")


def test_a_shell_is_the_same_whoever_asks_and_in_its_own_language(home, lan):
    stranger = Browsing(home)
    for path in SHELLS:
        said = lan.get(path)
        assert said.status_code == 200
        assert said.text == stranger.get(path).text
        assert "form_token" not in said.text
        assert "Lan</" not in said.text
        assert f'<html lang="{path.split("/")[2]}"' in said.text


def test_the_shell_of_the_form_has_its_fields_and_no_id_of_a_submission(home):
    page = Browsing(home).get("/vo/vi/ghi").text

    assert 'data-outbox="lesson"' in page
    assert "<template data-known>" in page
    assert re.search(r"<div data-places>.*<select", page, re.DOTALL)
    assert 'name="submission" value=""' in page


def test_what_is_no_shell_is_not_there(home):
    for path in ("/vo/vi/khac", "/vo/xx/ghi", "/vo/vi/ghi%00"):
        assert Browsing(home).get(path).status_code == 404


def test_the_worker_keeps_what_is_served_and_its_version_is_that_of_all_of_it(home, monkeypatch):
    browser = Browsing(home)
    worker = browser.get("/sw.js")
    kept = re.findall(r'"(/(?:vo|static)/[^"]+)"', worker.text.splitlines()[1])

    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert set(kept) >= set(SHELLS)
    for path in kept:
        assert browser.get(path).status_code == 200
    assert worker.headers["etag"].strip('"') in worker.text.splitlines()[0]

    offline._worker.cache_clear()
    offline._drawn.cache_clear()
    monkeypatch.setitem(offline.SHELLS, "toi", ("/toi", lambda _content, _simulated: b"<p>other</p>"))
    assert browser.get("/sw.js").headers["etag"] != worker.headers["etag"]
    offline._worker.cache_clear()
    offline._drawn.cache_clear()


def test_a_browser_that_has_the_version_is_sent_nothing(home):
    async def again():
        first = await browser._client.get("/sw.js")
        return await browser._client.get("/sw.js", headers={"if-none-match": first.headers["etag"]})

    browser = Browsing(home)
    answer = home.run(again())
    assert answer.status_code == 304
    assert answer.content == b""


def test_the_worker_has_no_import_and_no_name_twice():
    """What it stands on is put before it: a service worker of Chrome 80 knows no modules."""
    for name in ("worker.js", "phone.js", "leaving.js"):
        assert not re.search(r"^(import|export \{)", assets.joined(name), re.MULTILINE)
        own = (assets.STATIC / name).read_text(encoding="utf-8")
        sources = [(assets.STATIC / one).read_text(encoding="utf-8") for one in assets.imported(own)]
        names = [one for source in [*sources, own] for one in TOP.findall(source)]
        assert len(names) == len(set(names)), sorted(one for one in names if names.count(one) > 1)
        for wanted in re.findall(r"^import \{([^}]+)\}", own, re.MULTILINE):
            assert {one.strip() for one in wanted.split(",")} <= set(names)


TOP = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


def test_the_manifest_makes_it_an_app(home):
    said = Browsing(home).get("/manifest.webmanifest")
    app = said.json()

    assert said.headers["content-type"].startswith("application/manifest+json")
    assert (app["start_url"], app["scope"], app["display"]) == ("/ghi", "/", "standalone")
    sizes = set()
    for icon in app["icons"]:
        drawn = Browsing(home).get(icon["src"]).content
        width, height = struct.unpack(">II", drawn[16:24])
        assert icon["sizes"] == f"{width}x{height}"
        sizes.add((width, icon["purpose"]))
    assert sizes == {(192, "any"), (512, "any"), (512, "maskable")}


def test_the_pages_of_the_field_have_the_script_and_no_other_page_does(lan):
    for path in ("/ghi", "/ghi/gia-dinh", "/ghi/tieu-thuong", "/toi"):
        assert assets.address("field.js") in lan.get(path).text
        assert 'id="outbox"' in lan.get(path).text
    for path in ("/vinh-danh", "/bao-mat", "/xep-hang"):
        assert assets.address("field.js") not in lan.get(path).text


def test_whoever_signs_in_again_comes_back_to_a_page_of_their_own(home, lan):
    leader = browsing(home, Role.TEAM_LEADER, TUY_PHUOC, "Đỗ Văn Trưởng")

    assert again(lan, "/toi") == again(lan, "/vo/vi/toi") == "/dang-nhap?next=/toi"
    assert again(leader, "/ghi/di-ho") == again(leader, "/vo/vi/di-ho") == "/dang-nhap?next=/ghi/di-ho"
    assert again(lan, "/vo/vi/khong-mang") == "/dang-nhap"  # whatever page it stands for
    assert 'href="/ghi#outbox"' in lan.get("/ra").text
    assert 'href="/ghi/di-ho#outbox"' in leader.get("/ra").text


def again(who: Browsing, path: str) -> str:
    (link,) = re.findall(r'<p id="sign-in" hidden><a [^>]*href="([^"]+)"', who.get(path).text)
    return str(link)


def test_pages_let_their_scripts_know_the_account_and_signing_out_takes_that_back(home, lan):
    lan.get("/toi")
    told = {one.name: one for one in lan._client.cookies.jar}["account"]
    session = home.house.accounts.session(lan.cookie)
    assert session is not None
    assert told.value == session.person
    assert not told.has_nonstandard_attr("HttpOnly")
    assert "set-cookie" not in lan.get("/toi").headers  # told once

    left = lan.post("/ra", {})
    assert "account=-" in left.headers["set-cookie"]
    assert left.headers["clear-site-data"] == '"cache", "storage"'


def test_nothing_of_the_session_can_be_read_from_the_cookie_of_the_account(home, lan):
    lan.get("/toi")
    told = {one.name: one.value for one in lan._client.cookies.jar}["account"]
    stranger = Browsing(home)
    stranger._client.cookies.set("account", told or "", domain="127.0.0.1", path="/")
    assert stranger.get("/toi").status_code in (303, 401)
