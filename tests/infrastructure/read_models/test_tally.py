"""Figures of a batch in one number: added up at once, and taken apart again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.read_models.tally import Tally, apart, weights

BITS = (1, 2, 8, 16)
SHARES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 31), max_size=3)


def figures(share):
    return [int(bool(share & bit)) for bit in BITS]


@settings(max_examples=25)
@given(st.lists(st.tuples(SHARES, SHARES), max_size=30))
def test_it_adds_up_each_figure_by_itself(moves):
    tally = Tally[str](BITS)
    expected = {key: [0] * len(BITS) for key in "abc"}
    for before, after in moves:
        tally.move(before, after)
        for some, by in ((before, -1), (after, 1)):
            for key, share in some.items():
                expected[key] = [
                    one + by * more for one, more in zip(expected[key], figures(share), strict=True)
                ]
    found = {key: apart(delta, len(BITS)) for key, delta in tally.drain()}
    assert found == {key: counts for key, counts in expected.items() if any(counts)}
    assert list(tally.drain()) == []


def test_sums_of_what_changed_are_taken_apart_like_one_of_them():
    weigh = weights(BITS)
    assert apart(300 * weigh[1 | 16] - 500 * weigh[2] + weigh[8], 4) == [300, -500, 1, 300]


def test_a_bit_that_is_no_figure_weighs_nothing():
    assert weights(BITS)[4] == 0
