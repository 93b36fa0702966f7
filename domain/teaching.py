"""Lessons: a teaching logged, answered, voided, ruled on; and who holds the credit for it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from domain.entries import AlreadyVoided, NothingToAnswer, Whose, stands, within_time
from domain.model import (
    Answer,
    Boundary,
    By,
    Channel,
    Decision,
    Evidence,
    Fact,
    LessonId,
    PersonId,
    Refused,
    Selector,
    Skill,
    Tags,
    TeachingId,
    UnitId,
    VoidReason,
)
from domain.people import Newcomer
from domain.skills import BY_ID
from domain.who_is_who import Groups, Present


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


class NobodyTaught(Refused):
    """A lesson names at least one learner."""


class TooManyLearners(Refused):
    """A class has at most `limit` learners; more are entered as further lessons."""


class SameLearnerTwice(Refused):
    """One lesson teaches each person once."""


class NobodyTeachesThemselves(Refused):
    """The ambassador is among the learners."""


class NothingTaught(Refused):
    """A lesson teaches at least one skill."""


class UnknownSkill(Refused):
    """`skill` is not in the catalogue."""


class SameSkillTwice(Refused):
    """One lesson names each skill once."""


MOST_LEARNERS: Final = 50  # one class; the plans speak of groups of 20 to 30


class Pupil(msgspec.Struct, frozen=True, kw_only=True):
    """One learner of a lesson, by the id that stands for them, and the teaching it makes."""

    teaching: TeachingId
    learner: PersonId


def check_skills(skills: tuple[Skill, ...]) -> None:
    """Raises `NothingTaught`, `UnknownSkill`, `SameSkillTwice`."""
    if not skills:
        raise NothingTaught(field="skills")
    for skill in skills:
        if skill not in BY_ID:
            raise UnknownSkill(field="skills", skill=skill)
    if len(set(skills)) < len(skills):
        raise SameSkillTwice(field="skills")


@dataclass(kw_only=True)
class LogLesson(Decision):
    """An ambassador taught one or more people one or more skills on a day: a teaching each.

    Learners and the ambassador are given by the ids that stand for them now; one who was
    merged or erased meanwhile is `Stale`.
    """

    lesson: LessonId
    ambassador: PersonId
    unit: UnitId
    on: date
    skills: tuple[Skill, ...]
    channel: Channel
    pupils: tuple[Pupil, ...]
    late_entry_days: int
    by: By
    newcomers: tuple[Newcomer, ...] = ()
    device: str | None = None

    def __post_init__(self) -> None:
        new = {newcomer.person for newcomer in self.newcomers}
        known = [pupil.learner for pupil in self.pupils if pupil.learner not in new]
        self.present = Present([self.ambassador, *known])

    def consistency_boundary(self) -> Boundary:
        return self.present.boundary()

    def weigh(self, fact: Fact) -> None:
        self.present.weigh(fact)

    def execute(self) -> None:
        self.check_request()
        within_time(self.on, self.at, self.late_entry_days)
        self.present.check()
        for newcomer in self.newcomers:
            for fact in newcomer.facts(self.at, self.by, self.unit):
                self.record(fact)
        for pupil in self.pupils:
            self.record(
                TeachingLogged(
                    at=self.at,
                    by=self.by,
                    teaching=pupil.teaching,
                    ambassador=self.ambassador,
                    learner=pupil.learner,
                    skills=self.skills,
                    unit=self.unit,
                    on=self.on,
                    lesson=self.lesson,
                    channel=self.channel,
                    device=self.device,
                )
            )

    def check_request(self) -> None:
        if not self.pupils:
            raise NobodyTaught(field="learners")
        if len(self.pupils) > MOST_LEARNERS:
            raise TooManyLearners(field="learners", limit=MOST_LEARNERS)
        check_skills(self.skills)
        seen: set[PersonId] = set()
        for number, pupil in enumerate(self.pupils):
            if pupil.learner == self.ambassador:
                raise NobodyTeachesThemselves(field=f"learners.{number}")
            if pupil.learner in seen:
                raise SameLearnerTwice(field=f"learners.{number}")
            seen.add(pupil.learner)


def answered(
    logged: TeachingLogged,
    answer: Answer,
    evidence: Evidence,
    *,
    at: datetime,
    by: By,
    device: str | None = None,
) -> TeachingAnswered:
    """The answer to what was logged, about the same people, skills, place and day."""
    return TeachingAnswered(
        at=at,
        by=by,
        teaching=logged.teaching,
        ambassador=logged.ambassador,
        learner=logged.learner,
        skills=logged.skills,
        unit=logged.unit,
        on=logged.on,
        answer=answer,
        evidence=evidence,
        device=device,
    )


@dataclass(kw_only=True)
class AnswerTeaching(Decision):
    """The learner says whether this person taught them that.

    An answer replaces one that came by evidence as strong or weaker, never by a stronger one; the same
    answer by stronger evidence is recorded for that."""

    teaching: TeachingId
    answer: Answer
    evidence: Evidence
    by: By
    device: str | None = None

    def __post_init__(self) -> None:
        self.logged: TeachingLogged | None = None
        self.answered: TeachingAnswered | None = None
        self.voided = False

    def consistency_boundary(self) -> Boundary:
        return [Selector([TeachingLogged, TeachingAnswered, TeachingVoided], [f"teaching:{self.teaching}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TeachingLogged():
                self.logged = fact
            case TeachingAnswered():
                self.answered = fact
            case TeachingVoided():
                self.voided = True

    def execute(self) -> None:
        if self.logged is None:
            raise NothingToAnswer
        if self.voided:
            raise AlreadyVoided
        if self.answered is not None and stands(self.answered, self.answer, self.evidence):
            return  # said twice; once is enough. A changed mind is a fact too.
        self.record(
            answered(self.logged, self.answer, self.evidence, at=self.at, by=self.by, device=self.device)
        )


@dataclass(kw_only=True)
class VoidTeaching(Decision):
    """An organizer voids an entry; or its ambassador, named as `own`, withdraws it."""

    teaching: TeachingId
    reason: VoidReason
    by: By
    own: PersonId | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.whose = Whose(self.own, self.aliases)
        self.logged: TeachingLogged | None = None
        self.voided = False

    def consistency_boundary(self) -> Boundary:
        return [
            Selector([TeachingLogged, TeachingVoided], [f"teaching:{self.teaching}"]),
            *self.whose.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case TeachingLogged():
                self.logged = fact
            case TeachingVoided():
                self.voided = True
            case _:
                self.whose.weigh(fact)

    def execute(self) -> None:
        self.whose.check(self.logged.ambassador if self.logged else None)
        if self.logged is None or self.voided:
            return
        self.record(
            TeachingVoided(
                at=self.at,
                by=self.by,
                teaching=self.teaching,
                ambassador=self.logged.ambassador,
                learner=self.logged.learner,
                skills=self.logged.skills,
                unit=self.logged.unit,
                on=self.logged.on,
                reason=self.reason,
            )
        )
