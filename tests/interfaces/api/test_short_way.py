"""What is reached the short way is answered to the byte as Litestar would."""

from typing import Any

import httpx
import pytest

from interfaces import main
from interfaces.api import short_way
from interfaces.main import create_app
from tests.interfaces.api.requests import lesson
from tests.interfaces.homes import TUY_PHUOC

FORM = {"content-type": "application/x-www-form-urlencoded"}


def asked(lan):
    """Requests that are answered, refused, nobody's, misspelt, forged and broken."""
    sent = lesson()
    return [
        ("POST", "/api/v1/lessons", {"json": sent, "headers": lan}),
        ("POST", "/api/v1/lessons", {"json": sent, "headers": lan}),
        ("POST", "/api/v1/lessons", {"json": sent | {"unit": "79"}, "headers": lan}),
        ("POST", "/api/v1/lessons", {"json": sent}),
        ("POST", "/api/v1/lessons", {"json": sent, "headers": lan | {"sec-fetch-site": "cross-site"}}),
        ("POST", "/api/v1/lessons", {"content": b"{", "headers": lan | {"content-type": "application/json"}}),
        ("POST", "/api/v1/lessons", {"content": b"a=b", "headers": lan | FORM}),
        ("POST", "/api/v1/lessons/", {"json": sent, "headers": lan}),
        ("PUT", "/api/v1/lessons", {"json": sent, "headers": lan}),
        ("OPTIONS", "/api/v1/lessons", {}),
        ("GET", f"/api/v1/leaderboard?unit={TUY_PHUOC}&lang=en", {}),
        ("HEAD", f"/api/v1/leaderboard?unit={TUY_PHUOC}", {}),
        ("GET", "/api/v1/leaderboard?unit=nowhere", {}),
        ("GET", "/api/v1/leaderboard/me", {"headers": {"authorization": "Bearer nobody's"}}),
    ]


def answers(home, requests):
    app: Any = create_app(home.house)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")
    said = [home.run(client.request(method, path, **more)) for method, path, more in requests]
    home.run(client.aclose())
    return [(one.status_code, sorted(one.headers.multi_items()), one.content) for one in said]


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_the_same_is_answered_with_and_without_it(home, monkeypatch):
    requests = asked({"authorization": f"Bearer {home.tokens['lan']}"})
    home.run(home.client.request(*requests[0][:2], **requests[0][2]))  # so that all of them are repeated
    home.catch_up()
    short = answers(home, requests)
    monkeypatch.setattr(main, "with_short_ways", lambda app, *_: app)
    assert answers(home, requests) == short
    assert [status for status, _, _ in short[:3]] == [200, 200, 409]


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_it_leads_to_routes_without_arguments_only(home, monkeypatch):
    found: dict[tuple[str, str], object] = {}

    def told(app, *_):
        found.update(short_way.short_ways(app))
        return app

    monkeypatch.setattr(main, "with_short_ways", told)
    create_app(home.house)
    assert ("POST", "/api/v1/lessons") in found
    assert not any("{" in path for _, path in found)
    assert not any(method == "OPTIONS" for method, _ in found)
