"""Classes: opened with a code on the wall, joined by each learner alone, witnessed by a team leader.

A class is a lesson whose learners come one after the other. Who has a phone checks in and answers at
once; who has none is entered by whoever gives the class, and a team leader who was there answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from domain.calendar import day_of
from domain.entries import NothingToAnswer, within_time
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
    Stale,
    Tags,
    TeachingId,
    UnitId,
)
from domain.people import Newcomer
from domain.teaching import (
    MOST_LEARNERS,
    NobodyTeachesThemselves,
    TeachingAnswered,
    TeachingLogged,
    TeachingVoided,
    TooManyLearners,
    answered,
    check_skills,
)
from domain.who_is_who import Groups, Present, WhoIsWho

OPEN_FOR: Final = timedelta(hours=12)
"""A class that nobody closes ends by itself: longer than any lesson, shorter than until the next."""

ON_ONE_DEVICE: Final = 3
"""So many may check in on one phone as in a family; who follows on it is marked as weaker evidence."""


class ClassOpened(Fact, frozen=True, kw_only=True):
    """Learners may check in to this lesson from now on, until it is closed or `until`."""

    NAME = "class-opened"

    lesson: LessonId
    ambassador: PersonId
    unit: UnitId
    on: date
    skills: tuple[Skill, ...]
    until: datetime

    def tags(self) -> Tags:
        return (f"lesson:{self.lesson}", f"class-of:{self.ambassador}")


class ClassClosed(Fact, frozen=True, kw_only=True):
    NAME = "class-closed"

    lesson: LessonId
    ambassador: PersonId

    def tags(self) -> Tags:
        return (f"lesson:{self.lesson}", f"class-of:{self.ambassador}")


FACTS: Final = (ClassOpened, ClassClosed)


class NoSuchClass(Refused):
    """No class was opened under this id or code."""


class ClassIsClosed(Refused):
    """The class was closed, or it ended by itself; nobody checks in to it any more."""


class AlreadyCheckedIn(Refused):
    """This person stands in the class already, and has answered."""


class NotTheirClass(Refused):
    """An ambassador closes classes of their own only."""


class NotWitnessable(Refused):
    """Nobody bears witness to their own lessons, nor to what they learned themselves."""


class WasNotThere(Refused):
    """A witness says that they were there; who was not is none."""


@dataclass(kw_only=True)
class OpenClass(Decision):
    """An ambassador opens a class for today."""

    lesson: LessonId
    ambassador: PersonId
    unit: UnitId
    skills: tuple[Skill, ...]
    by: By

    def __post_init__(self) -> None:
        self.present = Present([self.ambassador])

    def consistency_boundary(self) -> Boundary:
        return self.present.boundary()

    def weigh(self, fact: Fact) -> None:
        self.present.weigh(fact)

    def execute(self) -> None:
        check_skills(self.skills)
        self.present.check()
        self.record(
            ClassOpened(
                at=self.at,
                by=self.by,
                lesson=self.lesson,
                ambassador=self.ambassador,
                unit=self.unit,
                on=day_of(self.at),
                skills=self.skills,
                until=self.at + OPEN_FOR,
            )
        )


class ClassRoom:
    """A class as its facts tell it."""

    def __init__(self) -> None:
        self.opened: ClassOpened | None = None
        self.closed = False
        self.pupils: dict[TeachingId, TeachingLogged] = {}
        self.answered: dict[TeachingId, TeachingAnswered] = {}
        self.voided: set[TeachingId] = set()

    @staticmethod
    def boundary(lesson: LessonId) -> Selector:
        return Selector([ClassOpened, ClassClosed, TeachingLogged], [f"lesson:{lesson}"])

    def weigh(self, fact: Fact) -> None:
        match fact:
            case ClassOpened():
                self.opened = fact
            case ClassClosed():
                self.closed = True
            case TeachingLogged():
                self.pupils[fact.teaching] = fact
            case TeachingAnswered():
                self.answered[fact.teaching] = fact
            case TeachingVoided():
                self.voided.add(fact.teaching)

    def open_at(self, at: datetime) -> ClassOpened:
        """Raises `NoSuchClass`, `ClassIsClosed`."""
        if self.opened is None:
            raise NoSuchClass
        if self.ended(at):
            raise ClassIsClosed
        return self.opened

    def ended(self, at: datetime) -> bool:
        return self.closed or self.opened is None or at >= self.opened.until

    def on_device(self, device: str | None) -> int:
        """How many of those who checked in did so on this device; those without one are one device."""
        return sum(one.by == wall(one.lesson) and one.device == device for one in self.pupils.values())


def wall(lesson: LessonId) -> By:
    """Who records a check-in: whoever holds the code on the wall."""
    return By(f"code:{lesson}")


@dataclass(kw_only=True)
class CloseClass(Decision):
    """`own` is its ambassador; None for an organizer of the unit. Closed twice is closed once."""

    lesson: LessonId
    by: By
    own: PersonId | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.room = ClassRoom()
        self.who = WhoIsWho([self.own] if self.own else [], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [Selector([ClassOpened, ClassClosed], [f"lesson:{self.lesson}"]), *self.who.boundary()]

    def weigh(self, fact: Fact) -> None:
        self.room.weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        self.who.check()
        opened = self.room.opened
        if opened is None:
            raise NoSuchClass
        if self.own and not self.who.same(opened.ambassador, self.own):
            raise NotTheirClass
        if not self.room.ended(self.at):
            self.record(ClassClosed(at=self.at, by=self.by, lesson=self.lesson, ambassador=opened.ambassador))


@dataclass(kw_only=True)
class JoinClass(Decision):
    """One learner more in an open class: checks in and answers, or is entered and has no `answer` yet.

    Whoever was entered and checks in after all answers for that `entry`, which was looked up.
    `aliases` are the groups of ids of the learner and of the ambassador where they were ever merged.
    """

    lesson: LessonId
    ambassador: PersonId
    teaching: TeachingId
    learner: PersonId
    late_entry_days: int
    by: By
    newcomer: Newcomer | None = None
    entry: TeachingId | None = None
    answer: Answer | None = None
    own_device: bool = True
    device: str | None = None
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.room = ClassRoom()
        known = [] if self.newcomer else [self.learner]
        self.present = Present(known)
        self.who = WhoIsWho([self.ambassador, *known], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [
            ClassRoom.boundary(self.lesson),
            *(
                Selector([TeachingAnswered, TeachingVoided], [f"ambassador:{mentor}", f"learner:{one}"])
                for mentor in self.who.ids(self.ambassador)
                for one in self.who.ids(self.learner)
                if self.newcomer is None
            ),
            *self.present.boundary(),
            *self.who.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.room.weigh(fact)
        self.present.weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        opened = self.room.open_at(self.at)
        within_time(opened.on, self.at, self.late_entry_days)
        self.present.check()
        self.who.check()
        if self.who.same(self.learner, opened.ambassador):
            raise NobodyTeachesThemselves
        earlier = self.earlier()
        if (earlier.teaching if earlier else None) != self.entry:
            raise Stale
        if earlier is not None:
            self.answer_again(earlier)
            return
        if len(self.room.pupils) >= MOST_LEARNERS:
            raise TooManyLearners(limit=MOST_LEARNERS)
        if self.newcomer is not None:
            for fact in self.newcomer.facts(self.at, self.by, opened.unit):
                self.record(fact)
        self.record(logged := self.logged(opened))
        if self.answer is not None:
            self.record(self.given(logged, self.answer))

    def earlier(self) -> TeachingLogged | None:
        """Under which the learner stands in the class already, unless that was withdrawn."""
        for one in self.room.pupils.values():
            if self.who.same(one.learner, self.learner) and one.teaching not in self.room.voided:
                return one
        return None

    def answer_again(self, earlier: TeachingLogged) -> None:
        """Raises `AlreadyCheckedIn`."""
        before = self.room.answered.get(earlier.teaching)
        surer = before is None or before.evidence.weaker_than(self.evidence())
        if self.answer is None or not surer:
            raise AlreadyCheckedIn
        self.record(self.given(earlier, self.answer))

    def evidence(self) -> Evidence:
        """Of many who check in on one phone, the later ones are known less surely."""
        if not self.own_device:
            return Evidence.AMBASSADOR_DEVICE
        shared = self.room.on_device(self.device) >= ON_ONE_DEVICE
        return Evidence.SHARED_DEVICE if shared else Evidence.OWN_DEVICE

    def logged(self, opened: ClassOpened) -> TeachingLogged:
        return TeachingLogged(
            at=self.at,
            by=self.by,
            teaching=self.teaching,
            ambassador=opened.ambassador,
            learner=self.learner,
            skills=opened.skills,
            unit=opened.unit,
            on=opened.on,
            lesson=self.lesson,
            channel=Channel.CLASS,
            device=self.device,
        )

    def given(self, logged: TeachingLogged, answer: Answer) -> TeachingAnswered:
        return answered(logged, answer, self.evidence(), at=self.at, by=self.by, device=self.device)


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """What a witness says of one learner."""

    teaching: TeachingId
    answer: Answer


@dataclass(kw_only=True)
class WitnessClass(Decision):
    """A team leader or organizer who was there answers for learners without a phone.

    Where an answer by stronger evidence stands by now, or the entry was withdrawn, nothing is said.
    `aliases` are the groups of the witness, the ambassador and the learners in question.
    """

    lesson: LessonId
    witness: PersonId
    attestations: tuple[Attestation, ...]
    by: By
    aliases: Groups = ()

    def __post_init__(self) -> None:
        self.room = ClassRoom()
        self.who = WhoIsWho([self.witness], self.aliases)

    def consistency_boundary(self) -> Boundary:
        return [
            ClassRoom.boundary(self.lesson),
            *(
                Selector([TeachingAnswered, TeachingVoided], [f"teaching:{one.teaching}"])
                for one in self.attestations
            ),
            *self.who.boundary(),
        ]

    def weigh(self, fact: Fact) -> None:
        self.room.weigh(fact)
        self.who.weigh(fact)

    def execute(self) -> None:
        self.who.check()
        if self.room.opened is None:
            raise NoSuchClass
        self.must_not_be_theirs(
            [self.room.opened.ambassador, *(self.about(one).learner for one in self.attestations)]
        )
        for one in self.attestations:
            if self.says_something(one):
                said = answered(self.about(one), one.answer, Evidence.WITNESSED, at=self.at, by=self.by)
                self.record(said)

    def about(self, one: Attestation) -> TeachingLogged:
        """Raises `NothingToAnswer`."""
        if one.teaching not in self.room.pupils:
            raise NothingToAnswer
        return self.room.pupils[one.teaching]

    def must_not_be_theirs(self, people: Iterable[PersonId]) -> None:
        """Raises `NotWitnessable`."""
        if any(self.who.same(person, self.witness) for person in people):
            raise NotWitnessable

    def says_something(self, one: Attestation) -> bool:
        before = self.room.answered.get(one.teaching)
        if one.teaching in self.room.voided:
            return False
        if before is None:
            return True
        if Evidence.WITNESSED.weaker_than(before.evidence):
            return False
        return before.answer is not one.answer or before.evidence.weaker_than(Evidence.WITNESSED)
