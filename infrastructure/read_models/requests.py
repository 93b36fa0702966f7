"""What people asked for about their own data, and how far each request has come."""

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Column, Connection, Index, Table, select

from domain import requests
from domain.model import Fact, PersonId, UnitId
from domain.requests import Kind, Outcome, RequestAcknowledged, RequestId, RequestMade, RequestSettled
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Id, micros, moment
from infrastructure.read_models.model import Copy, Model

request: Final = Table(
    "request_v1",
    derived,
    Column("request", Id, primary_key=True),
    Column("person", Id, nullable=False),
    Column("kind", Id, nullable=False),
    Column("unit", Id, nullable=False, comment="where the person was at home"),
    Column("made", At, nullable=False, comment="microseconds since 1970"),
    Column("acknowledged", At, comment="microseconds since 1970; none while nobody has"),
    Column("settled", At, comment="microseconds since 1970; none while it is open"),
    Column("outcome", Id),
    Index("request_v1_open", "settled", "made"),
    Index("request_v1_person", "person"),
)


class RequestRow(msgspec.Struct, gc=False):
    request: RequestId
    person: PersonId
    kind: str
    unit: UnitId
    made: int
    acknowledged: int | None
    settled: int | None
    outcome: str | None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`outcome` is None while it is open."""

    request: RequestId
    person: PersonId
    kind: Kind
    unit: UnitId
    made: datetime
    acknowledged: datetime | None
    settled: datetime | None
    outcome: Outcome | None


def waiting(db: Connection) -> list[Request]:
    """All that are open, the oldest first; a whole country has few enough to be read at once."""
    query = select(request).where(request.c.settled.is_(None)).order_by(request.c.made, request.c.request)
    return [_request(RequestRow(*row)) for row in db.execute(query)]


def one(db: Connection, ref: RequestId) -> Request | None:
    row = db.execute(select(request).where(request.c.request == ref)).first()
    return None if row is None else _request(RequestRow(*row))


def of_person(db: Connection, ids: tuple[PersonId, ...]) -> list[Request]:
    """Latest first; `ids` are all of one person."""
    query = select(request).where(request.c.person.in_(ids)).order_by(request.c.made.desc())
    return [_request(RequestRow(*row)) for row in db.execute(query)]


def _request(row: RequestRow) -> Request:
    return Request(
        request=row.request,
        person=row.person,
        kind=Kind(row.kind),
        unit=row.unit,
        made=moment(row.made),
        acknowledged=None if row.acknowledged is None else moment(row.acknowledged),
        settled=None if row.settled is None else moment(row.settled),
        outcome=None if row.outcome is None else Outcome(row.outcome),
    )


class Requests(Model):
    name = "requests"
    tables = (request,)
    facts = requests.FACTS

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._requests = copy.rows(request, RequestRow)

    def change(self, _position: int, fact: Fact) -> None:
        match fact:
            case RequestMade():
                made = micros(fact.at)
                row = RequestRow(fact.request, fact.person, fact.kind, fact.unit, made, None, None, None)
                self._requests.put(row)
            case RequestAcknowledged():
                row = self._known(fact.request)
                row.acknowledged = micros(fact.at)
                self._requests.put(row)
            case RequestSettled():
                row = self._known(fact.request)
                row.settled, row.outcome = micros(fact.at), fact.outcome
                self._requests.put(row)

    def _known(self, ref: RequestId) -> RequestRow:
        row = self._requests.get(ref)
        if row is None:
            raise LookupError("a fact about a request that was never made")
        return row
