"""One line in the log for each request: what was asked and how it went, never for whom or about whom.

The route is told as it is declared (`/x/{code}`), never the address, which may hold a code or a
token; who is signed in by their opaque id alone. The line's number (`request`) stands in every line
that is logged while the request is answered.
"""

import time
from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from domain.model import PersonId
from infrastructure import logs
from infrastructure.vault.entropy import random_bytes
from interfaces.web.session import visitor_of

_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """All that such a line can tell: written a thousand times a second, it takes no other way round."""

    event: str = "request"
    method: str
    route: str
    status: int
    milliseconds: float
    account: PersonId | None
    request: str
    at: datetime
    level: str = "info"


def lines_for(app: ASGIApp) -> ASGIApp:
    """The app, with a line for each request once it was answered. Logs are set up by then."""
    write = logs.line_writer()

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        method = scope["method"] if scope["method"] in _METHODS else "another"

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        number = random_bytes(4).hex()
        logs.REQUEST.set(number)
        try:
            await app(scope, receive, sending)
        finally:
            asking = visitor_of(scope)
            write(
                RequestLine(
                    method=method,
                    route=scope.get("path_template", "-"),
                    status=status,
                    milliseconds=round(1000 * (time.perf_counter() - began), 1),
                    account=None if asking is None else asking.actor.person,
                    request=number,
                    at=datetime.now(UTC),
                )
            )

    return logged
