"""/nhac-viec: reminders that wait, were sent or given up; every attempt, in words; again, or no more."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from application import outbox
from application.actors import Actor
from application.privacy import Why
from application.reminders import GIVEN_UP_AFTER, Kind, Needless, State, Trouble
from domain.model import PersonId, UnitId
from infrastructure.outbox.outbox import Attempt, Queued
from interfaces import reads
from interfaces.house import House
from interfaces.web import reminder_words, words
from interfaces.web.asked import Ref, Word
from interfaces.web.choosing import address
from interfaces.web.filled import MENDABLE, problems_of
from interfaces.web.language import gettext as _
from interfaces.web.language import mark, moment, ngettext, number, translated
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of

ROWS: Final = 30

STATES: Final = {
    State.WAITING: ("wait", mark("Waiting to be sent")),
    State.SENDING: ("wait", mark("Being sent now")),
    State.SENT: ("good", mark("Sent")),
    State.GIVEN_UP: ("bad", mark("Given up")),
    State.STOPPED: ("", mark("Stopped")),
    State.NOT_NEEDED: ("", mark("Not needed any more")),
}

KINDS: Final = {
    Kind.REPORT_DUE: mark("Report of the month"),
    Kind.SILENT_UNIT: mark("Silent unit"),
    Kind.FORM_WAITS: mark("Connected forms"),
}

TROUBLES: Final = {
    Trouble.UNREACHABLE: mark("The server that sends messages cannot be reached."),
    Trouble.TIMEOUT: mark("The server did not answer in time."),
    Trouble.DROPPED: mark("The connection ended before the server answered; it may have been sent."),
    Trouble.TLS: mark("The connection cannot be secured: the server's certificate or its TLS is at fault."),
    Trouble.NOT_ADMITTED: mark(
        "The server does not let Lan Tỏa in: an administrator should check the settings."
    ),
    Trouble.BUSY: mark("The server asked to try again later."),
    Trouble.REJECTED: mark("The server refuses this message: perhaps the number or the address is wrong."),
    Trouble.REDIRECTED: mark("The server points to another address, which is not followed."),
    Trouble.PRIVATE_ADDRESS: mark("The server stands in a private network, which the settings do not allow."),
    Trouble.NOT_UNDERSTOOD: mark("The server's answer could not be understood."),
    Trouble.INTERRUPTED: mark("Lan Tỏa was stopped in the middle; it may have been sent."),
    Trouble.NO_CONTACT: mark("No phone number or address is known by which it could be sent."),
    Trouble.FAULT: mark("Something went wrong on our side."),
}
"""What an attempt came to, in a sentence."""

NEEDLESS: Final = {
    Needless.DONE: mark("It was done meanwhile."),
    Needless.ERASED: mark("The person's data was erased."),
    Needless.NO_CONSENT: mark("They do not agree to reminders."),
    Needless.LATE: mark("The day is over until which it made sense."),
    Needless.NO_ROLE: mark("They no longer hold that role."),
}

SENDERS: Final = {
    "console": mark("No sender is set: reminders are only printed where the server runs."),
    "smtp": mark("Reminders are sent by e-mail."),
    "webhook": mark("Reminders are sent through a gateway (SMS or Zalo)."),
}


class Try(msgspec.Struct, frozen=True):
    when: str
    said: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    title: str
    to: str
    tone: str
    said: str
    why: str
    next: str
    tries: list[Try]
    tried: str
    may_send: bool
    may_stop: bool


@get("/nhac-viec")
async def listed(request: AnyRequest, show: Word = "", before: Word = "", done: Word = "") -> Response[bytes]:
    notice = words.notice(_NOTICES, done)
    return _shown(request, state=show, before=before, notice=notice)


_NOTICES: Final = {
    "gui-lai": mark("It will be sent again in a moment."),
    "dung": mark("It will not be sent any more."),
}


@post("/nhac-viec/{ref:str}/gui-lai")
async def again(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    return await _changed(request, ref, "gui-lai")


@post("/nhac-viec/{ref:str}/dung")
async def stop(request: AnyRequest, ref: Ref) -> Response[bytes] | Redirect:
    return await _changed(request, ref, "dung")


async def _changed(request: AnyRequest, ref: str, what: str) -> Response[bytes] | Redirect:
    house, asking = house_of(request), actor(request)
    await read_form(request)
    change = outbox.stop if what == "dung" else outbox.send_again
    try:
        await change(house.outbox, house.units, asking, ref)
    except MENDABLE as refusal:
        status, problems = problems_of(refusal)
        if status == 404:
            raise
        return _shown(request, status=status, problem="".join(problems.values()))
    return Redirect(f"/nhac-viec?done={what}", status_code=303)


def _shown(
    request: AnyRequest,
    *,
    state: str = "",
    before: str = "",
    status: int = 200,
    notice: str | None = None,
    problem: str = "",
) -> Response[bytes]:
    house, asking = house_of(request), actor(request)
    chosen = [State(state)] if state in set(State) else []

    def within(unit: UnitId) -> bool:
        return asking.reaches(unit, *outbox.SEEING, units=house.units)

    found = house.outbox.queue(within, states=chosen, limit=ROWS + 1, before=before)
    counts = house.outbox.counts(within)
    more = None
    if len(found) > ROWS:
        found = found[:ROWS]
        more = address("/nhac-viec", show=state or None, before=found[-1].reminder.key)
    return page(
        request,
        "outbox/list.html",
        status=status,
        here="/nhac-viec",
        notice=notice,
        problems={"": problem} if problem else {},
        sender=translated(SENDERS[house.settings.outgoing.sender]),
        days=number(house.settings.outgoing.silent_days),
        hours=number(GIVEN_UP_AFTER.days * 24),
        chips=_chips(counts, state),
        rows=_rows(house, asking, found),
        more=more,
    )


def _chips(counts: dict[State, int], chosen: str) -> list[Link]:
    """Each state with how many stand in it; those in which nothing does are left out."""
    all_of_them = _("All")
    every = Link("/nhac-viec", f"{all_of_them} ({number(sum(counts.values()))})", chosen not in set(State))
    return [every] + [
        Link(
            address("/nhac-viec", show=one.value),
            f"{translated(STATES[one][1])} ({number(many)})",
            one.value == chosen,
        )
        for one, many in counts.items()
        if many
    ]


def _rows(house: House, asking: Actor, found: list[Queued]) -> list[Row]:
    tries = house.outbox.attempts([one.reminder.key for one in found])
    names: dict[PersonId, str] = {}
    for unit in dict.fromkeys(one.reminder.unit for one in found):
        some = [one.reminder.person for one in found if one.reminder.unit == unit]
        names |= reads.names(house, list(dict.fromkeys(some)), Why.REMINDERS, unit=unit)
    return [
        _row(house, asking, one, names.get(one.reminder.person, "–"), tries[one.reminder.key])
        for one in found
    ]


def _row(house: House, asking: Actor, one: Queued, name: str, tries: list[Attempt]) -> Row:
    unit = house.units.find(one.reminder.unit)
    subject = reminder_words.words(house, one.reminder, unit)[0] if unit else one.reminder.unit
    tone, said = STATES[one.state]
    may = asking.reaches(one.reminder.unit, *outbox.CHANGING, units=house.units)
    waiting = one.state is State.WAITING
    return Row(
        key=one.reminder.key,
        title=subject,
        to=f"{translated(KINDS[one.reminder.kind])} · {name}",
        tone=tone,
        said=translated(said),
        why=why_of(one),
        next=_(
            "tried again %(when)s, given up after %(until)s", when=moment(one.next), until=moment(one.until)
        )
        if waiting
        else "",
        tries=[Try(moment(each.begun), attempt_said(each)) for each in tries],
        tried=ngettext("%(num)s attempt", "%(num)s attempts", len(tries)) if tries else "",
        may_send=may and one.state in (State.WAITING, State.GIVEN_UP, State.STOPPED),
        may_stop=may and waiting,
    )


def why_of(one: Queued) -> str:
    """What went wrong last, or why it was not needed; empty where there is nothing to say."""
    if one.why is None or one.state in (State.SENT, State.SENDING):
        return ""
    if one.state is State.NOT_NEEDED:
        return translated(NEEDLESS[Needless(one.why)])
    return translated(TROUBLES[Trouble(one.why)])


def attempt_said(one: Attempt) -> str:
    if one.trouble is not None:
        said = translated(TROUBLES[one.trouble])
        return f"{said} ({one.status})" if one.status else said
    return _("Taken over by the server.") if one.ended else _("Being sent now")


ROUTES: Final = (listed, again, stop)
