"""Processes that a test kills, forked off one that has loaded what they need: to start Python anew takes
several times as long as what they do before they die."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    ["tests.infrastructure.vault.rotating_process", "tests.infrastructure.outbox.sending_process"]
)


def started(main: Callable[..., None], *args: object) -> ForkServerProcess:
    process = _FORKING.Process(target=main, args=args)
    process.start()
    return process


def ended(process: ForkServerProcess, within: float = 60) -> int:
    """How it ended: 0, or the negative number of the signal that killed it."""
    process.join(within)
    assert process.exitcode is not None, "it still runs"
    return process.exitcode
