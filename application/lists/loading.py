"""An entry of a list -> the use case by which people record the same. Whoever brings the list in must
organize (or administer) its unit; what a mentor did is recorded in the mentor's name.

All that is recorded says which list it came from, and confirms nothing: learners, families and
vendors answer for themselves.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from application import households, markets, milestones, teaching, teams, territory, visits
from application.actors import Actor, Grant
from application.deciding import Plan, decided
from application.forms.households import HouseholdForm
from application.forms.markets import MarketForm, VendorForm
from application.forms.people import LearnerForm
from application.forms.teaching import LessonForm
from application.forms.teams import TeamForm, TeamMemberForm
from application.forms.territory import HamletForm
from application.forms.visits import VisitForm
from application.identity import under_sixteen
from application.lists.entries import (
    ClassEntry,
    Entry,
    HouseholdEntry,
    MarketEntry,
    MemberEntry,
    MilestoneEntry,
    TeamEntry,
    VendorEntry,
    VisitEntry,
)
from application.lists.named import Named
from application.lookups import People
from application.milestones import Listed
from application.ports import Ground, Unit
from domain.lists import ImportList, ListId, ListKind
from domain.markets import MarketExists
from domain.milestones import FROM_YEARS, SaidMoreSurely, TooYoung
from domain.model import Model, Position, Refused, Role, TeamId, UnitId
from domain.names import fold
from domain.team_members import HasALeader, InAnotherTeam
from domain.teams import TeamExists
from domain.vendors import VendorExists

IMPORTING: Final = (Role.ORGANIZER, Role.ADMINISTRATOR)

ABOUT: Final = {
    ListKind.TEAMS: Model.AMBASSADORS,
    ListKind.MEMBERS: Model.AMBASSADORS,
    ListKind.HOUSEHOLDS: Model.FAMILIES,
    ListKind.MARKETS: Model.MARKETS,
    ListKind.VENDORS: Model.MARKETS,
    ListKind.CLASSES: Model.AMBASSADORS,
    ListKind.VISITS: Model.AMBASSADORS,
    ListKind.MILESTONES: Model.AMBASSADORS,
}
"""What a list is about, for roles that are narrowed to a model."""


async def begin(
    ground: Ground, actor: Actor, list_: ListId, kind: ListKind, unit: UnitId, rows: int
) -> Position:
    """Says who brings in which list. Raises `NotAllowed`, `OutOfScope`."""
    actor.must(*IMPORTING, over=unit, units=ground.units, about=ABOUT[kind])
    decision = ImportList(list=list_, kind=kind, unit=unit, rows=rows, by=actor.by)
    receipt = await decided(ground.ledger, lambda _: Plan(decision))
    return receipt.position


def bringing(ground: Ground, actor: Actor, list_: ListId, kind: ListKind, unit: Unit) -> Actor:
    """The actor as whoever brings in this list: over its unit, and nothing else.

    Raises `NotAllowed`, `OutOfScope`."""
    actor.must(*IMPORTING, over=unit.id, units=ground.units, about=ABOUT[kind])
    return Actor(person=actor.person, grants=(Grant(Role.ORGANIZER, unit.id),), importing=list_)


class Loading:
    """Loads the entries of one list, and remembers what several of them name."""

    def __init__(self, ground: Ground, actor: Actor) -> None:
        self._ground = ground
        self._actor = actor
        self._named = Named(ground, actor.person)

    async def load(self, entry: Entry) -> bool:
        """Whether something was recorded that did not stand already. Raises what the use case raises,
        with the field of the list."""
        try:
            match entry:
                case TeamEntry():
                    return await self._team(entry)
                case MemberEntry():
                    return await self._member(entry)
                case HouseholdEntry():
                    return await self._household(entry)
                case MarketEntry():
                    return await self._market(entry)
                case VendorEntry():
                    return await self._vendor(entry)
                case ClassEntry():
                    return await self._class(entry)
                case VisitEntry():
                    return await self._visit(entry)
                case MilestoneEntry():
                    return await self._milestones(entry)
        except Refused as refused:
            _in_the_list(refused, entry)
            raise
        raise TypeError(entry)

    def check(self, entry: Entry) -> None:
        """What can be said before anything is recorded: raises what `load` most likely would."""
        match entry:
            case TeamEntry():
                if entry.place.hamlet is None and teams.named(
                    self._ground.ledger, entry.place.unit, entry.name
                ):
                    raise TeamExists(field="team")
                if entry.leader:
                    self._joins_none(entry.leader, entry, None, "leader")
            case MemberEntry():
                team = self._named.team(entry)
                self._joins_none(entry.member, entry, team, "name")
                if entry.leads and teams.team_of(self._ground.ledger, team).leader is not None:
                    self._leads(entry, team)
            case HouseholdEntry() | ClassEntry():
                self._named.mentor(entry.mentor, entry)
            case MarketEntry():
                if entry.place.hamlet is None and self._named.markets_in([entry.place.unit], entry.name):
                    raise MarketExists(field="market")
            case VendorEntry():
                market = self._named.market(entry)
                person = self._named.known(entry.vendor, entry)
                if person and self._named.sells(person, market):
                    raise VendorExists(field="name")
            case VisitEntry():
                self._named.mentor(entry.visitor, entry)
            case MilestoneEntry():
                self._may_be_said(entry)

    def look_up(self, entries: Sequence[Entry]) -> None:
        """Whom these entries name, in one question for each commune."""
        self._named.look_up(entries)

    async def hamlet(self, entry: Entry) -> Entry:
        """With its hamlet, which is added where it is not known."""
        if entry.place.hamlet is None:
            return entry
        digest = self._ground.vault.content_digest(("hamlet", entry.place.commune, fold(entry.place.hamlet)))
        form = HamletForm(
            submission=f"list-{digest.hex()[:40]}", parent=entry.place.commune, name=entry.place.hamlet
        )
        added = await territory.add_hamlet(self._ground, self._actor, form)
        place = msgspec.structs.replace(entry.place, unit=added.unit, hamlet=None)
        return msgspec.structs.replace(entry, place=place)

    async def _team(self, entry: TeamEntry) -> bool:
        if entry.leader:  # before the team stands without the leader that the row names
            self._joins_none(entry.leader, entry, None, "leader")
        form = TeamForm(submission=entry.id, unit=entry.place.unit, name=entry.name, on=entry.on)
        formed = await teams.form_team(self._ground, self._actor, form)
        if entry.leader is None:
            return not formed.again
        leading = TeamMemberForm(
            submission=f"{entry.id}-leader", on=entry.on, member=entry.leader, leader=True
        )
        led = await teams.add_member(self._ground, self._actor, formed.team, leading)
        return not (formed.again and led.again)

    async def _member(self, entry: MemberEntry) -> bool:
        form = TeamMemberForm(submission=entry.id, on=entry.on, member=entry.member, leader=entry.leads)
        joined = await teams.add_member(self._ground, self._actor, self._named.team(entry), form)
        return not joined.again

    async def _household(self, entry: HouseholdEntry) -> bool:
        form = HouseholdForm(submission=entry.id, on=entry.on, unit=entry.place.unit, members=entry.members)
        done = await households.register_household(
            self._ground, self._in_the_name_of(entry.mentor, entry), form
        )
        return not done.again

    async def _market(self, entry: MarketEntry) -> bool:
        form = MarketForm(submission=entry.id, unit=entry.place.unit, name=entry.name, stalls=entry.stalls)
        return not (await markets.open_market(self._ground, self._actor, form)).again

    async def _vendor(self, entry: VendorEntry) -> bool:
        form = VendorForm(submission=entry.id, market=self._named.market(entry), vendor=entry.vendor)
        return not (await markets.register_vendor(self._ground, self._actor, form)).again

    async def _class(self, entry: ClassEntry) -> bool:
        form = LessonForm(
            submission=entry.id,
            on=entry.on,
            unit=entry.place.unit,
            skills=entry.skills,
            learners=entry.learners,
        )
        done = await teaching.log_lesson(self._ground, self._in_the_name_of(entry.mentor, entry), form)
        return not done.again

    async def _visit(self, entry: VisitEntry) -> bool:
        form = VisitForm(
            submission=entry.id,
            on=entry.on,
            unit=entry.place.unit,
            number=entry.number,
            found=entry.found,
            needs=entry.needs,
        )
        done = await visits.log_visit(self._ground, self._in_the_name_of(entry.visitor, entry), form)
        return not done.again

    async def _milestones(self, entry: MilestoneEntry) -> bool:
        news = False
        for one, submission in zip(entry.reached, entry.submissions, strict=True):
            listed = Listed(
                submission=submission,
                learner=entry.person,
                milestone=one,
                on=entry.on,
                unit=entry.place.unit,
            )
            news = not (await milestones.take_in(self._ground, self._actor, listed)).again or news
        return news

    def _may_be_said(self, entry: MilestoneEntry) -> None:
        """Raises `SaidMoreSurely` for what the person or a witness denied, `TooYoung`."""
        person = self._named.known(entry.person, entry)
        young = under_sixteen(entry.person.birth_year, entry.on)
        if person is not None:
            standing, young = milestones.known_of(self._ground, person)
            denied = [standing.denied(one) for one in entry.reached]
            if any(one is not None and one.evidence is not None for one in denied):
                raise SaidMoreSurely(field="milestone")
        if young and any(one.from_sixteen for one in entry.reached):
            raise TooYoung(years=FROM_YEARS, field="birth_year")

    def _in_the_name_of(self, mentor: LearnerForm, entry: Entry) -> Actor:
        """The mentor of a lesson or family, and whoever visited, is somebody known, and records here what
        the list says."""
        person = self._named.mentor(mentor, entry)
        grant = Grant(Role.AMBASSADOR, entry.place.commune)
        return Actor(person=person, grants=(grant,), importing=self._actor.importing)

    def _joins_none(self, named: LearnerForm, entry: Entry, team: TeamId | None, field: str) -> None:
        """Raises `InAnotherTeam` for somebody who belongs to another one."""
        person = self._named.known(named, entry)
        if person is None:
            return
        ids = People(self._ground.ledger, [person]).all_of(person)
        belongs = teams.team_of_person(self._ground.ledger, ids)
        if belongs is not None and belongs != team:
            raise InAnotherTeam(field=field)

    def _leads(self, entry: MemberEntry, team: TeamId) -> None:
        """Raises `HasALeader` where the team's leader is somebody else."""
        person = self._named.known(entry.member, entry)
        leader = teams.team_of(self._ground.ledger, team).leader
        ids = People(self._ground.ledger, [person]).all_of(person) if person else frozenset()
        if leader not in ids:
            raise HasALeader(field="role")


def _in_the_list(refused: Refused, entry: Entry) -> None:
    """The field of a form -> the column of the list that filled it."""
    field = str(refused.details.get("field", ""))
    last = field.rpartition(".")[2]
    if isinstance(entry, TeamEntry):
        fields = {"name": "leader" if "member" in field else "team", "phone": "leader_phone",
                  "birth_year": "leader_birth_year", "member": "leader", "leader": "leader"}  # fmt: skip
    else:
        fields = {"member": "name", "leader": "role", "vendor": "name"}
        if isinstance(entry, MarketEntry):
            fields["name"] = "market"
    if field:
        refused.details["field"] = fields.get(last, "name" if last.isdigit() else last)
