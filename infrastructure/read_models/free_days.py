"""What a few ambassadors may count of any days: counted when it is asked for, from credit itself.

Rows of boards are kept by month, quarter, year and campaign, since distinct persons of several days
are no sum of those days. Any other days are counted anew each time, so only for as many
ambassadors as a commune, a team or a workplace has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from sqlalchemy import Connection, case, func, select

from domain.model import PersonId, UnitId
from infrastructure.read_models import people
from infrastructure.read_models.claims import FAMILY, PERSON, VENDOR
from infrastructure.read_models.columns import chunks
from infrastructure.read_models.credit import span
from infrastructure.read_models.people import merge
from infrastructure.read_models.standings import Metric, StandingRow
from infrastructure.read_models.teachings import State, teaching_row

MOST: Final = 1_000
"""Ambassadors whose days are counted when somebody asks."""

_KINDS: Final = {Metric.PEOPLE: PERSON, Metric.FAMILIES: FAMILY, Metric.VENDORS: VENDOR}

Days = tuple[date, date]
"""The first and the last, both included."""


class TooMany(Exception):
    """More ambassadors than are counted while somebody waits."""


def rows(db: Connection, ambassadors: Collection[str], metric: Metric, days: Days) -> list[StandingRow]:
    """One row for each of these (canonical) ambassadors who may count anything of these days.
    Raises `TooMany`."""
    if len(ambassadors) > MOST:
        raise TooMany
    said = _said(days)
    credited = _credited(db, ambassadors, metric, said)
    claimed = _claimed(db, ambassadors, said) if metric is Metric.PEOPLE else {}
    homes = people.several(db, [PersonId(one) for one in credited.keys() | claimed.keys()])
    found = []
    for one in sorted(credited.keys() | claimed.keys()):
        score, able = credited.get(one, (0, 0))
        said_of, confirmed = claimed.get(one, (score, score))
        known = homes.get(PersonId(one))
        home: UnitId | None = known.home if known else None
        found.append(
            StandingRow(one, metric.value, "", score, able, said_of, confirmed, home, None, None, None)
        )
    return found


def _said(days: Days) -> tuple[str, str]:
    return days[0].isoformat(), days[1].isoformat()


def _credited(
    db: Connection, ambassadors: Iterable[str], metric: Metric, days: tuple[str, str]
) -> dict[str, tuple[int, int]]:
    """Distinct persons (families, vendors) they hold a credit for, and those of them who are able."""
    able = func.count(case((span.c.able, span.c.subject)).distinct())
    return {
        row[0]: (row[1], row[2])
        for some in chunks(list(ambassadors))
        for row in db.execute(
            select(span.c.ambassador, func.count(span.c.subject.distinct()), able)
            .where(
                span.c.kind == _KINDS[metric],
                span.c.ambassador.in_(some),
                span.c.on.between(*days),
                span.c.to_position.is_(None),
            )
            .group_by(span.c.ambassador)
        )
    }


def _claimed(db: Connection, ambassadors: Iterable[str], days: tuple[str, str]) -> dict[str, tuple[int, int]]:
    """Distinct persons whom they said they taught, and those of them who confirmed it."""
    tops = [PersonId(one) for one in ambassadors]
    canonical = {ref: top for top, ids in people.aliases_of_each(db, tops).items() for ref in ids}
    learner = func.coalesce(merge.c.canonical, teaching_row.c.learner)
    confirmed = case((teaching_row.c.state == State.CONFIRMED.value, learner))
    sets: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for some in chunks(list(canonical)):
        query = (
            select(teaching_row.c.ambassador, learner, confirmed)
            .outerjoin(merge, merge.c.person == teaching_row.c.learner)
            .where(
                teaching_row.c.ambassador.in_(some),
                teaching_row.c.on.between(*days),
                teaching_row.c.state != State.VOIDED.value,
            )
        )
        for ambassador, who, sure in db.execute(query):
            top = canonical[ambassador]
            if who == top:
                continue  # nobody counts for having taught themselves
            sets[top][0].add(who)
            if sure:
                sets[top][1].add(sure)
    return {top: (len(said), len(sure)) for top, (said, sure) in sets.items()}
