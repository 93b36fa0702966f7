"""Teams: formed by organizers, kept by whoever leads them, joined by people who need no account."""

import asyncio

import msgspec
import pytest

from application import people, teams
from application.actors import Grant, NotAllowed, OutOfScope
from application.forms.people import ErasureForm, LearnerForm, MergeForm
from application.forms.teams import (
    DisbandForm,
    TeamForm,
    TeamLeaderForm,
    TeamLeftForm,
    TeamMemberForm,
    TeamNameForm,
)
from application.lookups import NotACommune
from domain.access import AccountOpened
from domain.merging import InTwoTeams
from domain.model import Role
from domain.people import PersonRegistered
from domain.placed import Body, PlacedAnew
from domain.team_members import InAnotherTeam
from domain.teams import (
    DisbandReason,
    NoSuchTeam,
    TeamDisbanded,
    TeamExists,
    TeamFormed,
    TeamLeaderNamed,
    TeamMemberJoined,
    TeamMemberLeft,
    TeamRenamed,
)
from tests.application.place import GIA_LAI, QUY_NHON, TUY_PHUOC, VINH_THANH, holder, named
from tests.cast import NOW, TODAY, YESTERDAY
from tests.infrastructure.read_models.support import Happening

TU = named(phone="0905123456")
SAU = named("Ông Sáu", birth_year=1951)


def formed(scene, actor, unit=VINH_THANH, name="Tổ Vinh Thạnh", **told):
    given = {"submission": scene.submission(), "unit": unit, "name": name, "on": YESTERDAY, **told}
    return asyncio.run(teams.form_team(scene.ground, actor, TeamForm(**given)))


def joined(scene, actor, team, member, **told):
    given = {"submission": scene.submission(), "on": YESTERDAY, "member": member, **told}
    return asyncio.run(teams.add_member(scene.ground, actor, team, TeamMemberForm(**given)))


def left(scene, actor, team, member):
    form = TeamLeftForm(submission=scene.submission(), on=TODAY, member=member)
    return asyncio.run(teams.remove_member(scene.ground, actor, team, form))


def led(scene, actor, team, member):
    form = TeamLeaderForm(submission=scene.submission(), on=TODAY, member=member)
    return asyncio.run(teams.name_leader(scene.ground, actor, team, form))


def merged(scene, actor, person, into):
    form = MergeForm(submission=scene.submission(), person=person, into=into)
    return asyncio.run(people.merge(scene.ground, actor, form))


@pytest.fixture
def team(scene, minh):
    return formed(scene, minh).team


class TestForming:
    def test_in_a_hamlet_or_commune(self, scene, minh, team):
        assert scene.facts(TeamFormed)[0].unit == VINH_THANH
        assert formed(scene, minh, TUY_PHUOC).team != team

    def test_not_above_communes_nor_elsewhere_nor_by_mentors(self, scene, minh, lan):
        over_all = holder(minh.person, Role.ORGANIZER, GIA_LAI)
        with pytest.raises(NotACommune):
            formed(scene, over_all, GIA_LAI)
        with pytest.raises(OutOfScope):
            formed(scene, minh, QUY_NHON)
        with pytest.raises(NotAllowed):
            formed(scene, lan)

    def test_sent_again_it_is_the_first(self, scene, minh):
        first = formed(scene, minh, submission="same")
        again = formed(scene, minh, submission="same")
        assert (again.team, again.again) == (first.team, True)

    def test_two_of_one_name(self, scene, minh, team):
        with pytest.raises(TeamExists):
            formed(scene, minh, name="to vinh thanh")
        assert teams.named(scene.ledger, VINH_THANH, "TO VINH THANH") == team
        assert teams.named(scene.ledger, TUY_PHUOC, "Tổ Vinh Thạnh") is None

    def test_another_name_frees_the_first(self, scene, minh, team):
        form = TeamNameForm(submission=scene.submission(), name="Tổ số 1")
        asyncio.run(teams.rename_team(scene.ground, minh, team, form))
        assert len(scene.facts(TeamRenamed)) == 1
        assert teams.named(scene.ledger, VINH_THANH, "Tổ Vinh Thạnh") is None
        assert teams.named(scene.ledger, VINH_THANH, "to so 1") == team


class TestJoining:
    def test_somebody_new_needs_no_account(self, scene, minh, team):
        accounts = len(scene.facts(AccountOpened))
        done = joined(scene, minh, team, TU, leader=True)
        assert scene.vault.names([done.person]) == {done.person: "Nguyễn Thị Tư"}
        assert scene.facts(TeamMemberJoined)[0].leader
        assert len(scene.facts(AccountOpened)) == accounts

    def test_somebody_known_is_found_again(self, scene, minh, team, lan):
        known = len(scene.facts(PersonRegistered))
        done = joined(scene, minh, team, named("Trần Thị Lan", phone="0905000001"))
        assert done.person == lan.person
        assert len(scene.facts(PersonRegistered)) == known

    def test_loaded_twice_changes_nothing(self, scene, minh, team):
        joined(scene, minh, team, TU, leader=True)
        before = scene.state()
        joined(scene, minh, team, TU, leader=True)
        assert scene.state() == before

    def test_one_team_at_a_time(self, scene, minh, team):
        other = formed(scene, minh, TUY_PHUOC).team
        done = joined(scene, minh, team, TU)
        before = scene.state()
        with pytest.raises(InAnotherTeam):
            joined(scene, minh, other, TU)
        assert scene.state() == before
        left(scene, minh, team, done.person)
        assert joined(scene, minh, other, TU, on=TODAY).person == done.person

    def test_two_teams_of_one_person_are_not_joined_with_them(self, scene, minh, team):
        other = formed(scene, minh, TUY_PHUOC).team
        one, two = joined(scene, minh, team, TU).person, joined(scene, minh, other, SAU).person
        with pytest.raises(InTwoTeams):
            merged(scene, minh, two, one)
        left(scene, minh, other, two)
        merged(scene, minh, two, one)
        assert teams.team_of_person(scene.ledger, [one, two]) == team

    def test_whoever_was_merged_belongs_under_both_ids(self, scene, minh, team):
        one, two = joined(scene, minh, team, TU).person, joined(scene, minh, team, SAU).person
        merged(scene, minh, two, one)
        left(scene, minh, team, one)
        assert len(scene.facts(TeamMemberLeft)) == 2

    def test_whoever_is_erased_leaves(self, scene, minh, team):
        done = joined(scene, minh, team, TU, leader=True)
        erasure = ErasureForm(submission=scene.submission())
        asyncio.run(people.erase(scene.ground, minh, done.person, erasure))
        assert scene.facts(TeamMemberLeft)[0].person == done.person
        assert teams.team_of(scene.ledger, team).leader is None


class TestLeading:
    def leader(self, scene, minh, team, lan):
        """Lan leads the team, and holds the role over its hamlet."""
        joined(scene, minh, team, LearnerForm(id=lan.person), leader=True)
        grants = (*lan.grants, Grant(Role.TEAM_LEADER, VINH_THANH))
        return msgspec.structs.replace(lan, grants=grants)

    def test_whoever_leads_keeps_the_members(self, scene, minh, team, lan):
        leads = self.leader(scene, minh, team, lan)
        done = joined(scene, leads, team, TU)
        left(scene, leads, team, done.person)
        assert len(scene.facts(TeamMemberLeft)) == 1

    def test_of_their_own_team_alone(self, scene, minh, team, lan):
        leads = self.leader(scene, minh, team, lan)
        other = formed(scene, minh, name="Tổ số 2").team
        with pytest.raises(NoSuchTeam):
            joined(scene, leads, other, TU)
        with pytest.raises(NotAllowed):
            led(scene, leads, team, lan.person)

    def test_the_role_alone_leads_nothing(self, scene, minh, team, hoa):
        with pytest.raises(NoSuchTeam):
            joined(scene, holder(hoa.person, Role.TEAM_LEADER, TUY_PHUOC), team, TU)

    def test_another_is_named(self, scene, minh, team, lan):
        leads = self.leader(scene, minh, team, lan)
        done = joined(scene, minh, team, TU)
        led(scene, minh, team, done.person)
        assert len(scene.facts(TeamLeaderNamed)) == 1
        with pytest.raises(NoSuchTeam):
            joined(scene, leads, team, SAU)

    def taken_in(self, scene, actor, team, who):
        told = {"on": TODAY, "submission": scene.submission(), "lead": True}
        return asyncio.run(teams.take_in(scene.ground, actor, team, who.person, **told))

    def test_invited_into_the_team(self, scene, minh, team, lan, hoa):
        done = self.taken_in(scene, minh, team, lan)
        assert (done.person, teams.team_of(scene.ledger, team).leader) == (lan.person, lan.person)
        self.taken_in(scene, minh, team, hoa)
        assert teams.team_of(scene.ledger, team).leader == lan.person


def test_disbanded_with_a_reason(scene, minh, team):
    joined(scene, minh, team, TU)
    form = DisbandForm(submission=scene.submission(), on=TODAY, reason=DisbandReason.NO_MEMBERS)
    asyncio.run(teams.disband(scene.ground, minh, team, form))
    assert [fact.reason for fact in scene.facts(TeamDisbanded)] == ["no-members"]
    assert formed(scene, minh).team != team


@pytest.mark.parametrize("how", ["beside", "nowhere"])
def test_a_team_out_of_reach_is_not_there(scene, minh, team, how):
    elsewhere = holder(minh.person, Role.ORGANIZER, QUY_NHON)
    with pytest.raises(NoSuchTeam):
        joined(scene, elsewhere, team if how == "beside" else "nothing", TU)


def test_a_team_of_a_divided_commune_is_reached_where_it_was_placed(scene, minh, team):
    placed = PlacedAnew(at=NOW, by=minh.by, body=Body.TEAM, subject=team, previous=VINH_THANH, unit=QUY_NHON)
    scene.ledger.decide_soon(Happening(facts=(placed,))).result()
    with pytest.raises(NoSuchTeam):
        joined(scene, minh, team, TU)
    joined(scene, holder(minh.person, Role.ORGANIZER, QUY_NHON), team, TU)
    assert scene.facts(PersonRegistered)[-1].unit == QUY_NHON
