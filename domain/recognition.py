"""A person becomes, or ceases to be, a digital ambassador (đại sứ số)."""

from typing import Final

import msgspec

from domain.model import Fact, PersonId, Skill, Tags, TeachingId, UnitId


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One confirmed teaching whose credit the ambassador holds: one of the distinct persons."""

    teaching: TeachingId
    learner: PersonId
    skill: Skill


class AmbassadorRecognised(Fact, frozen=True, kw_only=True):
    """Rests on the named witnesses, and on criteria known by their content hash.

    Recorded again, with other witnesses, when a broken witness was replaced.
    """

    NAME = "ambassador-recognised"

    person: PersonId
    unit: UnitId
    witnesses: tuple[Witness, ...]
    criteria: str

    def tags(self) -> Tags:
        return (f"recognised:{self.person}", *(f"witness:{w.teaching}" for w in self.witnesses))


class AmbassadorRecognitionWithdrawn(Fact, frozen=True, kw_only=True):
    NAME = "ambassador-recognition-withdrawn"

    person: PersonId
    unit: UnitId
    criteria: str

    def tags(self) -> Tags:
        return (f"recognised:{self.person}",)


FACTS: Final = (AmbassadorRecognised, AmbassadorRecognitionWithdrawn)
