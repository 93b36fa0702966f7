"""How figures are told: one JSON object a line, the same keys for every benchmark."""

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec


class Measure(msgspec.Struct, kw_only=True):
    """One figure beside its peers and the raw limit, taken in the same run.

    `limit` is what the bare storage does with the same rows; `goal` says in words what was
    promised; `met` whether this run kept it.
    """

    measure: str
    ours: float
    unit: str
    peers: Mapping[str, float]
    limit: float | None
    goal: str
    met: bool


def tell(measure: Measure) -> None:
    """Prints one figure on standard output, at once."""
    rounded = msgspec.structs.replace(
        measure,
        ours=sensible(measure.ours),
        peers={name: sensible(value) for name, value in measure.peers.items()},
        limit=None if measure.limit is None else sensible(measure.limit),
    )
    print(msgspec.json.encode(rounded).decode(), flush=True)


def sensible(value: float) -> float:
    """Three figures are all that a run is good for."""
    return float(f"{value:.3g}")


def note(words: str) -> None:
    """What is going on, for who watches; the figures alone go to standard output."""
    print(words, file=sys.stderr, flush=True)


def arguments(about: str, add: Callable[[argparse.ArgumentParser], None] | None = None) -> argparse.Namespace:
    """The command line that all benchmarks share."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="50,000 facts instead of 1,000,000")
    if add:
        add(parser)
    return parser.parse_args()


def machine() -> str:
    """What a figure belongs to: the day, the processor, the versions."""
    processor = platform.processor() or platform.machine()
    with Path("/proc/cpuinfo").open() as lines:
        for line in lines:
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("sqlalchemy", "psycopg", "eventsourcing"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} x {processor}; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}"
    )
