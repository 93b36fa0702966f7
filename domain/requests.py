"""What people ask for about their own data: made, acknowledged, settled, with the days the law gives.

The words of a request (what is wrong, why somebody objects) are in the vault; here are only ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from domain.calendar import day_of
from domain.holidays import after_working_days
from domain.model import Boundary, By, Decision, Fact, PersonId, Refused, Selector, Tags, UnitId
from domain.people import PersonErased, UnknownPerson

RequestId = NewType("RequestId", str)


class Kind(StrEnum):
    """What is asked for. Agreeing and no longer agreeing take effect at once, and are no request; but
    of what was taken back by a code alone an organizer hears before anything is erased for it."""

    CORRECT = "correct"
    OBJECT = "object"
    ERASE = "erase"
    WITHDRAW = "withdraw"

    @property
    def erases(self) -> bool:
        """Whether the person's data goes when it is done."""
        return self in (Kind.ERASE, Kind.WITHDRAW)


class Outcome(StrEnum):
    DONE = "done"
    DECLINED = "declined"


class RequestFact(Fact, frozen=True, kw_only=True):
    request: RequestId
    person: PersonId

    def tags(self) -> Tags:
        return (f"request:{self.request}", f"asks:{self.person}")


class RequestMade(RequestFact, frozen=True, kw_only=True):
    """`unit` is where the person is at home: its organizers answer."""

    NAME = "request-made"

    kind: Kind
    unit: UnitId


class RequestAcknowledged(RequestFact, frozen=True, kw_only=True):
    """An organizer has read it."""

    NAME = "request-acknowledged"


class RequestSettled(RequestFact, frozen=True, kw_only=True):
    NAME = "request-settled"

    outcome: Outcome


FACTS: Final = (RequestMade, RequestAcknowledged, RequestSettled)

WORKING_DAYS_TO_ACKNOWLEDGE: Final = 2
DAYS_TO_SETTLE: Final = 15
"""Law 91/2025/QH15 and Decree 356/2025 as docs/privacy.md names them: 2 working days to say that a
request was received, 15 days for a withdrawal. The other kinds are given the same 15 days
(*unverified* for corrections and objections)."""


def acknowledge_by(made: datetime) -> date:
    """The last day (of Vietnam) on which a request is acknowledged in time."""
    return after_working_days(day_of(made), WORKING_DAYS_TO_ACKNOWLEDGE)


def settle_by(made: datetime) -> date:
    """The last day on which a request is settled in time."""
    return day_of(made) + timedelta(days=DAYS_TO_SETTLE)


class NoSuchRequest(Refused):
    """There is no such request, or none that whoever asks may know of."""


class AlreadySettled(Refused):
    """The request was settled before."""


class AlreadyAsked(Refused):
    """The same was asked for, and is not settled yet."""


class Waiting:
    """What people asked for and still wait for."""

    def __init__(self) -> None:
        self.open: dict[RequestId, RequestMade] = {}
        self._acknowledged: set[RequestId] = set()

    def weigh(self, fact: Fact) -> None:
        match fact:
            case RequestMade():
                self.open[fact.request] = fact
            case RequestAcknowledged():
                self._acknowledged.add(fact.request)
            case RequestSettled():
                self.open.pop(fact.request, None)

    def settled(self, at: datetime, by: By, outcome: Outcome) -> Iterator[Fact]:
        """All of it settled. Settling acknowledges, too."""
        for made in self.open.values():
            if made.request not in self._acknowledged:
                yield RequestAcknowledged(at=at, by=by, request=made.request, person=made.person)
            yield RequestSettled(at=at, by=by, request=made.request, person=made.person, outcome=outcome)


@dataclass(kw_only=True)
class MakeRequest(Decision):
    """A person asks for something about their own data; the same once until it is settled. Of somebody who
    was erased nothing is left to ask about (`UnknownPerson`)."""

    request: RequestId
    person: PersonId
    kind: Kind
    unit: UnitId
    by: By

    def __post_init__(self) -> None:
        self.waiting = Waiting()
        self.erased = False

    def consistency_boundary(self) -> Boundary:
        return [
            Selector(FACTS, [f"asks:{self.person}"]),
            Selector([PersonErased], [f"person:{self.person}"]),
        ]

    def weigh(self, fact: Fact) -> None:
        if isinstance(fact, PersonErased):
            self.erased = True
        self.waiting.weigh(fact)

    def execute(self) -> None:
        if self.erased:
            raise UnknownPerson
        if any(made.kind is self.kind for made in self.waiting.open.values()):
            raise AlreadyAsked
        self.record(
            RequestMade(
                at=self.at,
                by=self.by,
                request=self.request,
                person=self.person,
                kind=self.kind,
                unit=self.unit,
            )
        )


@dataclass(kw_only=True)
class AboutRequest(Decision):
    request: RequestId
    by: By

    def __post_init__(self) -> None:
        self.made: RequestMade | None = None
        self.acknowledged = False
        self.waiting = Waiting()

    def consistency_boundary(self) -> Boundary:
        return [Selector(FACTS, [f"request:{self.request}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case RequestMade():
                self.made = fact
            case RequestAcknowledged():
                self.acknowledged = True
        self.waiting.weigh(fact)

    def must_be_open(self) -> RequestMade:
        if self.made is None:
            raise NoSuchRequest
        if not self.waiting.open:
            raise AlreadySettled
        return self.made


@dataclass(kw_only=True)
class AcknowledgeRequest(AboutRequest):
    """Somebody who answers for it says that it was received; once is enough."""

    def execute(self) -> None:
        made = self.must_be_open()
        if not self.acknowledged:
            self.record(RequestAcknowledged(at=self.at, by=self.by, request=self.request, person=made.person))


@dataclass(kw_only=True)
class SettleRequest(AboutRequest):
    """It was done, or declined with a reason (in the vault). Settling acknowledges, too."""

    outcome: Outcome

    def execute(self) -> None:
        self.must_be_open()
        for fact in self.waiting.settled(self.at, self.by, self.outcome):
            self.record(fact)
