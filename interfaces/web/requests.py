"""/yeu-cau: what people of one's unit ask for about their own data, with the days the law gives."""

from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import people, privacy
from application.actors import Actor
from application.forms.people import CorrectionForm
from application.ids import new_id
from application.privacy import Why
from domain.calendar import day_of
from domain.model import PersonId, Role, UnitId
from domain.requests import Kind, NoSuchRequest, Outcome, RequestId, acknowledge_by, settle_by
from infrastructure.read_models import people as persons
from infrastructure.read_models import requests as known
from infrastructure.read_models.requests import Request
from interfaces import reads
from interfaces.house import House
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day, moment, ngettext, translated
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, Form, read_form
from interfaces.web.my_data import PRIVATE
from interfaces.web.my_data_lines import KINDS, OUTCOMES
from interfaces.web.reading import caught_up
from interfaces.web.render import page
from interfaces.web.session import actor, house_of
from interfaces.web.words import unit_name

MOST: Final = 200
"""Rows of the page, the oldest first: who has more is far behind."""


class Term(msgspec.Struct, frozen=True):
    """What has to be done by when, and whether it is late: said in words, not by colour alone."""

    tone: str
    said: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    name: str
    unit: str
    made: str
    term: Term


@get("/yeu-cau")
async def queue(request: AnyRequest, position: Count = 0, done: Word = "") -> Response[bytes]:
    """What is open, the oldest first. Raises `NotAllowed`."""
    house, asking = house_of(request), actor(request)
    asking.must_hold(Role.ORGANIZER)
    await caught_up(house, position)
    with house.asking() as db:
        found = [one for one in known.waiting(db) if _reaches(house, asking, one.unit)][:MOST]
    names = _names(house, found)
    day_ = today(house)
    rows = [
        Row(
            id=one.request,
            kind=translated(KINDS[one.kind]),
            name=names.get(one.person, "–"),
            unit=unit_name(house.units, one.unit),
            made=moment(one.made),
            term=_term(one, day_),
        )
        for one in found
    ]
    return page(
        request,
        "requests/list.html",
        headers=PRIVATE,
        rows=rows,
        late=sum(row.term.tone == "bad" for row in rows),
        notice=_("The request is settled.") if done else None,
    )


def waiting(house: House, asking: Actor) -> Term | None:
    """What waits for somebody's answer, for the pages on which they begin; None where nothing does."""
    if not asking.holds(Role.ORGANIZER):
        return None
    with house.asking() as db:
        found = [one for one in known.waiting(db) if _reaches(house, asking, one.unit)]
    if not found:
        return None
    day_ = today(house)
    late = sum(_term(one, day_).tone == "bad" for one in found)
    said = ngettext(
        "%(num)s request about people's own data waits for an answer.",
        "%(num)s requests about people's own data wait for an answer.",
        len(found),
    )
    if not late:
        return Term("wait", said)
    overdue = ngettext("%(num)s request is overdue.", "%(num)s requests are overdue.", late)
    return Term("bad", f"{said} {overdue}")


@get("/yeu-cau/{ref:str}")
async def show(request: AnyRequest, ref: Ref, position: Count = 0, done: Word = "") -> Response[bytes]:
    """Raises `NoSuchRequest`, also for one of another unit."""
    await caught_up(house_of(request), position)
    return _shown(request, ref, notice=_("Saved.") if done else None)


@post("/yeu-cau/{ref:str}/tiep-nhan")
async def acknowledge(request: AnyRequest, ref: Ref) -> Redirect:
    await read_form(request)
    position = await privacy.acknowledge(house_of(request).ground, actor(request), ref)
    return Redirect(f"/yeu-cau/{ref}?done=1&position={position}", status_code=303)


@post("/yeu-cau/{ref:str}/giai-quyet")
async def settle(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """Done or declined. What was to be corrected is corrected first, who is to be erased is erased."""
    form, house, asking = await read_form(request), house_of(request), actor(request)
    outcome = form.one("outcome")
    if outcome not in set(Outcome):
        return _shown(request, ref, status=422, problems={"outcome": _("Please choose one.")}, typed=form)
    said = form.one("words")[:2_000]
    try:
        made = privacy.reached_request(house.ground, asking, ref)
        if made.kind is Kind.CORRECT and outcome == Outcome.DONE:
            await people.correct(house.ground, asking, made.person, _right(form))
        position = await privacy.settle(house.ground, asking, ref, Outcome(outcome), said)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return _shown(request, ref, status=status, problems=problems, typed=form)
    return Redirect(f"/yeu-cau?done=1&position={position}", status_code=303)


def _right(form: Form) -> CorrectionForm:
    typed = {name: form.one(name) for name in ("submission", "name", "phone", "birth_year")}
    return filled(CorrectionForm, typed)


def _reaches(house: House, asking: Actor, unit: UnitId) -> bool:
    return asking.reaches(unit, Role.ORGANIZER, units=house.units)


def _names(house: House, found: list[Request]) -> dict[PersonId, str]:
    """By the id that asked, also where it was merged since."""
    with house.asking() as db:
        now = {one.person: persons.canonical(db, one.person) for one in found}
    names = reads.names(house, list(dict.fromkeys(now.values())), Why.REQUEST)
    return {asked: names[one] for asked, one in now.items() if one in names}


def _term(one: Request, now: date) -> Term:
    if one.outcome is not None:
        return Term("good", translated(OUTCOMES[one.outcome.value]))
    if one.acknowledged is None:
        by = acknowledge_by(one.made)
        if by < now:
            return Term("bad", _("Overdue: to be acknowledged by %(day)s", day=day(by)))
        return Term("wait", _("To be acknowledged by %(day)s", day=day(by)))
    by = settle_by(one.made)
    if by < now:
        return Term("bad", _("Overdue: to be settled by %(day)s", day=day(by)))
    return Term("wait", _("To be settled by %(day)s", day=day(by)))


def _shown(
    request: AnyRequest,
    ref: str,
    *,
    status: int = 200,
    problems: Problems | None = None,
    notice: str | None = None,
    typed: Form | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        found = known.one(db, RequestId(ref))
        if found is None or not _reaches(house, asking, found.unit):
            raise NoSuchRequest
        now = persons.canonical(db, found.person)
    own = reads.identities(house, [now], Why.REQUEST, unit=found.unit).get(now)
    values = {
        "name": own.name if own else "",
        "phone": (own.phone if own and own.phone else "").replace("+84", "0"),
        "birth_year": str(own.birth_year) if own and own.birth_year else "",
    }
    return page(
        request,
        "requests/request.html",
        status=status,
        headers=PRIVATE,
        here=f"/yeu-cau/{found.request}",
        problems=problems or {},
        notice=notice,
        ref=found.request,
        kind=found.kind.value,
        heading=translated(KINDS[found.kind]),
        own=values,
        typed={name: typed.one(name) for name in values} if typed else values,
        settled={name: typed.one(name) if typed else "" for name in ("outcome", "words")},
        unit=unit_name(house.units, found.unit),
        made=moment(found.made),
        acknowledged=moment(found.acknowledged) if found.acknowledged else None,
        open=found.outcome is None,
        term=_term(found, day_of(house.clock())),
        term_days=house.settings.retention.withdrawn,
        notes=reads.notes(house, found.request, now, Why.REQUEST),
        submission=new_id(),
    )


ROUTES: Final = (queue, show, acknowledge, settle)
