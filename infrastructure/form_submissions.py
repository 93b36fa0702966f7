"""What connected forms sent, for as long as it is kept. What waits is sealed for a term; what nobody mended
or decided on by then lapses: nothing of it is left but that it came, which is told for a year."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Update, delete, func, select, update

from application.surveys.keeping import OPEN, Open, State
from domain.lists import ListId
from infrastructure.connected import submission
from infrastructure.ledger.batch import micros, moment

KEPT: Final = timedelta(days=30)
"""How long a submission waits to be mended or decided on, and one that was recorded is listed."""

TOLD: Final = timedelta(days=365)
"""How long it is told, from the day on which it came, that nobody mended it or decided on it."""

MOST_WAITING: Final = 2_000
"""Of one connection; the oldest lapse to make room."""

MOST_TOLD: Final = 2_000
"""Of one connection; the oldest are told no more."""

_OPEN: Final = [one.value for one in OPEN]


def clear(db: Connection, connection: ListId, now: datetime) -> None:
    """What became old of one form, or too much of it, as something of it comes in."""
    own = submission.c.connection == connection
    lapsed = _clear_old(db, own, now)[0]
    waiting = own & submission.c.state.in_(_OPEN)
    too_many = db.execute(select(func.count()).where(waiting)).scalar_one() - MOST_WAITING
    if too_many > 0:
        oldest = select(submission.c.instance).where(waiting)
        oldest = oldest.order_by(submission.c.received).limit(too_many)
        lapsed += db.execute(_lapses(own & submission.c.instance.in_(oldest))).rowcount
    if lapsed:
        told = select(submission.c.instance).where(own, submission.c.state == State.LAPSED.value)
        older = told.order_by(submission.c.received.desc()).offset(MOST_TOLD)
        db.execute(delete(submission).where(own, submission.c.instance.in_(older.limit(10 * MOST_TOLD))))


def clear_all(db: Connection, now: datetime) -> int:
    """What became old of all forms. How many."""
    return sum(_clear_old(db, submission.c.connection.is_not(None), now))


def aged(db: Connection, now: datetime) -> int:
    """How many are older than they are kept."""
    old = select(func.count()).select_from(submission)
    return db.execute(old.where(_over(now) | _of_no_use(now))).scalar_one()


def waiting(db: Connection) -> Mapping[ListId, Open]:
    """By form; of those of which nothing waits or has lapsed nothing."""
    c = submission.c
    query = select(c.connection, c.state, func.count(), func.min(c.received)).group_by(c.connection, c.state)
    found: dict[ListId, Open] = {}
    for connection, state, many, first in db.execute(query.where(c.state.in_([*_OPEN, State.LAPSED.value]))):
        known = found.get(ListId(connection), Open())
        if state == State.LAPSED.value:
            found[ListId(connection)] = Open(known.waiting, known.first_goes, many)
        else:
            goes = min(filter(None, (known.first_goes, goes_on(moment(first)))))
            found[ListId(connection)] = Open(known.waiting + many, goes, known.lapsed)
    return found


def lapsing(db: Connection, since: datetime, before: datetime) -> Mapping[ListId, datetime]:
    """When the first of what waits lapses within these moments, by form."""
    c = submission.c
    within = (c.received >= micros(since - KEPT)) & (c.received < micros(before - KEPT))
    query = select(c.connection, func.min(c.received)).where(c.state.in_(_OPEN), within)
    found = db.execute(query.group_by(c.connection))
    return {ListId(one): goes_on(moment(first)) for one, first in found}


def goes_on(received: datetime) -> datetime:
    """When what waits lapses."""
    return received + KEPT


def _clear_old(db: Connection, own: ColumnElement[bool], now: datetime) -> tuple[int, int]:
    """How many lapsed, and how many are gone."""
    lapsed = db.execute(_lapses(own & _over(now))).rowcount
    return lapsed, db.execute(delete(submission).where(own, _of_no_use(now))).rowcount


def _lapses(which: ColumnElement[bool]) -> Update:
    return update(submission).where(which).values(state=State.LAPSED.value, sealed=None, person=None)


def _over(now: datetime) -> ColumnElement[bool]:
    return submission.c.state.in_(_OPEN) & (submission.c.received < micros(now - KEPT))


def _of_no_use(now: datetime) -> ColumnElement[bool]:
    lapsed = submission.c.state == State.LAPSED.value
    listed = submission.c.state.not_in([*_OPEN, State.LAPSED.value])
    return (listed & (submission.c.received < micros(now - KEPT))) | (
        lapsed & (submission.c.received < micros(now - TOLD))
    )
