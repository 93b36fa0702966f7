"""Reminders: who is to be reminded of what today, and the words and the contact when one goes out.

Made once a day by the server (`interfaces/daily.py`), and by `lantoa outbox send`. Everything is asked
again in the moment of sending: whether the report is still missing, whether the unit is still silent,
whether they still hold the role and, where they are volunteers, still agree.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from application.actors import Grant
from application.lookups import COMMUNES
from application.ports import Identity, Unit
from application.reminders import (
    BEFORE_IT_LAPSES,
    Kind,
    Needless,
    Reminder,
    key_of,
    month_due,
    round_of_reports,
    round_of_silence,
)
from domain.calendar import VIETNAM, day_of
from domain.closing import ReportSent
from domain.model import PersonId, Role, Selector, UnitId
from domain.people import Purpose
from domain.territory import UnitKind
from infrastructure.outbox.choosing import sender_of
from infrastructure.outbox.delivery import Delivery
from infrastructure.outbox.senders import Letter
from infrastructure.outgoing import Outgoing
from infrastructure.read_models import accounts, people, weeks
from infrastructure.read_models.accounts import Reach
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web import language
from interfaces.web.reminder_words import words

REPORTING: Final = COMMUNES | {UnitKind.PROVINCE, UnitKind.CITY}
"""Units whose organizers send a report of each month."""

REMINDED: Final = {
    Kind.REPORT_DUE: frozenset({Role.ORGANIZER}),
    Kind.SILENT_UNIT: frozenset({Role.ORGANIZER, Role.TEAM_LEADER}),
    Kind.FORM_WAITS: frozenset({Role.ORGANIZER}),
}

VOLUNTEERS: Final = frozenset({Role.AMBASSADOR, Role.TEAM_LEADER})
"""Who are asked for their consent first; for an organizer it is part of the office."""


def delivery(house: House) -> Delivery:
    """What sends the reminders of a house: by the sender of its settings, and of a simulated movement at
    the console alone, since an invented phone number may be somebody's."""
    outgoing = Outgoing() if house.simulated else house.settings.outgoing
    return Delivery(house.outbox, sender_of(outgoing), composer(house), clock=house.clock)


def make(house: House) -> int:
    """Puts the reminders of today into the outbox; what is there already stays as it is. How many were
    new."""
    today = day_of(house.clock())
    found = [*_of_reports(house, today), *_of_silence(house, today), *_of_forms(house, today)]
    house.outbox.clear()
    return house.outbox.put(found)


def _of_reports(house: House, today: date) -> Iterator[Reminder]:
    number = round_of_reports(today)
    if number is None:
        return
    month, due = month_due(house.clock())
    holders = [
        (person, unit)
        for person, unit in _holders(house, REMINDED[Kind.REPORT_DUE])
        if unit.kind in REPORTING and unit.ended is None
    ]
    reported = reported_of(house, (unit.id for _person, unit in holders), month)
    for person, unit in holders:
        if unit.id not in reported:
            yield _reminder(house, Kind.REPORT_DUE, person, unit, month, due, number)


def _of_silence(house: House, today: date) -> Iterator[Reminder]:
    days = house.settings.outgoing.silent_days
    holders = list(_holders(house, REMINDED[Kind.SILENT_UNIT]))
    with house.asking() as db:
        last = weeks.last_entries(db, list({unit.id for _person, unit in holders}))
    for person, unit in holders:
        entered = last.get(unit.id)
        if entered is None or unit.ended is not None:
            continue  # of a unit that never entered anything nobody can say that it fell silent
        number = round_of_silence((today - entered).days, days)
        if number:
            yield _reminder(house, Kind.SILENT_UNIT, person, unit, entered.isoformat(), None, number)


def _of_forms(house: House, today: date) -> Iterator[Reminder]:
    """Of what connected forms sent: those who organize the unit, or the nearest above it that somebody
    does. Of each week of its own: where something comes day after day, something lapses today, too."""
    goes: list[tuple[Unit, date]] = []
    tomorrow, last = today + _DAY, today + BEFORE_IT_LAPSES
    for monday in sorted({_monday(tomorrow), _monday(last)}):
        goes += forms_that_wait(house, max(monday, tomorrow), min(monday + _WEEK, last + _DAY))
    if not goes:
        return
    held: dict[UnitId, list[tuple[PersonId, Unit]]] = {}
    for person, unit in _holders(house, REMINDED[Kind.FORM_WAITS]):
        held.setdefault(unit.id, []).append((person, unit))
    firsts: dict[tuple[UnitId, date], date] = {}
    for unit, first in goes:
        if over := next((one for one in unit.path if one in held), None):
            week = over, _monday(first)
            firsts[week] = min(firsts.get(week, first), first)
    for (over, monday), first in firsts.items():
        for person, unit in held[over]:
            yield _reminder(house, Kind.FORM_WAITS, person, unit, monday.isoformat(), first, 1)


_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def forms_that_wait(house: House, since: date, before: date) -> list[tuple[Unit, date]]:
    """Units of connected forms of which something lapses from one day on and before another, and when the
    first of it does."""
    goes, found = house.surveys.lapsing(_begin(since), _begin(before)), []
    for one in house.surveys.every() if goes else ():
        unit = _of_today(house, one.unit) if one.id in goes else None
        if unit is not None:
            found.append((unit, day_of(goes[one.id])))
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _reminder(
    house: House, kind: Kind, person: PersonId, unit: Unit, about: str, due: date | None, number: int
) -> Reminder:
    return Reminder(
        key=key_of(kind, person, unit.id, about, number),
        kind=kind,
        person=person,
        unit=unit.id,
        about=about,
        due=due,
        created=house.clock(),
    )


def _holders(house: House, roles: frozenset[Role]) -> Iterator[tuple[PersonId, Unit]]:
    """Whoever may be reminded for a unit over which they hold one of the roles themselves, once each."""
    country = house.units.find("VN")
    if country is None:
        return
    after: PersonId | None = None
    seen: set[tuple[PersonId, UnitId]] = set()
    while True:
        with house.asking() as db:
            page = accounts.accounts(db, [Reach(roles, country.id)], limit=500, after=after)
            known = people.several(db, [one.person for one in page])
        if not page:
            return
        for account in page:
            who = known.get(account.person)
            for grant in account.grants:
                unit = _of_today(house, grant.unit)
                if who is None or unit is None or refused(house, who, account.grants, unit.id, roles):
                    continue
                if (who.id, unit.id) not in seen:
                    seen.add((who.id, unit.id))
                    yield who.id, unit
        after = page[-1].person


def _of_today(house: House, ref: UnitId) -> Unit | None:
    """A unit, or what stands for it where it was merged or split."""
    found = house.units.find(ref)
    if found is None or found.ended is None:
        return found
    return house.units.find(found.path[1]) if len(found.path) > 1 else None


def refused(
    house: House, who: people.Person, grants: Iterable[Grant], unit: UnitId, roles: frozenset[Role]
) -> Needless | None:
    """Why somebody is not to be reminded for a unit; None where they may be."""
    over = [grant for grant in grants if grant.role in roles and grant.covers(None)]
    held = {grant.role for grant in over if (of := _of_today(house, grant.unit)) and of.id == unit}
    if who.erased:
        return Needless.ERASED
    if not held:
        return Needless.NO_ROLE
    if held <= VOLUNTEERS and Purpose.REMINDERS.value not in who.consents:
        return Needless.NO_CONSENT
    return None


def reported_of(house: House, some: Iterable[UnitId], month: str) -> frozenset[UnitId]:
    """Those of these units whose report of a month was sent."""
    tags = [Selector([ReportSent], [f"reports-of:{unit}"]) for unit in sorted(set(some))]
    sent = (one.fact for one in house.ledger.history(tags)) if tags else ()
    return frozenset(fact.unit for fact in sent if isinstance(fact, ReportSent) and fact.month == month)


def composer(house: House) -> Callable[[Reminder], Letter | Needless]:
    def compose(one: Reminder) -> Letter | Needless:
        unit = house.units.find(one.unit)
        with house.asking() as db:
            who = people.one(db, one.person)
            grants = accounts.grants(db, one.person)
        if who is None or unit is None:
            return Needless.NO_ROLE
        if (why := refused(house, who, grants, unit.id, REMINDED[one.kind])) is not None:
            return why
        if one.due is not None and day_of(house.clock()) >= one.due:
            return Needless.LATE
        if not still_due(house, one, unit):
            return Needless.DONE
        known = reads.identities(house, [who.id], Unlogged.REMINDED).get(who.id)
        return Needless.ERASED if known is None else letter(house, one, unit, known)

    return compose


def still_due(house: House, one: Reminder, unit: Unit) -> bool:
    """Whether what it reminds of is still to be done."""
    if one.kind is Kind.REPORT_DUE:
        return unit.id not in reported_of(house, [unit.id], one.about)
    if one.kind is Kind.FORM_WAITS:
        monday = date.fromisoformat(one.about)
        waiting = forms_that_wait(house, monday, monday + _WEEK)
        return any(house.units.is_within(of.id, unit.id) for of, _first in waiting)
    with house.asking() as db:
        entered = weeks.last_entries(db, [unit.id]).get(unit.id)
    return entered is not None and entered.isoformat() == one.about


def letter(house: House, one: Reminder, unit: Unit, known: Identity) -> Letter:
    """No name, no figure of anybody: a message passes through many hands."""
    with language.spoken(language.DEFAULT):
        subject, text = words(house, one, unit)
    return Letter(
        key=one.key,
        kind=one.kind.value,
        subject=f"Lan Tỏa: {subject}",
        text=f"Lan Tỏa: {text}",
        phone=known.phone,
        email=known.email,
    )
