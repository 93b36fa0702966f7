"""A process that writes, for tests of several: `python -m ... HOME URL|- NAME THREADS COUNT`.

Prints "ready", waits for a line, records COUNT facts from each of THREADS threads, and ends.
"""

import sys
import threading
from pathlib import Path

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from tests.infrastructure.ledger.support import register


def main(home: str, url: str, name: str, threads: str, count: str) -> None:
    database = Database.open(None if url == "-" else url, Path(home))
    ledger = Writer(database)

    def write(thread: int) -> None:
        for number in range(int(count)):
            ledger.decide_soon(register(f"{name}-{thread}-{number}")).result(30)

    print("ready", flush=True)
    sys.stdin.readline()
    writing = [threading.Thread(target=write, args=(n,)) for n in range(int(threads))]
    for thread in writing:
        thread.start()
    for thread in writing:
        thread.join()
    ledger.close()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
