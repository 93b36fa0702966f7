"""The list of consents that were taken back, kept apart as the list of erasures is.

A restored copy knows consents again that were taken back after it was made. At each start the list
is held against the ledger, and they are taken back again. It holds opaque ids and purposes only.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from application.ids import new_id
from application.lookups import People
from application.privacy import agreed
from domain.consents import WithdrawConsent
from domain.model import By, PersonId, Selector
from domain.people import ConsentWithdrawn, Purpose, UnknownPerson
from domain.requests import AlreadyAsked, Kind, MakeRequest, RequestId
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault.kept_apart import append, lines_of

FILE: Final = "taken-back.list"

_BY: Final = By("import:restore")


class TakenBack(NamedTuple):
    """`alone`: by a code and nothing else."""

    person: PersonId
    purpose: Purpose
    at: datetime
    alone: bool

    @classmethod
    def told_by(cls, fact: ConsentWithdrawn) -> "TakenBack":
        return cls(fact.person, fact.purpose, fact.at, fact.alone)

    @classmethod
    def read(cls, line: str) -> "TakenBack":
        person, purpose, at, *alone = line.split()
        return cls(PersonId(person), Purpose(purpose), datetime.fromisoformat(at), bool(alone))

    def __str__(self) -> str:
        return " ".join([self.person, self.purpose, self.at.isoformat(), *(["alone"] * self.alone)])


class TakenBackList:
    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def all(self) -> set[TakenBack]:
        return {TakenBack.read(line) for line in lines_of(self._path)}

    def add(self, some: Iterable[TakenBack]) -> None:
        """Durably on the list when this returns."""
        append(self._path, [str(one) for one in sorted(some)])


def take_back_again(database: Database, writer: Writer) -> None:
    """Takes back again what was taken back after the copy was made that this ledger was restored from;
    and notes on the list what a crash kept off it."""
    kept = TakenBackList(database.home)
    listed = kept.all()
    history = writer.history([Selector([ConsentWithdrawn])])
    recorded = {TakenBack.told_by(one.fact) for one in history if isinstance(one.fact, ConsentWithdrawn)}
    last = {(one.person, one.purpose): one.at for one in sorted(recorded, key=lambda one: one.at)}
    for one in sorted(listed - recorded, key=lambda one: one.at):
        if (one.person, one.purpose) not in last or last[one.person, one.purpose] < one.at:
            _take_back(writer, one)
    kept.add(recorded - listed)


def _take_back(writer: Writer, one: TakenBack) -> None:
    """Where it was agreed to, as the copy has it. The request for an organizer comes first, as when it
    was said."""
    if one.purpose not in agreed(writer, one.person).given:
        return
    if one.alone:
        found = People(writer, [one.person])
        person = found.now(one.person)
        request = RequestId(new_id())
        asked = MakeRequest(
            request=request, person=person, kind=Kind.WITHDRAW, unit=found.units[person], by=_BY
        )
        with suppress(AlreadyAsked, UnknownPerson):
            writer.decide_soon(asked).result()
    decision = WithdrawConsent(person=one.person, purpose=one.purpose, alone=one.alone, by=_BY)
    writer.decide_soon(decision).result()
