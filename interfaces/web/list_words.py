"""Lists in words: what a kind is called, what a column holds, and why a row is not taken."""

from collections.abc import Mapping
from typing import Final

from domain.lists import ListKind
from domain.milestones import Milestone
from infrastructure.lists.giving_back import given_back
from infrastructure.lists.kept import Brought, KeptFault
from infrastructure.lists.spool import Gone
from interfaces.house import House
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, number, translated
from interfaces.web.problems import sentence_of
from interfaces.web.reaching import MILESTONES

KINDS: Final = {
    ListKind.TEAMS: mark("Community digital technology teams"),
    ListKind.MEMBERS: mark("Members of teams"),
    ListKind.HOUSEHOLDS: mark("Households with their members"),
    ListKind.MARKETS: mark("Markets"),
    ListKind.VENDORS: mark("Vendors at markets"),
    ListKind.CLASSES: mark("Classes held, with their learners"),
    ListKind.VISITS: mark("Visits from door to door"),
    ListKind.MILESTONES: mark("Milestones of people"),
}

FIELDS: Final = {
    "name": mark("Full name"),
    "phone": mark("Phone number"),
    "birth_year": mark("Year of birth"),
    "team": mark("Team"),
    "commune": mark("Commune or ward"),
    "hamlet": mark("Hamlet"),
    "role": mark("Position in the team"),
    "on": mark("Day"),
    "group": mark("Group"),
    "leader": mark("Team leader"),
    "leader_phone": mark("Team leader's phone number"),
    "leader_birth_year": mark("Team leader's year of birth"),
    "household": mark("Number of the household"),
    "mentor": mark("Mentor"),
    "mentor_phone": mark("Mentor's phone number"),
    "market": mark("Market"),
    "stalls": mark("Number of stalls"),
    "class": mark("Class"),
    "skills": mark("What was taught"),
    "number": mark("Number of the household"),
    "found": mark("What was found"),
    "found.smartphone": mark("Found: a smartphone"),
    "found.home-network": mark("Found: the internet at home"),
    "found.vneid-level-2": mark("Found: VNeID level 2"),
    "needs": mark("What they want to learn"),
    "milestone": mark("Milestones, several in one field"),
    "instance": mark("Instance of the form (KoboToolbox, ODK Central)"),
    "version": mark("Version of the instance (KoboToolbox, ODK Central)"),
}

_OF_VISITS: Final = {
    "mentor": mark("Who visited"),
    "mentor_phone": mark("Phone number of who visited"),
    "on": mark("Day of the visit"),
}
"""What is called otherwise in a list of visits."""

Columns = Mapping[str, str]
"""By field the heading of the column that holds it."""


def label(field: str, kind: ListKind | None = None) -> str:
    if kind is ListKind.VISITS and field in _OF_VISITS:
        return translated(_OF_VISITS[field])
    of, _point, which = field.partition(".")
    if of == "milestone" and which in set(Milestone):
        return _("Reached: %(milestone)s", milestone=translated(MILESTONES[Milestone(which)]))
    return translated(FIELDS[field]) if field in FIELDS else field


def columns_of(house: House, brought: Brought) -> Columns:
    """As whoever made the file calls them; none where nothing of it is kept any more."""
    try:
        headings = house.spools.cover(brought.list).headings
    except Gone:
        return {}
    named = zip(brought.holds, headings, strict=False)
    return {field: " ".join(heading.split()) for field, heading in named if field and heading.strip()}


def column(fault: KeptFault, columns: Columns) -> str | None:
    """The heading of the column at fault, where it is one."""
    return columns.get(str(fault.details.get("field", "")))


def reason(fault: KeptFault, columns: Columns, kind: ListKind) -> str:
    """The column at fault, or what it would hold, and the sentence."""
    said = sentence_of(fault.refusal, fault.details)
    if heading := column(fault, columns):
        return _("Column “%(column)s”: %(why)s", column=heading, why=said)
    field = str(fault.details.get("field", ""))
    return f"{label(field, kind)}: {said}" if field in FIELDS else said


def bad_rows(house: House, brought: Brought) -> bytes:
    """The rows that were not taken, in the reader's language. Raises `Gone`."""
    cover = house.spools.cover(brought.list)
    columns = columns_of(house, brought)
    why = {one.line: reason(one, columns, brought.kind) for one in house.lists.faults(brought.list)}
    about = _(
        "%(bad)s of %(all)s rows of %(file)s that were not taken",
        bad=number(brought.bad),
        all=number(brought.lines),
        file=cover.name,
    )
    heading = _("Why it was not taken")
    return given_back(cover, house.spools.lines(brought.list), why, heading=heading, about=about)
