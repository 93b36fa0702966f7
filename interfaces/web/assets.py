"""Stylesheet, scripts and icons: read once, named by their content, compressed, kept for a year.

A script is served together with the modules that it imports, so that a page asks for one file; what it
imports only later (`import("./after.js")`) stays a file of its own, under the name it has today.
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

STATIC: Final = Path(__file__).parent.parent / "static"
KEPT: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}

_IMPORT: Final = re.compile(r'^import \{[^}]+\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_LATER: Final = re.compile(r'import\("\./([\w-]+\.js)"\)')
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function|const|class)", re.MULTILINE)
_FOR_READERS: Final = re.compile(r"^(?: *//.*\n| +)", re.MULTILINE)
_REMARK: Final = re.compile(r" */\*.*?\*/\n?", re.DOTALL)


class Asset(msgspec.Struct, frozen=True):
    """One file: its bytes as they are and gzipped (None where that would not be smaller)."""

    media_type: str
    plain: bytes
    gzipped: bytes | None


def joined(name: str) -> str:
    """A script with the modules it imports before it, each once, in one scope. Its own exports stay."""
    own = (STATIC / name).read_text(encoding="utf-8")
    before = "".join(_EXPORT.sub("", _body(each)) for each in imported(own))
    return _LATER.sub(lambda found: f'import("{address(found[1])}")', before + _body(name))


def imported(source: str) -> list[str]:
    """The modules that a script imports, after those that they import."""
    found: dict[str, None] = {}
    for name in _IMPORT.findall(source):
        found |= dict.fromkeys(imported((STATIC / name).read_text(encoding="utf-8"))) | {name: None}
    return list(found)


def _body(name: str) -> str:
    """Without imports; remarks on lines of their own and indents are for readers of the source."""
    return _FOR_READERS.sub("", _IMPORT.sub("", (STATIC / name).read_text(encoding="utf-8")))


def _served(path: Path) -> bytes:
    match path.suffix:
        case ".js":
            return joined(path.name).encode()
        case ".css":  # each page brings it along: half a kilobyte less without its remarks
            return _REMARK.sub("", path.read_text(encoding="utf-8")).encode()
        case _:
            return path.read_bytes()


@cache
def _read(name: str) -> tuple[str, Asset]:
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in _TYPES or not path.is_file():
        raise KeyError(name)
    plain = _served(path)
    small = gzip.compress(plain, 9, mtime=0)
    hashed = f"{path.stem}.{hashlib.sha256(plain).hexdigest()[:12]}{path.suffix}"
    return hashed, Asset(_TYPES[path.suffix], plain, small if len(small) < len(plain) else None)


def address(name: str) -> str:
    """Where a static file is served today, e.g. /static/look.0f3a….css. Raises KeyError."""
    return f"/static/{_read(name)[0]}"


_SERVED: Final = dict(_read(path.name) for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES)


def find(hashed: str) -> Asset | None:
    """The file behind a hashed name; None for any other name, also one of an older version."""
    return _SERVED.get(hashed)


@get("/static/{name:str}", sync_to_thread=False)
def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """One file by its hashed name."""
    asset = find(name)
    if asset is None:
        raise NotFoundException
    headers = {"Cache-Control": KEPT, "Vary": "Accept-Encoding"}
    body = asset.plain
    if asset.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
        body = asset.gzipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=asset.media_type)


ROUTES: Final = (static,)
