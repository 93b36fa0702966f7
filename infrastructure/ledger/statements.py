"""The writer's SQL as the drivers take it, put together once.

A batch asks and inserts the same few things thousands of times an hour. Put together anew each
time they cost more than the databases take to do them: with 64 lessons in a batch a third of its
instructions. So questions are compiled once, and rows go down as tuples; and what only the writer asks and
inserts goes to the driver itself, since SQLAlchemy's way there costs six times a small statement.
"""

# ruff: noqa: S608 - the SQL here is put together from our own tables' names, never from input

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Dialect, LargeBinary, Select, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError

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

    def rows_for_the_writer(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """The same, `by_the_driver`."""
        dialect = connection.dialect.name
        return by_the_driver(connection, self.sql[dialect], self.given(dialect, values))

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
        by_the_driver(connection, _one_row(table, names), list(rows), many=True)
    else:
        sql, kind = _json_rows(table, names)
        by_the_driver(connection, sql, (json_rows.encoded([kind(*row) for row in rows]),))


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
    given: tuple[Any, ...]
    if dialect == "postgresql":
        among = as_array(values) if isinstance(column.type, LargeBinary) else list(values)
        sql, given = _among(column, dialect, 1), (among,)
    else:
        # As many marks as the next power of two, so that few texts serve all batches.
        size = 1 << (len(values) - 1).bit_length()
        padded = [*values, *[next(iter(values))] * (size - len(values))]
        sql, given = _among(column, dialect, size), tuple(padded)
    return {found for (found,) in by_the_driver(connection, sql, given)}


def as_array(values: Iterable[bytes]) -> str:
    """PostgreSQL's text of an array of bytes: psycopg's own costs 27 thousand instructions a value."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def by_the_driver(connection: Connection, sql: str, given: Any = (), *, many: bool = False) -> list[Any]:
    """The rows that a statement returns; none for `many`. Raises what SQLAlchemy would, which tells the
    statement and no values."""
    driver: Any = connection.connection.driver_connection
    dialect = connection.dialect
    try:
        cursor = driver.cursor()
        if many:
            cursor.executemany(sql, given)
            return []
        cursor.execute(sql, given)
        return cursor.fetchall() if cursor.description else []
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            sql,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=dialect.is_disconnect(error, driver, None),
            dialect=dialect,
        ) from error


@cache
def _among(column: Column[Any], dialect: str, size: int) -> str:
    quote = _DIALECTS[dialect].identifier_preparer.quote
    name, table = quote(column.name), quote(column.table.name)
    array = "%s::bytea[]" if isinstance(column.type, LargeBinary) else "%s"
    among = f"IN ({', '.join('?' * size)})" if dialect == "sqlite" else f"= ANY({array})"
    return f"SELECT {name} FROM {table} WHERE {name} {among}"  # nosec B608 # names of our own tables
