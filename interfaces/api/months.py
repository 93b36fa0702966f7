"""Closing a month, opening it again, and its report."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from application import closing
from application.forms.closing import CloseForm, MonthForm, ReopenForm, ReopeningForm, SendForm
from domain.closing import ReopenReason, last_day
from domain.model import Position, ReportId, UnitId
from infrastructure.read_models import closed
from infrastructure.read_models.columns import age
from interfaces.api.speaking import API, Json, WaitQuery, recorded, said
from interfaces.web import month_reports
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.month_reports import ReportQuery, file_of
from interfaces.web.reading import caught_up
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited

_AT: Final = f"{API}/months/{{unit:str}}/{{month:str}}"


class MonthOut(msgspec.Struct, frozen=True, kw_only=True):
    unit: UnitId
    month: str
    position: Position


class SentOut(msgspec.Struct, frozen=True, kw_only=True):
    """`version` counts the reports that the unit sent of the month. Hashes are SHA-256."""

    report: ReportId
    unit: UnitId
    to: UnitId
    month: str
    version: int
    position: Position


class ClosingOut(msgspec.Struct, frozen=True, kw_only=True):
    """The figures are those of everything before `position`. `reopened_at` is null while it stands."""

    number: int
    position: Position
    at: datetime
    reopened_at: datetime | None
    reason: ReopenReason | None


class VersionOut(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    at: datetime
    to: UnitId
    closed: bool
    docx: str
    xlsx: str


class MonthStateOut(msgspec.Struct, frozen=True, kw_only=True):
    """A month of a unit: whether its province closed it, how often, and what was sent."""

    unit: UnitId
    province: UnitId
    month: str
    closed: bool
    closings: list[ClosingOut]
    sent: list[VersionOut]
    position: Position
    at: datetime | None


@get(
    _AT,
    asks=WaitQuery,
    gives={200: MonthStateOut},
    summary="Whether a month is closed, every closing of it, and the reports that were sent",
)
async def show(request: AnyRequest, unit: FromPath[str], month: FromPath[str]) -> Json:
    house, query = house_of(request), read_query(request, WaitQuery)
    await caught_up(house, query.position)
    of = month_reports.reached(house, actor(request), unit)
    province = closing.reporting(house.units, of, last_day(month))
    with house.asking() as db:
        known, now = closed.closings(db, province.id, month), age(db)
    return said(
        MonthStateOut(
            unit=of.id,
            province=province.id,
            month=month,
            closed=any(one.reopened is None for one in known),
            closings=[
                ClosingOut(
                    number=one.number,
                    position=one.position,
                    at=one.at,
                    reopened_at=one.reopened_at,
                    reason=one.reason,
                )
                for one in known
            ],
            sent=[
                VersionOut(
                    version=one.version, at=one.at, to=one.to, closed=one.closed, docx=one.docx, xlsx=one.xlsx
                )
                for one in month_reports.sent(house, of.id, month)
            ],
            position=now.position,
            at=now.at,
        )
    )


@post(
    f"{_AT}/close",
    takes=MonthForm,
    gives={201: MonthOut, 200: MonthOut},
    summary="Closes a month of a province: its figures are frozen as they stand",
)
async def close(request: AnyRequest, unit: FromPath[str], month: FromPath[str]) -> Json:
    form, house = await read_json(request, MonthForm), house_of(request)
    sent = CloseForm(submission=form.submission, month=month[:10])
    done = await closing.close(house.ground, actor(request), unit, sent)
    return recorded(MonthOut(unit=done.unit, month=done.month, position=done.position), again=done.again)


@post(
    f"{_AT}/reopen",
    takes=ReopeningForm,
    gives={201: MonthOut, 200: MonthOut},
    summary="Opens the latest closed month of a province again, for a reason; what was frozen is kept",
)
async def reopen(request: AnyRequest, unit: FromPath[str], month: FromPath[str]) -> Json:
    form, house = await read_json(request, ReopeningForm), house_of(request)
    sent = ReopenForm(submission=form.submission, month=month[:10], reason=form.reason, note=form.note)
    done = await closing.reopen(house.ground, actor(request), unit, sent)
    return recorded(MonthOut(unit=done.unit, month=done.month, position=done.position), again=done.again)


@post(
    f"{_AT}/send",
    takes=MonthForm,
    gives={201: SentOut, 200: SentOut},
    summary="Sends a month's report to the unit above; its files are kept as they are",
)
async def send(request: AnyRequest, unit: FromPath[str], month: FromPath[str]) -> Json:
    form, house = await read_json(request, MonthForm), house_of(request)
    await limited(request, Kind.NOMINEES)
    asked = SendForm(submission=form.submission, month=month[:10])
    done = await month_reports.send(house, actor(request), unit, asked)
    return recorded(
        SentOut(
            report=done.report,
            unit=done.unit,
            to=done.to,
            month=done.month,
            version=done.version,
            position=done.position,
        ),
        again=done.again,
    )


@get(
    f"{_AT}/report",
    asks=ReportQuery,
    gives={200: (month_reports.MEDIA["docx"], month_reports.MEDIA["xlsx"])},
    summary="A month's report as DOCX or XLSX: as it was sent, or as it would be written now",
)
async def report(request: AnyRequest, unit: FromPath[str], month: FromPath[str]) -> ASGIResponse:
    house, query = house_of(request), read_query(request, ReportQuery)
    of = month_reports.reached(house, actor(request), unit)
    await limited(request, Kind.NOMINEES)
    return await file_of(request, of.id, month, query)
