"""Who is asking: a browser by our own cookie, a program by a bearer token, or nobody known.

Whom each route lets in stands in `interfaces/permissions.py`. What a role may do over which unit
is decided by the use cases, not here.
"""

from typing import Any, Final

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from application.actors import Actor, NotAllowed
from domain.model import Refused
from interfaces.house import House, Session
from interfaces.permissions import ANYONE, RULES, Rule

_VISITOR: Final = "visitor"


class SignInFirst(Refused):
    """Only for those who are signed in."""


class TokenNotKnown(Refused):
    """The bearer token was never given out, or was taken back."""


class Visitor(msgspec.Struct, frozen=True):
    """Somebody signed in. `session` and its `form_token` are None for a bearer token."""

    actor: Actor
    session: Session | None = None

    @property
    def form_token(self) -> str | None:
        return None if self.session is None else self.session.form_token


def house_of(connection: ASGIConnection[Any, Any, Any, Any]) -> House:
    house: House = connection.app.state.house
    return house


def visitor(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor | None:
    found: Visitor | None = connection.scope["state"].get(_VISITOR)
    return found


def actor(request: Request[Any, Any, Any]) -> Actor:
    """Who is signed in. Raises `SignInFirst`."""
    found = visitor(request)
    if found is None:
        raise SignInFirst
    return found.actor


def admit(request: Request[Any, Any, Any]) -> None:
    """Finds out who is asking, before anything is read of what they send. Raises `SignInFirst`,
    `TokenNotKnown`, `NotAllowed`."""
    found = _recognised(request)
    request.scope["state"][_VISITOR] = found
    rule = RULES.get((request.scope["method"], request.scope["path_template"]))
    if rule is not None and rule.who is ANYONE:
        return
    if found is None:
        raise SignInFirst
    if rule is None or not _may(found, rule):
        raise NotAllowed


def _may(found: Visitor, rule: Rule) -> bool:
    """Whether they hold one of the roles, over whatever unit; and programs only where these may."""
    if found.session is None and not rule.bearer:
        return False
    return not rule.roles or found.actor.holds(*rule.roles, about=rule.model)


def _recognised(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor | None:
    house = house_of(connection)
    said = dict(connection.scope["headers"])
    if bearer := said.get(b"authorization"):
        kind, _, token = bearer.decode("latin-1").partition(" ")
        person = house.accounts.bearer(token.strip()) if kind.lower() == "bearer" else None
        if person is None:
            raise TokenNotKnown
        return Visitor(house.actor(person))
    if b"cookie" not in said:
        return None
    cookie = connection.cookies.get(cookie_name(house))
    session = house.accounts.session(cookie) if cookie else None
    return None if session is None else Visitor(house.actor(session.person), session)


def cookie_name(house: House) -> str:
    """With the prefix under which browsers take a cookie only over HTTPS and for this host alone."""
    return "__Host-lantoa_session" if _is_https(house) else "lantoa_session"


LONGEST_COOKIE: Final = 400 * 86_400
"""Seconds: as long as browsers keep one. The server ends a session some time after the last visit."""


def session_cookie(house: House, token: str) -> Cookie:
    """What a sign-in sets. `token` is the one secret; the session keeps its hash."""
    return _cookie(house, token, LONGEST_COOKIE)


def no_cookie(house: House) -> Cookie:
    """What a sign-out sets."""
    return _cookie(house, "", 0)


def _cookie(house: House, token: str, seconds: int) -> Cookie:
    return Cookie(
        key=cookie_name(house),
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_https(house),
        max_age=seconds,
    )


def _is_https(house: House) -> bool:
    return house.settings.public_url.startswith("https://")
