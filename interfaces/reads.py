"""Reading names, phones and notes: the one way from the vault to a page, a file or a command.

Reads of somebody else's data are gathered while an answer is made, and written to the access log
before it goes out: an answer whose reads cannot be written is not given. Nothing else in
`interfaces` asks the vault (tests/interfaces/test_reads.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Final, TypeVar

from application.actors import OPERATOR
from application.ports import Identity
from application.privacy import Why
from domain.model import PersonId, UnitId
from infrastructure.access_log import NAMED, Read
from infrastructure.read_models.columns import chunks
from interfaces.house import House

T = TypeVar("T")


class Unlogged(Enum):
    """Why a read is no read of somebody else's data, or none that anybody has to answer for."""

    OWN = "of oneself"
    ENTERED = "of people in entries that whoever reads made"  # docs/decisions.md says why
    CONSENTED = "of people who agreed that anybody may read it"
    ASKED = "of the mentor whom a code asks about"
    REMINDED = "of whoever a message goes to, by nobody"
    OFFICE = "an office's own words, about nobody in particular"


class NobodyReads(Exception):
    """Other people's data was about to be shown to somebody who is not known: a fault of ours."""


class Reading:
    """What one answer shows to whoever asked for it. `who` is None for somebody not signed in."""

    def __init__(self, house: House, who: PersonId | None, what: str) -> None:
        self.house = house
        self._who = who
        self._what = what
        self._whose: dict[tuple[Why, UnitId | None], dict[PersonId, None]] = {}

    def add(self, people: Iterable[PersonId], why: Why, unit: UnitId | None) -> None:
        others = [one for one in people if one != self._who]
        if not others:
            return
        if self._who is None:
            raise NobodyReads(self._what)
        self._whose.setdefault((why, unit), {}).update(dict.fromkeys(others))

    def everybody(self) -> frozenset[PersonId]:
        return frozenset(one for whose in self._whose.values() for one in whose)

    def reads(self) -> list[Read]:
        """A list of one unit stands on the pages of those who live there, however long it is; of one
        that is of no unit everybody is named, so that it stands on theirs."""
        if self._who is None:
            return []
        return [
            Read(who=self._who, whose=tuple(some), what=self._what, why=why, unit=unit)
            for (why, unit), whose in self._whose.items()
            for some in ([list(whose)] if unit else chunks(list(whose), NAMED))
        ]


_reading: Final[ContextVar[Reading]] = ContextVar("reading")


def begin(house: House, who: PersonId | None, what: str) -> None:
    """Once it is known who asks, before the route's handler. `what` is the route's path."""
    _reading.set(Reading(house, who, what))


def apart(house: House, who: PersonId | None, what: str) -> Reading:
    """For work that goes on behind an answer: what it reads is noted when it is handed over."""
    _reading.set(reading := Reading(house, who, what))
    return reading


async def note(response: T) -> T:
    """After the handler, before the answer goes out. Raises `Unavailable`, `OutcomeUnknown`."""
    reading = _reading.get(None)
    if reading is not None and (reads := reading.reads()):
        await reading.house.access_log.note(*reads)
    return response


@contextmanager
def by_command(house: House, what: str) -> Iterator[None]:
    """For what is read at the console: say it only once this ended."""
    reading = Reading(house, OPERATOR.person, f"lantoa {what}")
    token = _reading.set(reading)
    try:
        yield
        house.access_log.note_now(*reading.reads())
    finally:
        _reading.reset(token)


def others(people: Iterable[PersonId], why: Why, unit: UnitId | None = None) -> None:
    """Says that something of these people is about to be shown which is not from the vault."""
    _reading.get().add(people, why, unit)


def names(
    house: House, people: Sequence[PersonId], why: Why | Unlogged, *, unit: UnitId | None = None
) -> dict[PersonId, str]:
    """Names of today; an erased or unknown person is missing."""
    found = house.vault.names(people)
    _note(found, why, unit)
    return found


def identities(
    house: House, people: Sequence[PersonId], why: Why | Unlogged, *, unit: UnitId | None = None
) -> dict[PersonId, Identity]:
    found = house.vault.identities(people)
    _note(found, why, unit)
    return found


def notes(house: House, subject: str, about: PersonId, why: Why | Unlogged) -> list[str]:
    """What was noted about a subject that concerns a person."""
    found = house.vault.notes(subject)
    if found:
        _note([about], why, None)
    return found


def _note(people: Iterable[PersonId], why: Why | Unlogged, unit: UnitId | None) -> None:
    if isinstance(why, Why):
        _reading.get().add(people, why, unit)
