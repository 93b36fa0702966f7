"""/toi/du-lieu and /du-lieu: what is held of oneself, who looked at it; to download, correct, object
to and erase. Signed in, or by a learner's code together with what only they are asked for."""

from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import my_data, people, privacy
from application.actors import Actor
from application.forms.people import CorrectionForm, ErasureForm
from application.ids import new_id
from application.lookups import People
from application.my_data import MyData
from application.privacy import Held
from domain import milestones
from domain import teams as of_teams
from domain import workplaces as of_workplaces
from domain.consents import TakenBackWithProof
from domain.model import Answer, By, PersonId, Refused, Role, TeamId, UnitId, WorkplaceId
from domain.people import Purpose, UnknownPerson
from domain.requests import Kind, acknowledge_by, settle_by
from infrastructure import access_log
from infrastructure.read_models import requests as known
from infrastructure.read_models import teams, workplaces
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import consents, words
from interfaces.web.asked import Word
from interfaces.web.auditing import PURPOSES as WHY
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, mark, moment, number, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reaching import MILESTONES
from interfaces.web.render import Link, page, skill_label
from interfaces.web.session import actor, house_of, no_cookie
from interfaces.web.tries import Kind as Tried
from interfaces.web.tries import TooManyTries, as_one, limited
from interfaces.web.words import unit_name

READS: Final = 50
PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

KINDS: Final = {
    Kind.CORRECT: mark("Something is wrong"),
    Kind.OBJECT: mark("I object"),
    Kind.ERASE: mark("Erase my data"),
    Kind.WITHDRAW: mark("No longer agrees that the data is kept"),
}
OFFERED: Final = {kind: KINDS[kind] for kind in Kind if kind is not Kind.WITHDRAW}
"""What one asks for oneself. Of what a code alone took back an organizer hears by itself."""

OUTCOMES: Final = {"done": mark("Done"), "declined": mark("Declined")}


class Line(msgspec.Struct, frozen=True):
    label: str
    value: str


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One read of the person's data by somebody else: in which role, not by which name."""

    at: datetime
    who: str
    why: str
    how_many: int


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
    seen, long = _looked(house, data)
    if kind == "html":
        response = page(
            request,
            "my_data/file.html",
            here="/du-lieu",
            **_context(house, data),
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
    seen, long = _looked(house, data)
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
        notice=_(_NOTICES[notice]) if notice in _NOTICES else None,
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
        **_context(house, data),
    )


def _context(house: House, data: MyData) -> dict[str, Any]:
    return {
        "lines": _lines(house, data),
        "entries": _entries(house, data),
        "requests": _requests(house, data),
    }


def _lines(house: House, data: MyData) -> list[Line]:
    own = data.identity
    said = [
        (_("Full name"), own.name if own else None),
        (_("Phone"), own.phone.replace("+84", "0") if own and own.phone else None),
        (_("E-mail"), own.email if own else None),
        (_("Year of birth"), str(own.birth_year) if own and own.birth_year else None),
        (_("Sex"), _sex(own.sex) if own and own.sex else None),
        (_("Position"), own.position if own else None),
        (_("Workplace"), own.workplace if own else None),
        (_("Group"), words.said(words.GROUPS, data.group)),
        (_("Unit"), unit_name(house.units, data.unit)),
        (_("Known since"), moment(data.registered)),
        (_("Account since"), moment(data.account) if data.account else None),
        (_("Digital ambassador since"), moment(data.recognised) if data.recognised else None),
        (_("Lessons, onboardings, families and visits recorded"), _many(data.recorded)),
        *(
            (translated(label), _many(sum(data.sent.get(one.NAME, 0) for one in facts)))
            for label, facts in SENT
        ),
        (_("Milestones"), ", ".join(_reached(data)) or None),
        (_("Families"), str(len(data.families)) if data.families else None),
        (_("Markets"), str(len(data.sells_at)) if data.sells_at else None),
        (_("Registered workplace"), _workplaces(house, data)),
        (_("Team"), _teams(house, data)),
        *((_("Role"), _held_over(house, role.role, role.unit)) for role in data.roles),
        (_("Ids in the ledger"), ", ".join(data.ids)),
    ]
    return [Line(label, value) for label, value in said if value]


def _many(count: int) -> str | None:
    return number(count) if count else None


SENT: Final = (
    (mark("Milestones said, of oneself or as a witness"), milestones.FACTS),
    (mark("Entries about teams and their members"), of_teams.FACTS),
    (mark("Entries about workplaces and who belongs to them"), of_workplaces.FACTS),
)
"""What somebody sent under their account, beside what they recorded in the field, by its facts."""


def _reached(data: MyData) -> list[str]:
    return [translated(MILESTONES[one.milestone]) for one in data.milestones if one.reached]


def _sex(kept: str) -> str:
    return translated(words.SEXES[kept]) if kept in words.SEXES else kept


def _workplaces(house: House, data: MyData) -> str:
    with house.asking() as db:
        found = workplaces.several(db, [WorkplaceId(one) for one in data.works_at])
    return ", ".join(one.name for one in found.values())


def _teams(house: House, data: MyData) -> str:
    with house.asking() as db:
        return ", ".join(teams.names(db, [TeamId(one) for one in data.teams]).values())


def _held_over(house: House, role: Role, unit: UnitId) -> str:
    return f"{words.said(words.ROLES, role)}, {unit_name(house.units, unit) or unit}"


def _entries(house: House, data: MyData) -> list[dict[str, Any]]:
    """The mentors' names were told with the question each of them asked."""
    mentors = reads.names(house, [one.mentor for one in data.entries], Unlogged.ASKED)
    return [
        {
            "what": ", ".join(_what(one.kind, part) for part in one.what),
            "about": f"{mentors.get(one.mentor, '–')} · {day(one.on)} · {unit_name(house.units, one.unit)}",
            "said": _answer(one.answer, voided=one.voided),
            "notes": one.notes,
        }
        for one in data.entries
    ]


def _what(kind: str, part: str) -> str:
    if kind == "teaching":
        return skill_label(part)
    return next((translated(label) for means, label in words.MEANS.items() if means.value == part), part)


def _answer(answer: str | None, *, voided: bool) -> str:
    if voided:
        return _("Withdrawn")
    return words.said(words.ANSWERS, Answer(answer)) if answer else _("Not answered yet")


def _requests(house: House, data: MyData) -> list[dict[str, Any]]:
    with house.asking() as db:
        stand = {one.request: one for one in known.of_person(db, data.ids)}
    found = []
    for asked in data.requests:
        row = stand.get(asked.request)  # type: ignore[call-overload]
        outcome = row.outcome.value if row and row.outcome else None
        waits = _(
            "acknowledged by %(first)s, settled by %(last)s",
            first=day(acknowledge_by(asked.made)),
            last=day(settle_by(asked.made)),
        )
        found.append(
            {
                "kind": translated(KINDS[Kind(asked.kind)]),
                "made": moment(asked.made),
                "said": translated(OUTCOMES[outcome]) if outcome else waits,
                "notes": asked.notes,
            }
        )
    return found[::-1]


def _looked(house: House, data: MyData) -> tuple[list[Looked], list[Looked]]:
    """Reads of this person's data, and lists of their units too long to name everybody on them."""
    home = house.units.find(data.unit)
    with house.database.reading() as db:
        seen = access_log.entries(db, limit=READS, whose=data.ids)
        long = access_log.long_lists(db, home.path if home else (), limit=READS)
    actors: dict[PersonId, Actor] = {}
    own = set(data.ids)

    def told(entries: list[access_log.Entry]) -> list[Looked]:
        return [
            Looked(at=one.at, who=_role(house, one.who, actors), why=_why(one.why), how_many=one.people)
            for one in entries
            if one.who not in own
        ]

    return told(seen), told(long)


def _why(why: str) -> str:
    return next((translated(label) for one, label in WHY.items() if one.value == why), why)


def _role(house: House, who: PersonId, met: dict[PersonId, Actor]) -> str:
    """In which role somebody looked; their own name is theirs."""
    if who == "operator":
        return _("At the console")
    asking = met.setdefault(who, house.actor(who))
    grants = [
        f"{words.said(words.ROLES, one.role)}, {unit_name(house.units, one.unit)}" for one in asking.grants
    ]
    return " · ".join(grants) or _("An account that is closed by now")


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
