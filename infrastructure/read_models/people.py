"""Who is who: merged ids, the home unit, and whether a name may stand on a public page."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec
from sqlalchemy import Boolean, Column, Connection, Index, Table, Text, select, true

from domain.access import RoleGranted, RoleRevoked
from domain.model import By, Fact, Group, PersonId, Role, UnitId
from domain.people import (
    ConsentGiven,
    ConsentWithdrawn,
    GuardianConsented,
    MergeUndone,
    PersonCorrected,
    PersonErased,
    PersonMerged,
    PersonMoved,
    PersonRegistered,
    Purpose,
)
from domain.who_is_who import Aliases
from infrastructure.database import derived
from infrastructure.read_models.boundaries import Units
from infrastructure.read_models.columns import At, Id, chunks
from infrastructure.read_models.model import Copy, Model, packed

person: Final = Table(
    "person_v1",
    derived,
    Column("person", Id, primary_key=True),
    Column("canonical", Id, nullable=False, comment="the id that stands for this person now"),
    Column("merged_into", Id, comment="the id it was merged into directly"),
    Column("group", Id, nullable=False),
    Column("first_unit", Id, nullable=False, comment="where the person was registered"),
    Column("unit", Id, nullable=False, comment="where the person lives now"),
    Column("home", Id, nullable=False, comment="the unit they are an ambassador of, else `unit`"),
    Column("posts", Text, nullable=False, comment="JSON: units they are an ambassador of, oldest first"),
    Column("consents", Text, nullable=False, comment="JSON: purposes agreed to"),
    Column("minor", Boolean, nullable=False),
    Column("erased", Boolean, nullable=False),
)

home: Final = Table(
    "home_v1",
    derived,
    Column("person", Id, primary_key=True),
    Column("from_position", At, primary_key=True, autoincrement=False),
    Column("unit", Id, nullable=False),
    Column("province", Id),
    Index("home_v1_province", "province", "person"),
    comment="former and present homes of those who moved, were merged or hold a post",
)


merge: Final = Table(
    "merge_v1",
    derived,
    Column("person", Id, primary_key=True),
    Column("merged_into", Id, nullable=False),
    Column("canonical", Id, nullable=False),
    Index("merge_v1_canonical", "canonical"),
    comment="the merges that stand: small, so that everything else need not look for them",
)


GUARDIAN: Final = "guardian:"
"""Before a purpose in `consents`: a parent or guardian agreed to it, too."""


class PersonRow(msgspec.Struct, gc=False):
    person: PersonId
    canonical: PersonId
    merged_into: PersonId | None
    group: str
    first_unit: UnitId
    unit: UnitId
    home: UnitId
    posts: str
    consents: str
    minor: bool
    erased: bool


class HomeRow(msgspec.Struct, gc=False):
    person: PersonId
    from_position: int
    unit: UnitId
    province: UnitId | None


class MergeRow(msgspec.Struct, gc=False):
    person: PersonId
    merged_into: PersonId
    canonical: PersonId


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person beside the vault. `id` is the canonical one. `consents` are those
    that hold: of somebody who may be under 16, only what a guardian agreed to as well. `public_name`
    is true only with their consent, and never for a minor or an erased person."""

    id: PersonId
    group: Group
    unit: UnitId
    home: UnitId
    minor: bool
    erased: bool
    consents: frozenset[str]
    public_name: bool


def canonical(db: Connection, one: PersonId) -> PersonId:
    """The id that stands for this person now; an unknown id stands for itself."""
    found = db.scalar(select(person.c.canonical).where(person.c.person == one))
    return one if found is None else PersonId(found)


def aliases(db: Connection, one: PersonId) -> tuple[PersonId, ...]:
    """Every id of this person, the canonical one first."""
    top = canonical(db, one)
    if not db.scalar(select(merge.c.person).limit(1)):
        return (top,)
    found = db.scalars(select(merge.c.person).where(merge.c.canonical == top).order_by(merge.c.person))
    return (top, *(PersonId(ref) for ref in found))


def aliases_of_each(db: Connection, ids: Sequence[PersonId]) -> dict[PersonId, tuple[PersonId, ...]]:
    """Every id of each of these people, by the id they were asked for."""
    rows = _rows(db, ids)
    tops = {ref: rows[ref].canonical if ref in rows else ref for ref in ids}
    others: dict[PersonId, list[PersonId]] = {}
    for some in chunks(list(dict.fromkeys(tops.values()))):
        query = select(merge.c.canonical, merge.c.person).where(merge.c.canonical.in_(some))
        for top, ref in db.execute(query.order_by(merge.c.person)):
            others.setdefault(PersonId(top), []).append(PersonId(ref))
    return {ref: (top, *others.get(top, ())) for ref, top in tops.items()}


def one(db: Connection, ref: PersonId) -> Person | None:
    """A person by any of their ids."""
    return several(db, [ref]).get(ref)


def several(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
    """People by any of their ids; an unknown id is missing from the answer."""
    rows = _rows(db, ids)
    tops = _rows(db, {row.canonical for row in rows.values()} - rows.keys())
    known = rows | tops
    return {ref: _person(known[row.canonical]) for ref, row in rows.items() if row.canonical in known}


def with_public_name(db: Connection, ids: Sequence[PersonId]) -> frozenset[PersonId]:
    """Those of these people whose name may stand on a public page."""
    return frozenset(ref for ref, found in several(db, ids).items() if found.public_name)


def agreed(db: Connection, ids: Sequence[PersonId], purpose: Purpose) -> frozenset[PersonId]:
    """Those of these people who agree to a purpose now."""
    return frozenset(ref for ref, found in several(db, ids).items() if purpose.value in found.consents)


def _rows(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, PersonRow]:
    wanted = list(dict.fromkeys(ids))
    return {
        row[0]: PersonRow(*row)
        for some in chunks(wanted)
        for row in db.execute(select(person).where(person.c.person.in_(some)))
    }


def _person(row: PersonRow) -> Person:
    said = _agreed(row)
    consents = frozenset(
        one for one in said if not one.startswith(GUARDIAN) and (not row.minor or GUARDIAN + one in said)
    )
    return Person(
        id=row.person,
        group=Group(row.group),
        unit=row.unit,
        home=row.home,
        minor=bool(row.minor),
        erased=bool(row.erased),
        consents=consents,
        public_name="public-name" in consents and not row.minor and not row.erased,
    )


class Merging(Protocol):
    """A read model that holds something under ids of persons, which a merge changes."""

    def before_merge(self, position: int, ids: frozenset[PersonId]) -> None: ...

    def after_merge(self, position: int, ids: frozenset[PersonId]) -> None: ...


class People(Model):
    name = "people"
    tables = (person, home, merge)
    needs = (Units,)
    facts = (
        PersonRegistered,
        PersonCorrected,
        PersonMoved,
        PersonMerged,
        MergeUndone,
        PersonErased,
        ConsentGiven,
        GuardianConsented,
        ConsentWithdrawn,
        RoleGranted,
        RoleRevoked,
    )

    def __init__(self, copy: Copy) -> None:
        super().__init__(copy)
        self._units = copy.model(Units)
        self._people = copy.rows(person, PersonRow)
        self._homes = copy.rows(home, HomeRow, kept=1_000)
        self._merges = copy.rows(merge, MergeRow)
        self.aliases = Aliases()
        self.grouped: set[PersonId] = set()
        """Everybody who was ever merged: for all others an id is a person, and nothing is looked up."""
        self.merging: list[Merging] = []
        self.before_regrouped: list[Callable[[PersonId], None]] = []
        """Told of somebody who is about to be counted in another group."""
        self.before_moved: list[Callable[[PersonId], None]] = []
        """Told of somebody who moves, and of a divided commune is counted in another part then."""
        self.newcomers: set[PersonId] = set()
        """Whoever is registered in this batch: there is no row of them to be loaded."""
        self.moved: set[PersonId] = set()
        """Canonical persons whose home changed in this batch; who builds on homes empties it."""

    def begin(self) -> None:
        for row in self._merges.find(true()):
            self.aliases.weigh(_merged(row))
            self.grouped |= {row.person, row.merged_into}

    def prefetch(self, facts: Sequence[tuple[int, Fact]]) -> None:
        known = []
        for _, fact in facts:
            if isinstance(fact, PersonRegistered):
                self.newcomers.add(fact.person)
            else:
                known.append(fact.person)  # type: ignore[attr-defined]
        self._people.load(known)

    def change(self, position: int, fact: Fact) -> None:
        if isinstance(fact, PersonRegistered):
            self._register(fact)
            return
        if isinstance(fact, PersonMerged | MergeUndone):
            self._merge(position, fact)
            return
        row = self._people.get(fact.person)  # type: ignore[attr-defined]
        if row is None:
            raise LookupError("a fact about a person who was never registered")
        match fact:
            case PersonMoved():
                if self._units.any_divided:
                    for told in self.before_moved:
                        told(row.person)
                row.unit = fact.unit
            case PersonCorrected():
                self._correct(row, fact)
            case PersonErased():
                row.erased = True
            case ConsentGiven():
                self._agree(row, _agreed(row) | {fact.purpose.value})
            case GuardianConsented():
                self._agree(row, _agreed(row) | {GUARDIAN + fact.purpose.value})
            case ConsentWithdrawn():
                self._withdraw(row, fact.purpose.value)
            case RoleGranted(role=Role.AMBASSADOR) | RoleRevoked(role=Role.AMBASSADOR):
                posts = [post for post in msgspec.json.decode(row.posts) if post != fact.unit]
                row.posts = packed([*posts, fact.unit] if isinstance(fact, RoleGranted) else posts)
        self._people.put(row)
        self._at_home(position, row)

    def _correct(self, row: PersonRow, fact: PersonCorrected) -> None:
        group = fact.group.value if fact.group else row.group
        minor = row.minor if fact.minor is msgspec.UNSET else fact.minor
        if (group, minor) != (row.group, row.minor):
            for told in self.before_regrouped:
                told(row.person)
            row.group, row.minor = group, minor

    def _agree(self, row: PersonRow, consents: set[str]) -> None:
        row.consents = packed(sorted(consents))
        self._people.put(row)

    def _withdraw(self, row: PersonRow, purpose: str) -> None:
        """Under every id of the person, so that an undone merge does not bring it back."""
        ids = self.ids(row.person)
        self._people.load(ids)
        for one in sorted(ids):
            other = row if one == row.person else self._people.get(one)
            if other is not None:
                self._agree(other, _agreed(other) - {purpose, GUARDIAN + purpose})

    def _register(self, fact: PersonRegistered) -> None:
        self._people.put(
            PersonRow(
                fact.person,
                fact.person,
                None,
                fact.group.value,
                fact.unit,
                fact.unit,
                fact.unit,
                "[]",
                "[]",
                fact.minor,
                False,
            )
        )

    def _at_home(self, position: int, row: PersonRow) -> None:
        """An ambassador is at home in the unit of their latest post, another where they live."""
        now = ([row.unit, *msgspec.json.decode(row.posts, type=list[UnitId])])[-1]
        if now == row.home:
            return
        if row.home == row.first_unit:
            self._remember_home(row, 0)
        row.home = now
        self._people.put(row)
        self._remember_home(row, position)
        self.moved.add(row.canonical)

    def _remember_home(self, row: PersonRow, since: int) -> None:
        place = self._units.place(row.home)
        if since == 0 and self._homes.get((row.person, 0)) is not None:
            return
        self._homes.put(HomeRow(row.person, since, row.home, place.province))

    def _merge(self, position: int, fact: PersonMerged | MergeUndone) -> None:
        touched = self.aliases.all_of(fact.person) | self.aliases.all_of(fact.into)
        for model in self.merging:
            model.before_merge(position, touched)
        self.aliases.weigh(fact)
        self.grouped |= touched
        self._people.load(touched)
        for one in sorted(touched):
            row = self._people.get(one)
            if row is None:
                continue
            row.merged_into = self.aliases.merged_into(one)
            row.canonical = self.aliases.canonical(one)
            self._people.put(row)
            if self._homes.get((one, 0)) is None:
                self._homes.put(HomeRow(one, 0, row.first_unit, self._units.place(row.first_unit).province))
            if isinstance(fact, PersonMerged) and one == self.aliases.canonical(fact.into):
                alias = self._people.get(fact.person)
                row.minor = row.minor or (alias is not None and alias.minor)
                self._agree(row, _agreed(row) & (_agreed(alias) if alias else set()))  # the stricter
            if row.merged_into is None:
                self._merges.drop(one)
            else:
                self._merges.put(MergeRow(one, row.merged_into, row.canonical))
        for model in self.merging:
            model.after_merge(position, touched)

    def settle(self) -> None:
        self.newcomers.clear()

    def now(self, one: PersonId) -> PersonId:
        """The id that stands for a person."""
        return self.aliases.canonical(one) if one in self.grouped else one

    def ids(self, one: PersonId) -> frozenset[PersonId]:
        """All ids of a person."""
        return self.aliases.all_of(one) if one in self.grouped else frozenset((one,))

    def load(self, people: Iterable[PersonId]) -> None:
        """Reads these people at once, before they are asked for one by one."""
        self._people.load(dict.fromkeys(people))

    def erased(self, one: PersonId) -> bool:
        """Whether this id was erased."""
        row = self._people.get(one)
        return row is not None and bool(row.erased)

    def counted_in(self, one: PersonId) -> tuple[str, bool]:
        """The group that a canonical person is counted in, and whether they may be under 16."""
        row = self._people.get(one)
        return (_UNKNOWN, False) if row is None else (row.group, bool(row.minor))

    def above(self, unit: UnitId, one: PersonId) -> tuple[UnitId, ...]:
        """Every unit in which a canonical person counts for what happened in one: those that it lies in,
        and where it was divided, those of the part in which they live."""
        return self._units.above_one(unit, self.lives(one))

    def lives(self, one: PersonId) -> UnitId | None:
        """Where a canonical person lives; None where nothing was ever divided, and it does not matter."""
        row = self._people.get(one) if self._units.any_divided else None
        return None if row is None else row.unit

    def homes(self, people: Iterable[PersonId]) -> dict[PersonId, UnitId]:
        """The homes of canonical persons; one who was never registered is missing."""
        wanted = list(people)
        self._people.load(wanted)
        return {one: row.home for one in wanted if (row := self._people.get(one)) is not None}


_UNKNOWN: Final = Group.PEOPLE.value


def _agreed(row: PersonRow) -> set[str]:
    return set(msgspec.json.decode(row.consents, type=list[str]))


def _merged(row: MergeRow) -> PersonMerged:
    return PersonMerged(at=_LONG_AGO, by=By("system:0"), person=row.person, into=row.merged_into)


_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
