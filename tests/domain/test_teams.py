"""Teams: formed, joined, led, left; and what they keep saying no to."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.erasing import ErasePerson
from domain.merging import InTwoTeams
from domain.model import PersonId, TeamId
from domain.names import BadName
from domain.people import PersonErased, PersonMerged, PersonRegistered, UnknownPerson
from domain.teaching import NotYetHappened
from domain.teams import (
    MOST_IN_A_TEAM,
    AddTeamMember,
    BeforeTheTeam,
    DisbandReason,
    DisbandTeam,
    FormTeam,
    HasALeader,
    InAnotherTeam,
    LeaderOfNoTeam,
    NameTeamLeader,
    NoSuchTeam,
    NotInTheTeam,
    RemoveTeamMember,
    RenameTeam,
    Team,
    TeamDisbanded,
    TeamExists,
    TeamFormed,
    TeamIsDisbanded,
    TeamLeaderNamed,
    TeamMemberJoined,
    TeamMemberLeft,
    TeamRenamed,
    TooLongAgo,
    TooManyInTheTeam,
)
from tests.cast import (
    BY,
    GIA_LAI,
    HOA,
    LAN,
    NOW,
    SAU,
    TODAY,
    TU,
    TUY_PHUOC,
    YESTERDAY,
    everybody,
    learner,
    merge,
    newcomers,
)
from tests.specification import given, lived

TOMORROW = TODAY + timedelta(days=1)
BEGUN = TODAY - timedelta(days=100)
TEAM, OTHER = TeamId("to-vinh-thanh"), TeamId("to-go-boi")


def forms(team: TeamId = TEAM, **other: Any) -> FormTeam:
    request: dict[str, Any] = {"unit": TUY_PHUOC, "name": "Tổ Vinh Thạnh", "on": BEGUN, "by": BY}
    return FormTeam(**({"team": team} | request | other))


def joins(person: PersonId, team: TeamId = TEAM, **other: Any) -> AddTeamMember:
    request: dict[str, Any] = {"team": team, "person": person, "on": YESTERDAY, "by": BY}
    return AddTeamMember(**(request | other))


def leaves(person: PersonId, team: TeamId = TEAM, **other: Any) -> RemoveTeamMember:
    request: dict[str, Any] = {"team": team, "person": person, "on": TODAY, "by": BY}
    return RemoveTeamMember(**(request | other))


def leads(person: PersonId, team: TeamId = TEAM, **other: Any) -> NameTeamLeader:
    request: dict[str, Any] = {"team": team, "person": person, "on": TODAY, "by": BY}
    return NameTeamLeader(**(request | other))


def disbands(team: TeamId = TEAM, **other: Any) -> DisbandTeam:
    request: dict[str, Any] = {"team": team, "on": TODAY, "reason": DisbandReason.NO_MEMBERS, "by": BY}
    return DisbandTeam(**(request | other))


def renames(name: str, team: TeamId = TEAM) -> RenameTeam:
    return RenameTeam(team=team, unit=TUY_PHUOC, name=name, by=BY)


FORMED = (*everybody(), forms())
TWO = (*FORMED, forms(OTHER, name="Tổ Gò Bồi"))
LED = (*FORMED, joins(LAN, leader=True), joins(HOA))


class TestForming:
    def test_a_team_of_a_unit_since_a_day(self):
        (fact,) = given().when(forms()).then(TeamFormed)
        assert isinstance(fact, TeamFormed)
        assert (fact.name, fact.name_key, fact.on) == ("Tổ Vinh Thạnh", "to vinh thanh", BEGUN)

    @pytest.mark.parametrize("name", ["Tổ Vinh Thạnh", "tổ  vinh thạnh", "TO VINH THANH"])
    def test_no_two_of_one_name_in_a_unit(self, name):
        given(*FORMED).when(forms(OTHER, name=name)).then_refused(TeamExists, field="name")

    def test_elsewhere_the_name_is_free(self):
        given(*FORMED).when(forms(OTHER, unit=GIA_LAI)).then(TeamFormed)

    @pytest.mark.parametrize("freed", [disbands(), renames("Tổ Vinh Thạnh 1")], ids=["disbanded", "renamed"])
    def test_the_name_of_one_that_is_no_more_is_free(self, freed):
        given(*FORMED, freed).when(forms(OTHER)).then(TeamFormed)

    def test_not_tomorrow_and_not_before_there_were_teams(self):
        given().when(forms(on=TOMORROW)).then_refused(NotYetHappened, field="on")
        given().when(forms(on=date(1905, 6, 1))).then_refused(TooLongAgo, field="on")

    def test_a_name_is_a_name(self):
        with pytest.raises(BadName):
            forms(name="<b>")


class TestRenaming:
    def test_another_name(self):
        given(*FORMED).when(renames("Tổ số 2")).then(TeamRenamed)

    def test_the_same_again_is_nothing(self):
        given(*FORMED).when(renames("Tổ Vinh Thạnh")).then()

    def test_only_the_accents(self):
        given(*FORMED).when(renames("TỔ VINH THẠNH")).then(TeamRenamed)

    def test_not_the_name_of_another(self):
        given(*TWO).when(renames("to go boi")).then_refused(TeamExists)

    def test_nothing_to_rename(self):
        given().when(renames("Tổ số 2")).then_refused(NoSuchTeam)


class TestJoining:
    def test_somebody_known(self):
        given(*FORMED).when(joins(LAN)).then(TeamMemberJoined)

    def test_somebody_met_now(self):
        newcomer = newcomers(learner(1))[0]
        given(*FORMED).when(joins(learner(1), newcomer=newcomer)).then(PersonRegistered, TeamMemberJoined)

    def test_twice_is_once(self):
        given(*LED).when(joins(HOA)).then()
        given(*LED).when(joins(LAN, leader=True)).then()

    def test_nobody_is_in_two_teams(self):
        given(*TWO, joins(LAN)).when(joins(LAN, OTHER)).then_refused(InAnotherTeam, field="member")

    def test_also_under_another_id(self):
        merged = (*TWO, joins(LAN), merge(LAN, HOA))
        given(*merged).when(joins(HOA, OTHER)).then_stale()
        given(*merged).when(joins(HOA, OTHER, aliases=((HOA, LAN),))).then_refused(InAnotherTeam)
        given(*merged).when(joins(HOA, aliases=((HOA, LAN),))).then()

    def test_who_left_one_may_join_another(self):
        given(*TWO, joins(LAN), leaves(LAN)).when(joins(LAN, OTHER, on=TODAY)).then(TeamMemberJoined)

    def test_a_second_leader_is_named_and_not_added(self):
        given(*LED).when(joins(TU, leader=True)).then_refused(HasALeader, field="leader")

    def test_a_member_who_is_said_to_lead_where_nobody_does(self):
        given(*FORMED, joins(LAN)).when(joins(LAN, leader=True)).then(TeamLeaderNamed)

    def test_not_before_the_team_was_formed_nor_tomorrow(self):
        given(*FORMED).when(joins(LAN, on=BEGUN - timedelta(days=1))).then_refused(BeforeTheTeam, field="on")
        given(*FORMED).when(joins(LAN, on=TOMORROW)).then_refused(NotYetHappened, field="on")

    def test_nobody_unknown_merged_or_erased(self):
        given(*FORMED).when(joins(PersonId("x"))).then_refused(UnknownPerson)
        given(*FORMED, merge(LAN, HOA)).when(joins(LAN)).then_stale()
        erased = PersonErased(at=NOW, by=BY, person=LAN)
        given(*FORMED, erased).when(joins(LAN)).then_stale()

    def test_no_team_and_none_that_is_no_more(self):
        given(*everybody()).when(joins(LAN)).then_refused(NoSuchTeam)
        given(*FORMED, disbands()).when(joins(LAN)).then_refused(TeamIsDisbanded)

    def test_a_list_of_something_else_is_no_team(self):
        many = [learner(number) for number in range(MOST_IN_A_TEAM)]
        full = (*everybody(*many), forms(), *(joins(one) for one in many))
        given(*full).when(joins(LAN)).then_refused(TooManyInTheTeam, limit=MOST_IN_A_TEAM)


class TestLeaving:
    def test_a_member_leaves(self):
        given(*LED).when(leaves(HOA)).then(TeamMemberLeft)

    def test_with_a_leader_goes_the_leading(self):
        assert now(*LED, leaves(LAN)).leader is None

    def test_whoever_does_not_belong_cannot(self):
        given(*LED).when(leaves(TU)).then_refused(NotInTheTeam, field="member")

    def test_not_before_they_came(self):
        early = leaves(HOA, on=YESTERDAY - timedelta(days=1))
        given(*LED).when(early).then_refused(BeforeTheTeam, since="14/03/2026")

    def test_under_all_ids_at_once(self):
        merged = (*LED, joins(TU), merge(TU, HOA))
        given(*merged).when(leaves(HOA, aliases=((HOA, TU),))).then(TeamMemberLeft, TeamMemberLeft)


class TestLeading:
    def test_another_in_their_place(self):
        given(*LED).when(leads(HOA)).then(TeamLeaderNamed)
        assert now(*LED, leads(HOA)).leader == HOA

    def test_who_leads_leads(self):
        given(*LED).when(leads(LAN)).then()

    def test_a_leader_of_no_team(self):
        given(*LED).when(leads(TU)).then_refused(LeaderOfNoTeam, field="member")
        given(*everybody()).when(leads(TU)).then_refused(NoSuchTeam)
        given(*LED, leaves(HOA)).when(leads(HOA)).then_refused(LeaderOfNoTeam)

    def test_not_before_they_came(self):
        given(*LED).when(leads(HOA, on=BEGUN)).then_refused(BeforeTheTeam)


class TestDisbanding:
    def test_its_members_leave_with_it(self):
        given(*LED).when(disbands()).then(TeamMemberLeft, TeamMemberLeft, TeamDisbanded)

    def test_they_may_join_another(self):
        given(*TWO, joins(LAN), disbands()).when(joins(LAN, OTHER)).then(TeamMemberJoined)

    def test_twice_is_once(self):
        given(*LED, disbands()).when(disbands()).then()

    def test_not_before_the_last_of_its_days(self):
        given(*LED).when(disbands(on=BEGUN)).then_refused(BeforeTheTeam, since="14/03/2026")

    def test_there_was_none(self):
        given().when(disbands()).then_refused(NoSuchTeam)


class TestOnePerson:
    def test_two_entries_of_two_teams_are_not_joined_before_one_is_right(self):
        in_two = (*TWO, joins(LAN), joins(HOA, OTHER))
        given(*in_two).when(merge(LAN, HOA)).then_refused(InTwoTeams)
        given(*in_two, leaves(LAN)).when(merge(LAN, HOA)).then(PersonMerged)

    def test_two_entries_of_one_team_are(self):
        given(*LED).when(merge(LAN, HOA)).then(PersonMerged)

    def test_whoever_is_erased_leaves(self):
        given(*LED).when(ErasePerson(person=LAN, by=BY)).then(PersonErased, TeamMemberLeft)

    def test_an_erased_leader_leaves_the_place_free(self):
        history = lived(*LED, ErasePerson(person=LAN, by=BY))
        given(*history).when(joins(SAU, leader=True)).then(TeamMemberJoined)


def now(*happened: Any) -> Team:
    team = Team()
    for fact in lived(*happened):
        if getattr(fact, "team", None) == TEAM:
            team.weigh(fact)  # type: ignore[arg-type]
    return team
