"""Requests that another site made a browser send are refused, before their body is read."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request

from domain.model import Refused

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Headers = Iterable[tuple[bytes, bytes]]


class CrossSite(Refused):
    """The request came from a page of another site, or does not say where it came from."""


def must_be_ours(request: Request[Any, Any, Any]) -> None:
    """Whatever may change something comes from our own pages, or from a program that no browser lent
    its cookies. Raises `CrossSite`."""
    if request.scope["method"] in READING:
        return
    if not comes_from_here(request.scope["headers"], request.app.state.settings.public_url):
        raise CrossSite


def comes_from_here(headers: Headers, public_url: str) -> bool:
    """Browsers of today say `Sec-Fetch-Site`, except over plain HTTP off localhost; older ones say
    `Origin` with every cross-site POST (`null` from a sandbox, or under `no-referrer`), and
    `Referer`. A request with none of them was made by no browser that could be misused, unless
    it carries a cookie.
    """
    said = _first(headers)
    if (site := said.get(b"sec-fetch-site")) is not None:
        return site in (b"same-origin", b"none")
    for name in (b"origin", b"referer"):
        if name in said:
            return _origin(said[name].decode("latin-1")) in _ours(said, public_url)
    return b"cookie" not in said


def _ours(said: dict[bytes, bytes], public_url: str) -> set[str]:
    """Our origin; over plain HTTP (a trial, or the day before TLS) also the one that was called."""
    ours = {public_url.lower()}
    if public_url.startswith("http://"):
        ours.add(f"http://{said.get(b'host', b'').decode('latin-1').lower()}")
    return ours


def _first(headers: Headers) -> dict[bytes, bytes]:
    return dict(reversed(list(headers)))


def _origin(address: str) -> str | None:
    """Scheme, host and port; None for `null`, for what is not ASCII, and for brackets that match
    nothing."""
    try:
        found = urlsplit(address)
    except ValueError:
        return None
    if not found.netloc or not address.isascii():
        return None
    return f"{found.scheme}://{found.netloc}".lower()
