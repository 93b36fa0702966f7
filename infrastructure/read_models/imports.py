"""What came from a list or a form, and from which, so that pages say so. Of teams, `teams.py` knows."""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Table, select

from domain.households import HouseholdRegistered
from domain.lists import ListId, list_of
from domain.markets import MarketOpened
from domain.model import Fact
from domain.teaching import TeachingLogged
from domain.vendors import VendorRegistered
from domain.visits import HouseholdVisited
from infrastructure.database import derived
from infrastructure.read_models.columns import Id, chunks
from infrastructure.read_models.model import Copy, Model

imported: Final = Table(
    "imported_v2",
    derived,
    Column("subject", Id, primary_key=True, comment="a teaching, household, market, vendor or visit"),
    Column("list", Id, nullable=False),
)

_AT_ONCE: Final = 500


class ImportedRow(msgspec.Struct, gc=False):
    subject: str
    list: ListId


def brought(db: Connection, subject: str) -> bool:
    """Whether it came from a list."""
    return bool(lists_of(db, [subject]))


def lists_of(db: Connection, subjects: Iterable[str]) -> dict[str, ListId]:
    """From which list each of these came, those that came from one."""
    found: dict[str, ListId] = {}
    for some in chunks(list(subjects), _AT_ONCE):
        query = select(imported).where(imported.c.subject.in_(some))
        found |= {subject: ListId(list_) for subject, list_ in db.execute(query)}
    return found


class Imports(Model):
    name = "imports"
    version = 2
    tables = (imported,)
    facts = (TeachingLogged, HouseholdRegistered, MarketOpened, VendorRegistered, HouseholdVisited)

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._imported = copy.rows(imported, ImportedRow)

    def change(self, _position: int, fact: Fact) -> None:
        if (list_ := list_of(fact.by)) is None:
            return
        match fact:
            case TeachingLogged():
                self._note(fact.teaching, list_)
            case HouseholdRegistered():
                self._note(fact.household, list_)
            case MarketOpened():
                self._note(fact.market, list_)
            case VendorRegistered():
                self._note(fact.vendor, list_)
            case HouseholdVisited():
                self._note(fact.visit, list_)

    def _note(self, subject: str, list_: ListId) -> None:
        self._imported.put(ImportedRow(subject, list_))
