"""Small files that a form brings: multipart/form-data, bounded, held in memory and nowhere else.

Lists, which are large, are written to the home as they arrive: `uploading.py`.
"""

import re
from typing import Final

import msgspec
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from interfaces.web.limits import AnyRequest, Form, NotAForm, Unreadable, header, must_be_own, read_body

MOST_PARTS: Final = 50
_BOUNDARY: Final = re.compile(
    rb'multipart/form-data;\s*boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?\s*', re.IGNORECASE
)


class Upload(msgspec.Struct, frozen=True):
    """The fields of the form, and its one file: empty where none was chosen."""

    form: Form
    name: str
    content: bytes


async def read_upload(request: AnyRequest, largest: int) -> Upload:
    """Raises `NotAForm`, `BodyTooLarge`, `BodyTooSlow`, `Unreadable`, `ForgedForm`."""
    found = _BOUNDARY.fullmatch(header(request, b"content-type"))
    if found is None:
        raise NotAForm
    body = await read_body(request, largest + 64 * 1024)
    upload = _parts(body, found[1].decode())
    must_be_own(request, upload.form)
    return upload


def _parts(body: bytes, boundary: str) -> Upload:
    fields: list[tuple[str, str]] = []
    name, content = "", b""
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS, strict=True) as parser:
            part, said = None, bytearray()
            for piece in parser.parse(body):
                if isinstance(piece, MultipartSegment):
                    part, said = piece, bytearray()
                elif piece is not None:
                    said += piece
                elif part is not None and part.filename is None:
                    fields.append((part.name or "", said.decode()))
                elif part is not None:
                    name, content = part.filename or "", bytes(said)
    except (MultipartError, UnicodeError):
        raise Unreadable from None
    return Upload(Form(fields), name, content)
