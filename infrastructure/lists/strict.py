"""Workbooks in Excel's format "Strict Open XML" (ISO/IEC 29500), read as the one that everybody writes.

The two differ in the names of their vocabularies, which stand in attributes: `xmlns="..."`, and the
types of relations. These are exchanged while a part is read, a piece at a time; nothing is unpacked, and
whoever reads the part keeps to the same bounds. What is written in another encoding than UTF-8 stays as
it is, and is refused as Strict by whoever reads it.
"""

import re
import zipfile
from typing import Any, Final

STRICT: Final = "http://purl.oclc.org/ooxml/"

_NAMED: Final = re.compile(rb"(=[ \t\r\n]{0,9}[\"'])http://purl\.oclc\.org/ooxml/([A-Za-z]{1,40})/")
_INSTEAD: Final = rb"\1http://schemas.openxmlformats.org/\2/2006/"
_LONGEST: Final = 128
"""Bytes, more than any name takes: a piece that ends within one is cut before it."""

_PIECE: Final = 1 << 16


class AsUsual(zipfile.ZipFile):
    """The archive of such a workbook, whose parts are read in the usual names."""

    def open(self, *given: Any, **more: Any) -> Any:
        return _Renamed(super().open(*given, **more))


class _Renamed:
    """A part with its names exchanged."""

    def __init__(self, part: Any) -> None:
        self._part = part
        self._rest = b""
        self._ready = bytearray()
        self._over = False

    def read(self, size: int = -1) -> bytes:
        while not self._over and (size < 0 or len(self._ready) < size):
            self._go_on()
        size = len(self._ready) if size < 0 else size
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _go_on(self) -> None:
        piece = self._part.read(_PIECE)
        self._over = not piece
        said = self._rest + piece
        cut = -1 if self._over else said.find(b"=", max(len(said) - _LONGEST, 0))
        cut = len(said) if cut < 0 else cut
        self._ready += _NAMED.sub(_INSTEAD, said[:cut])
        self._rest = said[cut:]

    def close(self) -> None:
        self._part.close()

    def __enter__(self) -> "_Renamed":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
