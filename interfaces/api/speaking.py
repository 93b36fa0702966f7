"""How the API speaks: structs as JSON, ids in the path, positions to wait for."""

import re
from typing import Annotated, Any, Final

import msgspec
from litestar.types import Receive, Scope, Send

from interfaces.web.limits import NothingThere

API: Final = "/api/v1"

_ENCODER: Final = msgspec.json.Encoder()
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")


class Json:
    """A JSON document on its way out: what Litestar's own response would send, in two messages."""

    __slots__ = ("body", "more", "status")

    def __init__(self, body: bytes, status: int, more: dict[str, str] | None = None) -> None:
        self.body = body
        self.status = status
        self.more = more or {}

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        length = str(len(self.body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        headers += [(name.encode(), value.encode()) for name, value in self.more.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def said(
    body: msgspec.Struct | dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Json:
    return Json(_ENCODER.encode(body), status, headers)


def recorded(body: msgspec.Struct | dict[str, Any], *, again: bool) -> Json:
    """201 for what was recorded now; 200 with the same body for what stood already."""
    return said(body, 200 if again else 201)


def identifier(text: str) -> str:
    """An id out of the path. Raises `NothingThere` for what can be none."""
    if not _ID.match(text):
        raise NothingThere
    return text


UnitRef = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
# `(?![\s\S])` is the end in Python and in JavaScript, where `$` and `\Z` mean something else in one of them.
AfterText = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[0-9]{1,9}~[A-Za-z0-9._:-]+(?![\s\S])")]
AfterNumber = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class WaitQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`position`: the answer takes in the ledger at least up to there."""

    position: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
