"""Write-behind rows of one table: loaded many at once, changed in memory, written many at once.

A batch of thousands of facts touches the same rows again and again. So each row is read at most
once and written at most once a batch, and rows stay in memory for the next batch while they fit.
"""

# ruff: noqa: S608 - the SQL here is put together from our own tables' names, never from input

from collections.abc import Callable, Hashable, Iterable
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Dialect, Table, select

from infrastructure import json_rows

R = TypeVar("R", bound=msgspec.Struct)

KEPT: Final = 20_000
"""How many rows of a table stay in memory between batches."""


class Rows(Generic[R]):
    """The rows of `table` as structs of `kind`, whose fields are its columns in their order.

    A key is the primary key: a plain value, or a tuple where it has several columns. `fixed`
    columns are written with a new row only, which spares the indexes on them.
    """

    def __init__(
        self,
        table: Table,
        kind: type[R],
        *,
        fixed: Iterable[str] = (),
        kept: int = KEPT,
        breathe: Callable[[], object] = lambda: None,
    ) -> None:
        if tuple(table.columns.keys()) != kind.__struct_fields__:
            raise TypeError(f"{kind.__name__} has other fields than {table.name} has columns")
        self.table = table
        self._kind = kind
        self._fixed = frozenset(fixed)
        self._kept = kept
        self._breathe = breathe
        self._key: Callable[[R], Any] = attrgetter(*(column.name for column in table.primary_key))
        self._rows: dict[Hashable, R | None] = {}
        self._dirty: dict[Hashable, None] = {}
        self._anew: dict[Hashable, None] = {}
        self._db: Connection | None = None
        self._sql: _Sql | None = None

    def bind(self, db: Connection) -> None:
        """The connection of the batch that begins."""
        self._db = db
        if self._sql is None:
            many = _Arrays if db.dialect.name == "postgresql" else _Executemany
            self._sql = many(self.table, db.dialect, self._fixed)

    def load(self, keys: Iterable[Hashable]) -> None:
        """Reads the rows of these keys that are not in memory, with one query."""
        missing = [key for key in keys if key not in self._rows]
        if not missing:
            return
        self._rows.update(dict.fromkeys(missing))
        for row in self._statements.select(self._connection, list(dict.fromkeys(missing))):
            found = self._kind(*row)
            self._rows[self._key(found)] = found

    def get(self, key: Hashable) -> R | None:
        try:
            return self._rows[key]
        except KeyError:
            self.load((key,))
            return self._rows[key]

    def put(self, row: R, *, anew: bool = False) -> None:
        """Remembers a new or changed row to be written; `anew` where `fixed` columns changed, too."""
        key = self._key(row)
        self._rows[key] = row
        self._dirty[key] = None
        if anew:
            self._anew[key] = None

    def drop(self, key: Hashable) -> None:
        self._rows[key] = None
        self._dirty[key] = None

    def find(self, where: ColumnElement[bool]) -> list[R]:
        """The rows that meet a condition; what waits to be written is written first."""
        self.flush()
        found = []
        for row in self._connection.execute(select(self.table).where(where)):
            read = self._kind(*row)
            known = self._rows.setdefault(self._key(read), read)
            found.append(read if known is None else known)
        return sorted(found, key=self._key)

    def flush(self) -> None:
        """Writes what was put and dropped."""
        if not self._dirty:
            return
        found = [self._rows[key] for key in self._dirty]
        put = [row for row in found if row is not None]
        gone = list(self._anew)
        if len(put) < len(found):
            gone += [key for key in self._dirty if self._rows[key] is None]
        if gone:
            self._statements.delete(self._connection, gone)
        at_once = self._statements.at_once
        for start in range(0, len(put), at_once):
            self._statements.upsert(self._connection, put[start : start + at_once])
            self._breathe()
        self._dirty.clear()
        self._anew.clear()

    def trim(self) -> None:
        """Forgets what was written, where it grew too large to be kept."""
        if len(self._rows) > self._kept:
            self._rows.clear()

    def forget(self) -> None:
        """Forgets everything, written or not: the batch was rolled back."""
        self._rows.clear()
        self._dirty.clear()
        self._anew.clear()

    @property
    def db(self) -> Connection:
        return self._connection

    @property
    def _connection(self) -> Connection:
        if self._db is None:
            raise RuntimeError("rows are used inside a batch")
        return self._db

    @property
    def _statements(self) -> "_Sql":
        if self._sql is None:
            raise RuntimeError("rows are used inside a batch")
        return self._sql


class _Sql:
    """The statements for one table, written once; `at_once` rows go to the database in one call."""

    at_once: int

    def __init__(self, table: Table, dialect: Dialect, fixed: frozenset[str]) -> None:
        quote = dialect.identifier_preparer.quote
        self.table = quote(table.name)
        self.columns = [quote(column.name) for column in table.columns]
        self.keys = [quote(column.name) for column in table.primary_key]
        self.key_types = [
            column.type.compile(dialect).partition(" COLLATE")[0] for column in table.primary_key
        ]
        settable = [
            quote(column.name)
            for column in table.columns
            if not column.primary_key and column.name not in fixed
        ]
        change = ", ".join(f"{column} = excluded.{column}" for column in settable)
        self.on_conflict = f"ON CONFLICT ({', '.join(self.keys)}) DO " + (
            f"UPDATE SET {change}" if change else "NOTHING"  # nosec B608 # names of our own tables
        )
        self.into = f"INSERT INTO {self.table} ({', '.join(self.columns)})"

    def select(self, db: Connection, keys: list[Any]) -> Iterable[Any]:
        raise NotImplementedError

    def upsert(self, db: Connection, rows: list[R]) -> None:
        raise NotImplementedError

    def delete(self, db: Connection, keys: list[Any]) -> None:
        raise NotImplementedError

    def _tuples(self, keys: list[Any]) -> list[tuple[Any, ...]]:
        return keys if len(self.keys) > 1 else [(key,) for key in keys]


class _Executemany(_Sql):
    """SQLite: keys go in as one JSON array; rows through the driver's `executemany`."""

    at_once = 100

    def __init__(self, table: Table, dialect: Dialect, fixed: frozenset[str]) -> None:
        super().__init__(table, dialect, fixed)
        columns = ", ".join(f"t.{column}" for column in self.columns)
        if len(self.keys) == 1:
            meets = f"t.{self.keys[0]} = k.value"
        else:
            meets = " AND ".join(
                f"t.{key} = json_extract(k.value, '$[{at}]')" for at, key in enumerate(self.keys)
            )
        # A CROSS JOIN is SQLite's way to say: go through the keys, and look each up in the table.
        self._select = f"SELECT {columns} FROM json_each(?) AS k CROSS JOIN {self.table} AS t ON {meets}"  # nosec B608 # names of our own tables
        self._upsert = f"{self.into} VALUES ({', '.join('?' * len(self.columns))}) {self.on_conflict}"
        self._delete = f"DELETE FROM {self.table} WHERE " + " AND ".join(f"{key} = ?" for key in self.keys)  # nosec B608 # names of our own tables

    def select(self, db: Connection, keys: list[Any]) -> Iterable[Any]:
        return db.exec_driver_sql(self._select, (msgspec.json.encode(keys).decode(),))

    def upsert(self, db: Connection, rows: list[R]) -> None:
        db.exec_driver_sql(self._upsert, [msgspec.structs.astuple(row) for row in rows])

    def delete(self, db: Connection, keys: list[Any]) -> None:
        db.exec_driver_sql(self._delete, self._tuples(keys))


class _Arrays(_Sql):
    """PostgreSQL: keys go in as one array a column, rows as JSON; one by one is many times slower."""

    at_once = 2_000

    def __init__(self, table: Table, dialect: Dialect, fixed: frozenset[str]) -> None:
        super().__init__(table, dialect, fixed)
        keys = f"unnest({', '.join(f'%s::{kind}[]' for kind in self.key_types)}) AS k({', '.join(self.keys)})"
        meets = " AND ".join(f"t.{key} = k.{key}" for key in self.keys)
        columns = ", ".join(f"t.{column}" for column in self.columns)
        self._select = f"SELECT {columns} FROM {keys} JOIN {self.table} AS t ON {meets}"  # nosec B608 # names of our own tables
        self._upsert = f"{self.into} {json_rows.selected(table, table.columns.keys())} {self.on_conflict}"
        self._delete = f"DELETE FROM {self.table} AS t USING {keys} WHERE {meets}"  # nosec B608 # names of our own tables

    def select(self, db: Connection, keys: list[Any]) -> Iterable[Any]:
        return db.exec_driver_sql(self._select, _columns(self._tuples(keys)))

    def upsert(self, db: Connection, rows: list[R]) -> None:
        db.exec_driver_sql(self._upsert, (json_rows.encoded(rows),))

    def delete(self, db: Connection, keys: list[Any]) -> None:
        db.exec_driver_sql(self._delete, _columns(self._tuples(keys)))


def _columns(rows: list[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))
