"""Digital ambassadors: five distinct persons, witnessed, once."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as some

from domain.model import By, PersonId, Skill
from domain.recognition import (
    AmbassadorRecognised,
    AmbassadorRecognitionWithdrawn,
    NotRecognised,
    RecogniseAmbassador,
    StillMeetsCriteria,
    TooFewPeople,
    WithdrawAmbassador,
    Witness,
)
from tests.cast import (
    HOA,
    LAN,
    PAYING,
    TUY_PHUOC,
    VNEID,
    Happened,
    answer,
    everybody,
    learner,
    lesson,
    merge,
    ruling,
    taught,
    teaching,
    undo,
    void,
)
from tests.specification import Given, given, lived, selects, weighed

FIVE = tuple(learner(number) for number in range(5))
SIX = tuple(learner(number) for number in range(6))


def witness(one: PersonId, ambassador: PersonId = LAN, skill: Skill = VNEID) -> Witness:
    return Witness(teaching=teaching(ambassador, one), learner=one, skill=skill)


def witnesses(*people: PersonId) -> tuple[Witness, ...]:
    return tuple(witness(one) for one in people)


def recognise(*people: PersonId, previous: tuple[PersonId, ...] = (), **other) -> RecogniseAmbassador:
    request: dict[str, Any] = {
        "person": LAN,
        "unit": TUY_PHUOC,
        "witnesses": witnesses(*people),
        "previous": witnesses(*previous),
        "people_needed": 5,
        "criteria": "criteria-1",
        "by": By("system:7"),
    }
    return RecogniseAmbassador(**(request | other))


def withdraw(*people: PersonId, **other) -> WithdrawAmbassador:
    request: dict[str, Any] = {
        "person": LAN,
        "unit": TUY_PHUOC,
        "claims": tuple((one, VNEID) for one in people),
        "people_needed": 5,
        "criteria": "criteria-1",
        "by": By("system:7"),
    }
    return WithdrawAmbassador(**(request | other))


def lan_taught(*people: PersonId) -> list[Happened]:
    return [*everybody(*SIX), *taught(LAN, people)]


class TestRecognising:
    def test_the_fifth_yes_makes_an_ambassador(self):
        (fact,) = given(*lan_taught(*FIVE)).when(recognise(*FIVE)).then(AmbassadorRecognised)
        assert isinstance(fact, AmbassadorRecognised)
        assert fact.witnesses == witnesses(*FIVE)
        assert (fact.criteria, fact.by) == ("criteria-1", "system:7")

    def test_four_are_too_few(self):
        given(*lan_taught(*FIVE)).when(recognise(*FIVE[:4])).then_refused(TooFewPeople, needed=5)

    def test_one_person_named_five_times_is_one(self):
        given(*lan_taught(*FIVE)).when(recognise(*FIVE[:1] * 5)).then_refused(TooFewPeople)

    def test_two_skills_of_one_person_are_one_person(self):
        both = [*everybody(*SIX), lesson(LAN, *FIVE[:4], skills=(VNEID, PAYING))]
        answered = [answer(teaching(LAN, one)) for one in FIVE[:4]]
        named = (*witnesses(*FIVE[:4]), witness(FIVE[0], skill=PAYING))
        given(*both, *answered).when(recognise(witnesses=named)).then_refused(TooFewPeople)

    def test_once(self):
        given(*lan_taught(*FIVE), recognise(*FIVE)).when(recognise(*FIVE)).then()
        given(*lan_taught(*FIVE), recognise(*FIVE)).when(recognise(*FIVE, previous=FIVE)).then()

    def test_other_witnesses_change_nothing_while_all_hold(self):
        recognised = (*lan_taught(*SIX), recognise(*FIVE))
        given(*recognised).when(recognise(*SIX[1:], previous=FIVE)).then()

    def test_which_recognition_stands_is_looked_up_again(self):
        recognised = (*lan_taught(*SIX), recognise(*FIVE))
        given(*recognised).when(recognise(*SIX[1:])).then_stale()

    def test_an_unanswered_teaching_is_no_witness(self):
        unanswered = [*everybody(*SIX), *taught(LAN, FIVE[:4]), lesson(LAN, FIVE[4], called="lan")]
        given(*unanswered).when(recognise(*FIVE)).then_stale()

    @pytest.mark.parametrize("broken", [void(teaching(LAN, FIVE[2])), answer(teaching(LAN, FIVE[2]), "no")])
    def test_a_broken_witness_is_noticed(self, broken):
        given(*lan_taught(*FIVE), broken).when(recognise(*FIVE)).then_stale()

    def test_credit_held_by_another_is_no_witness(self):
        first_hoa = [*everybody(*SIX), *taught(HOA, FIVE[:1]), *taught(LAN, FIVE)]
        given(*first_hoa).when(recognise(*FIVE)).then_stale()

    def test_a_witness_is_the_very_teaching_that_holds_the_credit(self):
        practice = [lesson(LAN, FIVE[0], called="again"), answer(teaching(PersonId("again"), FIVE[0]))]
        again = witness(FIVE[0], PersonId("again"))
        named = recognise(witnesses=(again, *witnesses(*FIVE[1:])))
        given(*lan_taught(*FIVE), *practice).when(named).then_stale()

    def test_who_the_ambassador_is_is_looked_up_again(self):
        given(*lan_taught(*FIVE), merge(HOA, LAN)).when(recognise(*FIVE)).then_stale()
        given(*lan_taught(*FIVE), merge(LAN, HOA)).when(recognise(*FIVE)).then_stale()

    def test_a_ruling_for_another_is_noticed(self):
        both = [*lan_taught(*FIVE), *taught(HOA, FIVE[:1])]
        ruled = ruling(teaching(HOA, FIVE[0]), person=FIVE[0])
        given(*both, ruled).when(recognise(*FIVE)).then_stale()

    def test_somebody_else_s_teaching_is_no_witness(self):
        hers = [*everybody(*SIX), *taught(HOA, FIVE)]
        named = tuple(witness(one, HOA) for one in FIVE)
        given(*hers).when(recognise(witnesses=named)).then_stale()

    def test_witnesses_who_turn_out_to_be_one_are_looked_up_again(self):
        given(*lan_taught(*FIVE), merge(FIVE[0], FIVE[1])).when(recognise(*FIVE)).then_stale()

    def test_and_count_once(self):
        paying = [
            *everybody(*SIX),
            lesson(LAN, FIVE[0], skills=(PAYING,), called="pay"),
            *taught(LAN, FIVE[1:]),
        ]
        paid = Witness(teaching=teaching(PersonId("pay"), FIVE[0]), learner=FIVE[0], skill=PAYING)
        history = [*paying, answer(paid.teaching), merge(FIVE[0], FIVE[1])]
        merged = recognise(witnesses=(paid, *witnesses(*FIVE[1:])), aliases=(FIVE[:2],))
        given(*history).when(merged).then_refused(TooFewPeople)

    def test_a_merged_learner_is_a_witness_under_their_old_id(self):
        history = [*lan_taught(*FIVE), merge(FIVE[0], SIX[5])]
        given(*history).when(recognise(*FIVE, aliases=((SIX[5], FIVE[0]),))).then(AmbassadorRecognised)

    def test_what_was_taught_under_another_id_counts_for_the_ambassador(self):
        history = [*everybody(*SIX), *taught(LAN, FIVE[:2]), *taught(HOA, FIVE[2:]), merge(HOA, LAN)]
        named = (*witnesses(*FIVE[:2]), *(witness(one, HOA) for one in FIVE[2:]))
        merged = recognise(witnesses=named, aliases=((LAN, HOA),))
        given(*history).when(merged).then(AmbassadorRecognised)

    def test_who_turns_out_to_have_taught_themselves_has_no_witness_in_it(self):
        history = [*lan_taught(*FIVE), merge(FIVE[0], LAN)]
        given(*history).when(recognise(*FIVE, aliases=((LAN, FIVE[0]),))).then_stale()


class TestMending:
    def broken(self, *after: Happened) -> Given:
        return given(*lan_taught(*SIX), recognise(*FIVE), *(after or [void(teaching(LAN, FIVE[0]))]))

    def test_a_broken_witness_is_replaced(self):
        (fact,) = self.broken().when(recognise(*SIX[1:], previous=FIVE)).then(AmbassadorRecognised)
        assert isinstance(fact, AmbassadorRecognised)
        assert fact.witnesses == witnesses(*SIX[1:])

    def test_but_not_by_another_broken_one(self):
        self.broken().when(recognise(*FIVE, previous=FIVE)).then_stale()

    def test_two_witnesses_who_became_one_are_replaced(self):
        # Both credits stand (other skills), but of one person: four are left of the five.
        paying = PersonId("pay")
        paid = Witness(teaching=teaching(paying, FIVE[0]), learner=FIVE[0], skill=PAYING)
        five = (paid, *witnesses(*FIVE[1:]))
        history = [
            *everybody(*SIX),
            lesson(LAN, FIVE[0], skills=(PAYING,), called=paying),
            answer(paid.teaching),
            *taught(LAN, SIX[1:]),
            recognise(witnesses=five),
            merge(FIVE[0], FIVE[1]),
        ]
        decision = recognise(*SIX[1:], aliases=(FIVE[:2],))
        decision = replace(decision, previous=five)
        given(*history).when(decision).then(AmbassadorRecognised)

    def test_of_a_merged_ambassador_s_recognitions_the_latest_counts(self):
        three: dict[str, Any] = {"people_needed": 3}
        hers = tuple(witness(one, HOA) for one in SIX[4:])
        history = [
            *everybody(*SIX),
            *taught(LAN, SIX[:4]),
            *taught(HOA, SIX[4:]),
            recognise(*SIX[:3], **three),
            recognise(person=HOA, witnesses=hers, people_needed=2),
            void(teaching(LAN, SIX[0])),
            recognise(*SIX[1:4], previous=SIX[:3], **three),
            merge(HOA, LAN),
        ]
        latest = recognise(*SIX[2:5], previous=SIX[1:4], aliases=((LAN, HOA),), **three)
        given(*history).when(latest).then()

    def test_a_witness_answered_with_no_and_yes_again_counts_again(self):
        denied = teaching(LAN, FIVE[0])
        back = self.broken(answer(denied, "no"), answer(denied))
        back.when(recognise(*SIX[1:], previous=FIVE)).then()


class TestWithdrawing:
    def fallen(self, *after: Happened) -> Given:
        return given(*lan_taught(*FIVE), recognise(*FIVE), void(teaching(LAN, FIVE[0])), *after)

    def test_too_few_are_left(self):
        (fact,) = self.fallen().when(withdraw(*FIVE[1:])).then(AmbassadorRecognitionWithdrawn)
        assert isinstance(fact, AmbassadorRecognitionWithdrawn)
        assert fact.person == LAN

    def test_claims_that_fell_do_not_matter(self):
        self.fallen().when(withdraw(*FIVE)).then(AmbassadorRecognitionWithdrawn)

    def test_not_while_there_are_enough(self):
        enough = given(*lan_taught(*SIX), recognise(*FIVE), void(teaching(LAN, FIVE[0])))
        enough.when(withdraw(*SIX)).then_refused(StillMeetsCriteria)

    def test_no_claim_is_overlooked(self):
        self.fallen().when(withdraw(*FIVE[2:])).then_stale()

    def test_what_was_denied_is_no_claim(self):
        denied = [lesson(LAN, SIX[5], called="denied"), answer(teaching(PersonId("denied"), SIX[5]), "no")]
        self.fallen(*denied).when(withdraw(*FIVE)).then(AmbassadorRecognitionWithdrawn)

    def test_what_others_taught_the_same_people_is_no_claim(self):
        both = [lesson(HOA, FIVE[1], skills=(VNEID, PAYING)), answer(teaching(HOA, FIVE[1]))]
        self.fallen(*both).when(withdraw(*FIVE)).then(AmbassadorRecognitionWithdrawn)

    def test_credit_that_went_to_another_does_not_keep_the_status(self):
        ruled = [
            *lan_taught(*FIVE),
            *taught(HOA, FIVE[:1]),
            recognise(*FIVE),
            ruling(teaching(HOA, FIVE[0]), person=FIVE[0]),
        ]
        given(*ruled).when(withdraw(*FIVE)).then(AmbassadorRecognitionWithdrawn)

    def test_nothing_stands_nothing_to_withdraw(self):
        given(*lan_taught(*FIVE[:4])).when(withdraw(*FIVE[:4])).then_refused(NotRecognised)

    def test_once(self):
        self.fallen(withdraw(*FIVE)).when(withdraw(*FIVE)).then_refused(NotRecognised)

    def test_it_can_come_back(self):
        back = self.fallen(withdraw(*FIVE), lesson(LAN, SIX[5], called="lan"), answer(teaching(LAN, SIX[5])))
        back.when(recognise(*SIX[1:])).then(AmbassadorRecognised)

    def test_both_recognitions_of_a_merged_ambassador_fall(self):
        both = [*everybody(*SIX), *taught(LAN, SIX[:3]), *taught(HOA, SIX[3:])]
        three: dict[str, Any] = {"people_needed": 3}
        recognised = [
            recognise(*SIX[:3], **three),
            recognise(person=HOA, witnesses=tuple(witness(one, HOA) for one in SIX[3:]), **three),
        ]
        history = [*both, *recognised, merge(HOA, LAN), *(void(teaching(LAN, one)) for one in SIX[:3])]
        history.append(void(teaching(HOA, SIX[3])))
        decision = withdraw(*SIX, aliases=((LAN, HOA),), **three)
        given(*history).when(decision).then(AmbassadorRecognitionWithdrawn, AmbassadorRecognitionWithdrawn)

    def test_an_undone_merge_is_noticed(self):
        history = [*lan_taught(*FIVE), recognise(*FIVE), merge(FIVE[0], FIVE[1]), undo(FIVE[0], FIVE[1])]
        given(*history).when(withdraw(*FIVE, aliases=(FIVE[:2],))).then_stale()


def cost(of_learners: int) -> tuple[int, int]:
    """Selectors, and facts inside them, of recognising an ambassador with so many learners."""
    many = [learner(number) for number in range(of_learners)]
    history = lived(*everybody(*many), *(one for some in batches(many) for one in taught(LAN, some)))
    decision = recognise(*many[:5])
    assert weighed(history, decision)
    boundary = decision.consistency_boundary()
    inside = [fact for fact in history if any(selects(selector, fact) for selector in boundary)]
    return len(boundary), len(inside)


def batches(people: list[PersonId]) -> list[list[PersonId]]:
    return [people[start : start + 50] for start in range(0, len(people), 50)]


def test_recognising_costs_the_same_for_5_learners_and_for_500():
    assert cost(5) == cost(500)


@whatever(some.lists(some.integers(0, 5), max_size=12))
def test_how_often_somebody_is_named_changes_nothing(named):
    distinct = {SIX[number] for number in named}
    outcome = given(*lan_taught(*SIX)).when(recognise(*(SIX[number] for number in named)))
    assert bool(outcome.recorded) is (len(distinct) >= 5)
