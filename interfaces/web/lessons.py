"""/ghi: an ambassador logs a lesson in three taps, and gets what each learner answers by."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import teaching
from application.actors import Actor
from application.forms.teaching import LessonForm
from application.ids import new_id
from application.ports import SubmissionConflict
from domain.model import Selector
from domain.skills import CATALOGUE
from domain.teaching import TeachingLogged, learned
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import drafts, undoing
from interfaces.web.asked import Chosen, Ref
from interfaces.web.drafts import Draft
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import near_day, ngettext
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import page, skill_list
from interfaces.web.session import actor, house_of


class SkillChoice(msgspec.Struct, frozen=True):
    id: str
    on: bool


class Handed(msgspec.Struct, frozen=True):
    """What is handed to one learner. `code` is None once they were erased."""

    name: str
    about: str
    code: str
    link: str


@get("/ghi")
async def new(request: AnyRequest, learner: Chosen = None) -> Response[bytes]:
    asking = actor(request)
    return _form(request, asking, drafts.blank(house_of(request), asking, learner or ()))


@post("/ghi")
async def save(request: AnyRequest) -> Response[bytes] | Redirect:
    """Saves, or shows everything typed again with what is wrong at its field."""
    asking = actor(request)
    form = await read_form(request)
    draft = drafts.typed(form, "skill")
    if "more" in form:
        draft.people.append(drafts.NewPerson())
        return _form(request, asking, draft)
    try:
        logged = await teaching.log_lesson(house_of(request).ground, asking, _lesson(draft))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, draft.place)
        if isinstance(refusal, SubmissionConflict):
            draft.submission = new_id()
        return _form(request, asking, draft, status, problems)
    return Redirect(f"/ghi/da-gui/{logged.lesson}", status_code=303)


@get("/ghi/da-gui/{lesson:str}")
async def saved(request: AnyRequest, lesson: Ref) -> Response[bytes]:
    """Each learner's code, QR and link; straight from the ledger, so that nothing is waited for."""
    house, asking = house_of(request), actor(request)
    all_logged = undoing.own_lesson(house, asking, lesson)
    logged = undoing.standing(house, all_logged)
    return page(
        request,
        "lessons/saved.html",
        headers={"Cache-Control": "no-store"},
        heading=ngettext("Sent: one learner", "Sent: %(num)s learners", len(logged))
        if logged
        else _("The entry was withdrawn."),
        lesson=lesson,
        undo=undoing.undoable(house, logged) if logged else False,
        withdraw=_withdrawal(logged),
        explained=_(
            "It counts once the learner has answered. They scan the code with their phone, or open the link."
        ),
        handed=handed(house, logged),
        practised=_practised(house, logged),
        again="/ghi",
    )


def _withdrawal(logged: list[TeachingLogged]) -> str | None:
    """Where an entry is withdrawn once the minute is over: on its own page, or from the list."""
    if len(logged) == 1:
        return f"/buoi/{logged[0].teaching}"
    return "/toi" if logged else None


def _practised(house: House, logged: list[TeachingLogged]) -> str | None:
    """A word of welcome where somebody practises what the same mentor taught them before."""
    for fact in logged:
        ambassador = f"ambassador:{fact.ambassador}"
        before = [
            Selector([TeachingLogged], [ambassador, learned(fact.learner, skill)]) for skill in fact.skills
        ]
        if any(
            isinstance(one.fact, TeachingLogged) and one.fact.at < fact.at
            for one in house.ledger.history(before)
        ):
            return _("Practice with somebody you taught before is recorded and welcome; it counts once.")
    return None


def handed(house: House, logged: list[TeachingLogged]) -> list[Handed]:
    names = reads.names(house, [fact.learner for fact in logged], Unlogged.ENTERED)
    codes = house.vault.codes([fact.teaching for fact in logged])
    return [
        Handed(
            names.get(fact.learner, "–"),
            f"{skill_list(fact.skills)} · {near_day(fact.on)}",
            codes[fact.teaching],
            house.confirm_url(codes[fact.teaching]),
        )
        for fact in logged
        if fact.teaching in codes
    ]


def _lesson(draft: Draft) -> LessonForm:
    return filled(
        LessonForm,
        {
            "submission": draft.submission,
            "on": draft.on,
            "unit": draft.unit,
            "skills": draft.marks,
            "learners": [typed for _prefix, typed in draft.named()],
        },
    )


def _form(
    request: AnyRequest, asking: Actor, draft: Draft, status: int = 200, problems: Problems | None = None
) -> Response[bytes]:
    house = house_of(request)
    shown: dict[str, Any] = msgspec.structs.asdict(drafts.shown(house, asking, draft))
    chosen = [SkillChoice(entry.id, entry.id in draft.marks) for entry in CATALOGUE]
    return page(
        request,
        "lessons/new.html",
        status=status,
        form=shown | {"skills": chosen},
        problems=problems or {},
        groups=drafts.groups(),
    )


ROUTES: Final = (new, save, saved)
