"""Who belonged to which team and to which workplace on which day: for whom what somebody did counts.

From the day somebody joined to the day they left, both included. Where several entries say something
of one day (a move, a correction, or two entries of one person), the latest holds.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, Text, exists, select

from domain.model import Fact, PersonId, UnitId
from domain.placed import Body, PlacedAnew
from domain.teaching import TeachingAnswered, TeachingFact, TeachingLogged, TeachingVoided
from domain.teams import TeamFormed, TeamMemberJoined, TeamMemberLeft
from domain.workplaces import WorkplaceJoined, WorkplaceLeft, WorkplaceRegistered
from infrastructure.database import derived
from infrastructure.read_models import people
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import Id, chunks
from infrastructure.read_models.model import Copy, Model, packed
from infrastructure.read_models.people import People

TEAM: Final = "team"
WORKPLACE: Final = "workplace"

membership: Final = Table(
    "body_membership_v1",
    derived,
    Column("person", Id, primary_key=True, comment="the id under which they joined"),
    Column("spans", Text, nullable=False, comment="JSON: [kind, body, from, to, position], oldest first"),
    comment="body: a team or a workplace",
)

member: Final = Table(
    "body_member_v1",
    derived,
    Column("body", Id, primary_key=True, comment="a team or a workplace"),
    Column("person", Id, primary_key=True, comment="the id under which they joined"),
    comment="who belongs where now",
)

seat: Final = Table(
    "body_seat_v1",
    derived,
    Column("body", Id, primary_key=True),
    Column("kind", Id, nullable=False),
    Column("unit", Id, nullable=False),
    Index("body_seat_v1_unit", "unit"),
    comment="under which unit a team or a workplace stands",
)


class Span(msgspec.Struct, array_like=True, gc=False):
    """`until` is the last day, empty while it lasts."""

    kind: str
    body: str
    since: str
    until: str
    position: int


class MembershipRow(msgspec.Struct, gc=False):
    person: PersonId
    spans: str


class MemberRow(msgspec.Struct, gc=False):
    body: str
    person: PersonId


class SeatRow(msgspec.Struct, gc=False):
    body: str
    kind: str
    unit: UnitId


def members(db: Connection, body: str) -> list[PersonId]:
    """Who belongs to a team or a workplace now, by the ids that stand for them. Of two entries that turned
    out to be one person, the one who joined last holds."""
    found = list(db.scalars(select(member.c.person).where(member.c.body == body).order_by(member.c.person)))
    known = people.several(db, found)
    tops = list(dict.fromkeys(known[one].id if one in known else one for one in found))
    ids = people.aliases_of_each(db, tops)
    return [one for one in tops if len(ids[one]) == 1 or body in bodies_of(db, one).values()]


def bodies_of(db: Connection, person: PersonId) -> dict[str, str]:
    """The team and the workplace somebody belongs to now, by kind."""
    rows = [
        row
        for some in chunks(list(people.aliases(db, person)))
        for row in db.scalars(select(membership.c.spans).where(membership.c.person.in_(some)))
    ]
    spans = [span for row in rows for span in _SPANS.decode(row) if not span.until]
    return {span.kind: span.body for span in sorted(spans, key=lambda one: one.position)}


def seats(db: Connection, bodies: Iterable[str]) -> dict[str, UnitId]:
    """The units under which these stand."""
    return {
        body: UnitId(unit)
        for some in chunks(list(dict.fromkeys(bodies)))
        for body, unit in db.execute(select(seat.c.body, seat.c.unit).where(seat.c.body.in_(some)))
    }


_SPANS: Final = msgspec.json.Decoder(list[Span])


class Memberships(Model):
    name = "memberships"
    version = 2
    tables = (membership, member, seat)
    needs = (Claims,)
    facts = (
        TeamFormed,
        TeamMemberJoined,
        TeamMemberLeft,
        WorkplaceRegistered,
        WorkplaceJoined,
        WorkplaceLeft,
        TeachingLogged,
        TeachingAnswered,
        TeachingVoided,
        PlacedAnew,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._people = copy.model(People)
        self._claims = copy.model(Claims)
        self._rows = copy.rows(membership, MembershipRow)
        self._members = copy.rows(member, MemberRow)
        self._seats = copy.rows(seat, SeatRow)
        self._spans: dict[PersonId, list[Span]] = {}
        self._anybody = False
        self.moved: dict[str, UnitId] = {}
        """Teams and workplaces placed anew in this batch; who builds on seats empties it."""

    def begin(self) -> None:
        self._anybody = bool(self.copy.db.scalar(select(exists(select(self._rows.table)))))

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        """Whoever taught: what they belonged to will be asked for."""
        if self._anybody:
            taught = {fact.ambassador for _, fact in facts if isinstance(fact, TeachingFact)}
            self._rows.load(one for ref in taught for one in self._people.ids(ref))

    def change(self, position: int, fact: Fact) -> None:
        if isinstance(fact, TeachingFact):
            return
        match fact:
            case TeamFormed(team=body):
                self._seats.put(SeatRow(body, TEAM, fact.unit))
            case WorkplaceRegistered(workplace=body):
                self._seats.put(SeatRow(body, WORKPLACE, fact.unit))
            case PlacedAnew(body=Body.TEAM | Body.WORKPLACE, subject=body):
                self._seats.put(SeatRow(body, fact.body.value, fact.unit))
                self.moved[body] = fact.unit
            case TeamMemberJoined(team=body):
                self._join(fact.person, Span(TEAM, body, fact.on.isoformat(), "", position))
            case WorkplaceJoined(workplace=body):
                self._join(fact.person, Span(WORKPLACE, body, fact.on.isoformat(), "", position))
            case TeamMemberLeft(team=body) | WorkplaceLeft(workplace=body):
                self._leave(fact.person, body, fact.on.isoformat())

    def _join(self, person: PersonId, span: Span) -> None:
        self._anybody = True
        self._claims.take_back(person, since=span.since)
        self._put(person, [*self._of(person), span])
        self._members.put(MemberRow(span.body, person))

    def _leave(self, person: PersonId, body: str, on: str) -> None:
        self._claims.take_back(person, since=on)
        spans = [
            Span(one.kind, one.body, one.since, on, one.position)
            if one.body == body and not one.until
            else one
            for one in self._of(person)
        ]
        self._put(person, spans)
        self._members.drop((body, person))

    def _put(self, person: PersonId, spans: list[Span]) -> None:
        self._spans[person] = spans
        self._rows.put(MembershipRow(person, packed(spans)))

    def _of(self, person: PersonId) -> list[Span]:
        found = self._spans.get(person)
        if found is None:
            row = self._rows.get(person)
            found = self._spans[person] = [] if row is None else _SPANS.decode(row.spans)
        return found

    def bodies(self, person: PersonId, on: str) -> tuple[tuple[str, str], ...]:
        """The team and the workplace that somebody belonged to on a day, each with its kind."""
        if not self._anybody:
            return ()
        spans = [
            span
            for one in self._people.ids(person)
            for span in self._of(one)
            if span.since <= on and (not span.until or on <= span.until)
        ]
        if len(spans) > 1:
            spans.sort(key=lambda one: one.position)
        return tuple({span.kind: span.body for span in spans}.items())

    def seat(self, body: str) -> UnitId | None:
        row = self._seats.get(body)
        return None if row is None else row.unit

    def settle(self) -> None:
        self._spans.clear()
