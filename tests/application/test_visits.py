"""Visits from door to door: by mentors and leaders of teams, without anybody's name."""

import asyncio

import pytest

from application import teams, visits
from application.actors import NotAllowed, OutOfScope
from application.forms.people import LearnerForm
from application.forms.teams import TeamForm, TeamMemberForm
from application.forms.visits import HouseholdsForm, VisitForm, VoidVisitForm
from application.lookups import NotACommune
from domain.entries import NotTheirs
from domain.households import NoSuchHousehold
from domain.model import PersonId, Role
from domain.visits import Finding, HouseholdsDeclared, HouseholdVisited, NoSuchVisit, VisitVoided
from tests.application.place import GIA_LAI, QUY_NHON, TUY_PHUOC, VINH_THANH, holder
from tests.application.test_households import SAU, TU, registered
from tests.cast import TODAY, YESTERDAY


def visited(scene, actor, **told):
    given = {"submission": scene.submission(), "on": YESTERDAY, "unit": VINH_THANH, "number": 12, **told}
    return asyncio.run(visits.log_visit(scene.ground, actor, VisitForm(**given)))


def voided(scene, actor, visit):
    form = VoidVisitForm(submission=scene.submission())
    return asyncio.run(visits.void_visit(scene.ground, actor, visit, form))


def declared(scene, actor, unit=VINH_THANH, **told):
    given = {"submission": scene.submission(), "households": 180, "on": TODAY, "document": "12/BC", **told}
    return asyncio.run(visits.declare_households(scene.ground, actor, unit, HouseholdsForm(**given)))


def test_nothing_personal_is_kept(scene, lan):
    before = scene.sealed()
    visited(scene, lan, found=(Finding.SMARTPHONE,), needs=("vneid",))
    assert scene.sealed() == before
    (fact,) = scene.facts(HouseholdVisited)
    assert (fact.visitor, fact.number, fact.needs) == (lan.person, 12, ("vneid",))


def test_two_visitors_of_one_number_mean_one_household(scene, lan, hoa):
    assert visited(scene, lan).household == visited(scene, hoa).household
    assert visited(scene, lan).visit != visited(scene, lan).visit


def test_a_family_lies_where_it_was_entered(scene, lan):
    family = registered(scene, lan, TU, SAU).household
    done = visited(scene, lan, household=family, number=None, unit=VINH_THANH)
    assert (done.household, scene.facts(HouseholdVisited)[0].unit) == (family, TUY_PHUOC)


def test_another_s_family_elsewhere_is_not_there(scene, lan):
    family = registered(scene, lan, TU, SAU).household
    stranger = holder(PersonId("stranger"), Role.AMBASSADOR, QUY_NHON)
    with pytest.raises(NoSuchHousehold):
        visited(scene, stranger, household=family, unit=QUY_NHON)
    with pytest.raises(NoSuchHousehold):
        visited(scene, lan, household="none")


def test_sent_again_it_is_the_first(scene, lan):
    first = visited(scene, lan, submission="same")
    assert visited(scene, lan, submission="same").visit == first.visit
    assert len(scene.facts(HouseholdVisited)) == 1


def test_for_the_team_of_whoever_visits(scene, minh, lan):
    form = TeamForm(submission=scene.submission(), unit=VINH_THANH, name="Tổ 1", on=YESTERDAY)
    team = asyncio.run(teams.form_team(scene.ground, minh, form)).team
    joining = TeamMemberForm(
        submission=scene.submission(), on=YESTERDAY, member=LearnerForm(id=lan.person), leader=True
    )
    asyncio.run(teams.add_member(scene.ground, minh, team, joining))
    visited(scene, lan)
    assert scene.facts(HouseholdVisited)[0].team == team


def test_by_leaders_too_and_by_nobody_else(scene, lan, minh):
    visited(scene, holder(lan.person, Role.TEAM_LEADER, TUY_PHUOC))
    with pytest.raises(NotAllowed):
        visited(scene, minh)
    with pytest.raises(OutOfScope):
        visited(scene, lan, unit=QUY_NHON)
    with pytest.raises(NotACommune):
        visited(scene, holder(lan.person, Role.AMBASSADOR, GIA_LAI), unit=GIA_LAI)


def test_withdrawn_by_whoever_visited_or_voided_by_the_organizer(scene, lan, hoa, minh):
    mine, other = visited(scene, lan).visit, visited(scene, lan).visit
    with pytest.raises((NoSuchVisit, NotTheirs)):
        voided(scene, hoa, mine)
    voided(scene, lan, mine)
    voided(scene, minh, other)
    with pytest.raises(NoSuchVisit):
        voided(scene, holder(minh.person, Role.ORGANIZER, QUY_NHON), other)
    assert [fact.visit for fact in scene.facts(VisitVoided)] == [mine, other]


def test_households_are_declared_by_organizers(scene, minh, lan):
    declared(scene, minh)
    declared(scene, minh)
    assert len(scene.facts(HouseholdsDeclared)) == 1
    with pytest.raises(NotAllowed):
        declared(scene, lan)
    with pytest.raises(OutOfScope):
        declared(scene, minh, QUY_NHON)
    with pytest.raises(NotACommune):
        declared(scene, holder(minh.person, Role.ORGANIZER, GIA_LAI), GIA_LAI)
