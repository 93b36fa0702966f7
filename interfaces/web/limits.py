"""How a request's body is read: at most 64 KB, in time, as what it says it is, decoded once."""

import re
from hmac import compare_digest
from typing import Any, Final, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec
from litestar import Request

from domain.model import Refused
from interfaces.web.in_time import InTime
from interfaces.web.session import visitor

T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]

LARGEST_BODY: Final = 64 * 1024
"""Bytes. A lesson of 50 learners with long names takes about 12 KB."""

SLOWEST_BODY: Final = 12.0
"""Seconds for all of it, however it trickles. The server in front of us waits for a body for ever."""

_in_time: Final = InTime(SLOWEST_BODY)

MOST_FIELDS: Final = 1_000
FORM_TOKEN: Final = "form_token"  # noqa: S105 - the name of a field


class BodyTooLarge(Refused):
    """More than `limit` KB came in."""


class BodyTooSlow(Refused):
    """The body did not arrive in time."""


class NotJson(Refused):
    """The content type is another one than application/json."""


class NotAForm(Refused):
    """The content type is another one than application/x-www-form-urlencoded."""


class WrongCharset(Refused):
    """The text is not UTF-8."""


class Unreadable(Refused):
    """The body is no JSON document."""


class UnknownField(Refused):
    """The request has a field that is not in its form."""


class MissingField(Refused):
    """The request lacks a field that its form asks for."""


class WrongValue(Refused):
    """A field holds something of another kind, length or range."""


class NothingThere(Refused):
    """There is nothing at this address, or nothing that whoever asks may know of."""


class NoSuchBoard(Refused):
    """The address asks for a metric, period or page that no board has."""


class ForgedForm(Refused):
    """The form does not carry its session's token: it is not ours, or older than the sign-in."""


async def read_json(request: AnyRequest, form: type[T]) -> T:
    """The request's body as one of the structs in `application/forms`.

    Raises `NotJson`, `WrongCharset`, `BodyTooLarge`, `Unreadable`, `UnknownField`,
    `MissingField`, `WrongValue`.
    """
    _accept(request, b"application/json", NotJson)
    body = await read_body(request)
    try:
        return _decoder(form).decode(body)
    except msgspec.ValidationError as error:
        raise misshapen(str(error)) from None
    except (msgspec.DecodeError, RecursionError):
        raise Unreadable from None
    except UnicodeDecodeError:
        raise WrongCharset from None


def read_query(request: AnyRequest, form: type[T]) -> T:
    """What stands behind the `?` of the address as a struct: numbers are read from text, a name
    that is unknown or said twice is refused. `lang` is read elsewhere and always allowed.

    Raises `WrongCharset`, `Unreadable`, `UnknownField`, `MissingField`, `WrongValue`.
    """
    query = request.scope["query_string"]
    said: dict[str, str] = {}
    for name, value in _fields(query) if query else ():
        if name in said:
            raise WrongValue(field=name[:100])
        said[name] = value
    said.pop("lang", None)
    try:
        return msgspec.convert(said, form, strict=False)
    except msgspec.ValidationError as error:
        raise misshapen(str(error)) from None


class Form:
    """The fields of a sent form, in their order; a name may occur more than once."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields

    def one(self, name: str) -> str:
        """The last value under that name; empty where there is none."""
        return next((value for key, value in reversed(self.fields) if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


async def read_form(request: AnyRequest) -> Form:
    """The fields of the form that the request brings, its session's token checked.

    Raises `NotAForm`, `WrongCharset`, `BodyTooLarge`, `Unreadable`, `ForgedForm`.
    """
    _accept(request, b"application/x-www-form-urlencoded", NotAForm)
    form = Form(_fields(await read_body(request)))
    must_be_own(request, form)
    return form


def _fields(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except UnicodeDecodeError:
        raise WrongCharset from None
    except ValueError:
        raise Unreadable from None


def must_be_own(request: AnyRequest, form: Form) -> None:
    """Who is signed in by a cookie proves with the session's token that the form is ours. Raises
    `ForgedForm`."""
    asking = visitor(request)
    if asking is None or asking.form_token is None:
        return
    if not compare_digest(form.one(FORM_TOKEN).encode(), asking.form_token.encode()):
        raise ForgedForm


async def read_body(request: AnyRequest, most: int = LARGEST_BODY) -> bytes:
    """All of the body, of at most so many bytes. Raises `BodyTooLarge` (before reading, where the length
    is announced), `BodyTooSlow`."""
    announced = header(request, b"content-length")
    if announced.isdigit() and int(announced) > most:
        raise BodyTooLarge(limit=most // 1024)
    try:
        return await _in_time(_all_of(request, most))
    except TimeoutError:
        raise BodyTooSlow from None


async def _all_of(request: AnyRequest, most: int) -> bytes:
    parts: list[bytes] = []
    length = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise BodyTooSlow
        part = cast("bytes", message.get("body", b""))
        length += len(part)
        if length > most:
            raise BodyTooLarge(limit=most // 1024)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _accept(request: AnyRequest, wanted: bytes, otherwise: type[Refused]) -> None:
    said = header(request, b"content-type").lower()
    if said == wanted:
        return
    kind, _, parameters = said.partition(b";")
    if kind.strip() != wanted:
        raise otherwise
    for parameter in parameters.split(b";"):
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"charset" and value.strip(b' "') not in (b"utf-8", b"utf8", b"us-ascii"):
            raise WrongCharset


def header(request: AnyRequest, wanted: bytes) -> bytes:
    """Empty where it was not sent."""
    for name, value in request.scope["headers"]:
        if name == wanted:
            return value
    return b""


_decoders: Final[dict[type, msgspec.json.Decoder[Any]]] = {}


def _decoder(form: type[T]) -> msgspec.json.Decoder[T]:
    if (decoder := _decoders.get(form)) is None:
        decoder = _decoders[form] = msgspec.json.Decoder(form)
    return decoder


# What msgspec says: "Object contains unknown field `foo` - at `$.learners[0]`".
_AT: Final = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`", re.DOTALL)


def misshapen(said: str) -> Refused:
    """msgspec's words of a request that does not fit its form, as a refusal with its field."""
    found = _AT.fullmatch(said)
    what, path = (found["what"], found["path"] or "") if found else (said, "")
    if unknown := _UNKNOWN.fullmatch(what):
        return UnknownField(field=_field(path, unknown[1]))
    if missing := _MISSING.fullmatch(what):
        return MissingField(field=_field(path, missing[1]))
    return WrongValue(field=_field(path)) if path.strip("$") else Unreadable()


def _field(path: str, last: str = "") -> str:
    """`$.learners[0]` and `name` make `learners.0.name`; at most 100 characters of a stranger's words."""
    steps = [step for step in re.split(r"[.\[\]]+", path.removeprefix("$")) if step]
    return ".".join([*steps, *([last] if last else [])])[:100]
