"""An end to connections that go on for ever: a server that sends a byte a second never times out."""

import socket
import threading
from types import TracebackType


class Watch:
    """with Watch(60) as watch: ...; watch.hold(connected socket). When the time is over the connection
    is shut, and whatever waits on it fails; `over` then says that it was us."""

    def __init__(self, seconds: float) -> None:
        self._held: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self.over = False

    def __enter__(self) -> "Watch":
        self._timer.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None

    def hold(self, connected: socket.socket) -> None:
        """A second handle of the connection: TLS wraps the first one, and may detach it."""
        with self._lock:
            if self.over:
                raise TimeoutError
            self._held = connected.dup()

    def _end(self) -> None:
        with self._lock:
            self.over = True
            if self._held is not None:
                try:
                    self._held.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # it ended by itself
