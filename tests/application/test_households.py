"""Families: registered, joined, left; criteria declared by the ambassador and answered by a member."""

import asyncio

import msgspec
import pytest

from application import declarations, households, people
from application.actors import OPERATOR, NotAllowed, OutOfScope
from application.answers import answer, question
from application.declarations import NobodyToAnswer
from application.forms.households import (
    CriteriaForm,
    CriterionLostForm,
    HouseholdForm,
    MemberForm,
    MemberLeftForm,
)
from application.forms.people import LearnerForm, MergeForm
from application.lookups import NotACommune
from domain.declarations import AnswerNotOffered, CriterionNotHeld, NobodyNamed
from domain.household_members import AlreadyInAHousehold
from domain.households import (
    Criterion,
    CriterionAnswered,
    CriterionDeclared,
    CriterionLost,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    NoSuchHousehold,
    NotAMember,
)
from domain.model import Answer, Refused, Role
from domain.people import PersonRegistered
from domain.teaching import SameLearnerTwice
from tests.application.place import GIA_LAI, QUY_NHON, TUY_PHUOC, holder, named, says
from tests.cast import YESTERDAY

TU = named(phone="0905123456")
SAU = named("Ông Sáu", birth_year=1951)


def registered(scene, actor, *members, **told):
    given = {"submission": scene.submission(), "on": YESTERDAY, "unit": TUY_PHUOC, "members": members, **told}
    return asyncio.run(households.register_household(scene.ground, actor, HouseholdForm(**given)))


def joined(scene, actor, household, member):
    form = MemberForm(submission=scene.submission(), member=member)
    return asyncio.run(households.join(scene.ground, actor, household, form))


def left(scene, actor, household, member):
    form = MemberLeftForm(submission=scene.submission(), member=member)
    return asyncio.run(households.leave(scene.ground, actor, household, form))


def declared(scene, actor, household, *criteria, **told):
    given = {"submission": scene.submission(), "on": YESTERDAY, "criteria": criteria, **told}
    return asyncio.run(declarations.declare(scene.ground, actor, household, CriteriaForm(**given)))


def answered(scene, code, said="able", **told):
    return asyncio.run(answer(scene.ground, says(code, said), **told))


class TestRegistering:
    def test_a_family_with_people_met_now(self, scene, lan):
        done = registered(scene, lan, TU, SAU)
        assert scene.facts(HouseholdRegistered)[0].ambassador == lan.person
        assert tuple(fact.person for fact in scene.facts(HouseholdMemberJoined)) == done.members
        assert set(scene.vault.names(done.members).values()) == {"Nguyễn Thị Tư", "Ông Sáu"}
        assert done.declaration is None

    def test_what_is_declared_gets_a_code_for_a_member(self, scene, lan):
        done = registered(scene, lan, LearnerForm(id=lan.person), TU, declared=(Criterion.VNEID_LEVEL_2,))
        assert done.declaration.person == done.members[1]
        asked = question(scene.ground, done.declaration.code)
        assert (asked.kind, asked.criteria, asked.ambassador_name) == (
            "declaration",
            (Criterion.VNEID_LEVEL_2,),
            "Trần Thị Lan",
        )

    def test_the_same_again_gets_the_same_body(self, scene, lan):
        form = HouseholdForm(
            submission="family-1",
            on=YESTERDAY,
            unit=TUY_PHUOC,
            members=(TU, SAU),
            declared=(Criterion.VNEID_LEVEL_2,),
        )
        first = asyncio.run(households.register_household(scene.ground, lan, form))
        before = scene.state()
        again = asyncio.run(households.register_household(scene.ground, lan, form))
        assert again.again
        assert msgspec.structs.replace(again, again=False) == first
        assert scene.state() == before

    def test_nobody_but_the_ambassador_can_answer_for_nothing(self, scene, lan):
        with pytest.raises(NobodyToAnswer):
            registered(scene, lan, LearnerForm(id=lan.person), declared=(Criterion.VNEID_LEVEL_2,))

    def test_a_proficient_member_is_named_by_place(self, scene, lan):
        done = registered(scene, lan, TU, SAU, declared=(Criterion.PROFICIENT_MEMBER,), proficient=1)
        assert scene.facts(CriterionDeclared)[0].member == done.members[1]
        with pytest.raises(NobodyNamed):
            registered(scene, lan, named("Bà Năm", birth_year=1960), declared=(Criterion.PROFICIENT_MEMBER,))
        with pytest.raises(NotAMember):
            registered(
                scene,
                lan,
                named("Bà Năm", birth_year=1960),
                declared=(Criterion.PROFICIENT_MEMBER,),
                proficient=3,
            )

    def test_a_person_belongs_to_one_family(self, scene, lan, hoa):
        registered(scene, lan, TU)
        before = scene.state()
        with pytest.raises(AlreadyInAHousehold):
            registered(scene, hoa, TU)
        assert scene.state() == before

    def test_also_under_another_id(self, scene, lan, hoa):
        one = registered(scene, lan, TU).members[0]
        other = registered(scene, lan, SAU).members[0]
        third = registered(scene, hoa, named("Bà Năm", birth_year=1960))
        left(scene, lan, registered_of(scene, other), other)
        merge = MergeForm(submission=scene.submission(), person=one, into=other)
        asyncio.run(people.merge(scene.ground, OPERATOR, merge))
        with pytest.raises(AlreadyInAHousehold):
            joined(scene, hoa, third.household, SAU)

    def test_a_member_named_twice_is_refused(self, scene, lan):
        with pytest.raises(SameLearnerTwice):
            registered(scene, lan, TU, TU)

    def test_only_ambassadors_register_in_their_own_unit(self, scene, lan, minh):
        with pytest.raises(NotAllowed):
            registered(scene, minh, TU)
        with pytest.raises(OutOfScope):
            registered(scene, lan, TU, unit=QUY_NHON)

    def test_a_family_lives_in_a_commune_or_hamlet(self, scene, lan):
        with pytest.raises(NotACommune):
            registered(scene, holder(lan.person, Role.AMBASSADOR, GIA_LAI), TU, unit=GIA_LAI)


class TestMembers:
    def test_somebody_joins_and_leaves(self, scene, lan):
        home = registered(scene, lan, TU).household
        person = joined(scene, lan, home, SAU).person
        assert scene.facts(HouseholdMemberJoined)[-1].person == person
        left(scene, lan, home, person)
        assert scene.facts(HouseholdMemberLeft)[0].person == person

    def test_who_belongs_to_it_already_just_stays(self, scene, lan):
        done = registered(scene, lan, TU)
        before = scene.state()
        assert joined(scene, lan, done.household, TU).person == done.members[0]
        assert scene.state() == before

    def test_a_newcomer_is_sealed_with_joining_only(self, scene, lan):
        home = registered(scene, lan, TU).household
        before = scene.state()
        with pytest.raises(Refused):
            joined(scene, lan, home, named("<b>", phone="0905999999"))
        assert scene.state() == before

    @pytest.mark.parametrize("act", [joined, left])
    def test_elsewhere_one_is_told_nothing(self, scene, lan, hoa, act):
        home = registered(scene, lan, TU).household
        elsewhere = holder(hoa.person, Role.AMBASSADOR, QUY_NHON)
        what = SAU if act is joined else "x"
        with pytest.raises(NoSuchHousehold):
            act(scene, elsewhere, home, what)
        with pytest.raises(NoSuchHousehold):
            act(scene, lan, "0" * 32, what)


class TestDeclaring:
    @pytest.fixture
    def home(self, scene, lan):
        return registered(scene, lan, TU, SAU)

    def test_a_member_answers_once_for_all_of_it(self, scene, lan, home):
        both = (Criterion.VNEID_LEVEL_2, Criterion.CASHLESS_PAYMENT)
        done = declared(scene, lan, home.household, *both)
        first = answered(scene, done.declaration.code)
        again = answered(scene, done.declaration.code)
        assert [fact.criterion for fact in scene.facts(CriterionAnswered)] == list(both)
        assert (again.position, again.again) == (first.position, True)
        assert question(scene.ground, done.declaration.code).answer is Answer.ABLE

    def test_the_same_again_gets_the_first_receipt_whatever_happened_since(self, scene, lan, home):
        done = declared(scene, lan, home.household, Criterion.VNEID_LEVEL_2)
        first = answered(scene, done.declaration.code)
        joined(scene, lan, home.household, named("Bà Năm", birth_year=1960))
        again = answered(scene, done.declaration.code)
        assert (again.position, again.again) == (first.position, True)

    def test_taught_is_no_answer_to_it(self, scene, lan, home):
        done = declared(scene, lan, home.household, Criterion.VNEID_LEVEL_2)
        with pytest.raises(AnswerNotOffered):
            answered(scene, done.declaration.code, "taught")

    def test_a_member_may_be_chosen_to_answer(self, scene, lan, home):
        done = declared(scene, lan, home.household, Criterion.VNEID_LEVEL_2, answers=home.members[1])
        assert done.declaration.person == home.members[1]
        with pytest.raises(NotAMember):
            declared(scene, lan, home.household, Criterion.VNEID_LEVEL_2, answers=lan.person)

    def test_the_same_again_gets_the_same_body(self, scene, lan, home):
        form = CriteriaForm(
            submission="declared-1", on=YESTERDAY, criteria=(Criterion.VNEID_LEVEL_2,), code="ABCD2345"
        )
        first = asyncio.run(declarations.declare(scene.ground, lan, home.household, form))
        again = asyncio.run(declarations.declare(scene.ground, lan, home.household, form))
        assert first.declaration.code == "ABCD2345"
        assert again.again
        assert msgspec.structs.replace(again, again=False) == first

    def test_a_criterion_is_lost(self, scene, lan, minh, home):
        done = declared(scene, lan, home.household, Criterion.VNEID_LEVEL_2)
        form = CriterionLostForm(submission=scene.submission(), criterion=Criterion.VNEID_LEVEL_2)
        with pytest.raises(CriterionNotHeld):
            asyncio.run(declarations.lose(scene.ground, minh, home.household, form))
        answered(scene, done.declaration.code)
        form = msgspec.structs.replace(form, submission=scene.submission())
        asyncio.run(declarations.lose(scene.ground, minh, home.household, form))
        assert len(scene.facts(CriterionLost)) == 1

    def test_organizers_declare_nothing(self, scene, minh, home):
        with pytest.raises(NotAllowed):
            declared(scene, minh, home.household, Criterion.VNEID_LEVEL_2)

    def test_a_member_under_another_id_answers_too(self, scene, lan, home):
        done = declared(scene, lan, home.household, Criterion.VNEID_LEVEL_2)
        elsewhere = registered(scene, lan, named("Bà Năm", birth_year=1960))
        other = elsewhere.members[0]
        left(scene, lan, elsewhere.household, other)
        merge = MergeForm(submission=scene.submission(), person=home.members[0], into=other)
        asyncio.run(people.merge(scene.ground, OPERATOR, merge))
        answered(scene, done.declaration.code)
        assert len(scene.facts(CriterionAnswered)) == 1


def test_nobody_is_registered_by_what_was_refused(scene, lan):
    before = len(scene.facts(PersonRegistered))
    with pytest.raises(Refused):
        registered(scene, lan, TU, declared=(Criterion.PROFICIENT_MEMBER,))
    assert len(scene.facts(PersonRegistered)) == before
    assert scene.vault.find_code("ABCD2345") is None


def registered_of(scene, person):
    return next(fact.household for fact in scene.facts(HouseholdMemberJoined) if fact.person == person)
