"""What a batch adds to figures: several figures in one number, so that a subject is added in one step.

A share is bits, one for each figure that a subject adds one to. Weighed, a bit is a one in that figure's
place, so that adding up whole numbers adds up all figures at once; they are taken apart when rows are
written, once for each row.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_WIDTH: Final = 40
"""Bits of one figure's place: a batch changes a row by less than 500,000,000,000."""
_HALF: Final = 1 << (_WIDTH - 1)
_WHOLE: Final = 1 << _WIDTH


def weights(bits: Sequence[int]) -> tuple[int, ...]:
    """By share: the number that adds it to its figures, which stand in the order of their bits here."""
    most = 2 * max(bits)
    return tuple(
        sum(1 << (_WIDTH * at) for at, bit in enumerate(bits) if share & bit) for share in range(most)
    )


def apart(delta: int, figures: int) -> list[int]:
    """How much each of so many figures changed."""
    found = []
    for _ in range(figures):
        figure = ((delta + _HALF) & (_WHOLE - 1)) - _HALF
        found.append(figure)
        delta = (delta - figure) >> _WIDTH
    return found


class Tally(Generic[K]):
    """By whatever is counted under: how its figures, one for each of these bits, changed in a batch."""

    def __init__(self, bits: Sequence[int]) -> None:
        self._weights = weights(bits)
        self._figures = len(bits)
        self._deltas: dict[K, int] = {}

    def move(self, before: Mapping[K, int], after: Mapping[K, int]) -> None:
        """A subject's shares were these, and are these now."""
        deltas, weigh = self._deltas, self._weights
        for key, was in before.items():
            deltas[key] = deltas.get(key, 0) - weigh[was]
        for key, now in after.items():
            deltas[key] = deltas.get(key, 0) + weigh[now]

    def drain(self) -> Iterator[tuple[K, int]]:
        """What changed, as numbers that may be added up and then taken `apart`; forgotten with that."""
        deltas, self._deltas = self._deltas, {}
        return ((key, delta) for key, delta in deltas.items() if delta)
