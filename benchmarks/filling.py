"""Read models filled directly, as the projector would leave them: many rows at once, indexes at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import msgspec
from sqlalchemy import Connection, Table, inspect
from sqlalchemy.schema import CreateIndex

from infrastructure.database import Database
from infrastructure.read_models.rows import R


@contextmanager
def unindexed(db: Connection, *tables: Table) -> Iterator[None]:
    """Fills these tables without their indexes, which are made of all rows afterwards: many times quicker."""
    for table in tables:
        for index in inspect(db).get_indexes(table.name):  # a rebuilt table's bear other names
            db.exec_driver_sql(f'DROP INDEX "{index["name"]}"')
    yield
    for table in tables:
        for made in table.indexes:
            db.execute(CreateIndex(made))


def inserted(db: Connection, table: Table, rows: Iterator[R]) -> None:
    """Writes the rows of a table, whose columns are the fields of its rows."""
    quote = db.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    name = quote(table.name)
    if db.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in table.columns)
        while some := [msgspec.structs.astuple(row) for row in islice(rows, 10_000)]:
            db.exec_driver_sql(f"INSERT INTO {name} ({columns}) VALUES ({marks})", some)  # our own tables
        return
    cursor = db.connection.cursor()
    with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(msgspec.structs.astuple(row))


def analyzed(database: Database) -> None:
    """The database knows how its rows are spread, and which pages all may see, as it does after a while
    by itself."""
    with database.read_models_engine.connect() as db:
        vacuum = "VACUUM ANALYZE" if db.dialect.name == "postgresql" else "ANALYZE"
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(vacuum)
