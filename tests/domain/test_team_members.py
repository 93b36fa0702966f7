"""Who joins a team, leads it and leaves it."""

from datetime import timedelta

from domain.entries import NotYetHappened
from domain.erasing import ErasePerson
from domain.merging import InTwoTeams
from domain.model import PersonId
from domain.people import PersonErased, PersonMerged, PersonRegistered, UnknownPerson
from domain.team_members import (
    MOST_IN_A_TEAM,
    HasALeader,
    InAnotherTeam,
    LeaderOfNoTeam,
    NotInTheTeam,
    TooManyInTheTeam,
)
from domain.teams import (
    BeforeTheTeam,
    NoSuchTeam,
    TeamIsDisbanded,
    TeamLeaderNamed,
    TeamMemberJoined,
    TeamMemberLeft,
)
from tests.cast import BY, HOA, LAN, NOW, SAU, TODAY, TU, YESTERDAY, everybody, learner, merge, newcomers
from tests.domain.test_teams import (
    BEGUN,
    FORMED,
    LED,
    OTHER,
    TOMORROW,
    TWO,
    disbands,
    forms,
    joins,
    leads,
    leaves,
    now,
)
from tests.specification import given, lived


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
