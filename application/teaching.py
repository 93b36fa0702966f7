"""Lessons: logged by who taught, answered for by who learned, voided and ruled on."""

from typing import Final

import msgspec

from application import lookups
from application.actors import Actor
from application.criteria import late_entry_days
from application.deciding import Plan, Sent, decided, stood, submitted
from application.forms.teaching import LessonForm, RulingForm, VoidForm
from application.ids import new_id
from application.lookups import People, Teaching, UnknownTeaching, acting
from application.participants import Participant, agree, newcomers, participants, sealed
from application.ports import CodeHolder, Ground, Receipt
from domain.credit import RuleCredit
from domain.model import (
    Answer,
    By,
    Channel,
    Evidence,
    LessonId,
    Model,
    PersonId,
    Position,
    Role,
    Skill,
    TeachingId,
    VoidReason,
)
from domain.skills import BY_ID
from domain.teaching import (
    MOST_LEARNERS,
    AnswerTeaching,
    LogLesson,
    Pupil,
    TeachingLogged,
    TooManyLearners,
    UnknownSkill,
    VoidTeaching,
)

LISTED_DAYS: Final = 3_660
"""A list tells of classes that were held long ago, which nobody makes up one by one."""


class TeachingCode(msgspec.Struct, frozen=True):
    """One learner's part of a lesson. `code` is None once the learner was erased."""

    teaching: TeachingId
    learner: PersonId
    code: str | None


class LessonLogged(msgspec.Struct, frozen=True):
    """`again` is true for a repeated submission; everything else is then as the first time."""

    lesson: LessonId
    position: Position
    teachings: tuple[TeachingCode, ...]
    again: bool


class TeachingChanged(msgspec.Struct, frozen=True):
    """What was recorded about a teaching (or stood already)."""

    teaching: TeachingId
    position: Position
    again: bool


async def log_lesson(ground: Ground, actor: Actor, form: LessonForm) -> LessonLogged:
    """A lesson of the actor's own: a teaching for each learner, and a code to answer it by.

    Raises `NotAllowed`, `OutOfScope`, `NotACommune`, what `participants` and `LogLesson` raise, and what
    every decision may: `SubmissionConflict`, `OutcomeUnknown`, `Unavailable`.
    """
    codes: dict[str, str] = {}
    people: list[Participant] = []

    def plan(again: bool) -> Plan:
        nonlocal people
        unit = lookups.place_of(
            ground.units, actor, form.unit, Role.AMBASSADOR, about=Model.AMBASSADORS, on=form.on
        )
        if len(form.learners) > MOST_LEARNERS:
            raise TooManyLearners(field="learners", limit=MOST_LEARNERS)
        people = participants(
            ground, actor, form.learners, unit=unit, on=form.on, field="learners.{}", again=again
        )
        pupils = tuple(Pupil(teaching=TeachingId(new_id()), learner=one.person) for one in people)
        sealing = sealed(ground, people, coded=[one.person for one in people])
        codes.clear()
        for pupil, one in zip(pupils, people, strict=True):
            codes[pupil.teaching] = one.code or ground.vault.new_code()
            sealing.code(codes[pupil.teaching], kind="teaching", subject=pupil.teaching, person=pupil.learner)
        decision = LogLesson(
            lesson=LessonId(new_id()),
            ambassador=acting(ground.ledger, actor, again=again),
            unit=unit.id,
            on=form.on,
            skills=tuple(Skill(skill) for skill in form.skills),
            channel=form.channel or (Channel.CLASS if len(pupils) > 1 else Channel.ONE_TO_ONE),
            device=form.device,
            pupils=pupils,
            newcomers=newcomers(people),
            late_entry_days=(
                late_entry_days(ground, unit.id, form.on) if actor.importing is None else LISTED_DAYS
            ),
            by=actor.by,
        )
        return Plan(decision, sealing.rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    await agree(ground, actor, form.learners, people)
    return _logged(ground, receipt, codes)


async def answer_teaching(
    ground: Ground,
    holder: CodeHolder,
    answer: Answer,
    evidence: Evidence,
    device: str | None,
    sent: Sent | None = None,
) -> TeachingChanged:
    """The learner's answer, by the code they hold. The same again changes nothing.

    Raises `NothingToAnswer`, `AlreadyVoided`."""
    teaching = TeachingId(holder.subject)
    decision = AnswerTeaching(
        teaching=teaching,
        answer=answer,
        evidence=evidence,
        device=device,
        by=sent.by if sent else By(f"code:{teaching}"),
    )
    receipt = await decided(ground.ledger, lambda _: Plan(decision), sent.submission if sent else None)
    return TeachingChanged(teaching=teaching, position=receipt.position, again=stood(receipt))


async def void_teaching(ground: Ground, actor: Actor, teaching: str, form: VoidForm) -> TeachingChanged:
    """An organizer of the unit voids an entry, or its ambassador withdraws it.

    Raises `NotAllowed`, `UnknownTeaching` (also for one out of reach)."""

    def plan(_again: bool) -> Plan:
        found = _reached(ground, actor, teaching)
        organizes = _reaches(ground, actor, found, Role.ORGANIZER)
        own = None if organizes and form.reason is not VoidReason.MISTAKE else actor.person
        decision = VoidTeaching(
            teaching=found.logged.teaching,
            reason=form.reason,
            own=own,
            aliases=People(ground.ledger, [own]).groups_of_ids() if own else (),
            by=actor.by,
        )
        return _noted(ground, decision, found, form.note)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, teaching))
    return TeachingChanged(teaching=TeachingId(teaching), position=receipt.position, again=receipt.again)


async def rule_credit(
    ground: Ground, actor: Actor, person: str, skill: str, form: RulingForm
) -> TeachingChanged:
    """An organizer rules which of several claims to one person's skill holds its credit.

    Raises `NotAllowed`, `UnknownTeaching`, `UnknownSkill`, what `RuleCredit` raises."""

    def plan(_again: bool) -> Plan:
        actor.must_hold(Role.ORGANIZER)
        if skill not in BY_ID:
            raise UnknownSkill(field="skill", skill=skill)
        found = lookups.teaching(ground.ledger, form.teaching)
        if not _reaches(ground, actor, found, Role.ORGANIZER):
            raise UnknownTeaching(field="teaching")
        learner = PersonId(person)
        decision = RuleCredit(
            person=learner,
            skill=Skill(skill),
            teaching=found.logged.teaching,
            reason=form.reason,
            ruler=actor.person,
            aliases=People(ground.ledger, [learner, actor.person]).groups_of_ids(),
            by=actor.by,
        )
        return _noted(ground, decision, found, form.note)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, person, skill))
    return TeachingChanged(teaching=TeachingId(form.teaching), position=receipt.position, again=receipt.again)


def _reached(ground: Ground, actor: Actor, teaching: str) -> Teaching:
    """A teaching of a unit in which the actor organizes, or one of their own. Another's is looked for
    by the same queries as one that does not exist."""
    actor.must_hold(Role.ORGANIZER, Role.AMBASSADOR)
    mine = lookups.ids_of(ground.ledger, actor.person)
    found = lookups.teaching(ground.ledger, teaching)
    if found.logged.ambassador not in mine and not _reaches(ground, actor, found, Role.ORGANIZER):
        raise UnknownTeaching(field="teaching")
    return found


def _reaches(ground: Ground, actor: Actor, found: Teaching, *roles: Role) -> bool:
    return actor.reaches(found.logged.unit, *roles, units=ground.units, about=Model.AMBASSADORS)


def _noted(ground: Ground, decision: VoidTeaching | RuleCredit, found: Teaching, note: str | None) -> Plan:
    """With the note sealed beside it, under the key of the learner whom it concerns."""
    if not note or not note.strip():
        return Plan(decision)
    sealing = ground.vault.sealing([found.logged.learner])
    sealing.note(note.strip(), subject=found.logged.teaching, person=found.logged.learner)
    return Plan(decision, sealing.rows())


def _logged(ground: Ground, receipt: Receipt, codes: dict[str, str]) -> LessonLogged:
    logged = [fact for fact in receipt.facts if isinstance(fact, TeachingLogged)]
    if receipt.again:
        codes = ground.vault.codes([fact.teaching for fact in logged])
    return LessonLogged(
        lesson=logged[0].lesson,
        position=receipt.position,
        teachings=tuple(
            TeachingCode(fact.teaching, fact.learner, codes.get(fact.teaching)) for fact in logged
        ),
        again=receipt.again,
    )
