"""Who met the criteria when the ledger stood at a position, by what was done by a day.

Everything is read as of that position, from spans that are never changed before it and from facts
recorded by then: whatever is recorded later, voids, merges and erasures included, the answer stays
the same. Families and markets are weighed anew (`at_cutoff`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, Select, case, func, or_, select

from domain.model import Evidence, PersonId, Position, UnitId
from infrastructure.background import Report, unheard
from infrastructure.read_models import units
from infrastructure.read_models.at_cutoff import (
    At,
    Family,
    History,
    Market,
    digital_markets,
    families,
    lies_in,
)
from infrastructure.read_models.claimed import PERSON, VENDOR
from infrastructure.read_models.columns import chunks
from infrastructure.read_models.credit import holder, span
from infrastructure.read_models.credit import standing as credit_at
from infrastructure.read_models.honours import Status
from infrastructure.read_models.households import household_row
from infrastructure.read_models.people import home, person
from infrastructure.read_models.units import Place


class Row(msgspec.Struct, kw_only=False):
    """A nominee's figures. Of the `people` confirmed `able` are able themselves, and `on_phone` said
    so on a mentor's phone and nowhere else; `first` and `last` are the days (YYYY-MM-DD) of what counts."""

    subject: str
    person: PersonId | None
    unit: UnitId
    commune: UnitId | None
    province: UnitId | None
    people: int = 0
    able: int = 0
    on_phone: int = 0
    families: int = 0
    vendors: int = 0
    first: str | None = None
    last: str | None = None
    commune_rank: int = 0
    province_rank: int = 0


def who_meets(
    db: Connection,
    history: History,
    unit: UnitId,
    status: Status,
    at: At,
    *,
    report: Report = unheard,
) -> list[Row]:
    """The nominees of a unit (of one that is no more, those of whatever lies in it wholly) in the order
    of the list: most people first, then by id; families by when they came to meet the criteria, markets
    by how many vendors count."""
    where = units.place(db, unit)
    if where is None:
        return []
    match status:
        case Status.AMBASSADOR:
            rows = _ambassadors(db, history, where, at, report)
            rows.sort(key=lambda row: (-row.people, row.subject))
            _rank(rows, [-row.people for row in rows])
        case Status.FAMILY:
            there = lies_in(household_row.c.unit, where.province)
            homes = families(db, history, at, there, report)
            homes.sort(key=lambda one: (one.since, one.household))
            rows = [_family(one, _place(db, one.unit)) for one in homes]
            _rank(rows, [one.since for one in homes])
        case Status.MARKET:
            found = digital_markets(db, history, at, where.province, report)
            found.sort(key=lambda one: (-one.counted, one.market))
            rows = [_market(one, _place(db, one.unit)) for one in found]
            _rank(rows, [-one.counted for one in found])
    if where.level == "country":
        return rows
    over = units.lying_in(db, unit) if where.ended else frozenset((unit,))
    return [row for row in rows if not over.isdisjoint((row.province, row.commune, row.unit))]


def _place(db: Connection, unit: UnitId) -> Place:
    return units.place(db, unit) or Place("country")


def _family(one: Family, place: Place) -> Row:
    on = one.on.isoformat()
    return Row(
        one.household, one.ambassador, one.unit, place.commune, place.province,
        families=1, first=on, last=on,
    )  # fmt: skip


def _market(one: Market, place: Place) -> Row:
    return Row(one.market, None, one.unit, place.commune, place.province, vendors=one.counted)


def _rank(rows: Sequence[Row], order: Sequence[int]) -> None:
    """Ranks in commune and province; ties share one. `rows` are sorted by `order`."""
    for at, column in (("commune", "commune_rank"), ("province", "province_rank")):
        seen: dict[UnitId | None, tuple[int, int, int]] = {}
        for row, value in zip(rows, order, strict=True):
            unit = getattr(row, at)
            count, rank, last = seen.get(unit, (0, 0, value))
            rank = rank if count and value == last else count + 1
            seen[unit] = (count + 1, rank, value)
            setattr(row, column, rank)


def _ambassadors(db: Connection, history: History, where: Place, at: At, report: Report) -> list[Row]:
    """Everybody of the province who had credit for as many persons as the criteria ask for, with what they
    had. Whoever had fewer ranks after them all."""
    done_by, position = at.done_by.isoformat(), at.position
    rows = []
    places: dict[UnitId, Place | None] = {}
    candidates, seen = _candidates(db, where.province), 0
    registered = _families(db, history, where, at, lambda done, total: report(done, 2 * total))
    for some in chunks(candidates):
        report(len(candidates) + seen, 2 * len(candidates))
        seen += len(some)
        people = _people(db, _perhaps(db, some, at), at)
        homes = _homes(db, list(people), position)
        vendors = _vendors(db, people, done_by, position)
        for one, (count, able, on_phone, first, last) in people.items():
            home_unit = homes.get(one)
            if home_unit is None:
                continue
            if home_unit not in places:
                places[home_unit] = units.place(db, home_unit)
            place = places[home_unit] or Place("country")
            if where.province is None or place.province == where.province:
                rows.append(
                    Row(
                        one, one, home_unit, place.commune, place.province, count, able, on_phone,
                        registered.get(one, 0), vendors.get(one, 0), first, last,
                    )
                )  # fmt: skip
    return rows


def _families(db: Connection, history: History, where: Place, at: At, report: Report) -> Counter[PersonId]:
    """How many digital families those of the province registered, wherever these live."""
    which = lies_in(household_row.c.unit, where.province)
    if where.province is not None:
        which = or_(which, household_row.c.ambassador.in_(_first_held_in(where.province)))
    return Counter(one.ambassador for one in families(db, history, at, which, report))


def _first_held_in(province: UnitId) -> Select[tuple[str]]:
    """Those who were at home in the province when they first held a credit."""
    return select(holder.c.ambassador).where(holder.c.province == province)


def _candidates(db: Connection, province: UnitId | None) -> list[PersonId]:
    """Whoever ever held a credit and may have been at home in the province: when they first held
    one, or before or after a move or a merge."""
    if province is None:
        return [
            PersonId(one) for one in db.scalars(select(holder.c.ambassador).order_by(holder.c.ambassador))
        ]
    first = _first_held_in(province)
    other = select(home.c.person).where(home.c.province == province)
    return sorted({PersonId(one) for query in (first, other) for one in db.scalars(query)})


def _homes(db: Connection, people: Sequence[PersonId], position: Position) -> dict[PersonId, UnitId]:
    """Where people were at home then: their latest home by then, else where they were registered."""
    homes = {
        row[0]: row[1]
        for row in db.execute(select(person.c.person, person.c.first_unit).where(person.c.person.in_(people)))
    }
    moves = (
        select(home.c.person, home.c.unit)
        .where(home.c.person.in_(people), home.c.from_position <= position)
        .order_by(home.c.person, home.c.from_position)
    )
    return homes | {row[0]: row[1] for row in db.execute(moves)}


def _perhaps(db: Connection, ambassadors: Sequence[PersonId], at: At) -> list[PersonId]:
    """Those who ever had as many credits as the criteria ask for persons: an index alone tells it."""
    done = span.c.kind == PERSON, span.c.ambassador.in_(ambassadors), span.c.on <= at.done_by.isoformat()
    query = select(span.c.ambassador).where(*done).group_by(span.c.ambassador)
    return list(db.scalars(query.having(func.count() >= at.criteria.ambassador_people)).all())


def _people(
    db: Connection, ambassadors: Sequence[PersonId], at: At
) -> dict[PersonId, tuple[int, int, int, str, str]]:
    """Distinct persons credited, as many as the criteria ask for, of them able, of them confirmed on a
    mentor's phone alone, first and last day."""
    many = func.count(span.c.subject.distinct())
    elsewhere = func.count(case((span.c.evidence != Evidence.AMBASSADOR_DEVICE, span.c.subject)).distinct())
    query = select(
        span.c.ambassador,
        many,
        func.count(case((span.c.able, span.c.subject)).distinct()),
        elsewhere,
        func.min(span.c.on),
        func.max(span.c.on),
    )
    done = span.c.kind == PERSON, span.c.ambassador.in_(ambassadors), span.c.on <= at.done_by.isoformat()
    held = query.where(*done, credit_at(at.position)).group_by(span.c.ambassador)
    rows = db.execute(held.having(many >= at.criteria.ambassador_people))
    return {row[0]: (row[1], row[2], row[1] - row[3], row[4], row[5]) for row in rows}


def _vendors(
    db: Connection, ambassadors: Iterable[PersonId], done_by: str, position: Position
) -> dict[PersonId, int]:
    """Distinct vendors credited."""
    done = span.c.kind == VENDOR, span.c.ambassador.in_(list(ambassadors)), span.c.on <= done_by
    query = select(span.c.ambassador, func.count(span.c.subject.distinct())).where(*done, credit_at(position))
    return {row[0]: row[1] for row in db.execute(query.group_by(span.c.ambassador))}
