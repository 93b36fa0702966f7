"""What an address may hold: ids of ours, positions, words. Anything else is answered with 400."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

Ref = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9._:-]{1,64}\Z")]
"""An id out of the path."""

Count = Annotated[int, QueryParameter(ge=0, le=2**53)]
"""A position of the ledger, or another number that a page gave out."""

Word = Annotated[str, QueryParameter(pattern=r"^[A-Za-z0-9._:~-]{0,100}\Z")]
"""A unit's code, a day, a metric, a cursor: nothing that people type freely."""

Chosen = Annotated[list[str] | None, QueryParameter(max_items=60)]
"""Ids of people that were chosen on another page; what is none of ours names nobody."""
