"""What the pages on which somebody signs in or proves who they are have in common."""

import logging
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from litestar import Response
from litestar.response import Redirect

from application.access import LinkNotValid
from application.signing_in import Strength, limits_of, needs_factor, needs_verified_user
from domain.model import PersonId, Role
from infrastructure.accounts.factors import Arriving
from infrastructure.accounts.sessions import Arrival, Session
from interfaces.house import House
from interfaces.web.device import device_of
from interfaces.web.front_door import cookie_sent
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest
from interfaces.web.problems import problem_of
from interfaces.web.render import Link, page
from interfaces.web.session import SignInFirst, cookie_name, house_of, power_of, session_cookie, visitor

_log: Final = logging.getLogger(__name__)

PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

FILES: Final = frozenset(
    ("/bao-cao/{ref}/{month}/tep", "/khen-thuong/tep", "/kiem-toan/tap-tin", "/xep-hang/tep/ten")
)
"""What a browser saves instead of showing, once it is really them."""

_LONGEST: Final = 500


def roles_of(house: House, person: PersonId) -> list[Role]:
    return [grant.role for grant in house.actor(person).grants]


def arriving(request: AnyRequest) -> Arriving:
    """Makes the session of whoever signs in with this request: its limits follow from their roles. With
    a passkey that does not know its user, where their roles ask for that, it opens nothing but the
    pages on which they add what does (`session.proven`)."""
    house = house_of(request)

    def arrive(person: PersonId, strength: Strength, verified: bool) -> Arrival:
        roles = roles_of(house, person)
        return Arrival(
            strength=strength,
            verified=verified,
            device=device_of(request),
            power=power_of(house.actor(person).grants),
            limits=limits_of(roles),
        )

    return arrive


def session_of(request: AnyRequest) -> Session:
    """The session of whoever asks. Raises `SignInFirst` for programs, too."""
    found = visitor(request)
    if found is None or found.session is None:
        raise SignInFirst
    return found.session


def cookie_of(request: AnyRequest) -> str | None:
    """The token that the browser sent, whatever it is worth."""
    return cookie_sent(request.scope, cookie_name(house_of(request)))


def renewed(request: AnyRequest, token: str, to: str) -> Redirect:
    """Onwards with the session's new token."""
    return Redirect(to, status_code=303, cookies=[session_cookie(house_of(request), token)])


def told(event: str, factor: str, account: PersonId | None = None) -> None:
    """A line in the log for who came in or was refused, and by what. Who was refused is not known."""
    _log.info(event, extra={"factor": factor} | ({"account": account} if account else {}))


def as_json(options: str) -> Response[bytes]:
    """Options for a passkey; each time with a challenge of their own."""
    return Response(options.encode(), media_type="application/json", headers=PRIVATE)


def roles_need_factor(request: AnyRequest) -> bool:
    return needs_factor(_asking_roles(request))


def roles_need_verified_user(request: AnyRequest) -> bool:
    return needs_verified_user(_asking_roles(request))


def _asking_roles(request: AnyRequest) -> Iterable[Role]:
    found = visitor(request)
    return [grant.role for grant in found.actor.grants] if found else []


def next_of(text: str) -> str:
    """Where to go on: a path of this site, and nothing else that a browser could take for one; the
    first page otherwise."""
    plain = text if len(text) <= _LONGEST and text.isprintable() and text.isascii() else ""
    if not plain.startswith("/") or plain.startswith("//") or "\\" in plain:
        return "/"
    return plain


def with_next(page: str, onwards: str) -> str:
    """`page` with where to go on from there, unless that is the first page."""
    if onwards == "/":
        return page
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'next': onwards})}"


def led_to(page: str, request: Any) -> str:
    """`page` with where to come back to: this page, or the one that its form or the link to a file
    stood on. After a file the browser would go on showing `page`, as if nothing had happened. There it
    has to be tapped `again`, which `page` is told."""
    here = asked = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        here = _referring(request)
    elif request.scope.get("path_template") in FILES:
        here = _referring(request, here)
    again = {} if here == asked and request.method == "GET" else {"again": "1"}
    return f"{page}?{urlencode({'next': next_of(here)} | again)}"


def _referring(request: Any, unknown: str = "/") -> str:
    """The page of ours that the request came from; `unknown` where the browser does not say."""
    referrer = urlsplit(request.headers.get("referer", ""))
    if referrer.netloc != request.headers.get("host", ""):
        return unknown
    return f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path


def used_up(request: AnyRequest, *, instead: str, sign_in: str) -> Response[bytes]:
    """A link that no longer opens: `instead` says where a new one comes from, `sign_in` names the way
    in for whoever has one already."""
    problem = problem_of(LinkNotValid())
    return page(
        request,
        "message.html",
        status=problem.status,
        headers=PRIVATE,
        heading=_("This link no longer opens"),
        sentences=[problem.detail, instead],
        links=[Link("/dang-nhap", sign_in), Link("/", _("To the start"))],
        large=False,
    )
