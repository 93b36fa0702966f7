"""Lists of nominees and their files, made behind the answers: who asks is told how far they are.

A list is made once, for all who ask. A file is made for whoever asked: it holds the names that
they may read, and is noted in the access log when it is handed over, not before. It waits in
memory alone, and is made anew where one of its people was erased or took their consent back
meanwhile.
"""

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from domain.model import PersonId, Position, Selector
from domain.people import ConsentWithdrawn, PersonCorrected, PersonErased, PersonMerged
from infrastructure.background import Job, Report
from infrastructure.exports.as_csv import as_csv
from infrastructure.exports.as_xlsx import as_xlsx
from infrastructure.read_models import nominees, people
from infrastructure.read_models.columns import age
from infrastructure.read_models.nominees import Nominees, Wanted
from interfaces import reads
from interfaces.house import House
from interfaces.web.award_lists import Ask, award_book, award_table
from interfaces.web.language import current

PATIENCE: Final = 2.0
"""Seconds for which an answer waits for what is being made."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class BeingMade(msgspec.Struct, frozen=True):
    """Not there yet; `share` of it, from 0 to 1, is done."""

    share: float


class File(msgspec.Struct, frozen=True):
    """`read` is what it shows of whom; `begun` how far the read models were before any of it was read."""

    key: Hashable
    content: bytes
    read: reads.Reading
    begun: Position


async def lists(
    house: House, wanted: Sequence[Wanted], *, limit: int, after: int | None = None
) -> list[Nominees] | BeingMade:
    """A page of each of these lists, at once where they are there or soon will be. Raises
    `NoCriteria`, `BadCutoff`."""

    def at_hand(one: Wanted) -> Nominees | None:
        return nominees.at_hand(house.database, house.units, one, now=house.clock(), limit=limit, after=after)

    found = [await asyncio.to_thread(at_hand, one) for one in wanted]
    jobs = [_making(house, one) for one, page in zip(wanted, found, strict=True) if page is None]
    if not await soon(jobs):
        return BeingMade((sum(job.share for job in jobs) + len(wanted) - len(jobs)) / len(wanted))
    for job in jobs:
        job.outcome.result()
    known = [page or await asyncio.to_thread(at_hand, one) for one, page in zip(wanted, found, strict=True)]
    pages = [page for page in known if page is not None]
    return pages if len(pages) == len(wanted) else BeingMade(0.0)


def _making(house: House, wanted: Wanted) -> Job[None]:
    def make(report: Report) -> None:
        try:
            nominees.nominees(
                house.database,
                house.units,
                wanted,
                house.ledger.history,
                now=house.clock(),
                limit=0,
                report=report,
            )
        finally:
            house.background.forget(wanted)  # kept in the database, not here

    return house.background.ask(wanted, make)


async def file(house: House, person: PersonId, ask: Ask, form: Format, *, what: str) -> File | BeingMade:
    """The nominees as a file for `person`, once it is there. `what` it is goes into the access log.
    Raises `NoCriteria`, `BadCutoff`."""
    key = (person, ask.unit.id, ask.statuses, ask.done_by, ask.received_by, form, current())

    def make(report: Report) -> File:
        with house.asking() as db:
            begun = age(db).position
        read = reads.apart(house, person, what)
        return File(key, written(house, ask, form, report), read, begun)

    job = house.background.ask(key, make)
    if not await soon([job]):
        return BeingMade(job.share)
    try:
        made: File = job.outcome.result()
    except BaseException:
        house.background.forget(key)
        raise
    if await asyncio.to_thread(_is_over, house, made):
        house.background.forget(key)
        return BeingMade(0.0)
    return made


def _is_over(house: House, made: File) -> bool:
    """Whether somebody in it was erased, or is not to be named so any more, since it was begun."""
    gone = unnamed_since(house, made.begun)
    if not gone:
        return False
    whose = made.read.everybody()
    with house.asking() as db:
        ids = people.aliases_of_each(db, list(dict.fromkeys(gone)))
    return any(one in whose for same in ids.values() for one in same)


def unnamed_since(house: House, begun: Position) -> list[PersonId]:
    """Who was erased since, or agreed no more; whose consents became the stricter of two, or need a
    guardian's since they are known to be under 16."""
    kinds = (PersonErased, ConsentWithdrawn, PersonMerged, PersonCorrected)
    told = [one.fact for one in house.ledger.history([Selector(kinds, [])], after=begun)]
    return [
        fact.person
        for fact in told
        if isinstance(fact, PersonErased | ConsentWithdrawn | PersonMerged)
        or (isinstance(fact, PersonCorrected) and fact.minor is True)
    ]


async def handed_over(house: House, made: File) -> bytes:
    """The file's content, once it is written down whose data leaves with it; asked for again, it is
    made anew. Raises `Unavailable`, `OutcomeUnknown`."""
    house.background.forget(made.key)
    if read := made.read.reads():
        await house.access_log.note(*read)
    return made.content


def written(house: House, ask: Ask, form: Format, report: Report) -> bytes:
    """All the nominees in one table (CSV), or in a sheet for each kind (XLSX)."""
    if form is Format.CSV:
        return as_csv(award_table(house, ask, report))
    return as_xlsx(*award_book(house, ask, report))


async def soon(jobs: Iterable[Job[Any]]) -> bool:
    """Whether all of them are done, or were within `PATIENCE`."""
    waiting = [asyncio.wrap_future(job.outcome) for job in jobs]
    if not waiting:
        return True
    _, left = await asyncio.wait(waiting, timeout=PATIENCE)
    for one in waiting:
        one.add_done_callback(_heard)
    return not left


def _heard(future: "asyncio.Future[Any]") -> None:
    """An outcome that nobody waits for any more is no fault."""
    if not future.cancelled():
        future.exception()
