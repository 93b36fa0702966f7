"""What the writer has read of the ledger, and need not read again: the facts inside boundaries.

Most decisions of an afternoon are of the same few hundred people, and each asks anew who its mentor is. A
ledger only grows and has no gaps, so that while its head is where this writer left it nothing was recorded
that it did not record itself; where another process was there meanwhile, nothing is known any more.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from infrastructure.ledger.boundary import Item, Stored

MOST: Final = 5_000
"""Tags of which something is known at most; then all is forgotten."""

LONGEST: Final = 4
"""Facts of one item at most: a long history is read rather than kept in memory."""

Found = Mapping[Item, list[Stored]]


class Known:
    """Facts by item, as of one head. On the writer's thread alone."""

    def __init__(self) -> None:
        self._head = 0
        self._by_tag: dict[str, dict[Item, list[Stored]]] = {}

    def among(self, items: Iterable[Item], head: int) -> dict[Item, list[Stored]]:
        """Those of the items that are known, where this is still the ledger's head."""
        if head != self._head:
            self._by_tag.clear()
            return {}
        known = self._by_tag
        return {
            item: facts
            for item in items
            if len(item.tags) == 1
            and (of_tag := known.get(item.tags[0])) is not None
            and (facts := of_tag.get(item)) is not None
        }

    def keep(self, read: Found, head: int, changed: Collection[str]) -> None:
        """A batch is committed, and the head is here now: what it read is known, except of tags that it
        recorded facts under itself."""
        for tag in changed:
            self._by_tag.pop(tag, None)
        if len(self._by_tag) + len(read) > MOST:
            self._by_tag.clear()
        for item, facts in read.items():
            if len(item.tags) == 1 and len(facts) <= LONGEST and item.tags[0] not in changed:
                self._by_tag.setdefault(item.tags[0], {})[item] = facts
        self._head = head
