"""Lessons logged, answered, voided and ruled on, on a real ledger and vault."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from application import people
from application.access import revoke
from application.actors import OPERATOR, NotAllowed, OutOfScope
from application.answers import CodeExpired, UnknownCode, answer, question
from application.criteria import adopt
from application.forms.access import RevokeForm
from application.forms.people import ErasureForm, LearnerForm, MergeForm
from application.forms.teaching import RulingForm, VoidForm
from application.identity import BadCode
from application.lookups import NotACommune, UnknownTeaching
from application.participants import CodeTaken
from application.ports import Ground, SubmissionConflict
from application.teaching import log_lesson, rule_credit, void_teaching
from domain.criteria import Criteria
from domain.entries import AlreadyVoided, AnsweredMoreSurely, TooLateToEnter
from domain.model import Answer, Evidence, Refused, Role, Skill, VoidReason
from domain.people import PersonRegistered, UnknownPerson
from domain.teaching import (
    CreditRuled,
    NobodyTeachesThemselves,
    SameLearnerTwice,
    TeachingAnswered,
    TeachingLogged,
    TeachingVoided,
)
from infrastructure.ledger.writer import utc_now
from infrastructure.vault.vault import CODE_LIFE, open_vault
from tests.application.place import (
    COUNTRY,
    DA_NANG,
    GIA_LAI,
    QUY_NHON,
    TUY_PHUOC,
    VINH_THANH,
    Scene,
    holder,
    lesson,
    named,
    says,
)
from tests.cast import TODAY, YESTERDAY

PHONE = "0905123456"
TU = named(phone=PHONE)


def logged(scene: Scene, actor, *learners, **told):
    return asyncio.run(log_lesson(scene.ground, actor, lesson(scene, *learners, **told)))


def answered(scene: Scene, code, said="able", **told):
    actor = told.pop("actor", None)
    return asyncio.run(answer(scene.ground, says(code, said, **told), actor=actor))


def voided(scene: Scene, actor, teaching, **told):
    form = VoidForm(submission=scene.submission(), reason=VoidReason.NOT_TAUGHT, **told)
    return asyncio.run(void_teaching(scene.ground, actor, teaching, form))


def much_later(scene: Scene) -> Ground:
    """The same place on a day when every code of today has expired."""
    vault = open_vault(scene.database, scene.ledger, clock=lambda: utc_now() + CODE_LIFE + timedelta(days=1))
    return Ground(scene.ledger, vault, scene.ground.units)


def erased(scene: Scene, person):
    form = ErasureForm(submission=scene.submission())
    return asyncio.run(people.erase(scene.ground, OPERATOR, person, form))


def merged(scene: Scene, person, into):
    form = MergeForm(submission=scene.submission(), person=person, into=into)
    return asyncio.run(people.merge(scene.ground, OPERATOR, form))


class TestLogging:
    def test_a_lesson_makes_a_teaching_and_a_code_for_each_learner(self, scene, lan):
        done = logged(scene, lan, TU, named("Ông Sáu", birth_year=1951), skills=("vneid", "video-call"))
        facts = scene.facts(TeachingLogged)
        assert [fact.teaching for fact in facts] == [one.teaching for one in done.teachings]
        assert {fact.lesson for fact in facts} == {done.lesson}
        assert {fact.ambassador for fact in facts} == {lan.person}
        assert facts[0].skills == ("vneid", "video-call")
        assert done.position == scene.ledger.head()
        assert scene.vault.codes([one.teaching for one in done.teachings]) == {
            one.teaching: one.code for one in done.teachings
        }

    @pytest.mark.parametrize("name", ["Nguyễn Thị Tư", "nguyen thi tu", " NGUYỄN  THỊ  TƯ "])
    def test_two_ambassadors_teach_one_person(self, scene, lan, hoa, name):
        first = logged(scene, lan, TU)
        second = logged(scene, hoa, named(name, phone="+84 905 123 456"))
        assert second.teachings[0].learner == first.teachings[0].learner

    def test_two_ambassadors_at_the_same_moment_teach_one_person(self, scene, lan, hoa):
        async def both():
            forms = [(actor, lesson(scene, TU)) for actor in (lan, hoa) * 8]
            return await asyncio.gather(*(log_lesson(scene.ground, actor, form) for actor, form in forms))

        before = len(scene.facts(PersonRegistered))
        done = asyncio.run(both())
        assert len({one.teachings[0].learner for one in done}) == 1
        assert len(scene.facts(PersonRegistered)) == before + 1
        assert len(scene.facts(TeachingLogged)) == 16

    def test_without_a_phone_year_and_commune_tell(self, scene, lan, hoa):
        first = logged(scene, lan, named(birth_year=1956))
        in_a_hamlet = logged(scene, hoa, named(birth_year=1956), unit=VINH_THANH)
        another = logged(scene, hoa, named(birth_year=1957))
        assert in_a_hamlet.teachings[0].learner == first.teachings[0].learner
        assert another.teachings[0].learner != first.teachings[0].learner

    def test_an_ambassador_who_learned_before_is_the_same_person(self, scene, lan, hoa):
        done = logged(scene, hoa, named("tran thi lan", phone="0905000001"))
        assert done.teachings[0].learner == lan.person

    def test_nobody_teaches_themselves_by_name_either(self, scene, lan):
        with pytest.raises(NobodyTeachesThemselves):
            logged(scene, lan, named("Trần Thị Lan", phone="0905000001"))

    def test_a_known_learner_is_named_by_id(self, scene, lan):
        first = logged(scene, lan, TU).teachings[0].learner
        again = logged(scene, lan, LearnerForm(id=first), skills=("video-call",))
        assert again.teachings[0].learner == first
        assert again.teachings[0].code is not None

    def test_an_unknown_id_is_refused(self, scene, lan):
        with pytest.raises(UnknownPerson) as refused:
            logged(scene, lan, LearnerForm(id="0" * 32))
        assert refused.value.details["field"] == "learners.0.id"

    def test_of_people_elsewhere_one_is_told_nothing(self, scene, lan):
        other = holder(lan.person, Role.AMBASSADOR, QUY_NHON)
        theirs = logged(scene, lan, TU).teachings[0].learner
        stranger = msgspec.structs.replace(other, person=lan.person)
        assert logged(scene, stranger, LearnerForm(id=theirs), unit=QUY_NHON)  # whom one taught, one knows
        unknown = holder(_invited(scene, "Đỗ Bình"), Role.AMBASSADOR, QUY_NHON)
        with pytest.raises(UnknownPerson):
            logged(scene, unknown, LearnerForm(id=theirs), unit=QUY_NHON)

    def test_one_person_named_twice_is_refused(self, scene, lan):
        before = scene.state()
        with pytest.raises(SameLearnerTwice) as refused:
            logged(scene, lan, TU, named("nguyen thi tu", phone="+84905123456"))
        assert refused.value.details["field"] == "learners.1"
        assert scene.state() == before

    def test_one_known_person_named_twice_is_refused(self, scene, lan):
        person = logged(scene, lan, TU).teachings[0].learner
        with pytest.raises(SameLearnerTwice):
            logged(scene, lan, TU, LearnerForm(id=person))

    def test_namesakes_of_one_year_with_a_phone_each_are_two(self, scene, lan):
        pupils = [named("Lê Thị Hoa", phone=phone, birth_year=2008) for phone in ("0905111111", "0905222222")]
        done = logged(scene, lan, *pupils)
        assert len({one.learner for one in done.teachings}) == 2
        again = logged(scene, lan, *pupils, skills=("video-call",))
        assert [one.learner for one in again.teachings] == [one.learner for one in done.teachings]

    def test_who_may_be_under_sixteen_is_marked_so(self, scene, lan):
        logged(scene, lan, named("Em Na", birth_year=YESTERDAY.year - 16), named("Chị Na", birth_year=1990))
        assert [fact.minor for fact in scene.facts(PersonRegistered)][-2:] == [True, False]

    def test_a_class_of_fifty(self, scene, lan):
        done = logged(scene, lan, *(named(f"Học viên {n}", phone=f"09050001{n:02}") for n in range(50)))
        assert len({one.code for one in done.teachings}) == 50

    def test_who_does_not_teach_cannot_log(self, scene, minh):
        with pytest.raises(NotAllowed):
            logged(scene, minh, TU)

    @pytest.mark.parametrize("unit", [QUY_NHON, DA_NANG, "VN", "99999", "no-such-unit"])
    def test_other_units_and_unknown_ones_are_not_told_apart(self, scene, lan, unit):
        with pytest.raises(OutOfScope) as refused:
            logged(scene, lan, TU, unit=unit)
        assert refused.value.details == {"field": "unit"}

    @pytest.mark.parametrize("unit", [GIA_LAI, COUNTRY])
    def test_a_lesson_happens_in_a_commune_or_hamlet(self, scene, lan, unit):
        before = scene.state()
        everywhere = holder(lan.person, Role.AMBASSADOR, COUNTRY)
        with pytest.raises(NotACommune) as refused:
            logged(scene, everywhere, TU, unit=unit)
        assert refused.value.details == {"field": "unit"}
        assert scene.state() == before
        places = [logged(scene, everywhere, TU, unit=one) for one in (TUY_PHUOC, VINH_THANH)]
        assert len({done.teachings[0].learner for done in places}) == 1

    def test_a_unit_may_be_named_by_its_official_code(self, scene, lan):
        logged(scene, lan, TU, unit="21970")
        assert scene.facts(TeachingLogged)[0].unit == TUY_PHUOC

    def test_a_province_may_allow_later_entries(self, scene, lan):
        long_ago = TODAY - timedelta(days=40)
        with pytest.raises(TooLateToEnter):
            logged(scene, lan, TU, on=long_ago)
        patient = Criteria(title_vi="Gia hạn", title_en="Extended", late_entry_days=60)
        adopting = adopt(
            scene.ground, OPERATOR, patient, "52", valid_from=long_ago - timedelta(days=100), document="12/KH"
        )
        asyncio.run(adopting)
        assert logged(scene, lan, TU, on=long_ago)


class TestSendingAgain:
    def test_the_same_again_gets_the_same_body(self, scene, lan):
        form = lesson(scene, TU, named("Ông Sáu", birth_year=1951))
        first = asyncio.run(log_lesson(scene.ground, lan, form))
        before = scene.state()
        again = asyncio.run(log_lesson(scene.ground, lan, form))
        assert again.again
        assert msgspec.structs.replace(again, again=False) == first
        assert scene.state() == before

    def test_the_same_from_many_connections_is_recorded_once(self, scene, lan):
        form = lesson(scene, TU)

        async def all_at_once():
            return await asyncio.gather(*(log_lesson(scene.ground, lan, form) for _ in range(16)))

        done = asyncio.run(all_at_once())
        assert len({(one.lesson, one.position, one.teachings) for one in done}) == 1
        assert sum(not one.again for one in done) == 1
        assert len(scene.facts(TeachingLogged)) == 1

    def test_other_content_under_the_same_id_is_a_conflict(self, scene, lan):
        form = lesson(scene, TU)
        asyncio.run(log_lesson(scene.ground, lan, form))
        before = scene.state()
        with pytest.raises(SubmissionConflict):
            asyncio.run(
                log_lesson(scene.ground, lan, msgspec.structs.replace(form, skills=(Skill("video-call"),)))
            )
        assert scene.state() == before

    def test_another_authors_same_id_is_another_submission(self, scene, lan, hoa):
        form = lesson(scene, TU)
        first = asyncio.run(log_lesson(scene.ground, lan, form))
        other = asyncio.run(log_lesson(scene.ground, hoa, form))
        assert other.lesson != first.lesson

    def test_one_id_for_two_kinds_of_request_is_a_conflict(self, scene, lan):
        form = lesson(scene, TU)
        done = asyncio.run(log_lesson(scene.ground, lan, form))
        void = VoidForm(submission=form.submission, reason=VoidReason.OTHER)
        with pytest.raises(SubmissionConflict):
            asyncio.run(void_teaching(scene.ground, lan, done.teachings[0].teaching, void))

    def test_the_first_receipt_comes_before_every_rule(self, scene, lan, minh):
        form = lesson(scene, TU)
        first = asyncio.run(log_lesson(scene.ground, lan, form))
        ending = RevokeForm(submission=scene.submission(), role=Role.AMBASSADOR, unit=TUY_PHUOC)
        asyncio.run(revoke(scene.ground, minh, lan.person, ending))
        without_role = msgspec.structs.replace(lan, grants=())

        again = asyncio.run(log_lesson(scene.ground, without_role, form))

        assert (again.lesson, again.again) == (first.lesson, True)
        with pytest.raises(NotAllowed):
            logged(scene, without_role, TU)

    def test_once_the_learner_was_erased_the_code_is_gone_and_the_rest_the_same(self, scene, lan):
        form = lesson(scene, TU)
        first = asyncio.run(log_lesson(scene.ground, lan, form))
        erased(scene, first.teachings[0].learner)
        again = asyncio.run(log_lesson(scene.ground, lan, form))
        assert (again.lesson, again.position) == (first.lesson, first.position)
        assert again.teachings[0].code is None

    def test_what_was_refused_may_be_sent_mended(self, scene, lan):
        form = lesson(scene, TU, skills=("flying",))
        with pytest.raises(Refused):
            asyncio.run(log_lesson(scene.ground, lan, form))
        asyncio.run(log_lesson(scene.ground, lan, msgspec.structs.replace(form, skills=(Skill("vneid"),))))
        assert len(scene.facts(TeachingLogged)) == 1


class TestAllOrNothing:
    def test_a_refusal_leaves_nothing_in_the_vault(self, scene, lan):
        before = scene.state()
        with pytest.raises(Refused):
            logged(scene, lan, TU, on=TODAY + timedelta(days=1))
        assert scene.state() == before

    def test_every_person_has_a_fact_and_every_fact_its_person(self, scene, lan, hoa):
        async def crowd():
            forms = [
                lesson(scene, named(f"Học viên {n % 7}", phone=f"090500010{n % 7}"), on=day)
                for n in range(60)
                for day in (YESTERDAY, TODAY + timedelta(days=1))
            ]
            return await asyncio.gather(
                *(log_lesson(scene.ground, (lan, hoa)[n % 2], form) for n, form in enumerate(forms)),
                return_exceptions=True,
            )

        done = asyncio.run(crowd())
        assert sum(isinstance(one, Refused) for one in done) == 60
        registered = [fact.person for fact in scene.facts(PersonRegistered)]
        assert len(registered) == len(set(registered)) == 7 + 2
        assert set(scene.vault.names(registered)) == set(registered)
        rows = scene.sealed()
        assert rows["sealed_person"] == 9
        assert rows["blind_index"] == 9
        assert rows["code"] == len(scene.facts(TeachingLogged)) == 60


class TestCodes:
    def test_a_code_may_be_minted_by_the_phone(self, scene, lan):
        done = logged(scene, lan, named(phone=PHONE, code="abcd-2345"))
        assert done.teachings[0].code == "ABCD2345"
        assert question(scene.ground, "ABCD2345").subject == done.teachings[0].teaching

    @pytest.mark.parametrize(
        "code", ["ABCD0345", "ABCD1345", "ABCDO345", "ABCDI345", "ABCDÉ345", "ABCD23456"]
    )
    def test_a_malformed_one_is_refused(self, scene, lan, code):
        with pytest.raises(BadCode) as refused:
            logged(scene, lan, named(phone=PHONE, code=code))
        assert refused.value.details["field"] == "learners.0.code"

    def test_a_taken_one_is_refused_and_the_first_stands(self, scene, lan, hoa):
        done = logged(scene, lan, named(phone=PHONE, code="ABCD2345"))
        with pytest.raises(CodeTaken):
            logged(scene, hoa, named("Ông Sáu", birth_year=1951, code="ABCD2345"))
        assert question(scene.ground, "ABCD2345").subject == done.teachings[0].teaching

    def test_one_code_for_two_learners_is_refused(self, scene, lan):
        with pytest.raises(CodeTaken):
            logged(
                scene,
                lan,
                named(phone=PHONE, code="ABCD2345"),
                named("Sáu", birth_year=1951, code="abcd2345"),
            )

    @pytest.mark.parametrize("code", ["", "ABC", "AAAA-AAAA-AAAA", "<script>", "ABCD\x002345"])
    def test_what_is_no_code_is_said_to_be_none(self, scene, code):
        with pytest.raises(BadCode):
            question(scene.ground, code)

    def test_an_invented_code_asks_nothing(self, scene):
        with pytest.raises(UnknownCode):
            question(scene.ground, "ZZZZ9999")
        with pytest.raises(UnknownCode):
            answered(scene, "ZZZZ9999")

    def test_an_expired_code_asks_nothing_more(self, scene, lan):
        code = logged(scene, lan, TU).teachings[0].code
        ground = much_later(scene)
        for asked in (False, True):
            with pytest.raises(CodeExpired):
                question(ground, code, answered=asked)
        with pytest.raises(CodeExpired):
            asyncio.run(answer(ground, says(code)))

    def test_the_same_answer_after_its_code_expired_gets_the_first_receipt(self, scene, lan):
        code = logged(scene, lan, TU).teachings[0].code
        first = answered(scene, code, "able")
        ground, before = much_later(scene), scene.state()

        again = asyncio.run(answer(ground, says(code, "able")))

        assert again == msgspec.structs.replace(first, again=True)
        assert question(ground, code, answered=True).answer is Answer.ABLE
        with pytest.raises(CodeExpired):
            question(ground, code)
        with pytest.raises(CodeExpired):
            asyncio.run(answer(ground, says(code, "no")))
        assert scene.state() == before


class TestAnswering:
    @pytest.fixture
    def done(self, scene, lan):
        return logged(scene, lan, TU, device="phone-of-lan")

    @pytest.fixture
    def code(self, done):
        return done.teachings[0].code

    def test_the_question_says_who_taught_what_and_when(self, scene, lan, code):
        asked = question(scene.ground, code)
        assert (asked.kind, asked.ambassador, asked.ambassador_name) == (
            "teaching",
            lan.person,
            "Trần Thị Lan",
        )
        assert (asked.skills, asked.on, asked.answer, asked.voided) == (("vneid",), YESTERDAY, None, False)

    @pytest.mark.parametrize("said", ["able", "taught", "no"])
    def test_each_answer_is_recorded(self, scene, code, said):
        answered(scene, code, said)
        assert question(scene.ground, code).answer is Answer(said)

    def test_the_same_again_gets_the_first_receipt(self, scene, code):
        first = answered(scene, code)
        again = answered(scene, f" {code[:4].lower()} {code[4:]} ")
        assert (again.position, again.again) == (first.position, True)
        assert len(scene.facts(TeachingAnswered)) == 1

    def test_a_changed_mind_is_recorded(self, scene, code):
        answered(scene, code, "able")
        answered(scene, code, "no")
        assert [fact.answer for fact in scene.facts(TeachingAnswered)] == [Answer.ABLE, Answer.NO]

    def test_what_was_voided_cannot_be_answered(self, scene, lan, done, code):
        voided(scene, lan, done.teachings[0].teaching)
        assert question(scene.ground, code).voided
        with pytest.raises(AlreadyVoided):
            answered(scene, code)

    def test_an_answer_is_weaker_on_the_phone_of_whoever_teaches(self, scene, lan, code):
        answered(scene, code, "taught", device="phone-of-lan")
        answered(scene, code, "no", actor=lan)
        answered(scene, code, "able", device="phone-of-tu")
        assert [fact.evidence for fact in scene.facts(TeachingAnswered)] == [
            Evidence.AMBASSADOR_DEVICE,
            Evidence.AMBASSADOR_DEVICE,
            Evidence.OWN_DEVICE,
        ]

    def test_what_the_learner_said_on_their_own_phone_stands_against_that_of_whoever_teaches(
        self, scene, lan, code
    ):
        answered(scene, code, "no")
        with pytest.raises(AnsweredMoreSurely):
            answered(scene, code, "able", actor=lan)
        assert question(scene.ground, code).answer is Answer.NO

    def test_the_code_is_whose_answer_it_is(self, scene, done, code):
        answered(scene, code)
        assert scene.facts(TeachingAnswered)[0].by == f"code:{done.teachings[0].teaching}"


class TestVoiding:
    @pytest.fixture
    def teaching(self, scene, lan):
        return logged(scene, lan, TU).teachings[0].teaching

    def test_an_ambassador_withdraws_a_mistake(self, scene, lan, teaching):
        voided(scene, lan, teaching)
        assert scene.facts(TeachingVoided)[0].by == lan.by

    def test_but_not_another_ones_entry(self, scene, hoa, teaching):
        with pytest.raises(UnknownTeaching):
            voided(scene, hoa, teaching)

    def test_an_organizer_voids_with_a_note_that_only_the_vault_holds(self, scene, minh, teaching):
        voided(scene, minh, teaching, note=" Bà Tư nói chưa gặp ai ")
        assert scene.vault.notes(teaching) == ["Bà Tư nói chưa gặp ai"]
        assert "Bà Tư" not in repr(scene.ledger.history([]))

    def test_elsewhere_one_is_told_nothing(self, scene, minh, teaching):
        elsewhere = holder(minh.person, Role.ORGANIZER, QUY_NHON)
        for actor, ref in ((elsewhere, teaching), (minh, "0" * 32)):
            with pytest.raises(UnknownTeaching) as refused:
                voided(scene, actor, ref)
            assert refused.value.details == {"field": "teaching"}

    def test_the_committee_voids_nothing(self, scene, hanh, teaching):
        with pytest.raises(NotAllowed):
            voided(scene, hanh, teaching)

    def test_an_ambassador_who_was_merged_still_withdraws_their_own(self, scene, lan, hoa, teaching):
        merged(scene, lan.person, hoa.person)
        voided(scene, hoa, teaching)
        assert len(scene.facts(TeachingVoided)) == 1


class TestRuling:
    @pytest.fixture
    def claims(self, scene, lan, hoa):
        """Bà Tư confirmed both, Lan first."""
        done = [logged(scene, actor, TU).teachings[0] for actor in (lan, hoa)]
        for one in done:
            answered(scene, one.code)
        return done

    def ruled(self, scene, actor, claim, skill="vneid"):
        form = RulingForm(submission=scene.submission(), teaching=claim.teaching, reason=VoidReason.OTHER)
        return asyncio.run(rule_credit(scene.ground, actor, claim.learner, skill, form))

    def test_an_organizer_rules_for_the_second(self, scene, minh, hoa, claims):
        self.ruled(scene, minh, claims[1])
        assert scene.facts(CreditRuled)[0].ambassador == hoa.person

    def test_an_ambassador_does_not(self, scene, lan, claims):
        with pytest.raises(NotAllowed):
            self.ruled(scene, lan, claims[0])

    def test_an_organizer_elsewhere_is_told_nothing(self, scene, minh, claims):
        with pytest.raises(UnknownTeaching):
            self.ruled(scene, holder(minh.person, Role.ORGANIZER, QUY_NHON), claims[1])

    def test_an_unknown_skill_is_refused(self, scene, minh, claims):
        with pytest.raises(Refused) as refused:
            self.ruled(scene, minh, claims[1], "flying")
        assert refused.value.details["field"] == "skill"


class TestMerged:
    def test_who_was_merged_is_found_as_who_they_turned_out_to_be(self, scene, lan, hoa):
        first = logged(scene, lan, TU).teachings[0].learner
        second = logged(scene, lan, named("Bà Tư", birth_year=1956)).teachings[0].learner
        merged(scene, second, first)
        assert logged(scene, hoa, named("Bà Tư", birth_year=1956)).teachings[0].learner == first
        assert (
            logged(scene, hoa, LearnerForm(id=second), skills=("video-call",)).teachings[0].learner == first
        )

    def test_an_ambassador_who_was_merged_goes_on_as_who_they_turned_out_to_be(self, scene, lan, hoa):
        merged(scene, lan.person, hoa.person)
        logged(scene, lan, TU)
        assert scene.facts(TeachingLogged)[0].ambassador == hoa.person

    def test_who_was_erased_is_somebody_new(self, scene, lan):
        first = logged(scene, lan, TU).teachings[0].learner
        erased(scene, first)
        assert logged(scene, lan, TU).teachings[0].learner != first
        with pytest.raises(UnknownPerson):
            logged(scene, lan, LearnerForm(id=first))


def _invited(scene, name):
    from application.access import invite
    from tests.application.place import invitation

    form = invitation(scene, name, Role.AMBASSADOR, DA_NANG, "0905777777")
    return asyncio.run(invite(scene.ground, scene.accounts, OPERATOR, form)).person
