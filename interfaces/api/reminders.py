"""Reminders: what waits, was sent or given up, with every attempt; again, or no more."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post

from application import outbox
from application.reminders import Kind, NoSuchReminder, State, Trouble
from domain.model import PersonId, UnitId
from infrastructure.outbox.outbox import Attempt, Queued
from interfaces.api.speaking import API, Json, Limit, UnitRef, identifier, said
from interfaces.house import House
from interfaces.web.boundaries import unit_reached
from interfaces.web.limits import AnyRequest, read_json, read_query
from interfaces.web.session import actor, house_of


class RemindersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a unit and all below it, or of all that whoever asks sees; `before` is the `before` of the page
    before."""

    unit: UnitRef | None = None
    state: State | None = None
    limit: Limit = 50
    before: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[0-9a-f]*(?![\s\S])")] = ""


class NothingForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing is said beside the address."""


class AttemptOut(msgspec.Struct, frozen=True, kw_only=True):
    """`ended` is null where nobody lived to note the outcome; `trouble` where it was sent; `status` is
    what the other server answered."""

    number: int
    begun: datetime
    ended: datetime | None
    sender: str
    trouble: Trouble | None
    status: int | None


class ReminderOut(msgspec.Struct, frozen=True, kw_only=True):
    """`reminder` is its key, the same for every attempt; `about` the month (YYYY-MM) that is not
    reported, or the day (YYYY-MM-DD) of the last entry. `why` says what went wrong last, or why it was
    not needed; `next` is when it is tried again, `until` when it is given up."""

    reminder: str
    kind: Kind
    person: PersonId
    unit: UnitId
    about: str
    state: State
    why: str | None
    created: datetime
    next: datetime | None
    until: datetime
    settled: datetime | None
    attempts: list[AttemptOut]


class RemindersOut(msgspec.Struct, frozen=True, kw_only=True):
    sender: str
    rows: list[ReminderOut]
    before: str | None


@get(
    f"{API}/reminders",
    asks=RemindersQuery,
    gives={200: RemindersOut},
    summary="Reminders of a unit and below it, the latest first, with every attempt",
)
async def show(request: AnyRequest) -> Json:
    house, query, asking = house_of(request), read_query(request, RemindersQuery), actor(request)
    over = None if query.unit is None else unit_reached(house, asking, query.unit, *outbox.SEEING)

    def within(unit: UnitId) -> bool:
        if over is None:
            return asking.reaches(unit, *outbox.SEEING, units=house.units)
        return house.units.is_within(unit, over.id)

    states = [query.state] if query.state else []
    found = house.outbox.queue(within, states=states, limit=query.limit + 1, before=query.before)
    rows = _rows(house, found[: query.limit])
    more = rows[-1].reminder if len(found) > query.limit else None
    return said(RemindersOut(sender=house.settings.outgoing.sender, rows=rows, before=more))


@post(
    f"{API}/reminders/{{reminder:str}}/again",
    takes=NothingForm,
    gives={200: ReminderOut},
    summary="Sends a reminder anew that waits, was given up or stopped",
)
async def again(request: AnyRequest) -> Json:
    await read_json(request, NothingForm)
    house, key = house_of(request), identifier(request.path_params["reminder"])
    await outbox.send_again(house.outbox, house.units, actor(request), key)
    return said(_one(house, key))


@post(
    f"{API}/reminders/{{reminder:str}}/stop",
    takes=NothingForm,
    gives={200: ReminderOut},
    summary="Sends a reminder no more",
)
async def stop(request: AnyRequest) -> Json:
    await read_json(request, NothingForm)
    house, key = house_of(request), identifier(request.path_params["reminder"])
    await outbox.stop(house.outbox, house.units, actor(request), key)
    return said(_one(house, key))


def _one(house: House, key: str) -> ReminderOut:
    found = house.outbox.find(key)
    if found is None:
        raise NoSuchReminder
    return _rows(house, [found])[0]


def _rows(house: House, found: list[Queued]) -> list[ReminderOut]:
    tries = house.outbox.attempts([one.reminder.key for one in found])
    return [
        ReminderOut(
            reminder=one.reminder.key,
            kind=one.reminder.kind,
            person=one.reminder.person,
            unit=one.reminder.unit,
            about=one.reminder.about,
            state=one.state,
            why=one.why,
            created=one.reminder.created,
            next=one.next if one.state is State.WAITING else None,
            until=one.until,
            settled=one.settled,
            attempts=[_attempt(each) for each in tries[one.reminder.key]],
        )
        for one in found
    ]


def _attempt(one: Attempt) -> AttemptOut:
    return AttemptOut(
        number=one.number,
        begun=one.begun,
        ended=one.ended,
        sender=one.sender,
        trouble=one.trouble,
        status=one.status,
    )
