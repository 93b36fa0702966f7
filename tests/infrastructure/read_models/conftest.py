from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer, utc_now
from tests.cast import NOW, everybody
from tests.infrastructure.read_models.support import TERRITORY, Movement


class Clock:
    """Time as it passes, from the cast's `NOW` on, and as told."""

    def __init__(self) -> None:
        self._started = utc_now()
        self._passed = timedelta()

    def __call__(self) -> datetime:
        return NOW + self._passed + (utc_now() - self._started)

    def pass_days(self, days: int) -> None:
        self._passed += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Iterator[Writer]:
    writer = Writer(database, clock=clock)
    yield writer
    writer.close()


@pytest.fixture
def movement(database: Database, ledger: Writer) -> Movement:
    """The cast in their territory, with nothing taught yet."""
    movement = Movement(database, ledger)
    movement.live(*TERRITORY, *everybody())
    return movement
