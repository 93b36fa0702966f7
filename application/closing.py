"""Closing a month of a province, opening it again, sending its report, and the office's own template."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, first_receipt, submitted
from application.forms.closing import CloseForm, ReopenForm, SendForm, TemplateForm
from application.ids import new_id
from application.ports import Beside, Ground, Receipt, Unit, Units
from domain.closing import (
    AdoptTemplate,
    CloseMonth,
    MonthClosed,
    MonthReopened,
    ReopenMonth,
    ReportSent,
    SendReport,
    first_day,
    last_day,
)
from domain.model import PersonId, Position, Refused, ReportId, Role, UnitId
from domain.territory import Level

CLOSING: Final = (Role.ORGANIZER,)
TEMPLATES: Final = (Role.ORGANIZER, Role.ADMINISTRATOR)
SENDING: Final = (Role.ORGANIZER,)
READING: Final = (Role.ORGANIZER, Role.AUDITOR)
REPORTING: Final = (Level.PROVINCE, Level.COMMUNE)


class NotAProvince(Refused):
    """Months are closed for a whole province or city."""


class NoReport(Refused):
    """Communes and provinces report; others do not."""


class BadTemplate(Refused):
    """What was brought cannot serve as a template; `why` names what is wrong, `name` the field."""


class ReportGone(Refused):
    """A sent report names somebody who was erased since: nobody can open it any more."""


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: at `position` the figures of the month stand, or stood until now."""

    unit: UnitId
    month: str
    position: Position
    again: bool


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it was written: the figures' position, which closing of the month they are of (1 is
    the first), if any, and the content hashes of its files."""

    report: ReportId
    position: Position
    closed: int | None
    docx: str
    xlsx: str
    template: str | None
    beside: Beside


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    report: ReportId
    unit: UnitId
    to: UnitId
    month: str
    version: int
    position: Position
    again: bool


def province_of(units: Units, unit: Unit, on: date | None = None) -> Unit | None:
    """The province that a unit lies in (on a day, as far as it stood then); itself for one; None for
    the country."""
    line = units.line(unit.id, on) if on else ()
    above = (units.find(one) for one in line or unit.path)
    return next((one for one in above if one is not None and one.kind.level is Level.PROVINCE), None)


def reporting(units: Units, unit: Unit, on: date | None = None) -> Unit:
    """The province in whose closings a unit's report lies: that of a day, of today if not said. Raises
    `NoReport`."""
    found = province_of(units, unit, on)
    if found is None or unit.kind.level not in REPORTING:
        raise NoReport(field="unit")
    return found


async def close(ground: Ground, actor: Actor, unit: str, form: CloseForm) -> Month:
    """Freezes a month's figures of a province.

    Raises `NotAllowed`, `OutOfScope`, `NotAProvince`, `BadMonth`, `MonthNotOver`, `MonthAlreadyClosed`,
    `LaterMonthClosed`."""

    def plan(_again: bool) -> Plan:
        found = _province(ground, actor, unit)
        first_day(form.month)
        return Plan(CloseMonth(unit=found.id, month=form.month, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, "close", unit))
    return _month(receipt)


async def reopen(ground: Ground, actor: Actor, unit: str, form: ReopenForm) -> Month:
    """Opens the latest closed month again, for a reason; a note is kept in the vault.

    Raises `NotAllowed`, `OutOfScope`, `NotAProvince`, `BadMonth`, `MonthNotClosed`, `LaterMonthClosed`."""

    def plan(_again: bool) -> Plan:
        found = _province(ground, actor, unit)
        noted = ReportId(new_id()) if form.note and form.note.strip() else None
        beside = _noted(ground, noted, (form.note or "").strip()) if noted else None
        decision = ReopenMonth(unit=found.id, month=form.month, reason=form.reason, noted=noted, by=actor.by)
        return Plan(decision, beside)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, "reopen", unit))
    return _month(receipt)


Write = Callable[[Unit], Awaitable[Prepared]]
"""Writes a unit's report: a second's work, and a key of its own."""


async def send(ground: Ground, actor: Actor, unit: str, form: SendForm, write: Write) -> Sent:
    """Sends a month's report to the unit above; its files are kept as they are written. One that was sent
    already is not written again.

    Raises `NotAllowed`, `OutOfScope`, `NoReport`, `BadMonth`, `MonthNotClosed`, `MonthNotOver`, and what
    `write` raises."""
    found = ground.units.find(unit)
    submission = submitted(ground, actor, form, "send", found.id if found else unit)
    before = await first_receipt(ground.ledger, submission)
    if before is not None:
        return _sent(before)
    made = await write(actor.unit(unit, *SENDING, units=ground.units))

    def plan(_again: bool) -> Plan:
        found = actor.unit(unit, *SENDING, units=ground.units)
        province = reporting(ground.units, found, last_day(form.month))
        decision = SendReport(
            report=made.report,
            unit=found.id,
            to=_above(found),
            province=province.id,
            month=form.month,
            position=made.position,
            closed=made.closed,
            docx=made.docx,
            xlsx=made.xlsx,
            template=made.template,
            by=actor.by,
        )
        return Plan(decision, made.beside)

    return _sent(await decided(ground.ledger, plan, submission))


def _sent(receipt: Receipt) -> Sent:
    for fact in receipt.facts:
        if isinstance(fact, ReportSent):
            return Sent(
                report=fact.report,
                unit=fact.unit,
                to=fact.to,
                month=fact.month,
                version=fact.version,
                position=receipt.position,
                again=receipt.again,
            )
    raise AssertionError("what is sent is recorded")


async def adopt(
    ground: Ground, actor: Actor, unit: str, form: TemplateForm, beside: Beside | None = None
) -> Receipt:
    """From now on the reports of a province and its communes are written by another template.

    Raises `NotAllowed`, `OutOfScope`, `NotAProvince`."""

    def plan(_again: bool) -> Plan:
        found = _province(ground, actor, unit, *TEMPLATES)
        return Plan(AdoptTemplate(unit=found.id, content_hash=form.document or None, by=actor.by), beside)

    return await decided(ground.ledger, plan, submitted(ground, actor, form, "template", unit))


def _province(ground: Ground, actor: Actor, unit: str, *roles: Role) -> Unit:
    found = actor.unit(unit, *(roles or CLOSING), units=ground.units)
    if found.kind.level is not Level.PROVINCE or found.ended is not None:
        raise NotAProvince(field="unit")
    return found


def _above(unit: Unit) -> UnitId:
    return unit.path[1] if len(unit.path) > 1 else unit.id


def _noted(ground: Ground, noted: ReportId, note: str) -> Beside:
    """The note under a key of its own: it is about no person in particular."""
    sealing, own = ground.vault.sealing(), PersonId(noted)
    sealing.own_key(own)
    sealing.note(note, subject=noted, person=own)
    return sealing.rows()


def _month(receipt: Receipt) -> Month:
    for fact in receipt.facts:
        if isinstance(fact, MonthClosed | MonthReopened):
            return Month(unit=fact.unit, month=fact.month, position=receipt.position, again=receipt.again)
    raise AssertionError("what closes or opens a month is recorded")
