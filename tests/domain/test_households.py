"""Families: who belongs to them, and what is declared of them and answered for."""

from datetime import timedelta

import pytest

from domain.credit import NotInTheirOwnCase
from domain.households import (
    MOST_MEMBERS,
    AlreadyInAHousehold,
    AnswerNotOffered,
    Criterion,
    CriterionAnswered,
    CriterionDeclared,
    CriterionLost,
    CriterionNotHeld,
    DeclarationExists,
    Declared,
    Household,
    HouseholdExists,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdRegistered,
    NobodyInHousehold,
    NobodyNamed,
    NoSuchDeclaration,
    NoSuchHousehold,
    NotAMember,
    NothingDeclared,
    SameCriterionTwice,
    SameMemberTwice,
    TooManyMembers,
)
from domain.model import DeclarationId, Evidence
from domain.people import PersonRegistered, UnknownPerson
from domain.teaching import AnsweredMoreSurely, NotYetHappened
from tests.cast import (
    DECLARED,
    ELSEWHERE,
    HOA,
    LAN,
    MINH,
    SAU,
    TODAY,
    TU,
    Happened,
    declares,
    everybody,
    household,
    joins,
    learner,
    leaves,
    loses,
    merge,
    newcomers,
    registered,
    says,
    undo,
)
from tests.specification import given, lived

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


class TestDeclaring:
    def test_what_is_met_is_declared_together(self):
        given(*FAMILY).when(declares(PHONE, PAYS)).then(CriterionDeclared, CriterionDeclared)

    def test_something_is_declared(self):
        given(*FAMILY).when(declares()).then_refused(NothingDeclared)

    def test_once_each(self):
        given(*FAMILY).when(declares(PHONE, PHONE)).then_refused(SameCriterionTwice)

    def test_who_is_proficient_is_named(self):
        given(*FAMILY).when(declares(PROFICIENT)).then_refused(NobodyNamed)
        given(*FAMILY).when(declares(PROFICIENT, member=TU)).then(CriterionDeclared)

    def test_and_belongs_to_the_household(self):
        given(*FAMILY).when(declares(PROFICIENT, member=HOA)).then_refused(NotAMember)

    def test_under_any_id(self):
        merged = given(*FAMILY, merge(SAU, HOA))
        known = declares(PROFICIENT, member=HOA, aliases=((HOA, SAU),))
        merged.when(known).then(CriterionDeclared)
        merged.when(declares(PROFICIENT, member=HOA)).then_stale()

    def test_not_in_the_future(self):
        given(*FAMILY).when(declares(PHONE, on=TOMORROW)).then_refused(NotYetHappened)
        given(*FAMILY).when(declares(PHONE, on=TODAY)).then(CriterionDeclared)

    def test_of_a_household_that_is_there(self):
        given(*everybody()).when(declares(PHONE)).then_refused(NoSuchHousehold)

    def test_by_somebody_known(self):
        given(*FAMILY).when(declares(PHONE, ambassador=learner(1))).then_refused(UnknownPerson)

    def test_under_an_id_of_its_own(self):
        given(*FAMILY, declares(PHONE)).when(declares(PAYS)).then_refused(DeclarationExists)


class TestAnswering:
    def declared(self, *after: Happened):
        return given(*FAMILY, declares(PHONE, PAYS), *after)

    def test_a_member_answers_for_what_is_declared(self):
        self.declared().when(says(PHONE, PAYS)).then(CriterionAnswered, CriterionAnswered)

    def test_saying_it_twice_changes_nothing(self):
        self.declared(says(PHONE)).when(says(PHONE)).then()

    def test_a_changed_mind_is_a_fact_too(self):
        self.declared(says(PHONE)).when(says(PHONE, answer="no")).then(CriterionAnswered)

    def test_an_answer_on_the_mentors_phone_never_replaces_one_on_their_own(self):
        there = {"evidence": Evidence.AMBASSADOR_DEVICE}
        own = self.declared(says(PHONE, answer="no"))
        own.when(says(PHONE, **there)).then_refused(AnsweredMoreSurely)
        own.when(says(PHONE, answer="no", **there)).then()
        weak = self.declared(says(PHONE, **there))
        weak.when(says(PHONE)).then(CriterionAnswered)
        weak.when(says(PHONE, answer="no", **there)).then(CriterionAnswered)

    def test_a_criterion_is_met_or_it_is_not(self):
        self.declared().when(says(PHONE, answer="taught")).then_refused(AnswerNotOffered)

    def test_only_a_member_answers(self):
        self.declared().when(says(PHONE, person=HOA)).then_refused(NotAMember)
        self.declared(leaves(TU)).when(says(PHONE)).then_refused(NotAMember)

    def test_under_any_id(self):
        merged = self.declared(merge(TU, HOA))
        merged.when(says(PHONE, person=HOA, aliases=((HOA, TU),))).then(CriterionAnswered)
        merged.when(says(PHONE, person=HOA)).then_stale()

    def test_nobody_answers_for_their_own_declaration(self):
        own = given(*everybody(), household(LAN, TU), declares(PHONE))
        own.when(says(PHONE, person=LAN)).then_refused(NotInTheirOwnCase)
        own.when(says(PHONE)).then(CriterionAnswered)

    def test_nor_under_another_id(self):
        own = given(*everybody(), household(TU), declares(PHONE), merge(LAN, TU))
        own.when(says(PHONE, aliases=((TU, LAN),))).then_refused(NotInTheirOwnCase)

    def test_only_what_was_declared_is_answered_for(self):
        given(*FAMILY, declares(PHONE)).when(says(PAYS)).then_refused(NoSuchDeclaration)
        given(*FAMILY).when(says(PHONE)).then_refused(NoSuchDeclaration)
        other = DeclarationId("other")
        self.declared().when(says(PHONE, declaration=other)).then_refused(NoSuchDeclaration)

    def test_what_was_lost_since_is_not_answered_for(self):
        self.declared(says(PHONE), loses(PHONE)).when(says(PHONE)).then_refused(NoSuchDeclaration)


class TestLosing:
    def test_a_criterion_is_lost(self):
        given(*FAMILY, declares(PHONE), says(PHONE)).when(loses(PHONE)).then(CriterionLost)

    def test_only_one_that_was_held(self):
        given(*FAMILY).when(loses(PHONE)).then_refused(CriterionNotHeld)
        given(*FAMILY, declares(PHONE)).when(loses(PHONE)).then_refused(CriterionNotHeld)
        held = (*FAMILY, declares(PHONE), says(PHONE))
        given(*held, loses(PHONE)).when(loses(PHONE)).then_refused(CriterionNotHeld)

    def test_of_a_household_that_is_there(self):
        given(*everybody()).when(loses(PHONE)).then_refused(NoSuchHousehold)

    def test_and_can_be_declared_again(self):
        lost = (*FAMILY, declares(PHONE), says(PHONE), loses(PHONE))
        again = DeclarationId("again")
        given(*lost, declares(PHONE, declaration=again)).when(says(PHONE, declaration=again)).then(
            CriterionAnswered
        )


class TestWhatIsKnown:
    def home(self, *happened: Happened) -> Household:
        home = Household()
        for fact in lived(*FAMILY, *happened):
            home.weigh(fact)
        return home

    def test_declared_is_not_held(self):
        assert not self.home(declares(PHONE)).holds(PHONE)

    def test_a_yes_holds(self):
        assert self.home(declares(PHONE), says(PHONE)).holds(PHONE)
        assert not self.home(declares(PHONE), says(PHONE, answer="no")).holds(PHONE)

    def test_the_latest_answer_holds(self):
        again = DeclarationId("again")
        both = (declares(PHONE), declares(PHONE, declaration=again))
        no_to_the_first = (says(PHONE, declaration=again), says(PHONE, answer="no"))
        assert not self.home(*both, *no_to_the_first).holds(PHONE)
        assert self.home(*both, *no_to_the_first[::-1]).holds(PHONE)
        assert self.home(*both, says(PHONE), says(PHONE, answer="no"), says(PHONE)).holds(PHONE)

    def test_however_often_each_was_answered(self):
        again = DeclarationId("again")
        both = (declares(PHONE), says(PHONE), declares(PHONE, declaration=again))
        denied = (says(PHONE, declaration=again, answer="no"), says(PHONE, answer="no"))
        assert self.home(*both, *denied, says(PHONE)).holds(PHONE)

    def test_one_of_two_is_not_both(self):
        home = self.home(declares(PHONE, PAYS), says(PHONE))
        assert home.holds(PHONE)
        assert not home.holds(PAYS)

    def test_proficiency_is_held_by_one_member(self):
        home = self.home(declares(PROFICIENT, member=SAU), says(PROFICIENT))
        assert home.holds(PROFICIENT, [SAU])
        assert not home.holds(PROFICIENT, [TU])
        assert home.holds(PROFICIENT)

    def test_losing_one_keeps_the_others(self):
        home = self.home(declares(PHONE, PAYS), says(PHONE, PAYS), loses(PHONE))
        assert not home.holds(PHONE)
        assert home.holds(PAYS)

    def test_an_undone_merge_keeps_members(self):
        home = self.home(merge(SAU, TU), undo(SAU, TU))
        assert list(home.members) == [TU, SAU]
