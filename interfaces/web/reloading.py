"""Addresses that only take forms, asked for as pages: where a form was refused, its page stands at such an
address, and whoever reloads it, or comes back to it, is led to the page that the form stands on."""

import re
from functools import cache
from typing import Final
from urllib.parse import quote

from interfaces.permissions import RULES

_ELSEWHERE: Final = {
    "/bao-mat/khoa/go": "/bao-mat",
    "/don-vi/{ref}/so-ho": "/don-vi/{ref}/di-ho",
    "/toi/noi-lam-viec": "/toi/ho-so",
}
"""Forms that stand on another page than the nearest above."""


def instead_of(path: str) -> str | None:
    """The page for an address at which there is none; None for one that takes nothing at all."""
    for address, page in _pages().items():
        if found := _matching(address).fullmatch(path):
            return page.format(**{name: quote(said, safe="") for name, said in found.groupdict().items()})
    return None


@cache
def _pages() -> dict[str, str]:
    """By each address that takes forms alone the page to show for it."""
    pages = {path for method, path in RULES if method == "GET" and not path.startswith("/api/")}
    return {
        path: _ELSEWHERE.get(path) or _nearest(path, pages)
        for method, path in RULES
        if method == "POST" and not path.startswith("/api/") and path not in pages
    }


def _nearest(path: str, pages: set[str]) -> str:
    while path and path not in pages:
        path = path.rpartition("/")[0]
    return path or "/"


@cache
def _matching(address: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", address))
