"""Random bytes for keys, nonces and codes, fetched from the system some thousand at a time.

Each call to the system lets go of the interpreter, and in a busy server waits for it again: five
calls for one new learner cost more than all of the sealing. Every byte is handed out once, to one
thread of one process.
"""

import os
import threading
from io import BytesIO
from typing import Final

_AT_ONCE: Final = 4096


class _Pool(threading.local):
    def __init__(self) -> None:
        self.take = BytesIO().read


_pool = _Pool()


def random_bytes(count: int) -> bytes:
    """As `secrets.token_bytes`."""
    taken = _pool.take(count)
    if len(taken) == count:
        return taken
    if count > _AT_ONCE:
        return os.urandom(count)
    _pool.take = BytesIO(os.urandom(_AT_ONCE)).read
    return _pool.take(count)


def _forget() -> None:
    """A forked process must never hand out the bytes that its parent does."""
    global _pool
    _pool = _Pool()


os.register_at_fork(after_in_child=_forget)
