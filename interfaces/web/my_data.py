"""/toi/du-lieu and /du-lieu: what is held of oneself, who looked at it; to download, correct, object
to and erase. Signed in, or by a learner's code together with what only they are asked for."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import my_data, people, privacy
from application.forms.people import CorrectionForm, ErasureForm
from application.ids import new_id
from application.lookups import People
from application.my_data import MyData
from application.privacy import Held
from domain.consents import TakenBackWithProof
from domain.model import By, PersonId, Refused
from domain.people import Purpose, UnknownPerson
from domain.requests import Kind
from interfaces.house import House
from interfaces.web import consents, words
from interfaces.web.asked import Word
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import mark
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.my_data_lines import KINDS, Looked, context, looked
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of, no_cookie
from interfaces.web.tries import Kind as Tried
from interfaces.web.tries import TooManyTries, as_one, limited

PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

OFFERED: Final = {kind: KINDS[kind] for kind in Kind if kind is not Kind.WITHDRAW}
"""What one asks for oneself. Of what a code alone took back an organizer hears by itself."""


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """Everything, for a program to read."""

    made_at: datetime
    data: MyData
    reads: list[Looked]
    long_lists_of_my_units: list[Looked]


class Entered(msgspec.Struct, frozen=True):
    """By what somebody without an account came in; sent along with each form of the page."""

    code: str
    known: str


@get("/toi/du-lieu")
async def mine(request: AnyRequest, done: Word = "") -> Response[bytes]:
    return _shown(request, actor(request).person, notice=done)


@get("/toi/du-lieu/tap-tin")
async def my_file(request: AnyRequest, kind: Word = "json") -> Response[bytes]:
    await limited(request, Tried.OWN_DATA, actor(request).person)
    return _file(request, actor(request).person, kind)


@post("/toi/du-lieu/dong-y")
async def my_consents(request: AnyRequest) -> Redirect:
    asking, form, house = actor(request), await read_form(request), house_of(request)
    chosen = consents.wishes(form, tuple(Purpose))
    await privacy.choose(
        house.ground, asking.person, asking.by, chosen, guardian=form.one("guardian") == "yes"
    )
    return Redirect("/toi/du-lieu?done=dong-y", status_code=303)


@post("/toi/du-lieu/sua")
async def correct(request: AnyRequest) -> Response[bytes] | Redirect:
    """What is known of oneself is mended at once."""
    asking, form, house = actor(request), await read_form(request), house_of(request)
    await limited(request, Tried.REQUEST, asking.person)
    typed = {name: form.one(name) for name in ("submission", "name", "phone", "birth_year", "email")}
    try:
        await people.correct(house.ground, asking, asking.person, filled(CorrectionForm, typed))
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, asking.person, status=status, problems=problems, typed=typed)
    return Redirect("/toi/du-lieu?done=sua", status_code=303)


@post("/toi/du-lieu/yeu-cau")
async def my_request(request: AnyRequest) -> Response[bytes] | Redirect:
    asking, form = actor(request), await read_form(request)
    await limited(request, Tried.REQUEST, asking.person)
    refused = await _ask(request, asking.person, asking.by, form)
    return refused or Redirect("/toi/du-lieu?done=yeu-cau", status_code=303)


@post("/toi/du-lieu/xoa")
async def erase(request: AnyRequest) -> Response[bytes] | Redirect:
    """At once and for ever; whoever was signed in is no longer."""
    asking, form, house = actor(request), await read_form(request), house_of(request)
    if form.one("sure") != "yes":
        problems = {"sure": _("Please tick that you want this: it cannot be undone.")}
        return _shown(request, asking.person, status=422, problems=problems)
    try:
        await people.erase(house.ground, asking, asking.person, filled(ErasureForm, {"submission": new_id()}))
    except Refused as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, asking.person, status=status, problems=problems)
    headers = {"Clear-Site-Data": '"cache", "storage"'}  # also what a phone keeps for its owner
    return Redirect("/du-lieu/da-xoa", status_code=303, cookies=[no_cookie(house)], headers=headers)


@get("/du-lieu/da-xoa")
async def erased(request: AnyRequest) -> Response[bytes]:
    return page(
        request,
        "message.html",
        headers=PRIVATE,
        heading=_("Your data was erased"),
        sentences=[
            _("Your name, phone number and all that was written about you are gone from the ledger."),
            _(
                "What stays are counts without your name. Backups made before can no longer be read "
                "once the keys of that time have run out."
            ),
        ],
        links=[Link("/", _("To the start"))],
        large=False,
    )


@get("/du-lieu")
async def enter(request: AnyRequest) -> Response[bytes]:
    """For somebody without an account: their code, and their phone number."""
    return page(request, "my_data/enter.html", headers=PRIVATE, problems={}, code="")


@post("/du-lieu")
async def entered(request: AnyRequest) -> Response[bytes]:
    came = await _entered(request, Tried.OWN_DATA)
    return came if isinstance(came, Response) else _shown(request, came.held.person, entered=came.entry)


@post("/du-lieu/tap-tin")
async def file(request: AnyRequest) -> Response[bytes]:
    came = await _entered(request, Tried.OWN_DATA)
    return came if isinstance(came, Response) else _file(request, came.held.person, came.form.one("kind"))


@post("/du-lieu/dong-y")
async def agree(request: AnyRequest) -> Response[bytes]:
    came = await _entered(request, Tried.OWN_DATA)
    if isinstance(came, Response):
        return came
    held, chosen = came.held, consents.wishes(came.form)
    guardian = came.form.one("guardian") == "yes"
    ground = house_of(request).ground
    try:
        await privacy.choose(ground, held.person, held.by, chosen, guardian=guardian, proven=held.proven)
    except TakenBackWithProof as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, held.person, status=status, problems=problems, entered=came.entry)
    return _shown(request, held.person, entered=came.entry, notice="dong-y")


@post("/du-lieu/yeu-cau")
async def ask(request: AnyRequest) -> Response[bytes]:
    came = await _entered(request, Tried.REQUEST)
    if isinstance(came, Response):
        return came
    refused = await _ask(request, came.held.person, came.held.by, came.form, came.entry)
    return refused or _shown(request, came.held.person, entered=came.entry, notice="yeu-cau")


class Came(msgspec.Struct, frozen=True):
    """Somebody who came in by a code and what only they are asked for."""

    held: Held
    entry: Entered
    form: Form


async def _entered(request: AnyRequest, kind: Tried) -> Came | Response[bytes]:
    """Who comes in; or the form again, whichever of the two was wrong."""
    form = await read_form(request)
    entry = Entered(form.one("code")[:40], form.one("known")[:40])
    try:
        # What they know is guessed on every way in, and of one person by each of their codes.
        whose = privacy.behind(house_of(request).ground, entry.code)
        for one in dict.fromkeys((Tried.OWN_DATA, kind)):
            await limited(request, one, as_one(entry.code), *([f"person {whose}"] if whose else []))
        return Came(privacy.proven(house_of(request).ground, entry.code, entry.known), entry, form)
    except (privacy.NotKnownByThat, TooManyTries) as refusal:
        status, problems = problems_of(refusal)
        return page(
            request,
            "my_data/enter.html",
            status=status,
            headers=PRIVATE,
            here="/du-lieu",
            problems=problems,
            code=entry.code,
        )


async def _ask(
    request: AnyRequest, person: PersonId, by: By, form: Form, entry: Entered | None = None
) -> Response[bytes] | None:
    """None once it is recorded."""
    kind, said = form.one("kind"), form.one("words")[:2_000]
    if kind not in OFFERED:
        problems = {"kind": _("Please choose one.")}
        return _shown(request, person, status=422, problems=problems, entered=entry, asked=form)
    if kind != Kind.ERASE and not said.strip():
        problems = {"words": _("Please write what it is about.")}
        return _shown(request, person, status=422, problems=problems, entered=entry, asked=form)
    try:
        await privacy.ask(house_of(request).ground, person, by, Kind(kind), said)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, person, status=status, problems=problems, entered=entry, asked=form)
    return None


def _file(request: AnyRequest, person: PersonId, kind: str) -> Response[bytes]:
    house = house_of(request)
    data = _held(house, person)
    seen, long = looked(house, data)
    if kind == "html":
        response = page(
            request,
            "my_data/file.html",
            here="/du-lieu",
            **context(house, data),
            looked=seen,
            long=long,
            made=house.clock(),
        )
        response.headers.update(_attached("lantoa-du-lieu.html"))
        return response
    body = Download(made_at=house.clock(), data=data, reads=seen, long_lists_of_my_units=long)
    return Response(
        msgspec.json.format(msgspec.json.encode(body), indent=2),
        media_type="application/json",
        headers=_attached("lantoa-du-lieu.json"),
    )


def _attached(name: str) -> dict[str, str]:
    return PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}


def _held(house: House, person: PersonId) -> MyData:
    """Raises `UnknownPerson` for one who is erased by now."""
    ids = People(house.ledger, [person])
    if not ids.known(ids.now(person)):
        raise UnknownPerson
    return my_data.held(house.ground, person)


_NOTICES: Final = {
    "dong-y": mark("Saved. It holds from now on."),
    "sua": mark("Saved."),
    "yeu-cau": mark("Your request is recorded. Below it says by when it is answered."),
}


def _shown(
    request: AnyRequest,
    person: PersonId,
    *,
    status: int = 200,
    problems: Problems | None = None,
    typed: dict[str, str] | None = None,
    entered: Entered | None = None,
    asked: Form | None = None,
    notice: str = "",
) -> Response[bytes]:
    house = house_of(request)
    data = _held(house, person)
    seen, long = looked(house, data)
    own = data.identity
    purposes = consents.ASKED if entered else tuple(Purpose)
    return page(
        request,
        "my_data/mine.html",
        status=status,
        headers=PRIVATE,
        here="/du-lieu" if entered else "/toi/du-lieu",
        base="/du-lieu" if entered else "/toi/du-lieu",
        entered=entered,
        problems=problems or {},
        notice=words.notice(_NOTICES, notice),
        asking=consents.asking(house, person, purposes),
        term=house.settings.retention.withdrawn + 1,
        typed=typed
        or {
            "name": own.name if own else "",
            "phone": (own.phone if own and own.phone else "").replace("+84", "0"),
            "birth_year": str(own.birth_year) if own and own.birth_year else "",
            "email": (own.email if own else None) or "",
        },
        submission=new_id(),
        kinds=words.options(OFFERED),
        asked={name: asked.one(name) if asked else "" for name in ("kind", "words")},
        looked=seen,
        long=long,
        **context(house, data),
    )


ROUTES: Final = (
    mine,
    my_file,
    my_consents,
    correct,
    my_request,
    erase,
    erased,
    enter,
    entered,
    file,
    agree,
    ask,
)
