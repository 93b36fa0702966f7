"""Reports as they are written and sent, for pages, API and commands alike."""

import asyncio
from typing import Annotated, Final, Literal

import msgspec
from litestar.response.base import ASGIResponse

from application import closing
from application.actors import Actor
from application.closing import BadTemplate, Prepared, ReportGone, Sent
from application.forms.closing import SendForm
from application.ports import Unavailable, Unit
from application.privacy import Why
from domain.closing import (
    FIRST_YEAR,
    BadMonth,
    ReportSent,
    ReportTemplateAdopted,
    first_day,
    last_day,
    month_before,
    month_of,
)
from domain.model import ReportId, Selector, UnitId
from infrastructure.exports import as_xlsx, report_template
from infrastructure.exports.report_template import BadDocument
from infrastructure.read_models import closed
from infrastructure.reports import Files, Kind, content_hash
from infrastructure.vault.vault import NobodySealed
from interfaces import reads
from interfaces.house import House
from interfaces.web.boundaries import unit_over
from interfaces.web.choosing import reference
from interfaces.web.figures import today
from interfaces.web.limits import AnyRequest, NothingThere
from interfaces.web.reading import caught_up
from interfaces.web.report_files import files, in_vietnamese
from interfaces.web.reporting import Content
from interfaces.web.session import actor, house_of

MEDIA: Final = {"docx": report_template.MEDIA_TYPE, "xlsx": as_xlsx.MEDIA_TYPE}


class ReportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`version` asks for a report as it was sent; without it, as it would be written now."""

    format: Literal["docx", "xlsx"] = "docx"
    version: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None


class Written(msgspec.Struct, frozen=True):
    """A report as it would be sent now; `template` is the content hash of an office's own."""

    content: Content
    files: Files
    template: str | None


def reached(house: House, asking: Actor, ref: str) -> Unit:
    """The unit whose reports somebody may read. Raises `NotAllowed`, `OutOfScope`."""
    return unit_over(house, asking, ref, None, *closing.READING)


def must_have_begun(house: House, month: str) -> None:
    """Raises `BadMonth`."""
    if first_day(month) > today(house):
        raise BadMonth(field="month", why="to-come")


def written(house: House, unit: Unit, month: str) -> Written:
    """Both files of a month, by the province's own template where it has one. Takes about a second.

    Raises `NoReport`, `BadMonth`, `BadTemplate`, and `Unavailable` where the machine is too busy."""
    must_have_begun(house, month)
    draft = house.reports.draft(unit.id, month)
    content = in_vietnamese(house, unit, month, draft, why=Why.EXPORT)
    province = closing.reporting(house.units, unit, last_day(month))
    key = adopted(house, province.id)
    template = house.reports.template(province.id, key) if key else None
    try:
        return Written(content, files(house, content, template), key if template else None)
    except BadDocument as bad:
        if bad.why == "slow":  # it was filled in when it was brought: the machine is at fault, not the file
            raise Unavailable(bad.why) from None
        raise BadTemplate(why=bad.why, name=bad.name) from None


async def send(house: House, asking: Actor, ref: str, form: SendForm) -> Sent:
    """Writes the report of a month and sends it to the unit above. Raises what `written` and
    `closing.send` raise."""

    async def write(unit: Unit) -> Prepared:
        await caught_up(house, house.ledger.head())  # perhaps whoever asks closed the month a moment ago
        for _ in range(2):
            prepared = await _prepared(house, unit, form.month)
            if prepared is not None:
                return prepared
        raise Unavailable("people of the report are being erased")

    return await closing.send(house.ground, asking, ref, form, write)


async def _prepared(house: House, unit: Unit, month: str) -> Prepared | None:
    """None where somebody it names was erased while it was being written."""
    made = await asyncio.to_thread(written, house, unit, month)
    report = await house.reports.new_report()
    try:
        beside = house.reports.keeping(report, made.files, made.content.named)
    except NobodySealed:
        return None
    return Prepared(
        report=report,
        position=made.content.position,
        closed=made.content.closing.number if made.content.closing else None,
        docx=content_hash(made.files.docx),
        xlsx=content_hash(made.files.xlsx),
        template=made.template,
        beside=beside,
    )


def sent(house: House, unit: UnitId, month: str | None = None) -> list[ReportSent]:
    """What a unit sent, the first first."""
    found = house.ledger.history([Selector([ReportSent], [f"reports-of:{unit}"])])
    return [one.fact for one in found if isinstance(one.fact, ReportSent) and month in (None, one.fact.month)]


def sent_by(house: House, units: list[UnitId], month: str) -> dict[UnitId, ReportSent]:
    """The latest report of a month of each of these units that sent one."""
    if not units:
        return {}
    found = house.ledger.history([Selector([ReportSent], [f"reports-of:{one}"]) for one in units])
    return {
        one.fact.unit: one.fact
        for one in found
        if isinstance(one.fact, ReportSent) and one.fact.month == month
    }


def as_sent(house: House, unit: Unit, month: str, version: int, kind: Kind) -> bytes:
    """The very bytes that were sent. Raises `NothingThere`, `ReportGone`."""
    known = next((one for one in sent(house, unit.id, month) if one.version == version), None)
    if known is None:
        raise NothingThere
    found = house.reports.file(ReportId(known.report), kind)
    if found is None:
        raise ReportGone
    content, named = found
    reads.others(named, Why.EXPORT, unit.id)
    return content


def adopted(house: House, province: UnitId) -> str | None:
    """The content hash of the template that a province writes by."""
    found = house.ledger.history([Selector([ReportTemplateAdopted], [f"report-template:{province}"])])
    facts = [one.fact for one in found if isinstance(one.fact, ReportTemplateAdopted)]
    return facts[-1].content_hash if facts else None


def file_name(unit: Unit, month: str, kind: str, version: int | None) -> str:
    name = reference(unit).replace(":", "-")
    return f"bao-cao-{name}-{month}{f'-lan-{version}' if version else ''}.{kind}"


def months(house: House, unit: Unit, most: int = 12) -> list[str]:
    """The latest months, the running one first: since anything was recorded or closed in the unit's
    province (in the country, of the country), and the one before this in any case."""
    over = closing.province_of(house.units, unit) or unit
    with house.asking() as db:
        known = [one.month for one in closed.closings(db, over.id)]
        if recorded := closed.first_month(db, over.id):
            known.append(recorded)
    found = [month_of(today(house))]
    since = max(f"{FIRST_YEAR}-01", min([month_before(found[0]), *known]))
    while len(found) < most and found[-1] > since:
        found.append(month_before(found[-1]))
    return found


async def file_of(request: AnyRequest, unit: UnitId, month: str, query: ReportQuery) -> ASGIResponse:
    """The file, written or as sent. Raises `NoReport`, `BadMonth`, `BadTemplate`, `NothingThere`,
    `ReportGone`."""
    house = house_of(request)
    of = reached(house, actor(request), unit)
    first_day(month)
    if query.version is not None:
        content = await asyncio.to_thread(as_sent, house, of, month, query.version, query.format)
    else:
        made = await asyncio.to_thread(written, house, of, month)
        content = made.files.docx if query.format == "docx" else made.files.xlsx
    name = file_name(of, month, query.format, query.version)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return ASGIResponse(body=content, media_type=MEDIA[query.format], headers=headers)
