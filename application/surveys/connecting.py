"""Connecting forms, setting what their fields hold, and taking in what they send."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted
from application.forms import ConnectionForm
from application.identity import cleaned
from application.ids import new_id
from application.ports import Beside, Ground
from application.surveys import mapping, payloads
from application.surveys.payloads import Instance
from application.surveys.taking import IMPORTING, Connection, take
from domain.lists import ListId
from domain.model import PersonId, Refused, UnitId
from domain.names import clean
from domain.surveys import ConnectForm, DisconnectForm, NoSuchConnection, Source, Tells

TOGETHER: Final = 32
"""Rows that wait for the ledger at the same time, so that they share a commit."""

AT_ONCE: Final = 200
"""Submissions that are tried again together, the oldest first."""


class KeyNotKnown(Refused):
    """No form is connected so, or it was not sent with its key: which of them is not said."""


class State(StrEnum):
    RECORDED = "recorded"
    WAITING = "waiting"  # for what is wrong to be mended; kept sealed until then
    IGNORED = "ignored"  # an event that tells nothing new


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A connected form. `columns` is what an organizer set, `fields` the paths that came so far,
    `keeper` the organizer in whose name it is taken in; `ended` once it is disconnected."""

    id: ListId
    unit: UnitId
    source: Source
    tells: Tells
    name: str
    keeper: PersonId
    columns: dict[str, str]
    fields: tuple[str, ...]
    created: datetime
    seen: datetime | None
    ended: datetime | None


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that came in. `problem` is the name of a refusal with its details, no personal
    data, while it waits."""

    id: str
    received: datetime
    state: State
    problem: str | None
    details: dict[str, str | int]


class Surveys(Protocol):
    """The keeper of connections and of what came in by them."""

    def connecting(self, kept: Kept) -> tuple[str, Beside]:
        """A new secret (256 bits) and the connection's row, for the decision's own transaction."""
        ...

    def disconnecting(self, connection: ListId) -> Beside: ...

    def find(self, connection: str) -> Kept | None: ...

    def every(self) -> Sequence[Kept]:
        """All there are or were, the latest first: a country has some hundreds."""
        ...

    def by_secret(self, connection: str, secret: str) -> Kept | None:
        """Compared in constant time, also where there is no such connection."""
        ...

    async def set_columns(self, connection: ListId, columns: Mapping[str, str], keeper: PersonId) -> None: ...

    async def note(
        self, kept: Kept, came: Instance | None, state: State, refused: Refused | None = None
    ) -> None:
        """What became of an instance; what waits is sealed under its keeper's key."""
        ...

    def recorded(self, kept: Kept, instances: Sequence[str]) -> frozenset[str]:
        """Those of these instances that are noted as recorded; the ledger knows the older ones."""
        ...

    def came(self, connection: ListId, limit: int) -> Sequence[Came]:
        """The latest first."""
        ...

    def waiting(self, kept: Kept, limit: int) -> Sequence[Instance]:
        """The oldest first; one that can no longer be opened is left out."""
        ...


class Connected(msgspec.Struct, frozen=True):
    """`secret` is shown this once; None for a repeated submission, which was shown it already."""

    connection: ListId
    secret: str | None


class Received(msgspec.Struct, frozen=True):
    """`refused` is why it waits."""

    instance: str
    state: State
    again: bool
    refused: Refused | None = None


async def connect(
    ground: Ground, surveys: Surveys, actor: Actor, form: ConnectionForm, now: datetime
) -> Connected:
    """Raises `NotAllowed`, `OutOfScope`, `BadName`."""
    secrets: dict[ListId, str] = {}

    def plan(_again: bool) -> Plan:
        unit = actor.unit(form.unit, *IMPORTING, units=ground.units)
        connection = ListId(new_id())
        kept = Kept(
            id=connection,
            unit=unit.id,
            source=form.source,
            tells=form.tells,
            name=cleaned("name", clean, form.name),
            keeper=actor.person,
            columns={},
            fields=(),
            created=now,
            seen=None,
            ended=None,
        )
        secret, rows = surveys.connecting(kept)
        secrets.clear()
        secrets[connection] = secret
        decision = ConnectForm(
            connection=connection, unit=unit.id, source=form.source, tells=form.tells, by=actor.by
        )
        return Plan(decision, rows)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    connection = next(fact.connection for fact in receipt.facts)  # type: ignore[attr-defined]
    return Connected(connection, None if receipt.again else secrets[connection])


def reached(ground: Ground, surveys: Surveys, actor: Actor, connection: str) -> Kept:
    """Raises `NotAllowed`, `NoSuchConnection` (also for one of another unit)."""
    actor.must_hold(*IMPORTING)
    found = surveys.find(connection)
    if found is None or not actor.reaches(found.unit, *IMPORTING, units=ground.units):
        raise NoSuchConnection
    return found


async def disconnect(ground: Ground, surveys: Surveys, actor: Actor, connection: str) -> None:
    """Raises `NotAllowed`, `NoSuchConnection`."""
    kept = reached(ground, surveys, actor, connection)
    decision = DisconnectForm(connection=kept.id, by=actor.by)
    await decided(ground.ledger, lambda _: Plan(decision, surveys.disconnecting(kept.id)))


async def set_columns(
    ground: Ground, surveys: Surveys, actor: Actor, connection: str, chosen: Mapping[str, str]
) -> None:
    """What each field holds; from now on it is taken in in the name of the actor. What is no field of
    the form, or holds nothing that it could, is left out. Raises `NotAllowed`, `NoSuchConnection`."""
    kept = reached(ground, surveys, actor, connection)
    keys = {one.key for one in mapping.KEYS[kept.tells]} | {""}
    columns = {path: key for path, key in chosen.items() if path in kept.fields and key in keys}
    await surveys.set_columns(kept.id, columns, actor.person)


async def try_again(ground: Ground, surveys: Surveys, actor: Actor, connection: str) -> tuple[int, int]:
    """Takes in what waits, with what its fields hold now: how many were recorded, and how many wait
    still. Raises `NotAllowed`, `NoSuchConnection`."""
    kept = reached(ground, surveys, actor, connection)
    recorded = waiting = 0
    for came in surveys.waiting(kept, AT_ONCE):
        done = await _take_in(ground, surveys, actor, kept, came)
        if done.refused is None:
            recorded += 1
        else:
            waiting += 1
    return recorded, waiting


class Brought(msgspec.Struct, frozen=True):
    """Of the rows of an export: recorded now, known before, kept until something is mended, and those
    that name no instance."""

    recorded: int
    known: int
    waiting: int
    unnamed: int


async def bring_in(
    ground: Ground,
    surveys: Surveys,
    actor: Actor,
    connection: str,
    rows: Sequence[Mapping[str, str]],
    progress: Callable[[int], None] = lambda _more: None,
) -> Brought:
    """The rows of a CSV export of the form, as if they had come by its webhook.

    Raises `NotAllowed`, `NoSuchConnection`."""
    kept = reached(ground, surveys, actor, connection)
    recorded = known = waiting = unnamed = 0
    for start in range(0, len(rows), TOGETHER):
        some: list[Instance] = []
        for row in rows[start : start + TOGETHER]:
            try:
                some.append(payloads.of_row(row))
            except Refused:
                unnamed += 1
        stood = surveys.recorded(kept, [one.instance for one in some])
        known += sum(one.instance in stood for one in some)
        new = [one for one in some if one.instance not in stood]
        done = await asyncio.gather(*(_take_in(ground, surveys, actor, kept, one) for one in new))
        waiting += sum(one.refused is not None for one in done)
        known += sum(one.again for one in done)
        recorded += sum(one.refused is None and not one.again for one in done)
        progress(len(rows[start : start + TOGETHER]))
    return Brought(recorded, known, waiting, unnamed)


def admitted(surveys: Surveys, source: Source, connection: str, secret: str) -> Kept:
    """The connection that a key opens. Raises `KeyNotKnown`."""
    kept = surveys.by_secret(connection, secret)
    if kept is None or kept.source is not source or kept.ended is not None:
        raise KeyNotKnown
    return kept


async def receive(ground: Ground, surveys: Surveys, keeper: Actor, kept: Kept, body: object) -> Received:
    """What a service sent. A refusal is kept with it, to be mended, and is no fault of whoever sent it.

    Raises `NotASubmission`, `NoInstance`."""
    came = payloads.of_kobo(body) if kept.source is Source.KOBO else payloads.of_odk(body)
    if came is None:
        await surveys.note(kept, None, State.IGNORED)
        return Received("", State.IGNORED, again=False)
    if surveys.recorded(kept, [came.instance]):
        return Received(came.instance, State.RECORDED, again=True)
    return await _take_in(ground, surveys, keeper, kept, came)


async def _take_in(ground: Ground, surveys: Surveys, keeper: Actor, kept: Kept, came: Instance) -> Received:
    connection = Connection(id=kept.id, unit=kept.unit, tells=kept.tells, columns=kept.columns)
    try:
        news = await take(ground, keeper, connection, came)
    except Refused as refused:
        await surveys.note(kept, came, State.WAITING, refused)
        return Received(came.instance, State.WAITING, again=False, refused=refused)
    await surveys.note(kept, came, State.RECORDED)
    return Received(came.instance, State.RECORDED, again=not news)
