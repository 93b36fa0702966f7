"""Families: who belongs to them."""

from datetime import timedelta

import pytest

from domain.declarations import NobodyNamed, NothingDeclared, SameCriterionTwice
from domain.entries import NotYetHappened
from domain.household_members import (
    MOST_MEMBERS,
    AlreadyInAHousehold,
    HouseholdExists,
    NobodyInHousehold,
    SameMemberTwice,
    TooManyMembers,
)
from domain.households import (
    Criterion,
    CriterionDeclared,
    Declared,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    NoSuchHousehold,
    NotAMember,
)
from domain.people import PersonRegistered, UnknownPerson
from tests.cast import (
    DECLARED,
    ELSEWHERE,
    HOA,
    LAN,
    MINH,
    SAU,
    TODAY,
    TU,
    everybody,
    household,
    joins,
    learner,
    leaves,
    merge,
    newcomers,
    registered,
    undo,
)
from tests.specification import given

PHONE, PAYS = Criterion.SMARTPHONE_INTERNET, Criterion.CASHLESS_PAYMENT

PROFICIENT = Criterion.PROFICIENT_MEMBER

TOMORROW = TODAY + timedelta(days=1)

FAMILY = (*everybody(), household(TU, SAU))


class TestRegistering:
    def test_a_family_with_its_members(self):
        registered_with = given(*everybody()).when(household(TU, SAU))
        registered_with.then(HouseholdRegistered, HouseholdMemberJoined, HouseholdMemberJoined)

    def test_whoever_is_new_is_registered_with_it(self):
        new = household(TU, newcomers=newcomers(TU))
        given(*registered(LAN)).when(new).then(PersonRegistered, HouseholdRegistered, HouseholdMemberJoined)

    def test_and_what_it_meets_is_declared_with_it(self):
        declared = (Declared(criterion=PHONE), Declared(criterion=PROFICIENT, member=TU))
        facts = given(*everybody()).when(household(TU, declared=declared, declaration=DECLARED))
        *_, phone, proficient = facts.then(
            HouseholdRegistered, HouseholdMemberJoined, CriterionDeclared, CriterionDeclared
        )
        assert isinstance(phone, CriterionDeclared)
        assert isinstance(proficient, CriterionDeclared)
        assert (phone.criterion, phone.member, phone.declaration) == (PHONE, None, DECLARED)
        assert (proficient.criterion, proficient.member) == (PROFICIENT, TU)

    def test_somebody_lives_there(self):
        given(*everybody()).when(household()).then_refused(NobodyInHousehold)

    def test_not_a_whole_village(self):
        many = [learner(number) for number in range(MOST_MEMBERS + 1)]
        given(*everybody(*many)).when(household(*many)).then_refused(TooManyMembers, limit=MOST_MEMBERS)
        assert given(*everybody(*many)).when(household(*many[1:])).recorded

    def test_nobody_is_named_twice(self):
        given(*everybody()).when(household(TU, TU)).then_refused(SameMemberTwice)

    def test_everybody_is_known(self):
        given(*registered(LAN, TU)).when(household(TU, SAU)).then_refused(UnknownPerson)
        given(*registered(TU)).when(household(TU)).then_refused(UnknownPerson)

    def test_not_in_the_future(self):
        given(*everybody()).when(household(TU, on=TOMORROW)).then_refused(NotYetHappened, field="on")
        assert given(*everybody()).when(household(TU, on=TODAY)).recorded

    def test_once(self):
        given(*FAMILY).when(household(HOA)).then_refused(HouseholdExists)

    def test_a_person_belongs_to_one_household(self):
        again = household(HOA, SAU, of=ELSEWHERE)
        given(*FAMILY).when(again).then_refused(AlreadyInAHousehold, field="members.1")

    def test_under_all_their_ids(self):
        merged = (*FAMILY, merge(SAU, HOA))
        again = household(HOA, of=ELSEWHERE, aliases=((HOA, SAU),))
        given(*merged).when(again).then_refused(AlreadyInAHousehold)

    def test_a_merge_is_looked_up(self):
        given(*FAMILY, merge(SAU, HOA)).when(household(HOA, of=ELSEWHERE)).then_stale()

    def test_however_they_were_merged(self):
        chain = (*FAMILY, merge(SAU, MINH), merge(MINH, HOA, aliases=((MINH, SAU),)))
        all_of_hoa = ((HOA, MINH, SAU),)
        register, join = household(HOA, of=ELSEWHERE, aliases=all_of_hoa), joins(HOA, aliases=all_of_hoa)
        given(*chain).when(register).then_refused(AlreadyInAHousehold)
        given(*chain, undo(SAU, MINH)).when(register).then_stale()
        given(*chain, undo(SAU, MINH)).when(join).then_stale()

    def test_who_left_may_start_another(self):
        given(*FAMILY, leaves(SAU)).when(household(SAU, of=ELSEWHERE)).then(
            HouseholdRegistered, HouseholdMemberJoined
        )

    @pytest.mark.parametrize(
        ("declared", "refusal"),
        [
            ((Declared(criterion=PHONE), Declared(criterion=PHONE)), SameCriterionTwice),
            ((Declared(criterion=PROFICIENT),), NobodyNamed),
            ((Declared(criterion=PHONE, member=TU),), NobodyNamed),
            ((Declared(criterion=PROFICIENT, member=SAU),), NotAMember),
            ((), NothingDeclared),
        ],
    )
    def test_what_is_declared_makes_sense(self, declared, refusal):
        request = household(TU, declared=declared, declaration=DECLARED)
        given(*everybody()).when(request).then_refused(refusal)

    def test_what_is_declared_can_be_answered_for(self):
        given(*everybody()).when(household(TU, declared=(Declared(criterion=PHONE),))).then_refused(
            NothingDeclared
        )


class TestMembers:
    def test_somebody_joins(self):
        given(*everybody(), household(TU)).when(joins(SAU)).then(HouseholdMemberJoined)

    def test_whoever_is_new_is_registered_with_it(self):
        (newcomer,) = newcomers(learner(1))
        family = given(*everybody(), household(TU))
        family.when(joins(learner(1), newcomer=newcomer)).then(PersonRegistered, HouseholdMemberJoined)

    def test_joining_again_changes_nothing(self):
        given(*FAMILY).when(joins(SAU)).then()

    def test_one_household_at_a_time(self):
        two = (*everybody(), household(TU), household(SAU, of=ELSEWHERE))
        given(*two).when(joins(SAU)).then_refused(AlreadyInAHousehold)
        given(*two, leaves(SAU, of=ELSEWHERE)).when(joins(SAU)).then(HouseholdMemberJoined)

    def test_under_all_their_ids(self):
        two = (*everybody(), household(TU), household(SAU, of=ELSEWHERE), merge(SAU, HOA))
        given(*two).when(joins(HOA, aliases=((HOA, SAU),))).then_refused(AlreadyInAHousehold)
        given(*two).when(joins(HOA)).then_stale()

    def test_nobody_joins_what_is_not_there(self):
        given(*everybody()).when(joins(SAU)).then_refused(NoSuchHousehold)

    def test_a_stranger_must_be_introduced(self):
        given(*FAMILY).when(joins(learner(1))).then_refused(UnknownPerson)

    def test_not_a_whole_village(self):
        many = [learner(number) for number in range(MOST_MEMBERS)]
        full = given(*everybody(*many), household(*many))
        full.when(joins(TU)).then_refused(TooManyMembers)

    def test_somebody_leaves(self):
        given(*FAMILY).when(leaves(SAU)).then(HouseholdMemberLeft)

    def test_only_who_belongs_there(self):
        given(*FAMILY).when(leaves(HOA)).then_refused(NotAMember)
        given(*FAMILY, leaves(SAU)).when(leaves(SAU)).then_refused(NotAMember)
        given(*everybody()).when(leaves(SAU)).then_refused(NoSuchHousehold)

    def test_under_every_id_they_joined_by(self):
        merged = given(*FAMILY, merge(SAU, TU))
        merged.when(leaves(TU, aliases=((TU, SAU),))).then(HouseholdMemberLeft, HouseholdMemberLeft)
        merged.when(leaves(TU)).then_stale()
