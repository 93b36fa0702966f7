"""/buoi: one entry with its history; its maker may withdraw it, an organizer void it or rule on it."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import lookups, teaching
from application.actors import Actor
from application.forms.teaching import RulingForm, VoidForm
from application.ids import new_id
from application.lookups import UnknownTeaching
from application.privacy import Why
from domain.model import Answer, Evidence, Model, Role, TeachingId, UnitId, VoidReason
from infrastructure.read_models import imports, teachings
from infrastructure.read_models.columns import age
from infrastructure.read_models.teachings import Event, State, Teaching
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import entries, words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.figures import adopted, fresh
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark, moment, translated
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import page, skill_label, skill_list
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

OWN_REASONS: Final = (
    VoidReason.MISTAKE,
    VoidReason.TEST_ENTRY,
    VoidReason.DUPLICATE,
    VoidReason.WRONG_PERSON,
    VoidReason.NOT_TAUGHT,
    VoidReason.OTHER,
)

_EVENTS: Final = {
    "teaching-logged": mark("Recorded"),
    "teaching-answered": mark("Answered"),
    "teaching-voided": mark("Withdrawn or voided"),
    "credit-ruled": mark("Ruled on"),
}


class Step(msgspec.Struct, frozen=True):
    """One line of the history."""

    at: str
    said: str


class Claim(msgspec.Struct, frozen=True):
    """One of several confirmed entries for the same skill of the same person."""

    teaching: str
    ambassador: str
    on: str
    holds: bool


class Contested(msgspec.Struct, frozen=True):
    skill: str
    label: str
    claims: list[Claim]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with what whoever asks may do about it; `audits`: read, and nothing else."""

    entry: Teaching
    own: bool
    organizes: bool
    audits: bool


@get("/buoi/{ref:str}")
async def show(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """Raises `UnknownTeaching`, also for one that is not for this person's eyes."""
    await caught_up(house_of(request), position)
    return _shown(request, _seen(request, ref), notice=words.notice(_NOTICES, done))


_NOTICES: Final = {
    "go": mark("The entry no longer stands."),
    "phan": mark("The ruling is recorded."),
}


@post("/buoi/{ref:str}/rut-lai")
async def void(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Withdraws one's own entry, or voids one of the unit one organizes."""
    seen = _seen(request, ref)
    form = await read_form(request)
    house, asking = house_of(request), actor(request)
    try:
        wish = filled(VoidForm, _fields(form, "reason", "note"))
        done = await teaching.void_teaching(house.ground, asking, ref, wish)
    except MENDABLE as refusal:
        return _again(request, seen, refusal)
    home = "/toi?done=rut&" if seen.own and not seen.organizes else f"/buoi/{ref}?done=go&"
    return Redirect(f"{home}position={done.position}", status_code=303)


@post("/buoi/{ref:str}/phan-xu")
async def rule(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Rules which of several entries holds the credit for one skill of this learner."""
    seen = _seen(request, ref)
    form = await read_form(request)
    house, asking = house_of(request), actor(request)
    try:
        wish = filled(RulingForm, _fields(form, "teaching", "reason", "note"))
        done = await teaching.rule_credit(house.ground, asking, seen.entry.learner, form.one("skill"), wish)
    except MENDABLE as refusal:
        return _again(request, seen, refusal)
    return Redirect(f"/buoi/{ref}?done=phan&position={done.position}", status_code=303)


def _fields(form: Form, *names: str) -> dict[str, str]:
    return {name: form.one(name) for name in ("submission", *names)}


def _seen(request: AnyRequest, ref: str) -> Seen:
    """For the one who made the entry, and for organizers and auditors of its unit; for nobody else."""
    house, asking = house_of(request), actor(request)
    mine = lookups.ids_of(house.ledger, asking.person)
    with house.asking() as db:
        unit, ambassador = teachings.whose(db, TeachingId(ref)) or (None, None)
        own = ambassador in mine
        organizes = unit is not None and _reaches(house, asking, unit, Role.ORGANIZER)
        audits = unit is not None and _reaches(house, asking, unit, Role.AUDITOR)
        # Another's is told from none by nothing that is asked of the database.
        entry = teachings.teaching(db, TeachingId(ref)) if own or organizes or audits else None
    if entry is None:
        raise UnknownTeaching
    return Seen(entry=entry, own=own, organizes=organizes, audits=audits)


def _reaches(house: House, asking: Actor, unit: UnitId, role: Role) -> bool:
    return asking.reaches(unit, role, units=house.units, about=Model.AMBASSADORS)


def _again(request: AnyRequest, seen: Seen, refusal: Exception) -> Response[bytes]:
    status, problems = problems_of(refusal)
    return _shown(request, seen, status=status, problems=problems)


def _shown(
    request: AnyRequest,
    seen: Seen,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
) -> Response[bytes]:
    house, entry = house_of(request), seen.entry
    why = Unlogged.ENTERED if seen.own else Why.REVIEW
    names = reads.names(house, [entry.learner, entry.ambassador], why, unit=entry.unit)
    tone, said = entries.standing(entry)
    with house.asking() as db:
        read_at, brought = age(db), imports.brought(db, entry.teaching)
    return page(
        request,
        "reviews/teaching.html",
        status=status,
        here=f"/buoi/{entry.teaching}",
        problems=problems or {},
        notice=notice,
        learner=names.get(entry.learner, "–"),
        mentor=names.get(entry.ambassador, "–"),
        about=_about(house, entry),
        tone=tone,
        said=said,
        why=entries.reasons(entry),
        history=[_step(event) for event in entry.history],
        freshness=fresh(read_at, adopted(house, entry.unit)),
        ref=entry.teaching,
        brought=brought,
        submission=new_id(),
        reasons=words.options(words.REASONS, OWN_REASONS),
        **_possible(house, seen),
    )


def _about(house: House, entry: Teaching) -> str:
    skills = skill_list(part.skill for part in entry.skills)
    return f"{skills} · {day(entry.on)} · {unit_name(house.units, entry.unit)}"


def _possible(house: House, seen: Seen) -> dict[str, Any]:
    standing = seen.entry.state is not State.VOIDED
    return {
        "own": seen.own,
        "organizes": seen.organizes,
        "can_void": standing and (seen.own or seen.organizes),
        "can_witness": standing and (seen.own or seen.organizes),
        "can_remind": seen.own and seen.entry.state is State.CLAIMED,
        "contested": _contested(house, seen.entry) if seen.organizes and standing else [],
        "notes": reads.notes(house, seen.entry.teaching, seen.entry.learner, Why.REVIEW)
        if seen.organizes or seen.audits
        else [],
    }


def _contested(house: House, entry: Teaching) -> list[Contested]:
    """The skills to which more than one mentor has a confirmed claim."""
    found = []
    for part in entry.skills:
        with house.asking() as db:
            claims = teachings.claims(db, entry.learner, part.skill)
        if len({one.ambassador for one in claims}) > 1:
            mentors = [one.ambassador for one in claims]
            names = reads.names(house, mentors, Why.REVIEW, unit=entry.unit)
            listed = [
                Claim(
                    one.teaching,
                    names.get(one.ambassador, "–"),
                    day(one.on),
                    part.credited_teaching == one.teaching,
                )
                for one in claims
            ]
            found.append(Contested(part.skill, skill_label(part.skill), listed))
    return found


def _step(event: Event) -> Step:
    said = translated(_EVENTS[event.what]) if event.what in _EVENTS else event.what
    detail = ""
    if event.detail in set(Answer):
        detail = words.said(words.ANSWERS, Answer(event.detail))
        if event.evidence is not None and event.evidence is not Evidence.OWN_DEVICE:
            detail = f"{detail} ({words.said(words.EVIDENCE, event.evidence)})"
    elif event.detail in set(VoidReason):
        detail = words.said(words.REASONS, VoidReason(event.detail))
    return Step(moment(event.at), f"{said}: {detail}" if detail else said)


ROUTES: Final = (show, void, rule)
