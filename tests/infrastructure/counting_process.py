"""A process that tries, for tests of several: `python -m ... HOME URL|- LIMIT THREADS TRIES`.

Prints "ready", waits for a line, makes TRIES from each of THREADS threads, and prints how many
of them were allowed.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.tries import Count, Limit, Tries


def digest(parts: object) -> bytes:
    """In place of the vault's keyed hash."""
    return msgspec.json.encode(parts)


def main(home: str, url: str, limit: str, threads: str, count: str) -> None:
    database = Database.open(None if url == "-" else url, Path(home))
    writer = Writer(database)
    tries = Tries(writer, database.dialect, digest)
    counts = [Count("code", "K7MP2XQ9", Limit(int(limit), 3600)), Count("code", "::1", Limit(10_000, 3600))]

    def allowed(_: int) -> int:
        return sum(asyncio.run(tries.take(counts)) == 0 for _ in range(int(count)))

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(int(threads)) as trying:
        print(sum(trying.map(allowed, range(int(threads)))), flush=True)
    writer.close()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
