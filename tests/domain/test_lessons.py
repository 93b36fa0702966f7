"""Lessons: what can be logged, answered, voided and ruled on."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from domain.calendar import VIETNAM
from domain.credit import NotConfirmed, NothingToRule, NotInTheirOwnCase
from domain.entries import (
    AlreadyVoided,
    AnsweredMoreSurely,
    NothingToAnswer,
    NothingToVoid,
    NotTheirs,
    NotYetHappened,
    TooLateToEnter,
)
from domain.erasing import ErasePerson
from domain.model import Answer, Evidence, Skill, TeachingId
from domain.people import PersonRegistered, UnknownPerson
from domain.teaching import (
    MOST_LEARNERS,
    CreditRuled,
    NobodyTaught,
    NobodyTeachesThemselves,
    NothingTaught,
    Pupil,
    SameLearnerTwice,
    SameSkillTwice,
    TeachingAnswered,
    TeachingLogged,
    TeachingVoided,
    TooManyLearners,
    UnknownSkill,
    learned,
)
from tests.cast import (
    BY,
    HOA,
    HOA_TU,
    LAN,
    LAN_TU,
    MINH,
    NOW,
    PAYING,
    SAU,
    TODAY,
    TU,
    VNEID,
    YESTERDAY,
    answer,
    everybody,
    learner,
    lesson,
    merge,
    newcomers,
    registered,
    ruling,
    teaching,
    undo,
    void,
)
from tests.specification import given

LAN_TAUGHT_TU = (*everybody(), lesson(LAN, TU))
BOTH_TAUGHT_TU = (*everybody(), lesson(LAN, TU), lesson(HOA, TU))
BOTH_CONFIRMED = (*BOTH_TAUGHT_TU, answer(LAN_TU), answer(HOA_TU))


class TestLogging:
    def test_a_lesson_makes_a_teaching_for_each_learner(self):
        logged, other = given(*everybody()).when(lesson(LAN, TU, SAU)).then(TeachingLogged, TeachingLogged)
        assert isinstance(logged, TeachingLogged)
        assert (logged.ambassador, logged.learner, logged.skills) == (LAN, TU, (VNEID,))
        assert isinstance(other, TeachingLogged)
        assert other.learner == SAU
        assert other.lesson == logged.lesson

    def test_every_claim_to_a_skill_meets_under_one_tag(self):
        (logged,) = given(*everybody()).when(lesson(LAN, TU, skills=(VNEID, PAYING))).then(TeachingLogged)
        assert {learned(TU, VNEID), learned(TU, PAYING)} <= set(logged.tags())

    def test_whoever_is_new_is_registered_with_it(self):
        new = newcomers(TU)
        given(*registered(LAN)).when(lesson(LAN, TU, newcomers=new)).then(PersonRegistered, TeachingLogged)

    def test_teaching_the_same_again_is_practice(self):
        given(*LAN_TAUGHT_TU, answer(LAN_TU)).when(lesson(LAN, TU, called="again")).then(TeachingLogged)

    def test_somebody_is_taught(self):
        given(*everybody()).when(lesson(LAN)).then_refused(NobodyTaught, field="learners")

    def test_a_class_has_fifty_learners(self):
        fifty = [learner(number) for number in range(MOST_LEARNERS)]
        full = given(*everybody(*fifty)).when(lesson(LAN, *fifty))
        assert len(full.recorded) == MOST_LEARNERS

    def test_and_not_one_more(self):
        many = [learner(number) for number in range(MOST_LEARNERS + 1)]
        given(*everybody(*many)).when(lesson(LAN, *many)).then_refused(TooManyLearners, limit=MOST_LEARNERS)

    def test_nobody_is_taught_twice_in_one_lesson(self):
        twice = (Pupil(teaching=TeachingId("1"), learner=TU), Pupil(teaching=TeachingId("2"), learner=TU))
        refused = given(*everybody()).when(lesson(LAN, pupils=twice))
        refused.then_refused(SameLearnerTwice, field="learners.1")

    def test_nobody_teaches_themselves(self):
        given(*everybody()).when(lesson(LAN, TU, LAN)).then_refused(
            NobodyTeachesThemselves, field="learners.1"
        )

    def test_something_is_taught(self):
        given(*everybody()).when(lesson(LAN, TU, skills=())).then_refused(NothingTaught, field="skills")

    def test_what_is_taught_is_in_the_catalogue(self):
        weaving = lesson(LAN, TU, skills=(VNEID, Skill("weaving")))
        given(*everybody()).when(weaving).then_refused(UnknownSkill, skill="weaving")

    def test_a_skill_is_named_once(self):
        given(*everybody()).when(lesson(LAN, TU, skills=(VNEID, VNEID))).then_refused(SameSkillTwice)

    def test_not_in_the_future(self):
        tomorrow = TODAY + timedelta(days=1)
        given(*everybody()).when(lesson(LAN, TU, on=tomorrow)).then_refused(NotYetHappened, field="on")

    def test_the_day_is_a_day_in_vietnam(self):
        after_midnight = datetime(2026, 3, 16, 0, 30, tzinfo=VIETNAM)
        that_day = lesson(LAN, TU, on=date(2026, 3, 16))
        given(*everybody()).when(that_day, at=after_midnight).then(TeachingLogged)
        before = after_midnight - timedelta(hours=1)
        given(*everybody()).when(that_day, at=before).then_refused(NotYetHappened)

    def test_as_late_as_the_criteria_allow(self):
        limit = TODAY - timedelta(days=30)
        given(*everybody()).when(lesson(LAN, TU, on=limit)).then(TeachingLogged)

    def test_and_not_a_day_later(self):
        too_old = TODAY - timedelta(days=31)
        given(*everybody()).when(lesson(LAN, TU, on=too_old)).then_refused(TooLateToEnter, days=30)

    @pytest.mark.parametrize(("ambassador", "pupil"), [(LAN, TU), (TU, LAN)])
    def test_everybody_named_is_known(self, ambassador, pupil):
        given(*registered(LAN)).when(lesson(ambassador, pupil)).then_refused(UnknownPerson)

    @pytest.mark.parametrize(("ambassador", "pupil"), [(LAN, TU), (TU, LAN)])
    def test_who_was_merged_meanwhile_is_looked_up_again(self, ambassador, pupil):
        given(*everybody(), merge(TU, SAU)).when(lesson(ambassador, pupil)).then_stale()

    def test_who_others_were_merged_into_can_be_taught(self):
        given(*everybody(), merge(SAU, TU)).when(lesson(LAN, TU)).then(TeachingLogged)

    def test_so_can_who_was_merged_by_mistake(self):
        given(*everybody(), merge(TU, SAU), undo(TU, SAU)).when(lesson(LAN, TU)).then(TeachingLogged)

    def test_who_was_erased_meanwhile_is_looked_up_again(self):
        erased = ErasePerson(person=TU, by=BY)
        given(*everybody(), erased).when(lesson(LAN, TU)).then_stale()

    def test_the_boundary_does_not_grow_with_what_was_taught(self):
        boundary = lesson(LAN, TU).consistency_boundary()
        assert [list(selector.tags) for selector in boundary] == [["person:lan"], ["person:ba-tu"]]


class TestAnswering:
    def test_a_yes_is_recorded_with_what_it_is_about(self):
        (answered,) = given(*LAN_TAUGHT_TU).when(answer(LAN_TU)).then(TeachingAnswered)
        assert isinstance(answered, TeachingAnswered)
        assert (answered.ambassador, answered.learner, answered.skills) == (LAN, TU, (VNEID,))
        assert (answered.on, answered.at, answered.answer) == (YESTERDAY, NOW, Answer.ABLE)

    def test_saying_it_twice_changes_nothing(self):
        given(*LAN_TAUGHT_TU, answer(LAN_TU)).when(answer(LAN_TU)).then()

    @pytest.mark.parametrize("changed", ["taught", "no"])
    def test_a_changed_mind_is_a_fact_too(self, changed):
        given(*LAN_TAUGHT_TU, answer(LAN_TU)).when(answer(LAN_TU, changed)).then(TeachingAnswered)

    @pytest.mark.parametrize(("strong", "weak"), list(pairwise(Evidence)))
    def test_stronger_evidence_replaces_weaker_but_not_the_other_way_round(self, strong, weak):
        first = answer(LAN_TU, "no", evidence=weak)
        given(*LAN_TAUGHT_TU, first).when(answer(LAN_TU, evidence=strong)).then(TeachingAnswered)
        given(*LAN_TAUGHT_TU, first).when(answer(LAN_TU, "no", evidence=strong)).then(TeachingAnswered)
        surely = (*LAN_TAUGHT_TU, answer(LAN_TU, "no", evidence=strong))
        given(*surely).when(answer(LAN_TU, evidence=weak)).then_refused(AnsweredMoreSurely)
        given(*surely).when(answer(LAN_TU, "no", evidence=weak)).then()

    def test_and_can_change_back(self):
        history = (*LAN_TAUGHT_TU, answer(LAN_TU), answer(LAN_TU, "no"))
        given(*history).when(answer(LAN_TU)).then(TeachingAnswered)

    def test_nothing_logged_nothing_to_answer(self):
        given(*everybody()).when(answer(LAN_TU)).then_refused(NothingToAnswer)

    def test_what_was_voided_is_not_answered(self):
        given(*LAN_TAUGHT_TU, void(LAN_TU)).when(answer(LAN_TU)).then_refused(AlreadyVoided)

    def test_a_merge_does_not_stand_in_the_way(self):
        given(*LAN_TAUGHT_TU, merge(TU, SAU)).when(answer(LAN_TU)).then(TeachingAnswered)


class TestVoiding:
    def test_an_organizer_voids(self):
        (voided,) = given(*LAN_TAUGHT_TU).when(void(LAN_TU)).then(TeachingVoided)
        (logged,) = [fact for fact in given(*LAN_TAUGHT_TU).history if isinstance(fact, TeachingLogged)]
        assert set(voided.tags()) < set(logged.tags())

    def test_an_ambassador_withdraws_a_mistake_of_their_own(self):
        given(*LAN_TAUGHT_TU).when(void(LAN_TU, own=LAN)).then(TeachingVoided)

    def test_but_not_anothers(self):
        given(*LAN_TAUGHT_TU).when(void(LAN_TU, own=HOA)).then_refused(NotTheirs)

    def test_what_they_logged_under_another_id_is_theirs(self):
        merged = (*LAN_TAUGHT_TU, merge(LAN, HOA))
        given(*merged).when(void(LAN_TU, own=HOA, aliases=((HOA, LAN),))).then(TeachingVoided)

    def test_a_merge_that_was_not_looked_up_is_noticed(self):
        given(*LAN_TAUGHT_TU, merge(LAN, HOA)).when(void(LAN_TU, own=LAN)).then_stale()
        given(*LAN_TAUGHT_TU, merge(LAN, HOA)).when(void(LAN_TU)).then(TeachingVoided)

    def test_unless_the_merge_was_undone_meanwhile(self):
        undone = (*LAN_TAUGHT_TU, merge(LAN, HOA), undo(LAN, HOA))
        given(*undone).when(void(LAN_TU, own=HOA, aliases=((HOA, LAN),))).then_stale()

    def test_voiding_twice_changes_nothing(self):
        given(*LAN_TAUGHT_TU, void(LAN_TU)).when(void(LAN_TU)).then()

    def test_nothing_logged_nothing_to_void(self):
        given(*everybody()).when(void(LAN_TU)).then_refused(NothingToVoid)


class TestRuling:
    def test_an_organizer_rules_between_two_claims(self):
        given(*BOTH_CONFIRMED).when(ruling(HOA_TU)).then(CreditRuled)

    def test_ruling_the_same_again_changes_nothing(self):
        given(*BOTH_CONFIRMED, ruling(HOA_TU)).when(ruling(HOA_TU)).then()

    def test_a_ruling_can_be_changed(self):
        given(*BOTH_CONFIRMED, ruling(HOA_TU)).when(ruling(LAN_TU)).then(CreditRuled)

    def test_one_claim_leaves_nothing_to_rule(self):
        given(*BOTH_TAUGHT_TU, answer(LAN_TU)).when(ruling(LAN_TU)).then_refused(NothingToRule)

    def test_two_claims_of_one_ambassador_leave_nothing_to_rule(self):
        again = TeachingId("again/ba-tu")
        history = (*LAN_TAUGHT_TU, lesson(LAN, TU, called="again"), answer(LAN_TU), answer(again))
        given(*history).when(ruling(again)).then_refused(NothingToRule)

    def test_nor_do_two_ids_of_one_ambassador(self):
        merged = (*BOTH_CONFIRMED, merge(HOA, LAN))
        given(*merged).when(ruling(HOA_TU, aliases=((LAN, HOA),))).then_refused(NothingToRule)

    def test_a_denied_claim_is_no_claim(self):
        given(*BOTH_CONFIRMED, answer(HOA_TU, "no")).when(ruling(LAN_TU)).then_refused(NothingToRule)

    def test_nor_is_a_voided_one(self):
        given(*BOTH_CONFIRMED, void(HOA_TU)).when(ruling(LAN_TU)).then_refused(NothingToRule)

    def test_only_for_a_teaching_that_stands(self):
        minh_too = (*BOTH_CONFIRMED, lesson(SAU, TU))
        given(*minh_too).when(ruling(teaching(SAU, TU))).then_refused(NotConfirmed)

    def test_only_for_a_teaching_of_that_skill(self):
        paying = (*BOTH_CONFIRMED, lesson(SAU, TU, skills=(PAYING,)), answer(teaching(SAU, TU)))
        given(*paying).when(ruling(teaching(SAU, TU))).then_refused(NotConfirmed)

    @pytest.mark.parametrize("ruler", [LAN, HOA, TU])
    def test_nobody_rules_in_their_own_case(self, ruler):
        given(*BOTH_CONFIRMED).when(ruling(HOA_TU, ruler=ruler)).then_refused(NotInTheirOwnCase)

    def test_nor_under_another_id(self):
        merged = (*BOTH_CONFIRMED, merge(LAN, MINH))
        hers = ruling(HOA_TU, ruler=MINH, aliases=((MINH, LAN),))
        given(*merged).when(hers).then_refused(NotInTheirOwnCase)

    def test_who_the_ruler_is_is_looked_up_again(self):
        given(*BOTH_CONFIRMED, merge(LAN, MINH)).when(ruling(HOA_TU)).then_stale()

    def test_claims_to_a_merged_person_meet(self):
        history = (
            *everybody(),
            lesson(LAN, TU),
            lesson(HOA, SAU),
            answer(LAN_TU),
            answer(teaching(HOA, SAU)),
        )
        ruled = ruling(teaching(HOA, SAU), aliases=((TU, SAU),))
        (fact,) = given(*history, merge(SAU, TU)).when(ruled).then(CreditRuled)
        assert isinstance(fact, CreditRuled)
        assert fact.person == SAU, "kept under the id it was taught under"

    def test_a_merge_that_was_not_looked_up_is_noticed(self):
        given(*BOTH_CONFIRMED, merge(SAU, TU)).when(ruling(HOA_TU)).then_stale()

    def test_who_turned_out_to_be_the_learner_has_no_claim(self):
        merged = (*BOTH_CONFIRMED, merge(LAN, TU))
        given(*merged).when(ruling(HOA_TU, aliases=((TU, LAN),))).then_refused(NothingToRule)
