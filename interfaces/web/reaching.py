"""What somebody has reached on their own way: one question at a time, with two answers and nothing to
type. By a learner's code, by whoever is signed in, and by a mentor or leader who was there."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from application import lookups, milestones, privacy
from application.actors import Actor
from application.answers import CodeExpired, UnknownCode
from application.forms.milestones import MilestoneAnswerForm, MilestoneForm
from application.identity import BadCode, clean_code
from application.ids import new_id
from application.lookups import UnknownTeaching
from application.milestones import WITNESSES
from application.privacy import Why
from domain.milestones import OWN, Milestone, MilestoneReached, Standing, TooYoung
from domain.model import Evidence, Model, PersonId, Refused
from domain.teaching import TeachingLogged
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import courses
from interfaces.web.asked import Ref, Word
from interfaces.web.choosing import address
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.problems import problem_of
from interfaces.web.render import Link, page, skill_list
from interfaces.web.session import actor, house_of, visitor, whose_browser
from interfaces.web.tries import Kind, TooManyTries, limited
from interfaces.web.words import unit_name

PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
DONE: Final = "xong"

MILESTONES: Final = {
    Milestone.DIGITAL_IDENTITY: mark("Digital identity account"),
    Milestone.CONFIRMED_ON_VNEID: mark("Confirmed on VNeID"),
    Milestone.DIGITAL_SIGNATURE: mark("Personal digital signature"),
    Milestone.ONLINE_COURSE: mark("Online course finished"),
    Milestone.ONLINE_PUBLIC_SERVICE: mark("First online public service"),
    Milestone.CASHLESS_PAYMENT: mark("First cashless payment"),
}

QUESTIONS: Final = {
    Milestone.DIGITAL_IDENTITY: mark("Do you have a digital identity account, and can you use it?"),
    Milestone.CONFIRMED_ON_VNEID: mark("Were your digital skills confirmed on VNeID?"),
    Milestone.DIGITAL_SIGNATURE: mark("Do you have a personal digital signature?"),
    Milestone.ONLINE_COURSE: mark("Have you finished an online course?"),
    Milestone.ONLINE_PUBLIC_SERVICE: mark("Have you used an online public service yourself?"),
    Milestone.CASHLESS_PAYMENT: mark("Have you paid without cash yourself?"),
}
"""As learners are asked, who in Vietnamese are ông/bà."""

OWN_QUESTIONS: Final = {
    Milestone.DIGITAL_IDENTITY: mark("Have you got a digital identity account, and can you use it?"),
    Milestone.CONFIRMED_ON_VNEID: mark("Have your digital skills been confirmed on VNeID?"),
    Milestone.DIGITAL_SIGNATURE: mark("Have you got a personal digital signature?"),
    Milestone.ONLINE_COURSE: mark("Have you completed an online course?"),
    Milestone.ONLINE_PUBLIC_SERVICE: mark("Have you used an online public service on your own?"),
    Milestone.CASHLESS_PAYMENT: mark("Have you paid without cash on your own?"),
}
"""As whoever is signed in is asked, who in Vietnamese is bạn here as on all their pages."""

LEARNED_BY: Final = {
    Milestone.DIGITAL_IDENTITY: "vneid",
    Milestone.CONFIRMED_ON_VNEID: "vneid",
    Milestone.DIGITAL_SIGNATURE: "digital-signature",
    Milestone.ONLINE_COURSE: "online-learning",
    Milestone.ONLINE_PUBLIC_SERVICE: "online-public-service",
    Milestone.CASHLESS_PAYMENT: "cashless-payment",
}
"""The skill that leads there: courses of it stand beside the question."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How one milestone stands; `href` asks it again."""

    label: str
    said: str
    tone: str
    href: str


@get("/x/{code:str}/cot-moc")
async def ask(request: AnyRequest, code: FromPath[str], ask: Word = "") -> Response[bytes] | Redirect:
    """The question that was chosen, or the first that is open. Whose own code it is, and signed in, is
    led to their own page."""
    house = house_of(request)
    try:
        await limited(request, Kind.CODE, clean_code(code))
        if _is_own(request, code):
            return Redirect("/toi/cot-moc", status_code=303)
        holder, _evidence = milestones.by_code(house.ground, code)
    except Refused as refusal:
        return _refused(request, refusal)
    return _asked(request, f"/x/{clean_code(code)}", holder.person, ask)


@post("/x/{code:str}/cot-moc")
async def answer(request: AnyRequest, code: FromPath[str]) -> Response[bytes] | Redirect:
    house, form = house_of(request), await read_form(request)
    base = f"/x/{code[:40]}"
    try:
        await limited(request, Kind.CODE, clean_code(code))
        base = f"/x/{clean_code(code)}"
        given = filled(MilestoneAnswerForm, _said(form) | {"code": code})
        await milestones.answer(house.ground, given, actor=whose_browser(request))
    except MENDABLE as refusal:
        return _refused(request, refusal, again=base)
    holder = privacy.holder(house.ground, code)
    return _on(house, base, holder.person, given.milestone)


def _is_own(request: AnyRequest, code: str) -> bool:
    asking, ground = visitor(request), house_of(request).ground
    if asking is None:
        return False
    return lookups.is_theirs(ground.ledger, asking.actor.person, privacy.holder(ground, code).person)


@get("/toi/cot-moc")
async def own(request: AnyRequest, ask: Word = "") -> Response[bytes]:
    return _asked(request, "/toi", actor(request).person, ask)


@post("/toi/cot-moc")
async def say(request: AnyRequest) -> Response[bytes] | Redirect:
    house, asking, form = house_of(request), actor(request), await read_form(request)
    try:
        wish = filled(MilestoneForm, _said(form) | {"submission": form.one("submission") or new_id()})
        await milestones.say(house.ground, asking, wish)
    except MENDABLE as refusal:
        return _refused(request, refusal, again="/toi")
    return _on(house, "/toi", asking.person, wish.milestone)


def _said(form: Form) -> dict[str, object]:
    """Two answers; anything else is none of them."""
    said = {"yes": True, "no": False}.get(form.one("answer"), form.one("answer") or "–")
    return {"milestone": form.one("milestone"), "reached": said}


def _refused(request: AnyRequest, refusal: Exception, again: str = "") -> Response[bytes]:
    problem = problem_of(refusal)
    links = [Link(f"{again}/cot-moc", _("Back to the questions"))] if again else []
    if isinstance(refusal, (BadCode, UnknownCode, CodeExpired)):
        links = [Link("/xac-nhan", _("Type the code again")), _to_sign_in(request)]
    if isinstance(refusal, TooManyTries):
        links = []
    return page(
        request,
        "message.html",
        status=problem.status,
        headers=PRIVATE,
        here="/xac-nhan",
        heading=problem.title,
        sentences=[problem.detail],
        links=links,
        large=True,
    )


def _to_sign_in(request: AnyRequest) -> Link:
    """With every code that opens nothing: it tells of none of them that its holder has an account."""
    if visitor(request):
        return Link("/toi/cot-moc", _("My milestones"))
    return Link("/dang-nhap?next=/toi/cot-moc", _("I have an account: sign in"))


def _open(*, young: bool) -> list[Milestone]:
    """Those that somebody can be asked for, in their order."""
    return [one for one in Milestone if not (young and one.from_sixteen)]


def _on(house: House, base: str, person: PersonId, answered: Milestone) -> Redirect:
    """To the next question that the person has not answered, or to the end."""
    standing, young = milestones.known_of(house.ground, person)
    possible = _open(young=young)
    later = possible[possible.index(answered) + 1 :] if answered in possible else []
    following = next((one.value for one in later if not _answered(standing, one)), DONE)
    return Redirect(address(f"{base}/cot-moc", ask=following), status_code=303)


def _answered(standing: Standing, one: Milestone) -> bool:
    """Whether the person has said so themselves."""
    last = standing.last.get(one)
    return last is not None and last.evidence in OWN


def _asked(request: AnyRequest, base: str, person: PersonId, ask: str) -> Response[bytes]:
    """One question; or how all of them stand, where none is open or that was asked for."""
    house = house_of(request)
    standing, young = milestones.known_of(house.ground, person)
    possible = _open(young=young)
    chosen = next((one for one in possible if one.value == ask), None)
    if chosen is None and ask != DONE:
        chosen = next((one for one in possible if not _answered(standing, one)), None)
    if chosen is None:
        return page(
            request,
            "milestones/mine.html",
            headers=PRIVATE,
            here=f"{base}/cot-moc",
            back=f"{base}/cam-on" if base.startswith("/x/") else "/toi/du-lieu",
            lines=[_line(standing, one, base) for one in possible],
            young=young,
        )
    place = possible.index(chosen)
    following = possible[place + 1].value if place + 1 < len(possible) else DONE
    return page(
        request,
        "milestones/ask.html",
        headers=PRIVATE,
        here=f"{base}/cot-moc",
        base=base,
        question=translated((OWN_QUESTIONS if base == "/toi" else QUESTIONS)[chosen]),
        milestone=chosen.value,
        place=_("Question %(number)s of %(all)s", number=place + 1, all=len(possible)),
        given=_given(standing, chosen),
        so_far=_so_far(standing, chosen),
        skip=address(f"{base}/cot-moc", ask=following),
        submission=new_id(),
        courses=courses.beside([LEARNED_BY[chosen]]),
    )


def _given(standing: Standing, one: Milestone) -> str:
    """What the person has answered: yes, no or nothing."""
    if not _answered(standing, one):
        return ""
    return "yes" if standing.reached(one) else "no"


def _so_far(standing: Standing, one: Milestone) -> str:
    """What others say of it; the person has the last word."""
    reached = standing.reached(one)
    if reached is None or _answered(standing, one):
        return ""
    if reached.evidence is None:
        return _("A list of an office says yes. You know better: please answer yourself.")
    return _("A witness said yes on %(day)s. You know better: please answer yourself.", day=day(reached.on))


def _line(standing: Standing, one: Milestone, base: str) -> Line:
    last = standing.last.get(one)
    said, tone = _("Not answered yet"), "wait"
    if last is not None:
        yes = isinstance(last, MilestoneReached)
        tone = "good" if yes else ""
        said = _("Yes, since %(day)s", day=day(last.on)) if yes else _("Not yet")
        if yes and last.evidence not in OWN:
            said = f"{said} ({_told(last.evidence)})"
    return Line(
        label=translated(MILESTONES[one]),
        said=said,
        tone=tone,
        href=address(f"{base}/cot-moc", ask=one.value),
    )


def _told(evidence: Evidence | None) -> str:
    match evidence:
        case None:
            return _("by a list")
        case Evidence.WITNESSED:
            return _("by a witness")
        case _:
            return _("on a mentor's phone")


@get("/buoi/{ref:str}/cot-moc")
async def witness(request: AnyRequest, ref: Ref, done: Word = "") -> Response[bytes]:
    """Raises `UnknownTeaching`, also for one that is not for this person's eyes."""
    taught = _reached(house_of(request), actor(request), ref)
    return _witnessing(request, taught, notice=done == DONE)


@post("/buoi/{ref:str}/cot-moc")
async def bear_witness(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A mentor, leader or organizer who was there says that the learner got there, or takes it back."""
    house, asking = house_of(request), actor(request)
    taught, form = _reached(house, asking, ref), await read_form(request)
    try:
        wish = filled(
            MilestoneForm,
            {
                "submission": form.one("submission") or new_id(),
                "teaching": ref,
                "milestone": form.one("milestone"),
                "on": form.one("on"),
                "there": form.one("there") == "yes",
                "reached": form.one("answer") != "no",
            },
        )
        await milestones.say(house.ground, asking, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _witnessing(request, taught, status=status, problems=_placed(problems, refusal), typed=form)
    return Redirect(f"/buoi/{ref}/cot-moc?done={DONE}", status_code=303)


def _placed(problems: Problems, refusal: Exception) -> Problems:
    if isinstance(refusal, TooYoung):
        return {"milestone": problems[""]}
    if "milestone" in problems:
        return {"milestone": _("Please choose one.")}
    return problems


def _reached(house: House, asking: Actor, ref: str) -> TeachingLogged:
    """For the mentor who gave the lesson, and for mentors, leaders and organizers of its unit; it is
    about the learner, so that a lesson that was withdrawn names them as well."""
    mine = lookups.ids_of(house.ledger, asking.person)
    found = lookups.teaching(house.ledger, ref)
    near = asking.reaches(found.logged.unit, *WITNESSES, units=house.units, about=Model.AMBASSADORS)
    if found.logged.ambassador not in mine and not near:
        raise UnknownTeaching
    return found.logged


def _witnessing(
    request: AnyRequest,
    taught: TeachingLogged,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: Form | None = None,
    notice: bool = False,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    own = lookups.is_theirs(house.ledger, asking.person, taught.ambassador)
    why = Unlogged.ENTERED if own else Why.WITNESS
    names = reads.names(house, [taught.learner], why, unit=taught.unit)
    standing, young = milestones.known_of(house.ground, taught.learner)
    base = f"/buoi/{taught.teaching}"
    return page(
        request,
        "milestones/witness.html",
        status=status,
        headers=PRIVATE,
        here=f"{base}/cot-moc",
        ref=taught.teaching,
        name=names.get(taught.learner, "–"),
        about=f"{skill_list(taught.skills)} · {day(taught.on)} · {unit_name(house.units, taught.unit)}",
        problems=problems or {},
        notice=notice,
        submission=new_id(),
        lines=[_line(standing, one, base) for one in _open(young=young)],
        choices=[(one.value, translated(MILESTONES[one])) for one in _open(young=young)],
        chosen=typed.one("milestone") if typed else "",
        on=(typed.one("on") if typed else "") or today(house).isoformat(),
        courses=courses.beside(taught.skills),
    )


ROUTES: Final = (ask, answer, own, say, witness, bear_witness)
