"""Reads everything that is sealed, and says what does not open: damaged, moved or forged."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Table, func, select

from application.ports import Unsealable
from infrastructure.database import Database
from infrastructure.vault import envelope
from infrastructure.vault.keys import KeyFileOfAnotherLedger, Keys
from infrastructure.vault.sealing import Opened, identity_of, person_key
from infrastructure.vault.tables import code, note, sealed_person

TOGETHER: Final = 1_000

Progress = Callable[[int], None]


def sealed(database: Database) -> int:
    """How much there is to read."""
    with database.reading() as connection:
        tables = (sealed_person, code, note)
        return sum(connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables)


def unreadable(database: Database, keys: Keys, progress: Progress) -> list[str]:
    """`person 01a2...`, `code of 01b3...`, `note 01c4...`: what does not open for whom it belongs to."""
    found: list[str] = []
    for table, key, told in _READ:
        last = b"" if table is code else ""
        while rows := _after(database, table, key, last):
            found += [told(row) for row in rows if not _opens(keys, table, row)]
            last = getattr(rows[-1], key)
            progress(len(rows))
    return found


_READ: Final[Sequence[tuple[Table, str, Callable[[Any], str]]]] = (
    (sealed_person, "person", lambda row: f"person {row.person}"),
    (code, "key", lambda row: f"code of {row.subject}"),
    (note, "id", lambda row: f"note {row.id}"),
)


def _after(database: Database, table: Table, key: str, last: bytes | str) -> Sequence[Any]:
    """The next rows in the order of their keys, with the wrapped key of whom they belong to."""
    column = table.c[key]
    owner = [sealed_person.c[name] for name in ("bucket_key", "wrapped", "version")]
    query = select(table, *(one for one in owner if one.table is not table))
    if table is not sealed_person:
        query = query.join(sealed_person, sealed_person.c.person == table.c.person, isouter=True)
    with database.reading() as connection:
        return connection.execute(query.where(column > last).order_by(column).limit(TOGETHER)).all()


def _opens(keys: Keys, table: Table, row: Any) -> bool:
    if row.wrapped is None:
        return False  # somebody else's row, or nobody's
    try:
        key = person_key(keys, row)
        if table is sealed_person:
            identity_of(row.person, Opened(key, row.version, row.identity))
        else:
            field = f"code:{row.subject}" if table is code else f"note:{row.id}"
            envelope.unseal(key, row.sealed, person=row.person, field=field, version=row.version)
    except (Unsealable, KeyFileOfAnotherLedger):
        return False
    return True
