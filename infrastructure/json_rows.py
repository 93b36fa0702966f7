"""Many rows in one message to PostgreSQL, as one JSON text that the server takes apart.

Handed over value by value, the client's driver costs more than the server takes for the whole
statement, and a batch takes a dozen messages, after each of which the thread waits for its turn.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import LargeBinary, Table
from sqlalchemy.dialects.postgresql import psycopg

_DIALECT: Final = psycopg.dialect()  # type: ignore[no-untyped-call]
_ENCODER: Final = msgspec.json.Encoder()


def selected(table: Table, names: Iterable[str]) -> str:
    """SELECT of so many columns of a table from `encoded` rows, which are the statement's one value."""
    columns = [table.c[name] for name in names]
    quote = _DIALECT.identifier_preparer.quote
    picked, kinds = [], []
    for column in columns:
        name, binary = quote(column.name), isinstance(column.type, LargeBinary)
        picked.append(f"decode({name}, 'base64')" if binary else name)
        kind = column.type.compile(_DIALECT).partition(" COLLATE")[0]
        kinds.append(f"{name} {'text' if binary else kind}")
    return f"SELECT {', '.join(picked)} FROM json_to_recordset(%s::json) AS given({', '.join(kinds)})"  # noqa: S608  # nosec B608 # names of our own tables


def encoded(rows: Iterable[msgspec.Struct]) -> str:
    """Structs whose fields are called like the columns; bytes become base64."""
    return _ENCODER.encode(rows if isinstance(rows, list) else list(rows)).decode()
