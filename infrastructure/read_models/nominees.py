"""Nominees: whoever meets the criteria at a cut-off; the same cut-off gives the same rows for ever.

A cut-off names two moments: what was done by a day, and received by another (recorded before its
end, Vietnamese time). The second resolves to one position of the ledger for ever. Figures are
those of the credit as of that position. Lists are made once and kept (`nominee_lists`), so that
pages read quickly; until the second day is over they are provisional, made at the position of today.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial

import msgspec
from sqlalchemy import Connection

from application.ports import Units
from domain.criteria import Criteria
from domain.model import MarketId, PersonId, Position, UnitId
from infrastructure.background import Report, unheard
from infrastructure.database import Database
from infrastructure.read_models import criteria, markets, nominee_lists
from infrastructure.read_models.at_cutoff import At, History
from infrastructure.read_models.columns import moment
from infrastructure.read_models.honours import Status
from infrastructure.read_models.meeting import Row, who_meets
from infrastructure.read_models.nominee_lists import Cutoff, ListRow, Wanted

__all__ = ["BadCutoff", "Cutoff", "NoCriteria", "Nominee", "Nominees", "Wanted", "at_hand", "nominees"]


class Nominee(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is the person, household or market; `person` who is to be named (None for a market,
    whose `name` is public). `people` are those confirmed (of them `able` are able themselves, and
    `on_phone` confirmed on a mentor's phone and nowhere else), between the days `first` and `last`.
    Ranks are among the nominees' metric in commune and province."""

    subject: str
    person: PersonId | None
    name: str | None
    unit: UnitId
    commune: UnitId | None
    province: UnitId | None
    people: int
    able: int
    on_phone: int
    families: int
    vendors: int
    first: date | None
    last: date | None
    commune_rank: int
    province_rank: int


class Nominees(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list. `row_count` is that of the whole list; `after` asks for the next page.
    `criteria` were standing in the unit on `cutoff.done_by`, known by `content_hash` and `document`."""

    unit: UnitId
    status: str
    cutoff: Cutoff
    criteria: Criteria
    content_hash: str
    document: str
    rows: tuple[Nominee, ...]
    row_count: int
    after: int | None
    made_at: datetime


class NoCriteria(Exception):
    """No criteria had been adopted for the unit by that day."""


class BadCutoff(Exception):
    """Received by a day before it was done by."""


def nominees(
    database: Database,
    units: Units,
    wanted: Wanted,
    history: History,
    *,
    now: datetime,
    limit: int = 50,
    after: int | None = None,
    report: Report = unheard,
) -> Nominees:
    """One page of the nominees of a unit at a cut-off, best first; makes the list where it is the
    first time that this cut-off is asked for, which takes half a minute for half a million people.
    Raises `NoCriteria` where none stand in the unit on `done_by`, `BadCutoff` where `received_by`
    is before `done_by`."""
    kept = _kept(database, units, wanted, limit, after)
    if kept is not None:
        return kept
    made, adopted = _made(database, units, wanted, history, now=now, report=report)
    return _page(database, made, adopted, limit, after)


def at_hand(
    database: Database,
    units: Units,
    wanted: Wanted,
    *,
    now: datetime,
    limit: int = 50,
    after: int | None = None,
) -> Nominees | None:
    """The same where the list was made already; else None, at once. Raises what `nominees` raises."""
    kept = _kept(database, units, wanted, limit, after)
    if kept is not None:
        return kept
    found = _found(database, units, wanted, now)
    if isinstance(found.made, Cutoff):
        return None
    return _page(database, found.made, found.adopted, limit, after)


def pages(
    database: Database,
    units: Units,
    wanted: Wanted,
    history: History,
    *,
    now: datetime,
    limit: int,
    report: Report = unheard,
) -> Iterator[Nominees]:
    """Every page of one and the same list, which is made first where it is not there."""
    made, adopted = _made(database, units, wanted, history, now=now, report=report)
    after: int | None = None
    while True:
        page = _page(database, made, adopted, limit, after)
        yield page
        if (after := page.after) is None:
            return


def _kept(database: Database, units: Units, wanted: Wanted, limit: int, after: int | None) -> Nominees | None:
    """A page of a list that stays, read on one connection: of most that are asked for."""
    with database.read_models() as db:
        made = nominee_lists.settled(db, wanted)
        if made is None:
            return None
        adopted = _criteria(db, units, wanted, Position(made.position))
        return _page_of(db, made, adopted, limit, after or 0)


class _Found(msgspec.Struct, frozen=True):
    """The list, or the cut-off at which it is still to be made."""

    adopted: criteria.Adoption
    made: ListRow | Cutoff


def _found(database: Database, units: Units, wanted: Wanted, now: datetime) -> _Found:
    if wanted.received_by < wanted.done_by:
        raise BadCutoff
    with database.read_models() as db:
        if made := nominee_lists.settled(db, wanted):
            return _Found(_criteria(db, units, wanted, Position(made.position)), made)
    cutoff = nominee_lists.cutoff_of(database, wanted, now)
    with database.read_models() as db:
        adopted = _criteria(db, units, wanted, cutoff.position)
        if cutoff.provisional:
            made = nominee_lists.provisional(db, wanted, cutoff, adopted.content_hash, now)
    return _Found(adopted, made or cutoff)


def _made(
    database: Database, units: Units, wanted: Wanted, history: History, *, now: datetime, report: Report
) -> tuple[ListRow, criteria.Adoption]:
    found = _found(database, units, wanted, now)
    if isinstance(found.made, ListRow):
        return found.made, found.adopted
    made = nominee_lists.make(
        database,
        wanted,
        cutoff=found.made,
        content_hash=found.adopted.content_hash,
        now=now,
        who=partial(_who, database, wanted, history, found.adopted, found.made.position),
        report=report,
    )
    return made, found.adopted


def _who(
    database: Database,
    wanted: Wanted,
    history: History,
    adopted: criteria.Adoption,
    position: Position,
    report: Report,
) -> Sequence[Row]:
    at = At(wanted.done_by, position, adopted.content, adopted.content_hash)
    with database.read_models() as db:
        return who_meets(db, history, wanted.unit, wanted.status, at, report=report)


def _criteria(db: Connection, units: Units, wanted: Wanted, position: Position) -> criteria.Adoption:
    found = units.find(wanted.unit)
    adopted = found and criteria.standing(db, found.path, wanted.done_by, at=position)
    if not adopted:
        raise NoCriteria
    return adopted


def _page(
    database: Database, made: ListRow, adopted: criteria.Adoption, limit: int, after: int | None
) -> Nominees:
    with database.read_models() as db:
        return _page_of(db, made, adopted, limit, after or 0)


def _page_of(db: Connection, made: ListRow, adopted: criteria.Adoption, limit: int, after: int) -> Nominees:
    rows = nominee_lists.page_of(db, made, limit, after)
    ids = [MarketId(row.subject) for row in rows]
    names = markets.names(db, ids) if made.status == Status.MARKET else {}
    return Nominees(
        unit=made.unit,
        status=made.status,
        cutoff=Cutoff(
            done_by=date.fromisoformat(made.done_by),
            received_by=date.fromisoformat(made.received_by),
            position=Position(made.position),
            at=moment(made.at) if made.position else None,
            provisional=bool(made.provisional),
        ),
        criteria=adopted.content,
        content_hash=adopted.content_hash,
        document=adopted.document,
        rows=tuple(_nominee(row, names.get(MarketId(row.subject))) for row in rows[:limit]),
        row_count=made.row_count,
        after=after + limit if len(rows) > limit else None,
        made_at=moment(made.made_at),
    )


def _nominee(row: Row, name: str | None) -> Nominee:
    return Nominee(
        subject=row.subject,
        person=row.person,
        name=name,
        unit=row.unit,
        commune=row.commune,
        province=row.province,
        people=row.people,
        able=row.able,
        on_phone=row.on_phone,
        families=row.families,
        vendors=row.vendors,
        first=date.fromisoformat(row.first) if row.first else None,
        last=date.fromisoformat(row.last) if row.last else None,
        commune_rank=row.commune_rank,
        province_rank=row.province_rank,
    )
