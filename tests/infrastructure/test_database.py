"""Opening a database: who owns it, what it refuses, and that migrations make what is declared."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError

import infrastructure
from infrastructure.database import (
    MIGRATIONS,
    Database,
    NewerLedger,
    OwnedElsewhere,
    ReadOnlyHome,
    UnsupportedDatabase,
    kept,
)
from infrastructure.ledger.tables import fact


def test_migrations_make_the_tables_that_are_declared(database):
    for module in walk_packages(infrastructure.__path__, "infrastructure."):
        if "migrations" not in module.name:
            import_module(module.name)  # declares its tables
    with database.writing_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, kept)
    ignored = ("alembic_version", "modify_comment")
    assert [one for one in differences if not any(word in str(one) for word in ignored)] == []


def test_each_migration_is_called_as_its_file_and_follows_the_one_before():
    scripts = ScriptDirectory(str(MIGRATIONS))
    in_turn = [one.revision for one in scripts.walk_revisions()][::-1]

    assert in_turn == sorted(one.stem for one in (MIGRATIONS / "versions").glob("*.py"))
    assert scripts.get_heads() == in_turn[-1:]


def test_preparing_twice_changes_nothing(database):
    database.prepare()
    database.prepare()


def test_who_begins_asks_once_how_old_the_tables_are(database):
    asked = []
    event.listen(database.writing_engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    database.prepare()
    assert len([one for one in asked if "FROM alembic_version" in one]) == 1


def test_several_processes_may_prepare_at_once(postgres, tmp_path):
    url = postgres.empty()
    databases = [Database.open(url, tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(Database.prepare, databases))
    for database in databases:
        database.close()


def test_what_is_read_cannot_be_written(database):
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text("DELETE FROM fact"))


def test_read_models_are_kept_apart_and_readers_cannot_write_them(database):
    with database.read_models_engine.begin() as connection:
        connection.execute(text("CREATE TABLE board (score INTEGER)"))
    with database.read_models() as connection:
        assert connection.execute(text("SELECT count(*) FROM board")).scalar() == 0
    with pytest.raises(DBAPIError), database.read_models() as connection:
        connection.execute(text("INSERT INTO board VALUES (1)"))
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text("SELECT count(*) FROM board"))


def test_a_question_asked_at_once_writes_nothing_and_outlives_its_connections(database, database_url):
    database.prepare()
    assert database.at_once(lambda asked: asked.execute(text("SELECT 1")).scalar()) == 1
    with pytest.raises(DBAPIError, match=r"read-only|readonly"):
        database.at_once(lambda asked: asked.execute(text("DELETE FROM api_token")))
    if database_url is not None:  # nobody tries these connections before they are used
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with database.listening() as alone:
            alone.execute(text(f"{others} AND datname = current_database()"))
        assert database.at_once(lambda asked: asked.execute(text("SELECT 2")).scalar()) == 2


def test_a_newer_schema_is_refused(database):
    with database.writing_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(NewerLedger, match="9999_later"):
        database.prepare()


def test_a_fact_of_a_newer_program_is_refused(database):
    with database.writing_engine.begin() as connection:
        for position, name, version in [
            (1, "person-registered", 1),
            (2, "person-registered", 7),
            (3, "zebra", 1),
        ]:
            connection.execute(
                insert(fact).values(
                    position=position, name=name, version=version, at=0, data=b"{}", tags="[]"
                )
            )
    with pytest.raises(NewerLedger, match="person-registered version 7"):
        database.prepare()


def test_only_postgresql_and_the_file_of_the_home_are_supported(tmp_path):
    with pytest.raises(UnsupportedDatabase):
        Database.open("mysql://x:secret@host/db", tmp_path)


def test_one_process_owns_a_sqlite_home_and_others_may_read(tmp_path, sqlite_home):
    owner = Database.open(None, tmp_path)
    owner.prepare()
    with pytest.raises(OwnedElsewhere):
        Database.open(None, tmp_path)
    reader = Database.open(None, tmp_path, writing=False)
    with reader.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM fact")).scalar() == 0
    with pytest.raises(OwnedElsewhere):
        _ = reader.writing_engine
    reader.close()
    owner.close()
    Database.open(None, tmp_path).close()


def test_the_lock_of_a_killed_owner_is_free_again(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from infrastructure.database import Database;"
        "kept = Database.open(None, Path(sys.argv[1])); kept.prepare(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, cwd=Path(__file__).parents[2])
    Database.open(None, tmp_path).close()


def test_a_reader_that_closes_last_leaves_the_log_alone(tmp_path):
    """Only the owner makes checkpoints: SQLite before 3.51.3 may corrupt a log that two reset."""
    code = (
        "import os, sys; from pathlib import Path; from infrastructure.database import Database;"
        "kept = Database.open(None, Path(sys.argv[1])); kept.prepare(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, cwd=Path(__file__).parents[2])
    log = tmp_path / "ledger.db-wal"
    size = log.stat().st_size
    reader = Database.open(None, tmp_path, writing=False)
    with reader.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM fact")).scalar() == 0
    reader.close()
    assert log.stat().st_size == size > 0


def test_files_are_for_their_owner_only(tmp_path):
    home = tmp_path / "home"
    database = Database.open(None, home)
    database.prepare()
    for file in home.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
    database.close()


def test_commits_are_durable_and_deletions_leave_no_bytes(tmp_path):
    database = Database.open(None, tmp_path)
    with database.writing_engine.connect() as connection:
        setting = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    database.close()
    assert setting == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_commits_are_durable_on_postgresql_whatever_its_defaults(postgres, tmp_path):
    url = postgres.empty()
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        connection.execute(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
    database = Database.open(url, tmp_path)
    with database.writing_engine.connect() as connection:
        found = [
            connection.execute(text(f"SHOW {one}")).scalar()
            for one in ("synchronous_commit", "transaction_isolation")
        ]
    database.close()
    assert found == ["on", "read committed"]


def test_a_read_only_home_is_refused(tmp_path, monkeypatch):
    def refuse(*args, **other):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may write anywhere, so no mode would do
    with pytest.raises(ReadOnlyHome):
        Database.open(None, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_without_write_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ReadOnlyHome):
        Database.open(None, tmp_path)
