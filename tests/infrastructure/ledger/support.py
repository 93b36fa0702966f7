"""What the tests of the ledger share: decisions in one batch or apart, and their outcomes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from domain.model import Decision, PersonId, Selector
from domain.registering import RegisterPerson
from infrastructure.ledger.writer import Writer
from tests import cast


def register(name: str, **other: Any) -> RegisterPerson:
    """Somebody is known from now on: the simplest decision that records one fact."""
    request: dict[str, Any] = {
        "person": PersonId(name),
        "group": "people",
        "unit": cast.TUY_PHUOC,
        "by": cast.BY,
    }
    return RegisterPerson(**(request | other))


@contextmanager
def held(ledger: Writer) -> Iterator[None]:
    """While inside, the writer is busy: what is handed in waits, and then shares one batch."""
    busy, free = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        busy.set()
        free.wait(10)

    holding = ledger.write(hold)
    busy.wait(10)
    yield
    free.set()
    holding.result(10)


def outcome(future: Any) -> Any:
    """What the future holds: a receipt, or the exception itself."""
    return future.exception(10) or future.result()


def together(ledger: Writer, *decisions: Decision) -> list[Any]:
    """Their outcomes when they share one batch, in this order."""
    with held(ledger):
        waiting = [ledger.decide_soon(decision) for decision in decisions]
    return [outcome(one) for one in waiting]


def apart(ledger: Writer, *decisions: Decision) -> list[Any]:
    """Their outcomes when each has a commit of its own, in this order."""
    return [outcome(ledger.decide_soon(decision)) for decision in decisions]


def names(ledger: Writer) -> list[str]:
    """The names of all facts, in order; positions without gaps."""
    recorded = ledger.history([Selector()])
    assert [one.position for one in recorded] == list(range(1, len(recorded) + 1))
    return [one.fact.NAME for one in recorded]
