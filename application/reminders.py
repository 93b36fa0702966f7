"""Reminders: of whom and of what, when they are sent and tried again, and when they are given up."""

import hashlib
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.calendar import VIETNAM, day_of
from domain.model import PersonId, Refused, UnitId


class Kind(StrEnum):
    REPORT_DUE = "report-due"  # the month's report, before the 20th
    SILENT_UNIT = "silent-unit"  # nothing was entered for days
    FORM_WAITS = "form-waits"  # what a connected form sent waits for somebody, and lapses soon


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # somebody holds the lease
    SENT = "sent"
    GIVEN_UP = "given-up"
    STOPPED = "stopped"  # by somebody, on the page
    NOT_NEEDED = "not-needed"  # what it reminds of was done, or nobody may be reminded any more


class Trouble(StrEnum):
    """Why an attempt came to nothing."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    DROPPED = "dropped"  # the connection ended before the answer: it may have been sent
    TLS = "tls"
    NOT_ADMITTED = "not-admitted"  # the server does not know us: a setting is wrong
    BUSY = "busy"  # the server asks to try again later
    REJECTED = "rejected"  # the server refuses this message for good
    REDIRECTED = "redirected"
    PRIVATE_ADDRESS = "private-address"
    NOT_UNDERSTOOD = "not-understood"
    INTERRUPTED = "interrupted"  # we ended before the outcome was noted: it may have been sent
    NO_CONTACT = "no-contact"  # nothing is known by which this way reaches them
    FAULT = "fault"  # of ours


class Needless(StrEnum):
    """Why a message is not sent after all."""

    DONE = "done"  # the month was reported, somebody entered something
    ERASED = "erased"
    NO_CONSENT = "no-consent"
    LATE = "late"  # the day is over until which it made sense
    NO_ROLE = "no-role"  # they no longer hold the role it was for


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one person. `about` is the month that is not reported (YYYY-MM), the day of the last
    entry (YYYY-MM-DD), or the Monday of the week in which something lapses; `due` the day until which it
    makes sense. No name, no contact."""

    key: str
    kind: Kind
    person: PersonId
    unit: UnitId
    about: str
    due: date | None
    created: datetime


class NoSuchReminder(Refused):
    """There is no such message, or none of one's own units."""


class AlreadySent(Refused):
    """What was sent cannot be stopped or sent anew."""


class BeingSent(Refused):
    """Somebody is sending it just now."""


DUE_DAY: Final = 20
"""Reports of a month are due before the 20th of the next one, as S4 asks for 20/11/2025."""

FIRST_REMINDERS: Final = (12, 17)
"""Days of the month on which it is reminded of them. Ours: no plan names such days."""

BEFORE_IT_LAPSES: Final = timedelta(days=7)
"""It is reminded of what waits so long before the first of it lapses, once for each week of lapsing."""

GIVEN_UP_AFTER: Final = timedelta(days=3)
"""After so long, from the first attempt that was possible, a message is tried no more."""

PAUSES: Final = tuple(timedelta(minutes=one) for one in (1, 2, 4, 8, 16, 32, 64, 128, 256, 360))
"""After each attempt that failed: twice as long as before, six hours at most."""

BEGIN: Final = time(7, 30)
END: Final = time(20, 0)
"""Nobody is woken by a message, in Vietnam."""


def key_of(kind: Kind, person: PersonId, unit: UnitId, about: str, number: int) -> str:
    """The same reminder has the same key for ever, whoever makes it and however often."""
    said = "\n".join((kind.value, person, unit, about, str(number)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def awake(moment: datetime) -> datetime:
    """The same moment, or the next at which messages may be sent."""
    here = moment.astimezone(VIETNAM)
    if here.time() < BEGIN:
        return datetime.combine(here.date(), BEGIN, VIETNAM)
    if here.time() >= END:
        return datetime.combine(here.date() + timedelta(days=1), BEGIN, VIETNAM)
    return moment


def again_at(now: datetime, failed: int, wait: timedelta = timedelta(0)) -> datetime:
    """When to try again after so many failed attempts; `wait` is what the other server asked for."""
    pause = PAUSES[min(failed, len(PAUSES)) - 1]
    return awake(now + max(pause, min(wait, PAUSES[-1])))


def month_due(now: datetime) -> tuple[str, date]:
    """The month whose report is due next, and before which day."""
    today = day_of(now)
    before = today.replace(day=1) - timedelta(days=1)
    return f"{before:%Y-%m}", today.replace(day=DUE_DAY)


def round_of_reports(today: date) -> int | None:
    """The how many-eth reminder of the month's report is to be made on a day; None for none."""
    rounds = [number for number, day in enumerate(FIRST_REMINDERS, 1) if day <= today.day < DUE_DAY]
    return rounds[-1] if rounds else None


def round_of_silence(silent: int, days: int) -> int:
    """A silence is reminded of when it has lasted `days`, and each time as long again."""
    return silent // days
