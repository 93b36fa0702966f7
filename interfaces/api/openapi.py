"""The API described by itself: OpenAPI 3.1 and a page for people, from what each route declares.

A route under /api/v1 says in its options `asks` (a struct of query parameters), `takes` (the
struct of its body) and `gives` (status -> struct, a media type for files, or several of them);
`also` are structs that its body may hold without its schema saying where.
Nothing else is answered but the problems that are listed here.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any, Final

import msgspec
from litestar import Litestar, Response, get
from litestar.handlers import HTTPRouteHandler

from interfaces.api.links import LINKS
from interfaces.api.speaking import API
from interfaces.permissions import RULES, SIGNED_IN
from interfaces.web.language import translated
from interfaces.web.limits import AnyRequest
from interfaces.web.problem_documents import MEDIA_TYPE, TITLES, Problem, name_of
from interfaces.web.problems import TABLE
from interfaces.web.render import page

_SCHEMAS: Final = "#/components/schemas/{name}"
_IDS: Final = r"^[A-Za-z0-9._:-]{1,64}(?![\s\S])"
_PARAMETER: Final = re.compile(r"\{(\w+):?\w*\}")


Gives = type | str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str
    signed_in: bool
    asks: type | None
    takes: type | None
    also: tuple[type, ...]
    gives: dict[int, "Gives | tuple[Gives, ...]"]


@get(
    f"{API}/openapi.json",
    gives={200: "application/json"},
    summary="This description, as OpenAPI 3.1",
)
async def openapi(request: AnyRequest) -> Response[bytes]:
    return Response(_document(request.app), media_type="application/json")


@get(API, gives={200: "text/html"}, summary="This description, as a page")
async def index(request: AnyRequest) -> Response[bytes]:
    problems = [(name_of(kind), status, translated(sentence)) for kind, (status, sentence) in TABLE.items()]
    return page(
        request,
        "api/index.html",
        operations=[_shown(one) for one in operations(request.app)],
        problems=problems,
    )


def operations(app: Litestar) -> list[Operation]:
    """Every operation under /api/v1 and its health, by path and method."""
    return sorted(_operations(app), key=lambda one: (one.path, one.method))


def _operations(app: Litestar) -> Iterator[Operation]:
    for route in app.routes:
        if not (route.path.startswith(API) or route.path == "/health"):
            continue
        for handler in getattr(route, "route_handlers", ()):
            if handler.http_methods != {"OPTIONS"}:
                yield _operation(route.path_format, handler)


def _operation(path: str, handler: HTTPRouteHandler) -> Operation:
    (method,) = handler.http_methods
    return Operation(
        method=method,
        path=path,
        summary=handler.summary or "",
        description=(handler.fn.__doc__ or "").strip(),
        signed_in=RULES[method, path].who is SIGNED_IN,
        asks=handler.opt.get("asks"),
        takes=handler.opt.get("takes"),
        also=handler.opt.get("also", ()),
        gives=handler.opt.get("gives", {}),
    )


@cache
def _document(app: Litestar) -> bytes:
    every = operations(app)
    structs = {
        struct
        for one in every
        for struct in (one.asks, one.takes, *one.also, *chain(*map(_each, one.gives.values())), Problem)
        if isinstance(struct, type)
    }
    ordered = sorted(structs, key=lambda struct: struct.__name__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_SCHEMAS)
    by_struct = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in every:
        paths.setdefault(one.path, {})[one.method.lower()] = _described(one, by_struct, components)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Lan Tỏa",
            "version": "1",
            "description": "Who taught whom, who confirmed it, and the figures that follow.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(document)


def _described(one: Operation, schemas: dict[type, Any], components: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": _id(one.method, one.path),
        "summary": one.summary,
        "responses": _responses(one, schemas),
    }
    if one.description:
        said["description"] = one.description
    if parameters := [*_in_path(one.path), *_in_query(one, components)]:
        said["parameters"] = parameters
    if one.takes:
        said["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[one.takes]}},
        }
    if one.signed_in:
        said["security"] = [{"token": []}]
    return said


def _responses(one: Operation, schemas: dict[type, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for status, gives in one.gives.items():
        said[str(status)] = {"description": _MEANS.get(status, ""), "content": _content(gives, schemas)}
        said[str(status)] |= _HEADERS.get(status, {})
        if links := _links(one):
            said[str(status)]["links"] = links
    for status in _PROBLEMS if one.method == "GET" else (*_PROBLEMS, *_OF_WHAT_WAS_SENT):
        said[str(status)] = {
            "description": f"{TITLES[status]}: nothing was recorded.",
            "content": {MEDIA_TYPE: {"schema": schemas[Problem]}},
        } | _HEADERS.get(status, {})
    return dict(sorted(said.items()))


def _id(method: str, path: str) -> str:
    """Such as `post-lessons` or `get-units-unit`."""
    words = _PARAMETER.sub(r"\1", path.removeprefix(API)).split("/")
    return "-".join([method.lower(), *filter(None, words)]) if path != API else "get-index"


_MEANS: Final = {
    200: "As asked, or as answered the first time.",
    201: "Recorded.",
    202: "Being made: ask the same again after some seconds.",
}
_PROBLEMS: Final = (400, 401, 403, 404, 422, 429, 503)
_OF_WHAT_WAS_SENT: Final = (408, 409, 410, 413, 415)
_LATER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}}
}
_WHERE: Final = {
    "Location": {"description": "Where to ask again.", "required": True, "schema": {"type": "string"}}
}
_HEADERS: Final[dict[int, dict[str, Any]]] = {
    202: {"headers": _WHERE | _LATER},
    429: {"headers": _LATER},
    503: {"headers": _LATER},
}


def _each(gives: "Gives | tuple[Gives, ...]") -> tuple[Gives, ...]:
    return gives if isinstance(gives, tuple) else (gives,)


def _content(gives: "Gives | tuple[Gives, ...]", schemas: dict[type, Any]) -> dict[str, Any]:
    """By media type; what is no struct is a file."""
    return {
        one if isinstance(one, str) else "application/json": {
            "schema": {} if isinstance(one, str) else schemas[one]
        }
        for one in _each(gives)
    }


def _links(one: Operation) -> dict[str, Any]:
    return {
        name: link.described(_id(*link.to)) for name, link in LINKS.get((one.method, one.path), {}).items()
    }


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": _IDS}}


def _in_query(one: Operation, components: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if one.asks is None:
        return
    struct = components[one.asks.__name__]
    for name, schema in struct["properties"].items():
        yield {"name": name, "in": "query", "required": name in struct.get("required", ()), "schema": schema}


def _shown(one: Operation) -> dict[str, Any]:
    return {
        "method": one.method,
        "path": one.path,
        "summary": one.summary,
        "description": one.description,
        "signed_in": one.signed_in,
        "asks": _fields(one.asks),
        "takes": _fields(one.takes),
        "gives": sorted(one.gives),
    }


def _fields(struct: type | None) -> list[tuple[str, bool]]:
    """The fields of a struct with whether they must be there."""
    if struct is None:
        return []
    return [(field.encode_name, field.required) for field in msgspec.structs.fields(struct)]
