"""Connecting forms, setting what their fields hold, and taking in what they send."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted
from application.forms.surveys import ConnectionForm
from application.identity import cleaned
from application.ids import new_id
from application.ports import Ground
from application.surveys import mapping, payloads
from application.surveys.coming import Coming, Edited, Received
from application.surveys.keeping import Kept, State, Surveys, TooManyVersions
from application.surveys.payloads import Instance
from application.surveys.taking import IMPORTING
from domain.lists import ListId
from domain.model import Refused, Role
from domain.names import clean
from domain.surveys import ConnectForm, DisconnectForm, NoSuchConnection, Source

TOGETHER: Final = 32
"""Rows that wait for the ledger at the same time, so that they share a commit."""

AT_ONCE: Final = 200
"""Submissions that are tried again together, the oldest first."""


class KeyNotKnown(Refused):
    """No form is connected so, or it was not sent with its key: which of them is not said."""


class Connected(msgspec.Struct, frozen=True):
    """`secret` is shown this once; None for a repeated submission, which was shown it already."""

    connection: ListId
    secret: str | None


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


def reached(ground: Ground, surveys: Surveys, actor: Actor, connection: str, *roles: Role) -> Kept:
    """For one of the roles, or of those who bring in. Raises `NotAllowed`, `NoSuchConnection` (also for one
    of another unit)."""
    roles = roles or IMPORTING
    actor.must_hold(*roles)
    found = surveys.find(connection)
    if found is None or not actor.reaches(found.unit, *roles, units=ground.units):
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


DECIDING: Final = (Role.ORGANIZER,)
"""Who looks at an edit beside what stands: at names and phones, which no administrator's role opens."""


class NoSuchEdit(Refused):
    """No edit waits under this id for anybody to decide on it."""


async def try_again(ground: Ground, surveys: Surveys, actor: Actor, connection: str) -> tuple[int, int]:
    """Takes in what waits, with what its fields hold now: how many were recorded, and how many wait
    still. Raises `NotAllowed`, `NoSuchConnection`."""
    kept = reached(ground, surveys, actor, connection)
    recorded = waiting = 0
    for came in surveys.waiting(kept, AT_ONCE):
        done = await Coming(ground, surveys, actor, kept, came).take_in(waited=True)
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
    count: Counter[str] = Counter()
    for start in range(0, len(rows), TOGETHER):
        some: list[Instance] = []
        for row in rows[start : start + TOGETHER]:
            try:
                some.append(payloads.of_row(row))
            except Refused:
                count["unnamed"] += 1
        known = surveys.known(kept, some)
        new = [one for one, stood in zip(some, known, strict=True) if not stood]
        done = await asyncio.gather(*(_row(Coming(ground, surveys, actor, kept, one), one) for one in new))
        for one in done:
            count["waiting" if one.refused is not None else "known" if one.again else "recorded"] += 1
        count["known"] += sum(known)
        progress(len(rows[start : start + TOGETHER]))
    return Brought(count["recorded"], count["known"], count["waiting"], count["unnamed"])


async def _row(coming: Coming, came: Instance) -> Received:
    """Of a row that is one version too many nothing becomes, and the others are taken in."""
    try:
        return await coming.take_in()
    except TooManyVersions:
        return Received(came.instance, State.IGNORED, again=True)


def admitted(surveys: Surveys, source: Source, connection: str, secret: str) -> Kept:
    """The connection that a key opens. Raises `KeyNotKnown`."""
    kept = surveys.by_secret(connection, secret)
    if kept is None or kept.source is not source or kept.ended is not None:
        raise KeyNotKnown
    return kept


async def receive(ground: Ground, surveys: Surveys, keeper: Actor, kept: Kept, body: object) -> Received:
    """What a service sent. A refusal is kept with it, to be mended, and is no fault of whoever sent it.

    Raises `NotASubmission`, `NoInstance`, `TooManyVersions`."""
    came = payloads.of_kobo(body) if kept.source is Source.KOBO else payloads.of_odk(body)
    if came is None:
        await surveys.note(kept, None, State.IGNORED)
        return Received("", State.IGNORED, again=False)
    return await Coming(ground, surveys, keeper, kept, came).take_in()


async def edited(ground: Ground, surveys: Surveys, actor: Actor, connection: str, ref: str) -> Edited:
    """An edit that waits for a decision, beside what stands. Raises `NotAllowed`, `NoSuchConnection`,
    `NoSuchEdit`, and what is wrong with the answers by now."""
    came = _edit(ground, surveys, actor, connection, ref)
    return await came.beside()


async def decide(
    ground: Ground, surveys: Surveys, actor: Actor, connection: str, ref: str, *, follow: bool
) -> None:
    """An organizer has an edit followed, or leaves what stands as it is: it was mended where it stands,
    or is right. Raises what `edited` raises, `DecidedMeanwhile`, and what recording it raises; then it
    waits still."""
    came = _edit(ground, surveys, actor, connection, ref)
    await (came.follow(actor, ref) if follow else came.leave(ref))


def _edit(ground: Ground, surveys: Surveys, actor: Actor, connection: str, ref: str) -> Coming:
    kept = reached(ground, surveys, actor, connection, *DECIDING)
    came = surveys.edit(kept, ref)
    if came is None:
        raise NoSuchEdit
    return Coming(ground, surveys, actor, kept, came)
