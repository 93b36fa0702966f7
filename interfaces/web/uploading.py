"""Files that are sent to us: written to the home as they arrive, at most so large, never held in memory.

The routes of lists alone take them (`limits.py` bounds every other body at 64 KB). What announces more
than it may is refused before a byte of it is read. They take minutes to arrive: who sent one is asked for
once more then, and nothing is kept of whoever was signed out, or lost the role, meanwhile.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final, cast

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from infrastructure.lists.table import LARGEST, FileTooLarge
from interfaces.house import House
from interfaces.web.limits import (
    FORM_TOKEN,
    BodyTooSlow,
    ForgedForm,
    MissingField,
    NotAForm,
    Unreadable,
)
from interfaces.web.session import admit, visitor

AnyRequest = Request[Any, Any, Any]

SLOWEST: Final = 300.0
"""Seconds for all of it: 32 MB at 1 Mbit/s."""

AROUND: Final = 16 * 1024
"""Bytes of a form beside its file."""

_MEGABYTE: Final = 1024 * 1024


@contextmanager
def _incoming(house: House) -> Iterator[tuple[Path, Any]]:
    """A new file in the home that only its owner reads; gone again where it did not arrive whole."""
    path = house.spools.incoming()
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        with file:
            yield path, file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def receive(request: AnyRequest, house: House) -> Path:
    """The body as a file, which whoever asks removes. Raises `FileTooLarge`, `BodyTooSlow`, and what `admit`
    does."""
    _announced(request, LARGEST)
    with _incoming(house) as (path, file):
        length = 0
        async for piece in _pieces(request):
            length += len(piece)
            if length > LARGEST:
                raise _too_large()
            await asyncio.to_thread(file.write, piece)
        await admit(request)
        return path


async def receive_form(request: AnyRequest, house: House) -> tuple[Path, str, dict[str, str]]:
    """The file of a form, what it is called, and the fields before it. The session's token comes first:
    nothing is kept of a form without it. Raises `FileTooLarge`, `BodyTooSlow`, `NotAForm`, `ForgedForm`,
    `MissingField`."""
    kind = request.headers.get("content-type", "")
    said, _, parameters = kind.partition(";")
    boundary = parameters.strip().removeprefix("boundary=").strip('"')
    if said.strip().lower() != "multipart/form-data" or not 0 < len(boundary) <= 70 or not boundary.isascii():
        raise NotAForm
    _announced(request, LARGEST + AROUND)
    with _incoming(house) as (path, file):
        form = _Form(request, file)
        try:
            parser = PushMultipartParser(
                boundary,
                max_segment_count=8,
                max_segment_size=LARGEST + 1,
                strict=True,
            )
            with parser:
                async for piece in _pieces(request):
                    for part in parser.parse(piece):
                        form.take(part)
                    await form.written()
        except (MultipartError, UnicodeError):
            raise Unreadable from None
        if not form.name:
            raise MissingField(field="file")
        await admit(request)
        return path, form.name, form.fields


class _Form:
    """The parts of a form as they come."""

    def __init__(self, request: AnyRequest, file: Any) -> None:
        asking = visitor(request)
        self._token = asking.form_token if asking else None
        self._file = file
        self._part = ""
        self._said = b""
        self._pieces: list[bytes] = []
        self._length = 0
        self.name = ""
        self.fields: dict[str, str] = {}

    def take(self, part: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(part, MultipartSegment):
            self._part, self._said = part.name or "", b""
            if self._part == "file":
                self._must_be_ours()
                self.name = (part.filename or "").rpartition("/")[2].rpartition("\\")[2][:200]
        elif part is None:
            if self._part == FORM_TOKEN and self._token:
                if not compare_digest(self._said, self._token.encode()):
                    raise ForgedForm
                self._token = None
            elif self._part != "file":
                self.fields[self._part] = self._said.decode()
        elif self._part == "file":
            self._length += len(part)
            if self._length > LARGEST:
                raise _too_large()
            self._pieces.append(bytes(part))
        else:
            self._said += part
            if len(self._said) > AROUND:
                raise Unreadable

    def _must_be_ours(self) -> None:
        if self._token is not None:
            raise ForgedForm

    async def written(self) -> None:
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            await asyncio.to_thread(self._file.writelines, pieces)


async def _pieces(request: AnyRequest) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    until = loop.time() + SLOWEST
    while True:
        try:
            message = await asyncio.wait_for(request.receive(), until - loop.time())
        except TimeoutError:
            raise BodyTooSlow from None
        if message["type"] == "http.disconnect":
            raise BodyTooSlow
        if piece := cast("bytes", message.get("body", b"")):
            yield piece
        if not message.get("more_body", False):
            return


def _announced(request: AnyRequest, most: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_large()


def _too_large() -> FileTooLarge:
    return FileTooLarge(limit=LARGEST // _MEGABYTE)
