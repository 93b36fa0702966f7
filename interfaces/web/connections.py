"""/ket-noi: forms of KoboToolbox and ODK Central that send what they collect to a unit."""

import asyncio
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application.actors import Actor
from application.forms.surveys import ConnectionForm
from application.ids import new_id
from application.surveys import connecting, mapping, payloads
from application.surveys.connecting import Brought
from application.surveys.keeping import Came, Kept, Open, State
from application.surveys.taking import IMPORTING
from domain.calendar import day_of
from domain.model import UnitId
from domain.surveys import Source, Tells
from interfaces.house import House
from interfaces.web import choosing
from interfaces.web.asked import Ref, Word
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import ago, day, mark, moment, ngettext, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import LARGEST_BODY, AnyRequest, Form, WrongCharset, read_form
from interfaces.web.list_words import named
from interfaces.web.problems import sentence_of
from interfaces.web.render import page
from interfaces.web.session import actor, has_stepped_up, house_of, must_have_stepped_up, visitor
from interfaces.web.tries import Kind, limited
from interfaces.web.uploads import read_upload
from interfaces.web.words import options, unit_name

SHOWN: Final = 50
LARGEST_FILE: Final = 5_000_000
MOST_ROWS: Final = 2_000
"""Of an export on this page; more of them go in by `lantoa form`."""

SOURCES: Final = {Source.KOBO: mark("KoboToolbox"), Source.ODK: mark("ODK Central")}

TELLS: Final = {
    Tells.LESSON: mark("A lesson"),
    Tells.HOUSEHOLD: mark("A family"),
    Tells.VISIT: mark("A visit from door to door"),
    Tells.MILESTONE: mark("Milestones of a person"),
}

STATES: Final = {
    State.RECORDED: mark("Recorded"),
    State.WAITING: mark("Waits to be mended"),
    State.EDITED: mark("Waits for a decision"),
    State.IGNORED: mark("Not needed"),
    State.LAPSED: mark("Lapsed"),
}
_TONES: Final = {
    State.RECORDED: "good",
    State.WAITING: "wait",
    State.EDITED: "wait",
    State.IGNORED: "",
    State.LAPSED: "bad",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A connection in the list."""

    href: str
    name: str
    about: str
    tone: str
    said: str


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the form, and what it holds: `key` is empty for one that is not read."""

    id: str
    path: str
    key: str


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    tone: str
    said: str
    problem: str
    goes: str = ""
    href: str = ""


@get("/ket-noi")
async def every(request: AnyRequest, new: Word = "") -> Response[bytes]:
    """`new`: with the form open, which asks first whether it is really them: what is typed after that is
    not lost. Raises `StepUpNeeded`."""
    found = visitor(request)
    if new and found is not None:
        must_have_stepped_up(found, house_of(request).clock())
    return _listed(request, opened=bool(new))


@post("/ket-noi")
async def connect(request: AnyRequest) -> Response[bytes] | Redirect:
    """Shows the key, this once."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    names = ("submission", "unit", "source", "tells", "name")
    try:
        wish = filled(ConnectionForm, {name: form.one(name).strip() for name in names})
        made = await connecting.connect(house.ground, house.surveys, asking, wish, house.clock())
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _listed(request, status=status, problems=problems, typed=form)
    if made.secret is None:
        return Redirect(f"/ket-noi/{made.connection}", status_code=303)
    return page(
        request,
        "connections/made.html",
        headers={"Cache-Control": "no-store"},
        here=f"/ket-noi/{made.connection}",
        kobo=wish.source is Source.KOBO,
        address=_address(house, wish.source, made.connection),
        secret=made.secret,
        limit=LARGEST_BODY // 1024,
        ref=made.connection,
    )


@get("/ket-noi/{ref:str}")
async def show(request: AnyRequest, ref: Ref, done: Word = "", some: Word = "") -> Response[bytes]:
    """Raises `NoSuchConnection`, also for one of another unit."""
    house = house_of(request)
    kept = connecting.reached(house.ground, house.surveys, actor(request), ref)
    return _shown(request, kept, _notice(done, some))


def _notice(done: str, some: str) -> str | None:
    numbers = [part if part.isdigit() else "0" for part in some.split("-")]
    if done == "tep" and len(numbers) == 4:
        named = dict(zip(("recorded", "known", "waiting", "unnamed"), numbers, strict=True))
        return _(
            "Recorded: %(recorded)s. Known before: %(known)s. Waiting to be mended: %(waiting)s. "
            "Without an instance: %(unnamed)s.",
            **named,
        )
    return _(_NOTICES[done], num=numbers[0]) if done in _NOTICES else None


_NOTICES: Final = {
    "truong": mark("Saved. It holds for what comes from now on; what waits can be tried again."),
    "thu": mark("Tried again: %(num)s recorded."),
    "ngat": mark("Disconnected. What came in stands."),
    "theo": mark("The edit was recorded in place of what stood."),
    "giu": mark("What was recorded stands."),
    "truoc": mark(
        "Somebody decided on it a moment before you, or a newer version of it came. "
        "Your decision changed nothing."
    ),
}


@post("/ket-noi/{ref:str}/truong")
async def fields(request: AnyRequest, ref: Ref) -> Redirect:
    """What each field of the form holds."""
    house, form = house_of(request), await read_form(request)
    kept = connecting.reached(house.ground, house.surveys, actor(request), ref)
    chosen = {path: form.one(f"f-{place}") for place, path in enumerate(kept.fields) if f"f-{place}" in form}
    await connecting.set_columns(house.ground, house.surveys, actor(request), ref, chosen)
    return Redirect(f"/ket-noi/{ref}?done=truong", status_code=303)


@post("/ket-noi/{ref:str}/tep")
async def export(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A CSV export of the form: what came by its webhook already counts once."""
    house, asking = house_of(request), actor(request)
    kept = connecting.reached(house.ground, house.surveys, asking, ref)
    await limited(request, Kind.BRINGING)
    try:
        upload = await read_upload(request, LARGEST_FILE)
        rows = await asyncio.to_thread(payloads.rows_of, _text(upload.content), MOST_ROWS)
        done = await connecting.bring_in(house.ground, house.surveys, asking, ref, rows)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "file")
        return _shown(request, kept, None, status=status, problems={"file": next(iter(problems.values()))})
    return Redirect(f"/ket-noi/{ref}?done=tep&some={_counts(done)}#came", status_code=303)


def _counts(done: Brought) -> str:
    return "-".join(str(one) for one in (done.recorded, done.known, done.waiting, done.unnamed))


def _text(content: bytes) -> str:
    """Raises `WrongCharset`."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise WrongCharset from None


@post("/ket-noi/{ref:str}/thu-lai")
async def try_again(request: AnyRequest, ref: Ref) -> Redirect:
    house = house_of(request)
    connecting.reached(house.ground, house.surveys, actor(request), ref)
    await limited(request, Kind.BRINGING)
    await read_form(request)
    recorded, _waiting = await connecting.try_again(house.ground, house.surveys, actor(request), ref)
    return Redirect(f"/ket-noi/{ref}?done=thu&some={recorded}", status_code=303)


@post("/ket-noi/{ref:str}/ngat")
async def disconnect(request: AnyRequest, ref: Ref) -> Redirect:
    house = house_of(request)
    await read_form(request)
    await connecting.disconnect(house.ground, house.surveys, actor(request), ref)
    return Redirect(f"/ket-noi/{ref}?done=ngat", status_code=303)


def _listed(
    request: AnyRequest,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: Form | None = None,
    opened: bool = False,
) -> Response[bytes]:
    house, asking, found = house_of(request), actor(request), visitor(request)
    home, open_ = choosing.home_of(house, asking), house.surveys.open()
    fields = ("unit", "source", "tells", "name")
    return page(
        request,
        "connections/list.html",
        status=status,
        problems=problems or {},
        typed={name: typed.one(name) if typed else "" for name in fields},
        submission=new_id(),
        opened=opened or bool(problems),
        confirmed=found is not None and has_stepped_up(found, house.clock()),
        lines=[
            _line(house, one, open_.get(one.id, Open()))
            for one in house.surveys.every()
            if _mine(house, asking, one)
        ],
        sources=options(SOURCES),
        tells=options(TELLS),
        units=choosing.nearby(house, home, lambda one: _imports(house, asking, one)) if home else [],
        home=choosing.reference(home) if home else "",
    )


def _mine(house: House, asking: Actor, one: Kept) -> bool:
    return _imports(house, asking, one.unit)


def _imports(house: House, asking: Actor, unit: UnitId) -> bool:
    return asking.reaches(unit, *IMPORTING, units=house.units)


def _line(house: House, one: Kept, open_: Open) -> Line:
    if open_.first_goes is not None:
        tone, said = (
            "wait",
            ngettext(
                "%(num)s waits until %(day)s",
                "%(num)s wait, the first until %(day)s",
                open_.waiting,
                day=day(day_of(open_.first_goes)),
            ),
        )
    elif one.ended is not None:
        tone, said = "", _("Disconnected")
    elif one.seen is None:
        tone, said = "wait", _("Nothing came yet")
    else:
        tone, said = "good", _("Came last %(ago)s", ago=ago(one.seen))
    return Line(href=f"/ket-noi/{one.id}", name=one.name, about=_about(house, one), tone=tone, said=said)


def _about(house: House, one: Kept) -> str:
    parts = translated(SOURCES[one.source]), translated(TELLS[one.tells]), unit_name(house.units, one.unit)
    return " · ".join(parts)


def _shown(
    request: AnyRequest,
    kept: Kept,
    notice: str | None,
    *,
    status: int = 200,
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    held, kind = mapping.columns(kept.tells, kept.fields, kept.columns), mapping.LIST_OF[kept.tells]
    came, open_ = house.surveys.came(kept.id, SHOWN), house.surveys.open().get(kept.id, Open())
    decides = actor(request).reaches(kept.unit, *connecting.DECIDING, units=house.units)
    return page(
        request,
        "connections/connection.html",
        status=status,
        here=f"/ket-noi/{kept.id}",
        problems=problems or {},
        largest=_(
            "at most %(rows)s rows and %(limit)s MB", rows=number(MOST_ROWS), limit=LARGEST_FILE // 1_000_000
        ),
        headers={"Cache-Control": "no-store"},
        notice=notice,
        ref=kept.id,
        name=kept.name,
        about=_about(house, kept),
        address=_address(house, kept.source, kept.id),
        line=_line(house, kept, open_),
        lapsed=_lapsed(open_.lapsed),
        ended=kept.ended is not None,
        columns=[
            Column(id=f"f-{place}", path=path, key=held.get(path, ""))
            for place, path in enumerate(kept.fields)
        ],
        keys=[("", _("Not read")), *((one.key, named(one.key, kind)) for one in mapping.KEYS[kept.tells])],
        lacking=[named(key, kind) for key in mapping.lacking(kept.tells, held)] if kept.fields else [],
        came=[_submission(kept, one, decides=decides) for one in came],
        decides=decides,
        waiting=any(one.state is State.WAITING for one in came),
        shown=number(SHOWN),
    )


def _lapsed(many: int) -> str:
    if not many:
        return ""
    return ngettext(
        "%(num)s submission lapsed in the last twelve months: nobody mended it or decided on it in time. "
        "Nothing of it was recorded, and what stood stands. Sent again, or brought in by an export, it comes "
        "back.",
        "%(num)s submissions lapsed in the last twelve months: nobody mended them or decided on them in "
        "time. Nothing of them was recorded, and what stood stands. Sent again, or brought in by an export, "
        "they come back.",
        many,
    )


def _submission(kept: Kept, one: Came, *, decides: bool) -> Submission:
    problem = ""
    if one.problem is not None:
        problem = sentence_of(one.problem, one.details)
        if (
            field := named(str(one.details.get("field", "")), mapping.LIST_OF[kept.tells])
        ) and field not in problem:
            problem = f"{field}: {problem}"
    return Submission(
        at=moment(one.received),
        tone=_TONES[one.state],
        said=translated(STATES[one.state]),
        problem=problem,
        goes=_("Removed after %(day)s", day=day(day_of(one.goes))) if one.goes else "",
        href=f"/ket-noi/{kept.id}/sua/{one.id}" if decides and one.state is State.EDITED and one.kept else "",
    )


def _address(house: House, source: Source, connection: str) -> str:
    return f"{house.settings.public_url}/api/v1/{source.value}/{connection}"


ROUTES: Final = (every, connect, show, fields, export, try_again, disconnect)
