"""People: what is said of them, and whom a decision registers. Names are in the vault."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from domain.model import By, Fact, Group, PersonId, Refused, Tags, UnitId


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
    """What the vault or the first fact said of a person was mended; `fields` are names, not values.
    `minor` is said where another year of birth makes another of it."""

    NAME = "person-corrected"

    person: PersonId
    fields: tuple[str, ...]
    group: Group | None = None
    minor: bool | msgspec.UnsetType = msgspec.UNSET

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


class GuardianConsented(Fact, frozen=True, kw_only=True):
    """A parent or guardian agrees for somebody who may be under 16, beside their own consent. Who
    that is is not kept: `by` tells who recorded it."""

    NAME = "guardian-consented"

    person: PersonId
    purpose: Purpose

    def tags(self) -> Tags:
        return (f"person:{self.person}",)


class ConsentWithdrawn(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """Ends their own consent and a guardian's. `alone`: by a code and nothing else, which whoever
    wrote the entry knows, too; it holds, but nobody is erased for it before an organizer has seen it."""

    NAME = "consent-withdrawn"

    person: PersonId
    purpose: Purpose
    alone: bool = False

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
    GuardianConsented,
    ConsentWithdrawn,
)


class UnknownPerson(Refused):
    """Nobody was ever registered under this id."""


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody met for the first time, registered by the decision that first names them. `consents`
    are what they were heard to agree to, `guardian` whether a parent or guardian agreed, too."""

    person: PersonId
    group: Group
    minor: bool = False
    consents: tuple[Purpose, ...] = ()
    guardian: bool = False

    def registered(self, at: datetime, by: By, unit: UnitId) -> PersonRegistered:
        return PersonRegistered(
            at=at, by=by, person=self.person, group=self.group, unit=unit, minor=self.minor
        )

    def facts(self, at: datetime, by: By, unit: UnitId) -> list[Fact]:
        """That they are known, and what they agree to."""
        kinds = (ConsentGiven, GuardianConsented) if self.guardian else (ConsentGiven,)
        return [
            self.registered(at, by, unit),
            *(
                kind(at=at, by=by, person=self.person, purpose=purpose)
                for purpose in dict.fromkeys(self.consents)
                for kind in kinds
            ),
        ]
