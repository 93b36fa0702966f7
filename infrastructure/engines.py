"""How connections are made: what SQLite and PostgreSQL are told on each."""

import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event

# A network that died silently is noticed within half a minute; libpq would wait for hours.
_LIBPQ: Final = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

# An error's words then tell the statement, and not what was sealed or looked for with it.
_DISCREET: Final = {"hide_parameters": True}

KEPT_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # a deleted key or sealed row leaves no bytes behind
    "PRAGMA busy_timeout = 10000",
    "PRAGMA cache_size = -65536",
    "PRAGMA wal_autocheckpoint = 4000",
)
DERIVED_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA wal_autocheckpoint = 8000",  # a batch writes some megabytes: not a checkpoint for each
    "PRAGMA busy_timeout = 10000",
    "PRAGMA cache_size = -65536",
)
# `mode=ro` below also keeps a reader that closes last from making a checkpoint: before 3.51.3 two
# connections that reset the log at once can corrupt it, so the owner alone does.
_READING_PRAGMAS: Final = ("PRAGMA busy_timeout = 10000", "PRAGMA cache_size = -16384")


def sqlite_engine(
    file: Path, *, reading: bool = False, pragmas: tuple[str, ...] = _READING_PRAGMAS
) -> Engine:
    mode = "ro" if reading else "rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(file.absolute()))}?mode={mode}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,  # we say BEGIN ourselves, below
        )
        for pragma in pragmas:
            connection.execute(pragma)
        return connection

    size = {"pool_size": 8, "max_overflow": 32} if reading else {"pool_size": 1, "max_overflow": 0}
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, **_DISCREET, **size)
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def say_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


READ_ONLY: Final = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ"
# What the writer relies on, whatever the server's defaults are: that a statement sees what was
# committed before it (the head is read after the ledger's lock was waited for), and that a commit
# waits for the disk.
DURABLE: Final = (
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
    (
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    ),
)
# A process that was stopped while it held the ledger's lock must not stop all others with it.
PATIENT_BUT_NOT_FOR_EVER: Final = (
    "SET lock_timeout = '30s'",
    "SET idle_in_transaction_session_timeout = '30s'",
)
# The kept tables are asked by key, however long they grow. Without this, statistics of yesterday
# may make the planner read a whole index for a few hundred keys.
BY_KEY: Final = ("SET enable_seqscan = off", "SET enable_hashjoin = off", "SET enable_mergejoin = off")
READ_MODELS_SCHEMA: Final = "read_models"
IN_READ_MODELS: Final = f"SET search_path = {READ_MODELS_SCHEMA}"


def by_tls_alone(url: URL) -> URL:
    """Where `verify-full` is asked for, it is what happens: for whoever holds a Kerberos ticket libpq would
    encrypt by that first, and look at no certificate."""
    if url.query.get("sslmode") != "verify-full" or "gssencmode" in url.query:
        return url
    return url.update_query_dict({"gssencmode": "disable"})


def postgresql_engine(url: URL, *settings: str, at_once: bool = False) -> Engine:
    """`at_once`: for single statements, in no transaction, on few connections that nobody tries before."""
    how: dict[str, Any] = {"max_overflow": 32, "pool_pre_ping": True}
    if at_once:
        how = {"max_overflow": 0, "isolation_level": "AUTOCOMMIT"}
    engine = create_engine(url, connect_args=_LIBPQ, pool_size=8, **how, **_DISCREET)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        for setting in settings:
            connection.execute(setting)
        connection.commit()

    return engine


def listening_engine(url: URL) -> Engine:
    """Connections in no transaction and no pool, to hear PostgreSQL's notices on."""
    return create_engine(
        url, connect_args=_LIBPQ, poolclass=NullPool, isolation_level="AUTOCOMMIT", **_DISCREET
    )
