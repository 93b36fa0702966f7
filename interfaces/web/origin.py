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
    public = urlsplit(request.app.state.settings.public_url).netloc
    if not comes_from_here(request.scope["headers"], public):
        raise CrossSite


def comes_from_here(headers: Headers, public: str) -> bool:
    """`public` is host and port of the public address.

    Browsers of today say `Sec-Fetch-Site`, except over plain HTTP off localhost; older ones say
    `Origin` with every cross-site POST (`null` from a sandbox, or under `no-referrer`), and
    `Referer`. A request with none of them was made by no browser that could be misused, unless
    it carries a cookie.
    """
    said = _first(headers)
    if (site := said.get(b"sec-fetch-site")) is not None:
        return site in (b"same-origin", b"none")
    here = {public.lower(), said.get(b"host", b"").decode("latin-1").lower()} - {""}
    if (origin := said.get(b"origin")) is not None:
        return _host(origin) in here
    if (referer := said.get(b"referer")) is not None:
        return _host(referer) in here
    return b"cookie" not in said


def _first(headers: Headers) -> dict[bytes, bytes]:
    return dict(reversed(list(headers)))


def _host(address: bytes) -> str | None:
    try:
        return urlsplit(address.decode("ascii")).netloc.lower() or None
    except ValueError:  # not ASCII, or brackets that match nothing
        return None
