"""Somebody signed in who looks at every page there is, and fills in every form they find."""

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import httpx

from interfaces.permissions import RULES
from tests.interfaces.api.requests import today
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.hostile.corpus import MARK, PRODUCT
from tests.interfaces.hostile.pages import Field, Form, Page, read
from tests.interfaces.web.browsing import Browsing

STARTS: Final = [path for method, path in RULES if method == "GET" and "{" not in path]
ENDS: Final = re.compile(r"/ra$|/thiet-bi/|/bao-mat/")
"""Forms after which the session is another one, or none."""
TYPED: Final = frozenset({"text", "search", "textarea", "tel", "password"})
_NO_HEADER: Final = re.compile(r"[\r\n\x00]")


class Wrong(AssertionError):
    """What an answer may never be."""


def looked_at(answer: httpx.Response, sent: str) -> Page:
    """The page of an answer, which is no fault and holds nothing of somebody else's making."""
    if answer.status_code >= 500:
        raise Wrong(f"{answer.status_code} for {sent}: {answer.text[:300]}")
    for name, value in answer.headers.items():
        if MARK in name or _NO_HEADER.search(value) or (name == "set-cookie" and MARK in value):
            raise Wrong(f"a header {name}: {value!r} for {sent}")
    place = answer.headers.get("location", "/")
    if not re.match(r"/(?![/\\])", place) and not place.startswith("http://127.0.0.1:8000/"):
        raise Wrong(f"sent elsewhere, to {place}, for {sent}")
    kind = answer.headers.get("content-type", "")
    if "html" not in kind:
        if PRODUCT in answer.text:
            raise Wrong(f"worked out for {sent}")
        return Page()
    if answer.headers.get("x-content-type-options") != "nosniff":
        raise Wrong(f"may be taken for something else: {sent}")
    page = read(answer.text)
    if page.alien:
        raise Wrong(f"{page.alien} for {sent}")
    return page


def shape_of(path: str) -> str:
    """The same for addresses that differ in ids, or in what they are asked by, alone."""
    address, _, query = path.partition("?")
    names = set(re.findall(r"(?:^|&)([^=&#]*)", query))
    asked_by = "lang" if "lang" in names else "&".join(sorted(names))
    return re.sub(r"[0-9A-Za-z_-]{16,}|[A-Z2-9]{8}|\d+", "*", address) + "?" + asked_by


class Crawler:
    """`sign_in` gives a browser of somebody; a new one where a form has ended its session."""

    def __init__(self, sign_in: Callable[[], Browsing]) -> None:
        self._sign_in = sign_in
        self.browser = sign_in()
        self.seen: dict[str, int] = {}
        self.forms: dict[str, Form] = {}

    def crawl(self, starts: list[str], *, most: int = 400, alike: int = 3) -> None:
        """Follows every link from there; `seen` and `forms` then hold what was found. Of pages that differ
        in ids alone `alike` are enough, of those asked by the same names, too; one in another language."""
        waiting = list(starts)
        shapes: dict[str, int] = {}
        while waiting and len(self.seen) < most:
            path = waiting.pop(0)
            shape = shape_of(path)
            if path in self.seen or shapes.get(shape, 0) >= (1 if shape.endswith("?lang") else alike):
                continue
            shapes[shape] = shapes.get(shape, 0) + 1
            answer = self.browser.get(path)
            page = looked_at(answer, path)
            self.seen[path] = answer.status_code
            for form in page.forms:
                form.action = form.action or path
                self.forms.setdefault(form.shape, form)
            waiting += [link for link in sorted(page.links) if link.startswith("/") and link not in self.seen]

    def attack(self, form: Form, corpus: tuple[str, ...], *, part: int) -> int:
        """Sends the form with one in `part` of these in each of its fields, other ones in each; fields
        that nobody types text into get an eighth of that. How often it was sent."""
        sent = 0
        for at, target in enumerate(form.fields):
            if target.name == "form_token":
                continue
            step = part if target.kind in TYPED else 8 * part
            for payload in corpus[at % step :: step]:
                filled = plausible(form) | {target.name: payload}
                self.send(form, filled, f"{form.shape} {target.name}={payload[:80]!r}")
                sent += 1
        return sent

    def send(self, form: Form, filled: dict[str, str], sent: str) -> httpx.Response:
        path = urlsplit(form.action).path
        if ENDS.search(path):
            self.browser = self._sign_in()
        if form.method == "get":
            answer = self.browser.get(f"{path}?{urlencode(filled, errors='surrogatepass')}")
        else:
            answer = self.browser.post(form.action, filled)
        looked_at(answer, sent)
        return answer


def plausible(form: Form) -> dict[str, str]:
    """As somebody would fill it in, new each time."""
    return {one.name: _plausible(one) for one in form.fields if one.name != "form_token"}


def _plausible(one: Field) -> str:
    if one.name == "submission":
        return uuid4().hex
    if one.name == "unit":
        return one.value or TUY_PHUOC
    if one.kind == "date":
        return one.value or today()
    if one.kind in ("select", "radio", "checkbox"):
        return one.value or next(filter(None, one.options), "")
    if one.kind in ("text", "search", "textarea") and not one.value:
        return "Nguyễn Thị Tư"
    if one.kind == "number" and not one.value:
        return "1956"
    return one.value


def every_form_that_was_not_found(found: set[str], known: list[str]) -> Iterator[Form]:
    """Of the routes that take forms, those that no page showed, each about things that are there."""
    for method, path in RULES:
        if method == "POST" and not path.startswith("/api/") and path not in found:
            for ref in known if "{" in path else [""]:
                yield Form("post", re.sub(r"\{\w+\}", ref, path))


def route_of(action: str) -> str | None:
    """The row of the table that a form is sent to."""
    path = urlsplit(action).path
    for method, route in RULES:
        if method == "POST" and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)), path):
            return route
    return None


def in_paths(payload: str) -> Iterator[str]:
    """Every address of ours that has a parameter, with this for it."""
    text = payload if payload.isascii() and "%" in payload else quote(payload, safe="")
    for method, path in RULES:
        if method == "GET" and "{" in path:
            yield re.sub(r"\{\w+\}", lambda _: text, path)
