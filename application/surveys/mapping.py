"""Which field of a form says what: guessed by its name, or as an organizer set it."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from application.lists.cells import Cell
from application.lists.fields import FIELDS, Field, among
from application.surveys.payloads import REPEATED, Instance
from domain.lists import ListKind
from domain.skills import BY_ID
from domain.surveys import Tells

LIST_OF: Final = {
    Tells.LESSON: ListKind.CLASSES,
    Tells.HOUSEHOLD: ListKind.HOUSEHOLDS,
    Tells.VISIT: ListKind.VISITS,
    Tells.MILESTONE: ListKind.MILESTONES,
}
"""By the rows of which list the same is told: they are read alike."""

_TOGETHER: Final = ("class", "household", "instance", "version")
"""By what the rows of a list are known to belong together; those of an instance do."""

KEYS: Final[Mapping[Tells, tuple[Field, ...]]] = {
    tells: tuple(
        msgspec.structs.replace(one, required=one.required and one.key != "on")  # it was sent in on a day
        for one in FIELDS[kind]
        if one.key not in _TOGETHER
    )
    for tells, kind in LIST_OF.items()
}

Columns = Mapping[str, str]
"""By the path of a field the key that it holds; empty for one that is not read."""


def columns(tells: Tells, paths: Iterable[str], chosen: Columns) -> dict[str, str]:
    """What each field holds: as chosen, else as its name suggests, where nothing else holds that. What
    is asked of each in a repeat group is meant before what is asked once."""
    known = list(dict.fromkeys(paths))
    found = {path: chosen[path] for path in known if path in chosen}
    for repeated in (True, False):
        open_ = [path for path in known if path not in chosen and (REPEATED in path) is repeated]
        taken = set(found.values())
        keys = tuple(one for one in KEYS[tells] if one.key not in taken)
        names = [path.rpartition("/")[2].replace("_", " ") for path in open_]
        found |= {path: key or "" for path, key in zip(open_, among(keys, names), strict=True)}
    return {path: found[path] for path in known}


def lacking(tells: Tells, held: Columns) -> list[str]:
    """The keys that no field holds and that every submission needs."""
    return [one.key for one in KEYS[tells] if one.required and one.key not in held.values()]


def rows(tells: Tells, chosen: Columns, came: Instance) -> list[dict[str, Cell]]:
    """What the instance says, by key: one row, or one for each row of a repeat group that holds
    something read."""
    held = columns(tells, came.paths, chosen)
    own = _said(held, came.fields)
    repeated = [own | said for some in came.repeats for row in some if (said := _said(held, row))]
    return repeated or [own]


def _said(held: Columns, fields: Mapping[str, str]) -> dict[str, Cell]:
    return {
        held[path]: _plain(held[path], value)
        for path, value in fields.items()
        if held.get(path) and value.strip()
    }


_CHOSEN: Final = ("commune", "hamlet", "group", "skills", "needs", "found", "milestone")


def _plain(key: str, value: str) -> str:
    """Names of choices are written with underscores, several of them with blanks between."""
    if key not in _CHOSEN:
        return value
    words = [word.replace("_", "-").lower() for word in value.split()]
    if key in ("skills", "needs") and all(word in BY_ID for word in words):
        return ", ".join(words)
    return value.replace("_", " ")
