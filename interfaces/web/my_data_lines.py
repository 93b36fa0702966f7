"""What is held of somebody, as they read it: on their page, and in the file they take along."""

from datetime import datetime
from typing import Any, Final

import msgspec

from application.actors import Actor
from application.my_data import MyData
from domain import milestones
from domain import teams as of_teams
from domain import workplaces as of_workplaces
from domain.model import Answer, PersonId, Role, TeamId, UnitId, WorkplaceId
from domain.requests import Kind, acknowledge_by, settle_by
from infrastructure import access_log
from infrastructure.read_models import requests as known
from infrastructure.read_models import teams, workplaces
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import words
from interfaces.web.auditing import PURPOSES as WHY
from interfaces.web.language import day, mark, moment, ngettext, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.reaching import MILESTONES
from interfaces.web.render import skill_label
from interfaces.web.words import unit_name

READS: Final = 50

KINDS: Final = {
    Kind.CORRECT: mark("Something is wrong"),
    Kind.OBJECT: mark("I object"),
    Kind.ERASE: mark("Erase my data"),
    Kind.WITHDRAW: mark("No longer agrees that the data is kept"),
}

OUTCOMES: Final = {"done": mark("Done"), "declined": mark("Declined")}


class Line(msgspec.Struct, frozen=True):
    label: str
    value: str


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One read of the person's data by somebody else: in which role, not by which name."""

    at: datetime
    who: str
    why: str
    how_many: int


def context(house: House, data: MyData) -> dict[str, Any]:
    """What page and file have alike."""
    return {
        "lines": _lines(house, data),
        "entries": _entries(house, data),
        "requests": _requests(house, data),
    }


def _lines(house: House, data: MyData) -> list[Line]:
    own = data.identity
    said = [
        (_("Full name"), own.name if own else None),
        (_("Phone"), own.phone.replace("+84", "0") if own and own.phone else None),
        (_("E-mail"), own.email if own else None),
        (_("Year of birth"), str(own.birth_year) if own and own.birth_year else None),
        (_("Sex"), _sex(own.sex) if own and own.sex else None),
        (_("Position"), own.position if own else None),
        (_("Workplace"), own.workplace if own else None),
        (_("Group"), words.said(words.GROUPS, data.group)),
        (_("Unit"), unit_name(house.units, data.unit)),
        (_("Known since"), moment(data.registered)),
        (_("Account since"), moment(data.account) if data.account else None),
        (_("Digital ambassador since"), moment(data.recognised) if data.recognised else None),
        (_("Lessons, onboardings, families and visits recorded"), _many(data.recorded)),
        *(
            (translated(label), _many(sum(data.sent.get(one.NAME, 0) for one in facts)))
            for label, facts in SENT
        ),
        (_("Milestones"), ", ".join(_reached(data)) or None),
        (_("Families"), str(len(data.families)) if data.families else None),
        (_("Markets"), str(len(data.sells_at)) if data.sells_at else None),
        (_("Registered workplace"), _workplaces(house, data)),
        (_("Team"), _teams(house, data)),
        *((_("Role"), _held_over(house, role.role, role.unit)) for role in data.roles),
        (ngettext("Id in the ledger", "Ids in the ledger", len(data.ids)), ", ".join(data.ids)),
    ]
    return [Line(label, value) for label, value in said if value]


def _many(count: int) -> str | None:
    return number(count) if count else None


SENT: Final = (
    (mark("Milestones said, of oneself or as a witness"), milestones.FACTS),
    (mark("Entries about teams and their members"), of_teams.FACTS),
    (mark("Entries about workplaces and who belongs to them"), of_workplaces.FACTS),
)
"""What somebody sent under their account, beside what they recorded in the field, by its facts."""


def _reached(data: MyData) -> list[str]:
    return [translated(MILESTONES[one.milestone]) for one in data.milestones if one.reached]


def _sex(kept: str) -> str:
    return translated(words.SEXES[kept]) if kept in words.SEXES else kept


def _workplaces(house: House, data: MyData) -> str:
    with house.asking() as db:
        found = workplaces.several(db, [WorkplaceId(one) for one in data.works_at])
    return ", ".join(one.name for one in found.values())


def _teams(house: House, data: MyData) -> str:
    with house.asking() as db:
        return ", ".join(teams.names(db, [TeamId(one) for one in data.teams]).values())


def _held_over(house: House, role: Role, unit: UnitId) -> str:
    return f"{words.said(words.ROLES, role)}, {unit_name(house.units, unit) or unit}"


def _entries(house: House, data: MyData) -> list[dict[str, Any]]:
    """The mentors' names were told with the question each of them asked."""
    mentors = reads.names(house, [one.mentor for one in data.entries], Unlogged.ASKED)
    return [
        {
            "what": ", ".join(_what(one.kind, part) for part in one.what),
            "about": f"{mentors.get(one.mentor, '–')} · {day(one.on)} · {unit_name(house.units, one.unit)}",
            "said": _answer(one.answer, voided=one.voided),
            "notes": one.notes,
        }
        for one in data.entries
    ]


def _what(kind: str, part: str) -> str:
    if kind == "teaching":
        return skill_label(part)
    return next((translated(label) for means, label in words.MEANS.items() if means.value == part), part)


def _answer(answer: str | None, *, voided: bool) -> str:
    if voided:
        return _("Withdrawn")
    return words.said(words.ANSWERS, Answer(answer)) if answer else _("Not answered yet")


def _requests(house: House, data: MyData) -> list[dict[str, Any]]:
    with house.asking() as db:
        stand = {one.request: one for one in known.of_person(db, data.ids)}
    found = []
    for asked in data.requests:
        row = stand.get(asked.request)  # type: ignore[call-overload]
        outcome = row.outcome.value if row and row.outcome else None
        waits = _(
            "acknowledged by %(first)s, settled by %(last)s",
            first=day(acknowledge_by(asked.made)),
            last=day(settle_by(asked.made)),
        )
        found.append(
            {
                "kind": translated(KINDS[Kind(asked.kind)]),
                "made": moment(asked.made),
                "said": translated(OUTCOMES[outcome]) if outcome else waits,
                "notes": asked.notes,
            }
        )
    return found[::-1]


def looked(house: House, data: MyData) -> tuple[list[Looked], list[Looked]]:
    """Reads of this person's data, and lists of their units too long to name everybody on them."""
    home = house.units.find(data.unit)
    with house.database.reading() as db:
        seen = access_log.entries(db, limit=READS, whose=data.ids)
        long = access_log.long_lists(db, home.path if home else (), limit=READS)
    actors: dict[PersonId, Actor] = {}
    own = set(data.ids)

    def told(entries: list[access_log.Entry]) -> list[Looked]:
        return [
            Looked(at=one.at, who=_role(house, one.who, actors), why=_why(one.why), how_many=one.people)
            for one in entries
            if one.who not in own
        ]

    return told(seen), told(long)


def _why(why: str) -> str:
    return next((translated(label) for one, label in WHY.items() if one.value == why), why)


def _role(house: House, who: PersonId, met: dict[PersonId, Actor]) -> str:
    """In which role somebody looked; their own name is theirs."""
    if who == "operator":
        return _("At the console")
    asking = met.setdefault(who, house.actor(who))
    grants = [
        f"{words.said(words.ROLES, one.role)}, {unit_name(house.units, one.unit)}" for one in asking.grants
    ]
    return " · ".join(grants) or _("An account that is closed by now")
