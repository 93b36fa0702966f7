"""Whom a reaction should look at: subjects that facts touched since somebody last looked."""

from typing import Final

import msgspec
from sqlalchemy import Column, Table

from domain import households, markets
from domain.criteria import CriteriaAdopted
from domain.households import HouseholdFact
from domain.markets import MarketFact
from domain.model import Fact, PersonId, Skill
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from domain.teaching import TeachingAnswered, TeachingVoided
from infrastructure.database import derived
from infrastructure.read_models.claims import PERSON, Claims, Holder
from infrastructure.read_models.columns import At, Id
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People

AMBASSADOR: Final = "ambassador"
LEARNER: Final = "learner"
"""A person whose household should be looked at."""
HOUSEHOLD: Final = "household"
MARKET: Final = "market"
SELLER: Final = "seller"
"""A person whose markets should be looked at."""
EVERYTHING: Final = "everything"

candidate: Final = Table(
    "candidate_v1",
    derived,
    Column("kind", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id that the fact names"),
    Column("touched", At, nullable=False, comment="position of the last fact that touched it"),
)


class CandidateRow(msgspec.Struct):
    kind: str
    subject: str
    touched: int


class Candidates(Model):
    name = "candidates"
    tables = (candidate,)
    needs = (Claims,)
    facts = (
        *households.FACTS,
        *markets.FACTS,
        TeachingAnswered,
        TeachingVoided,
        AmbassadorRecognised,
        AmbassadorRecognitionWithdrawn,
        CriteriaAdopted,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        copy.model(Claims).following.append(self)
        copy.model(People).merging.append(self)
        self._rows = copy.rows(candidate, CandidateRow, kept=0)

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TeachingAnswered() | TeachingVoided():
                self._touch(position, LEARNER, fact.learner)
            case AmbassadorRecognised() | AmbassadorRecognitionWithdrawn():
                self._touch(position, AMBASSADOR, fact.person)
            case HouseholdFact():
                self._touch(position, HOUSEHOLD, fact.household)
            case MarketFact():
                self._touch(position, MARKET, fact.market)
            case CriteriaAdopted():
                self._touch(position, EVERYTHING, "")

    def passed(
        self, position: int, kind: str, _subject: str, _skill: Skill, was: Holder | None, now: Holder | None
    ) -> None:
        if kind == PERSON:
            for holder in (was, now):
                if holder is not None:
                    self._touch(position, AMBASSADOR, holder.ambassador)

    def before_merge(self, _position: int, _ids: frozenset[PersonId]) -> None:
        """Nothing: whom a merge touches is known afterwards."""

    def after_merge(self, position: int, ids: frozenset[PersonId]) -> None:
        for one in sorted(ids):
            for kind in (AMBASSADOR, LEARNER, SELLER):
                self._touch(position, kind, one)

    def _touch(self, position: int, kind: str, subject: str) -> None:
        self._rows.put(CandidateRow(kind, subject, position))
