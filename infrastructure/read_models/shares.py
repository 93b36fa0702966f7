"""A share as what it adds to the four figures of a row: score, able, claimed and confirmed, as one number
that is added up in one step."""

from functools import lru_cache
from typing import Final

from infrastructure.read_models.claims import Share

_WIDTH: Final = 40
"""Bits of one figure in a number that holds four: a batch changes a row by less than 500,000,000,000."""
_HALF: Final = 1 << (_WIDTH - 1)
_COLUMNS: Final = (Share.CREDITED, Share.ABLE, Share.CLAIMED, Share.CONFIRMED)


def _packed(bits: int) -> int:
    return sum(1 << (_WIDTH * at) for at, bit in enumerate(_COLUMNS) if bits & bit)


WEIGHTS: Final = tuple(_packed(bits) for bits in range(16))
"""What a share adds, by its bits."""


@lru_cache(maxsize=4_096)
def unpacked(delta: int) -> tuple[int, ...]:
    """The four figures of a sum of weights. Most sums are one of a few small ones."""
    found = []
    for _ in _COLUMNS:
        figure = ((delta + _HALF) & (2 * _HALF - 1)) - _HALF
        found.append(figure)
        delta = (delta - figure) >> _WIDTH
    return tuple(found)
