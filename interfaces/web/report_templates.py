"""/bao-cao/mau: the template by which a province's reports are written, exchanged by the office."""

import asyncio
from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.response.base import ASGIResponse

from application import closing
from application.actors import Actor
from application.closing import BadTemplate, NotAProvince
from application.forms.closing import TemplateForm
from application.ids import new_id
from application.ports import Unit
from domain.closing import month_of
from domain.model import Position
from domain.territory import Level
from infrastructure.exports.report_template import LARGEST, MEDIA_TYPE, BadDocument, own_template
from infrastructure.reports import Draft, content_hash
from interfaces.house import House
from interfaces.web import month_reports
from interfaces.web.asked import Ref, Word
from interfaces.web.choosing import reference
from interfaces.web.exemplary import Case
from interfaces.web.figures import today
from interfaces.web.filled import MENDABLE, Problems, filled, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import moment, number
from interfaces.web.limits import AnyRequest, NothingThere
from interfaces.web.render import page
from interfaces.web.report_files import try_out
from interfaces.web.reporting import Cause, Content, Deed, Figure, GroupRow, MilestoneRow, TargetRow, UnitRow
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.uploads import read_upload


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A template that was brought; `used` where reports are written by it."""

    key: str
    said: str
    about: str
    used: bool
    href: str


@get("/bao-cao/mau/{ref:str}")
async def show(request: AnyRequest, ref: Ref, done: Word = "") -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    unit = _reached(house, asking, ref)
    return _shown(request, unit, notice=_("Saved.") if done else "")


@post("/bao-cao/mau/{ref:str}")
async def bring(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    """A new template, checked and filled in once before it is used; or one brought before."""
    house, asking = house_of(request), actor(request)
    unit = _reached(house, asking, ref)
    await limited(request, Kind.NOMINEES)
    upload = await read_upload(request, LARGEST)
    form = upload.form
    try:
        if "document" in form:
            await _choose(house, asking, unit, form.one("submission"), form.one("document"))
        else:
            await adopt(house, asking, unit, form.one("submission"), upload.content)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal, lambda _path: "template")
        return _shown(request, unit, status=status, problems=problems)
    return Redirect(f"/bao-cao/mau/{ref}?done=1", status_code=303)


@get("/bao-cao/mau/{ref:str}/{key:str}")
async def download(request: AnyRequest, ref: Ref, key: Ref) -> ASGIResponse:
    """A template that was brought, or (`rieng`) the program's own, to begin from."""
    house = house_of(request)
    unit = _reached(house, actor(request), ref)
    content = own_template() if key == "rieng" else house.reports.template(unit.id, key)
    if content is None:
        raise NothingThere
    headers = {"content-disposition": f'attachment; filename="mau-bao-cao-{key[:12]}.docx"'}
    return ASGIResponse(body=content, media_type=MEDIA_TYPE, headers=headers)


async def adopt(house: House, asking: Actor, unit: Unit, submission: str, content: bytes) -> None:
    """Checks a template, fills it in with a sample, and writes by it from now on. Raises `BadTemplate`
    and what `closing.adopt` raises."""
    if not content:
        raise BadTemplate(why="none", field="document")
    try:
        await asyncio.to_thread(try_out, content, sample(house, unit), today(house))
    except BadDocument as bad:
        raise BadTemplate(why=bad.why, name=bad.name, field="document") from None
    form = filled(TemplateForm, {"submission": submission, "document": content_hash(content)})
    await closing.adopt(house.ground, asking, unit.id, form, house.reports.keeping_template(unit.id, content))


async def _choose(house: House, asking: Actor, unit: Unit, submission: str, key: str) -> None:
    if key and house.reports.template(unit.id, key) is None:
        raise NothingThere
    form = filled(TemplateForm, {"submission": submission, "document": key})
    await closing.adopt(house.ground, asking, unit.id, form)


def _reached(house: House, asking: Actor, ref: str) -> Unit:
    """The province. Raises `NotAllowed`, `OutOfScope`, `NotAProvince`."""
    unit = asking.unit(ref, *closing.TEMPLATES, units=house.units)
    if unit.kind.level is not Level.PROVINCE:
        raise NotAProvince(field="unit")
    return unit


def _shown(
    request: AnyRequest,
    unit: Unit,
    *,
    status: int = 200,
    notice: str = "",
    problems: Problems | None = None,
) -> Response[bytes]:
    house = house_of(request)
    base = f"/bao-cao/mau/{reference(unit)}"
    used = month_reports.adopted(house, unit.id)
    return page(
        request,
        "reports/template.html",
        status=status,
        here=base,
        name=unit.name,
        base=base,
        back=f"/bao-cao?unit={reference(unit)}",
        notice=notice,
        problems=problems or {},
        submission=new_id(),
        own=used is None,
        brought=[
            Kept(
                key=one.content_hash,
                said=_("Brought %(when)s", when=moment(one.brought)),
                about=f"{number(one.size // 1024 + 1)} KB · SHA-256 {one.content_hash[:16]}…",
                used=one.content_hash == used,
                href=f"{base}/{one.content_hash}",
            )
            for one in house.reports.templates(unit.id)
        ],
    )


def choosing_ref(unit: Unit) -> str:
    return unit.code or unit.id


def sample(house: House, unit: Unit) -> Content:
    """A report in which nothing is missing, with words that a careless template would break on."""
    day = today(house)
    text = "Nguyễn & Trần <b> “x”\nDòng thứ hai"
    return Content(
        unit=unit,
        name=unit.name,
        to="Bộ Khoa học và Công nghệ",
        province=True,
        month=month_of(day),
        closing=None,
        position=Position(1),
        at=house.clock(),
        criteria="QĐ 1",
        figures=[
            Figure(key=key, label=key, month=2, reported=3, supplement=-1, new=2, total=4)
            for key in ("taught", "confirmed", "able")
        ],
        vendors=1,
        vendors_total=2,
        confirmed_share=0.5,
        groups=[GroupRow(label="Người dân", confirmed=2, able=1)],
        milestones=[MilestoneRow(key="x", label="Chữ ký số", month=1, total=2, confirmed=1)],
        deeds=[Deed(key="class", label="Lớp", month=1, total=2)],
        targets=[_sample_target(day)],
        units=[_sample_unit()],
        before=month_of(day),
        causes=[Cause(label="Phản hồi muộn", count=2)],
        draft=Draft(number="1/BC-UBND", place="Gia Lai", difficulties=text, proposals=text),
        cases=[Case(ref="ambassador:x", kind="Đại sứ số", name=text, unit=unit.name, why="5 người")],
        simulated=True,
    )


def _sample_target(day: date) -> TargetRow:
    return TargetRow(
        label="Kỹ năng số",
        then="Bình Định",
        asked="≥ 80%",
        source="KH 1",
        source_short="KH 1",
        counted=False,
        actual=10,
        as_of=day,
        document="1/BC",
        whole=20,
        share=0.5,
        followed=True,
    )


def _sample_unit() -> UnitRow:
    return UnitRow(
        code="00001",
        name="Xã A",
        taught=3,
        confirmed=2,
        able=1,
        total_confirmed=4,
        total_able=2,
        ambassadors=1,
        families=1,
        markets=0,
        vendors=0,
        teams=1,
        members=3,
        classes=1,
        milestones=(6, 5, 4, 3, 2, 1),
        statuses=(2, 1, 0),
    )


ROUTES: Final = (show, bring, download)
