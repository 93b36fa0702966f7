"""New keys in place of old ones, while the ledger is served: bucket keys, and the index's peppers.

Each step can be cut short and begun again. A bucket goes over to its next key as after an erasure:
the key is durable in the file, then everybody of the bucket is wrapped by it in one transaction,
then the old key is destroyed. The index is doubled under a new pepper, then the old one is dropped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault import erasing
from infrastructure.vault.blind_index import CODE, BlindIndex, IndexState, generations
from infrastructure.vault.index_state import STATE
from infrastructure.vault.keys import BUCKETS, Generation, KeyNumber, Keys, fingerprint
from infrastructure.vault.sealing import person_key, wrap
from infrastructure.vault.tables import blind_index, bucket_key, code, index_state, pepper, sealed_person

Progress = Callable[[int], None]
"""Told how many more are done."""

PEOPLE_TOGETHER: Final = 2_000
"""Wrapped in one transaction: a few hundredths of a second for which others wait."""

BUCKETS_TOGETHER: Final = 512
"""Whose keys change in one go, however few people they hold: each go writes the key file twice."""

ENTRIES_TOGETHER: Final = 1_000


def rotate_bucket_keys(database: Database, writer: Writer, keys: Keys, progress: Progress) -> None:
    """Replaces every bucket key by one that was made since this began, and destroys the old ones.

    Begun again after a crash it replaces all of them once more. Told of buckets, `BUCKETS` in all.
    Raises `AlreadyRotating`, `Unavailable`, OSError where the key file finds no room.
    """
    with keys.rotating():
        erasing.destroy_old_keys(database, keys)
        # A successor that an erasure left in the file may be in a backup: it is replaced as well.
        made_before = {number % BUCKETS: number for number in sorted(keys.known().keys)}
        while due := _due(database, made_before):
            for together in _in_groups(due):
                writer.write(partial(_move, keys, keys.renew(*together))).result()
                erasing.destroy_old_keys(database, keys)
                progress(sum(number == made_before[number % BUCKETS] for number in together))


def _due(database: Database, made_before: Mapping[int, KeyNumber]) -> dict[KeyNumber, int]:
    """The keys still to be replaced, with the people wrapped by each."""
    with database.reading() as connection:
        wrapped = {row.bucket_key: row.people for row in connection.execute(_WRAPPED_BY).all()}
        numbers = connection.execute(select(bucket_key.c.number)).scalars().all()
    due = sorted(number for number in numbers if number <= made_before[number % BUCKETS])
    return {number: wrapped.get(number, 0) for number in due}


def _in_groups(due: Mapping[KeyNumber, int]) -> Iterator[list[KeyNumber]]:
    group: list[KeyNumber] = []
    people = 0
    for number, wrapped in due.items():
        if group and (people + wrapped > PEOPLE_TOGETHER or len(group) == BUCKETS_TOGETHER):
            yield group
            group, people = [], 0
        group.append(number)
        people += wrapped
    if group:
        yield group


def _move(keys: Keys, successors: Mapping[KeyNumber, bytes], connection: Connection) -> None:
    """Wraps everybody of some buckets by the next keys. The writer's lock is held, so nobody joins
    meanwhile; a bucket that an erasure moved since is passed over."""
    numbers = [successor - BUCKETS for successor in successors]
    for number in connection.execute(_STANDING, {"numbers": numbers}).scalars().all():
        successor = number + BUCKETS
        key = successors[successor]
        row = {"number": successor, "fingerprint": fingerprint(key)}
        connection.execute(insert(bucket_key), row)
        members = connection.execute(_MEMBERS, {"wrapped_by": number}).all()
        rows = [
            {
                "who": one.person,
                "by": successor,
                "key": wrap(successor, key, one.person, person_key(keys, one)),
            }
            for one in members
        ]
        if rows:
            connection.execute(_WRAP, rows)
        connection.execute(_REPLACED, {"wrapped_by": number})


_WRAPPED_BY: Final = select(sealed_person.c.bucket_key, func.count().label("people")).group_by(
    sealed_person.c.bucket_key
)
_STANDING: Final = (
    select(bucket_key.c.number)
    .where(bucket_key.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(bucket_key.c.number)
)
_MEMBERS: Final = select(sealed_person.c.person, sealed_person.c.bucket_key, sealed_person.c.wrapped).where(
    sealed_person.c.bucket_key == bindparam("wrapped_by")
)
_WRAP: Final = (
    update(sealed_person)
    .where(sealed_person.c.person == bindparam("who"))
    .values(bucket_key=bindparam("by"), wrapped=bindparam("key"))
)
_REPLACED: Final = delete(bucket_key).where(bucket_key.c.number == bindparam("wrapped_by"))


def entries(database: Database) -> int:
    """How many entries the index has: `rotate_peppers` tells of each of them twice."""
    with database.reading() as connection:
        return sum(connection.execute(select(func.count()).select_from(one)).scalar_one() for one in _INDEXES)


def rotate_peppers(database: Database, writer: Writer, keys: Keys, progress: Progress) -> None:
    """Carries the blind index over to a new generation of peppers, one for each kind of entry.

    From the first step on everybody writes both generations and looks in both; whoever did not know
    is `Stale`. When all is doubled, the new one alone is written, and the old entries are deleted. A
    rotation that was cut short is finished. Raises as `rotate_bucket_keys`.
    """
    with keys.rotating():
        state = _state(database)
        if len(generations(state)) == 1 and not _left_over(database, state):
            state = _begin(writer, keys, state)
        if len(generations(state)) == 2:
            _walk(writer, partial(_double, BlindIndex(keys), generations(state)[-1]), progress)
            state = writer.write(partial(_enter, state + 1)).result()
        (now,) = generations(state)
        _walk(writer, partial(_drop, now), progress)


def _state(database: Database) -> IndexState:
    with database.reading() as connection:
        state: IndexState = connection.execute(STATE).scalar_one()
        return state


def _left_over(database: Database, state: IndexState) -> bool:
    """Whether an earlier rotation was cut short before it had dropped the old index."""
    (now,) = generations(state)
    with database.reading() as connection:
        older = [select(one.c.key).where(one.c.generation < now).limit(1) for one in _INDEXES]
        return any(connection.execute(query).first() for query in older)


def _begin(writer: Writer, keys: Keys, state: IndexState) -> IndexState:
    new = generations(state).stop
    keys.add_pepper(new)
    row = {"generation": new, "fingerprint": keys.known().peppers[new]}

    def begin(connection: Connection) -> IndexState:
        connection.execute(insert(pepper), row)
        return _enter(state + 1, connection)

    return writer.write(begin).result()


def _enter(state: IndexState, connection: Connection) -> IndexState:
    """From its commit on, rows that were made for the state before are `Stale`."""
    connection.execute(update(index_state).values(number=state))
    return state


Visit = Callable[[Connection, Table, Sequence[Any]], int]
"""Does something with some entries of an index; says how many it was about."""


def _walk(writer: Writer, visit: Visit, progress: Progress) -> None:
    """Visits all entries in the order of their keys, some at a time. Whatever is written meanwhile
    is as it should be already, so that once is enough."""
    for table in _INDEXES:
        last: bytes | None = b""
        while last is not None:
            last, done = writer.write(partial(_step, table, visit, last)).result()
            progress(done)


def _step(table: Table, visit: Visit, after: bytes, connection: Connection) -> tuple[bytes | None, int]:
    key = table.c.key
    some = select(table).where(key > after).order_by(key).limit(ENTRIES_TOGETHER)
    rows = connection.execute(some).all()
    done = visit(connection, table, rows)
    return (rows[-1].key if len(rows) == ENTRIES_TOGETHER else None), done


def _double(
    index: BlindIndex, new: Generation, connection: Connection, table: Table, rows: Sequence[Any]
) -> int:
    """Their entries in the new generation, where there are none yet."""
    old = [row for row in rows if row.generation < new]
    twins = []
    for row in old:
        entry = row._asdict()
        kind = CODE if table is code else row.kind
        twins.append(entry | {"key": index.carried_over(kind, row.key, new), "generation": new})
    if twins:
        dialect: Any = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), twins)
    return len(old)


def _drop(now: Generation, connection: Connection, table: Table, rows: Sequence[Any]) -> int:
    old = [{"old": row.key} for row in rows if row.generation < now]
    if old:
        connection.execute(delete(table).where(table.c.key == bindparam("old")), old)
    return len(old)


_INDEXES: Final[Sequence[Table]] = (blind_index, code)
