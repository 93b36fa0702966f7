"""A share as what it adds to the four figures of a row: score, able, claimed and confirmed, as one number
that is added up in one step."""

from functools import lru_cache
from typing import Final

from infrastructure.read_models.claimed import Share
from infrastructure.read_models.tally import apart, weights

_COLUMNS: Final = (Share.CREDITED, Share.ABLE, Share.CLAIMED, Share.CONFIRMED)

WEIGHTS: Final = weights(_COLUMNS)
"""What a share adds, by its bits."""


@lru_cache(maxsize=4_096)
def unpacked(delta: int) -> tuple[int, ...]:
    """The four figures of a sum of weights. Most sums are one of a few small ones."""
    return tuple(apart(delta, len(_COLUMNS)))
