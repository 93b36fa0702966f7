"""What surrounds every request: its language, and the headers that every answer carries."""

import asyncio
import logging
import re
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPScope, Message, Receive, Scope, Send

from infrastructure.settings import Settings
from interfaces.web import language
from interfaces.web.address import comes_past
from interfaces.web.problem_documents import MEDIA_TYPE, problem

Headers = list[tuple[bytes, bytes]]

# No inline scripts or styles, nothing from elsewhere, in nobody's frame.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_ALWAYS: Final[Headers] = [
    (b"content-security-policy", _POLICY.encode()),
    # Not `no-referrer`: under it Chromium sends `Origin: null` with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
]
_HTTPS: Final[Headers] = [(b"strict-transport-security", b"max-age=31536000; includeSubDomains")]
_NOT_KEPT: Final = (b"cache-control", b"no-store")

LANGUAGE_COOKIE: Final = "lang"
ACCOUNT_COOKIE: Final = "account"
"""Tells the scripts of a page whose it is, and opens nothing. `-` from the moment somebody signs in or
out until their next page."""

RENEWED: Final = "renewed cookie"
"""Where a request's state holds the header that gives its session a new token."""

ACCOUNT: Final = "account cookie"
"""Where a request's state holds the header that tells a page's scripts whose session it is."""

_SESSIONS: Final = (b"lantoa_session=", b"__Host-lantoa_session=")

WAIT: Final = "wait"
"""Where a request's state says after how many seconds it may be sent again (429, 503)."""

_USUAL_WAIT: Final = 5
_FAULT: Final = (
    "Hệ thống gặp lỗi. Chưa có gì được lưu. / Something went wrong on our side. Nothing was saved."
)
_PAST_THE_PROXY: Final = "Xin mở trang bằng địa chỉ https. / Please open the page at its https address."
_NO_TEXT: Final = "Địa chỉ không đọc được. / This address cannot be read."
_HOST: Final = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]*)(:(?P<port>[0-9]{0,5}))?")

_log: Final = logging.getLogger("lantoa.web")


PIECE: Final = 64 * 1024
"""Bytes that are handed over at once of a longer answer, a download say."""

PIECE_WITHIN: Final = 30.0
"""Seconds for a client to take one: some 2 KB a second, below which no phone network is. Whoever reads
more slowly, or not at all, would hold the whole file and a connection for as long as they like."""


def cookie_named(name: str, *, https: bool) -> str:
    """With the prefix under which browsers take a cookie only over HTTPS and for this host alone."""
    return f"__Host-{name}" if https else name


def cookie_told(account: str, *, https: bool) -> tuple[bytes, bytes]:
    """The header that tells the scripts of a page whose it is."""
    return _cookie(ACCOUNT_COOKIE, account, 34_560_000, https=https)


def _also_as_before(scope: Scope, told: tuple[bytes, bytes]) -> Headers:
    """Without its prefix, too, for a browser that has it from before there was one: the pages that a phone
    keeps read it by that name until newer ones take over, and would go on naming who was there before."""
    name, value = told
    bare = value.removeprefix(b"__Host-")
    if bare == value or cookie_sent(scope, ACCOUNT_COOKIE) is None:
        return [told]
    return [told, (name, bare)]


def _signs_in_or_out(header: tuple[bytes, bytes]) -> bool:
    return header[0] == b"set-cookie" and header[1].startswith(_SESSIONS)


class CutShort(Exception):
    """An answer ended in its middle: the connection must end, too, or it would look complete."""


def front_door(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The app as the server sees it. A HEAD is answered as its GET would be, without the body; what
    the app itself has no answer for is a 500 with the same headers, never the server's own page."""
    https = settings.public_url.startswith("https://")
    always = _ALWAYS + (_HTTPS if https else [])
    untold = cookie_told("-", https=https)
    language_cookie = cookie_named(LANGUAGE_COOKIE, https=https).encode() + b"="
    proxy = settings.behind_proxy

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        if proxy is not None and comes_past(scope, proxy):
            await _say(scope, send, 403, _PAST_THE_PROXY, always)
            return
        if not (_is_text(scope["path"]) and _is_host(scope)):
            await _say(scope, send, 400, _NO_TEXT, always)
            return
        if not scope["query_string"].isascii():
            scope["query_string"] = _escaped(scope["query_string"])
        chosen = _choose_language(scope, language_cookie)
        headers = [*always, _remembered(chosen, https=https)] if chosen else always
        begun: list[bool] = []
        only_head = scope["method"] == "HEAD"
        if only_head:
            scope["method"] = "GET"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message["headers"])
                told = scope.get("state", {}).get(ACCOUNT)
                if told is None and any(_signs_in_or_out(one) for one in said):
                    told = untold  # until the next page tells who it is now
                if told is not None:
                    said += _also_as_before(scope, told)
                if renewed := scope.get("state", {}).get(RENEWED):
                    said.append(renewed)
                names = {name for name, _ in said}
                if b"cache-control" not in names:
                    said.append(_NOT_KEPT)
                if message["status"] in (429, 503) and b"retry-after" not in names:
                    wait = scope.get("state", {}).get(WAIT, _USUAL_WAIT)
                    said.append((b"retry-after", b"%d" % wait))
                message["headers"] = [*said, *headers]
                begun.append(True)
            elif only_head and message["type"] == "http.response.body":
                message["body"] = b""
            elif message["type"] == "http.response.body" and _is_long(message):
                await _in_pieces(message["body"], message["more_body"], send)
                return
            await send(message)

        try:
            await app(scope, receive, sending)
        except Exception as error:
            # Its type alone: its words, which the server would log, may hold what no log should.
            _log.error("fault outside of every route: %s", type(error).__qualname__)
            if begun:
                raise CutShort from None
            await _say(scope, sending, 500, _FAULT, [])

    return door


def _is_long(message: HTTPResponseBodyEvent) -> bool:
    return len(message["body"]) > PIECE or bool(message["body"] and message.get("more_body"))


async def _in_pieces(body: bytes, more: bool, send: Send) -> None:
    """Raises `TimeoutError` for a client that does not read, which ends the connection."""
    for at in range(0, len(body), PIECE):
        more_body = more or at + PIECE < len(body)
        async with asyncio.timeout(PIECE_WITHIN):
            await send({"type": "http.response.body", "body": body[at : at + PIECE], "more_body": more_body})


def _is_text(path: str) -> bool:
    """Not so where a server put something in place of bytes that are no UTF-8."""
    try:
        return path.isascii() or bool(path.encode())
    except UnicodeEncodeError:
        return False


def _is_host(scope: HTTPScope) -> bool:
    """Litestar makes an address of it, and takes what is none for a fault of ours."""
    for name, value in scope["headers"]:
        if name == b"host":
            found = _HOST.fullmatch(value)
            return found is not None and int(found["port"] or 0) < 65_536
    return True


def _escaped(query: bytes) -> bytes:
    """As a browser would have written it: Litestar takes bytes beyond ASCII for a fault of ours."""
    return b"".join(b"%c" % byte if byte < 128 else b"%%%02X" % byte for byte in query)


async def _say(scope: HTTPScope, send: Send, status: int, text: str, headers: Headers) -> None:
    """What stands outside of every route, in both languages: to a program as every problem is told."""
    kind, body = b"text/plain; charset=utf-8", text.encode()
    if scope["path"].startswith("/api/"):
        told = problem("fault" if status == 500 else "http", status, text, title=text)
        kind, body = MEDIA_TYPE.encode(), msgspec.json.encode(told)
    of_body = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    start = [*of_body, _NOT_KEPT, *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _choose_language(scope: HTTPScope, kept: bytes) -> str | None:
    """Sets the request's language: `?lang=`, else the cookie, else the browser's, else Vietnamese.
    Returns the one that `?lang=` asks for, to be remembered."""
    asked = _value_of(scope["query_string"], b"&", b"lang=")
    cookie = accept = None
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookie = _value_of(value, b";", kept) or cookie
        elif name == b"accept-language":
            accept = value.decode("latin-1")
    language.use(language.choose(asked, cookie, accept=accept))
    return asked if asked in language.LANGUAGES else None


def cookie_sent(scope: Scope, name: str) -> str | None:
    """What the browser sent under a name, as it stands there. The library unquotes all of them, which takes
    seconds for 60 KB of backslashes (CVE-2024-7592), and keeps a thousand of what was sent in memory."""
    said = (value for header, value in scope["headers"] if header == b"cookie")
    found = (_value_of(value, b";", name.encode() + b"=") for value in said)
    return next((one for one in found if one is not None), None)


def _value_of(text: bytes, between: bytes, name: bytes) -> str | None:
    if name not in text:
        return None
    for part in text.split(between):
        if (part := part.strip()).startswith(name):
            return part[len(name) :].decode("latin-1")
    return None


def _remembered(chosen: str, *, https: bool) -> tuple[bytes, bytes]:
    name, value = _cookie(LANGUAGE_COOKIE, chosen, 31_536_000, https=https)
    return name, value + b"; HttpOnly"


def _cookie(name: str, value: str, seconds: int, *, https: bool) -> tuple[bytes, bytes]:
    secure = "; Secure" if https else ""
    said = f"{cookie_named(name, https=https)}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{secure}"
    return b"set-cookie", said.encode()
