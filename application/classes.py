"""Classes that check themselves in: opened with a code on the wall, joined, witnessed, closed."""

from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec

from application import accounts, lookups
from application.actors import Actor
from application.criteria import late_entry_days
from application.deciding import Plan, Planner, decided, submitted
from application.forms.classes import CheckInForm, ClassForm, ClassLearnerForm, CloseClassForm, WitnessForm
from application.forms.people import LearnerForm
from application.identity import clean_code
from application.ids import new_id
from application.lookups import People, acting
from application.participants import Participant, agree, participants
from application.ports import Ground, Submission, Unit
from domain.classes import (
    Attestation,
    ClassIsClosed,
    ClassOpened,
    ClassRoom,
    CloseClass,
    JoinClass,
    NoSuchClass,
    OpenClass,
    WasNotThere,
    WitnessClass,
    wall,
)
from domain.consents import GiveConsent
from domain.model import (
    Answer,
    By,
    LessonId,
    Model,
    PersonId,
    Position,
    Refused,
    Role,
    Selector,
    Skill,
    TeachingId,
    UnitId,
)
from domain.people import Purpose
from domain.teaching import TeachingAnswered, TeachingLogged, TeachingVoided
from domain.who_is_who import Groups

WALL_CODE: Final = 12
"""Characters of the code on a wall: longer than a learner's, so that neither is taken for the other,
and 60 bits, so that nobody finds an open class by trying."""

WITNESSES: Final = (Role.TEAM_LEADER, Role.ORGANIZER)


class NeitherPhoneNorYear(Refused):
    """Who checks in says a phone number or a year of birth: a bare name stands for nobody."""


class OpenedClass(msgspec.Struct, frozen=True):
    """`code` is None once the ambassador was erased."""

    lesson: LessonId
    code: str | None
    until: datetime
    position: Position
    again: bool


class Joined(msgspec.Struct, frozen=True):
    """`again` is true for a repeated submission."""

    lesson: LessonId
    teaching: TeachingId
    position: Position
    again: bool


class Changed(msgspec.Struct, frozen=True):
    lesson: LessonId
    position: Position
    again: bool


class Pupil(msgspec.Struct, frozen=True, kw_only=True):
    """One learner of a class, by the id they were entered under. `alone`: they checked in themselves."""

    teaching: TeachingId
    learner: PersonId
    alone: bool
    answered: TeachingAnswered | None
    voided: bool


class Class(msgspec.Struct, frozen=True, kw_only=True):
    """A class as the ledger has it, its learners in the order in which they came."""

    opened: ClassOpened
    closed: bool
    pupils: tuple[Pupil, ...]

    def ended(self, at: datetime) -> bool:
        return self.closed or at >= self.opened.until


async def open_class(ground: Ground, actor: Actor, form: ClassForm) -> OpenedClass:
    """Raises `NotAllowed`, `OutOfScope`, `NotACommune`, and what `OpenClass` raises."""
    codes: dict[str, str] = {}

    def plan(again: bool) -> Plan:
        unit = lookups.place_of(ground.units, actor, form.unit, Role.AMBASSADOR, about=Model.AMBASSADORS)
        mentor = acting(ground.ledger, actor, again=again)
        lesson = LessonId(new_id())
        sealing = ground.vault.sealing([mentor])
        codes.clear()
        codes[lesson] = ground.vault.new_code(WALL_CODE)
        sealing.code(codes[lesson], kind="class", subject=lesson, person=mentor)
        decision = OpenClass(
            lesson=lesson,
            ambassador=mentor,
            unit=unit.id,
            skills=tuple(Skill(skill) for skill in form.skills),
            by=actor.by,
        )
        return Plan(decision, sealing.rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    opened = next(fact for fact in receipt.facts if isinstance(fact, ClassOpened))
    code = codes.get(opened.lesson) or ground.vault.codes([opened.lesson]).get(opened.lesson)
    return OpenedClass(opened.lesson, code, opened.until, receipt.position, receipt.again)


async def check_in(ground: Ground, form: CheckInForm, *, actor: Actor | None = None) -> Joined:
    """A learner comes in by the code on the wall and answers. `actor` is whoever is signed in on that
    device. The same submission gets its first receipt, also once the class is closed: by its
    ambassador, by the time, or because they may no longer teach there.

    Raises `BadCode`, `NoSuchClass`, `NeitherPhoneNorYear`, what `participants` and `JoinClass` raise.
    """
    room = by_code(ground, form.code)
    lesson = room.opened.lesson
    who = LearnerForm(
        name=form.name,
        phone=form.phone,
        birth_year=form.birth_year,
        group=form.group,
        consent=form.consent,
        guardian=form.guardian,
    )
    comers: list[Participant] = []

    def plan(again: bool) -> Plan:
        if not (form.phone and form.phone.strip()) and form.birth_year is None:
            raise NeitherPhoneNorYear(field="phone")
        now = of_lesson(ground, lesson) if again else room
        if not accounts.teaches(ground, now.opened.ambassador, now.opened.unit):
            raise ClassIsClosed
        one = _comer(ground, now, Actor(person=now.opened.ambassador), who, again=again)
        comers[:] = [one]
        own_device = actor is None or lookups.is_theirs(ground.ledger, actor.person, one.person)
        said = _Said(by=wall(lesson), answer=form.answer, device=form.device, own_device=own_device)
        return _joining(ground, now, one, said, again=again)

    content = ground.vault.content_digest(("CheckInForm", lesson, msgspec.structs.replace(form, code="")))
    receipt = await decided(
        ground.ledger, plan, Submission(author=f"class:{lesson}", id=form.submission, content=content)
    )
    for one in comers:
        await _heard(ground, one, who, wall(lesson))
    answered = next(fact for fact in receipt.facts if isinstance(fact, TeachingAnswered))
    return Joined(lesson, answered.teaching, receipt.position, receipt.again)


async def add_learner(ground: Ground, actor: Actor, lesson: str, form: ClassLearnerForm) -> Joined:
    """Somebody without a phone, entered by whoever gives the class; a team leader answers for them.

    Raises `NotAllowed`, `NoSuchClass` (also for another's), what `participants` and `JoinClass` raise.
    """
    comers: list[Participant] = []

    def plan(again: bool) -> Plan:
        actor.must_hold(Role.AMBASSADOR)
        room = own(ground, actor, lesson)
        one = _comer(ground, room, actor, form.learner, again=again)
        comers[:] = [one]
        return _joining(ground, room, one, _Said(by=actor.by), again=again)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, lesson))
    await agree(ground, actor, [form.learner], comers)
    logged = next(fact for fact in receipt.facts if isinstance(fact, TeachingLogged))
    return Joined(logged.lesson, logged.teaching, receipt.position, receipt.again)


async def close_class(ground: Ground, actor: Actor, lesson: str, form: CloseClassForm) -> Changed:
    """Raises `NotAllowed`, `NoSuchClass` (also for another's)."""

    def plan(_again: bool) -> Plan:
        actor.must_hold(Role.AMBASSADOR)
        room = own(ground, actor, lesson)
        mentor = People(ground.ledger, [actor.person])
        decision = CloseClass(
            lesson=room.opened.lesson, own=actor.person, aliases=mentor.groups_of_ids(), by=actor.by
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, lesson))
    return Changed(LessonId(lesson), receipt.position, receipt.again)


async def witness(ground: Ground, actor: Actor, lesson: str, form: WitnessForm) -> Changed:
    """A team leader or organizer of the unit answers for learners without a phone.

    Raises `NotAllowed`, `NoSuchClass` (also for one out of reach), `WasNotThere`, and what
    `WitnessClass` raises."""

    def plan(_again: bool) -> Plan:
        found = reached(ground, actor, lesson, *WITNESSES)
        if not form.there:
            raise WasNotThere(field="there")
        said = tuple(
            Attestation(teaching=TeachingId(one.teaching), answer=one.answer) for one in form.answers
        )
        decision = WitnessClass(
            lesson=found.lesson,
            witness=actor.person,
            attestations=said,
            aliases=People(ground.ledger, [actor.person]).groups_of_ids(),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, lesson))
    return Changed(LessonId(lesson), receipt.position, receipt.again)


def by_code(ground: Ground, code: str) -> Class:
    """The class of a code on a wall, open or not. Raises `BadCode`, `NoSuchClass`."""
    holder = ground.vault.find_code(clean_code(code, length=WALL_CODE))
    if holder is None or holder.kind != "class":
        raise NoSuchClass(field="code")
    return of_lesson(ground, holder.subject)


def must_be_open(found: Class, at: datetime) -> None:
    """Raises `ClassIsClosed`."""
    if found.ended(at):
        raise ClassIsClosed


def own(ground: Ground, actor: Actor, lesson: str) -> Class:
    """A class of the actor's own. Raises `NoSuchClass`; another's is looked for by the same queries."""
    mine = lookups.ids_of(ground.ledger, actor.person)
    opened = _opened(ground, lesson)
    if opened is None or opened.ambassador not in mine:
        raise NoSuchClass
    return of_lesson(ground, lesson)


def reached(ground: Ground, actor: Actor, lesson: str, *roles: Role) -> ClassOpened:
    """A class of a unit over which the actor holds a role. Raises `NotAllowed`, `NoSuchClass`."""
    actor.must_hold(*roles)
    opened = _opened(ground, lesson)
    if opened is None or not actor.reaches(opened.unit, *roles, units=ground.units, about=Model.AMBASSADORS):
        raise NoSuchClass
    return opened


def of_lesson(ground: Ground, lesson: str) -> Class:
    """Raises `NoSuchClass`."""
    room = ClassRoom()
    for recorded in ground.ledger.history([ClassRoom.boundary(LessonId(lesson))]):
        room.weigh(recorded.fact)
    if room.opened is None:
        raise NoSuchClass
    answered: dict[TeachingId, TeachingAnswered] = {}
    voided: set[TeachingId] = set()
    if room.pupils:
        kinds = (TeachingAnswered, TeachingVoided)
        for recorded in ground.ledger.history([Selector(kinds, [f"teaching:{one}"]) for one in room.pupils]):
            match recorded.fact:
                case TeachingAnswered() as fact:
                    answered[fact.teaching] = fact
                case TeachingVoided() as fact:
                    voided.add(fact.teaching)
    pupils = tuple(
        Pupil(
            teaching=ref,
            learner=one.learner,
            alone=one.by == wall(one.lesson),
            answered=answered.get(ref),
            voided=ref in voided,
        )
        for ref, one in room.pupils.items()
    )
    return Class(opened=room.opened, closed=room.closed, pupils=pupils)


def opened_by(ground: Ground, person: PersonId, limit: int = 10) -> list[ClassOpened]:
    """The classes that somebody opened last, latest first."""
    ids = sorted(lookups.ids_of(ground.ledger, person))
    found = ground.ledger.history([Selector([ClassOpened], [f"class-of:{one}"]) for one in ids])
    return [one.fact for one in found if isinstance(one.fact, ClassOpened)][: -limit - 1 : -1]


def _opened(ground: Ground, lesson: str) -> ClassOpened | None:
    for recorded in ground.ledger.history([Selector([ClassOpened], [f"lesson:{lesson}"])]):
        if isinstance(recorded.fact, ClassOpened):
            return recorded.fact
    return None


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said as somebody joins, by whom, and on what."""

    by: By
    answer: Answer | None = None
    device: str | None = None
    own_device: bool = True


def _comer(ground: Ground, room: Class, actor: Actor, form: LearnerForm, *, again: bool) -> Participant:
    unit, on = _place(ground, room.opened.unit), room.opened.on
    return participants(ground, actor, [form], unit=unit, on=on, field="", again=again)[0]


def _joining(ground: Ground, room: Class, one: Participant, said: _Said, *, again: bool) -> Plan:
    """One learner more, new or found again. Of somebody found nothing that is kept is changed here:
    who says it is not known well enough."""
    opened, known = room.opened, [] if one.newcomer else [one.person]
    groups = People(ground.ledger, [opened.ambassador, *known]).groups_of_ids() if again else ()
    entry = _entry(room, one.person, groups)
    teaching = entry or TeachingId(new_id())
    sealing = ground.vault.sealing(known)
    if one.newcomer:
        one.seal(sealing)
    if entry is None:
        code = ground.vault.new_code()
        sealing.code(code, kind="teaching", subject=teaching, person=one.person)
    decision = JoinClass(
        lesson=opened.lesson,
        ambassador=opened.ambassador,
        teaching=teaching,
        learner=one.person,
        entry=entry,
        newcomer=one.newcomer,
        answer=said.answer,
        device=said.device,
        own_device=said.own_device,
        late_entry_days=late_entry_days(ground, opened.unit, opened.on),
        aliases=groups,
        by=said.by,
    )
    return Plan(decision, sealing.rows())


def _entry(room: Class, person: PersonId, groups: Groups) -> TeachingId | None:
    """Under which the person stands in the class already."""
    ids = next((frozenset(group) for group in groups if person in group), frozenset([person]))
    standing = (one.teaching for one in room.pupils if one.learner in ids and not one.voided)
    return next(standing, None)


def _place(ground: Ground, unit: UnitId) -> Unit:
    found = ground.units.find(unit)
    if found is None:
        raise NoSuchClass
    return found


async def _heard(ground: Ground, one: Participant, form: LearnerForm, by: By) -> None:
    """What somebody known agreed to as they checked in; it never puts a withdrawal aside. Of somebody
    new it stands with their first fact."""
    if one.newcomer is not None:
        return
    for purpose in form.heard:
        with suppress(Refused):
            await decided(ground.ledger, _agreeing(ground, one.person, purpose, form, by))


def _agreeing(ground: Ground, person: PersonId, purpose: Purpose, form: LearnerForm, by: By) -> Planner:
    def plan(again: bool) -> Plan:
        now = People(ground.ledger, [person]).now(person) if again else person
        return Plan(
            GiveConsent(person=now, purpose=purpose, guardian=form.guardian is True, heard=True, by=by)
        )

    return plan
