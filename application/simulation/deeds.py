"""What invented people do. Things are named by number, since their ids come with the deed."""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from application.simulation.names import Somebody
from domain.model import Answer, Channel, Role, Skill, UnitId, VoidReason
from domain.territory import UnitSpec
from domain.vendors import Means
from domain.visits import Finding


class Wave(IntEnum):
    """A day's deeds come in waves: all of one may happen at once, each rests on those before."""

    APPOINT = 0
    FORM = 1  # teams
    JOIN = 2
    TEACH = 3
    SETTLE = 4  # households and markets
    SELL = 5  # vendors
    ONBOARD = 6
    ANSWER = 7
    MEND = 8  # changed minds, voids, sightings
    VISIT = 9  # from door to door


@dataclass(frozen=True, slots=True)
class Appoint:
    who: int
    role: Role
    unit: str


@dataclass(frozen=True, slots=True)
class FormTeam:
    team: int
    by: int
    unit: UnitId
    on: date


@dataclass(frozen=True, slots=True)
class JoinTeam:
    team: int
    who: int
    by: int
    on: date
    leader: bool


@dataclass(frozen=True, slots=True)
class DeclareHouseholds:
    unit: UnitId
    by: int
    households: int
    on: date


@dataclass(frozen=True, slots=True)
class VisitHousehold:
    visit: int
    by: int
    unit: UnitId
    number: int
    on: date
    found: tuple[Finding, ...]
    needs: tuple[Skill, ...]


@dataclass(frozen=True, slots=True)
class Teach:
    """`known` learners were met before by this ambassador; others are named anew."""

    lesson: int
    ambassador: int
    on: date
    unit: str
    skills: tuple[Skill, ...]
    learners: tuple[int, ...]
    channel: Channel


@dataclass(frozen=True, slots=True)
class AnswerLesson:
    lesson: int
    learner: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Void:
    """`by` is the ambassador who made the mistake, or the organizer who found it."""

    lesson: int
    learner: int
    by: int
    reason: VoidReason


@dataclass(frozen=True, slots=True)
class Settle:
    """An ambassador registers a household."""

    household: int
    ambassador: int
    unit: str
    members: tuple[int, ...]
    on: date


@dataclass(frozen=True, slots=True)
class OpenMarket:
    market: int
    by: int
    unit: str
    name: str
    stalls: int


@dataclass(frozen=True, slots=True)
class Sell:
    vendor: int
    market: int
    who: int
    ambassador: int


@dataclass(frozen=True, slots=True)
class Onboard:
    vendor: int
    ambassador: int
    means: tuple[Means, ...]
    on: date


@dataclass(frozen=True, slots=True)
class AnswerOnboarding:
    vendor: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Sight:
    vendor: int
    ambassador: int
    means: Means
    on: date


Deed = (
    Appoint
    | FormTeam
    | JoinTeam
    | DeclareHouseholds
    | VisitHousehold
    | Teach
    | AnswerLesson
    | Void
    | Settle
    | OpenMarket
    | Sell
    | Onboard
    | AnswerOnboarding
    | Sight
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Whose pages are worth opening first. The `learner` of `lesson` has not answered yet, and
    would be the fifth that the `ambassador` needs. `leader` leads a team, where there is one."""

    organizer: int
    committee: int
    ambassador: int
    lesson: int
    learner: int
    leader: int | None = None


@dataclass(slots=True)
class Plan:
    """`days[n][wave]` are the deeds of the nth day; numbers in deeds are places in `people`. `hamlets`
    stand before the first day."""

    first: date
    days: list[list[list[Deed]]]
    people: list[Somebody] = field(default_factory=list)
    hamlets: list[UnitSpec] = field(default_factory=list)
    cast: Cast | None = None

    def size(self) -> int:
        return sum(len(wave) for day in self.days for wave in day)
