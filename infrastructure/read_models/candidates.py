"""Whom a reaction should look at: subjects that facts touched since somebody last looked."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Column, Table

from domain import digital_markets, households, markets, onboarding, vendors, workplaces
from domain.criteria import CriteriaAdopted
from domain.households import HouseholdFact
from domain.markets import MarketFact
from domain.model import Fact, PersonId, Skill
from domain.people import PersonCorrected, PersonMoved
from domain.placed import Body, PlacedAnew
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from domain.targets import FigureDeclared
from domain.teaching import TeachingAnswered, TeachingVoided
from domain.territory import UnitAbolished, UnitsMerged, UnitSplit
from domain.visits import HouseholdsDeclared
from domain.workplaces import BelongingFact, WorkplaceFact
from infrastructure.database import derived
from infrastructure.read_models.claimed import PERSON, Holder
from infrastructure.read_models.claims import Claims
from infrastructure.read_models.columns import At, Id
from infrastructure.read_models.model import Copy, Model
from infrastructure.read_models.people import People
from infrastructure.read_models.workplaces import Workplaces

AMBASSADOR: Final = "ambassador"
LEARNER: Final = "learner"
"""A person whose household should be looked at."""
HOUSEHOLD: Final = "household"
MARKET: Final = "market"
SELLER: Final = "seller"
"""A person whose markets should be looked at."""
AREA: Final = "area"
"""A unit; with it what it lies in may come to another status."""
WORKPLACE: Final = "workplace"
WORKER: Final = "worker"
"""A person whose workplace, and the areas where they learned, should be looked at."""
EVERYTHING: Final = "everything"

_PLACED: Final = {Body.HOUSEHOLD: HOUSEHOLD, Body.MARKET: MARKET, Body.WORKPLACE: WORKPLACE}

candidate: Final = Table(
    "candidate_v1",
    derived,
    Column("kind", Id, primary_key=True),
    Column("subject", Id, primary_key=True, comment="the id that the fact names"),
    Column("touched", At, nullable=False, comment="position of the last fact that touched it"),
)


class CandidateRow(msgspec.Struct, gc=False):
    kind: str
    subject: str
    touched: int


class Candidates(Model):
    name = "candidates"
    tables = (candidate,)
    needs = (Claims, Workplaces)
    facts = (
        *households.FACTS,
        *markets.FACTS,
        *vendors.FACTS,
        *onboarding.FACTS,
        *digital_markets.FACTS,
        TeachingAnswered,
        TeachingVoided,
        AmbassadorRecognised,
        AmbassadorRecognitionWithdrawn,
        CriteriaAdopted,
        *workplaces.FACTS,
        HouseholdsDeclared,
        FigureDeclared,
        PersonCorrected,
        PersonMoved,
        PlacedAnew,
        UnitsMerged,
        UnitSplit,
        UnitAbolished,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        copy.model(Claims).following.append(self)
        copy.model(People).merging.append(self)
        self._workplaces = copy.model(Workplaces)
        self._rows = copy.rows(candidate, CandidateRow, kept=0)

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        """Whether whoever learned belongs to a workplace will be asked."""
        self._workplaces.load([one for _, fact in facts if (one := getattr(fact, "learner", None))])

    def change(self, position: int, fact: Fact) -> None:
        match fact:
            case TeachingAnswered() | TeachingVoided():
                self._touch(position, LEARNER, fact.learner)
                self._touch(position, AREA, fact.unit)
                if self._workplaces.of(fact.learner):
                    self._touch(position, WORKER, fact.learner)
            case AmbassadorRecognised() | AmbassadorRecognitionWithdrawn():
                self._touch(position, AMBASSADOR, fact.person)
            case HouseholdFact():
                self._touch(position, HOUSEHOLD, fact.household)
                self._touch(position, AREA, fact.unit)
            case MarketFact():
                self._touch(position, MARKET, fact.market)
                self._touch(position, AREA, fact.unit)
            case WorkplaceFact():
                self._touch(position, WORKPLACE, fact.workplace)
                if isinstance(fact, BelongingFact):
                    self._touch(position, WORKER, fact.person)
            case HouseholdsDeclared() | FigureDeclared() | UnitSplit() | UnitAbolished():
                self._touch(position, AREA, fact.unit)
            case PersonCorrected():  # an adult after all, or none
                self._touch(position, WORKER, fact.person)
            case PersonMoved() | PlacedAnew():  # where a commune was divided, they count in another part now
                for unit in (fact.previous, fact.unit):
                    self._touch(position, AREA, unit)
                if isinstance(fact, PlacedAnew) and (kind := _PLACED.get(fact.body)):
                    self._touch(position, kind, fact.subject)  # other criteria may hold there
            case UnitsMerged():
                for unit in (*fact.parts, fact.unit):
                    self._touch(position, AREA, unit)
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
            for kind in (AMBASSADOR, LEARNER, SELLER, WORKER):
                self._touch(position, kind, one)

    def _touch(self, position: int, kind: str, subject: str) -> None:
        self._rows.put(CandidateRow(kind, subject, position))
