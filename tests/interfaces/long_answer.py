"""A long answer behind our front door, where a client has two seconds to take a piece of it."""

from pathlib import Path

from litestar.types import Receive, Scope, Send

from infrastructure.settings import Settings
from interfaces.web import front_door

LONG = 16 * 1024 * 1024
"""Bytes: more than the buffers on both ends of a connection hold."""

front_door.PIECE_WITHIN = 2.0  # type: ignore[misc]


async def _long(scope: Scope, _receive: Receive, send: Send) -> None:
    if str(scope["type"]) != "http":
        return
    length = 2 if scope["path"] == "/health" else LONG
    headers = [(b"content-length", b"%d" % length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * length, "more_body": False})


application = front_door.front_door(_long, Settings(home=Path("/nowhere")))
