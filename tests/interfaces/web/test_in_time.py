"""What takes too long ends, and nothing else does."""

import asyncio

import pytest

from interfaces.web import in_time
from interfaces.web.in_time import InTime
from tests.infrastructure.accounts.conftest import run


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    monkeypatch.setattr(in_time, "LOOK", 0.005)


async def said(what, after=0.0):
    await asyncio.sleep(after)
    return what


def test_what_comes_in_time_is_passed_on():
    assert run(InTime(30)(said("body"))) == "body"


def test_what_does_not_is_ended_and_leaves_no_trace_in_its_task():
    async def waiting():
        with pytest.raises(TimeoutError):
            await InTime(0.01)(said("body", after=30))
        this = asyncio.current_task()
        assert this is not None
        return this.cancelling(), await said("goes on")

    assert run(waiting()) == (0, "goes on")


def test_one_that_is_late_takes_no_other_with_it():
    async def both():
        in_time = InTime(0.05)
        late = asyncio.ensure_future(in_time(said("never", after=30)))
        quick = [await in_time(said(number, after=0.01)) for number in range(10)]
        return quick, await asyncio.gather(late, return_exceptions=True)

    quick, [late] = run(both())
    assert quick == list(range(10))
    assert isinstance(late, TimeoutError)


@pytest.mark.parametrize("late", [False, True])
def test_who_is_cancelled_from_outside_is_cancelled(late):
    async def cancelled():
        in_time = InTime(30)
        waiting = asyncio.ensure_future(in_time(said("never", after=30)))
        await asyncio.sleep(0)
        if late:  # at the same moment
            in_time._seconds = 0
            [until] = in_time._until.values()
            until[waiting] = 0.0
            in_time._look(asyncio.get_running_loop(), until)
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        run(cancelled())


def test_what_fails_by_itself_fails_so():
    async def broken():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        run(InTime(30)(broken()))


def test_nobody_looks_any_more_where_nothing_is_under_way():
    async def afterwards():
        in_time = InTime(30)
        await in_time(said("body"))
        [until] = in_time._until.values()
        in_time._look(asyncio.get_running_loop(), until)
        return in_time._until

    assert run(afterwards()) == {}


def test_a_loop_that_is_closed_is_forgotten():
    in_time = InTime(30)
    for _ in range(3):
        run(in_time(said("body")))
    assert len(in_time._until) == 1
