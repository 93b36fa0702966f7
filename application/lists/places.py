"""Places as lists write them, within the unit that a list is of: "P. Quy Nhơn", "21952", "Thôn 2"."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from application.lookups import COMMUNES
from application.ports import Unit, Units
from domain.model import Refused, UnitId
from domain.names import fold
from domain.territory import UnitKind

FormerNames = Callable[[str], Sequence[str]]
"""By the code of a commune of today, the names of the communes that went into it."""


class NoSuchPlace(Refused):
    """No commune of this name or code lies in the unit that the list is of."""


class SeveralPlaces(Refused):
    """Several communes are called so: the code tells which is meant."""


class PlaceIsNoMore(Refused):
    """A commune of this name went into `now`."""


class WhichPlace(Refused):
    """The list is of more than one commune, and the row does not say which."""


class NoSuchHamlet(Refused):
    """No hamlet of this name is known in the commune."""


class Place(msgspec.Struct, frozen=True):
    """Where a row belongs. `hamlet` is the name of one that is not known yet, to be added first; `key`
    tells hamlets apart by name, known or not."""

    unit: UnitId
    commune: UnitId
    hamlet: str | None = None
    key: str = ""


_COMMUNE_WORDS: Final = {
    "xa": UnitKind.COMMUNE, "x": UnitKind.COMMUNE, "phuong": UnitKind.WARD, "p": UnitKind.WARD,
    "dac khu": UnitKind.SPECIAL_ZONE, "dk": UnitKind.SPECIAL_ZONE, "thi tran": None, "tt": None,
}  # fmt: skip
_HAMLET_WORDS: Final = (
    "to dan pho so", "to dan pho", "khu dan cu", "khu pho", "tdp so", "tdp", "thon", "ban", "xom", "ap",
    "buon", "lang", "khom", "khu", "kp", "plei", "plơi", "bon", "to",
)  # fmt: skip


class Places:
    """Made once for a list: the communes of its unit, with their names of today and of before."""

    def __init__(self, units: Units, unit: Unit, former: FormerNames, *, new_hamlets: bool = False) -> None:
        self._units = units
        self._former = former
        self._new_hamlets = new_hamlets
        self._at = unit if unit.kind is UnitKind.HAMLET else None
        self._communes = {one.id: one for one in _communes(units, unit)}
        self._alone = next(iter(self._communes.values())) if len(self._communes) == 1 else None
        self._by_code = {one.code: one for one in self._communes.values() if one.code}
        self._by_name: dict[str, list[Unit]] = {}
        for one in self._communes.values():
            for said in {fold(one.name), _bare(fold(one.name))[1]}:
                self._by_name.setdefault(said, []).append(one)
        self._before: dict[str, list[Unit]] | None = None

    def place(self, commune: str, hamlet: str) -> Place:
        """Raises the refusals above, with `commune` or `hamlet` as their field."""
        found = self._commune(commune)
        if self._at is not None and not hamlet:
            return Place(self._at.id, found.id, key=bare_hamlet(fold(self._at.name)))
        if not hamlet:
            return Place(found.id, found.id)
        return self._hamlet(found, hamlet)

    def _commune(self, said: str) -> Unit:
        if not said:
            if self._alone is None:
                raise WhichPlace(field="commune")
            return self._alone
        if said.isdigit():
            found = self._by_code.get(said.zfill(5))
            if found is None:
                raise NoSuchPlace(field="commune")
            return found
        key = fold(said)
        kind, bare = _bare(key)
        some = self._by_name.get(key) or [
            one for one in self._by_name.get(bare, ()) if kind is None or one.kind is kind
        ]
        some = list({one.id: one for one in some}.values())
        if len(some) > 1:
            raise SeveralPlaces(field="commune")
        if some:
            return some[0]
        raise self._no_more(key, bare)

    def _no_more(self, key: str, bare: str) -> Refused:
        """Under which name a commune of before goes today, or that there was none."""
        if self._before is None:
            self._before = {}
            for one in self._communes.values():
                for name in self._formerly(one):
                    for said in {fold(name), _bare(fold(name))[1]}:
                        self._before.setdefault(said, []).append(one)
        some = self._before.get(key) or self._before.get(bare) or []
        names = list(dict.fromkeys(one.name for one in some))
        if not names:
            return NoSuchPlace(field="commune")
        return PlaceIsNoMore(field="commune", now=" / ".join(names[:3]))

    def _formerly(self, commune: Unit) -> Iterable[str]:
        if commune.code:
            yield from self._former(commune.code)
        for ref in self._units.formerly(commune.id):
            if before := self._units.find(ref):
                yield before.name

    def _hamlet(self, commune: Unit, said: str) -> Place:
        hamlets = [one for one in self._units.children(commune.id) if one.kind is UnitKind.HAMLET]
        key = fold(said)
        found = [one for one in hamlets if fold(one.name) == key]
        if not found:
            bare = bare_hamlet(key)
            found = [one for one in hamlets if bare_hamlet(fold(one.name)) == bare]
        if len(found) == 1:
            return Place(found[0].id, commune.id, key=bare_hamlet(fold(found[0].name)))
        if found or not self._new_hamlets:
            raise NoSuchHamlet(field="hamlet")
        return Place(commune.id, commune.id, " ".join(said.split()), bare_hamlet(key))


def _communes(units: Units, unit: Unit) -> Iterable[Unit]:
    for ref in unit.path:  # a commune, or what lies in one
        above = units.find(ref)
        if above is not None and above.kind in COMMUNES:
            yield above
            return
    waiting = [unit]
    while waiting:
        for child in units.children(waiting.pop().id):
            if child.kind in COMMUNES:
                yield child
            else:
                waiting.append(child)


def _bare(key: str) -> tuple[UnitKind | None, str]:
    """Without the word for what it is, and which kind that word says."""
    for word, kind in _COMMUNE_WORDS.items():
        if key.startswith(f"{word} "):
            return kind, key.removeprefix(f"{word} ")
    return None, key


def bare_hamlet(key: str) -> str:
    """Without the word for what it is, and without leading zeros: "tdp so 02" is "2"."""
    for word in _HAMLET_WORDS:
        if key.startswith(f"{word} "):
            key = key.removeprefix(f"{word} ")
            break
    return key.lstrip("0") or key
