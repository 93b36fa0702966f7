"""schemathesis, in short: no fault of ours, and no answer that the description does not know.

The whole of it is a drill: tests/drills/test_fuzzing.py.
"""

import pytest
from litestar.enums import ScopeType
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from domain.model import Role
from interfaces.main import create_app
from interfaces.permissions import RULES
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.hostile.fuzzing import Operations, every, first_let_in, fuzzed, let_in
from tests.interfaces.phones import phone_of

pytestmark = pytest.mark.no_cover  # thousands of requests: tracing them takes as long again

SEED = 20261122


def on(path: str) -> Operations:
    return lambda operation: operation[1] == path


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_what_schemathesis_sends_is_answered_as_described(home: Home, role: Role | None) -> None:
    """The limits of every schema are tried by somebody who is let in there, the rest by chance: by each
    what they are let into, by nobody all there is."""
    token = home.token(role, TUY_PHUOC, "Đỗ Thị Mai") if role else None
    home.catch_up()
    recording = role in (Role.AMBASSADOR, Role.ORGANIZER)

    done = fuzzed(
        home,
        token,
        examples=15 if recording else 5 if role else 1,
        chains=15 if recording else 5,
        seed=SEED,
        covering=first_let_in(role),
        trying=let_in(role) if role else every,
    )

    assert done.wrong == {}
    assert max(done.statuses) < 500
    if role is Role.AMBASSADOR:
        assert done.statuses[201] > 20, "hardly anything was recorded: chance reached nothing"


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/api/v1/sync", "/api/v1/field"])
def test_what_it_sends_as_a_phone_is_answered_as_described(home: Home, path: str) -> None:
    done = fuzzed(
        home,
        phone_of(home).made["token"],
        examples=30,
        chains=0,
        seed=SEED,
        covering=on(path),
        trying=on(path),
    )

    assert done.wrong == {}
    assert done.statuses[200] > 0
    assert max(done.statuses) < 500


CONTROLS = {
    "a fault": (500, b"{}", "not_a_server_error"),
    "another shape": (200, b'{"status": 1}', "response_schema_conformance"),
    "another status": (418, b"{}", "status_code_conformance"),
}


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("status", "body", "said"), CONTROLS.values(), ids=CONTROLS)
def test_an_answer_that_is_not_described_is_found(home: Home, status: int, body: bytes, said: str) -> None:
    """The controls: an app that answers one address in its own way."""
    app = create_app(home.house)

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"] == "/health":
            own = ASGIResponse(body=body, status_code=status, media_type="application/json")
            await own(scope, receive, send)
        else:
            await app(scope, receive, send)

    done = fuzzed(
        home,
        None,
        examples=1,
        chains=0,
        seed=SEED,
        app=answering,
        covering=on("/health"),
        trying=on("/health"),
    )

    assert any(said in kind for kind in done.wrong), done.wrong


def test_each_operation_is_covered_once_by_somebody_who_is_let_in_if_anybody_is() -> None:
    everybody = (None, *Role)
    for operation in RULES:
        covering = [one for one in everybody if first_let_in(one)(operation)]
        assert len(covering) == 1
        assert let_in(covering[0])(operation) or not any(let_in(one)(operation) for one in everybody)
