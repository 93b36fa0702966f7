"""A process that rotates keys and dies, as by `kill -9`, just before or just after one of its steps.

Steps are counted: each time the key file is replaced and each commit has a before and an after.
It ends with 0 where there are fewer steps than that.
"""

import os
import signal
from pathlib import Path

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from infrastructure.vault import key_file, rotating
from infrastructure.vault.keys import Keys, path_in

left = 0


def step() -> None:
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(function):
    def watched(*args, **kwargs):
        step()
        done = function(*args, **kwargs)
        step()
        return done

    return watched


class DeadlyWriter(Writer):
    def _commit(self, connection, batch, outcomes):
        step()
        done = super()._commit(connection, batch, outcomes)
        step()
        return done


def main(home: Path, url: str | None, what: str, fatal: int) -> None:
    """Rotates `keys` or `peppers`; `fatal` is the number of the step."""
    global left
    left = fatal
    vars(rotating).update(BUCKETS_TOGETHER=4_096, ENTRIES_TOGETHER=8)  # so that there are few steps
    database = Database.open(url, home)
    writer = DeadlyWriter(database)
    keys = Keys(path_in(home))
    keys.clear_drafts()
    key_file.replace = deadly(key_file.replace)
    rotate = rotating.rotate_bucket_keys if what == "keys" else rotating.rotate_peppers
    rotate(database, writer, keys, lambda done: None)
    writer.close()
    database.close()
