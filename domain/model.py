"""The words every concept is written in: facts, decisions, boundaries, refusals, ids.

This is the one place that imports `eventsourcing`. A fact is the library's DCB
"decision" (what was decided and is kept); our `Decision` is its `Slice` (a request
weighed against exactly the history it depends on).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NewType

import msgspec
from eventsourcing.dcb import domain as dcb

Selector = dcb.Selector
Tagged = dcb.Tagged
Tags = tuple[str, ...]
Boundary = Sequence[Selector]

Position = NewType("Position", int)
"""Where a fact stands in the ledger: 1, 2, 3, ... without gaps."""

PersonId = NewType("PersonId", str)
UnitId = NewType("UnitId", str)
LessonId = NewType("LessonId", str)
TeachingId = NewType("TeachingId", str)
HouseholdId = NewType("HouseholdId", str)
DeclarationId = NewType("DeclarationId", str)
MarketId = NewType("MarketId", str)
VendorId = NewType("VendorId", str)
OnboardingId = NewType("OnboardingId", str)
ReportId = NewType("ReportId", str)
TeamId = NewType("TeamId", str)
VisitId = NewType("VisitId", str)
WorkplaceId = NewType("WorkplaceId", str)
CampaignId = NewType("CampaignId", str)
Skill = NewType("Skill", str)

By = NewType("By", str)
"""Who recorded a fact: `account:{person}`, `code:{subject}`, `system:{position}`, `import:{name}`."""


class Fact(msgspec.Struct, dcb.Decision, frozen=True, kw_only=True):
    """Something that happened; stored for ever under NAME and VERSION."""

    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1

    at: datetime
    by: By

    def tags(self) -> Tags:
        """The things this fact is about, by which decisions find it again."""
        raise NotImplementedError

    def apply(self, obj: Any) -> None:
        obj.weigh(self)


class Decision(dcb.Slice[Fact]):
    """A request weighed against history: new facts, or a refusal with a name.

    Written as `@dataclass(kw_only=True)`; its arguments are the request. The writer
    feeds `weigh` the facts inside `consistency_boundary` in the order of their
    positions, sets `at`, and calls `execute`.
    """

    at: datetime

    def consistency_boundary(self) -> Boundary:
        """Exactly the facts this depends on; a pure function of the arguments."""
        return []

    def weigh(self, fact: Fact) -> None:
        """Takes in one fact of the history inside the boundary."""

    def execute(self) -> None:
        """Records new facts, or raises a `Refused` (nothing is recorded) or `Stale`."""
        raise NotImplementedError

    def record(self, fact: Fact) -> None:
        self.new_decisions.append(dcb.Tagged(list(fact.tags()), fact))


class Refused(Exception):
    """A rule said no. Subclasses are named in the movement's words.

    `details` fill the sentence that people read; they never hold personal data.
    `field` (where given) is the path of the input at fault, such as `learners.0.name`.
    """

    def __init__(self, **details: str | int) -> None:
        super().__init__(type(self).__name__, details)
        self.details = details


class Stale(Exception):
    """What the use case looked up before deciding no longer holds: look up again."""


class Group(StrEnum):
    """Whom a person is counted among (Decision 757/QĐ-BKHCN, appendices I.1-I.4)."""

    PEOPLE = "people"
    PUBLIC_SECTOR = "public-sector"
    PUPILS_STUDENTS = "pupils-students"
    WORKERS = "workers"


class Answer(StrEnum):
    """What a learner says of a teaching."""

    ABLE = "able"  # đúng, tôi tự làm được
    TAUGHT = "taught"  # có hướng dẫn, tôi chưa tự làm được
    NO = "no"  # không đúng

    @property
    def confirms(self) -> bool:
        return self is not Answer.NO


class Channel(StrEnum):
    ONE_TO_ONE = "one-to-one"
    CLASS = "class"
    DOOR_TO_DOOR = "door-to-door"


class Evidence(StrEnum):
    """How an answer reached us, strongest first: this is the one place that orders them."""

    OWN_DEVICE = "own-device"
    SHARED_DEVICE = "shared-device"  # of a class: a device on which many others checked in before
    WITNESSED = "witnessed"  # by somebody named who was there and has nothing from it
    AMBASSADOR_DEVICE = "ambassador-device"  # in the hands of whoever wants the credit

    def weaker_than(self, other: "Evidence") -> bool:
        order = list(Evidence)
        return order.index(self) > order.index(other)


class VoidReason(StrEnum):
    NOT_TAUGHT = "not-taught"
    WRONG_PERSON = "wrong-person"
    DUPLICATE = "duplicate"
    TEST_ENTRY = "test-entry"
    MISTAKE = "mistake"  # said by whoever made the entry, and by nobody else
    OTHER = "other"


class Role(StrEnum):
    AMBASSADOR = "ambassador"
    TEAM_LEADER = "team-leader"
    ORGANIZER = "organizer"
    COMMITTEE = "committee"
    SECRETARY = "secretary"  # of the award committee
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads all, changes nothing


class Model(StrEnum):
    """A model of the movement, to which a role may be narrowed: the plans assign families to the
    culture department and markets to that of industry and trade."""

    AMBASSADORS = "ambassadors"
    FAMILIES = "families"
    MARKETS = "markets"


class LedgerFounded(Fact, frozen=True, kw_only=True):
    """The first fact of every ledger."""

    NAME = "ledger-founded"

    origin: str
    simulated: bool = False

    def tags(self) -> Tags:
        return ("ledger",)


__all__ = [
    "Answer",
    "Boundary",
    "By",
    "CampaignId",
    "Channel",
    "Decision",
    "DeclarationId",
    "Evidence",
    "Fact",
    "Group",
    "HouseholdId",
    "LedgerFounded",
    "LessonId",
    "MarketId",
    "Model",
    "OnboardingId",
    "PersonId",
    "Position",
    "Refused",
    "ReportId",
    "Role",
    "Selector",
    "Skill",
    "Stale",
    "Tagged",
    "Tags",
    "TeachingId",
    "TeamId",
    "UnitId",
    "VendorId",
    "VisitId",
    "VoidReason",
    "WorkplaceId",
]
