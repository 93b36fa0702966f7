"""Stylesheet, scripts and icon: read once, named by their content, compressed, kept for a year."""

import gzip
import hashlib
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
    ".svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True):
    """One file: its bytes as they are and gzipped (None where that would not be smaller)."""

    media_type: str
    plain: bytes
    gzipped: bytes | None


def _read() -> tuple[dict[str, Asset], dict[str, str]]:
    served: dict[str, Asset] = {}
    hashed: dict[str, str] = {}
    for path in sorted(STATIC.iterdir()):
        if path.suffix not in _TYPES:
            continue
        plain = path.read_bytes()
        small = gzip.compress(plain, 9, mtime=0)
        name = f"{path.stem}.{hashlib.sha256(plain).hexdigest()[:12]}{path.suffix}"
        served[name] = Asset(_TYPES[path.suffix], plain, small if len(small) < len(plain) else None)
        hashed[path.name] = f"/static/{name}"
    return served, hashed


_SERVED, _HASHED = _read()


def address(name: str) -> str:
    """Where a static file is served today, e.g. /static/look.0f3a….css. Raises KeyError."""
    return _HASHED[name]


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
