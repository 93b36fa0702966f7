"""What the two services send -> one instance of a form, with what was filled in by path.

KoboToolbox posts a submission as flat JSON ("group/field": value; repeats are lists), ODK Central has
no webhook of its own: the one in use (hotosm/central-webhook) posts an audit event whose `data.xml` is
the submission. OData's JSON (groups nested, `__id`) and rows of both CSV exports are read, too, and
all of them name one instance and its fields alike.

An edit is a submission of its own with another instance id. KoboToolbox says with it `meta/rootUuid` (the
first id) and `meta/deprecatedID` (the one before), or, from older servers, the latter alone; its CSV has
`meta/rootUuid`, or nothing but `_id`, the number of the submission, which no edit changes. ODK Central's
XML has `deprecatedID`; its CSV `KEY` and its OData `__id` are the first id, beside `meta-instanceID` and
how many `Edits` there were.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final
from xml.parsers import expat

import msgspec

from domain.model import Refused
from domain.surveys import instance_of

MOST_FIELDS: Final = 500
MOST_HEADINGS: Final = 5_000
"""Of an export: choices and repeat groups have columns of their own."""
DEEPEST: Final = 20
REPEATED: Final = "[]"
"""After the name of a repeat group in the paths of its fields."""

LONGEST: Final = 2_000
"""Characters of one answer; what is longer is cut."""


class NotASubmission(Refused):
    """Neither a submission as the service sends it, nor something else that it sends."""


class NoInstance(Refused):
    """The submission does not say which instance it is: sent again, it would count twice."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """`fields` by path ("group/field", lower case); each of `repeats` holds the rows of one repeat
    group. `on` is the day on which it was sent in, where it says so.

    `instance` is the id that no edit changes, as far as it is said; `version` the id of this one, `before`
    that of the one it replaces, `number` KoboToolbox's own, `edits` how many there were. `rooted`: it says
    itself which id no edit changes; `whole`: it would say what it replaces, as a row of an export may not."""

    instance: str
    fields: dict[str, str]
    repeats: list[list[dict[str, str]]]
    on: date | None
    version: str = ""
    before: str = ""
    number: str = ""
    edits: int | None = None
    rooted: bool = False
    whole: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """The ids under which it, or one that it replaces, may be known."""
        return tuple(dict.fromkeys(one for one in (self.instance, self.before, self.version) if one))

    @property
    def edited(self) -> bool:
        """Whether it says of itself that it is not the first version."""
        return bool(self.before) or self.version not in ("", self.instance)

    @property
    def paths(self) -> list[str]:
        """All that was asked, those of repeat groups first."""
        repeated = [path for some in self.repeats for row in some for path in row]
        return list(dict.fromkeys([*repeated, *self.fields]))


def of_kobo(body: object) -> Instance:
    """Raises `NotASubmission`, `NoInstance`."""
    return _instance(_unwrapped(_object(body)))


def of_odk(body: object) -> Instance | None:
    """None for an event that brings no answers: a review, an entity, something deleted.

    Raises `NotASubmission`, `NoInstance`."""
    event = _object(body)
    if not isinstance(event.get("type"), str):
        return _instance(event)  # as OData tells it
    if event["type"] not in _WITH_ANSWERS:
        return None
    data = event.get("data")
    if not isinstance(data, dict):
        raise NotASubmission
    xml = data.get("xml")
    filled = _of_xml(xml) if isinstance(xml, str) else _object(data)
    named = event.get("id") or data.get("instanceId")
    return _instance(filled, named if isinstance(named, str) else "")


_WITH_ANSWERS: Final = ("submission.create", "submission.update.version")
"""As ODK Central's audit log calls a first version, and an edit. central-webhook posts the former alone."""


def of_row(cells: Mapping[str, str]) -> Instance:
    """A row of a CSV export. Raises `NotASubmission`, `NoInstance`."""
    return _instance({heading: cell for heading, cell in cells.items() if heading.strip()}, whole=False)


class TooManyInstances(Refused):
    """More than `limit` rows at once."""


def rows_of(text: str, limit: int) -> list[dict[str, str]]:
    """The rows of a CSV export, which sets its cells apart by semicolons (Kobo) or commas (ODK).

    Raises `NotASubmission`, `TooManyInstances`."""
    head = text.removeprefix("\ufeff").partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    try:
        headings = next(reader, [])
        if len(headings) > MOST_HEADINGS:
            raise NotASubmission
        rows = [dict(zip(headings, row, strict=False)) for row in islice(reader, limit + 1) if any(row)]
    except csv.Error:
        raise NotASubmission from None
    if not any(path_of(one) in _NAMES for one in headings):
        raise NoInstance
    if len(rows) > limit:
        raise TooManyInstances(limit=limit)
    return rows


def path_of(name: str) -> str:
    """One name for one field, however its groups are set apart ("nhom-ho_ten", "nhom/ho_ten")."""
    said = name.strip().lower().replace("-", "/").replace(".", "/")
    parts = [part.rpartition(":")[2] for part in said.split("/")]
    return "/".join(part for part in parts if part)[:200]


def _object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict) or not all(isinstance(key, str) for key in body):
        raise NotASubmission
    return body


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """What stands inside a custom wrapper, such as {"data": {...}}."""
    if len(body) == 1:
        (inner,) = body.values()
        if isinstance(inner, dict):
            return _object(inner)
    return body


_ROOT: Final = ("meta/rootuuid", "__id")
_OWN: Final = ("meta/instanceid", "_uuid", "instanceid", "key")
_NAMES: Final = (*_ROOT, *_OWN)
"""What names an instance: the names that an edit does not change, and those that it does."""

_DAYS: Final = ("_submission_time", "__system/submissiondate", "submissiondate", "today", "end", "start")

_NOT_ASKED: Final = frozenset({
    *_NAMES, *_DAYS, "deviceid", "username", "subscriberid", "simserial", "phonenumber", "audit",
    "submitterid", "submittername", "attachmentspresent", "attachmentsexpected", "reviewstate", "edits",
    "formversion", "background/audio",
})  # fmt: skip
"""What the services add by themselves."""


def _instance(body: dict[str, Any], named: str = "", *, whole: bool = True) -> Instance:
    flat: dict[str, str] = {}
    repeats: list[list[dict[str, str]]] = []
    for path, value in _leaves(body, "", 0):
        if isinstance(value, list):
            repeats.append(value)
        elif len(flat) < MOST_FIELDS:
            flat[path] = value
    exported = "submissiondate" in flat  # by ODK Central, whose KEY is the first version's
    root = _first(flat, ("key", *_ROOT) if exported else _ROOT)
    own = _first(flat, _OWN) or instance_of(named) or root
    if not own:
        raise NoInstance
    edits = flat.get("edits") or flat.get("__system/edits") or ""
    return Instance(
        instance=root or own,
        fields={path: value for path, value in flat.items() if _asked(path)},
        repeats=repeats,
        on=_day(flat),
        version=own,
        before=instance_of(flat.get("meta/deprecatedid", "")),
        number=flat.get("_id", "")[:40] if "_uuid" in flat else "",
        edits=int(edits) if edits.isdecimal() and len(edits) < 6 else None,
        rooted=bool(root),
        whole=whole,
    )


def _first(flat: Mapping[str, str], names: Sequence[str]) -> str:
    return next((found for name in names if (found := instance_of(flat.get(name, "")))), "")


def _asked(path: str) -> bool:
    return path not in _NOT_ASKED and not path.startswith(("_", "formhub/", "meta/"))


def _day(flat: Mapping[str, str]) -> date | None:
    for name in _DAYS:
        try:
            return date.fromisoformat(flat.get(name, "")[:10])
        except ValueError:
            continue
    return None


def _leaves(node: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Paths with their answers as text; of a repeat group its rows."""
    if depth > DEEPEST:
        raise NotASubmission
    for name, value in node.items():
        here = path_of(f"{path}/{name}" if path else name)
        match value:
            case dict():
                yield from _leaves(value, here, depth + 1)
            case list() if value and all(isinstance(one, dict) for one in value) and _asked(here):
                yield here, [_row(one, here, depth + 1) for one in value[:MOST_FIELDS]]
            case None | list():
                continue
            case bool():
                yield here, "yes" if value else "no"
            case _:
                yield here, str(value)[:LONGEST]


def _row(item: dict[str, Any], path: str, depth: int) -> dict[str, str]:
    """One row of a repeat group; Kobo writes the whole path of each field in it."""
    within = f"{path}{REPEATED}"
    nested = {
        key.removeprefix(f"{path}/"): value
        for key, value in ((path_of(str(name)), value) for name, value in item.items())
    }
    found = {
        where: value
        for where, value in _leaves(nested, within, depth)
        if isinstance(value, str) and _asked(where.rpartition("/")[2])
    }
    return dict(list(found.items())[:MOST_FIELDS])


class _Reader:
    """Elements of a submission as nested objects; an element that stands twice is a repeat group."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEEPEST:
            raise NotASubmission
        children: dict[str, Any] = {}
        if not self._open and "instanceID" in attributes:
            children["instanceID"] = attributes["instanceID"]
        self._open.append((name.rpartition(":")[2], children, []))

    def text(self, said: str) -> None:
        if self._open:
            self._open[-1][2].append(said)

    def end(self, _name: str) -> None:
        name, children, said = self._open.pop()
        value: Any = children or "".join(said).strip()
        if not self._open:
            self.root = children
            return
        above = self._open[-1][1]
        if name not in above:
            above[name] = value
        elif isinstance(above[name], list):
            above[name].append(value)
        else:
            above[name] = [above[name], value]


def _of_xml(text: str) -> dict[str, Any]:
    """Raises `NotASubmission`, also for entities and document types: no form has any."""
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, UnicodeError, ValueError):
        raise NotASubmission from None
    return reader.root


def _no_doctype(*_said: object) -> None:
    raise NotASubmission
