"""Which facts lie inside a boundary: the questions to `fact` and `fact_tag`, asked in bulk.

One SQL text serves any number of wanted (tag, name) pairs, so that it is compiled once and
each pair costs one descent in the key of `fact_tag`, however long the ledger is.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from domain import catalogue
from domain.model import Boundary, Selector
from infrastructure.ledger.statements import Question
from infrastructure.ledger.tables import fact, fact_tag


class Item(NamedTuple):
    """Facts of any of these names (of all, if none are named) that bear all of these tags."""

    names: tuple[str, ...]
    tags: tuple[str, ...]

    def matches(self, name: str, tags: Collection[str]) -> bool:
        return (not self.names or name in self.names) and all(tag in tags for tag in self.tags)


class Stored(NamedTuple):
    """A fact as it stands in its table."""

    position: int
    name: str
    version: int
    data: bytes


def items_of(boundary: Boundary | Selector) -> list[Item]:
    selectors = [boundary] if isinstance(boundary, Selector) else boundary
    return [Item(_names(tuple(s.types)), tuple(s.tags)) for s in selectors]


@cache
def _names(kinds: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(name for kind in kinds for name in catalogue.names(kind))


def read(connection: Connection, items: Collection[Item]) -> dict[Item, list[Stored]]:
    """The facts that match each item: one read for all items with one tag, the usual ones."""
    named = [item for item in items if item.names and len(item.tags) == 1]
    tagged = [item for item in items if not item.names and len(item.tags) == 1]
    pairs = _read_pairs(connection, {(item.tags[0], name) for item in named for name in item.names})
    of_tag = _read_tags(connection, {item.tags[0] for item in tagged})
    found = {
        item: [row for name in item.names for row in pairs.get((item.tags[0], name), ())] for item in named
    }
    found |= {item: of_tag.get(item.tags[0], []) for item in tagged}
    found |= {
        item: [Stored(*row) for row in connection.execute(matching(connection, [item]))]
        for item in items
        if len(item.tags) != 1
    }
    return found


def in_order(rows: Iterable[Stored]) -> list[Stored]:
    """Each position once, in order."""
    return sorted({row.position: row for row in rows}.values())


def matching(connection: Connection, items: Sequence[Item], *, after: int | None = None) -> Select[Any]:
    """Facts that match any item (every fact, without items), in order: columns of `Stored`."""
    wanted = select(fact.c.position, fact.c.name, fact.c.version, fact.c.data).order_by(fact.c.position)
    if after:
        wanted = wanted.where(fact.c.position > after)
    if not items or Item((), ()) in items:
        return wanted
    positions = [_positions(connection, item, after) for item in items]
    return wanted.where(fact.c.position.in_(positions[0].union(*positions[1:])))


def _positions(connection: Connection, item: Item, after: int | None) -> Select[tuple[int]]:
    """The positions of one item's facts, led by its rarest tag."""
    if not item.tags:
        by_name = select(fact.c.position).where(fact.c.name.in_(item.names))
        return by_name.where(fact.c.position > after) if after else by_name
    lead, *others = _rarest_first(connection, item.tags) if len(item.tags) > 1 else item.tags
    positions = select(fact_tag.c.position).where(_bears(fact_tag, lead, item.names))
    if after:
        positions = positions.where(fact_tag.c.position > after)
    for tag in others:
        other = fact_tag.alias()
        same = and_(other.c.name == fact_tag.c.name, other.c.position == fact_tag.c.position)
        positions = positions.where(exists().where(other.c.tag == tag, same))
    return positions


def _bears(tags: FromClause, tag: str, names: tuple[str, ...]) -> ColumnElement[bool]:
    bears: ColumnElement[bool] = tags.c.tag == tag
    return and_(bears, tags.c.name.in_(names)) if names else bears


def _rarest_first(connection: Connection, tags: Sequence[str]) -> list[str]:
    """Counts in widening steps, so that a tag with five facts never waits for one with a million."""
    limit = 64
    while True:
        counts = {tag: _count(connection, tag, limit) for tag in tags}
        rarest = min(counts, key=counts.__getitem__)
        if counts[rarest] < limit:
            return sorted(tags, key=counts.__getitem__)
        limit *= 16


def _count(connection: Connection, tag: str, limit: int) -> int:
    some = select(fact_tag.c.position).where(fact_tag.c.tag == tag).limit(limit).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _read_pairs(
    connection: Connection, pairs: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[Stored]]:
    found: dict[tuple[str, str], list[Stored]] = {}
    if not pairs:
        return found
    for tag, *row in _PAIRS.rows(connection, wanted(connection, pairs)):
        stored = Stored(*row)
        found.setdefault((tag, stored.name), []).append(stored)
    return found


def _read_tags(connection: Connection, tags: Collection[str]) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = {}
    if not tags:
        return found
    for tag, *row in _TAGS.rows(connection, wanted(connection, [(t, "") for t in tags])):
        found.setdefault(tag, []).append(Stored(*row))
    return found


def wanted(connection: Connection, pairs: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Any number of pairs as the parameters of one SQL text (see `wanted_table`)."""
    several = list(pairs) if connection.dialect.name == "sqlite" else [_Pair(*pair) for pair in pairs]
    return {"wanted": msgspec.json.encode(several).decode()}


class _Pair(msgspec.Struct, gc=False):
    a: str
    b: str


def wanted_table(dialect: str) -> tuple[FromClause, ColumnElement[str], ColumnElement[str]]:
    """The pairs as something to join with, and its two columns."""
    if dialect == "sqlite":
        rows: Any = func.json_each(bindparam("wanted")).table_valued("value", name="wanted")
        return rows, func.json_extract(rows.c.value, "$[0]"), func.json_extract(rows.c.value, "$[1]")
    # Not two arrays: psycopg takes ten times as long for each value of them.
    rows = (
        func.json_to_recordset(cast(bindparam("wanted", type_=Text), JSON))
        .table_valued(column("a", Text), column("b", Text), name="wanted")
        .render_derived(with_types=True)
    )
    return rows, rows.c.a, rows.c.b


def _by_tag(dialect: str, *, with_name: bool) -> Select[Any]:
    rows, tag, name = wanted_table(dialect)
    on = fact_tag.c.tag == tag
    joined = rows.join(fact_tag, and_(on, fact_tag.c.name == name) if with_name else on)
    return select(fact_tag.c.tag, fact.c.position, fact.c.name, fact.c.version, fact.c.data).select_from(
        joined.join(fact, fact.c.position == fact_tag.c.position)
    )


_DIALECTS: Final = ("sqlite", "postgresql")
_PAIRS: Final = Question({dialect: _by_tag(dialect, with_name=True) for dialect in _DIALECTS})
_TAGS: Final = Question({dialect: _by_tag(dialect, with_name=False) for dialect in _DIALECTS})
