"""Lists of what must not be undone by a restored copy, in the home beside the database: a line each."""

import os
from collections.abc import Sequence
from pathlib import Path


def lines_of(path: Path) -> list[str]:
    """What stands on a list; nothing where there is none."""
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line]
    except FileNotFoundError:
        return []


def append(path: Path, lines: Sequence[str]) -> None:
    """Durably on the list when this returns."""
    if not lines:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, "".join(f"{line}\n" for line in lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
