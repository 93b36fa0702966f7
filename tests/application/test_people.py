"""People merged, corrected, erased, and what they agree to."""

import asyncio

import pytest
from sqlalchemy import select

from application import access, people
from application.actors import OPERATOR, NotAllowed
from application.forms.people import ConsentForm, CorrectionForm, ErasureForm, MergeForm
from application.people import AnotherHasThisIdentity
from application.ports import SubmissionConflict
from application.teaching import log_lesson
from domain.access import AccountClosed
from domain.merging import AlreadyMerged
from domain.model import Group, Role
from domain.names import BadPhone
from domain.people import (
    ConsentGiven,
    ConsentWithdrawn,
    PersonCorrected,
    PersonErased,
    PersonMerged,
    Purpose,
    UnknownPerson,
)
from infrastructure.vault.tables import sealed_person
from tests.application.place import QUY_NHON, TUY_PHUOC, holder, invitation, lesson, named

TU = named(phone="0905123456")
SAU = named("Ông Sáu", birth_year=1951)


def met(scene, actor, learner):
    return asyncio.run(log_lesson(scene.ground, actor, lesson(scene, learner))).teachings[0]


def merged(scene, actor, person, into, *, undo=False):
    form = MergeForm(submission=scene.submission(), person=person, into=into)
    act = people.undo_merge if undo else people.merge
    return asyncio.run(act(scene.ground, actor, form))


def corrected(scene, actor, person, **right):
    form = CorrectionForm(submission=scene.submission(), **right)
    return asyncio.run(people.correct(scene.ground, actor, person, form))


def erased(scene, actor, person, submission=None):
    form = ErasureForm(submission=submission or scene.submission())
    return asyncio.run(people.erase(scene.ground, actor, person, form))


def consents(scene, actor, purpose, *, given=True):
    form = ConsentForm(submission=scene.submission(), purpose=purpose, given=given)
    return asyncio.run(people.consent(scene.ground, actor, form))


class TestMerging:
    def test_an_organizer_joins_two_entries_and_parts_them_again(self, scene, lan, minh):
        one, other = met(scene, lan, TU).learner, met(scene, lan, SAU).learner
        merged(scene, minh, one, other)
        assert scene.facts(PersonMerged)[0].into == other
        with pytest.raises(AlreadyMerged):
            merged(scene, minh, one, other)
        merged(scene, minh, one, other, undo=True)

    def test_an_ambassador_does_not(self, scene, lan):
        one, other = met(scene, lan, TU).learner, met(scene, lan, SAU).learner
        with pytest.raises(NotAllowed):
            merged(scene, lan, one, other)

    def test_elsewhere_one_is_told_nothing(self, scene, lan, minh):
        one, other = met(scene, lan, TU).learner, met(scene, lan, SAU).learner
        with pytest.raises(UnknownPerson) as refused:
            merged(scene, holder(minh.person, Role.ORGANIZER, QUY_NHON), one, other)
        assert refused.value.details == {"field": "person"}

    def test_a_merge_and_its_undoing_are_two_requests(self, scene, lan, minh):
        one, other = met(scene, lan, TU).learner, met(scene, lan, SAU).learner
        form = MergeForm(submission="same", person=one, into=other)
        asyncio.run(people.merge(scene.ground, minh, form))
        with pytest.raises(SubmissionConflict):
            asyncio.run(people.undo_merge(scene.ground, minh, form))

    def test_nobody_comes_by_a_role_through_a_merge(self, scene, lan, minh):
        """All ids share their roles: an organizer merges neither themselves nor one who holds as much."""
        learner = met(scene, lan, TU).learner
        wanted = invitation(scene, "Đỗ Bình", Role.ORGANIZER, TUY_PHUOC, "0905777777")
        peer = asyncio.run(access.invite(scene.ground, scene.accounts, OPERATOR, wanted)).person
        head = scene.ledger.head()
        for other in (peer, minh.person):
            for one, into in ((learner, other), (other, learner)):
                form = MergeForm(submission=scene.submission(), person=one, into=into)
                with pytest.raises(NotAllowed):
                    asyncio.run(people.merge(scene.ground, minh, form))
        assert scene.ledger.head() == head
        form = MergeForm(submission=scene.submission(), person=learner, into=peer)
        asyncio.run(people.merge(scene.ground, OPERATOR, form))
        assert scene.ledger.head() > head


class TestCorrecting:
    def test_the_ledger_hears_which_fields_and_the_vault_what(self, scene, lan, minh):
        person = met(scene, lan, TU).learner
        corrected(scene, minh, person, name="Nguyễn Thị Tú", phone="0905123457", group=Group.WORKERS)
        fact = scene.facts(PersonCorrected)[0]
        assert (fact.fields, fact.group) == (("name", "phone"), Group.WORKERS)
        known = scene.vault.identities([person])[person]
        assert (known.name, known.phone) == ("Nguyễn Thị Tú", "+84905123457")
        assert met(scene, lan, named("nguyen thi tu", phone="0905123457")).learner == person
        assert met(scene, lan, TU).learner != person

    def test_who_somebody_else_is_known_as_is_not_taken(self, scene, lan, minh):
        met(scene, lan, TU)
        other = met(scene, lan, SAU).learner
        before = scene.state()
        with pytest.raises(AnotherHasThisIdentity):
            corrected(scene, minh, other, name="nguyễn thị tư", phone="0905123456")
        assert scene.state() == before

    def test_a_bad_phone_is_refused(self, scene, lan, minh):
        person = met(scene, lan, TU).learner
        with pytest.raises(BadPhone) as refused:
            corrected(scene, minh, person, phone="123")
        assert refused.value.details["field"] == "phone"

    def test_the_same_as_before_is_nothing_new(self, scene, lan, minh):
        person = met(scene, lan, TU).learner
        before = scene.state()
        corrected(scene, minh, person, name=" Nguyễn  Thị Tư ")
        assert scene.state() == before

    def test_everybody_corrects_their_own(self, scene, lan):
        corrected(scene, lan, lan.person, name="Trần Thị Lan Anh")
        assert scene.vault.names([lan.person]) == {lan.person: "Trần Thị Lan Anh"}

    def test_nobody_learns_by_correcting_their_own_who_else_is_known(self, scene, lan, minh):
        """Saved all the same, and found by what they were known by; an organizer may merge the two."""
        tu = met(scene, lan, TU).learner
        done = corrected(scene, lan, lan.person, name="Nguyễn Thị Tư", phone="0905123456")
        assert not done.again
        assert scene.vault.names([lan.person]) == {lan.person: "Nguyễn Thị Tư"}
        assert met(scene, lan, TU).learner == tu

    def test_but_not_anothers(self, scene, lan):
        person = met(scene, lan, TU).learner
        with pytest.raises(NotAllowed):
            corrected(scene, lan, person, name="Ai đó")


class TestErasing:
    def test_the_data_goes_and_the_counts_stay(self, scene, lan, minh):
        taught = met(scene, lan, TU)
        facts = scene.ledger.head()
        erased(scene, minh, taught.learner)
        assert scene.vault.names([taught.learner]) == {}
        assert scene.vault.find_code(taught.code) is None
        assert [fact.person for fact in scene.facts(PersonErased)] == [taught.learner]
        assert scene.ledger.head() == facts + 1

    def test_all_ids_of_a_person_are_erased(self, scene, lan, minh):
        one, other = met(scene, lan, TU).learner, met(scene, lan, SAU).learner
        merged(scene, minh, one, other)
        erased(scene, minh, one)
        assert scene.vault.names([one, other]) == {}
        assert {fact.person for fact in scene.facts(PersonErased)} == {one, other}

    def test_whoever_asks_for_it_themselves_can_no_longer_sign_in(self, scene, lan):
        link = asyncio.run(scene.accounts.issue(lan.person))
        signed_in = asyncio.run(scene.accounts.accept(asyncio.run(scene.accounts.issue(lan.person))))
        erased(scene, lan, lan.person)
        assert scene.accounts.holder(link) is None
        assert scene.accounts.session(signed_in.token) is None
        assert [fact.person for fact in scene.facts(AccountClosed)] == [lan.person]

    def test_no_byte_of_what_was_sealed_stays_in_the_home(self, scene, lan, minh, tmp_path):
        if scene.database.dialect != "sqlite":
            pytest.skip("PostgreSQL's own log is beyond us: the destroyed bucket key makes it unreadable")
        person = met(scene, lan, TU).learner
        sealed = wrapped_key(scene, person)
        assert lies_in(tmp_path, sealed)
        erased(scene, minh, person)
        assert not lies_in(tmp_path, sealed)

    def test_without_scrubbing_the_log_would_keep_it(self, scene, lan, minh, tmp_path, monkeypatch):
        if scene.database.dialect != "sqlite":
            pytest.skip("the log is SQLite's")

        async def forgotten() -> None:
            pass

        monkeypatch.setattr(scene.ledger, "scrubbed", forgotten)
        person = met(scene, lan, TU).learner
        sealed = wrapped_key(scene, person)
        erased(scene, minh, person)
        assert lies_in(tmp_path, sealed)

    def test_sent_again_it_is_the_same(self, scene, lan, minh):
        person = met(scene, lan, TU).learner
        first = erased(scene, minh, person, "once")
        again = erased(scene, minh, person, "once")
        assert (again.position, again.again) == (first.position, True)

    def test_elsewhere_one_is_told_nothing(self, scene, lan, minh):
        person = met(scene, lan, TU).learner
        with pytest.raises(UnknownPerson):
            erased(scene, holder(minh.person, Role.ORGANIZER, QUY_NHON), person)

    def test_many_at_once_are_all_erased_and_nobody_else(self, scene, lan, minh):
        learners = [named(f"Học viên {n}", phone=f"09050002{n:02}") for n in range(30)]
        people_met = asyncio.run(log_lesson(scene.ground, lan, lesson(scene, *learners))).teachings
        doomed = [one.learner for one in people_met[:10]]

        async def all_at_once():
            forms = [(one, ErasureForm(submission=scene.submission())) for one in doomed]
            await asyncio.gather(*(people.erase(scene.ground, minh, one, form) for one, form in forms))

        asyncio.run(all_at_once())
        known = scene.vault.names([one.learner for one in people_met])
        assert set(known) == {one.learner for one in people_met[10:]}


class TestConsent:
    def test_it_is_given_and_withdrawn(self, scene, lan):
        consents(scene, lan, Purpose.PUBLIC_NAME)
        consents(scene, lan, Purpose.PUBLIC_NAME)
        assert len(scene.facts(ConsentGiven)) == 1
        consents(scene, lan, Purpose.PUBLIC_NAME, given=False)
        assert scene.facts(ConsentWithdrawn)[0].purpose is Purpose.PUBLIC_NAME

    def test_what_award_lists_need_is_kept_with_consent_only(self, scene):
        form = invitation(scene, "Đỗ Bình", Role.AMBASSADOR, TUY_PHUOC, "0905777777", workplace="Trường THCS")
        person = asyncio.run(access.invite(scene.ground, scene.accounts, OPERATOR, form)).person
        assert scene.vault.identities([person])[person].workplace is None

        form = invitation(
            scene,
            "Đỗ Bình",
            Role.AMBASSADOR,
            TUY_PHUOC,
            "0905777777",
            workplace="Trường THCS Phước Lộc",
            position="Giáo viên",
            award_lists=True,
        )
        asyncio.run(access.invite(scene.ground, scene.accounts, OPERATOR, form))
        known = scene.vault.identities([person])[person]
        assert (known.position, known.workplace) == ("Giáo viên", "Trường THCS Phước Lộc")
        assert [fact.person for fact in scene.facts(ConsentGiven)] == [person]

    def test_without_it_they_go(self, scene):
        form = invitation(
            scene, "Đỗ Bình", Role.AMBASSADOR, TUY_PHUOC, "0905777777", sex="nam", award_lists=True
        )
        person = asyncio.run(access.invite(scene.ground, scene.accounts, OPERATOR, form)).person
        consents(scene, holder(person, Role.AMBASSADOR, TUY_PHUOC), Purpose.AWARD_LISTS, given=False)
        known = scene.vault.identities([person])[person]
        assert (known.name, known.sex) == ("Đỗ Bình", None)

    def test_a_changed_post_is_a_correction(self, scene):
        for position in ("Giáo viên", "Hiệu trưởng"):
            form = invitation(
                scene,
                "Đỗ Bình",
                Role.AMBASSADOR,
                TUY_PHUOC,
                "0905777777",
                position=position,
                award_lists=True,
            )
            person = asyncio.run(access.invite(scene.ground, scene.accounts, OPERATOR, form)).person
        assert scene.vault.identities([person])[person].position == "Hiệu trưởng"
        assert scene.facts(PersonCorrected)[0].fields == ("position",)


def wrapped_key(scene, person):
    """The bytes that would open somebody's data, were their bucket's key known."""
    with scene.database.reading() as connection:
        return connection.execute(
            select(sealed_person.c.wrapped).where(sealed_person.c.person == person)
        ).scalar_one()


def lies_in(home, sealed):
    return any(sealed in file.read_bytes() for file in home.rglob("*") if file.is_file())
