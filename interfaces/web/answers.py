"""The learner's screens: what a code asks, three answers, thanks. Nobody signs in here."""

from contextlib import suppress
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from application import answers, privacy
from application.answers import CodeExpired, Question, UnknownCode
from application.forms.teaching import AnswerForm
from application.identity import BadCode, clean_code
from application.ports import OutcomeUnknown, Unavailable
from domain.consents import TakenBackWithProof
from domain.model import Answer, Refused
from interfaces.house import House
from interfaces.web import consents, courses, words
from interfaces.web.asked import Word
from interfaces.web.filled import filled, problems_of
from interfaces.web.language import day, lower_first, moment
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.problems import problem_of
from interfaces.web.render import Link, page, skill_list
from interfaces.web.session import house_of, whose_browser
from interfaces.web.tries import Kind, TooManyTries, limited
from interfaces.web.words import CRITERIA, MEANS, unit_name

NOT_KEPT: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""What a code opens is nobody else's business."""


class Choice(msgspec.Struct, frozen=True):
    value: str
    label: str


@get("/x/{code:str}")
async def ask(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """What the code asks, with the answer given so far."""
    house = house_of(request)
    try:
        await limited(request, Kind.CODE, clean_code(code))
        asked = answers.question(house.ground, code)
    except Refused as refusal:
        return _not_answerable(request, refusal)
    if asked.voided:
        return _withdrawn(request)
    return page(
        request,
        "answers/ask.html",
        headers=NOT_KEPT,
        code=clean_code(code),
        question=question(asked),
        circumstances=_(
            "On %(day)s, at %(place)s.", day=day(asked.on), place=unit_name(house.units, asked.unit)
        ),
        choices=choices(asked),
        given=asked.answer.value if asked.answer else None,
        given_label=label(asked, asked.answer) if asked.answer else None,
    )


@post("/x/{code:str}")
async def reply(request: AnyRequest, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Records the answer; the page that thanks is another one, so that reloading sends nothing."""
    form = await read_form(request)
    try:
        await limited(request, Kind.CODE, clean_code(code))
        given = filled(AnswerForm, {"code": code, "answer": form.one("answer")})
        await answers.answer(house_of(request).ground, given, actor=whose_browser(request))
    except Refused as refusal:
        return _not_answerable(request, refusal)
    except (Unavailable, OutcomeUnknown) as error:
        again = [Link(f"/x/{clean_code(code)}", _("Answer again"))]
        problem = problem_of(error)
        return _said(request, problem.status, problem.title, [problem.detail], again)
    return Redirect(f"/x/{clean_code(code)}/cam-on", status_code=303)


@get("/x/{code:str}/cam-on")
async def thanks(request: AnyRequest, code: FromPath[str], done: Word = "") -> Response[bytes] | Redirect:
    """The answer as it stands in the ledger, and the way to change it."""
    try:
        await limited(request, Kind.CODE, clean_code(code))
        asked = answers.question(house_of(request).ground, code, answered=True)
    except Refused as refusal:
        return _not_answerable(request, refusal)
    if asked.answer is None:
        return Redirect(f"/x/{clean_code(code)}", status_code=303)
    if asked.until is not None:
        about = _(
            "If that was a slip, you can change it with the same code until %(at)s.", at=moment(asked.until)
        )
    elif asked.voided:
        about = _("The entry was withdrawn; there is nothing left to change.")
    else:
        about = _("The time to change it is over. Whoever made the entry, or an organizer, can withdraw it.")
    asking = _asking(house_of(request), code)
    return page(
        request,
        "answers/thanks.html",
        headers=NOT_KEPT,
        code=clean_code(code),
        given_label=label(asked, asked.answer),
        about=about,
        changeable=asked.until is not None,
        agreed=done == "dong-y",
        milestones=asked.until is not None and asking is not None,
        courses=courses.beside(asked.skills),
        asking=asking,
    )


def _asking(house: House, code: str) -> consents.Asking | None:
    """What a learner is asked to agree to; None for whoever has an account."""
    with suppress(UnknownCode):
        return consents.asking(house, privacy.learner(house.ground, code).person)
    return None


@post("/x/{code:str}/dong-y")
async def agree(request: AnyRequest, code: FromPath[str]) -> Response[bytes] | Redirect:
    """What the code's holder agrees to; it takes effect at once, for and against. Whoever wrote the
    entry knows the code, too: nobody is erased for it before an organizer has seen it."""
    form, house = await read_form(request), house_of(request)
    try:
        await limited(request, Kind.CODE, clean_code(code))
        held = privacy.learner(house.ground, code)
        guardian = form.one("guardian") == "yes"
        await privacy.choose(house.ground, held.person, held.by, consents.wishes(form), guardian=guardian)
    except TakenBackWithProof as refusal:
        problem = problem_of(refusal)
        own = [Link("/du-lieu", _("See, correct or erase my data"))]
        return _said(request, problem.status, problem.title, [problem.detail], own)
    except Refused as refusal:
        return _not_answerable(request, refusal)
    except (Unavailable, OutcomeUnknown) as error:
        problem = problem_of(error)
        again = [Link(f"/x/{clean_code(code)}/cam-on", _("Try again"))]
        return _said(request, problem.status, problem.title, [problem.detail], again)
    return Redirect(f"/x/{clean_code(code)}/cam-on?done=dong-y", status_code=303)


@get("/xac-nhan")
async def type_code(request: AnyRequest) -> Response[bytes]:
    """One field, for whoever has the code on paper."""
    return page(request, "answers/code.html", problems={}, value="")


@post("/xac-nhan")
async def typed(request: AnyRequest) -> Response[bytes] | Redirect:
    """To the code's own page, or the same field with what is wrong."""
    value = (await read_form(request)).one("code")[:40]
    try:
        code = clean_code(value)
        await limited(request, Kind.CODE, code)
        answers.question(house_of(request).ground, code)
    except (BadCode, TooManyTries, UnknownCode, CodeExpired) as refusal:
        status, problems = problems_of(refusal, lambda _path: "code")
        if "" in problems:
            problems = {"code": problems[""]}
        return page(
            request, "answers/code.html", status=status, headers=NOT_KEPT, problems=problems, value=value
        )
    return Redirect(f"/x/{code}", status_code=303)


def question(asked: Question) -> str:
    """The one question, respectful and without guessing anybody's age or sex."""
    name = asked.ambassador_name or _("Somebody")
    match asked.kind:
        case "declaration":
            declared = words.listed(words.said(CRITERIA, one) for one in asked.criteria)
            return _(
                "%(name)s says of your family: %(criteria)s. Is that true?",
                name=name,
                criteria=lower_first(declared),
            )
        case "onboarding":
            means = words.listed(words.said(MEANS, one) for one in asked.means)
            return _("Did %(name)s teach you %(means)s for your stall?", name=name, means=lower_first(means))
        case _:
            return _(
                "Did %(name)s teach you %(skills)s?", name=name, skills=lower_first(skill_list(asked.skills))
            )


def choices(asked: Question) -> list[Choice]:
    """Three answers; two where something is declared, which is so or is not."""
    offered = (Answer.ABLE, Answer.NO) if asked.kind == "declaration" else tuple(Answer)
    return [Choice(one.value, label(asked, one)) for one in offered]


def label(asked: Question, answer: Answer) -> str:
    if asked.kind == "declaration" and answer is Answer.ABLE:
        return _("Yes, that is true")
    return words.said(words.ANSWERS, answer)


def _not_answerable(request: AnyRequest, refusal: Refused) -> Response[bytes]:
    """A polite word for codes that were never given out, are too old, or whose entry is gone, or for
    one who comes too often."""
    problem = problem_of(refusal)
    if isinstance(refusal, TooManyTries):
        again = [Link(request.scope["path"].removesuffix("/cam-on"), _("Answer again"))]
        return _said(request, problem.status, problem.title, [problem.detail], again)
    links = [Link("/xac-nhan", _("Type the code again"))]
    advice = _("Please check the code with whoever gave it to you.")
    return _said(request, problem.status, problem.title, [problem.detail, advice], links)


def _withdrawn(request: AnyRequest) -> Response[bytes]:
    sentences = [_("This entry was withdrawn by those who made it. There is nothing left for you to do.")]
    return _said(request, 410, _("Nothing to answer any more"), sentences, [Link("/", _("To the start"))])


def _said(
    request: AnyRequest, status: int, heading: str, sentences: list[str], links: list[Link]
) -> Response[bytes]:
    return page(
        request,
        "message.html",
        status=status,
        headers=NOT_KEPT,
        heading=heading,
        sentences=sentences,
        links=links,
        large=True,
    )


ROUTES: Final = (ask, reply, thanks, agree, type_code, typed)
