"""What the database's errors mean for those who wait: whose fault, and is it recorded or not?"""

import sqlite3
from typing import Any, Final

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

# SQLite's primary result codes that lie with the machine, not with the rows.
_SQLITE_TROUBLE: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
# Failed commits after which nothing of the transaction can come back: they fail before its last
# frame is written. After an I/O error that frame may stand in the log.
_SQLITE_ROLLED_BACK: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}

# Classes of SQLSTATE: connection, resources, operator intervention, system error; and the server
# that became read-only. https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_TROUBLE: Final = ("08", "53", "57", "58", "25006", "XX")
_POSTGRES_ROLLED_BACK: Final = ("23", "25", "40", "53")


def of_the_database(error: BaseException) -> bool:
    """Whether it lies with the database, so that nobody in the batch can be served just now."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    match error.orig:
        case sqlite3.Error() as told:
            return _primary(told) in _SQLITE_TROUBLE
        case psycopg.Error(sqlstate=None):
            return isinstance(error.orig, psycopg.OperationalError)
        case psycopg.Error(sqlstate=str(state)):
            return state.startswith(_POSTGRES_TROUBLE)
    return False


def surely_rolled_back(error: DBAPIError) -> bool:
    """Whether a failed commit has certainly recorded nothing."""
    match error.orig:
        case sqlite3.Error() as told:
            return _primary(told) in _SQLITE_ROLLED_BACK
        case psycopg.Error(sqlstate=str(state)):
            return state.startswith(_POSTGRES_ROLLED_BACK)
    return False


def reason(error: BaseException) -> str:
    """A word for the log and the operator; the rows, which may be personal, are left out."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).partition("\n")[0]


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


class Warnings:
    """Listens for warnings of PostgreSQL during a commit.

    A commit whose wait for a synchronous standby was cancelled succeeds with a warning: it
    stands here, but perhaps nowhere else, so its outcome is unknown.
    """

    def __init__(self, connection: Connection) -> None:
        self.heard: list[str] = []
        driver: Any = connection.connection.driver_connection
        self._driver = driver if isinstance(driver, psycopg.Connection) else None
        if self._driver:
            self._driver.add_notice_handler(self._hear)

    def _hear(self, notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING":
            self.heard.append(notice.message_primary or "")

    def stop(self) -> None:
        if self._driver:
            self._driver.remove_notice_handler(self._hear)
