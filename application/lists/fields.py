"""What the columns of a list may hold, by kind; and which heading says what.

Headings are compared folded (no accents, no case, no marks), so that "Họ và tên", "HO TEN" and
"Họ & tên:" are one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from application.lists.marks import FOUND, REACHED
from domain.lists import ListKind
from domain.names import fold


class Field(msgspec.Struct, frozen=True):
    """Something a row says. `headings` are folded; the first of them stands in templates."""

    key: str
    headings: tuple[str, ...]
    required: bool = False


_NAME: Final = (
    "ho va ten", "ho ten", "ho va ten thanh vien", "ten thanh vien", "thanh vien", "ho va ten khai sinh",
    "ten nguoi hoc", "ho ten hoc vien", "hoc vien", "ten hoc vien", "ho va ten hoc vien", "nguoi hoc",
    "ho va ten nguoi hoc", "full name", "name",
)  # fmt: skip
_PHONE: Final = (
    "so dien thoai", "dien thoai", "sdt", "so dt", "dt", "dien thoai di dong", "di dong", "so di dong",
    "so dtdd", "dtdd", "lien he", "dien thoai lien he", "sdt lien he", "phone", "mobile",
)  # fmt: skip
_YEAR: Final = (
    "nam sinh", "ngay sinh", "ngay thang nam sinh", "ngay thang sinh", "sinh nam", "ns", "year of birth",
    "birth year", "date of birth",
)  # fmt: skip
_COMMUNE: Final = (
    "xa phuong", "xa", "phuong", "xa phuong thi tran", "xa phuong dac khu", "phuong xa", "ten xa",
    "ten xa phuong", "don vi", "don vi hanh chinh", "dia ban", "ma xa", "ma don vi", "ma xa phuong",
    "don vi cap xa", "cap xa", "commune", "unit",
)  # fmt: skip
_HAMLET: Final = (
    "thon ban tdp", "thon", "ban", "to dan pho", "tdp", "khu pho", "thon to dan pho", "thon ban",
    "thon khu pho", "thon xom", "xom", "ap", "buon", "lang", "khom", "thon lang", "thon ban to dan pho",
    "thon buon", "thon buon to dan pho", "khu dan cu", "ap khu pho", "thon tdp", "to dan pho thon", "hamlet",
)  # fmt: skip
_GROUP: Final = ("nhom", "doi tuong", "nhom doi tuong", "thanh phan", "group")
_ROLE: Final = ("chuc vu", "vai tro", "chuc danh", "nhiem vu", "chuc vu trong to", "role")
_TEAM: Final = (
    "to cong nghe so cong dong", "to cong nghe so", "ten to", "to cnscd", "to cns", "ten to cong nghe so",
    "ten to cnscd", "ten to cong nghe so cong dong", "to", "team",
)  # fmt: skip
_FORMED: Final = ("ngay thanh lap", "thanh lap", "ngay qd", "ngay quyet dinh", "formed on")
_JOINED: Final = ("ngay tham gia", "tham gia tu", "ngay vao to", "tu ngay", "joined on")
_LEADER: Final = (
    "to truong", "ho ten to truong", "ho va ten to truong", "ten to truong", "leader",
)  # fmt: skip
_LEADER_PHONE: Final = (
    "dien thoai to truong", "sdt to truong", "so dien thoai to truong", "dt to truong", "leader phone",
)  # fmt: skip
_LEADER_YEAR: Final = ("nam sinh to truong", "ngay sinh to truong")
_MENTOR: Final = (
    "nguoi huong dan", "ho ten nguoi huong dan", "ho va ten nguoi huong dan", "dai su so",
    "ho ten dai su", "ho ten dai su so", "giang vien", "nguoi day", "giao vien", "bao cao vien",
    "nguoi phu trach", "phu trach", "can bo phu trach", "thanh vien to phu trach", "mentor", "teacher",
)  # fmt: skip
_MENTOR_PHONE: Final = (
    "dien thoai nguoi huong dan", "sdt nguoi huong dan", "so dien thoai nguoi huong dan",
    "sdt dai su", "dien thoai dai su so", "sdt dai su so", "sdt giang vien", "dien thoai giang vien",
    "sdt nguoi phu trach", "dien thoai nguoi phu trach", "so dien thoai nguoi phu trach",
    "sdt phu trach", "mentor phone", "teacher phone",
)  # fmt: skip
_VISITOR: Final = (
    "nguoi di ho", "ho ten nguoi di ho", "ho va ten nguoi di ho", "nguoi di", "nguoi den tham", "nguoi den",
    "can bo di ho", "thanh vien to di ho", "visitor", *_MENTOR,
)  # fmt: skip
_VISITOR_PHONE: Final = (
    "dien thoai nguoi di ho", "sdt nguoi di ho", "so dien thoai nguoi di ho", "sdt nguoi di",
    "dien thoai nguoi di", "sdt nguoi den", "visitor phone", *_MENTOR_PHONE,
)  # fmt: skip
_NUMBER: Final = (
    "so ho", "ho so", "so nha", "ma ho", "so thu tu ho", "household number", "ma so ho", "stt ho",
)  # fmt: skip
_HEAD: Final = ("chu ho", "ho ten chu ho", "ho va ten chu ho", "ten chu ho", "dai dien ho")
_DAY: Final = (
    "ngay", "ngay to chuc", "ngay hoc", "ngay day", "thoi gian", "ngay ghi nhan", "ngay dang ky",
    "thoi gian to chuc", "ngay lop", "date",
)  # fmt: skip
_MARKET: Final = ("ten cho", "cho", "market")
_STALLS: Final = ("so sap", "so quay", "so quay hang", "so sap hang", "so ho kinh doanh", "tong so sap",
                  "so diem kinh doanh", "stalls")  # fmt: skip


def _person(*, phone: str = "phone") -> tuple[Field, ...]:
    return (Field("name", _NAME, True), Field(phone, _PHONE), Field("birth_year", _YEAR))


_PLACE: Final = (Field("commune", _COMMUNE), Field("hamlet", _HAMLET))
_TAUGHT_BY: Final = (Field("mentor", _MENTOR, True), Field("mentor_phone", _MENTOR_PHONE, True))

_FIELDS: Final[Mapping[ListKind, tuple[Field, ...]]] = {
    ListKind.TEAMS: (
        Field("team", _TEAM, True),
        *_PLACE,
        Field("on", _FORMED),
        Field("leader", (*_LEADER, *_NAME)),
        Field("leader_phone", (*_LEADER_PHONE, *_PHONE)),
        Field("leader_birth_year", (*_LEADER_YEAR, *_YEAR)),
    ),
    ListKind.MEMBERS: (
        *_person(),
        Field("team", _TEAM, True),
        *_PLACE,
        Field("role", _ROLE),
        Field("on", _JOINED),
        Field("group", _GROUP),
    ),
    ListKind.HOUSEHOLDS: (
        Field("household", ("ma ho", "so ho", "ho so", "ho", "ma ho gia dinh", "ho gia dinh", "household")),
        Field("name", (*_HEAD, *_NAME), True),
        Field("phone", _PHONE),
        Field("birth_year", _YEAR),
        *_PLACE,
        Field("group", _GROUP),
        Field("on", _DAY),
        *_TAUGHT_BY,
    ),
    ListKind.MARKETS: (
        Field("market", _MARKET, True),
        *_PLACE,
        Field("stalls", _STALLS, True),
    ),
    ListKind.VENDORS: (
        Field("name", ("ten tieu thuong", "tieu thuong", "ho ten tieu thuong", "ho va ten tieu thuong",
                       "ho ten chu sap", "chu sap", "ho kinh doanh", "chu ho kinh doanh", *_NAME), True),
        Field("phone", _PHONE),
        Field("birth_year", _YEAR),
        Field("market", _MARKET, True),
        *_PLACE,
        Field("group", _GROUP),
    ),
    ListKind.CLASSES: (
        Field("class", ("ten lop", "lop", "ma lop", "buoi", "lop hoc", "ten lop hoc", "class")),
        Field("on", _DAY, True),
        *_PLACE,
        *_TAUGHT_BY,
        Field("skills", ("ky nang", "noi dung", "noi dung huong dan", "chu de", "chuyen de", "noi dung hoc",
                         "noi dung lop", "skills", "skill"), True),
        *_person(),
        Field("group", _GROUP),
    ),
    ListKind.VISITS: (
        Field("number", _NUMBER, True),
        *_PLACE,
        Field("on", ("ngay di ho", "ngay di", "ngay tham", "ngay den", *_DAY), True),
        Field("mentor", _VISITOR, True),
        Field("mentor_phone", _VISITOR_PHONE, True),
        Field("found", ("ket qua", "hien trang", "da co", "found")),
        *(Field(f"found.{one}", said) for one, said in FOUND.items()),
        Field("needs", ("nhu cau", "can huong dan", "muon hoc", "nhu cau ho tro", "needs")),
    ),
    ListKind.MILESTONES: (
        *_person(),
        *_PLACE,
        Field("group", _GROUP),
        Field("on", ("ngay dat", "ngay cap", "ngay xac nhan", "ngay hoan thanh", *_DAY)),
        Field("milestone", ("cot moc", "moc", "da dat", "milestone")),
        *(Field(f"milestone.{one}", said) for one, said in REACHED.items()),
    ),
}  # fmt: skip

_INSTANCE: Final = Field(
    "instance", ("meta rootuuid", "rootuuid", "key", "instance id", "meta instanceid", "instanceid", "uuid")
)
"""Which instance of a form of KoboToolbox or ODK Central a row of its export is: first the id that no edit
of it changes."""

_VERSION: Final = Field("version", ("meta instanceid", "instanceid", "uuid"))
"""The id of this edit of it, where another column says which instance it is."""

FIELDS: Final[Mapping[ListKind, tuple[Field, ...]]] = {
    kind: (*fields, _INSTANCE, _VERSION) for kind, fields in _FIELDS.items()
}

Columns = tuple[str | None, ...]
"""For each column of a list the key of the field that it holds; None for one that is not read."""


def guess(kind: ListKind, headings: Sequence[str]) -> Columns:
    """Each field of a kind of list by its heading; in the export of a form by the name of the question,
    without the groups that it stands in."""
    exported = any(fold(one) in _INSTANCE.headings for one in headings)
    return among(FIELDS[kind], [_question(one) for one in headings] if exported else headings)


_PATH: Final = re.compile(r"[\w.]+(?:[/-][\w.]+)+")


def _question(heading: str) -> str:
    """ "buoi/ngay_hoc" and "buoi-ngay_hoc" ask for "ngay_hoc"."""
    return re.split(r"[/-]", heading)[-1] if _PATH.fullmatch(heading) else heading


def among(fields: Sequence[Field], headings: Sequence[str]) -> Columns:
    """Each field once: by a heading that is one of its own, else without what it says in brackets
    ("Tổ (TCNSCĐ)"), else by one that begins or ends with it ("Số điện thoại Zalo"). What is not
    recognised stays unread."""
    as_written = [fold(one) for one in headings]
    bare = [fold(_BRACKETS.sub(" ", one)) for one in headings]
    found: list[str | None] = [None] * len(as_written)
    for folded, fits in ((as_written, _equal), (bare, _equal), (as_written, _begins), (as_written, _holds)):
        for field in fields:
            if field.key in found:
                continue
            for said in field.headings:
                free = (at for at, one in enumerate(folded) if found[at] is None and fits(one, said))
                if (place := next(free, None)) is not None:
                    found[place] = field.key
                    break
    return tuple(found)


_BRACKETS: Final = re.compile(r"\([^()]*\)")


def _equal(heading: str, said: str) -> bool:
    return heading == said


def _begins(heading: str, said: str) -> bool:
    return len(said) > 2 and heading.startswith(f"{said} ")


def _holds(heading: str, said: str) -> bool:
    return " " in said and f" {said} " in f" {heading} "


def recognised(kind: ListKind, headings: Sequence[str]) -> int:
    """How many fields these would be the headings of: of several rows, the one with most is the head."""
    return sum(one is not None for one in guess(kind, headings))


def lacking(kind: ListKind, columns: Columns) -> list[str]:
    """The required fields that no column holds."""
    missing = [one.key for one in FIELDS[kind] if one.required and one.key not in columns]
    if kind is ListKind.MILESTONES and not any(one and one.startswith("milestone") for one in columns):
        missing.append("milestone")  # in words, or one or another by a column of crosses
    return missing


def twice(columns: Columns) -> list[str]:
    """The fields that several columns are said to hold."""
    said = [one for one in columns if one is not None]
    return sorted({one for one in said if said.count(one) > 1})
