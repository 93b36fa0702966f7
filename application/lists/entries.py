"""What the rows of a list say: entries, each of which is one decision, or what is wrong with them."""

from collections.abc import Iterable
from datetime import date

import msgspec

from application.forms.people import LearnerForm
from application.lists.places import Place
from domain.milestones import Milestone
from domain.model import Refused, Skill
from domain.visits import Finding


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What some rows say together. `id` is made of what they say, so that the same rows are the same
    entry whoever brings them in, and wherever in a file they stand."""

    lines: tuple[int, ...]
    id: str
    place: Place
    on: date

    @property
    def submissions(self) -> tuple[str, ...]:
        """By what each decision is known that records a part of it."""
        return (self.id,)


class TeamEntry(Entry, frozen=True, kw_only=True):
    name: str
    leader: LearnerForm | None

    @property
    def submissions(self) -> tuple[str, ...]:
        return (self.id, f"{self.id}-leader") if self.leader else (self.id,)


class MemberEntry(Entry, frozen=True, kw_only=True):
    """`exactly`: the team is the hamlet's own, not one of any hamlet of the commune."""

    team: str
    exactly: bool
    member: LearnerForm
    leads: bool


class HouseholdEntry(Entry, frozen=True, kw_only=True):
    mentor: LearnerForm
    members: tuple[LearnerForm, ...]


class MarketEntry(Entry, frozen=True, kw_only=True):
    name: str
    stalls: int


class VendorEntry(Entry, frozen=True, kw_only=True):
    market: str
    exactly: bool
    vendor: LearnerForm


class ClassEntry(Entry, frozen=True, kw_only=True):
    mentor: LearnerForm
    skills: tuple[Skill, ...]
    learners: tuple[LearnerForm, ...]


class VisitEntry(Entry, frozen=True, kw_only=True):
    visitor: LearnerForm
    number: int
    found: tuple[Finding, ...]
    needs: tuple[Skill, ...]


class MilestoneEntry(Entry, frozen=True, kw_only=True):
    person: LearnerForm
    reached: tuple[Milestone, ...]

    @property
    def submissions(self) -> tuple[str, ...]:
        return milestones_of(self.id, self.reached)


def milestones_of(entry: str, reached: Iterable[Milestone]) -> tuple[str, ...]:
    """By what each milestone of an entry is known."""
    return tuple(f"{entry[:36]}-{one}" for one in reached)


class Fault(msgspec.Struct, frozen=True):
    """Why a row is not taken."""

    line: int
    refused: Refused


Outcome = Entry | Fault
