"""A process killed at any point of sending loses no message; sent twice, it bears the same key. Its
control, which notes before it sends, loses one."""

import signal
from pathlib import Path

import pytest

from application.reminders import State
from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.outbox.outbox import Outbox
from tests.infrastructure.outbox import sending_process
from tests.infrastructure.outbox.servers import Gateway, gateway_at
from tests.infrastructure.outbox.support import reminder
from tests.processes import ended, started


class Place:
    def __init__(self, url: str | None, home: Path) -> None:
        self.url, self.home = url, home

    def sends(self, gateway: str, where: str, *, after: int = 0) -> int:
        """How a process ends that sends what is due."""
        return ended(started(sending_process.main, self.home, self.url, gateway, where, after))

    def keep(self) -> None:
        database, writer, outbox = self._open()
        outbox.put([reminder()])
        writer.close()
        database.close()

    def state(self) -> tuple[State, int]:
        database, writer, outbox = self._open()
        found = outbox.find(reminder().key)
        writer.close()
        database.close()
        assert found is not None
        return found.state, found.attempts

    def _open(self) -> tuple[Database, Writer, Outbox]:
        database = Database.open(self.url, self.home)
        writer = Writer(database)
        return database, writer, Outbox(database, writer)


@pytest.fixture
def place(database_url: str | None, tmp_path: Path) -> Place:
    place = Place(database_url, tmp_path)
    place.keep()
    return place


@pytest.mark.parametrize(("where", "arrived"), [("before", 0), ("between", 1)])
def test_killed_it_is_sent_again_under_the_same_key(place: Place, where: str, arrived: int) -> None:
    gateway = Gateway()
    with gateway_at(gateway) as url:
        assert place.sends(url, where) == -signal.SIGKILL
        assert (place.state(), len(gateway.requests)) == ((State.SENDING, 1), arrived)
        assert place.sends(url, "nowhere", after=1) == 0  # the lease still holds
        assert len(gateway.requests) == arrived
        assert place.sends(url, "nowhere", after=11) == 0
    assert place.state() == (State.SENT, 2)
    assert [one["Idempotency-Key"] for one in gateway.requests] == [reminder().key] * (arrived + 1)
    assert list(gateway.delivered) == [reminder().key]


def test_the_control_loses_it(place: Place) -> None:
    gateway = Gateway()
    with gateway_at(gateway) as url:
        assert place.sends(url, "careless") == -signal.SIGKILL
        assert place.sends(url, "nowhere", after=11) == 0
    assert place.state() == (State.SENT, 1)
    assert gateway.delivered == {}
