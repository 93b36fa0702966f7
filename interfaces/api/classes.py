"""Classes that check themselves in: opened, joined by code, witnessed, closed."""

from datetime import datetime

import msgspec
from litestar import post

from application import classes
from application.classes import WALL_CODE, Changed, Joined
from application.forms.classes import CheckInForm, ClassForm, ClassLearnerForm, CloseClassForm, WitnessForm
from application.identity import clean_code
from domain.model import LessonId, Position, TeachingId
from interfaces.api.speaking import API, Json, identifier, recorded
from interfaces.web.limits import AnyRequest, read_json
from interfaces.web.session import actor, house_of, visitor
from interfaces.web.tries import Kind, limited


class ClassOut(msgspec.Struct, frozen=True):
    """`code` and `check_in_url` are null once the ambassador was erased. It ends by itself at `until`."""

    lesson: LessonId
    position: Position
    code: str | None
    check_in_url: str | None
    until: datetime


class JoinedOut(msgspec.Struct, frozen=True):
    lesson: LessonId
    teaching: TeachingId
    position: Position


class CheckedInOut(msgspec.Struct, frozen=True):
    """Nothing of anybody: whoever holds the code on the wall may ask."""

    lesson: LessonId
    position: Position


class ClassChangedOut(msgspec.Struct, frozen=True):
    lesson: LessonId
    position: Position


@post(
    f"{API}/classes",
    takes=ClassForm,
    gives={201: ClassOut, 200: ClassOut},
    summary="Opens a class for today, to which learners check in by its code",
)
async def open_class(request: AnyRequest) -> Json:
    form, house = await read_json(request, ClassForm), house_of(request)
    done = await classes.open_class(house.ground, actor(request), form)
    address = done.code and f"{house.settings.public_url}/l/{done.code}"
    return recorded(ClassOut(done.lesson, done.position, done.code, address, done.until), again=done.again)


@post(
    f"{API}/check-ins",
    takes=CheckInForm,
    gives={201: CheckedInOut, 200: CheckedInOut},
    summary="A learner checks in to a class by the code on its wall, and answers at once",
)
async def check_in(request: AnyRequest) -> Json:
    form = await read_json(request, CheckInForm)
    await limited(request, Kind.CLASS, clean_code(form.code, length=WALL_CODE))
    asking = visitor(request)
    done = await classes.check_in(house_of(request).ground, form, actor=asking.actor if asking else None)
    return recorded(CheckedInOut(done.lesson, done.position), again=done.again)


@post(
    f"{API}/classes/{{lesson:str}}/learners",
    takes=ClassLearnerForm,
    gives={201: JoinedOut, 200: JoinedOut},
    summary="Enters a learner of one's class who has no phone",
)
async def add(request: AnyRequest) -> Json:
    form = await read_json(request, ClassLearnerForm)
    lesson = identifier(request.path_params["lesson"])
    done = await classes.add_learner(house_of(request).ground, actor(request), lesson, form)
    return recorded(_joined(done), again=done.again)


@post(
    f"{API}/classes/{{lesson:str}}/close",
    takes=CloseClassForm,
    gives={201: ClassChangedOut, 200: ClassChangedOut},
    summary="Closes one's class; nobody checks in to it any more",
)
async def close(request: AnyRequest) -> Json:
    form = await read_json(request, CloseClassForm)
    lesson = identifier(request.path_params["lesson"])
    done = await classes.close_class(house_of(request).ground, actor(request), lesson, form)
    return recorded(_changed(done), again=done.again)


@post(
    f"{API}/classes/{{lesson:str}}/witness",
    takes=WitnessForm,
    gives={201: ClassChangedOut, 200: ClassChangedOut},
    summary="Answers for learners of a class who have no phone, as somebody who was there",
)
async def witness(request: AnyRequest) -> Json:
    form = await read_json(request, WitnessForm)
    lesson = identifier(request.path_params["lesson"])
    done = await classes.witness(house_of(request).ground, actor(request), lesson, form)
    return recorded(_changed(done), again=done.again)


def _joined(done: Joined) -> JoinedOut:
    return JoinedOut(done.lesson, done.teaching, done.position)


def _changed(done: Changed) -> ClassChangedOut:
    return ClassChangedOut(done.lesson, done.position)
