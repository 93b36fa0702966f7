"""Whatever bytes come as method, path, query, headers and body: never a fault of ours."""

import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interfaces.main import create_app
from interfaces.permissions import RULES
from tests.interfaces.conftest import copied
from tests.interfaces.homes import Home

pytestmark = pytest.mark.no_cover  # thousands of requests: tracing them takes as long again

PATHS = sorted({path for _, path in RULES})
TEXT = st.text(max_size=40) | st.sampled_from(["\x00", "%00", "%ff", "..", "VN", "52", "\ud800", "a" * 3_000])
BYTES = st.binary(max_size=60)
NAMES = st.sampled_from(
    [
        b"accept", b"accept-encoding", b"accept-language", b"authorization", b"content-encoding",
        b"content-length", b"content-type", b"cookie", b"host", b"if-none-match", b"origin", b"range",
        b"referer", b"sec-fetch-site", b"transfer-encoding", b"user-agent", b"x-forwarded-for",
        b"x-forwarded-host", b"x-http-method-override",
    ]
)  # fmt: skip
VALUES = BYTES | st.sampled_from(
    [
        b"application/json", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=a",
        b"multipart/form-data", b"application/json; charset=\xff", b"gzip", b"Bearer lantoa_x",
        b"lantoa_session=\xff; lang=en", b"lang=\"\\377\"", b"-1", b"same-origin", b"bytes=0-",
        b"vi;q=\xb2", b"null", b"http://[", b"a:b", b"[::1", b"a:99999", b":\x00",
    ]
)  # fmt: skip
BODIES = BYTES | st.sampled_from(
    [
        b"a=%ff",
        b"{",
        b'{"a":NaN}',
        b"[" * 3_000,
        b'{"code":"\xed\xa0\x80"}',
        b"a&" * 2_000,
        b"\x1f\x8b\x08" * 9,
    ]
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    yield from copied(request, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def app(home: Home) -> Any:
    return create_app(home.house)


def answered(app: Any, home: Home, scope: dict[str, Any], body: bytes) -> int:
    """The status that the app answers a raw request with."""
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    home.run(app(scope, receive, send))
    status: int = sent[0]["status"]
    return status


@st.composite
def requests(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    steps = [draw(TEXT) if step.startswith("{") else step for step in draw(st.sampled_from(PATHS)).split("/")]
    path = draw(st.just("/".join(steps)) | st.text(max_size=30).map(lambda some: f"/{some}"))
    query = draw(
        BYTES
        | st.dictionaries(st.sampled_from(["unit", "after", "lang", "limit", "position", "q"]), TEXT).map(
            lambda asked: "&".join(f"{name}={value}" for name, value in asked.items()).encode(
                "utf-8", "replace"
            )
        )
    )
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": draw(st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "PATCH", "DELETE", "BREW"])),
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": query,
        "root_path": "",
        "headers": draw(st.lists(st.tuples(NAMES, VALUES), max_size=6)),
        "client": draw(st.sampled_from([("127.0.0.1", 1), ("::1", 1), None])),
        "server": ("127.0.0.1", 8000),
        "state": {},
        "extensions": {},
    }
    return scope, draw(BODIES)


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sent=requests())
def test_strangers(app, home, sent):
    scope, body = sent

    assert answered(app, home, scope, body) < 500


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sent=requests(), who=st.sampled_from(["lan", "minh", "hanh"]))
def test_somebody_known(app, home, sent, who):
    scope, body = sent
    token = home.tokens[who].encode("ascii")
    headers = [(b"authorization", b"Bearer " + token), *scope["headers"]]

    assert answered(app, home, scope | {"headers": headers}, body) < 500


def test_the_control_is_seen_as_a_fault(home):
    async def falls_over(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 500, "headers": []})

    scope = {"type": "http", "path": string.ascii_letters, "headers": [], "method": "GET"}
    assert answered(falls_over, home, scope, b"") == 500
