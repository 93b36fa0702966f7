"""Community digital technology teams: formed, led, joined and left.

Organizers form teams in their units; whoever leads one, and holds the role for it, keeps its members.
A name of a member is kept as a learner's is: nobody needs an account to belong to a team."""

from collections.abc import Iterable
from datetime import date

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, submitted, today
from application.forms.teams import (
    DisbandForm,
    TeamForm,
    TeamLeaderForm,
    TeamLeftForm,
    TeamMemberForm,
    TeamNameForm,
)
from application.identity import cleaned
from application.ids import new_id
from application.lookups import People, place_of
from application.participants import Participant, agree, participants, sealed
from application.ports import Ground, Ledger, Receipt, Submission
from domain.model import Model, PersonId, Position, Role, Selector, TeamId, UnitId
from domain.names import clean, fold
from domain.placed import PlacedAnew
from domain.team_members import AddTeamMember, NameTeamLeader, RemoveTeamMember
from domain.teams import (
    FACTS,
    DisbandTeam,
    FormTeam,
    Named,
    NoSuchTeam,
    RenameTeam,
    Team,
    TeamFact,
    TeamFormed,
    TeamMemberFact,
    TeamMemberJoined,
    TeamMemberLeft,
    team_member,
)


class TeamChanged(msgspec.Struct, frozen=True):
    """A team formed, renamed, led by another, or disbanded."""

    team: TeamId
    position: Position
    again: bool


class TeamMemberChanged(msgspec.Struct, frozen=True):
    """Somebody joined or left; `person` is the id that stands for them."""

    team: TeamId
    person: PersonId
    position: Position
    again: bool


async def form_team(ground: Ground, actor: Actor, form: TeamForm) -> TeamChanged:
    """A team stands in a hamlet or commune since a day; one unit has one team of a name.

    Raises `NotAllowed`, `OutOfScope`, `NotACommune`, `BadName`, `TeamExists`, `NotYetHappened`,
    `TooLongAgo`."""

    def plan(_again: bool) -> Plan:
        unit = place_of(ground.units, actor, form.unit, Role.ORGANIZER, about=Model.AMBASSADORS)
        name = cleaned("name", clean, form.name)
        return Plan(FormTeam(team=TeamId(new_id()), unit=unit.id, name=name, on=form.on, by=actor.by))

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form))
    formed = next(fact for fact in receipt.facts if isinstance(fact, TeamFormed))
    return _changed(formed.team, receipt)


async def rename_team(ground: Ground, actor: Actor, team: str, form: TeamNameForm) -> TeamChanged:
    """A team is called otherwise. Raises `NoSuchTeam`, `TeamIsDisbanded`, `BadName`, `TeamExists`."""

    def plan(_again: bool) -> Plan:
        reached = _reached(ground, actor, team, Role.ORGANIZER)
        name = cleaned("name", clean, form.name)
        return Plan(RenameTeam(team=reached.formed.team, unit=reached.unit, name=name, by=actor.by))

    return _changed(team, await decided(ground.ledger, plan, submitted(ground, actor, form, team)))


async def add_member(ground: Ground, actor: Actor, team: str, form: TeamMemberForm) -> TeamMemberChanged:
    """Somebody, known or new, belongs to a team since a day; with `leader` they lead it. Who belongs to
    it already stays so, and nothing is recorded.

    Raises `NoSuchTeam`, `TeamIsDisbanded`, `InAnotherTeam`, `HasALeader`, `TooManyInTheTeam`,
    `BeforeTheTeam`, `NotYetHappened`, and what `participants` raises."""
    joining = PersonId("")
    people: list[Participant] = []

    def plan(again: bool) -> Plan:
        nonlocal joining, people
        reached = _reached(ground, actor, team)
        unit = ground.units.find(reached.unit)
        if unit is None:
            raise NoSuchTeam
        people = participants(
            ground, actor, [form.member], unit=unit, on=today(), field="member", again=again
        )
        joining = people[0].person
        decision = AddTeamMember(
            team=reached.formed.team,
            person=joining,
            on=form.on,
            leader=form.leader,
            newcomer=people[0].newcomer,
            lives=unit.id,
            aliases=People(ground.ledger, [joining]).groups_of_ids() if again else (),
            by=actor.by,
        )
        return Plan(decision, sealed(ground, people).rows())

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, team))
    await agree(ground, actor, [form.member], people)
    return _member(team, joining, receipt)


async def take_in(
    ground: Ground,
    actor: Actor,
    team: str,
    person: PersonId,
    *,
    on: date,
    submission: str,
    lead: bool = False,
) -> TeamMemberChanged:
    """Somebody who was just invited belongs to a team from that day; with `lead` they lead it, unless
    somebody does. The submission is the invitation's. Raises what `add_member` raises."""

    def plan(_again: bool) -> Plan:
        formed = reached_team(ground, actor, team)
        people = People(ground.ledger, [person])
        now = people.now(person)
        leads = lead and team_of(ground.ledger, team).leader is None
        decision = AddTeamMember(
            team=formed.team,
            person=now,
            on=on,
            leader=leads,
            aliases=people.groups_of_ids(),
            by=actor.by,
        )
        return Plan(decision)

    content = ground.vault.content_digest(("take_in", team, person, lead))
    sent = Submission(author=actor.person, id=submission, content=content, session=actor.session)
    return _member(team, person, await decided(ground.ledger, plan, sent))


async def remove_member(ground: Ground, actor: Actor, team: str, form: TeamLeftForm) -> TeamMemberChanged:
    """Somebody no longer belongs to a team. Raises `NoSuchTeam`, `TeamIsDisbanded`, `NotInTheTeam`,
    `BeforeTheTeam`, `NotYetHappened`."""

    def plan(_again: bool) -> Plan:
        formed = reached_team(ground, actor, team)
        person = PersonId(form.member)
        decision = RemoveTeamMember(
            team=formed.team,
            person=person,
            on=form.on,
            aliases=People(ground.ledger, [person]).groups_of_ids(),
            by=actor.by,
        )
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, team))
    return _member(team, PersonId(form.member), receipt)


async def name_leader(ground: Ground, actor: Actor, team: str, form: TeamLeaderForm) -> TeamMemberChanged:
    """A member leads the team from now on, in place of whoever did. It gives no role: they are invited
    to that. Raises `NoSuchTeam`, `TeamIsDisbanded`, `LeaderOfNoTeam`, `BeforeTheTeam`."""

    def plan(_again: bool) -> Plan:
        formed = reached_team(ground, actor, team, Role.ORGANIZER)
        person = PersonId(form.member)
        groups = People(ground.ledger, [person]).groups_of_ids()
        decision = NameTeamLeader(team=formed.team, person=person, on=form.on, aliases=groups, by=actor.by)
        return Plan(decision)

    receipt = await decided(ground.ledger, plan, submitted(ground, actor, form, team))
    return _member(team, PersonId(form.member), receipt)


async def disband(ground: Ground, actor: Actor, team: str, form: DisbandForm) -> TeamChanged:
    """The team is no more, and its members leave it. Raises `NoSuchTeam`, `BeforeTheTeam`."""

    def plan(_again: bool) -> Plan:
        formed = reached_team(ground, actor, team, Role.ORGANIZER)
        return Plan(DisbandTeam(team=formed.team, on=form.on, reason=form.reason, by=actor.by))

    return _changed(team, await decided(ground.ledger, plan, submitted(ground, actor, form, team)))


def reached_team(ground: Ground, actor: Actor, team: str, *roles: Role) -> TeamFormed:
    """A team in the actor's units; for a team leader the one they lead, and no other. What is asked of
    the ledger is the same for a team elsewhere and for none.

    Raises `NotAllowed`, `NoSuchTeam` (also for one out of reach)."""
    return _reached(ground, actor, team, *roles).formed


class _Reached(msgspec.Struct, frozen=True):
    """`unit` is where the team lies today."""

    formed: TeamFormed
    unit: UnitId


def _reached(ground: Ground, actor: Actor, team: str, *roles: Role) -> _Reached:
    roles = roles or (Role.TEAM_LEADER, Role.ORGANIZER)
    actor.must_hold(*roles)
    may_lead = not actor.operator and Role.TEAM_LEADER in roles and actor.holds(Role.TEAM_LEADER)
    mine = People(ground.ledger, [actor.person]).all_of(actor.person) if may_lead else frozenset()
    found, placed = _found(ground.ledger, team)
    if found.formed is None:
        raise NoSuchTeam
    unit = placed or found.formed.unit
    reaching = [one for one in roles if one is not Role.TEAM_LEADER or found.leader in mine]
    if not reaching or not actor.reaches(unit, *reaching, units=ground.units, about=Model.AMBASSADORS):
        raise NoSuchTeam
    return _Reached(found.formed, unit)


def _found(ledger: Ledger, team: str) -> tuple[Team, UnitId | None]:
    """A team as its facts tell it, and where it was placed anew, its unit having been divided."""
    found, unit = Team(), None
    boundary = [Selector(FACTS, [f"team:{team}"]), Selector([PlacedAnew], [f"placed:{team}"])]
    for recorded in ledger.history(boundary):
        if isinstance(recorded.fact, TeamFact):
            found.weigh(recorded.fact)
        elif isinstance(recorded.fact, PlacedAnew):
            unit = recorded.fact.unit
    return found, unit


def team_of(ledger: Ledger, team: str) -> Team:
    """A team as its facts tell it; nothing is `formed` where there is none."""
    return _found(ledger, team)[0]


def named(ledger: Ledger, unit: UnitId, name: str) -> TeamId | None:
    """The team of that name that stands in a unit, accents and spaces aside."""
    found = Named(TeamId(""), unit, fold(name))
    for recorded in ledger.history(found.boundary()):
        found.weigh(recorded.fact)
    return next(iter(found.holders), None)


def team_of_person(ledger: Ledger, ids: Iterable[PersonId]) -> TeamId | None:
    """The team that a person, given by all their ids, belongs to today."""
    belongs: dict[PersonId, TeamId] = {}
    kinds = (TeamMemberJoined, TeamMemberLeft)
    for recorded in ledger.history([Selector(kinds, [team_member(one)]) for one in sorted(ids)]):
        match recorded.fact:
            case TeamMemberJoined() as fact:
                belongs[fact.person] = fact.team
            case TeamMemberLeft() as fact:
                belongs.pop(fact.person, None)
    return next(iter(belongs.values()), None)


def _changed(team: str, receipt: Receipt) -> TeamChanged:
    return TeamChanged(team=TeamId(team), position=receipt.position, again=receipt.again)


def _member(team: str, person: PersonId, receipt: Receipt) -> TeamMemberChanged:
    """`person` is who was asked for, where nothing was to be recorded."""
    for fact in receipt.facts:
        if isinstance(fact, TeamMemberFact):
            person = fact.person
    return TeamMemberChanged(team=TeamId(team), person=person, position=receipt.position, again=receipt.again)
