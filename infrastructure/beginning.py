"""How a ledger begins: its key file, its founding fact; and how one without people begins again."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, select

from domain import catalogue
from domain.criteria import CriteriaAdopted
from domain.model import LedgerFounded
from domain.territory import FACTS as TERRITORY
from infrastructure.accounts.accounts import Accounts
from infrastructure.database import Database
from infrastructure.ledger.backup import empty_read_models
from infrastructure.ledger.tables import fact, fact_tag, receipt
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.settings import Settings
from infrastructure.vault.keys import KeyFileMissing, Keys, path_in

WITHOUT_PEOPLE: Final = frozenset(kind.NAME for kind in (LedgerFounded, CriteriaAdopted, *TERRITORY))


class HoldsPeople(Exception):
    """The ledger holds facts about people, which a simulation must not mix with its own."""


def begin(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, simulated: bool = False
) -> tuple[LedgerFounded, bool]:
    """Makes home, tables and key file where they are missing, and the ledger's first fact.

    Gives that fact and whether it is new. Raises what `Database.open` and `prepare` raise, and
    `KeyFileMissing` where the ledger holds facts but its key file is gone.
    """
    database = Database.open(settings.database_url, settings.home)
    try:
        database.prepare()
        new = _is_empty(database)
        _find_or_make_keys(settings, new=new)
        writer = Writer(database, clock=clock)
        try:
            return writer.founded(uuid4().hex, simulated=simulated), new
        finally:
            writer.close()
    finally:
        database.close()


async def setup_link(settings: Settings) -> str | None:
    """The token of a new set-up link for a ledger that nobody serves; None where it has an
    administrator."""
    database = Database.open(settings.database_url, settings.home)
    try:
        writer = Writer(database)
        try:
            return await Accounts(database, writer).new_setup_link()
        finally:
            writer.close()
    finally:
        database.close()


def begin_again(settings: Settings) -> None:
    """Empties a ledger that holds nothing but territory and criteria, all of which can be loaded
    again, so that it can be founded under another clock. Raises `HoldsPeople`."""
    database = Database.open(settings.database_url, settings.home)
    try:
        database.prepare()
        with database.writing_engine.begin() as connection:
            kinds = set(connection.execute(select(fact.c.name).distinct()).scalars())
            if not kinds <= WITHOUT_PEOPLE:
                raise HoldsPeople
            for table in (receipt, fact_tag, fact):
                connection.execute(delete(table))
        empty_read_models(database)
    finally:
        database.close()


def origin_of(database: Database) -> str | None:
    """The id that a ledger was founded with; None for one that holds nothing. Reads only."""
    with database.reading() as connection:
        first = select(fact.c.name, fact.c.version, fact.c.data).order_by(fact.c.position).limit(1)
        row = connection.execute(first).first()
    founded = None if row is None else catalogue.decode(*row)
    return founded.origin if isinstance(founded, LedgerFounded) else None


def _is_empty(database: Database) -> bool:
    with database.writing_engine.connect() as connection:
        return connection.execute(select(fact.c.position).limit(1)).first() is None


def _find_or_make_keys(settings: Settings, *, new: bool) -> None:
    file = path_in(settings.home)
    if file.exists():
        return
    if not new:
        raise KeyFileMissing(str(file))
    Keys.create(file)
