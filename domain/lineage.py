"""What became of units; and where things happened, under the boundaries of then and of now."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from domain.model import Fact, UnitId
from domain.territory import UnitAbolished, UnitEstablished, UnitsMerged, UnitSplit

Way = Callable[[UnitId], tuple[UnitId, ...]]
"""From a unit to those it lies in."""

ENDINGS: Final = (UnitsMerged, UnitSplit, UnitAbolished)
"""The facts after which a unit no longer stands."""


class Lineage:
    """Folds the facts about units into where each lies, under any boundaries there ever were."""

    def __init__(self) -> None:
        self._parents: dict[UnitId, UnitId | None] = {}
        self._became: dict[UnitId, tuple[UnitId, ...]] = {}
        self._pieces: dict[UnitId, list[UnitId]] = {}
        self._divided = False
        self._above: dict[UnitId, tuple[UnitId, ...]] = {}
        self._before: dict[UnitId, tuple[UnitId, ...]] = {}
        self._began: dict[UnitId, date] = {}
        self._ended_on: dict[UnitId, date] = {}
        self._placed: dict[tuple[UnitId, UnitId], tuple[UnitId, ...]] = {}

    def weigh(self, fact: Fact) -> None:
        match fact:
            case UnitEstablished():
                self.establish(fact.unit, fact.parent, fact.valid_from)
            case UnitsMerged():
                for part in fact.parts:
                    self.end(part, (fact.unit,), fact.valid_from)
            case UnitSplit():
                self.end(fact.unit, fact.into, fact.valid_from)
            case UnitAbolished():
                self.end(fact.unit, (), fact.valid_from)

    def establish(self, unit: UnitId, parent: UnitId | None, began: date = date.max) -> None:
        self._parents[unit] = parent
        self._began[unit] = began
        self._forget()

    def end(self, unit: UnitId, became: tuple[UnitId, ...], on: date = date.min) -> None:
        """`on` is the first day on which it was no more."""
        self._ended_on[unit] = on
        self._divided = self._divided or len(became) > 1
        self._became[unit] = became
        for one in became:
            self._pieces.setdefault(one, []).append(unit)
        self._forget()

    def _forget(self) -> None:
        self._above.clear()
        self._before.clear()
        self._placed.clear()

    @property
    def endings(self) -> int:
        """How many units are no more."""
        return len(self._became)

    def ended(self, unit: UnitId) -> bool:
        return unit in self._became

    def became(self, unit: UnitId) -> tuple[UnitId, ...]:
        """What a unit that ended went into, the largest part first; nothing where it was abolished."""
        return self._became.get(unit, ())

    def pieces(self, unit: UnitId) -> Sequence[UnitId]:
        """The units that went right into this one, whole or in part."""
        return self._pieces.get(unit, ())

    def now(self, unit: UnitId) -> UnitId:
        """The unit that stands for another today: what it was merged into, or the largest part of
        what it was split into. One that was abolished stands for itself."""
        while became := self._became.get(unit):
            unit = became[0]
        return unit

    def divided(self, unit: UnitId) -> bool:
        """Whether what happened in a unit cannot be told to belong to one unit of today."""
        while became := self._became.get(unit):
            if len(became) > 1:
                return True
            unit = became[0]
        return False

    @property
    def any_divided(self) -> bool:
        return self._divided

    def in_doubt(self, unit: UnitId) -> bool:
        """Whether a unit was divided, or lies in one that was: nobody can say in which commune of today
        somebody lives who is known there."""
        return self.divided_in(unit) is not None

    def divided_in(self, unit: UnitId) -> UnitId | None:
        """Of a unit in doubt, the one that was divided: itself, what it was merged into, or what it
        lies in."""
        while became := self._became.get(unit):
            if len(became) > 1:
                return unit
            unit = became[0]
        parent = self._parents.get(unit)
        return None if parent is None or unit in self._became else self.divided_in(parent)

    def standing(self, unit: UnitId) -> tuple[UnitId, ...]:
        """What stands today where a unit stood: itself, or all that it went into."""
        if unit not in self._became:
            return (unit,)
        return _joined(*(self.standing(one) for one in self._became[unit]))

    def above(self, unit: UnitId) -> tuple[UnitId, ...]:
        """Every unit that this one lies in wholly, itself first: under its own boundaries, under
        those that came after and those that were before. What happened in a unit is counted in
        all of these, so that the country counts the same people under each.

        A unit that was split lies, of what came after, only in what all its parts lie in."""
        found = self._above.get(unit)
        if found is None:
            parent = self._parents.get(unit)
            found = self._above[unit] = _joined(
                (unit,),
                () if parent is None else self.above(parent),
                self._common(self._became.get(unit, ()), self.above),
                self._common(self._made_of(unit), self._formerly),
            )
        return found

    def _formerly(self, unit: UnitId) -> tuple[UnitId, ...]:
        """The units that one lay in, under its own boundaries and earlier ones."""
        found = self._before.get(unit)
        if found is None:
            parent = self._parents.get(unit)
            found = self._before[unit] = _joined(
                (unit,),
                () if parent is None else self._formerly(parent),
                self._common(self._made_of(unit), self._formerly),
            )
        return found

    def placed(self, divided: UnitId, home: UnitId) -> tuple[UnitId, ...]:
        """Where somebody who was known in a unit that was divided counts as well, being in `home` now: in
        that, in what went from the divided unit into it since, and in what these lie in; as far as it
        stood after the division, so that nothing of before changes. Nothing, where `home` is of no part.

        Where several ways lead there (a part was divided in its turn, after it had taken another part in),
        only what lies on all of them."""
        key = divided, home
        found = self._placed.get(key)
        if found is None:
            there = self._onward(home)
            way = self._way(divided, frozenset(there))
            since = self._ended_on[divided]
            found = self._placed[key] = (
                ()
                if way is None
                else tuple(
                    one
                    for one in _joined(there, *(self._onward(one) for one in way))
                    if self._ended_on.get(one, date.max) > since
                )
            )
        return found

    def _onward(self, unit: UnitId) -> tuple[UnitId, ...]:
        """What a unit lies in, under its own boundaries and those that came after."""
        parent = self._parents.get(unit)
        return _joined(
            (unit,),
            () if parent is None else self._onward(parent),
            self._common(self._became.get(unit, ()), self._onward),
        )

    def _way(self, unit: UnitId, there: frozenset[UnitId]) -> tuple[UnitId, ...] | None:
        """The units that every way from one that is no more to any of these leads through; None where
        none leads there."""
        ways = []
        for one in self._became.get(unit, ()):
            further = self._way(one, there)
            if further is not None or one in there:
                ways.append((one, *(further or ())))
        return _in_all(ways) if ways else None

    def _made_of(self, unit: UnitId) -> Sequence[UnitId]:
        """The units that one was made of. Of one that stood already and took others in: nothing, since it
        had a ground of its own, which never lay in these."""
        pieces, began = self._pieces.get(unit, ()), self._began.get(unit, date.max)
        return pieces if all(self._ended_on[one] <= began for one in pieces) else ()

    @staticmethod
    def _common(units: Sequence[UnitId], way: Way) -> tuple[UnitId, ...]:
        """What all these units lie in."""
        return _in_all([way(one) for one in units])


def _in_all(paths: Sequence[tuple[UnitId, ...]]) -> tuple[UnitId, ...]:
    """What all of these have, in the order of the first."""
    if not paths:
        return ()
    first, *others = paths
    rest = [frozenset(one) for one in others]
    return tuple(one for one in first if all(one in other for other in rest))


def _joined(*paths: Iterable[UnitId]) -> tuple[UnitId, ...]:
    return tuple(dict.fromkeys(one for path in paths for one in path))
