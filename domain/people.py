"""People: registered, corrected, moved, merged, erased; consents. Names are in the vault."""

from enum import StrEnum
from typing import Final

from domain.model import Fact, Group, PersonId, Skill, Tags, UnitId


class Purpose(StrEnum):
    """What a person may agree to, one at a time. Silence is not consent (Law 91/2025/QH15)."""

    CONTACT = "contact"
    PUBLIC_NAME = "public-name"
    AWARD_LISTS = "award-lists"
    REMINDERS = "reminders"


class PersonRegistered(Fact, frozen=True, kw_only=True):
    """A person is known from now on. `minor` (under 16 on that day) keeps them off public pages."""

    NAME = "person-registered"

    person: PersonId
    group: Group
    unit: UnitId
    minor: bool = False

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class PersonCorrected(Fact, frozen=True, kw_only=True):
    """What the vault or the first fact said of a person was mended; `fields` are names, not values."""

    NAME = "person-corrected"

    person: PersonId
    fields: tuple[str, ...]
    group: Group | None = None

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class PersonMoved(Fact, frozen=True, kw_only=True):
    NAME = "person-moved"

    person: PersonId
    unit: UnitId
    previous: UnitId

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class PersonMerged(Fact, frozen=True, kw_only=True):
    """`person` turned out to be `into`; what was said of either now counts for `into`."""

    NAME = "person-merged"

    person: PersonId
    into: PersonId

    def tags(self) -> Tags:
        return (f"person:{self.person}", f"person:{self.into}")


class MergeUndone(Fact, frozen=True, kw_only=True):
    NAME = "merge-undone"

    person: PersonId
    into: PersonId

    def tags(self) -> Tags:
        return (f"person:{self.person}", f"person:{self.into}")


class PersonErased(Fact, frozen=True, kw_only=True):
    """Their personal data is gone; every count stays."""

    NAME = "person-erased"

    person: PersonId

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class ConsentGiven(Fact, frozen=True, kw_only=True):
    NAME = "consent-given"

    person: PersonId
    purpose: Purpose

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class ConsentWithdrawn(Fact, frozen=True, kw_only=True):
    NAME = "consent-withdrawn"

    person: PersonId
    purpose: Purpose

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class MilestoneReached(Fact, frozen=True, kw_only=True):
    """A step on the person's own way (a digital identity, a first online public service, ...)."""

    NAME = "milestone-reached"

    person: PersonId
    milestone: Skill
    unit: UnitId

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


FACTS: Final = (
    PersonRegistered,
    PersonCorrected,
    PersonMoved,
    PersonMerged,
    MergeUndone,
    PersonErased,
    ConsentGiven,
    ConsentWithdrawn,
    MilestoneReached,
)
