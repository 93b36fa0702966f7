"""Ends the wait of a thread that listens to a connection of PostgreSQL."""

import socket
from select import select as readable
from typing import Any


class Nudge:
    """A thread waits for notices of a connection; another one may end its wait at once."""

    def __init__(self) -> None:
        self._nudged, self._nudging = socket.socketpair()

    def wait(self, driver: Any, seconds: float) -> None:
        """Until there is something to read on the driver's connection, a nudge, or the time has passed."""
        readable([driver, self._nudged], [], [], seconds)

    def __call__(self) -> None:
        self._nudging.send(b"!")

    def close(self) -> None:
        self._nudged.close()
        self._nudging.close()
