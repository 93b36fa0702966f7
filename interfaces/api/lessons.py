"""Lessons logged, voided and ruled on, and the learners' answers."""

import msgspec
from litestar import post

from application import answers, teaching
from application.answers import Answered
from application.forms.teaching import AnswerForm, LessonForm, RulingForm, VoidForm
from application.identity import clean_code
from application.teaching import LessonLogged, TeachingChanged
from domain.model import Answer, LessonId, PersonId, Position, TeachingId
from interfaces.api.speaking import API, Json, identifier, recorded
from interfaces.house import House
from interfaces.web.limits import AnyRequest, read_json
from interfaces.web.session import actor, house_of, whose_browser
from interfaces.web.tries import Kind, limited


class LoggedOut(msgspec.Struct, frozen=True):
    """`code` and `confirm_url` are null once the learner was erased."""

    teaching: TeachingId
    learner: PersonId
    code: str | None
    confirm_url: str | None


class LessonOut(msgspec.Struct, frozen=True):
    lesson: LessonId
    position: Position
    teachings: list[LoggedOut]


class ChangedOut(msgspec.Struct, frozen=True):
    teaching: TeachingId
    position: Position


class AnswerOut(msgspec.Struct, frozen=True):
    """`kind` says what `subject` is: a teaching, a declaration or an onboarding."""

    kind: str
    subject: str
    answer: Answer
    position: Position


@post(
    f"{API}/lessons",
    takes=LessonForm,
    gives={201: LessonOut, 200: LessonOut},
    summary="Logs a lesson: one teaching for each learner, each with a code to answer by",
)
async def log_lesson(request: AnyRequest) -> Json:
    form = await read_json(request, LessonForm)
    house = house_of(request)
    done = await teaching.log_lesson(house.ground, actor(request), form)
    return recorded(_lesson(house, done), again=done.again)


def _lesson(house: House, done: LessonLogged) -> LessonOut:
    return LessonOut(
        lesson=done.lesson,
        position=done.position,
        teachings=[
            LoggedOut(one.teaching, one.learner, one.code, one.code and house.confirm_url(one.code))
            for one in done.teachings
        ],
    )


@post(
    f"{API}/answers",
    takes=AnswerForm,
    gives={201: AnswerOut, 200: AnswerOut},
    summary="The learner's answer, by the code they hold; the same again changes nothing",
)
async def answer(request: AnyRequest) -> Json:
    form = await read_json(request, AnswerForm)
    await limited(request, Kind.CODE, clean_code(form.code))
    done = await answers.answer(house_of(request).ground, form, actor=whose_browser(request))
    return recorded(_answer(done), again=done.again)


def _answer(done: Answered) -> AnswerOut:
    return AnswerOut(done.kind, done.subject, done.answer, done.position)


@post(
    f"{API}/teachings/{{teaching:str}}/void",
    takes=VoidForm,
    gives={201: ChangedOut, 200: ChangedOut},
    summary="Withdraws one's own mistake, or voids an entry of one's unit",
)
async def void(request: AnyRequest) -> Json:
    form = await read_json(request, VoidForm)
    subject = identifier(request.path_params["teaching"])
    done = await teaching.void_teaching(house_of(request).ground, actor(request), subject, form)
    return recorded(_changed(done), again=done.again)


@post(
    f"{API}/credits/{{person:str}}/{{skill:str}}/ruling",
    takes=RulingForm,
    gives={201: ChangedOut, 200: ChangedOut},
    summary="Rules between two claims to one person's skill",
)
async def rule(request: AnyRequest) -> Json:
    form = await read_json(request, RulingForm)
    person, skill = (identifier(request.path_params[name]) for name in ("person", "skill"))
    done = await teaching.rule_credit(house_of(request).ground, actor(request), person, skill, form)
    return recorded(_changed(done), again=done.again)


def _changed(done: TeachingChanged) -> ChangedOut:
    return ChangedOut(done.teaching, done.position)
