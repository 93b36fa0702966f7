"""When the database fails: unknown stays unknown, a full disk heals, neighbours are told."""

import threading
import time
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text

from application.ports import OutcomeUnknown, Submission, Unavailable
from domain.model import Selector
from domain.registering import AlreadyRegistered
from infrastructure.database import Database
from infrastructure.ledger.tables import fact
from infrastructure.ledger.writer import Writer
from tests.infrastructure.ledger.support import apart, held, names, outcome, register

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sent(number: int) -> Submission:
    return Submission(author="lan", id=f"s-{number}", content=b"same")


def administer(url: str, statement: str, *values: object) -> list[Any]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = local")
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


HERE = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def committing(url: str) -> int:
    """The backend that hangs in its commit."""
    for _ in range(3_000):
        if found := administer(url, f"{HERE} AND query = 'COMMIT' AND state = 'active'"):
            return int(found[0][0])
        time.sleep(0.01)
    raise AssertionError("no backend hangs in its commit")


@pytest.fixture
def slow_commit(database_url):
    """Commits of facts hang, before anything is decided, while this lock is held."""
    administer(
        database_url,
        """CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END $$""",
    )
    administer(
        database_url,
        """CREATE CONSTRAINT TRIGGER hang AFTER INSERT ON fact DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION hang()""",
    )
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(77)")
        yield


def until_commits_wait(url: str) -> None:
    """The checkpointer puts new standby names into force some time after the reload."""
    for _ in range(3_000):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as probe:
            writes = "SELECT pg_logical_emit_message(true, 'probe', '')"
            committing = threading.Thread(target=probe.execute, args=[writes])
            committing.start()
            while committing.is_alive():
                waiting = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'SyncRep'"
                if administer(url, waiting, probe.info.backend_pid):
                    probe.cancel()
                    committing.join()
                    return
            committing.join()
    raise AssertionError("commits wait for no standby")


@pytest.fixture
def waits_for_a_standby(postgres):
    """Commits are done here and then wait for a standby that never comes."""
    administer(postgres.uri, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    administer(postgres.uri, "SELECT pg_reload_conf()")
    try:
        until_commits_wait(postgres.uri)
        yield
    finally:
        administer(postgres.uri, "ALTER SYSTEM RESET synchronous_standby_names")
        administer(postgres.uri, "SELECT pg_reload_conf()")


@on_postgresql
def test_a_connection_lost_in_the_commit_is_unknown_to_the_whole_batch(ledger, database_url, slow_commit):
    with held(ledger):
        waiting = [ledger.decide_soon(register(f"p{n}"), submission=sent(n)) for n in range(3)]
    administer(database_url, "SELECT pg_terminate_backend(%s)", committing(database_url))
    assert [type(outcome(one)) for one in waiting] == [OutcomeUnknown] * 3
    administer(database_url, "DROP TRIGGER hang ON fact")
    assert names(ledger) == []  # it was not recorded, which nobody could know
    again = [outcome(ledger.decide_soon(register(f"p{n}"), submission=sent(n))) for n in range(3)]
    assert [(one.position, one.again) for one in again] == [(1, False), (2, False), (3, False)]


@on_postgresql
@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_recorded_here_but_not_yet_elsewhere_is_unknown(ledger, database_url, waits_for_a_standby, how):
    """PostgreSQL says COMMIT with a warning when the wait for a standby is cancelled."""
    waiting = ledger.decide_soon(register("lan"), submission=sent(1))
    administer(database_url, f"SELECT {how}(%s)", committing(database_url))
    assert isinstance(outcome(waiting), OutcomeUnknown)
    administer(database_url, "ALTER SYSTEM RESET synchronous_standby_names")
    administer(database_url, "SELECT pg_reload_conf()")
    again = outcome(ledger.decide_soon(register("lan"), submission=sent(1)))
    assert (again.position, again.again) == (1, True)
    assert names(ledger) == ["person-registered"]


@on_postgresql
def test_a_connection_lost_while_idle_costs_nobody_anything(ledger, database_url):
    apart(ledger, register("lan"))
    administer(database_url, f"SELECT pg_terminate_backend(pid) FROM ({HERE}) AS others")
    while administer(database_url, HERE):
        time.sleep(0.01)
    [receipt] = apart(ledger, register("hoa"))
    assert receipt.position == 2


@on_postgresql
def test_a_process_that_stopped_while_it_held_the_lock_stops_nobody_else(ledger, database_url, tmp_path):
    other_database = Database.open(database_url, tmp_path)
    shorten(other_database)
    other, asleep, awake = Writer(other_database), threading.Event(), threading.Event()

    def sleep(_: object) -> None:
        asleep.set()
        awake.wait(10)

    waiting = other.write(sleep)
    assert asleep.wait(10)  # in its transaction
    [receipt] = apart(ledger, register("lan"))
    assert receipt.position == 1
    awake.set()
    assert isinstance(outcome(waiting), Unavailable)
    assert outcome(other.decide_soon(register("hoa"))).position == 2
    other.close()
    other_database.close()


def shorten(database: Database) -> None:
    """Half a second instead of half a minute."""

    @event.listens_for(database.writing_engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute("SET idle_in_transaction_session_timeout = '500ms'")
        connection.commit()


def test_without_its_server_the_ledger_is_unavailable(tmp_path):
    database = Database.open("postgresql+psycopg://nobody@127.0.0.1:9/none", tmp_path)
    ledger = Writer(database)
    assert [type(one) for one in apart(ledger, register("lan"))] == [Unavailable]
    ledger.close()
    database.close()


@pytest.fixture
def most_pages(database):
    """How large the file may grow; a full disk, but for the pages it has."""
    limit = {"pages": 1 << 30}

    @event.listens_for(database.writing_engine, "connect")
    def set_limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {limit['pages']}")

    return limit


@on_sqlite
def test_a_full_disk_is_told_and_heals_by_itself(database, most_pages):
    most_pages["pages"] = 60
    ledger = Writer(database)
    receipts: list[Any] = []
    while not receipts or not isinstance(receipts[-1], Exception):
        receipts += [
            outcome(one) for one in [ledger.decide_soon(register(f"p{len(receipts) + n}")) for n in range(9)]
        ]
        assert len(receipts) < 10_000
    assert isinstance(receipts[-1], Unavailable)
    recorded = [one.position for one in receipts if not isinstance(one, Exception)]
    assert len(names(ledger)) == len(recorded)
    most_pages["pages"] = 1 << 30
    [healed] = apart(ledger, register("later"))
    assert healed.position == len(recorded) + 1
    ledger.close()


@on_sqlite
def test_on_a_full_disk_refusals_and_reading_go_on(database, most_pages):
    ledger = Writer(database)
    apart(ledger, register("lan"))
    ledger.close()
    most_pages["pages"] = 1
    ledger = Writer(database)
    [refused] = apart(ledger, register("lan"))
    assert isinstance(refused, AlreadyRegistered)
    assert len(ledger.history([Selector()])) == 1
    ledger.close()


@on_postgresql
def test_a_server_that_became_read_only_is_unavailable_and_heals(ledger, database_url):
    ledger.write(lambda c: c.execute(text("SET default_transaction_read_only = on"))).result(10)
    assert [type(one) for one in apart(ledger, register("lan"))] == [Unavailable]
    [healed] = apart(ledger, register("lan"))
    assert healed.position == 1


def test_a_receipt_means_that_it_stands(ledger, database):
    """When the future has its receipt, another connection reads the fact."""
    for number in range(50):
        [receipt] = apart(ledger, register(f"p{number}"))
        with database.reading() as connection:
            assert connection.execute(
                select(fact.c.position).where(fact.c.position == receipt.position)
            ).scalar()


def test_nobody_waits_for_ever_when_the_ledger_closes(database):
    ledger = Writer(database)
    outcomes = []

    def ask() -> None:
        for number in range(2000):
            try:
                outcomes.append(outcome(ledger.decide_soon(register(f"p{threading.get_ident()}-{number}"))))
            except Unavailable:
                return

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    time.sleep(0.1)
    ledger.close()
    for thread in asking:
        thread.join(30)
        assert not thread.is_alive()
