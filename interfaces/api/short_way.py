"""The way of a request to the routes of the API that have one address each, past most of Litestar.

Litestar finds the route, fills in arguments and dependencies, and asks caches, hooks and guards; on
a route that takes nothing but the request, all of that together costs more than signing a caller
in. So such a route is called directly, with exactly the steps that are left: who may come in, the
handler, what it read, and the answer to whatever was raised. The route itself, its rule and its
description stay where they are, and any other address, method or spelling goes to Litestar.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from inspect import signature
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from interfaces import reads
from interfaces.api.speaking import Json

AnyRequest = Request[Any, Any, Any]
LetIn = Callable[[AnyRequest], Awaitable[None]]
Answer = Callable[[AnyRequest, Exception], Response[bytes]]
Ways = Mapping[tuple[str, str], Callable[[AnyRequest], Awaitable[Json]]]


def with_short_ways(app: Litestar, let_in: LetIn, answer: Answer) -> ASGIApp:
    """The app, of which some routes are reached directly. `let_in` stands before each, as in the app,
    and `answer` turns what is raised into an answer."""
    ways: Final = short_ways(app)

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or (handler := ways.get((scope["method"], scope["path"]))) is None:
            await app(scope, receive, send)
            return
        scope["app"] = scope["litestar_app"] = app
        scope.setdefault("state", {})
        scope["path_params"], scope["path_template"] = {}, scope["path"]
        request: AnyRequest = Request(scope, receive, send)
        try:
            await let_in(request)
            said: ASGIApp = await reads.note(await handler(request))
        except Exception as error:
            said = answer(request, error).to_asgi_response(app=None, request=request)
        await said(scope, receive, send)

    return called


def short_ways(app: Litestar) -> Ways:
    """The handlers that take the request alone and give `Json`, by method and address."""
    return {
        (str(method), route.path): handler.fn
        for route in app.routes
        if isinstance(route, HTTPRoute) and not route.path_parameters
        for handler in route.route_handlers
        for method in handler.http_methods
        if _is_plain(handler.fn)
    }


@cache
def _is_plain(handler: Callable[..., Any]) -> bool:
    shape = signature(handler)
    return list(shape.parameters) == ["request"] and shape.return_annotation is Json
