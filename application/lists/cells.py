"""Cells as people write them -> what they say. Each refusal names its field."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from domain.model import Group, Refused, Skill
from domain.names import fold
from domain.skills import BY_ID, CATALOGUE

Cell = str | int | float | bool | date | None
"""As read from a file; a moment counts as its day."""

Cells = Mapping[str, Cell]
"""A row: what its columns hold, by the key of the field (`fields.py`)."""


class EmptyCell(Refused):
    """A required cell is empty."""


class NotADay(Refused):
    """Not a day, written 20/11/2026 or as a spreadsheet's own day."""


class NotANumber(Refused):
    """Not a whole number."""


class NotAYear(Refused):
    """Not a year of birth."""


class NoSuchGroup(Refused):
    """None of the four groups that people are counted in."""


class NoSuchSkill(Refused):
    """None of the skills of the catalogue."""


class OldEncoding(Refused):
    """Letters of TCVN3 or VNI, or UTF-8 read as something else: the name would be kept garbled."""


FIRST_DAY: Final = date(1899, 12, 30)
"""Day 0 of spreadsheets."""

_SERIALS: Final = range(20_000, 80_000)
"""Days between 1954 and 2119: a number in a column of days that was not formatted as one."""

_DAY: Final = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})(?:[T\s].*)?")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s].*)?")
_YEAR: Final = re.compile(r"(18|19|20)\d\d")
_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|\d{1,9}")
_APART: Final = re.compile(r"[,;+/\n]")


def text(cell: Cell) -> str:
    """What stands there, without the apostrophe that keeps spreadsheets from running it."""
    match cell:
        case None:
            return ""
        case bool():
            return "x" if cell else ""
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            return f"{cell:%d/%m/%Y}"
        case str():
            said = cell.replace("\u00a0", " ").strip()
            return said[1:].lstrip() if said[:1] == "'" else said
        case _:
            return str(cell)


def needed(cell: Cell, field: str) -> str:
    if not (said := text(cell)):
        raise EmptyCell(field=field)
    return said


def day(cell: Cell, field: str) -> date | None:
    """None for an empty cell. Days come before months here."""
    match cell:
        case datetime():
            return cell.date()
        case date():
            return cell
        case bool():
            raise NotADay(field=field)
        case int() | float() if int(cell) in _SERIALS:
            return FIRST_DAY + timedelta(days=int(cell))
    if not (said := text(cell)):
        return None
    if found := _DAY.fullmatch(said):
        parts = found[3], found[2], found[1]
    elif found := _ISO.fullmatch(said):
        parts = found[1], found[2], found[3]
    else:
        raise NotADay(field=field)
    try:
        return date(*map(int, parts))
    except ValueError:
        raise NotADay(field=field) from None


def birth_year(cell: Cell, field: str) -> int | None:
    """Of a year, of a day of birth, or of either as text."""
    said = text(cell)
    if not said:
        return None
    if _YEAR.fullmatch(said):
        return int(said)
    try:
        born = day(cell, field)
    except NotADay:
        raise NotAYear(field=field) from None
    return born.year if born else None


def phone(cell: Cell) -> str | None:
    """As it is written; a number has lost its first 0."""
    said = text(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and len(said) == 9:
        return f"0{said}"
    if said.isdigit() and len(said) == 9 and said[0] in "35789":
        return f"0{said}"
    return said or None


def number(cell: Cell, field: str) -> int:
    said = needed(cell, field)
    if not _NUMBER.fullmatch(said):
        raise NotANumber(field=field)
    return int(re.sub(r"\D", "", said))


_GROUPS: Final = {
    Group.PUBLIC_SECTOR: "can bo, cong chuc, vien chuc, cbccvc, cbcc, can bo cong chuc, "
    "can bo cong chuc vien chuc, luc luong vu trang, cong an, bo doi, quan doi, giao vien, public sector",
    Group.PUPILS_STUDENTS: "hoc sinh, sinh vien, hssv, hoc sinh sinh vien, doan vien hoc sinh, "
    "pupils students",
    Group.WORKERS: "cong nhan, nguoi lao dong, nld, lao dong, cong nhan nguoi lao dong, cong nhan lao dong, "
    "nguoi lao dong trong doanh nghiep, doanh nghiep, workers",
    Group.PEOPLE: "nguoi dan, dan, nhan dan, nong dan, noi tro, huu tri, can bo huu tri, cuu chien binh, "
    "buon ban, tieu thuong, ho kinh doanh, tu do, lao dong tu do, nguoi cao tuoi, phu nu, thanh nien, "
    "doan vien, ngu dan, khac, people",
}
_GROUP_OF: Final = {said: group for group, words in _GROUPS.items() for said in words.split(", ")}


def group(cell: Cell, field: str) -> Group | None:
    if not (said := fold(text(cell))):
        return None
    if said not in _GROUP_OF:
        raise NoSuchGroup(field=field)
    return _GROUP_OF[said]


_SKILLS: Final = {
    fold(said): one.id for one in CATALOGUE for said in (one.id, one.vi, one.en, *one.vi.split(", "))
} | {
    "vneid": Skill("vneid"),
    "dinh danh dien tu": Skill("vneid"),
    "cai dat vneid": Skill("vneid"),
    "dich vu cong": Skill("online-public-service"),
    "dvc truc tuyen": Skill("online-public-service"),
    "dvctt": Skill("online-public-service"),
    "thanh toan khong tien mat": Skill("cashless-payment"),
    "thanh toan so": Skill("cashless-payment"),
    "an toan thong tin": Skill("online-safety"),
    "chu ky so": Skill("digital-signature"),
    "dien thoai thong minh": Skill("smartphone-basics"),
}  # fmt: skip


def skills(cell: Cell, field: str) -> tuple[Skill, ...]:
    """One or several, with commas, semicolons or plus signs between. A label may hold a comma."""
    said = needed(cell, field)
    if whole := _SKILLS.get(fold(said)):
        return (whole,)
    chosen = [word.replace("_", "-").lower() for word in said.split()]  # as forms write several choices
    if all(word in BY_ID for word in chosen):
        return tuple(dict.fromkeys(Skill(word) for word in chosen))
    found: dict[Skill, None] = {}
    for part in _APART.split(said):
        if not (word := fold(part)):
            continue
        if word not in _SKILLS:
            raise NoSuchSkill(field=field)
        found[_SKILLS[word]] = None
    if not found:
        raise EmptyCell(field=field)
    return tuple(found)


_ACCENTED: Final = (
    "\u00e0-\u00e5\u00e8-\u00eb\u00f9-\u00fc\u00f8\u00c0-\u00c5\u00c8-\u00cb\u00d9-\u00dc\u00d8"
)
_GARBLED: Final = re.compile(
    # TCVN3, and UTF-8 read as Latin-1
    "[\u00a1-\u00a9\u00ab-\u00b3\u00b5-\u00b6\u00b8-\u00bf\u00d7\u00f7\u00de\u00fe\u00df]"
    # VNI: a vowel, then its mark as a letter of its own
    f"|[aeAE][{_ACCENTED}]"
    "|[oO][\u00e2\u00e4\u00e5\u00ea\u00f9\u00f8\u00fb\u00fc\u00ef\u00c2\u00c4\u00c5\u00ca\u00d9\u00d8\u00db\u00dc\u00cf]"
    "|\ufffd"
)


def readable(said: str, field: str) -> str:
    """Raises `OldEncoding` for what can only be another encoding's letters."""
    if _GARBLED.search(said):
        raise OldEncoding(field=field)
    return said
