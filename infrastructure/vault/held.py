"""Of whom personal data is held."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from domain.model import PersonId
from infrastructure.database import Database
from infrastructure.vault.tables import sealed_person

AT_ONCE: Final = 1_000


def everybody(database: Database) -> Iterator[list[PersonId]]:
    """Their ids, a thousand at a time, each page read at its own moment."""
    last = ""
    while True:
        query = select(sealed_person.c.person).where(sealed_person.c.person > last)
        with database.reading() as db:
            page = db.execute(query.order_by(sealed_person.c.person).limit(AT_ONCE)).scalars().all()
        if not page:
            return
        yield [PersonId(one) for one in page]
        last = page[-1]
