"""Whose data is due: nobody's before its term, nobody's who answered, and no count changes."""

import asyncio
from datetime import timedelta

import pytest

from application import people, privacy, teams
from application.access import close_account
from application.actors import OPERATOR
from application.answers import answer
from application.forms.people import MergeForm
from application.forms.teams import TeamForm, TeamLeftForm, TeamMemberForm
from application.retention import Because, Terms, due, erase_due
from application.teaching import log_lesson
from domain.consents import TakenBackWithProof
from domain.model import By
from domain.people import PersonErased, Purpose
from domain.requests import Kind, Outcome, RequestMade, RequestSettled
from infrastructure.vault.held import everybody
from tests.application.place import TUY_PHUOC, lesson, named, says
from tests.cast import NOW, YESTERDAY

TU = named(phone="0905123456")
SAU = named("Ông Sáu", birth_year=1951)
TERMS = Terms(unanswered=timedelta(days=90), withdrawn=timedelta(days=15), closed=timedelta(days=1_825))
SELF = By("code:teaching-1")


def met(scene, actor, learner):
    return asyncio.run(log_lesson(scene.ground, actor, lesson(scene, learner))).teachings[0]


CONTACT, NO_CONTACT = {Purpose.CONTACT: True}, {Purpose.CONTACT: False}


def chosen(scene, taught, wishes, *, proven=False):
    asyncio.run(privacy.choose(scene.ground, taught.learner, SELF, wishes, proven=proven))


def answered(scene, taught, said="able"):
    asyncio.run(answer(scene.ground, says(taught.code, said)))


def due_in(scene, days):
    later = NOW + timedelta(days=days)
    held = [one for page in everybody(scene.database) for one in page]
    return {one.person: one.because for one in due(scene.ledger, held, TERMS, later)}


def test_who_never_answers_is_due_after_the_term_and_not_a_day_before(scene, lan):
    tu = met(scene, lan, TU)
    assert due_in(scene, 89) == {}
    assert due_in(scene, 91) == {tu.learner: Because.UNANSWERED}


def test_who_answers_is_not(scene, lan):
    answered(scene, met(scene, lan, TU))
    assert due_in(scene, 1_000) == {}


def test_another_lesson_begins_the_term_anew(scene, lan, ledger):
    tu = met(scene, lan, TU)
    ledger._clock = lambda: NOW + timedelta(days=60)
    later = lesson(scene, TU, on=(NOW + timedelta(days=59)).date())
    asyncio.run(log_lesson(scene.ground, lan, later))
    assert due_in(scene, 91) == {}
    assert due_in(scene, 151) == {tu.learner: Because.UNANSWERED}


def test_who_said_that_it_is_not_true_is_due_unless_they_agreed(scene, lan):
    tu, sau = met(scene, lan, TU), met(scene, lan, SAU)
    answered(scene, tu, "no")
    answered(scene, sau, "no")
    asyncio.run(privacy.choose(scene.ground, sau.learner, SELF, {Purpose.CONTACT: True}))
    assert due_in(scene, 91) == {tu.learner: Because.DENIED}


def test_an_account_is_kept_whoever_is_silent(scene, lan):
    assert due_in(scene, 1_000) == {}


def test_who_takes_back_their_consent_is_due_within_fifteen_days(scene, lan):
    tu = met(scene, lan, TU)
    answered(scene, tu)
    chosen(scene, tu, CONTACT, proven=True)
    chosen(scene, tu, NO_CONTACT, proven=True)
    assert due_in(scene, 14) == {}
    assert due_in(scene, 16) == {tu.learner: Because.WITHDRAWN}
    chosen(scene, tu, CONTACT, proven=True)
    assert due_in(scene, 16) == {}


class TestTakenBackByACodeAlone:
    """Whoever wrote the entry knows the code, too."""

    @pytest.fixture
    def tu(self, scene, lan):
        tu = met(scene, lan, TU)
        answered(scene, tu)
        chosen(scene, tu, CONTACT)
        chosen(scene, tu, NO_CONTACT)
        return tu

    def request(self, scene):
        (made,) = [one for one in scene.facts(RequestMade) if one.kind is Kind.WITHDRAW]
        return made.request

    def test_it_holds_at_once_and_erases_nobody_of_whom_no_organizer_heard(self, scene, tu):
        assert not privacy.agreed(scene.ledger, tu.learner).holds(Purpose.CONTACT)
        assert due_in(scene, 10_000) == {}

    def test_once_an_organizer_has_read_it_it_goes_by_itself(self, scene, minh, tu):
        asyncio.run(privacy.acknowledge(scene.ground, minh, self.request(scene)))
        assert due_in(scene, 14) == {}
        assert due_in(scene, 16) == {tu.learner: Because.WITHDRAWN}

    def test_one_that_an_organizer_declines_erases_nobody(self, scene, minh, tu):
        asyncio.run(
            privacy.settle(scene.ground, minh, self.request(scene), Outcome.DECLINED, "Không phải bà")
        )
        assert due_in(scene, 10_000) == {}

    def test_an_organizer_carries_it_out(self, scene, minh, tu):
        asyncio.run(privacy.settle(scene.ground, minh, self.request(scene), Outcome.DONE))
        assert scene.vault.names([tu.learner]) == {}

    def test_said_again_with_proof_it_goes_by_itself(self, scene, tu):
        chosen(scene, tu, NO_CONTACT, proven=True)
        assert due_in(scene, 16) == {tu.learner: Because.WITHDRAWN}

    def test_agreed_to_again_nothing_is_due_and_the_organizer_still_hears(self, scene, minh, tu):
        chosen(scene, tu, CONTACT)
        asyncio.run(privacy.acknowledge(scene.ground, minh, self.request(scene)))
        assert due_in(scene, 10_000) == {}
        chosen(scene, tu, NO_CONTACT)
        assert self.request(scene)  # the same is not asked for twice

    def test_neither_by_leaving_somebody_who_said_no_without_any_consent(self, scene, lan):
        sau = met(scene, lan, SAU)
        answered(scene, sau, "no")
        chosen(scene, sau, {Purpose.REMINDERS: True})
        chosen(scene, sau, {Purpose.REMINDERS: False})
        assert due_in(scene, 10_000) == {}
        assert self.request(scene)

    def test_what_was_taken_back_with_proof_a_code_alone_brings_not_again(self, scene, tu):
        chosen(scene, tu, NO_CONTACT, proven=True)
        with pytest.raises(TakenBackWithProof):
            chosen(scene, tu, CONTACT | {Purpose.REMINDERS: True})
        assert not privacy.agreed(scene.ledger, tu.learner).given
        chosen(scene, tu, CONTACT, proven=True)
        assert due_in(scene, 10_000) == {}


def test_an_erasure_that_nobody_carries_out_is_due_by_itself(scene, lan):
    tu = met(scene, lan, TU)
    answered(scene, tu)
    asyncio.run(privacy.ask(scene.ground, tu.learner, SELF, Kind.ERASE))
    assert due_in(scene, 16) == {tu.learner: Because.ASKED}


def test_two_ids_of_one_person_are_due_as_one(scene, lan, minh):
    tu, sau = met(scene, lan, TU), met(scene, lan, SAU)
    form = MergeForm(submission=scene.submission(), person=sau.learner, into=tu.learner)
    asyncio.run(people.merge(scene.ground, minh, form))
    assert due_in(scene, 91) == {tu.learner: Because.UNANSWERED}
    answered(scene, sau)
    assert due_in(scene, 91) == {}


@pytest.mark.parametrize("asked", [False, True], ids=["unasked", "asked for it"])
def test_what_is_due_is_erased_and_the_claim_stays(scene, lan, asked):
    tu = met(scene, lan, TU)
    if asked:
        asyncio.run(privacy.ask(scene.ground, tu.learner, SELF, Kind.ERASE, "Xin xóa giúp"))
    (found,) = due(scene.ledger, [tu.learner], TERMS, NOW + timedelta(days=91))
    head = scene.ledger.head()
    asyncio.run(erase_due(scene.ground, found))
    assert scene.vault.names([tu.learner]) == {}
    (fact,) = scene.facts(PersonErased)
    assert fact.by == "import:retention"
    assert len(scene.facts(RequestSettled)) == asked
    assert scene.ledger.head() == head + 1 + 2 * asked
    assert due_in(scene, 1_000) == {}


def told_of(scene, actor, holder_phone="0905 000 002", name="Lê Hòa"):
    """A lesson about somebody who has an account: whoever wrote it knows the code and the phone."""
    return met(scene, actor, named(name, phone=holder_phone))


def test_nobody_ends_an_account_by_a_code_that_a_mentor_knows(scene, lan, hoa):
    hoa_taught = told_of(scene, lan)
    assert hoa_taught.learner == hoa.person
    by_code = By("code:" + hoa_taught.teaching)
    asyncio.run(privacy.choose(scene.ground, hoa.person, by_code, {Purpose.CONTACT: True}))
    asyncio.run(privacy.choose(scene.ground, hoa.person, by_code, {Purpose.CONTACT: False}))
    asyncio.run(privacy.ask(scene.ground, hoa.person, by_code, Kind.ERASE))
    assert due_in(scene, 1_000) == {}


def test_who_has_an_account_and_takes_their_consent_back_keeps_it(scene, lan, hoa):
    for given in (True, False):
        asyncio.run(privacy.choose(scene.ground, hoa.person, hoa.by, {Purpose.CONTACT: given}))
    assert due_in(scene, 1_000) == {}


def test_who_has_an_account_and_asks_for_the_erasure_themselves_is_due(scene, lan, hoa):
    asyncio.run(privacy.ask(scene.ground, hoa.person, hoa.by, Kind.ERASE))
    assert due_in(scene, 16) == {hoa.person: Because.ASKED}


def test_once_the_account_is_closed_a_withdrawal_counts(scene, lan, hoa):
    for given in (True, False):
        asyncio.run(privacy.choose(scene.ground, hoa.person, hoa.by, {Purpose.CONTACT: given}))
    asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, hoa.person))
    assert due_in(scene, 16) == {hoa.person: Because.WITHDRAWN}


def test_an_account_that_is_open_counts_also_where_a_merged_one_was_closed(scene, lan, hoa, minh):
    form = MergeForm(submission=scene.submission(), person=hoa.person, into=lan.person)
    asyncio.run(close_account(scene.ground, scene.accounts, OPERATOR, hoa.person))
    asyncio.run(people.merge(scene.ground, minh, form))
    assert due_in(scene, 10_000) == {}


def test_who_said_no_and_was_asked_something_else_since_has_the_whole_term(scene, lan, ledger):
    tu = met(scene, lan, TU)
    answered(scene, tu, "no")
    ledger._clock = lambda: NOW + timedelta(days=60)
    asyncio.run(log_lesson(scene.ground, lan, lesson(scene, TU, on=(NOW + timedelta(days=59)).date())))
    assert due_in(scene, 149) == {}
    assert due_in(scene, 151) == {tu.learner: Because.DENIED}


def test_whoever_belongs_to_a_team_is_kept_until_a_term_after_they_left(scene, minh, ledger):
    """Teams are formed by a commune's decision; nobody in one has to have an account or to learn."""
    formed = TeamForm(submission=scene.submission(), unit=TUY_PHUOC, name="Tổ 1", on=YESTERDAY)
    team = asyncio.run(teams.form_team(scene.ground, minh, formed)).team
    joining = TeamMemberForm(submission=scene.submission(), on=YESTERDAY, member=SAU)
    sau = asyncio.run(teams.add_member(scene.ground, minh, team, joining)).person
    assert due_in(scene, 1_000) == {}
    ledger._clock = lambda: NOW + timedelta(days=200)
    leaving = TeamLeftForm(submission=scene.submission(), on=YESTERDAY, member=sau)
    asyncio.run(teams.remove_member(scene.ground, minh, team, leaving))
    assert due_in(scene, 289) == {}
    assert due_in(scene, 291) == {sau: Because.SILENT}
