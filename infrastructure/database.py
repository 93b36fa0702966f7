"""Engines, pragmas, ownership and migrations of the one database behind the ledger.

SQLite keeps two files in the home: `ledger.db` (what must never be lost) and
`read_models.db` (what can be derived again). PostgreSQL keeps both in one database, the
read models in a schema of their own.
"""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    column,
    inspect,
    make_url,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.exc import DBAPIError, OperationalError

from domain import catalogue
from infrastructure.engines import (
    BY_KEY,
    DERIVED_PRAGMAS,
    DURABLE,
    IN_READ_MODELS,
    KEPT_PRAGMAS,
    PATIENT_BUT_NOT_FOR_EVER,
    READ_MODELS_SCHEMA,
    READ_ONLY,
    by_tls_alone,
    listening_engine,
    postgresql_engine,
    sqlite_engine,
)

kept: Final = MetaData()
"""What must never be lost: ledger, vault, accounts. Migrated by Alembic."""

derived: Final = MetaData()
"""The read models: dropped and rebuilt, never migrated."""

Dialect = Literal["sqlite", "postgresql"]

T = TypeVar("T")

MIGRATIONS: Final = Path(__file__).with_name("migrations")

# Several processes may start at once on PostgreSQL, and all would migrate.
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(5498021339)")

_UNWRITABLE: Final = {errno.EROFS, errno.EACCES, errno.EPERM}


class OwnedElsewhere(Exception):
    """Another process holds the writing side of this SQLite ledger."""


class NewerLedger(Exception):
    """A newer version of the program wrote this ledger."""


class ReadOnlyHome(Exception):
    """The home cannot be written to."""


class UnsupportedDatabase(Exception):
    """The address names neither PostgreSQL nor the SQLite file of the home."""


class Database:
    """The engines of one ledger. Made by `Database.open`, ended by `close`."""

    def __init__(
        self,
        dialect: Dialect,
        home: Path,
        engines: dict[str, Engine],
        owner: int | None = None,
        url: URL | None = None,
    ) -> None:
        self.dialect = dialect
        self.home = home
        self.url = url
        self._engines = engines
        self._owner = owner

    @classmethod
    def open(cls, url: str | None, home: Path, *, writing: bool = True) -> "Database":
        """Opens PostgreSQL at `url`, or without one SQLite in `home`.

        Raises `OwnedElsewhere`, `ReadOnlyHome`, `UnsupportedDatabase`.
        """
        if url is None:
            return cls._open_sqlite(home, writing=writing)
        address = make_url(url)
        if address.get_backend_name() != "postgresql":
            raise UnsupportedDatabase(address.render_as_string(hide_password=True))
        address = by_tls_alone(address.set(drivername="postgresql+psycopg"))
        return cls._open_postgresql(address, home, writing=writing)

    @classmethod
    def _open_sqlite(cls, home: Path, *, writing: bool) -> "Database":
        owner = _own(home) if writing else None
        ledger, models = home / "ledger.db", home / "read_models.db"
        engines = {
            "reading": sqlite_engine(ledger, reading=True),
            "read_models": sqlite_engine(models, reading=True),
        }
        if writing:
            engines["writing"] = sqlite_engine(ledger, pragmas=KEPT_PRAGMAS)
            engines["projecting"] = sqlite_engine(models, pragmas=DERIVED_PRAGMAS)
        return cls("sqlite", home, engines, owner)

    @classmethod
    def _open_postgresql(cls, url: URL, home: Path, *, writing: bool) -> "Database":
        engines = {
            "reading": postgresql_engine(url, READ_ONLY, *BY_KEY),
            "at_once": postgresql_engine(url, READ_ONLY, *BY_KEY, at_once=True),
            "read_models": postgresql_engine(url, READ_ONLY, IN_READ_MODELS),
            "listening": listening_engine(url),
        }
        if writing:
            engines["writing"] = postgresql_engine(url, *DURABLE, *PATIENT_BUT_NOT_FOR_EVER, *BY_KEY)
            engines["projecting"] = postgresql_engine(url, IN_READ_MODELS)
        return cls("postgresql", home, engines, url=url)

    @property
    def writing_engine(self) -> Engine:
        """The writer's; on SQLite it has exactly one connection, and the writer holds it."""
        return self._writing("writing")

    @property
    def read_models_engine(self) -> Engine:
        """The projector's writing side of the read models."""
        return self._writing("projecting")

    def _writing(self, name: str) -> Engine:
        if name not in self._engines:
            raise OwnedElsewhere("opened for reading only")
        return self._engines[name]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection to the kept tables; what it reads is one moment."""
        with self._engines["reading"].begin() as connection:
            yield connection

    def at_once(self, question: Callable[[Connection], T]) -> T:
        """What a question of a single statement to the kept tables is answered: one moment by itself.

        PostgreSQL is sent that statement alone, where `reading` sends four messages and waits for each:
        whether the connection still stands, BEGIN, the statement, COMMIT.
        """
        if self.dialect == "sqlite":
            with self.reading() as connection:
                return question(connection)
        engine = self._engines["at_once"]
        try:
            with engine.connect() as connection:
                return question(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with engine.connect() as connection:  # a new one: the pool let go of all that were older
            return question(connection)

    @contextmanager
    def read_models(self) -> Iterator[Connection]:
        """A read-only connection to the read models; what it reads is one moment."""
        with self._engines["read_models"].begin() as connection:
            yield connection

    @contextmanager
    def listening(self) -> Iterator[Connection]:
        """A connection of its own, in no transaction, to hear PostgreSQL's notices on."""
        with self._engines["listening"].connect() as connection:
            yield connection

    def prepare(self) -> None:
        """Brings the kept tables up to date. Raises `NewerLedger`, `ReadOnlyHome`."""
        try:
            with self.writing_engine.begin() as connection:
                if self.dialect == "postgresql":
                    connection.execute(_ONE_AT_A_TIME)
                _upgrade(connection, refuse_newer(connection))
                if self.dialect == "postgresql":
                    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {READ_MODELS_SCHEMA}"))
            if self.dialect == "sqlite":
                self.read_models_engine.connect().close()  # the file is there for its readers
        except OperationalError as error:
            if "readonly" in str(error.orig) or "unable to open" in str(error.orig):
                raise ReadOnlyHome(str(self.home)) from error
            raise

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None


def refuse_newer(connection: Connection) -> set[str]:
    """The schema's revisions. Raises `NewerLedger` where one of them or a stored fact is unknown to this
    program."""
    standing = _revisions(connection)
    unknown = standing - set(_known_revisions())
    if unknown:
        raise NewerLedger(f"schema revision {', '.join(sorted(unknown))}")
    if inspect(connection).has_table("fact"):
        for name, version in _kinds_stored(connection):
            if not catalogue.knows(name, version):
                raise NewerLedger(f"facts of the kind {name} version {version}")
    return standing


def _kinds_stored(connection: Connection) -> Iterator[tuple[str, int]]:
    """Each name and version in the ledger, by one step in the index for each of them."""
    fact = table("fact", column("name"), column("version"))
    kind = select(fact.c.name, fact.c.version).order_by(fact.c.name, fact.c.version).limit(1)
    found = connection.execute(kind).first()
    while found is not None:
        yield found[0], found[1]
        found = connection.execute(kind.where(tuple_(fact.c.name, fact.c.version) > tuple_(*found))).first()


@cache
def _known_revisions() -> tuple[str, ...]:
    """In their order: each migration's file bears its name."""
    return tuple(sorted(one.stem for one in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def _revisions(connection: Connection) -> set[str]:
    """Where the kept tables stand, in the table that Alembic keeps."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(select(column("version_num")).select_from(table("alembic_version"))))


def _upgrade(connection: Connection, standing: set[str]) -> None:
    if standing == {_known_revisions()[-1]}:
        return
    # Alembic takes a third of the time that a command needs to begin, and hardly any has to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _own(home: Path) -> int:
    """Takes the home's lock for this process, which alone writes and makes checkpoints."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(home / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for name in ("ledger.db", "read_models.db"):
            os.close(os.open(home / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise ReadOnlyHome(str(home)) from error
        raise
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise OwnedElsewhere(str(home)) from None
    return lock
