"""/ghi/di-ho: a household that was visited, and what was found there; nobody's name is asked for. On a
phone it works without a network, as the other forms of /ghi do (`offline.py`)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import visits
from application.actors import Actor, Grant
from application.criteria import late_entry_days
from application.forms.visits import VisitForm, VoidVisitForm
from application.ids import new_id
from application.ports import SubmissionConflict
from domain.model import HouseholdId, PersonId, Role
from domain.skills import CATALOGUE
from domain.visits import Finding
from infrastructure.read_models import households as families
from infrastructure.read_models import imports, teams
from infrastructure.read_models import visits as known
from infrastructure.read_models.visits import Visit
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import drafts, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark, ngettext, number
from interfaces.web.language import gettext as _
from interfaces.web.lessons import SkillChoice
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page, skill_list
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

LATEST: Final = 5
FAMILIES: Final = 30


class Draft(msgspec.Struct, kw_only=True):
    """The form as typed."""

    submission: str
    unit: str
    on: str
    number: str = ""
    household: str = ""
    found: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """One of the latest visits; `submission` is for withdrawing it."""

    visit: str
    where: str
    about: str
    brought: bool
    submission: str


@get("/ghi/di-ho")
async def new(request: AnyRequest, done: Word = "", position: Count = 0) -> Response[bytes]:
    house = house_of(request)
    await caught_up(house, position)
    notice = words.notice(_NOTICES, done)
    return _form(request, _blank(house, actor(request)), notice=notice)


_NOTICES: Final = {
    "1": mark("The visit is recorded."),
    "rut-lai": mark("The visit is withdrawn. It no longer counts."),
}


@post("/ghi/di-ho")
async def save(request: AnyRequest) -> Response[bytes] | Redirect:
    """Records the visit, or shows everything typed again with what is wrong at its field."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    draft = _typed(form)
    try:
        made = await visits.log_visit(house.ground, asking, _visit(draft))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        if isinstance(refusal, SubmissionConflict):
            draft.submission = new_id()
        return _form(request, draft, problems, status=status)
    return Redirect(f"/ghi/di-ho?done=1&position={made.position}", status_code=303)


@post("/ghi/di-ho/{ref:str}/rut-lai")
async def withdraw(request: AnyRequest, ref: Ref) -> Redirect:
    """A visit of one's own no longer counts. Raises `NoSuchVisit`, also for another's."""
    house, form = house_of(request), await read_form(request)
    wish = filled(VoidVisitForm, {"submission": form.one("submission") or f"undo.{ref}"})
    done = await visits.void_visit(house.ground, actor(request), ref, wish)
    return Redirect(f"/ghi/di-ho?done=rut-lai&position={done.position}", status_code=303)


def _blank(house: House, asking: Actor) -> Draft:
    """Today, where the last visit was, or in the hamlet of one's team; else it is chosen."""
    with house.asking() as db:
        last = known.of_visitor(db, asking.person, limit=1)
        team = teams.of_person(db, asking.person)
    offered = [one.id for one in drafts.places(house, as_mentor(asking))]
    near = [
        *(one.unit for one in last),
        *([team.unit] if team else []),
        *(offered if len(offered) == 1 else []),
    ]
    unit = next((one for one in near if one in offered), "")
    return Draft(submission=new_id(), unit=unit, on=today(house).isoformat())


def as_mentor(asking: Actor) -> Actor:
    """Whose places a visitor is offered: a team leader's like a mentor's."""
    grants = tuple(
        Grant(Role.AMBASSADOR, one.unit, one.model) for one in asking.grants if one.role in visits.VISITORS
    )
    return msgspec.structs.replace(asking, grants=grants)


def _typed(form: Form) -> Draft:
    return Draft(
        submission=form.one("submission") or new_id(),
        unit=form.one("unit"),
        on=form.one("on"),
        number=form.one("number"),
        household=form.one("household"),
        found=tuple(dict.fromkeys(form.all("found"))),
        needs=tuple(dict.fromkeys(form.all("skill"))),
    )


def _visit(draft: Draft) -> VisitForm:
    return filled(
        VisitForm,
        {
            "submission": draft.submission,
            "unit": draft.unit,
            "on": draft.on,
            "number": draft.number.strip(),
            "household": draft.household,
            "found": draft.found,
            "needs": draft.needs,
        },
    )


def _form(
    request: AnyRequest,
    draft: Draft,
    problems: Problems | None = None,
    *,
    status: int = 200,
    notice: str | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    places = drafts.offered(house, as_mentor(asking), draft.unit)
    home = next((one for one, _name in places if one), None)
    unit = house.units.find(draft.unit or home or "")
    late = late_entry_days(house.ground, unit.id, today(house)) if unit else 0
    return page(
        request,
        "visits/new.html",
        status=status,
        here="/ghi/di-ho",
        problems=problems or {},
        notice=notice,
        form=draft,
        places=places,
        today=today(house).isoformat(),
        earliest=(today(house) - timedelta(days=late)).isoformat(),
        mentor=asking.holds(Role.AMBASSADOR),
        families=families_of(house, asking),
        made=_made(house, asking),
        **asked(draft),
    )


def asked(draft: Draft) -> dict[str, Any]:
    """What is asked of a household, with what was chosen."""
    return {
        "boxes": [(one.value, words.said(words.FINDINGS, one), one.value in draft.found) for one in Finding],
        "skills": [SkillChoice(one.id, one.id in draft.needs) for one in CATALOGUE],
    }


def families_of(house: House, asking: Actor) -> list[tuple[HouseholdId, str]]:
    """The families that whoever visits entered, by the names of their members."""
    with house.asking() as db:
        own = families.of_ambassador(db, asking.person, limit=FAMILIES)
    names = reads.names(house, [one for family in own for one in family.members], Unlogged.ENTERED)
    return [(one.household, _called(one.members, names)) for one in own]


def _called(members: tuple[PersonId, ...], names: Mapping[PersonId, str]) -> str:
    some = [names[one] for one in members if one in names]
    more = ngettext("and %(num)s more", "and %(num)s more", len(some) - 2) if len(some) > 2 else ""
    return " ".join(part for part in (", ".join(some[:2]) or "–", more) if part)


def _made(house: House, asking: Actor) -> list[Made]:
    with house.asking() as db:
        latest = known.of_visitor(db, asking.person, limit=LATEST)
        listed = imports.lists_of(db, [one.visit for one in latest])
    called = dict(families_of(house, asking)) if any(one.number is None for one in latest) else {}
    return [
        Made(
            visit=one.visit,
            where=_where(house, one, called),
            about=_about(one),
            brought=one.visit in listed,
            submission=new_id(),
        )
        for one in latest
    ]


def _where(house: House, one: Visit, called: Mapping[HouseholdId, str]) -> str:
    named = called.get(one.household, "")
    which = _("Household no. %(number)s", number=number(one.number)) if one.number is not None else named
    return " · ".join(part for part in (which or "–", unit_name(house.units, one.unit)) if part)


def _about(one: Visit) -> str:
    found = [words.said(words.FINDINGS, each) for each in one.found]
    parts = [day(one.on), words.listed(found) if found else _("nothing of it found")]
    if one.needs:
        parts.append(_("wants to learn: %(skills)s", skills=skill_list(one.needs)))
    return " · ".join(parts)


ROUTES: Final = (new, save, withdraw)
