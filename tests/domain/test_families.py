"""Digital families: a proficient member, a teaching between members, what the province adds."""

from typing import Any

import msgspec
import pytest

from domain.families import (
    CriteriaNotMet,
    FamilyNotRecognised,
    FamilyRule,
    FamilyStillMeetsCriteria,
    RecogniseFamily,
    WithdrawFamily,
)
from domain.households import (
    Criterion,
    DigitalFamilyRecognised,
    DigitalFamilyRecognitionWithdrawn,
    NoSuchHousehold,
)
from domain.model import By, DeclarationId, PersonId, TeachingId
from tests.cast import (
    ELSEWHERE,
    HOA,
    HOME,
    LAN,
    MINH,
    PAYING,
    SAU,
    SERVICES,
    TU,
    VNEID,
    Happened,
    answer,
    declares,
    everybody,
    household,
    joins,
    leaves,
    lesson,
    loses,
    merge,
    ruling,
    says,
    teaching,
    undo,
    void,
)
from tests.specification import Given, given

PHONE, PROFICIENT = Criterion.SMARTPHONE_INTERNET, Criterion.PROFICIENT_MEMBER
THREE = (VNEID, PAYING, SERVICES)
LAN_TU, TU_SAU = teaching(LAN, TU), teaching(TU, SAU)

RULE = FamilyRule(proficient_skills=3, teaches_member=True, declared=(), criteria="criteria-1")
WITH_PHONE = FamilyRule(proficient_skills=3, teaches_member=True, declared=(PHONE,), criteria="criteria-2")
NO_TEACHING = FamilyRule(proficient_skills=3, teaches_member=False, declared=(), criteria="criteria-3")


def recognise(*members: PersonId, **other: Any) -> RecogniseFamily:
    request: dict[str, Any] = {
        "household": HOME,
        "members": members or (TU, SAU),
        "rule": RULE,
        "by": By("system:7"),
    }
    return RecogniseFamily(**(request | other))


def withdraw(*members: PersonId, **other: Any) -> WithdrawFamily:
    request: dict[str, Any] = {
        "household": HOME,
        "members": members or (TU, SAU),
        "rule": RULE,
        "by": By("system:7"),
    }
    return WithdrawFamily(**(request | other))


FAMILY = (*everybody(), household(TU, SAU))
TU_KNOWS_THREE = (lesson(LAN, TU, skills=THREE), answer(LAN_TU))
TU_TAUGHT_SAU = (lesson(TU, SAU), answer(TU_SAU, "taught"))
DIGITAL = (*FAMILY, *TU_KNOWS_THREE, *TU_TAUGHT_SAU)


class TestRecognising:
    def test_a_proficient_member_who_taught_another(self):
        (fact,) = given(*DIGITAL).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.proficient, fact.skills_shown, fact.taught) == (TU, (LAN_TU,), TU_SAU)
        assert (fact.ambassador, fact.declared, fact.criteria) == (LAN, (), "criteria-1")
        assert f"witness:{TU_SAU}" in fact.tags()
        alone = msgspec.structs.replace(fact, taught=None)
        assert [tag for tag in alone.tags() if tag.startswith("witness:")] == [f"witness:{LAN_TU}"]

    def test_names_no_more_teachings_than_it_rests_on(self):
        practice = lesson(HOA, TU, skills=THREE)
        history = (*DIGITAL, practice, answer(teaching(HOA, TU)))
        (fact,) = given(*history).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.skills_shown == (LAN_TU,)

    def test_two_skills_are_too_few(self):
        two = (*FAMILY, lesson(LAN, TU, skills=THREE[:2]), answer(LAN_TU), *TU_TAUGHT_SAU)
        given(*two).when(recognise()).then_refused(CriteriaNotMet, criterion="proficient-member")

    def test_one_skill_three_times_is_one_skill(self):
        practice = [*FAMILY, *TU_TAUGHT_SAU]
        for name in ("a", "b", "c"):
            practice += [lesson(LAN, TU, called=name), answer(TeachingId(f"{name}/{TU}"))]
        given(*practice).when(recognise()).then_refused(CriteriaNotMet, criterion="proficient-member")

    def test_skills_of_two_members_do_not_add_up(self):
        spread = (
            *FAMILY,
            lesson(LAN, TU, skills=THREE[:2]),
            answer(LAN_TU),
            lesson(TU, SAU, skills=THREE[2:]),
        )
        given(*spread, answer(TU_SAU)).when(recognise()).then_refused(CriteriaNotMet)

    def test_somebody_taught_somebody(self):
        given(*FAMILY, *TU_KNOWS_THREE).when(recognise()).then_refused(
            CriteriaNotMet, criterion="teaches-member"
        )

    def test_and_was_answered_for(self):
        unanswered = (*FAMILY, *TU_KNOWS_THREE, lesson(TU, SAU))
        given(*unanswered).when(recognise()).then_refused(CriteriaNotMet, criterion="teaches-member")

    def test_a_stranger_s_teaching_is_none_between_members(self):
        by_lan = (*FAMILY, *TU_KNOWS_THREE, lesson(LAN, SAU), answer(teaching(LAN, SAU)))
        given(*by_lan).when(recognise()).then_refused(CriteriaNotMet, criterion="teaches-member")

    def test_unless_the_criteria_do_not_ask_for_it(self):
        (fact,) = (
            given(*FAMILY, *TU_KNOWS_THREE).when(recognise(rule=NO_TEACHING)).then(DigitalFamilyRecognised)
        )
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.taught is None

    def test_it_counts_whoever_holds_the_credit(self):
        ruled = ruling(teaching(HOA, TU), person=TU)
        credited_to_hoa = (*DIGITAL, lesson(HOA, TU), answer(teaching(HOA, TU)), ruled)
        given(*credited_to_hoa).when(recognise()).then(DigitalFamilyRecognised)
        not_the_first = (
            *FAMILY,
            lesson(LAN, SAU),
            answer(teaching(LAN, SAU)),
            *TU_KNOWS_THREE,
            *TU_TAUGHT_SAU,
        )
        given(*not_the_first).when(recognise()).then(DigitalFamilyRecognised)

    def test_proficiency_can_be_declared_and_answered_for(self):
        declared = (*FAMILY, *TU_TAUGHT_SAU, declares(PROFICIENT, member=TU))
        given(*declared).when(recognise()).then_refused(CriteriaNotMet, criterion="proficient-member")
        (fact,) = given(*declared, says(PROFICIENT)).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.proficient, fact.skills_shown) == (TU, ())

    def test_what_the_province_adds_is_answered_for(self):
        given(*DIGITAL).when(recognise(rule=WITH_PHONE)).then_refused(
            CriteriaNotMet, criterion="smartphone-internet"
        )
        with_phone = given(*DIGITAL, declares(PHONE), says(PHONE))
        (fact,) = with_phone.when(recognise(rule=WITH_PHONE)).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.declared == (PHONE,)

    def test_once(self):
        given(*DIGITAL, recognise()).when(recognise()).then()

    def test_the_members_are_looked_up(self):
        given(*DIGITAL, joins(HOA)).when(recognise()).then_stale()
        given(*DIGITAL, leaves(SAU)).when(recognise()).then_stale()

    def test_a_teacher_who_left_taught_no_member(self):
        sau_knows = (lesson(LAN, SAU, skills=THREE), answer(teaching(LAN, SAU)))
        history = (*FAMILY, *TU_TAUGHT_SAU, *sau_knows, joins(HOA), leaves(TU))
        given(*history).when(recognise(SAU, HOA)).then_refused(CriteriaNotMet, criterion="teaches-member")

    def test_a_teaching_that_shows_nothing_new_is_not_named(self):
        first = (lesson(LAN, TU), answer(LAN_TU), lesson(HOA, TU), answer(teaching(HOA, TU)))
        rest = (lesson(SAU, TU, skills=(PAYING, SERVICES)), answer(teaching(SAU, TU)))
        (fact,) = given(*FAMILY, *first, *rest).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.skills_shown == (LAN_TU, teaching(SAU, TU))

    def test_who_left_does_not_count(self):
        given(*DIGITAL, leaves(SAU)).when(recognise(TU)).then_refused(CriteriaNotMet)
        given(*DIGITAL, joins(HOA), leaves(TU)).when(recognise(SAU, HOA)).then_refused(CriteriaNotMet)

    def test_only_a_household_that_is_there(self):
        given(*DIGITAL).when(recognise(household=ELSEWHERE)).then_refused(NoSuchHousehold)

    def test_merged_members_teach_nobody(self):
        merged = given(*DIGITAL, merge(SAU, TU))
        merged.when(recognise(aliases=((TU, SAU),))).then_refused(CriteriaNotMet, criterion="teaches-member")
        merged.when(recognise()).then_stale()

    def test_what_a_member_learned_under_another_id_counts(self):
        history = (*FAMILY, *TU_TAUGHT_SAU, lesson(LAN, MINH, skills=THREE), answer(teaching(LAN, MINH)))
        given(*history, merge(MINH, TU)).when(recognise(aliases=((TU, MINH),))).then(DigitalFamilyRecognised)
        given(*history, merge(MINH, TU), undo(MINH, TU)).when(recognise()).then_refused(CriteriaNotMet)

    def test_what_somebody_taught_themselves_shows_nothing(self):
        history = (*DIGITAL, merge(LAN, TU))
        given(*history).when(recognise(aliases=((TU, LAN),))).then_refused(
            CriteriaNotMet, criterion="proficient-member"
        )


class TestMending:
    recognised = (*DIGITAL, recognise())

    @pytest.mark.parametrize("broken", [void(TU_SAU), answer(TU_SAU, "no")])
    def test_another_teaching_replaces_a_broken_one(self, broken):
        again = (lesson(TU, SAU, called="again", skills=(PAYING,)), answer(TeachingId("again/ong-sau")))
        (fact,) = given(*self.recognised, broken, *again).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.taught == "again/ong-sau"

    def test_another_proficient_member_replaces_one_who_left(self):
        sau_too = (lesson(LAN, SAU, skills=THREE), answer(teaching(LAN, SAU)), joins(HOA))
        hoa_taught_sau = (lesson(HOA, SAU), answer(teaching(HOA, SAU)))
        history = (*self.recognised, *sau_too, *hoa_taught_sau, leaves(TU))
        (fact,) = given(*history).when(recognise(SAU, HOA)).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.proficient, fact.taught) == (SAU, teaching(HOA, SAU))

    def test_skills_shown_elsewhere_replace_those_that_broke(self):
        shown_by_hoa = (lesson(HOA, TU, skills=THREE), answer(teaching(HOA, TU)))
        history = (*self.recognised, *shown_by_hoa, void(LAN_TU))
        (fact,) = given(*history).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.skills_shown, fact.taught) == ((teaching(HOA, TU),), TU_SAU)

    def test_skills_shown_replace_a_declaration_that_was_lost(self):
        declared = (*FAMILY, *TU_TAUGHT_SAU, declares(PROFICIENT, member=TU), says(PROFICIENT), recognise())
        history = (*declared, loses(PROFICIENT), *TU_KNOWS_THREE)
        (fact,) = given(*history).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.skills_shown == (LAN_TU,)

    def test_a_declared_member_who_left_is_replaced(self):
        declared = (
            *FAMILY,
            joins(HOA),
            *TU_TAUGHT_SAU,
            lesson(HOA, SAU),
            answer(teaching(HOA, SAU)),
            declares(PROFICIENT, member=TU),
            says(PROFICIENT),
            recognise(TU, SAU, HOA),
        )
        sau_too = (lesson(LAN, SAU, skills=THREE), answer(teaching(LAN, SAU)))
        (fact,) = (
            given(*declared, *sau_too, leaves(TU)).when(recognise(SAU, HOA)).then(DigitalFamilyRecognised)
        )
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.proficient, fact.taught) == (SAU, teaching(HOA, SAU))

    def test_a_teacher_who_left_is_replaced(self):
        hoa_taught_sau = (joins(HOA), lesson(HOA, SAU), answer(teaching(HOA, SAU)))
        first = (
            *FAMILY,
            *TU_TAUGHT_SAU,
            lesson(LAN, SAU, skills=THREE),
            answer(teaching(LAN, SAU)),
            recognise(),
        )
        (fact,) = (
            given(*first, *hoa_taught_sau, leaves(TU)).when(recognise(SAU, HOA)).then(DigitalFamilyRecognised)
        )
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.proficient, fact.taught) == (SAU, teaching(HOA, SAU))

    def test_of_two_teachings_one_is_enough_when_the_other_breaks(self):
        two_then_three = (
            *(lesson(LAN, TU, skills=THREE[:2]), answer(LAN_TU)),
            *(lesson(HOA, TU, skills=THREE), answer(teaching(HOA, TU))),
        )
        first = (*FAMILY, *TU_TAUGHT_SAU, *two_then_three, recognise(), void(LAN_TU))
        (fact,) = given(*first).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.skills_shown == (teaching(HOA, TU),)

    def test_who_shows_it_may_become_who_taught_it(self):
        hoa_taught_tu = (joins(HOA), leaves(SAU), lesson(HOA, TU), answer(teaching(HOA, TU)))
        sau_showed_three = (lesson(SAU, TU, skills=THREE), answer(teaching(SAU, TU)))
        first = (*FAMILY, *hoa_taught_tu, *sau_showed_three, recognise(TU, HOA))
        (fact,) = given(*first, joins(SAU), leaves(HOA)).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert (fact.proficient, fact.taught) == (TU, teaching(SAU, TU))

    def test_another_declared_member_replaces_one_whose_declaration_was_lost(self):
        declared = (*FAMILY, *TU_TAUGHT_SAU, declares(PROFICIENT, member=TU), says(PROFICIENT), recognise())
        again = DeclarationId("again")
        of_sau = (declares(PROFICIENT, member=SAU, declaration=again), says(PROFICIENT, declaration=again))
        (fact,) = given(*declared, loses(PROFICIENT), *of_sau).when(recognise()).then(DigitalFamilyRecognised)
        assert isinstance(fact, DigitalFamilyRecognised)
        assert fact.proficient == SAU

    def test_without_a_teaching_named_none_is_asked_for(self):
        no_teaching = (*FAMILY, *TU_KNOWS_THREE, recognise(rule=NO_TEACHING))
        given(*no_teaching).when(recognise(rule=NO_TEACHING)).then()
        given(*no_teaching).when(recognise()).then_refused(CriteriaNotMet, criterion="teaches-member")
        given(*no_teaching, *TU_TAUGHT_SAU).when(recognise()).then(DigitalFamilyRecognised)

    def test_a_merge_of_the_proficient_member_changes_nothing(self):
        merged = (*self.recognised, merge(TU, HOA))
        given(*merged).when(recognise(aliases=((HOA, TU),))).then()

    def test_a_merge_that_makes_teacher_and_pupil_one_breaks_it(self):
        again = (joins(HOA), lesson(HOA, SAU), answer(teaching(HOA, SAU)), leaves(HOA))
        merged = (*self.recognised, *again, merge(TU, SAU))
        given(*merged).when(recognise(aliases=((SAU, TU),))).then_refused(CriteriaNotMet)

    def test_an_answer_given_again_keeps_what_stands(self):
        given(*self.recognised, answer(LAN_TU, "taught")).when(recognise()).then()

    def test_while_everything_holds_other_witnesses_change_nothing(self):
        sau_too = (lesson(LAN, SAU, skills=THREE), answer(teaching(LAN, SAU)))
        given(*self.recognised, *sau_too).when(recognise()).then()


class TestWithdrawing:
    recognised = (*DIGITAL, recognise())

    def fallen(self, *after: Happened) -> Given:
        return given(*self.recognised, *after)

    @pytest.mark.parametrize(
        "broken", [void(TU_SAU), answer(TU_SAU, "no"), void(LAN_TU), answer(LAN_TU, "no")]
    )
    def test_nothing_is_left_to_rest_on(self, broken):
        self.fallen(broken).when(withdraw()).then(DigitalFamilyRecognitionWithdrawn)

    def test_the_proficient_member_left(self):
        self.fallen(leaves(TU)).when(withdraw(SAU)).then(DigitalFamilyRecognitionWithdrawn)

    def test_the_pupil_left(self):
        self.fallen(leaves(SAU)).when(withdraw(TU)).then(DigitalFamilyRecognitionWithdrawn)

    def test_a_declared_criterion_was_lost(self):
        with_phone = (*DIGITAL, declares(PHONE), says(PHONE), recognise(rule=WITH_PHONE), loses(PHONE))
        given(*with_phone).when(withdraw(rule=WITH_PHONE)).then(DigitalFamilyRecognitionWithdrawn)

    def test_a_declared_criterion_was_denied(self):
        with_phone = (*DIGITAL, declares(PHONE), says(PHONE), recognise(rule=WITH_PHONE))
        denied = given(*with_phone, says(PHONE, answer="no"))
        denied.when(withdraw(rule=WITH_PHONE)).then(DigitalFamilyRecognitionWithdrawn)
        denied.when(recognise(rule=WITH_PHONE)).then_refused(CriteriaNotMet)

    def test_declared_proficiency_was_lost(self):
        declared = (*FAMILY, *TU_TAUGHT_SAU, declares(PROFICIENT, member=TU), says(PROFICIENT), recognise())
        given(*declared, loses(PROFICIENT)).when(withdraw()).then(DigitalFamilyRecognitionWithdrawn)
        given(*declared, loses(PROFICIENT)).when(recognise()).then_refused(CriteriaNotMet)

    def test_not_while_it_meets_the_criteria(self):
        self.fallen().when(withdraw()).then_refused(FamilyStillMeetsCriteria)

    def test_nothing_stands_nothing_to_withdraw(self):
        given(*DIGITAL).when(withdraw()).then_refused(FamilyNotRecognised)
        self.fallen(void(TU_SAU), withdraw()).when(withdraw()).then_refused(FamilyNotRecognised)

    def test_it_can_come_back(self):
        again = (lesson(TU, SAU, called="again"), answer(TeachingId("again/ong-sau")))
        self.fallen(void(TU_SAU), withdraw(), *again).when(recognise()).then(DigitalFamilyRecognised)

    def test_the_members_are_looked_up(self):
        self.fallen(joins(HOA), void(TU_SAU)).when(withdraw()).then_stale()
