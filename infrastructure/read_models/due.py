"""What is due: who seems to meet the criteria and is not recognised, and whose status seems broken.

Implements `application.reactions.Due`. It looks at the candidates that facts left behind; what is
not due of them is forgotten until a fact touches it again. A new day makes candidates, too, where
criteria come into force or vendors cease to be active.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection, Select, and_, bindparam, delete, exists, insert, literal, or_, select

from application.reactions import AmbassadorDue, FamilyDue, MarketDue, StatusDue
from domain.calendar import day_of
from domain.model import HouseholdId, MarketId, PersonId, Position
from infrastructure.database import Database
from infrastructure.read_models import criteria, households, looks, markets, people, workplaces
from infrastructure.read_models.campaigns import ALL
from infrastructure.read_models.candidates import (
    AMBASSADOR,
    AREA,
    EVERYTHING,
    HOUSEHOLD,
    LEARNER,
    MARKET,
    SELLER,
    WORKER,
    WORKPLACE,
    CandidateRow,
    candidate,
)
from infrastructure.read_models.columns import age
from infrastructure.read_models.honours import Status, honour
from infrastructure.read_models.standings import Metric, standing

_DAY: Final = "day"
"""The kind of the one row that says which day candidates were last made for."""

T = TypeVar("T", AmbassadorDue, FamilyDue, MarketDue, StatusDue)
Id = TypeVar("Id", bound=str)
Found = tuple[dict[str, T], dict[str, T], list[CandidateRow]]
"""What to recognise and what to mend, by id, and the candidates of whom nothing is due."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DueQuestions:
    """One instance serves one round of reactions after the other, in one thread. The first page
    of each pair of questions makes the look; the pages after it and the second question of the
    pair answer from that look."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._clock = clock
        self._ambassadors: tuple[list[AmbassadorDue], list[AmbassadorDue]] = ([], [])
        self._families: tuple[list[FamilyDue], list[FamilyDue]] = ([], [])
        self._markets: tuple[list[MarketDue], list[MarketDue]] = ([], [])
        self._statuses: tuple[list[StatusDue], list[StatusDue]] = ([], [])

    def position(self) -> Position:
        self._make_candidates()
        with self._database.read_models() as db:
            return age(db).position

    def ambassadors_to_recognise(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        if after is None:
            self._ambassadors = self._look((AMBASSADOR,), _at_ambassadors)
        return _page(self._ambassadors[0], lambda due: due.person, after, limit)

    def recognitions_to_mend(self, after: PersonId | None, limit: int) -> Sequence[AmbassadorDue]:
        return _page(self._ambassadors[1], lambda due: due.person, after, limit)

    def families_to_recognise(self, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        if after is None:
            self._families = self._look((HOUSEHOLD, LEARNER), _at_families)
        return _page(self._families[0], lambda due: due.household, after, limit)

    def families_to_mend(self, after: HouseholdId | None, limit: int) -> Sequence[FamilyDue]:
        return _page(self._families[1], lambda due: due.household, after, limit)

    def markets_to_recognise(self, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        if after is None:
            self._markets = self._look((MARKET, SELLER), _at_markets)
        return _page(self._markets[0], lambda due: due.market, after, limit)

    def markets_to_withdraw(self, after: MarketId | None, limit: int) -> Sequence[MarketDue]:
        return _page(self._markets[1], lambda due: due.market, after, limit)

    def statuses_to_recognise(self, after: str | None, limit: int) -> Sequence[StatusDue]:
        if after is None:
            self._statuses = self._look((AREA, WORKER, WORKPLACE), _at_statuses)
        return _page(self._statuses[0], lambda due: due.subject, after, limit)

    def statuses_to_withdraw(self, after: str | None, limit: int) -> Sequence[StatusDue]:
        return _page(self._statuses[1], lambda due: due.subject, after, limit)

    def _look(
        self, kinds: Sequence[str], at: Callable[[Connection, date, list[CandidateRow]], "Found[T]"]
    ) -> tuple[list[T], list[T]]:
        """What is due of all candidates of these kinds. Those of whom nothing is are forgotten."""
        today = day_of(self._clock())
        recognise: dict[str, T] = {}
        mend: dict[str, T] = {}
        seen = ("", "")
        while True:
            with self._database.read_models() as db:
                rows = _after(db, kinds, seen)
                first, second, idle = at(db, today, rows)
            if not rows:
                return _sorted(recognise), _sorted(mend)
            recognise |= first
            mend |= second
            self._forget(idle)
            seen = (rows[-1].kind, rows[-1].subject)

    def _forget(self, rows: Iterable[CandidateRow]) -> None:
        """A candidate touched again meanwhile is not forgotten."""
        gone = [msgspec.structs.asdict(row) for row in rows]
        if gone:
            with self._database.read_models_engine.begin() as db:
                db.execute(_GONE, gone)

    def _make_candidates(self) -> None:
        """Where criteria were adopted or come into force today, everybody is a candidate; on a new
        day every market is, since vendors cease to be active."""
        today = day_of(self._clock())
        with self._database.read_models() as db:
            marks = {row[0]: row[1] for row in db.execute(_MARKS)}
            last = marks.get(_DAY)
            if EVERYTHING not in marks and last == today.isoformat():
                return
            everybody = EVERYTHING in marks or last is None or criteria.begins_between(db, last, today)
            anybody = everybody and looks.statuses_asked_for(db)
            position = age(db).position
        with self._database.read_models_engine.begin() as db:
            for kind, subjects in _subjects(everybody=everybody, statuses=anybody):
                _add(db, kind, subjects, position)
            db.execute(
                delete(candidate).where(
                    candidate.c.kind.in_((_DAY, EVERYTHING)), candidate.c.touched <= position
                )
            )
            db.execute(insert(candidate).values(kind=_DAY, subject=today.isoformat(), touched=position))


_GONE: Final = delete(candidate).where(
    candidate.c.kind == bindparam("kind"),
    candidate.c.subject == bindparam("subject"),
    candidate.c.touched == bindparam("touched"),
)
_MARKS: Final = select(candidate.c.kind, candidate.c.subject).where(candidate.c.kind.in_((_DAY, EVERYTHING)))


def _subjects(*, everybody: bool, statuses: bool) -> list[tuple[str, Select[tuple[str]]]]:
    """Whoever may be due without having been touched, by the kind of candidate."""
    found: list[tuple[str, Select[tuple[str]]]] = [(MARKET, select(markets.market_row.c.market))]
    if everybody:
        enough = and_(standing.c.board == Metric.PEOPLE.value, standing.c.period == ALL, standing.c.score > 0)
        held = and_(honour.c.status == Status.AMBASSADOR.value, honour.c.to_position.is_(None))
        found += [
            (AMBASSADOR, select(standing.c.row).where(enough)),
            (AMBASSADOR, select(honour.c.subject).where(held)),
            (HOUSEHOLD, select(households.household_row.c.household)),
        ]
    if statuses:
        found += [(AREA, looks.AREAS), (WORKPLACE, select(workplaces.workplace_row.c.workplace))]
    return found


def _add(db: Connection, kind: str, subjects: Select[tuple[str]], position: int) -> None:
    some = subjects.subquery()
    known = exists().where(candidate.c.kind == kind, candidate.c.subject == some.c[0])
    new = select(literal(kind), some.c[0], literal(position)).where(~known)
    db.execute(insert(candidate).from_select(["kind", "subject", "touched"], new))


def _after(db: Connection, kinds: Sequence[str], seen: tuple[str, str]) -> list[CandidateRow]:
    kind, subject = seen
    query = (
        select(candidate)
        .where(
            candidate.c.kind.in_(kinds),
            or_(candidate.c.kind > kind, and_(candidate.c.kind == kind, candidate.c.subject > subject)),
        )
        .order_by(candidate.c.kind, candidate.c.subject)
        .limit(1_000)
    )
    return [CandidateRow(*row) for row in db.execute(query)]


def _at_ambassadors(db: Connection, on: date, rows: list[CandidateRow]) -> Found[AmbassadorDue]:
    known = people.several(db, [PersonId(row.subject) for row in rows])
    about = {
        row.subject: {known[PersonId(row.subject)].id} if row.subject in known else set() for row in rows
    }
    recognise, mend = looks.at_ambassadors(db, on, _all(about))
    return _found(rows, about, {one.person: one for one in recognise}, {one.person: one for one in mend})


def _at_families(db: Connection, on: date, rows: list[CandidateRow]) -> Found[FamilyDue]:
    about = looks.households_of(db, [row.subject for row in rows if row.kind == LEARNER])
    about |= {row.subject: {HouseholdId(row.subject)} for row in rows if row.kind == HOUSEHOLD}
    recognise, mend = looks.at_families(db, on, _all(about))
    return _found(
        rows, about, {one.household: one for one in recognise}, {one.household: one for one in mend}
    )


def _at_markets(db: Connection, on: date, rows: list[CandidateRow]) -> Found[MarketDue]:
    about = looks.markets_of(db, [row.subject for row in rows if row.kind == SELLER])
    about |= {row.subject: {MarketId(row.subject)} for row in rows if row.kind == MARKET}
    recognise, withdraw = looks.at_markets(db, on, _all(about))
    return _found(rows, about, {one.market: one for one in recognise}, {one.market: one for one in withdraw})


def _at_statuses(db: Connection, on: date, rows: list[CandidateRow]) -> Found[StatusDue]:
    about = looks.subjects_of_people(db, [row.subject for row in rows if row.kind == WORKER])
    about |= looks.areas_of(db, [row.subject for row in rows if row.kind == AREA])
    about |= {row.subject: {row.subject} for row in rows if row.kind == WORKPLACE}
    recognise, withdraw = looks.at_statuses(db, on, _all(about))
    return _found(
        rows, about, {one.subject: one for one in recognise}, {one.subject: one for one in withdraw}
    )


def _all(about: Mapping[str, Collection[Id]]) -> list[Id]:
    return sorted({one for some in about.values() for one in some})


def _found(
    rows: list[CandidateRow],
    about: Mapping[str, Collection[str]],
    recognise: Mapping[Id, T],
    mend: Mapping[Id, T],
) -> Found[T]:
    due = {*recognise, *mend}
    idle = [row for row in rows if due.isdisjoint(about[row.subject])]
    return _by_text(recognise), _by_text(mend), idle


def _by_text(due: Mapping[Id, T]) -> dict[str, T]:
    return {str(key): one for key, one in due.items()}


def _page(due: Sequence[T], of: Callable[[T], str], after: str | None, limit: int) -> list[T]:
    return [one for one in due if after is None or of(one) > after][:limit]


def _sorted(due: dict[str, T]) -> list[T]:
    return [due[key] for key in sorted(due)]
