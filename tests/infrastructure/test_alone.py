"""What one at a time does: others of the same process are kept away as others of another one are."""

import asyncio
import threading
from contextlib import AsyncExitStack

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
        with alone(database, WORK) as third:
            assert not third  # whoever was refused took nothing away
    with pytest.raises(OSError, match="failed"), alone(database, WORK):
        raise OSError("failed")
    with alone(database, WORK) as after:
        assert after


def test_another_thread_is_somebody_else(database):
    found: list[bool] = []

    def ask() -> None:
        with alone(database, WORK) as nobody_else:
            found.append(nobody_else)

    with alone(database, WORK):
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(10)
    assert found == [False]


def test_other_work_is_not_meant(database):
    with alone(database, WORK) as one, alone(database, OTHER_WORK) as other:
        assert (one, other) == (True, True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_process_is_kept_away(database, database_url, tmp_path):
    elsewhere = Database.open(database_url, tmp_path)
    with alone(elsewhere, WORK) as one, alone(database, WORK) as other:
        assert (one, other) == (True, False)
    with alone(database, WORK) as other:
        assert other
    elsewhere.close()


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
