"""/lam-chung: learners of a class who have no phone, answered for by a team leader who was there."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import classes, lookups
from application.actors import Actor, Grant
from application.classes import WITNESSES, Class
from application.forms.classes import WitnessForm
from application.ids import new_id
from application.ports import SubmissionConflict
from application.privacy import Why
from domain.classes import ClassOpened
from domain.model import Answer, LessonId, Model, UnitId
from infrastructure.read_models import classes as waiting_classes
from infrastructure.read_models.classes import WaitingClass
from interfaces import reads
from interfaces.house import House
from interfaces.web import choosing, words
from interfaces.web.asked import Ref, Word
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import moment, ngettext
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.render import page, skill_list
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

KEPT: Final = {"Cache-Control": "no-store"}


class Line(msgspec.Struct, frozen=True):
    """A class that waits."""

    href: str
    name: str
    about: str
    number: int
    waiting: str


class Asked(msgspec.Struct, frozen=True):
    """One learner to be answered for; `said` is what was chosen so far."""

    teaching: str
    name: str
    said: str


@get("/lam-chung")
async def queue(request: AnyRequest, done: Word = "") -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        found = {unit: waiting_classes.to_witness(db, unit) for unit in _over(house, asking)}
    return page(
        request,
        "classes/witnessing.html",
        headers=KEPT,
        lines=[line for unit, some in found.items() for line in _lines(house, unit, some)],
        done=done == "xong",
    )


@get("/lam-chung/{ref:str}")
async def one_class(request: AnyRequest, ref: Ref) -> Response[bytes]:
    opened = classes.reached(house_of(request).ground, actor(request), ref, *WITNESSES)
    return _form(request, opened, new_id(), {})


@post("/lam-chung/{ref:str}")
async def bear_witness(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """For each learner an answer, or none where the witness does not know."""
    house, asking = house_of(request), actor(request)
    opened = classes.reached(house.ground, asking, ref, *WITNESSES)
    form = await read_form(request)
    submission, said = form.one("submission") or new_id(), _said(form)
    try:
        answers = [{"teaching": one, "answer": answer} for one, answer in said.items()]
        sent = {"submission": submission, "there": form.one("there") == "yes", "answers": answers}
        await classes.witness(house.ground, asking, ref, filled(WitnessForm, sent))
    except MENDABLE as refusal:
        status, problems = _problems(refusal, said)
        if isinstance(refusal, SubmissionConflict):
            submission = new_id()
        return _form(request, opened, submission, said, status, problems)
    return Redirect("/lam-chung?done=xong", status_code=303)


def _said(form: Form) -> dict[str, str]:
    """Teaching -> answer, of those for whom one was chosen."""
    prefix = "answer-"
    return {
        name.removeprefix(prefix): value
        for name, value in form.fields
        if name.startswith(prefix) and value in set(Answer)
    }


def _problems(refusal: Exception, said: dict[str, str]) -> tuple[int, Problems]:
    status, problems = problems_of(refusal)
    if not said:
        problems = {"learners": _("Please answer for at least one learner.")}
    return status, problems


def _form(
    request: AnyRequest,
    opened: ClassOpened,
    submission: str,
    said: dict[str, str],
    status: int = 200,
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    asked = _asked(house, classes.of_lesson(house.ground, opened.lesson), said)
    return page(
        request,
        "classes/witness.html",
        status=status,
        headers=KEPT,
        ref=opened.lesson,
        submission=submission,
        mentor=_mentor(house, opened),
        about=f"{skill_list(opened.skills)} · {unit_name(house.units, opened.unit)} · {moment(opened.at)}",
        asked=asked,
        choices=words.options(words.WITNESSED),
        problems=problems or {},
        own=lookups.is_theirs(house.ledger, actor(request).person, opened.ambassador),
    )


def _asked(house: House, found: Class, said: dict[str, str]) -> list[Asked]:
    """Those whom nobody has answered for yet."""
    waiting = [one for one in found.pupils if one.answered is None and not one.voided]
    names = reads.names(house, [one.learner for one in waiting], Why.WITNESS, unit=found.opened.unit)
    return [Asked(one.teaching, names.get(one.learner, "–"), said.get(one.teaching, "")) for one in waiting]


def _mentor(house: House, opened: ClassOpened) -> str:
    names = reads.names(house, [opened.ambassador], Why.WITNESS, unit=opened.unit)
    return names.get(opened.ambassador, "–")


def _lines(house: House, unit: UnitId, found: list[WaitingClass]) -> list[Line]:
    names = reads.names(house, [one.ambassador for one in found], Why.WITNESS, unit=unit)
    return [
        Line(
            href=f"/lam-chung/{LessonId(one.lesson)}",
            name=names.get(one.ambassador, "–"),
            about=f"{unit_name(house.units, one.unit)} · {moment(one.opened)}",
            number=one.waiting,
            waiting=ngettext("%(num)s learner waits", "%(num)s learners wait", one.waiting),
        )
        for one in found
    ]


def _over(house: House, asking: Actor) -> list[UnitId]:
    return choosing.standing_over(house, (grant.unit for grant in asking.grants if _witnesses(grant)))


def _witnesses(grant: Grant) -> bool:
    return grant.role in WITNESSES and grant.covers(Model.AMBASSADORS)


ROUTES: Final = (queue, one_class, bear_witness)
