"""Read models filled directly, as the projector writes them: many rows at once."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, Table

from infrastructure.database import Database
from infrastructure.read_models.rows import R, Rows


def inserted(db: Connection, table: Table, rows: Iterator[R]) -> None:
    """Writes the rows of a table."""
    first = next(rows, None)
    if first is None:
        return
    beside = Rows(table, type(first))
    beside.bind(db)
    beside.put(first)
    while some := list(islice(rows, 10_000)):
        for row in some:
            beside.put(row)
        beside.flush()
        beside.forget()
    beside.flush()


def analyzed(database: Database) -> None:
    """The database knows how its rows are spread, as it does after a while by itself."""
    with database.read_models_engine.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
