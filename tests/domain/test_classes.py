"""Classes: opened for a day, joined by each learner alone, witnessed by who was there, closed."""

from datetime import timedelta
from typing import Any

import pytest

from domain.calendar import day_of
from domain.classes import (
    ON_ONE_DEVICE,
    OPEN_FOR,
    AlreadyCheckedIn,
    Attestation,
    ClassClosed,
    ClassIsClosed,
    ClassOpened,
    CloseClass,
    JoinClass,
    NoSuchClass,
    NotTheirClass,
    NotWitnessable,
    OpenClass,
    WitnessClass,
    wall,
)
from domain.entries import AnsweredMoreSurely, NothingToAnswer, TooLateToEnter
from domain.erasing import ErasePerson
from domain.model import Answer, By, Channel, Decision, Evidence, LessonId, PersonId, Skill, TeachingId
from domain.people import PersonRegistered
from domain.teaching import (
    MOST_LEARNERS,
    NobodyTeachesThemselves,
    NothingTaught,
    SameSkillTwice,
    TeachingAnswered,
    TeachingLogged,
    TooManyLearners,
    UnknownSkill,
)
from tests.cast import (
    HOA,
    LAN,
    MINH,
    NOW,
    PAYING,
    SAU,
    TU,
    TUY_PHUOC,
    VNEID,
    answer,
    everybody,
    learner,
    merge,
    newcomers,
    void,
)
from tests.specification import given, lived

CLASS = LessonId("class")
LATER = NOW + timedelta(hours=1)
AFTER = NOW + OPEN_FOR


def teaching(who: PersonId) -> TeachingId:
    return TeachingId(f"class/{who}")


def opening(**other: Any) -> OpenClass:
    request: dict[str, Any] = {
        "lesson": CLASS,
        "ambassador": LAN,
        "unit": TUY_PHUOC,
        "skills": (VNEID, PAYING),
        "by": By("account:lan"),
    }
    return OpenClass(**(request | other))


def joining(who: PersonId, says: str | None = "able", **other: Any) -> JoinClass:
    """Somebody checks in on a phone of their own; `says` None for one whom Lan enters."""
    request: dict[str, Any] = {
        "lesson": CLASS,
        "ambassador": LAN,
        "teaching": teaching(who),
        "learner": who,
        "answer": None if says is None else Answer(says),
        "device": None if says is None else f"phone-of-{who}",
        "late_entry_days": 30,
        "by": By("account:lan") if says is None else wall(CLASS),
    }
    return JoinClass(**(request | other))


def entering(who: PersonId, **other: Any) -> JoinClass:
    return joining(who, None, **other)


def closing(**other: Any) -> CloseClass:
    return CloseClass(**({"lesson": CLASS, "own": LAN, "by": By("account:lan")} | other))


def witnessing(*people: PersonId, says: str = "able", **other: Any) -> WitnessClass:
    request: dict[str, Any] = {
        "lesson": CLASS,
        "witness": MINH,
        "attestations": tuple(Attestation(teaching=teaching(one), answer=Answer(says)) for one in people),
        "by": By("account:minh"),
    }
    return WitnessClass(**(request | other))


OPEN = (*everybody(), opening())


class TestOpening:
    def test_a_class_is_for_today_and_ends_by_itself(self):
        opened = given(*everybody()).when(opening()).then(ClassOpened)[0]
        assert isinstance(opened, ClassOpened)
        assert (opened.on, opened.until) == (day_of(NOW), NOW + timedelta(hours=12))

    @pytest.mark.parametrize(
        ("skills", "refusal"),
        [((), NothingTaught), ((Skill("magic"),), UnknownSkill), ((VNEID, VNEID), SameSkillTwice)],
    )
    def test_it_teaches_known_skills_once_each(self, skills, refusal):
        given(*everybody()).when(opening(skills=skills)).then_refused(refusal)

    def test_whoever_was_merged_meanwhile_is_looked_up_again(self):
        given(*everybody(), merge(LAN, HOA)).when(opening()).then_stale()


class TestCheckingIn:
    def test_somebody_known_is_taught_and_has_answered(self):
        logged, said = given(*OPEN).when(joining(TU, "taught")).then(TeachingLogged, TeachingAnswered)
        assert isinstance(logged, TeachingLogged)
        assert isinstance(said, TeachingAnswered)
        assert (logged.channel, logged.lesson, logged.skills) == (Channel.CLASS, CLASS, (VNEID, PAYING))
        assert (said.answer, said.evidence, said.device) == (
            Answer.TAUGHT,
            Evidence.OWN_DEVICE,
            "phone-of-ba-tu",
        )
        assert {logged.by, said.by} == {"code:class"}

    def test_somebody_new_is_registered_with_it(self):
        [new] = newcomers(learner(1))
        expected = (PersonRegistered, TeachingLogged, TeachingAnswered)
        given(*OPEN).when(joining(learner(1), newcomer=new)).then(*expected)

    def test_the_same_person_twice_stands_there_already(self):
        entry = teaching(TU)
        given(*OPEN, joining(TU)).when(joining(TU, "no", entry=entry)).then_refused(AlreadyCheckedIn)

    def test_also_under_another_id(self):
        history = (*OPEN, joining(TU), merge(TU, SAU))
        again = joining(SAU, entry=teaching(TU), aliases=((SAU, TU),))
        given(*history).when(again).then_refused(AlreadyCheckedIn)

    def test_who_was_not_seen_to_stand_there_is_looked_up_again(self):
        given(*OPEN, joining(TU)).when(joining(TU)).then_stale()
        given(*OPEN).when(joining(TU, entry=teaching(TU))).then_stale()
        given(*OPEN, merge(TU, SAU)).when(joining(TU)).then_stale()
        given(*OPEN, ErasePerson(person=TU, by=By("account:minh"))).when(joining(TU)).then_stale()

    def test_whose_entry_was_withdrawn_may_come_in_anew(self):
        history = (*OPEN, joining(TU), void(teaching(TU)))
        given(*history).when(joining(TU, teaching="again")).then(TeachingLogged, TeachingAnswered)

    def test_nobody_teaches_themselves(self):
        given(*OPEN).when(joining(LAN)).then_refused(NobodyTeachesThemselves)
        merged = (*OPEN, merge(TU, LAN))
        given(*merged).when(joining(LAN, aliases=((LAN, TU),))).then_refused(NobodyTeachesThemselves)

    def test_a_class_has_as_many_learners_as_a_lesson(self):
        full = [
            joining(learner(number), newcomer=newcomers(learner(number))[0])
            for number in range(MOST_LEARNERS)
        ]
        given(*OPEN, *full).when(joining(TU)).then_refused(TooManyLearners, limit=MOST_LEARNERS)

    def test_where_there_is_no_class_nobody_comes_in(self):
        given(*everybody()).when(joining(TU)).then_refused(NoSuchClass)

    def test_a_closed_class_says_so(self):
        given(*OPEN, closing()).when(joining(TU)).then_refused(ClassIsClosed)

    def test_and_one_that_ended_by_itself(self):
        given(*OPEN).when(joining(TU), at=AFTER - timedelta(seconds=1)).then(TeachingLogged, TeachingAnswered)
        given(*OPEN).when(joining(TU), at=AFTER).then_refused(ClassIsClosed)

    def test_the_limit_for_late_entries_holds_past_midnight(self):
        evening = NOW.replace(hour=16)
        history = [*lived(*everybody()), *lived(*everybody(), opening(), at=evening)[-1:]]
        late = joining(TU, late_entry_days=0)
        given(*history).when(late, at=evening + timedelta(hours=2)).then_refused(TooLateToEnter)


class TestOnePhone:
    def shared(self, device: str | None, many: int) -> list[Decision]:
        return [
            joining(learner(number), newcomer=newcomers(learner(number))[0], device=device)
            for number in range(many)
        ]

    @pytest.mark.parametrize("device", ["one", None], ids=["the same phone", "no phone known"])
    def test_a_family_may_share_one_and_who_follows_is_known_less_surely(self, device):
        for many, evidence in (
            (ON_ONE_DEVICE - 1, Evidence.OWN_DEVICE),
            (ON_ONE_DEVICE, Evidence.SHARED_DEVICE),
        ):
            history = (*OPEN, *self.shared(device, many))
            said = given(*history).when(joining(TU, device=device)).then(TeachingLogged, TeachingAnswered)[1]
            assert isinstance(said, TeachingAnswered)
            assert said.evidence is evidence

    def test_each_on_their_own_is_as_sure_as_the_first(self):
        history = (*OPEN, *self.shared("one", ON_ONE_DEVICE))
        said = given(*history).when(joining(TU)).then(TeachingLogged, TeachingAnswered)[1]
        assert isinstance(said, TeachingAnswered)
        assert said.evidence is Evidence.OWN_DEVICE

    def test_who_was_entered_without_a_phone_uses_none_up(self):
        history = (*OPEN, *(entering(one) for one in (SAU, HOA, MINH)))
        said = given(*history).when(joining(TU, device=None)).then(TeachingLogged, TeachingAnswered)[1]
        assert isinstance(said, TeachingAnswered)
        assert said.evidence is Evidence.OWN_DEVICE

    def test_the_phone_of_whoever_is_signed_in_is_not_the_learners(self):
        said = given(*OPEN).when(joining(TU, own_device=False)).then(TeachingLogged, TeachingAnswered)[1]
        assert isinstance(said, TeachingAnswered)
        assert said.evidence is Evidence.AMBASSADOR_DEVICE


class TestWithoutAPhone:
    def test_whoever_is_entered_has_not_answered(self):
        given(*OPEN).when(entering(TU)).then(TeachingLogged)

    def test_and_is_not_entered_twice(self):
        given(*OPEN, entering(TU)).when(entering(TU, entry=teaching(TU))).then_refused(AlreadyCheckedIn)

    def test_but_may_check_in_after_all(self):
        said = given(*OPEN, entering(TU)).when(joining(TU, entry=teaching(TU))).then(TeachingAnswered)[0]
        assert isinstance(said, TeachingAnswered)
        assert (said.teaching, said.evidence) == (teaching(TU), Evidence.OWN_DEVICE)

    def test_who_was_there_answers_for_them(self):
        history = (*OPEN, entering(TU), entering(SAU))
        said = given(*history).when(witnessing(TU, SAU)).then(TeachingAnswered, TeachingAnswered)
        assert {one.evidence for one in said if isinstance(one, TeachingAnswered)} == {Evidence.WITNESSED}

    def test_also_once_the_class_is_closed(self):
        given(*OPEN, entering(TU), closing()).when(witnessing(TU), at=AFTER).then(TeachingAnswered)

    def test_the_learners_own_word_replaces_the_witnesss(self):
        history = (*OPEN, entering(TU), witnessing(TU))
        given(*history).when(joining(TU, "no", entry=teaching(TU))).then(TeachingAnswered)
        given(*history).when(answer(teaching(TU), "no")).then(TeachingAnswered)

    def test_but_no_word_on_the_mentors_phone_does(self):
        history = (*OPEN, entering(TU), witnessing(TU, says="no"))
        theirs = answer(teaching(TU), evidence=Evidence.AMBASSADOR_DEVICE)
        given(*history).when(theirs).then_refused(AnsweredMoreSurely)
        again = joining(TU, entry=teaching(TU), own_device=False)
        given(*history).when(again).then_refused(AlreadyCheckedIn)

    def test_a_witness_bears_out_or_corrects_what_was_said_on_the_mentors_phone(self):
        history = (*OPEN, entering(TU), answer(teaching(TU), evidence=Evidence.AMBASSADOR_DEVICE))
        given(*history).when(witnessing(TU)).then(TeachingAnswered)
        given(*history).when(witnessing(TU, says="no")).then(TeachingAnswered)

    def test_and_stands_against_it(self):
        history = (*OPEN, joining(TU, "no"), entering(SAU))
        given(*history).when(witnessing(TU, SAU)).then(TeachingAnswered)

    def test_a_witness_may_mend_what_they_said(self):
        history = (*OPEN, entering(TU), witnessing(TU))
        given(*history).when(witnessing(TU)).then()
        given(*history).when(witnessing(TU, says="no")).then(TeachingAnswered)

    def test_nothing_is_said_of_what_was_withdrawn(self):
        given(*OPEN, entering(TU), void(teaching(TU))).when(witnessing(TU)).then()

    def test_never_by_whoever_gave_the_class(self):
        history = (*OPEN, entering(TU))
        given(*history).when(witnessing(TU, witness=LAN)).then_refused(NotWitnessable)
        merged = (*history, merge(MINH, LAN))
        given(*merged).when(witnessing(TU, aliases=((LAN, MINH),))).then_refused(NotWitnessable)
        given(*merged).when(witnessing(TU)).then_stale()

    def test_nor_about_themselves(self):
        history = (*OPEN, entering(TU), entering(MINH))
        given(*history).when(witnessing(TU, MINH)).then_refused(NotWitnessable)

    def test_nor_about_who_was_not_in_the_class(self):
        given(*OPEN).when(witnessing(TU)).then_refused(NothingToAnswer)
        given(*everybody()).when(witnessing(TU)).then_refused(NoSuchClass)


class TestClosing:
    def test_twice_is_once(self):
        given(*OPEN).when(closing()).then(ClassClosed)
        given(*OPEN, closing()).when(closing()).then()
        given(*OPEN).when(closing(), at=AFTER).then()

    def test_only_by_whoever_opened_it(self):
        given(*OPEN).when(closing(own=HOA)).then_refused(NotTheirClass)
        given(*OPEN).when(closing(own=None)).then(ClassClosed)

    def test_what_was_never_opened_is_not_closed(self):
        given(*everybody()).when(closing()).then_refused(NoSuchClass)
