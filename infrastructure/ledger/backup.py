"""Copies of the ledger while it is served, and a ledger from a copy.

A copy holds what must never be lost (facts, vault rows, accounts), not the read models,
which are rebuilt, not the key file, which is kept apart, not the rows of lists that wait to be
loaded: they name people who are nobody's yet, and whoever has the list brings it in again; and no links
that sign somebody in.
"""

import errno
import os
import shutil
import sqlite3
import subprocess  # nosec B404 # PostgreSQL's own tools make its backups
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, MetaData, create_engine, delete, func, inspect, select, table
from sqlalchemy.exc import DatabaseError

from infrastructure.brought import list_piece, list_rows
from infrastructure.database import Database, refuse_newer
from infrastructure.engines import READ_MODELS_SCHEMA
from infrastructure.ledger.check import Findings, Progress, check, nobody_watches
from infrastructure.ledger.tables import fact

# Links that let somebody in once: one that was used after the copy was made would do so once more.
_LINKS: Final = (table("invitation"), table("setup_link"))
_NOT_COPIED: Final = (list_rows, list_piece, *_LINKS)

_PAGES: Final = 2_000  # copied at a time (8 MB), so that progress can be shown


class NoPgDump(Exception):
    """PostgreSQL's own pg_dump or pg_restore is not on the PATH."""


class DumpFailed(Exception):
    """pg_dump or pg_restore said no; its words are the argument."""


class NotACopy(Exception):
    """The file is not a sound copy of a ledger."""


class NotEmpty(Exception):
    """The ledger to restore into already holds facts."""


def backup(database: Database, file: Path, progress: Progress = nobody_watches) -> None:
    """Writes a copy as of one moment to `file` (mode 0600), replacing it only when complete.

    Raises `NoPgDump`, `DumpFailed`, OSError.
    """
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if database.dialect == "sqlite":
            _copy_sqlite(database, partial, progress)
        else:
            progress(0, 1)
            _run("pg_dump", database.url, ["--format=custom", "--no-owner", "--no-privileges",
                 *(f"--exclude-table-data={one.name}" for one in _NOT_COPIED),
                 f"--exclude-schema={READ_MODELS_SCHEMA}", f"--file={partial}"])  # fmt: skip
            progress(1, 1)
        _make_durable(partial)
        partial.replace(file)
        _make_durable(file.parent)
    finally:
        partial.unlink(missing_ok=True)


def restore(database: Database, file: Path, progress: Progress = nobody_watches) -> Findings:
    """Fills an empty ledger from a copy, brings it up to date and checks it.

    The read models are emptied, to be rebuilt. Links that a copy of an older version holds
    end. Raises `NotEmpty`, `NotACopy`, `NewerLedger`, `NoPgDump`, `DumpFailed`.
    """
    _refuse_missing(file)
    _refuse_facts(database)
    if database.dialect == "sqlite":
        _fill_sqlite(database, file)
    else:
        _run("pg_restore", database.url, ["--clean", "--if-exists", "--no-owner", "--no-privileges",
             "--single-transaction", "--exit-on-error", str(file)])  # fmt: skip
    database.prepare()
    with database.writing_engine.begin() as connection:
        for one in _LINKS:
            connection.execute(delete(one))
    empty_read_models(database)
    return check(database, progress)


def refuse_unsound(file: Path) -> None:
    """Looks at a copy of SQLite's before a home is made for it. Raises `NotACopy`, `NewerLedger`."""
    _refuse_missing(file)
    with _copied(file):
        pass


def _refuse_missing(file: Path) -> None:
    if not file.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))


def _copy_sqlite(database: Database, file: Path, progress: Progress) -> None:
    # The open transaction pins one moment: without it, each commit would start the copy anew.
    with database.reading() as connection:
        connection.execute(select(func.max(fact.c.position)))
        source: Any = connection.connection.driver_connection
        target = sqlite3.connect(file)
        try:
            source.backup(
                target, pages=_PAGES, sleep=0, progress=lambda _, left, total: progress(total - left, total)
            )
            target.execute("PRAGMA journal_mode = DELETE")  # the copy is one file
            target.execute("PRAGMA secure_delete = ON")
            for one in _NOT_COPIED:
                target.execute(f"DELETE FROM {one.name}")  # noqa: S608 - a name of ours  # nosec B608
            target.commit()
        finally:
            target.close()


def _fill_sqlite(database: Database, file: Path) -> None:
    with _copied(file) as source, database.writing_engine.connect() as target:
        source_driver: Any = source.connection.driver_connection
        source_driver.backup(target.connection.driver_connection)


@contextmanager
def _copied(file: Path) -> Iterator[Connection]:
    """The copy, opened for reading and found sound."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)

    copy = create_engine("sqlite://", creator=opened)
    try:
        with copy.connect() as source:
            if source.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
                raise NotACopy(str(file))
            if not inspect(source).has_table("fact"):
                raise NotACopy(str(file))
            refuse_newer(source)
            yield source
    except DatabaseError as error:
        raise NotACopy(str(file)) from error
    finally:
        copy.dispose()


def _refuse_facts(database: Database) -> None:
    with database.writing_engine.connect() as connection:
        if (
            inspect(connection).has_table("fact")
            and connection.execute(select(fact.c.position).limit(1)).first()
        ):
            raise NotEmpty


def empty_read_models(database: Database) -> None:
    models = MetaData()
    models.reflect(database.read_models_engine)
    models.drop_all(database.read_models_engine)


def _run(program: str, url: URL | None, arguments: Sequence[str]) -> None:
    """Runs PostgreSQL's own tool on the database; the password goes by its environment."""
    path = shutil.which(program)
    if path is None or url is None:
        raise NoPgDump(program)
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(  # noqa: S603  # nosec B603 # no shell; from our own settings
        [path, f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DumpFailed(done.stderr.strip())


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
