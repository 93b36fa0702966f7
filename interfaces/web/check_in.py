"""/l/{code}: the learner's side of a class. Checks in and answers, without signing in; sees nobody else."""

import re
import secrets
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from application import classes
from application.classes import WALL_CODE, Class
from application.forms.classes import CheckInForm
from application.identity import BadCode, clean_code
from application.ids import new_id
from application.lookups import People
from application.ports import OutcomeUnknown, SubmissionConflict, Unavailable
from domain.classes import OPEN_FOR, AlreadyCheckedIn, ClassIsClosed, NoSuchClass
from domain.model import Answer, Group, Refused
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import consents, drafts, words
from interfaces.web.answers import NOT_KEPT, Choice
from interfaces.web.consents import Asking, Box
from interfaces.web.filled import Problems, filled, problems_of
from interfaces.web.front_door import cookie_sent
from interfaces.web.language import day, lower_first
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, MissingField, WrongValue, read_form
from interfaces.web.problems import problem_of
from interfaces.web.render import Link, page, skill_list
from interfaces.web.session import house_of, is_https, whose_browser
from interfaces.web.tries import Kind, TooManyTries, limited
from interfaces.web.words import unit_name

DEVICE: Final = "lantoa_class"
"""The cookie that tells one phone from another: within one class, for as long as a class lasts."""

_DEVICE: Final = re.compile(r"[0-9a-f]{32}\Z")


class Typed(msgspec.Struct, kw_only=True):
    """What somebody typed, word for word."""

    submission: str
    name: str = ""
    phone: str = ""
    birth_year: str = ""
    group: str = Group.PEOPLE.value
    agreed: frozenset[str] = frozenset()


@get("/l/{code:str}")
async def ask(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """Who is taught what here; a name, a phone or a year, and the three answers."""
    try:
        found = await _open(request, code)
    except Refused as refusal:
        return _said(request, refusal)
    return _form(request, found, code, Typed(submission=new_id()))


@post("/l/{code:str}")
async def check_in(request: AnyRequest, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Recorded under the id that came with the form, so that a second tap changes nothing."""
    form, house = await read_form(request), house_of(request)
    typed = _typed(form)
    try:
        await limited(request, Kind.CLASS, _target(code))
        found = classes.by_code(house.ground, code)
    except Refused as refusal:
        return _said(request, refusal)
    try:
        sent = filled(CheckInForm, _fields(request, code, typed, form.one("answer")))
        await classes.check_in(house.ground, sent, actor=whose_browser(request))
    except (AlreadyCheckedIn, ClassIsClosed) as refusal:
        return _said(request, refusal)
    except (Refused, Unavailable, OutcomeUnknown) as refusal:
        if isinstance(refusal, SubmissionConflict):
            typed.submission = new_id()
        status, problems = _problems(refusal)
        return _form(request, found, code, typed, status, problems)
    return Redirect(f"/l/{_target(code)}/cam-on", status_code=303)


@get("/l/{code:str}/cam-on")
async def thanks(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """Thanks, and nothing of anybody: whoever reads it may be the next one on that phone."""
    try:
        await limited(request, Kind.CLASS, _target(code))
        classes.by_code(house_of(request).ground, code)
    except Refused as refusal:
        return _said(request, refusal)
    return page(request, "classes/thanks.html", headers=NOT_KEPT, code=_target(code))


async def _open(request: AnyRequest, code: str) -> Class:
    await limited(request, Kind.CLASS, _target(code))
    house = house_of(request)
    found = classes.by_code(house.ground, code)
    classes.must_be_open(found, house.clock())
    return found


def _target(code: str) -> str:
    """A code as it is counted and linked, however it was typed. Raises `NoSuchClass`."""
    try:
        return clean_code(code, length=WALL_CODE)
    except BadCode:
        raise NoSuchClass from None


def _typed(form: Form) -> Typed:
    return Typed(
        submission=form.one("submission") or new_id(),
        name=form.one("name"),
        phone=form.one("phone"),
        birth_year=form.one("birth_year"),
        group=form.one("group"),
        agreed=frozenset(one for one in ("contact", "reminders", "guardian") if form.one(one) == "yes"),
    )


def _fields(request: AnyRequest, code: str, typed: Typed, answer: str) -> dict[str, object]:
    return {
        "submission": typed.submission,
        "code": code,
        "name": typed.name,
        "phone": typed.phone.strip(),
        "birth_year": typed.birth_year.strip(),
        "group": typed.group,
        "consent": [one for one in ("contact", "reminders") if one in typed.agreed],
        "guardian": "guardian" in typed.agreed,
        "answer": answer,
        "device": _device(request),
    }


def _device(request: AnyRequest) -> str | None:
    said = cookie_sent(request.scope, _named(request)) or ""
    return said if _DEVICE.match(said) else None


def _named(request: AnyRequest) -> str:
    """Over HTTPS with the prefix of cookies that are taken over nothing else; the stronger one is for those
    of a whole host."""
    return f"__Secure-{DEVICE}" if is_https(house_of(request)) else DEVICE


def _problems(error: Exception) -> tuple[int, Problems]:
    status, problems = problems_of(error)
    if isinstance(error, (MissingField, WrongValue)) and "answer" in problems:
        problems = {"answer": _("Please choose one of the three answers.")}
    return status, problems


def _form(
    request: AnyRequest,
    found: Class,
    code: str,
    typed: Typed,
    status: int = 200,
    problems: Problems | None = None,
) -> Response[bytes]:
    house, opened = house_of(request), found.opened
    return page(
        request,
        "classes/check_in.html",
        status=status,
        headers=NOT_KEPT | _remembered(request, _target(code)),
        code=_target(code),
        question=_(
            "Did %(name)s teach you %(skills)s?",
            name=_mentor(house, found) or _("Somebody"),
            skills=lower_first(skill_list(opened.skills)),
        ),
        circumstances=_(
            "On %(day)s, at %(place)s.", day=day(opened.on), place=unit_name(house.units, opened.unit)
        ),
        form=typed,
        asking=_asking(typed),
        groups=drafts.groups(),
        choices=[Choice(one.value, words.said(words.ANSWERS, one)) for one in Answer],
        problems=problems or {},
    )


def _mentor(house: House, found: Class) -> str | None:
    now = People(house.ledger, [found.opened.ambassador]).now(found.opened.ambassador)
    return reads.names(house, [now], Unlogged.ASKED).get(now)


def _asking(typed: Typed) -> Asking:
    boxes = [
        Box(one.value, words.said(words.PURPOSES, one), one.value in typed.agreed) for one in consents.ASKED
    ]
    return Asking(boxes, "guardian" in typed.agreed)


def _remembered(request: AnyRequest, code: str) -> dict[str, str]:
    """The phone's cookie, where it has none yet: for this class alone."""
    if _device(request):
        return {}
    seconds = int(OPEN_FOR.total_seconds())
    secure = "; Secure" if is_https(house_of(request)) else ""
    value = secrets.token_hex(16)
    said = f"{_named(request)}={value}; Path=/l/{code}; Max-Age={seconds}; SameSite=Lax; HttpOnly"
    return {"Set-Cookie": said + secure}


def _said(request: AnyRequest, refusal: Refused) -> Response[bytes]:
    """A polite word for codes that are none, for classes that are over, and for who is there already."""
    problem = problem_of(refusal)
    heading, sentences, links = problem.title, [problem.detail], [Link("/", _("To the start"))]
    match refusal:
        case AlreadyCheckedIn():
            heading = _("You have checked in already")
            sentences = [_("You stand in this class. Your answer was recorded before and stands.")]
            links = [Link(request.scope["path"], _("Somebody else checks in on this phone"))]
        case ClassIsClosed():
            heading = _("This class is closed")
            sentences = [_("Nobody can check in any more. Please ask whoever gave the class.")]
        case TooManyTries():
            links = [Link(request.scope["path"], _("Try again"))]
        case _:
            sentences = [_("There is no class under this address. Please scan the code on the wall again.")]
    return page(
        request,
        "message.html",
        status=problem.status,
        headers=NOT_KEPT,
        heading=heading,
        sentences=sentences,
        links=links,
        large=True,
    )


ROUTES: Final = (ask, check_in, thanks)
