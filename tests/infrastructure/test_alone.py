"""What one at a time does: others of the same process are kept away as others of another one are."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager, suppress

import pytest

from application.ports import Unavailable
from infrastructure import turns
from infrastructure.alone import alone
from infrastructure.database import Database
from infrastructure.turns import AT_ONCE, Turns

WORK, OTHER_WORK = 77, 78


def test_nobody_else_is_at_it_until_it_is_left(database):
    with alone(database, WORK) as first, alone(database, WORK) as second:
        assert (first, second) == (True, False)
        assert not asked_by_another_thread(database)  # whoever was refused took nothing away
        with alone(database, OTHER_WORK) as other:
            assert other
    with pytest.raises(OSError, match="failed"), alone(database, WORK):
        raise OSError("failed")
    assert asked_by_another_thread(database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_was_given_up_is_let_go_at_any_moment(database):
    """As garbage, which may be found while somebody else asks."""
    given_up = alone(database, OTHER_WORK)
    assert given_up.__enter__()
    answers = []

    class Finding(int):
        def __hash__(self):
            given_up.gen.close()
            return super().__hash__()

    def ask() -> None:
        with alone(database, Finding(WORK)) as nobody_else:
            answers.append(nobody_else)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(10)
    assert answers == [True]
    with alone(database, OTHER_WORK) as other:
        assert other


def asked_by_another_thread(database: Database) -> bool:
    def ask() -> bool:
        with alone(database, WORK) as nobody_else:
            return nobody_else

    with ThreadPoolExecutor(1) as another:
        return another.submit(ask).result(10)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_process_is_kept_away(database, database_url, tmp_path):
    elsewhere = Database.open(database_url, tmp_path)
    with alone(elsewhere, WORK) as one, alone(database, WORK) as other:
        assert (one, other) == (True, False)
    with alone(database, WORK) as other:
        assert other
    elsewhere.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_one_thing_there_is_one_turn_and_of_others_a_few(database, monkeypatch):
    monkeypatch.setattr(turns, "_ATTEMPTS", 2)
    taking = Turns(database)

    async def turns_of(*things: bytes) -> None:
        async with AsyncExitStack() as held:
            for thing in things:
                await held.enter_async_context(taking.of(thing))

    names = [bytes([one] * 6) for one in range(AT_ONCE + 1)]
    asyncio.run(turns_of(*names[:-1]))
    for refused in ((names[0], names[0]), names):
        with pytest.raises(Unavailable):
            asyncio.run(turns_of(*refused))
    asyncio.run(turns_of(*names[:-1]))  # all were given back


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_gives_up_as_their_turn_comes_leaves_it_to_others(database, monkeypatch):
    asked, answered = threading.Event(), threading.Event()

    @contextmanager
    def slowly(*about):
        asked.set()
        assert answered.wait(10)
        with alone(*about) as nobody_else:
            yield nobody_else

    monkeypatch.setattr(turns, "alone", slowly)
    taking = Turns(database)

    async def turn() -> None:
        async with taking.of(b"a thing"):
            pass

    async def given_up() -> None:
        one = asyncio.create_task(turn())
        await asyncio.to_thread(asked.wait, 10)
        one.cancel()
        with suppress(asyncio.CancelledError):
            await one
        answered.set()
        await turn()

    asyncio.run(given_up())
