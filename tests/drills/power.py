"""Power loss, replayed: what a disk may hold at any moment, given what was written and synced.

What was synced stands. Of the writes since, each may be there, be missing, or be torn at a
sector; a file's truncation since may have happened or not.
"""

import random
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import event

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from tests.drills.recording_vfs import Delete, Happened, Sync, Truncate, Write, record
from tests.infrastructure.ledger.support import register

SECTOR = 512
FILES = ("ledger.db", "ledger.db-wal")


class Receipted(NamedTuple):
    """A client has its receipt in hand."""

    position: int
    person: str


DAMAGED = Receipted(0, "the ledger itself")
Log = list[Happened | Receipted]


def live(home: Path, *, clients: int, decisions: int, synchronous: str) -> Log:
    """A prepared home under load; returns everything that happened, in order. In its own process."""
    log: Log = []
    record(lambda one: log.append(one) if one.file in FILES else None)
    database = Database.open(None, home)

    @event.listens_for(database.writing_engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA wal_autocheckpoint = 60")  # checkpoints happen often

    ledger = Writer(database)

    def client(number: int) -> None:
        for turn in range(decisions // clients):
            person = f"p-{number}-{turn}"
            receipt = ledger.decide_soon(register(person)).result(30)
            log.append(Receipted(receipt.position, person))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = len(log)
    ledger.close()
    database.close()
    return log[:ended]


class Disk:
    """What surely stands, and what was written since."""

    def __init__(self, home: Path) -> None:
        self.synced = {
            name: bytearray((home / name).read_bytes()) for name in FILES if (home / name).exists()
        }
        self.since: list[Write | Truncate | Delete] = []

    def take(self, one: Happened) -> None:
        if not isinstance(one, Sync):
            self.since.append(one)
            return
        for change in self.since:
            if change.file == one.file:
                _apply(self.synced, change)
        self.since = [change for change in self.since if change.file != one.file]

    def after_power_loss(self, chance: random.Random) -> dict[str, bytearray]:
        """One of the states that may be found: nothing since the last sync, or some of it."""
        files = {name: bytearray(data) for name, data in self.synced.items()}
        kept = chance.choice((0.0, 0.0, 0.5, 0.9, 1.0))
        for change in self.since:
            if chance.random() < kept:
                _apply(files, _torn(change, chance))
        return files


def _torn(change: Write | Truncate | Delete, chance: random.Random) -> Write | Truncate | Delete:
    if not isinstance(change, Write) or chance.random() < 0.8:
        return change
    sectors = len(change.data) // SECTOR
    return change._replace(data=change.data[: chance.randint(0, sectors) * SECTOR])


def _apply(files: dict[str, bytearray], change: Write | Truncate | Delete) -> None:
    match change:
        case Delete():
            files.pop(change.file, None)
        case Truncate():
            del files.setdefault(change.file, bytearray())[change.size :]
        case Write():
            held = files.setdefault(change.file, bytearray())
            held.extend(bytes(max(0, change.offset - len(held))))
            held[change.offset : change.offset + len(change.data)] = change.data


def states(
    home: Path, log: Log, count: int, seed: int
) -> Iterator[tuple[dict[str, bytearray], list[Receipted]]]:
    """So many states, each with the receipts that were given before the power went."""
    chance = random.Random(seed)
    disk = Disk(home)
    receipts: list[Receipted] = []
    moments = sorted(chance.sample(range(len(log)), count))
    for moment, one in enumerate(log):
        if moments and moment == moments[0]:
            yield disk.after_power_loss(chance), list(receipts)
            moments.pop(0)
        if isinstance(one, Receipted):
            receipts.append(one)
        else:
            disk.take(one)


def lost(files: dict[str, bytearray], receipts: Sequence[Receipted], folder: Path) -> list[Receipted]:
    """The receipted facts that are gone when the ledger is opened again; all of a damaged one."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
        if name in files:
            (folder / name).write_bytes(files[name])
    try:
        rows = _facts(folder / "ledger.db")
    except sqlite3.DatabaseError:
        return [DAMAGED, *receipts]
    if [position for position, _ in rows] != list(range(1, len(rows) + 1)):
        return [DAMAGED, *receipts]
    stands = {(position, msgspec.json.decode(data)["person"]) for position, data in rows}
    return [one for one in receipts if (one.position, one.person) not in stands]


def _facts(file: Path) -> list[tuple[int, bytes]]:
    connection = sqlite3.connect(file)
    try:
        found = connection.execute("PRAGMA quick_check").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(found)
        return connection.execute("SELECT position, data FROM fact ORDER BY position").fetchall()
    finally:
        connection.close()


if __name__ == "__main__":
    home, clients, decisions, synchronous, out = sys.argv[1:]
    lived = live(Path(home), clients=int(clients), decisions=int(decisions), synchronous=synchronous)
    kinds = [(type(one).__name__, *one) for one in lived]
    Path(out).write_bytes(msgspec.msgpack.encode(kinds))
