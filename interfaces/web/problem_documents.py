"""How a problem is told to a program: RFC 9457, the same from every route and from outside of them all."""

import re
from typing import Final

import msgspec

from interfaces.web.language import gettext as _
from interfaces.web.language import mark

MEDIA_TYPE: Final = "application/problem+json"

TITLES: Final = {
    400: mark("Not understood"),
    401: mark("Not signed in"),
    403: mark("Not allowed"),
    404: mark("Not found"),
    405: mark("Not possible here"),
    408: mark("Too slow"),
    409: mark("Already stands otherwise"),
    410: mark("No longer there"),
    413: mark("Too large"),
    415: mark("Wrong kind of content"),
    422: mark("Not accepted"),
    429: mark("Too many attempts"),
    500: mark("A fault of ours"),
    503: mark("Not just now"),
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`detail` is a sentence for people; `field` the input at fault, such as `learners.0.name`; `name`
    the refusal's own, also the end of `type`."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None

    @property
    def name(self) -> str:
        return self.type.partition("#")[2]


def problem(
    name: str, status: int, detail: str, *, field: str | None = None, title: str | None = None
) -> Problem:
    """`title` is that of the status, in the language of the request, unless another is given."""
    return Problem(
        type=f"/api/v1#{name}", title=title or _(TITLES[status]), status=status, detail=detail, field=field
    )


def name_of(kind: type[Exception]) -> str:
    """`NobodyTaught` is `nobody-taught`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
