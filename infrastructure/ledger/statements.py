"""The writer's SQL as the drivers take it, put together once.

A batch asks and inserts the same few things thousands of times an hour. Put together anew each
time they cost more than the databases take to do them: with 64 lessons in a batch a third of its
instructions. So questions are compiled once, and rows go down as tuples.
"""

# ruff: noqa: S608 - the SQL here is put together from our own tables' names, never from input

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Dialect, Select, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from infrastructure import json_rows

_DIALECTS: Final[Mapping[str, Dialect]] = {"sqlite": sqlite.dialect(), "postgresql": psycopg.dialect()}  # type: ignore[no-untyped-call]


class Question:
    """A query in each dialect, compiled once; its values are named as its `bindparam`s are."""

    def __init__(self, queries: Mapping[str, Select[Any]]) -> None:
        compiled = {name: query.compile(dialect=_DIALECTS[name]) for name, query in queries.items()}
        self.sql = {name: str(one) for name, one in compiled.items()}
        self._fixed = {name: dict(one.params) for name, one in compiled.items()}
        self._order: Sequence[str] = getattr(compiled["sqlite"], "positiontup", None) or ()

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Plain tuples, as the driver reads them."""
        dialect = connection.dialect.name
        found = connection.exec_driver_sql(self.sql[dialect], self.given(dialect, values))
        return list(found.cursor.fetchall())

    def given(self, dialect: str, values: Mapping[str, Any]) -> Any:
        """The values as the dialect's driver takes them with `sql`."""
        named = {**self._fixed[dialect], **values}
        return tuple([named[one] for one in self._order]) if dialect == "sqlite" else named


def insert(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """Adds rows whose values stand in the order of `names`."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_one_row(table, names), list(rows))
    else:
        sql, kind = _json_rows(table, names)
        connection.exec_driver_sql(sql, (json_rows.encoded([kind(*row) for row in rows]),))


@cache
def _one_row(table: Table, names: tuple[str, ...]) -> str:
    return f"{_into(table, names, 'sqlite')} VALUES ({', '.join('?' * len(names))})"


@cache
def _json_rows(table: Table, names: tuple[str, ...]) -> tuple[str, type[msgspec.Struct]]:
    kind = msgspec.defstruct("Row", names, gc=False)
    return f"{_into(table, names, 'postgresql')} {json_rows.selected(table, names)}", kind


def _into(table: Table, names: tuple[str, ...], dialect: str) -> str:
    quote = _DIALECTS[dialect].identifier_preparer.quote
    return f"INSERT INTO {quote(table.name)} ({', '.join(quote(table.c[name].name) for name in names)})"


def standing(connection: Connection, column: Column[Any], values: Collection[Any]) -> set[Any]:
    """Those of the values that stand in a column."""
    if not values:
        return set()
    dialect = connection.dialect.name
    if dialect == "postgresql":
        sql, given = _among(column, dialect, 1), (list(values),)
    else:
        # As many marks as the next power of two, so that few texts serve all batches.
        size = 1 << (len(values) - 1).bit_length()
        padded = [*values, *[next(iter(values))] * (size - len(values))]
        sql, given = _among(column, dialect, size), tuple(padded)
    return {found for (found,) in connection.exec_driver_sql(sql, given).cursor.fetchall()}


@cache
def _among(column: Column[Any], dialect: str, size: int) -> str:
    quote = _DIALECTS[dialect].identifier_preparer.quote
    name, table = quote(column.name), quote(column.table.name)
    among = f"IN ({', '.join('?' * size)})" if dialect == "sqlite" else "= ANY(%s)"
    return f"SELECT {name} FROM {table} WHERE {name} {among}"  # nosec B608 # names of our own tables
