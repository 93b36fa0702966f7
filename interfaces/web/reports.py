"""/bao-cao: closing a month, what its report says, and sending it to the unit above."""

import asyncio
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.response.base import ASGIResponse

from application import closing
from application.actors import Actor, OutOfScope
from application.forms.closing import CloseForm, ReopenForm, ReportForm, SendForm
from application.ids import new_id
from application.ports import Unit
from application.privacy import Why
from domain.calendar import day_of
from domain.closing import BadMonth, ReopenReason, ReportSent, first_day, last_day, month_before, month_of
from domain.model import PersonId, UnitId
from domain.territory import Level
from infrastructure.read_models import closed
from infrastructure.read_models.closed import Closing
from infrastructure.reports import Draft
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import choosing, month_reports
from interfaces.web.asked import Count, Ref, Word
from interfaces.web.choosing import address, reference
from interfaces.web.counting import criteria_by
from interfaces.web.exemplary import proposed
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import day as day_said
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, moment, number, translated
from interfaces.web.limits import AnyRequest, Form, read_form, read_query
from interfaces.web.month_reports import ReportQuery, file_of
from interfaces.web.reading import caught_up
from interfaces.web.render import Freshness, Link, page
from interfaces.web.report_files import basis, state
from interfaces.web.reporting import CAUSES, Cause, Content, content_of, otherwise
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited

REASONS: Final = {
    ReopenReason.LATE_ENTRIES: mark("Entries came late and belong in"),
    ReopenReason.WRONG_ENTRIES: mark("Wrong entries have to be mended"),
    ReopenReason.ASKED_BY_SUPERIOR: mark("The unit above asked for it"),
    ReopenReason.CLOSED_BY_MISTAKE: mark("It was closed by mistake"),
    ReopenReason.OTHER: mark("Another reason"),
}

RECENT: Final = 6
"""Months to choose from at once; the others stand in the table."""

TEXTS: Final = ("number", "place", "signer", "difficulties", "proposals")


class Tag(msgspec.Struct, frozen=True):
    said: str
    tone: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A month of a unit, or a unit's month."""

    name: str
    href: str
    closed: Tag
    sent: Tag


class Version(msgspec.Struct, frozen=True, kw_only=True):
    said: str
    about: str
    docx: str
    xlsx: str
    hashes: str


class Closed(msgspec.Struct, frozen=True):
    """One closing of the month, in words; `note` where one was left at its opening again."""

    said: str
    reopened: str
    note: str


@get("/bao-cao")
async def index(request: AnyRequest, unit: Word = "", month: Word = "") -> Response[bytes]:
    """The months of one's unit, and who under it has reported the chosen one. Raises `NotAllowed`."""
    house, asking = house_of(request), actor(request)
    asking.must_hold(*closing.READING)
    over = month_reports.reached(house, asking, unit) if unit else _home(house, asking)
    known = month_reports.months(house, over)
    shown = month if month in known else known[min(1, len(known) - 1)]
    return page(
        request,
        "reports/index.html",
        name=over.name,
        country=over.kind.level is Level.COUNTRY,
        months=_months(house, over, known),
        chosen=_said(shown),
        links=[
            Link(address("/bao-cao", unit=reference(over), month=one), _said(one), one == shown)
            for one in known[:RECENT]
        ],
        under=_under(house, over, shown),
        templates=f"/bao-cao/mau/{reference(over)}" if _may_close(house, asking, over) else "",
    )


def _home(house: House, asking: Actor) -> Unit:
    for grant in asking.grants:
        found = house.units.find(grant.unit)
        if grant.role in closing.READING and found is not None:
            return found
    raise OutOfScope(field="unit")


def _months(house: House, unit: Unit, known: list[str]) -> list[Row]:
    """The states of a unit's own months; none of what does not report."""
    province = closing.province_of(house.units, unit)
    if province is None or unit.kind.level not in closing.REPORTING:
        return []
    with house.asking() as db:
        held = {one.month: one for one in closed.closings(db, province.id) if one.reopened is None}
    sent = {one.month: one for one in month_reports.sent(house, unit.id)}
    now = month_of(today(house))
    return [
        Row(
            name=_said(one),
            href=f"/bao-cao/{reference(unit)}/{one}",
            closed=_closed_tag(held.get(one), running=one == now),
            sent=_sent_tag(sent.get(one)),
        )
        for one in known
    ]


def _under(house: House, unit: Unit, month: str) -> list[Row]:
    """Who under it has reported a month."""
    children = [one for one in choosing.below(house, unit) if one.kind.level in closing.REPORTING]
    sent = month_reports.sent_by(house, [one.id for one in children], month)
    with house.asking() as db:
        held = closed.closed_in(db, month)
    now = month_of(today(house))
    return [
        Row(
            name=one.name,
            href=f"/bao-cao/{reference(one)}/{month}",
            closed=_closed_tag(held.get(_province(house, one)), running=month == now),
            sent=_sent_tag(sent.get(one.id)),
        )
        for one in children
    ]


def _province(house: House, unit: Unit) -> UnitId:
    found = closing.province_of(house.units, unit)
    return found.id if found else unit.id


def _closed_tag(one: Closing | None, *, running: bool) -> Tag:
    if one is not None:
        return Tag(_("Closed %(when)s", when=day_said(day_of(one.at))), "good")
    return Tag(_("The month is running") if running else _("Not closed"), "wait")


def _sent_tag(one: ReportSent | None) -> Tag:
    if one is None:
        return Tag(_("Not sent"), "wait")
    if one.version > 1:
        said = _("Sent %(when)s, version %(num)s", when=day_said(day_of(one.at)), num=one.version)
        return Tag(said, "good")
    return Tag(_("Sent %(when)s", when=day_said(day_of(one.at))), "good")


def _said(month: str) -> str:
    first = first_day(month)
    return _("Month %(month)s", month=f"{first:%m/%Y}")


# One month


@get("/bao-cao/{ref:str}/{month:str}")
async def show(
    request: AnyRequest, ref: Ref, month: Ref, position: Count = 0, done: Word = ""
) -> Response[bytes]:
    """Raises `NotAllowed`, `OutOfScope`, `NoReport`, `BadMonth`."""
    house = house_of(request)
    await caught_up(house, position)
    unit = month_reports.reached(house, actor(request), ref)
    return await _shown(request, unit, month, notice=_NOTICES.get(done, ""))


_NOTICES: Final = {
    "saved": mark("Saved."),
    "closed": mark("The month is closed: its figures stay as they are."),
    "reopened": mark("The month is open again. What was closed before is kept."),
    "sent": mark("The report was sent, and is kept as it was sent."),
}


@post("/bao-cao/{ref:str}/{month:str}")
async def save(request: AnyRequest, ref: Ref, month: Ref) -> Response[bytes] | Redirect:
    """Keeps what an organizer adds to the figures."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = asking.unit(ref, *closing.SENDING, units=house.units)
    closing.reporting(house.units, unit)
    month_reports.must_have_begun(house, month)
    try:
        typed: dict[str, object] = {name: form.one(name) for name in TEXTS}
        sent = filled(ReportForm, typed | {"cases": form.all("case")})
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        return await _shown(request, unit, month, status=status, problems=problems, typed=form)
    await house.reports.save_draft(unit.id, month, Draft(**msgspec.structs.asdict(sent)))
    return Redirect(f"/bao-cao/{ref}/{month}?done=saved", status_code=303)


@post("/bao-cao/{ref:str}/{month:str}/khoa")
async def close(request: AnyRequest, ref: Ref, month: Ref) -> Response[bytes] | Redirect:
    """Freezes the figures of the month."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = asking.unit(ref, *closing.CLOSING, units=house.units)
    try:
        sent = filled(CloseForm, {"submission": form.one("submission"), "month": month})
        made = await closing.close(house.ground, asking, unit.id, sent)
    except MENDABLE as refusal:
        return await _mended(request, unit, month, refusal)
    return Redirect(f"/bao-cao/{ref}/{month}?done=closed&position={made.position}", status_code=303)


@post("/bao-cao/{ref:str}/{month:str}/mo-lai")
async def reopen(request: AnyRequest, ref: Ref, month: Ref) -> Response[bytes] | Redirect:
    """Opens the month again, for a reason."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = asking.unit(ref, *closing.CLOSING, units=house.units)
    said = {name: form.one(name) for name in ("submission", "reason", "note")}
    try:
        sent = filled(ReopenForm, said | {"month": month})
        made = await closing.reopen(house.ground, asking, unit.id, sent)
    except MENDABLE as refusal:
        return await _mended(request, unit, month, refusal)
    return Redirect(f"/bao-cao/{ref}/{month}?done=reopened&position={made.position}", status_code=303)


@post("/bao-cao/{ref:str}/{month:str}/gui")
async def send(request: AnyRequest, ref: Ref, month: Ref) -> Response[bytes] | Redirect:
    """Writes the report and sends it to the unit above."""
    house, asking, form = house_of(request), actor(request), await read_form(request)
    unit = asking.unit(ref, *closing.SENDING, units=house.units)
    await limited(request, Kind.NOMINEES)
    try:
        sent = filled(SendForm, {"submission": form.one("submission"), "month": month})
        made = await month_reports.send(house, asking, unit.id, sent)
    except MENDABLE as refusal:
        return await _mended(request, unit, month, refusal)
    return Redirect(f"/bao-cao/{ref}/{month}?done=sent&position={made.position}#sent", status_code=303)


@get("/bao-cao/{ref:str}/{month:str}/tep")
async def file(request: AnyRequest, ref: Ref, month: Ref) -> ASGIResponse:
    """The report as a file: as it would be written now, or as it was sent."""
    unit = month_reports.reached(house_of(request), actor(request), ref)
    query = read_query(request, ReportQuery)
    await limited(request, Kind.NOMINEES)
    return await file_of(request, unit.id, month, query)


async def _mended(request: AnyRequest, unit: Unit, month: str, refusal: Exception) -> Response[bytes]:
    """The page again with what was wrong; where the month itself is none, the refusal alone."""
    if isinstance(refusal, BadMonth | closing.NoReport):
        raise refusal
    if closing.province_of(house_of(request).units, unit) is None:
        raise refusal
    status, problems = problems_of(refusal, lambda path: path if path in ("reason", "note") else "")
    return await _shown(request, unit, month, status=status, problems=problems)


async def _shown(
    request: AnyRequest,
    unit: Unit,
    month: str,
    *,
    status: int = 200,
    notice: str = "",
    problems: Problems | None = None,
    typed: Form | None = None,
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    month_reports.must_have_begun(house, month)
    context = await asyncio.to_thread(_context, house, asking, unit, month, typed)
    return page(
        request,
        "reports/month.html",
        status=status,
        here=f"/bao-cao/{reference(unit)}/{month}",
        notice=translated(notice) if notice else "",
        problems=problems or {},
        submission=new_id(),
        **context,
    )


def _context(house: House, asking: Actor, unit: Unit, month: str, typed: Form | None) -> dict[str, Any]:
    draft = house.reports.draft(unit.id, month)
    content = content_of(house, unit, month, draft, why=Why.BOARD)
    base = f"/bao-cao/{reference(unit)}/{month}"
    province = closing.reporting(house.units, unit, last_day(month))
    over = month < month_of(today(house))
    may_close = content.province and _may_close(house, asking, unit)
    may_send = asking.reaches(unit.id, *closing.SENDING, units=house.units)
    with house.asking() as db:
        known = closed.closings(db, province.id, month)
        latest = closed.latest(db, province.id)
    stands = content.closing is not None
    return {
        "unit": unit,
        "name": content.name,
        "base": base,
        "back": address("/bao-cao", unit=reference(unit)),
        "month": _said(month),
        "neighbours": _neighbours(house, unit, month),
        "content": content,
        "state": state(content),
        "closed": stands,
        "freshness": Freshness(at=content.at, criteria=criteria_by(content.criteria)),
        "closings": [_closing(house, one) for one in known],
        "province": province.name,
        "may_close": may_close and over and not stands,
        "may_reopen": may_close and stands and latest is not None and latest.month == month,
        "reasons": [(one.value, translated(label)) for one, label in REASONS.items()],
        "may_write": may_send,
        "may_send": may_send and (stands or not content.province) and (over or not content.province),
        "to": content.to,
        "later": _later(house, content) if stands else None,
        "texts": {name: typed.one(name) if typed else getattr(draft, name) for name in TEXTS},
        "cases": [(one, one.ref in draft.cases) for one in _cases(house, unit, month, content)],
        "versions": [_version(one, base) for one in month_reports.sent(house, unit.id, month)],
        "basis": basis,
        "files": {kind: address(f"{base}/tep", format=kind) for kind in ("docx", "xlsx")},
        "signed": _signed,
    }


def _may_close(house: House, asking: Actor, unit: Unit) -> bool:
    province = unit.kind.level is Level.PROVINCE
    return province and asking.reaches(unit.id, *closing.CLOSING, units=house.units)


def _neighbours(house: House, unit: Unit, month: str) -> list[Link]:
    """The month before and the one after, as far as they began."""
    after = month_of(last_day(month) + (first_day("2026-02") - last_day("2026-01")))
    before = month_before(month)
    known = [one for one in (before, after) if "2025-01" <= one <= month_of(today(house))]
    return [Link(f"/bao-cao/{reference(unit)}/{one}", _said(one)) for one in known]


def _closing(house: House, one: Closing) -> Closed:
    said = _("Closing %(num)s: %(when)s, ledger position %(position)s", num=one.number, when=moment(one.at),
             position=number(one.position))  # fmt: skip
    reopened, note = "", ""
    if one.reopened_at is not None and one.reason is not None:
        reopened = _("opened again %(when)s: %(reason)s", when=moment(one.reopened_at),
                     reason=translated(REASONS[one.reason]))  # fmt: skip
        note = (
            " ".join(reads.notes(house, one.noted, PersonId(one.noted), Unlogged.OFFICE)) if one.noted else ""
        )
    return Closed(said, reopened, note)


def _later(house: House, content: Content) -> dict[str, Any]:
    """How a closed month would look now: what was recorded since; nothing where nothing was."""
    if content.closing is None:
        return {}
    at, unit = content.closing.position, content.unit.id
    with house.asking() as db:
        now = closed.now(db, content.month, [unit])[unit]
        found = closed.came_later(db, at, [unit]).get(unit, {})
        anew = house.closed_months.anew(db, at, [unit])
        moved = house.closed_months.otherwise_since(db, content.closing, None, unit)
    frozen = next(one for one in content.figures if one.key == "confirmed")
    difference = now.people.total.confirmed - frozen.total
    if not (difference or found or anew):
        return {}
    causes = [
        Cause(label=translated(label), count=found[one]) for one, label in CAUSES.items() if one in found
    ]
    return {
        "difference": difference,
        "now": now.people.total.confirmed,
        "causes": [*causes, *otherwise(moved)],
        "anew": bool(anew),
    }


def _cases(house: House, unit: Unit, month: str, content: Content) -> list[Any]:
    """Those chosen, and those that the figures propose."""
    more = proposed(house, unit, month)
    return list({one.ref: one for one in (*content.cases, *more)}.values())


def _version(one: ReportSent, base: str) -> Version:
    return Version(
        said=_("Version %(num)s, sent %(when)s", num=one.version, when=moment(one.at)),
        about=_("figures closed at position %(position)s", position=number(one.position))
        if one.closed
        else _("figures not closed, at position %(position)s", position=number(one.position)),
        docx=address(f"{base}/tep", format="docx", version=one.version),
        xlsx=address(f"{base}/tep", format="xlsx", version=one.version),
        hashes=f"SHA-256 · DOCX {one.docx[:16]}… · XLSX {one.xlsx[:16]}…",
    )


def _signed(value: int | None) -> str:
    if value is None:
        return "–"
    return f"+{number(value)}" if value > 0 else number(value)


ROUTES: Final = (index, show, save, close, reopen, send, file)
