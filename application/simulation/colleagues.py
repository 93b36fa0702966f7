"""Offices that learn together: one of them teaches the others. Their chance is their own, so that everything
else comes out as it did without them."""

from collections.abc import Sequence
from random import Random
from typing import Final

from application.ports import Unit
from application.simulation.deeds import AnswerLesson, Teach, Wave
from application.simulation.draft import Draft
from application.simulation.offices import KINDS
from application.simulation.posts import post
from domain.model import Answer, Channel, Role, Skill

AGREED: Final = 0.3  # the share of offices that hold such lessons
FEWEST: Final = 5  # people of one
MOST_ARE_THERE: Final = 0.85
ABLE: Final = 0.9
TAUGHT: Final = (Skill("online-public-service"), Skill("vneid"))


class Colleagues:
    """Puts the ambassadors of a commune together by where they work."""

    def __init__(self, draft: Draft, seed: int) -> None:
        self.draft = draft
        self.chance = Random(f"{seed} colleagues")  # nosec B311 # an invented movement, the same for each seed

    def learn(self, commune: Unit, group: Sequence[tuple[int, int]]) -> None:
        """`group` are ambassadors, each with the day of joining."""
        offices: dict[str, list[tuple[int, int]]] = {}
        for who, joined in group:
            _position, workplace = post(Role.AMBASSADOR, self.draft.person(who), who, commune.name)
            if any(workplace.startswith(begins) for begins in KINDS):
                offices.setdefault(workplace, []).append((who, joined))
        for members in offices.values():
            if len(members) >= FEWEST and self.chance.random() < AGREED:
                self._learn_together(commune, sorted(members, key=lambda one: one[1]))

    def _learn_together(self, commune: Unit, members: Sequence[tuple[int, int]]) -> None:
        """Once most of an office have joined, the first two teach the others, and each other, too."""
        (first, _), (second, _) = members[:2]
        _most, joined = members[int(len(members) * MOST_ARE_THERE)]
        begun = joined + self.chance.randint(1, 10)
        for teacher, day, skill in ((first, begun, TAUGHT[0]), (second, begun + 7, TAUGHT[1])):
            learners = tuple(who for who, since in members if since <= day and who != teacher)
            lesson = self.draft.lesson()
            on = self.draft.date(day)
            deed = Teach(lesson, teacher, on, commune.id, (skill,), learners, Channel.CLASS)
            if not (learners and self.draft.add(day, Wave.TEACH, deed)):
                continue
            for learner in learners:
                answer = Answer.ABLE if self.chance.random() < ABLE else Answer.TAUGHT
                self.draft.add(day, Wave.ANSWER, AnswerLesson(lesson, learner, answer))
