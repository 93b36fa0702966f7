"""Who is who: merged ids, the home unit, and whether a name may stand on a public page."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Boolean, Column, Connection, Index, Table, Text, select

from domain.model import Group, PersonId, UnitId
from infrastructure.database import derived
from infrastructure.read_models.columns import At, Id, chunks

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


class PersonRow(msgspec.Struct):
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


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person beside the vault. `id` is the canonical one; `public_name` is
    true only with their consent, and never for a minor or an erased person."""

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


merge: Final = Table(
    "merge_v1",
    derived,
    Column("person", Id, primary_key=True),
    Column("merged_into", Id, nullable=False),
    Column("canonical", Id, nullable=False),
    Index("merge_v1_canonical", "canonical"),
    comment="the merges that stand: small, so that everything else need not look for them",
)


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


def _rows(db: Connection, ids: Iterable[PersonId]) -> dict[PersonId, PersonRow]:
    wanted = list(dict.fromkeys(ids))
    return {
        row[0]: PersonRow(*row)
        for some in chunks(wanted)
        for row in db.execute(select(person).where(person.c.person.in_(some)))
    }


def _person(row: PersonRow) -> Person:
    consents = frozenset(msgspec.json.decode(row.consents, type=list[str]))
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
