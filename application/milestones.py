"""Milestones of people: said by themselves, by a witness, or by a list that is imported."""

from datetime import date
from typing import Final

import msgspec

from application import answers, lookups
from application.actors import Actor
from application.deciding import Plan, Planner, decided, stood, submitted, today
from application.forms.milestones import MilestoneAnswerForm, MilestoneForm
from application.forms.people import LearnerForm
from application.identity import under_sixteen
from application.lookups import People, must_be_a_place
from application.participants import participants, sealed
from application.ports import CodeHolder, Ground, Identity, Ledger, Receipt, Unit
from application.privacy import agreed, has_account
from domain.classes import WasNotThere
from domain.milestones import FACTS as MILESTONE_FACTS
from domain.milestones import DenyMilestone, Milestone, ReachMilestone, Standing, milestones_of
from domain.model import By, Evidence, Model, PersonId, Position, Role, Selector, UnitId
from domain.people import UnknownPerson

WITNESSES: Final = (Role.AMBASSADOR, Role.TEAM_LEADER, Role.ORGANIZER)


class Said(msgspec.Struct, frozen=True):
    """`again` is true where that stood already; nothing was recorded then."""

    milestone: Milestone
    reached: bool
    position: Position
    again: bool


class Where(msgspec.Struct, frozen=True):
    """Somebody by the id that stands for them, and where they live."""

    person: PersonId
    unit: UnitId


async def answer(ground: Ground, form: MilestoneAnswerForm, *, actor: Actor | None = None) -> Said:
    """The holder of a code speaks of themselves. `actor` is whoever is signed in on that device.

    Raises what `by_code` does, `UnknownPerson`, and what the decision raises."""
    holder, evidence = by_code(ground, form.code, form.device, actor)
    by = By(f"code:{holder.subject}")
    said = _Spoken(form.milestone, form.reached, form.on, evidence, by)
    receipt = await decided(ground.ledger, _plan(ground, holder.person, said))
    return _said(form.milestone, form.reached, receipt)


def by_code(
    ground: Ground, code: str, device: str | None = None, actor: Actor | None = None
) -> tuple[CodeHolder, Evidence]:
    """Whose milestones a code opens, and how sure what they say by it is. None of somebody who has an
    account: they sign in, and a mentor knows the code of whom they taught.

    Raises `BadCode`, `CodeExpired`, and `UnknownCode`, also for the code of whoever has an account."""
    holder, evidence = answers.told(ground, code, device, actor)
    if has_account(ground.ledger, holder.person):
        raise answers.UnknownCode(field="code")
    return holder, evidence


async def say(ground: Ground, actor: Actor, form: MilestoneForm) -> Said:
    """Somebody signed in speaks of themselves, or as a witness of somebody else.

    Raises `NotAllowed`, `UnknownPerson` and `UnknownTeaching` (also for those out of reach),
    `WasNotThere`, and what the decision raises."""

    def plan(again: bool) -> Plan:
        person = _meant(ground, actor, form)
        own = lookups.is_theirs(ground.ledger, actor.person, person)
        if not own and not form.there:
            raise WasNotThere(field="there")
        evidence = Evidence.OWN_DEVICE if own else Evidence.WITNESSED
        said = _Spoken(form.milestone, form.reached, form.on, evidence, actor.by)
        return _plan(ground, person, said, witness=None if own else actor.person)(again)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    return _said(form.milestone, form.reached, receipt)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list: who reached a milestone, when and where. `submission` is the row's own."""

    submission: str
    learner: LearnerForm
    milestone: Milestone
    on: date
    unit: UnitId


async def take_in(ground: Ground, actor: Actor, listed: Listed) -> Said:
    """What a list says of somebody, whom it may name for the first time. It confirms nothing, and says
    nothing more where the person or a witness has spoken.

    Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `SaidMoreSurely`, `TooYoung`, what
    `participants` raise."""

    def plan(again: bool) -> Plan:
        unit = actor.unit(listed.unit, Role.ORGANIZER, units=ground.units)
        must_be_a_place(unit)
        return _taken_in(ground, actor, listed, unit, again=again)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, listed))
    return _said(listed.milestone, True, receipt)


def _taken_in(ground: Ground, actor: Actor, listed: Listed, unit: Unit, *, again: bool) -> Plan:
    one = participants(ground, actor, [listed.learner], unit=unit, on=listed.on, field="", again=again)[0]
    known = None if one.newcomer is not None else one.person
    decision = ReachMilestone(
        person=one.person,
        milestone=listed.milestone,
        unit=unit.id,
        on=listed.on,
        evidence=None,
        newcomer=one.newcomer,
        too_young=_too_young(ground, known, one.identity, listed.milestone, listed.on),
        aliases=People(ground.ledger, [known]).groups_of_ids() if known else (),
        by=actor.by,
    )
    return Plan(decision, sealed(ground, [one]).rows())


def standing(ledger: Ledger, person: PersonId) -> Standing:
    """What stands of somebody's milestones, under all their ids."""
    found = Standing()
    ids = sorted(lookups.ids_of(ledger, person))
    for one in ledger.history([Selector(MILESTONE_FACTS, [milestones_of(ref)]) for ref in ids]):
        found.weigh(one.fact)
    return found


def known_of(ground: Ground, person: PersonId) -> tuple[Standing, bool]:
    """The same, and whether milestones from 16 on are not asked of them yet."""
    return standing(ground.ledger, person), _too_young(ground, person, None, None, today())


class _Spoken(msgspec.Struct, frozen=True):
    """What is said of a milestone, and how it reached us."""

    milestone: Milestone
    reached: bool
    on: date | None
    evidence: Evidence
    by: By


def _plan(ground: Ground, person: PersonId, said: _Spoken, *, witness: PersonId | None = None) -> Planner:
    def plan(_again: bool) -> Plan:
        people = People(ground.ledger, [person, *([witness] if witness else [])])
        now = people.now(person)
        if not people.known(now):
            raise UnknownPerson
        aliases = people.groups_of_ids()
        on = said.on or today()
        if not said.reached:
            return Plan(
                DenyMilestone(
                    person=now,
                    milestone=said.milestone,
                    evidence=said.evidence,
                    witness=witness,
                    aliases=aliases,
                    by=said.by,
                )
            )
        return Plan(
            ReachMilestone(
                person=now,
                milestone=said.milestone,
                unit=people.units[now],
                on=on,
                evidence=said.evidence,
                too_young=_too_young(ground, now, None, said.milestone, on),
                witness=witness,
                aliases=aliases,
                by=said.by,
            )
        )

    return plan


def _too_young(
    ground: Ground, person: PersonId | None, said: Identity | None, milestone: Milestone | None, on: date
) -> bool:
    """By the year of birth that is kept (of a newcomer: that is `said`); where none is, by what the
    ledger was told of them."""
    if milestone is not None and not milestone.from_sixteen:
        return False
    if person is None:
        return said is not None and under_sixteen(said.birth_year, on)
    kept = ground.vault.identities([person]).get(person)
    year = (kept.birth_year if kept else None) or (said.birth_year if said else None)
    if year is not None:
        return under_sixteen(year, on)
    return agreed(ground.ledger, person).minor


def _meant(ground: Ground, actor: Actor, form: MilestoneForm) -> PersonId:
    """Whom a form names: the learner of a lesson that the actor gave, or somebody of a unit over which
    they hold a role; without either the actor. Whoever is out of reach looks like nobody."""
    if form.teaching is not None:
        return _learner(ground, actor, form.teaching)
    if form.person is None or lookups.is_theirs(ground.ledger, actor.person, PersonId(form.person)):
        return actor.person
    people = People(ground.ledger, [PersonId(form.person)])
    now = people.now(PersonId(form.person))
    if not people.known(now) or not _near(ground, actor, people.units[now]):
        raise UnknownPerson(field="person")
    return now


def _learner(ground: Ground, actor: Actor, teaching: str) -> PersonId:
    found = lookups.teaching(ground.ledger, teaching)
    own = lookups.is_theirs(ground.ledger, actor.person, found.logged.ambassador)
    if not (own or _near(ground, actor, found.logged.unit)):
        raise lookups.UnknownTeaching(field="teaching")
    return found.logged.learner


def _near(ground: Ground, actor: Actor, unit: UnitId) -> bool:
    return actor.reaches(unit, *WITNESSES, units=ground.units, about=Model.AMBASSADORS)


def _said(milestone: Milestone, reached: bool, receipt: Receipt) -> Said:
    return Said(milestone, reached, receipt.position, stood(receipt))
