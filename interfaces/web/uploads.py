"""Files that a form brings: multipart/form-data, read whole, bounded, by nobody's parser but this.

Only routes that take a file read a body so. Parts have no charset, no nesting and no encoding of their own:
browsers send none, and what does is refused.
"""

import asyncio
import re
from typing import Final, cast

import msgspec

from interfaces.web.limits import (
    SLOWEST_BODY,
    AnyRequest,
    BodyTooLarge,
    BodyTooSlow,
    Form,
    NotAForm,
    Unreadable,
    WrongCharset,
    must_be_own,
)

MOST_PARTS: Final = 50
_BOUNDARY: Final = re.compile(rb'boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?\s*\Z')
_NAME: Final = re.compile(rb'form-data;\s*name="([^"\r\n]{1,64})"(?:;\s*filename="([^"\r\n]{0,400})")?\s*\Z')


class Upload(msgspec.Struct, frozen=True):
    """The fields of the form, and its one file: empty where none was chosen."""

    form: Form
    name: str
    content: bytes


async def read_upload(request: AnyRequest, largest: int) -> Upload:
    """Raises `NotAForm`, `BodyTooLarge`, `BodyTooSlow`, `Unreadable`, `WrongCharset`, `ForgedForm`."""
    kind = _header(request, b"content-type")
    found = _BOUNDARY.search(kind) if kind.lower().startswith(b"multipart/form-data;") else None
    if found is None:
        raise NotAForm
    body = await _body(request, largest + 64 * 1024)
    upload = _parts(body, b"--" + found[1])
    must_be_own(request, upload.form)
    return upload


async def _body(request: AnyRequest, largest: int) -> bytes:
    announced = _header(request, b"content-length")
    if announced.isdigit() and int(announced) > largest:
        raise BodyTooLarge(limit=largest // 1024)
    pieces: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise BodyTooSlow
                piece = cast("bytes", message.get("body", b""))
                length += len(piece)
                if length > largest:
                    raise BodyTooLarge(limit=largest // 1024)
                pieces.append(piece)
                if not message.get("more_body", False):
                    return b"".join(pieces)
    except TimeoutError:
        raise BodyTooSlow from None


def _parts(body: bytes, mark: bytes) -> Upload:
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 2 or len(pieces) > MOST_PARTS or not pieces[-1].startswith(b"--"):
        raise Unreadable
    fields: list[tuple[str, str]] = []
    name, content = "", b""
    for piece in pieces[1:-1]:
        head, blank, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        found = _disposition(head) if blank else None
        if found is None:
            raise Unreadable
        try:
            if found[2] is None:
                fields.append((found[1].decode(), value.decode()))
            else:
                name, content = found[2].decode(), value
        except UnicodeDecodeError:
            raise WrongCharset from None
    return Upload(Form(fields), name, content)


def _disposition(head: bytes) -> re.Match[bytes] | None:
    for line in head.split(b"\r\n"):
        label, _, value = line.partition(b":")
        if label.strip().lower() == b"content-disposition":
            return _NAME.match(value.strip())
    return None


def _header(request: AnyRequest, wanted: bytes) -> bytes:
    return next((bytes(value) for name, value in request.scope["headers"] if name == wanted), b"")
