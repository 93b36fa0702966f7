"""People: registered, corrected, moved, merged, erased; and who is who."""

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as some

from domain.erasing import ErasePerson
from domain.model import Group, PersonId, Refused, UnitId
from domain.people import (
    Aliases,
    AlreadyErased,
    AlreadyMerged,
    AlreadyRegistered,
    ConsentGiven,
    ConsentWithdrawn,
    CorrectPerson,
    GiveConsent,
    MergedInACircle,
    MergedWithThemselves,
    MergeUndone,
    MovePerson,
    NotMerged,
    PersonCorrected,
    PersonErased,
    PersonMerged,
    PersonMoved,
    PersonRegistered,
    Purpose,
    RegisterPerson,
    TakenBackWithProof,
    UnknownPerson,
    WithdrawConsent,
)
from tests.cast import (
    BY,
    COUNTRY,
    GIA_LAI,
    HOA,
    LAN,
    NOW,
    SAU,
    TU,
    TUY_PHUOC,
    everybody,
    learner,
    merge,
    registered,
    undo,
)
from tests.specification import given, lived, weighed


def register(person: PersonId = TU) -> RegisterPerson:
    return RegisterPerson(person=person, group=Group.PEOPLE, unit=TUY_PHUOC, by=BY)


def erase(person: PersonId = TU, **other) -> ErasePerson:
    return ErasePerson(person=person, by=BY, **other)


def move(unit: UnitId) -> MovePerson:
    return MovePerson(person=TU, unit=unit, by=BY)


def correct(**what) -> CorrectPerson:
    return CorrectPerson(person=TU, by=BY, **what)


def consent() -> GiveConsent:
    return GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


def no_more_consent() -> WithdrawConsent:
    return WithdrawConsent(person=TU, purpose=Purpose.PUBLIC_NAME, by=BY)


class TestRegistering:
    def test_somebody_is_known_from_now_on(self):
        given().when(register()).then(PersonRegistered)

    def test_once(self):
        given(register()).when(register()).then_refused(AlreadyRegistered)

    @pytest.mark.parametrize(
        "decision",
        [
            move(GIA_LAI),
            correct(fields=("name",)),
            consent(),
            no_more_consent(),
            erase(),
            merge(TU, SAU),
            undo(TU, SAU),
        ],
    )
    def test_nothing_is_said_of_somebody_unknown(self, decision):
        given(*registered(SAU)).when(decision).then_refused(UnknownPerson)

    @pytest.mark.parametrize("decision", [move(GIA_LAI), correct(fields=("name",)), consent()])
    def test_what_is_said_of_a_merged_person_is_looked_up_again(self, decision):
        given(*everybody(), merge(TU, SAU)).when(decision).then_stale()

    @pytest.mark.parametrize(
        "decision",
        [move(GIA_LAI), correct(fields=("name",)), consent(), merge(TU, SAU), merge(SAU, TU)],
    )
    def test_who_was_erased_stays_erased(self, decision):
        given(*everybody(), erase()).when(decision).then_refused(AlreadyErased)


class TestCorrecting:
    def test_fields_are_named_and_values_are_not(self):
        (fact,) = given(*everybody()).when(correct(fields=("name", "phone"))).then(PersonCorrected)
        assert isinstance(fact, PersonCorrected)
        assert fact.fields == ("name", "phone")
        assert fact.group is None

    def test_a_group_can_be_corrected(self):
        given(*everybody()).when(correct(group=Group.WORKERS)).then(PersonCorrected)

    def test_to_what_it_is_already_changes_nothing(self):
        given(*everybody(), correct(group=Group.WORKERS)).when(correct(group=Group.WORKERS)).then()

    def test_correcting_something_else_keeps_the_group(self):
        corrected = (*everybody(), correct(group=Group.WORKERS), correct(fields=("name",)))
        given(*corrected).when(correct(group=Group.WORKERS)).then()

    def test_moving_remembers_from_where(self):
        (fact,) = given(*everybody(), move(GIA_LAI)).when(move(COUNTRY)).then(PersonMoved)
        assert isinstance(fact, PersonMoved)
        assert (fact.previous, fact.unit) == (GIA_LAI, COUNTRY)

    def test_moving_nowhere_changes_nothing(self):
        given(*everybody()).when(move(TUY_PHUOC)).then()


class TestMerging:
    def test_two_turn_out_to_be_one(self):
        given(*everybody()).when(merge(TU, SAU)).then(PersonMerged)

    def test_not_into_oneself(self):
        given(*everybody()).when(merge(TU, TU)).then_refused(MergedWithThemselves)

    def test_not_in_a_circle(self):
        given(*everybody(), merge(TU, SAU)).when(merge(SAU, TU)).then_refused(MergedInACircle)

    def test_nor_in_a_longer_circle(self):
        chain = (
            *everybody(),
            merge(TU, SAU),
            merge(SAU, LAN, aliases=((SAU, TU),)),
            merge(LAN, HOA, aliases=((LAN, SAU, TU),)),
        )
        given(*chain).when(merge(HOA, TU)).then_refused(AlreadyMerged)

    def test_not_twice(self):
        given(*everybody(), merge(TU, SAU)).when(merge(TU, LAN)).then_refused(AlreadyMerged)

    def test_not_into_somebody_who_was_merged(self):
        given(*everybody(), merge(TU, SAU)).when(merge(LAN, TU)).then_refused(AlreadyMerged)

    def test_a_chain_can_grow_at_its_end(self):
        given(*everybody(), merge(TU, SAU)).when(merge(SAU, LAN, aliases=((SAU, TU),))).then(PersonMerged)

    def test_a_merge_can_be_undone(self):
        given(*everybody(), merge(TU, SAU)).when(undo(TU, SAU)).then(MergeUndone)

    def test_only_the_one_that_stands(self):
        given(*everybody(), merge(TU, SAU)).when(undo(TU, LAN)).then_refused(NotMerged)
        given(*everybody(), merge(TU, SAU), undo(TU, SAU)).when(undo(TU, SAU)).then_refused(NotMerged)

    def test_and_made_again(self):
        given(*everybody(), merge(TU, SAU), undo(TU, SAU)).when(merge(SAU, TU)).then(PersonMerged)


class TestErasing:
    def test_a_person_is_erased_once(self):
        given(*everybody()).when(erase()).then(PersonErased)
        given(*everybody(), erase()).when(erase()).then()

    def test_with_every_id_they_have(self):
        merged = given(*everybody(), merge(SAU, TU))
        merged.when(erase(aliases=((TU, SAU),))).then(PersonErased, PersonErased)

    def test_no_id_is_overlooked(self):
        given(*everybody(), merge(SAU, TU)).when(erase()).then_stale()

    def test_an_undone_merge_does_not_bring_them_back(self):
        both_erased = (*everybody(), merge(SAU, TU), erase(aliases=((TU, SAU),)), undo(SAU, TU))
        given(*both_erased).when(consent()).then_refused(AlreadyErased)


class TestConsent:
    def test_is_given_for_one_purpose(self):
        (fact,) = given(*everybody()).when(consent()).then(ConsentGiven)
        assert isinstance(fact, ConsentGiven)
        assert fact.purpose is Purpose.PUBLIC_NAME

    def test_giving_it_again_changes_nothing(self):
        given(*everybody(), consent()).when(consent()).then()

    def test_can_be_withdrawn_and_given_again(self):
        given(*everybody(), consent()).when(no_more_consent()).then(ConsentWithdrawn)
        given(*everybody(), consent(), no_more_consent()).when(consent()).then(ConsentGiven)

    def test_what_was_never_given_is_not_withdrawn(self):
        given(*everybody()).when(no_more_consent()).then()

    def test_a_code_alone_does_not_bring_again_what_was_taken_back_with_proof(self):
        by_code = GiveConsent(person=TU, purpose=Purpose.PUBLIC_NAME, alone=True, by=BY)
        withdrawn = WithdrawConsent(person=TU, purpose=Purpose.PUBLIC_NAME, alone=True, by=BY)
        given(*everybody(), consent(), no_more_consent()).when(by_code).then_refused(TakenBackWithProof)
        given(*everybody(), consent(), withdrawn).when(by_code).then(ConsentGiven)
        given(*everybody(), consent(), withdrawn).when(withdrawn).then()
        given(*everybody(), consent(), withdrawn).when(no_more_consent()).then(ConsentWithdrawn)

    def test_can_be_withdrawn_by_who_was_merged(self):
        given(*everybody(), consent(), merge(TU, SAU)).when(no_more_consent()).then(ConsentWithdrawn)


PEOPLE = [learner(number) for number in range(6)]
pairs = some.tuples(some.sampled_from(PEOPLE), some.sampled_from(PEOPLE))


def after_any(requests: list[tuple[bool, tuple[PersonId, PersonId]]]) -> Aliases:
    """Who is who after these merges (True) and undone merges, as far as they were allowed."""
    aliases = Aliases()
    history = lived(*registered(*PEOPLE))
    for merging, (person, into) in requests:
        try:
            groups = tuple(tuple(aliases.all_of(one)) for one in (person, into))
            decided = weighed(history, merge(person, into, groups) if merging else undo(person, into))
        except Refused:
            continue
        history.extend(decided)
        for fact in decided:
            aliases.weigh(fact)
    return aliases


@whatever(some.lists(some.tuples(some.booleans(), pairs), max_size=30))
def test_everybody_has_one_id_that_stands_for_them(requests):
    aliases = after_any(requests)
    for person in PEOPLE:
        assert aliases.canonical(aliases.canonical(person)) == aliases.canonical(person)
        assert aliases.merged_into(aliases.canonical(person)) is None


@whatever(some.lists(some.tuples(some.booleans(), pairs), max_size=30))
def test_the_ids_of_people_share_out_all_ids(requests):
    aliases = after_any(requests)
    for person in PEOPLE:
        group = aliases.all_of(person)
        assert person in group
        assert {aliases.canonical(one) for one in group} == {aliases.canonical(person)}
        assert all(aliases.all_of(one) == group for one in group)


def test_a_merged_person_s_merge_can_be_undone_in_the_middle():
    aliases = after_any(
        [(True, (PEOPLE[0], PEOPLE[1])), (True, (PEOPLE[1], PEOPLE[2])), (False, (PEOPLE[1], PEOPLE[2]))]
    )
    assert aliases.all_of(PEOPLE[0]) == {PEOPLE[0], PEOPLE[1]}
    assert aliases.all_of(PEOPLE[2]) == {PEOPLE[2]}


def test_an_undone_merge_that_does_not_stand_changes_nothing():
    aliases = Aliases()
    aliases.weigh(MergeUndone(at=NOW, by=BY, person=TU, into=SAU))
    assert aliases.canonical(TU) == TU
