"""How an error is answered: a problem document for programs, a page for people, nothing more."""

import logging
import traceback
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from interfaces.web.arriving import led_to
from interfaces.web.problem_documents import MEDIA_TYPE, Problem
from interfaces.web.problems import TABLE, problem_of
from interfaces.web.reloading import instead_of
from interfaces.web.render import page
from interfaces.web.session import ProveFirst, StepUpNeeded

API: Final = "/api/"

_LED_TO: Final[dict[type[Exception], str]] = {StepUpNeeded: "/xac-thuc", ProveFirst: "/bao-mat"}
"""Where a person goes first, and comes back from; what they had sent, they send again."""

_log: Final = logging.getLogger("lantoa.web")


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The app's handler of every exception."""
    if type(error) not in TABLE and not _is_from_the_router(error):
        log_fault(request.scope.get("path_template", "an unknown address"), error)
    if (location := _elsewhere(request, error)) is not None:
        return Response(b"", status_code=303, headers={"Location": location, "Cache-Control": "no-store"})
    problem = problem_of(error)
    headers = _headers(problem, error)
    if request.scope["path"].startswith(API):
        return Response(
            msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
        )
    sign_in = led_to("/dang-nhap", request)
    return page(
        request, "problem.html", status=problem.status, headers=headers, problem=problem, sign_in=sign_in
    )


def _elsewhere(request: Request[Any, Any, Any], error: Exception) -> str | None:
    """Where a person goes instead, of whom something else is asked first or who asked for a form's own
    address; a program is told what is wrong."""
    path = request.scope["path"]
    if path.startswith(API):
        return None
    if page_first := _LED_TO.get(type(error)):
        return led_to(page_first, request)
    asked_for = isinstance(error, HTTPException) and error.status_code == 405
    return instead_of(path) if asked_for and request.method == "GET" else None


def _is_from_the_router(error: Exception) -> bool:
    return isinstance(error, HTTPException) and error.status_code < 500


def log_fault(route: str, error: BaseException) -> None:
    """Says where a fault happened, without the words of the exception or the address itself: either
    may hold a name, a phone, a code or a token. `route` is such as `/x/{code}`."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("fault at %s: %s\n%s", route, type(error).__qualname__, frames)


def _headers(problem: Problem, error: Exception) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}  # in the words of `render`, which would else say its own, too
    if isinstance(error, HTTPException) and error.status_code == 405:
        headers |= error.headers or {}  # `Allow`, as a 405 must say
    if problem.status == 401:
        headers["www-authenticate"] = 'Bearer realm="lantoa"'
    return headers
