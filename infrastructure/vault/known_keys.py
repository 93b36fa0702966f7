"""What the database knows of the keys: their numbers and fingerprints, never the keys themselves.

It also notes which of them a backup of the key file holds that somebody proved to be readable. A key
that was made since is in no backup, so whatever is wrapped by it would be lost with the key file.
"""

import time
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, bindparam, func, insert, select, update

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault.keys import Fingerprints, KeyFileOfAnotherLedger, Keys
from infrastructure.vault.tables import bucket_key, index_state, pepper

_LOOKS: Final = 10


class Backed(msgspec.Struct, frozen=True):
    """How far the keys in use are backed up. `last` is microseconds since 1970, UTC, of the last
    confirmation; None where there never was one. `missing` are keys in no confirmed backup."""

    keys: int
    missing: int
    last: int | None

    @property
    def confirmed(self) -> bool:
        return self.keys > 0 and self.missing == 0


def known(database: Database) -> Fingerprints:
    with database.reading() as connection:
        return _known(connection)


def begin(database: Database, writer: Writer, keys: Keys) -> None:
    """Notes the keys of a new ledger, and the first pepper of one from before peppers had
    generations; unless another process, which started too, was quicker."""
    with database.reading() as connection:
        begun = all(connection.scalar(select(number).limit(1)) is not None for number in _NUMBERS)
    if not begun:
        writer.write(partial(_begin, keys)).result()


def check(database: Database, keys: Keys) -> None:
    """Raises `KeyFileOfAnotherLedger` where the file lacks a key that the database names."""
    for _ in range(_LOOKS):
        lacking = lacks(known(database), keys.known())
        if not any(lacking):
            return
        time.sleep(0.02)  # another process rotates: what was read is not of one moment
    names = [f"bucket key {number}" for number in sorted(lacking.keys)[:1]]
    raise KeyFileOfAnotherLedger(", ".join(names) or f"pepper {min(lacking.peppers)}")


def lacks(needed: Fingerprints, there: Fingerprints) -> Fingerprints:
    """Those of the needed keys that are not there, or are others."""
    keys, peppers = (
        {number: mark for number, mark in of.items() if have.get(number) != mark}
        for of, have in zip(needed, there, strict=True)
    )
    return Fingerprints(keys, peppers)


def confirm(writer: Writer, proven: Fingerprints, at: int) -> None:
    """Notes that a readable backup holds these keys. Those that were replaced meanwhile, and keys of
    another ledger, are passed over."""

    def note(connection: Connection) -> None:
        for column, fingerprints in zip(_NUMBERS, proven, strict=True):
            rows = [{"n": number, "mark": mark, "at": at} for number, mark in sorted(fingerprints.items())]
            if rows:
                connection.execute(_CONFIRM[column], rows)

    writer.write(note).result()


def backed(database: Database) -> Backed:
    with database.reading() as connection:
        kinds = [connection.execute(query).one() for query in _BACKED.values()]
    latest = [one.last for one in kinds if one.last is not None]
    total = sum(one.all for one in kinds)
    return Backed(
        keys=total, missing=total - sum(one.confirmed for one in kinds), last=max(latest, default=None)
    )


def _known(connection: Connection) -> Fingerprints:
    keys = connection.execute(select(bucket_key.c.number, bucket_key.c.fingerprint))
    peppers = connection.execute(select(pepper.c.generation, pepper.c.fingerprint))
    # Rows as they come, not asked by name: there are thousands, at each start.
    return Fingerprints(dict(iter(keys)), dict(iter(peppers)))


def _begin(keys: Keys, connection: Connection) -> None:
    already = _known(connection)
    if not already.keys:
        marks = keys.known().keys
        rows = [{"number": number, "fingerprint": mark} for number, mark in sorted(marks.items())]
        connection.execute(insert(bucket_key), rows)
    if not already.peppers:
        row = {"generation": 0, "fingerprint": keys.known().peppers[0]}
        connection.execute(insert(pepper), row)
        connection.execute(insert(index_state), {"number": 0})


_NUMBERS: Final = (bucket_key.c.number, pepper.c.generation)


def _confirming(number: Column[Any]) -> Any:
    table = number.table
    mine = (number == bindparam("n")) & (table.c.fingerprint == bindparam("mark"))
    return update(table).where(mine).values(confirmed=bindparam("at"))


def _counting(number: Column[Any]) -> Any:
    column = number.table.c.confirmed
    return select(
        func.count().label("all"), func.count(column).label("confirmed"), func.max(column).label("last")
    ).select_from(number.table)


_CONFIRM: Final = {number: _confirming(number) for number in _NUMBERS}
_BACKED: Final = {number: _counting(number) for number in _NUMBERS}
