"""Families: what is declared of them and answered for."""

from datetime import timedelta

from domain.credit import NotInTheirOwnCase
from domain.declarations import (
    AnswerNotOffered,
    CriterionNotHeld,
    DeclarationExists,
    NobodyNamed,
    NoSuchDeclaration,
    NothingDeclared,
    SameCriterionTwice,
)
from domain.entries import AnsweredMoreSurely, NotYetHappened
from domain.households import (
    Criterion,
    CriterionAnswered,
    CriterionDeclared,
    CriterionLost,
    NoSuchHousehold,
    NotAMember,
)
from domain.model import DeclarationId, Evidence
from domain.people import UnknownPerson
from tests.cast import (
    HOA,
    LAN,
    SAU,
    TODAY,
    TU,
    Happened,
    declares,
    everybody,
    household,
    learner,
    leaves,
    loses,
    merge,
    says,
)
from tests.specification import given

PHONE, PAYS = Criterion.SMARTPHONE_INTERNET, Criterion.CASHLESS_PAYMENT

PROFICIENT = Criterion.PROFICIENT_MEMBER

TOMORROW = TODAY + timedelta(days=1)

FAMILY = (*everybody(), household(TU, SAU))


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
