"""Whoever follows the ledger sees every position exactly once, in order, while others write."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from infrastructure.database import Database
from infrastructure.ledger import follower as following_on
from infrastructure.ledger.follower import Bell, Follower
from infrastructure.ledger.writer import Writer
from tests.infrastructure.ledger.support import apart, register

ROOT = Path(__file__).parents[3]


def writing(home, url, name, threads, count):
    command = [sys.executable, "-m", "tests.infrastructure.ledger.writing_process"]
    arguments = [str(home), url or "-", name, str(threads), str(count)]
    return subprocess.Popen([*command, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def followed(database, until, *, wake=None, within=30.0):
    """The positions that a follower sees until the last one is `until`."""
    follower = Follower(database)
    if wake:
        wake(follower.wake)
    stop = threading.Event()
    seen: list[int] = []
    threading.Timer(within, stop.set).start()
    for batch in follower.batches(stop):
        seen.extend(row.position for row in batch)
        if seen[-1] >= until:
            stop.set()
    return seen


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_four_processes_write_and_a_reader_follows(database_url, tmp_path):
    processes = [writing(tmp_path, database_url, name, 2, 150) for name in "abcd"]
    reader = Database.open(database_url, tmp_path, writing=False)
    try:
        start(processes)
        seen = followed(reader, until=1200)
    finally:
        end(processes)
        reader.close()
    assert seen == list(range(1, 1201))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_four_threads_of_the_owner_write_and_another_process_follows(database_url, tmp_path):
    processes = [writing(tmp_path, database_url, "owner", 4, 300)]
    try:
        start(processes)
        reader = Database.open(None, tmp_path, writing=False)
        seen = followed(reader, until=1200)
        reader.close()
    finally:
        end(processes)
    assert seen == list(range(1, 1201))


def start(processes):
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.flush()


def end(processes):
    for process in processes:
        assert process.wait(30) == 0
        process.stdin.close()
        process.stdout.close()


def test_a_follower_goes_on_where_it_was(ledger, database):
    apart(ledger, *(register(f"p{n}") for n in range(5)))
    stop = threading.Event()
    follower = Follower(database, after=3)
    for batch in follower.batches(stop):
        assert [row.position for row in batch] == [4, 5]
        stop.set()
    assert follower.after == 5


def test_a_batch_that_was_not_digested_comes_again(ledger, database):
    apart(ledger, register("lan"))
    follower = Follower(database)
    for _ in range(2):
        batches = follower.batches(threading.Event())
        assert [row.position for row in next(batches)] == [1]
        batches.close()  # the projector failed before it asked for more


@pytest.fixture
def without_slow_polls(monkeypatch):
    """Only what wakes a follower brings it anything."""
    monkeypatch.setattr(following_on, "_POLL", {"sqlite": 600, "postgresql": 600})


def test_in_the_writers_own_process_it_is_immediate(ledger, database, without_slow_polls):
    follower = Follower(database)
    ledger.on_commit(follower.wake)
    assert as_they_come(ledger, follower) == list(range(1, 21))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_process_is_notified(database_url, tmp_path, without_slow_polls):
    database = Database.open(database_url, tmp_path)
    other = Database.open(database_url, tmp_path, writing=False)
    ledger = Writer(database)
    assert as_they_come(ledger, Follower(other)) == list(range(1, 21))
    for one in (ledger, database, other):
        one.close()


def as_they_come(ledger, follower):
    """The positions that the follower sees of twenty facts, each recorded when it has seen the last."""
    seen: list[int] = []
    stop = threading.Event()

    def follow():
        for batch in follower.batches(stop):
            seen.extend(row.position for row in batch)

    following = threading.Thread(target=follow)
    following.start()
    for number in range(20):
        apart(ledger, register(f"p{number}"))
        patience = time.monotonic() + 20
        while len(seen) <= number and time.monotonic() < patience:
            time.sleep(0.001)
        if len(seen) <= number:
            break
    stop.set()
    follower.wake()
    following.join()
    return seen


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_stops_listening_need_not_wait_for_something_to_be_said(database, monkeypatch):
    monkeypatch.setattr(following_on, "_NOD", 60)
    started = time.monotonic()
    with Bell(database) as bell:
        bell._rung.wait(10)  # it listens
    assert time.monotonic() - started < 30
