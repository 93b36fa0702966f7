"""Erasing people: their rows, and the bucket keys by which copies of them could be read."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.sql import Executable

from domain.model import PersonId
from infrastructure.accounts.tables import (
    api_token,
    invitation,
    passkey,
    recovery_code,
    session,
    totp,
)
from infrastructure.database import Database
from infrastructure.ledger.beside import Rows
from infrastructure.vault.keys import BUCKETS, KeyNumber, Keys
from infrastructure.vault.sealing import person_key, wrap
from infrastructure.vault.tables import blind_index, bucket_key, code, note, sealed_person

_PERSONAL: Final = (
    blind_index,
    code,
    note,
    sealed_person,
    session,
    invitation,
    api_token,
    passkey,
    totp,
    recovery_code,
)
"""Every table with something of a person in it, or by which they come in."""

_BUCKETS_OF: Final = (
    select(sealed_person.c.bucket_key)
    .where(sealed_person.c.person.in_(bindparam("people", expanding=True)))
    .distinct()
)
_MEMBERS: Final = select(sealed_person.c.person, sealed_person.c.bucket_key, sealed_person.c.wrapped).where(
    sealed_person.c.bucket_key == bindparam("number")
)


def rows(database: Database, keys: Keys, people: Sequence[PersonId]) -> Rows:
    """Removes people, and wraps the others of their buckets by the buckets' next keys.

    Somebody who joins or leaves a bucket before this is committed makes it fail as `Stale`: the
    old key cannot be deleted while anybody is wrapped by it.
    """
    if not people:
        return Rows()
    with database.reading() as connection:
        numbers = connection.execute(_BUCKETS_OF, {"people": list(people)}).scalars().all()
        members = {number: connection.execute(_MEMBERS, {"number": number}).all() for number in numbers}
    gone = Rows(statements=[delete(table).where(table.c.person.in_(people)) for table in _PERSONAL])
    for number in sorted(members):
        survivors = [row for row in members[number] if row.person not in people]
        gone += _moved(keys, number, survivors)
    return gone


def destroy_old_keys(database: Database, keys: Keys) -> None:
    """Destroys the keys in the file that the database no longer names. One with a higher number
    than its bucket's belongs to an erasure that is still under way."""
    with database.reading() as connection:
        current = connection.execute(select(bucket_key.c.number)).scalars().all()
    newest = {number % BUCKETS: number for number in sorted(current)}
    keys.destroy(number for number in keys.numbers() if number < newest[number % BUCKETS])


def _moved(keys: Keys, number: KeyNumber, members: Sequence[Any]) -> Rows:
    """The members of a bucket wrapped by its next key; then nothing needs the old one."""
    ((successor, key),) = keys.renew(number).items()
    statements: list[Executable] = []
    for row in members:
        wrapped = wrap(successor, key, row.person, person_key(keys, row))
        one = update(sealed_person).where(sealed_person.c.person == row.person)
        statements.append(one.values(bucket_key=successor, wrapped=wrapped))
    statements.append(delete(bucket_key).where(bucket_key.c.number == number))
    row = {"number": successor, "fingerprint": keys.fingerprint(successor)}
    return Rows([(bucket_key, row)], statements, [(bucket_key.c.number, successor)])
