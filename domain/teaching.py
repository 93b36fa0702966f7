"""Lessons: a teaching logged, answered, voided, ruled on; and who holds the credit for it."""

from datetime import date
from typing import Final

from domain.model import (
    Answer,
    Channel,
    Evidence,
    Fact,
    LessonId,
    PersonId,
    Skill,
    Tags,
    TeachingId,
    UnitId,
    VoidReason,
)


class TeachingFact(Fact, frozen=True, kw_only=True):
    """What every fact about one teaching carries, so that all of them bear the same tags."""

    teaching: TeachingId
    ambassador: PersonId
    learner: PersonId
    skills: tuple[Skill, ...]
    unit: UnitId
    on: date

    def tags(self) -> Tags:
        return (
            f"teaching:{self.teaching}",
            f"ambassador:{self.ambassador}",
            f"learner:{self.learner}",
            *(learned(self.learner, skill) for skill in self.skills),
        )


def learned(learner: PersonId, skill: Skill) -> str:
    """The tag under which all claims to one person's one skill meet: the boundary of a credit."""
    return f"learned:{learner}:{skill}"


class TeachingLogged(TeachingFact, frozen=True, kw_only=True):
    """An ambassador says: on that day I taught this person these skills. A claim, not yet counted."""

    NAME = "teaching-logged"

    lesson: LessonId
    channel: Channel
    device: str | None = None

    def tags(self) -> Tags:
        return (*super().tags(), f"lesson:{self.lesson}")


class TeachingAnswered(TeachingFact, frozen=True, kw_only=True):
    """The learner (or whoever holds the code) answered for it."""

    NAME = "teaching-answered"

    answer: Answer
    evidence: Evidence
    device: str | None = None


class TeachingVoided(TeachingFact, frozen=True, kw_only=True):
    """Withdrawn by its author or voided by an organizer; it no longer stands, for anybody."""

    NAME = "teaching-voided"

    reason: VoidReason


class CreditRuled(Fact, frozen=True, kw_only=True):
    """Between two claims to one person's skill, an organizer ruled for one teaching."""

    NAME = "credit-ruled"

    person: PersonId
    skill: Skill
    teaching: TeachingId
    ambassador: PersonId
    reason: VoidReason

    def tags(self) -> Tags:
        return (
            f"teaching:{self.teaching}",
            f"ambassador:{self.ambassador}",
            f"learner:{self.person}",
            learned(self.person, self.skill),
        )


FACTS: Final = (TeachingLogged, TeachingAnswered, TeachingVoided, CreditRuled)
