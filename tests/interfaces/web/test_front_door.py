"""What every answer carries: pages, files, problems, and what the app itself has no answer for."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import structs

from infrastructure.settings import Settings
from interfaces.web.assets import address
from interfaces.web.front_door import CutShort, front_door
from tests.interfaces.api.requests import a_class, lesson

WANTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
UNSAFE = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def protected(answer: httpx.Response) -> None:
    for name, value in WANTED.items():
        assert answer.headers.get_list(name) == [value]
    (policy,) = answer.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert not any(word in policy for word in UNSAFE)
    assert answer.headers["cache-control"]


ANSWERS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "a page": (200, "GET", "/xac-nhan", {}),
    "without its body": (200, "HEAD", "/xac-nhan", {}),
    "JSON": (200, "GET", "/api/v1/openapi.json", {}),
    "the API's own page": (200, "GET", "/api/v1", {}),
    "a file": (200, "GET", address("look.css"), {}),
    "no such file": (404, "GET", "/static/look.000000000000.css", {}),
    "no such page": (404, "GET", "/khong/co", {}),
    "a path like a file's": (404, "GET", "/static/../../pyproject.toml", {}),
    "no such API": (404, "GET", "/api/v1/khong-co", {}),
    "another method": (405, "DELETE", "/xac-nhan", {}),
    "a mirror": (405, "TRACE", "/xac-nhan", {}),
    "sign in first": (401, "GET", "/toi", {}),
    "an unknown token": (401, "GET", "/toi", {"headers": {"authorization": "Bearer lantoa_x"}}),
    "too large": (413, "POST", "/xac-nhan", {"content": b"code=" + b"A" * 70_000, "headers": FORM}),
    "another kind": (415, "POST", "/xac-nhan", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
    "another site": (403, "POST", "/xac-nhan", {"headers": FORM | {"sec-fetch-site": "cross-site"}}),
    "no JSON": (
        400, "POST", "/api/v1/answers", {"content": b"{", "headers": {"content-type": "application/json"}}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "method", "path", "more"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_them(home, status, method, path, more):
    answer = home.run(home.client.request(method, path, **more))

    assert answer.status_code == status
    protected(answer)


def test_a_fault_of_ours_carries_them_too(home, lan, monkeypatch):
    monkeypatch.setattr(type(home.house.vault), "strangers", lambda *_, **__: 1 / 0)
    answer = lan.post("/lessons", lesson())

    assert answer.status_code == 500
    protected(answer)


def called(app, *, public_url="https://lantoa.example", method="GET", client=("127.0.0.1", 1), **settings):
    """The answer of an app behind our front door."""
    door = front_door(app, Settings(home=Path(), public_url=public_url, **settings))
    transport = httpx.ASGITransport(door, client=client)  # type: ignore[arg-type]

    async def call():
        async with httpx.AsyncClient(transport=transport, base_url=public_url) as browser:
            return await browser.request(method, "/")

    return asyncio.run(call())


async def falls_over(_scope, _receive, _send):
    raise ValueError("Nguyễn Thị Tư, 0912345678")


async def says_hello(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def breaks_off(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError("Nguyễn Thị Tư, 0912345678")


def test_what_no_route_answers_for_is_a_500_with_them_and_names_nobody(caplog):
    answer = called(falls_over)

    assert answer.status_code == 500
    protected(answer)
    assert "Nothing was saved" in answer.text
    assert "ValueError" in caplog.text
    assert "Tư" not in caplog.text + answer.text


def test_an_answer_that_breaks_off_ends_the_connection_and_names_nobody(caplog):
    with pytest.raises(CutShort) as broken:
        called(breaks_off)

    assert "Tư" not in caplog.text + str(broken.value)
    assert broken.value.__suppress_context__


async def never_ends(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"a piece", "more_body": True})


def test_who_takes_no_piece_of_an_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("interfaces.web.front_door.PIECE_WITHIN", 0.01)
    taken: list[str] = []

    async def take(message):
        taken.append(message["type"])
        if len(taken) == 3:
            await asyncio.Event().wait()

    door = front_door(never_ends, Settings(home=Path()))
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asked: Any = scope | {"scheme": "http", "client": ("127.0.0.1", 1), "http_version": "1.1"}
    with pytest.raises(CutShort):
        asyncio.run(door(asked, never_ends, take))  # type: ignore[arg-type]
    assert taken == ["http.response.start", "http.response.body", "http.response.body"]


HOSTS = ["a:b", "a:99999", "[::1", "a b", "a/b", "user@host", "\xff", ":\x01"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_none_is_refused(home, host):
    answer = home.run(home.client.get("/xac-nhan", headers=[(b"host", host.encode("latin-1"))]))

    assert answer.status_code == 400
    protected(answer)


def test_a_program_is_told_so_as_of_every_problem(home):
    answer = home.run(home.client.get("/api/v1/imports/x", headers=[(b"host", b"zUx5'V")]))

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["type"]) == (400, "/api/v1#http")


@pytest.mark.parametrize("host", ["", "lantoa.example", "127.0.0.1:8000", "[::1]:8000", "may_chu:", "a.b."])
def test_other_hosts_are_answered(home, host):
    answer = home.run(home.client.get("/xac-nhan", headers=[(b"host", host.encode())]))

    assert answer.status_code == 200


LONG = {
    "cookie": 'lantoa_session="' + "\\" * 60_000 + '"',  # 4.5 s where the library unquotes it (CVE-2024-7592)
    "accept-language": "a-" * 30_000,  # 0.6 s where each tag within it is looked for
}


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", LONG)
def test_a_long_header_is_read_in_no_time(home, name):
    began = time.process_time()
    answer = home.run(home.client.get("/xac-nhan", headers={name: LONG[name]}))

    assert answer.status_code == 200
    assert time.process_time() - began < 0.4


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_the_phone_of_a_class_is_told_apart_over_https_alone_where_there_is_https(home, lan):
    code = lan.post("/classes", a_class()).json()["code"]
    plain = home.run(home.client.get(f"/l/{code}")).headers["set-cookie"]
    home.house.settings = structs.replace(home.house.settings, public_url="https://lantoa.example")
    secure = home.run(home.client.get(f"/l/{code}")).headers["set-cookie"]

    assert plain.startswith("lantoa_class=")
    assert secure.startswith("__Secure-lantoa_class=")
    assert secure.endswith("; Secure")


def test_letters_in_an_address_need_not_be_escaped(home):
    answer = home.run(home.client.get("/vinh-danh?unit=VN&ghi=ch\u00fa"))
    raw = {"type": "http", "query_string": "ghi=chú".encode(), "path": "/", "method": "GET", "headers": []}
    seen = []

    async def notes(scope, _receive, _send):
        seen.append(scope["query_string"])

    asyncio.run(front_door(notes, Settings(home=Path()))(raw, None, None))  # type: ignore[arg-type]
    assert answer.status_code < 500
    assert seen == [b"ghi=ch%C3%BA"]


def test_only_over_https_browsers_are_told_to_keep_to_it():
    assert called(says_hello).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    plain = called(says_hello, public_url="http://127.0.0.1:8000")
    assert "strict-transport-security" not in plain.headers


def test_behind_a_proxy_nobody_is_served_past_it():
    behind = {"behind_proxy": "10.0.0.7"}
    assert called(says_hello, client=("10.0.0.7", 1), **behind).text == "hello"
    assert called(says_hello, client=("127.0.0.1", 1), **behind).text == "hello"
    past = called(says_hello, client=("10.0.0.8", 1), **behind)
    assert past.status_code == 403
    protected(past)


def test_the_api_is_described_by_our_own_files_alone(home):
    page = home.run(home.client.get("/api/v1")).text

    assert 'src="http' not in page
    assert 'href="http' not in page
    assert "cdn" not in page.lower()
    assert "<script>" not in page
    assert msgspec.json.decode(home.run(home.client.get("/api/v1/openapi.json")).content)["openapi"]
