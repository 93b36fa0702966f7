"""Crosses and words by which lists and forms say what a household has, and what a person has reached."""

import re
from typing import Final

from application.lists import cells
from application.lists.cells import Cell
from domain.milestones import Milestone
from domain.names import fold
from domain.visits import Finding

FOUND: Final = {
    Finding.SMARTPHONE: ("dien thoai thong minh", "co dien thoai thong minh", "smartphone", "co dien thoai"),
    Finding.HOME_NETWORK: ("mang internet", "internet", "wifi", "co internet", "home network", "co mang"),
    Finding.VNEID_LEVEL_2: ("vneid muc 2", "vneid muc do 2", "co vneid", "vneid", "vneid level 2"),
}
REACHED: Final = {
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
"""How they are written, folded: as the heading of a column with crosses, or as words in a cell."""

_MILESTONE_OF: Final = {word: one for one, words in REACHED.items() for word in words} | {
    one.value.replace("-", " "): one for one in Milestone
}
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "co", "da", "roi", "da co", "dung", "ok", "dat"})


def crossed(cell: Cell) -> bool:
    """Whether a cell under such a heading says yes."""
    return fold(cells.text(cell)) in _YES


def findings(said: str) -> tuple[Finding, ...]:
    """Which of them a text names."""
    left = _affirmed(said)
    return tuple(one for one, words in FOUND.items() if any(_within(word, left) for word in words))


def reached(said: str) -> tuple[Milestone, ...]:
    """Which milestones a text names; where one name lies in another, the longer one counts."""
    left = _affirmed(said)
    found = set()
    for word in sorted(_MILESTONE_OF, key=len, reverse=True):
        if _within(word, left):
            found.add(_MILESTONE_OF[word])
            left = left.replace(word, "|")
    return tuple(one for one in Milestone if one in found)


_APART: Final = re.compile(r"[,;+/.\n]")
_NOT: Final = frozenset({"khong", "chua", "no", "not"})


def _affirmed(said: str) -> str:
    """Folded, without the parts that say what is not so: "có điện thoại, không có mạng"."""
    parts = (fold(part.replace("-", " ")) for part in _APART.split(said))
    return " | ".join(part for part in parts if _NOT.isdisjoint(part.split()))


def _within(word: str, folded: str) -> bool:
    return f" {word} " in f" {folded} "
