"""Waiting for the condition itself."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 30.0


def until(condition: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What the condition says once it says something true; fails after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        if said := condition():
            return said
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience:.0f} s")
        time.sleep(0.05)
