"""/lop: a class that checks itself in. One code on the wall; a list for whoever gives the class."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import classes
from application.actors import Actor
from application.classes import Class, Pupil
from application.forms.classes import ClassForm, ClassLearnerForm, CloseClassForm
from application.ids import new_id
from application.ports import SubmissionConflict
from domain.classes import ClassOpened
from domain.model import Answer, Evidence, PersonId
from domain.skills import CATALOGUE
from domain.teaching import MOST_LEARNERS
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import drafts, words
from interfaces.web.asked import Ref, Word
from interfaces.web.drafts import NewPerson
from interfaces.web.entries import Entry
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, moment, near_day, ngettext
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.render import Link, page, skill_list
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

KEPT: Final = {"Cache-Control": "no-store"}


class SkillChoice(msgspec.Struct, frozen=True):
    id: str
    on: bool


@get("/lop")
async def new(request: AnyRequest) -> Response[bytes]:
    """What the class will teach and where; and the classes that were opened last."""
    asking = actor(request)
    unit = drafts.blank(house_of(request), asking).unit
    return _opening(request, asking, {"submission": new_id(), "unit": unit, "skills": []})


@post("/lop")
async def open_class(request: AnyRequest) -> Response[bytes] | Redirect:
    form, asking = await read_form(request), actor(request)
    typed = {
        "submission": form.one("submission") or new_id(),
        "unit": form.one("unit"),
        "skills": list(dict.fromkeys(form.all("skill"))),
    }
    try:
        opened = await classes.open_class(house_of(request).ground, asking, filled(ClassForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        if isinstance(refusal, SubmissionConflict):
            typed["submission"] = new_id()
        return _opening(request, asking, typed, status, problems)
    return Redirect(f"/lop/{opened.lesson}", status_code=303)


def _opening(
    request: AnyRequest,
    asking: Actor,
    typed: dict[str, Any],
    status: int = 200,
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    homes = drafts.places(house, asking)
    return page(
        request,
        "classes/new.html",
        status=status,
        headers=KEPT,
        problems=problems or {},
        form=typed
        | {
            "places": [("", "–")] * (not typed["unit"]) + [(unit.id, unit.name) for unit in homes],
            "skills": [SkillChoice(entry.id, entry.id in typed["skills"]) for entry in CATALOGUE],
        },
        opened=[_line(house, one) for one in classes.opened_by(house.ground, asking.person)],
    )


def _line(house: House, one: ClassOpened) -> Link:
    about = (skill_list(one.skills), unit_name(house.units, one.unit), moment(one.at))
    return Link(f"/lop/{one.lesson}/diem-danh", " · ".join(about))


@get("/lop/{ref:str}")
async def wall(request: AnyRequest, ref: Ref) -> Response[bytes]:
    """For the wall: the code in large, and how many have checked in. Nobody's name."""
    house = house_of(request)
    found = classes.own(house.ground, actor(request), ref)
    code = house.vault.codes([found.opened.lesson]).get(found.opened.lesson, "")
    return page(
        request,
        "classes/wall.html",
        headers=KEPT,
        ref=found.opened.lesson,
        about=_about(house, found),
        address=f"{house.settings.public_url}/l/{code}" if code else None,
        ended=found.ended(house.clock()),
        until=moment(found.opened.until),
        count=_count(found),
    )


@get("/lop/{ref:str}/diem-danh")
async def roll(request: AnyRequest, ref: Ref, done: Word = "") -> Response[bytes]:
    """Who has checked in, and a form for who has no phone."""
    found = classes.own(house_of(request).ground, actor(request), ref)
    return _roll(request, found, new_id(), NewPerson(), notice=_(NOTICES[done]) if done in NOTICES else None)


NOTICES: Final = {
    "them": mark("Added. A team leader or organizer who was there can answer for them."),
    "dong": mark("The class is closed."),
}


@post("/lop/{ref:str}/them")
async def add(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Somebody without a phone."""
    house, asking = house_of(request), actor(request)
    found = classes.own(house.ground, asking, ref)
    form = await read_form(request)
    submission, typed = form.one("submission") or new_id(), _typed(form)
    try:
        sent = {"submission": submission, "learner": typed.fields()}
        await classes.add_learner(house.ground, asking, ref, filled(ClassLearnerForm, sent))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, _field)
        if isinstance(refusal, SubmissionConflict):
            submission = new_id()
        return _roll(request, found, submission, typed, status=status, problems=problems)
    return Redirect(f"/lop/{ref}/diem-danh?done=them", status_code=303)


@post("/lop/{ref:str}/dong")
async def close(request: AnyRequest, ref: Ref) -> Redirect:
    house, asking = house_of(request), actor(request)
    classes.own(house.ground, asking, ref)
    form = await read_form(request)
    sent = filled(CloseClassForm, {"submission": form.one("submission") or new_id()})
    await classes.close_class(house.ground, asking, ref, sent)
    return Redirect(f"/lop/{ref}/diem-danh?done=dong", status_code=303)


def _typed(form: Form) -> NewPerson:
    parts = (form.one(f"new-0-{part}") for part in (*drafts.TYPED, *drafts.TICKED))
    return NewPerson(*parts)


def _field(path: str) -> str:
    """`learner.name` and `name` both stand at the one block of fields; what is of the whole person
    (they are there already, they teach) at the name."""
    part = path.rpartition(".")[2]
    return f"new-0-{part if part in drafts.TYPED else 'name'}"


def _roll(
    request: AnyRequest,
    found: Class,
    submission: str,
    typed: NewPerson,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    house = house_of(request)
    names = reads.names(house, [one.learner for one in found.pupils], Unlogged.ENTERED)
    return page(
        request,
        "classes/roll.html",
        status=status,
        headers=KEPT,
        here=f"/lop/{found.opened.lesson}/diem-danh",
        ref=found.opened.lesson,
        about=_about(house, found),
        ended=found.ended(house.clock()),
        until=moment(found.opened.until),
        count=_count(found),
        rows=[entry(one, names) for one in reversed(found.pupils)],
        full=len(found.pupils) >= MOST_LEARNERS,
        submission=submission,
        person=typed,
        groups=drafts.groups(),
        problems=problems or {},
        notice=notice,
    )


def entry(one: Pupil, names: dict[PersonId, str]) -> Entry:
    tone, said = _standing(one)
    about = _("Checked in") if one.alone else _("Entered without a phone")
    return Entry(
        name=names.get(one.learner, "–"),
        about=about,
        tone=tone,
        said=said,
        why=_why(one),
        teaching=one.teaching,
    )


def _standing(one: Pupil) -> tuple[str, str]:
    if one.voided:
        return "", _("Withdrawn")
    if one.answered is None:
        return "wait", _("Waiting for a witness")
    tone = "bad" if one.answered.answer is Answer.NO else "good"
    return tone, words.said(words.ANSWERS, one.answered.answer)


def _why(one: Pupil) -> str:
    match one.answered.evidence if one.answered and not one.voided else None:
        case Evidence.SHARED_DEVICE:
            return _("On a phone on which many checked in; an organizer looks at it.")
        case Evidence.WITNESSED:
            return _("Answered for by a witness.")
        case Evidence.AMBASSADOR_DEVICE:
            return _("On a mentor's phone.")
        case _:
            return ""


def _count(found: Class) -> str:
    standing = sum(not one.voided for one in found.pupils)
    return ngettext("%(num)s learner is here", "%(num)s learners are here", standing)


def _about(house: House, found: Class) -> str:
    opened = found.opened
    where = unit_name(house.units, opened.unit)
    return f"{skill_list(opened.skills)} · {where} · {near_day(opened.on)}"


ROUTES: Final = (new, open_class, wall, roll, add, close)
