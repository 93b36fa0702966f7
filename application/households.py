"""Families: registered with their members; criteria declared by the ambassador, answered for by a member."""

from collections.abc import Sequence
from datetime import date

import msgspec

from application import identity
from application.actors import Actor
from application.deciding import Plan, decided, submitted
from application.forms import CriteriaForm, CriterionLostForm, HouseholdForm, MemberForm, MemberLeftForm
from application.ids import new_id
from application.lookups import People
from application.participants import CodeTaken, Participant, newcomers, participants, sealed
from application.ports import CodeHolder, Ground, Unit
from application.teaching import acting
from domain.calendar import day_of
from domain.households import (
    AnswerDeclaration,
    CriterionDeclared,
    DeclareCriteria,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    JoinHousehold,
    LeaveHousehold,
    LoseCriterion,
    RegisterHousehold,
)
from domain.model import (
    Answer,
    By,
    DeclarationId,
    Evidence,
    HouseholdId,
    PersonId,
    Position,
    Refused,
    Role,
    Selector,
)


class UnknownHousehold(Refused):
    """There is no such household, or none that whoever asks may know of."""


class DeclarationCode(msgspec.Struct, frozen=True):
    """The code by which `person`, a member, answers for what was declared."""

    declaration: DeclarationId
    person: PersonId
    code: str | None


class HouseholdLogged(msgspec.Struct, frozen=True):
    """`declaration` is None where nothing was declared."""

    household: HouseholdId
    position: Position
    members: tuple[PersonId, ...]
    declaration: DeclarationCode | None
    again: bool


class MemberChanged(msgspec.Struct, frozen=True):
    household: HouseholdId
    person: PersonId
    position: Position
    again: bool


class CriteriaDeclared(msgspec.Struct, frozen=True):
    household: HouseholdId
    position: Position
    declaration: DeclarationCode
    again: bool


class DeclarationAnswered(msgspec.Struct, frozen=True):
    declaration: DeclarationId
    household: HouseholdId
    position: Position
    again: bool


async def register_household(ground: Ground, actor: Actor, form: HouseholdForm) -> HouseholdLogged:
    """A family with its first members; it will count for the actor, an ambassador."""
    raise NotImplementedError


async def join(ground: Ground, actor: Actor, household: str, form: MemberForm) -> MemberChanged: ...
async def leave(ground: Ground, actor: Actor, household: str, form: MemberLeftForm) -> MemberChanged: ...
async def declare(ground: Ground, actor: Actor, household: str, form: CriteriaForm) -> CriteriaDeclared: ...
async def lose(ground: Ground, actor: Actor, household: str, form: CriterionLostForm) -> MemberChanged: ...
async def answer_declaration(
    ground: Ground, holder: CodeHolder, answer: Answer, evidence: Evidence
) -> DeclarationAnswered: ...
