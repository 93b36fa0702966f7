"""/dia-gioi/cho-phan: who and what of a divided commune is in which part of it, said one by one or in groups
by whoever organizes all of the parts."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import placing
from application.accounts import may_move
from application.actors import Actor, Grant, OutOfScope
from application.forms.territory import PlacingForm
from application.ids import new_id
from application.ports import SubmissionConflict, Unit
from application.privacy import Why
from domain import visits
from domain.model import MarketId, PersonId, Role, TeamId, UnitId, WorkplaceId
from domain.placed import Body
from infrastructure.read_models import accounts, markets, teams, workplaces
from infrastructure.read_models import placing as waiting
from infrastructure.read_models.placing import Progress, Waits
from interfaces import reads
from interfaces.house import House
from interfaces.web import words
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address, below
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, ngettext, number, translated
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.reading import caught_up
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.unit_history import full_name_then, now_of
from interfaces.web.words import unit_name

ROWS: Final = 50
KEPT: Final = {"Cache-Control": "no-store"}

BODIES: Final = {
    Body.PERSON: mark("People"),
    Body.HOUSEHOLD: mark("Families"),
    Body.DOOR: mark("Households visited by number"),
    Body.MARKET: mark("Markets"),
    Body.TEAM: mark("Teams"),
    Body.WORKPLACE: mark("Workplaces"),
    Body.ACCOUNT: mark("Accounts"),
}

_ASKED: Final = {
    Body.PERSON: mark("Who lives in the same part?"),
    Body.HOUSEHOLD: mark("Who lives in the same part?"),
    Body.DOOR: mark("Who lives in the same part?"),
    Body.ACCOUNT: mark("Whose roles go to the same part?"),
}
_LIE: Final = mark("Which of these lie in the same part?")


_FIELDS: Final = {"unit": "target", "subjects": "s1"}
"""Where a problem stands on the page."""


class Commune(msgspec.Struct, frozen=True):
    """A divided commune: `done` of `all` are placed; `share` is 0 to 1."""

    href: str
    name: str
    into: str
    done: str
    share: float


class Line(msgspec.Struct, frozen=True):
    """Somebody or something that waits; `target` is the id of the unit that is sure, if one is. `barred`
    says why whoever asks cannot place it, where they cannot."""

    id: str
    name: str
    about: str
    target: str
    hint: str
    barred: str = ""


@get("/dia-gioi/cho-phan")
async def communes(request: AnyRequest, position: Count = 0) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    await caught_up(house, position)
    with house.asking() as db:
        found = waiting.progress(db)
    by_commune: dict[UnitId, list[Progress]] = {}
    for one in found:
        by_commune.setdefault(one.divided, []).append(one)
    seen = {ref: some for ref, some in by_commune.items() if placing.sees(house.units, asking, ref)}
    lines = [_commune(house, ref, some) for ref, some in seen.items()]
    return page(
        request,
        "territory/placing.html",
        headers=KEPT,
        communes=sorted(lines, key=lambda one: (one.share >= 1, one.name)),
    )


@get("/dia-gioi/cho-phan/{ref:str}")
async def commune(
    request: AnyRequest,
    ref: Ref,
    what: Word = Body.PERSON.value,
    unit: Word = "",
    after: Word = "",
    position: Count = 0,
    done: Count = 0,
) -> Response[bytes]:
    """Raises `OutOfScope` for a commune that was not divided, or whose parts one does not organize."""
    house = house_of(request)
    await caught_up(house, position)
    divided, kind = reached(house, actor(request), ref), _body(what)
    return _shown(request, divided, kind, unit=unit, after=after, placed=done)


@post("/dia-gioi/cho-phan/{ref:str}")
async def place(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Those who are ticked live in the unit that is chosen."""
    house, asking, sent = house_of(request), actor(request), await read_form(request)
    divided, kind = reached(house, asking, ref), _body(sent.one("what"))
    await limited(request, Kind.GRANTING)
    submission, target = sent.one("submission") or new_id(), sent.one("target")
    chosen = _chosen(sent)
    try:
        subjects = [{"body": kind.value, "subject": one} for one in chosen]
        wish = filled(PlacingForm, {"submission": submission, "unit": target, "subjects": subjects})
        done = await placing.place(house.ground, asking, wish)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda field: _FIELDS.get(field, field))
        if isinstance(refusal, SubmissionConflict):
            submission = new_id()
        return _shown(
            request, divided, kind, unit=sent.one("unit"), submission=submission, target=target,
            chosen=chosen, status=status, problems=problems,
        )  # fmt: skip
    back = address(
        f"/dia-gioi/cho-phan/{divided.id}",
        what=kind.value,
        unit=sent.one("unit"),
        position=done.position,
        done=done.placed,
    )
    return Redirect(back, status_code=303)


def _chosen(sent: Form) -> list[str]:
    return [value for name, value in sent.fields if name == "subject"]


def reached(house: House, asking: Actor, ref: str) -> Unit:
    asking.must_hold(Role.ORGANIZER)
    found = house.units.find(ref)
    if found is None or house.units.divided(found.id) != found.id:
        raise OutOfScope(field="unit")
    if not placing.sees(house.units, asking, found.id):
        raise OutOfScope(field="unit")
    return found


def _body(text: str) -> Body:
    try:
        return Body(text)
    except ValueError:
        raise OutOfScope(field="body") from None


def _commune(house: House, ref: UnitId, some: list[Progress]) -> Commune:
    every, left = sum(one.all for one in some), sum(one.waiting for one in some)
    found = house.units.find(ref)
    return Commune(
        href=f"/dia-gioi/cho-phan/{ref}",
        name=full_name_then(house, found) if found else "–",
        into=", ".join(one.name for one in now_of(house, found)) if found else "",
        done=_("%(done)s of %(all)s placed", done=number(every - left), all=number(every)),
        share=(every - left) / every if every else 1.0,
    )


def _shown(
    request: AnyRequest,
    divided: Unit,
    body: Body,
    *,
    unit: str = "",
    after: str = "",
    placed: int = 0,
    submission: str = "",
    target: str = "",
    chosen: Iterable[str] = (),
    status: int = 200,
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    with house.asking() as db:
        progress = waiting.progress(db, divided.id)
        units = waiting.by_unit(db, divided.id, body)
        one_unit = UnitId(unit) if UnitId(unit) in units else None
        found = waiting.queue(db, divided.id, body, unit=one_unit, limit=ROWS, after=after)
    here = f"/dia-gioi/cho-phan/{divided.id}"
    lines = _lines(house, actor(request), divided, body, found)
    sure = {one.target for one in lines if one.target}
    return page(
        request,
        "territory/placing_one.html",
        status=status,
        headers=KEPT,
        heading=full_name_then(house, divided),
        commune=_commune(house, divided.id, progress),
        notice=ngettext("%(num)s is placed.", "%(num)s are placed.", placed) if placed else None,
        this=here,
        what=body.value,
        bodies=[
            Link(
                address(here, what=one.body.value),
                f"{translated(BODIES[one.body])} ({number(one.waiting)})",
                one.body is body,
            )
            for one in sorted(progress, key=lambda one: list(BODIES).index(one.body))
        ],
        unit=one_unit or "",
        units=[
            Link(address(here, what=body.value, unit=ref), f"{unit_name(house.units, ref)} ({number(count)})",
                 ref == one_unit)
            for ref, count in sorted(units.items(), key=lambda row: unit_name(house.units, row[0]))
        ],
        asked=translated(_ASKED.get(body, _LIE)),
        roles=body is Body.ACCOUNT,
        lines=lines,
        chosen=set(chosen),
        targets=_targets(house, divided),
        target=target or (sure.pop() if len(sure) == 1 and all(one.target for one in lines) else ""),
        submission=submission or new_id(),
        problems=problems or {},
        more=address(here, what=body.value, unit=unit, after=found[-1].subject)
        if len(found) == ROWS
        else None,
    )  # fmt: skip


def _targets(house: House, divided: Unit) -> list[tuple[str, str]]:
    """The parts, each with its hamlets."""
    parts = [found for ref in house.units.parts(divided.id) if (found := house.units.find(ref))]
    rows: list[tuple[str, str]] = [("", "–")]
    for part in parts:
        rows.append((part.id, part.name))
        rows += [(one.id, f"{part.name}: {one.name}") for one in below(house, part)]
    return rows


def _lines(house: House, asking: Actor, divided: Unit, body: Body, found: list[Waits]) -> list[Line]:
    names = _names(house, divided, body, [one.subject for one in found])
    held = _held(house, divided, found) if body is Body.ACCOUNT else {}
    rows = []
    for one in found:
        target = sure(house, divided, one)
        hint = ""
        if target:
            part, place = (unit_name(house.units, ref) for ref in target)
            hint = (
                _("suggested: %(unit)s, where they live", unit=part)
                if body is Body.ACCOUNT
                else _("suggested: %(unit)s, since %(hamlet)s lies in it", unit=part, hamlet=place)
            )
        there = unit_name(house.units, one.unit) if one.unit != divided.id else ""
        grants = held.get(one.subject, [])
        may = may_move(house.units, asking, PersonId(one.subject), grants)
        rows.append(
            Line(
                one.subject,
                names.get(one.subject, "–"),
                _roles(house, divided, grants) if body is Body.ACCOUNT else there,
                target[0] if target else "",
                hint,
                "" if may or body is not Body.ACCOUNT else _("Only who may give this role can place it."),
            )
        )
    return rows


def _held(house: House, divided: Unit, found: list[Waits]) -> dict[str, list[Grant]]:
    """What each of them holds over the divided commune and its hamlets."""
    with house.asking() as db:
        return {
            one.subject: [
                grant
                for grant in accounts.grants(db, PersonId(one.subject))
                if house.units.divided(grant.unit) == divided.id
            ]
            for one in found
        }


def _roles(house: House, divided: Unit, grants: list[Grant]) -> str:
    said = []
    for one in grants:
        role = words.said(words.ROLES, one.role)
        model = f" ({words.said(words.MODELS, one.model)})" if one.model else ""
        where = "" if one.unit == divided.id else f", {unit_name(house.units, one.unit)}"
        said.append(f"{role}{model}{where}")
    return " · ".join(said)


def sure(house: House, divided: Unit, one: Waits) -> tuple[UnitId, UnitId] | None:
    """The part in which somebody lives for sure, and the unit that says so: that of their family, or of its
    people, where all of these lie in one and the same part; of an account, where its holder lives."""
    parts = house.units.parts(divided.id)
    found: dict[UnitId, UnitId] = {}
    for hint in one.hints:
        if house.units.in_doubt(hint):
            continue
        for part in parts:
            if house.units.is_within(hint, part):
                found[part] = hint
    return next(iter(found.items())) if len(found) == 1 else None


def _names(house: House, divided: Unit, body: Body, subjects: list[str]) -> Mapping[str, str]:
    with house.asking() as db:
        match body:
            case Body.MARKET:
                known = markets.names(db, [MarketId(one) for one in subjects])
                return {str(ref): name for ref, name in known.items()}
            case Body.TEAM:
                called = teams.names(db, [TeamId(one) for one in subjects])
                return {str(ref): name for ref, name in called.items()}
            case Body.WORKPLACE:
                offices = workplaces.several(db, [WorkplaceId(one) for one in subjects])
                return {str(ref): one.name for ref, one in offices.items()}
            case Body.DOOR:
                return {one: _household(one) for one in subjects}
            case Body.HOUSEHOLD:
                somebody = waiting.members(db, subjects)
            case Body.PERSON | Body.ACCOUNT:
                somebody = {one: PersonId(one) for one in subjects}
    names = reads.names(house, list(somebody.values()), Why.PLACING, unit=divided.id)
    if body is not Body.HOUSEHOLD:
        return {ref: names.get(one, "–") for ref, one in somebody.items()}
    return {ref: _("Family of %(name)s", name=names.get(one, "–")) for ref, one in somebody.items()}


def _household(door: str) -> str:
    known = visits.door(door)
    return _("Household no. %(number)s", number=number(known[1])) if known else "–"


ROUTES: Final = (communes, commune, place)
