"""Erasing people: their rows, and the bucket keys by which copies of them could be read."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, tuple_, update
from sqlalchemy.sql import Executable

from domain.model import PersonId, Stale
from infrastructure.accounts.tables import (
    api_token,
    device_token,
    invitation,
    passkey,
    recovery_code,
    session,
    totp,
)
from infrastructure.approvals import approval
from infrastructure.brought import brought_list, list_piece, list_rows
from infrastructure.connected import submission
from infrastructure.database import Database
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.tables import fact_tag, receipt
from infrastructure.outbox.tables import message
from infrastructure.vault.keys import BUCKETS, KeyFileOfAnotherLedger, KeyNumber, Keys
from infrastructure.vault.sealing import person_key, wrap
from infrastructure.vault.tables import blind_index, bucket_key, code, note, sealed_person

_PERSONAL: Final = (
    blind_index,
    code,
    note,
    sealed_person,
    session,
    device_token,
    invitation,
    brought_list,
    list_rows,
    list_piece,
    submission,
    api_token,
    passkey,
    totp,
    recovery_code,
    approval,
    message,
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
    gone = Rows(statements=[*_removals(people), _receipts_emptied(people)])
    for number in sorted(members):
        survivors = [row for row in members[number] if row.person not in people]
        try:
            gone += _moved(keys, number, survivors)
        except KeyFileOfAnotherLedger:
            if _named(database, number):
                raise
            raise Stale("another process renewed the bucket's key meanwhile") from None
    return gone


def _named(database: Database, number: KeyNumber) -> bool:
    with database.reading() as connection:
        found = select(bucket_key.c.number).where(bucket_key.c.number == number)
        return connection.execute(found).first() is not None


def _removals(people: Sequence[PersonId]) -> list[Executable]:
    return [delete(table).where(table.c.person.in_(people)) for table in _PERSONAL]


_NAMED_BY: Final = ("person", "learner", "member", "sells", "account", "asks", "milestone")
"""Under which tags facts about a person stand, and with them the receipts of what told of them."""

_LONGEST: Final = 1_000
"""Facts that one receipt covers at most: a lesson of 50 learners records some 250."""


def _receipts_emptied(people: Sequence[PersonId]) -> Executable:
    """What was sent of them is forgotten, a keyed hash that tells whether the same is sent again. The
    receipt itself stays: whoever sends again is told that it was recorded, and nobody counts twice."""
    tags = [f"{kind}:{person}" for person in people for kind in _NAMED_BY]
    told = (
        select(receipt.c.author, receipt.c.submission)
        .join(
            fact_tag,
            receipt.c.last.between(fact_tag.c.position, fact_tag.c.position + _LONGEST)
            & (func.coalesce(receipt.c.first, receipt.c.last) <= fact_tag.c.position),
        )
        .where(fact_tag.c.tag.in_(tags))
    )
    return update(receipt).where(tuple_(receipt.c.author, receipt.c.submission).in_(told)).values(content=b"")


def destroy_old_keys(database: Database, keys: Keys) -> None:
    """Destroys the keys in the file that the database no longer names. One with a higher number
    than its bucket's belongs to an erasure that is still under way."""
    if not keys.changing():
        return
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
    # Not by the successor alone: somebody may have taken its place and left it again.
    needs = [(bucket_key.c.number, number)]
    return Rows([(bucket_key, row)], statements, [(bucket_key.c.number, successor)], needs)
