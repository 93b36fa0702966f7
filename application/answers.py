"""A confirmation code: what it asks, and the answer that its holder gives without signing in."""

from datetime import date

import msgspec

from application import households, markets, teaching
from application.actors import Actor
from application.forms import AnswerForm
from application.identity import clean_code
from application.ports import CodeHolder, Ground
from domain.households import Criterion
from domain.markets import Means
from domain.model import Answer, PersonId, Position, Refused, Skill, UnitId


class UnknownCode(Refused):
    """No such code was ever given out."""


class CodeExpired(Refused):
    """Nobody answered in time (180 days); the ambassador can log the lesson again."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a code asks. `kind` is `teaching` (skills), `declaration` (criteria) or `onboarding`
    (means). `ambassador_name` is None once erased. `answer` is what was answered so far; a
    voided entry can no longer be answered."""

    kind: str
    subject: str
    ambassador: PersonId
    ambassador_name: str | None
    unit: UnitId
    on: date
    skills: tuple[Skill, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    means: tuple[Means, ...] = ()
    answer: Answer | None = None
    voided: bool = False


class Answered(msgspec.Struct, frozen=True):
    """`again` is true where this answer stood already; nothing was recorded then."""

    kind: str
    subject: str
    answer: Answer
    position: Position
    again: bool


async def answer(ground: Ground, form: AnswerForm, *, actor: Actor | None = None) -> Answered:
    """Records the answer of a code's holder. `actor` is whoever is signed in on that device.

    Raises `BadCode`, `UnknownCode`, `CodeExpired`, and what the decision raises."""
    raise NotImplementedError


def question(ground: Ground, code: str) -> Question:
    """What a code asks. Raises `BadCode`, `UnknownCode`, `CodeExpired`."""
    raise NotImplementedError
