"""Two entries that are one person: in one household at most, whoever else was merged before."""

from domain.merging import AlreadyMerged, InTwoHouseholds, MergedInACircle, MergedWithThemselves, NotMerged
from domain.people import MergeUndone, PersonMerged
from tests.cast import (
    ELSEWHERE,
    HOA,
    HOME,
    LAN,
    MINH,
    SAU,
    TU,
    everybody,
    household,
    joins,
    leaves,
    merge,
    undo,
)
from tests.specification import given

TWO_FAMILIES = (*everybody(), household(TU), household(SAU, MINH, of=ELSEWHERE))


def test_of_two_households_is_refused_and_both_are_named():
    given(*TWO_FAMILIES).when(merge(TU, SAU)).then_refused(InTwoHouseholds, household=HOME, other=ELSEWHERE)


def test_of_one_household_is_one_member():
    given(*everybody(), household(TU, SAU)).when(merge(TU, SAU)).then(PersonMerged)


def test_with_somebody_of_no_household():
    given(*TWO_FAMILIES).when(merge(TU, HOA)).then(PersonMerged)
    given(*TWO_FAMILIES).when(merge(HOA, TU)).then(PersonMerged)


def test_whoever_left_one_of_them_can_be_merged():
    given(*TWO_FAMILIES, leaves(TU)).when(merge(TU, SAU)).then(PersonMerged)
    given(*TWO_FAMILIES, leaves(SAU, of=ELSEWHERE)).when(merge(TU, SAU)).then(PersonMerged)


def test_households_of_those_merged_before_count():
    merged = (*TWO_FAMILIES, merge(TU, HOA))
    again = merge(HOA, SAU, aliases=((HOA, TU),))
    given(*merged).when(again).then_refused(InTwoHouseholds)
    given(*merged, undo(TU, HOA)).when(merge(HOA, SAU)).then(PersonMerged)


def test_who_was_merged_before_is_looked_up():
    given(*TWO_FAMILIES, merge(TU, HOA)).when(merge(HOA, LAN)).then_stale()


def test_whoever_joined_meanwhile_is_noticed():
    given(*TWO_FAMILIES, merge(HOA, TU)).when(joins(HOA, of=ELSEWHERE)).then_stale()
    given(*TWO_FAMILIES, joins(HOA, of=ELSEWHERE)).when(merge(HOA, TU)).then_refused(InTwoHouseholds)


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
