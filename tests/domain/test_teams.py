"""Teams: formed, joined, led, left; and what they keep saying no to."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.entries import NotYetHappened
from domain.model import PersonId, TeamId
from domain.names import BadName
from domain.team_members import AddTeamMember, NameTeamLeader, RemoveTeamMember
from domain.teams import (
    BeforeTheTeam,
    DisbandReason,
    DisbandTeam,
    FormTeam,
    NoSuchTeam,
    RenameTeam,
    Team,
    TeamDisbanded,
    TeamExists,
    TeamFormed,
    TeamMemberJoined,
    TeamMemberLeft,
    TeamRenamed,
    TooLongAgo,
)
from tests.cast import BY, GIA_LAI, HOA, LAN, TODAY, TUY_PHUOC, YESTERDAY, everybody
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


def now(*happened: Any) -> Team:
    team = Team()
    for fact in lived(*happened):
        if getattr(fact, "team", None) == TEAM:
            team.weigh(fact)  # type: ignore[arg-type]
    return team
