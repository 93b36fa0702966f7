"""Who met the criteria when the ledger stood at a position, by what was done by a day.

Everything is read as of that position, from spans that are never changed before it: whatever is
recorded later, voids, merges and erasures included, the answer stays the same. A family or market
meets the criteria if its status stood at that position.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection, case, func, or_, select

from domain.criteria import Criteria
from domain.model import PersonId, Position, UnitId
from infrastructure.background import Report, unheard
from infrastructure.read_models import units
from infrastructure.read_models.claims import FAMILY, PERSON, VENDOR
from infrastructure.read_models.columns import chunks
from infrastructure.read_models.credit import holder, span
from infrastructure.read_models.credit import standing as credit_at
from infrastructure.read_models.honours import HonourRow, Status, honour
from infrastructure.read_models.honours import standing as honour_at
from infrastructure.read_models.looks import RestsOn
from infrastructure.read_models.people import home, person
from infrastructure.read_models.teachings import teaching_row
from infrastructure.read_models.units import Place


class Row(msgspec.Struct, kw_only=False):
    """A nominee's figures. Of the `people` confirmed `able` are able themselves; `first` and `last`
    are the days (YYYY-MM-DD) of what counts."""

    subject: str
    person: PersonId | None
    unit: UnitId
    commune: UnitId | None
    province: UnitId | None
    people: int = 0
    able: int = 0
    families: int = 0
    vendors: int = 0
    first: str | None = None
    last: str | None = None
    commune_rank: int = 0
    province_rank: int = 0


def who_meets(
    db: Connection,
    unit: UnitId,
    status: Status,
    rule: Criteria,
    done_by: date,
    position: Position,
    *,
    report: Report = unheard,
) -> list[Row]:
    """The nominees of a unit in the order of the list: most people first, then by id; families
    and markets by the order in which they were recognised."""
    where = units.place(db, unit)
    if where is None:
        return []
    if status is Status.AMBASSADOR:
        rows = _ambassadors(db, where, done_by.isoformat(), position, report)
        rows.sort(key=lambda row: (-row.people, row.subject))
        _rank(rows, [-row.people for row in rows])
        rows = [row for row in rows if row.people >= rule.ambassador_people]
    else:
        held = _held(db, where, status, done_by.isoformat(), position)
        rows = [_honoured(one) for one in held]
        _rank(rows, [one.from_position for one in held])
    return [row for row in rows if where.level == "country" or unit in (row.province, row.commune, row.unit)]


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


def _ambassadors(db: Connection, where: Place, done_by: str, position: Position, report: Report) -> list[Row]:
    """Everybody of the province who had any credit, with what they had."""
    rows = []
    places: dict[UnitId, Place | None] = {}
    candidates, seen = _candidates(db, where.province), 0
    for some in chunks(candidates):
        report(seen, len(candidates))
        seen += len(some)
        homes = _homes(db, some, position)
        people = _people(db, [one for one in some if one in homes], done_by, position)
        families = _counts(db, FAMILY, people, done_by, position)
        vendors = _counts(db, VENDOR, people, done_by, position)
        for one, (count, able, first, last) in people.items():
            at = homes[one]
            if at not in places:
                places[at] = units.place(db, at)
            place = places[at] or Place("country")
            if where.province is None or place.province == where.province:
                rows.append(
                    Row(
                        one, one, at, place.commune, place.province, count, able,
                        families.get(one, 0), vendors.get(one, 0), first, last,
                    )
                )  # fmt: skip
    return rows


def _candidates(db: Connection, province: UnitId | None) -> list[PersonId]:
    """Whoever ever held a credit and may have been at home in the province: when they first held
    one, or before or after a move or a merge."""
    if province is None:
        return [
            PersonId(one) for one in db.scalars(select(holder.c.ambassador).order_by(holder.c.ambassador))
        ]
    first = select(holder.c.ambassador).where(holder.c.province == province)
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


def _people(
    db: Connection, ambassadors: Sequence[PersonId], done_by: str, position: Position
) -> dict[PersonId, tuple[int, int, str, str]]:
    """Distinct persons credited, of them able, first and last day."""
    query = select(
        span.c.ambassador,
        func.count(span.c.subject.distinct()),
        func.count(case((span.c.able, span.c.subject)).distinct()),
        func.min(span.c.on),
        func.max(span.c.on),
    )
    done = span.c.kind == PERSON, span.c.ambassador.in_(ambassadors), span.c.on <= done_by
    rows = db.execute(query.where(*done, credit_at(position)).group_by(span.c.ambassador))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _counts(
    db: Connection, kind: str, ambassadors: Iterable[PersonId], done_by: str, position: Position
) -> dict[PersonId, int]:
    """Distinct families or vendors credited."""
    done = span.c.kind == kind, span.c.ambassador.in_(list(ambassadors)), span.c.on <= done_by
    query = select(span.c.ambassador, func.count(span.c.subject.distinct())).where(*done, credit_at(position))
    return {row[0]: row[1] for row in db.execute(query.group_by(span.c.ambassador))}


def _held(db: Connection, where: Place, status: Status, done_by: str, position: Position) -> list[HonourRow]:
    """The honours of the province that stood then, on what was done by the day."""
    query = select(honour).where(
        honour.c.status == status.value,
        honour_at(position),
        or_(honour.c.on.is_(None), honour.c.on <= done_by),
    )
    if where.province is not None:
        query = query.where(honour.c.province == where.province)
    rows = [HonourRow(*row) for row in db.execute(query.order_by(honour.c.from_position, honour.c.subject))]
    late = _late(db, rows, done_by) if status is Status.FAMILY else set()
    return [row for row in rows if row.subject not in late]


def _late(db: Connection, rows: Sequence[HonourRow], done_by: str) -> set[str]:
    """Families whose status rests on a teaching of a later day."""
    late: set[str] = set()
    named = {row.subject: _DECODER.decode(row.rests_on) for row in rows}
    teachings = {
        one: subject
        for subject, rests_on in named.items()
        for one in (*rests_on.shown, rests_on.taught)
        if one is not None
    }
    for some in chunks(list(teachings)):
        query = select(teaching_row.c.teaching).where(
            teaching_row.c.teaching.in_(some), teaching_row.c.on > done_by
        )
        late |= {teachings[one] for one in db.scalars(query)}
    return late


_DECODER: Final = msgspec.json.Decoder(RestsOn)


def _honoured(one: HonourRow) -> Row:
    is_family = one.status == Status.FAMILY
    return Row(
        subject=one.subject,
        person=one.ambassador,
        unit=one.unit,
        commune=one.commune,
        province=one.province,
        families=int(is_family),
        vendors=one.counted,
        first=one.on,
        last=one.on,
    )
