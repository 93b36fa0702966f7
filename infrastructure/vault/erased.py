"""The list of erasures: kept apart from the database and the key file, and from their backups.

A restored copy knows people again who were erased after it was made. At each start the list
is held against the ledger, and whoever is on it is erased again, with what ended by it. It holds
opaque ids only.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete

from application.lookups import People
from domain.erasing import ErasePerson
from domain.model import By, PersonId, Selector
from domain.people import PersonErased, UnknownPerson
from infrastructure.brought import list_piece, list_rows
from infrastructure.connected import submission
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault import erasing
from infrastructure.vault.kept_apart import append, lines_of
from infrastructure.vault.keys import Keys

FILE: Final = "erased.list"


class ErasedList:
    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def people(self) -> set[PersonId]:
        return {PersonId(line) for line in lines_of(self._path)}

    def add(self, people: Iterable[PersonId]) -> None:
        """Durably on the list when this returns."""
        append(self._path, sorted(set(people) - self.people()))


def erase_again(database: Database, writer: Writer, keys: Keys) -> None:
    """Erases again whoever was erased after the copy was made that this ledger was restored from;
    and notes on the list whom a crash kept off it."""
    erased = ErasedList(database.home)
    history = writer.history([Selector([PersonErased])])
    recorded = {one.fact.person for one in history if isinstance(one.fact, PersonErased)}
    for person in sorted(erased.people() - recorded):
        people = People(writer, [person])
        if people.known(people.now(person)):
            writer.write(_nothing_waits).result()
        rows = erasing.rows(database, keys, sorted(people.all_of(person)))
        decision = ErasePerson(
            person=person, aliases=people.groups_of_ids(), before=True, by=By("import:restore")
        )
        with suppress(UnknownPerson):  # met after the copy was made
            writer.decide_soon(decision, beside=rows).result()
    erased.add(recorded)
    erasing.destroy_old_keys(database, keys)


def _nothing_waits(db: Connection) -> None:
    """What waited in the copy may name them, and nobody is left who could tell: lists are brought in again,
    submissions sent again."""
    for table in (list_rows, list_piece):
        db.execute(delete(table))
    db.execute(delete(submission).where(submission.c.sealed.is_not(None)))
