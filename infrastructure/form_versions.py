"""Which versions there are of what a form sent, which of them is the newest, and what became of each.

They are known by keyed hashes of their instance ids, for as long as their form is connected: an edit may come
years after what it edits, or before it. Versions that turn out to be of one submission become one group.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from application.surveys.keeping import TooManyVersions
from domain.lists import ListId
from infrastructure.connected import submission, version

MOST: Final = 500
"""Versions of one submission, its numbers among them."""


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The keyed hashes of what a submission says of itself. `root` is its own where it says of no other,
    and `rooted` whether it says so; `whole`: it would say what it replaces."""

    own: bytes
    root: bytes
    before: bytes | None
    number: bytes | None
    edits: int | None
    rooted: bool
    whole: bool

    @property
    def by_number(self) -> bool:
        """Whether nothing else can say that it is an edit."""
        return self.root == self.own and self.before is None and not self.rooted


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """All versions of one submission as they are known now: `instance` names it, `newest` the version that
    holds, `told` under which names answers of its versions were recorded, by version, the newest last."""

    instance: bytes
    newest: bytes
    done: frozenset[bytes]
    told: dict[bytes, bytes]


def place(db: Connection, connection: ListId, names: Names, now: int) -> Group:
    """Notes a version that came, with those it belongs to. Raises `TooManyVersions`."""
    rows = _related(db, connection, names)
    instance = _instance(names, rows)
    group = _of(db, connection, {instance, *(bytes(row.instance) for row in rows)})
    if all(bytes(row.name) != names.own for row in group):
        if len(group) >= MOST:
            raise TooManyVersions(limit=MOST)
        db.execute(insert(version).values(_row(connection, names, instance, _depth(names, group), now)))
    if names.number and len(group) < MOST and all(bytes(row.name) != names.number for row in group):
        _number(db, connection, names.number, instance, now)
    _join(db, connection, instance, group)
    return known(db, connection, instance)


def known(db: Connection, connection: ListId, instance: bytes) -> Group:
    rows = [row for row in _of(db, connection, [instance]) if row.depth is not None]
    newest = _newest(rows)
    rows.sort(key=lambda row: (bytes(row.name) == newest, row.depth, row.came, bytes(row.name)))
    return Group(
        instance=instance,
        newest=newest,
        done=frozenset(bytes(row.name) for row in rows if row.done),
        told={bytes(row.name): bytes(row.told) for row in rows if row.told is not None},
    )


def note(db: Connection, connection: ListId, name: bytes, told: bytes | None) -> None:
    """What a version says was recorded under a name, or is not needed any more."""
    one = (version.c.connection == connection) & (version.c.name == name)
    db.execute(update(version).where(one).values(done=True, told=told))


def withdrawn(db: Connection, connection: ListId, instance: bytes, told: Iterable[bytes]) -> None:
    """What was recorded of a submission under these names stands no more."""
    own = (version.c.connection == connection) & (version.c.instance == instance)
    db.execute(update(version).where(own, version.c.told.in_(list(told))).values(told=None))


def find(db: Connection, connection: ListId, names: Names) -> Group | None:
    """Those that a version belongs to, without noting that it came."""
    rows = _related(db, connection, names)
    return known(db, connection, bytes(rows[0].instance)) if rows else None


def done(db: Connection, connection: ListId, names: Iterable[bytes]) -> list[bytes]:
    """Those of these versions of which nothing is to be done any more."""
    query = select(version.c.name).where(
        version.c.connection == connection, version.c.name.in_(list(names)), version.c.done
    )
    return [bytes(one) for one in db.execute(query).scalars()]


def _related(db: Connection, connection: ListId, names: Names) -> Sequence[Row[Any]]:
    asked = {one for one in (names.own, names.root, names.before) if one}
    if names.number and _number_tells(db, connection, names):
        asked.add(names.number)
    own = select(version).where(version.c.connection == connection)
    # Two questions: asked one or the other at once, SQLite reads every version there is of the form.
    named, together = own.where(version.c.name.in_(asked)), own.where(version.c.instance.in_(asked))
    return list({bytes(row.name): row for query in (named, together) for row in db.execute(query)}.values())


def _number_tells(db: Connection, connection: ListId, names: Names) -> bool:
    """A first version is known by its number to edits of it that came before it. Where another first
    version has that number, the form was moved to another server, which counts anew."""
    if not names.by_number:
        return False
    one = (version.c.connection == connection) & (version.c.name == names.number)
    instance = db.execute(select(version.c.instance).where(one)).scalar()
    group = [] if instance is None else _of(db, connection, [bytes(instance)])
    return not names.whole or all(row.depth != 0 or bytes(row.name) == names.own for row in group)


def _instance(names: Names, rows: Sequence[Row[Any]]) -> bytes:
    """By what the group goes: as it went, where it is known already; of several that are one, by what
    came before."""
    by_name = {bytes(row.name): bytes(row.instance) for row in rows}
    of_others = [one for one in (names.root, names.before, names.own, names.number) if one in by_name]
    if of_others:
        return by_name[of_others[0]]
    if names.root != names.own:
        return names.root
    return names.before or names.own


def _of(db: Connection, connection: ListId, instances: Iterable[bytes]) -> Sequence[Row[Any]]:
    query = select(version).where(version.c.connection == connection, version.c.instance.in_(list(instances)))
    return db.execute(query).all()


def _depth(names: Names, group: Sequence[Row[Any]]) -> int:
    if names.edits is not None:
        return names.edits
    depths = {bytes(row.name): row.depth for row in group if row.depth is not None}
    if names.before is not None:
        return int(depths.get(names.before, 0)) + 1
    if names.root != names.own:
        return 1
    if names.whole:
        return 0
    numbers = {bytes(row.name) for row in group if row.depth is None}
    return max(depths.values(), default=0) if names.number in numbers else 0


def _newest(rows: Sequence[Row[Any]]) -> bytes:
    """What none of the others replaces; of several the one that more edits led to, and then what came
    last."""
    replaced = {bytes(row.replaces) for row in rows if row.replaces is not None}
    left = [row for row in rows if bytes(row.name) not in replaced] or rows
    return max(((row.depth, row.came, bytes(row.name)) for row in left), default=(0, 0, b""))[2]


def _row(connection: ListId, names: Names, instance: bytes, depth: int, now: int) -> dict[str, Any]:
    return {
        "connection": connection,
        "name": names.own,
        "instance": instance,
        "replaces": names.before,
        "depth": depth,
        "came": now,
        "done": False,
        "told": None,
    }


_NUMBER: Final = {"replaces": None, "depth": None, "done": True, "told": None}


def _number(db: Connection, connection: ListId, name: bytes, instance: bytes, now: int) -> None:
    """Of a number that means another submission already (a form that moved to another server) none of
    both is known by it."""
    one = (version.c.connection == connection) & (version.c.name == name)
    if db.execute(select(version.c.name).where(one)).first() is None:
        row = {"connection": connection, "name": name, "instance": instance, "came": now} | _NUMBER
        db.execute(insert(version), row)


def _join(db: Connection, connection: ListId, instance: bytes, group: Sequence[Row[Any]]) -> None:
    """Groups that are one from now on; of what waits for them the newest stays."""
    others = {bytes(row.instance) for row in group} - {instance}
    if not others:
        return
    newest = _newest([row for row in group if row.depth is not None])
    kept = next((bytes(row.instance) for row in group if bytes(row.name) == newest), instance)
    own = submission.c.connection == connection
    if kept != instance:
        db.execute(delete(submission).where(own, submission.c.instance == instance))
        moved = update(submission).where(own, submission.c.instance == kept)
        db.execute(moved.values(instance=instance))
    db.execute(delete(submission).where(own, submission.c.instance.in_(others)))
    joined = update(version).where(version.c.connection == connection, version.c.instance.in_(others))
    db.execute(joined.values(instance=instance))
