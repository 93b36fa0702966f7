"""Who is who, whatever was merged and undone."""

from hypothesis import given as whatever
from hypothesis import strategies as some

from domain.model import PersonId, Refused
from domain.people import MergeUndone
from domain.who_is_who import Aliases
from tests.cast import BY, NOW, SAU, TU, learner, merge, registered, undo
from tests.specification import lived, weighed

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
