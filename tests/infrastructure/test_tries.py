"""Counting tries: exactly as many as the limit says, however many threads and processes try."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from application.ports import Unavailable
from domain.model import Stale
from infrastructure import tries as counted
from infrastructure.ledger.beside import Rows
from infrastructure.ledger.writer import Writer
from infrastructure.tries import Count, Limit, Tries, tried
from tests.cast import NOW
from tests.infrastructure.counting_process import digest
from tests.infrastructure.ledger.support import held, register

TEN = Limit(10, 60)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def passes(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tries(database, ledger, clock):
    return Tries(ledger, database.dialect, digest, clock=clock)


def take(tries, *counts):
    return asyncio.run(tries.take(counts))


def code(value="K7MP2XQ9", limit=TEN):
    return Count("code", value, limit)


def kept(database):
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(tried)).scalar()


def test_as_many_as_the_limit_says_and_no_more(tries):
    assert [take(tries, code()) for _ in range(12)] == [0] * 10 + [60, 60]


def test_80_at_once_at_a_limit_of_10_are_10(tries):
    with ThreadPoolExecutor(80) as threads:
        waits = list(threads.map(lambda _: take(tries, code()), range(80)))

    assert waits.count(0) == 10
    assert {wait for wait in waits if wait} == {60}


def test_80_in_one_loop_are_10_too(tries):
    async def all_at_once():
        return await asyncio.gather(*(tries.take([code()]) for _ in range(80)))

    assert asyncio.run(all_at_once()).count(0) == 10


def test_a_count_that_is_read_and_written_back_lets_more_through(tries, database, monkeypatch):
    """The control: without the one statement, the same 80 are more than 10."""
    counts: dict[str, int] = {}

    async def read_then_write(self, wanted):
        (one,) = wanted
        count = counts.get(one.by, 0)
        await asyncio.sleep(0)  # as between a store's `get` and its `set`
        counts[one.by] = count + 1
        return 0 if count < one.limit.most else one.limit.seconds

    monkeypatch.setattr(Tries, "take", read_then_write)

    async def all_at_once():
        return await asyncio.gather(*(tries.take([code()]) for _ in range(80)))

    assert asyncio.run(all_at_once()).count(0) > 10


def test_processes_share_the_limit(postgres, tmp_path):
    url = postgres.prepared()
    command = [sys.executable, "-m", "tests.infrastructure.counting_process", str(tmp_path), url]
    trying = [
        subprocess.Popen(
            [*command, "10", "10", "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    try:
        for one in trying:
            assert one.stdout
            assert one.stdout.readline() == "ready\n"
        for one in trying:
            assert one.stdin
            one.stdin.write("now\n")
            one.stdin.flush()
        assert sum(int(one.communicate(timeout=60)[0]) for one in trying) == 10
    finally:
        for one in trying:
            one.kill()
            one.wait()
        postgres.drop(url)


def test_each_of_several_counts_may_refuse(tries):
    home = Count("code", "198.51.100.7", Limit(3, 600))
    assert [take(tries, code(str(number)), home) for number in range(4)] == [0, 0, 0, 600]
    assert take(tries, code("another"), Count("code", "198.51.100.8", Limit(3, 600))) == 0


def test_what_is_tried_elsewhere_is_counted_apart(tries):
    once = Limit(1, 60)
    assert take(tries, Count("code", "K7MP2XQ9", once)) == 0
    assert take(tries, Count("totp", "K7MP2XQ9", once)) == 0
    assert take(tries, Count("code", "K7MP2XQ8", once)) == 0
    assert take(tries, Count("code", "K7MP2XQ9", once)) == 60


def test_a_window_ends_some_time_after_its_first_try(tries, clock):
    for _ in range(10):
        take(tries, code())
    clock.passes(59)
    assert take(tries, code()) == 1
    clock.passes(1)
    assert [take(tries, code()) for _ in range(11)] == [0] * 10 + [60]


def test_being_refused_does_not_make_the_wait_longer(tries, clock):
    for _ in range(11):
        take(tries, code())
    clock.passes(30)
    assert [take(tries, code()) for _ in range(5)] == [30] * 5


def test_another_process_begins_where_this_one_stopped(tries, database, ledger, clock):
    for _ in range(9):
        take(tries, code())
    restarted = Tries(ledger, database.dialect, digest, clock=clock)
    assert [take(restarted, code()), take(restarted, code())] == [0, 60]


def test_one_who_gives_up_waiting_leaves_the_others_their_turn(tries, ledger):
    async def one_of_three_gives_up():
        with held(ledger):
            waiting = [asyncio.ensure_future(tries.take([code()])) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[1].cancel()
            await asyncio.sleep(0)
        return await asyncio.gather(*waiting, return_exceptions=True)

    first, second, third = asyncio.run(one_of_three_gives_up())
    assert (first, type(second), third) == (0, asyncio.CancelledError, 0)


def test_a_neighbour_who_spoils_the_batch_costs_no_try(tries, ledger):
    """The batch is rolled back and run again; each try still counts once."""
    row = {"key": b"twice", "tries": 1, "since": 0, "until": 0}

    async def beside_it():
        with held(ledger):
            spoiling = ledger.decide_soon(register("somebody"), beside=Rows([(tried, row), (tried, row)]))
            waiting = [asyncio.ensure_future(tries.take([code()])) for _ in range(12)]
            await asyncio.sleep(0)
        return spoiling, await asyncio.gather(*waiting)

    spoiling, waits = asyncio.run(beside_it())
    assert isinstance(spoiling.exception(10), Stale)
    assert waits.count(0) == 10


def test_ended_windows_are_cleared_away(tries, database, clock):
    for number in range(5):
        take(tries, code(str(number)))
    clock.passes(61)
    take(tries, code("new"))
    assert kept(database) == 1


def test_a_key_that_is_used_up_costs_no_statement_until_its_window_ends(tries, ledger, clock, database):
    for _ in range(11):
        take(tries, code())
    ledger.write(lambda connection: connection.execute(delete(tried)).rowcount).result(10)
    assert take(tries, code()) == 60
    assert kept(database) == 0
    clock.passes(60)
    assert take(tries, code()) == 0


def test_what_is_remembered_as_used_up_is_bounded(tries, monkeypatch):
    monkeypatch.setattr(counted, "REMEMBERED", 3)
    for number in range(20):
        once = code(str(number), Limit(1, 60))
        take(tries, once)
        assert take(tries, once) == 60
    assert len(tries._spent) <= 3


def test_counted_here_the_limit_holds_for_this_process(tries, clock, database):
    assert [tries.take_here(code()) for _ in range(12)] == [0] * 10 + [60, 60]
    assert tries.take_here(code("K7MP2XQ8")) == 0
    clock.passes(60)
    assert tries.take_here(code()) == 0
    assert kept(database) == 0


def test_what_is_counted_here_is_bounded(tries, monkeypatch):
    monkeypatch.setattr(counted, "REMEMBERED", 3)
    for number in range(20):
        assert tries.take_here(code(str(number))) == 0
    assert len(tries._here) <= 3


def test_what_is_counted_stands_nowhere_in_plain(database, ledger, vault):
    with_vault = Tries(ledger, database.dialect, vault.content_digest)
    take(with_vault, code(), Count("code", "198.51.100.7", TEN))
    with database.reading() as connection:
        keys = [row.key for row in connection.execute(select(tried.c.key))]
    assert [len(key) for key in keys] == [32, 32]
    assert not any(b"K7MP2XQ9" in key or b"198.51" in key for key in keys)


def test_without_a_writer_nothing_is_allowed(database):
    writer = Writer(database)
    tries = Tries(writer, database.dialect, digest)
    writer.close()
    for _ in range(2):
        with pytest.raises(Unavailable):
            take(tries, code())
