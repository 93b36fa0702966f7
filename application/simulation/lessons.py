"""How ambassadors of uneven zeal teach, and what their learners answer."""

from collections.abc import Sequence
from random import Random
from typing import Final

from application.simulation.deeds import AnswerLesson, Teach, Void, Wave
from application.simulation.draft import Draft
from domain.model import Answer, Channel, Skill, VoidReason
from domain.skills import CATALOGUE

CLASS: Final = 20  # S3: classes at the neighbourhood house
FEW: Final = 0.42  # the share of ambassadors who never reach the five of the plans
MOST: Final = 160

UNANSWERED: Final = 0.11
ANSWERS: Final = {Answer.ABLE: 70, Answer.TAUGHT: 26, Answer.NO: 4}
CHANGED_MIND: Final = 0.02
LATE: Final = 0.07
PRACTICE: Final = 0.04
NEXT_SKILL: Final = 0.16
CLAIMED_BY_TWO: Final = 0.025
MISTAKE: Final = 0.006
FOUND_WRONG: Final = 0.003

# What most people are taught first (S1), as weights; every other skill of the catalogue weighs 1.
WANTED: Final = {"vneid": 26, "online-public-service": 16, "cashless-payment": 16, "smartphone-basics": 10,
                 "online-safety": 7, "health-record": 6, "internet-search": 4, "video-call": 4}  # fmt: skip


def zeal(chance: Random, mean: float) -> int:
    """How many people an ambassador teaches: many very few, some a class, a few very many.

    Four in ten stay under five; above that a Pareto tail brings the mean over all to about `mean`.
    """
    if chance.random() < FEW:
        return chance.choices(range(5), (5, 6, 7, 8, 8))[0]
    tail = max((mean - FEW * 2.2) / (1 - FEW) - 5, 0.5)
    shape = 1.7
    return min(5 + int((chance.paretovariate(shape) - 1) * tail * (shape - 1) + chance.random()), MOST)


def skills(chance: Random, number: int) -> tuple[Skill, ...]:
    weights = [WANTED.get(entry.id, 1) for entry in CATALOGUE]
    picked: dict[Skill, None] = {}
    while len(picked) < number:
        picked[chance.choices(CATALOGUE, weights)[0].id] = None
    return tuple(picked)


class Teaching:
    """One ambassador's lessons. `peers` teach in the same commune, each from a day on;
    `organizer` looks after it. Who is in a team teaches in its hamlet."""

    def __init__(
        self, draft: Draft, ambassador: int, organizer: int, peers: Sequence[tuple[int, int]] = ()
    ) -> None:
        self.draft = draft
        self.ambassador = ambassador
        self.organizer = organizer
        self.peers = peers
        self.commune = draft.person(ambassador).commune
        self.place = draft.homes.get(ambassador, self.commune)
        self.taught: list[int] = []

    def teach(self, people: int, joined: int) -> None:
        """Lessons for so many new people, from the day of joining on."""
        left = people
        while left > 0:
            size = self._size(left)
            left -= size
            learners = tuple(self.draft.somebody(self.commune) for _ in range(size))
            self.session(self.draft.day_from(joined), learners)

    def _size(self, left: int) -> int:
        if left >= CLASS and self.draft.happens(0.6):
            return CLASS
        return min(left, self.draft.chance.choices((1, 2, 3, 4), (55, 25, 12, 8))[0])

    def session(self, day: int, learners: tuple[int, ...]) -> None:
        """One lesson, its answers, and what may follow from it."""
        draft = self.draft
        taught = skills(draft.chance, draft.chance.choices((1, 2, 3), (70, 24, 6))[0])
        entered = day + (draft.chance.randint(1, 20) if draft.happens(LATE) else 0)
        lesson = self.lesson(entered, learners, taught, on=day)
        if lesson is None:
            return
        self.taught.extend(learners)
        for learner in learners:
            answered = self.answer(entered, lesson, learner)
            self._mend(answered, lesson, learner)
            self._again(answered, learner, taught)

    def lesson(
        self, day: int, learners: tuple[int, ...], taught: tuple[Skill, ...], *, on: int | None = None
    ) -> int | None:
        """Enters a lesson that happened on day `on`; None where that day of entry has not come."""
        draft = self.draft
        lesson = draft.lesson()
        if len(learners) >= CLASS:
            channel = Channel.CLASS
        else:
            channel = Channel.DOOR_TO_DOOR if draft.happens(0.35) else Channel.ONE_TO_ONE
        happened = draft.date(day if on is None else on)
        deed = Teach(lesson, self.ambassador, happened, self.place, taught, learners, channel)
        return lesson if draft.add(day, Wave.TEACH, deed) else None

    def answer(self, entered: int, lesson: int, learner: int) -> int:
        """The learner's answer, or silence. Gives the day after which all is said."""
        draft = self.draft
        day = entered + draft.delay()
        if draft.happens(UNANSWERED):
            return day
        answer = draft.chance.choices(list(ANSWERS), list(ANSWERS.values()))[0]
        draft.add(day, Wave.ANSWER, AnswerLesson(lesson, learner, answer))
        if draft.happens(CHANGED_MIND):
            changed = Answer.NO if answer is not Answer.NO else Answer.TAUGHT
            day += draft.delay()
            draft.add(day, Wave.MEND, AnswerLesson(lesson, learner, changed))
        return day

    def _mend(self, day: int, lesson: int, learner: int) -> None:
        draft = self.draft
        after = day + 1 + draft.delay()
        if draft.happens(MISTAKE):
            reason = draft.chance.choice(
                (VoidReason.WRONG_PERSON, VoidReason.DUPLICATE, VoidReason.TEST_ENTRY)
            )
            draft.add(after, Wave.MEND, Void(lesson, learner, self.ambassador, reason))
        elif draft.happens(FOUND_WRONG):
            draft.add(after, Wave.MEND, Void(lesson, learner, self.organizer, VoidReason.NOT_TAUGHT))

    def _again(self, day: int, learner: int, taught: tuple[Skill, ...]) -> None:
        """The same person taught again: the same (practice), something else, or by somebody else."""
        draft = self.draft
        later = day + draft.chance.randint(2, 25)
        if draft.happens(PRACTICE):
            self._later(self, later, learner, taught)
        elif draft.happens(NEXT_SKILL):
            self._later(self, later, learner, skills(draft.chance, 1))
        elif self.peers and draft.happens(CLAIMED_BY_TWO):
            peer, joined = draft.chance.choice(self.peers)
            if peer != self.ambassador:
                self._later(Teaching(draft, peer, self.organizer), max(later, joined), learner, taught)

    @staticmethod
    def _later(who: "Teaching", day: int, learner: int, taught: tuple[Skill, ...]) -> None:
        lesson = who.lesson(day, (learner,), taught)
        if lesson is not None:
            who.answer(day, lesson, learner)
