"""The menu: up to four entries of one's own, and everything else on one page, /viec.

Only what is there and what whoever looks may open stands in it: `interfaces/permissions.py` is
asked. A new page needs its line in `ENTRIES`, and nothing else.
"""

from collections.abc import Collection
from itertools import zip_longest
from typing import Final

import msgspec

from application.actors import Actor
from domain.model import Role
from interfaces.permissions import RULES
from interfaces.web.language import mark, translated

MOST: Final = 4
"""So many entries and the one that leads to the others fit two rows of a narrow phone."""


class Link(msgspec.Struct, frozen=True):
    href: str
    label: str
    current: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A page: its name, and what it is for."""

    href: str
    label: str
    about: str


class Item(msgspec.Struct, frozen=True):
    """An entry in the language of the request."""

    href: str
    label: str
    about: str


class Group(msgspec.Struct, frozen=True):
    id: str
    label: str
    items: list[Item]


_DAILY: Final = (
    Entry("/ghi", mark("Record"), mark("Whom you taught today, a family or a vendor")),
    Entry("/ghi/di-ho", mark("Door to door"), mark("A household you visited, and what is needed there")),
    Entry("/toi", mark("Mine"), mark("Your entries, and who has not answered yet")),
    Entry("/lop", mark("Class"), mark("A class to which learners check in by a code on the wall")),
    Entry("/to", mark("Teams"), mark("Teams, their members and leaders, and households visited")),
    Entry("/lam-chung", mark("Witness"), mark("Answer for people of a class who have no phone")),
    Entry("/xem-xet", mark("Review"), mark("Entries that look odd")),
    Entry("/yeu-cau", mark("Requests"), mark("Requests of people about their own data")),
    Entry("/nhac-viec", mark("Reminders"), mark("Messages to units that are silent or owe a report")),
)
_FIGURES: Final = (
    Entry("/don-vi", mark("Unit"), mark("Targets, pace, weeks, and who is behind")),
    Entry("/ban-do", mark("Map"), mark("Every province and commune with its figures")),
    Entry("/xep-hang", mark("Ranking"), mark("Mentors compared, by confirmed people")),
    Entry("/chien-dich", mark("Campaigns"), mark("Days and weeks of action, with begin and end")),
    Entry("/cot-moc", mark("Milestones"), mark("Digital identity, signature, first steps online")),
    Entry("/bao-cao", mark("Reports"), mark("Close a month, make and send its report")),
)
_LISTS: Final = (
    Entry("/vinh-danh", mark("Honours"), mark("Who holds which status, by unit and year")),
    Entry("/khen-thuong", mark("Awards"), mark("Who meets the criteria at a day")),
    Entry("/trang-thai", mark("Statuses"), mark("Digital villages, communities and units")),
    Entry("/noi-lam-viec", mark("Workplaces"), mark("Offices, schools and enterprises with their people")),
    Entry("/khoa-hoc", mark("Courses"), mark("Where to learn each skill, free of charge")),
    Entry("/nhap", mark("Bring in lists"), mark("Teams, members, households and classes from XLSX or CSV")),
)
_RUNNING: Final = (
    Entry("/moi", mark("Invite"), mark("Give somebody a role")),
    Entry("/tai-khoan", mark("Accounts"), mark("Who holds which role, and since when")),
    Entry("/ket-noi", mark("Connections"), mark("Forms of KoboToolbox and ODK Central")),
    Entry("/dia-gioi", mark("Boundaries"), mark("Mergers, splits and renamings of units")),
    Entry("/kiem-toan", mark("Auditing"), mark("Who was shown whose data, and why")),
)
_GROUPS: Final = (
    ("daily", mark("Everyday work"), _DAILY),
    ("figures", mark("Figures"), _FIGURES),
    ("lists", mark("Lists"), _LISTS),
    ("running", mark("Administration"), _RUNNING),
)
ENTRIES: Final = {entry.href: entry for _id, _label, some in _GROUPS for entry in some}

FIRST: Final = {
    Role.AMBASSADOR: ("/ghi", "/toi", "/xep-hang", "/vinh-danh"),
    Role.TEAM_LEADER: ("/to", "/don-vi", "/lam-chung", "/xep-hang"),
    Role.ORGANIZER: ("/don-vi", "/xem-xet", "/bao-cao", "/ban-do"),
    Role.COMMITTEE: ("/khen-thuong", "/don-vi", "/xep-hang", "/vinh-danh"),
    Role.SECRETARY: ("/khen-thuong", "/don-vi", "/xep-hang", "/vinh-danh"),
    Role.ADMINISTRATOR: ("/don-vi", "/tai-khoan", "/moi", "/ban-do"),
    Role.AUDITOR: ("/kiem-toan", "/xem-xet", "/don-vi", "/khen-thuong"),
}
"""What each role does most, first things first."""
_ANYBODY: Final = ("/xep-hang", "/vinh-danh", "/ban-do")

_STRANGERS: Final = (
    ("/vinh-danh", mark("Honours")),
    ("/ban-do", mark("Map")),
    ("/xac-nhan", mark("Answer with a code")),
)


def links(asking: Actor | None, path: str) -> list[Link]:
    """What stands above every page; strangers see what is public."""
    if path.startswith(("/x/", "/l/")):  # one question at a time
        return []
    if asking is None:
        known = [one for one in _STRANGERS if ("GET", one[0]) in RULES]
        return [Link(href, translated(label), _under(path, href)) for href, label in known]
    open_ = [href for href in ENTRIES if opens(href, asking)]
    chosen = _chosen(asking, open_)
    # A page of its own under one of these, such as /ghi/di-ho under /ghi, belongs to that one.
    here = max((href for href in chosen if _under(path, href)), key=len, default=None)
    elsewhere = here is None and any(_under(path, href) for href in ("/viec", *open_))
    return [
        *(Link(href, translated(ENTRIES[href].label), href == here) for href in chosen),
        Link("/viec", translated(mark("More")), elsewhere),
    ]


def groups(asking: Actor) -> list[Group]:
    """Everything somebody may open, by what it is for."""
    found = [
        Group(
            ref,
            translated(label),
            [Item(e.href, translated(e.label), translated(e.about)) for e in some if opens(e.href, asking)],
        )
        for ref, label, some in _GROUPS
    ]
    return [group for group in found if group.items]


def _chosen(asking: Actor, open_: Collection[str]) -> list[str]:
    """Of several roles in turn: the first thing of each, then the second."""
    held = [FIRST[role] for role in Role if asking.holds(role)]
    in_turn = [href for some in zip_longest(*held) for href in some if href]
    return [href for href in dict.fromkeys((*in_turn, *_ANYBODY)) if href in open_][:MOST]


def opens(href: str, asking: Actor) -> bool:
    """Whether the page is there, and opens for somebody."""
    rule = RULES.get(("GET", href))
    if rule is None:
        return False
    return not rule.roles or asking.holds(*rule.roles, about=rule.model)


def _under(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href}/")
