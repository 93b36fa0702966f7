"""Who is who after merges, and who is there at all: what was looked up of people before a decision, and
is checked again inside it."""

from collections.abc import Iterable

from domain.model import Fact, PersonId, Selector, Stale
from domain.people import MergeUndone, Newcomer, PersonErased, PersonMerged, PersonRegistered, UnknownPerson

Groups = tuple[tuple[PersonId, ...], ...]
"""For each person who was ever merged, all their ids. Who is in no group has one id only."""


class Aliases:
    """Who is who after merges and undone merges, taken in the order in which they happened."""

    def __init__(self) -> None:
        self._into: dict[PersonId, PersonId] = {}
        self._absorbed: dict[PersonId, set[PersonId]] = {}

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PersonMerged():
                self._into[fact.person] = fact.into
                self._absorbed.setdefault(fact.into, set()).add(fact.person)
            case MergeUndone() if self._into.get(fact.person) == fact.into:
                del self._into[fact.person]
                self._absorbed[fact.into].discard(fact.person)

    def merged_into(self, person: PersonId) -> PersonId | None:
        """Whom this id was merged into directly; None for one that stands for itself."""
        return self._into.get(person)

    def canonical(self, person: PersonId) -> PersonId:
        """The id that stands for this person now."""
        while person in self._into:
            person = self._into[person]
        return person

    def all_of(self, person: PersonId) -> frozenset[PersonId]:
        """Every id of this person, the canonical one included."""
        found: set[PersonId] = set()
        waiting = [self.canonical(person)]
        while waiting:
            one = waiting.pop()
            found.add(one)
            waiting.extend(self._absorbed.get(one, ()))
        return frozenset(found)


class WhoIsWho:
    """What was looked up about merges before deciding, and is checked again inside the decision.

    A merge bears the tags of both its persons, so one that touches any id of a group
    is inside the boundary, and a group that is no longer whole is noticed.
    """

    def __init__(self, people: Iterable[PersonId], aliases: Groups) -> None:
        self._group = {one: frozenset(group) for group in aliases for one in group}
        for person in people:
            self._group.setdefault(person, frozenset((person,)))
        self._aliases = Aliases()

    def boundary(self) -> list[Selector]:
        return [Selector([PersonMerged, MergeUndone], [f"person:{one}"]) for one in self._group]

    def weigh(self, fact: Fact) -> None:
        self._aliases.weigh(fact)

    def check(self) -> None:
        """Raises `Stale` where somebody was merged, or a merge undone, since the look-up."""
        for person, group in self._group.items():
            if self._aliases.all_of(person) != group:
                raise Stale

    def ids(self, person: PersonId) -> frozenset[PersonId]:
        """All ids of a person; of one who was not looked up, the id itself."""
        return self._group.get(person) or frozenset((person,))

    def same(self, one: PersonId, other: PersonId) -> bool:
        return one in self.ids(other)

    def distinct(self, people: Iterable[PersonId]) -> int:
        """How many different persons stand behind these ids."""
        return len({self.ids(person) for person in people})


class Present:
    """People who are named by the ids that stand for them, checked again inside a decision."""

    def __init__(self, people: Iterable[PersonId]) -> None:
        self._people = tuple(dict.fromkeys(people))
        self._registered: set[PersonId] = set()
        self._erased: set[PersonId] = set()
        self._aliases = Aliases()

    def boundary(self) -> list[Selector]:
        kinds = (PersonRegistered, PersonMerged, MergeUndone, PersonErased)
        return [Selector(kinds, [f"person:{person}"]) for person in self._people]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case PersonRegistered():
                self._registered.add(fact.person)
            case PersonErased():
                self._erased.add(fact.person)
            case _:
                self._aliases.weigh(fact)

    def check(self) -> None:
        """Raises `UnknownPerson`, or `Stale` for one who was merged into another or erased."""
        for person in self._people:
            if person not in self._registered:
                raise UnknownPerson
            if person in self._erased or self._aliases.merged_into(person):
                raise Stale


class Somebody:
    """The one person whom a decision is about, known already or new: whoever is known was looked up with
    the group of their ids, and is checked again inside."""

    def __init__(self, person: PersonId, aliases: Groups, newcomer: "Newcomer | None") -> None:
        known = [] if newcomer else [person]
        self._present = Present(known)
        self._who = WhoIsWho(known, aliases)
        self.ids = self._who.ids(person)
        self.known = sorted(self.ids) if known else []

    def boundary(self) -> list[Selector]:
        return [*self._present.boundary(), *self._who.boundary()]

    def weigh(self, fact: Fact) -> None:
        self._present.weigh(fact)
        self._who.weigh(fact)

    def check(self) -> None:
        """Raises `UnknownPerson`, `Stale`."""
        self._present.check()
        self._who.check()
