"""The control of the crash drill: a server whose receipts are given before the commit.

`python -m tests.drills.early` serves like `lantoa serve`, but tells every caller the outcome
while it still stands to be written. It must lose receipted facts when it is killed.
"""

import os
import time
from typing import Any

from litestar.types import ASGIApp

from infrastructure.ledger import writer
from infrastructure.ledger.batch import Batch
from infrastructure.ledger.writer import Writer, _deliver


def application() -> ASGIApp:
    """What a worker runs."""
    jobs: list[Any] = []
    take, commit = Writer._take, Writer._commit

    def taking(self: Writer) -> list[Any]:
        jobs[:] = take(self)
        return jobs

    def committing(self: Writer, connection: Any, batch: Batch, outcomes: list[Any]) -> list[Any]:
        _deliver(jobs, outcomes)
        time.sleep(0.02)  # as a disk that is waited for by nobody
        commit(self, connection, batch, outcomes)
        return outcomes

    def deliver_no_more(_jobs: list[Any], _outcomes: list[Any]) -> None:
        """They have theirs."""

    Writer._take = taking  # type: ignore[method-assign]
    Writer._commit = committing  # type: ignore[method-assign]
    writer._deliver = deliver_no_more  # type: ignore[assignment]
    from interfaces.cli.serving import application as honest

    return honest()


def main() -> None:
    from granian import Granian
    from granian.constants import Interfaces

    host, _, port = os.environ["LANTOA_BIND"].rpartition(":")
    Granian(
        "tests.drills.early:application", factory=True, address=host, port=int(port),
        interface=Interfaces.ASGI, websockets=False,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
