"""Who is asking: a browser by our own cookie, a program by a bearer token, or nobody known.

Whom each route lets in stands in `interfaces/permissions.py`. What a role may do over which unit
is decided by the use cases, not here.
"""

import hashlib
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.types import Scope

from application.actors import Actor, Grant, NotAllowed
from application.signing_in import IN_THE_FIELD, enough, limits_of, stepped_up_lately
from domain.model import PersonId, Refused
from infrastructure.accounts.device_tokens import BEGINS, DeviceToken
from interfaces.house import House, Session
from interfaces.permissions import ANYONE, RULES, Rule
from interfaces.web.front_door import ACCOUNT_COOKIE, RENEWED, cookie_named, cookie_sent
from interfaces.web.origin import READING

_VISITOR: Final = "visitor"


class SignInFirst(Refused):
    """Only for those who are signed in."""


class TokenNotKnown(Refused):
    """The bearer token was never given out, or was taken back."""


class StepUpNeeded(Refused):
    """Whoever asks has to confirm anew that it is them: the last time is over 5 minutes ago."""


class ProveFirst(Refused):
    """Their roles ask for a passkey or one-time codes, by which this session was not proven."""


class Visitor(msgspec.Struct, frozen=True):
    """Somebody signed in. `session` and its `form_token` are None for a bearer token, and for a
    `phone`, the device token of one."""

    actor: Actor
    session: Session | None = None
    phone: DeviceToken | None = None

    @property
    def form_token(self) -> str | None:
        return None if self.session is None else self.session.form_token

    @property
    def device(self) -> str | None:
        """One for each session and phone, and no secret; None for a program."""
        return self.phone.id if self.phone else self.form_token


def house_of(connection: ASGIConnection[Any, Any, Any, Any]) -> House:
    house: House = connection.app.state.house
    return house


def visitor(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor | None:
    return visitor_of(connection.scope)


def visitor_of(scope: Scope) -> Visitor | None:
    """Who is asking, where that was found out yet."""
    found: Visitor | None = scope.get("state", {}).get(_VISITOR)
    return found


def actor(request: Request[Any, Any, Any]) -> Actor:
    """Who is signed in. Raises `SignInFirst`."""
    found = visitor(request)
    if found is None:
        raise SignInFirst
    return found.actor


_ACCOUNT: Final = re.compile(r"[0-9A-Za-z._:-]*[0-9A-Za-z][0-9A-Za-z._:-]*\Z")
_LONGEST_ACCOUNT: Final = 64


def whose_browser(request: Request[Any, Any, Any]) -> Actor | None:
    """Who is signed in, or was until the session grew too old: a phone that sends by its own token may
    not have used one for a month. It is what the browser says, so that it may only weaken what comes
    from there."""
    if found := visitor(request):
        return found.actor
    named = (account_cookie(house_of(request)), ACCOUNT_COOKIE)  # the latter from before there were prefixes
    said = next((one for name in named if (one := cookie_sent(request.scope, name)) is not None), "")
    known = len(said) <= _LONGEST_ACCOUNT and _ACCOUNT.match(said)
    return Actor(person=PersonId(said)) if known else None


async def admit(request: Request[Any, Any, Any]) -> None:
    """Finds out who is asking, before anything is read of what they send. Raises `SignInFirst`,
    `TokenNotKnown`, `ProveFirst`, `NotAllowed`, `StepUpNeeded`.

    On public pages a session that is not proven as its roles ask is a stranger's."""
    rule = RULES.get((request.scope["method"], request.scope["path_template"]))
    found = None if rule is not None and rule.keyed else await _recognised(request)
    unproven = found is not None and not proven(house_of(request), found)
    elsewhere = found is not None and found.phone is not None and not (rule is not None and rule.phone)
    strange = elsewhere or (unproven and not (rule is not None and rule.unproven))
    request.scope["state"][_VISITOR] = None if strange else found
    if rule is not None and rule.who is ANYONE:
        return
    if found is None:
        raise SignInFirst
    if elsewhere:
        raise NotAllowed
    if strange:
        raise ProveFirst
    if rule is None or not _may(found, rule):
        raise NotAllowed
    if rule.step_up:
        must_have_stepped_up(found, house_of(request).clock())


def proven(house: House, found: Visitor) -> bool:
    """Whether the session was proven as strongly as its roles ask. In a simulated ledger that can be
    skipped; programs have their token from the console."""
    session = found.session
    if session is None or (session.waived and house.simulated):
        return True
    roles = [grant.role for grant in found.actor.grants]
    return enough(roles, session.strength, verified=session.verified)


def unproven(request: Request[Any, Any, Any]) -> bool:
    """Whether the session was not proven as strongly as its roles ask."""
    found = visitor(request)
    return found is not None and not proven(house_of(request), found)


def must_have_stepped_up(found: Visitor, now: datetime) -> None:
    """Raises `StepUpNeeded`."""
    if not has_stepped_up(found, now):
        raise StepUpNeeded


def has_stepped_up(found: Visitor, now: datetime) -> bool:
    """Never asked of a program, which has its token from the console."""
    return found.session is None or stepped_up_lately(found.session.stepped_up, now)


async def renew(request: Request[Any, Any, Any]) -> None:
    """A new token where other roles are held than when the session had its last. With the answer of
    a page only: that is where a browser surely takes the cookie. Until then its limits follow the roles."""
    found = visitor(request)
    if found is None or found.session is None:
        return
    power = power_of(found.actor.grants)
    if power == found.session.power:
        return
    house = house_of(request)
    limits = limits_of(grant.role for grant in found.actor.grants)
    if not _is_page(request):
        if limits.idle < found.session.idle:
            await house.accounts.tighten(found.session, limits)
        return
    token = cookie_sent(request.scope, cookie_name(house)) or ""
    fresh = await house.accounts.rotate(token, found.session, power=power, limits=limits)
    if fresh is not None:
        request.scope["state"][RENEWED] = session_cookie(house, fresh).to_encoded_header()


def _is_page(request: Request[Any, Any, Any]) -> bool:
    return request.scope["method"] == "GET" and not request.scope["path"].startswith("/api/")


@lru_cache(maxsize=4096)
def power_of(grants: tuple[Grant, ...]) -> str:
    """A digest of roles, to notice that they changed."""
    said = sorted(f"{grant.role}/{grant.unit}/{grant.model}" for grant in grants)
    return hashlib.blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


def _may(found: Visitor, rule: Rule) -> bool:
    """Whether they hold one of the roles, over whatever unit; and programs only where these may."""
    if found.session is None and not (rule.phone if found.phone else rule.bearer):
        return False
    return not rule.roles or found.actor.holds(*rule.roles, about=rule.model)


async def _recognised(connection: Request[Any, Any, Any]) -> Visitor | None:
    house = house_of(connection)
    known = house.accounts
    # Whoever may change something is looked up anew, wherever their session or token was ended.
    changing = connection.scope["method"] not in READING
    said = dict(connection.scope["headers"])
    if bearer := said.get(b"authorization"):
        kind, _, token = bearer.decode("latin-1").partition(" ")
        token = token.strip() if kind.lower() == "bearer" else ""
        if token.startswith(BEGINS):
            return _phone(house, token)
        if not token:
            raise TokenNotKnown
        person = await known.bearer_now(token) if changing else known.bearer(token)
        if person is None:
            raise TokenNotKnown
        return Visitor(house.actor(person))
    if b"cookie" not in said:
        return None
    cookie = cookie_sent(connection.scope, cookie_name(house))
    if not cookie:
        return None
    session = await known.session_now(cookie) if changing else known.session(cookie)
    if session is None:
        return None
    return Visitor(msgspec.structs.replace(house.actor(session.person), session=session.id), session)


def _phone(house: House, token: str) -> Visitor:
    """Whose phone it is, as an ambassador or team leader and nothing more. Raises `TokenNotKnown`."""
    found = house.accounts.phone(token)
    holder = house.actor(found.person) if found else None
    grants = tuple(one for one in holder.grants if one.role in IN_THE_FIELD) if holder else ()
    if found is None or not grants:
        raise TokenNotKnown
    return Visitor(Actor(person=found.person, grants=grants, session=found.id), phone=found)


def cookie_name(house: House) -> str:
    return cookie_named("lantoa_session", https=is_https(house))


def account_cookie(house: House) -> str:
    return cookie_named(ACCOUNT_COOKIE, https=is_https(house))


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
        secure=is_https(house),
        max_age=seconds,
    )


def is_https(house: House) -> bool:
    return house.settings.public_url.startswith("https://")
