"""Two processes that count anew at once, one after the other: neither takes the other's tables."""

import threading

import pytest

from infrastructure.ledger import projector as projecting
from infrastructure.ledger.projector import Projector
from infrastructure.read_models import people
from tests.cast import LAN, LAN_TU, TU, answer, lesson

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""An SQLite ledger has one process that counts."""

HELD = 10.0
"""Seconds after which a thread that hangs fails the test."""


def test_who_builds_anew_waits_for_who_does_so_already(movement, monkeypatch):
    movement.live(lesson(LAN, TU), answer(LAN_TU))
    before = {ref: movement.ask(people.one, ref) for ref in (LAN, TU)}
    monkeypatch.setattr(projecting, "TOGETHER", 2)
    other = Projector(movement.database)
    second = threading.Thread(target=other.rebuild, daemon=True)
    broken: list[object] = []
    monkeypatch.setattr(threading, "excepthook", broken.append)

    def begin_the_second(_done: int, _all: int) -> None:
        if second.ident is None:
            second.start()
            second.join(0.3)  # long enough to drop and take what the first has made, where it could

    movement.projector.rebuild(progress=begin_the_second)
    second.join(HELD)
    assert not second.is_alive()
    assert not broken
    assert {ref: movement.ask(people.one, ref) for ref in (LAN, TU)} == before
