"""Lists in words: what a kind is called, what a column holds, and why a row is not taken."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Final

from domain.lists import ListKind
from domain.milestones import Milestone
from domain.visits import Finding
from infrastructure.lists.giving_back import given_back
from infrastructure.lists.kept import Brought, KeptFault
from infrastructure.lists.spool import Cover, Gone
from interfaces.house import House
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, translated
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

FOUND: Final = {
    Finding.SMARTPHONE: mark("Found: a smartphone"),
    Finding.HOME_NETWORK: mark("Found: the internet at home"),
    Finding.VNEID_LEVEL_2: mark("Found: VNeID level 2"),
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
    "needs": mark("What they want to learn"),
    "milestone": mark("Milestones, several in one field"),
    "instance": mark("Instance of the form (KoboToolbox, ODK Central)"),
    "version": mark("Version of the instance (KoboToolbox, ODK Central)"),
}

_OTHERWISE: Final = {
    ListKind.TEAMS: {"on": mark("Day the team was formed")},
    ListKind.MEMBERS: {"on": mark("Day of joining the team")},
    ListKind.VISITS: {
        "mentor": mark("Who visited"),
        "mentor_phone": mark("Phone number of who visited"),
        "on": mark("Day of the visit"),
    },
}
"""What is called otherwise in lists of a kind."""

Columns = Mapping[str, str]
"""By field the heading of the column that holds it."""


def label(field: str, kind: ListKind) -> str:
    return named(field, kind) or field


def named(field: str, kind: ListKind) -> str:
    """What a field of such a list is called; empty for what is none."""
    of, _point, which = field.partition(".")
    if of == "milestone" and which in set(Milestone):
        return _("Reached: %(milestone)s", milestone=translated(MILESTONES[Milestone(which)]))
    if of == "found" and which in set(Finding):
        return translated(FOUND[Finding(which)])
    said = _OTHERWISE.get(kind, {}).get(field) or FIELDS.get(field)
    return translated(said) if said else ""


def columns_of(house: House, brought: Brought) -> Columns:
    """As whoever made the file calls them; none where nothing of it is kept any more."""
    try:
        headings = house.spools.cover(brought.list).headings
    except Gone:
        return {}
    named = zip(brought.holds, headings, strict=False)
    return {field: " ".join(heading.split()) for field, heading in named if field and heading.strip()}


def left_out(cover: Cover | None) -> str:
    """Which rows of the file are none of the list; empty where there are no such."""
    if cover is None or not cover.left_out:
        return ""
    return ngettext(
        "%(num)s row is no entry and was left out (column numbers, sums, signatures): row %(rows)s.",
        "%(num)s rows are no entries and were left out (column numbers, sums, signatures): rows %(rows)s.",
        len(cover.left_out),
        rows=_ranges(cover.left_out),
    )


def _ranges(numbers: Sequence[int]) -> str:
    """7, 58–61"""
    runs: list[list[int]] = []
    for row in numbers:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def column(fault: KeptFault, columns: Columns) -> str | None:
    """The heading of the column at fault, where it is one."""
    return columns.get(str(fault.details.get("field", "")))


def reason(fault: KeptFault, columns: Columns, kind: ListKind) -> str:
    """The column at fault, or what it would hold, and the sentence."""
    said = sentence_of(fault.refusal, fault.details)
    if heading := column(fault, columns):
        return _("Column “%(column)s”: %(why)s", column=heading, why=said)
    of = named(str(fault.details.get("field", "")), kind)
    return f"{of}: {said}" if of else said


def bad_rows(house: House, brought: Brought, to: IO[bytes]) -> None:
    """Writes the rows that were not taken, in the reader's language. Raises `Gone`."""
    cover = house.spools.cover(brought.list)
    about = _(
        "%(bad)s of %(all)s rows of %(file)s that were not taken",
        bad=number(brought.bad),
        all=number(brought.lines),
        file=cover.name,
    )
    with house.spools.leaving() as folder:
        given_back(
            cover,
            house.spools.lines(brought.list),
            _reasons(house, brought),
            to,
            width=len(brought.holds),
            heading=_("Why it was not taken"),
            about=about,
            folder=folder,
        )


def _reasons(house: House, brought: Brought) -> Iterator[tuple[int, str]]:
    """By row, some of them at a time."""
    columns, after = columns_of(house, brought), 0
    while some := house.lists.faults(brought.list, limit=TOGETHER, after=after):
        for one in some:
            yield one.line, reason(one, columns, brought.kind)
        after = some[-1].line


TOGETHER: Final = 500


def bad_rows_file(house: House, brought: Brought) -> IO[bytes]:
    """The same as a file that has no name and is gone once it is closed. Raises `Gone`."""
    house.spools.cover(brought.list)
    file = house.spools.given()
    try:
        bad_rows(house, brought, file)
    except BaseException:
        file.close()
        raise
    return file
