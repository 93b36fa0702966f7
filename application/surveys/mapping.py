"""Which field of a form says what: guessed by its name, or as an organizer set it."""

from collections.abc import Iterable, Mapping
from typing import Final

from application.lists.cells import Cell
from application.lists.fields import FIELDS, Field, among
from application.surveys.payloads import REPEATED, Instance
from domain.lists import ListKind
from domain.milestones import Milestone
from domain.skills import BY_ID
from domain.surveys import Tells
from domain.visits import Finding

LIST_OF: Final = {Tells.LESSON: ListKind.CLASSES, Tells.HOUSEHOLD: ListKind.HOUSEHOLDS}
"""What is told by the rows of a list as well, and read as those are."""

_FOUND: Final = {
    Finding.SMARTPHONE: ("dien thoai thong minh", "co dien thoai thong minh", "smartphone"),
    Finding.HOME_NETWORK: ("mang internet", "internet", "wifi", "co internet", "home network"),
    Finding.VNEID_LEVEL_2: ("vneid muc 2", "vneid muc do 2", "co vneid", "vneid", "vneid level 2"),
}
_REACHED: Final = {
    Milestone.DIGITAL_IDENTITY: ("tai khoan dinh danh", "dinh danh dien tu", "tai khoan dinh danh dien tu",
                                 "dinh danh", "vneid", "digital identity"),
    Milestone.CONFIRMED_ON_VNEID: ("xac nhan tren vneid", "xac nhan vneid", "confirmed on vneid"),
    Milestone.DIGITAL_SIGNATURE: ("chu ky so", "chu ky so ca nhan", "digital signature"),
    Milestone.ONLINE_COURSE: ("khoa hoc truc tuyen", "hoan thanh khoa hoc", "khoa hoc", "online course"),
    Milestone.ONLINE_PUBLIC_SERVICE: ("dich vu cong truc tuyen", "dich vu cong", "dvc truc tuyen",
                                      "online public service"),
    Milestone.CASHLESS_PAYMENT: ("thanh toan khong dung tien mat", "thanh toan khong tien mat",
                                 "thanh toan so", "cashless payment"),
}  # fmt: skip


def _of(kind: ListKind, *keys: str) -> tuple[Field, ...]:
    return tuple(one for one in FIELDS[kind] if one.key in keys)


_PLACE_AND_DAY: Final = ("commune", "hamlet", "on")

KEYS: Final[Mapping[Tells, tuple[Field, ...]]] = {
    Tells.LESSON: tuple(one for one in FIELDS[ListKind.CLASSES] if one.key not in ("class", "instance")),
    Tells.HOUSEHOLD: tuple(
        one for one in FIELDS[ListKind.HOUSEHOLDS] if one.key not in ("household", "instance")
    ),
    Tells.VISIT: (
        *_of(ListKind.HOUSEHOLDS, "mentor", "mentor_phone", *_PLACE_AND_DAY),
        Field("number", ("so ho", "ho so", "so nha", "ma ho", "so thu tu ho", "household number"), True),
        Field("found", ("ket qua", "hien trang", "da co", "found")),
        *(Field(f"found.{one}", said) for one, said in _FOUND.items()),
        Field("needs", ("nhu cau", "can huong dan", "muon hoc", "nhu cau ho tro", "needs")),
    ),
    Tells.MILESTONE: (
        *_of(ListKind.CLASSES, "name", "phone", "birth_year", "group", *_PLACE_AND_DAY),
        Field("milestone", ("cot moc", "da dat", "milestone")),
        *(Field(f"milestone.{one}", said) for one, said in _REACHED.items()),
    ),
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


_YES: Final = frozenset({"yes", "y", "true", "1", "x", "co", "da", "roi", "da co", "dung", "ok", "dat"})


def says_yes(folded: str) -> bool:
    return folded in _YES


def findings(folded: str) -> tuple[Finding, ...]:
    """Which of them a folded text names."""
    return tuple(one for one, said in _FOUND.items() if any(_within(word, folded) for word in said))


def reached(folded: str) -> tuple[Milestone, ...]:
    """Which milestones a folded text names; where one name lies in another, the longer one counts."""
    left = folded.replace("-", " ")
    found = set()
    for word in sorted(_MILESTONE_OF, key=len, reverse=True):
        if _within(word, left):
            found.add(_MILESTONE_OF[word])
            left = left.replace(word, "|")
    return tuple(one for one in Milestone if one in found)


_MILESTONE_OF: Final = {word: one for one, words in _REACHED.items() for word in words} | {
    one.value.replace("-", " "): one for one in Milestone
}


def _within(word: str, folded: str) -> bool:
    return f" {word} " in f" {folded} "
