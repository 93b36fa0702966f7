"""Copies while serving, and ledgers from copies."""

import asyncio
import os
import threading

import pytest
from sqlalchemy import select, text

from domain.lists import ListId
from domain.model import PersonId, Selector
from infrastructure.accounts.accounts import Accounts
from infrastructure.brought import list_piece
from infrastructure.database import Database, NewerLedger
from infrastructure.ledger import backup as backups
from infrastructure.ledger.backup import DumpFailed, NoPgDump, NotACopy, NotEmpty, backup, restore
from infrastructure.ledger.check import check
from infrastructure.ledger.writer import Writer
from infrastructure.lists.spool import Cover, Spools
from tests.infrastructure.ledger.support import apart, register


@pytest.fixture(autouse=True)
def tools(database, request, monkeypatch):
    """PostgreSQL's own tools are on the PATH."""
    if database.dialect == "postgresql":
        folder = request.getfixturevalue("postgres").tools
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def empty(database, tmp_path_factory, request):
    """Another database of the same kind without anything in it."""
    home = tmp_path_factory.mktemp("restored")
    url = request.getfixturevalue("postgres").empty() if database.dialect == "postgresql" else None
    restored = Database.open(url, home)
    yield restored
    restored.close()


def facts(ledger):
    return ledger.history([Selector()])


def test_rows_of_lists_that_wait_are_in_no_copy(ledger, database, empty, tmp_path):
    ledger.founded("origin")
    spools = Spools(database, ledger, bytes(32))
    cover = Cover(name="x", format="csv", sheet="", delimiter=",", headings=("A",))
    spools.write(ListId("l"), PersonId("minh"), cover, [(2, ["Võ Thị Hoa"])])
    with database.reading() as db:
        (first, *_rest) = db.execute(select(list_piece.c.sealed)).scalars()

    backup(database, tmp_path / "copy")
    restore(empty, tmp_path / "copy")

    assert spools.everything() == ["l"]
    assert Spools(empty, ledger, bytes(32)).everything() == []
    assert bytes(first) not in (tmp_path / "copy").read_bytes()


@pytest.mark.parametrize("older", [False, True])
def test_a_link_that_was_used_since_lets_nobody_in_by_a_restored_copy(
    ledger, database, empty, tmp_path, monkeypatch, older
):
    if older:  # a version that copied links, too
        monkeypatch.setattr(backups, "_NOT_COPIED", ())
    ledger.founded("origin")
    accounts, lan = Accounts(database, ledger), PersonId("lan")
    link, bearer = asyncio.run(accounts.issue(lan)), asyncio.run(accounts.issue_bearer(lan))

    backup(database, tmp_path / "copy")
    assert asyncio.run(accounts.accept(link)) is not None
    restore(empty, tmp_path / "copy")

    restored = Writer(empty)
    back = Accounts(empty, restored)
    assert asyncio.run(back.accept(link)) is None
    assert back.bearer(bearer) == lan  # the control: what lasts is in the copy
    restored.close()


def test_a_restored_copy_is_the_ledger(ledger, database, empty, tmp_path):
    ledger.founded("origin")
    apart(ledger, register("lan"), register("hoa"))
    told = []
    backup(database, tmp_path / "copy", lambda done, total: told.append(done == total))
    findings = restore(empty, tmp_path / "copy")
    assert told[-1]
    assert (findings.sound, findings.facts) == (True, 3)
    restored = Writer(empty)
    assert facts(restored) == facts(ledger)
    assert apart(restored, register("tu"))[0].position == 4
    restored.close()


def test_a_copy_made_while_everybody_writes_is_one_moment(ledger, database, empty, tmp_path):
    ledger.founded("origin")
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            for future in [ledger.decide_soon(register(f"p{number + n}")) for n in range(50)]:
                future.result(10)
            number += 50

    writing = threading.Thread(target=write)
    writing.start()
    while ledger.head() < 500:
        pass
    try:
        backup(database, tmp_path / "copy")
    finally:
        done.set()
        writing.join()
    findings = restore(empty, tmp_path / "copy")
    assert findings.sound
    assert 500 <= findings.facts <= ledger.head()


def test_a_copy_is_for_its_owner_only_and_leaves_nothing_half_done(ledger, database, tmp_path):
    backup(database, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.partial"))


def test_a_ledger_with_facts_is_not_overwritten(ledger, database, tmp_path):
    apart(ledger, register("lan"))
    backup(database, tmp_path / "copy")
    ledger.close()
    with pytest.raises(NotEmpty):
        restore(database, tmp_path / "copy")


def test_a_file_that_is_no_copy_is_refused(database, tmp_path):
    (tmp_path / "copy").write_text("hello" * 1000)
    with pytest.raises((NotACopy, DumpFailed)):
        restore(database, tmp_path / "copy")
    assert check(database).facts == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_copy_of_a_newer_ledger_is_refused(ledger, database, empty, tmp_path):
    ledger.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'"))).result(10)
    backup(database, tmp_path / "copy")
    with pytest.raises(NewerLedger):
        restore(empty, tmp_path / "copy")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_pg_dump_it_says_so(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPgDump, match="pg_dump"):
        backup(database, tmp_path / "copy")


def test_read_models_are_emptied_to_be_rebuilt(ledger, database, empty, tmp_path):
    apart(ledger, register("lan"))
    backup(database, tmp_path / "copy")
    empty.prepare()
    with empty.read_models_engine.begin() as connection:
        connection.execute(text("CREATE TABLE board (score INTEGER)"))
    restore(empty, tmp_path / "copy")
    with empty.read_models() as connection:
        tables = connection.dialect.get_table_names(connection)
    assert tables == []
