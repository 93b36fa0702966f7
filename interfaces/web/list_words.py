"""Lists in words: what a kind is called, what a column holds, and why a row is not taken."""

from collections.abc import Iterable, Mapping
from typing import Final

from domain.lists import ListKind
from infrastructure.lists.giving_back import given_back
from infrastructure.lists.kept import Brought, KeptFault
from interfaces.house import House
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, number, translated
from interfaces.web.problems import sentence_of

KINDS: Final = {
    ListKind.TEAMS: mark("Community digital technology teams"),
    ListKind.MEMBERS: mark("Members of teams"),
    ListKind.HOUSEHOLDS: mark("Households with their members"),
    ListKind.MARKETS: mark("Markets"),
    ListKind.VENDORS: mark("Vendors at markets"),
    ListKind.CLASSES: mark("Classes held, with their learners"),
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
    "instance": mark("Instance of the form (KoboToolbox, ODK Central)"),
}


def label(field: str) -> str:
    return translated(FIELDS[field]) if field in FIELDS else field


def reason(fault: KeptFault) -> str:
    """The column at fault, where it is one, and the sentence."""
    said = sentence_of(fault.refusal, fault.details)
    field = str(fault.details.get("field", ""))
    return f"{label(field)}: {said}" if field in FIELDS else said


def reasons(faults: Iterable[KeptFault]) -> Mapping[int, str]:
    return {fault.line: reason(fault) for fault in faults}


def bad_rows(house: House, brought: Brought) -> bytes:
    """The rows that were not taken, in the reader's language. Raises `Gone`."""
    cover = house.spools.cover(brought.list)
    why = reasons(house.lists.faults(brought.list))
    about = _(
        "%(bad)s of %(all)s rows of %(file)s that were not taken",
        bad=number(brought.bad),
        all=number(brought.lines),
        file=cover.name,
    )
    heading = _("Why it was not taken")
    return given_back(cover, house.spools.lines(brought.list), why, heading=heading, about=about)
