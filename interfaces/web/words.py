"""What the movement's ids are called on the screens. Skills have their labels in `domain/skills.py`."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from application.ports import Unit, Units
from domain.households import Criterion
from domain.model import Answer, Evidence, Group, Model, Role, UnitId, VoidReason
from domain.people import Purpose
from domain.vendors import Means
from domain.visits import Finding
from infrastructure.exports.sheet import Words
from interfaces.web.language import gettext as _
from interfaces.web.language import lower_first, mark, translated

K = TypeVar("K", bound=StrEnum)

ROLES: Final = {
    Role.AMBASSADOR: mark("mentor"),
    Role.TEAM_LEADER: mark("team leader"),
    Role.ORGANIZER: mark("organizer"),
    Role.COMMITTEE: mark("member of the award committee"),
    Role.SECRETARY: mark("secretary of the award committee"),
    Role.ADMINISTRATOR: mark("administrator"),
    Role.AUDITOR: mark("auditor"),
}

MODELS: Final = {
    Model.AMBASSADORS: mark("Digital ambassadors"),
    Model.FAMILIES: mark("Digital families"),
    Model.MARKETS: mark("Digital markets"),
}

GROUPS: Final = {
    Group.PEOPLE: mark("People"),
    Group.PUBLIC_SECTOR: mark("Public sector"),
    Group.PUPILS_STUDENTS: mark("Pupils and students"),
    Group.WORKERS: mark("Workers"),
}

SEXES: Final = {"female": mark("Female"), "male": mark("Male"), "other": mark("Other")}
"""As the form offers them; what came by another way may be in words of its own."""

ANSWERS: Final = {
    Answer.ABLE: mark("Yes, I can do it myself"),
    Answer.TAUGHT: mark("I was taught, but cannot do it myself yet"),
    Answer.NO: mark("Not true"),
}

WITNESSED: Final = {
    Answer.ABLE: mark("Can do it alone"),
    Answer.TAUGHT: mark("Was taught, cannot do it alone yet"),
    Answer.NO: mark("Was not taught"),
}
"""The same answers, as somebody says them of somebody else."""

REASONS: Final = {
    VoidReason.NOT_TAUGHT: mark("The lesson did not take place"),
    VoidReason.WRONG_PERSON: mark("The wrong person was entered"),
    VoidReason.DUPLICATE: mark("Entered twice"),
    VoidReason.TEST_ENTRY: mark("A trial entry"),
    VoidReason.MISTAKE: mark("Entered by mistake"),
    VoidReason.OTHER: mark("Another reason"),
}

EVIDENCE: Final = {
    Evidence.OWN_DEVICE: mark("on a phone of the learner's own"),
    Evidence.SHARED_DEVICE: mark("on a phone that many of a class used"),
    Evidence.AMBASSADOR_DEVICE: mark("on the mentor's phone"),
    Evidence.WITNESSED: mark("by a witness"),
}
"""How an answer reached us."""

CRITERIA: Final = {
    Criterion.PROFICIENT_MEMBER: mark("A member uses digital platforms well"),
    Criterion.SMARTPHONE_INTERNET: mark("Has a smartphone and the internet"),
    Criterion.VNEID_LEVEL_2: mark("Has VNeID level 2"),
    Criterion.ONLINE_PUBLIC_SERVICE: mark("Uses online public services"),
    Criterion.CASHLESS_PAYMENT: mark("Pays without cash"),
}

FINDINGS: Final = {
    Finding.SMARTPHONE: mark("Has a smartphone"),
    Finding.HOME_NETWORK: mark("Has a network at home"),
    Finding.VNEID_LEVEL_2: mark("Has VNeID level 2"),
}
"""What a household was found to have."""

MEANS: Final = {
    Means.CASHLESS_PAYMENT: mark("Cashless payment"),
    Means.E_COMMERCE: mark("E-commerce"),
    Means.DIGITAL_SAVINGS: mark("Digital savings"),
}


PURPOSES: Final = {
    Purpose.CONTACT: mark("My name and phone number are kept, so that I am recognised and can be asked"),
    Purpose.REMINDERS: mark("I may be sent a reminder to confirm"),
    Purpose.PUBLIC_NAME: mark("My name is shown on public pages: the ranking and the honours"),
    Purpose.AWARD_LISTS: mark("My name, position and workplace stand on lists of nominees"),
}


def said(table: Mapping[K, str], key: K) -> str:
    """The word for a key, in the language of the request."""
    return translated(table[key])


def notice(table: Mapping[str, str], done: str) -> str | None:
    """What a page says of what was done there, as its address names it; None where that says nothing."""
    return translated(table[done]) if done in table else None


def listed(labels: Iterable[str]) -> str:
    """Labels as one sentence part: the first as it is, the others with a small first letter."""
    first, *others = labels
    return ", ".join([first, *(lower_first(label) for label in others)])


def options(table: Mapping[K, str], keys: Iterable[K] | None = None) -> list[tuple[str, str]]:
    """Value and label of each key, for a list to choose from."""
    return [(str(key), translated(table[key])) for key in (keys or table)]


def unit_name(units: Units, unit: UnitId | str | None) -> str:
    """A unit's name of today; empty for one that is not known."""
    found = units.find(unit) if unit else None
    return found.name if found else ""


def full_name(units: Units, unit: Unit) -> str:
    """With the units above it, below the country: thôn Vinh Thạnh, Xã Tuy Phước, Tỉnh Gia Lai."""
    above = [found for step in unit.path[:-1] or unit.path if (found := units.find(step))]
    return ", ".join(one.name for one in above)


def of_notes(*, cutoff: str) -> Words:
    """The labels of what stands under the table of a file."""
    return Words(
        filter=_("Filter"),
        criteria=_("Criteria"),
        cutoff=cutoff,
        position=_("Ledger position"),
        time=_("Time"),
        row_count=_("Rows"),
    )
